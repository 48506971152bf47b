export { type NonIdealWork, nonIdealLayerWork } from './intensity.ts'
export {
  cyclesToMs,
  elementwiseCycles,
  type GroupedCycles,
  hopCycles,
  matmulCycles,
  modelCycles,
  type OperatorCycles,
  operatorCycles,
  SFU_PASSES,
} from './latency.ts'
export { type AnalyticalMachine, FIG11_MACHINE, fig11Machine, TILING_CONSTANTS } from './machine.ts'
export { type ResNetCycles, resnetCycles, resnetNonIdealWork } from './resnet.ts'
export {
  dramMatmulBytes,
  elementwiseBytes,
  l2TileSide,
  localMatmulBytes,
  scratchpadTileSide,
  type TrafficRules,
} from './traffic.ts'

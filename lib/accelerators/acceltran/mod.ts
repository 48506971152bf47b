export { AREA_PARTS, type AreaPart, areaMm2 } from './area.ts'
export { HEAD_PRIORITIES, type HeadPriority } from './compute-control.ts'
export {
  type BatchEnergy,
  batchEnergy,
  type DynamicAndLeakage,
  type EnergyOptions,
  PE_PARTS,
  type PePart,
  watts,
} from './energy.ts'
export { bitsPerElement, type Footprint, footprint } from './footprint.ts'
export {
  type Datum,
  encoderWork,
  OPERATION_KINDS,
  type Operation,
  type OperationKind,
  type WorkGraph,
} from './graph.ts'
export {
  DATAFLOWS,
  type Dataflow,
  type LaneCost,
  type LaneCostOptions,
  type LaneReuse,
  laneCost,
  laneReuse,
  type ReuseQuirks,
  TILE_LOOPS,
  type TileCounts,
} from './lanes.ts'
export { tileLatencies } from './latency.ts'
export {
  ACCELTRAN,
  type AccelTran,
  type AccelTranSettings,
  accelTran,
  BITS_PER_MB,
  BUFFER_PARTS,
  type BufferSizes,
  bitsPerCycle,
  EDGE,
  LOW_POWER_ISSUE_WIDTH,
  peakTops,
  SERVER,
  splitBuffers,
} from './machine.ts'
export {
  ACCELTRAN_BLOCKS,
  BLOCKS,
  type Block,
  BUFFER_BLOCKS,
  type ComputeBlocks,
  computeBlocks,
  MAIN_MEMORY_ACCESS_NJ,
  MAIN_MEMORY_NAMES,
  MAIN_MEMORY_SOURCE,
  type MainMemoryName,
  TILE_SIDES,
  WORDS_PER_ACCESS,
} from './modules.ts'
export * from './pruning/mod.ts'
export { ACCELTRAN_QUIRKS, type AccelTranQuirk, type AccelTranQuirks } from './quirks.ts'
export { type CycleSample, Recorder } from './recorder.ts'
export {
  type BufferTrace,
  type OperationTrace,
  type Simulation,
  type SimulationOptions,
  simulate,
} from './simulate.ts'
export type { Sparsity } from './sparsity.ts'
export { STALL, STALL_CAUSES, type StallCause } from './stalls.ts'
export type { AccelTranRun } from './workload.ts'

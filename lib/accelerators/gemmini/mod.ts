export {
  type EncoderBreakdown,
  type EncoderElements,
  type EncoderMatmuls,
  type EncoderOptions,
  encoderElements,
  encoderMatmuls,
  encoderOffloaded,
  encoderWithUnits,
  type UnitOptions,
} from './encoder.ts'
export {
  type FusionLatency,
  type FusionOptions,
  fusionLatency,
  type NormalisationPasses,
  type NormalisedMatmul,
  normalisationWords,
  PASS_WORDS,
} from './fusion.ts'
export { GEMMINI, type Gemmini, gemmini, gemminiArray, gemminiHierarchy } from './machine.ts'
export { computeCycles, type MatmulTraffic, matmulTraffic, type OperandReuse } from './matmul.ts'
export {
  REFERENCE_OPERATOR_NAMES,
  REFERENCE_OPERATORS,
  REFERENCE_SEQ_LEN,
  type ReferenceOperatorName,
} from './reference-operators.ts'
export {
  accumulatorUse,
  type BlockTile,
  blockCapacity,
  blocksOf,
  greedyTile,
  type MatmulShape,
  type TileStart,
} from './tiler.ts'

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
  type ArchitectureSpace,
  architectureCount,
  type Candidate,
  checkArchitecture,
  type EvolutionOptions,
  evolve,
  mutateArchitecture,
  paretoFront,
  randomArchitecture,
  thinFront,
} from './evolution.ts'
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
  type Cost,
  type CostTable,
  costTable,
  HEAD_WIDTH_RULES,
  type HeadWidthRule,
  headWidthUnder,
  type LayerChoice,
  layerParameters,
  type NetworkOptions,
  type SubNetwork,
  type TableEntry,
} from './network.ts'
export { type MeasuredNetwork, perplexityEstimator } from './perplexity.ts'
export {
  REFERENCE_OPERATOR_NAMES,
  REFERENCE_OPERATORS,
  REFERENCE_SEQ_LEN,
  type ReferenceOperatorName,
} from './reference-operators.ts'
export {
  type BlockTile,
  blockCapacity,
  blocksOf,
  greedyTile,
  type MatmulShape,
  memoryUse,
  type TileStart,
} from './tiler.ts'

export type { AttentionMode } from './attention.ts'
export { type Capacity, capacityFor, gather, type Sentences } from './batch.ts'
export { Encoder, type Objective, type PassOptions, type StepResult } from './encoder.ts'
export { largestOf } from './head.ts'
export { copyParameters, type Initialisation, initialise, initialiseTask } from './initialise.ts'
export { EncoderAdam } from './optimiser.ts'
export {
  layerMatrices,
  PRUNING_METHODS,
  Pruner,
  type PruningMethod,
  type PruningSchedule,
  sparsityAt,
} from './pruning.ts'
export type { EncoderShape, Tensor } from './shape.ts'
export { spanMask } from './span.ts'
export {
  findStored,
  packEncoder,
  STORED_FORMAT,
  type StoredEncoder,
  type StoredEncoders,
  type StoredRow,
  unpackEncoder,
} from './stored.ts'
export { formatStored, parseStored } from './stored-file.ts'
export { TAP_POINTS, type Tap, type TapPoint, type Tapped } from './tap.ts'
export { accuracyOf, type Judgement, judgeSentences, rateAt, type Schedule, trainEncoder } from './train.ts'

export {
  BABI_TASKS,
  type BabiLine,
  type BabiQuestion,
  type BabiStory,
  formatBabi,
  generateBabi,
  parseBabi,
  questionsOf,
} from './babi/mod.ts'
export * from './encoder/mod.ts'
export type { NetworkShape } from './memn2n/blocks.ts'
export { type Corpus, encodeCorpus, vocabularyOf } from './memn2n/corpus.ts'
export { type EpochSummary, evaluate, trainEpoch } from './memn2n/epoch.ts'
export { Network } from './memn2n/network.ts'
export { Adam, ClippedSgd, type Optimiser } from './memn2n/optimiser.ts'
export { type PackedWeights, packWeights, unpackWeights } from './memn2n/packed-weights.ts'
export {
  evaluateQuantised,
  type Magnitudes,
  magnitudesOf,
  type QuantisedFormat,
  type QuantisedHop,
} from './memn2n/quantised.ts'
export {
  type BaseRecipe,
  learnThresholds,
  type PruningEpoch,
  type PruningRecipe,
  restore,
  type Snapshot,
  snapshot,
  type TrainedNetworks,
  trainBase,
  trainTask,
} from './memn2n/recipe.ts'
export type { ScoreMode } from './memn2n/score-weights.ts'
export * from './sentences/mod.ts'
export { keptSurrogate, type Slopes, type SoftThreshold, softThreshold } from './soft-threshold.ts'

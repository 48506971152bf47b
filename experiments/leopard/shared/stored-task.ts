import type { Magnitudes, PackedWeights } from '../../../lib/training/mod.ts'

/** A task's networks as they are stored. */
export interface StoredTask {
  readonly task: number
  /** Words, separated by blanks. */
  readonly vocabulary: string
  readonly pressure: number
  readonly pruningEpochs: number
  readonly thresholds: readonly number[]
  readonly base: PackedWeights
  readonly pruned: PackedWeights
  readonly baseMagnitudes: Magnitudes
  readonly prunedMagnitudes: Magnitudes
}

/** Everything that `make train` stores. */
export interface StoredWeights {
  readonly command: string
  readonly seed: number
  /** SHA-256 of the tasks as JSON, and of what they give on the test questions. */
  readonly sha256: string
  readonly statisticsSha256: string
  readonly tasks: readonly StoredTask[]
}

/** Means over the 20 tasks, trained and measured from another seed. */
export interface SeedRun {
  readonly seed: number
  /** Accuracy without pruning and with it. */
  readonly basePercent: number
  readonly accuracyPercent: number
  /** Scores pruned, and bits on them: of the statements alone, and with the slots that none fills. */
  readonly prunedPercent: number
  readonly bitsOnPruned: number
  readonly paddedPercent: number
  readonly paddedBitsOnPruned: number
}

import type { PackedWeights } from '../../../lib/training/mod.ts'

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
}

/** Everything that `make train` stores. */
export interface StoredWeights {
  readonly command: string
  readonly seed: number
  /** SHA-256 of the tasks as JSON. */
  readonly sha256: string
  readonly tasks: readonly StoredTask[]
}

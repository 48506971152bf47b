import type { StoredEncoder, StoredEncoders, StoredRow } from '../../../lib/training/mod.ts'

/** What a recipe is given. */
export interface TrainingContext {
  /** What another recipe's file holds: a network that goes on from another starts from the weights as stored. */
  readonly stored: (file: string) => StoredEncoders
  /** What trains the file anew, to be noted with each network. */
  readonly command: string
}

/** What training one seed gives. */
export interface Trained {
  readonly networks: readonly StoredEncoder[]
  /** Rows by table, each with its `seed`. */
  readonly records: Readonly<Record<string, readonly StoredRow[]>>
}

/** How the networks of one file are trained; the same seed gives the same file, to the bit. */
export interface TrainingRecipe {
  /** experiments/trained/<file>.json */
  readonly file: string
  readonly title: string
  /** Seeds that are stored. */
  readonly seeds: readonly number[]
  /** Files whose networks this one starts from. */
  readonly needs?: readonly string[]
  readonly train: (seed: number, context: TrainingContext) => Trained
}

/** A sentence, or a pair of sentences, with its class. */
export interface Example {
  /** Lower-case words; a comma is a word. */
  readonly words: readonly string[]
  /** The second sentence of a pair. */
  readonly second?: readonly string[]
  /** The class, from 0. */
  readonly label: number
  /** How hard it is, from 1; 0 if that is not known, as in a user's own file. */
  readonly level: number
}

/** A part of the data; no sentence is in two of them. */
export type Part = 'train' | 'dev' | 'test'

/** What is to be drawn. */
export interface Wanted {
  readonly level: number
  readonly label: number
  /** Whether a sentence may be used. */
  readonly accepts: (words: readonly string[]) => boolean
}

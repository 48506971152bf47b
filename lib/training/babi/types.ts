/** A question of a bAbI story (Weston et al., "Towards AI-complete question answering", 2015) with all it builds on. */
export interface BabiQuestion {
  /** All statements of the story before the question, in order, each as lower-case words without punctuation. */
  readonly statements: readonly (readonly string[])[]
  /** Indices into `statements` of those the answer rests on, in the order the story gives them. */
  readonly supports: readonly number[]
  /** The question, as lower-case words without punctuation. */
  readonly question: readonly string[]
  /** One token in lower case; lists and paths keep their commas: "apple,football", "s,e". */
  readonly answer: string
}

/** A statement, or a question with its answer and the numbers (from 1) of the lines that support it. */
export type BabiLine =
  | { readonly text: string }
  | { readonly question: string; readonly answer: string; readonly supports: readonly number[] }

/** A story: its lines are numbered from 1. */
export type BabiStory = readonly BabiLine[]

import type { Example } from './types.ts'
import { SPECIAL_WORDS, VOCABULARY } from './vocabulary.ts'

/** Examples as numbers, one after the other without padding. */
export interface EncodedSentences {
  /** Ids of words: "[CLS] words" or "[CLS] words [SEP] words of the second sentence" of each example. */
  readonly tokens: Int32Array
  /** Of each token, 0 in the first sentence and 1 in the second; [SEP] belongs to the first. */
  readonly segments: Uint8Array
  /** Example e holds the tokens from `starts[e]` to `starts[e + 1]`. */
  readonly starts: Int32Array
  /** Class of each example. */
  readonly labels: Int32Array
  /** Level of each example, 0 if not known. */
  readonly levels: Uint8Array
  /** How many examples there are. */
  readonly count: number
  /** Tokens of the longest example. */
  readonly longest: number
}

/**
 * Encodes examples; a word's id is its index in the vocabulary.
 *
 * @param vocabulary different words, the first ones SPECIAL_WORDS
 * @returns the numbers, and how many tokens are words outside the vocabulary, which become [UNK]
 * @throws {RangeError} if the vocabulary does not begin with the special words or has a word twice
 *
 * @example
 * ```ts
 * import { encodeExamples } from '../../lib/training/mod.ts'
 *
 * const encoded = encodeExamples([{ words: ['the', 'sea', 'was', 'good'], label: 1, level: 1 }])
 * encoded.count // => 1
 * encoded.longest // => 5
 * encoded.unknown // => 1
 * ```
 */
export function encodeExamples(
  examples: readonly Example[],
  vocabulary: readonly string[] = VOCABULARY,
): EncodedSentences & { readonly unknown: number } {
  const ids = idsOf(vocabulary)
  const [cls, sep, unk] = SPECIAL_WORDS.map((_, id) => id) as [number, number, number]
  const lengths = examples.map(({ words, second }) => 1 + words.length + (second ? 1 + second.length : 0))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const tokens = new Int32Array(total)
  const segments = new Uint8Array(total)
  const starts = new Int32Array(examples.length + 1)
  let at = 0
  let unknown = 0
  const put = (words: readonly string[]): void => {
    for (const word of words) {
      const id = ids.get(word)
      if (id === undefined) unknown++
      tokens[at++] = id ?? unk
    }
  }
  examples.forEach(({ words, second }, e) => {
    tokens[at++] = cls
    put(words)
    if (second) {
      tokens[at++] = sep
      const from = at
      put(second)
      segments.fill(1, from, at)
    }
    starts[e + 1] = at
  })
  return {
    tokens,
    segments,
    starts,
    labels: Int32Array.from(examples, ({ label }) => label),
    levels: Uint8Array.from(examples, ({ level }) => level),
    count: examples.length,
    longest: lengths.reduce((most, length) => Math.max(most, length), 0),
    unknown,
  }
}

function idsOf(vocabulary: readonly string[]): ReadonlyMap<string, number> {
  SPECIAL_WORDS.forEach((word, id) => {
    if (vocabulary[id] === word) return
    const given = vocabulary[id] === undefined ? 'none' : `"${vocabulary[id]}"`
    throw new RangeError(`Cannot encode examples: word ${id} of the vocabulary must be ${word}, got ${given}`)
  })
  const ids = new Map<string, number>()
  vocabulary.forEach((word, id) => {
    if (ids.has(word)) throw new RangeError(`Cannot encode examples: words must be different, got "${word}" twice`)
    ids.set(word, id)
  })
  return ids
}

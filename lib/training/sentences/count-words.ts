import type { Example } from './types.ts'
import { SPECIAL_WORDS } from './vocabulary.ts'

/**
 * The vocabulary of examples: the special words, then the most frequent words first, those as frequent in the order of
 * their UTF-16 code units.
 *
 * @param options `atMost`: how many words to keep at most, the special ones included; by default all
 * @throws {RangeError} if `atMost` is no integer that leaves room for a word beside the special ones
 *
 * @example
 * ```ts
 * import { vocabularyOfExamples } from '../../lib/training/mod.ts'
 *
 * const examples = [{ words: ['so', 'so', 'good', 'a', 'film'], label: 1, level: 0 }]
 * vocabularyOfExamples(examples, { atMost: 6 }) // => ['[CLS]', '[SEP]', '[UNK]', '[MASK]', 'so', 'a']
 * ```
 */
export function vocabularyOfExamples(
  examples: readonly Example[],
  { atMost = Number.MAX_SAFE_INTEGER }: { readonly atMost?: number } = {},
): string[] {
  if (!Number.isSafeInteger(atMost) || atMost <= SPECIAL_WORDS.length) {
    const least = SPECIAL_WORDS.length + 1
    throw new RangeError(`Cannot build a vocabulary: atMost must be an integer of at least ${least}, got ${atMost}`)
  }
  const counts = new Map<string, number>()
  for (const { words, second = [] } of examples) {
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    for (const word of second) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  for (const special of SPECIAL_WORDS) counts.delete(special)
  const byCount = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
  return [...SPECIAL_WORDS, ...byCount.map(([word]) => word)].slice(0, atMost)
}

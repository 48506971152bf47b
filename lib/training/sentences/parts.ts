import type { Part } from './types.ts'
import { VOCABULARY } from './vocabulary.ts'

/** The parts of the data. */
export const PARTS: readonly Part[] = ['train', 'dev', 'test']

/** Of ten parts as many hold a sentence of dev, and of test; the others one of train. */
const TENTHS = 10
const DEV_TENTH = 1
const TEST_TENTH = 0

const ids = new Map(VOCABULARY.map((word, id) => [word, id]))

/**
 * The one part that a sentence of the grammar belongs to, in every task: a hash of its words' ids (FNV-1a of 32 bits, a
 * byte a word, then mixed by MurmurHash3's last steps) puts one in ten into dev, one in ten into test.
 *
 * @throws {RangeError} if a word is not of the grammar
 *
 * @example
 * ```ts
 * import { partOf } from '../../lib/training/mod.ts'
 *
 * partOf(['the', 'film', 'was', 'very', 'good']) // => 'train'
 * ```
 */
export function partOf(words: readonly string[]): Part {
  let hash = 0x811c9dc5
  for (const word of words) {
    const id = ids.get(word)
    if (id === undefined) {
      throw new RangeError(`Cannot find the part of a sentence: its words must be of the vocabulary, got "${word}"`)
    }
    hash = Math.imul(hash ^ id, 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  const tenth = ((hash ^ (hash >>> 16)) >>> 0) % TENTHS
  return tenth === TEST_TENTH ? 'test' : tenth === DEV_TENTH ? 'dev' : 'train'
}

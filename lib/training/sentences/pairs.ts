import type { Rng } from '../../numeric/mod.ts'
import { chance } from '../babi/draw.ts'
import type { Example, Wanted } from './types.ts'

/** A sentence of a pair has this many words, and both together. */
const SHORTEST = 4
const LONGEST = 24
const LONGEST_PAIR = 30

/** How often a sentence is denied where at least one of the two is. */
const DENIED = 0.7

/** How often a sentence is said anew until it is accepted; of ten, one is where that is rarest. */
const TRIES = 40

/**
 * A pair of different sentences, each said anew until it fits and is accepted; nothing if that takes too long.
 *
 * @param first says the first sentence
 * @param second says the second one
 */
export function drawPair({
  level,
  label,
  accepts,
  first,
  second,
}: Wanted & {
  readonly first: () => string[]
  readonly second: (first: readonly string[]) => string[]
}): Example | undefined {
  const fits = (words: readonly string[], longest: number): boolean =>
    words.length >= SHORTEST && words.length <= longest && accepts(words)
  const words = said(first, (sentence) => fits(sentence, LONGEST))
  if (!words) return undefined
  const text = words.join(' ')
  const longest = Math.min(LONGEST, LONGEST_PAIR - words.length)
  const other = said(
    () => second(words),
    (sentence) => fits(sentence, longest) && sentence.join(' ') !== text,
  )
  return other && { words, second: other, label, level }
}

function said(say: () => string[], fits: (words: readonly string[]) => boolean): string[] | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const words = say()
    if (fits(words)) return words
  }
  return undefined
}

/** Which of two sentences are denied: at least one of them. */
export function drawDenied(rng: Rng): boolean[] {
  const denied = [chance(rng, DENIED), chance(rng, DENIED)]
  if (!denied.includes(true)) denied[rng.integer(2)] = true
  return denied
}

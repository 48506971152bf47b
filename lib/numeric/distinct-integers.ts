import type { Rng } from './rng.ts'

/**
 * So many different integers from 0 to below a bound, rising; every set of them is equally likely (Floyd's algorithm:
 * Bentley, "Programming Pearls: a sample of brilliance", CACM 30(9), 1987).
 *
 * @param count at most `bound`
 */
export function distinctIntegers(rng: Rng, count: number, bound: number): readonly number[] {
  const chosen = new Set<number>()
  for (let last = bound - count; last < bound; last += 1) {
    const drawn = rng.integer(last + 1)
    chosen.add(chosen.has(drawn) ? last : drawn)
  }
  return [...chosen].sort((a, b) => a - b)
}

/**
 * The most that a ratio of two sums of like terms can be, whatever the terms weigh: the largest ratio of a term to its
 * counterpart (the mediant lies between the ratios of its parts). Terms that are 0 in both sums count for nothing.
 *
 * @param numerator terms of the one sum, none negative
 * @param denominator as many terms of the other
 * @returns infinite where a term has no counterpart
 * @throws {RangeError} if the sums have not as many terms, or a term is negative or no number
 *
 * @example
 * ```ts
 * import { mediantBound } from '../../lib/accelerators/hma/mod.ts'
 *
 * mediantBound([4, 9], [2, 3]) // => 3
 * ```
 */
export function mediantBound(numerator: readonly number[], denominator: readonly number[]): number {
  if (numerator.length !== denominator.length) {
    throw new RangeError(
      `Cannot bound a ratio: both sums must have as many terms, got ${numerator.length} and ${denominator.length}`,
    )
  }
  const bad = [...numerator, ...denominator].find((term) => !(term >= 0))
  if (bad !== undefined) throw new RangeError(`Cannot bound a ratio: terms must be numbers from 0, got ${bad}`)
  let bound = 0
  numerator.forEach((term, i) => {
    if (term > 0) bound = Math.max(bound, term / (denominator[i] as number))
  })
  return bound
}

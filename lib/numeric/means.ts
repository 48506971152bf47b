/** Arithmetic mean; NaN of no values. */
export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Geometric mean of positive values; NaN of no values. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(mean(values.map((value) => Math.log(value))))

/** The middle one of an odd number of values, the upper one of the two in the middle of an even one; NaN of none. */
export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

/** Standard error of a share, in percent, that was counted over so many cases; in percentage points. */
export function standardErrorPoints(percent: number, cases: number): number {
  const share = percent / 100
  return 100 * Math.sqrt((share * (1 - share)) / cases)
}

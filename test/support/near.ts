/** Whether a number is within a share of the expected one; a tolerance for an expected 0 must be absolute. */
export function near(got: number, expected: number, relative = 1e-12, absolute = 0): boolean {
  return Math.abs(got - expected) <= relative * Math.abs(expected) + absolute
}

/** Mean and variance of numbers, in two passes. */
export function meanAndVariance(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const variance = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / values.length
  return { mean, variance }
}

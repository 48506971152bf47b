import type { Rng } from './rng.ts'

/** Below this argument the series of erf is used, above it the continued fraction of erfc. */
const SERIES_LIMIT = 1.5

/**
 * The upper tail of the standard normal distribution, P(Z > z), to about 14 digits (Abramowitz and Stegun 7.1.5 and
 * 7.1.14).
 */
export function normalTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const tail = x < SERIES_LIMIT ? (1 - erfSeries(x)) / 2 : erfcFraction(x) / 2
  return z < 0 ? 1 - tail : tail
}

function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > 1e-18 * sum && n < 200; n += 1) {
    term *= (-x * x) / n
    sum += term / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

function erfcFraction(x: number): number {
  // From the inside out; 120 levels are more than enough from SERIES_LIMIT on.
  let fraction = x
  for (let k = 120; k >= 1; k -= 1) fraction = x + k / 2 / fraction
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction)
}

/** A standard normal number (Marsaglia's polar method, which draws pairs and drops the second). */
export function normalSample(rng: Rng): number {
  for (;;) {
    const u = 2 * rng.next() - 1
    const v = 2 * rng.next() - 1
    const s = u * u + v * v
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s)
  }
}

/** A number of Student's t distribution with an even number of degrees of freedom: heavier tails than a Gaussian's. */
export function studentSample(rng: Rng, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 2 || degrees % 2 !== 0) {
    throw new RangeError(`Cannot draw from Student's t: degrees must be an even integer from 2, got ${degrees}`)
  }
  let product = 1
  for (let i = 0; i < degrees / 2; i += 1) product *= 1 - rng.next()
  // -2 ln of a product of k uniform numbers is chi-squared with 2k degrees of freedom.
  return normalSample(rng) / Math.sqrt((-2 * Math.log(product)) / degrees)
}

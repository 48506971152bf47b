import { halveRange, normalTail, prunedWeights, type Rng } from '../../../lib/numeric/mod.ts'

/** Weights that stand in for those of a trained model: random, the smallest of them pruned. */
export interface WeightModel {
  /** Standard deviation before pruning. */
  readonly sigma: number
  /** Even degrees of freedom of Student's t distribution, from 4 on; 0 for a Gaussian. */
  readonly degrees: number
}

/**
 * Refuses degrees of freedom for which there is no closed form, or no deviation.
 *
 * @throws {RangeError} unless they are 0, or even and from 4 on
 */
export function checkDegrees(degrees: number): void {
  if (degrees === 0 || (Number.isInteger(degrees) && degrees >= 4 && degrees % 2 === 0)) return
  throw new RangeError(
    `Cannot draw weights: degrees must be 0 (a Gaussian) or an even integer from 4 (Student's t), got ${degrees}`,
  )
}

/** How much wider Student's t is than its scaled form of unit deviation. */
const widthOf = (degrees: number): number => (degrees === 0 ? 1 : Math.sqrt(degrees / (degrees - 2)))

/**
 * Random weights of which the smallest are zero, as numbers of single precision.
 *
 * @param options.sparsity share of the zeros
 */
export function syntheticWeights(
  elements: number,
  { sigma, degrees, sparsity }: WeightModel & { readonly sparsity: number },
  rng: Rng,
): Float64Array {
  checkDegrees(degrees)
  const weights = prunedWeights(elements, { density: 1 - sparsity, ...(degrees > 0 ? { degrees } : {}) }, rng)
  const scale = sigma / widthOf(degrees)
  for (let i = 0; i < elements; i += 1) weights[i] = Math.fround((weights[i] as number) * scale)
  return weights
}

/**
 * The chance that a weight's magnitude is above a limit, before pruning: exact for a Gaussian, and for Student's t by
 * Abramowitz and Stegun 26.7.4.
 */
export function magnitudeTail(limit: number, { sigma, degrees }: WeightModel): number {
  const z = limit / sigma
  if (degrees === 0) return 2 * normalTail(z)
  const t = z * widthOf(degrees)
  // A closed form sums the terms of 1 / sqrt(1 - c) below the power of degrees / 2; the tail is the sum of the others.
  const c = degrees / (degrees + t * t)
  let term = 1
  let [below, others] = [0, 0]
  for (let k = 0; k < degrees || (c < 0.5 && term > 1e-17 * others); k += 2) {
    if (k < degrees) below += term
    else others += term
    term *= ((k + 1) / (k + 2)) * c
  }
  return c < 0.5 ? Math.sqrt(1 - c) * others : Math.max(0, 1 - Math.sqrt(1 - c) * below)
}

/**
 * The magnitude below which a share of the weights lies: where pruning cuts them.
 *
 * @param share 0 to below 1
 */
export function magnitudeQuantile(share: number, model: WeightModel): number {
  const isBelow = (magnitude: number) => magnitudeTail(magnitude, model) > 1 - share
  let top = model.sigma
  while (isBelow(top)) top *= 2
  return halveRange([0, top], isBelow, 100)[1]
}

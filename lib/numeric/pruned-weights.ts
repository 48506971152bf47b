import { normalSample, studentSample } from './normal.ts'
import type { Rng } from './rng.ts'
import { selectRank } from './select.ts'

/**
 * Random weights of which those of small magnitude are zero.
 *
 * @param options.density share of the weights that stay
 * @param options.degrees even degrees of freedom of Student's t distribution; a Gaussian of unit deviation if left out
 */
export function prunedWeights(
  elements: number,
  options: { readonly density: number; readonly degrees?: number },
  rng: Rng,
): Float64Array {
  const { density, degrees } = options
  if (!(density >= 0 && density <= 1)) {
    throw new RangeError(`Cannot prune weights: density must be from 0 to 1, got ${density}`)
  }
  // Loops, not Float64Array.from(): millions of weights.
  const values = new Float64Array(elements)
  const sizes = new Float64Array(elements)
  for (let i = 0; i < elements; i += 1) {
    const value = degrees === undefined ? normalSample(rng) : studentSample(rng, degrees)
    values[i] = value
    sizes[i] = Math.abs(value)
  }
  const pruned = elements - Math.round(density * elements)
  const threshold = pruned > 0 ? selectRank(sizes, pruned - 1) : -1
  for (let i = 0; i < elements; i += 1) if (Math.abs(values[i] as number) <= threshold) values[i] = 0
  return values
}

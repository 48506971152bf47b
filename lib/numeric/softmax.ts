function largestOf(values: ArrayLike<number>, what: string): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number
    if (!Number.isFinite(value)) throw new RangeError(`Cannot take ${what}: element ${i} must be finite, got ${value}`)
    if (value > largest) largest = value
  }
  if (values.length === 0) throw new RangeError(`Cannot take ${what}: there must be elements, got none`)
  return largest
}

/**
 * Softmax without a division (EdgeBERT Eq. 2, Algorithm 3): exp(x - max - ln sum exp(x - max)), then times a span mask.
 * What the mask takes away is not given to the rest.
 *
 * @param scores one row of attention scores
 * @param mask a weight per score, 0 to 1; all 1 if left out
 * @returns as many probabilities
 * @throws {RangeError} on an empty row, scores that are not finite, or a mask of another length
 *
 * @example
 * ```ts
 * import { maskedSoftmax } from '../../lib/numeric/mod.ts'
 *
 * const half = maskedSoftmax([3, 3], [1, 0])
 * Array.from(half, (share) => share.toFixed(3)) // => ['0.500', '0.000']
 * ```
 */
export function maskedSoftmax(scores: ArrayLike<number>, mask?: ArrayLike<number>): Float64Array {
  const largest = largestOf(scores, 'a softmax')
  if (mask && mask.length !== scores.length) {
    throw new RangeError(`Cannot mask a softmax: the mask must have ${scores.length} elements, got ${mask.length}`)
  }
  let sum = 0
  for (let i = 0; i < scores.length; i += 1) sum += Math.exp((scores[i] as number) - largest)
  const logSum = Math.log(sum)
  const out = new Float64Array(scores.length)
  for (let i = 0; i < out.length; i += 1)
    out[i] = Math.exp((scores[i] as number) - largest - logSum) * (mask ? (mask[i] as number) : 1)
  return out
}

/** Deviations from the entropy that a paper or a release made; none is on by default. */
export interface EntropyQuirks {
  /** EdgeBERT Eq. 3 as printed: the maximum is subtracted where it must be added. */
  readonly subtractMaximum?: boolean
}

/**
 * Entropy, in nat, of the softmax of logits (EdgeBERT Eq. 1 in a form that cannot overflow): with M the maximum and
 * S = sum exp(x - M), it is ln S - sum (x - M) exp(x - M) / S.
 *
 * @throws {RangeError} if there are no logits or one is not finite
 */
export function logitEntropy(logits: ArrayLike<number>, quirks: EntropyQuirks = {}): number {
  const largest = largestOf(logits, 'an entropy')
  let sum = 0
  let weighted = 0
  for (let i = 0; i < logits.length; i += 1) {
    const below = (logits[i] as number) - largest
    const weight = Math.exp(below)
    sum += weight
    // Beyond the smallest exponential the difference itself may be infinite.
    if (weight > 0) weighted += below * weight
  }
  const entropy = Math.log(sum) - weighted / sum
  return quirks.subtractMaximum ? entropy - 2 * largest : entropy
}

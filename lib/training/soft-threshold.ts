/** Constants of the soft threshold and of the surrogate L0 term. */
export interface SoftThreshold {
  /** What pruned scores tend to, with the sign turned. */
  readonly clip: number
  /** How steep the step at the threshold is. */
  readonly sharpness: number
  /** How steep the surrogate of the count of kept scores is. */
  readonly countSharpness: number
  /** Where that surrogate steps, above -clip. */
  readonly countOffset: number
}

/** A function of the score: its value and its slopes in the score and in the threshold. */
export interface Slopes {
  value: number
  byScore: number
  byThreshold: number
}

/**
 * The soft threshold (LeOPArd Eq. 6): x tanh(s (x - Th)) at and above the threshold, c tanh(s (x - Th)) below.
 *
 * @param out where the value and its slopes go
 *
 * @example
 * ```ts
 * import { softThreshold } from '../../lib/training/mod.ts'
 *
 * const constants = { clip: 100, sharpness: 20, countSharpness: 10, countOffset: 1 }
 * const out = { value: 0, byScore: 0, byThreshold: 0 }
 * softThreshold(3, 1, constants, out)
 * out.value // => 3
 * softThreshold(-1, 1, constants, out)
 * out.value // => -100
 * ```
 */
export function softThreshold(score: number, threshold: number, constants: SoftThreshold, out: Slopes): void {
  const { clip, sharpness } = constants
  const kept = score >= threshold
  const step = Math.tanh(sharpness * (score - threshold))
  const height = kept ? score : clip
  const slope = height * sharpness * (1 - step * step)
  out.value = height * step
  out.byScore = slope + (kept ? step : 0)
  out.byThreshold = -slope
}

/**
 * The surrogate of "this score is kept" (Eq. 8b): sigmoid(k (y + c - alpha)) of the soft-thresholded score y.
 *
 * @param soft the score behind {@link softThreshold}
 */
export function keptSurrogate(soft: Slopes, constants: SoftThreshold, out: Slopes): void {
  const { clip, countSharpness, countOffset } = constants
  const value = 1 / (1 + Math.exp(-countSharpness * (soft.value + clip - countOffset)))
  const slope = countSharpness * value * (1 - value)
  out.value = value
  out.byScore = slope * soft.byScore
  out.byThreshold = slope * soft.byThreshold
}

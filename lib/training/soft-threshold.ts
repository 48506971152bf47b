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

/** From here on tanh rounds to 1, and so does 1 + exp(-x) from twice this: steps beyond need no function called. */
const SATURATED = 20

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
  const distance = sharpness * (score - threshold)
  const step = distance > SATURATED ? 1 : distance < -SATURATED ? -1 : Math.tanh(distance)
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
  const distance = countSharpness * (soft.value + clip - countOffset)
  const value = distance > 2 * SATURATED ? 1 : 1 / (1 + Math.exp(-distance))
  const slope = countSharpness * value * (1 - value)
  out.value = value
  out.byScore = slope * soft.byScore
  out.byThreshold = slope * soft.byThreshold
}

/** Where a matrix of scores lies, and the threshold it meets. */
export interface SoftScores {
  readonly scores: number
  readonly count: number
  readonly threshold: number
  readonly constants: SoftThreshold
}

/**
 * {@link softThreshold} of many scores, in place.
 *
 * @returns their surrogate count of kept ones
 */
export function softenScores(floats: Float32Array, { scores, count, threshold, constants }: SoftScores): number {
  const soft: Slopes = { value: 0, byScore: 0, byThreshold: 0 }
  const own: Slopes = { value: 0, byScore: 0, byThreshold: 0 }
  let kept = 0
  for (let i = scores; i < scores + count; i++) {
    softThreshold(floats[i] as number, threshold, constants, soft)
    keptSurrogate(soft, constants, own)
    floats[i] = soft.value
    kept += own.value
  }
  return kept
}

/**
 * The way back through {@link softenScores}: gradients behind it become those before it, in place.
 *
 * @param at.scores the scores as they were before it
 * @param at.weight of the surrogate count in the loss
 * @returns the gradient in the threshold
 */
export function softenBackward(
  floats: Float32Array,
  gradients: number,
  at: SoftScores & { readonly weight: number },
): number {
  const { scores, count, threshold, constants, weight } = at
  const soft: Slopes = { value: 0, byScore: 0, byThreshold: 0 }
  const own: Slopes = { value: 0, byScore: 0, byThreshold: 0 }
  let sum = 0
  for (let i = 0; i < count; i++) {
    softThreshold(floats[scores + i] as number, threshold, constants, soft)
    const gradient = floats[gradients + i] as number
    // Without a weight its gradients, whose exponentials take most of the time, are not needed.
    if (weight !== 0) keptSurrogate(soft, constants, own)
    floats[gradients + i] = gradient * soft.byScore + weight * own.byScore
    sum += gradient * soft.byThreshold + weight * own.byThreshold
  }
  return sum
}

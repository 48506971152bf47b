/**
 * How much of a position a head sees at a distance (Sukhbaatar et al., "Adaptive Attention Span in Transformers", ACL
 * 2019): 1 within the span, falling to 0 over `ramp` tokens beyond it. From a span of -ramp down the head sees nothing.
 */
export function spanMask(distance: number, span: number, ramp: number): number {
  return Math.min(1, Math.max(0, (ramp + span - distance) / ramp))
}

/** A head's span in one input. */
interface Spanned {
  /** Tokens of the input. */
  readonly size: number
  readonly span: number
  readonly ramp: number
}

/** Masks a head's probabilities, by rows, and scales what is left of each row to 1; a row of which nothing is left is 0. */
export function maskBySpan(floats: Float32Array, start: number, { size, span, ramp }: Spanned): void {
  if (span >= size - 1) return
  for (let i = 0, row = start; i < size; i++, row += size) {
    let sum = 0
    for (let j = 0; j < size; j++) {
      const masked = (floats[row + j] as number) * spanMask(Math.abs(i - j), span, ramp)
      floats[row + j] = masked
      sum += masked
    }
    if (sum > 0) for (let j = 0; j < size; j++) floats[row + j] = (floats[row + j] as number) / sum
  }
}

/**
 * The gradient in the span, from those in the scores behind it. A masked probability is that of a score to which the
 * mask's logarithm was added, so the mask's gradient is the score's over the mask.
 */
export function spanBackward(floats: Float32Array, gradients: number, { size, span, ramp }: Spanned): number {
  if (span >= size - 1) return 0
  let sum = 0
  for (let i = 0, row = gradients; i < size; i++, row += size) {
    for (let j = 0; j < size; j++) {
      const mask = spanMask(Math.abs(i - j), span, ramp)
      if (mask > 0 && mask < 1) sum += (floats[row + j] as number) / (mask * ramp)
    }
  }
  return sum
}

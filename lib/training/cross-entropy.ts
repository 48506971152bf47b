/** Where logits lie, how many there are, and which of them is right. */
export interface Logits {
  readonly logits: number
  readonly count: number
  readonly answer: number
}

/** Cross entropy of the softmax of logits, nat; NaN where the answer is none of them (-1). */
export function crossEntropy(floats: Float32Array, { logits, count, answer }: Logits): number {
  if (answer < 0) return Number.NaN
  const top = largest(floats, logits, count)
  let sum = 0
  for (let i = logits; i < logits + count; i++) sum += Math.exp((floats[i] as number) - top)
  return Math.log(sum) + top - (floats[logits + answer] as number)
}

/** Replaces logits by the cross entropy's gradients: their softmax, less one at the answer. */
export function crossEntropyGradients(floats: Float32Array, { logits, count, answer }: Logits): void {
  softmaxInPlace(floats, logits, count)
  floats[logits + answer] = (floats[logits + answer] as number) - 1
}

/**
 * Replaces numbers by their softmax.
 *
 * @param rest one more number that takes its part and is not stored
 */
export function softmaxInPlace(
  floats: Float32Array,
  start: number,
  count: number,
  rest = Number.NEGATIVE_INFINITY,
): void {
  const top = Math.max(largest(floats, start, count), rest)
  let sum = Math.exp(rest - top)
  for (let i = start; i < start + count; i++) {
    const power = Math.exp((floats[i] as number) - top)
    floats[i] = power
    sum += power
  }
  for (let i = start; i < start + count; i++) floats[i] = (floats[i] as number) / sum
}

function largest(floats: Float32Array, start: number, count: number): number {
  let top = Number.NEGATIVE_INFINITY
  for (let i = start; i < start + count; i++) if ((floats[i] as number) > top) top = floats[i] as number
  return top
}

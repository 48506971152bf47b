import { maskedSoftmax, normalSample, type Rng } from '../../../lib/numeric/mod.ts'

/**
 * A head's attention probabilities, tokens x tokens, row by row: the softmax of scores from a normal distribution.
 *
 * @param deviation standard deviation of the scores
 */
export function attentionProbabilities(tokens: number, deviation: number, rng: Rng): Float32Array {
  const probabilities = new Float32Array(tokens * tokens)
  const scores = new Float64Array(tokens)
  for (let row = 0; row < tokens; row += 1) {
    for (let i = 0; i < tokens; i += 1) scores[i] = deviation * normalSample(rng)
    probabilities.set(maskedSoftmax(scores), row * tokens)
  }
  return probabilities
}

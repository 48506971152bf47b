import { headWidth, type TransformerShape } from '../../../workload/mod.ts'

/** Activations of one encoder layer that pruning sees and whose zeros make the net sparsity. */
export interface PrunedActivations {
  /** Scores before the softmax, and as many probabilities behind it. */
  readonly scores: number
  readonly probabilities: number
  /** Probabilities times values. */
  readonly context: number
  /** Q, K, V, the attention's and the network's outputs, and the network's inner activations. */
  readonly others: number
  readonly total: number
}

/**
 * Elements of a layer's matrices that the authors' model prunes and counts (jha-lab/txf_design-space,
 * modeling_dtbert.py): every product's result and the probabilities, of all positions, padding included.
 *
 * @param tokens positions, padding included
 * @throws {RangeError} if a dimension or tokens is no positive integer
 */
export function prunedActivations(shape: TransformerShape, tokens: number): PrunedActivations {
  if (!Number.isSafeInteger(tokens) || tokens < 1) {
    throw new RangeError(`Cannot count activations: tokens must be a positive integer, got ${tokens}`)
  }
  const attentionWidth = shape.heads * headWidth(shape)
  const scores = shape.heads * tokens * tokens
  const context = tokens * attentionWidth
  const others = tokens * (3 * attentionWidth + 2 * shape.hidden + shape.ffn)
  return { scores, probabilities: scores, context, others, total: 2 * scores + context + others }
}

/**
 * Net sparsity, 0 to 1, if each row of the probabilities holds so many that are not zero, and nothing else is zero. It
 * takes no network: padding leaves as many per row as the sentence has tokens, top-k pruning at most those it keeps. A
 * row without any makes a row of zeros of the context.
 *
 * @param perRow mean number of probabilities of a row that are not zero; between 0 and 1 the rows differ
 * @throws {RangeError} as {@link prunedActivations}, or if perRow is not from 0 to tokens
 */
export function attentionSparsity(shape: TransformerShape, tokens: number, perRow: number): number {
  const { probabilities, context, total } = prunedActivations(shape, tokens)
  if (!(perRow >= 0 && perRow <= tokens)) {
    throw new RangeError(`Cannot take a sparsity: perRow must be from 0 to ${tokens}, got ${perRow}`)
  }
  return (probabilities * (1 - perRow / tokens) + context * Math.max(0, 1 - perRow)) / total
}

/**
 * The inverse of {@link attentionSparsity} for rows that all keep something: probabilities of a row that are not zero.
 *
 * @param sparsity 0 to 1
 */
export function probabilitiesPerRow(shape: TransformerShape, tokens: number, sparsity: number): number {
  const { probabilities, total } = prunedActivations(shape, tokens)
  return tokens * (1 - (sparsity * total) / probabilities)
}

import { headWidth, type TransformerShape } from '../../../lib/workload/mod.ts'
import type { Counted, Operand } from './trained-measure.ts'

/** Elements of the operands of a layer, of one sequence. */
export function operandElements(shape: TransformerShape, tokens: number): Readonly<Record<Operand, number>> {
  const width = shape.heads * headWidth(shape)
  return {
    input: tokens * shape.hidden,
    queries: tokens * width,
    keys: tokens * width,
    values: tokens * width,
    probabilities: shape.heads * tokens * tokens,
    contexts: tokens * width,
    normalised: tokens * shape.hidden,
    inner: tokens * shape.ffn,
  }
}

/** Sum over all operands. */
export function totalOf(elements: Readonly<Record<Operand, number>>): number {
  return Object.values(elements).reduce((sum, own) => sum + own, 0)
}

/**
 * The most that top-k can reach, 0 to 1: the share that probabilities have in all operands, of which a row keeps k.
 *
 * @param k elements kept at least; 0 for the share itself
 */
export function topKCeiling(shape: TransformerShape, tokens: number, k: number): number {
  const elements = operandElements(shape, tokens)
  return (elements.probabilities * (1 - Math.min(k, tokens) / tokens)) / totalOf(elements)
}

/** Zeros among the operands of another network whose operands are as sparse as these. */
export function sparsityElsewhere(
  measured: Readonly<Record<Operand, Counted>>,
  shape: TransformerShape,
  tokens: number,
): number {
  const elements = operandElements(shape, tokens)
  const zeros = (Object.keys(elements) as Operand[]).reduce(
    (sum, operand) => sum + (elements[operand] * measured[operand].zeros) / measured[operand].elements,
    0,
  )
  return zeros / totalOf(elements)
}

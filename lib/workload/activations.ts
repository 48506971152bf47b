import { type AdaptedEncoder, adaptersByLayer } from './adapted-encoder.ts'
import { macsOf } from './operator.ts'
import { headWidth, layerOperators } from './transformer.ts'

/** How much of the attention scores stands in memory at a time. */
export const SCORE_STORAGE = ['one head', 'all heads'] as const
export type ScoreStorage = (typeof SCORE_STORAGE)[number]

/**
 * Activations that are alive at once in an encoder layer: in the attention input, query, key, value, context and scores;
 * in the feed-forward network and in an adapter input, residual and inner activations.
 *
 * @returns elements
 * @throws {RangeError} if tokens is no positive integer, or on dimensions no encoder can have
 */
export function liveActivations(model: AdaptedEncoder, tokens: number, scores: ScoreStorage): number {
  if (!(Number.isSafeInteger(tokens) && tokens >= 1)) {
    throw new RangeError(`Cannot size activations: tokens must be a positive integer, got ${tokens}`)
  }
  const { hidden, heads, ffn } = model.shape
  const projected = heads * headWidth(model.shape)
  const held = (scores === 'all heads' ? heads : 1) * tokens * tokens
  const widest = Math.max(ffn, ...adaptersByLayer(model).flat())
  return Math.max(tokens * (hidden + 4 * projected) + held, tokens * (2 * hidden + widest))
}

/** Elements that go from and to where activations are kept. */
export interface ActivationTraffic {
  readonly read: number
  readonly written: number
}

/**
 * Activations that the matrix products of all layers read and write, adapters included; element-wise operations work on
 * the fly.
 */
export function activationTraffic(model: AdaptedEncoder, tokens: number): ActivationTraffic {
  const { shape } = model
  let [read, written] = [0, 0]
  for (const op of layerOperators(shape, { tokens, context: tokens })) {
    if (op.kind !== 'matmul') continue
    read += shape.layers * op.repeats * (op.m * op.k + (op.weights ? 0 : op.k * op.n))
    written += shape.layers * op.repeats * op.m * op.n
  }
  // Down to the bottleneck and up again: as much is written as is read.
  const adapters = adaptersByLayer(model)
    .flat()
    .reduce((sum, width) => sum + tokens * (shape.hidden + width), 0)
  return { read: read + adapters, written: written + adapters }
}

/**
 * Multiply-accumulates of a whole inference: layers, adapters, mapping of the embedding, and, on one token, pooler and
 * classifier.
 */
export function inferenceMacs(model: AdaptedEncoder, tokens: number): number {
  const { shape, embedding, labels, pooler = true } = model
  const { hidden, layers } = shape
  const { width = hidden } = embedding
  const layer = layerOperators(shape, { tokens, context: tokens }).reduce((sum, op) => sum + macsOf(op), 0)
  const mapping = width === hidden ? 0 : tokens * width * hidden
  const head = (pooler ? hidden * hidden : 0) + hidden * labels
  const adapters = adaptersByLayer(model)
    .flat()
    .reduce((sum, width) => sum + 2 * tokens * hidden * width, 0)
  return layers * layer + adapters + mapping + head
}

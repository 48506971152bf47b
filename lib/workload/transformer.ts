import type { Source } from '../numeric/mod.ts'
import type { LayerOperator, Matmul, OperatorGroup } from './operator.ts'

/** The dimensions that decide a Transformer's work. */
export interface TransformerShape {
  readonly layers: number
  /** Model dimension d. */
  readonly hidden: number
  /** Attention heads h. */
  readonly heads: number
  /**
   * Width of a head where it is not hidden / heads; query, key and value are then heads x headWidth wide.
   *
   * @default hidden / heads
   */
  readonly headWidth?: number
  /** Inner width of the feed-forward network, d_FFN. */
  readonly ffn: number
}

/** A named encoder (all tokens at once) or decoder (one token a step, with a KV cache). */
export interface Transformer extends TransformerShape {
  readonly name: string
  readonly kind: 'encoder' | 'decoder'
  readonly source: Source
}

/** What one pass through a layer sees: `tokens` new positions that attend over `context` positions. */
export interface LayerPass {
  readonly tokens: number
  readonly context: number
}

/** Deviations from the real network that a published analysis made; none is on by default. */
export interface LayerQuirks {
  /** Reduction length of W_1 where an analysis counted another one than `hidden` (elements). */
  readonly ffn1Inputs?: number
}

/**
 * The width of one attention head.
 *
 * @throws {RangeError} if a dimension is not a positive integer or heads do not divide hidden
 *
 * @example
 * ```ts
 * import { bertBase, headWidth } from '../../lib/workload/mod.ts'
 *
 * headWidth(bertBase) // => 64
 * headWidth({ layers: 2, hidden: 128, heads: 4, ffn: 512 }) // => 32
 * ```
 */
export function headWidth(shape: TransformerShape): number {
  for (const key of ['layers', 'hidden', 'heads', 'ffn', 'headWidth'] as const) {
    const value = shape[key]
    if (value === undefined && key === 'headWidth') continue
    if (value === undefined || !Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot build a Transformer: ${key} must be a positive integer, got ${value}`)
    }
  }
  if (shape.headWidth !== undefined) return shape.headWidth
  if (shape.hidden % shape.heads !== 0) {
    throw new RangeError(
      `Cannot split hidden=${shape.hidden} over heads=${shape.heads}: hidden must be a multiple of heads`,
    )
  }
  return shape.hidden / shape.heads
}

/**
 * The operators of one Transformer layer (survey Sec. 2.1, Table 2), in execution order.
 * An encoder layer over l tokens is `{ tokens: l, context: l }`; step t of a decoder with a KV cache
 * is `{ tokens: 1, context: t }`.
 *
 * @param shape dimensions of the network
 * @param pass tokens processed and positions attended over
 * @returns matmuls as (tokens x reduction) by (reduction x outputs), and the element-wise operations
 * @throws {RangeError} on dimensions that no layer can have
 *
 * @example
 * ```ts
 * import { bertBase, layerOperators, macsOf } from '../../lib/workload/mod.ts'
 *
 * const operators = layerOperators(bertBase, { tokens: 128, context: 128 })
 * operators.filter(({ kind }) => kind === 'matmul').length // => 8
 * // Four projections of 768 x 768, two products of 12 heads, two of 768 x 3072.
 * operators.reduce((macs, operator) => macs + macsOf(operator), 0)
 * // => 128 * (4 * 768 * 768 + 2 * 128 * 768 + 2 * 768 * 3072)
 * ```
 */
export function layerOperators(shape: TransformerShape, pass: LayerPass, quirks: LayerQuirks = {}): LayerOperator[] {
  const dh = headWidth(shape)
  for (const key of ['tokens', 'context'] as const) {
    if (!Number.isSafeInteger(pass[key]) || pass[key] < 1) {
      throw new RangeError(`Cannot lower a layer: ${key} must be a positive integer, got ${pass[key]}`)
    }
  }
  const { ffn1Inputs = shape.hidden } = quirks
  if (!Number.isSafeInteger(ffn1Inputs) || ffn1Inputs < 1) {
    throw new RangeError(`Cannot lower a layer: ffn1Inputs must be a positive integer, got ${ffn1Inputs}`)
  }
  const { hidden: d, heads: h, ffn: f } = shape
  const w = h * dh
  const { tokens, context } = pass
  const projection = (
    name: string,
    k: number,
    n: number,
    feedsNonlinear: boolean,
  ): Matmul & { group: OperatorGroup } => ({
    kind: 'matmul',
    name,
    group: name.startsWith('ffn') ? 'ffn-projections' : 'mha-projections',
    m: tokens,
    k,
    n,
    repeats: 1,
    weights: true,
    feedsNonlinear,
  })
  const actToAct = (
    name: string,
    k: number,
    n: number,
    feedsNonlinear: boolean,
  ): Matmul & { group: OperatorGroup } => ({
    ...projection(name, k, n, feedsNonlinear),
    group: 'mha-act-to-act',
    repeats: h,
    weights: false,
  })
  return [
    projection('q', d, w, false),
    projection('k', d, w, false),
    projection('v', d, w, false),
    actToAct('qk', dh, context, true),
    { kind: 'softmax', group: 'other', rows: tokens, width: context, repeats: h },
    actToAct('sv', context, dh, false),
    projection('out', w, d, true),
    { kind: 'layernorm', group: 'other', rows: tokens, width: d, repeats: 1 },
    { kind: 'residual', group: 'other', rows: tokens, width: d, repeats: 1 },
    projection('ffn1', ffn1Inputs, f, true),
    { kind: 'gelu', group: 'other', rows: tokens, width: f, repeats: 1 },
    projection('ffn2', f, d, true),
    { kind: 'layernorm', group: 'other', rows: tokens, width: d, repeats: 1 },
    { kind: 'residual', group: 'other', rows: tokens, width: d, repeats: 1 },
  ]
}

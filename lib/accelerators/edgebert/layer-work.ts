import {
  elementwiseFlops,
  headWidth,
  type LayerOperator,
  layerOperators,
  macsOf,
  type TransformerShape,
} from '../../workload/mod.ts'

/** The parts of a layer that belong to heads. */
export const HEAD_PARTS = ['q', 'k', 'v', 'qk', 'softmax', 'sv', 'out'] as const
export type HeadPart = (typeof HEAD_PARTS)[number]

/**
 * What a null head saves: all of its own work. The output projection is not among it, since the head's context vector
 * is written as zeros and read like any other (EdgeBERT Sec. 7.4.1).
 */
export const SKIPPED_WITH_HEAD: readonly HeadPart[] = ['q', 'k', 'v', 'qk', 'softmax', 'sv']

/** A layer of an encoder some of whose heads have an attention span of zero. */
export interface SpannedPass {
  readonly tokens: number
  /** Heads whose span is zero. */
  readonly nullHeads: number
  /** @default SKIPPED_WITH_HEAD */
  readonly skipped?: readonly HeadPart[]
}

const columnsOfHeads: readonly string[] = ['q', 'k', 'v']
const repeatedPerHead: readonly string[] = ['qk', 'softmax', 'sv']

/**
 * The operators that remain of one encoder layer when null heads are skipped. Work that is skipped whole leaves no
 * operator.
 *
 * @throws {RangeError} if there are not that many heads
 */
export function spannedLayer(shape: TransformerShape, pass: SpannedPass): LayerOperator[] {
  const { tokens, nullHeads, skipped = SKIPPED_WITH_HEAD } = pass
  if (!Number.isInteger(nullHeads) || nullHeads < 0 || nullHeads > shape.heads) {
    throw new RangeError(
      `Cannot skip heads: nullHeads must be an integer from 0 to the ${shape.heads} heads, got ${nullHeads}`,
    )
  }
  const active = shape.heads - nullHeads
  const width = headWidth(shape)
  return layerOperators(shape, { tokens, context: tokens }).flatMap((op): LayerOperator[] => {
    const part = op.kind === 'matmul' ? op.name : op.kind
    if (!(skipped as readonly string[]).includes(part)) return [op]
    if (active === 0) return []
    if (op.kind === 'matmul' && columnsOfHeads.includes(part)) return [{ ...op, n: active * width }]
    if (op.kind === 'matmul' && part === 'out') return [{ ...op, k: active * width }]
    return repeatedPerHead.includes(part) ? [{ ...op, repeats: active }] : [op]
  })
}

/** FLOPs of an operator; a multiply-accumulate is two, biases are left out (EdgeBERT Fig. 5). */
export function operatorFlops(op: LayerOperator): number {
  return op.kind === 'matmul' ? 2 * macsOf(op) : elementwiseFlops(op)
}

/** FLOPs of a layer's operators, matmuls and the rest. */
export function layerFlops(operators: readonly LayerOperator[]): {
  readonly matmul: number
  readonly elementwise: number
  readonly total: number
} {
  const flops = { matmul: 0, elementwise: 0 }
  for (const op of operators) flops[op.kind === 'matmul' ? 'matmul' : 'elementwise'] += operatorFlops(op)
  return { ...flops, total: flops.matmul + flops.elementwise }
}

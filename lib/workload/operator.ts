/** The row of the survey's Tables 3, 10 and 11 that an operator belongs to. */
export type OperatorGroup = 'mha-projections' | 'mha-act-to-act' | 'ffn-projections' | 'other'

/** All groups, in the order in which the tables print them. */
export const OPERATOR_GROUPS: readonly OperatorGroup[] = [
  'mha-projections',
  'mha-act-to-act',
  'ffn-projections',
  'other',
]

/** An (m x k) by (k x n) matrix product, done `repeats` times. */
export interface Matmul {
  readonly kind: 'matmul'
  readonly name: string
  /** Rows of the left operand and of the output: tokens, or output pixels of a convolution. */
  readonly m: number
  /** Reduction length. */
  readonly k: number
  /** Columns of the output. */
  readonly n: number
  readonly repeats: number
  /** The right operand is a parameter matrix with a bias; otherwise both operands are activations. */
  readonly weights: boolean
  /** A nonlinear operation reads the output, which is therefore kept at accumulator precision. */
  readonly feedsNonlinear: boolean
  /** Distinct elements of the left operand where they are not m * k, as in a convolution. */
  readonly inputElements?: number
}

/** A non-matmul operation over `rows` vectors of `width` elements, done `repeats` times. */
export interface Elementwise {
  readonly kind: 'softmax' | 'gelu' | 'layernorm' | 'residual'
  readonly group: 'other'
  readonly rows: number
  readonly width: number
  readonly repeats: number
}

export type Operator = Matmul | Elementwise

/** An operator of a Transformer layer, with the group it is counted in. */
export type LayerOperator = (Matmul & { readonly group: OperatorGroup }) | Elementwise

/** Elements an element-wise operation touches, over all its repeats. */
export function elementsOf(op: Elementwise): number {
  return op.rows * op.width * op.repeats
}

/** Multiply-accumulates of an operator over all its repeats; 0 for an element-wise one. */
export function macsOf(op: Operator): number {
  return op.kind === 'matmul' ? op.m * op.k * op.n * op.repeats : 0
}

/** A rule by which zeros save energy in the multipliers. */
export const GATING_RULES = ['element', 'vector'] as const
export type GatingRule = (typeof GATING_RULES)[number]

/** Shares of zeros in the two operands. */
export interface OperandSparsity {
  readonly weights: number
  readonly activations: number
}

function checkShare(name: string, share: number): void {
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot gate multipliers: ${name} must be a share from 0 to 1, got ${share}`)
  }
}

/** Chance that all of n elements are zero, each on its own with the same chance. */
export function nullVectorShare(zeroShare: number, n: number): number {
  checkShare('the share of zeros', zeroShare)
  if (!Number.isInteger(n) || n < 1) {
    throw new RangeError(`Cannot gate multipliers: vectors must have a whole number of elements, got ${n}`)
  }
  let share = 1
  for (let i = 0; i < n; i += 1) share *= zeroShare
  return share
}

/**
 * Share of the multiplications that are saved.
 *
 * @param rule `element`: one of the two factors is zero; `vector`: one of the two n-vectors has nothing but zeros, which
 *   is what EdgeBERT Sec. 7.3 writes; zeros stand where chance puts them
 */
export function savedProducts(rule: GatingRule, zeros: OperandSparsity, n: number): number {
  checkShare('weight sparsity', zeros.weights)
  checkShare('activation sparsity', zeros.activations)
  const width = rule === 'element' ? 1 : n
  return 1 - (1 - nullVectorShare(zeros.weights, width)) * (1 - nullVectorShare(zeros.activations, width))
}

/**
 * How much less energy a layer takes when multiplications are saved.
 *
 * @param gatedShare share of the energy that a saved multiplication saves: multipliers, and the memory banks not read
 */
export function gatingGain(saved: number, gatedShare: number): number {
  checkShare('the saved share', saved)
  checkShare('the gated share', gatedShare)
  const left = 1 - gatedShare * saved
  if (left <= 0) throw new RangeError('Cannot gate multipliers: some energy must be left, got none')
  return 1 / left
}

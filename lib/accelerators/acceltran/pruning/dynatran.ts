/** Real numbers in one piece of memory: a matrix row by row, or a whole tensor. */
export type Reals = Float32Array | Float64Array

/** Where a pruned matrix goes; a buffer may be used again and again. */
export interface PrunedBuffer {
  readonly values: Reals
  /** 1 where the element is ineffectual and must not be used (AccelTran Sec. III-B5 and III-B6). */
  readonly mask: Uint8Array
}

/** What pruning a matrix took and left. */
export interface PruningCount {
  readonly comparisons: number
  /** Ineffectual elements: pruned, or zero before. */
  readonly zeros: number
}

/** A buffer for matrices as long and as precise as this one. */
export function prunedBuffer(matrix: Reals): PrunedBuffer {
  const values = matrix instanceof Float32Array ? new Float32Array(matrix.length) : new Float64Array(matrix.length)
  return { values, mask: new Uint8Array(matrix.length) }
}

/**
 * DynaTran (AccelTran Sec. III-A): an element stays if its magnitude is at least the threshold, and is zero otherwise.
 * One comparison per element, whatever the matrix; the module of Fig. 7 makes those of a tile all at once.
 *
 * @param matrix numbers that are no NaN
 * @param thresholdTau tau; at 0 nothing is pruned, but a zero is ineffectual all the same
 * @param into where the result goes; may hold the matrix itself
 * @throws {RangeError} if the threshold is negative or no number, or the buffer is of another length
 *
 * @example
 * ```ts
 * import { dynatranPrune, prunedBuffer } from '../../lib/accelerators/acceltran/mod.ts'
 *
 * const matrix = Float64Array.of(1, 0.5, -2)
 * const into = prunedBuffer(matrix)
 * dynatranPrune(matrix, 0.6, into) // => { comparisons: 3, zeros: 1 }
 * Array.from(into.values) // => [1, 0, -2]
 * ```
 */
export function dynatranPrune(matrix: Reals, thresholdTau: number, into: PrunedBuffer): PruningCount {
  checkThreshold('prune', thresholdTau)
  checkBuffer('prune', matrix, into)
  const { values, mask } = into
  let zeros = 0
  for (let i = 0; i < matrix.length; i += 1) {
    const value = matrix[i] as number
    const kept = Math.abs(value) >= thresholdTau
    const ineffectual = kept && value !== 0 ? 0 : 1
    values[i] = kept ? value : 0
    mask[i] = ineffectual
    zeros += ineffectual
  }
  return { comparisons: matrix.length, zeros }
}

/**
 * The pruning ratio or sparsity rho (AccelTran Sec. III-A): zero elements over all.
 *
 * @throws {RangeError} if there are no elements
 */
export function sparsityOf(matrix: ArrayLike<number>): number {
  if (matrix.length === 0) throw new RangeError('Cannot take a sparsity: there must be elements, got none')
  let zeros = 0
  for (let i = 0; i < matrix.length; i += 1) if (matrix[i] === 0) zeros += 1
  return zeros / matrix.length
}

/** Refuses what cannot be a threshold. */
export function checkThreshold(action: string, thresholdTau: number): void {
  if (!(thresholdTau >= 0 && thresholdTau < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot ${action}: the threshold must be a finite number from 0, got ${thresholdTau}`)
  }
}

/** Refuses a buffer of another length than the matrix. */
export function checkBuffer(action: string, matrix: Reals, { values, mask }: PrunedBuffer): void {
  for (const length of [values.length, mask.length]) {
    if (length !== matrix.length) {
      throw new RangeError(`Cannot ${action}: the buffer must have ${matrix.length} elements, got ${length}`)
    }
  }
}

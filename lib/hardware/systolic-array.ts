import type { Quantity } from '../numeric/mod.ts'

/** A weight-stationary array of rows x columns processing elements with the memories beside it. */
export interface SystolicArray {
  readonly rows: number
  readonly columns: number
  readonly scratchpadBytes: number
  readonly accumulatorBytes: number
}

/**
 * Multiply-accumulates the whole array does in a cycle.
 *
 * @example
 * ```ts
 * import { peakMacsPerCycle } from '../../lib/hardware/mod.ts'
 *
 * peakMacsPerCycle({ rows: 16, columns: 16 }) // => 256
 * ```
 */
export function peakMacsPerCycle(array: Pick<SystolicArray, 'rows' | 'columns'>): number {
  return array.rows * array.columns
}

/** Word widths of such an array with 8-bit operands and 32-bit partial sums. */
export const WORD_BITS = {
  operand: { value: 8, unit: 'bit', source: { kind: 'paper', where: 'survey Sec. 3.4.1' } },
  partialSum: { value: 32, unit: 'bit', source: { kind: 'paper', where: 'survey Sec. 3.4.1' } },
} as const satisfies Record<string, Quantity>

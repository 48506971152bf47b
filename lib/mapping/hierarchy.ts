/**
 * The memory hierarchy that mappings are analysed on: DRAM holds everything; below it a scratchpad for weights and
 * inputs and an accumulator for outputs, banked by column of the array; below those one weight register in each of
 * rows x columns processing elements. Input channels (C) are unrolled over rows, output channels (K) over columns.
 */
export interface Hierarchy {
  readonly rows: number
  readonly columns: number
  readonly scratchpadBytes: number
  /** All banks together; each column of the array has one. */
  readonly accumulatorBytes: number
  /** Bytes of a weight or an input in the scratchpad. */
  readonly operandBytes: number
  /** Bytes of a partial sum in the accumulator. */
  readonly accumulatorWordBytes: number
  /** Words of all three data together that may cross to or from DRAM in a cycle, an output being one word too. */
  readonly dramWordsPerCycle: number
}

/** Weights a processing element holds. */
export const REGISTER_WORDS = 1

/** Partial sums that one column's accumulator bank holds. */
export function accumulatorBankWords(hierarchy: Hierarchy): number {
  return Math.floor(hierarchy.accumulatorBytes / (hierarchy.columns * hierarchy.accumulatorWordBytes))
}

/** Operand words that the scratchpad holds. */
export function scratchpadWords(hierarchy: Hierarchy): number {
  return Math.floor(hierarchy.scratchpadBytes / hierarchy.operandBytes)
}

/**
 * Checks a hierarchy.
 *
 * @throws {RangeError} naming what cannot be
 */
export function checkHierarchy(hierarchy: Hierarchy): void {
  for (const [name, value] of Object.entries(hierarchy)) {
    if (!(Number.isFinite(value) && value > 0)) {
      throw new RangeError(`Cannot map onto a hierarchy: ${name} must be a positive number, got ${value}`)
    }
  }
  for (const name of ['rows', 'columns'] as const) {
    if (!Number.isSafeInteger(hierarchy[name])) {
      throw new RangeError(`Cannot map onto a hierarchy: ${name} must be an integer, got ${hierarchy[name]}`)
    }
  }
}

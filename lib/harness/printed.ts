/** A number as a paper printed it: its value, and half a unit of its last printed digit. */
export interface Printed {
  readonly value: number
  readonly halfUnit: number
}

/** Texts a ledger accepts as a number; `330e3` is 330 thousand known to three digits. */
export const PRINTED_NUMBER = '^-?\\d+(\\.\\d+)?(e-?\\d+)?$'
const PRINTED = new RegExp(PRINTED_NUMBER)

/** Whether a text is a number as a ledger writes it. */
export function isPrinted(text: string): boolean {
  return PRINTED.test(text)
}

/**
 * Reads a printed number.
 *
 * @throws {SyntaxError} if the text is no number
 *
 * @example
 * ```ts
 * import { parsePrinted } from '../../lib/harness/printed.ts'
 *
 * parsePrinted('4.0') // => { value: 4, halfUnit: 0.05 }
 * parsePrinted('330e3') // => { value: 330_000, halfUnit: 500 }
 * ```
 */
export function parsePrinted(text: string): Printed {
  if (!isPrinted(text)) {
    throw new SyntaxError(`Cannot read a printed number: it must look like 12, 4.0 or 330e3, got "${text}"`)
  }
  const [mantissa = '', exponent = '0'] = text.split('e')
  const decimals = mantissa.split('.')[1]?.length ?? 0
  return { value: Number(text), halfUnit: Number(`0.5e${Number(exponent) - decimals}`) }
}

/** Whether a number, rounded to the printed digits, gives the printed number (a tie counts for it). */
export function matchesPrinted(printed: Printed, predicted: number): boolean {
  const slack = 1e-9 * printed.halfUnit + 4 * Number.EPSILON * Math.abs(printed.value)
  return Math.abs(predicted - printed.value) <= printed.halfUnit + slack
}

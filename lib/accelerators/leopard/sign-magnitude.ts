import { powerOfTwo, symmetricCode } from '../../numeric/mod.ts'

/** A matrix of integers, row after row. */
export interface CodeMatrix {
  readonly rows: number
  /** Elements of a row. */
  readonly width: number
  readonly codes: Int16Array
}

/** A real matrix in sign-magnitude integers of `bits` bits: element = code x scale, nearly. */
export interface SignMagnitudeMatrix extends CodeMatrix {
  readonly bits: number
  readonly scale: number
}

/** Bits of a sign-magnitude number, its sign among them, that the bit-serial models take. */
export const CODE_BITS = { min: 2, max: 16 } as const

/** Below this a double has lost digits, and a scale would be wrong. */
const SMALLEST_NORMAL = powerOfTwo(-1022)

/** @throws {RangeError} if `bits` is no integer from 2 to 16 */
export function checkCodeBits(bits: number): void {
  if (!Number.isInteger(bits) || bits < CODE_BITS.min || bits > CODE_BITS.max) {
    throw new RangeError(
      `Cannot use sign-magnitude numbers: bits must be an integer from ${CODE_BITS.min} to ${CODE_BITS.max}, got ${bits}`,
    )
  }
}

/** The largest magnitude of a sign-magnitude number: 2^(bits-1) - 1. */
export function topMagnitude(bits: number): number {
  checkCodeBits(bits)
  return powerOfTwo(bits - 1) - 1
}

/**
 * Quantises a matrix to sign-magnitude integers, its largest magnitude to the end of the range, ties away from zero. A
 * matrix of zeros gets the scale 1.
 *
 * @param values row after row
 * @throws {RangeError} if a value is not finite, the rows are not equally long, or the largest magnitude is too small
 *   for a scale
 */
export function signMagnitude(
  values: Float32Array | Float64Array,
  { rows, bits }: { readonly rows: number; readonly bits: number },
): SignMagnitudeMatrix {
  const top = topMagnitude(bits)
  if (!Number.isInteger(rows) || rows < 1 || values.length === 0 || values.length % rows !== 0) {
    throw new RangeError(
      `Cannot quantise a matrix: rows must divide its ${values.length} values into rows of equal length, got ${rows}`,
    )
  }
  let largest = 0
  for (let i = 0; i < values.length; i += 1) {
    const magnitude = Math.abs(values[i] as number)
    if (!(magnitude < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`Cannot quantise a matrix: its values must be finite, got ${values[i]} at index ${i}`)
    }
    if (magnitude > largest) largest = magnitude
  }
  const scale = largest === 0 ? 1 : largest / top
  if (scale < SMALLEST_NORMAL) {
    throw new RangeError(
      `Cannot quantise a matrix: its largest magnitude must be 0 or at least ${top * SMALLEST_NORMAL}, got ${largest}`,
    )
  }
  const codes = new Int16Array(values.length)
  for (let i = 0; i < values.length; i += 1) codes[i] = symmetricCode((values[i] as number) / scale, top)
  return { rows, width: values.length / rows, codes, bits, scale }
}

/**
 * A threshold on real scores, in units of the integer score of two quantised matrices.
 *
 * @throws {RangeError} if the threshold is not a number
 */
export function integerThreshold(
  threshold: number,
  { queries, keys }: { readonly queries: SignMagnitudeMatrix; readonly keys: SignMagnitudeMatrix },
): number {
  if (Number.isNaN(threshold)) throw new RangeError('Cannot scale a threshold: it must be a number, got NaN')
  // One after the other: the product of two scales can vanish.
  return threshold / queries.scale / keys.scale
}

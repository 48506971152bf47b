import { type FixedPoint, fixedPointRange, toFixedPoint } from './fixed-point.ts'

/** How a number is stored: single precision, or fixed point. */
export interface NumberFormat {
  readonly name: string
  /** Bits of a stored number. */
  readonly bits: number
  /** Null for floating point. */
  readonly fixedPoint: FixedPoint | null
}

const FIXED = /^Q([1-9]\d?)\.(0|[1-9]\d?)$/

/**
 * A number format by its name: `FP32`, or `Qi.f` with i bits of integer and sign and f bits of fraction
 * (adapter-ALBERT Sec. IV-A).
 *
 * @throws {RangeError} if no such format exists, or it has fewer than 2 or more than 32 bits
 *
 * @example
 * ```ts
 * import { numberFormat } from '../../lib/numeric/mod.ts'
 *
 * numberFormat('Q3.5').bits // => 8
 * ```
 */
export function numberFormat(name: string): NumberFormat {
  if (name === 'FP32') return { name, bits: 32, fixedPoint: null }
  const [, whole, fraction] = FIXED.exec(name) ?? []
  const [integerBits, fractionBits] = [Number(whole), Number(fraction)]
  const bits = integerBits + fractionBits
  // Not !(...): a name that does not match has NaN bits.
  if (integerBits >= 1 && bits >= 2 && bits <= 32) return { name, bits, fixedPoint: { bits, fractionBits } }
  throw new RangeError(
    `Cannot read a number format: it must be FP32, or Qi.f with i from 1 and 2 to 32 bits in all (as Q3.13), got "${name}"`,
  )
}

/** Smallest and largest number of a fixed-point format, its step, and the magnitude below which numbers become zero. */
export interface FormatRange {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly flushBelow: number
}

/** The range of a format, rounding to nearest; null for floating point, whose steps depend on the number. */
export function formatRange({ fixedPoint }: NumberFormat): FormatRange | null {
  if (!fixedPoint) return null
  const range = fixedPointRange(fixedPoint)
  return { ...range, flushBelow: range.step / 2 }
}

/**
 * A number as a format stores it: to nearest, saturated.
 *
 * @throws {RangeError} if the number is not finite, or beyond single precision where that is the format
 */
export function roundToFormat(x: number, { fixedPoint }: NumberFormat): number {
  if (fixedPoint) return toFixedPoint(x, fixedPoint)
  const rounded = Math.fround(x)
  if (Number.isFinite(rounded)) return rounded
  throw new RangeError(`Cannot round to FP32: the number must be finite and within its range, got ${x}`)
}

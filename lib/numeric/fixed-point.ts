import { powerOfTwo } from './powers.ts'

/** A two's-complement number of `bits`, `fractionBits` of them below the point. */
export interface FixedPoint {
  readonly bits: number
  readonly fractionBits: number
}

/** What happens to the digits and to the values that do not fit. */
export interface FixedPointRules {
  /** @default 'nearest', ties upwards */
  readonly rounding?: 'nearest' | 'truncate'
  /** @default 'saturate' */
  readonly overflow?: 'saturate' | 'wrap'
}

function limitsOf({ bits, fractionBits }: FixedPoint): { step: number; span: number } {
  if (!Number.isInteger(bits) || bits < 1 || bits > 52) {
    throw new RangeError(`Cannot build a fixed-point format: bits must be an integer from 1 to 52, got ${bits}`)
  }
  if (!Number.isInteger(fractionBits) || Math.abs(fractionBits) > 1000) {
    throw new RangeError(
      `Cannot build a fixed-point format: fractionBits must be an integer from -1000 to 1000, got ${fractionBits}`,
    )
  }
  return { step: powerOfTwo(-fractionBits), span: powerOfTwo(bits) }
}

/** The nearest integer, a tie upwards; not floor(x + 1/2), whose sum can round up by itself. */
function nearestInteger(x: number): number {
  const below = Math.floor(x)
  return x - below >= 0.5 ? below + 1 : below
}

/** The smallest and largest value of a format, and the step between values. */
export function fixedPointRange(format: FixedPoint): { min: number; max: number; step: number } {
  const { step, span } = limitsOf(format)
  return { min: (-span / 2) * step, max: (span / 2 - 1) * step, step }
}

/**
 * A number as a fixed-point format holds it.
 *
 * @throws {RangeError} on a format of no bits, or if the number is not finite
 *
 * @example
 * ```ts
 * import { toFixedPoint } from '../../lib/numeric/mod.ts'
 *
 * toFixedPoint(1.3, { bits: 8, fractionBits: 2 }) // => 1.25
 * toFixedPoint(100, { bits: 8, fractionBits: 2 }) // => 127 / 4
 * ```
 */
export function toFixedPoint(x: number, format: FixedPoint, rules: FixedPointRules = {}): number {
  if (!Number.isFinite(x)) throw new RangeError(`Cannot round to fixed point: the number must be finite, got ${x}`)
  const { step, span } = limitsOf(format)
  const { rounding = 'nearest', overflow = 'saturate' } = rules
  const scaled = x / step
  const units = rounding === 'nearest' ? nearestInteger(scaled) : Math.floor(scaled)
  if (overflow === 'saturate') return Math.min(Math.max(units, -span / 2), span / 2 - 1) * step
  if (!Number.isFinite(units)) {
    throw new RangeError(`Cannot wrap into fixed point: the number is too large to have a remainder, got ${x}`)
  }
  const wrapped = units - span * Math.floor((units + span / 2) / span)
  return wrapped * step
}

/**
 * The symmetric integer grid of a tensor: codes from -(2^(bits-1) - 1) to 2^(bits-1) - 1, the largest magnitude at the
 * end of it.
 *
 * @returns what rounds a number to the grid, ties away from zero
 * @throws {RangeError} if the grid has fewer than 2 bits
 */
export function symmetricGrid(largestMagnitude: number, bits: number): (x: number) => number {
  if (!Number.isInteger(bits) || bits < 2 || bits > 52) {
    throw new RangeError(`Cannot build an integer grid: bits must be an integer from 2 to 52, got ${bits}`)
  }
  const top = powerOfTwo(bits - 1) - 1
  if (!(largestMagnitude > 0)) return () => 0
  const scale = largestMagnitude / top
  return (x) => symmetricCode(x / scale, top) * scale
}

/** The nearest integer from `-top` to `top`, ties away from zero: the code of a number in units of its grid's step. */
export function symmetricCode(units: number, top: number): number {
  const magnitude = Math.min(nearestInteger(Math.abs(units)), top)
  return units < 0 ? -magnitude : magnitude
}

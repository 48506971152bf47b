import { floorLog2, powerOfTwo } from './powers.ts'

/** A floating-point word of `bits`: a sign, an exponent of `exponentBits`, the rest mantissa. */
export interface FloatFormat {
  readonly bits: number
  readonly exponentBits: number
}

const MAX_BITS = 16

function mantissaBitsOf({ bits, exponentBits }: FloatFormat): number {
  if (!Number.isInteger(bits) || bits < 2 || bits > MAX_BITS) {
    throw new RangeError(`Cannot build a float format: bits must be an integer from 2 to ${MAX_BITS}, got ${bits}`)
  }
  const widest = Math.min(bits - 1, 8)
  if (!Number.isInteger(exponentBits) || exponentBits < 1 || exponentBits > widest) {
    throw new RangeError(
      `Cannot build a float format of ${bits} bits: exponentBits must be an integer from 1 to ${widest}, got ${exponentBits}`,
    )
  }
  return bits - 1 - exponentBits
}

/**
 * AdaptivFloat (Tambe et al., DAC 2020): a float without denormals, infinities or NaN whose exponent range a tensor
 * chooses. The value of a code is +-2^(exponent + minExponent) x (1 + mantissa / 2^m); the code of the smallest
 * positive value stands for zero instead. Bits of a code, from the top: sign, exponent, mantissa.
 *
 * @example
 * ```ts
 * import { AdaptivFloat } from '../../lib/numeric/mod.ts'
 *
 * // Of 4 bits: a sign, 2 of exponent, 1 of mantissa; the largest value is 2^3 x 1.5.
 * const format = new AdaptivFloat({ bits: 4, exponentBits: 2 }, 0)
 * format.maximum // => 12
 * format.decode(format.encode(4.9)) // => 4
 * format.decode(format.encode(5.1)) // => 6
 * ```
 */
export class AdaptivFloat {
  readonly format: FloatFormat
  /** Exponent of the lowest binade: the tensor's bias. */
  readonly minExponent: number
  /** The largest value. */
  readonly maximum: number
  /** The smallest value above 0. */
  readonly minimum: number
  /** Values of the codes without a sign, rising; the first is 0. */
  private readonly magnitudes: Float64Array
  /** Where a magnitude starts to be encoded as the next code. */
  private readonly thresholds: Float64Array

  /**
   * @param format width of the word and of its exponent
   * @param minExponent exponent of the lowest binade, an integer
   * @throws {RangeError} on a width or exponent that no such format has
   */
  constructor(format: FloatFormat, minExponent: number) {
    const mantissaBits = mantissaBitsOf(format)
    const highest = 1023 - ((1 << format.exponentBits) - 1)
    if (!Number.isInteger(minExponent) || minExponent < -1000 || minExponent > highest) {
      throw new RangeError(
        `Cannot build a float format of ${format.exponentBits} exponent bits: minExponent must be an integer from -1000 to ${highest}, got ${minExponent}`,
      )
    }
    this.format = format
    this.minExponent = minExponent
    const mantissas = 1 << mantissaBits
    this.magnitudes = Float64Array.from({ length: 1 << (format.bits - 1) }, (_, code) =>
      code === 0 ? 0 : powerOfTwo((code >> mantissaBits) + minExponent) * (1 + (code & (mantissas - 1)) / mantissas),
    )
    this.thresholds = Float64Array.from(
      { length: this.magnitudes.length - 1 },
      (_, i) => ((this.magnitudes[i] as number) + (this.magnitudes[i + 1] as number)) / 2,
    )
    this.maximum = this.magnitudes.at(-1) as number
    this.minimum = this.magnitudes[1] as number
  }

  /**
   * The code of the nearest value: a tie goes away from zero, what is too large becomes the largest value, and both
   * zeros are code 0.
   *
   * @throws {RangeError} on NaN
   */
  encode(x: number): number {
    if (Number.isNaN(x)) throw new RangeError('Cannot encode a number: it must not be NaN')
    const size = Math.abs(x)
    let low = 0
    let high = this.thresholds.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (size >= (this.thresholds[middle] as number)) low = middle + 1
      else high = middle
    }
    return x < 0 && low > 0 ? low | (1 << (this.format.bits - 1)) : low
  }

  /**
   * The value of a code.
   *
   * @throws {RangeError} if the format has no such code
   */
  decode(code: number): number {
    const signBit = 1 << (this.format.bits - 1)
    if (!Number.isInteger(code) || code < 0 || code >= 2 * signBit) {
      throw new RangeError(`Cannot decode: code must be an integer from 0 to ${2 * signBit - 1}, got ${code}`)
    }
    const magnitude = this.magnitudes[code & (signBit - 1)] as number
    return code & signBit && magnitude > 0 ? -magnitude : magnitude
  }

  /** The nearest value the format has; see {@link encode}. */
  round(x: number): number {
    return this.decode(this.encode(x))
  }
}

/**
 * The largest magnitude of a tensor; 0 if it is empty.
 *
 * @throws {RangeError} on NaN
 */
export function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < values.length; i += 1) {
    const size = Math.abs(values[i] as number)
    if (size > largest) largest = size
    else if (Number.isNaN(size)) throw new RangeError(`Cannot scale a tensor: element ${i} must be a number, got NaN`)
  }
  return largest
}

/**
 * AdaptivFloat's own choice for a tensor: the top binade holds the largest magnitude.
 *
 * @returns minExponent; that of a largest magnitude of 1 if all values are 0
 */
export function minExponentByMaximum(values: ArrayLike<number>, format: FloatFormat): number {
  mantissaBitsOf(format)
  const largest = largestMagnitude(values)
  return (largest === 0 ? 0 : floorLog2(largest)) - ((1 << format.exponentBits) - 1)
}

/** Sum of the squares of what rounding takes away from a tensor's values. */
export function squaredError(values: ArrayLike<number>, round: (x: number) => number): number {
  let sum = 0
  for (let i = 0; i < values.length; i += 1) {
    const error = round(values[i] as number) - (values[i] as number)
    sum += error * error
  }
  return sum
}

/**
 * The exponent range with the least squared error for a tensor; of equals the highest.
 *
 * @param range where to look, in binades below and above {@link minExponentByMaximum}
 */
export function minExponentByError(
  values: ArrayLike<number>,
  format: FloatFormat,
  range: { readonly below: number; readonly above: number } = { below: 8, above: 2 },
): number {
  const start = minExponentByMaximum(values, format)
  let best = start
  let least = Number.POSITIVE_INFINITY
  for (let minExponent = start + range.above; minExponent >= start - range.below; minExponent -= 1) {
    const codec = new AdaptivFloat(format, minExponent)
    const error = squaredError(values, (x) => codec.round(x))
    if (error < least) {
      least = error
      best = minExponent
    }
  }
  return best
}

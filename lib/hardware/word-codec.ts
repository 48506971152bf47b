import { type FixedPoint, powerOfTwo, toFixedPoint } from '../numeric/mod.ts'

/** How numbers become words of a memory and back; word 0 stands for 0. */
export interface WordCodec {
  readonly bits: number
  /** The word of the nearest number there is a word for. */
  encode(x: number): number
  /** The number a word stands for. */
  decode(word: number): number
}

/**
 * Fixed-point numbers in two's complement, rounded to nearest and saturated.
 *
 * @throws {RangeError} if a word would not have 2 to 16 bits
 */
export function fixedPointCodec(format: FixedPoint): WordCodec {
  const { bits, fractionBits } = format
  if (!Number.isInteger(bits) || bits < 2 || bits > 16) {
    throw new RangeError(`Cannot store fixed-point words: they must have 2 to 16 bits, got ${bits}`)
  }
  const [scale, step] = [powerOfTwo(fractionBits), powerOfTwo(-fractionBits)]
  return {
    bits,
    encode: (x) => (toFixedPoint(x, format) * scale) & ((1 << bits) - 1),
    // The sign bit moves to the top of 32 and back, and fills what is above it.
    decode: (word) => ((word << (32 - bits)) >> (32 - bits)) * step,
  }
}

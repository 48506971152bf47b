/** A sparse vector: one bit per element (bit i of byte i/8 from the bottom), and the non-zero codes in order. */
export interface BitmaskVector {
  readonly length: number
  readonly mask: Uint8Array
  readonly nonZeros: Uint16Array
}

/** Packs codes of up to 16 bits; code 0 is left out. */
export function encodeBitmask(codes: ArrayLike<number>): BitmaskVector {
  const mask = new Uint8Array(Math.ceil(codes.length / 8))
  const kept = new Uint16Array(codes.length)
  let count = 0
  for (let i = 0; i < codes.length; i += 1) {
    const code = codes[i] as number
    if (code === 0) continue
    mask[i >> 3] = (mask[i >> 3] as number) | (1 << (i & 7))
    kept[count] = code
    count += 1
  }
  return { length: codes.length, mask, nonZeros: kept.slice(0, count) }
}

/**
 * Unpacks a vector the way a decoder does: a set bit takes the next code. A mask with too many bits set, which a fault
 * can leave, runs out of codes and gives zeros; one with too few leaves codes over.
 */
export function decodeBitmask({ length, mask, nonZeros }: BitmaskVector): Uint16Array {
  const codes = new Uint16Array(length)
  let next = 0
  for (let i = 0; i < length; i += 1) {
    if (((mask[i >> 3] as number) & (1 << (i & 7))) === 0) continue
    codes[i] = nonZeros[next] ?? 0
    next += 1
  }
  return codes
}

/** Bytes of a bitmask-encoded tensor. */
export interface BitmaskBytes {
  readonly valueBytes: number
  readonly maskBytes: number
  readonly totalBytes: number
}

/**
 * Bytes of a bitmask-encoded tensor: the non-zeros at their width and one mask bit per element, each in whole bytes.
 *
 * @param options.maskOfNonZerosOnly a quirk: only non-zeros are given a mask bit
 * @throws {RangeError} if a count is no whole number, or more elements are non-zero than there are
 *
 * @example
 * ```ts
 * import { bitmaskBytes } from '../../lib/numeric/mod.ts'
 *
 * bitmaskBytes({ elements: 16, nonZeros: 5, valueBits: 8 })
 * // => { valueBytes: 5, maskBytes: 2, totalBytes: 7 }
 * ```
 */
export function bitmaskBytes(
  sizes: { readonly elements: number; readonly nonZeros: number; readonly valueBits: number },
  options: { readonly maskOfNonZerosOnly?: boolean } = {},
): BitmaskBytes {
  for (const key of ['elements', 'nonZeros', 'valueBits'] as const) {
    if (!Number.isSafeInteger(sizes[key]) || sizes[key] < 0) {
      throw new RangeError(`Cannot size a bitmask encoding: ${key} must be a whole number, got ${sizes[key]}`)
    }
  }
  const { elements, nonZeros, valueBits } = sizes
  if (nonZeros > elements) {
    throw new RangeError(
      `Cannot size a bitmask encoding: at most ${elements} of ${elements} elements can be non-zero, got ${nonZeros}`,
    )
  }
  const valueBytes = Math.ceil((nonZeros * valueBits) / 8)
  const maskBytes = Math.ceil((options.maskOfNonZerosOnly ? nonZeros : elements) / 8)
  return { valueBytes, maskBytes, totalBytes: valueBytes + maskBytes }
}

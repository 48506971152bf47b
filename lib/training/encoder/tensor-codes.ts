import { powerOfTwo, symmetricCode } from '../../numeric/mod.ts'

/** How a tensor's numbers are stored. */
export interface StoredTensor {
  readonly name: string
  /** Largest magnitude over the largest code. */
  readonly scale: number
  /** Codes that are not 0, where only those are stored, behind a mask of one bit for each number. */
  readonly kept?: number
}

const MATRIX_BITS = 8
const VECTOR_BITS = 16

/** Bits of a tensor's codes: 8 in matrices, 16 in vectors, which weigh little and hurt most. */
const bitsOf = (rows: number): number => (rows === 1 ? VECTOR_BITS : MATRIX_BITS)

/** Bytes of `count` numbers as they are stored. */
export function storedBytes({ kept }: StoredTensor, { rows, columns }: Sized): number {
  const count = rows * columns
  return kept === undefined ? (count * bitsOf(rows)) / 8 : Math.ceil(count / 8) + (kept * bitsOf(rows)) / 8
}

interface Sized {
  readonly rows: number
  readonly columns: number
}

/**
 * Turns a tensor's numbers into integers scaled to the largest magnitude, nearest first, ties away from 0. Where many
 * are 0 a mask and the others are stored.
 *
 * @throws {RangeError} if a number is not finite
 */
export function encodeTensor(
  name: string,
  values: Float32Array,
  { rows, columns }: Sized,
): { readonly tensor: StoredTensor; readonly bytes: Uint8Array } {
  const wrong = values.find((value) => !Number.isFinite(value))
  if (wrong !== undefined) throw new RangeError(`Cannot store ${name}: its numbers must be finite, got ${wrong}`)
  const bits = bitsOf(rows)
  const top = powerOfTwo(bits - 1) - 1
  // A 32-bit scale, so that its decimal form is short and exact.
  const scale = Math.fround(values.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / top) || 1
  const codes = Array.from(values, (value) => symmetricCode(value / scale, top))
  const kept = codes.filter((code) => code !== 0)
  const sparse = { name, scale, kept: kept.length }
  const tensor =
    storedBytes(sparse, { rows, columns }) < storedBytes({ name, scale }, { rows, columns }) ? sparse : { name, scale }
  const bytes = new Uint8Array(storedBytes(tensor, { rows, columns }))
  const view = new DataView(bytes.buffer)
  let at = 0
  if (tensor === sparse) {
    for (const [i, code] of codes.entries()) if (code !== 0) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7))
    at = Math.ceil(codes.length / 8)
  }
  for (const code of tensor === sparse ? kept : codes) {
    if (bits === MATRIX_BITS) view.setInt8(at, code)
    else view.setInt16(at, code, true)
    at += bits / 8
  }
  return { tensor, bytes }
}

/** The way back of {@link encodeTensor}, into `values`. */
export function decodeTensor(
  { scale, kept }: StoredTensor,
  bytes: Uint8Array,
  { values, rows }: { readonly values: Float32Array; readonly rows: number },
): void {
  const bits = bitsOf(rows)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = kept === undefined ? 0 : Math.ceil(values.length / 8)
  for (let i = 0; i < values.length; i++) {
    if (kept !== undefined && (((bytes[i >> 3] as number) >> (i & 7)) & 1) === 0) {
      values[i] = 0
      continue
    }
    values[i] = scale * (bits === MATRIX_BITS ? view.getInt8(at) : view.getInt16(at, true))
    at += bits / 8
  }
}

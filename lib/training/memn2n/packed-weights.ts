import { powerOfTwo, symmetricCode } from '../../numeric/mod.ts'
import { Layout } from '../kernels.ts'
import { layOutParameters, type NetworkShape } from './blocks.ts'

/** Bits of a stored weight, sign included. */
export const STORED_BITS = 16
const TOP = powerOfTwo(STORED_BITS - 1) - 1

/**
 * A network's parameters in 16-bit integers, each table scaled to its largest magnitude; of the ages only the first
 * `ageRows` rows are stored, those a story has reached.
 */
export interface PackedWeights {
  readonly ageRows: number
  /** One per table, embeddings first, then ages. */
  readonly scales: readonly number[]
  /** Little-endian codes in the order of the scales. */
  readonly base64: string
}

/** Where a network keeps what is stored of each table. */
function tablesOf(shape: NetworkShape, ageRows: number) {
  const { tables, ages, count } = layOutParameters(new Layout(), shape)
  const stored = (starts: readonly number[], rows: number) =>
    starts.map((start) => ({ start, count: rows * shape.width }))
  return { tables: [...stored(tables, shape.vocabulary), ...stored(ages, ageRows)], count }
}

/** Packs parameters as a network lays them out. */
export function packWeights(values: Float32Array, shape: NetworkShape, ageRows: number): PackedWeights {
  const { tables } = tablesOf(shape, ageRows)
  const codes = new DataView(new ArrayBuffer(2 * tables.reduce((sum, { count }) => sum + count, 0)))
  let at = 0
  const scales = tables.map(({ start, count }) => {
    const own = values.subarray(start, start + count)
    // A 32-bit scale, so that its decimal form is short and exact.
    const scale = Math.fround(own.reduce((most, x) => Math.max(most, Math.abs(x)), 0) / TOP) || 1
    for (const value of own) {
      codes.setInt16(at, symmetricCode(value / scale, TOP), true)
      at += 2
    }
    return scale
  })
  const bytes = new Uint8Array(codes.buffer)
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return { ageRows, scales, base64: btoa(text) }
}

/**
 * Unpacks parameters to a network's layout; ages that were not stored are 0.
 *
 * @throws {RangeError} if the codes do not fill the shape
 */
export function unpackWeights(packed: PackedWeights, shape: NetworkShape): Float32Array {
  const { tables, count } = tablesOf(shape, packed.ageRows)
  const text = atob(packed.base64)
  const needed = 2 * tables.reduce((sum, table) => sum + table.count, 0)
  if (text.length !== needed || packed.scales.length !== tables.length) {
    throw new RangeError(
      `Cannot unpack weights: they must be ${needed} bytes in ${tables.length} tables, got ${text.length} in ${packed.scales.length}`,
    )
  }
  const codes = new DataView(Uint8Array.from(text, (char) => char.charCodeAt(0)).buffer)
  const values = new Float32Array(count)
  let at = 0
  for (const [i, table] of tables.entries()) {
    const scale = packed.scales[i] as number
    for (let j = 0; j < table.count; j++, at += 2) values[table.start + j] = codes.getInt16(at, true) * scale
  }
  return values
}

import { type BitSerialFormat, fullCycles, takenBits } from './bit-serial.ts'
import type { CodeMatrix } from './sign-magnitude.ts'

/** Elements that a SIMD register holds; rows are padded with zeros to a multiple of it. */
const LANES = 8
/** The keys and the queries of a block stay below these sizes where they can, so that they fit the caches. */
const KEY_BYTES = 192 * 1024
const QUERY_BYTES = 16 * 1024
/** Marks an outcome as kept, beside its cycles. */
export const KEPT_FLAG = 128

/** Sizes of a block. */
export interface BlockShape {
  readonly queries: number
  readonly keys: number
  /** Elements of a row, padded. */
  readonly width: number
  /** Cycles of a score that is not pruned early. */
  readonly cycles: number
  /** Cycles that take the sign alone: 1 at one bit per cycle, else 0. */
  readonly signCycles: number
  /** By cycle: the bits still unknown after it. */
  readonly unknownBits: readonly number[]
  /** Planes of a key: the signs, then one for every cycle that takes magnitude bits. */
  readonly planes: number
}

/**
 * Some queries against some keys, as a kernel takes them. Products of a query with the planes of a key are all that a
 * unit needs: with the signs they give the concordant sum, with the magnitude bits of a cycle what it adds.
 */
export interface ScoreBlock {
  /** By query: the sum of magnitudes. */
  readonly sums: Float64Array
  /** By query: the smallest integer that is not below the threshold. */
  readonly thresholds: Float64Array
  /** As in the shape. */
  readonly unknownBits: Int32Array
  /** Codes, query after query. */
  readonly queries: Int16Array
  /** Per key: signs as 1 and -1, then for each cycle its magnitude bits as a number with the element's sign. */
  readonly planes: Int16Array
  /** Key after key, by query: cycles, and {@link KEPT_FLAG} if the score is kept. */
  readonly outcomes: Uint8Array
}

/** Chooses the sizes of the blocks in which a matrix of scores is worked off. */
export function blockShape(
  { queries, keys }: { readonly queries: CodeMatrix; readonly keys: CodeMatrix },
  format: BitSerialFormat,
): BlockShape {
  const width = Math.ceil(queries.width / LANES) * LANES
  const cycles = fullCycles(format)
  const signCycles = format.bitsPerCycle === 1 ? 1 : 0
  const planes = 1 + cycles - signCycles
  return {
    queries: Math.min(queries.rows, Math.max(1, Math.floor(QUERY_BYTES / (2 * width)))),
    keys: Math.min(keys.rows, Math.max(1, Math.floor(KEY_BYTES / (2 * width * planes)))),
    width,
    cycles,
    signCycles,
    unknownBits: Array.from({ length: cycles }, (_, cycle) => format.bits - takenBits(cycle + 1, format)),
    planes,
  }
}

/** Byte offsets of a block's parts in one buffer, the widest elements first. */
export function blockOffsets({ queries, keys, width, planes, cycles }: BlockShape) {
  const thresholds = 8 * queries
  const unknownBits = thresholds + 8 * queries
  const codes = unknownBits + 4 * cycles
  const planesStart = codes + 2 * width * queries
  const outcomes = planesStart + 2 * width * planes * keys
  return {
    sums: 0,
    thresholds,
    unknownBits,
    queries: codes,
    planes: planesStart,
    outcomes,
    end: outcomes + queries * keys,
  }
}

/** Views of a block's parts in a buffer. */
export function blockIn(buffer: ArrayBuffer, shape: BlockShape): ScoreBlock {
  const at = blockOffsets(shape)
  const { queries, keys, width, planes, cycles } = shape
  const block = {
    sums: new Float64Array(buffer, at.sums, queries),
    thresholds: new Float64Array(buffer, at.thresholds, queries),
    unknownBits: new Int32Array(buffer, at.unknownBits, cycles),
    queries: new Int16Array(buffer, at.queries, queries * width),
    planes: new Int16Array(buffer, at.planes, keys * planes * width),
    outcomes: new Uint8Array(buffer, at.outcomes, queries * keys),
  }
  block.unknownBits.set(shape.unknownBits)
  return block
}

/**
 * Copies queries into a block.
 *
 * @param from.first the first of them
 * @param from.thresholds of all queries, or the one of all
 * @returns how many fitted
 */
export function loadQueries(
  block: ScoreBlock,
  { queries, width }: BlockShape,
  from: { readonly matrix: CodeMatrix; readonly first: number; readonly thresholds: number | ArrayLike<number> },
): number {
  const { matrix, first, thresholds } = from
  const count = Math.min(queries, matrix.rows - first)
  for (let row = 0; row < count; row += 1) {
    let sum = 0
    for (let i = 0; i < width; i += 1) {
      // Zeros here make it of no matter what lies behind the planes' elements.
      const code = i < matrix.width ? (matrix.codes[(first + row) * matrix.width + i] as number) : 0
      block.queries[row * width + i] = code
      sum += Math.abs(code)
    }
    block.sums[row] = sum
    // Sums are integers: below the threshold is below the next integer.
    block.thresholds[row] = Math.ceil(typeof thresholds === 'number' ? thresholds : (thresholds[first + row] as number))
  }
  return count
}

/**
 * Splits keys into the planes of a block.
 *
 * @returns how many fitted
 */
export function loadKeys(
  block: ScoreBlock,
  { keys, width, planes, cycles, signCycles }: BlockShape,
  { matrix, first }: { readonly matrix: CodeMatrix; readonly first: number },
): number {
  const count = Math.min(keys, matrix.rows - first)
  for (let row = 0; row < count; row += 1) {
    for (let i = 0; i < matrix.width; i += 1) {
      const code = matrix.codes[(first + row) * matrix.width + i] as number
      const sign = code < 0 ? -1 : 1
      let at = row * planes * width + i
      block.planes[at] = sign
      let rest = sign * code
      for (let cycle = signCycles; cycle < cycles; cycle += 1) {
        const unknown = block.unknownBits[cycle] as number
        at += width
        block.planes[at] = sign * (rest >> unknown)
        rest &= (1 << unknown) - 1
      }
    }
  }
  return count
}

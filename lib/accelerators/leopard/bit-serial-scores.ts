import { type BitSerialFormat, checkFormat } from './bit-serial.ts'
import { plainKernel, type ScoreKernel } from './plain-kernel.ts'
import {
  type BlockShape,
  blockIn,
  blockOffsets,
  blockShape,
  KEPT_FLAG,
  loadKeys,
  loadQueries,
  type ScoreBlock,
} from './score-block.ts'
import { type CodeMatrix, topMagnitude } from './sign-magnitude.ts'
import { simdKernel } from './simd-kernel.ts'

/** What became of every score of a matrix, query after query. */
export interface ScoreTrace {
  readonly queries: number
  readonly keys: number
  /** Cycles until the unit stopped. */
  readonly cycles: Uint8Array
  /** 1 where the score is kept, 0 where it is pruned. */
  readonly kept: Uint8Array
}

/** What multiplies. */
export const SCORE_ENGINES = ['simd', 'plain'] as const
export type ScoreEngine = (typeof SCORE_ENGINES)[number]

/** How a matrix of scores is computed. */
export interface BitSerialOptions extends BitSerialFormat {
  /** In units of the score: of all queries, or of each. */
  readonly threshold: number | ArrayLike<number>
  /** @default 'simd' where there is SIMD and 32 bits hold every sum, else 'plain'; both give the same */
  readonly engine?: ScoreEngine
}

const INT32_MAX = 0x7fff_ffff

/**
 * Every query against every key on bit-serial units with early termination, as {@link bitSerialScore} does one pair.
 *
 * @throws {RangeError} on matrices of different width, keys or thresholds that do not fit, sums that a double does not
 *   hold, or an engine that cannot be had
 */
export function bitSerialScores(queries: CodeMatrix, keys: CodeMatrix, options: BitSerialOptions): ScoreTrace {
  checkFormat(options)
  const { threshold, bits } = options
  const largestSum = checkMatrices(queries, keys, topMagnitude(bits))
  checkThresholds(threshold, queries.rows)
  const shape = blockShape({ queries, keys }, options)
  const { block, run } = prepare(shape, options, largestSum)
  const trace = {
    queries: queries.rows,
    keys: keys.rows,
    cycles: new Uint8Array(queries.rows * keys.rows),
    kept: new Uint8Array(queries.rows * keys.rows),
  }
  for (let key = 0; key < keys.rows; key += shape.keys) {
    const keyCount = loadKeys(block, shape, { matrix: keys, first: key })
    for (let query = 0; query < queries.rows; query += shape.queries) {
      const queryCount = loadQueries(block, shape, { matrix: queries, first: query, thresholds: threshold })
      run(queryCount, keyCount)
      unpack(block.outcomes, trace, { query, key, queryCount, keyCount })
    }
  }
  return trace
}

/** Copies a block's outcomes to their places in a trace. */
function unpack(
  outcomes: Uint8Array,
  { cycles, kept, keys }: ScoreTrace,
  part: { readonly query: number; readonly key: number; readonly queryCount: number; readonly keyCount: number },
): void {
  const { query, key, queryCount, keyCount } = part
  for (let i = 0; i < queryCount; i += 1) {
    const row = (query + i) * keys + key
    for (let j = 0; j < keyCount; j += 1) {
      const outcome = outcomes[j * queryCount + i] as number
      cycles[row + j] = outcome & (KEPT_FLAG - 1)
      kept[row + j] = outcome >> 7
    }
  }
}

/** Taps times cycles: the work of the units on a trace of vectors of so many elements. */
export function macSteps({ cycles }: ScoreTrace, width: number): number {
  return width * cycles.reduce((sum, own) => sum + own, 0)
}

function prepare(
  shape: BlockShape,
  { bits, bitsPerCycle, engine }: BitSerialOptions,
  largestSum: number,
): { block: ScoreBlock; run: ScoreKernel } {
  // Twice the sum of magnitudes is formed, too, and a clamped threshold must lie above every sum.
  const fitsSimd = largestSum * Math.max(topMagnitude(bits), 2) < INT32_MAX
  if (engine === 'simd' && !fitsSimd) {
    throw new RangeError('Cannot use the SIMD engine: every sum must fit 32 bits, got larger ones')
  }
  if (engine !== 'plain' && fitsSimd) {
    const simd = simdKernel(shape)
    if (simd) return simd
    if (engine === 'simd') throw new RangeError('Cannot use the SIMD engine: WebAssembly must have SIMD, got none')
  }
  const block = blockIn(new ArrayBuffer(blockOffsets(shape).end), shape)
  const largestDigit = (1 << Math.min(bitsPerCycle, bits - 1)) - 1
  return { block, run: plainKernel(block, shape, { narrow: largestSum * largestDigit <= INT32_MAX }) }
}

/** @returns the largest sum of magnitudes of a query */
function checkMatrices(queries: CodeMatrix, keys: CodeMatrix, top: number): number {
  for (const { rows, width, codes } of [queries, keys]) {
    if (!(rows >= 1 && width >= 1 && codes.length === rows * width)) {
      throw new RangeError(
        `Cannot compute scores: a matrix must have rows x width codes, got ${rows} x ${width} and ${codes.length}`,
      )
    }
  }
  if (queries.width !== keys.width) {
    throw new RangeError(
      `Cannot compute scores: queries and keys must be equally wide, got ${queries.width} and ${keys.width}`,
    )
  }
  for (let i = 0; i < keys.codes.length; i += 1) {
    if (Math.abs(keys.codes[i] as number) > top) {
      throw new RangeError(`Cannot compute scores: keys must lie from ${-top} to ${top}, got ${keys.codes[i]}`)
    }
  }
  let largest = 0
  for (let row = 0; row < queries.rows; row += 1) {
    let sum = 0
    for (let i = 0; i < queries.width; i += 1) sum += Math.abs(queries.codes[row * queries.width + i] as number)
    largest = Math.max(largest, sum)
  }
  if (largest * top > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`Cannot compute scores: they must stay exact in a double, got up to ${largest * top}`)
  }
  return largest
}

function checkThresholds(threshold: number | ArrayLike<number>, rows: number): void {
  const thresholds = typeof threshold === 'number' ? [threshold] : threshold
  if (typeof threshold !== 'number' && thresholds.length !== rows) {
    throw new RangeError(
      `Cannot prune scores: there must be a threshold for each of ${rows} queries, got ${thresholds.length}`,
    )
  }
  for (let i = 0; i < thresholds.length; i += 1) {
    if (Number.isNaN(thresholds[i])) throw new RangeError('Cannot prune scores: thresholds must be numbers, got NaN')
  }
}

import {
  type BitSerialFormat,
  bitSerialScores,
  integerThreshold,
  type ScoreTrace,
  type SignMagnitudeMatrix,
  signMagnitude,
} from '../../../lib/accelerators/leopard/mod.ts'
import { csvHeader, numberCell, type Param, type ParamValues, readCsvRows, userFile } from '../../../lib/harness/mod.ts'

/** Column that says which matrix a row belongs to. */
const MATRIX = 'matrix'
/** Scores a run of these experiments takes. */
const MAX_SCORES = 50_000_000

/** Parameters that name a user's queries and keys, and prune their scores. */
export const VECTOR_PARAMS = {
  qk: {
    type: 'string',
    value: '',
    file: true,
    unit: '1',
    source: { kind: 'assumed', why: 'empty: none; yours go here', range: 'a CSV file' },
    description:
      'your queries and keys, a CSV: column matrix (q or k), then one column per element; a row per vector, all as real numbers',
  },
  qkThreshold: {
    type: 'number',
    value: 0,
    min: -Number.MAX_VALUE,
    unit: '1',
    source: { kind: 'assumed', why: 'thresholds start at 0 in Sec. 3.1', range: 'any' },
    description: 'prune scores of your vectors below this, unless qkPruned says otherwise',
  },
  qkPruned: {
    type: 'number',
    value: 0,
    min: 0,
    max: 1,
    unit: '1',
    source: { kind: 'assumed', why: '0: qkThreshold decides', range: '0 to 1' },
    description: 'above 0: prune this share of the scores of your vectors, the lowest',
  },
} as const satisfies Record<string, Param>

/** A user's matrices, quantised, and the threshold in units of their integer scores. */
export interface UserVectors {
  readonly queries: SignMagnitudeMatrix
  readonly keys: SignMagnitudeMatrix
  readonly threshold: number
}

/**
 * Reads a user's queries and keys.
 *
 * @param bits of a query's and a key's element, sign included
 * @returns undefined where the parameter names no file
 * @throws {RangeError | SyntaxError} naming file, line and column of a row that is ragged or holds no number; or if
 *   there is no query, no key, or too many of both
 */
export function readVectors(
  { qk, qkThreshold, qkPruned }: ParamValues<typeof VECTOR_PARAMS>,
  files: Readonly<Record<string, string>>,
  bits: number,
): UserVectors | undefined {
  const text = userFile('qk', qk, files)
  if (text === undefined) return undefined
  const elements = csvHeader(text).filter((name) => name !== MATRIX)
  if (elements.length === 0) {
    throw new RangeError(
      `Cannot read ${qk}:1: the header must have the column ${MATRIX} and one per element, got no element`,
    )
  }
  const rows: { readonly q: number[][]; readonly k: number[][] } = { q: [], k: [] }
  readCsvRows(qk, text, {
    columns: [MATRIX, ...elements],
    read: (row) => {
      const matrix = (row.cells[MATRIX] as string).trim()
      if (matrix !== 'q' && matrix !== 'k') throw new RangeError(`${MATRIX} must be q or k, got "${matrix}"`)
      rows[matrix].push(elements.map((name) => numberCell(row, name, { min: -1e30, max: 1e30 })))
    },
  })
  for (const matrix of ['q', 'k'] as const) {
    if (rows[matrix].length === 0)
      throw new RangeError(`Cannot use ${qk}: it must have a row of matrix ${matrix}, got none`)
  }
  if (rows.q.length * rows.k.length > MAX_SCORES) {
    throw new RangeError(
      `Cannot use ${qk}: queries x keys must be at most ${MAX_SCORES}, got ${rows.q.length} x ${rows.k.length}`,
    )
  }
  const quantised = (own: readonly number[][]) =>
    signMagnitude(Float64Array.from(own.flat()), { rows: own.length, bits })
  const [queries, keys] = [quantised(rows.q), quantised(rows.k)]
  const real = qkPruned > 0 ? quantile(rows, qkPruned) : qkThreshold
  return { queries, keys, threshold: integerThreshold(real, { queries, keys }) }
}

/** A number between the real scores of the share that is pruned and the others: quantised, they keep apart. */
function quantile(
  { q, k }: { readonly q: readonly number[][]; readonly k: readonly number[][] },
  share: number,
): number {
  const scores = new Float64Array(q.length * k.length)
  for (const [i, query] of q.entries()) {
    for (const [j, key] of k.entries()) {
      scores[i * k.length + j] = query.reduce((sum, own, e) => sum + own * (key[e] as number), 0)
    }
  }
  scores.sort()
  const rank = Math.round(share * scores.length)
  const below = scores[rank - 1] ?? Number.NEGATIVE_INFINITY
  const above = scores[rank] ?? Number.POSITIVE_INFINITY
  return Number.isFinite(below) && Number.isFinite(above) ? (below + above) / 2 : rank === 0 ? below : above
}

/** What the units do with every score of a user's vectors. */
export function traceOf({ queries, keys, threshold }: UserVectors, format: BitSerialFormat): ScoreTrace {
  return bitSerialScores(queries, keys, { ...format, threshold })
}

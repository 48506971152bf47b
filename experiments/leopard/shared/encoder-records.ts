import type { StoredEncoders, StoredRow } from '../../../lib/training/mod.ts'
import { type AccuracyPoint, accuracyAt, pruningAt } from '../../trained/shared/curves.ts'
import { METHODS, type Method } from '../../trained/shared/thresholds-recipe.ts'

/** What one way to get thresholds gave, as measured when it was trained. */
export interface MethodRecord {
  readonly seed: number
  readonly pressure: number
  readonly method: Method
  readonly prunedPercent: number
  readonly accuracyPercent: number
  /** Of the weights it was measured on. */
  readonly sha256: string
}

/** What a classifier gave before, and trained on without thresholds. */
export interface DenseRecord {
  readonly seed: number
  readonly basePercent: number
  readonly longerPercent: number
}

function numberIn(row: StoredRow, column: string): number {
  const value = row[column]
  if (typeof value === 'number') return value
  throw new TypeError(`Cannot use stored records: ${column} must be a number, got ${JSON.stringify(value)}`)
}

function methodIn({ method }: StoredRow): Method {
  const known = Object.values(METHODS)
  const own = known.find((other) => other === method)
  if (own) return own
  throw new TypeError(
    `Cannot use stored records: method must be one of ${known.join('; ')}, got ${JSON.stringify(method)}`,
  )
}

/** The SHA-256 of a row's network, where it has one. */
const hashIn = (row: StoredRow | undefined): string | undefined =>
  typeof row?.['sha256'] === 'string' ? row['sha256'] : undefined

/**
 * The rows of a table of records.
 *
 * @throws {RangeError} if there are none
 */
function rowsOf({ records }: StoredEncoders, table: 'dense' | 'methods'): readonly StoredRow[] {
  const rows = records[table]
  if (Array.isArray(rows) && rows.length > 0) return rows
  const known = Object.entries(records).map(([name, own]) => (own.length > 0 ? name : `${name} without rows`))
  throw new RangeError(
    `Cannot use stored records: there must be rows "${table}" (npx tsx scripts/train.ts --only thresholds measures them), got ${known.join(', ') || 'no records'}`,
  )
}

/** Records of all ways, in the order of training. */
export function methodRecords(stored: StoredEncoders): MethodRecord[] {
  const dense = rowsOf(stored, 'dense')
  return rowsOf(stored, 'methods').map((row) => ({
    seed: numberIn(row, 'seed'),
    pressure: numberIn(row, 'pressure'),
    method: methodIn(row),
    prunedPercent: numberIn(row, 'prunedPercent'),
    accuracyPercent: numberIn(row, 'testPercent'),
    sha256: hashIn(row) ?? hashIn(dense.find(({ seed }) => seed === row['seed'])) ?? 'not recorded',
  }))
}

/** Records without thresholds. */
export function denseRecords(stored: StoredEncoders): DenseRecord[] {
  return rowsOf(stored, 'dense').map((row) => ({
    seed: numberIn(row, 'seed'),
    basePercent: numberIn(row, 'classifierTestPercent'),
    longerPercent: numberIn(row, 'longerTestPercent'),
  }))
}

/** The curve of a way in one seed: from no pruning, by what is pruned. */
export function curveOf(records: readonly MethodRecord[], dense: DenseRecord, method: Method): AccuracyPoint[] {
  const points: AccuracyPoint[] = records.filter((row) => row.seed === dense.seed && row.method === method)
  return [{ prunedPercent: 0, accuracyPercent: dense.longerPercent }, ...points].sort(
    (a, b) => a.prunedPercent - b.prunedPercent,
  )
}

/** Most that a way prunes, in percent, at a loss against the classifier of so many points. */
export function shareAtLoss(
  records: readonly MethodRecord[],
  dense: DenseRecord,
  { method, lossPercent }: { readonly method: Method; readonly lossPercent: number },
): number {
  return pruningAt(curveOf(records, dense, method), dense.basePercent - lossPercent)
}

/**
 * Accuracies at the pruning of the learned thresholds. Thresholds set after training were made to prune as much on
 * sentences trained on. Those that were fixed before prune otherwise once weights have moved: the better counts of what
 * they give when set again, and of what is read off their curve, where it goes so far.
 *
 * @throws {RangeError} if a seed or a way has no record
 */
export function equalPruning(records: readonly MethodRecord[], dense: readonly DenseRecord[]) {
  const silent = dense.find(({ seed }) => !records.some((row) => row.seed === seed && row.method === METHODS.learned))
  if (silent) {
    throw new RangeError(
      `Cannot compare at equal pruning: there must be a record "${METHODS.learned}" of seed ${silent.seed}, got none`,
    )
  }
  return records
    .filter(({ method }) => method === METHODS.learned)
    .map(({ seed, pressure, prunedPercent, accuracyPercent }) => {
      const own = dense.find((row) => row.seed === seed)
      if (!own)
        throw new RangeError(`Cannot compare at equal pruning: there must be a record of seed ${seed}, got none`)
      const at = (method: Method) => {
        const row = records.find(
          (other) => other.seed === seed && other.pressure === pressure && other.method === method,
        )
        if (!row) throw new RangeError(`Cannot compare at equal pruning: there must be a record "${method}", got none`)
        return row.accuracyPercent
      }
      return {
        ...{ seed, pressure, prunedPercent, learnedPercent: accuracyPercent },
        equalSharesPercent: at(METHODS.equalShares),
        learnedSharesPercent: at(METHODS.learnedShares),
        commonPercent: at(METHODS.common),
        fixedPercent: Math.max(
          at(METHODS.fixedAgain),
          accuracyAt(curveOf(records, own, METHODS.fixed), prunedPercent) || 0,
        ),
      }
    })
}

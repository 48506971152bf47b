import { type AnyTables, type CellValue, type Column, columnAllows, columnsOf, type TablesSchema } from './table.ts'

/** One place where two sets of tables differ. */
export interface Difference {
  readonly path: string
  /** Undefined where the golden has nothing here. */
  readonly golden: CellValue | undefined
  /** Undefined where the new output has nothing here. */
  readonly got: CellValue | undefined
  /** (got - golden) / golden, for two numbers. */
  readonly relativeDifference: number | null
  readonly unit: string
}

type AnyRow = Readonly<Record<string, CellValue>>

/** Relative tolerance of a number column that states none: transcendentals differ by an ULP between engines. */
export const DEFAULT_TOLERANCE = 1e-9

function tolerance(column: Column | undefined): number {
  if (!column || !columnAllows(column, 'number')) return 0
  return column['x-tol'] ?? DEFAULT_TOLERANCE
}

function sameCell(a: CellValue | undefined, b: CellValue | undefined, column: Column | undefined): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false
  return a === b || Math.abs(a - b) <= tolerance(column) * Math.max(Math.abs(a), Math.abs(b))
}

function relativeDifference(golden: unknown, got: unknown): number | null {
  return typeof golden === 'number' && typeof got === 'number' && golden !== 0 ? (got - golden) / golden : null
}

function rowKey(row: AnyRow, keys: readonly string[], index: number): string {
  return keys.length > 0 ? keys.map((key) => `${key}=${row[key]}`).join(', ') : String(index)
}

function indexRows(rows: readonly AnyRow[], keys: readonly string[]): Map<string, AnyRow> {
  const indexed = new Map<string, AnyRow>()
  rows.forEach((row, index) => {
    const key = rowKey(row, keys, index)
    // A repeated key stays visible under its position, so that no row hides behind another.
    indexed.set(indexed.has(key) ? `${key} (row ${index})` : key, row)
  })
  return indexed
}

/**
 * Compares tables both ways: missing and extra tables, rows and columns differ, so do NaN and a change of type;
 * numbers differ beyond their column's tolerance. Rows are matched by key columns, in their order otherwise.
 *
 * @param schema of the new output: columns, units, tolerances, keys
 * @returns every difference, in the golden's order
 */
export function compareTables(schema: TablesSchema, golden: AnyTables, got: AnyTables): Difference[] {
  const differences: Difference[] = []
  for (const table of new Set([...Object.keys(golden), ...Object.keys(got)])) {
    const columns = columnsOf(schema, table)
    const keys = Object.keys(columns).filter((name) => columns[name]?.['x-key'])
    const goldenRows = indexRows(golden[table] ?? [], keys)
    const gotRows = indexRows(got[table] ?? [], keys)
    if (!golden[table] || !got[table]) {
      differences.push({
        path: table,
        golden: golden[table] ? `${golden[table].length} rows` : undefined,
        got: got[table] ? `${got[table].length} rows` : undefined,
        relativeDifference: null,
        unit: '',
      })
      continue
    }
    for (const key of new Set([...goldenRows.keys(), ...gotRows.keys()])) {
      const before = goldenRows.get(key)
      const after = gotRows.get(key)
      if (!before || !after) {
        differences.push({
          path: `${table}[${key}]`,
          golden: before ? 'row' : undefined,
          got: after ? 'row' : undefined,
          relativeDifference: null,
          unit: '',
        })
        continue
      }
      for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
        if (sameCell(before[name], after[name], columns[name])) continue
        differences.push({
          path: `${table}[${key}].${name}`,
          golden: before[name],
          got: after[name],
          relativeDifference: relativeDifference(before[name], after[name]),
          unit: columns[name]?.unit ?? '',
        })
      }
    }
    if (
      differences.length === 0 &&
      keys.length > 0 &&
      [...goldenRows.keys()].join('\n') !== [...gotRows.keys()].join('\n')
    ) {
      differences.push({
        path: table,
        golden: 'row order',
        got: 'another row order',
        relativeDifference: null,
        unit: '',
      })
    }
  }
  return differences
}

/** One difference as a line: path, golden, got, relative difference, unit. */
export function describeDifference(difference: Difference): string {
  const show = (value: CellValue | undefined) => (value === undefined ? 'nothing' : String(value))
  const { path, golden, got, unit } = difference
  const relative =
    difference.relativeDifference === null
      ? ''
      : ` (${difference.relativeDifference >= 0 ? '+' : ''}${(100 * difference.relativeDifference).toPrecision(3)} %)`
  return `${path}: golden ${show(golden)}, got ${show(got)}${unit && unit !== '1' ? ` ${unit}` : ''}${relative}`
}

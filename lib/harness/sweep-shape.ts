import { allEqual, sparkline } from './bars.ts'
import type { AnyExperiment } from './experiment.ts'
import { alignedTable, formatCell } from './format.ts'
import type { Sweep } from './sweep.ts'
import { type AnyTables, columnAllows, columnsOf } from './table.ts'
import { withoutControls } from './text-width.ts'

/** Fewer values make no shape. */
const MIN_VALUES = 3
/** More lines or columns would hide the table they explain. */
const MAX_LINES = 12
const MAX_COLUMNS = 8

/**
 * How each numeric column of a swept table moves over the swept values: one line of small blocks for each row that a
 * single run has. Empty where it would say nothing or too much: more than one sweep, fewer than three values, runs
 * with different rows, or too many of them.
 *
 * @param rows the joined rows of all runs, each led by its swept value
 */
export function sweepShape(
  exp: AnyExperiment,
  sweeps: readonly Sweep[],
  options: { readonly table: string; readonly rows: AnyTables[string] },
): string {
  const { table, rows } = options
  const [sweep, second] = sweeps
  if (!sweep || second || sweep.values.length < MIN_VALUES) return ''
  const perRun = rows.length / sweep.values.length
  if (!Number.isInteger(perRun) || perRun < 1 || perRun > MAX_LINES) return ''
  // The rows of one run lie together; the i-th of every run make a line.
  const lines = Array.from({ length: perRun }, (_, i) => rows.filter((_, at) => at % perRun === i))
  const columns = Object.entries(columnsOf(exp.schema, table))
  const numbers = (line: AnyTables[string], name: string) =>
    line.map((row) => row[name]).filter((value) => typeof value === 'number')
  const constant = (name: string) => lines.every((line) => line.every((row) => row[name] === line[0]?.[name]))
  const labels = columns.filter(([name, column]) => column['x-key'] && constant(name)).map(([name]) => name)
  const names = columns
    .filter(([name, column]) => {
      const numeric = columnAllows(column, 'integer') || columnAllows(column, 'number')
      return numeric && !column['x-key'] && lines.some((line) => !allEqual(numbers(line, name)))
    })
    .map(([name]) => name)
    .slice(0, MAX_COLUMNS)
  // Rows that change places between the runs are no lines.
  const moved = columns.some(([name, column]) => column['x-key'] && columnAllows(column, 'string') && !constant(name))
  const whole = lines.every((line) => names.every((name) => numbers(line, name).length === line.length))
  if (moved || !whole || names.length === 0) return ''
  const cells = lines.map((line) => [
    ...labels.map((name) => withoutControls(formatCell(line[0]?.[name]))),
    ...names.map((name) => sparkline(numbers(line, name))),
  ])
  const lead = `${table} over ${sweep.name} = ${sweep.values.join(', ')} (each from its lowest ▁ to its highest █)`
  return `${lead}\n\n${alignedTable(
    [...labels, ...names],
    cells,
    [...labels, ...names].map(() => false),
  )}\n`
}

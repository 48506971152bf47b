import { allEqual, sparkline } from './bars.ts'
import type { AnyExperiment } from './experiment.ts'
import { alignedTable, formatCell } from './format.ts'
import type { Sweep } from './sweep.ts'
import { type AnyTables, columnAllows, columnsOf } from './table.ts'
import { withoutControls, wrapText } from './text-width.ts'

/** Fewer values make no shape. */
const MIN_VALUES = 3
/** More blocks would not fit beside each other; of more values an even choice is drawn. */
const MAX_VALUES = 24
/** More lines or columns would hide the table they explain. */
const MAX_LINES = 12
const MAX_COLUMNS = 8

type Rows = AnyTables[string]

/** At most {@link MAX_VALUES} of some items, evenly spaced, the first and the last among them. */
function evenly<T>(items: readonly T[]): readonly T[] {
  if (items.length <= MAX_VALUES) return items
  const step = (items.length - 1) / (MAX_VALUES - 1)
  return Array.from({ length: MAX_VALUES }, (_, i) => items[Math.round(i * step)] as T)
}

/** The rows of each run, told apart by the swept value that leads them; null unless all runs have the same number. */
function runsOf(rows: Rows, { name, values }: Sweep): Rows[] | null {
  const lead = Object.hasOwn(rows[0] ?? {}, `param.${name}`) ? `param.${name}` : name
  const byValue = new Map<unknown, Rows[number][]>()
  for (const row of rows) {
    const run = byValue.get(row[lead])
    if (run) run.push(row)
    else byValue.set(row[lead], [row])
  }
  const runs = [...byValue.values()]
  return runs.length === values.length && runs.every((run) => run.length === runs[0]?.length) ? runs : null
}

function allSame(values: readonly unknown[]): boolean {
  return values.every((value) => value === values[0])
}

/**
 * How each numeric column of a swept table moves over the swept values: one line of small blocks for each row that a
 * single run has. Empty where it would say nothing or too much: more than one sweep, fewer than three values, runs
 * whose rows differ in number or keys, or too many rows.
 *
 * @param options the joined rows of all runs, each led by its swept value, and the characters in a line of text
 */
export function sweepShape(
  exp: Pick<AnyExperiment, 'schema'>,
  sweeps: readonly Sweep[],
  options: { readonly table: string; readonly rows: Rows; readonly width: number | null },
): string {
  const { table, rows, width } = options
  const [sweep, second] = sweeps
  if (!sweep || second || sweep.values.length < MIN_VALUES) return ''
  const all = runsOf(rows, sweep)
  const perRun = all?.[0]?.length ?? 0
  if (all === null || perRun < 1 || perRun > MAX_LINES) return ''
  const runs = evenly(all)
  const lines = Array.from({ length: perRun }, (_, i) => runs.map((run) => run[i] as Rows[number]))
  const columns = Object.entries(columnsOf(exp.schema, table))
  const cellsOf = (some: Rows, name: string) => some.map((row) => row[name])
  const keys = columns.filter(([, column]) => column['x-key']).map(([name]) => name)
  const labels = keys.filter((name) => all.every((run) => run.every((row, i) => row[name] === all[0]?.[i]?.[name])))
  // A key that moves with the swept value is the same in all rows of a run; any other one tells of rows that changed.
  const moved = keys.some((name) => !labels.includes(name) && !all.every((run) => allSame(cellsOf(run, name))))
  if (moved || (perRun > 1 && labels.length === 0)) return ''
  const numbers = (line: Rows, name: string) => cellsOf(line, name).filter((value) => typeof value === 'number')
  const names = columns
    .filter(([name, column]) => {
      const numeric = columnAllows(column, 'integer') || columnAllows(column, 'number')
      const whole = lines.every((line) => numbers(line, name).length === line.length)
      return numeric && whole && !column['x-key'] && lines.some((line) => !allEqual(numbers(line, name)))
    })
    .map(([name]) => name)
    .slice(0, MAX_COLUMNS)
  if (names.length === 0) return ''
  const cells = lines.map((line) => [
    ...labels.map((name) => withoutControls(formatCell(line[0]?.[name]))),
    ...names.map((name) => sparkline(numbers(line, name))),
  ])
  const drawn = evenly(sweep.values)
  const which = drawn.length < sweep.values.length ? `, ${drawn.length} of ${sweep.values.length} values:` : ' ='
  const lead = `${table} over ${sweep.name}${which} ${drawn.join(', ')} (each from its lowest ▁ to its highest █)`
  return `${wrapText(lead, width)}\n\n${alignedTable(
    [...labels, ...names],
    cells,
    [...labels, ...names].map(() => false),
  )}\n`
}

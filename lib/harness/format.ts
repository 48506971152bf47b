import type { AnyTables, CellValue, Columns } from './table.ts'
import { padText, textWidth, withoutControls } from './text-width.ts'

type AnyRow = Readonly<Record<string, CellValue>>

/** Above this a number is shown to the nearest integer, below it to six digits. */
const WHOLE_FROM = 1e5
const SHOWN_DIGITS = 6

/** A cell for reading: nothing as a dash, integers and large numbers in full, others to six digits. */
export function formatCell(value: CellValue | undefined): string {
  if (value === null || value === undefined) return '-'
  if (typeof value !== 'number') return String(value)
  if (Math.abs(value) >= 1e15) return String(Number(value.toPrecision(SHOWN_DIGITS)))
  return String(Math.abs(value) >= WHOLE_FROM ? Math.round(value) : Number(value.toPrecision(SHOWN_DIGITS)))
}

/** Seconds for reading, to the hundredth; what is not known is a dash, as in a cell. */
export function secondsText(seconds: number | null): string {
  return seconds === null ? '-' : seconds.toFixed(2)
}

/** A column's name with its unit. */
export function columnHeading(name: string, columns: Columns): string {
  const unit = columns[name]?.unit
  return unit && unit !== '1' ? `${name} [${unit}]` : name
}

/** Names of a table's columns, also where it has no rows. */
export function columnNames(rows: readonly AnyRow[], columns: Columns): string[] {
  return rows[0] ? Object.keys(rows[0]) : Object.keys(columns)
}

/** Lines of left-aligned text and right-aligned numbers under a heading; cells may be coloured. */
export function alignedTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const widths = heads.map((head, i) =>
    rows.reduce((width, row) => Math.max(width, textWidth(row[i] ?? '')), textWidth(head)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => padText(cell, widths[i] as number, numeric[i]))
      .join('  ')
      .trimEnd()
  return [line(heads), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.map(line)].join('\n')
}

/** Lines of a Markdown table, numbers to the right; cells are Markdown, of which pipes alone are escaped. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(numeric.map((right) => (right ? '---:' : '---'))), ...rows.map(line)].join('\n')
}

/** A number as text: a bound, a percentage, a value out of a ledger. */
const NUMBER_TEXT = /^(?:[≤≥~] ?)?[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?: %)?$/i

/** A table's headings with units, its cells for reading, and which columns hold numbers. */
export function tableCells(
  rows: readonly AnyRow[],
  columns: Columns,
): { readonly heads: string[]; readonly cells: string[][]; readonly numeric: boolean[] } {
  const names = columnNames(rows, columns)
  const isNumber = (value: CellValue | undefined) => typeof value !== 'string' || NUMBER_TEXT.test(value)
  return {
    heads: names.map((name) => columnHeading(name, columns)),
    cells: rows.map((row) => names.map((name) => formatCell(row[name]))),
    numeric: names.map((name) => rows.every((row) => isNumber(row[name]))),
  }
}

/** A table as aligned text, units in the heading. */
export function formatTextTable(rows: readonly AnyRow[], columns: Columns): string {
  const { heads, cells, numeric } = tableCells(rows, columns)
  return alignedTable(
    heads,
    cells.map((row) => row.map(withoutControls)),
    numeric,
  )
}

/** The one table that was asked for, or all. */
export function chosenTables(tables: AnyTables, name: string | undefined): AnyTables {
  return name === undefined ? tables : { [name]: tables[name] ?? [] }
}

/** JSON with one table row a line. */
export function formatJson(
  document: Readonly<Record<string, unknown>> & { readonly claims: readonly unknown[]; readonly tables: AnyTables },
): string {
  const { tables, claims, ...rest } = document
  const head = JSON.stringify(rest, null, 2).slice(0, -2)
  const list = (name: string, rows: readonly unknown[], indent: string) =>
    `${indent}${JSON.stringify(name)}: [\n${rows.map((row) => `${indent}  ${JSON.stringify(row)}`).join(',\n')}\n${indent}]`
  const body = Object.entries(tables)
    .map(([name, rows]) => list(name, rows, '    '))
    .join(',\n')
  return `${head},\n${list('claims', claims, '  ')},\n  "tables": {\n${body}\n  }\n}\n`
}

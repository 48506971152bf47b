import type { AnyTables, CellValue, Columns } from './table.ts'

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

/** A column's name with its unit. */
export function columnHeading(name: string, columns: Columns): string {
  const unit = columns[name]?.unit
  return unit && unit !== '1' ? `${name} [${unit}]` : name
}

function columnNames(rows: readonly AnyRow[], columns: Columns): string[] {
  return rows[0] ? Object.keys(rows[0]) : Object.keys(columns)
}

/** Lines of left-aligned text and right-aligned numbers under a heading. */
export function alignedTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const widths = heads.map((head, i) => rows.reduce((width, row) => Math.max(width, row[i]?.length ?? 0), head.length))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd()
  return [line(heads), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.map(line)].join('\n')
}

/** Lines of a Markdown table, numbers to the right. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  numeric: readonly boolean[],
): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), line(numeric.map((right) => (right ? '---:' : '---'))), ...rows.map(line)].join('\n')
}

function layOut(rows: readonly AnyRow[], columns: Columns, draw: typeof alignedTable): string {
  const names = columnNames(rows, columns)
  return draw(
    names.map((name) => columnHeading(name, columns)),
    rows.map((row) => names.map((name) => formatCell(row[name]))),
    names.map((name) => rows.every((row) => typeof row[name] !== 'string')),
  )
}

/** A table as aligned text, units in the heading. */
export function formatTextTable(rows: readonly AnyRow[], columns: Columns): string {
  return layOut(rows, columns, alignedTable)
}

/** A table in Markdown, units in the heading. */
export function formatMarkdownTable(rows: readonly AnyRow[], columns: Columns): string {
  return layOut(rows, columns, markdownTable)
}

/** JSON with one table row a line. */
export function formatJson(document: Readonly<Record<string, unknown>> & { readonly tables: AnyTables }): string {
  const { tables, ...rest } = document
  const head = JSON.stringify(rest, null, 2).slice(0, -2)
  const body = Object.entries(tables)
    .map(
      ([name, rows]) =>
        `    ${JSON.stringify(name)}: [\n${rows.map((row) => `      ${JSON.stringify(row)}`).join(',\n')}\n    ]`,
    )
    .join(',\n')
  return `${head},\n  "tables": {\n${body}\n  }\n}\n`
}

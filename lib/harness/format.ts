import type { AnyTables, CellValue, Columns } from './table.ts'

type AnyRow = Readonly<Record<string, CellValue>>

/** A cell for reading: integers in full, other numbers to six digits, nothing as a dash. */
export function formatCell(value: CellValue | undefined): string {
  if (value === null || value === undefined) return '-'
  if (typeof value !== 'number') return String(value)
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : String(Number(value.toPrecision(6)))
}

function heading(name: string, columns: Columns): string {
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
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)))
      .join('  ')
      .trimEnd()
  return [line(heads), widths.map((w) => '-'.repeat(w)).join('  '), ...rows.map(line)].join('\n')
}

/** A table as aligned text, units in the heading. */
export function formatTextTable(rows: readonly AnyRow[], columns: Columns): string {
  const names = columnNames(rows, columns)
  return alignedTable(
    names.map((name) => heading(name, columns)),
    rows.map((row) => names.map((name) => formatCell(row[name]))),
    names.map((name) => rows.every((row) => typeof row[name] !== 'string')),
  )
}

/** A table in Markdown, units in the heading. */
export function formatMarkdownTable(rows: readonly AnyRow[], columns: Columns): string {
  const names = columnNames(rows, columns)
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = names.map((name) => (rows.every((row) => typeof row[name] !== 'string') ? '---:' : '---'))
  return [
    line(names.map((name) => heading(name, columns))),
    line(rule),
    ...rows.map((row) => line(names.map((name) => formatCell(row[name])))),
  ].join('\n')
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

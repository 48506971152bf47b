import { columnHeading, formatCell } from '../format.ts'
import type { AnyTables, CellValue, Columns } from '../table.ts'

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '&': '\\&',
  '%': '\\%',
  $: '\\$',
  '#': '\\#',
  _: '\\_',
  '{': '\\{',
  '}': '\\}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  // At the beginning of a row these would belong to the line break before it.
  '[': '{[}',
  '*': '{*}',
  '≤': '$\\leq$',
  '≥': '$\\geq$',
  '×': '$\\times$',
  µ: '$\\mu$',
}

/** A text as LaTeX prints it. */
export function latexText(text: string): string {
  return text.replace(/[\\&%$#_{}~^<>|[*≤≥×µ]/g, (character) => SPECIAL[character] ?? character)
}

/** Tables longer than this break across pages. */
const LONG = 40

/** Rows with the columns they are shown in. */
export interface NamedTable {
  readonly name: string
  readonly rows: AnyTables[string]
  readonly columns: Columns
}

function latexTable(caption: string, { rows, columns }: NamedTable): string {
  const names = Object.keys(columns)
  const isText = (name: string) => rows.some((row) => typeof row[name] === 'string')
  const line = (cells: readonly string[]) => `    ${cells.join(' & ')} \\\\`
  const heads = line(names.map((name) => latexText(columnHeading(name, columns))))
  const cells = (row: Readonly<Record<string, CellValue>>) =>
    line(names.map((name) => latexText(formatCell(row[name]))))
  const layout = names.map((name) => (isText(name) ? 'l' : 'r')).join('')
  const long = rows.length > LONG
  return [
    ...(long
      ? [`\\begin{longtable}{${layout}}`, `  \\caption{${latexText(caption)}} \\\\`]
      : ['\\begin{table}', '  \\centering', `  \\caption{${latexText(caption)}}`, `  \\begin{tabular}{${layout}}`]),
    '    \\toprule',
    heads,
    '    \\midrule',
    ...(long ? ['    \\endhead'] : []),
    ...rows.map(cells),
    '    \\bottomrule',
    ...(long ? ['\\end{longtable}'] : ['  \\end{tabular}', '\\end{table}']),
  ].join('\n')
}

/**
 * Tables as LaTeX with the rules of `booktabs`, one `table` (or, where long, one `longtable`) each.
 *
 * @param title what all captions begin with
 */
export function latexTables(title: string, tables: readonly NamedTable[]): string {
  const body = tables.map((table) => latexTable(`${title}: ${table.name}`, table))
  return `% \\usepackage{booktabs,longtable}\n${body.join('\n\n')}\n`
}

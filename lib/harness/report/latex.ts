import { columnHeading, formatCell } from '../format.ts'
import type { AnyTables, Columns } from '../table.ts'

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

/** Longer texts are broken into lines, in columns of this share of the line. */
const BROKEN_FROM = 40
const BROKEN_SHARE = 0.3
/** Fonts from the largest on, with the characters that fit on a line; what is wider still is scaled down. */
const FONTS = [
  ['', 70],
  ['\\footnotesize', 85],
  ['\\scriptsize', 100],
] as const
const SMALLEST = '\\tiny'
const FIT_SMALLEST = 130

/** The columns' layout, and about how many characters they take side by side. */
function layOut(cells: readonly (readonly string[])[], numeric: readonly boolean[]) {
  const widths = numeric.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return {
    layout: widths
      .map((width, column) => (numeric[column] ? 'r' : width > BROKEN_FROM ? `p{${BROKEN_SHARE}\\linewidth}` : 'l'))
      .join(''),
    characters: widths.reduce((sum, width) => sum + Math.min(width, BROKEN_FROM) + 2, 0),
  }
}

function latexTable(caption: string, { rows, columns }: NamedTable): string {
  const names = Object.keys(columns)
  const heads = names.map((name) => columnHeading(name, columns))
  const cells = rows.map((row) => names.map((name) => formatCell(row[name])))
  const numeric = names.map((name) => rows.every((row) => typeof row[name] !== 'string'))
  const { layout, characters } = layOut([heads, ...cells], numeric)
  const font = FONTS.find(([, fitting]) => characters <= fitting)?.[0] ?? SMALLEST
  const line = (texts: readonly string[]) => `    ${texts.map(latexText).join(' & ')} \\\\`
  const body = ['    \\toprule', line(heads), '    \\midrule']
  const title = latexText(caption)
  if (rows.length > LONG) {
    return [
      `{${font}`,
      `\\begin{longtable}{${layout}}`,
      `  \\caption{${title}} \\\\`,
      ...body,
      '    \\endhead',
      ...cells.map(line),
      '    \\bottomrule',
      '\\end{longtable}}',
    ].join('\n')
  }
  const scaled = characters > FIT_SMALLEST
  return [
    '\\begin{table}',
    `  \\centering${font}`,
    `  \\caption{${title}}`,
    ...(scaled ? ['  \\resizebox{\\linewidth}{!}{'] : []),
    `  \\begin{tabular}{${layout}}`,
    ...body,
    ...cells.map(line),
    '    \\bottomrule',
    `  \\end{tabular}${scaled ? '}' : ''}`,
    '\\end{table}',
  ].join('\n')
}

/**
 * Tables as LaTeX with the rules of `booktabs`, one `table` (or, where long, one `longtable`) each.
 *
 * @param title what all captions begin with
 */
export function latexTables(title: string, tables: readonly NamedTable[]): string {
  const body = tables.map((table) => latexTable(`${title}: ${table.name}`, table))
  return `% \\usepackage{booktabs,longtable,graphicx}\n${body.join('\n\n')}\n`
}

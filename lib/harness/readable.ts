import { describeVerdicts, describeWhatIf } from './claim-summary.ts'
import type { AnyExperiment } from './experiment.ts'
import { chosenTables, formatTextTable, tableCells } from './format.ts'
import { commandBlock, escapeMarkdown, literalTable } from './markdown.ts'
import type { RunAnswer } from './output.ts'
import { withPrintedColumns } from './printed-columns.ts'
import type { RunResult } from './run.ts'
import { sweptSchema } from './sweep.ts'
import { type AnyTables, type Columns, columnsOf } from './table.ts'
import { paint, type Terminal } from './terminal.ts'
import { wrapText } from './text-width.ts'

/** What a run for reading is written with. */
export interface ReadableAnswer extends RunAnswer {
  /** Markdown instead of text. */
  readonly markdown: boolean
  /** What the text is written to. */
  readonly terminal: Terminal
  /** Arguments of the command line, which Markdown shows. */
  readonly argv: readonly string[]
}

/** A run for reading: what it is, its tables, and how it compares with the paper. */
export async function readableRun(exp: AnyExperiment, run: RunResult, answer: ReadableAnswer): Promise<string> {
  const { request, claims, measured, markdown, terminal, argv } = answer
  const look = { markdown, terminal }
  const heading = (level: number, text: string) =>
    markdown
      ? `${'#'.repeat(level)} ${escapeMarkdown(text)}`
      : paint(wrapText(text, terminal.columns), ['bold'], terminal)
  const table = (name: string, rows: AnyTables[string], columns: Columns) => {
    if (!markdown) return formatTextTable(rows, columns)
    const { heads, cells, numeric } = tableCells(rows, columns)
    return literalTable(heads, cells, { numeric, summary: name })
  }
  const section = (name: string, rows: AnyTables[string], options: { columns: Columns; remark?: string }) => {
    const title = heading(2, `${name}${options.remark ?? ''}`)
    return `${title}\n\n${table(name, rows, options.columns)}\n`
  }
  const title = heading(1, `${exp.id} ${exp.version}: ${exp.title} (${exp.item}; variant ${run.variant})`)
  const schema = sweptSchema(exp, request.sweeps)
  // Loaded only where it is needed: every module adds to the start-up of a script.
  const sweepShape = markdown || request.sweeps.length === 0 ? null : (await import('./sweep-shape.ts')).sweepShape
  const parts = [markdown ? `${title}\n\n${commandBlock(`experiments/${exp.id}.ts`, argv)}\n` : `${title}\n`]
  for (const [name, rows] of Object.entries(chosenTables(run.tables, request.table))) {
    const shown = withPrintedColumns(rows, columnsOf(schema, name), claims)
    parts.push(section(name, shown.rows, { columns: shown.columns }))
    const shape =
      sweepShape === null ? '' : sweepShape(exp, request.sweeps, { table: name, rows, width: terminal.columns })
    if (shape !== '') parts.push(shape)
  }
  for (const [name, rows] of Object.entries(measured ?? {})) {
    const columns = exp.measure ? columnsOf(exp.measure.schema, name) : {}
    const remark = ' (measured on this machine: another value every time, compared with nothing)'
    parts.push(section(name, rows, { columns, remark }))
  }
  if (markdown) parts.push('## Against the paper\n')
  if (request.sweeps.length > 0) parts.push('A sweep is not compared with the paper.\n')
  else if (request.changed.length > 0) {
    parts.push(describeWhatIf(exp, run, { changed: request.changed, claims, look }))
  } else parts.push(describeVerdicts(claims, look))
  return parts.join('\n')
}

import Papa from 'papaparse'
import { percentText, predictedText, printedText } from './claim-text.ts'
import { type AnyExperiment, variantNames } from './experiment.ts'
import { alignedTable, formatJson, formatMarkdownTable, formatTextTable, markdownTable } from './format.ts'
import type { JudgedClaim } from './judge.ts'
import { withPrintedColumns } from './printed-columns.ts'
import type { Request } from './request.ts'
import type { RunResult } from './run.ts'
import { sweptSchema } from './sweep.ts'
import { type AnyTables, columnsOf, type TablesSchema } from './table.ts'
import { VERDICTS } from './verdict.ts'

/** What a run prints, and a remark for the person at the terminal. */
export interface Output {
  readonly text: string
  readonly note: string | null
}

/**
 * A run in the format that was asked for.
 *
 * @param claims the claims it answers, judged
 * @param measured what was timed beside it, if anything
 */
export function formatRun(
  exp: AnyExperiment,
  run: RunResult,
  context: {
    readonly request: Request
    readonly claims: readonly JudgedClaim[]
    readonly measured?: AnyTables | null
  },
): Output {
  const { request, claims, measured = null } = context
  const names = request.table === undefined ? Object.keys(run.tables) : [request.table]
  const chosen: AnyTables = Object.fromEntries(names.map((name) => [name, run.tables[name] ?? []]))
  if (request.format === 'json') return { text: runJson(exp, run, { ...context, tables: chosen }), note: null }
  if (request.format === 'csv') {
    const [name = ''] = names
    const others = Object.keys(run.tables).filter((other) => request.table === undefined && other !== name)
    return {
      text: `${Papa.unparse([...(chosen[name] ?? [])], { newline: '\n' })}\n`,
      note: others.length > 0 ? `note: table ${name}; also: ${others.map((o) => `--table ${o}`).join(', ')}` : null,
    }
  }
  const markdown = request.format === 'md'
  const schema = sweptSchema(exp, request.sweeps)
  const tables = names.map((name) => {
    const { rows, columns } = withPrintedColumns(chosen[name] ?? [], columnsOf(schema, name), claims)
    const table = (markdown ? formatMarkdownTable : formatTextTable)(rows, columns)
    return `${markdown ? '## ' : ''}${name}\n\n${table}\n`
  })
  const title = `${markdown ? '# ' : ''}${exp.id} ${exp.version}: ${exp.title} (${exp.item}; variant ${run.variant})\n`
  const comparison =
    request.sweeps.length > 0
      ? 'A sweep is not compared with the paper.\n'
      : request.changed.length > 0
        ? describeWhatIf(exp, run, context)
        : describeVerdicts(claims, markdown)
  return { text: [title, ...tables, ...describeMeasured(exp, measured, markdown), comparison].join('\n'), note: null }
}

/** What was timed, as tables that say so. */
function describeMeasured(exp: AnyExperiment, measured: AnyTables | null, markdown: boolean): string[] {
  return Object.entries(measured ?? {}).map(([name, rows]) => {
    const columns = exp.measure ? columnsOf(exp.measure.schema, name) : {}
    const table = (markdown ? formatMarkdownTable : formatTextTable)(rows, columns)
    return `${markdown ? '## ' : ''}${name} (measured on this machine: another value every time, compared with nothing)\n\n${table}\n`
  })
}

function runJson(
  exp: AnyExperiment,
  run: RunResult,
  context: {
    readonly request: Request
    readonly claims: readonly JudgedClaim[]
    readonly tables: AnyTables
    readonly measured?: AnyTables | null
  },
): string {
  const { request, claims, tables, measured = null } = context
  const swept = Object.fromEntries(request.sweeps.map(({ name, values }) => [name, values]))
  const schema = sweptSchema(exp, request.sweeps)
  const whatIf = request.changed.length > 0
  return formatJson({
    experiment: exp.id,
    version: exp.version,
    paper: exp.paper ?? null,
    item: exp.item,
    variant: run.variant,
    seed: run.seed,
    params: Object.fromEntries(Object.entries(run.params).filter(([name]) => !Object.hasOwn(swept, name))),
    sweep: swept,
    whatIf,
    units: unitsOf(schema, tables),
    // A verdict is a statement about the paper, which a what-if run does not make.
    claims: claims.map(({ id, bound, value, lo, hi, unit, predicted, relativeError, verdict, reason }) => ({
      id,
      bound,
      value,
      lo,
      hi,
      unit,
      predicted,
      relativeError,
      verdict: whatIf ? null : verdict,
      reason: whatIf ? null : reason,
    })),
    ...(exp.measure && measured
      ? { measured: { units: unitsOf(exp.measure.schema, measured), tables: measured } }
      : {}),
    tables,
  })
}

/** Units by table and column. */
function unitsOf(schema: TablesSchema, tables: AnyTables): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return Object.fromEntries(
    Object.keys(tables).map((name) => [
      name,
      Object.fromEntries(
        Object.entries(columnsOf(schema, name)).flatMap(([column, { unit }]) => (unit ? [[column, unit]] : [])),
      ),
    ]),
  )
}

/** The verdicts as text: how many of each, then every claim that is not simply exact, with notes on why. */
function describeVerdicts(claims: readonly JudgedClaim[], markdown: boolean): string {
  if (claims.length === 0) return 'Nothing here is compared with a paper.\n'
  const counts = VERDICTS.map(
    (verdict) => [verdict, claims.filter((claim) => claim.verdict === verdict).length] as const,
  )
  const present = counts.filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`)
  const lead = `Against the paper: ${present.join(', ')}.`
  const rest = claims.filter((claim) => !['exact', 'input', 'unreachable'].includes(claim.verdict))
  if (rest.length === 0) return `${lead}\n`
  const notes = [...new Set(rest.flatMap((claim) => claim.reason ?? []))]
  const rows = rest.map((claim) => [
    claim.id,
    printedText(claim),
    predictedText(claim.predicted),
    percentText(claim.relativeError),
    claim.verdict,
    claim.reason === null ? '' : `[${notes.indexOf(claim.reason) + 1}]`,
  ])
  const table = claimTable(['claim', 'printed', 'ours', 'error', 'verdict', 'note'], rows, markdown)
  return [lead, '', table, '', ...notes.map((note, index) => `[${index + 1}] ${note}${markdown ? '\n' : ''}`), ''].join(
    '\n',
  )
}

/** Names of the two variants that most experiments have. */
const PUBLISHED = 'as-published'
const CORRECTED = 'corrected'

/** What the paper printed beside the values of a run under other conditions: differences, but no verdicts. */
function describeWhatIf(
  exp: AnyExperiment,
  run: RunResult,
  context: { readonly request: Request; readonly claims: readonly JudgedClaim[] },
): string {
  const { request, claims } = context
  const hint =
    run.variant === PUBLISHED && variantNames(exp).includes(CORRECTED)
      ? `\nVariant ${PUBLISHED} keeps the mistakes behind the printed numbers; ${CORRECTED} leaves them out.`
      : ''
  const lead = `What if: ${request.changed.join(', ')}. These are not the paper's conditions, so nothing is judged.${hint}\n`
  const rows = claims
    .filter((claim) => claim.role === 'result' && claim.predicted !== null)
    .map((claim) => [claim.id, printedText(claim), predictedText(claim.predicted), percentText(claim.relativeError)])
  if (rows.length === 0) return lead
  return `${lead}\n${claimTable(['claim', 'printed', 'ours', 'difference'], rows, request.format === 'md')}\n`
}

function claimTable(heads: readonly string[], rows: readonly (readonly string[])[], markdown: boolean): string {
  const numeric = heads.map((head) => ['printed', 'ours', 'error', 'difference'].includes(head))
  return markdown ? markdownTable(heads, rows, numeric) : alignedTable(heads, rows, numeric)
}

import { csvText } from './csv-text.ts'
import type { AnyExperiment } from './experiment.ts'
import { chosenTables, columnNames, formatJson } from './format.ts'
import type { JudgedClaim } from './judge.ts'
import type { Request } from './request.ts'
import type { RunResult } from './run.ts'
import { sweptSchema } from './sweep.ts'
import { type AnyTables, columnsOf, type TablesSchema } from './table.ts'

/** What a run prints, and a remark for the person at the terminal. */
export interface Output {
  readonly text: string
  readonly note: string | null
}

/** What a run was asked and what it answers. */
export interface RunAnswer {
  readonly request: Request
  /** The claims it answers, judged. */
  readonly claims: readonly JudgedClaim[]
  /** What was timed beside it, if anything. */
  readonly measured?: AnyTables | null
}

/** A run as data for other programs: CSV of one table, or JSON of all that was asked for. */
export function formatRun(
  exp: AnyExperiment,
  run: RunResult,
  answer: RunAnswer & { readonly request: { readonly format: 'json' | 'csv' } },
): Output {
  const { request } = answer
  const tables = chosenTables(run.tables, request.table)
  if (request.format === 'json') return { text: runJson(exp, run, { ...answer, tables }), note: null }
  const [name = ''] = Object.keys(tables)
  const others = Object.keys(tables).filter((other) => other !== name)
  const rows = tables[name] ?? []
  return {
    text: csvText(columnNames(rows, columnsOf(sweptSchema(exp, request.sweeps), name)), rows),
    note: others.length > 0 ? `note: table ${name}; also: ${others.map((o) => `--table ${o}`).join(', ')}` : null,
  }
}

/** A run as JSON: what was run, its claims, its tables with their units. */
function runJson(exp: AnyExperiment, run: RunResult, answer: RunAnswer & { readonly tables: AnyTables }): string {
  const { request, claims, tables, measured = null } = answer
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
    claims: claims.map(({ id, role, bound, value, lo, hi, unit, predicted, relativeError, verdict, reason }) => ({
      id,
      // Told where it matters: what networks trained here say is not to be taken for a result of the paper.
      ...(role === 'in-kind' ? { role } : {}),
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

import type { JudgedExperiment } from '../batch/mod.ts'
import { percentText } from '../claim-text.ts'
import { formatRun } from '../output.ts'
import { withPrintedColumns } from '../printed-columns.ts'
import type { Request } from '../request.ts'
import { DEFAULT_SEED } from '../run.ts'
import { columnsOf } from '../table.ts'
import { outcomeOf } from '../verdict.ts'
import { latexTables, type NamedTable } from './latex.ts'
import { claimValues } from './views.ts'

/** A file that a page offers. */
export interface Download {
  /** Where it lies, from the report's folder. */
  readonly path: string
  readonly label: string
  readonly text: string
}

/** What a command line without flags asks for. */
const NO_FLAGS: Omit<Request, 'format' | 'table' | 'changed'> = {
  help: false,
  options: {},
  sweeps: [],
  out: undefined,
  check: false,
}

/** The tables of the judged variant as they are shown, and its claims. */
function latexInput({ exp, runs, claims }: JudgedExperiment): NamedTable[] {
  const tables = Object.entries(runs[0]?.tables ?? {}).map(([name, rows]) => ({
    name,
    ...withPrintedColumns(rows, columnsOf(exp.schema, name), claims),
  }))
  const text = { type: 'string' } as const
  const claimTable = {
    name: 'claims',
    columns: { claim: text, printed: text, ours: text, error: text, verdict: text },
    rows: claims.map((claim) => {
      const { printed, ours } = claimValues(claim)
      return {
        claim: claim.statement,
        printed,
        ours,
        error: percentText(claim.relativeError),
        verdict: outcomeOf(claim),
      }
    }),
  }
  return claims.length > 0 ? [...tables, claimTable] : tables
}

/**
 * An item's data: each table of the judged variant as CSV and each variant as JSON, as its script prints them, and tables
 * and claims as LaTeX.
 */
export function dataFiles(judged: JudgedExperiment): Download[] {
  const { exp, runs, claimsByVariant } = judged
  const [first] = runs
  if (!first) return []
  const print = (run: (typeof runs)[number], format: 'json' | 'csv', table?: string) =>
    formatRun(
      exp,
      { ...run, seed: DEFAULT_SEED },
      {
        request: { ...NO_FLAGS, format, table, changed: run === first ? [] : [`--variant ${run.variant}`] },
        claims: claimsByVariant[run.variant] ?? [],
      },
    ).text
  return [
    ...Object.keys(first.tables)
      .filter((table) => first.tables[table]?.length)
      .map((table) => ({
        path: `${exp.id}.${table}.csv`,
        label: `CSV (${table})`,
        text: print(first, 'csv', table),
      })),
    ...runs.map((run, index) => ({
      path: `${exp.id}${index === 0 ? '' : `.${run.variant}`}.json`,
      label: index === 0 ? 'JSON' : `JSON (${run.variant})`,
      text: print(run, 'json'),
    })),
    { path: `${exp.id}.tex`, label: 'LaTeX', text: latexTables(`${exp.item}, ${exp.title}`, latexInput(judged)) },
  ]
}

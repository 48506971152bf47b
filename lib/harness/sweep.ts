import type { AnyExperiment } from './experiment.ts'
import { type AnyParamValues, type ParamValue, parseAssignment, parseParam, splitList } from './param.ts'
import { type RunOptions, type RunResult, runExperiment } from './run.ts'
import type { AnyTables, CellValue, TablesSchema } from './table.ts'

/** One swept parameter with its values. */
export interface Sweep {
  readonly name: string
  readonly values: readonly ParamValue[]
}

/**
 * Reads `name=a,b,c`; each item is one run's value (a list of one for a list parameter).
 *
 * @throws {SyntaxError | RangeError} naming the parameter, what it must be and what was given
 */
export function parseSweep(exp: AnyExperiment, text: string): Sweep {
  const { name, param, text: items } = parseAssignment(exp.params, '--sweep', text)
  if (param.file || param.folder) throw new RangeError(`Cannot sweep ${name}: it must be set, files are read once`)
  return { name, values: splitList(name, items).map((item) => parseParam(name, param, item)) }
}

/** Most runs a sweep may ask for. */
const MAX_RUNS = 100_000

/** All combinations of the swept values, the last sweep varying fastest. */
export function sweepPoints(sweeps: readonly Sweep[]): AnyParamValues[] {
  const runs = sweeps.reduce((product, { values }) => product * values.length, 1)
  if (runs > MAX_RUNS) throw new RangeError(`Cannot sweep: there must be at most ${MAX_RUNS} runs, got ${runs}`)
  return sweeps.reduce<AnyParamValues[]>(
    (points, { name, values }) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  )
}

function cellOf(value: ParamValue): CellValue {
  return typeof value === 'object' ? (value.length === 1 ? (value[0] as number) : value.join(' ')) : value
}

/**
 * Runs an experiment at every point of its sweeps and joins the tables, each row led by the swept values.
 *
 * @returns the last run's parameters, and the joined tables
 */
export function runSweep(exp: AnyExperiment, sweeps: readonly Sweep[], options: RunOptions): RunResult {
  const joined: Record<string, Record<string, CellValue>[]> = {}
  let last: RunResult | undefined
  for (const point of sweepPoints(sweeps)) {
    last = runExperiment(exp, { ...options, set: { ...options.set, ...point } })
    for (const [table, rows] of Object.entries(last.tables)) {
      joined[table] ??= []
      const into = joined[table]
      for (const row of rows) {
        const lead = Object.entries(point).map(([name, value]) => [
          Object.hasOwn(row, name) ? `param.${name}` : name,
          cellOf(value),
        ])
        into.push({ ...Object.fromEntries(lead), ...row })
      }
    }
  }
  if (!last) throw new RangeError(`Cannot sweep ${exp.id}: a sweep must have at least one value, got none`)
  return { ...last, tables: joined satisfies AnyTables }
}

/** A schema's units for tables that a sweep has led with parameters. */
export function sweptSchema(exp: AnyExperiment, sweeps: readonly Sweep[]): TablesSchema {
  if (sweeps.length === 0) return exp.schema
  const lead = Object.fromEntries(
    sweeps.map(({ name }) => [name, { type: 'number' as const, unit: exp.params[name]?.unit ?? '1' }]),
  )
  const properties = Object.fromEntries(
    Object.entries(exp.schema.properties).map(([table, spec]) => [
      table,
      { ...spec, items: { ...spec.items, properties: { ...lead, ...spec.items.properties } } },
    ]),
  )
  return { ...exp.schema, properties }
}

import { describeSource } from '../../numeric/mod.ts'
import type { JudgedExperiment } from '../batch/mod.ts'
import { valueByVariant } from '../help.ts'
import { html, htmlTable, tableFilter } from './html.ts'
import type { Page } from './page.ts'
import type { Site } from './site.ts'

/** A parameter or constant as one or several experiments use it. */
export interface Constant {
  readonly name: string
  readonly value: string
  readonly unit: string
  readonly kind: string
  readonly source: string
  readonly what: string
  readonly experiments: readonly string[]
}

/** Parameters and constants of one experiment. */
export function constantsOf({ exp }: Pick<JudgedExperiment, 'exp'>): Omit<Constant, 'experiments'>[] {
  return [
    ...Object.entries(exp.params).map(([name, { unit, source, description }]) => ({
      name,
      value: valueByVariant(exp, name),
      unit,
      kind: source.kind,
      source: describeSource(source),
      what: description,
    })),
    ...Object.entries(exp.constants ?? {}).map(([name, { value, unit, source }]) => ({
      name,
      value: String(value),
      unit,
      kind: source.kind,
      source: describeSource(source),
      what: 'constant of the model',
    })),
  ]
}

/** Every parameter and constant once, with the experiments that use it, by name. */
export function allConstants(experiments: readonly JudgedExperiment[]): Constant[] {
  const found = new Map<string, { constant: Omit<Constant, 'experiments'>; users: string[] }>()
  for (const judged of experiments) {
    for (const constant of constantsOf(judged)) {
      const key = JSON.stringify([constant.name, constant.value, constant.unit, constant.source])
      const known = found.get(key)
      if (known) known.users.push(judged.exp.id)
      else found.set(key, { constant, users: [judged.exp.id] })
    }
  }
  return [...found.values()]
    .map(({ constant, users }) => ({ ...constant, experiments: users }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** How many parameters and constants there are, by kind of source; one that several experiments share counts once. */
export function sourceCounts(constants: readonly Constant[]): {
  readonly total: number
  /** Those whose source says something. */
  readonly sourced: number
  readonly kinds: ReadonlyMap<string, number>
} {
  const kinds = new Map<string, number>()
  for (const { kind } of constants) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  const sourced = constants.filter(({ kind, source }) => source.length > `${kind}: `.length).length
  return { total: constants.length, sourced, kinds }
}

/** Every parameter and constant with its source. */
export function constantsPage({ state }: Site): Page {
  const constants = allConstants(state.experiments)
  const { total, sourced, kinds } = sourceCounts(constants)
  const order = ['paper', 'public', 'derived', 'calibrated', 'assumed'].filter((kind) => kinds.has(kind))
  return {
    path: 'constants.html',
    title: 'Constants and their sources',
    description: 'Every parameter and constant of the models with value, unit and source.',
    body: () => html`
<p class="lead">${total} parameters and constants, ${sourced} of them with a source: ${order.map((kind) => `${kinds.get(kind)} ${kind}`).join(', ')}.</p>
<p><b>paper</b>: printed as a setting; <b>public</b>: a public reference; <b>derived</b>: computed or deduced; <b>calibrated</b>: fitted to a claim, with the window that fits as well; <b>assumed</b>: our choice, with a plausible range.</p>
${tableFilter('constant-table', total, { placeholder: 'Search name, unit, source or experiment', choices: [{ facet: 'source', label: 'source', values: order }] })}
${htmlTable(
  ['name', 'value', 'unit', 'source', 'used by'],
  constants.map(({ name, value, unit, source, what, experiments }) => [
    html`<code>${name}</code><div class="why">${what}</div>`,
    html`<span class="value">${value}</span>`,
    unit,
    source,
    experiments.map((id) => html`<a class="nowrap" href="${id}.html">${id}</a> `),
  ]),
  {
    label: 'Parameters and constants',
    widths: [22, 14, 11, 33, 20],
    id: 'constant-table',
    facets: constants.map(({ kind }) => ({ source: kind })),
  },
)}`,
  }
}

import type { JudgedExperiment } from '../batch/mod.ts'
import { predictedText } from '../claim-text.ts'
import { CORRECTED, variantNames } from '../experiment.ts'
import { corrections, FATES, isStatement, survivingStatements, type VariantEffect } from './effects.ts'
import { type Fragment, html, htmlTable, tableFilter } from './html.ts'
import type { Page } from './page.ts'
import type { Paper } from './papers.ts'
import type { Site } from './site.ts'
import { claimValues, claimWithStatement, fateBadge, shareText, verdictBadge } from './views.ts'

interface Row extends VariantEffect {
  readonly kind: 'order or bound' | 'number'
  readonly cells: readonly Fragment[]
}

function rowsOf(judged: JudgedExperiment): Row[] {
  return corrections(judged).map((effect) => ({
    ...effect,
    kind: isStatement(effect.judged) ? 'order or bound' : 'number',
    cells: [
      html`<a class="nowrap" href="${judged.exp.id}.html#variants">${judged.exp.item}</a>`,
      claimWithStatement(effect.judged),
      claimValues(effect.judged).printed,
      html`${predictedText(effect.judged.predicted)} ${verdictBadge(effect.judged.verdict)}`,
      html`${predictedText(effect.other.predicted)} ${effect.other.predicted !== null && verdictBadge(effect.other.verdict)}`,
      fateBadge(effect.fate),
    ],
  }))
}

/** How many of some effects have one of the fates, of those that have one of these or the others. */
function ratio(effects: readonly VariantEffect[], good: readonly string[], bad: readonly string[]): string {
  const count = (fates: readonly string[]) => effects.filter(({ fate }) => fates.includes(fate)).length
  const whole = count([...good, ...bad])
  return whole === 0 ? '-' : `${count(good)} of ${whole} (${shareText(count(good), whole)})`
}

function section(paper: Paper, own: readonly JudgedExperiment[]): Fragment {
  const rows = own.flatMap(rowsOf)
  const unchanged = own.filter((judged) => corrections(judged).length === 0)
  const id = `effects-${paper.id}`
  return html`<h2 id="${paper.id}">${paper.name}</h2>
<ul class="whys">${own.map(({ exp }) => html`<li><a href="${exp.id}.html#variants">${exp.item}</a>: ${exp.variants?.[CORRECTED]?.why}</li>`)}</ul>
${
  rows.length > 0 &&
  html`${tableFilter(id, rows.length, {
    placeholder: `Filter claims of ${paper.name}`,
    choices: [
      { facet: 'fate', label: 'fate', values: FATES.filter((fate) => rows.some((row) => row.fate === fate)) },
      { facet: 'kind', label: 'kind', values: [...new Set(rows.map((row) => row.kind))] },
    ],
  })}${htmlTable(
    ['item', 'claim', 'printed', 'as judged', 'corrected', 'so it'],
    rows.map(({ cells }) => cells),
    {
      label: `Claims of ${paper.name} that change`,
      id,
      facets: rows.map(({ fate, kind }) => ({ fate, kind })),
    },
  )}`
}
${unchanged.length > 0 && html`<p class="muted">The corrections change no prediction of a claim in ${unchanged.map(({ exp }, index) => html`${index > 0 && ', '}<a href="${exp.id}.html#variants">${exp.item}</a>`)}.</p>`}`
}

/** Which printed conclusions outlive the corrections, paper by paper. */
export function correctionsPage({ state, papers }: Site): Page {
  const corrected = state.experiments.filter(({ exp }) => variantNames(exp).indexOf(CORRECTED) > 0)
  const sections = papers
    .map((paper) => ({ paper, own: corrected.filter(({ exp }) => exp.paper === paper.id) }))
    .filter(({ own }) => own.length > 0)
  return {
    path: 'corrections.html',
    title: 'What survives correction',
    description: 'Which printed conclusions hold when the rules that produced them are put right.',
    body: () => html`
<p class="lead">Where printed numbers rest on a mistake or an odd rule, the rule is a switch. <b>as-published</b> keeps it and is what the paper is judged by; <b>corrected</b> is the rule as it should be. Here is what the paper says that still holds then.</p>
${htmlTable(
  [
    'paper',
    'experiments corrected',
    'predictions that change',
    'orders and bounds that survive',
    'changed numbers that still stand',
    'fitted numbers that still fit',
  ],
  sections.map(({ paper, own }) => {
    const effects = own.flatMap(corrections)
    const numbers = effects.filter(({ judged }) => !isStatement(judged))
    const { survive, total } = survivingStatements(own)
    return [
      html`<a href="#${paper.id}">${paper.name}</a>`,
      own.length,
      effects.length,
      total === 0 ? '-' : `${survive} of ${total} (${shareText(survive, total)})`,
      ratio(numbers, ['stands'], ['falls']),
      ratio(effects, ['still fits'], ['no longer fits']),
    ]
  }),
  { label: 'What survives, by paper' },
)}
<p>Of the orders and bounds that hold as published, changed or not, those survive that hold under the corrected rules as well. A number stands if it is still within 5 % of what was printed. “Up to 7” holds as a bound where our value is further below it than that: it is not contradicted, but not borne out either. A number that served to fit a parameter proves nothing by standing.</p>
${sections.map(({ paper, own }) => section(paper, own))}`,
  }
}

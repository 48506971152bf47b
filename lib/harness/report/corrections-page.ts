import type { JudgedExperiment } from '../batch/mod.ts'
import { predictedText } from '../claim-text.ts'
import { variantNames } from '../experiment.ts'
import { fateOf, isStatement, statementFates, variantEffects } from './effects.ts'
import { type Fragment, html, htmlTable, tableFilter } from './html.ts'
import type { Page } from './page.ts'
import type { Site } from './site.ts'
import { claimValues, claimWithStatement, shareText, verdictBadge } from './views.ts'

function effectRows(
  judged: JudgedExperiment,
): { readonly cells: readonly Fragment[]; readonly fate: string; readonly kind: string }[] {
  return variantEffects(judged).map((effect) => ({
    fate: fateOf(effect),
    kind: isStatement(effect.judged) ? 'order or bound' : 'number',
    cells: [
      html`<a class="nowrap" href="${judged.exp.id}.html#variants">${judged.exp.item}</a>`,
      claimWithStatement(effect.judged),
      claimValues(effect.judged).printed,
      html`${predictedText(effect.judged.predicted)} ${verdictBadge(effect.judged.verdict)}`,
      html`<span class="nowrap">${effect.variant}</span>`,
      html`${predictedText(effect.other.predicted)} ${verdictBadge(effect.other.verdict)}`,
      html`<b class="fate ${fateOf(effect).replaceAll(' ', '-')}">${fateOf(effect)}</b>`,
    ],
  }))
}

/** Which printed conclusions outlive the corrections, paper by paper. */
export function correctionsPage({ state, papers }: Site): Page {
  const withVariants = state.experiments.filter(({ exp }) => variantNames(exp).length > 1)
  const sections = papers
    .map((paper) => ({ paper, own: withVariants.filter(({ exp }) => exp.paper === paper.id) }))
    .filter(({ own }) => own.length > 0)
  const summary = sections.map(({ paper, own }) => {
    const fates = own.flatMap(statementFates)
    const effects = own.flatMap(variantEffects)
    const numbers = effects.filter(({ judged, stood }) => stood && !isStatement(judged))
    const kept = fates.filter(({ survives }) => survives).length
    const stand = numbers.filter(({ survives }) => survives).length
    return [
      html`<a href="#${paper.id}">${paper.name}</a>`,
      own.length,
      effects.length,
      `${kept} of ${fates.length} (${shareText(kept, fates.length)})`,
      `${stand} of ${numbers.length} (${shareText(stand, numbers.length)})`,
    ]
  })
  return {
    path: 'corrections.html',
    title: 'What survives correction',
    description: 'Which printed conclusions hold when the rules that produced them are put right.',
    body: () => html`
<p class="lead">Where printed numbers rest on a mistake or an odd rule, the rule is a switch. <b>as-published</b> keeps it and is what the paper is judged by; <b>corrected</b> is the rule as it should be. Here is what the paper says that still holds then.</p>
${htmlTable(
  [
    'paper',
    'experiments with variants',
    'predictions that change',
    'orders and bounds that survive',
    'changed numbers still within 5 %',
  ],
  summary,
  { label: 'What survives, by paper' },
)}
<p>An order or bound survives if it is true (or holds within 5 %) under the other rules as well, changed or not; a number stands if it is still within 5 % of what was printed. “Up to 7” holds as a bound where our value is further below it than that: it is not contradicted, but not borne out either.</p>
${sections.map(({ paper, own }) => {
  const rows = own.flatMap(effectRows)
  const unchanged = own.filter((judged) => variantEffects(judged).length === 0)
  const id = `effects-${paper.id}`
  return html`<h2 id="${paper.id}">${paper.name}</h2>
<ul class="whys">${own.map(({ exp }) =>
    Object.entries(exp.variants ?? {})
      .slice(1)
      .map(
        ([name, { why }]) => html`<li><a href="${exp.id}.html#variants">${exp.item}</a>, <b>${name}</b>: ${why}</li>`,
      ),
  )}</ul>
${
  rows.length > 0 &&
  html`${tableFilter(id, rows.length, {
    placeholder: `Filter claims of ${paper.name}`,
    choices: [
      { facet: 'fate', label: 'fate', values: [...new Set(rows.map((row) => row.fate))] },
      { facet: 'kind', label: 'kind', values: [...new Set(rows.map((row) => row.kind))] },
    ],
  })}${htmlTable(
    [
      'item',
      'claim',
      'printed',
      variantNames(own[0]?.exp as JudgedExperiment['exp'])[0] ?? '',
      'under',
      'prediction',
      'so it',
    ],
    rows.map(({ cells }) => cells),
    {
      label: `Claims of ${paper.name} that change`,
      id,
      facets: rows.map((row) => ({ fate: row.fate, kind: row.kind })),
    },
  )}`
}
${unchanged.length > 0 && html`<p class="muted">The corrections change no claim of ${unchanged.map(({ exp }, index) => html`${index > 0 && ', '}<a href="${exp.id}.html#variants">${exp.item}</a>`)}.</p>`}`
})}`,
  }
}

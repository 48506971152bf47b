import { describeSource } from '../../numeric/mod.ts'
import type { JudgedExperiment } from '../batch/mod.ts'
import { percentText, predictedText, printedText } from '../claim-text.ts'
import { oneLine } from '../command.ts'
import { variantNames } from '../experiment.ts'
import { columnHeading, formatCell } from '../format.ts'
import { valueByVariant } from '../help.ts'
import { countVerdicts, type JudgedClaim, marksOf } from '../judge.ts'
import { withPrintedColumns } from '../printed-columns.ts'
import { variantSwitches } from '../produce.ts'
import { type Columns, columnsOf } from '../table.ts'
import { VERDICTS } from '../verdict.ts'
import { comparisonFigure, renderFigure } from './figure.ts'
import { type Fragment, Html, html, htmlTable } from './html.ts'
import { claimWithStatement, page, verdictWithReason } from './page.ts'

/** Verdicts under which a published number still stands: within 5 %, or true. */
const STANDS = ['exact', 'within', 'calibrated', 'input']

/** One claim under the judged and another variant. */
export interface VariantEffect {
  readonly variant: string
  readonly judged: JudgedClaim
  readonly other: JudgedClaim
  /** Whether the claim still holds, within 5 % or as a statement. */
  readonly survives: boolean
}

/** Claims whose prediction another variant changes. */
export function variantEffects({ claims, claimsByVariant }: JudgedExperiment): VariantEffect[] {
  const [, ...others] = Object.entries(claimsByVariant)
  return others.flatMap(([variant, otherClaims]) =>
    otherClaims.flatMap((other) => {
      const judged = claims.find((claim) => claim.id === other.id)
      // What the paper misprinted has no published value to stand or fall.
      if (!judged || judged.verdict === 'erratum') return []
      if (JSON.stringify(judged.predicted) === JSON.stringify(other.predicted)) return []
      return [{ variant, judged, other, survives: STANDS.includes(other.verdict) }]
    }),
  )
}

/** Counts by verdict as coloured words. */
export function verdictSummary(claims: readonly JudgedClaim[]): Html {
  const counts = countVerdicts(claims)
  return html`${VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) => html`<span class="v ${verdict}">${counts[verdict]} ${verdict}</span> `)}`
}

async function figureOf({ exp, runs, claims }: JudgedExperiment): Promise<Fragment> {
  const marks = marksOf(claims)
  const tables = runs[0]?.tables
  const spec = exp.figure && tables ? exp.figure(tables, marks) : comparisonFigure(marks)
  if (!spec) return null
  // Crosses are what printed values are drawn as, or lines at the field of a mark.
  const drawn = JSON.stringify(spec)
  const caption = drawn.includes('"cross"')
    ? 'Ours in colour, printed values as crosses.'
    : drawn.includes('"field":"printed"')
      ? 'Ours in colour, printed values as dashed lines.'
      : 'Ours; no printed values are drawn.'
  try {
    return html`<figure>${new Html(await renderFigure(spec))}<figcaption class="muted">${caption}</figcaption></figure>`
  } catch (error) {
    throw new TypeError(`${exp.id}: ${oneLine(error)}`)
  }
}

function variantsSection(judged: JudgedExperiment): Fragment {
  const { exp, runs } = judged
  const names = variantNames(exp)
  if (names.length < 2) return null
  const effects = variantEffects(judged)
  const lost = effects.filter((effect) => !effect.survives)
  return html`<h2>Variants</h2>
<ul>${runs.map((run) => html`<li><b>${run.variant}</b>: ${exp.variants?.[run.variant]?.why} <span class="muted">(${variantSwitches(exp, run).join(', ') || 'no switch set'})</span></li>`)}</ul>
<p>${
    effects.length === 0
      ? 'The correction changes no claim.'
      : `The correction changes ${effects.length} predictions; ${effects.length - lost.length} of these claims still stand (within 5 %, or true), ${lost.length} do not.`
  }</p>
${
  effects.length > 0 &&
  htmlTable(
    ['claim', 'printed', names[0] ?? '', 'under', 'prediction', 'difference', 'stands'],
    effects.map(({ variant, judged: a, other: b, survives }) => [
      html`<code>${a.id}</code>`,
      printedText(a),
      predictedText(a.predicted),
      variant,
      predictedText(b.predicted),
      typeof a.predicted === 'number' && typeof b.predicted === 'number' && a.predicted !== 0
        ? percentText(b.predicted / a.predicted - 1)
        : '',
      survives ? 'yes' : html`<b>no</b>`,
    ]),
  )
}`
}

/** What the columns of a table mean, where their name does not say all. */
function columnNotes(columns: Columns): Fragment {
  const noted = Object.entries(columns).filter(([, { description }]) => description)
  if (noted.length === 0) return null
  return html`<p class="muted">${noted.map(([name, { description }]) => html`<code>${name}</code>: ${description}. `)}</p>`
}

/** An experiment's page: figure, tables, claims, variants, sources, errata. */
export async function itemPage(judged: JudgedExperiment): Promise<string> {
  const { exp, runs, claims } = judged
  const tables = runs[0]?.tables ?? {}
  const constants = Object.entries(exp.constants ?? {})
  const body = html`
<p>${exp.title}. <span class="muted">${exp.paper && `${exp.paper}, `}${exp.item}; version ${exp.version}.</span> Run it: <code>npx tsx experiments/${exp.id}.ts</code></p>
<p>${verdictSummary(claims)}</p>
${await figureOf(judged)}
${Object.entries(tables).map(([name, own]) => {
  const { rows, columns } = withPrintedColumns(own, columnsOf(exp.schema, name), claims)
  const names = Object.keys(columns)
  return html`<h2>Table ${name}</h2>${htmlTable(
    names.map((column) => columnHeading(column, columns)),
    rows.map((row) => names.map((column) => formatCell(row[column]))),
    'data',
  )}${columnNotes(columns)}`
})}
${
  claims.length > 0 &&
  html`<h2>Claims</h2>${htmlTable(
    ['claim', 'printed', 'ours', 'unit', 'error', 'verdict'],
    claims.map((claim) => [
      claimWithStatement(claim.id, claim.statement),
      printedText(claim),
      predictedText(claim.predicted),
      claim.unit,
      percentText(claim.relativeError),
      verdictWithReason(claim.verdict, claim.reason),
    ]),
  )}`
}
${variantsSection(judged)}
${
  exp.errata &&
  exp.errata.length > 0 &&
  html`<h2>Errata</h2>${htmlTable(
    ['where', 'printed', 'should be', 'arithmetic'],
    exp.errata.map((erratum) => [erratum.where, erratum.printed, erratum.shouldBe, erratum.arithmetic]),
  )}`
}
<h2>Parameters and constants</h2>
${htmlTable(
  ['name', 'value', 'unit', 'source', 'what'],
  [
    ...Object.entries(exp.params).map(([name, param]) => [
      html`<code>${name}</code>`,
      valueByVariant(exp, name),
      param.unit,
      describeSource(param.source),
      param.description,
    ]),
    ...constants.map(([name, { value, unit, source }]) => [
      html`<code>${name}</code>`,
      String(value),
      unit,
      describeSource(source),
      'constant of the model',
    ]),
  ],
)}`
  return page(exp.id, 1, body)
}

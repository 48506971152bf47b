import { describeSource } from '../../numeric/mod.ts'
import { type BatchVerdict, type JudgedExperiment, type ProjectState, summarise } from '../batch/mod.ts'
import { byPaper } from '../batch/scoreboard.ts'
import { percentText, predictedText, printedText } from '../claim-text.ts'
import { valueByVariant } from '../help.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import { VERDICT_MEANING, VERDICTS } from '../verdict.ts'
import { type Fragment, html, htmlTable } from './html.ts'
import { variantEffects, verdictSummary } from './item-page.ts'
import { claimWithStatement, page, verdictBadge, verdictWithReason } from './page.ts'

function link(judged: JudgedExperiment): Fragment {
  return html`<a href="${judged.exp.id}.html">${judged.exp.id}</a>`
}

/** Claims that are not pending. */
function answered(claims: readonly JudgedClaim[]): number {
  return claims.filter((claim) => claim.verdict !== 'pending').length
}

function scoreboardTable(claims: readonly JudgedClaim[]): Fragment {
  const verdicts = VERDICTS.filter((verdict) => claims.some((claim) => claim.verdict === verdict))
  const heads = ['paper', ...verdicts, 'total']
  const row = (name: Fragment, own: readonly JudgedClaim[]): Fragment[] => {
    const counts = countVerdicts(own)
    return [name, ...verdicts.map((verdict) => counts[verdict]), counts.total]
  }
  return htmlTable(heads, [
    ...[...byPaper(claims)]
      .sort((a, b) => answered(b[1]) - answered(a[1]))
      .map(([paper, own]) => row(html`<a href="claims-${paper}.html">${paper}</a>`, own)),
    row(html`<b>all</b>`, claims),
  ])
}

/** Whether the papers' statements (orderings, bounds) outlive the corrections. */
function statementsSentence(experiments: readonly JudgedExperiment[]): string {
  const corrected = experiments.flatMap(({ claims, claimsByVariant }) => {
    const [, ...others] = Object.values(claimsByVariant)
    return others.flatMap((variant) =>
      variant
        .filter((claim) => typeof claim.predicted === 'boolean' || claim.bound === 'upto' || claim.bound === 'atleast')
        .map((claim) => ({ claim, before: claims.find(({ id }) => id === claim.id)?.verdict })),
    )
  })
  const holds = (verdict: string | undefined) => verdict === 'exact' || verdict === 'within'
  const lost = corrected
    .filter(({ claim, before }) => holds(before) && !holds(claim.verdict))
    .map(({ claim }) => claim.id)
  const held = corrected.filter(({ before }) => holds(before)).length
  return `Of ${held} orderings and bounds that hold as published, ${lost.length === 0 ? 'all' : held - lost.length} hold corrected${lost.length > 0 ? `; lost: ${lost.join(', ')}` : ''}.`
}

/** The report's first page: scoreboard, experiments, what corrections change, errata, sources. */
export function indexPage(state: ProjectState, verdict: BatchVerdict): string {
  const { claims, experiments, broken } = state
  const differs = (id: string) => verdict.differing.some(({ experiment }) => experiment === id)
  const results = claims.filter((claim) => claim.role === 'result')
  const inputs = claims.filter((claim) => claim.role === 'input')
  const effects = experiments.flatMap(variantEffects)
  const lost = effects.filter((effect) => !effect.survives)
  const sources = new Map<string, number>()
  for (const { exp } of experiments) {
    for (const { source } of [...Object.values(exp.params), ...Object.values(exp.constants ?? {})])
      sources.set(source.kind, (sources.get(source.kind) ?? 0) + 1)
  }
  const quantities = [...sources.values()].reduce((sum, count) => sum + count, 0)
  return page(
    'Report',
    0,
    html`
<p>What five transformer-accelerator papers printed, against what our models predict. A claim that repeats another is counted once.</p>
<p class="banner ${verdict.exitCode === 0 ? 'exact' : 'off'}">${summarise(verdict, state)}</p>
${broken.map(({ id, message }) => html`<p><code>${id}</code> is broken: ${message}</p>`)}
${verdict.unexplained.map((problem) => html`<p>${problem}</p>`)}
<h2>Results the papers claim</h2>
${scoreboardTable(results)}
<h2>Inputs the papers state</h2>
${scoreboardTable(inputs)}
<ul class="muted">${VERDICTS.map((verdict) => html`<li>${verdictBadge(verdict)} ${VERDICT_MEANING[verdict]}</li>`)}</ul>
<h2>Experiments</h2>
${htmlTable(
  ['experiment', 'item', 'title', 'golden', 'verdicts'],
  experiments.map((judged) => [
    link(judged),
    html`<span class="nowrap">${judged.exp.item}</span>`,
    judged.exp.title,
    differs(judged.exp.id) ? html`<b>differs</b>` : html`<span class="nowrap">as accepted</span>`,
    verdictSummary(judged.claims),
  ]),
)}
<h2>What the corrections change</h2>
<p>Under the corrected rules ${effects.length} predictions differ; ${effects.length - lost.length} of these claims still stand (within 5 %, or true). ${statementsSentence(experiments)}</p>
${
  lost.length > 0 &&
  html`<p>These numbers do not stand:</p>${htmlTable(
    ['experiment', 'claim', 'statement', 'printed', 'as published', 'corrected', 'error then'],
    lost.map(({ judged, other }) => [
      html`<a href="${other.experiment}.html">${other.experiment}</a>`,
      html`<code>${other.id}</code>`,
      other.statement,
      printedText(other),
      predictedText(judged.predicted),
      predictedText(other.predicted),
      percentText(other.relativeError),
    ]),
  )}`
}
<h2>Errata</h2>
${htmlTable(
  ['experiment', 'where', 'printed', 'should be', 'arithmetic'],
  experiments.flatMap((judged) =>
    (judged.exp.errata ?? []).map((erratum) => [
      link(judged),
      erratum.where,
      erratum.printed,
      erratum.shouldBe,
      erratum.arithmetic,
    ]),
  ),
)}
<h2>Where the numbers come from</h2>
<p>${quantities} parameters and constants, each with a source: ${[...sources].map(([kind, count]) => `${count} ${kind}`).join(', ')}. The full list is on <a href="sources.html">a page of its own</a>.</p>`,
  )
}

/** Every claim of one paper. */
export function claimsPage(paper: string, claims: readonly JudgedClaim[]): string {
  return page(
    `Claims of ${paper}`,
    0,
    html`<p>${verdictSummary(claims)}</p>${htmlTable(
      ['claim', 'item', 'role', 'printed', 'ours', 'unit', 'error', 'verdict', 'experiment'],
      claims.map((claim) => [
        claimWithStatement(claim.id, claim.statement),
        html`<span class="nowrap">${claim.item}</span>`,
        claim.role,
        printedText(claim),
        predictedText(claim.predicted),
        claim.unit,
        percentText(claim.relativeError),
        verdictWithReason(claim.verdict, claim.repeats ? `repeats ${claim.repeats}` : claim.reason),
        claim.experiment && html`<a href="${claim.experiment}.html">${claim.experiment}</a>`,
      ]),
    )}`,
  )
}

/** Every parameter and constant with its source. */
export function sourcesPage(experiments: readonly JudgedExperiment[]): string {
  return page(
    'Parameters, constants and their sources',
    0,
    htmlTable(
      ['experiment', 'name', 'value', 'unit', 'source'],
      experiments.flatMap((judged) =>
        Object.entries({ ...judged.exp.params, ...judged.exp.constants }).map(([name, { value, unit, source }]) => [
          link(judged),
          html`<code>${name}</code>`,
          Object.hasOwn(judged.exp.params, name) ? valueByVariant(judged.exp, name) : String(value),
          unit,
          describeSource(source),
        ]),
      ),
    ),
  )
}

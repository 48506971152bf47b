import { IN_KIND_TITLE, summarise } from '../batch/mod.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import { explainedOutcomes, OUTCOME_MEANING, outcomeOf } from '../verdict.ts'
import { occurring } from '../verdict-look.ts'
import { allConstants, sourceCounts } from './constants-page.ts'
import { corrections, survivingStatements } from './effects.ts'
import { headlinesTable } from './headlines.ts'
import { type Fragment, html, htmlTable, tableFilter } from './html.ts'
import type { Page } from './page.ts'
import { claimsOf, paperName, type Site } from './site.ts'
import { verdictBadge, verdictBar, verdictSummary } from './views.ts'

function scoreboard({ papers }: Site, claims: readonly JudgedClaim[], label: string): Fragment {
  const verdicts = occurring(countVerdicts(claims))
  const role = claims[0]?.role ?? 'result'
  const row = (name: Fragment, own: readonly JudgedClaim[], paper?: string): Fragment[] => {
    const counts = countVerdicts(own)
    return [
      name,
      verdictBar(own),
      ...verdicts.map((verdict) =>
        paper && counts[verdict] > 0
          ? html`<a href="papers/${paper}.html?role=${role}&amp;verdict=${verdict}#claims">${counts[verdict]}</a>`
          : counts[verdict],
      ),
      counts.total,
    ]
  }
  return htmlTable(
    ['paper', 'verdicts', ...verdicts.map((verdict) => verdictBadge(verdict)), 'all'],
    [
      ...papers.flatMap((paper) => {
        const own = claimsOf(claims, paper.id)
        return own.length === 0 ? [] : [row(html`<a href="papers/${paper.id}.html">${paper.name}</a>`, own, paper.id)]
      }),
      row(html`<b>all</b>`, claims),
    ],
    { label, kind: 'data' },
  )
}

/** What networks trained here say of orders and shapes, apart from what the papers claim. */
function inKindBoard(site: Site): Fragment {
  const claims = site.state.claims.filter(({ role }) => role === 'in-kind')
  if (claims.length === 0) return null
  return html`<h3 id="in-kind">${IN_KIND_TITLE}</h3>
<p>Which configuration comes out above which, and how a curve runs, judged on our networks and our tasks. None of this counts among the results above.</p>
${scoreboard(site, claims, 'Claims judged in kind, by paper')}`
}

function tile(figure: Fragment, text: Fragment, target: string): Fragment {
  return html`<a class="tile" href="${target}"><b>${figure}</b> ${text}</a>`
}

/** What the report says in five numbers. */
function tiles(site: Site): Fragment {
  const { state } = site
  const results = countVerdicts(state.claims.filter(({ role }) => role === 'result'))
  const { total, sourced, kinds } = sourceCounts(allConstants(state.experiments))
  const assumed = kinds.get('assumed') ?? 0
  const errata = state.experiments.reduce((sum, { exp }) => sum + (exp.errata?.length ?? 0), 0)
  const { survive, total: statements } = survivingStatements(state.experiments)
  const exact = state.claims.filter((claim) => claim.role === 'result' && claim.verdict === 'exact')
  const stated = countVerdicts(exact.filter(({ bound }) => bound === 'predicate')).total
  return html`<div class="tiles">
${tile(`${results.exact} of ${results.total}`, `results come out: ${results.exact - stated} at the printed digits, ${stated} true as stated`, '#papers')}
${tile(results.within, 'more within 5 %, or within a printed bound', '#papers')}
${tile(errata, `errata, each with its arithmetic; ${results.erratum} results rest on one`, 'errata.html')}
${tile(`${survive} of ${statements}`, 'orders and bounds survive the corrections', 'corrections.html')}
${tile(`${sourced} of ${total}`, `parameters and constants have a source; ${assumed} of them are assumed`, 'constants.html')}
</div>`
}

/** The report's first page. */
export function landingPage(site: Site): Page {
  const { state, verdict } = site
  const { broken, claims } = state
  const order = (id: string | undefined) => site.papers.findIndex((paper) => paper.id === id)
  const experiments = [...state.experiments].sort((a, b) => order(a.exp.paper) - order(b.exp.paper))
  const differs = (id: string) => verdict.differing.some(({ experiment }) => experiment === id)
  const changed = experiments.flatMap(corrections).length
  return {
    path: 'index.html',
    title: 'Does that number hold?',
    description: 'What papers on transformer accelerators printed, against what executable models predict.',
    body: () => html`
<p class="lead">What ${site.papers.length} papers on transformer accelerators printed, against what our models predict: ${experiments.length} figures, tables and sections as scripts, checked number by number.</p>
<p class="banner ${verdict.exitCode === 0 ? 'exact' : 'off'}">${summarise(verdict, state)}</p>
${broken.map(({ id, message }) => html`<p><code>${id}</code> is broken: ${message}</p>`)}
${[...verdict.unexplained, ...(verdict.unwritten ?? [])].map((problem) => html`<p>${problem}</p>`)}
${tiles(site)}
<h2 id="papers">Scoreboard</h2>
<p>Results each paper claims, by what became of them. A claim that repeats another is counted once. Numbers lead to the claims.</p>
${scoreboard(
  site,
  claims.filter(({ role }) => role === 'result'),
  'Results by paper and verdict',
)}
<details><summary>What the verdicts mean</summary><dl>${explainedOutcomes(claims).map((name) => html`<dt>${verdictBadge(name)}</dt><dd>${OUTCOME_MEANING[name]}</dd>`)}</dl></details>
<details><summary>Inputs the papers state, consistency-checked where possible</summary>${scoreboard(
      site,
      claims.filter(({ role }) => role === 'input'),
      'Inputs by paper and verdict',
    )}</details>
${inKindBoard(site)}
<h2 id="headlines">What the papers lead with</h2>
${headlinesTable(site, site.papers, '')}
<h2 id="experiments">Experiments</h2>
<p>Under corrected rules ${changed} predictions of claims change; <a href="corrections.html">what survives</a>.</p>
${tableFilter('experiment-table', experiments.length, {
  placeholder: 'Filter by item, title or claim',
  choices: [
    { facet: 'paper', label: 'paper', values: site.papers.map(({ name }) => name) },
    { facet: 'verdict', label: 'verdict', values: occurring(countVerdicts(claims)) },
  ],
})}
${htmlTable(
  ['paper', 'item', 'title', 'golden', 'verdicts'],
  experiments.map(({ exp, claims: own }) => [
    html`<span class="nowrap">${paperName(site, exp.paper)}</span>`,
    html`<a class="nowrap" href="${exp.id}.html">${exp.item}</a>`,
    html`${exp.title}<div class="why"><code>${exp.id}</code></div>`,
    differs(exp.id) ? html`<b>differs</b>` : html`<span class="nowrap">as accepted</span>`,
    verdictSummary(own),
  ]),
  {
    label: 'Experiments',
    id: 'experiment-table',
    facets: experiments.map(({ exp, claims: own }) => ({
      paper: paperName(site, exp.paper),
      verdict: [...new Set(own.map(outcomeOf))].join('|'),
      text: own.map(({ id }) => id).join(' '),
    })),
  },
)}`,
  }
}

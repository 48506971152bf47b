import { IN_KIND_TITLE } from '../batch/mod.ts'
import { countVerdicts } from '../judge.ts'
import { ROLES } from '../ledger.ts'
import { OUTCOMES, outcomeOf } from '../verdict.ts'
import { errataTable } from './errata-page.ts'
import { headlinesTable } from './headlines.ts'
import { html, htmlTable, tableFilter } from './html.ts'
import type { Page } from './page.ts'
import { citationLine, type Paper } from './papers.ts'
import { claimsOf, type Site } from './site.ts'
import { CLAIM_HEADS, claimCells, verdictBar, verdictSummary } from './views.ts'

/** Everything about one paper: what it leads with, its items, its errata, every claim. */
export function paperPage(site: Site, paper: Paper): Page {
  const claims = claimsOf(site.state.claims, paper.id)
  const own = site.state.experiments.filter(({ exp }) => exp.paper === paper.id)
  const errata = own.flatMap(({ exp }) => exp.errata ?? [])
  const results = claims.filter(({ role }) => role === 'result')
  const inputs = claims.filter(({ role }) => role === 'input')
  const inKind = claims.filter(({ role }) => role === 'in-kind')
  return {
    path: `papers/${paper.id}.html`,
    title: paper.name,
    description: `What ${paper.name} printed against what our models predict: ${own.length} items, ${claims.length} claims.`,
    trail: [['Papers', 'index.html#papers']],
    body: (up) => html`
<p class="lead">${citationLine(paper)}.${paper.bib !== null && html` <a href="${up}papers/${paper.id}.bib" download>BibTeX</a>`}</p>
<p>${verdictBar(results)} ${verdictSummary(results)}</p>
<p class="muted">${countVerdicts(results).total} results (repeated ones counted once), ${countVerdicts(inputs).total} inputs, ${errata.length} errata.</p>
${inKind.length > 0 && html`<p>${IN_KIND_TITLE}: ${verdictSummary(inKind)}</p>`}
<h2 id="headlines">What it leads with</h2>
${headlinesTable(site, [paper], up)}
<h2 id="items">Items</h2>
${htmlTable(
  ['item', 'title', 'verdicts'],
  own.map(({ exp, claims: answered }) => [
    html`<a class="nowrap" href="${up}${exp.id}.html">${exp.item}</a>`,
    exp.title,
    verdictSummary(answered),
  ]),
  { label: 'Items' },
)}
<h2 id="claims">Claims</h2>
${tableFilter('claim-table', claims.length, {
  placeholder: 'Filter claims',
  choices: [
    {
      facet: 'verdict',
      label: 'verdict',
      values: OUTCOMES.filter((name) => claims.some((claim) => outcomeOf(claim) === name)),
    },
    { facet: 'role', label: 'role', values: inKind.length > 0 ? ROLES : ['result', 'input'] },
    { facet: 'item', label: 'item', values: [...new Set(claims.map(({ item }) => item))] },
  ],
})}
${htmlTable(
  [...CLAIM_HEADS, 'item'],
  claims.map((claim) => [
    ...claimCells(claim),
    claim.experiment ? html`<a href="${up}${claim.experiment}.html">${claim.item}</a>` : claim.item,
  ]),
  {
    label: `Claims of ${paper.name}`,
    kind: 'claims',
    widths: [32, 10, 10, 9, 29, 10],
    id: 'claim-table',
    facets: claims.map((claim) => ({ verdict: outcomeOf(claim), role: claim.role, item: claim.item })),
  },
)}
${errata.length > 0 && html`<h2 id="errata">Errata</h2>${errataTable(errata, { label: 'Errata' })}`}`,
  }
}

import { IN_KIND_TITLE, type JudgedExperiment } from '../batch/mod.ts'
import { percentText, predictedText, printedText } from '../claim-text.ts'
import { variantNames } from '../experiment.ts'
import { columnHeading, formatCell } from '../format.ts'
import type { JudgedClaim } from '../judge.ts'
import { withPrintedColumns } from '../printed-columns.ts'
import { variantSwitches } from '../produce.ts'
import { type Columns, columnsOf } from '../table.ts'
import { constantsOf } from './constants-page.ts'
import type { Download } from './downloads.ts'
import { fatesInWords, variantEffects } from './effects.ts'
import { errataTable } from './errata-page.ts'
import { type Fragment, Html, html, htmlTable } from './html.ts'
import type { Drawing, DrawnItem } from './item-figures.ts'
import type { Page } from './page.ts'
import { citationLine } from './papers.ts'
import type { Site } from './site.ts'
import { CLAIM_HEADS, claimCells, claimWithStatement, fateBadge, verdictBar, verdictSummary } from './views.ts'

/** Rows of a table that are shown at once; longer ones open on demand. */
const SHOWN_ROWS = 40

function figure({ svg, description }: Drawing): Fragment {
  return html`<figure tabindex="0">${new Html(svg)}<figcaption>${description}</figcaption></figure>`
}

/** A figure from its own file, to be looked at beside others; the first one on the page says what it shows. */
function picture({ exp }: JudgedExperiment, { variant, svg, description }: Drawing, first: boolean): Fragment {
  const [, width = '', height = ''] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []
  const file = `${exp.id.split('/').at(-1)}${first ? '' : `.${variant}`}.svg`
  return html`<figure><img src="${file}" width="${width}" height="${height}" alt="${description}" loading="lazy"><figcaption><b>${variant}</b></figcaption></figure>`
}

function command(line: string): Fragment {
  return html`<div class="command"><code>${line}</code><button type="button" class="copy needs-js">copy</button></div>`
}

function reproduceSection(
  { exp }: JudgedExperiment,
  up: string,
  downloads: readonly Download[],
  bib: string | null,
): Fragment {
  const script = `npx tsx experiments/${exp.id}.ts`
  const [first, ...others] = variantNames(exp)
  const name = (path: string) => path.split('/').at(-1)
  return html`<h2 id="reproduce">Reproduce exactly this</h2>
${command(others.length > 0 ? `${script} --variant ${first}` : script)}
${others.map((variant) => command(`${script} --variant ${variant}`))}
<p class="muted">Version ${exp.version}, held by <code>golden/${exp.id}.json</code>; <code>--check</code> compares with it, <code>--help</code> lists what can be changed.</p>
<p class="downloads">Download: ${downloads.map(({ path, label }) => html`<a href="${name(path)}" download>${label}</a> `)}${bib && html`<a href="${up}${bib}" download>BibTeX of the paper</a>`}</p>`
}

/** What the columns of a table mean, where their name does not say all. */
function columnNotes(columns: Columns): Fragment {
  const noted = Object.entries(columns).filter(([, { description }]) => description)
  if (noted.length === 0) return null
  return html`<p class="muted">${noted.map(([name, { description }]) => html`<code>${name}</code>: ${description}. `)}</p>`
}

function tablesSection({ exp, runs, claims }: JudgedExperiment): Fragment {
  return Object.entries(runs[0]?.tables ?? {}).map(([name, own]) => {
    const { rows, columns } = withPrintedColumns(own, columnsOf(exp.schema, name), claims)
    const names = Object.keys(columns)
    const body = html`${htmlTable(
      names.map((column) => columnHeading(column, columns)),
      rows.map((row) => names.map((column) => formatCell(row[column]))),
      { label: `Table ${name}`, kind: 'data' },
    )}${columnNotes(columns)}`
    return rows.length > SHOWN_ROWS
      ? html`<details><summary>Table <b>${name}</b> (${rows.length} rows)</summary>${body}</details>`
      : html`<h3>${name}</h3>${body}`
  })
}

function claimsTable(claims: readonly JudgedClaim[], label: string): Fragment {
  return html`<p>${verdictBar(claims)} ${verdictSummary(claims)}</p>
${htmlTable(
  CLAIM_HEADS,
  claims.map((claim, index) => claimCells(claim, claims[index - 1])),
  {
    label,
    kind: 'claims',
    rowIds: claims.map(({ id }) => id),
  },
)}`
}

function claimsSection({ claims }: JudgedExperiment): Fragment {
  if (claims.length === 0) return html`<p>Nothing here is compared with a paper.</p>`
  const inKind = claims.filter(({ role }) => role === 'in-kind')
  const printed = claims.filter(({ role }) => role !== 'in-kind')
  return html`${printed.length > 0 && html`<h2 id="claims">Claims</h2>\n${claimsTable(printed, 'Claims')}`}${
    inKind.length > 0 && html`<h2 id="in-kind">${IN_KIND_TITLE}</h2>\n${claimsTable(inKind, 'Claims judged in kind')}`
  }`
}

function variantsSection(judged: JudgedExperiment, figures: readonly Drawing[]): Fragment {
  const { exp, runs } = judged
  const names = variantNames(exp)
  if (names.length < 2) return null
  const effects = variantEffects(judged)
  const changed = [...new Map(effects.map((effect) => [effect.judged.id, effect.judged])).values()]
  return html`<h2 id="variants">Variants</h2>
<ul>${runs.map((run) => html`<li><b>${run.variant}</b>: ${exp.variants?.[run.variant]?.why} <span class="muted">(${variantSwitches(exp, run).join(', ') || 'no switch set'})</span></li>`)}</ul>
<p>${
    effects.length === 0
      ? 'They change no prediction of a claim.'
      : `Predictions that differ: ${effects.length} (${fatesInWords(effects)}). Differences are from ${names[0]}.`
  }</p>
${
  changed.length > 0 &&
  htmlTable(
    ['claim', 'printed', names[0] ?? '', ...names.slice(1).flatMap((name) => [name, 'difference', 'so it'])],
    changed.map((claim) => [
      claimWithStatement(claim),
      printedText(claim),
      predictedText(claim.predicted),
      ...names.slice(1).flatMap((name): Fragment[] => {
        const effect = effects.find(({ variant, judged: { id } }) => variant === name && id === claim.id)
        if (!effect) return [predictedText(claim.predicted), 'none', '']
        const [a, b] = [claim.predicted, effect.other.predicted]
        return [
          predictedText(b),
          typeof a === 'number' && typeof b === 'number' && a !== 0 ? percentText(b / a - 1) : '',
          fateBadge(effect.fate),
        ]
      }),
    ]),
    { label: 'Claims that the variants change', kind: 'claims' },
  )
}
${figures.length > 1 && html`<div class="side">${figures.map((drawing, index) => picture(judged, drawing, index === 0))}</div><p class="muted">Each is drawn on axes of its own.</p>`}`
}

function sourcesSection(judged: JudgedExperiment): Fragment {
  const constants = constantsOf(judged)
  if (constants.length === 0) return null
  return html`<h2 id="parameters">Parameters and constants</h2>
${htmlTable(
  ['name', 'value', 'unit', 'source', 'what'],
  constants.map(({ name, value, unit, source, what }) => [
    html`<code>${name}</code>`,
    html`<span class="value">${value}</span>`,
    unit,
    source,
    what,
  ]),
  { label: 'Parameters and constants' },
)}`
}

/**
 * An experiment's page: figure, command, downloads, claims, variants, sensitivity, tables, sources, errata.
 *
 * @param drawn its figures
 * @param downloads the files it offers
 * @param neighbours pages before and after it
 */
export function itemPage(
  site: Site,
  judged: JudgedExperiment,
  {
    drawn,
    downloads,
    neighbours,
  }: {
    readonly drawn: DrawnItem
    readonly downloads: readonly Download[]
    readonly neighbours: Page['neighbours'] & object
  },
): Page {
  const { exp } = judged
  const paper = site.papers.find(({ id }) => id === exp.paper)
  return {
    path: `${exp.id}.html`,
    title: `${exp.item}: ${exp.title}`,
    description: `${exp.item}${paper ? ` of ${paper.name}` : ''}: ${exp.title}.`,
    trail: paper
      ? [
          ['Papers', 'index.html#papers'],
          [paper.name, `papers/${paper.id}.html`],
        ]
      : [['Experiments', 'index.html#experiments']],
    neighbours,
    body: (up) => html`
<p class="muted">${paper && `${citationLine(paper)}. `}<code>${exp.id}</code> ${exp.version}</p>
<p>${verdictSummary(judged.claims)}</p>
${drawn.problem !== null && html`<p class="banner off">${drawn.problem}</p>`}
${drawn.figures[0] && figure(drawn.figures[0])}
${reproduceSection(judged, up, downloads, paper?.bib ? `papers/${paper.id}.bib` : null)}
${claimsSection(judged)}
${variantsSection(judged, drawn.figures)}
${drawn.sensitivity && html`<h2 id="sensitivity">Sensitivity</h2>${figure(drawn.sensitivity)}`}
<h2 id="tables">Tables</h2>
${tablesSection(judged)}
${exp.errata && exp.errata.length > 0 && html`<h2 id="errata">Errata</h2>${errataTable(exp.errata, { label: 'Errata' })}`}
${sourcesSection(judged)}`,
  }
}

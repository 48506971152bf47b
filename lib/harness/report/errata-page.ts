import type { Erratum } from '../experiment.ts'
import { type Fragment, html, htmlTable, tableFilter } from './html.ts'
import type { Page } from './page.ts'
import { paperName, type Site } from './site.ts'

/** Errata as a table; `lead` says what stands before each. */
export function errataTable(
  errata: readonly Erratum[],
  options: {
    readonly label: string
    readonly id?: string
    readonly lead?: { readonly head: string; readonly cells: readonly Fragment[] }
    readonly facets?: readonly Readonly<Record<string, string>>[]
  },
): Fragment {
  const { lead, ...table } = options
  return htmlTable(
    [...(lead ? [lead.head] : []), 'where', 'printed', 'should be', 'arithmetic'],
    errata.map(({ where, printed, shouldBe, arithmetic }, index) => [
      ...(lead ? [lead.cells[index]] : []),
      where,
      printed,
      shouldBe,
      arithmetic,
    ]),
    table,
  )
}

/** Where the papers contradict themselves, with the arithmetic that shows it. */
export function errataPage(site: Site): Page {
  const { state, papers } = site
  const errata = state.experiments.flatMap(({ exp }) => (exp.errata ?? []).map((erratum) => ({ exp, erratum })))
  const count = (paper: string) => errata.filter(({ exp }) => exp.paper === paper).length
  return {
    path: 'errata.html',
    title: 'Errata',
    description: 'Where the papers contradict themselves, with the arithmetic that shows it.',
    body: () => html`
<p class="lead">${errata.length} places where a paper contradicts itself or its own sources: ${papers.map((paper) => `${count(paper.id)} in ${paper.name}`).join(', ')}. “undecided” says that the paper does not tell which of its numbers is right.</p>
${tableFilter('errata-table', errata.length, { placeholder: 'Filter by place, number or text', choices: [{ facet: 'paper', label: 'paper', values: papers.map((paper) => paper.name) }] })}
${errataTable(
  errata.map(({ erratum }) => erratum),
  {
    label: 'Errata',
    id: 'errata-table',
    lead: {
      head: 'paper',
      cells: errata.map(
        ({ exp }) =>
          html`${paperName(site, exp.paper)}<div class="why"><a class="nowrap" href="${exp.id}.html">${exp.item}</a></div>`,
      ),
    },
    facets: errata.map(({ exp }) => ({ paper: paperName(site, exp.paper) })),
  },
)}`,
  }
}

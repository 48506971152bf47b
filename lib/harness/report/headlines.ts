import type { JudgedExperiment } from '../batch/mod.ts'
import type { JudgedClaim } from '../judge.ts'
import { type Fragment, html, htmlTable } from './html.ts'
import type { Paper } from './papers.ts'
import type { Site } from './site.ts'
import { claimValues, verdictBadge } from './views.ts'

/** A claim a paper leads with. */
export interface Headline {
  readonly claim: JudgedClaim
  /** Id of the experiment that answers for it. */
  readonly experiment: string
  /** One line on why our value comes out as it does. */
  readonly why: string
}

/** Digits of our value beside a headline. */
export const HEADLINE_DIGITS = 4

/** What a paper leads with, in the order of its ledger. */
export function headlinesOf(
  {
    claims,
    experiments,
  }: { readonly claims: readonly JudgedClaim[]; readonly experiments: readonly JudgedExperiment[] },
  paper: string,
): Headline[] {
  const whys = new Map(
    experiments.flatMap(({ exp }) =>
      Object.entries(exp.headlines ?? {}).map(([id, why]) => [id, { why, experiment: exp.id }] as const),
    ),
  )
  return claims.flatMap((claim) => {
    const found = claim.paper === paper ? whys.get(claim.id) : undefined
    return found ? [{ claim, ...found }] : []
  })
}

/** The headline claims of one or more papers with paper value, our value, verdict and one line of why. */
export function headlinesTable({ state }: Site, papers: readonly Paper[], up: string): Fragment {
  const rows = papers.flatMap((paper) => headlinesOf(state, paper.id).map((headline) => ({ paper, ...headline })))
  const alone = papers.length === 1
  if (rows.length === 0) return html`<p>No experiment names one.</p>`
  return htmlTable(
    [...(alone ? [] : ['paper']), 'claim', 'printed', 'ours', 'verdict', 'why'],
    rows.map(({ paper, claim, experiment, why }) => {
      const { printed, ours } = claimValues(claim, { digits: HEADLINE_DIGITS })
      return [
        ...(alone ? [] : [html`<a class="nowrap" href="${up}papers/${paper.id}.html">${paper.name}</a>`]),
        html`<a href="${up}${experiment}.html#${claim.id}">${claim.statement}</a>`,
        printed,
        ours,
        verdictBadge(claim.verdict),
        why,
      ]
    }),
    { label: 'Headline claims', widths: alone ? [34, 11, 11, 11, 33] : [11, 31, 10, 10, 10, 28] },
  )
}

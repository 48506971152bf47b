import type { BatchVerdict, ProjectState } from '../batch/mod.ts'
import type { JudgedClaim } from '../judge.ts'
import { type Paper, readPaper } from './papers.ts'

/** Everything the report is made from. */
export interface Site {
  readonly state: ProjectState
  readonly verdict: BatchVerdict
  /** Papers that have a ledger, the oldest first. */
  readonly papers: readonly Paper[]
}

/**
 * The site of a project's state.
 *
 * @throws {SyntaxError} if a paper's BibTeX entry is incomplete
 */
export function siteOf(root: string, state: ProjectState, verdict: BatchVerdict): Site {
  const papers = [...new Set(state.claims.map(({ paper }) => paper))]
    .map((id) => readPaper(root, id))
    .sort((a, b) => Number(a.year) - Number(b.year))
  return { state, verdict, papers }
}

/** Claims of one paper. */
export function claimsOf(claims: readonly JudgedClaim[], paper: string): JudgedClaim[] {
  return claims.filter((claim) => claim.paper === paper)
}

import type { BatchVerdict, ProjectState } from '../batch/mod.ts'
import { EXIT, oneLine } from '../command.ts'
import type { JudgedClaim } from '../judge.ts'
import { type Paper, readPaper, unknownPaper } from './papers.ts'

/** Everything the report is made from. */
export interface Site {
  readonly state: ProjectState
  readonly verdict: BatchVerdict
  /** Papers that have a ledger, the oldest first. */
  readonly papers: readonly Paper[]
}

/** The site of a project's state; a paper whose BibTeX entry cannot be read is known by its id, and says so. */
export function siteOf(root: string, state: ProjectState, verdict: BatchVerdict): Site {
  const problems: string[] = []
  const read = (id: string) => {
    try {
      return readPaper(root, id)
    } catch (error) {
      problems.push(oneLine(error))
      return unknownPaper(id)
    }
  }
  const papers = [...new Set(state.claims.map(({ paper }) => paper))]
    .map(read)
    .sort((a, b) => Number(a.year) - Number(b.year))
  return { state, verdict: withProblems(verdict, problems), papers }
}

/** A verdict that also says what the report lacks. */
export function withProblems(verdict: BatchVerdict, problems: readonly string[]): BatchVerdict {
  if (problems.length === 0) return verdict
  return { ...verdict, exitCode: EXIT.broken, unwritten: [...(verdict.unwritten ?? []), ...problems] }
}

/** What people call an experiment's paper. */
export function paperName({ papers }: Site, id: string | undefined): string {
  return papers.find((paper) => paper.id === id)?.name ?? 'no paper'
}

/** Claims of one paper. */
export function claimsOf(claims: readonly JudgedClaim[], paper: string): JudgedClaim[] {
  return claims.filter((claim) => claim.paper === paper)
}

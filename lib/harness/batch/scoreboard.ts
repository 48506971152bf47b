import { alignedTable } from '../format.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import { VERDICTS } from '../verdict.ts'

/** Claims by paper. */
export function byPaper(claims: readonly JudgedClaim[]): Map<string, JudgedClaim[]> {
  const papers = new Map<string, JudgedClaim[]>()
  for (const claim of claims) papers.set(claim.paper, [...(papers.get(claim.paper) ?? []), claim])
  return papers
}

/**
 * The scoreboard as text: result-claims by paper and verdict, then the papers' inputs. Claims that repeat another
 * are left out of every count.
 */
export function scoreboard(claims: readonly JudgedClaim[]): string {
  const part = (role: JudgedClaim['role'], title: string) => {
    const chosen = claims.filter((claim) => claim.role === role)
    if (chosen.length === 0) return ''
    const verdicts = VERDICTS.filter((verdict) => chosen.some((claim) => claim.verdict === verdict))
    const row = (name: string, own: readonly JudgedClaim[]) => {
      const counts = countVerdicts(own)
      return [name, ...verdicts.map((verdict) => String(counts[verdict])), String(counts.total)]
    }
    const rows = [...byPaper(chosen)].map(([paper, own]) => row(paper, own))
    if (rows.length > 1) rows.push(row('all', chosen))
    const numeric = [false, ...verdicts.map(() => true), true]
    return `${title}\n\n${alignedTable(['paper', ...verdicts, 'total'], rows, numeric)}\n`
  }
  const repeats = claims.filter((claim) => claim.repeats !== null).length
  const parts = [part('result', 'Results the papers claim'), part('input', 'Inputs the papers state')].filter(
    (text) => text !== '',
  )
  return [...parts, ...(repeats > 0 ? [`${repeats} claims repeat another one and are not counted.\n`] : [])].join('\n')
}

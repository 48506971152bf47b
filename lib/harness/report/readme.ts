import { IN_KIND_TITLE } from '../batch/mod.ts'
import { markdownTable } from '../format.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import type { Role } from '../ledger.ts'
import { escapeMarkdown } from '../markdown.ts'
import { explainedOutcomes, OUTCOME_MEANING } from '../verdict.ts'
import { occurring } from '../verdict-look.ts'
import { HEADLINE_DIGITS, headlinesOf } from './headlines.ts'
import { claimsOf, type Site } from './site.ts'
import { claimValues } from './views.ts'

/** The claims of one role, a line for each paper that has some. */
function board({ state, papers }: Site, role: Role, head: string): string {
  const chosen = state.claims.filter((claim) => claim.role === role)
  const verdicts = occurring(countVerdicts(chosen))
  const row = (name: string, claims: readonly JudgedClaim[]) => {
    const counts = countVerdicts(claims)
    return [name, ...verdicts.map((verdict) => String(counts[verdict])), String(counts.total)]
  }
  return markdownTable(
    [head, ...verdicts, 'all'],
    [
      ...papers
        .map(({ name, id }) => ({ name, own: claimsOf(chosen, id) }))
        .filter(({ own }) => own.length > 0)
        .map(({ name, own }) => row(name, own)),
      row('all', chosen),
    ],
    [false, ...verdicts.map(() => true), true],
  )
}

function scoreboard(site: Site): string {
  const results = board(site, 'result', 'results of')
  if (!site.state.claims.some(({ role }) => role === 'in-kind')) return results
  return `${results}\n\n${IN_KIND_TITLE} (never counted among the results above):\n\n${board(site, 'in-kind', 'in kind, of')}`
}

function headlines({ state, papers }: Site): string {
  const rows = papers.flatMap((paper) =>
    headlinesOf(state, paper.id).map(({ claim, why }) => {
      const { printed, ours } = claimValues(claim, { digits: HEADLINE_DIGITS })
      return [paper.name, claim.statement, printed, ours, claim.verdict, why].map(escapeMarkdown)
    }),
  )
  const heads = ['paper', 'claim', 'printed', 'ours', 'verdict', 'why']
  return markdownTable(
    heads,
    rows,
    heads.map(() => false),
  )
}

function verdictTable({ state }: Site): string {
  return markdownTable(
    ['verdict', 'meaning'],
    explainedOutcomes(state.claims).map((outcome) => [outcome, OUTCOME_MEANING[outcome]]),
    [false, false],
  )
}

/** What README.md holds between `<!-- name -->` and `<!-- /name -->`, by name. */
export function readmeSections(site: Site): ReadonlyMap<string, string> {
  return new Map([
    ['scoreboard', scoreboard(site)],
    ['headlines', headlines(site)],
    ['verdicts', verdictTable(site)],
  ])
}

/**
 * A README with its generated sections brought up to date.
 *
 * @throws {SyntaxError} if a section has no place in it
 */
export function fillReadme(readme: string, sections: ReadonlyMap<string, string>): string {
  return [...sections].reduce((text, [name, section]) => {
    const place = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(\\n<!-- /${name} -->)`)
    if (!place.test(text)) {
      throw new SyntaxError(`Cannot fill README.md: it must have <!-- ${name} --> and <!-- /${name} -->, got none`)
    }
    return text.replace(place, (_, open: string, close: string) => `${open}\n${section}\n${close}`)
  }, readme)
}

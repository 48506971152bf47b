import { markdownTable } from '../format.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import { escapeMarkdown } from '../markdown.ts'
import { VERDICT_MEANING, VERDICTS } from '../verdict.ts'
import { occurring } from '../verdict-look.ts'
import { HEADLINE_DIGITS, headlinesOf } from './headlines.ts'
import { claimsOf, type Site } from './site.ts'
import { claimValues } from './views.ts'

function scoreboard({ state, papers }: Site): string {
  const results = state.claims.filter(({ role }) => role === 'result')
  const verdicts = occurring(countVerdicts(results))
  const row = (name: string, claims: readonly JudgedClaim[]) => {
    const counts = countVerdicts(claims)
    return [name, ...verdicts.map((verdict) => String(counts[verdict])), String(counts.total)]
  }
  return markdownTable(
    ['results of', ...verdicts, 'all'],
    [...papers.map((paper) => row(paper.name, claimsOf(results, paper.id))), row('all', results)],
    [false, ...verdicts.map(() => true), true],
  )
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

function verdictTable(): string {
  return markdownTable(
    ['verdict', 'meaning'],
    VERDICTS.map((verdict) => [verdict, VERDICT_MEANING[verdict]]),
    [false, false],
  )
}

/** What README.md holds between `<!-- name -->` and `<!-- /name -->`, by name. */
export function readmeSections(site: Site): ReadonlyMap<string, string> {
  return new Map([
    ['scoreboard', scoreboard(site)],
    ['headlines', headlines(site)],
    ['verdicts', verdictTable()],
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

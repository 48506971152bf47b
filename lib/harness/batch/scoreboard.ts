import { shareBar } from '../bars.ts'
import { repeatsText } from '../claim-text.ts'
import { alignedTable } from '../format.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import { literalTable } from '../markdown.ts'
import { PLAIN, type Terminal } from '../terminal.ts'
import { textWidth, wrapText } from '../text-width.ts'
import { letterLegend, occurring, paintAs } from '../verdict-look.ts'

/** Widest and narrowest bar of shares, in characters; where there is no room for it, there is none. */
const MAX_BAR = 32
const MIN_BAR = 10
/** Characters between columns. */
const GAP = 2

/** Heading of what is said of claims that are judged in kind. */
export const IN_KIND_TITLE = 'In kind: orders and shapes judged on networks trained here'

/** Claims by paper. */
export function byPaper(claims: readonly JudgedClaim[]): Map<string, JudgedClaim[]> {
  const papers = new Map<string, JudgedClaim[]>()
  for (const claim of claims) papers.set(claim.paper, [...(papers.get(claim.paper) ?? []), claim])
  return papers
}

/** How a scoreboard is written. */
export interface ScoreboardLook {
  /** Markdown, without bars. @default false */
  readonly markdown?: boolean
  /** @default a file */
  readonly terminal?: Terminal
}

/**
 * The scoreboard: result-claims by paper and verdict with a bar of their shares, then the papers' inputs, then what is
 * judged in kind. Claims that repeat another are left out of every count.
 */
export function scoreboard(claims: readonly JudgedClaim[], look: ScoreboardLook = {}): string {
  const repeats = repeatsText(claims)
  const parts = [
    board(claims, 'result', { ...look, title: 'Results the papers claim' }),
    board(claims, 'input', { ...look, title: 'Inputs the papers state' }),
    board(claims, 'in-kind', { ...look, title: IN_KIND_TITLE }),
  ].filter((text) => text !== '')
  return [...parts, ...(repeats === '' ? [] : [`${repeats}\n`])].join('\n')
}

/** The claims of one role, a line for each paper. */
function board(
  claims: readonly JudgedClaim[],
  role: JudgedClaim['role'],
  look: ScoreboardLook & { readonly title: string },
): string {
  const { title, markdown = false, terminal = PLAIN } = look
  const chosen = claims.filter((claim) => claim.role === role)
  if (chosen.length === 0) return ''
  const verdicts = occurring(countVerdicts(chosen))
  const papers = [...byPaper(chosen)].map(([paper, own]) => ({ paper, counts: countVerdicts(own) }))
  if (papers.length > 1) papers.push({ paper: 'all', counts: countVerdicts(chosen) })
  const rows = papers.map(({ paper, counts }) => [
    paper,
    ...verdicts.map((verdict) => String(counts[verdict])),
    String(counts.total),
  ])
  const numeric = [false, ...verdicts.map(() => true), true]
  if (markdown) {
    return `## ${title}\n\n${literalTable(['paper', ...verdicts, 'total'], rows, { numeric, summary: title })}\n`
  }
  // The coloured headings are the legend of the bars.
  const heads = ['paper', ...verdicts.map((verdict) => paintAs(verdict, verdict, terminal)), 'total']
  const table = alignedTable(heads, rows, numeric)
  const room = Number(terminal.columns ?? Number.POSITIVE_INFINITY) - textWidth(table.split('\n')[1] ?? '') - GAP
  if (verdicts.length < 2 || role !== 'result' || room < MIN_BAR) return `${title}\n\n${table}\n`
  const width = Math.min(MAX_BAR, room)
  const withBars = rows.map((row, index) => [
    ...row,
    // A paper whose claims all repeat others has no shares.
    papers[index]?.counts.total === 0 ? '' : shareBar(papers[index]?.counts ?? {}, width, terminal),
  ])
  const legend = terminal.colour
    ? ''
    : `\n${wrapText(`shares: ${letterLegend(verdicts, terminal)}`, terminal.columns)}\n`
  return `${title}\n\n${alignedTable([...heads, 'shares'], withBars, [...numeric, false])}\n${legend}`
}

import { ERROR_BAR_HEADING, errorBar, percentText, predictedText, printedText, repeatsText } from './claim-text.ts'
import { type AnyExperiment, CORRECTED, PUBLISHED, variantNames } from './experiment.ts'
import { alignedTable } from './format.ts'
import { countVerdicts, type JudgedClaim } from './judge.ts'
import { escapeMarkdown, literalTable, markdownList } from './markdown.ts'
import type { RunResult } from './run.ts'
import { PLAIN, type Terminal } from './terminal.ts'
import { textWidth, wrapText } from './text-width.ts'
import { outcomeOf } from './verdict.ts'
import { countsInWords, paintOutcome } from './verdict-look.ts'

/** How claims are written: as Markdown, or as text for a terminal. */
export interface ClaimLook {
  readonly markdown: boolean
  readonly terminal: Terminal
}

/** What a table of claims shows beside id, printed value, prediction and error. */
export interface ClaimColumns {
  /** Name of the error's column. */
  readonly error: string
  readonly unit?: true
  /** The verdicts, and the numbers of the notes if there are any. */
  readonly verdict?: true
  readonly notes?: readonly string[]
}

/**
 * A table of claims, with the error as a bar too where the text has the room for it.
 *
 * @param columns what is shown of them
 */
export function claimTable(claims: readonly JudgedClaim[], columns: ClaimColumns, look: ClaimLook): string {
  const { error, unit, verdict, notes = [] } = columns
  const { markdown, terminal } = look
  const draw = (bars: boolean) => {
    const heads = [
      'claim',
      'printed',
      'ours',
      ...(unit ? ['unit'] : []),
      error,
      ...(bars ? [ERROR_BAR_HEADING] : []),
      ...(verdict ? ['verdict'] : []),
      ...(notes.length > 0 ? ['note'] : []),
    ]
    const rows = claims.map((claim) => [
      claim.id,
      printedText(claim),
      predictedText(claim.predicted),
      ...(unit ? [claim.unit] : []),
      percentText(claim.relativeError),
      ...(bars ? [errorBar(claim.relativeError)] : []),
      ...(verdict ? [paintOutcome(outcomeOf(claim), markdown ? PLAIN : terminal)] : []),
      ...(notes.length > 0 ? [noteMark(claim, notes, markdown)] : []),
    ])
    const numeric = heads.map((head) => ['printed', 'ours', error].includes(head))
    return markdown ? literalTable(heads, rows, { numeric, summary: 'Claims' }) : alignedTable(heads, rows, numeric)
  }
  if (markdown || claims.every((claim) => claim.relativeError === null)) return draw(false)
  const wide = draw(true)
  return terminal.columns !== null && wide.split('\n').some((line) => textWidth(line) > Number(terminal.columns))
    ? draw(false)
    : wide
}

function noteMark({ reason }: JudgedClaim, notes: readonly string[], markdown: boolean): string {
  if (reason === null) return ''
  const number = notes.indexOf(reason) + 1
  return markdown ? String(number) : `[${number}]`
}

/** The different reasons of claims; a table of them names each by its number. */
export function claimNotes(claims: readonly JudgedClaim[]): string[] {
  return [...new Set(claims.flatMap((claim) => claim.reason ?? []))]
}

function noteList(notes: readonly string[], { markdown, terminal }: ClaimLook): string {
  if (markdown) return `Notes:\n\n${markdownList(notes)}`
  return notes.map((note, index) => wrapText(`[${index + 1}] ${note}`, terminal.columns, '    ')).join('\n')
}

/**
 * The verdicts of a run: how many of each, without claims that repeat another, then every claim that is not simply
 * exact, with notes on why.
 */
export function describeVerdicts(claims: readonly JudgedClaim[], look: ClaimLook): string {
  if (claims.length === 0) return 'Nothing here is compared with a paper.\n'
  const counted = countsInWords(countVerdicts(claims), look.markdown ? PLAIN : look.terminal)
  const repeats = repeatsText(claims)
  const lead = `Against the paper: ${counted || 'nothing new'}.${repeats === '' ? '' : ` ${repeats}`}`
  const rest = claims.filter((claim) => !['exact', 'input', 'unreachable'].includes(claim.verdict))
  if (rest.length === 0) return `${lead}\n`
  const notes = claimNotes(rest)
  const table = claimTable(rest, { error: 'error', verdict: true, notes }, look)
  return `${[lead, table, ...(notes.length > 0 ? [noteList(notes, look)] : [])].join('\n\n')}\n`
}

/** Claims with the reason of each: below its line in text, as a numbered note in Markdown. */
export function listClaims(claims: readonly JudgedClaim[], look: ClaimLook): string {
  const columns = { error: 'error', unit: true, verdict: true } as const
  if (look.markdown) {
    const notes = claimNotes(claims)
    const table = claimTable(claims, { ...columns, notes }, look)
    return `${table}\n${notes.length > 0 ? `\n${noteList(notes, look)}\n` : ''}`
  }
  const [heads, rule, ...lines] = claimTable(claims, columns, look).split('\n')
  const explained = lines.flatMap((line, index) => {
    const reason = claims[index]?.reason
    if (!reason) return [line]
    const said = index > 0 && claims[index - 1]?.reason === reason ? 'as above' : reason
    return [line, wrapText(`    ${said}`, look.terminal.columns, '    ')]
  })
  return `${[heads, rule, ...explained].join('\n')}\n`
}

/**
 * What the paper printed beside the values of a run under other conditions: differences, but no verdicts.
 *
 * @param context the flags that changed the conditions, and the claims the run answers
 */
export function describeWhatIf(
  exp: AnyExperiment,
  run: RunResult,
  context: { readonly changed: readonly string[]; readonly claims: readonly JudgedClaim[]; readonly look: ClaimLook },
): string {
  const { changed, claims, look } = context
  const hint =
    run.variant === PUBLISHED && variantNames(exp).includes(CORRECTED)
      ? `\nVariant ${PUBLISHED} keeps the mistakes behind the printed numbers; ${CORRECTED} leaves them out.`
      : ''
  const flags = look.markdown ? escapeMarkdown(changed.join(', ')) : changed.join(', ')
  const lead = `What if: ${flags}. These are not the paper's conditions, so nothing is judged.${hint}\n`
  const compared = claims.filter((claim) => claim.role !== 'input' && claim.predicted !== null)
  if (compared.length === 0) return lead
  return `${lead}\n${claimTable(compared, { error: 'difference' }, look)}\n`
}

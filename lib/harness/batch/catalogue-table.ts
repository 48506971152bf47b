import { csvText } from '../csv-text.ts'
import { alignedTable, secondsText } from '../format.ts'
import { literalTable } from '../markdown.ts'
import { PLAIN, type Terminal } from '../terminal.ts'
import { cutText, textWidth, wrapText } from '../text-width.ts'
import { OUTCOMES } from '../verdict.ts'
import { type Counts, countsInLetters, countsInWords, letterLegend, occurring } from '../verdict-look.ts'
import type { CatalogueEntry } from './catalogue.ts'

/** A title cut below this says little: the item, which the id repeats, makes room for it. */
const GOOD_TITLE = 20
/** Titles are never cut shorter than this; lines are longer than the terminal then. */
const MIN_TITLE = 12
const GAP = 2

/** Counts of claims: what is not known is a dash. */
function claimsText(verdicts: Counts | null, write: (counts: Counts) => string): string {
  return verdicts === null ? '-' : write(verdicts) || 'none'
}

/**
 * Experiments as a table. Titles are cut to the width of a terminal, and never elsewhere; on a narrow one the items
 * are left out.
 */
export function catalogueText(entries: readonly CatalogueEntry[], terminal: Terminal = PLAIN): string {
  const draw = (withItem: boolean, titleWidth: number) => {
    const heads = ['experiment', ...(withItem ? ['item'] : []), 'version', 'time [s]', 'claims', 'title']
    const rows = entries.map(({ id, item, version, seconds, verdicts, title }) => [
      id,
      ...(withItem ? [item] : []),
      version,
      secondsText(seconds),
      claimsText(verdicts, (counts) => countsInLetters(counts, terminal)),
      cutText(title, titleWidth),
    ])
    return alignedTable(
      heads,
      rows,
      heads.map((head) => head === 'time [s]'),
    )
  }
  // The rule below the headings is as wide as the widest line.
  const room = (withItem: boolean) =>
    Number(terminal.columns ?? Number.POSITIVE_INFINITY) -
    (textWidth(draw(withItem, 0).split('\n')[1] ?? '') - 'title'.length - GAP) -
    GAP
  const withItem = room(true) >= GOOD_TITLE
  const used = occurring(...entries.flatMap(({ verdicts }) => verdicts ?? []))
  const legend = used.length > 0 ? `\n\n${wrapText(`claims: ${letterLegend(used, terminal)}`, terminal.columns)}` : ''
  return `${draw(withItem, Math.max(MIN_TITLE, room(withItem)))}${legend}\n`
}

/** Experiments as a Markdown table. */
export function catalogueMarkdown(entries: readonly CatalogueEntry[]): string {
  const rows = entries.map(({ id, item, title, version, seconds, verdicts }) => [
    id,
    item,
    title,
    version,
    secondsText(seconds),
    claimsText(verdicts, (counts) => countsInWords(counts, PLAIN)),
  ])
  return `${literalTable(['experiment', 'item', 'title', 'version', 'time [s]', 'claims'], rows, {
    numeric: [false, false, false, false, true, false],
    summary: 'Experiments',
  })}\n`
}

/** Experiments as a JSON array, an experiment a line. */
export function catalogueJson(entries: readonly CatalogueEntry[]): string {
  return entries.length === 0 ? '[]\n' : `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]\n`
}

/** Experiments as CSV, with a column for each outcome; what is not known is empty. */
export function catalogueCsv(entries: readonly CatalogueEntry[]): string {
  const rows = entries.map(({ id, paper, item, title, version, seconds, verdicts }) => [
    id,
    paper,
    item,
    title,
    version,
    seconds,
    ...OUTCOMES.map((outcome) => (verdicts === null ? null : (verdicts[outcome] ?? 0))),
  ])
  const fields = ['id', 'paper', 'item', 'title', 'version', 'seconds', ...OUTCOMES]
  return csvText(fields, rows)
}

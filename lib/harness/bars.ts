import type { Terminal } from './terminal.ts'
import { type Counts, OUTCOME_LETTER, occurring, paintAs } from './verdict-look.ts'

const LEVELS = '▁▂▃▄▅▆▇█'

/** Values this close to each other, relative to their size, differ by rounding alone. */
const ROUNDING = 1e-9

/** Whether values are the same but for rounding. */
export function allEqual(values: readonly number[]): boolean {
  return Math.max(...values) - Math.min(...values) <= ROUNDING * Math.max(...values.map(Math.abs))
}

/** Values as a row of blocks, the lowest value the lowest block and the highest the highest; all equal in the middle. */
export function sparkline(values: readonly number[]): string {
  const low = Math.min(...values)
  const range = Math.max(...values) - low
  const equal = allEqual(values)
  const level = (value: number) => (equal ? 3 : Math.round(((value - low) / range) * (LEVELS.length - 1)))
  return values.map((value) => LEVELS[level(value)]).join('')
}

/** Splits `width` cells in proportion to the counts; what occurs gets one at least, at the cost of the largest. */
function shareCells(counts: readonly number[], width: number): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const shares = counts.map((count) => (width * count) / total)
  const cells = shares.map((share) => Math.max(1, Math.round(share)))
  const excess = () => cells.reduce((sum, count) => sum + count, -width)
  // The cell goes to or comes from where it is furthest from its share; one that has a single cell keeps it.
  while (excess() !== 0) {
    const step = excess() > 0 ? -1 : 1
    const need = cells.map((count, i) => (step < 0 && count === 1 ? -Infinity : step * ((shares[i] as number) - count)))
    const at = need.indexOf(Math.max(...need))
    if (need[at] === -Infinity) break
    cells[at] = (cells[at] as number) + step
  }
  return cells
}

/**
 * The verdicts' shares as one bar: blocks in their colours, or their letters where there is no colour. Every verdict
 * that occurs has one character at least.
 *
 * @param width characters; exceeded only where more verdicts occur than that
 */
export function shareBar(counts: Counts, width: number, terminal: Terminal): string {
  const verdicts = occurring(counts)
  if (verdicts.length === 0) return ''
  const cells = shareCells(
    verdicts.map((verdict) => counts[verdict] ?? 0),
    width,
  )
  return verdicts
    .map((verdict, index) =>
      paintAs(verdict, (terminal.colour ? '█' : OUTCOME_LETTER[verdict]).repeat(cells[index] as number), terminal),
    )
    .join('')
}

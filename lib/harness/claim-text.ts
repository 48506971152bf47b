import { formatCell } from './format.ts'
import type { JudgedClaim } from './judge.ts'
import { NEAR } from './verdict.ts'

/** What the paper printed, as the claim's bound reads it. */
export function printedText(claim: JudgedClaim): string {
  switch (claim.bound) {
    case 'predicate':
      return 'statement'
    case 'range':
      return `${claim.lo} to ${claim.hi}`
    case 'upto':
      return `≤ ${claim.value}`
    case 'atleast':
      return `≥ ${claim.value}`
    case 'approx':
      return `~ ${claim.value}`
    default:
      return claim.value
  }
}

/** A prediction for reading. */
export function predictedText(predicted: JudgedClaim['predicted']): string {
  if (typeof predicted === 'boolean') return predicted ? 'true' : 'false'
  if (typeof predicted === 'object' && predicted !== null) return predicted.map(formatCell).join(' to ')
  return formatCell(predicted)
}

/** How many claims of some are left out of every count; empty where none is. */
export function repeatsText(claims: readonly JudgedClaim[]): string {
  const repeats = claims.filter((claim) => claim.repeats !== null).length
  if (repeats === 0) return ''
  return repeats === 1
    ? '1 claim repeats another one and is not counted.'
    : `${repeats} claims repeat another one and are not counted.`
}

/** From here on a percentage is shown in powers of ten. */
const LONG_PERCENT = 1e6

/** A relative difference in percent; empty where there is none. */
export function percentText(relative: number | null): string {
  if (relative === null) return ''
  const percent = 100 * relative
  const digits = Math.abs(percent) < LONG_PERCENT ? percent.toFixed(2) : percent.toExponential(2)
  return `${relative >= 0 ? '+' : ''}${digits} %`
}

/** Characters on each side of the middle of an error bar. */
const SIDE = 6
/** Heading of a column of error bars, as wide as they are. */
export const ERROR_BAR_HEADING = '-25 % | +25 %'

/**
 * A relative error as a bar to the left or right of a middle line, in steps of half a character (2.1 %). It ends at
 * 25 %, the bound of `near`; a `<` or `>` says that the error is larger.
 *
 * @returns an empty text where there is no error
 */
export function errorBar(relative: number | null): string {
  if (relative === null) return ''
  const halves = Math.min(2 * SIDE, Math.round((2 * SIDE * Math.abs(relative)) / NEAR))
  const clipped = Math.abs(relative) > NEAR
  const full = '█'.repeat(clipped ? SIDE - 1 : halves >> 1)
  const half = !clipped && halves % 2 === 1
  if (relative < 0) return `${`${clipped ? '<' : half ? '▐' : ''}${full}`.padStart(SIDE)}│`
  return `${' '.repeat(SIDE)}│${full}${clipped ? '>' : half ? '▌' : ''}`
}

import { formatCell } from './format.ts'
import type { JudgedClaim } from './judge.ts'

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

/** From here on a percentage is shown in powers of ten. */
const LONG_PERCENT = 1e6

/** A relative difference in percent; empty where there is none. */
export function percentText(relative: number | null): string {
  if (relative === null) return ''
  const percent = 100 * relative
  const digits = Math.abs(percent) < LONG_PERCENT ? percent.toFixed(2) : percent.toExponential(2)
  return `${relative >= 0 ? '+' : ''}${digits} %`
}

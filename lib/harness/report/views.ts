import { percentText, predictedText, printedText } from '../claim-text.ts'
import { countVerdicts, type JudgedClaim } from '../judge.ts'
import { NEAR, OUTCOME_MEANING, type Outcome, outcomeOf } from '../verdict.ts'
import { countInWords, occurring } from '../verdict-look.ts'
import type { Fate } from './effects.ts'
import { type Fragment, type Html, html } from './html.ts'

/** An outcome as a coloured word; the colour only repeats what the word says. */
export function verdictBadge(outcome: Outcome): Html {
  return html`<span class="v ${outcome}">${outcome}</span>`
}

/** What becomes of a claim, as a coloured word. */
export function fateBadge(fate: Fate): Html {
  return html`<b class="fate ${fate.replaceAll(' ', '-')}">${fate}</b>`
}

/** Counts by verdict as coloured words. */
export function verdictSummary(claims: readonly JudgedClaim[]): Html {
  const counts = countVerdicts(claims)
  return html`<span class="vs">${occurring(counts).map((outcome) => html`<span class="v ${outcome}" title="${OUTCOME_MEANING[outcome]}">${countInWords(outcome, counts[outcome])}</span>`)}</span>`
}

/** Shares of the verdicts as one bar. */
export function verdictBar(claims: readonly JudgedClaim[]): Html {
  const counts = countVerdicts(claims)
  const present = occurring(counts)
  const label = present.map((outcome) => countInWords(outcome, counts[outcome])).join(', ')
  return html`<span class="bar" role="img" aria-label="${label}">${present.map((outcome) => html`<span class="b ${outcome}" style="flex-grow:${counts[outcome]}" title="${countInWords(outcome, counts[outcome])}"></span>`)}</span>`
}

/** A verdict with its reason below. */
export function verdictWithReason(outcome: Outcome, reason: string | null): Html {
  return html`${verdictBadge(outcome)}${reason !== null && html`<div class="why">${reason}</div>`}`
}

/** A claim's statement with its id below. */
export function claimWithStatement({ id, statement }: Pick<JudgedClaim, 'id' | 'statement'>): Html {
  return html`${statement}<div class="why"><code>${id}</code></div>`
}

const PERCENT = 100
/** Half of the error bar's width, in percent of it. */
const HALF = 50

/**
 * A relative error with a small bar around zero, full at 25 %. There is none where it could not be seen, where the printed
 * digits say no more than our value does, and where a bound holds, since being far from it is no error.
 */
export function errorCell({ relativeError: relative, verdict, bound }: JudgedClaim): Fragment {
  if (relative === null) return null
  const share = Math.min(Math.abs(relative) / NEAR, 1) * HALF
  const held = verdict === 'within' && (bound === 'upto' || bound === 'atleast')
  if (share < 1 || verdict === 'exact' || held) return percentText(relative)
  const left = relative < 0 ? HALF - share : HALF
  return html`${percentText(relative)}<span class="err" aria-hidden="true"><i style="left:${left.toFixed(1)}%;width:${share.toFixed(1)}%"></i></span>`
}

/**
 * Printed and predicted value of a claim, with its unit.
 *
 * @param digits significant digits of the predicted one; all that are shown elsewhere unless given
 */
export function claimValues(
  claim: JudgedClaim,
  { digits }: { readonly digits?: number } = {},
): { readonly printed: string; readonly ours: string } {
  const unit = claim.unit && claim.bound !== 'predicate' ? ` ${claim.unit}` : ''
  const printed = printedText(claim)
  const { predicted } = claim
  const short =
    digits !== undefined && typeof predicted === 'number' ? Number(predicted.toPrecision(digits)) : predicted
  const ours = predictedText(short)
  return {
    printed: claim.bound === 'predicate' ? printed : `${printed}${unit}`,
    ours: claim.predicted === null ? ours : `${ours}${unit}`,
  }
}

/** A share in percent, without decimals unless it would be a false 0 or 100. */
export function shareText(part: number, whole: number): string {
  if (whole === 0) return '-'
  const percent = (PERCENT * part) / whole
  const rounded = Math.round(percent)
  return `${(rounded === 0 && part > 0) || (rounded === PERCENT && part < whole) ? percent.toFixed(1) : rounded} %`
}

/** Heads of the columns that {@link claimCells} fills; to be set as `claims`. */
export const CLAIM_HEADS = ['claim', 'printed', 'ours', 'error', 'verdict'] as const

/** Why a claim has its verdict, and which claim it says over again. */
function reasonText({ reason, repeats }: JudgedClaim): string | null {
  return [repeats && `repeats ${repeats}`, reason].filter(Boolean).join('; ') || null
}

/**
 * A claim as a row: statement, printed, ours, error, verdict with reason.
 *
 * @param above the claim in the row before; a reason that both have is not said again
 */
export function claimCells(claim: JudgedClaim, above?: JudgedClaim): Fragment[] {
  const { printed, ours } = claimValues(claim)
  const reason = reasonText(claim)
  const again = reason !== null && above !== undefined && reason === reasonText(above)
  return [
    claimWithStatement(claim),
    printed,
    ours,
    errorCell(claim),
    verdictWithReason(outcomeOf(claim), again ? 'as above' : reason),
  ]
}

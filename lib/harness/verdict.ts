import type { Prediction } from './experiment.ts'
import type { Claim, Role } from './ledger.ts'
import { matchesPrinted, parsePrinted } from './printed.ts'

/** What became of a claim; best first within those that compare numbers. */
export const VERDICTS = [
  'exact',
  'within',
  'near',
  'trend',
  'off',
  'calibrated',
  'erratum',
  'input',
  'unreachable',
  'pending',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** What each verdict means, for help texts and reports. */
export const VERDICT_MEANING: Readonly<Record<Verdict, string>> = {
  exact: 'equal at the printed precision (62 is matched by 61.6), or the statement is true',
  within: 'within 5 %, or the printed bound holds',
  near: 'within 25 %',
  trend: 'the sign or order is right, the size is not',
  off: 'does not come out; the reason is stated',
  calibrated: 'used to fit a parameter; never counted as reproduced',
  erratum: 'the paper contradicts itself here; the arithmetic is shown',
  input: 'taken over from the paper, consistency-checked where possible',
  unreachable: "needs the authors' silicon, testbed or unpublished model",
  pending: 'no experiment covers it yet; never counted as good',
}

/**
 * What is said of a claim: its verdict, or of one that is judged in kind (see {@link Role}) whether it holds, so that the
 * two are never counted together.
 */
export const OUTCOMES = [...VERDICTS, 'holds', 'fails'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What each outcome means. */
export const OUTCOME_MEANING: Readonly<Record<Outcome, string>> = {
  ...VERDICT_MEANING,
  holds: 'judged in kind: true of networks trained here; never counted as a result of the paper',
  fails: 'judged in kind: not true of networks trained here; the reason is stated',
}

/** What is said of a claim with a role and a verdict. */
export function outcomeOf({ role, verdict }: { readonly role: Role; readonly verdict: Verdict }): Outcome {
  if (role !== 'in-kind') return verdict
  return verdict === 'exact' ? 'holds' : verdict === 'off' ? 'fails' : verdict
}

/** The outcomes that a report on some claims explains: those in kind only where there are such claims. */
export function explainedOutcomes(claims: readonly { readonly role: Role }[]): readonly Outcome[] {
  return claims.some(({ role }) => role === 'in-kind') ? OUTCOMES : VERDICTS
}

/** Largest relative error that counts as `within`. */
export const WITHIN = 0.05
/** Largest relative error that counts as `near`. */
export const NEAR = 0.25

/** A prediction held against what was printed. */
export interface Comparison {
  readonly verdict: 'exact' | 'within' | 'near' | 'trend' | 'off'
  /** (predicted - printed) / printed; null where the printed value is 0 or there is none. */
  readonly relativeError: number | null
  /** An upper or lower bound holds, whatever the distance to it. */
  readonly boundHolds?: true
}

function relative(predicted: number, printed: number): number | null {
  return printed === 0 ? null : (predicted - printed) / printed
}

function bySize(excess: number | null): 'within' | 'near' | 'off' {
  const size = excess === null ? Number.POSITIVE_INFINITY : Math.abs(excess)
  return size <= WITHIN ? 'within' : size <= NEAR ? 'near' : 'off'
}

/**
 * Holds a prediction against a claim.
 *
 * @param prediction in the ledger's unit; true or false for a predicate
 * @param trendAround side that counts as the right trend; ratios (unit x) default to 1
 * @throws {TypeError} if the prediction is not of the kind that the claim's bound asks for
 */
export function compareWithClaim(claim: Claim, prediction: Prediction, trendAround?: number): Comparison {
  const kindError = (wanted: string): never => {
    throw new TypeError(`Cannot judge ${claim.id}: its prediction must be ${wanted}, got ${JSON.stringify(prediction)}`)
  }
  if (claim.bound === 'predicate') {
    if (typeof prediction !== 'boolean') return kindError('true or false')
    return { verdict: prediction ? 'exact' : 'off', relativeError: null }
  }
  if (claim.bound === 'range') return compareWithRange(claim, prediction, kindError)
  if (typeof prediction !== 'number' || !Number.isFinite(prediction))
    return kindError(`a finite number (${claim.unit})`)
  const printed = parsePrinted(claim.value)
  const relativeError = relative(prediction, printed.value)
  if (matchesPrinted(printed, prediction)) return { verdict: 'exact', relativeError }
  const boundHolds =
    (claim.bound === 'upto' && prediction < printed.value) || (claim.bound === 'atleast' && prediction > printed.value)
  if (boundHolds) return { verdict: 'within', relativeError, boundHolds }
  const size = bySize(relativeError)
  const pivot = trendAround ?? (claim.unit === 'x' ? 1 : undefined)
  if (size === 'off' && pivot !== undefined && (prediction - pivot) * (printed.value - pivot) > 0) {
    return { verdict: 'trend', relativeError }
  }
  return { verdict: size, relativeError }
}

function compareWithRange(claim: Claim, prediction: Prediction, kindError: (wanted: string) => never): Comparison {
  const low = parsePrinted(claim.lo)
  const high = parsePrinted(claim.hi)
  if (typeof prediction === 'boolean') return kindError('a number or a pair of numbers')
  const [from, to] = typeof prediction === 'number' ? [prediction, prediction] : prediction
  if (!Number.isFinite(from) || !Number.isFinite(to)) return kindError('finite')
  if (from > to) return kindError('a pair in rising order')
  if (typeof prediction !== 'number' && matchesPrinted(low, from) && matchesPrinted(high, to)) {
    return { verdict: 'exact', relativeError: 0 }
  }
  const below = from < low.value && !matchesPrinted(low, from) ? relative(from, low.value) : 0
  const above = to > high.value && !matchesPrinted(high, to) ? relative(to, high.value) : 0
  if (below === null || above === null) return { verdict: 'off', relativeError: null }
  const worst = Math.abs(below) > Math.abs(above) ? below : above
  return { verdict: bySize(worst), relativeError: worst }
}

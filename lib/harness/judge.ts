import type { AnyExperiment, ClaimSpec, Erratum, Mark, Prediction, Reason } from './experiment.ts'
import type { LedgerClaim } from './ledger.ts'
import { didYouMean } from './nearest.ts'
import type { AnyParamValues } from './param.ts'
import { isPrinted, matchesPrinted, parsePrinted } from './printed.ts'
import type { AnyTables } from './table.ts'
import { compareWithClaim, OUTCOMES, type Outcome, outcomeOf, type Verdict } from './verdict.ts'

/** A claim with our prediction and what became of it. */
export interface JudgedClaim extends LedgerClaim {
  readonly predicted: Prediction | null
  readonly relativeError: number | null
  readonly verdict: Verdict
  /** Id of the experiment that answers for it. */
  readonly experiment: string | null
  /** Why it misses, what it would need, or how it was fitted. */
  readonly reason: string | null
}

/** What an experiment says of one claim; plain data, so that it crosses threads and survives in a cache. */
export interface ClaimAnswer {
  readonly id: string
  readonly predicted: Prediction | null
  readonly calibrated: string | null
  readonly unreachable: string | null
  readonly assumption: string | null
  readonly trendAround: number | null
}

function answer(id: string, spec: ClaimSpec, tables: AnyTables, params: AnyParamValues): ClaimAnswer {
  const none = { id, predicted: null, calibrated: null, unreachable: null, assumption: null, trendAround: null }
  if (typeof spec === 'object' && 'unreachable' in spec) return { ...none, unreachable: spec.unreachable }
  if (typeof spec === 'object' && 'assumption' in spec) return { ...none, assumption: spec.assumption }
  const { predict, calibrated, trendAround } =
    typeof spec === 'function' ? { predict: spec, calibrated: undefined, trendAround: undefined } : spec
  const predicted = predict(tables, params) ?? null
  const numbers = typeof predicted === 'number' ? [predicted] : Array.isArray(predicted) ? predicted : []
  // Left to JSON, a NaN would turn into "nothing was said".
  if (!numbers.every(Number.isFinite))
    throw new TypeError(`Cannot predict ${id}: the value must be finite, got ${predicted}`)
  return {
    ...none,
    predicted,
    calibrated: calibrated ? `${calibrated.parameter}: ${calibrated.method}; feasible: ${calibrated.window}` : null,
    trendAround: trendAround ?? null,
  }
}

/** What an experiment answers to each of its claims, given one run's tables. */
export function answerClaims(exp: AnyExperiment, tables: AnyTables, params: AnyParamValues): ClaimAnswer[] {
  return Object.entries(exp.claims).map(([id, spec]) => answer(id, spec, tables, params))
}

/**
 * Judges one claim.
 *
 * @param answer what its experiment says
 * @throws {TypeError} if the answer is not of the kind the claim asks for
 */
export function judgeClaim(
  claim: LedgerClaim,
  given: ClaimAnswer,
  context: {
    readonly experiment: string
    readonly reason?: Reason | undefined
    readonly erratum?: Erratum | undefined
  },
): JudgedClaim {
  const { experiment, reason, erratum } = context
  const judged = {
    ...claim,
    predicted: given.predicted,
    relativeError: null,
    experiment,
    reason: reason ? `${reason.kind}: ${reason.text}` : null,
  }
  const notPredicted = given.unreachable !== null || given.assumption !== null
  if (claim.role === 'in-kind' && (notPredicted || given.calibrated !== null)) {
    const got = notPredicted ? 'no prediction' : 'a fit'
    throw new TypeError(`Cannot judge ${claim.id}: an in-kind claim must be predicted by networks, got ${got}`)
  }
  if (given.unreachable !== null) return { ...judged, verdict: 'unreachable', reason: given.unreachable }
  if (given.assumption !== null) {
    if (claim.role !== 'input') {
      throw new TypeError(`Cannot judge ${claim.id}: a result must be predicted or unreachable, got an assumption`)
    }
    return { ...judged, verdict: 'input', reason: given.assumption }
  }
  if (given.predicted === null) return { ...judged, verdict: 'pending' }
  const { verdict, relativeError, boundHolds } = compareWithClaim(
    claim,
    given.predicted,
    given.trendAround ?? undefined,
  )
  const compared = { ...judged, relativeError }
  if (given.calibrated !== null && (verdict === 'exact' || verdict === 'within')) {
    return { ...compared, verdict: 'calibrated', reason: given.calibrated }
  }
  if (verdict === 'exact') return { ...compared, verdict: claim.role === 'input' ? 'input' : 'exact' }
  // A slip in a paper is no excuse for networks that it never saw.
  if (erratum && claim.role !== 'in-kind' && confirms(erratum, given.predicted)) {
    return {
      ...compared,
      verdict: 'erratum',
      reason: `printed ${erratum.printed}, should be ${erratum.shouldBe}: ${erratum.arithmetic}`,
    }
  }
  return {
    ...compared,
    verdict: claim.role === 'input' ? 'off' : verdict,
    reason: compared.reason ?? (boundHolds ? 'the bound holds' : null),
  }
}

/**
 * An erratum excuses a miss only where our prediction is what it says should have been printed, or a statement comes out
 * false whose correction it gives.
 */
function confirms(erratum: Erratum, predicted: Prediction): boolean {
  if (predicted === false) return erratum.shouldBe !== 'undecided'
  if (typeof predicted !== 'number') return false
  const text = erratum.shouldBe.split(' ')[0] ?? ''
  return isPrinted(text) && matchesPrinted(parsePrinted(text), predicted)
}

/**
 * Judges all claims an experiment answers for.
 *
 * @param answers from {@link answerClaims}, of the variant that is judged
 * @throws {RangeError} if the experiment answers for a claim that is in no ledger, or leads with one judged in kind
 */
export function judgeExperiment(
  exp: Pick<AnyExperiment, 'id' | 'reasons' | 'errata' | 'headlines'>,
  answers: readonly ClaimAnswer[],
  ledger: ReadonlyMap<string, LedgerClaim>,
): JudgedClaim[] {
  const known = (id: string): LedgerClaim => {
    const claim = ledger.get(id)
    if (!claim) {
      throw new RangeError(
        `Cannot judge ${exp.id}: ${id} must be a claim of golden/papers${didYouMean(id, [...ledger.keys()])}`,
      )
    }
    return claim
  }
  for (const id of [...Object.keys(exp.reasons ?? {}), ...(exp.errata ?? []).flatMap((e) => e.claims ?? [])]) known(id)
  const ours = Object.keys(exp.headlines ?? {}).find((id) => known(id).role === 'in-kind')
  if (ours !== undefined)
    throw new RangeError(`Cannot judge ${exp.id}: a headline must be what a paper leads with, got ${ours}, in kind`)
  return answers.map((given) =>
    judgeClaim(known(given.id), given, {
      experiment: exp.id,
      reason: exp.reasons?.[given.id],
      erratum: exp.errata?.find((e) => e.claims?.includes(given.id)),
    }),
  )
}

/**
 * The state of every claim of the ledgers: judged where an experiment answers for it; as the claim it repeats where
 * only that one is answered; pending otherwise.
 *
 * @param judged claims of all experiments
 * @returns all claims in ledger order
 * @throws {RangeError} if two experiments answer for the same claim
 */
export function judgeLedger(ledger: ReadonlyMap<string, LedgerClaim>, judged: readonly JudgedClaim[]): JudgedClaim[] {
  const byId = new Map<string, JudgedClaim>()
  for (const claim of judged) {
    const other = byId.get(claim.id)
    if (other) {
      throw new RangeError(
        `Cannot judge ${claim.id}: one experiment must answer for it, got ${other.experiment} and ${claim.experiment}`,
      )
    }
    byId.set(claim.id, claim)
  }
  const pending = (claim: LedgerClaim): JudgedClaim => ({
    ...claim,
    predicted: null,
    relativeError: null,
    verdict: 'pending',
    experiment: null,
    reason: null,
  })
  return [...ledger.values()].map((claim) => {
    const own = byId.get(claim.id)
    const original = claim.repeats === null ? undefined : byId.get(claim.repeats)
    if (own || !original) return own ?? pending(claim)
    const sameKind = original.bound === claim.bound && original.unit === claim.unit && original.predicted !== null
    if (!sameKind)
      return { ...pending(claim), verdict: original.verdict, experiment: original.experiment, reason: original.reason }
    const { verdict, relativeError } = compareWithClaim(claim, original.predicted)
    const comparable = ['exact', 'within', 'near', 'trend', 'off'].includes(original.verdict)
    return {
      ...claim,
      predicted: original.predicted,
      relativeError,
      verdict: comparable ? verdict : original.verdict,
      experiment: original.experiment,
      reason: original.reason,
    }
  })
}

/** Numbers of one paper's or all papers' claims by outcome; repeated claims are left out. */
export type OutcomeCounts = Readonly<Record<Outcome, number>> & { readonly total: number }

/**
 * Counts claims by verdict, leaving out those that repeat another; claims judged in kind count as holding or failing
 * alone, never as exact or off.
 */
export function countVerdicts(claims: readonly JudgedClaim[]): OutcomeCounts {
  const counted = claims.filter((claim) => claim.repeats === null)
  const counts = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, counted.filter((claim) => outcomeOf(claim) === outcome).length]),
  )
  return { ...(counts as Record<Outcome, number>), total: counted.length }
}

/** The numeric claims of an experiment as marks for its figure. */
export function marksOf(claims: readonly JudgedClaim[]): Mark[] {
  return claims.flatMap((claim) =>
    typeof claim.predicted === 'number' && claim.value !== ''
      ? [
          {
            id: claim.id,
            unit: claim.unit,
            conditions: claim.conditions === '' ? {} : (JSON.parse(claim.conditions) as Record<string, unknown>),
            printed: parsePrinted(claim.value).value,
            predicted: claim.predicted,
          },
        ]
      : [],
  )
}

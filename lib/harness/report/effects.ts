import type { JudgedExperiment } from '../batch/mod.ts'
import type { JudgedClaim } from '../judge.ts'
import { WITHIN } from '../verdict.ts'

/** Verdicts under which a published number still stands: within 5 %, or true. */
const STANDS = ['exact', 'within', 'calibrated', 'input']

/** One claim under the judged and another variant. */
export interface VariantEffect {
  readonly variant: string
  readonly judged: JudgedClaim
  readonly other: JudgedClaim
  /** Whether the claim holds under the other variant, within 5 % or as a statement. */
  readonly survives: boolean
  /** Whether it holds as judged. */
  readonly stood: boolean
}

/** What becomes of a claim under another variant. */
export type Fate = 'stands' | 'holds as a bound' | 'comes true' | 'falls' | 'never stood'

/**
 * What becomes of a claim under another variant. "Up to 7" is not contradicted by 5.4, but it is not borne out either:
 * it holds as a bound.
 */
export function fateOf({ other, stood, survives }: VariantEffect): Fate {
  if (!survives) return stood ? 'falls' : 'never stood'
  if (other.relativeError !== null && Math.abs(other.relativeError) > WITHIN) return 'holds as a bound'
  return stood ? 'stands' : 'comes true'
}

/** Claims whose prediction another variant changes. */
export function variantEffects({ claims, claimsByVariant }: JudgedExperiment): VariantEffect[] {
  const [, ...others] = Object.entries(claimsByVariant)
  return others.flatMap(([variant, otherClaims]) =>
    otherClaims.flatMap((other) => {
      const judged = claims.find((claim) => claim.id === other.id)
      // What the paper misprinted has no published value to stand or fall.
      if (!judged || judged.verdict === 'erratum') return []
      if (JSON.stringify(judged.predicted) === JSON.stringify(other.predicted)) return []
      return [
        {
          variant,
          judged,
          other,
          survives: STANDS.includes(other.verdict),
          stood: STANDS.includes(judged.verdict),
        },
      ]
    }),
  )
}

/** Whether a claim says an order or a bound, and not a number. */
export function isStatement({ predicted, bound }: JudgedClaim): boolean {
  return typeof predicted === 'boolean' || bound === 'upto' || bound === 'atleast'
}

/** Orderings and bounds that hold as published, under another variant. */
export interface StatementFate {
  readonly variant: string
  readonly judged: JudgedClaim
  readonly other: JudgedClaim
  readonly survives: boolean
}

/** What becomes of the orderings and bounds that hold as published. */
export function statementFates({ claims, claimsByVariant }: JudgedExperiment): StatementFate[] {
  const holds = (verdict: string) => verdict === 'exact' || verdict === 'within'
  const [, ...others] = Object.entries(claimsByVariant)
  return others.flatMap(([variant, otherClaims]) =>
    otherClaims.filter(isStatement).flatMap((other) => {
      const judged = claims.find((claim) => claim.id === other.id)
      return judged && holds(judged.verdict) ? [{ variant, judged, other, survives: holds(other.verdict) }] : []
    }),
  )
}

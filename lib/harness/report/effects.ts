import type { JudgedExperiment } from '../batch/mod.ts'
import { CORRECTED } from '../experiment.ts'
import type { JudgedClaim } from '../judge.ts'
import { WITHIN } from '../verdict.ts'

/**
 * What becomes of a claim under another variant.
 *
 * - `stands`: true, or within 5 %, as before; `comes true`: it was not before; `falls`: it was; `never stood`: neither.
 * - `holds as a bound`: "up to 7" is not contradicted by 5.4, but not borne out either.
 * - `still fits`, `no longer fits`: it served to fit a parameter, so that its standing proves nothing.
 * - `misprint`: the paper contradicts itself here, so that there is no published value to stand or fall.
 * - `not answered`: the other rules do away with what it is about.
 */
export const FATES = [
  'stands',
  'holds as a bound',
  'comes true',
  'falls',
  'never stood',
  'still fits',
  'no longer fits',
  'misprint',
  'not answered',
] as const
export type Fate = (typeof FATES)[number]

/** One claim under the judged and another variant, whose prediction differs. */
export interface VariantEffect {
  readonly variant: string
  readonly judged: JudgedClaim
  readonly other: JudgedClaim
  readonly fate: Fate
}

function isBound({ bound }: JudgedClaim): boolean {
  return bound === 'upto' || bound === 'atleast'
}

/** Whether a claim says an order or a bound, and not a number. */
export function isStatement(claim: JudgedClaim): boolean {
  return claim.bound === 'predicate' || isBound(claim)
}

/** Whether a claim is borne out: true, or within 5 %. */
function holds({ verdict }: JudgedClaim): boolean {
  return verdict === 'exact' || verdict === 'within' || verdict === 'input'
}

/** What becomes of a claim under another variant that predicts something else. */
export function fateOf(judged: JudgedClaim, other: JudgedClaim): Fate {
  if (other.predicted === null) return 'not answered'
  const far = other.relativeError !== null && Math.abs(other.relativeError) > WITHIN
  if (judged.verdict === 'calibrated') {
    // The other prediction is judged calibrated as well where it comes close, or keeps a bound.
    return other.verdict === 'calibrated' && !far ? 'still fits' : 'no longer fits'
  }
  if (judged.verdict === 'erratum') return holds(other) ? 'comes true' : 'misprint'
  if (!holds(other)) return holds(judged) ? 'falls' : 'never stood'
  if (other.bound === 'upto' && other.verdict !== 'exact' && far) return 'holds as a bound'
  return holds(judged) ? 'stands' : 'comes true'
}

/** Claims whose prediction another variant changes. */
export function variantEffects({ claims, claimsByVariant }: JudgedExperiment): VariantEffect[] {
  const [, ...others] = Object.entries(claimsByVariant)
  return others.flatMap(([variant, otherClaims]) =>
    otherClaims.flatMap((other) => {
      const judged = claims.find((claim) => claim.id === other.id)
      if (!judged || judged.repeats !== null) return []
      if (JSON.stringify(judged.predicted) === JSON.stringify(other.predicted)) return []
      return [{ variant, judged, other, fate: fateOf(judged, other) }]
    }),
  )
}

/** Claims of the paper that the corrected rules change, where they are not the ones that are judged. */
export function corrections(judged: JudgedExperiment): VariantEffect[] {
  return variantEffects(judged).filter(({ variant, judged: { role } }) => variant === CORRECTED && role !== 'in-kind')
}

/** Effects by fate in words, e.g. "2 stand". */
export function fatesInWords(effects: readonly VariantEffect[]): string {
  return FATES.map((fate) => [fate, effects.filter((effect) => effect.fate === fate).length] as const)
    .filter(([, count]) => count > 0)
    .map(([fate, count]) => `${count} ${fate}`)
    .join(', ')
}

/** Orders and bounds the papers found that hold as published: how many there are, and how many hold under the corrected rules. */
export function survivingStatements(experiments: readonly JudgedExperiment[]): {
  readonly total: number
  readonly survive: number
} {
  const answered = experiments.flatMap(({ claims, claimsByVariant }) => {
    const [judgedVariant] = Object.keys(claimsByVariant)
    const corrected = judgedVariant === CORRECTED ? [] : (claimsByVariant[CORRECTED] ?? [])
    return claims.flatMap((claim) => {
      if (!isStatement(claim) || claim.repeats !== null || claim.role !== 'result' || !holds(claim)) return []
      const other = corrected.find(({ id }) => id === claim.id)
      return other && other.predicted !== null ? [holds(other)] : []
    })
  })
  return { total: answered.length, survive: answered.filter(Boolean).length }
}

import type { Rng } from '../../numeric/mod.ts'
import { pick, pickOther } from '../babi/draw.ts'
import { type Claim, qualitiesLike, thingsLike } from './claims.ts'
import { HOLDERS, MODIFIERS, type ThingKind, WHOLES } from './lexicon.ts'

/** One of the things of which a claim consists. */
export type Detail = 'thing' | 'modifier' | 'whole' | 'quality' | 'side' | 'holder'

/** The details that a claim has, `side` aside. */
export function detailsOf({ thing, holder }: Claim): Detail[] {
  const details: Detail[] = ['thing', 'quality']
  if (thing.modifier) details.push('modifier')
  if (thing.whole) details.push('whole')
  if (holder) details.push('holder')
  return details
}

/** A claim that differs from another in one detail, which it must have; `not` is a kind of thing it may not be about. */
export function changed(
  rng: Rng,
  claim: Claim,
  { detail, not }: { readonly detail: Detail; readonly not?: ThingKind | undefined },
): Claim {
  const { thing, quality, holder } = claim
  switch (detail) {
    case 'thing': {
      const kinds = thingsLike(thing).filter((kind) => kind !== not)
      return { ...claim, thing: { ...thing, kind: pickOther(rng, kinds, thing.kind) } }
    }
    case 'modifier':
      return { ...claim, thing: { ...thing, modifier: pickOther<string>(rng, MODIFIERS, thing.modifier) } }
    case 'whole':
      return { ...claim, thing: { ...thing, whole: pickOther(rng, WHOLES, thing.whole) } }
    case 'quality':
      return { ...claim, quality: pickOther(rng, qualitiesLike(quality), quality) }
    case 'holder':
      return { ...claim, holder: pickOther(rng, HOLDERS, holder) }
    default:
      return { ...claim, positive: !claim.positive }
  }
}

/** One of the details of a claim, each as likely. */
export const anyDetail = (rng: Rng, claim: Claim): Detail => pick(rng, detailsOf(claim))

import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, pickOther } from '../babi/draw.ts'
import {
  ADJECTIVES,
  HOLDERS,
  MODIFIERS,
  PARTS_OF_WHOLES,
  type Quality,
  type ThingKind,
  VERBS,
  WHOLES,
} from './lexicon.ts'

/** A thing: what it is, which of several, and of what it is a part. */
export interface Thing {
  readonly kind: ThingKind
  readonly modifier: string | undefined
  readonly whole: ThingKind | undefined
}

/**
 * What a clause means: a thing has a quality or its opposite, and for a quality said by a verb, in whose eyes. Two
 * clauses mean the same if and only if their claims are equal in all five.
 */
export interface Claim {
  readonly thing: Thing
  readonly quality: Quality
  readonly positive: boolean
  /** Who likes or dislikes the thing: an entry of HOLDERS; none with adjectives. */
  readonly holder: readonly string[] | undefined
}

const THINGS: readonly ThingKind[] = [...WHOLES, ...PARTS_OF_WHOLES]

const MODIFIED = 0.25
const OF_A_WHOLE = 0.2
const BY_VERB = 0.3

/** The qualities said in the same way as a quality: the first of them is the one the others imply. */
export const qualitiesLike = (quality: Quality): readonly [Quality, ...Quality[]] => (quality.verb ? VERBS : ADJECTIVES)

/** The things that can stand in the place of a thing, itself included. */
export const thingsLike = ({ whole }: Thing): readonly ThingKind[] => (whole ? PARTS_OF_WHOLES : THINGS)

/**
 * A random claim.
 *
 * @param positive whether the quality or its opposite is claimed
 * @param not a kind of thing that it is not about
 */
export function drawClaim(
  rng: Rng,
  { positive, not }: { readonly positive: boolean; readonly not?: ThingKind | undefined },
): Claim {
  const kind = pickOther(rng, THINGS, not)
  const verb = chance(rng, BY_VERB)
  return {
    thing: {
      kind,
      modifier: chance(rng, MODIFIED) ? pick(rng, MODIFIERS) : undefined,
      whole: PARTS_OF_WHOLES.includes(kind) && chance(rng, OF_A_WHOLE) ? pick(rng, WHOLES) : undefined,
    },
    quality: pick(rng, verb ? VERBS : ADJECTIVES),
    positive,
    holder: verb ? pick(rng, HOLDERS) : undefined,
  }
}

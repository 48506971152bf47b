import type { Rng } from '../../numeric/mod.ts'
import { chance, pick } from '../babi/draw.ts'
import type { Claim, Thing } from './claims.ts'
import {
  BE,
  BE_NEGATORS,
  DEGREES,
  EVERYBODY,
  NOBODY,
  type Quality,
  SEEM,
  SEEM_NEGATORS,
  VERB_DEGREES,
  VERB_NEGATORS,
} from './lexicon.ts'

/** Chooses one of the words that mean the same. */
export type Choose = (words: readonly string[]) => string

/** How a claim is said. */
export interface Saying {
  readonly rng: Rng
  /** Says the opposite quality and denies it. */
  readonly denied: boolean
  /** @default any of the words, each as likely */
  readonly choose?: Choose
  /** Another quality of the thing, said by an adjective, alike positive or not. */
  readonly also?: Quality | undefined
}

const WITH_DEGREE = 0.4

/** The words of a phrase of several. */
export const wordsOf = (phrase: string): string[] => phrase.split(' ')

/**
 * A clause that makes a claim:
 *
 * - "THING BE ADJECTIVE" or "THING SEEM ADJECTIVE", with or without a degree before the adjective;
 * - "HOLDER VERB THING", with or without "really" or "truly" before the verb;
 * - with another adjective "THING BE ADJECTIVE and ADJECTIVE".
 *
 * To deny is to say the word of the opposite quality behind a negator: "not", "never", "hardly" or "far from" after BE;
 * "hardly" or "far from" after SEEM; "never" or "hardly" before a verb of "i" or "we"; "nobody" in the place of
 * "everyone"; "neither ADJECTIVE nor ADJECTIVE". So "not good" means just what "bad" means.
 */
export function clause(claim: Claim, saying: Saying): string[] {
  return claim.holder ? verbClause(claim, claim.holder, saying) : adjectiveClause(claim, saying)
}

function adjectiveClause(claim: Claim, { rng, denied, also, choose = (words) => pick(rng, words) }: Saying): string[] {
  const said = claim.positive === denied ? 'negative' : 'positive'
  const words = thing(claim.thing, { rng, choose })
  const seems = chance(rng, 1 / 3)
  words.push(pick(rng, seems ? SEEM : claim.thing.kind.plural ? BE.many : BE.one))
  if (denied && also) {
    words.push('neither', choose(claim.quality[said]), 'nor', choose(also[said]))
    return words
  }
  if (denied) words.push(...wordsOf(pick(rng, seems ? SEEM_NEGATORS : BE_NEGATORS)))
  if (chance(rng, WITH_DEGREE)) words.push(pick(rng, DEGREES))
  words.push(choose(claim.quality[said]))
  if (also) words.push('and', choose(also[said]))
  return words
}

function verbClause(
  claim: Claim,
  holder: readonly string[],
  { rng, denied, choose = (words) => pick(rng, words) }: Saying,
): string[] {
  const words: string[] = []
  if (denied && holder === EVERYBODY) words.push(NOBODY)
  else {
    words.push(choose(holder))
    if (denied) words.push(pick(rng, VERB_NEGATORS))
  }
  if (chance(rng, WITH_DEGREE)) words.push(pick(rng, VERB_DEGREES))
  words.push(choose(claim.quality[claim.positive === denied ? 'negative' : 'positive']))
  words.push(...thing(claim.thing, { rng, choose }))
  return words
}

/** "the film", "this new film", "these first songs of the show". */
function thing(
  { kind, modifier, whole }: Thing,
  { rng, choose }: { readonly rng: Rng; readonly choose: Choose },
): string[] {
  const words = [pick(rng, ['the', kind.plural ? 'these' : 'this'])]
  if (modifier) words.push(modifier)
  words.push(choose(kind.words))
  if (whole) words.push('of', 'the', choose(whole.words))
  return words
}

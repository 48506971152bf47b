import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, pickOther } from '../babi/draw.ts'
import { drawClaim } from './claims.ts'
import { clause, wordsOf } from './clauses.ts'
import { contrast } from './contrast.ts'
import * as lexicon from './lexicon.ts'
import type { Example, Wanted } from './types.ts'

/** Sentences have this many words. */
const SHORTEST = 5
const LONGEST = 24

const WITH_STARTER = 0.25
const WITH_FRAME = 0.2
const WITH_ALSO = 0.15
const TWO_CLAUSES = 0.5

/** How a claim is denied at level 2, where all clauses mean the same side. */
const DENIED_WITHIN = 0.4
const DENIED_TWICE = 0.2
const BOTH_DENIED = 0.6

/** How often a clause of levels 3 and 4 is denied. */
const DENIED_IN_CONTRAST = 0.25
const DENIED_IN_REPORT = 0.2

const LEVELS = [agreeing, denying, contrasting, reporting] as const

/** How many levels the task has. */
export const SENTIMENT_LEVELS = LEVELS.length

/**
 * A sentence that says something good (label 1) or bad (label 0), or nothing if what was drawn is too short, too long,
 * or not accepted. A clause is good if its claim is positive (see {@link clause}). By level:
 *
 * 1. one clause, or two joined by "and", none denied, both alike; perhaps after a plain frame such as "i think that";
 * 2. one clause, or two joined by "and" that mean alike, with at least one clause denied; or a frame such as "it is not
 *    true that" and one clause, whose opposite is meant: if the clause is denied too, the two denials cancel;
 * 3. two clauses of which one means good and one bad: the main one counts (see {@link contrast});
 * 4. somebody's opinion, of one clause or of two joined by "and" that mean alike, and whether the speaker shares it:
 *    "my friend said that CLAUSE and i agree", "i disagree with the critics that CLAUSE". The label is that of the
 *    clauses if it is shared, else the other. "wrong", "disagree", and "not" before "right" or "agree" tell that it is
 *    not; two of them tell that it is.
 *
 * Any sentence may begin with a word or two that mean nothing, such as "in fact".
 */
export function drawSentiment(rng: Rng, { level, label, accepts }: Wanted): Example | undefined {
  const words = chance(rng, WITH_STARTER) ? wordsOf(pick(rng, lexicon.STARTERS)) : []
  const draw = LEVELS[level - 1] as (typeof LEVELS)[number]
  words.push(...draw(rng, label === 1))
  const fits = words.length >= SHORTEST && words.length <= LONGEST
  return fits && accepts(words) ? { words, label, level } : undefined
}

function agreeing(rng: Rng, positive: boolean): string[] {
  const frame = chance(rng, WITH_FRAME) ? wordsOf(pick(rng, lexicon.PLAIN_FRAMES)) : []
  return [...frame, ...clauses(rng, { positive, denied: [false, false], two: chance(rng, TWO_CLAUSES) })]
}

function denying(rng: Rng, positive: boolean): string[] {
  if (chance(rng, TWO_CLAUSES)) {
    const first = rng.integer(2) === 0
    const denied = chance(rng, BOTH_DENIED) ? [true, true] : [first, !first]
    return clauses(rng, { positive, denied, two: true })
  }
  const way = rng.next()
  if (way < DENIED_WITHIN) return clauses(rng, { positive, denied: [true], two: false })
  const frame = wordsOf(pick(rng, lexicon.DENYING_FRAMES))
  const twice = way < DENIED_WITHIN + DENIED_TWICE
  return [...frame, ...clauses(rng, { positive: !positive, denied: [twice], two: false })]
}

function contrasting(rng: Rng, positive: boolean): string[] {
  const main = drawClaim(rng, { positive })
  const side = drawClaim(rng, { positive: !positive, not: main.thing.kind })
  return contrast(rng, {
    main: clause(main, { rng, denied: chance(rng, DENIED_IN_CONTRAST) }),
    side: clause(side, { rng, denied: chance(rng, DENIED_IN_CONTRAST) }),
  })
}

function reporting(rng: Rng, positive: boolean): string[] {
  const shared = rng.integer(2) === 0
  const denied = [chance(rng, DENIED_IN_REPORT), chance(rng, DENIED_IN_REPORT)]
  const opinion = clauses(rng, { positive: positive === shared, denied, two: chance(rng, 1 / 3) })
  const reporter = wordsOf(pick(rng, lexicon.REPORTERS))
  if (chance(rng, 1 / 3)) {
    const stance = wordsOf(pick(rng, shared ? lexicon.ASSENTS_WITH : lexicon.DISSENTS_WITH))
    return [...stance, ...reporter, 'that', ...opinion]
  }
  const joint = pick(rng, [',', 'and', shared ? 'and' : 'but'])
  const stance = wordsOf(pick(rng, shared ? lexicon.ASSENTS : lexicon.DISSENTS))
  return [...reporter, pick(rng, lexicon.REPORTED), 'that', ...opinion, joint, ...stance]
}

/** One clause, or two about different things joined by "and", that mean alike. */
function clauses(
  rng: Rng,
  { positive, denied, two }: { readonly positive: boolean; readonly denied: readonly boolean[]; readonly two: boolean },
): string[] {
  const claim = drawClaim(rng, { positive })
  const also = chance(rng, WITH_ALSO) ? pickOther(rng, lexicon.ADJECTIVES, claim.quality) : undefined
  const first = clause(claim, { rng, denied: denied[0] === true, also })
  if (!two) return first
  const other = drawClaim(rng, { positive, not: claim.thing.kind })
  return [...first, 'and', ...clause(other, { rng, denied: denied[1] === true })]
}

import type { Rng } from '../../numeric/mod.ts'
import { chance, pick } from '../babi/draw.ts'
import { anyDetail, changed } from './changes.ts'
import { type Claim, drawClaim } from './claims.ts'
import { type Choose, clause } from './clauses.ts'
import { contrast } from './contrast.ts'
import { drawDenied, drawPair } from './pairs.ts'
import type { Example, Wanted } from './types.ts'

/** How often a word of the first sentence is replaced by the other word that means the same, if the meaning stays. */
const REPLACED = 0.5

/** The same if the meaning changes, by level: less often, as most changes replace a word too, but few do at level 3. */
const REPLACED_IN_MISS = [0.2, 0.2, 0.45] as const

/** How often a near miss of one clause claims the opposite, and of the others how often of another thing. */
const OPPOSITE = 0.5
const OTHER_THING = 0.6

/** What a sentence means: a claim, or two of which one counts more. */
interface Meaning {
  readonly main: Claim
  readonly side?: Claim
}

/** How many levels the task has. */
export const PARAPHRASE_LEVELS = 3

/**
 * A pair of sentences that mean the same (label 1) or nearly so (label 0), or nothing if none was found that is
 * accepted. Means the same what makes equal claims (see `Claim`): other words of the same meaning, "this" for "the",
 * other forms of "be" or "seem", degrees and denials of the opposite change nothing. By level:
 *
 * 1. one clause each, not denied; a near miss claims the opposite, or differs in the thing, its modifier, its whole, the
 *    quality, or who judges;
 * 2. one clause each, at least one of the two denied; near misses as at level 1;
 * 3. two clauses each, in contrast, one good and one bad, none denied: the same claims must count most and least. A near
 *    miss swaps what is claimed of the two things, or which of the clauses counts, or both; or one claim differs in a
 *    detail.
 *
 * Words are replaced more often where the meaning stays, so that pairs of both classes share about as many words.
 */
export function drawParaphrase(rng: Rng, { level, label, accepts }: Wanted): Example | undefined {
  const meaning = level === 3 ? drawTwo(rng) : { main: drawClaim(rng, { positive: rng.integer(2) === 0 }) }
  const other = label === 1 ? meaning : level === 3 ? changeTwo(rng, meaning) : { main: changeOne(rng, meaning.main) }
  const odds = label === 1 ? REPLACED : (REPLACED_IN_MISS[level - 1] as number)
  const denied = level === 2 ? drawDenied(rng) : [false, false]
  return drawPair({
    level,
    label,
    accepts,
    first: () => say(rng, meaning, { denied: denied[0] === true }),
    second: (first) => say(rng, other, { denied: denied[1] === true, choose: otherWords(rng, { first, odds }) }),
  })
}

/** A sentence that means this; a denied one has one claim. */
function say(
  rng: Rng,
  { main, side }: Meaning,
  { denied, choose }: { readonly denied: boolean; readonly choose?: Choose },
): string[] {
  const saying = { rng, denied, ...(choose && { choose }) }
  const words = clause(main, saying)
  return side ? contrast(rng, { main: words, side: clause(side, saying) }) : words
}

/** Of the words that mean the same, one that is not in the first sentence with the given odds. */
function otherWords(rng: Rng, { first, odds }: { readonly first: readonly string[]; readonly odds: number }): Choose {
  return (words) => {
    const used = words.find((word) => first.includes(word))
    const unused = words.find((word) => word !== used)
    if (used === undefined || unused === undefined) return pick(rng, words)
    return chance(rng, odds) ? unused : used
  }
}

function changeOne(rng: Rng, claim: Claim): Claim {
  if (chance(rng, OPPOSITE)) return changed(rng, claim, { detail: 'side' })
  return changed(rng, claim, { detail: chance(rng, OTHER_THING) ? 'thing' : anyDetail(rng, claim) })
}

function drawTwo(rng: Rng): Meaning {
  const positive = rng.integer(2) === 0
  const main = drawClaim(rng, { positive })
  return { main, side: drawClaim(rng, { positive: !positive, not: main.thing.kind }) }
}

function changeTwo(rng: Rng, { main, side = main }: Meaning): Meaning {
  const way = rng.integer(4)
  if (way === 0) return { main: side, side: main }
  if (way === 1) return { main: { ...side, thing: main.thing }, side: { ...main, thing: side.thing } }
  if (way === 2) return { main: { ...main, thing: side.thing }, side: { ...side, thing: main.thing } }
  const first = rng.integer(2) === 0
  return {
    main: first ? changed(rng, main, { detail: anyDetail(rng, main), not: side.thing.kind }) : main,
    side: first ? side : changed(rng, side, { detail: anyDetail(rng, side), not: main.thing.kind }),
  }
}

import type { Rng } from '../../numeric/mod.ts'
import { chance, pick } from '../babi/draw.ts'
import { anyDetail, changed } from './changes.ts'
import { type Claim, drawClaim } from './claims.ts'
import { type Choose, clause, statement } from './clauses.ts'
import { contrast } from './contrast.ts'
import { drawPair } from './pairs.ts'
import type { Example, Wanted } from './types.ts'

/** How often a word of the first sentence is replaced by the other word that means the same, if the meaning stays. */
const REPLACED = 0.75

/** How often a sentence of level 2 and a clause of level 3 are denied, and what differs. */
const DENIED = 0.7
const DENIED_IN_CONTRAST = 0.2
const SIDE_CHANGED = 0.6

/** What a sentence means: a claim, or two of which one counts more. */
interface Meaning {
  readonly main: Claim
  readonly side?: Claim
}

/** By level; `replaced` is how often a word is replaced if the meaning changes: where claims are swapped, all words stay. */
const LEVELS = [
  { draw: drawOne, change: changeOne, say: sayOne, replaced: 0.5 },
  { draw: drawOne, change: changeDenied, say: sayDenied, replaced: 0.5 },
  { draw: drawTwo, change: changeTwo, say: sayTwo, replaced: 0.7 },
] as const

/** How many levels the task has. */
export const PARAPHRASE_LEVELS = LEVELS.length

/**
 * A pair of sentences that mean the same (label 1) or nearly so (label 0), or nothing if none was found that is
 * accepted. Means the same what makes equal claims (see `Claim`): other words of the same meaning, "this" for "the",
 * other forms of "be" or "seem", degrees and denials of the opposite change nothing. By level:
 *
 * 1. one clause each, not denied; a near miss differs in the thing, its modifier, its whole, the quality, who judges, or
 *    claims the opposite;
 * 2. one clause each, at least one of the two sentences denied, within the clause or by a frame; a near miss mostly
 *    claims the opposite, and else differs as at level 1;
 * 3. two clauses each, in contrast, one good and one bad: the same claims must count most and least. A near miss swaps
 *    what is claimed of the two things, or which of the clauses counts, or both; or one claim differs as at level 1.
 *
 * Words are replaced more often where the meaning stays, so that pairs of both classes share about as many words.
 */
export function drawParaphrase(rng: Rng, { level, label, accepts }: Wanted): Example | undefined {
  const { draw, change, say, replaced } = LEVELS[level - 1] as (typeof LEVELS)[number]
  const meaning = draw(rng)
  const other = label === 1 ? meaning : change(rng, meaning)
  const odds = label === 1 ? REPLACED : replaced
  const denied = drawDenied(rng)
  return drawPair({
    level,
    label,
    accepts,
    first: () => say(rng, meaning, { denied: denied[0] }),
    second: (first) => say(rng, other, { denied: denied[1], choose: otherWords(rng, { first, odds }) }),
  })
}

interface Way {
  readonly denied: boolean
  readonly choose?: Choose
}

/** Whether the two sentences of level 2 are denied: at least one of them is. */
function drawDenied(rng: Rng): [boolean, boolean] {
  const denied: [boolean, boolean] = [chance(rng, DENIED), chance(rng, DENIED)]
  if (denied[0] || denied[1]) return denied
  denied[rng.integer(2)] = true
  return denied
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

function drawOne(rng: Rng): Meaning {
  return { main: drawClaim(rng, { positive: rng.integer(2) === 0 }) }
}

function changeOne(rng: Rng, { main }: Meaning): Meaning {
  return { main: changed(rng, main, { detail: chance(rng, 1 / 3) ? 'side' : anyDetail(rng, main) }) }
}

function sayOne(rng: Rng, { main }: Meaning, { choose }: Way): string[] {
  return clause(main, { rng, denied: false, ...(choose && { choose }) })
}

function changeDenied(rng: Rng, { main }: Meaning): Meaning {
  return { main: changed(rng, main, { detail: chance(rng, SIDE_CHANGED) ? 'side' : anyDetail(rng, main) }) }
}

function sayDenied(rng: Rng, { main }: Meaning, { denied, choose }: Way): string[] {
  return statement(main, { rng, denied, ...(choose && { choose }) })
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

function sayTwo(rng: Rng, { main, side = main }: Meaning, { choose }: Way): string[] {
  const say = (claim: Claim): string[] =>
    clause(claim, { rng, denied: chance(rng, DENIED_IN_CONTRAST), ...(choose && { choose }) })
  return contrast(rng, { main: say(main), side: say(side) })
}

import type { Rng } from '../../numeric/mod.ts'
import { chance, pick } from '../babi/draw.ts'
import { changed, type Detail } from './changes.ts'
import { type Claim, drawClaim, qualitiesLike } from './claims.ts'
import { type Choose, clause } from './clauses.ts'
import { contrast } from './contrast.ts'
import { HOLDERS } from './lexicon.ts'
import { drawDenied, drawPair } from './pairs.ts'
import type { Example, Wanted } from './types.ts'

/** How often a hypothesis says less than the premise: the implied quality, no modifier and no whole, fewer people. */
const GENERAL = 0.4
const BARE = 0.4
const NARROWER = 0.3

/** How often a hypothesis that does not follow claims the opposite, and of the others how often of another thing. */
const OPPOSITE = 0.5
const OTHER_THING = 0.6

/** How often the hypothesis takes up a word of the premise, where another means the same. */
const REPEATED = 0.75

/** How many levels the task has. */
export const ENTAILMENT_LEVELS = 3

/**
 * A premise and a hypothesis that follows from it (label 1) or does not (label 0), or nothing if no such pair was found
 * that is accepted. The hypothesis is one claim. It follows if a claim of the premise, whichever counts most there,
 * is about the same thing, alike positive, and of the same quality or of one that implies the hypothesis' (each
 * adjective implies "good" or "bad", "loved" implies "liked", "hated" implies "disliked"; adjectives and verbs imply
 * nothing of each other). The modifier and the whole of the thing may be left out in the hypothesis, but not be others
 * or new. What everybody does, "we" do and "i" do; what "we" do, "i" do. By level:
 *
 * 1. one clause each, not denied;
 * 2. one clause each, at least one of the two denied;
 * 3. a premise of two clauses in contrast, one good and one bad, and a hypothesis of one, none denied.
 *
 * Half the hypotheses that do not follow claim the opposite of one that does; at level 3 half of these claim of one
 * thing what the premise says of the other. The rest differ in one detail, most of them in the thing.
 */
export function drawEntailment(rng: Rng, { level, label, accepts }: Wanted): Example | undefined {
  const positive = rng.integer(2) === 0
  const told = drawClaim(rng, { positive })
  const other = level === 3 ? drawClaim(rng, { positive: !positive, not: told.thing.kind }) : undefined
  const follows = lessThan(rng, told)
  const asked = label === 1 ? follows : miss(rng, { told, follows, other })
  const denied = level === 2 ? drawDenied(rng) : [false, false]
  const [isFirstDenied = false, isSecondDenied = false] = denied
  const toldFirst = rng.integer(2) === 0
  return drawPair({
    level,
    label,
    accepts,
    first: () => {
      const one = clause(told, { rng, denied: isFirstDenied })
      if (!other) return one
      const two = clause(other, { rng, denied: false })
      return contrast(rng, toldFirst ? { main: one, side: two } : { main: two, side: one })
    },
    second: (first) => clause(asked, { rng, denied: isSecondDenied, choose: repeating(rng, first) }),
  })
}

/** Chooses a word of the premise where there is one, most of the time. */
function repeating(rng: Rng, premise: readonly string[]): Choose {
  return (words) => {
    const told = words.find((word) => premise.includes(word))
    return told !== undefined && chance(rng, REPEATED) ? told : pick(rng, words)
  }
}

/** A claim that follows from another: the same, or less. */
function lessThan(rng: Rng, { thing, quality, positive, holder }: Claim): Claim {
  const bare = chance(rng, BARE)
  return {
    thing: bare ? { kind: thing.kind, modifier: undefined, whole: undefined } : thing,
    quality: chance(rng, GENERAL) ? qualitiesLike(quality)[0] : quality,
    positive,
    holder: holder && chance(rng, NARROWER) ? pick(rng, HOLDERS.slice(0, HOLDERS.indexOf(holder) + 1)) : holder,
  }
}

/** A claim that nearly follows. */
function miss(
  rng: Rng,
  { told, follows, other }: { readonly told: Claim; readonly follows: Claim; readonly other: Claim | undefined },
): Claim {
  if (chance(rng, OPPOSITE)) {
    if (!other || rng.integer(2) === 0) return changed(rng, follows, { detail: 'side' })
    const claimed = lessThan(rng, other)
    return { ...claimed, thing: follows.thing }
  }
  if (chance(rng, OTHER_THING)) return changed(rng, follows, { detail: 'thing', not: other?.thing.kind })
  const details: Detail[] = ['thing']
  if (follows.thing.modifier) details.push('modifier')
  if (follows.thing.whole) details.push('whole')
  const wider = told.holder ? HOLDERS.slice(HOLDERS.indexOf(told.holder) + 1) : []
  if (wider.length > 0) details.push('holder')
  // Of the implied quality nothing else than it follows; a quality that is implied must not take its place.
  const [implied, ...implying] = qualitiesLike(told.quality)
  if (follows.quality !== implied || follows.quality === told.quality) details.push('quality')
  const detail = pick(rng, details)
  if (detail === 'holder') return { ...follows, holder: pick(rng, wider) }
  if (detail !== 'quality') return changed(rng, follows, { detail, not: other?.thing.kind })
  const others = implying.filter((quality) => quality !== follows.quality)
  return others.length > 0 ? { ...follows, quality: pick(rng, others) } : changed(rng, follows, { detail: 'thing' })
}

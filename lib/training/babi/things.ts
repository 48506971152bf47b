import type { Rng } from '../../numeric/mod.ts'
import { actStory, CARRYING } from './act-story.ts'
import { chance, pick } from './draw.ts'
import type { Told } from './memory.ts'
import type { BabiStory } from './types.ts'

/** How often a thing still held is asked about when no dropped one can be, by task; fitted to the published files. */
const HELD_ASKED = { place: 0.4, past: 0.2 } as const

/** Task 2: where a thing is, from the last act on it and its holder's last move. */
export function thingPlaceStory(rng: Rng): BabiStory {
  return actStory(rng, {
    kinds: CARRYING,
    ask: ({ writer, memory }) => {
      const known = [...memory.carries].flatMap(([thing, { ended }]) => {
        const where = memory.whereIs(thing)
        const recent = where !== undefined && writer.isRecent(Math.max(...where.supports))
        return recent ? [{ thing, ...where, held: ended === undefined }] : []
      })
      const chosen = preferDropped(rng, known, HELD_ASKED.place)
      if (chosen) writer.ask(`Where is the ${chosen.thing}?`, chosen.place, chosen.supports)
    },
  })
}

/** Task 3: where a thing was before a place, from two moves of its holder and the last act on it. */
export function thingPastStory(rng: Rng): BabiStory {
  return actStory(rng, {
    kinds: CARRYING,
    narration: { getThere: 0.2, dropThere: 0.2 },
    ask: ({ writer, memory }) => {
      const known = [...memory.carries].flatMap(([thing, { trail, ended, taken }]) => {
        const legs = legsOf(trail).filter(({ to }) => writer.isRecent(ended ?? to.line))
        return legs.length === 0 ? [] : [{ thing, legs, act: ended ?? taken, held: ended === undefined }]
      })
      const chosen = preferDropped(rng, known, HELD_ASKED.past)
      if (!chosen) return
      const { from, to } = pick(rng, chosen.legs)
      const supports = [chosen.act, to.line, from.line]
      writer.ask(`Where was the ${chosen.thing} before the ${to.place}?`, from.place, supports)
    },
  })
}

/** One of the dropped things, else with some probability one of the held ones. */
function preferDropped<T extends { readonly held: boolean }>(
  rng: Rng,
  known: readonly T[],
  heldAsked: number,
): T | undefined {
  const dropped = known.filter(({ held }) => !held)
  if (dropped.length > 0) return pick(rng, dropped)
  return known.length > 0 && chance(rng, heldAsked) ? pick(rng, known) : undefined
}

interface Leg {
  readonly from: Told
  readonly to: Told
}

/** The moves on a way, each with the place before it; of the moves to one place only the last is meant. */
function legsOf(trail: readonly Told[]): Leg[] {
  return trail.slice(1).flatMap((to, i) => {
    const isLast = trail.findLastIndex(({ place }) => place === to.place) === i + 1
    return isLast ? [{ from: trail[i] as Told, to }] : []
  })
}

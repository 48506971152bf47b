import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, pickOther, shuffled } from './draw.ts'
import { MOVED, TOWN_PEOPLE, TOWN_PLACES } from './lexicon.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

const TIMES = ['yesterday', 'this morning', 'this afternoon', 'this evening'] as const

const QUESTIONS = 5

interface Visit {
  readonly place: string
  line: number
}

/** Task 14: where somebody was before a place, told out of order of time. */
export function timeStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const visits = new Map<string, Visit[]>(TOWN_PEOPLE.map((person) => [person, []]))
  let batch: { visit: Visit; text: string }[] = []
  while (writer.questions < QUESTIONS) {
    batch.push(visit(rng, visits))
    const known = [...visits].filter(([, trail]) => trail.length > 1)
    // Before the first question there may be more statements, until somebody has been in two places.
    if (batch.length % 2 === 1 || known.length === 0) continue
    for (const { visit, text } of shuffled(rng, batch)) visit.line = writer.tell(text)
    batch = []
    const [who, trail] = pick(rng, known)
    const legs = trail.map((_, i) => i).filter((i) => i > 0 && isLastVisit(trail, i))
    const leg = pick(rng, legs)
    const [before, place] = trail.slice(leg - 1) as [Visit, Visit]
    writer.ask(`Where was ${who} before the ${place.place}?`, before.place, [place.line, before.line])
  }
  return writer.lines
}

/** Somebody's next move, and how it is told; nobody moves more often than there are times. */
function visit(rng: Rng, visits: ReadonlyMap<string, Visit[]>): { visit: Visit; text: string } {
  const free = [...visits].filter(([, trail]) => trail.length < TIMES.length)
  const [who, trail] = pick(rng, free)
  const time = TIMES[trail.length] as string
  const place = pickOther<string>(rng, TOWN_PLACES, trail.at(-1)?.place)
  const visit = { place, line: 0 }
  trail.push(visit)
  const went = `${who} ${pick(rng, MOVED)} the ${place}`
  const text = chance(rng, 0.5) ? `${went} ${time}.` : `${time.charAt(0).toUpperCase()}${time.slice(1)} ${went}.`
  return { visit, text }
}

/** Whether somebody never came back later; the question could else mean two visits. */
function isLastVisit(trail: readonly Visit[], index: number): boolean {
  return trail.findLastIndex(({ place }) => place === trail[index]?.place) === index
}

import type { Rng } from '../../numeric/mod.ts'
import { actStory, CARRYING, type Scene } from './act-story.ts'
import { chance, pick, pickOther, shuffled } from './draw.ts'
import { HOUSE_PEOPLE, HOUSE_PLACES, NEXT, PRONOUN } from './lexicon.ts'
import { moveSentence } from './narration.ts'
import { StoryWriter, tellAndAsk } from './story-writer.ts'
import type { BabiStory } from './types.ts'

/** Task 1: the last place somebody went to. */
export function singleFactStory(rng: Rng): BabiStory {
  return actStory(rng, {
    kinds: ['move'],
    ask: (scene) => {
      const person = pick(rng, recentlySeen(scene))
      const { place, line } = person
      scene.writer.ask(`Where is ${person.who}?`, place, [line])
    },
  })
}

/** Task 6: whether somebody is in a place; half the answers are yes. */
export function yesNoStory(rng: Rng): BabiStory {
  return actStory(rng, {
    kinds: CARRYING,
    ask: (scene) => {
      const seen = recentlySeen(scene)
      if (seen.length === 0) return
      const { who, place, line } = pick(rng, seen)
      const yes = chance(rng, 0.5)
      const asked = yes ? place : pickOther(rng, HOUSE_PLACES, place)
      scene.writer.ask(`Is ${who} in the ${asked}?`, yes ? 'yes' : 'no', [line])
    },
  })
}

function recentlySeen({ writer, memory }: Scene) {
  return [...memory.places].filter(([, { line }]) => writer.isRecent(line)).map(([who, told]) => ({ who, ...told }))
}

/** Task 12: two people move together. */
export const conjunctionStory = (rng: Rng): BabiStory => groupStory(rng, { size: 2, followed: false })

/** Task 11: somebody moves, and he or she moves on. */
export const coreferenceStory = (rng: Rng): BabiStory => groupStory(rng, { size: 1, followed: true })

/** Task 13: two people move together, and they move on. */
export const compoundCoreferenceStory = (rng: Rng): BabiStory => groupStory(rng, { size: 2, followed: true })

/** Every second sentence names its people by a pronoun if `followed`. */
function groupStory(rng: Rng, { size, followed }: { readonly size: 1 | 2; readonly followed: boolean }): BabiStory {
  const writer = new StoryWriter()
  const known = new Map<string, { place: string; supports: readonly number[] }>()
  let group: readonly string[] = []
  let first: number | undefined
  return tellAndAsk(writer, {
    tell: () => {
      const goesOn = followed && first !== undefined
      if (!goesOn) group = shuffled(rng, HOUSE_PEOPLE).slice(0, size)
      const place = newPlace(
        rng,
        group.map((person) => known.get(person)?.place),
      )
      const subject = goesOn ? `${pick(rng, NEXT)} ${pronounOf(group)}` : group.join(' and ')
      const line = writer.tell(moveSentence(rng, subject, place))
      const supports = first === undefined ? [line] : [first, line]
      first = followed && !goesOn ? line : undefined
      for (const person of group) known.set(person, { place, supports })
    },
    ask: () => {
      // Pairs are told of twice as often, so that fewer statements are recent.
      const window = size === 2 ? 3 : 5
      const recent = [...known].filter(([, { supports }]) => writer.isRecent(supports.at(-1) ?? 0, window))
      const [person, { place, supports }] = pick(rng, recent)
      writer.ask(`Where is ${person}?`, place, supports)
    },
  })
}

/** A place where none of them is known to be. */
function newPlace(rng: Rng, present: readonly (string | undefined)[]): string {
  return pick(
    rng,
    HOUSE_PLACES.filter((place) => !present.includes(place)),
  )
}

function pronounOf(group: readonly string[]): string {
  const [person] = group
  return group.length > 1 ? 'they' : PRONOUN[person as keyof typeof PRONOUN]
}

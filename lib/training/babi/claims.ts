import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, pickOther } from './draw.ts'
import { HOUSE_PEOPLE, HOUSE_PLACES, TOWN_PEOPLE, TOWN_PLACES } from './lexicon.ts'
import { moveSentence } from './narration.ts'
import { StoryWriter, tellAndAsk } from './story-writer.ts'
import type { BabiStory } from './types.ts'

/** The latest word on where somebody is (or is not), and its line. */
interface Claim {
  readonly kind: 'in' | 'not' | 'either'
  readonly places: readonly string[]
  readonly line: number
}

/** How often a question names the place that was told last. */
const TRUE_SHARE = { in: 0.52, not: 1, either: 0.58 } as const

const ANSWER = { in: 'yes', not: 'no', either: 'maybe' } as const

/** Task 9: people are, or are not, in a place. */
export const negationStory = (rng: Rng): BabiStory =>
  claimStory(rng, {
    people: HOUSE_PEOPLE,
    places: HOUSE_PLACES,
    unsure: (who, before) => {
      const [place] = before?.places ?? []
      // What is denied is what was said, or something new.
      const denied = before?.kind === 'in' && place ? place : pickOther(rng, HOUSE_PLACES, place)
      return {
        kind: 'not',
        places: [denied],
        text: `${who} is ${pick(rng, ['no longer', 'not'])} in the ${denied}.`,
      }
    },
  })

/** Task 10: people are in a place, or in one of two. */
export const indefiniteStory = (rng: Rng): BabiStory =>
  claimStory(rng, {
    people: TOWN_PEOPLE,
    places: TOWN_PLACES,
    unsure: (who, before) => {
      const free = TOWN_PLACES.filter((place) => before?.kind !== 'in' || place !== before.places[0])
      const one = pick(rng, free)
      const other = pickOther(rng, free, one)
      return { kind: 'either', places: [one, other], text: `${who} is either in the ${one} or the ${other}.` }
    },
  })

interface Unsure {
  readonly kind: 'not' | 'either'
  readonly places: readonly string[]
  readonly text: string
}

/** Half the statements are moves, a quarter say where somebody is, a quarter are less sure. */
function claimStory(
  rng: Rng,
  {
    people,
    places,
    unsure,
  }: {
    readonly people: readonly string[]
    readonly places: readonly string[]
    readonly unsure: (who: string, before: Claim | undefined) => Unsure
  },
): BabiStory {
  const writer = new StoryWriter()
  const claims = new Map<string, Claim>()
  return tellAndAsk(writer, {
    tell: () => {
      const who = pick(rng, people)
      const before = claims.get(who)
      if (chance(rng, 0.25)) {
        const { text, ...claim } = unsure(who, before)
        claims.set(who, { ...claim, line: writer.tell(text) })
        return
      }
      const place = pickOther(rng, places, before?.kind === 'in' ? before.places[0] : undefined)
      const text = chance(rng, 2 / 3) ? moveSentence(rng, who, place) : `${who} is in the ${place}.`
      claims.set(who, { kind: 'in', places: [place], line: writer.tell(text) })
    },
    ask: () => {
      const recent = [...claims].filter(([, { line }]) => writer.isRecent(line))
      const [who, claim] = pick(rng, recent)
      const named = chance(rng, TRUE_SHARE[claim.kind])
      const others = places.filter((place) => !claim.places.includes(place))
      const asked = pick(rng, named ? claim.places : others)
      writer.ask(`Is ${who} in the ${asked}?`, named ? ANSWER[claim.kind] : 'no', [claim.line])
    },
  })
}

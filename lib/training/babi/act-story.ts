import type { Rng } from '../../numeric/mod.ts'
import { repeated } from './draw.ts'
import { HOUSE_PEOPLE, HOUSE_PLACES, THINGS } from './lexicon.ts'
import { Memory } from './memory.ts'
import { type Act, MovementWorld } from './movement-world.ts'
import { actSentence, type Narration } from './narration.ts'
import { StoryWriter, tellAndAsk } from './story-writer.ts'
import type { BabiStory } from './types.ts'

type Kind = Act['kind']

/** What people try to do, with odds fitted to the shares of the acts in the published files. */
export const CARRYING = repeated<Kind>([
  ['move', 5],
  ['get', 6],
  ['drop', 6],
])
export const TRADING = repeated<Kind>([
  ['move', 4],
  ['get', 5],
  ['drop', 4],
  ['give', 15],
])

/** What a teller of a story of acts has at hand when it is time for a question. */
export interface Scene {
  readonly rng: Rng
  readonly writer: StoryWriter
  readonly memory: Memory
}

/** A story of people who go about a house and handle things, with the questions of one task. */
export function actStory(
  rng: Rng,
  {
    ask,
    kinds,
    people = HOUSE_PEOPLE,
    narration,
  }: {
    readonly ask: (scene: Scene) => void
    readonly kinds: readonly Kind[]
    readonly people?: readonly string[]
    readonly narration?: Narration
  },
): BabiStory {
  const world = new MovementWorld(rng, { people, places: HOUSE_PLACES, things: THINGS, kinds })
  const scene = { rng, writer: new StoryWriter(), memory: new Memory() }
  return tellAndAsk(scene.writer, {
    tell: () => {
      const act = world.next()
      scene.memory.note(act, scene.writer.tell(actSentence(rng, act, narration)))
    },
    ask: () => ask(scene),
  })
}

import type { Rng } from '../../numeric/mod.ts'
import { pick } from './draw.ts'
import { GOT } from './lexicon.ts'
import { moveSentence } from './narration.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

const PEOPLE = ['Antoine', 'Jason', 'Sumit', 'Yann'] as const

/** How somebody feels, where one goes then, and what one takes there. */
const MOTIVES = [
  { feeling: 'hungry', place: 'kitchen', thing: 'apple' },
  { feeling: 'thirsty', place: 'kitchen', thing: 'milk' },
  { feeling: 'tired', place: 'bedroom', thing: 'pajamas' },
  { feeling: 'bored', place: 'garden', thing: 'football' },
] as const

interface Actor {
  readonly name: string
  readonly motive: (typeof MOTIVES)[number]
  readonly toldAt: number
  arrived: boolean
}

/** Task 20: people feel something, so go somewhere, so take something; each time it is asked where to or why. */
export function motiveStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const waiting = new Set<string>(PEOPLE)
  const actors: Actor[] = []
  const taken = new Set<string>()
  for (;;) {
    const busy = actors.filter(({ arrived, motive }) => !(arrived && taken.has(motive.thing)))
    const options = [...waiting, ...busy]
    if (options.length === 0) return writer.lines
    const next = pick(rng, options)
    if (typeof next === 'string') {
      waiting.delete(next)
      const motive = pick(rng, MOTIVES)
      const toldAt = writer.tell(`${next} is ${motive.feeling}.`)
      actors.push({ name: next, motive, toldAt, arrived: false })
      writer.ask(`Where will ${next.toLowerCase()} go?`, motive.place, [toldAt])
      continue
    }
    const { name, motive, toldAt, arrived } = next
    if (arrived) {
      // There is one thing of each kind: who comes later finds none.
      taken.add(motive.thing)
      writer.tell(`${name} ${pick(rng, GOT)} the ${motive.thing} there.`)
    } else {
      next.arrived = true
      writer.tell(moveSentence(rng, name, motive.place))
    }
    const done = arrived ? `get the ${motive.thing}` : `go to the ${motive.place}`
    writer.ask(`Why did ${name.toLowerCase()} ${done}?`, motive.feeling, [toldAt])
  }
}

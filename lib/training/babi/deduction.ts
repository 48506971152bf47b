import type { Rng } from '../../numeric/mod.ts'
import { pick, pickOther, shuffled } from './draw.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

const PEOPLE = ['Emily', 'Gertrude', 'Jessica', 'Winona'] as const
const ANIMALS = [
  { one: 'cat', many: 'cats' },
  { one: 'mouse', many: 'mice' },
  { one: 'sheep', many: 'sheep' },
  { one: 'wolf', many: 'wolves' },
] as const

/** Task 15: each kind is afraid of another, everybody is of a kind; four questions who is afraid of what. */
export function deductionStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const kindOf = new Map(PEOPLE.map((person) => [person, pick(rng, ANIMALS)]))
  const fearOf = new Map(ANIMALS.map((animal) => [animal, pickOther(rng, ANIMALS, animal)]))
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
  const facts = [
    ...[...fearOf].map(([kind, fear]) => ({ of: kind, text: `${capital(kind.many)} are afraid of ${fear.many}.` })),
    ...[...kindOf].map(([person, kind]) => ({ of: person, text: `${person} is a ${kind.one}.` })),
  ]
  const lines = new Map(shuffled(rng, facts).map(({ of, text }) => [of, writer.tell(text)]))
  while (writer.questions < PEOPLE.length) {
    const person = pick(rng, PEOPLE)
    const kind = kindOf.get(person) as (typeof ANIMALS)[number]
    const fear = fearOf.get(kind) as (typeof ANIMALS)[number]
    const supports = [person, kind].map((of) => lines.get(of) as number)
    writer.ask(`What is ${person.toLowerCase()} afraid of?`, fear.one, supports)
  }
  return writer.lines
}

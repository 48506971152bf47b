import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, repeated, shuffled } from './draw.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

const PEOPLE = ['Bernhard', 'Brian', 'Greg', 'Julius', 'Lily'] as const
const ANIMALS = ['frog', 'lion', 'rhino', 'swan'] as const
const COLORS = ['gray', 'green', 'white', 'yellow'] as const

/** How the five are divided into kinds, the kind asked about first; the odds are those of the published files. */
const DIVISIONS = repeated<readonly number[]>([
  [[2, 2, 1], 60],
  [[2, 1, 1, 1], 20],
  [[4, 1], 10],
  [[2, 3], 9],
  [[5], 1],
])

/** How often an animal has the color of the one of its kind before it; else it has any. */
const ALIKE = 0.4

/**
 * Task 16: everybody is of a kind and, but for one, has a color; the one has the color of the animal of its kind whose
 * kind was told last.
 */
export function inductionStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const people = shuffled(rng, PEOPLE)
  const animals = shuffled(rng, ANIMALS)
  const kinds = pick(rng, DIVISIONS).flatMap((size, i) => Array<string>(size).fill(animals[i] as string))
  const asked = people[0] as string
  const colorOfKind = new Map<string, string>()
  const members = people.map((name, i) => {
    const kind = kinds[i] as string
    const before = colorOfKind.get(kind)
    const color = before !== undefined && chance(rng, ALIKE) ? before : pick(rng, COLORS)
    if (name !== asked) colorOfKind.set(kind, color)
    return { name, kind, color, kindLine: 0, colorLine: 0 }
  })
  // Each stands here twice, but for the one asked about; the first time tells its kind, the second its color.
  for (const member of shuffled(rng, [...members, ...members.slice(1)])) {
    const { name, kind, color } = member
    if (member.kindLine === 0) member.kindLine = writer.tell(`${name} is a ${kind}.`)
    else member.colorLine = writer.tell(`${name} is ${color}.`)
  }
  const [{ kind, kindLine }, ...others] = members as [(typeof members)[number]]
  const alike = (others as typeof members).filter((member) => member.kind === kind)
  const example = alike.reduce((last, member) => (member.kindLine > last.kindLine ? member : last))
  writer.ask(`What color is ${asked}?`, example.color, [kindLine, example.kindLine, example.colorLine])
  return writer.lines
}

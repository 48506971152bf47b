import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, shuffled } from './draw.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

const SHAPES = ['triangle', 'pink rectangle', 'red square', 'blue square', 'yellow square', 'red sphere'] as const

/** What to say of a place one step along an axis (the first two), and one step back. */
const RELATIONS = [
  ['to the right of', 'to the left of'],
  ['above', 'below'],
] as const

/** How often two neighbours stand along the same axis, in a row of three. */
const IN_ROW = 1 / 3

/** How often a statement is about the middle shape, and not about the outer one. */
const ABOUT_MIDDLE = 2 / 3

const QUESTIONS = 8

/** Task 17: two shapes beside a third; eight questions how the two stand to each other. */
export function positionStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const [first, middle, last] = shuffled(rng, SHAPES) as [string, string, string]
  const axis = rng.integer(2)
  const sign = chance(rng, 0.5) ? 1 : -1
  const inRow = chance(rng, IN_ROW)
  const lastAxis = inRow ? axis : 1 - axis
  const lastSign = inRow ? -sign : chance(rng, 0.5) ? 1 : -1
  // Where the outer shapes stand, seen from the middle.
  const outer = [
    { shape: first, axis, sign },
    { shape: last, axis: lastAxis, sign: lastSign },
  ]
  const lines = new Map<string, number>()
  for (const { shape, axis, sign } of shuffled(rng, outer)) {
    const text = chance(rng, ABOUT_MIDDLE)
      ? `The ${middle} is ${relation(axis, -sign)} the ${shape}.`
      : `The ${shape} is ${relation(axis, sign)} the ${middle}.`
    lines.set(shape, writer.tell(text))
  }
  while (writer.questions < QUESTIONS) {
    const [one, other] = shuffled(rng, outer) as [(typeof outer)[number], (typeof outer)[number]]
    // Along each axis exactly one of the two is off the middle, or both are, on opposite sides.
    const asked = pick(rng, [one, other])
    const truth = asked === one ? one.sign : -other.sign
    const yes = chance(rng, 0.5)
    const supports = [one, other].map(({ shape }) => lines.get(shape) as number)
    const said = relation(asked.axis, yes ? truth : -truth)
    writer.ask(`Is the ${one.shape} ${said} the ${other.shape}?`, yes ? 'yes' : 'no', supports)
  }
  return writer.lines
}

function relation(axis: number, sign: number): string {
  return RELATIONS[axis]?.[sign > 0 ? 0 : 1] as string
}

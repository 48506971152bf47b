import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, shuffled } from './draw.ts'
import { HOUSE_PLACES } from './lexicon.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

interface Direction {
  readonly name: string
  readonly back: string
  readonly step: number
}

/** Cells of the grid are numbered; places stand fewer cells apart than a row is long. */
const ROW = 16

const DIRECTIONS: readonly Direction[] = [
  { name: 'east', back: 'west', step: 1 },
  { name: 'west', back: 'east', step: -1 },
  { name: 'north', back: 'south', step: ROW },
  { name: 'south', back: 'north', step: -ROW },
]

const reverse = (direction: Direction): Direction => DIRECTIONS.find(({ name }) => name === direction.back) as Direction

const isOf = (place: string, direction: string, other: string): string =>
  `The ${place} is ${direction} of the ${other}.`

/** How often a place is told relative to the middle one, and not the other way round. */
const FROM_MIDDLE = 2 / 3

/** Task 4: three places in a row; each statement can be asked about from its end. */
export function twoArgumentStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const [first, middle, last] = shuffled(rng, HOUSE_PLACES) as [string, string, string]
  const direction = pick(rng, DIRECTIONS)
  const facts = shuffled(rng, [
    { outer: first, way: direction },
    { outer: last, way: reverse(direction) },
  ]).map(({ outer, way }) => {
    const [place, name, other] = chance(rng, FROM_MIDDLE)
      ? ([outer, way.name, middle] as const)
      : ([middle, way.back, outer] as const)
    return { place, name, other, line: writer.tell(isOf(place, name, other)) }
  })
  const { place, name, other, line } = pick(rng, facts)
  const back = DIRECTIONS.find((way) => way.name === name)?.back
  const question = chance(rng, 0.5) ? `What is ${name} of the ${other}?` : `What is the ${other} ${back} of?`
  writer.ask(question, place, [line])
  return writer.lines
}

/** Task 19: six places on a grid, joined by five statements; the way from one to another takes two steps. */
export function pathStory(rng: Rng): BabiStory {
  const places = shuffled(rng, HOUSE_PLACES)
  const [start, middle, end] = places as [string, string, string]
  const cells = new Map([[start, 0]])
  const toMiddle = join(rng, cells, { from: start, to: middle })
  const toEnd = join(rng, cells, { from: middle, to: end })
  const facts = [toMiddle, toEnd]
  for (const place of places.slice(3)) {
    const open = [...cells.keys()].filter((from) => freeWays(cells, from).length > 0)
    facts.push(join(rng, cells, { from: pick(rng, open), to: place }))
  }
  const writer = new StoryWriter()
  const lines = new Map(
    shuffled(rng, facts).map((fact) => {
      const { from, to, way } = fact
      const text = chance(rng, 0.5) ? isOf(to, way.name, from) : isOf(from, way.back, to)
      return [fact, writer.tell(text)] as const
    }),
  )
  const path = `${toMiddle.way.name.charAt(0)},${toEnd.way.name.charAt(0)}`
  const supports = [toMiddle, toEnd].map((fact) => lines.get(fact) as number)
  writer.ask(`How do you go from the ${start} to the ${end}?`, path, supports)
  return writer.lines
}

interface Fact {
  readonly from: string
  readonly to: string
  readonly way: Direction
}

/** The ways to the free cells beside a place. */
function freeWays(cells: ReadonlyMap<string, number>, from: string): Direction[] {
  const cell = cells.get(from) as number
  const taken = [...cells.values()]
  return DIRECTIONS.filter(({ step }) => !taken.includes(cell + step))
}

/** Puts a place on a free cell beside another. */
function join(
  rng: Rng,
  cells: Map<string, number>,
  { from, to }: { readonly from: string; readonly to: string },
): Fact {
  const way = pick(rng, freeWays(cells, from))
  cells.set(to, (cells.get(from) as number) + way.step)
  return { from, to, way }
}

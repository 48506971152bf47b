import type { Rng } from '../../numeric/mod.ts'
import { chance, pick, shuffled } from './draw.ts'
import { StoryWriter } from './story-writer.ts'
import type { BabiStory } from './types.ts'

/** Things from small to large; the order of the large ones differs from story to story. */
const SMALL = ['chocolate', 'box of chocolates'] as const
const LARGE = ['box', 'chest', 'container', 'suitcase'] as const

const STATEMENTS_PER_ROUND = 5
const QUESTIONS = 5

interface Fact {
  readonly large: string
  readonly small: string
  readonly line: number
}

/** Task 18: what is bigger than what; questions follow from two statements. */
export function sizeStory(rng: Rng): BabiStory {
  const writer = new StoryWriter()
  const order: readonly string[] = [...SMALL, ...shuffled(rng, LARGE)]
  const facts: Fact[] = []
  let chains: readonly (readonly [Fact, Fact])[] = []
  while (chains.length === 0) {
    for (let i = 0; i < STATEMENTS_PER_ROUND; i++) facts.push(tellPair(rng, writer, order))
    chains = facts.flatMap((upper) =>
      facts.filter((lower) => lower.large === upper.small).map((lower) => [upper, lower] as const),
    )
  }
  while (writer.questions < QUESTIONS) {
    const [upper, lower] = pick(rng, chains)
    const yes = chance(rng, 0.5)
    const bigger = chance(rng, 0.5)
    // The larger thing comes first in a true "bigger" and in a false "fit".
    const largerFirst = bigger === yes
    const [one, other] = largerFirst ? [upper.large, lower.small] : [lower.small, upper.large]
    const question = bigger ? `Is the ${one} bigger than the ${other}?` : `Does the ${one} fit in the ${other}?`
    const supports = largerFirst ? [upper.line, lower.line] : [lower.line, upper.line]
    writer.ask(question, yes ? 'yes' : 'no', supports)
  }
  return writer.lines
}

/** Tells which of two random things is the larger. */
function tellPair(rng: Rng, writer: StoryWriter, order: readonly string[]): Fact {
  const [one, other] = shuffled(
    rng,
    order.map((_, size) => size),
  ) as [number, number]
  const large = order[Math.max(one, other)] as string
  const small = order[Math.min(one, other)] as string
  const bigger = chance(rng, 0.5)
  return {
    large,
    small,
    line: writer.tell(bigger ? `The ${large} is bigger than the ${small}.` : `The ${small} fits inside the ${large}.`),
  }
}

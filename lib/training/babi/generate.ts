import type { Rng } from '../../numeric/mod.ts'
import { indefiniteStory, negationStory } from './claims.ts'
import { deductionStory } from './deduction.ts'
import { pathStory, twoArgumentStory } from './directions.ts'
import { countingStory, givingStory, listStory } from './hands.ts'
import { inductionStory } from './induction.ts'
import { motiveStory } from './motives.ts'
import { positionStory } from './positions.ts'
import { sizeStory } from './sizes.ts'
import { thingPastStory, thingPlaceStory } from './things.ts'
import { timeStory } from './times.ts'
import type { BabiStory } from './types.ts'
import {
  compoundCoreferenceStory,
  conjunctionStory,
  coreferenceStory,
  singleFactStory,
  yesNoStory,
} from './whereabouts.ts'

const KINDS: readonly { readonly name: string; readonly story: (rng: Rng) => BabiStory }[] = [
  { name: 'single-supporting-fact', story: singleFactStory },
  { name: 'two-supporting-facts', story: thingPlaceStory },
  { name: 'three-supporting-facts', story: thingPastStory },
  { name: 'two-arg-relations', story: twoArgumentStory },
  { name: 'three-arg-relations', story: givingStory },
  { name: 'yes-no-questions', story: yesNoStory },
  { name: 'counting', story: countingStory },
  { name: 'lists-sets', story: listStory },
  { name: 'simple-negation', story: negationStory },
  { name: 'indefinite-knowledge', story: indefiniteStory },
  { name: 'basic-coreference', story: coreferenceStory },
  { name: 'conjunction', story: conjunctionStory },
  { name: 'compound-coreference', story: compoundCoreferenceStory },
  { name: 'time-reasoning', story: timeStory },
  { name: 'basic-deduction', story: deductionStory },
  { name: 'basic-induction', story: inductionStory },
  { name: 'positional-reasoning', story: positionStory },
  { name: 'size-reasoning', story: sizeStory },
  { name: 'path-finding', story: pathStory },
  { name: 'agents-motivations', story: motiveStory },
]

/** The twenty tasks of bAbI by number, with the names their files bear. */
export const BABI_TASKS: readonly { readonly task: number; readonly name: string }[] = KINDS.map(({ name }, index) => ({
  task: index + 1,
  name,
}))

/**
 * Makes up stories of a bAbI task in the manner of the published ones: their words, sentences, lengths and answers.
 *
 * @param task 1 to 20
 * @param questions how many there shall be in all stories together; the last story ends with the last of them
 * @throws {RangeError} if there is no such task, or `questions` is no positive integer
 *
 * @example
 * ```ts
 * import { createRng } from '../../lib/numeric/mod.ts'
 * import { generateBabi, questionsOf } from '../../lib/training/mod.ts'
 *
 * const stories = generateBabi(1, 10, createRng(1))
 * questionsOf(stories).length // => 10
 * ```
 */
export function generateBabi(task: number, questions: number, rng: Rng): BabiStory[] {
  const kind = KINDS[task - 1]
  if (!kind) throw new RangeError(`Cannot generate stories: task must be an integer from 1 to 20, got ${task}`)
  if (!Number.isSafeInteger(questions) || questions < 1) {
    throw new RangeError(`Cannot generate stories: questions must be a positive integer, got ${questions}`)
  }
  const stories: BabiStory[] = []
  let left = questions
  while (left > 0) {
    const story = cutAfter(kind.story(rng), left)
    left -= story.filter((line) => 'question' in line).length
    stories.push(story)
  }
  return stories
}

/** A story up to its n-th question, or all of it. */
function cutAfter(story: BabiStory, n: number): BabiStory {
  let asked = 0
  const end = story.findIndex((line) => 'question' in line && ++asked === n)
  return end < 0 ? story : story.slice(0, end + 1)
}

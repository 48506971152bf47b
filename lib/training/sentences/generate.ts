import type { Rng } from '../../numeric/mod.ts'
import { drawEntailment, ENTAILMENT_LEVELS } from './entailment.ts'
import { drawParaphrase, PARAPHRASE_LEVELS } from './paraphrase.ts'
import { PARTS, partOf } from './parts.ts'
import { drawSentiment, SENTIMENT_LEVELS } from './sentiment.ts'
import type { Example, Part } from './types.ts'

const TASKS = {
  sentiment: { levels: SENTIMENT_LEVELS, draw: drawSentiment },
  paraphrase: { levels: PARAPHRASE_LEVELS, draw: drawParaphrase },
  entailment: { levels: ENTAILMENT_LEVELS, draw: drawEntailment },
} as const

/** What is asked about sentences. */
export type SentenceTask = keyof typeof TASKS

/** The tasks and how many levels each has. */
export const SENTENCE_TASKS = Object.entries(TASKS).map(([task, { levels }]) => ({
  task: task as SentenceTask,
  levels,
}))

/** More examples than this are not made at a time: there are more than twice as many of each kind. */
export const MOST_EXAMPLES = 100_000

/** Changes whenever the same seed gives other examples. */
export const DATA_VERSION = '1.0.0'

/**
 * Makes up different examples of a task: see {@link drawSentiment}, {@link drawParaphrase} and {@link drawEntailment}
 * for the rules. Of each level and any number of examples, as many are of one class as of the other, give or take one.
 * Fewer examples of the same seed are the beginning of more.
 *
 * @param options `part` of the data, by {@link partOf} for each sentence by itself; `count` of examples; `levels`
 *   weights of the levels from 1, by default all the same
 * @throws {RangeError} if there is no such task or part, the count is no integer from 1 to {@link MOST_EXAMPLES}, or the
 *   weights are not as many as the levels, negative, not finite, or all 0
 *
 * @example
 * ```ts
 * import { createRng } from '../../lib/numeric/mod.ts'
 * import { generateSentences } from '../../lib/training/mod.ts'
 *
 * const examples = generateSentences('sentiment', { part: 'dev', count: 100, rng: createRng(1), levels: [1, 0, 0, 0] })
 * examples.filter(({ label }) => label === 1).length // => 50
 * ```
 */
export function generateSentences(
  task: SentenceTask,
  options: { readonly part: Part; readonly count: number; readonly rng: Rng; readonly levels?: readonly number[] },
): Example[] {
  const fail = (what: string): never => {
    throw new RangeError(`Cannot generate sentences: ${what}`)
  }
  if (!Object.hasOwn(TASKS, task)) fail(`task must be one of ${Object.keys(TASKS).join(', ')}, got "${task}"`)
  const { levels, draw } = TASKS[task]
  const { part, count, rng, levels: weights = Array<number>(levels).fill(1) } = options
  if (!PARTS.includes(part)) fail(`part must be one of ${PARTS.join(', ')}, got "${part}"`)
  if (!Number.isInteger(count) || count < 1 || count > MOST_EXAMPLES) {
    fail(`count must be an integer from 1 to ${MOST_EXAMPLES}, got ${count}`)
  }
  if (weights.length !== levels) fail(`levels must be ${levels} weights for ${task}, got ${weights.length}`)
  const wrong = weights.find((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY))
  if (wrong !== undefined) fail(`a level's weight must be a finite number of at least 0, got ${wrong}`)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0 && total < Number.POSITIVE_INFINITY)) {
    fail(`the sum of the levels' weights must be positive and finite, got ${total}`)
  }

  const accepts = (words: readonly string[]): boolean => partOf(words) === part
  const seen = new Set<string>()
  // The class that comes next at a level, so that each pair of examples holds both.
  const due = new Map<number, number>()
  const examples: Example[] = []
  while (examples.length < count) {
    const level = drawLevel(rng, weights, { total })
    const owed = due.get(level)
    const label = owed ?? rng.integer(2)
    if (owed === undefined) due.set(level, 1 - label)
    else due.delete(level)
    let example: Example | undefined
    while (!example) {
      const drawn = draw(rng, { level, label, accepts })
      const text = drawn && [...drawn.words, '\t', ...(drawn.second ?? [])].join(' ')
      if (text === undefined || seen.has(text)) continue
      seen.add(text)
      example = drawn
    }
    examples.push(example)
  }
  return examples
}

function drawLevel(rng: Rng, weights: readonly number[], { total }: { readonly total: number }): number {
  let left = rng.next() * total
  const index = weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  // Rounding may leave a little: the last level that has weight takes it.
  return (index < 0 ? weights.findLastIndex((weight) => weight > 0) : index) + 1
}

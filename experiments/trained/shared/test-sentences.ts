import { createRng } from '../../../lib/numeric/mod.ts'
import {
  type EncodedSentences,
  encodeExamples,
  generateSentences,
  type SentenceTask,
} from '../../../lib/training/mod.ts'

/** Sentences of a task on which stored networks are measured. */
export const TEST_COUNT = 1000
/** Seed of what is measured on, whatever seed a network was trained from. */
const TEST_SEED = 1

/** The sentences that stored networks are measured on: of the test part, the same for all. */
export function testSentences(task: SentenceTask, count: number = TEST_COUNT): EncodedSentences {
  return encodeExamples(generateSentences(task, { part: 'test', count, rng: createRng(TEST_SEED) }))
}

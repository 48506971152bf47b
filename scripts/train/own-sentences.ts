import { basename } from 'node:path'
import process from 'node:process'
import {
  CLASSIFIER,
  CLASSIFIER_SHAPE,
  packMeasured,
  trainClassifier,
} from '../../experiments/trained/shared/classifier-recipe.ts'
import { readTextFile } from '../../lib/harness/csv.ts'
import { createRng } from '../../lib/numeric/mod.ts'
import {
  type EncodedSentences,
  encodeExamples,
  parseSentenceTsv,
  type StoredEncoder,
  vocabularyOfExamples,
} from '../../lib/training/mod.ts'

/** Words of a user's vocabulary, the most frequent ones. */
const MOST_WORDS = 8000
/** Tokens of the longest input: attention takes their square in memory. */
const MOST_TOKENS = 512
/** Without a file of its own every so many sentences one is held out. */
const HELD_EVERY = 10

/** What a classifier of a user's sentences comes to. */
export interface OwnClassifier {
  readonly stored: StoredEncoder
  readonly train: EncodedSentences
  readonly held: EncodedSentences & { readonly unknown: number }
  readonly cpuSeconds: number
}

/**
 * Trains a classifier of the stored one's shape, but for words and positions, on a user's sentences.
 *
 * @param options.path TSV of sentences and labels; `heldPath` another to measure on, by default every tenth of the first
 * @throws {TypeError} if a file cannot be read; {SyntaxError} if it is no such file, naming the line
 */
export function trainOwn(options: {
  readonly path: string
  readonly heldPath: string | undefined
  readonly seed: number
  readonly command: string
}): OwnClassifier {
  const { path, heldPath, seed, command } = options
  const all = parseSentenceTsv(path, readTextFile(path))
  const isHeld = (i: number) => heldPath === undefined && i % HELD_EVERY === HELD_EVERY - 1
  const examples = all.filter((_, i) => !isHeld(i))
  const others =
    heldPath === undefined ? all.filter((_, i) => isHeld(i)) : parseSentenceTsv(heldPath, readTextFile(heldPath))
  if (others.length === 0) {
    throw new RangeError(
      `Cannot train on ${path}: it must have at least ${HELD_EVERY} sentences where none are held out in another file (--held), got ${all.length}`,
    )
  }
  const vocabulary = vocabularyOfExamples(examples, { atMost: MOST_WORDS })
  const [train, held] = [encodeExamples(examples, vocabulary), encodeExamples(others, vocabulary)]
  const longest = Math.max(train.longest, held.longest)
  if (longest > MOST_TOKENS) {
    throw new RangeError(
      `Cannot train on ${path}: sentences must have at most ${MOST_TOKENS - 1} words, got one of ${longest - 1}`,
    )
  }
  const positions = Math.max(CLASSIFIER_SHAPE.positions, longest)
  const shape = { ...CLASSIFIER_SHAPE, vocabulary: vocabulary.length, positions }
  const start = process.cpuUsage()
  const encoder = trainClassifier(shape, [{ sentences: train, epochs: CLASSIFIER.epochs.value }], createRng(seed))
  const stored = packMeasured(encoder, { name: 'classifier', seed, command, data: basename(path), vocabulary }, held)
  const { user, system } = process.cpuUsage(start)
  return { stored, train, held, cpuSeconds: (user + system) / 1e6 }
}

import type { BabiQuestion } from '../babi/mod.ts'

/** Questions over stories as numbers; every distinct sentence is held once, stories and questions refer to it. */
export interface Corpus {
  readonly vocabulary: readonly string[]
  /** Words of the longest sentence. */
  readonly longest: number
  /** Sentence s holds the words from `starts[s]` to `starts[s + 1]`. */
  readonly starts: Int32Array
  readonly words: Int32Array
  /** Question q's statements, the most recent first, from `storyStarts[q]` to `storyStarts[q + 1]` of `stories`. */
  readonly storyStarts: Int32Array
  readonly stories: Int32Array
  /** Sentence of each question, and word of each answer. */
  readonly questions: Int32Array
  readonly answers: Int32Array
}

/** The words of questions, answers included, in order of appearance. */
export function vocabularyOf(questions: readonly BabiQuestion[]): string[] {
  const words = new Set<string>()
  for (const { statements, question, answer } of questions) {
    for (const statement of statements) for (const word of statement) words.add(word)
    for (const word of question) words.add(word)
    words.add(answer)
  }
  return [...words]
}

/**
 * Encodes questions.
 *
 * @param slots how many of the latest statements are kept
 * @param vocabulary words known; others are left out, and an answer outside it is no word (-1)
 */
export function encodeCorpus(
  questions: readonly BabiQuestion[],
  { slots, vocabulary }: { readonly slots: number; readonly vocabulary: readonly string[] },
): Corpus {
  const wordIds = new Map(vocabulary.map((word, id) => [word, id]))
  const sentenceIds = new Map<string, number>()
  // Stories share their sentences' arrays: most are found without looking at their words.
  const seen = new Map<readonly string[], number>()
  const starts = [0]
  const words: number[] = []
  const idOf = (sentence: readonly string[]): number => {
    const known = seen.get(sentence)
    if (known !== undefined) return known
    const text = sentence.join(' ')
    let id = sentenceIds.get(text)
    if (id === undefined) {
      id = sentenceIds.size
      sentenceIds.set(text, id)
      for (const word of sentence) {
        const wordId = wordIds.get(word)
        if (wordId !== undefined) words.push(wordId)
      }
      starts.push(words.length)
    }
    seen.set(sentence, id)
    return id
  }
  const storyStarts = [0]
  const stories: number[] = []
  const asked: number[] = []
  const answers: number[] = []
  for (const { statements, question, answer } of questions) {
    for (let i = statements.length - 1; i >= Math.max(0, statements.length - slots); i--) {
      stories.push(idOf(statements[i] as readonly string[]))
    }
    storyStarts.push(stories.length)
    asked.push(idOf(question))
    answers.push(wordIds.get(answer) ?? -1)
  }
  return {
    vocabulary,
    longest: starts.reduce((most, start, s) => Math.max(most, (starts[s + 1] ?? start) - start), 0),
    starts: Int32Array.from(starts),
    words: Int32Array.from(words),
    storyStarts: Int32Array.from(storyStarts),
    stories: Int32Array.from(stories),
    questions: Int32Array.from(asked),
    answers: Int32Array.from(answers),
  }
}

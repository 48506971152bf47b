import type { BabiLine, BabiQuestion, BabiStory } from './types.ts'

/** Says what is wrong with a line by throwing: what it must be, and what was given. */
export type Fail = (what: string) => never

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[^\s.,;:!?]+/g) ?? []

/** Reads one story line by line and adds its questions to a list; the questions share the words of the statements. */
export class StoryReader {
  private readonly statements: (readonly string[])[] = []
  /** The index of a line's statement, or -1 for a question. */
  private readonly indices: number[] = []
  private readonly questions: BabiQuestion[]

  constructor(questions: BabiQuestion[]) {
    this.questions = questions
  }

  /** Takes the next line; calls `fail` if it is no line of bAbI's format. */
  add(line: BabiLine, fail: Fail): void {
    if ('text' in line) {
      this.indices.push(this.statements.length)
      this.statements.push(this.words(line.text, 'statement', fail))
      return
    }
    const question = this.words(line.question, 'question', fail)
    if (!/^\S+$/.test(line.answer)) fail(`the question must have an answer of one token, got "${line.answer}"`)
    const supports = line.supports.map((support) => {
      const index = this.indices[support - 1] ?? -1
      return index >= 0 ? index : fail(`a support must be the number of an earlier statement, got ${support}`)
    })
    if (supports.length === 0) fail('the question must have the numbers of supporting statements, got none')
    this.indices.push(-1)
    const statements = this.statements.slice()
    this.questions.push({ statements, supports, question, answer: line.answer.toLowerCase() })
  }

  private words(text: string, kind: string, fail: Fail): readonly string[] {
    if (/[\t\r\n]/.test(text)) fail(`the ${kind} must be one line without tabs, got ${JSON.stringify(text)}`)
    const words = wordsOf(text)
    return words.length > 0 ? words : fail(`the ${kind} must have words, got "${text}"`)
  }
}

/**
 * The questions of stories, as a reader of {@link formatBabi}'s text finds them.
 *
 * @throws {RangeError} if a story's line has no words, an answer is not one token, or a support is no earlier statement
 */
export function questionsOf(stories: readonly BabiStory[]): BabiQuestion[] {
  const questions: BabiQuestion[] = []
  stories.forEach((story, s) => {
    const reader = new StoryReader(questions)
    story.forEach((line, l) => {
      reader.add(line, (what) => {
        throw new RangeError(`Cannot read story ${s + 1}, line ${l + 1}: ${what}`)
      })
    })
  })
  return questions
}

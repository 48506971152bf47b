import { type Fail, StoryReader } from './story-reader.ts'
import type { BabiLine, BabiQuestion } from './types.ts'

/**
 * Reads stories in bAbI's text format: lines "ID text", where ID 1 starts a story and a question has tabs before its
 * answer and before the IDs of its supporting statements. Lines may end in LF or CRLF; a byte-order mark is dropped.
 *
 * @param file how errors name the text
 * @throws {SyntaxError} on an empty file, one without questions, or a malformed line; the message names file and line
 *
 * @example
 * ```ts
 * import { parseBabi, vocabularyOf } from '../../lib/training/mod.ts'
 *
 * const text = '1 Mary moved to the hall.\n2 Where is Mary? \thall\t1\n'
 * const [asked] = parseBabi('mine.txt', text)
 * asked?.statements // => [['mary', 'moved', 'to', 'the', 'hall']]
 * asked?.answer // => 'hall'
 * vocabularyOf(asked ? [asked] : []).length // => 7
 * ```
 */
export function parseBabi(file: string, text: string): BabiQuestion[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/[\r\n]+$/, '')
    .split(/\r?\n/)
  const questions: BabiQuestion[] = []
  let reader = new StoryReader(questions)
  let last = 0
  lines.forEach((line, index) => {
    const fail: Fail = (what) => {
      throw new SyntaxError(`Cannot read ${file}:${index + 1}: ${what}`)
    }
    if (lines.length === 1 && line.trim() === '') fail('the file must have stories, got an empty file')
    const [, digits, rest = ''] = /^(\d+)(?: (.*))?$/.exec(line) ?? []
    if (digits === undefined) fail(`the line must begin with its number and a blank, got "${line}"`)
    const id = Number(digits)
    if (id !== 1 && id !== last + 1) {
      fail(`the line's number must be ${last === 0 ? '1' : `${last + 1}, or 1 for a new story`}, got ${digits}`)
    }
    if (id === 1) reader = new StoryReader(questions)
    last = id
    reader.add(readLine(rest, fail), fail)
  })
  if (questions.length === 0) {
    throw new SyntaxError(`Cannot read ${file}:${lines.length}: the file must have a question, got none`)
  }
  return questions
}

function readLine(text: string, fail: Fail): BabiLine {
  if (!text.includes('\t')) return { text }
  const parts = text.split('\t')
  const [question = '', answer = '', ids = ''] = parts
  if (answer === '') fail(`the question must have an answer after a tab, got "${text}"`)
  if (parts.length !== 3) {
    fail(`the question must have an answer and supporting numbers, each after one tab, got ${parts.length} parts`)
  }
  const supports = ids.split(' ').filter((word) => word !== '')
  const wrong = supports.find((word) => !/^\d+$/.test(word))
  if (wrong !== undefined) fail(`a support must be the number of an earlier statement, got "${wrong}"`)
  return { question, answer, supports: supports.map(Number) }
}

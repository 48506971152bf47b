import { questionsOf } from './story-reader.ts'
import type { BabiStory } from './types.ts'

/**
 * Writes stories in bAbI's text format, e.g. "3 Where is Mary? \tbathroom\t1", each line ended by a line feed. (The
 * published files of tasks 4 and 15 to 20 leave out the blank before the tab; readers do not mind.)
 *
 * @throws {RangeError} if a story's line has no words or has tabs or line breaks, an answer is not one token, or a
 *   support is no earlier statement
 */
export function formatBabi(stories: readonly BabiStory[]): string {
  // What could not be read back must not be written.
  questionsOf(stories)
  let text = ''
  for (const story of stories) {
    story.forEach((line, index) => {
      text += `${index + 1} `
      text += 'text' in line ? line.text : `${line.question} \t${line.answer}\t${line.supports.join(' ')}`
      text += '\n'
    })
  }
  return text
}

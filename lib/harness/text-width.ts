import { stripVTControlCharacters } from 'node:util'

const ASCII = /^[\x20-\x7e]*$/
/** Marks that sit on the character before them, and characters that take no place. */
const NO_WIDTH = /\p{M}|\p{Cf}/gu
/** Characters that take two places. */
const DOUBLE = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/gu

/** Places a text takes in a terminal's line; codes for colour take none. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  const shown = stripVTControlCharacters(text).replace(NO_WIDTH, '')
  return [...shown].length + (shown.match(DOUBLE)?.length ?? 0)
}

/** A text filled up with blanks to a width, in front of it if `right`. */
export function padText(text: string, width: number, right = false): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)))
  return right ? blanks + text : text + blanks
}

/** A text without line breaks and other control characters, which would break a table or steer a terminal. */
export function withoutControls(text: string): string {
  return ASCII.test(text) ? text : text.replace(/\p{Cc}+/gu, ' ')
}

/** A text of at most `width` places, its end replaced by an ellipsis where it is longer. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let cut = ''
  for (const character of text) {
    if (textWidth(cut + character) > width - 1) break
    cut += character
  }
  return `${cut.trimEnd()}…`
}

/**
 * A text broken between words into lines of at most `width` places; a longer word has a line of its own.
 *
 * @param width null leaves the text in one line
 * @param indent what the second line and all after it begin with
 */
export function wrapText(text: string, width: number | null, indent = ''): string {
  if (width === null || textWidth(text) <= width) return text
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line === '') line = word
    else if (textWidth(line) + 1 + textWidth(word) <= width) line = `${line} ${word}`
    else {
      lines.push(line)
      line = indent + word
    }
  }
  return [...lines, line].join('\n')
}

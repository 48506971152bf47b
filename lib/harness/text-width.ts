import { createRequire } from 'node:module'

/**
 * Characters of one place each, whatever stands beside them: those that our own texts are made of. Anything else is
 * measured by a package that takes longer to load than most scripts run.
 */
const NARROW =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u259f]*$/
/** Codes for colour and weight as we write them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they begin with
const STYLE_CODES = /\u001b\[\d+m/g

const require = createRequire(import.meta.url)

/**
 * Places a text takes in a terminal's line, as `string-width` counts them: codes for colour and accents take none,
 * East Asian characters and emoji two. Fonts and terminals may differ from that in rare scripts.
 */
export function textWidth(text: string): number {
  const shown = text.replace(STYLE_CODES, '')
  if (NARROW.test(shown)) return shown.length
  return (require('string-width') as typeof import('string-width')).default(shown)
}

/** A text filled up with blanks to a width, in front of it if `right`. */
export function padText(text: string, width: number, right = false): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)))
  return right ? blanks + text : text + blanks
}

/** A text without line breaks and other control characters, which would break a table or steer a terminal. */
export function withoutControls(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text : text.replace(/\p{Cc}+/gu, ' ')
}

/** A text of at most `width` places, its end replaced by an ellipsis where it is longer; no character is torn apart. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let cut = ''
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (textWidth(cut + segment) > width - 1) break
    cut += segment
  }
  return `${cut.trimEnd()}…`
}

/**
 * A text broken between words into lines of at most `width` places; a longer word has a line of its own. Blanks that
 * the text begins with stay.
 *
 * @param width null leaves the text in one line
 * @param indent what the second line and all after it begin with
 */
export function wrapText(text: string, width: number | null, indent = ''): string {
  if (width === null || textWidth(text) <= width) return text
  const lines: string[] = []
  const lead = /^ */.exec(text)?.[0] ?? ''
  const [first = '', ...words] = text.slice(lead.length).split(' ')
  let line = lead + first
  for (const word of words) {
    if (textWidth(line) + 1 + textWidth(word) <= width) line = `${line} ${word}`
    else {
      lines.push(line)
      line = indent + word
    }
  }
  return [...lines, line].join('\n')
}

import { markdownTable } from './format.ts'

/** Rows from which on a table is folded away. */
const LONG_TABLE = 31

/** A dollar sign that opens no formula: GitHub asks for the tags, other readers of Markdown for the backslash. */
const DOLLAR = '<span>\\$</span>'
/** Takes no place, and keeps a sign from the word that it would be read with. */
const ZERO_WIDTH_SPACE = '\u200b'

/**
 * A text as GitHub shows it literally, in a cell or a sentence: what Markdown or HTML would take for a sign of its own
 * is escaped, a line break becomes one of HTML; there are no mentions, numbers of issues or formulas in it.
 */
export function escapeMarkdown(text: string): string {
  return (
    text
      // Underscores inside words mean nothing, and may be part of an address.
      .replace(/[\\`*~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      // Brackets alone are plain text; only a link, an image or a footnote gives them a meaning.
      .replace(/\](?=[[(:])/g, '\\]')
      .replaceAll('[^', '\\[^')
      .replace(/\r\n|[\r\n]/g, '<br>')
      .replace(/\p{Cc}+/gu, ' ')
      .replace(/[@#](?=\w)/g, `$&${ZERO_WIDTH_SPACE}`)
      .replace(/\$/g, () => DOLLAR)
  )
}

/** A sentence of its own, which must not begin like a heading, a quotation or a list. */
export function escapeParagraph(text: string): string {
  return escapeMarkdown(text)
    .replace(/^\s*([#+>-])/, '\\$1')
    .replace(/^\s*(\d+)([.)])/, '$1\\$2')
}

/** Lines of a Markdown table whose cells are shown literally; a long one is folded away under `summary`. */
export function literalTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  options: { readonly numeric: readonly boolean[]; readonly summary: string },
): string {
  const lines = markdownTable(
    heads.map(escapeMarkdown),
    rows.map((row) => row.map(escapeMarkdown)),
    options.numeric,
  )
  if (rows.length < LONG_TABLE) return lines
  const summary = options.summary.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  // Without the empty lines GitHub takes the table for a part of the HTML.
  return `<details>\n<summary>${summary}: ${rows.length} rows</summary>\n\n${lines}\n\n</details>`
}

/** A numbered list; the numbers are those that a column of notes names. */
export function markdownList(items: readonly string[]): string {
  return items.map((item, index) => `${index + 1}. ${escapeParagraph(item)}`).join('\n')
}

/** A word of a command line, in quotes where a shell would read it otherwise. */
function shellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command as a code block that can be copied into a shell. */
export function commandBlock(script: string, argv: readonly string[]): string {
  const command = ['npx', 'tsx', script, ...argv].map(shellWord).join(' ')
  const longest = Math.max(2, ...(command.match(/`+/g) ?? []).map((ticks) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}sh\n${command}\n${fence}`
}

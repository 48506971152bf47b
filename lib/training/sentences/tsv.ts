import type { Example } from './types.ts'

/**
 * Reads sentences with their classes, a line each: "SENTENCE<tab>LABEL", as the files of SST-2 in GLUE are. A first line
 * "sentence<tab>label" is a header and may be left out. Sentences become lower-case words, split at white space; there
 * is no quoting. Lines may end in LF or CRLF, a byte-order mark is dropped, and empty lines are accepted at the end
 * alone: one in between may be a sentence that was lost. The examples' level is 0.
 *
 * @param file how errors name the text
 * @param options `classes`: labels are integers from 0 to one less than this, by default 2
 * @throws {SyntaxError} if there is no row, or a line is no sentence and label; the message names file and line
 * @throws {RangeError} if `classes` is no integer of at least 2
 *
 * @example
 * ```ts
 * import { parseSentenceTsv } from '../../lib/training/mod.ts'
 *
 * const examples = parseSentenceTsv('mine.tsv', 'sentence\tlabel\nA fine film .\t1\nDull\t0\n')
 * examples.map(({ label }) => label) // => [1, 0]
 * examples[0]?.words // => ['a', 'fine', 'film', '.']
 * ```
 */
export function parseSentenceTsv(
  file: string,
  text: string,
  { classes = 2 }: { readonly classes?: number } = {},
): Example[] {
  if (!Number.isSafeInteger(classes) || classes < 2) {
    throw new RangeError(`Cannot read ${file}: classes must be an integer of at least 2, got ${classes}`)
  }
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/[\r\n]+$/, '')
    .split(/\r?\n/)
  const fail = (line: number, what: string): never => {
    throw new SyntaxError(`Cannot read ${file}:${line}: ${what}`)
  }
  if (lines.length === 1 && lines[0]?.trim() === '') fail(1, 'the file must have sentences, got an empty file')
  const headed = /^\s*sentence\s*\t\s*label\s*$/i.test(lines[0] ?? '')
  const examples: Example[] = []
  lines.forEach((line, index) => {
    if (index === 0 && headed) return
    examples.push(readRow(line, { classes, isFirst: index === 0, fail: (what) => fail(index + 1, what) }))
  })
  if (examples.length === 0) fail(1, 'the file must have sentences below its header, got none')
  return examples
}

function readRow(
  line: string,
  {
    classes,
    isFirst,
    fail,
  }: { readonly classes: number; readonly isFirst: boolean; readonly fail: (what: string) => never },
): Example {
  if (line.trim() === '') fail('the line must have a sentence and a label, got an empty line')
  const columns = line.split('\t')
  const [sentence = '', digits] = columns.map((column) => column.trim())
  if (isFirst && columns.length > 1 && !columns.some((column) => /^\s*\d*\s*$/.test(column))) {
    const row = `a sentence and a label from 0 to ${classes - 1}`
    fail(`the first line must be "sentence" and "label", or ${row}, with a tab between, got ${JSON.stringify(line)}`)
  }
  if (digits === undefined || digits === '')
    fail(`the sentence must have a label after a tab, got ${JSON.stringify(line)}`)
  if (columns.length > 2) fail(`the line must have 2 columns, a sentence and a label, got ${columns.length}`)
  if (sentence === '') fail('the sentence must have words, got none')
  const label = /^\d+$/.test(digits ?? '') ? Number(digits) : Number.NaN
  if (!(label < classes)) fail(`the label must be an integer from 0 to ${classes - 1}, got "${digits}"`)
  return { words: sentence.toLowerCase().split(/\s+/), label, level: 0 }
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import Papa from 'papaparse'
import { parseDecimal } from './decimal.ts'

/** A row of a CSV file: its cells by column, and the line it stands in. */
export interface CsvRow<K extends string> {
  readonly line: number
  readonly cells: Readonly<Record<K, string>>
}

/**
 * Reads a text file; a byte-order mark is dropped.
 *
 * @param shown how errors name it
 * @throws {TypeError} if it cannot be read; {SyntaxError} if it is no UTF-8 text
 */
export function readTextFile(path: string, shown: string = path): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const got = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'a directory' : String(code)
    throw new TypeError(`Cannot read ${shown}: it must be a readable file, got ${got}`)
  }
  if (/[\0\uFFFD]/.test(text)) throw new SyntaxError(`Cannot read ${shown}: it must be UTF-8 text, got other bytes`)
  return text.replace(/^\uFEFF/, '')
}

/**
 * Reads the text files of a user's folder.
 *
 * @param suffix how their names end
 * @returns texts by file name
 * @throws {TypeError} if it is no readable folder, or has no such file; as {@link readTextFile}
 */
export function readTextFolder(path: string, suffix: string): Record<string, string> {
  let names: string[]
  try {
    names = readdirSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const got = code === 'ENOENT' ? 'no such folder' : code === 'ENOTDIR' ? 'a file' : String(code)
    throw new TypeError(`Cannot read ${path}: it must be a readable folder, got ${got}`)
  }
  const wanted = names.filter((name) => name.endsWith(suffix)).sort()
  if (wanted.length === 0) throw new TypeError(`Cannot read ${path}: it must hold files ending in ${suffix}, got none`)
  return Object.fromEntries(wanted.map((name) => [name, readTextFile(join(path, name))]))
}

/**
 * What the file holds that a parameter names.
 *
 * @param name the parameter
 * @param path what it is set to
 * @param files as a run gets them
 * @returns undefined where it names none
 * @throws {TypeError} if the run was not given what the file holds
 */
export function userFile(name: string, path: string, files: Readonly<Record<string, string>>): string | undefined {
  if (path === '') return undefined
  const text = files[name]
  if (text === undefined) throw new TypeError(`Cannot run: ${name} must come with what ${path} holds, got nothing`)
  return text
}

/** The column names of a CSV text's first line. */
export function csvHeader(text: string): string[] {
  const [names = []] = Papa.parse<string[]>(text.replaceAll('\r\n', '\n'), {
    delimiter: ',',
    newline: '\n',
    preview: 1,
  }).data
  return names.map((name) => name.trim())
}

/**
 * Parses CSV with a header; lines may end in LF or CRLF, columns may stand in any order, and others beside them.
 *
 * @param file how errors name the text
 * @param columns what the header must have
 * @throws {SyntaxError} on an empty file, a missing or doubled column, or a malformed line; the message names file and
 *   line
 *
 * @example
 * ```ts
 * import { numberCell, parseCsv } from '../../lib/harness/mod.ts'
 *
 * const [row] = parseCsv('mine.csv', 'name,volts\nlow,0.5\n', ['volts'])
 * row?.line // => 2
 * row && numberCell(row, 'volts', { min: 0 }) // => 0.5
 * ```
 */
export function parseCsv<K extends string>(file: string, text: string, columns: readonly K[]): CsvRow<K>[] {
  const fail = (line: number, what: string): never => {
    throw new SyntaxError(`Cannot read ${file}:${line}: ${what}`)
  }
  const lines = text.replaceAll('\r\n', '\n').replace(/\n+$/, '')
  if (lines.trim() === '') fail(1, `the file must have a header (${columns.join(',')}) and rows, got an empty file`)
  const names = csvHeader(lines)
  const missing = columns.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    fail(1, `the header must have the columns ${columns.join(',')}; missing: ${missing.join(', ')}`)
  }
  const doubled = names.find((name, index) => names.indexOf(name) !== index)
  if (doubled !== undefined) fail(1, `the header must have each column once, got also: ${doubled || 'an unnamed one'}`)
  const parsed = Papa.parse<Record<string, string>>(lines, {
    header: true,
    delimiter: ',',
    newline: '\n',
    transformHeader: (name) => name.trim(),
  })
  // A quoted cell may hold line breaks.
  const starts = [2]
  for (const row of parsed.data) {
    const breaks = Object.values(row).reduce((sum, cell) => sum + String(cell).split('\n').length - 1, 0)
    starts.push((starts.at(-1) as number) + breaks + 1)
  }
  const [error] = parsed.errors
  // Papa counts the header as a row in errors about quotes, but not in those about fields.
  if (error) fail(starts[(error.row ?? 0) - (error.type === 'Quotes' ? 1 : 0)] ?? 2, error.message)
  if (parsed.data.length === 0) fail(1, 'the file must have rows below its header, got none')
  return parsed.data.map((cells, index) => ({ line: starts[index] as number, cells: cells as Record<K, string> }))
}

/**
 * Parses CSV and makes something of each row; what is wrong with a row is said with file and line.
 *
 * @throws {SyntaxError} as {@link parseCsv}; {RangeError} if `read` throws
 */
export function readCsvRows<K extends string, T>(
  file: string,
  text: string,
  { columns, read }: { readonly columns: readonly K[]; readonly read: (row: CsvRow<K>) => T },
): T[] {
  return parseCsv(file, text, columns).map((row) => {
    try {
      return read(row)
    } catch (error) {
      throw new RangeError(`Cannot read ${file}:${row.line}: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
}

/**
 * Reads a cell that must be a number.
 *
 * @param range bounds, and whether it must be whole
 * @throws {RangeError} naming the column and what was given
 */
export function numberCell(
  row: CsvRow<string>,
  column: string,
  range: { readonly min: number; readonly max?: number; readonly unit?: string; readonly integer?: true },
): number {
  const text = row.cells[column] as string
  const value = parseDecimal(text.trim())
  const { min, max = Number.MAX_VALUE, unit, integer } = range
  if (!(value >= min && value <= max) || (integer && !Number.isSafeInteger(value))) {
    const noun = integer ? 'an integer' : 'a number'
    const must = range.max === undefined ? `${noun} from ${min}` : `${noun} from ${min} to ${max}`
    throw new RangeError(`${column} must be ${must}${unit ? ` (${unit})` : ''}, got "${text}"`)
  }
  return value
}

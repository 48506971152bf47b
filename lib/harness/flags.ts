import { parseArgs } from 'node:util'
import { didYouMean } from './nearest.ts'

/** A command-line flag; those with a `value` take one, those with `many` may be given more than once. */
export interface Flag {
  readonly value?: string
  readonly many?: true
  readonly help: string
}

/** What was given: texts by flag, `true` for a flag without value. */
export interface ParsedFlags {
  readonly flags: Readonly<Record<string, string | true | readonly string[] | undefined>>
  readonly positionals: readonly string[]
}

/**
 * Reads a command line.
 *
 * @param argv arguments after the script
 * @param flags flags by name, without dashes
 * @param options how many positional arguments may stand beside them
 * @throws {SyntaxError} naming the flag, what is wrong, and the nearest flag there is
 */
export function parseFlags(
  argv: readonly string[],
  flags: Readonly<Record<string, Flag>>,
  options: { readonly positionals?: number } = {},
): ParsedFlags {
  const names = Object.keys(flags)
  const { tokens } = parseArgs({
    args: argv.map((arg) => (arg === '-h' ? '--help' : arg)),
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(flags).map(([name, flag]) => [
        name,
        { type: flag.value ? ('string' as const) : ('boolean' as const) },
      ]),
    ),
  })
  const given: Record<string, string | true | string[]> = {}
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      positionals.push(token.value)
      continue
    }
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined
    if (!flag) {
      const near = didYouMean(token.name, names).replaceAll('"', '').replace('mean ', 'mean --')
      throw new SyntaxError(`Cannot read the command line: there is no flag ${token.rawName}${near} (see --help)`)
    }
    // parseArgs takes the next flag for a value that was left out.
    const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))
    if (flag.value && missing) {
      throw new SyntaxError(
        `Cannot read the command line: --${token.name} must be followed by ${flag.value}, got ${token.value ?? 'nothing'}`,
      )
    }
    if (!flag.value && token.value !== undefined) {
      throw new SyntaxError(`Cannot read the command line: --${token.name} takes no value, got "${token.value}"`)
    }
    const before = given[token.name]
    if (flag.many) given[token.name] = [...((before as string[] | undefined) ?? []), token.value as string]
    else if (before !== undefined)
      throw new SyntaxError(`Cannot read the command line: --${token.name} must be given once, got it again`)
    else given[token.name] = token.value ?? true
  }
  if (positionals.length > (options.positionals ?? 0)) {
    const extra = positionals[options.positionals ?? 0]
    const hint = extra?.includes('=') ? `; did you mean --set ${extra}?` : ''
    throw new SyntaxError(`Cannot read the command line: "${extra}" must belong to a flag${hint} (see --help)`)
  }
  return { flags: given, positionals }
}

/** Options named in an error; more would hide the point. */
const MAX_OPTIONS = 12

/**
 * The option a flag's value names.
 *
 * @param what the flag, without dashes, and what cannot be done without it
 * @throws {RangeError} naming the options, or how many they are, and the nearest one
 */
export function oneOf<T extends string>(
  what: { readonly action: string; readonly flag: string },
  value: string,
  options: readonly T[],
): T {
  const known = options.find((option) => option === value)
  if (known !== undefined) return known
  const list = options.length > MAX_OPTIONS ? options.length : options.join(', ')
  throw new RangeError(
    `Cannot ${what.action}: --${what.flag} must be one of ${list}, got "${value}"${didYouMean(value, options)}`,
  )
}

/** The flags as lines of a help text. */
export function describeFlags(flags: Readonly<Record<string, Flag>>): string {
  const rows = Object.entries(flags).map(
    ([name, flag]) => [`  --${name}${flag.value ? ` ${flag.value}` : ''}`, flag.help] as const,
  )
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, help]) => `${left.padEnd(width)}  ${help}`).join('\n')
}

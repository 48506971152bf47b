import { readTextFile, readTextFolder } from './csv.ts'
import { type AnyExperiment, variantNames } from './experiment.ts'
import { type Flag, oneOf, parseFlags } from './flags.ts'
import { type ParamValue, parseAssignment, parseParam, parseSeed } from './param.ts'
import { DEFAULT_SEED, type RunOptions } from './run.ts'
import { parseSweep, type Sweep } from './sweep.ts'

const FORMATS = ['table', 'json', 'csv', 'md'] as const
/** How a run is printed. */
export type Format = (typeof FORMATS)[number]

/** The flags of every experiment. */
export const SCRIPT_FLAGS: Readonly<Record<string, Flag>> = {
  set: { value: 'NAME=VALUE', many: true, help: 'use another value of a parameter; may be repeated' },
  sweep: { value: 'NAME=A,B,C', many: true, help: 'run once for each value; several sweeps run all combinations' },
  variant: { value: 'NAME', help: 'use the named set of switches (see Variants)' },
  seed: { value: 'N', help: `seed of the random numbers (default ${DEFAULT_SEED})` },
  format: { value: FORMATS.join('|'), help: 'output format (default table)' },
  table: { value: 'NAME', help: 'print this table alone (csv prints one table: the first unless named)' },
  out: { value: 'FILE', help: 'write to a file instead of standard output' },
  check: { help: 'compare with the golden; exit 1 on any difference' },
  debug: { help: 'print the stack of an error' },
  help: { help: 'print this text' },
}

/** What a command line asks of an experiment. */
export interface Request {
  readonly help: boolean
  readonly options: RunOptions
  readonly sweeps: readonly Sweep[]
  readonly format: Format
  /** The one table to print. */
  readonly table: string | undefined
  readonly out: string | undefined
  readonly check: boolean
  /** Flags that depart from the default run, the paper's own conditions. */
  readonly changed: readonly string[]
}

/**
 * Reads an experiment's command line.
 *
 * @throws {SyntaxError | RangeError} naming the flag or parameter, what it must be and what was given
 */
export function readRequest(exp: AnyExperiment, argv: readonly string[]): Request {
  const { flags } = parseFlags(argv, SCRIPT_FLAGS)
  const texts = (name: string) => (flags[name] as readonly string[] | undefined) ?? []
  const text = (name: string) => flags[name] as string | undefined
  const set: Record<string, ParamValue> = {}
  const files: Record<string, string> = {}
  for (const assignment of texts('set')) {
    const { name, param, text: value } = parseAssignment(exp.params, '--set', assignment)
    if (Object.hasOwn(set, name)) throw new RangeError(`Cannot set ${name}: it must be set once, got it again`)
    set[name] = parseParam(name, param, value)
    if (param.file && value !== '') files[name] = readTextFile(value)
    if (param.folder && value !== '') {
      for (const [file, content] of Object.entries(readTextFolder(value, param.folder)))
        files[`${name}/${file}`] = content
    }
  }
  const sweeps = texts('sweep').map((sweep) => parseSweep(exp, sweep))
  for (const [index, { name }] of sweeps.entries()) {
    if (Object.hasOwn(set, name) || sweeps.findIndex((other) => other.name === name) !== index) {
      throw new RangeError(`Cannot sweep ${name}: it must be set or swept once, got it again`)
    }
  }
  const variant =
    text('variant') === undefined
      ? undefined
      : oneOf({ action: 'run', flag: 'variant' }, String(text('variant')), variantNames(exp))
  const seed = text('seed') === undefined ? undefined : parseSeed(String(text('seed')))
  const table = text('table')
  const changed = [
    ...Object.keys(set).map((name) => `--set ${name}`),
    ...sweeps.map(({ name }) => `--sweep ${name}`),
    ...(variant !== undefined && variant !== variantNames(exp)[0] ? [`--variant ${variant}`] : []),
    ...(seed !== undefined && seed !== DEFAULT_SEED ? ['--seed'] : []),
  ]
  const check = flags['check'] === true
  if (check && changed.length > 0) {
    throw new RangeError(
      `Cannot check ${exp.id}: a golden must be compared with the default run, got ${changed.join(', ')}`,
    )
  }
  return {
    help: flags['help'] === true,
    options: { set, files, ...(variant === undefined ? {} : { variant }), ...(seed === undefined ? {} : { seed }) },
    sweeps,
    format: oneOf({ action: 'run', flag: 'format' }, text('format') ?? 'table', FORMATS),
    table:
      table === undefined
        ? undefined
        : oneOf({ action: 'run', flag: 'table' }, table, Object.keys(exp.schema.properties)),
    out: text('out'),
    check,
    changed,
  }
}

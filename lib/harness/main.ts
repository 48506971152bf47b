import { realpathSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import Papa from 'papaparse'
import { describeSource } from '../numeric/mod.ts'
import { atomicWrite } from './atomic-write.ts'
import { EXIT, runCommand } from './command.ts'
import { type AnyExperiment, anyExperiment, type Experiment, variantNames } from './experiment.ts'
import { describeFlags, type Flag, parseFlags } from './flags.ts'
import { alignedTable, formatCell, formatJson, formatMarkdownTable, formatTextTable } from './format.ts'
import { answerClaims, type JudgedClaim, judgeExperiment } from './judge.ts'
import { type LedgerClaim, readLedger } from './ledger.ts'
import { didYouMean } from './nearest.ts'
import { describeDomain, formatValue, type Params, type ParamValue, parseAssignment, parseParam } from './param.ts'
import { PROJECT_ROOT } from './root.ts'
import { DEFAULT_SEED, type RunOptions } from './run.ts'
import { parseSweep, runSweep, type Sweep, sweptSchema } from './sweep.ts'
import { columnsOf, type TableColumns } from './table.ts'
import { VERDICTS } from './verdict.ts'

const FORMATS = ['table', 'json', 'csv', 'md'] as const
type Format = (typeof FORMATS)[number]

const FLAGS: Readonly<Record<string, Flag>> = {
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

/**
 * Runs an experiment from the command line if its script is the program; does nothing if it was imported.
 *
 * @param meta the script's `import.meta`
 */
export async function main<P extends Params, C extends TableColumns>(
  meta: ImportMeta,
  exp: Experiment<P, C>,
): Promise<void> {
  if (isProgram(meta.url)) await runCommand((argv) => runScript(anyExperiment(exp), argv))
}

function isProgram(url: string): boolean {
  const program = process.argv[1]
  try {
    return program !== undefined && realpathSync(program) === realpathSync(fileURLToPath(url))
  } catch {
    return false
  }
}

/** The help text of an experiment, generated from its definition. */
export function helpText(exp: AnyExperiment): string {
  const params = Object.entries(exp.params)
  const lines = [
    `${exp.id} ${exp.version}: ${exp.title} (${exp.paper}, ${exp.item})`,
    '',
    `Usage: npx tsx experiments/${exp.id}.ts [flags]`,
    '',
    describeFlags(FLAGS),
  ]
  if (params.length > 0) {
    lines.push('', 'Parameters (name = default [unit]):')
    for (const [name, param] of params) {
      lines.push(`  ${name} = ${formatValue(param.value)} [${param.unit}]`)
      lines.push(`      ${param.description}; ${describeDomain(param)}`)
      lines.push(`      ${describeSource(param.source)}`)
    }
  }
  if (exp.variants) {
    lines.push('', 'Variants (the first is the default):')
    for (const [name, variant] of Object.entries(exp.variants)) {
      const set = Object.entries(variant.set).map(([key, value]) => `${key}=${formatValue(value as ParamValue)}`)
      lines.push(`  ${name}: ${variant.why}`, `      ${set.length > 0 ? set.join(', ') : 'no switch set'}`)
    }
  }
  lines.push('', 'Exit code: 0 all good, 1 a comparison failed, 2 the input or the harness is broken.', '')
  return lines.join('\n')
}

interface Request {
  readonly options: RunOptions
  readonly sweeps: readonly Sweep[]
  readonly format: Format
  readonly table: string | undefined
  readonly out: string | undefined
  readonly check: boolean
  /** The paper's own conditions: nothing set, nothing swept, default variant and seed. */
  readonly asPrinted: boolean
}

function readRequest(exp: AnyExperiment, flags: Readonly<Record<string, unknown>>): Request {
  const set: Record<string, ParamValue> = {}
  for (const text of (flags['set'] as readonly string[] | undefined) ?? []) {
    const { name, param, text: value } = parseAssignment(exp.params, '--set', text)
    if (Object.hasOwn(set, name)) throw new RangeError(`Cannot set ${name}: it must be set once, got it again`)
    set[name] = parseParam(name, param, value)
  }
  const sweeps = ((flags['sweep'] as readonly string[] | undefined) ?? []).map((text) => parseSweep(exp, text))
  for (const [index, { name }] of sweeps.entries()) {
    if (Object.hasOwn(set, name) || sweeps.findIndex((other) => other.name === name) !== index) {
      throw new RangeError(`Cannot sweep ${name}: it must be set or swept once, got it again`)
    }
  }
  const format = (flags['format'] ?? 'table') as Format
  if (!FORMATS.includes(format)) {
    throw new RangeError(
      `Cannot print: --format must be one of ${FORMATS.join(', ')}, got "${format}"${didYouMean(format, FORMATS)}`,
    )
  }
  const table = flags['table'] as string | undefined
  const tableNames = Object.keys(exp.schema.properties)
  if (table !== undefined && !tableNames.includes(table)) {
    throw new RangeError(
      `Cannot print: --table must be one of ${tableNames.join(', ')}, got "${table}"${didYouMean(table, tableNames)}`,
    )
  }
  const seedText = flags['seed'] as string | undefined
  if (seedText !== undefined && !(/^\d+$/.test(seedText) && Number(seedText) < 2 ** 32)) {
    throw new RangeError(`Cannot run: --seed must be an integer from 0 to 4294967295, got "${seedText}"`)
  }
  const variant = flags['variant'] as string | undefined
  const changed = [
    ...Object.keys(set).map((name) => `--set ${name}`),
    ...sweeps.map(({ name }) => `--sweep ${name}`),
    ...(variant !== undefined && variant !== variantNames(exp)[0] ? ['--variant'] : []),
    ...(seedText !== undefined && Number(seedText) !== DEFAULT_SEED ? ['--seed'] : []),
  ]
  const check = flags['check'] === true
  if (check && changed.length > 0) {
    throw new RangeError(
      `Cannot check ${exp.id}: a golden must be compared with the default run, got ${changed.join(', ')}`,
    )
  }
  const options: RunOptions = {
    set,
    ...(variant === undefined ? {} : { variant }),
    ...(seedText === undefined ? {} : { seed: Number(seedText) }),
  }
  return {
    options,
    sweeps,
    format,
    table,
    out: flags['out'] as string | undefined,
    check,
    asPrinted: changed.length === 0,
  }
}

/** Runs one experiment as its command line asks; returns the exit code. */
export async function runScript(
  exp: AnyExperiment,
  argv: readonly string[],
  root: string = PROJECT_ROOT,
): Promise<number> {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    process.stdout.write(helpText(exp))
    return EXIT.good
  }
  const request = readRequest(exp, flags)
  const run = runSweep(exp, request.sweeps, request.options)
  const ledger = new Map(readLedger(root, exp.paper).map((claim) => [claim.id, claim]))
  const judged =
    request.sweeps.length > 0 ? [] : judgeExperiment(exp, answerClaims(exp, run.tables, run.params), ledger)
  const compared = judged.filter((claim) => claim.verdict !== 'pending')
  const schema = sweptSchema(exp, request.sweeps)
  const names = request.table === undefined ? Object.keys(run.tables) : [request.table]
  const chosen = Object.fromEntries(names.map((name) => [name, run.tables[name] ?? []]))
  let text: string
  if (request.format === 'json') {
    text = formatJson({
      experiment: exp.id,
      version: exp.version,
      paper: exp.paper,
      item: exp.item,
      variant: run.variant,
      seed: run.seed,
      params:
        request.sweeps.length > 0
          ? { ...run.params, ...Object.fromEntries(request.sweeps.map((s) => [s.name, s.values])) }
          : run.params,
      claims: compared.map(({ id, value, unit, predicted, relativeError, verdict }) => ({
        id,
        value,
        unit,
        predicted,
        relativeError,
        verdict,
      })),
      tables: chosen,
    })
  } else if (request.format === 'csv') {
    const [name = ''] = names
    text = `${Papa.unparse([...(chosen[name] ?? [])], { newline: '\n' })}\n`
    const others = Object.keys(run.tables).filter((other) => other !== name)
    if (request.table === undefined && others.length > 0)
      console.error(`note: table ${name}; also: ${others.map((o) => `--table ${o}`).join(', ')}`)
  } else {
    const markdown = request.format === 'md'
    const tables = names.map((name) => {
      const table = (markdown ? formatMarkdownTable : formatTextTable)(chosen[name] ?? [], columnsOf(schema, name))
      return `${markdown ? '## ' : ''}${name}\n\n${table}\n`
    })
    const title = `${markdown ? '# ' : ''}${exp.id} ${exp.version}: ${exp.title} (${exp.item}; variant ${run.variant})\n`
    text = [title, ...tables, describeVerdicts(compared, request, markdown)].join('\n')
  }
  if (request.out !== undefined) atomicWrite(request.out, text)
  else process.stdout.write(text)
  return request.check ? reportCheck(exp, root, ledger) : EXIT.good
}

/** The verdicts as text: how many of each, then every claim that is not simply exact, with notes on why. */
function describeVerdicts(claims: readonly JudgedClaim[], request: Request, markdown: boolean): string {
  if (request.sweeps.length > 0) return 'A sweep is not judged against the paper.\n'
  if (claims.length === 0) return 'Nothing here is compared with the paper.\n'
  const counts = VERDICTS.map(
    (verdict) => [verdict, claims.filter((claim) => claim.verdict === verdict).length] as const,
  )
  const summary = counts
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ')
  const lead = request.asPrinted
    ? `Against the paper: ${summary}.`
    : `What if (these are not the paper's conditions): against its numbers ${summary}.`
  const rest = claims.filter((claim) => !['exact', 'input', 'unreachable'].includes(claim.verdict))
  if (rest.length === 0) return `${lead}\n`
  const notes = [...new Set(request.asPrinted ? rest.flatMap((claim) => claim.reason ?? []) : [])]
  const heads = ['claim', 'printed', 'ours', 'error', 'verdict', 'note']
  const rows = rest.map((claim) => [
    claim.id,
    claim.bound === 'range' ? `${claim.lo}-${claim.hi}` : claim.value || '-',
    typeof claim.predicted === 'object' && claim.predicted !== null
      ? claim.predicted.map(formatCell).join('-')
      : formatCell(claim.predicted),
    claim.relativeError === null ? '-' : `${(100 * claim.relativeError).toFixed(2)} %`,
    claim.verdict,
    claim.reason !== null && notes.includes(claim.reason) ? `[${notes.indexOf(claim.reason) + 1}]` : '',
  ])
  const table = markdown
    ? [heads, heads.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
    : alignedTable(heads, rows, [false, true, true, true, false, false])
  return [lead, '', table, '', ...notes.map((note, index) => `[${index + 1}] ${note}${markdown ? '\n' : ''}`), ''].join(
    '\n',
  )
}

async function reportCheck(
  exp: AnyExperiment,
  root: string,
  ledger: ReadonlyMap<string, LedgerClaim>,
): Promise<number> {
  // Loaded only here: every module adds to the start-up of a script.
  const [{ checkGolden }, { produce }] = await Promise.all([import('./golden.ts'), import('./produce.ts')])
  const { problems, corrupt } = checkGolden(root, produce(exp, ledger).produced)
  for (const problem of problems) console.error(`golden ${exp.id}: ${problem}`)
  if (problems.length === 0) console.error(`golden ${exp.id}: as accepted`)
  return corrupt ? EXIT.broken : problems.length > 0 ? EXIT.failed : EXIT.good
}

import { existsSync, realpathSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { atomicWrite } from './atomic-write.ts'
import { EXIT, runCommand } from './command.ts'
import { checkDefinition } from './definition.ts'
import { type AnyExperiment, anyExperiment, type Experiment } from './experiment.ts'
import { answerClaims, judgeExperiment } from './judge.ts'
import { type LedgerClaim, readLedger } from './ledger.ts'
import { runMeasurement } from './measure.ts'
import type { Output, RunAnswer } from './output.ts'
import type { Params } from './param.ts'
import { type Request, readRequest, SCRIPT_FLAGS } from './request.ts'
import { PROJECT_ROOT } from './root.ts'
import type { RunResult } from './run.ts'
import { runSweep } from './sweep.ts'
import type { TableColumns } from './table.ts'
import { PLAIN, terminalOf } from './terminal.ts'

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
  if (program === undefined) return false
  // tsx finds a script without its extension, too.
  const path = [program, `${program}.ts`].find((candidate) => existsSync(candidate))
  return path !== undefined && realpathSync(path) === realpathSync(fileURLToPath(url))
}

/**
 * Runs one experiment as its command line asks.
 *
 * @param root where golden/ and files of the project's own are
 * @returns the exit code
 * @throws {Error} on bad input; the message is for the person who gave it
 */
export async function runScript(
  exp: AnyExperiment,
  argv: readonly string[],
  root: string = PROJECT_ROOT,
): Promise<number> {
  checkDefinition(exp)
  const request = readRequest(exp, argv)
  if (request.help) {
    // Loaded only here, like the golden check: every module adds to the start-up of a script.
    const { helpText } = await import('./help.ts')
    process.stdout.write(helpText(exp, SCRIPT_FLAGS))
    return EXIT.good
  }
  const run = runSweep(exp, request.sweeps, { ...request.options, root })
  const ledger = new Map((exp.paper ? readLedger(root, exp.paper) : []).map((claim) => [claim.id, claim]))
  const answers = request.sweeps.length > 0 ? [] : answerClaims(exp, run.tables, run.params)
  const claims = judgeExperiment(exp, answers, ledger).filter((claim) => claim.verdict !== 'pending')
  const measured = wantsMeasurement(request) ? runMeasurement(exp, run) : null
  const { text, note } = await print(exp, run, { answer: { request, claims, measured }, argv })
  if (request.out !== undefined) atomicWrite(request.out, text)
  else process.stdout.write(text)
  if (note !== null) console.error(note)
  return request.check ? reportCheck(exp, root, ledger) : EXIT.good
}

/** A run in the format that was asked for; only text that goes straight to a terminal is coloured. */
async function print(
  exp: AnyExperiment,
  run: RunResult,
  context: { readonly answer: RunAnswer; readonly argv: readonly string[] },
): Promise<Output> {
  const { answer, argv } = context
  const { format, out } = answer.request
  if (format === 'json' || format === 'csv') {
    const { formatRun } = await import('./output.ts')
    return formatRun(exp, run, { ...answer, request: { ...answer.request, format } })
  }
  const { readableRun } = await import('./readable.ts')
  const markdown = format === 'md'
  const terminal = markdown || out !== undefined ? PLAIN : terminalOf(process.stdout, process.env)
  return { text: await readableRun(exp, run, { ...answer, markdown, terminal, argv }), note: null }
}

/** A person who asks for the whole answer of one run; what is checked, swept or cut down to a table is no such thing. */
function wantsMeasurement({ check, sweeps, table, format }: Request): boolean {
  return !check && sweeps.length === 0 && table === undefined && format !== 'csv'
}

async function reportCheck(
  exp: AnyExperiment,
  root: string,
  ledger: ReadonlyMap<string, LedgerClaim>,
): Promise<number> {
  const [{ checkGolden }, { produce }, { paintSentence }] = await Promise.all([
    import('./golden.ts'),
    import('./produce.ts'),
    import('./verdict-look.ts'),
  ])
  const terminal = terminalOf(process.stderr, process.env)
  const { problems, corrupt } = checkGolden(root, produce(exp, ledger, root).produced)
  for (const problem of problems) console.error(`golden ${exp.id}: ${paintSentence(problem, terminal)}`)
  if (problems.length === 0) console.error(`golden ${exp.id}: as accepted`)
  return corrupt ? EXIT.broken : problems.length > 0 ? EXIT.failed : EXIT.good
}

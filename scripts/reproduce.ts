#!/usr/bin/env -S npx tsx
import process from 'node:process'
import {
  checkBatch,
  describeSkipped,
  discoverExperiments,
  judgeBatch,
  runAll,
  scoreboard,
  selectExperiments,
  showProgress,
  summarise,
} from '../lib/harness/batch/mod.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { parseCount } from '../lib/harness/param.ts'
import { writeReport } from '../lib/harness/report/mod.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { terminalOf } from '../lib/harness/terminal.ts'
import { paintSentence } from '../lib/harness/verdict-look.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  jobs: { value: 'N', help: 'threads (default: one for each processor)' },
  force: { help: 'run everything, also what has not changed since the last run' },
  why: { help: 'say of each experiment why it ran or was skipped' },
  timeout: { value: 'SECONDS', help: 'give an experiment up after so long (default 900)' },
  'no-report': { help: 'do not write out/report' },
  help: { help: 'print this text' },
}

/** Lines shown of what differs in one experiment; the rest is counted. */
const MAX_LINES = 12

await runCommand(async (argv) => {
  const { flags, positionals } = parseFlags(argv, FLAGS, { positionals: Number.POSITIVE_INFINITY })
  if (flags['help']) {
    console.log(
      `Runs experiments, checks goldens, scores claims and writes the report.\n\nUsage: npx tsx scripts/reproduce.ts [flags] [id ...]\n\n${describeFlags(FLAGS)}\n\n${EXIT_HELP}`,
    )
    return EXIT.good
  }
  const root = PROJECT_ROOT
  const all = discoverExperiments(root)
  const ids = selectExperiments(all, positionals)
  const why = flags['why'] === true
  const jobs = flags['jobs'] === undefined ? {} : { jobs: parseCount('--jobs', String(flags['jobs'])) }
  const results = await runAll(root, ids, {
    ...jobs,
    ...(flags['timeout'] === undefined ? {} : { timeoutSeconds: parseCount('--timeout', String(flags['timeout'])) }),
    force: flags['force'] === true,
    onResult: showProgress(process.stdout, ids.length, why),
  })
  const state = await judgeBatch(root, results)
  const checked = checkBatch(root, state, all)
  // A part of the experiments says nothing about the claims of the others, and makes no report.
  const whole = positionals.length === 0
  const claims = whole ? state.claims : state.experiments.flatMap((judged) => judged.claims)
  const err = terminalOf(process.stderr, process.env)
  console.log(`\n${scoreboard(claims, { terminal: terminalOf(process.stdout, process.env) })}`)
  // Before its problems are listed, since the report may have some of its own.
  const report = whole && !flags['no-report'] ? await writeReport(root, state, checked) : null
  const verdict = report?.verdict ?? checked
  for (const { experiment, problems } of verdict.differing) {
    for (const problem of problems.slice(0, MAX_LINES))
      console.error(`golden ${experiment}: ${paintSentence(problem, err)}`)
    if (problems.length > MAX_LINES) {
      console.error(
        `golden ${experiment}: and ${problems.length - MAX_LINES} more; see npx tsx scripts/golden.ts review ${experiment}`,
      )
    }
  }
  for (const path of verdict.orphans) console.error(`golden: golden/${path} belongs to no experiment`)
  for (const problem of verdict.unexplained) console.error(`claims ${paintSentence(problem, err)}`)
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  for (const problem of verdict.unwritten ?? []) console.error(`report ${problem}`)
  if (report) console.log(`Report: ${report.path}\n`)
  const skipped = describeSkipped(results, why)
  if (skipped !== null) console.log(skipped)
  console.log(summarise(verdict, state))
  return verdict.exitCode
})

#!/usr/bin/env -S npx tsx
import process from 'node:process'
import {
  checkGoldens,
  discoverExperiments,
  judgeBatch,
  reasonProblems,
  runAll,
  scoreboard,
  selectExperiments,
  showProgress,
} from '../lib/harness/batch/mod.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { parseCount } from '../lib/harness/param.ts'
import { writeReport } from '../lib/harness/report/mod.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  jobs: { value: 'N', help: 'threads (default: one for each processor)' },
  force: { help: 'run everything, also what has not changed since the last run' },
  why: { help: 'say of each experiment why it ran or was skipped' },
  'no-report': { help: 'do not write out/report' },
  help: { help: 'print this text' },
}

/** Problem lines shown per experiment; the rest is counted. */
const MAX_LINES = 40

await runCommand(async (argv) => {
  const { flags, positionals } = parseFlags(argv, FLAGS, { positionals: Number.POSITIVE_INFINITY })
  if (flags['help']) {
    console.log(
      `Runs experiments, checks goldens, scores claims and writes the report.\n\nUsage: npx tsx scripts/reproduce.ts [flags] [id ...]\n\n${describeFlags(FLAGS)}\n\nExit code: 0 all good, 1 a comparison failed, 2 the input or the harness is broken.`,
    )
    return EXIT.good
  }
  const root = PROJECT_ROOT
  const all = discoverExperiments(root)
  const ids = selectExperiments(all, positionals)
  const jobs = flags['jobs'] === undefined ? {} : { jobs: parseCount('--jobs', String(flags['jobs'])) }
  const results = await runAll(root, ids, {
    ...jobs,
    force: flags['force'] === true,
    onResult: showProgress(process.stdout, ids.length, flags['why'] === true),
  })
  const state = await judgeBatch(root, results)
  const { checks, orphans } = checkGoldens(root, state, all)
  const unexplained = reasonProblems(state.experiments)
  const failing = checks.filter((check) => check.problems.length > 0)

  console.log(`\n${scoreboard(state.claims)}`)
  if (!flags['no-report']) console.log(`Report: ${await writeReport(root, state)}\n`)
  for (const { experiment, problems } of failing) {
    for (const problem of problems.slice(0, MAX_LINES)) console.error(`golden ${experiment}: ${problem}`)
    if (problems.length > MAX_LINES)
      console.error(
        `golden ${experiment}: and ${problems.length - MAX_LINES} more, see golden/${experiment}.changed.json`,
      )
  }
  for (const path of orphans) console.error(`golden: golden/${path} belongs to no experiment`)
  for (const problem of unexplained) console.error(`claims ${problem}`)
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  const skipped = results.filter((result) => result.skipped).length
  const failed = failing.length + state.broken.length
  console.log(
    `${ids.length} experiments: ${ids.length - failed} as accepted, ${failed} not${skipped > 0 ? ` (${skipped} unchanged since the last run; --force runs them)` : ''}`,
  )
  if (state.broken.length > 0 || checks.some((check) => check.corrupt)) return EXIT.broken
  return failing.length > 0 || orphans.length > 0 || unexplained.length > 0 ? EXIT.failed : EXIT.good
})

#!/usr/bin/env -S npx tsx
import { checkBatch, discoverExperiments, judgeBatch, runAll } from '../lib/harness/batch/mod.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { writeReport } from '../lib/harness/report/mod.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

const FLAGS: Readonly<Record<string, Flag>> = { help: { help: 'print this text' } }

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Writes out/report/index.html from the last runs, running what has changed.\n\nUsage: npx tsx scripts/report.ts\n\n${describeFlags(FLAGS)}`,
    )
    return EXIT.good
  }
  const ids = discoverExperiments(PROJECT_ROOT)
  const state = await judgeBatch(PROJECT_ROOT, await runAll(PROJECT_ROOT, ids))
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  const { path, verdict } = await writeReport(PROJECT_ROOT, state, checkBatch(PROJECT_ROOT, state, ids))
  for (const problem of verdict.unwritten ?? []) console.error(`report ${problem}`)
  console.log(path)
  return state.broken.length + (verdict.unwritten?.length ?? 0) > 0 ? EXIT.broken : EXIT.good
})

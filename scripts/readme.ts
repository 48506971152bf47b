#!/usr/bin/env -S npx tsx
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from '../lib/harness/atomic-write.ts'
import { checkBatch, discoverExperiments, judgeBatch, runAll } from '../lib/harness/batch/mod.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { fillReadme, readmeSections } from '../lib/harness/report/readme.ts'
import { siteOf } from '../lib/harness/report/site.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  check: { help: 'write nothing; exit 1 if a table is not current' },
  help: { help: 'print this text' },
}

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Brings the scoreboard and the headline table of README.md up to date.\n\nUsage: npx tsx scripts/readme.ts [flags]\n\n${describeFlags(FLAGS)}\n\n${EXIT_HELP}`,
    )
    return EXIT.good
  }
  const ids = discoverExperiments(PROJECT_ROOT)
  const state = await judgeBatch(PROJECT_ROOT, await runAll(PROJECT_ROOT, ids))
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  if (state.broken.length > 0) return EXIT.broken
  const path = join(PROJECT_ROOT, 'README.md')
  const readme = readFileSync(path, 'utf8')
  const site = siteOf(PROJECT_ROOT, state, checkBatch(PROJECT_ROOT, state, ids))
  const filled = fillReadme(readme, readmeSections(site))
  if (filled === readme) {
    console.log('README.md is current')
    return EXIT.good
  }
  if (flags['check']) {
    console.error('README.md is not current: npx tsx scripts/readme.ts brings its tables up to date')
    return EXIT.failed
  }
  atomicWrite(path, filled)
  console.log('README.md: tables brought up to date')
  return EXIT.good
})

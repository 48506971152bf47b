#!/usr/bin/env -S npx tsx
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import {
  checkBatch,
  discoverExperiments,
  judgeBatch,
  runAll,
  showProgress,
  summarise,
} from '../lib/harness/batch/mod.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { writeReport } from '../lib/harness/report/mod.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { bytesBelow, filesBelow, SOURCES } from './artifact/contents.ts'
import { artifactDocument } from './artifact/document.ts'
import { packArchive } from './artifact/pack.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  cached: { help: 'do not run what has not changed since the last run; its time is that of then, if known' },
  help: { help: 'print this text' },
}
const ARCHIVE = 'reprise-artifact.tar.gz'

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Builds out/${ARCHIVE} for an artifact-evaluation committee: sources, goldens, report, ARTIFACT.md and\nchecksums. Every experiment is run first, one after the other, so that its time can be stated.\n\nUsage: npx tsx scripts/artifact.ts [flags]\n\n${describeFlags(FLAGS)}\n\n${EXIT_HELP}`,
    )
    return EXIT.good
  }
  const root = PROJECT_ROOT
  const ids = discoverExperiments(root)
  const onResult = showProgress(process.stdout, ids.length, false)
  // One thread, since experiments that run side by side slow each other down.
  const results = await runAll(root, ids, { jobs: 1, force: flags['cached'] !== true, onResult })
  const state = await judgeBatch(root, results)
  const { verdict } = await writeReport(root, state, checkBatch(root, state, ids))
  if (verdict.exitCode !== EXIT.good) {
    for (const { experiment, problems } of verdict.differing) console.error(`golden ${experiment}: ${problems[0]}`)
    for (const path of verdict.orphans) console.error(`golden: golden/${path} belongs to no experiment`)
    for (const problem of verdict.unexplained) console.error(`claims ${problem}`)
    for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
    for (const problem of verdict.unwritten ?? []) console.error(`report ${problem}`)
    console.error(`error: Cannot build the artifact: all must be good, got ${summarise(verdict, state)}`)
    return verdict.exitCode
  }
  const files = [...SOURCES, 'out/report'].flatMap((part) => filesBelow(root, part))
  const { version, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
    readonly engines: { readonly node: string }
  }
  const document = artifactDocument({
    version,
    nodeRange: engines.node,
    archive: ARCHIVE,
    state,
    results,
    unpackedBytes: files.reduce((sum, path) => sum + statSync(join(root, path)).size, 0),
    packageBytes: bytesBelow(join(root, 'node_modules')),
  })
  const packed = packArchive(root, ARCHIVE, {
    folder: `reprise-${version}`,
    files,
    made: new Map([['ARTIFACT.md', document]]),
  })
  console.log(`\n${packed.path}: ${(packed.bytes / 1e6).toFixed(1)} MB, ${packed.files} files`)
  return EXIT.good
})

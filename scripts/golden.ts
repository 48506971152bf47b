#!/usr/bin/env -S npx tsx
import process from 'node:process'
import {
  checkBatch,
  discoverExperiments,
  judgeBatch,
  reasonProblems,
  runAll,
  selectExperiments,
} from '../lib/harness/batch/mod.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { acceptGolden } from '../lib/harness/golden.ts'
import { didYouMean } from '../lib/harness/nearest.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { terminalOf } from '../lib/harness/terminal.ts'
import { paintSentence } from '../lib/harness/verdict-look.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  reason: { value: 'TEXT', help: 'accept: why the new answer is right; kept in the golden' },
  help: { help: 'print this text' },
}
const ACTIONS = ['review', 'accept']
const USAGE = `Reviews goldens, or accepts one.

Usage: npx tsx scripts/golden.ts review [id ...]
       npx tsx scripts/golden.ts accept ID --reason "..."

${describeFlags(FLAGS)}

review prints every difference between the goldens and what the experiments say now.
accept makes one experiment's output its golden; if the answer changed, its version must have been bumped.

${EXIT_HELP}`

await runCommand(async (argv) => {
  const { flags, positionals } = parseFlags(argv, FLAGS, { positionals: Number.POSITIVE_INFINITY })
  const [action, ...names] = positionals
  if (flags['help']) {
    console.log(USAGE)
    return EXIT.good
  }
  if (action === undefined || !ACTIONS.includes(action)) {
    throw new SyntaxError(
      `Cannot read the command line: the action must be review or accept, got ${action === undefined ? 'nothing' : `"${action}"${didYouMean(action, ACTIONS)}`} (see --help)`,
    )
  }
  const root = PROJECT_ROOT
  const out = terminalOf(process.stdout, process.env)
  const err = terminalOf(process.stderr, process.env)
  const all = discoverExperiments(root)
  if (action === 'accept') {
    const [id] = names
    if (names.length !== 1 || id === undefined) {
      throw new SyntaxError(
        `Cannot accept: one experiment must be named, got ${names.length === 0 ? 'none' : names.join(' ')}`,
      )
    }
    if (!all.includes(id)) throw new RangeError(`Cannot accept: ${id} must be an experiment${didYouMean(id, all)}`)
  }
  const ids = selectExperiments(all, names)
  const state = await judgeBatch(root, await runAll(root, ids, { jobs: 1, force: action === 'accept' }))
  for (const { id, message } of state.broken) console.error(`broken ${id}: ${message}`)
  if (state.broken.length > 0) return EXIT.broken
  if (action === 'accept') {
    const produced = state.experiments[0]?.produced
    if (!produced) throw new TypeError(`Cannot accept ${names[0]}: it must have run`)
    const unexplained = reasonProblems(state.experiments)
    if (unexplained.length > 0) {
      for (const problem of unexplained) console.error(`claims ${paintSentence(problem, err)}`)
      throw new RangeError(
        `Cannot accept ${produced.experiment}: its claims must be explained first (\`reasons\`), got ${unexplained.length} that are not`,
      )
    }
    const changes = acceptGolden(root, produced, String(flags['reason'] ?? ''), process.env)
    for (const change of changes) console.log(`${produced.experiment}: ${paintSentence(change, out)}`)
    console.log(
      changes.length > 0
        ? `accepted golden/${produced.experiment}.json, version ${produced.version}`
        : `golden/${produced.experiment}.json is already that`,
    )
    return EXIT.good
  }
  const verdict = checkBatch(root, state, all)
  for (const { produced } of state.experiments) {
    const problems = verdict.differing.find(({ experiment }) => experiment === produced.experiment)?.problems ?? [
      'as accepted',
    ]
    for (const problem of problems) console.log(`${produced.experiment}: ${paintSentence(problem, out)}`)
  }
  for (const path of verdict.orphans) console.log(`golden/${path}: belongs to no experiment`)
  for (const problem of verdict.unexplained) console.log(paintSentence(problem, out))
  return verdict.exitCode
})

import { arch, cpus, totalmem, type } from 'node:os'
import process from 'node:process'
import type { BatchResult, JudgedExperiment, ProjectState } from '../../lib/harness/batch/mod.ts'
import { scoreboard } from '../../lib/harness/batch/mod.ts'
import { markdownTable, secondsText } from '../../lib/harness/format.ts'
import { countVerdicts } from '../../lib/harness/judge.ts'
import { PLAIN } from '../../lib/harness/terminal.ts'
import { explainedOutcomes, OUTCOME_MEANING } from '../../lib/harness/verdict.ts'
import { countsInWords } from '../../lib/harness/verdict-look.ts'
import { badgeChecklist } from './badges.ts'

/** What ARTIFACT.md is written from. */
export interface ArtifactFacts {
  readonly version: string
  /** Versions of Node.js that the project runs on, as in package.json. */
  readonly nodeRange: string
  readonly archive: string
  readonly state: ProjectState
  readonly results: readonly BatchResult[]
  /** Bytes of the sources, goldens and report, unpacked. */
  readonly unpackedBytes: number
  /** Bytes of the installed packages. */
  readonly packageBytes: number
}

const MEGABYTE = 1e6

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / MEGABYTE)} MB`
}

/** The machine that the times were measured on. */
function machine(): string {
  const processors = cpus()
  const gib = Math.round(totalmem() / 2 ** 30)
  return `${type()} on ${arch()}, ${processors.length} processors (${processors[0]?.model.trim() || 'of unknown model'}), ${gib} GiB of memory, Node.js ${process.version}`
}

function itemTable(experiments: readonly JudgedExperiment[], results: readonly BatchResult[]): string {
  const rows = experiments.map(({ exp: { id, item }, claims }) => [
    item,
    `[${id}.ts](experiments/${id}.ts)`,
    `[golden](golden/${id}.json)`,
    `[page](out/report/${id}.html)`,
    secondsText(results.find((result) => result.id === id)?.seconds ?? null),
    countsInWords(countVerdicts(claims), PLAIN) || 'none',
  ])
  return markdownTable(['item', 'script', 'golden', 'report', 'seconds', 'claims'], rows, [
    false,
    false,
    false,
    false,
    true,
    false,
  ])
}

/** Tables of items, one a folder of experiments. */
function itemTables({ experiments }: ProjectState, results: readonly BatchResult[]): string {
  const folderOf = (judged: JudgedExperiment) => judged.exp.id.split('/')[0] ?? ''
  const folders = [...new Set(experiments.map(folderOf))]
  return folders
    .map((folder) => {
      const own = experiments.filter((judged) => folderOf(judged) === folder)
      const paper = own[0]?.exp.paper
      const heading = paper && paper !== folder ? `${folder} (${paper})` : folder
      return `### ${heading}\n\n${itemTable(own, results)}\n`
    })
    .join('\n')
}

function timing(results: readonly BatchResult[]): string {
  const known = results.flatMap(({ seconds }) => seconds ?? [])
  const total = known.reduce((sum, seconds) => sum + seconds, 0)
  if (known.length === 0) return 'Times were not measured when this archive was built.'
  const alone = results.some((result) => result.skipped)
    ? 'Some are the times of earlier runs, which may have shared the machine with others.'
    : 'One after the other on one thread.'
  const whole = known.length === results.length ? 'All items together' : `${known.length} of ${results.length} items`
  return `Seconds are wall-clock time of all variants of an item, without the start of Node.js, on ${machine()}. ${alone} ${whole}: ${total.toFixed(0)} s (${(total / 60).toFixed(1)} minutes).`
}

/** ARTIFACT.md: what an evaluator needs, from set-up to badges. */
export function artifactDocument(facts: ArtifactFacts): string {
  const { version, nodeRange, archive, state, results, unpackedBytes, packageBytes } = facts
  const count = state.experiments.length
  const papers = new Set(state.claims.map(({ paper }) => paper)).size
  const found = countVerdicts(state.claims.filter(({ role }) => role === 'result'))
  const id = state.experiments[0]?.exp.id ?? ''
  return `# Reprise ${version}: the artifact

Written by \`make artifact\` when \`${archive}\` was built; all paths are from the archive's folder.

## What it is

An executable companion to ${papers} papers on transformer accelerators. Every figure or table with a result is a script over
one simulation library. A script's output is validated by a schema, compared with a golden file, and compared, number by
number, with what the paper printed. \`README.md\` says how to use it; this file says how to evaluate it.

| path | what |
| --- | --- |
| \`experiments/\` | one script per figure or table |
| \`lib/\`, \`scripts/\`, \`test/\` | the simulation library, the commands, the tests |
| \`golden/<folder>/<item>.json\` | the last accepted output of each script, with its schema |
| \`golden/papers/<paper>.csv\` | what the papers printed, one row a number |
| \`out/report/index.html\` | the report, written when this archive was built; opens from disk, needs no network |
| \`package-lock.json\` | every package with its exact version and checksum |
| \`SHA256SUMS\` | checksums of all other files |

## Requirements

- Node.js ${nodeRange} with npm, GNU make and bash. Any machine that runs them; no GPU, no simulator, no data set.
- Disk: ${megabytes(unpackedBytes)} unpacked, ${megabytes(packageBytes)} of packages, and 100 MB for what runs and tests write to \`out/\`;
  200 MB more for the tools of \`make check\`.
- Network: none if npm's cache holds the packages of \`package-lock.json\`. It does on a machine where \`npm ci\` has run
  for these sources once; for another machine of the same kind, copy the folder that \`npm config get cache\` names.
  If \`npm ci --offline\` ends in \`ENOTCACHED\`, the cache does not hold them yet.

## Install

\`\`\`sh
sha256sum --check --quiet SHA256SUMS   # prints nothing if all is well
npm ci                                 # with a network
npm ci --offline                       # without, from a warm cache
\`\`\`

\`make\` installs what its targets need by itself; \`export npm_config_offline=true\` keeps it, too, off the network.
\`make check\` alone needs a linter and a kernel compiler besides, which \`make install\` gets; they are fetched once, too.

## Run everything

\`\`\`sh
make reproduce
\`\`\`

It runs all items, compares them with the goldens and the papers, prints the scoreboard, writes the report anew and ends
in \`ALL GOOD: ${count} of ${count} experiments as accepted\`. Exit code 0 says so too. \`make test\` runs the tests of the
library and its scripts, which takes much longer (\`README.md\` says how long).

## Run one item

\`\`\`sh
npx tsx experiments/${id}.ts
npx tsx experiments/${id}.ts --check
npx tsx experiments/${id}.ts --help
\`\`\`

The first prints its tables and verdicts, the second compares it with its golden (exit code 1 if it differs), the third
lists its parameters.

## Verdicts by paper

\`\`\`
${scoreboard(state.claims).trimEnd()}
\`\`\`

${markdownTable(
  ['verdict', 'meaning'],
  explainedOutcomes(state.claims).map((outcome) => [outcome, OUTCOME_MEANING[outcome]]),
  [false, false],
)}

## Items

${timing(results)}
\`claims\` counts what the paper printed and the item answers for, inputs included and repeats left out; "none" are
studies of our own.

${itemTables(state, results)}
${badgeChecklist({
  archive,
  experiments: count,
  results: found.total,
  exact: found.exact,
  unreachable: found.unreachable,
  pending: found.pending,
})}`
}

#!/usr/bin/env -S npx tsx
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { discoverExperiments, scriptPath } from '../lib/harness/batch/mod.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { alignedTable } from '../lib/harness/format.ts'
import { parseCount } from '../lib/harness/param.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  runs: { value: 'N', help: 'counted runs of each measurement, after one that is not (default 5)' },
  check: { help: 'exit 1 if a bound is missed' },
  help: { help: 'print this text' },
}

/** CPU seconds all experiments together may take in one process. */
const MAX_BATCH_SECONDS = 5
/** How much more CPU one script may take than an empty one that imports ajv. */
const MAX_START_RATIO = 1.5
const MARK = 'cpu-microseconds='

/** CPU seconds (user and system, all threads) of one run of a script. */
async function cpuSeconds(script: string, args: readonly string[]): Promise<number> {
  const probe = `process.on('exit',()=>{const c=process.cpuUsage();process.stderr.write('\\n${MARK}'+(c.user+c.system))})`
  const { stderr } = await execa(
    process.execPath,
    ['--import', 'tsx', '--import', `data:text/javascript,${encodeURIComponent(probe)}`, script, ...args],
    { cwd: PROJECT_ROOT, reject: false, env: { CI: '' } },
  )
  const microseconds = Number(stderr.split(MARK)[1])
  if (!Number.isFinite(microseconds))
    throw new TypeError(`Cannot measure ${script}: it must run to its end, got ${stderr.split('\n')[0]}`)
  return microseconds / 1e6
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number
}

await runCommand(async (argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Measures the project's speed in CPU seconds.\n\nUsage: npx tsx scripts/bench.ts [flags]\n\n${describeFlags(FLAGS)}`,
    )
    return EXIT.good
  }
  const runs = flags['runs'] === undefined ? 5 : parseCount('--runs', String(flags['runs']))
  const folder = join(PROJECT_ROOT, 'out', 'bench')
  mkdirSync(folder, { recursive: true })
  const empty = join(folder, 'empty.ts')
  writeFileSync(empty, "import { Ajv2020 } from 'ajv/dist/2020.js'\n\nvoid Ajv2020\n")
  const ids = discoverExperiments(PROJECT_ROOT)
  const batch = join(folder, 'batch.ts')
  const imports = ids.map((id, index) => `import e${index} from ${JSON.stringify(scriptPath(PROJECT_ROOT, id))}`)
  const body = `for (const e of [${ids.map((_, index) => `e${index}`).join(', ')}]) runVariants(e)`
  writeFileSync(
    batch,
    `${imports.join('\n')}\nimport { runVariants } from ${JSON.stringify(join(PROJECT_ROOT, 'lib/harness/produce.ts'))}\n\n${body}\n`,
  )

  const one = scriptPath(PROJECT_ROOT, 'survey/table03-bert-base')
  const samples: { empty: number; one: number; batch: number }[] = []
  // In turns, so that a change in the machine's speed meets all of them alike; the first round warms the caches.
  for (let run = 0; run <= runs; run++) {
    const sample = {
      empty: await cpuSeconds(empty, []),
      one: await cpuSeconds(one, []),
      batch: await cpuSeconds(batch, []),
    }
    if (run > 0) samples.push(sample)
  }
  const ratio = median(samples.map((sample) => sample.one / sample.empty))
  const batchSeconds = median(samples.map((sample) => sample.batch))
  const row = (name: string, of: (sample: (typeof samples)[number]) => number, bound: string) => {
    const values = samples.map(of)
    return [name, Math.min(...values).toFixed(2), median(values).toFixed(2), Math.max(...values).toFixed(2), bound]
  }
  console.log(
    alignedTable(
      ['CPU seconds', 'min', 'median', 'max', 'bound on the median'],
      [
        row('an empty script with ajv', (sample) => sample.empty, ''),
        row('survey/table03-bert-base', (sample) => sample.one, ''),
        row('  its ratio to the empty one', (sample) => sample.one / sample.empty, `<= ${MAX_START_RATIO}`),
        row(`all ${ids.length} experiments in one process`, (sample) => sample.batch, `<= ${MAX_BATCH_SECONDS}`),
      ],
      [false, true, true, true, false],
    ),
  )
  const ratioMet = ratio <= MAX_START_RATIO
  const batchMet = batchSeconds <= MAX_BATCH_SECONDS
  console.log(ratioMet && batchMet ? '\nAll bounds are met.' : '\nA bound is missed.')
  return flags['check'] && !(ratioMet && batchMet) ? EXIT.failed : EXIT.good
})

#!/usr/bin/env -S npx tsx
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { discoverExperiments, scriptPath } from '../lib/harness/batch/mod.ts'
import { EXIT, runCommand } from '../lib/harness/command.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { alignedTable } from '../lib/harness/format.ts'
import { parseCount } from '../lib/harness/param.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { median } from '../lib/numeric/mod.ts'
import type { AccelTranSpeed } from './bench/acceltran.ts'
import type { BitSerialSpeed } from './bench/bit-serial.ts'
import type { EncoderSpeed } from './bench/encoder.ts'
import type { MappingSpeed } from './bench/mapping.ts'
import type { TrainingSpeed } from './bench/training.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  runs: { value: 'N', help: 'counted runs of each measurement, after one that is not (default 5)' },
  check: { help: 'exit 1 if a bound is missed' },
  help: { help: 'print this text' },
}

/** CPU seconds all experiments together may take in one process; a third of it is what AccelTran's corrections take. */
const MAX_BATCH_SECONDS = 50
/** Experiments at their default sizes, in all their variants, and CPU seconds they may take in one process. */
const BATCHES = [
  {
    label: 'fig18, fig19 and fig20 in one process',
    ids: ['gemmini/fig18-mapspace', 'gemmini/fig19-mapspace-cdf', 'gemmini/fig20-equal-macs'],
    maxSeconds: 3,
  },
  {
    label: 'fault injection and latency-aware inference in one',
    ids: ['edgebert/table2-envm-faults', 'edgebert/fig09-latency-aware-energy'],
    maxSeconds: 3,
  },
  {
    label: 'trained memory networks measured, three figures',
    ids: ['leopard/fig06-accuracy', 'leopard/fig07-pruning-rate', 'leopard/fig08-bits-to-termination'],
    maxSeconds: 10,
  },
  { label: 'stalls of 28 AccelTrans, both variants', ids: ['acceltran/fig16-stalls'], maxSeconds: 20 },
  {
    label: 'all readings of the heterogeneous memory',
    ids: ['adapter-albert/fig06-assumption-space'],
    maxSeconds: 5,
  },
] as const
/** A batch of BERT-Tiny on AccelTran-Edge: CPU seconds of the first, at 128 tokens, and of one at 512. */
const MAX_ACCELTRAN_SECONDS = { first: 0.2, long: 1 } as const
/** CPU time of such a batch may grow as tile operations to this power, and memory to so much. */
const MAX_ACCELTRAN_GROWTH = 1.1
const MAX_ACCELTRAN_MB = 300
/** Multiply-accumulate steps of the bit-serial units a CPU second of plain TypeScript must simulate. */
const MIN_MAC_STEPS = 50e6
/** How much faster the SIMD kernels must be than plain TypeScript: bit-serial units, and training of memory networks and encoders. */
const MIN_SIMD_SPEEDUP = { bitSerial: 3, training: 2, encoder: 4 } as const
/** Tokens a CPU second that an encoder of BERT-Tiny's shape must learn from, forward, backward and update. */
const MIN_TOKENS = 5000
/** Iterations of the reference loop that drawing and pricing a mapping may cost: a million mappings a CPU second. */
const MAX_MAPPING_RATIO = 600
/** CPU time per mapping at ten times the samples, over that at the samples. */
const MAX_GROWTH = 1.2
/** Memory after a million samples over that after ten thousand. */
const MAX_MEMORY_GROWTH = 1.3
/** How much sooner two threads must finish than one, where there are two processors. */
const MIN_SPEEDUP_OF_TWO = 1.6
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

/** Writes a program that runs experiments one after the other; returns its path. */
function writeBatch(path: string, ids: readonly string[]): string {
  const imports = ids.map((id, index) => `import e${index} from ${JSON.stringify(scriptPath(PROJECT_ROOT, id))}`)
  const body = `for (const e of [${ids.map((_, index) => `e${index}`).join(', ')}]) runVariants(e)`
  const harness = JSON.stringify(join(PROJECT_ROOT, 'lib/harness/produce.ts'))
  writeFileSync(path, `${imports.join('\n')}\nimport { runVariants } from ${harness}\n\n${body}\n`)
  return path
}

/** Runs a script of scripts/bench in a process of its own; it prints what it measured as JSON. */
async function speedOf<T>(name: string, runs: number): Promise<T> {
  const script = join(PROJECT_ROOT, 'scripts/bench', name)
  const { stdout } = await execa(process.execPath, ['--expose-gc', '--import', 'tsx', script, String(runs)], {
    cwd: PROJECT_ROOT,
  })
  return JSON.parse(stdout) as T
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
  const batch = writeBatch(join(folder, 'batch.ts'), ids)
  const some = BATCHES.map(({ ids: names }, i) => writeBatch(join(folder, `batch-${i}.ts`), names))

  const one = scriptPath(PROJECT_ROOT, 'survey/table03-bert-base')
  const samples: {
    readonly empty: number
    readonly one: number
    readonly batch: number
    readonly some: readonly number[]
  }[] = []
  // In turns, so that a change in the machine's speed meets all of them alike; the first round warms the caches.
  for (let run = 0; run <= runs; run++) {
    const sample = {
      empty: await cpuSeconds(empty, []),
      one: await cpuSeconds(one, []),
      batch: await cpuSeconds(batch, []),
      some: [] as number[],
    }
    for (const script of some) sample.some.push(await cpuSeconds(script, []))
    if (run > 0) samples.push(sample)
  }
  const speed = await speedOf<MappingSpeed>('mapping.ts', runs)
  const bitSerial = await speedOf<BitSerialSpeed>('bit-serial.ts', runs)
  const training = await speedOf<TrainingSpeed>('training.ts', runs)
  const encoder = await speedOf<EncoderSpeed>('encoder.ts', runs)
  const accelTran = await speedOf<AccelTranSpeed>('acceltran.ts', runs)
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
        ...BATCHES.map(({ label, maxSeconds }, i) =>
          row(label, (sample) => sample.some[i] as number, `<= ${maxSeconds}`),
        ),
      ],
      [false, true, true, true, false],
    ),
  )
  const parallel = availableParallelism() >= 2
  console.log(
    `\n${alignedTable(
      ['mappings of P512 C768 K768, drawn and priced', 'measured', 'bound'],
      [
        ['per CPU second, one thread', `${(speed.perCpuSecond / 1e6).toFixed(2)} million`, ''],
        [
          '  iterations of the reference loop per mapping',
          speed.ratioToReference.toFixed(0),
          `<= ${MAX_MAPPING_RATIO}`,
        ],
        ['  time per mapping, 10 times as many', speed.growth.toFixed(2), `<= ${MAX_GROWTH}`],
        ['memory, a million over ten thousand', speed.memoryGrowth.toFixed(2), `<= ${MAX_MEMORY_GROWTH}`],
        [
          'speedup of two threads',
          speed.speedupOfTwo.toFixed(2),
          parallel ? `>= ${MIN_SPEEDUP_OF_TWO}` : 'none on one processor',
        ],
      ],
      [false, true, false],
    )}`,
  )
  const millions = (perSecond: number) => `${(perSecond / 1e6).toFixed(0)} million`
  console.log(
    `\n${alignedTable(
      ['per CPU second, one thread', 'plain', 'SIMD', 'ratio', 'bound'],
      [
        [
          'MAC steps of bit-serial units',
          millions(bitSerial.plainPerCpuSecond),
          millions(bitSerial.simdPerCpuSecond),
          bitSerial.simdOverPlain.toFixed(1),
          `plain >= ${millions(MIN_MAC_STEPS)}, ratio >= ${MIN_SIMD_SPEEDUP.bitSerial}`,
        ],
        [
          'questions a memory network learns from',
          training.plainPerCpuSecond.toFixed(0),
          training.simdPerCpuSecond.toFixed(0),
          training.simdOverPlain.toFixed(1),
          `ratio >= ${MIN_SIMD_SPEEDUP.training}`,
        ],
        [
          "tokens an encoder of BERT-Tiny's shape learns from",
          encoder.plainPerCpuSecond.toFixed(0),
          encoder.simdPerCpuSecond.toFixed(0),
          encoder.simdOverPlain.toFixed(1),
          `SIMD >= ${MIN_TOKENS}, ratio >= ${MIN_SIMD_SPEEDUP.encoder}`,
        ],
      ],
      [false, true, true, true, false],
    )}`,
  )
  console.log(
    `\n${alignedTable(
      ['a batch of BERT-Tiny on AccelTran-Edge', 'measured', 'bound'],
      [
        ['CPU seconds, 128 tokens, the first', accelTran.firstSeconds.toFixed(3), `<= ${MAX_ACCELTRAN_SECONDS.first}`],
        ['CPU seconds, 512 tokens, the second', accelTran.longSeconds.toFixed(3), `<= ${MAX_ACCELTRAN_SECONDS.long}`],
        ['  of further ones', accelTran.medianSeconds.toFixed(3), ''],
        ['  tile operations per CPU second', millions(accelTran.tilesPerCpuSecond), ''],
        ['CPU time grows as tile operations to the power', accelTran.growth.toFixed(2), `<= ${MAX_ACCELTRAN_GROWTH}`],
        ['resident memory [MB]', accelTran.residentMb.toFixed(0), `<= ${MAX_ACCELTRAN_MB}`],
      ],
      [false, true, false],
    )}`,
  )
  const met =
    accelTran.firstSeconds <= MAX_ACCELTRAN_SECONDS.first &&
    accelTran.longSeconds <= MAX_ACCELTRAN_SECONDS.long &&
    accelTran.growth <= MAX_ACCELTRAN_GROWTH &&
    accelTran.residentMb <= MAX_ACCELTRAN_MB &&
    BATCHES.every(({ maxSeconds }, i) => median(samples.map(({ some }) => some[i] as number)) <= maxSeconds) &&
    bitSerial.plainPerCpuSecond >= MIN_MAC_STEPS &&
    bitSerial.simdOverPlain >= MIN_SIMD_SPEEDUP.bitSerial &&
    training.simdOverPlain >= MIN_SIMD_SPEEDUP.training &&
    encoder.simdPerCpuSecond >= MIN_TOKENS &&
    encoder.simdOverPlain >= MIN_SIMD_SPEEDUP.encoder &&
    median(samples.map((sample) => sample.one / sample.empty)) <= MAX_START_RATIO &&
    median(samples.map((sample) => sample.batch)) <= MAX_BATCH_SECONDS &&
    speed.ratioToReference <= MAX_MAPPING_RATIO &&
    speed.growth <= MAX_GROWTH &&
    speed.memoryGrowth <= MAX_MEMORY_GROWTH &&
    (!parallel || speed.speedupOfTwo >= MIN_SPEEDUP_OF_TWO)
  console.log(met ? '\nAll bounds are met.' : '\nA bound is missed.')
  return flags['check'] && !met ? EXIT.failed : EXIT.good
})

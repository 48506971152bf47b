#!/usr/bin/env -S npx tsx
import { join } from 'node:path'
import process from 'node:process'
import { readBabi } from '../experiments/leopard/shared/memn2n-babi.ts'
import {
  FORMAT,
  type MeasuredTask,
  measureTask,
  seedRun,
  statisticsOfTask,
  type TrainedTask,
} from '../experiments/leopard/shared/memn2n-measure.ts'
import { BASE_RECIPE } from '../experiments/leopard/shared/memn2n-recipe.ts'
import { SEED_RUNS } from '../experiments/leopard/shared/memn2n-seeds.ts'
import { REAL_TASKS, TRAINED_TASKS } from '../experiments/leopard/shared/memn2n-statistics.ts'
import { jsonSha256, storeTask, unpackTask } from '../experiments/leopard/shared/memn2n-store.ts'
import { TASK_NUMBERS, testQuestions, trainGenerated, trainOn } from '../experiments/leopard/shared/memn2n-tasks.ts'
import { WEIGHTS } from '../experiments/leopard/shared/memn2n-weights.ts'
import type { SeedRun, StoredTask } from '../experiments/leopard/shared/stored-task.ts'
import type { TrainingRecipe } from '../experiments/trained/shared/recipe.ts'
import { atomicWrite } from '../lib/harness/atomic-write.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { readTextFolder } from '../lib/harness/csv.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { alignedTable } from '../lib/harness/format.ts'
import { parseCount, parseSeed, splitList } from '../lib/harness/param.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { DEFAULT_SEED } from '../lib/harness/run.ts'
import { createRng, forkRng, mean } from '../lib/numeric/mod.ts'
import {
  BABI_TASKS,
  formatBabi,
  formatStored,
  generateBabi,
  STORED_FORMAT,
  type StoredEncoders,
} from '../lib/training/mod.ts'
import {
  compareWithStored,
  findRecipes,
  joinSeeds,
  METRIC_BOUND,
  RECIPES,
  type TrainedSeed,
  trainSeeds,
  writeStored,
} from './train/encoders.ts'
import { trainOwn } from './train/own-sentences.ts'

/** Seed of the networks that are stored. */
const STORED_SEED = 1

/** Name of the memory networks in --only. */
const MEMORY_NETWORKS = 'memory-networks'

const FLAGS: Readonly<Record<string, Flag>> = {
  only: {
    value: 'A,B',
    help: `train only these: ${[MEMORY_NETWORKS, ...RECIPES.map(({ file }) => file)].join(', ')} (default all)`,
  },
  seed: {
    value: 'N',
    help: `seed of data and weights; of encoders nothing is stored then (default ${STORED_SEED} for memory networks, which alone is stored unless --store, and the stored seeds for encoders)`,
  },
  tasks: { value: 'A,B,C', help: 'train only the memory networks of these tasks; nothing is stored' },
  babi: { value: 'DIR', help: "train on files in bAbI's format instead; nothing is stored unless --store" },
  store: { help: "store another seed's means, or what bAbI's own 20 tasks give, for the experiments to show beside" },
  write: {
    value: 'DIR',
    help: "train nothing; write generated questions there in bAbI's format, 1,000 to train and to test",
  },
  tsv: { value: 'FILE', help: 'train a classifier on sentences of your own, "SENTENCE<tab>LABEL" a line, as in SST-2' },
  held: { value: 'FILE', help: 'with --tsv: measure on these sentences (default every tenth of the others)' },
  out: { value: 'FILE', help: 'with --tsv: write the trained weights there' },
  check: { help: 'store nothing; exit 1 where the answer leaves the bounds around what is stored' },
  help: { help: 'print this text' },
}

/**
 * How far a new training from the same seed may be from what is stored: differences of accuracies, shares and bits. On
 * engines that compute alike it is the same to the bit; another seed may end outside.
 */
const BOUNDS = { accuracy: 0.03, prunedShare: 0.1, bits: 0.75, emptiedHops: 0.3 } as const

/** Questions of a written file. */
const WRITTEN_QUESTIONS = 1000

const SHARED = join(PROJECT_ROOT, 'experiments/leopard/shared')
const HEADER = (what: string) => `// Written by \`${what}\`; do not edit.\n`

interface Trained {
  readonly row: TrainedTask
  readonly stored: StoredTask | undefined
  readonly cpuSeconds: number
}

/** A module's name in the text of another. */
const quoted = (module: string): string => `'${module}'`

const nameOf = (task: number): string => BABI_TASKS.find((own) => own.task === task)?.name ?? String(task)

function timed<T>(work: () => T): { readonly made: T; readonly cpuSeconds: number } {
  const start = process.cpuUsage()
  const made = work()
  const { user, system } = process.cpuUsage(start)
  return { made, cpuSeconds: (user + system) / 1e6 }
}

/** Trains on generated questions; what is measured is the network as it is stored. */
function generated(tasks: readonly number[], seed: number): Trained[] {
  const questions = testQuestions(createRng(DEFAULT_SEED))
  return tasks.map((task) => {
    const { made, cpuSeconds } = timed(() => {
      const { networks, longestStory } = trainGenerated(task, seed)
      const stored = storeTask(task, networks, longestStory)
      const measured = measureTask(unpackTask(stored), questions(task), { format: FORMAT, slots: BASE_RECIPE.slots })
      return { stored, row: { task, name: nameOf(task), ...measured } }
    })
    return { ...made, cpuSeconds }
  })
}

/** Trains on files. */
function filed(folder: string, tasks: readonly number[], seed: number): Trained[] {
  const texts = Object.entries(readTextFolder(folder, '.txt')).map(([name, text]) => [`babi/${name}`, text] as const)
  return readBabi(Object.fromEntries(texts), { name: 'babi', path: folder, wanted: tasks }).map(
    ({ task, train, test }) => {
      const { made, cpuSeconds } = timed(
        (): MeasuredTask => measureTask(trainOn(train, seed), test, { format: FORMAT, slots: BASE_RECIPE.slots }),
      )
      return { row: { task, name: nameOf(task), ...made }, stored: undefined, cpuSeconds }
    },
  )
}

/** Differences beyond the bounds, in words. */
function beyond(row: TrainedTask, stored: TrainedTask): string[] {
  const scores = (['', ' with padding'] as const).flatMap((suffix) => {
    const padding = suffix !== ''
    const [a, b] = [statisticsOfTask(row, { padding }), statisticsOfTask(stored, { padding })]
    return [
      [`pruned share${suffix}`, a.prunedShare, b.prunedShare, BOUNDS.prunedShare],
      [`bits on pruned scores${suffix}`, a.bitsOnPruned, b.bitsOnPruned, BOUNDS.bits],
    ] as const
  })
  const emptied = (own: TrainedTask) => own.emptiedHops / own.questions
  const differences = [
    ['accuracy', row.baseAccuracy, stored.baseAccuracy, BOUNDS.accuracy],
    ['accuracy under pruning', row.prunedAccuracy, stored.prunedAccuracy, BOUNDS.accuracy],
    ['emptied hops of a question', emptied(row), emptied(stored), BOUNDS.emptiedHops],
    ...scores,
  ] as const
  return differences
    .filter(([, x, y, bound]) => !(Math.abs(x - y) <= bound))
    .map(([what, x, y, bound]) => `${what} ${x.toFixed(3)}, stored ${y.toFixed(3)}, may differ by ${bound}`)
}

/** The figures of a task that are printed, in the columns' units. */
function figures({ row, cpuSeconds }: Trained): number[] {
  const [own, padded] = [statisticsOfTask(row, { padding: false }), statisticsOfTask(row, { padding: true })]
  return [
    ...[100 * row.baseAccuracy, 100 * row.prunedAccuracy, 100 * own.prunedShare, own.bitsOnPruned],
    ...[100 * padded.prunedShare, padded.bitsOnPruned, cpuSeconds],
  ]
}

const HEADS = ['task', 'accuracy %', 'pruned net %', 'pruned %', 'bits', 'with padding %', 'bits', 'CPU s']
const DIGITS = [1, 1, 1, 2, 1, 2, 1]

function table(trained: readonly Trained[]): string {
  const rows = trained.map(figures)
  const texts = (row: readonly number[], more = 0) => row.map((value, i) => value.toFixed((DIGITS[i] as number) + more))
  return alignedTable(
    HEADS,
    [
      ...rows.map((row, i) => [`${trained[i]?.row.task} ${trained[i]?.row.name}`, ...texts(row)]),
      [
        'mean',
        ...texts(
          DIGITS.map((_, column) => mean(rows.map((row) => row[column] as number))),
          1,
        ),
      ],
    ],
    HEADS.map((_, i) => i > 0),
  )
}

function seedsModule(runs: readonly SeedRun[]): string {
  return `${HEADER('scripts/train.ts --seed N --store')}import type { SeedRun } from ${quoted('./stored-task.ts')}

export const SEED_RUNS: readonly SeedRun[] = [
${runs.map((run) => `  ${JSON.stringify(run)},\n`).join('')}]
`
}

function statisticsModule(rows: readonly TrainedTask[], real: readonly TrainedTask[]): string {
  const list = (name: string, doc: string, own: readonly TrainedTask[]) =>
    `/** ${doc} */\nexport const ${name}: readonly TrainedTask[] = [\n${own.map((row) => `  ${JSON.stringify(row)},\n`).join('')}]\n`
  return `${HEADER('make train')}import type { TrainedTask } from ${quoted('./memn2n-measure.ts')}

${list('TRAINED_TASKS', 'Trained and measured on generated questions.', rows)}
${list('REAL_TASKS', "Trained and measured on bAbI's own files, v1.2 en, 1,000 questions each: `scripts/train.ts --babi DIR --store`.", real)}`
}

function weightsModule(tasks: readonly StoredTask[], rows: readonly TrainedTask[]): string {
  return `${HEADER('make train')}import type { StoredWeights } from ${quoted('./stored-task.ts')}

export const WEIGHTS: StoredWeights = {
  command: 'make train',
  seed: ${STORED_SEED},
  sha256: '${jsonSha256(tasks)}',
  statisticsSha256: '${jsonSha256(rows)}',
  tasks: [
${tasks.map((task) => `    ${JSON.stringify(task)},\n`).join('')}  ],
}
`
}

await runCommand((argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Trains the memory networks of LeOPArd's 20 bAbI tasks with their thresholds, and the encoders of the experiments in kind, and stores them.\n\nUsage: npx tsx scripts/train.ts [flags]\n\n${describeFlags(FLAGS)}\n\n${EXIT_HELP}`,
    )
    return EXIT.good
  }
  const seed = flags['seed'] === undefined ? undefined : parseSeed(String(flags['seed']))
  const alone = ['held', 'out'].find((name) => flags[name] !== undefined && flags['tsv'] === undefined)
  if (alone !== undefined) throw new RangeError(`Cannot train: --${alone} must come with --tsv, got it alone`)
  if (flags['tsv'] !== undefined) return trainOnOwn(flags, seed ?? STORED_SEED)
  const ofMemory = ['tasks', 'babi', 'store', 'write'].find((name) => flags[name] !== undefined)
  const names = flags['only'] === undefined ? undefined : splitList('--only', String(flags['only']))
  if (ofMemory !== undefined && names?.some((name) => name !== MEMORY_NETWORKS)) {
    throw new RangeError(
      `Cannot train: --${ofMemory} must come with memory networks alone, got --only ${names.join(',')}`,
    )
  }
  const known = [MEMORY_NETWORKS, ...RECIPES.map(({ file }) => file)]
  const wanted = names ?? (ofMemory === undefined ? known : [MEMORY_NETWORKS])
  const recipes = findRecipes(wanted.filter((name) => name !== MEMORY_NETWORKS))
  const memory = wanted.includes(MEMORY_NETWORKS) ? trainMemoryNetworks(flags, seed ?? STORED_SEED) : EXIT.good
  const encoders = recipes.length > 0 ? trainEncoders(recipes, { seed, check: flags['check'] === true }) : EXIT.good
  return Math.max(memory, encoders)
})

/** Trains a classifier on a user's sentences. */
function trainOnOwn(flags: ReturnType<typeof parseFlags>['flags'], seed: number): number {
  const text = (name: string) => flags[name] as string | undefined
  const foreign = Object.keys(flags).find((name) => !['tsv', 'held', 'out', 'seed'].includes(name))
  if (foreign !== undefined) throw new RangeError(`Cannot train: --tsv must come without --${foreign}, got both`)
  const path = String(text('tsv'))
  const command = `npx tsx scripts/train.ts --tsv ${path}${text('held') ? ` --held ${text('held')}` : ''} --seed ${seed}`
  const { stored, train, held, cpuSeconds } = trainOwn({ path, heldPath: text('held'), seed, command })
  const share = (part: number, whole: number) => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`
  const words = stored.vocabulary?.length ?? 0
  console.log(`${train.count} sentences to train on, ${words} words known; longest input ${train.longest} tokens`)
  console.log(`${held.count} sentences held out; unknown words ${share(held.unknown, held.tokens.length - held.count)}`)
  const right = Math.round((stored.metrics['testAccuracy'] ?? Number.NaN) * held.count)
  console.log(`right, with weights as stored: ${share(right, held.count)}; ${cpuSeconds.toFixed(1)} CPU s`)
  const out = text('out')
  if (out === undefined) return EXIT.good
  atomicWrite(out, formatStored({ format: STORED_FORMAT, networks: [stored], records: {} }), { parents: true })
  console.log(`Weights written to ${out}.`)
  return EXIT.good
}

/** Trains encoders; stores them, or compares them with what is stored. */
function trainEncoders(
  recipes: readonly TrainingRecipe[],
  { seed, check }: { readonly seed: number | undefined; readonly check: boolean },
): number {
  const made = new Map<string, StoredEncoders>()
  const faults: string[] = []
  let same = true
  for (const recipe of recipes) {
    console.log(`\n${recipe.file}: ${recipe.title}`)
    const trained = trainSeeds(recipe, seed === undefined ? recipe.seeds : [seed], { made, onSeed: printSeed })
    if (check) {
      for (const own of trained) {
        const compared = compareWithStored(own)
        same &&= compared.same
        faults.push(...compared.faults)
      }
    } else {
      const joined = joinSeeds(trained)
      // What goes on from these networks goes on from those of this run.
      made.set(recipe.file, joined)
      if (seed === undefined) writeStored(recipe.file, joined)
    }
  }
  if (!check) {
    if (seed === undefined) console.log('\nStored in experiments/trained.')
    const stale = RECIPES.filter(({ file, needs = [] }) => !made.has(file) && needs.some((name) => made.has(name)))
    if (seed === undefined && stale.length > 0) {
      console.log(`Train also what goes on from these: --only ${stale.map(({ file }) => file).join(',')}`)
    }
    return EXIT.good
  }
  for (const fault of faults) console.error(fault)
  console.log(
    same
      ? '\nWeights and records are those stored, to the bit.'
      : faults.length === 0
        ? `\nWeights or records differ from those stored; all metrics are within ${METRIC_BOUND} of them.`
        : `\n${faults.length} metrics leave their bounds.`,
  )
  return faults.length > 0 ? EXIT.failed : EXIT.good
}

function printSeed({ seed, networks, records, cpuSeconds }: TrainedSeed): void {
  console.log(`  seed ${seed}: ${cpuSeconds.toFixed(1)} CPU s`)
  for (const { name, metrics, sha256 } of networks) {
    const own = Object.entries(metrics).map(([metric, value]) => `${metric} ${value.toFixed(4)}`)
    console.log(`    ${name} ${sha256.slice(0, 12)} ${own.join(', ')}`)
  }
  for (const [table, rows] of Object.entries(records)) console.log(`    ${table}: ${rows.length} rows`)
}

/** Trains the memory networks; stores them, or compares them with what is stored. */
function trainMemoryNetworks(flags: ReturnType<typeof parseFlags>['flags'], seed: number): number {
  const tasks =
    flags['tasks'] === undefined
      ? TASK_NUMBERS
      : String(flags['tasks'])
          .split(',')
          .map((text) => parseCount('--tasks', text))
  const wrong = tasks.find((task, i) => !TASK_NUMBERS.includes(task) || tasks.indexOf(task) !== i)
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot train: --tasks must name tasks from 1 to ${TASK_NUMBERS.length}, each once, got ${wrong}`,
    )
  }
  if (flags['write'] !== undefined) {
    writeQuestions(String(flags['write']), tasks, seed)
    return EXIT.good
  }
  const folder = flags['babi'] as string | undefined
  const trained = folder === undefined ? generated(tasks, seed) : filed(folder, tasks, seed)
  console.log(table(trained))
  if (flags['check']) {
    const reference = folder === undefined ? TRAINED_TASKS : REAL_TASKS
    const faults = trained.flatMap(({ row }) => {
      const stored = reference.find(({ task }) => task === row.task)
      return (stored ? beyond(row, stored) : ['nothing is stored']).map((text) => `task ${row.task}: ${text}`)
    })
    for (const fault of faults) console.error(fault)
    const same = folder === undefined && tasks.length === TASK_NUMBERS.length && sameWeights(trained)
    console.log(
      faults.length > 0
        ? `\n${faults.length} figures leave their bounds.`
        : `\nAll figures are within their bounds${same ? '; the weights are those stored, to the bit' : ''}.`,
    )
    return faults.length > 0 ? EXIT.failed : EXIT.good
  }
  const wanted = flags['store'] === true
  if (flags['tasks'] !== undefined || (!wanted && (folder !== undefined || seed !== STORED_SEED))) return EXIT.good
  if (trained.length !== TASK_NUMBERS.length) {
    throw new RangeError(`Cannot store: all ${TASK_NUMBERS.length} tasks must have been trained, got ${trained.length}`)
  }
  const rows = trained.map(({ row }) => row)
  if (folder !== undefined) {
    atomicWrite(join(SHARED, 'memn2n-statistics.ts'), statisticsModule(TRAINED_TASKS, rows))
  } else if (seed === STORED_SEED) {
    const stored = trained.flatMap((task) => (task.stored ? [task.stored] : []))
    atomicWrite(join(SHARED, 'memn2n-weights.ts'), weightsModule(stored, rows))
    atomicWrite(join(SHARED, 'memn2n-statistics.ts'), statisticsModule(rows, REAL_TASKS))
  } else {
    const runs = [...SEED_RUNS.filter((run) => run.seed !== seed), seedRun(seed, rows)]
    atomicWrite(join(SHARED, 'memn2n-seeds.ts'), seedsModule(runs.sort((a, b) => a.seed - b.seed)))
  }
  console.log('\nStored in experiments/leopard/shared.')
  return EXIT.good
}

/** Writes each task's questions as two files, as bAbI's smaller sets are. */
function writeQuestions(folder: string, tasks: readonly number[], seed: number): void {
  const rng = createRng(seed)
  for (const task of TASK_NUMBERS) {
    for (const part of ['train', 'test']) {
      const own = forkRng(rng)
      if (!tasks.includes(task)) continue
      const path = join(folder, `qa${task}_${nameOf(task)}_${part}.txt`)
      atomicWrite(path, formatBabi(generateBabi(task, WRITTEN_QUESTIONS, own)), { parents: true })
      console.log(path)
    }
  }
}

function sameWeights(trained: readonly Trained[]): boolean {
  return jsonSha256(trained.flatMap(({ stored }) => (stored ? [stored] : []))) === WEIGHTS.sha256
}

#!/usr/bin/env -S npx tsx
import { join } from 'node:path'
import process from 'node:process'
import { readBabi } from '../experiments/leopard/shared/memn2n-babi.ts'
import {
  FORMAT,
  type MeasuredTask,
  measureTask,
  statisticsOfTask,
} from '../experiments/leopard/shared/memn2n-measure.ts'
import { BASE_RECIPE } from '../experiments/leopard/shared/memn2n-recipe.ts'
import { REAL_TASKS, TRAINED_TASKS, type TrainedTask } from '../experiments/leopard/shared/memn2n-statistics.ts'
import { storeTask, unpackTask, weightsSha256 } from '../experiments/leopard/shared/memn2n-store.ts'
import { TASK_NUMBERS, testQuestions, trainGenerated, trainOn } from '../experiments/leopard/shared/memn2n-tasks.ts'
import { WEIGHTS } from '../experiments/leopard/shared/memn2n-weights.ts'
import type { StoredTask } from '../experiments/leopard/shared/stored-task.ts'
import { atomicWrite } from '../lib/harness/atomic-write.ts'
import { EXIT, EXIT_HELP, runCommand } from '../lib/harness/command.ts'
import { readTextFolder } from '../lib/harness/csv.ts'
import { describeFlags, type Flag, parseFlags } from '../lib/harness/flags.ts'
import { alignedTable } from '../lib/harness/format.ts'
import { parseCount, parseSeed } from '../lib/harness/param.ts'
import { PROJECT_ROOT } from '../lib/harness/root.ts'
import { DEFAULT_SEED } from '../lib/harness/run.ts'
import { createRng, forkRng } from '../lib/numeric/mod.ts'
import { BABI_TASKS, formatBabi, generateBabi } from '../lib/training/mod.ts'

const FLAGS: Readonly<Record<string, Flag>> = {
  tasks: { value: 'A,B,C', help: 'train only these tasks; nothing is stored' },
  seed: {
    value: 'N',
    help: `seed of questions and weights (default ${WEIGHTS.seed}); with another one nothing is stored`,
  },
  babi: { value: 'DIR', help: "train on bAbI's own files instead; what they give is stored, their weights are not" },
  write: {
    value: 'DIR',
    help: "train nothing; write generated questions there in bAbI's format, 1,000 to train and to test",
  },
  check: { help: 'store nothing; exit 1 where the answer leaves the bounds around what is stored' },
  help: { help: 'print this text' },
}

/** How far a new training may be from what is stored: accuracy and share as differences, bits too. */
const BOUNDS = { accuracy: 0.03, prunedShare: 0.1, bits: 0.75 } as const

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
  return readBabi(Object.fromEntries(texts), { name: 'babi', wanted: tasks }).map(({ task, train, test }) => {
    const { made, cpuSeconds } = timed(
      (): MeasuredTask => measureTask(trainOn(train, seed), test, { format: FORMAT, slots: BASE_RECIPE.slots }),
    )
    return { row: { task, name: nameOf(task), ...made }, stored: undefined, cpuSeconds }
  })
}

/** Differences beyond the bounds, in words. */
function beyond(row: TrainedTask, stored: TrainedTask): string[] {
  const [a, b] = [statisticsOfTask(row, { padding: false }), statisticsOfTask(stored, { padding: false })]
  const differences = [
    ['accuracy', row.baseAccuracy, stored.baseAccuracy, BOUNDS.accuracy],
    ['accuracy under pruning', row.prunedAccuracy, stored.prunedAccuracy, BOUNDS.accuracy],
    ['pruned share', a.prunedShare, b.prunedShare, BOUNDS.prunedShare],
    ['bits on pruned scores', a.bitsOnPruned, b.bitsOnPruned, BOUNDS.bits],
  ] as const
  return differences
    .filter(([, x, y, bound]) => Math.abs(x - y) > bound)
    .map(([what, x, y, bound]) => `${what} ${x.toFixed(3)}, stored ${y.toFixed(3)}, may differ by ${bound}`)
}

function table(trained: readonly Trained[]): string {
  const percent = (share: number) => (100 * share).toFixed(1)
  const cells = ({ row, cpuSeconds }: Trained) => {
    const [own, padded] = [statisticsOfTask(row, { padding: false }), statisticsOfTask(row, { padding: true })]
    return [
      ...[
        percent(row.baseAccuracy),
        percent(row.prunedAccuracy),
        percent(own.prunedShare),
        own.bitsOnPruned.toFixed(2),
      ],
      ...[percent(padded.prunedShare), padded.bitsOnPruned.toFixed(2), cpuSeconds.toFixed(1)],
    ]
  }
  const rows = trained.map((own) => [`${own.row.task} ${own.row.name}`, ...cells(own)])
  const mean = (column: number) => rows.reduce((sum, row) => sum + Number(row[column]), 0) / rows.length
  const heads = ['task', 'accuracy %', 'pruned net %', 'pruned %', 'bits', 'with padding %', 'bits', 'CPU s']
  return alignedTable(
    heads,
    [...rows, ['mean', ...heads.slice(1).map((_, i) => mean(i + 1).toFixed(2))]],
    heads.map((_, i) => i > 0),
  )
}

function statisticsModule(rows: readonly TrainedTask[], real: readonly TrainedTask[]): string {
  const list = (name: string, doc: string, own: readonly TrainedTask[]) =>
    `/** ${doc} */\nexport const ${name}: readonly TrainedTask[] = [\n${own.map((row) => `  ${JSON.stringify(row)},\n`).join('')}]\n`
  return `${HEADER('make train')}import type { MeasuredTask } from ${quoted('./memn2n-measure.ts')}

/** A trained task and what its test questions gave. */
export interface TrainedTask extends MeasuredTask {
  readonly task: number
  readonly name: string
}

${list('TRAINED_TASKS', 'Trained and measured on generated questions.', rows)}
${list('REAL_TASKS', "Trained and measured on bAbI's own files, v1.2 en (1,000 questions each): `scripts/train.ts --babi DIR`.", real)}`
}

function weightsModule(tasks: readonly StoredTask[], seed: number): string {
  return `${HEADER('make train')}import type { StoredWeights } from ${quoted('./stored-task.ts')}

export const WEIGHTS: StoredWeights = {
  command: 'make train',
  seed: ${seed},
  sha256: '${weightsSha256(tasks)}',
  tasks: [
${tasks.map((task) => `    ${JSON.stringify(task)},\n`).join('')}  ],
}
`
}

await runCommand((argv) => {
  const { flags } = parseFlags(argv, FLAGS)
  if (flags['help']) {
    console.log(
      `Trains the memory networks of LeOPArd's 20 bAbI tasks and learns their thresholds (two minutes), and stores them.\n\nUsage: npx tsx scripts/train.ts [flags]\n\n${describeFlags(FLAGS)}\n\n${EXIT_HELP}`,
    )
    return EXIT.good
  }
  const seed = flags['seed'] === undefined ? WEIGHTS.seed : parseSeed(String(flags['seed']))
  const tasks =
    flags['tasks'] === undefined
      ? TASK_NUMBERS
      : String(flags['tasks'])
          .split(',')
          .map((text) => parseCount('--tasks', text))
  const unknown = tasks.find((task) => !TASK_NUMBERS.includes(task))
  if (unknown !== undefined) throw new RangeError(`Cannot train: --tasks must be from 1 to 20, got ${unknown}`)
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
  if (tasks.length < TASK_NUMBERS.length || seed !== WEIGHTS.seed) return EXIT.good
  const rows = trained.map(({ row }) => row)
  const [own, real] = folder === undefined ? [rows, REAL_TASKS] : [TRAINED_TASKS, rows]
  atomicWrite(join(SHARED, 'memn2n-statistics.ts'), statisticsModule(own, real))
  if (folder === undefined) {
    const stored = trained.flatMap((task) => (task.stored ? [task.stored] : []))
    atomicWrite(join(SHARED, 'memn2n-weights.ts'), weightsModule(stored, seed))
  }
  console.log(`\nStored in experiments/leopard/shared.`)
  return EXIT.good
})

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
  return weightsSha256(trained.flatMap(({ stored }) => (stored ? [stored] : []))) === WEIGHTS.sha256
}

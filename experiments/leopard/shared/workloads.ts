import {
  addCounts,
  type BitSerialFormat,
  convertStatistics,
  type PruningCounts,
  type ScoreStatistics,
  statisticsOf,
} from '../../../lib/accelerators/leopard/mod.ts'
import { numberCell, type Param, type ParamValues, readCsvRows, userFile } from '../../../lib/harness/mod.ts'
import { TRAINED_TASKS } from './memn2n-statistics.ts'
import { leopard } from './paper.ts'
import { PAPER_FORMAT } from './tile-params.ts'

/** A workload as the paper states it; what its training gave is our input. */
export interface PaperWorkload {
  readonly workload: string
  readonly tasks: number
  /** Share of scores pruned at run time (Fig. 7, Sec. 5.2). */
  readonly prunedShare: number
  /** Mean bits processed on the pruned scores with B = 2 (Fig. 8, Sec. 5.2). */
  readonly bitsOnPruned: number
}

/** The workload we can train, whose tasks the paper's speedups and savings peak on. */
export const MEMN2N = 'MemN2N'
/** The workload on which they are smallest. */
export const VIT = 'ViT-B'

/** The paper's workloads, in the order of its figures. */
export const PAPER_WORKLOADS: readonly PaperWorkload[] = [
  { workload: MEMN2N, tasks: 20, prunedShare: 0.917, bitsOnPruned: 4.5 },
  { workload: 'BERT-B GLUE', tasks: 9, prunedShare: 0.786, bitsOnPruned: 8.3 },
  { workload: 'BERT-L GLUE', tasks: 9, prunedShare: 0.755, bitsOnPruned: 8 },
  { workload: 'BERT-B SQuAD', tasks: 1, prunedShare: 0.739, bitsOnPruned: 7.6 },
  { workload: 'BERT-L SQuAD', tasks: 1, prunedShare: 0.741, bitsOnPruned: 9 },
  { workload: 'ALBERT-XX-L SQuAD', tasks: 1, prunedShare: 0.726, bitsOnPruned: 8 },
  { workload: VIT, tasks: 1, prunedShare: 0.603, bitsOnPruned: 8.5 },
  { workload: 'GPT-2-L WikiText-2', tasks: 1, prunedShare: 0.739, bitsOnPruned: 7.6 },
]

/** Step at which our trained tasks are counted. */
const COUNTED_BITS = 12

const names = PAPER_WORKLOADS.map(({ workload }) => workload).join(', ')
const result = (where: string) => leopard(`${where} (a result of its training, taken as input here)`)

/** Longest sequence of a built-in workload. */
const MAX_KEYS = 65536

/** Keys of a query in each workload, as parameters. */
export const SEQUENCE_PARAMS = {
  seqMemn2n: {
    type: 'integer',
    value: 50,
    max: MAX_KEYS,
    unit: 'token',
    source: leopard('Sec. 5.1'),
    description: 'slots per query of MemN2N',
  },
  seqGlue: {
    type: 'integer',
    value: 512,
    max: MAX_KEYS,
    unit: 'token',
    source: leopard('Sec. 5.1'),
    description: 'sequence length of BERT on GLUE',
  },
  seqSquad: {
    type: 'integer',
    value: 384,
    max: MAX_KEYS,
    unit: 'token',
    source: leopard('Sec. 5.1'),
    description: 'sequence length of BERT and ALBERT on SQuAD',
  },
  seqVit: {
    type: 'integer',
    value: 197,
    max: MAX_KEYS,
    unit: 'token',
    source: { kind: 'public', which: 'google/vit-base-patch16-224: 14 x 14 patches and a class token' },
    description: 'sequence length of ViT-B, which the paper does not print',
  },
  seqGpt2: {
    type: 'integer',
    value: 1280,
    max: MAX_KEYS,
    unit: 'token',
    source: leopard('Sec. 5.1'),
    description: 'sequence length of GPT-2-L',
  },
} as const satisfies Record<string, Param>

/** Where a run's statistics come from, as parameters. */
export const WORKLOAD_PARAMS = {
  memn2n: {
    type: 'string',
    value: 'trained',
    choices: ['trained', 'paper'],
    unit: '1',
    source: { kind: 'derived', how: 'trained by us, task by task (fig07-pruning-rate); the paper states a mean' },
    description: 'statistics of the 20 MemN2N tasks: those we trained, or the printed mean for all of them',
  },
  padding: {
    type: 'boolean',
    value: true,
    unit: '1',
    source: {
      kind: 'derived',
      how: 'Sec. 5.2 says that padding is not counted; but the questions of the bAbI test sets (v1.2) have so few statements that with one score kept per query and hop at most 82.8 % could be pruned, and 91.7 % is printed',
    },
    description: 'of our trained tasks, count the slots up to 50 that no statement fills',
  },
  prunedShares: {
    type: 'number',
    value: PAPER_WORKLOADS.map(({ prunedShare }) => prunedShare),
    min: 0,
    max: 1,
    unit: '1',
    source: result('Fig. 7, Sec. 5.2'),
    description: `share of scores pruned in ${names}`,
  },
  bitsOnPruned: {
    type: 'number',
    value: PAPER_WORKLOADS.map(({ bitsOnPruned }) => bitsOnPruned),
    min: 1,
    max: 12,
    unit: 'bit',
    source: result('Fig. 8, Sec. 5.2'),
    description: 'mean bits processed on pruned scores of 12 bit with B = 2, likewise',
  },
  ...SEQUENCE_PARAMS,
  statistics: {
    type: 'string',
    value: '',
    file: true,
    unit: '1',
    source: { kind: 'assumed', why: "empty: the paper's 43 tasks; yours go here", range: 'a CSV file' },
    description:
      'your workloads, a CSV: workload,tasks,pruned,bits,keys with a row per workload: how many tasks it stands for, share of scores pruned (0 to 1), mean bits processed on the pruned ones (at this width and B), keys per query. It replaces all built-in statistics',
  },
} as const satisfies Record<string, Param>

/** Values of {@link WORKLOAD_PARAMS}, and the format statistics are wanted for. */
export type WorkloadValues = ParamValues<typeof WORKLOAD_PARAMS> & BitSerialFormat

/** One of the tasks that means are taken over. */
export interface TaskStatistics extends ScoreStatistics {
  readonly workload: string
  readonly task: string
  /** Keys per query; a mean where padding is left out. */
  readonly keys: number
}

/** Statistics by where those of MemN2N come from. */
export const ORIGINS = {
  padded: { memn2n: 'trained', padding: true },
  unpadded: { memn2n: 'trained', padding: false },
  paper: { memn2n: 'paper', padding: true },
} as const
/** Names of the rows that a table of means has: the run's own, and the built-in ones beside it. */
export const ORIGIN_NAMES = ['this run', 'trained, padding counted', 'trained, padding left out', 'paper'] as const
export type OriginName = (typeof ORIGIN_NAMES)[number]

/** Scores of our trained tasks, counted bit by bit. */
export function trainedCounts(padding: boolean): readonly { readonly task: string; readonly counts: PruningCounts }[] {
  return TRAINED_TASKS.map(({ task, stories, padding: padded }) => ({
    task: `Task-${task}`,
    counts: padding ? addCounts(stories, padded) : stories,
  }))
}

/** Mean keys of a query of a trained task. */
function trainedKeys(slots: number, index: number, padding: boolean): number {
  const trained = TRAINED_TASKS[index]
  if (padding || !trained) return slots
  const scores = ({ keptScores, prunedAfterBits }: PruningCounts) =>
    prunedAfterBits.reduce((sum, count) => sum + count, keptScores)
  const stories = scores(trained.stories)
  return (slots * stories) / (stories + scores(trained.padding))
}

function trainedTasks(params: WorkloadValues, padding: boolean): TaskStatistics[] {
  const counted: BitSerialFormat = { bits: COUNTED_BITS, bitsPerCycle: Math.min(params.bitsPerCycle, COUNTED_BITS) }
  return trainedCounts(padding).map(({ task, counts }, i) => ({
    workload: MEMN2N,
    task,
    keys: trainedKeys(params.seqMemn2n, i, padding),
    ...convertStatistics(statisticsOf(counts, counted), counted, params),
  }))
}

/** Keys of a query in a workload of the paper. */
export function keysOf(params: ParamValues<typeof SEQUENCE_PARAMS>, workload: string): number {
  if (workload === MEMN2N) return params.seqMemn2n
  if (workload.endsWith('GLUE')) return params.seqGlue
  if (workload.endsWith('SQuAD')) return params.seqSquad
  return workload === VIT ? params.seqVit : params.seqGpt2
}

/** Names of so many tasks of a workload that are all alike. */
const taskNames = (tasks: number): string[] =>
  tasks === 1 ? ['all'] : Array.from({ length: tasks }, (_, i) => `Task-${i + 1}`)

function paperTasks(params: WorkloadValues): TaskStatistics[] {
  const { prunedShares, bitsOnPruned } = params
  for (const [name, list] of Object.entries({ prunedShares, bitsOnPruned })) {
    if (list.length !== PAPER_WORKLOADS.length) {
      throw new RangeError(
        `Cannot run the workloads ${names}: ${name} must have ${PAPER_WORKLOADS.length} entries, got ${list.length}`,
      )
    }
  }
  return PAPER_WORKLOADS.flatMap(({ workload, tasks }, i) => {
    const printed = { prunedShare: prunedShares[i] as number, bitsOnPruned: bitsOnPruned[i] as number }
    const statistics = convertStatistics(printed, PAPER_FORMAT, params)
    return taskNames(tasks).map((task) => ({ workload, task, keys: keysOf(params, workload), ...statistics }))
  })
}

/** The 43 tasks, those of MemN2N from our training or from the paper. */
export function builtInTasks(
  params: WorkloadValues,
  origin: { readonly memn2n: string; readonly padding: boolean },
): TaskStatistics[] {
  const printed = paperTasks(params)
  if (origin.memn2n === 'paper') return printed
  return [...trainedTasks(params, origin.padding), ...printed.filter(({ workload }) => workload !== MEMN2N)]
}

const COLUMNS = ['workload', 'tasks', 'pruned', 'bits', 'keys'] as const

/** Tasks one row may stand for, keys a query may have: beyond, tables would grow past use. */
const MOST = { tasks: 1000, keys: 1e9 }

/**
 * Reads a user's workloads.
 *
 * @throws {SyntaxError | RangeError} naming file, line and column
 */
function userTasks(path: string, text: string, { bits, bitsPerCycle }: BitSerialFormat): TaskStatistics[] {
  const seen = new Set<string>()
  return readCsvRows(path, text, {
    columns: COLUMNS,
    read: (row) => {
      const workload = row.cells.workload.trim()
      if (workload === '') throw new RangeError('workload must be a name, got nothing')
      if (seen.has(workload)) throw new RangeError(`workload must be named once, got ${workload} again`)
      seen.add(workload)
      const statistics = {
        prunedShare: numberCell(row, 'pruned', { min: 0, max: 1 }),
        bitsOnPruned: numberCell(row, 'bits', { min: bitsPerCycle, max: bits, unit: 'bit' }),
        keys: numberCell(row, 'keys', { min: 1, max: MOST.keys, integer: true }),
      }
      return taskNames(numberCell(row, 'tasks', { min: 1, max: MOST.tasks, integer: true })).map((task) => ({
        workload,
        task,
        ...statistics,
      }))
    },
  }).flat()
}

/**
 * The tasks a run is about: the user's, or the 43.
 *
 * @throws {SyntaxError | RangeError | TypeError} on a file that cannot be used
 */
export function tasksOf(params: WorkloadValues, files: Readonly<Record<string, string>>): TaskStatistics[] {
  const text = userFile('statistics', params.statistics, files)
  return text === undefined ? builtInTasks(params, params) : userTasks(params.statistics, text, params)
}

/** The run's tasks, and the built-in ones by each origin, for tables of means. */
export function tasksByOrigin(
  params: WorkloadValues,
  tasks: readonly TaskStatistics[],
): readonly { readonly statistics: OriginName; readonly tasks: readonly TaskStatistics[] }[] {
  const [own, padded, unpadded, paper] = ORIGIN_NAMES
  return [
    { statistics: own, tasks },
    { statistics: padded, tasks: builtInTasks(params, ORIGINS.padded) },
    { statistics: unpadded, tasks: builtInTasks(params, ORIGINS.unpadded) },
    { statistics: paper, tasks: builtInTasks(params, ORIGINS.paper) },
  ]
}

/** Names of the workloads of some tasks, in order. */
export const workloadsOf = (tasks: readonly TaskStatistics[]): string[] => [
  ...new Set(tasks.map(({ workload }) => workload)),
]

/** A task's name among all. */
export const taskLabel = ({ workload, task }: { readonly workload: string; readonly task: string }): string =>
  task === 'all' ? workload : `${workload} ${task}`

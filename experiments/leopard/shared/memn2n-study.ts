import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import type { Rng } from '../../../lib/numeric/mod.ts'
import { BABI_TASKS, type BabiQuestion, type TrainedNetworks } from '../../../lib/training/mod.ts'
import { BABI_PARAM, readBabi } from './memn2n-babi.ts'
import { FORMAT, type MeasureOptions, type TrainedTask } from './memn2n-measure.ts'
import { BASE_RECIPE } from './memn2n-recipe.ts'
import { REAL_TASKS, TRAINED_TASKS } from './memn2n-statistics.ts'
import { storedNetworks } from './memn2n-store.ts'
import { TASK_NUMBERS, TEST_QUESTIONS, testQuestions, trainOn } from './memn2n-tasks.ts'
import { WEIGHTS } from './memn2n-weights.ts'

/** Where a task's questions come from: our generator, bAbI's own files as measured once, or files of the user's. */
export const QUESTION_ORIGINS = ['generated', 'bAbI 1k', 'files'] as const
export type QuestionOrigin = (typeof QUESTION_ORIGINS)[number]

/** What a study of the trained tasks runs on. */
export const STUDY_PARAMS = {
  tasks: {
    type: 'integer',
    value: TASK_NUMBERS,
    max: TASK_NUMBERS.length,
    distinct: true,
    unit: '1',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1: 20 bAbI tasks' },
    description: 'tasks that are run',
  },
  questions: {
    type: 'integer',
    value: TEST_QUESTIONS,
    max: 100_000,
    unit: 'question',
    source: { kind: 'public', which: "bAbI's test sets have 1,000 questions a task" },
    description:
      'generated questions each task is measured on, drawn apart from those it learned from; of task 4, whose stories have two statements, 73 % were among those by chance, of tasks 17 and 20 a fifth, of the others less than 4 %',
  },
  slots: {
    type: 'integer',
    value: BASE_RECIPE.slots,
    min: BASE_RECIPE.slots,
    max: 100_000,
    unit: 'statement',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1: sequence length 50' },
    description: 'scores of a query and hop where padding counts',
  },
  scoreBits: {
    type: 'integer',
    value: FORMAT.scoreBits,
    min: 2,
    max: 16,
    unit: 'bit',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1' },
    description: 'bits of queries and keys, sign included',
  },
  valueBits: {
    type: 'integer',
    value: FORMAT.valueBits,
    min: 2,
    max: 16,
    unit: 'bit',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1' },
    description: 'bits of values, sign included',
  },
  thresholdShift: {
    type: 'number',
    value: 0,
    min: -1e6,
    max: 1e6,
    unit: '1',
    source: { kind: 'assumed', why: '0: as learned', range: '-5 to 5' },
    description: 'added to every learned threshold: what if they were higher, or lower?',
  },
  babi: BABI_PARAM,
} as const satisfies Record<string, Param>

/** Whether the slots that no statement fills count: both definitions, a parameter, and the variants it makes. */
export const PADDING_DEFINITIONS = ['padding counted', 'padding not counted'] as const
export const PADDING_PARAM = {
  type: 'boolean',
  value: true,
  unit: '1',
  source: {
    kind: 'derived',
    how: 'Sec. 5.2 says that padding is not counted, but only if it is does a mean near 91.7 % come out',
  },
  description: 'judge by all slots up to 50, also those that no statement fills',
} as const satisfies Param
export const PADDING_VARIANTS = {
  'as-published': {
    why: 'the slots that no statement fills count as pruned scores, without which 91.7 % is out of reach',
    set: { padding: true },
  },
  corrected: { why: 'padding is not counted, as Sec. 5.2 says', set: { padding: false } },
} as const

/** A measured task and where its questions come from. */
export type Studied<M> = M & { readonly origin: QuestionOrigin; readonly task: number; readonly name: string }

type Measure<M> = (networks: TrainedNetworks, questions: readonly BabiQuestion[], options: MeasureOptions) => M

/**
 * Measures the stored networks on generated questions, puts beside them what bAbI's own files gave, and trains and
 * measures on the user's files where there are any.
 *
 * @param options.stored take what was measured with the default questions, widths and slots from the stored statistics
 * @throws as {@link readBabi} and {@link storedNetworks}
 */
export function studyTasks<M>(
  params: ParamValues<typeof STUDY_PARAMS>,
  {
    files,
    rng,
    measure,
    stored = false,
  }: {
    readonly files: Readonly<Record<string, string>>
    readonly rng: Rng
    readonly measure: Measure<M>
    readonly stored?: boolean
  },
): Studied<M | TrainedTask>[] {
  const { tasks, questions, slots, scoreBits, valueBits, thresholdShift, babi } = params
  const options = { format: { scoreBits, valueBits }, slots }
  const shifted = (own: TrainedNetworks): TrainedNetworks => ({
    ...own,
    pruned: { ...own.pruned, thresholds: own.pruned.thresholds.map((threshold) => threshold + thresholdShift) },
  })
  // What was measured once says nothing of other widths, slots or thresholds.
  const asMeasured =
    scoreBits === FORMAT.scoreBits &&
    valueBits === FORMAT.valueBits &&
    slots === BASE_RECIPE.slots &&
    thresholdShift === 0
  const reuse = stored && asMeasured && questions === TEST_QUESTIONS
  const networks = storedNetworks()
  const asked = testQuestions(rng, questions)
  const label = (task: number, origin: QuestionOrigin) => ({
    origin,
    task,
    name: BABI_TASKS.find((own) => own.task === task)?.name ?? '',
  })
  return [
    ...tasks.map((task) => {
      const known = reuse ? TRAINED_TASKS.find((own) => own.task === task) : undefined
      return {
        ...(known ?? measure(shifted(networks(task)), asked(task), options)),
        ...label(task, 'generated'),
      }
    }),
    ...(asMeasured ? REAL_TASKS : [])
      .filter(({ task }) => tasks.includes(task))
      .map((own) => ({ ...own, ...label(own.task, 'bAbI 1k') })),
    ...(babi === ''
      ? []
      : readBabi(files, { name: 'babi', path: babi, wanted: tasks }).map(({ task, train, test }) => ({
          ...measure(shifted(trainOn(train, WEIGHTS.seed)), test, options),
          ...label(task, 'files'),
        }))),
  ]
}

/** The origins of some rows, in the order of {@link QUESTION_ORIGINS}. */
export function originsOf(rows: readonly { readonly origin: QuestionOrigin }[]): QuestionOrigin[] {
  return QUESTION_ORIGINS.filter((origin) => rows.some((row) => row.origin === origin))
}

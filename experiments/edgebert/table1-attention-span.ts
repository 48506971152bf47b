#!/usr/bin/env -S npx tsx
import { along, experiment, main, type Param, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import {
  checkTaskLists,
  edgebert,
  nullHeadsOf,
  SENTENCE_TOKENS,
  TASK_INPUTS,
  TASKS,
  type Task,
  taskSlug,
} from './shared/tasks.ts'

const table1 = edgebert('Table 1')

const spans = (task: Task) =>
  ({
    type: 'integer',
    value: TASK_INPUTS[task].spans,
    min: 0,
    unit: 'token',
    source: table1,
    description: `attention span by head on ${task}`,
  }) as const satisfies Param

const accuracies = (value: readonly number[], description: string) =>
  ({
    type: 'number',
    value,
    max: 100,
    unit: '%',
    source: table1,
    description: `${description}, for ${TASKS.join(', ')}`,
  }) as const satisfies Param

const table1Spans = experiment({
  id: 'edgebert/table1-attention-span',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Table 1',
  title: 'Learned attention spans: null heads, averages and what they cost in accuracy, from the spans as inputs',
  params: {
    spansMnli: spans('MNLI'),
    spansQqp: spans('QQP'),
    spansSst2: spans('SST-2'),
    spansQnli: spans('QNLI'),
    baselineAccuracies: accuracies(
      TASKS.map((task) => TASK_INPUTS[task].baselineAccuracy),
      'accuracy before any optimisation',
    ),
    spanAccuracies: accuracies(
      TASKS.map((task) => TASK_INPUTS[task].spanAccuracy),
      'accuracy with adaptive spans',
    ),
    tokens: { ...SENTENCE_TOKENS, type: 'integer', description: 'tokens of a sentence, padding included' },
  },
  schema: tables({
    tasks: {
      task: { type: 'string', enum: TASKS, 'x-key': true },
      heads: { type: 'integer', unit: 'head' },
      nullHeads: { type: 'integer', unit: 'head' },
      averageSpan: { type: 'number', unit: 'token' },
      averageActiveSpan: { type: 'number', unit: 'token', description: 'over the heads that have one; 0 if none has' },
      spanSharePercent: { type: 'number', unit: '%', description: 'of all heads at full length' },
      baselineAccuracy: { type: 'number', unit: '%' },
      accuracy: { type: 'number', unit: '%' },
      difference: { type: 'number', unit: '%-pt' },
    },
    heads: {
      task: { type: 'string', enum: TASKS, 'x-key': true },
      head: { type: 'integer', unit: '1', 'x-key': true },
      span: { type: 'integer', unit: 'token' },
    },
  }),
  run({ params }) {
    const { baselineAccuracies, spanAccuracies, tokens } = params
    const spansOf = {
      MNLI: params.spansMnli,
      QQP: params.spansQqp,
      'SST-2': params.spansSst2,
      QNLI: params.spansQnli,
    }
    checkTaskLists({ baselineAccuracies, spanAccuracies })
    return {
      tasks: TASKS.map((task, i) => {
        const own = spansOf[task]
        const longest = Math.max(...own)
        if (longest > tokens) {
          throw new RangeError(`Cannot attend over ${tokens} tokens: spans must be at most that, got ${longest}`)
        }
        const sum = own.reduce((total, span) => total + span, 0)
        const nullHeads = nullHeadsOf(own)
        const [before, after] = [baselineAccuracies[i] as number, spanAccuracies[i] as number]
        return {
          task,
          heads: own.length,
          nullHeads,
          averageSpan: sum / own.length,
          averageActiveSpan: nullHeads === own.length ? 0 : sum / (own.length - nullHeads),
          spanSharePercent: (100 * sum) / (own.length * tokens),
          baselineAccuracy: before,
          accuracy: after,
          difference: after - before,
        }
      }),
      heads: TASKS.flatMap((task) => spansOf[task].map((span, i) => ({ task, head: i + 1, span }))),
    }
  },
  claims: {
    ...Object.fromEntries(
      TASKS.flatMap((task) => {
        const slug = taskSlug(task)
        const of = (rows: readonly TaskRow[]) => rows.find((row) => row.task === task)
        return [
          [`edgebert.null-heads-${slug}`, ({ tasks }: Rows) => of(tasks)?.nullHeads],
          [`edgebert.t1-${slug}-avg-span`, ({ tasks }: Rows) => of(tasks)?.averageSpan],
          [`edgebert.t1-${slug}-acc`, ({ tasks }: Rows) => of(tasks)?.accuracy],
          [`edgebert.t1-${slug}-diff`, ({ tasks }: Rows) => of(tasks)?.difference],
          [`edgebert.baseline-acc-${slug}`, ({ tasks }: Rows) => of(tasks)?.baselineAccuracy],
          ...Array.from({ length: 12 }, (_, i) => [
            `edgebert.t1-${slug}-head${i + 1}`,
            ({ heads }: Rows) => heads.find((row) => row.task === task && row.head === i + 1)?.span,
          ]),
        ]
      }),
    ),
    'edgebert.glue-tasks': { assumption: 'cited, enters no model' },
    'edgebert.glue-categories': { assumption: 'cited, enters no model' },
    'edgebert.eval-tasks': ({ tasks }) => tasks.length,
  },
  reasons: {
    'edgebert.t1-qqp-avg-span': { kind: 'truncation', text: 'the mean of the row is 11.083' },
    'edgebert.t1-qnli-avg-span': { kind: 'truncation', text: 'the mean of the row is 19.667' },
  },
  errata: [
    {
      where: 'Table 1 and Table 3, average spans',
      printed: '12.3, 11.0, 15.6, 19.6 and 12.7, 11.3, 18.4, 21.5',
      shouldBe: 'undecided',
      arithmetic:
        'the same four tasks; the rows of Table 1 average 12.25, 11.08, 15.58, 19.67, so the hardware runs (Sec. 8.2.1: Table 3) rest on spans that are not printed',
    },
  ],
  figure: ({ heads, tasks }, marks) => {
    const y = { field: 'task', type: 'nominal', sort: null, title: 'task', axis: { title: null } }
    const x = { field: 'head', type: 'ordinal', title: 'attention head', axis: { labelAngle: 0 } }
    const average = (field: string, says: string) =>
      along(field, 'average span [token]', { says, scale: { domain: [0, 22] }, axis: { tickCount: 5 } })
    return {
      description:
        "Learned attention span in tokens of every head of the four tasks, the darker the longer, which are the paper's own numbers and inputs here; beside it their averages as bars, with the printed averages as crosses.",
      spacing: 30,
      hconcat: [
        {
          width: 380,
          height: 130,
          layer: [
            {
              data: { values: heads },
              mark: { type: 'rect' },
              encoding: {
                x,
                y,
                color: {
                  field: 'span',
                  type: 'quantitative',
                  title: 'span [token]',
                  scale: { scheme: 'blues' },
                  legend: { type: 'symbol', orient: 'top' },
                },
              },
            },
            {
              data: { values: heads },
              mark: { type: 'text', aria: false },
              encoding: {
                x,
                y,
                text: { field: 'span', type: 'quantitative', title: 'span [token]' },
                color: { condition: { test: 'datum.span > 60', value: 'white' }, value: 'black' },
              },
            },
          ],
        },
        {
          width: 180,
          height: 130,
          layer: [
            {
              data: { values: tasks },
              mark: 'bar',
              encoding: { x: average('averageSpan', 'average span [token]'), y },
            },
            printedCrosses(
              tasks.flatMap(({ task }) => {
                const printed = printedAt(marks, `edgebert.t1-${taskSlug(task)}-avg-span`)
                return printed === null ? [] : [{ task, printed }]
              }),
              { x: average('printed', 'printed average [token]'), y },
            ),
          ],
        },
      ],
    }
  },
})

type TaskRow = {
  readonly task: Task
  readonly nullHeads: number
  readonly averageSpan: number
  readonly accuracy: number
  readonly difference: number
  readonly baselineAccuracy: number
}
type Rows = {
  readonly tasks: readonly TaskRow[]
  readonly heads: readonly { readonly task: Task; readonly head: number; readonly span: number }[]
}

export default table1Spans
await main(import.meta, table1Spans)

#!/usr/bin/env -S npx tsx
import { along, experiment, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import { mean } from '../../lib/numeric/mod.ts'
import { type MeasuredAccuracies, measureAccuracies } from './shared/memn2n-measure.ts'
import { BASE_PARAMS, PRUNING_PARAMS, TRAINING_PARAMS } from './shared/memn2n-recipe.ts'
import { originsOf, QUESTION_ORIGINS, STUDY_PARAMS, studyTasks } from './shared/memn2n-study.ts'
import { TASK_AXIS } from './shared/task-figure.ts'

const NETWORKS = 'pre-trained BERT, ALBERT, GPT-2 and ViT and their data sets, which cannot be trained here'

/** Mean losses of accuracy by group as printed, %; the paper's own average of them is checked. */
const GROUPS = [
  { workload: 'MemN2N', tasks: 20, lossPercent: 0.07 },
  { workload: 'BERT-B GLUE', tasks: 9, lossPercent: 0.31 },
  { workload: 'BERT-L GLUE', tasks: 9, lossPercent: 0.33 },
  { workload: 'BERT-B SQuAD', tasks: 1, lossPercent: 0.26 },
  { workload: 'BERT-L SQuAD', tasks: 1, lossPercent: 0.21 },
  { workload: 'ALBERT-XX-L SQuAD', tasks: 1, lossPercent: 0.07 },
  { workload: 'ViT-B', tasks: 1, lossPercent: 0.76 },
] as const
/** Half a unit of the last printed digit, %. */
const HALF_UNIT = 0.005
/** From here on a network has learned its task, for a mean over those that have. */
const LEARNED = 0.75

const fig06 = experiment({
  id: 'leopard/fig06-accuracy',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 6',
  title: 'Accuracy before and after thresholds are learned: the 20 memory networks, trained here',
  params: STUDY_PARAMS,
  constants: { ...BASE_PARAMS, ...PRUNING_PARAMS, ...tried(TRAINING_PARAMS) },
  schema: tables({
    tasks: {
      origin: {
        type: 'string',
        enum: QUESTION_ORIGINS,
        'x-key': true,
        description: "generated; bAbI's own 1,000 questions, trained and measured once; files: yours",
      },
      task: { type: 'integer', unit: '1', 'x-key': true },
      name: { type: 'string' },
      basePercent: { type: 'number', unit: '%', description: 'accuracy without pruning' },
      prunedPercent: { type: 'number', unit: '%', description: 'with thresholds learned and applied' },
      lossPercent: { type: 'number', unit: '%', description: 'base minus pruned; below 0 a gain' },
      baseIntegerPercent: { type: 'number', unit: '%', description: 'without pruning, 12-bit scores, 16-bit values' },
      prunedIntegerPercent: { type: 'number', unit: '%', description: 'with pruning, the same' },
      quantisationPercent: { type: 'number', unit: '%', description: 'what integers cost more, the worse of the two' },
      paddedIntegerPercent: {
        type: 'number',
        unit: '%',
        description:
          'with pruning, in integers, if empty slots are scored too: where a threshold is not above 0 they survive and take weight',
      },
    },
    means: {
      origin: { type: 'string', enum: QUESTION_ORIGINS, 'x-key': true },
      of: { type: 'string', enum: ['all tasks', 'learned tasks'], 'x-key': true },
      tasks: { type: 'integer', unit: 'task' },
      basePercent: { type: 'number', unit: '%' },
      prunedPercent: { type: 'number', unit: '%' },
      lossPercent: { type: 'number', unit: '%' },
      largestLossPercent: { type: 'number', unit: '%' },
      largestGainPercent: { type: 'number', unit: '%' },
      largestQuantisationPercent: { type: 'number', unit: '%' },
      paddedIntegerPercent: { type: 'number', unit: '%', description: 'as in table tasks' },
      claim: { type: 'string', 'x-claim': 'lossPercent' },
    },
    groups: {
      average: { type: 'string', 'x-key': true, description: "of the paper's printed group means" },
      lossPercent: { type: 'number', unit: '%' },
      fromPercent: { type: 'number', unit: '%', description: 'with all means rounded in its favour' },
      toPercent: { type: 'number', unit: '%' },
    },
  }),
  run({ params, files, rng }) {
    const studied = studyTasks(params, { files, rng, measure: measureAccuracies })
    const rows = studied.map((own) => ({ origin: own.origin, task: own.task, name: own.name, ...percents(own) }))
    return {
      tasks: rows,
      means: originsOf(rows).flatMap((origin) => {
        const all = rows.filter((row) => row.origin === origin)
        return [
          { of: 'all tasks' as const, own: all },
          { of: 'learned tasks' as const, own: all.filter(({ basePercent }) => basePercent >= 100 * LEARNED) },
        ]
          .filter(({ own }) => own.length > 0)
          .map(({ of, own }) => {
            const losses = own.map(({ lossPercent }) => lossPercent)
            return {
              origin,
              of,
              tasks: own.length,
              basePercent: mean(own.map(({ basePercent }) => basePercent)),
              prunedPercent: mean(own.map(({ prunedPercent }) => prunedPercent)),
              lossPercent: mean(losses),
              largestLossPercent: Math.max(...losses),
              largestGainPercent: -Math.min(...losses),
              largestQuantisationPercent: Math.max(...own.map(({ quantisationPercent }) => quantisationPercent)),
              paddedIntegerPercent: mean(own.map((row) => row.paddedIntegerPercent)),
              claim: 'leopard.f6-drop-memn2n',
            }
          })
      }),
      groups: [
        { average: 'over the 42 tasks with an accuracy', ...average(GROUPS) },
        { average: 'over 43, GPT-2 as no loss', ...average([...GROUPS, { tasks: 1, lossPercent: 0 }]) },
        {
          average: 'over 42, MemN2N at the 0.06 of Sec. 5.3',
          ...average(GROUPS.map((group) => (group.workload === 'MemN2N' ? { ...group, lossPercent: 0.06 } : group))),
        },
      ],
    }
  },
  claims: {
    'leopard.f6-drop-memn2n': ({ means }) => means[0]?.lossPercent,
    'leopard.s53-drop-memn2n': ({ means }) => means[0]?.lossPercent,
    'leopard.f6-quant': ({ means }) => means[0]?.largestQuantisationPercent,
    'leopard.f6-mean': ({ groups }) => groups[0]?.lossPercent,
    ...Object.fromEntries(
      [
        'drop-bertb-glue',
        'drop-bertl-glue',
        'drop-bertb-squad',
        'drop-bertl-squad',
        'drop-albert-squad',
        'drop-vit',
        'gpt2-ppl',
        'max-gain',
        'max-loss',
      ].map((slug) => [`leopard.f6-${slug}`, { unreachable: NETWORKS }]),
    ),
    'leopard.m-babi-tasks': (_, p) => p.tasks.length,
    'leopard.m-d-memn2n': () => BASE_PARAMS.width.value,
    'leopard.m-seq-memn2n': () => BASE_PARAMS.slots.value,
    'leopard.m-q-bits': (_, p) => p.scoreBits,
    'leopard.m-v-bits': (_, p) => p.valueBits,
    'leopard.s53-a3-drop-memn2n': { assumption: "A3's own figure, restated; no model here uses it" },
    'leopard.s53-a3-drop-bertb': { assumption: "A3's own figure, restated; no model here uses it" },
  },
  reasons: {
    'leopard.f6-drop-memn2n': {
      kind: 'residual',
      text: 'basic induction, which like positional reasoning and path finding this network does not learn, loses 6 points, 0.3 of the mean; the 17 tasks that are learned gain 0.2. Another seed moves the mean by half a point (fig07, table seeds); the paper prints the mean of one',
    },
    'leopard.s53-drop-memn2n': { kind: 'residual', text: 'as leopard.f6-drop-memn2n' },
  },
  errata: [
    {
      where: 'Sec. 5.2 against Sec. 5.3, MemN2N',
      printed: '0.07 % and 0.06 %',
      shouldBe: 'undecided',
      arithmetic: 'the same loss of accuracy, two numbers',
    },
  ],
  headlines: {
    'leopard.f6-mean':
      'the printed group means, weighted by tasks, give 0.201; only MemN2N can be trained here, and loses 0.125, not 0.07',
  },
  figure: ({ tasks, means, groups }, marks) => {
    const networks = ['before', 'with pruning']
    const [own, average] = [means[0], groups[0]]
    const losses = [
      { of: 'MemN2N', lossPercent: own?.lossPercent, claim: 'leopard.f6-drop-memn2n' },
      { of: 'all groups', lossPercent: average?.lossPercent, claim: 'leopard.f6-mean' },
    ]
    const y = { field: 'of', type: 'nominal', sort: null, title: 'mean over', axis: { title: null } }
    const title = 'accuracy lost [%]'
    return {
      description:
        'Accuracy of the 20 bAbI tasks in percent before and after thresholds are learned, as bars; below it the accuracy lost on average over these tasks, and over the printed means of all groups, beside the printed averages as crosses. Of the panels of the paper this is the one of MemN2N; the networks of the others cannot be trained here, and no accuracy of a task is readable.',
      vconcat: [
        {
          width: 740,
          height: 220,
          data: {
            values: tasks
              .filter(({ origin }) => origin === 'generated')
              .flatMap(({ task, name, basePercent, prunedPercent }) => [
                { task: `${task} ${name}`, network: networks[0], percent: basePercent },
                { task: `${task} ${name}`, network: networks[1], percent: prunedPercent },
              ]),
          },
          mark: { type: 'bar' },
          encoding: {
            x: TASK_AXIS,
            xOffset: { field: 'network', sort: networks, title: 'network' },
            y: along('percent', 'accuracy [%]', { scale: { domain: [0, 100] } }),
            color: { field: 'network', type: 'nominal', sort: networks, title: 'network' },
          },
        },
        {
          width: 300,
          height: { step: 24 },
          layer: [
            { data: { values: losses }, mark: 'bar', encoding: { y, x: along('lossPercent', title) } },
            printedCrosses(
              losses.flatMap(({ of, claim }) => {
                const printed = printedAt(marks, claim)
                return printed === null ? [] : [{ of, printed }]
              }),
              { y, x: along('printed', title, { says: 'printed loss of accuracy [%]' }) },
            ),
          ],
        },
      ],
      config: { legend: { orient: 'top' } },
    }
  },
})

/** Parameters of the stored training, as constants; lists are left to `make train`. */
function tried({ questions, heldBack, tolerance }: typeof TRAINING_PARAMS) {
  return { trainingQuestions: questions, heldBack, tolerance }
}

function percents(own: MeasuredAccuracies) {
  const { baseAccuracy, prunedAccuracy, baseIntegerAccuracy, prunedIntegerAccuracy, paddedIntegerAccuracy } = own
  return {
    basePercent: 100 * baseAccuracy,
    prunedPercent: 100 * prunedAccuracy,
    lossPercent: 100 * (baseAccuracy - prunedAccuracy),
    baseIntegerPercent: 100 * baseIntegerAccuracy,
    prunedIntegerPercent: 100 * prunedIntegerAccuracy,
    quantisationPercent: 100 * Math.max(baseAccuracy - baseIntegerAccuracy, prunedAccuracy - prunedIntegerAccuracy),
    paddedIntegerPercent: 100 * paddedIntegerAccuracy,
  }
}

/** Mean loss over tasks from printed means of groups, and how far their rounding lets it go. */
function average(groups: readonly { readonly tasks: number; readonly lossPercent: number }[]) {
  const tasks = groups.reduce((sum, group) => sum + group.tasks, 0)
  const lossPercent = groups.reduce((sum, group) => sum + group.tasks * group.lossPercent, 0) / tasks
  return { lossPercent, fromPercent: lossPercent - HALF_UNIT, toPercent: lossPercent + HALF_UNIT }
}

export default fig06
await main(import.meta, fig06)

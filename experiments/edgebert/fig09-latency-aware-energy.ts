#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { albertBase } from '../../lib/workload/mod.ts'
import { INFERENCE_PARAMS } from './shared/inference.ts'
import { latencyAwareFigure } from './shared/latency-aware-figure.ts'
import { correctionRows, relaxingRows, tornadoRows } from './shared/latency-aware-sensitivity.ts'
import {
  bestGains,
  EXITS,
  type Exits,
  energyRows,
  SCHEMES,
  type Subject,
  schemeRows,
  subjectOfTrace,
  subjectsOf,
  TRACED,
  workOf,
} from './shared/latency-aware-study.ts'
import { DVFS_PARAMS, dvfsOf, NULL_HEADS_PARAM, SPARSITY_PARAM, STATE_CONSTANTS } from './shared/machine-params.ts'
import { checkTaskLists, edgebert, TASKS, taskSlug } from './shared/tasks.ts'
import { readTrace, TRACE_PARAMS, VF_PARAM } from './shared/user-files.ts'

const CALIBRATED_GAIN = {
  parameter: 'headEnergyShare, gatedShare, activationSparsity',
  method:
    "1.54 of the ratio is the paper's own 1.1x for null heads and 1.4x for sparse execution; 4.51 and 1.61, the rest, is computed from the sentences' exits",
  window: 'gains from our cycles instead: 7.7x and 2.7x (table corrections)',
} as const
const CALIBRATED_FLOOR = {
  parameter: 'thresholdVoltage',
  method: DVFS_PARAMS.thresholdVoltage.source.method,
  window: DVFS_PARAMS.thresholdVoltage.source.window,
} as const

const fig09 = experiment({
  id: 'edgebert/fig09-latency-aware-energy',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Fig. 9',
  title: 'Energy per sentence, voltage and clock under latency-aware inference',
  params: {
    ...INFERENCE_PARAMS,
    nullHeads: NULL_HEADS_PARAM,
    encoderSparsity: SPARSITY_PARAM,
    targetsMs: {
      type: 'number',
      value: [50, 75, 100],
      unit: 'ms',
      source: edgebert('Fig. 9'),
      description: 'latency targets',
    },
    ...TRACE_PARAMS,
    vf: VF_PARAM,
  },
  constants: STATE_CONSTANTS,
  variants: {
    'as-published': {
      why: 'energy is V^2 times cycles at the load of the regulator, and null heads save the 1.1x that Sec. 8.2.1 prints',
      set: { headEnergyShare: INFERENCE_PARAMS.headEnergyShare.value, chargeRegulator: false, pllMw: 0 },
    },
    corrected: {
      why: 'the rail of the linear regulator pays, the PLL is charged, and null heads save what their cycles take',
      set: { headEnergyShare: 1, chargeRegulator: true, pllMw: INFERENCE_PARAMS.pllMw.span[1] },
    },
  },
  schema: tables({
    schemes: {
      task: { type: 'string', 'x-key': true, description: 'trace: your own, with the heads and zeros of SST-2' },
      targetMs: { type: ['number', 'null'], unit: 'ms', 'x-key': true },
      scheme: { type: 'string', enum: SCHEMES, 'x-key': true },
      exits: {
        type: 'string',
        enum: EXITS,
        'x-key': true,
        description:
          'trace: sentence by sentence; mean sentence: all at the average exits; earliest, latest: all predicted at the average, their unknown exit that of early exit, or the predicted one',
      },
      predictedExit: { type: 'number', unit: 'layer' },
      actualExit: { type: 'number', unit: 'layer' },
      voltage: { type: 'number', unit: 'V', description: 'mean over the sentences beyond layer 1' },
      ghz: { type: 'number', unit: 'GHz', description: 'likewise' },
      latencyMs: { type: 'number', unit: 'ms', description: 'mean; without a target that of the mean exit' },
      energyUj: { type: 'number', unit: 'uJ' },
      overBase: { type: 'number', unit: '1', description: 'energy of Base over this' },
      overEarly: {
        type: 'number',
        unit: '1',
        description: 'energy of EE over this; for a trace of exits, EE stops where the trace does',
      },
      missedPercent: { type: 'number', unit: '%', description: 'sentences that end after the target' },
      infeasiblePercent: {
        type: 'number',
        unit: '%',
        description: 'sentences beyond layer 1 whose predicted exit needs more than the fastest clock',
      },
    },
    energy: {
      scheme: {
        type: 'string',
        enum: ['LAI', 'LAI+AAS+Sparse'],
        'x-key': true,
        description: 'of SST-2 or your trace',
      },
      targetMs: { type: 'number', unit: 'ms', 'x-key': true },
      dynamicUj: { type: 'number', unit: 'uJ', description: 'means per sentence' },
      leakageUj: { type: 'number', unit: 'uJ' },
      pllUj: { type: 'number', unit: 'uJ' },
      regulatorUj: {
        type: 'number',
        unit: 'uJ',
        description: 'switching and leakage times Vrail / V / efficiency - 1',
      },
      weightsUj: {
        type: 'number',
        unit: 'uJ',
        description: 'all weights without optimisation, non-zeros and mask with it',
      },
      totalUj: { type: 'number', unit: 'uJ' },
    },
    maxima: {
      task: { type: 'string', 'x-key': true },
      overBaseLow: {
        type: 'number',
        unit: '1',
        description: 'largest gain over the targets, kept or not; exits latest',
      },
      overBaseHigh: { type: 'number', unit: '1', description: 'likewise, exits earliest' },
      overEarlyLow: { type: 'number', unit: '1' },
      overEarlyHigh: { type: 'number', unit: '1' },
    },
    corrections: {
      step: { type: 'integer', unit: '1', 'x-key': true },
      reference: { type: 'string', enum: ['Base', 'EE'], 'x-key': true },
      assumption: {
        type: 'string',
        description: 'SST-2 or your trace; each on top of those before it, whatever the parameters charge',
      },
      gain: { type: 'number', unit: '1', description: 'largest over the targets' },
      claim: { type: 'string', 'x-claim': 'gain' },
    },
    tornado: {
      assumption: { type: 'string', 'x-key': true, description: 'of SST-2 or your trace' },
      low: { type: 'string' },
      high: { type: 'string' },
      overBaseLow: { type: 'number', unit: '1', description: 'largest gain over the targets at the low end' },
      overBaseHigh: { type: 'number', unit: '1' },
      overEarlyLow: { type: 'number', unit: '1' },
      overEarlyHigh: { type: 'number', unit: '1' },
      swing: { type: 'number', unit: '1', description: 'largest over smallest gain over Base' },
    },
    relaxing: {
      leakageShare: { type: 'number', unit: '1', 'x-key': true, description: 'of SST-2 or your trace' },
      targetMs: { type: 'number', unit: 'ms', 'x-key': true },
      energyUj: { type: 'number', unit: 'uJ' },
      rises: { type: 'boolean', description: 'more than at the target before' },
    },
    points: {
      voltage: { type: 'number', unit: 'V', 'x-key': true },
      maxGhz: { type: 'number', unit: 'GHz' },
    },
  }),
  run({ params, files }) {
    const system = dvfsOf(params, files)
    const user = readTrace(params, files)
    checkTaskLists({ nullHeads: params.nullHeads, encoderSparsity: params.encoderSparsity })
    if (user?.layers !== undefined && user.layers !== params.layers) {
      throw new RangeError(
        `Cannot run ${params.trace}: layers must be its ${user.layers} (--set layers=), got ${params.layers}`,
      )
    }
    const subjects = user
      ? [subjectOfTrace('trace', workOf(params, TRACED), user)]
      : TASKS.flatMap((t) => subjectsOf(params, t))
    if (!user && params.layers > albertBase.layers) {
      throw new RangeError(
        `Cannot run the paper's tasks: their exits are of ${albertBase.layers} layers, got ${params.layers}; give your own with --set trace=`,
      )
    }
    const deepest = Math.max(...subjects.flatMap(({ trace }) => trace.map(({ predicted }) => predicted)))
    if (deepest > params.layers) {
      throw new RangeError(
        `Cannot run ${user ? params.trace : "the paper's tasks"}: exits must be at most the ${params.layers} layers, got ${deepest}${user ? '' : '; give your own with --set trace='}`,
      )
    }
    const traced = subjects.find(({ exits }) => exits === 'trace') as Subject
    return {
      schemes: subjects.flatMap((subject) => schemeRows(params, system, subject)),
      energy: energyRows(params, system, traced),
      maxima: [...new Set(subjects.map(({ task }) => task))].map((task) => {
        const best = subjects
          .filter((subject) => subject.task === task && subject.exits !== 'mean sentence')
          .map((subject) => bestGains(params, system, subject))
        const [base, early] = [best.map(({ overBase }) => overBase), best.map(({ overEarly }) => overEarly)]
        return {
          task,
          overBaseLow: Math.min(...base),
          overBaseHigh: Math.max(...base),
          overEarlyLow: Math.min(...early),
          overEarlyHigh: Math.max(...early),
        }
      }),
      corrections: correctionRows(params, files, traced),
      tornado: tornadoRows(params, files, traced),
      relaxing: relaxingRows(params, system, traced),
      points: system.table.map(({ voltage, maxGhz }) => ({ voltage, maxGhz })),
    }
  },
  claims: {
    'edgebert.abs-energy-vs-base': {
      predict: ({ maxima }) => traced(maxima)?.overBaseHigh,
      calibrated: CALIBRATED_GAIN,
    },
    'edgebert.abs-energy-vs-ee': {
      predict: ({ maxima }) => traced(maxima)?.overEarlyHigh,
      calibrated: CALIBRATED_GAIN,
    },
    ...Object.fromEntries(
      (['QQP', 'SST-2'] as const).flatMap((task) =>
        [75, 100].map((targetMs) => [
          `edgebert.fig9-vf-floor-${taskSlug(task)}-${targetMs}`,
          { predict: ({ schemes }: Rows) => full(schemes, task, targetMs)?.voltage, calibrated: CALIBRATED_FLOOR },
        ]),
      ),
    ),
    'edgebert.fig9-aas-relaxes-vf': ({ schemes }) =>
      schemes
        .filter(({ scheme }) => scheme === 'LAI')
        .every((plain) => {
          const other = schemes.find(
            (row) =>
              row.scheme === 'LAI+AAS+Sparse' &&
              row.task === plain.task &&
              row.targetMs === plain.targetMs &&
              row.exits === plain.exits,
          )
          return other !== undefined && other.voltage <= plain.voltage && other.ghz <= plain.ghz
        }),
    'edgebert.latency-target-50': (_, p) => p.targetsMs[0],
    'edgebert.latency-target-75': (_, p) => p.targetsMs[1],
    'edgebert.latency-target-100': (_, p) => p.targetsMs[2],
    'edgebert.freq-opt-formula': { assumption: 'chooseSetting()' },
  },
  errata: [
    {
      where: 'Sec. 8.2.2 and abstract, up to 2.5x over early exit',
      printed: 'up to 2.5x, as seen in the SST-2 case',
      shouldBe: 'undecided',
      arithmetic:
        'the physics that gives SST-2 its 2.5x gives MNLI 2.7 to 3.4x, QNLI 2.6 to 3.5x and QQP 2.7 to 3.8x (table maxima): their early exit comes later, and energy is quadratic in a voltage that is at its floor for all four at 100 ms',
    },
    {
      where: 'Sec. 8.2.1, attention span: 1.2x time, 1.1x energy',
      printed: '1.2x and 1.1x',
      shouldBe: 'undecided',
      arithmetic:
        'with energy ~ V^2 N_cycles (Sec. 3) 1.2x fewer cycles are 1.2x less energy; 1.1x would need 9 % more energy in every cycle that is left',
    },
    {
      where: 'Sec. 7.3 and Fig. 6, weights on chip',
      printed: 'no traffic of encoder weights',
      shouldBe: 'undecided',
      arithmetic:
        '7.08 M weights, 4.4 MB at half density with their mask, do not fit two decoders of 64 KB; fetched for each of 12 layers at 7.67 pJ/bit they take 3.3 mJ a sentence, beside 4.5 mJ for the accelerator',
    },
  ],
  headlines: {
    'edgebert.abs-energy-vs-base':
      "1.54 of it is the paper's own factor for null heads and zeros; 4.51 follows from the exits of 872 SST-2 sentences",
    'edgebert.abs-energy-vs-ee':
      "1.54 of it is the paper's own factor, 1.61 follows from the exits; by the same rules the other tasks gain more",
  },
  sensitivity: {
    table: 'tornado',
    labels: ['assumption'],
    values: ['overBaseLow', 'overBaseHigh'],
    title: 'energy of Base over that of LAI+AAS+Sparse [1]',
    base: ({ maxima }) => (traced(maxima) ?? maxima[0])?.overBaseHigh ?? Number.NaN,
  },
  figure: latencyAwareFigure,
})

type MaximaRow = { readonly task: string; readonly overBaseHigh: number; readonly overEarlyHigh: number }
type SchemeRow = {
  readonly task: string
  readonly targetMs: number | null
  readonly scheme: (typeof SCHEMES)[number]
  readonly exits: Exits
  readonly voltage: number
  readonly ghz: number
}
type Rows = { readonly schemes: readonly SchemeRow[] }

const traced = (rows: readonly MaximaRow[]) => rows.find(({ task }) => task === TRACED)
const full = (rows: readonly SchemeRow[], task: string, targetMs: number) =>
  rows.find(
    (row) =>
      row.task === task &&
      row.targetMs === targetMs &&
      row.scheme === 'LAI+AAS+Sparse' &&
      row.exits !== 'mean sentence',
  )

export default fig09
await main(import.meta, fig09)

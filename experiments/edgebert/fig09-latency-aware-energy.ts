#!/usr/bin/env -S npx tsx
import type { DvfsSystem, ExitCount } from '../../lib/accelerators/edgebert/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import {
  type Gains,
  gainsOf,
  INFERENCE_PARAMS,
  type InferenceValues,
  machineOf,
  nominalUj,
  type Outcome,
  outcomeOf,
  type TaskWork,
} from './shared/inference.ts'
import { DVFS_PARAMS, dvfsOf, NULL_HEADS_PARAM, SPARSITY_PARAM, THRESHOLD_WINDOW } from './shared/machine-params.ts'
import { SST2_EARLY_EXITS, SST2_LATENCY_AWARE_EXITS } from './shared/sst2-exits.ts'
import { edgebert, hardwareRow, TASKS, type Task } from './shared/tasks.ts'
import { readTrace, TRACE_PARAMS, type UserTrace, VF_PARAM } from './shared/user-files.ts'

const SCHEMES = ['Base', 'EE', 'LAI', 'LAI+AAS+Sparse'] as const
const EXITS = ['trace', 'mean sentence', 'earliest', 'latest'] as const
type Exits = (typeof EXITS)[number]
/** The task whose sentences are known. */
const TRACED = 'SST-2'

const CALIBRATED_GAIN = {
  parameter: 'statedHeadGain, gatedShare, activationSparsity',
  method:
    "1.54 of the ratio is the paper's own 1.1x for null heads and 1.4x for sparse execution; 4.51 and 1.61, the rest, is computed from the sentences' exits",
  window: 'gains from our cycles instead: 7.6x and 2.7x (table corrections)',
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
  variants: {
    'as-published': {
      why: 'energy is V^2 times cycles at the load of the regulator, and null heads save the 1.1x that Sec. 8.2.1 prints',
      set: { headGain: 'stated', chargeRegulator: false, pllMw: 0 },
    },
    corrected: {
      why: 'the rail of the linear regulator pays, the PLL is charged, and null heads save what their cycles take',
      set: { headGain: 'cycles', chargeRegulator: true, pllMw: INFERENCE_PARAMS.pllMw.span[1] },
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
      overEarly: { type: 'number', unit: '1', description: 'energy of EE over this' },
      missedPercent: { type: 'number', unit: '%', description: 'sentences that end after the target' },
      infeasiblePercent: {
        type: 'number',
        unit: '%',
        description: 'sentences whose predicted exit needs more than the fastest clock',
      },
    },
    energy: {
      scheme: { type: 'string', enum: ['LAI', 'LAI+AAS+Sparse'], 'x-key': true },
      targetMs: { type: 'number', unit: 'ms', 'x-key': true },
      dynamicUj: { type: 'number', unit: 'uJ' },
      leakageUj: { type: 'number', unit: 'uJ' },
      pllUj: { type: 'number', unit: 'uJ' },
      regulatorUj: { type: 'number', unit: 'uJ' },
      weightsUj: { type: 'number', unit: 'uJ' },
      totalUj: { type: 'number', unit: 'uJ' },
    },
    maxima: {
      task: { type: 'string', 'x-key': true },
      overBaseLow: { type: 'number', unit: '1', description: 'largest gain over the targets, exits latest' },
      overBaseHigh: { type: 'number', unit: '1', description: 'likewise, exits earliest' },
      overEarlyLow: { type: 'number', unit: '1' },
      overEarlyHigh: { type: 'number', unit: '1' },
    },
    corrections: {
      step: { type: 'integer', unit: '1', 'x-key': true },
      reference: { type: 'string', enum: ['Base', 'EE'], 'x-key': true },
      assumption: { type: 'string', description: 'each on top of those before it' },
      gain: { type: 'number', unit: '1', description: 'largest over the targets' },
      claim: { type: 'string', 'x-claim': 'gain' },
    },
    tornado: {
      assumption: { type: 'string', 'x-key': true },
      low: { type: 'string' },
      high: { type: 'string' },
      overBaseLow: { type: 'number', unit: '1', description: 'largest gain over the targets at the low end' },
      overBaseHigh: { type: 'number', unit: '1' },
      overEarlyLow: { type: 'number', unit: '1' },
      overEarlyHigh: { type: 'number', unit: '1' },
      swing: { type: 'number', unit: '1', description: 'largest over smallest gain over Base' },
    },
    relaxing: {
      leakageShare: { type: 'number', unit: '1', 'x-key': true },
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
    checkLists(params)
    if (user?.layers !== undefined && user.layers !== params.layers) {
      throw new RangeError(
        `Cannot run ${params.trace}: layers must be its ${user.layers} (--set layers=), got ${params.layers}`,
      )
    }
    const deepest = Math.max(0, ...(user?.exits ?? []).map(({ predicted }) => predicted))
    if (deepest > params.layers) {
      throw new RangeError(
        `Cannot run ${params.trace}: exits must be at most the ${params.layers} layers, got ${deepest}`,
      )
    }
    const subjects = user
      ? [subjectOfTrace('trace', workOf(params, TRACED), user)]
      : TASKS.flatMap((t) => subjectsOf(params, t))
    const traced = subjects.find(({ exits }) => exits === 'trace') as Subject
    return {
      schemes: subjects.flatMap((subject) => schemeRows(params, system, subject)),
      energy: params.targetsMs.flatMap((targetMs) =>
        ([false, true] as const).map((optimised) => energyRow(params, system, { traced, optimised, targetMs })),
      ),
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
      predict: ({ maxima }) => maximum(maxima)?.overBaseHigh,
      calibrated: CALIBRATED_GAIN,
    },
    'edgebert.abs-energy-vs-ee': {
      predict: ({ maxima }) => maximum(maxima)?.overEarlyHigh,
      calibrated: CALIBRATED_GAIN,
    },
    ...Object.fromEntries(
      (['QQP', 'SST-2'] as const).flatMap((task) =>
        [75, 100].map((targetMs) => [
          `edgebert.fig9-vf-floor-${task.toLowerCase().replace('-', '')}-${targetMs}`,
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
        'the physics that gives SST-2 its 2.5x gives MNLI 2.7 to 3.3x, QNLI 2.6 to 3.5x and QQP 2.7 to 3.8x (table maxima): their early exit comes later, and energy is quadratic in a voltage that is at its floor for all four at 100 ms',
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
  figure: ({ schemes, tornado }) => ({
    vconcat: [
      {
        hconcat: [...new Set(schemes.map(({ task }) => task))].map((task) => ({
          width: 130,
          height: 200,
          title: task,
          data: {
            values: schemes
              .filter((row) => row.task === task && ['trace', 'latest'].includes(row.exits))
              .map((row) => ({
                scheme:
                  row.targetMs === null ? row.scheme : `${row.scheme === 'LAI' ? 'LAI' : 'all'} T=${row.targetMs}`,
                energyMj: row.energyUj / 1000,
                voltage: row.voltage,
              })),
          },
          mark: 'bar',
          encoding: {
            x: { field: 'scheme', type: 'nominal', sort: null, title: null },
            y: { field: 'energyMj', type: 'quantitative', title: 'mJ per sentence' },
            color: { field: 'voltage', type: 'quantitative', title: 'mean voltage [V]' },
          },
        })),
      },
      {
        width: 420,
        height: 240,
        title: 'largest gain over Base, SST-2, over the range of each assumption',
        data: { values: tornado },
        layer: [
          {
            mark: { type: 'bar', height: 10 },
            encoding: {
              x: {
                field: 'overBaseLow',
                type: 'quantitative',
                title: 'energy of Base over that of LAI+AAS+Sparse',
                scale: { zero: false },
              },
              x2: { field: 'overBaseHigh' },
            },
          },
          { mark: { type: 'tick', color: 'black' }, encoding: { x: { field: 'overBaseLow', type: 'quantitative' } } },
        ],
        encoding: { y: { field: 'assumption', type: 'nominal', sort: null, title: null } },
      },
    ],
  }),
})

type Values = InferenceValues & {
  readonly nullHeads: readonly number[]
  readonly encoderSparsity: readonly number[]
  readonly targetsMs: readonly number[]
}

/** Sentences to run: a trace, or one sentence that stands for all. */
interface Subject {
  readonly task: string
  readonly exits: Exits
  readonly work: TaskWork
  readonly trace: readonly ExitCount[]
  readonly earlyExit: number
}

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

const maximum = (rows: readonly MaximaRow[]) => rows.find(({ task }) => task === TRACED)
const full = (rows: readonly SchemeRow[], task: string, targetMs: number) =>
  rows.find(
    (row) =>
      row.task === task &&
      row.targetMs === targetMs &&
      row.scheme === 'LAI+AAS+Sparse' &&
      row.exits !== 'mean sentence',
  )

function checkLists({ nullHeads, encoderSparsity }: Values): void {
  for (const [name, list] of Object.entries({ nullHeads, encoderSparsity })) {
    if (list.length !== TASKS.length) {
      throw new RangeError(`Cannot run the tasks: ${name} must have ${TASKS.length} entries, got ${list.length}`)
    }
  }
}

function workOf(params: Values, task: Task): TaskWork {
  const index = TASKS.indexOf(task)
  return { nullHeads: params.nullHeads[index] as number, encoderSparsity: params.encoderSparsity[index] as number }
}

function subjectOfTrace(task: string, work: TaskWork, { exits, earlyExit }: UserTrace): Subject {
  return { task, exits: 'trace', work, trace: exits, earlyExit }
}

/** The sentences of SST-2, and the mean sentence that stands for them; two bounds for the other tasks. */
function subjectsOf(params: Values, task: Task): Subject[] {
  const work = workOf(params, task)
  const row = hardwareRow(task)
  const one = (exits: Exits, actual: number): Subject => ({
    task,
    exits,
    work,
    trace: [{ predicted: row.predictedExit, actual, count: 1 }],
    earlyExit: row.earlyExit,
  })
  if (task !== TRACED) return [one('earliest', row.earlyExit), one('latest', row.predictedExit)]
  const trace = SST2_LATENCY_AWARE_EXITS.find(({ threshold }) => threshold === row.awareThreshold)?.exits ?? []
  const counts = SST2_EARLY_EXITS.find(({ threshold }) => threshold === row.earlyThreshold)?.counts ?? []
  const mean = (of: (exit: ExitCount) => number) =>
    trace.reduce((sum, exit) => sum + exit.count * of(exit), 0) / trace.reduce((sum, { count }) => sum + count, 0)
  const earlyExit = counts.reduce((sum, count, i) => sum + count * (i + 1), 0) / counts.reduce((sum, c) => sum + c, 0)
  const actual = mean((exit) => exit.actual)
  return [
    { task, exits: 'trace', work, trace, earlyExit },
    {
      task,
      exits: 'mean sentence',
      work,
      trace: [{ predicted: mean((exit) => exit.predicted), actual, count: 1 }],
      earlyExit,
    },
  ]
}

function schemeRows(params: Values, system: DvfsSystem, subject: Subject) {
  const { task, exits, work, trace, earlyExit } = subject
  const targets = params.targetsMs
  const plain = machineOf(params, system, { work, optimised: false, targetMs: targets[0] as number })
  const nominal = system.table.at(-1)
  const [baseUj, earlyUj] = [nominalUj(params.layers, plain), nominalUj(earlyExit, plain)]
  const still = (scheme: 'Base' | 'EE', layers: number, energyUj: number) => ({
    task,
    targetMs: null,
    scheme,
    exits,
    predictedExit: layers,
    actualExit: layers,
    voltage: nominal?.voltage ?? Number.NaN,
    ghz: nominal?.maxGhz ?? Number.NaN,
    latencyMs: (layers * plain.cyclesPerLayer) / (nominal?.maxGhz ?? Number.NaN) / 1e6,
    energyUj,
    overBase: baseUj / energyUj,
    overEarly: earlyUj / energyUj,
    missedPercent: 0,
    infeasiblePercent: 0,
  })
  const aware = (optimised: boolean, targetMs: number) => {
    const { result, energyUj } = outcomeOf(trace, machineOf(params, system, { work, optimised, targetMs }))
    return {
      task,
      targetMs,
      scheme: optimised ? ('LAI+AAS+Sparse' as const) : ('LAI' as const),
      exits,
      predictedExit: result.predictedExit,
      actualExit: result.actualExit,
      voltage: result.voltage,
      ghz: result.ghz,
      latencyMs: result.latencyNs / 1e6,
      energyUj,
      overBase: baseUj / energyUj,
      overEarly: earlyUj / energyUj,
      missedPercent: 100 * result.missedShare,
      infeasiblePercent: 100 * result.infeasibleShare,
    }
  }
  return [
    still('Base', params.layers, baseUj),
    still('EE', earlyExit, earlyUj),
    ...targets.flatMap((targetMs) => [aware(false, targetMs), aware(true, targetMs)]),
  ]
}

function energyRow(
  params: Values,
  system: DvfsSystem,
  { traced, optimised, targetMs }: { readonly traced: Subject; readonly optimised: boolean; readonly targetMs: number },
) {
  const outcome: Outcome = outcomeOf(
    traced.trace,
    machineOf(params, system, { work: traced.work, optimised, targetMs }),
  )
  const { dynamicUj, leakageUj, pllUj, regulatorUj, totalUj } = outcome.result.energy
  return {
    scheme: optimised ? ('LAI+AAS+Sparse' as const) : ('LAI' as const),
    targetMs,
    dynamicUj,
    leakageUj,
    pllUj,
    regulatorUj,
    weightsUj: outcome.energyUj - totalUj,
    totalUj: outcome.energyUj,
  }
}

/** The largest gains over the targets, each on its own. */
function bestGains(params: Values, system: DvfsSystem, subject: Subject): Pick<Gains, 'overBase' | 'overEarly'> {
  const all = params.targetsMs.map((targetMs) =>
    gainsOf(params, system, { ...subject, exits: subject.trace, targetMs }),
  )
  return {
    overBase: Math.max(...all.map(({ overBase }) => overBase)),
    overEarly: Math.max(...all.map(({ overEarly }) => overEarly)),
  }
}

type Files = Readonly<Record<string, string>>
type RunValues = Values & { readonly vf: string }

/** What becomes of the headline when one thing after the other is charged. */
function correctionRows(params: RunValues, files: Files, traced: Subject) {
  const { pllMw, weightDramPjPerBit } = INFERENCE_PARAMS
  const steps: readonly (readonly [string, Partial<RunValues>])[] = [
    [
      "the paper's rules",
      { headGain: 'stated', chargeRegulator: false, pllMw: 0, leakageShare: 0, weightDramPjPerBit: 0 },
    ],
    ['null heads save what their cycles take', { headGain: 'cycles' }],
    ['the PLL takes its 2.46 mW', { pllMw: pllMw.span[1] }],
    ['a tenth of the power is leakage', { leakageShare: 0.1 }],
    ["the regulator's rail pays", { chargeRegulator: true }],
    ['the weights come from DRAM in every layer', { weightDramPjPerBit: weightDramPjPerBit.span[1] }],
  ]
  let values = params
  return steps.flatMap(([assumption, change], i) => {
    values = { ...values, ...change }
    const { overBase, overEarly } = bestGains(values, dvfsOf(values, files), traced)
    const row = { step: i + 1, assumption }
    return [
      { ...row, reference: 'Base' as const, gain: overBase, claim: 'edgebert.abs-energy-vs-base' },
      { ...row, reference: 'EE' as const, gain: overEarly, claim: 'edgebert.abs-energy-vs-ee' },
    ]
  })
}

/** The headline at both ends of each assumption, the others as they are; the widest first. */
function tornadoRows(params: RunValues, files: Files, traced: Subject) {
  const at = (change: Partial<RunValues>, subject: Subject = traced) => {
    const values = { ...params, ...change }
    return bestGains(values, dvfsOf(values, files), subject)
  }
  const ranged = (
    name: 'alpha' | 'leakageShare' | 'pllMw' | 'weightDramPjPerBit',
    extra: Partial<RunValues> = {},
  ): Row => {
    const [low, high] = INFERENCE_PARAMS[name].span
    return [name, [String(low), { ...extra, [name]: low }], [String(high), { ...extra, [name]: high }]]
  }
  type Row = readonly [string, readonly [string, Partial<RunValues>], readonly [string, Partial<RunValues>]]
  const { leakageExponent, busBits, streamDensity } = INFERENCE_PARAMS
  const rows: readonly Row[] = [
    [
      'thresholdVoltage',
      [String(THRESHOLD_WINDOW[0]), { thresholdVoltage: THRESHOLD_WINDOW[0] }],
      [String(THRESHOLD_WINDOW[1]), { thresholdVoltage: THRESHOLD_WINDOW[1] }],
    ],
    ranged('alpha'),
    ranged('leakageShare'),
    [
      'leakageExponent, a tenth leaking',
      [String(leakageExponent.span[0]), { leakageShare: 0.1, leakageExponent: leakageExponent.span[0] }],
      [String(leakageExponent.span[1]), { leakageShare: 0.1, leakageExponent: leakageExponent.span[1] }],
    ],
    ranged('pllMw'),
    ranged('weightDramPjPerBit'),
    ['chargeRegulator', ['false', { chargeRegulator: false }], ['true', { chargeRegulator: true }]],
    ['headGain', ['stated', { headGain: 'stated' }], ['cycles', { headGain: 'cycles' }]],
    [
      'activationSparsity, with the gatedShare that fits best',
      ['0 and 0.5', { activationSparsity: 0, gatedShare: 0.5 }],
      ['0.23 and 0.465', { activationSparsity: 0.23, gatedShare: 0.465 }],
    ],
    ['minVoltage', ['0.5', { minVoltage: 0.5 }], ['0.6', { minVoltage: 0.6 }]],
    [
      'intervals of the special function unit',
      ['1', { softmaxInterval: 1, layernormInterval: 1 }],
      ['6', { softmaxInterval: 6, layernormInterval: 6 }],
    ],
    [
      'busBits',
      [String(busBits.span[0]), { busBits: busBits.span[0] }],
      [String(busBits.span[1]), { busBits: busBits.span[1] }],
    ],
    [
      'streamDensity, over a bus of 64 bit',
      [String(streamDensity.span[0]), { busBits: busBits.span[1], streamDensity: streamDensity.span[0] }],
      [String(streamDensity.span[1]), { busBits: busBits.span[1], streamDensity: streamDensity.span[1] }],
    ],
    ['drainTiles', ['false', { drainTiles: false }], ['true', { drainTiles: true }]],
  ]
  const ends = rows.map(([assumption, [low, lowChange], [high, highChange]]) => ({
    assumption,
    low,
    high,
    atLow: at(lowChange),
    atHigh: at(highChange),
  }))
  const late: Subject = { ...traced, trace: traced.trace.map((exit) => ({ ...exit, actual: exit.predicted })) }
  ends.push({
    assumption: 'sentences stop at',
    low: 'their predicted exit',
    high: 'their actual exit',
    atLow: at({}, late),
    atHigh: at({}),
  })
  return ends
    .map(({ assumption, low, high, atLow, atHigh }) => ({
      assumption,
      low,
      high,
      overBaseLow: atLow.overBase,
      overBaseHigh: atHigh.overBase,
      overEarlyLow: atLow.overEarly,
      overEarlyHigh: atHigh.overEarly,
      swing: Math.max(atLow.overBase, atHigh.overBase) / Math.min(atLow.overBase, atHigh.overBase),
    }))
    .sort((a, b) => b.swing - a.swing)
}

/** Energy as the target relaxes, for several leakages: where it rises, running slower no longer pays. */
function relaxingRows(params: Values, system: DvfsSystem, traced: Subject) {
  const [none, most] = INFERENCE_PARAMS.leakageShare.span
  return [none, most / 4, most / 2, most].flatMap((leakageShare) => {
    let before = Number.POSITIVE_INFINITY
    return [40, 50, 60, 75, 100, 150, 200].map((targetMs) => {
      const machine = machineOf({ ...params, leakageShare }, system, { work: traced.work, optimised: true, targetMs })
      const { energyUj } = outcomeOf(traced.trace, machine)
      const rises = energyUj > before * (1 + 1e-12)
      before = energyUj
      return { leakageShare, targetMs, energyUj, rises }
    })
  })
}

export default fig09
await main(import.meta, fig09)

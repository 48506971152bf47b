#!/usr/bin/env -S npx tsx
import {
  type EncoderBreakdown,
  encoderOffloaded,
  encoderWithUnits,
  GEMMINI,
  gemmini,
  PASS_WORDS,
} from '../../lib/accelerators/gemmini/mod.ts'
import { experiment, type Mark, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import { COUNTING_CONSTANTS, layerOperators, layerWork, macsOf } from '../../lib/workload/mod.ts'
import {
  ARRAY_DIM_PARAM,
  BANDWIDTH_PARAM,
  LAYER_PARAMS,
  MACHINE_CONSTANTS,
  oneLayer,
  PASS_PARAMS,
  sizeParam,
  survey,
} from './shared/gemmini-params.ts'

/** The figure's left and middle bars. */
const BAR_SEQ_LEN = 512
const PRINTED_SEQ_LENS = [128, 256, 512] as const
const OPERATIONS = ['matmul', 'softmax', 'layernorm', 'residual', 'gelu', 'quantisation'] as const
type Operation = (typeof OPERATIONS)[number]
const MACHINES = ['baseline', 'with-units'] as const
type Machine = (typeof MACHINES)[number]

const SHARE_CLAIMS: Readonly<Record<string, readonly [Machine, Operation]>> = {
  'survey.fig14.baseline.matmul': ['baseline', 'matmul'],
  'survey.fig14.baseline.softmax': ['baseline', 'softmax'],
  'survey.fig14.baseline.layernorm': ['baseline', 'layernorm'],
  'survey.fig14.baseline.resadd': ['baseline', 'residual'],
  'survey.fig14.baseline.dequant': ['baseline', 'quantisation'],
  'survey.fig14.baseline.gelu': ['baseline', 'gelu'],
  'survey.fig14.ibert.matmul-gelu': ['with-units', 'matmul'],
  'survey.fig14.ibert.softmax': ['with-units', 'softmax'],
  'survey.fig14.ibert.layernorm': ['with-units', 'layernorm'],
  'survey.fig14.ibert.resadd': ['with-units', 'residual'],
}

type Share = {
  readonly machine: string
  readonly seqLen: number
  readonly operation: string
  readonly sharePercent: number
}
const share = (rows: readonly Share[], machine: Machine, operation: Operation, seqLen: number) =>
  rows.find((row) => row.machine === machine && row.operation === operation && row.seqLen === seqLen)?.sharePercent

const synthesis = 'an RTL synthesis in ASAP7 with SRAM energies of their own; nothing in the memory traffic gives it'

const fig14 = experiment({
  id: 'gemmini/fig14-time-breakdown',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 14',
  title: 'Time by operation of a BERT layer: everything but matmuls on the CPU, and with I-BERT units',
  params: {
    ...LAYER_PARAMS,
    seqLens: {
      type: 'integer',
      value: PRINTED_SEQ_LENS,
      unit: 'token',
      source: survey('Fig. 14'),
      description: 'sequence lengths',
    },
    arrayDim: ARRAY_DIM_PARAM,
    dramBytesPerCycle: BANDWIDTH_PARAM,
    baselineScratchpadKb: sizeParam('scratchpad of the baseline', GEMMINI.scratchpadKb.value, survey('Sec. 3.4.1')),
    baselineAccumulatorKb: sizeParam('accumulator of the baseline', GEMMINI.accumulatorKb.value, survey('Sec. 3.4.1')),
    unitsScratchpadKb: sizeParam('scratchpad of the machine with units', 64, survey('Sec. 3.4.3')),
    unitsAccumulatorKb: sizeParam('accumulator of the machine with units', 256, survey('Sec. 3.4.3')),
    cpuCyclesPerElement: {
      type: 'number',
      value: 34.4,
      unit: 'cycle/element',
      source: {
        kind: 'calibrated',
        against: 'survey.ibert-speedup',
        method: 'one number for all operations, so that the end-to-end speedup comes out',
        window: '34.35 to 34.43 give 39.6 at the printed precision',
      },
      description: 'cycles of the accelerator that the CPU takes for an element of any operation',
    },
    layernormReductions: PASS_PARAMS.layernormReductions,
    layernormElementwise: PASS_PARAMS.layernormElementwise,
    residualBytes: {
      type: 'number',
      value: 3,
      unit: 'byte/element',
      source: {
        kind: 'derived',
        how: 'two 8-bit operands read, one 8-bit sum written; LayerNorm before it leaves 8 bits',
      },
      description: 'bytes that a residual addition moves per element',
    },
  },
  constants: {
    ...MACHINE_CONSTANTS,
    reductionWords: PASS_WORDS.reduction,
    elementwiseWords: PASS_WORDS.elementwise,
    ...COUNTING_CONSTANTS,
  },
  schema: tables({
    breakdown: {
      machine: { type: 'string', enum: MACHINES, 'x-key': true },
      seqLen: { type: 'integer', unit: 'token', 'x-key': true },
      operation: { type: 'string', enum: OPERATIONS, 'x-key': true, description: 'GELU with units: inside the matmul' },
      cycles: { type: 'number', unit: 'cycle', description: 'of one layer' },
      sharePercent: { type: 'number', unit: '%' },
    },
    summary: {
      seqLen: { type: 'integer', unit: 'token', 'x-key': true },
      speedup: { type: 'number', unit: '1', description: 'end to end, of the units with the re-balanced memories' },
      baselineUtilisationPercent: { type: 'number', unit: '%', description: 'MACs over what the array could do' },
      normalisationOverMatmulPercent: {
        type: 'number',
        unit: '%',
        description: 'latency that softmax and LayerNorm add to the matmuls',
      },
      matmulFlopSharePercent: { type: 'number', unit: '%' },
      cpuCyclesForOnePercent: {
        type: 'number',
        unit: 'cycle/element',
        description: 'CPU cycles per element at which matmuls would take 1 % of the baseline',
      },
      speedupForOnePercent: { type: 'number', unit: '1', description: 'end-to-end speedup at those CPU cycles' },
    },
    alternatives: {
      alternative: { type: 'string', 'x-key': true },
      operation: { type: 'string', enum: OPERATIONS, 'x-key': true },
      sharePercent: { type: 'number', unit: '%' },
      claim: { type: 'string', 'x-claim': 'sharePercent' },
    },
  }),
  run({ params }) {
    const shape = oneLayer(params)
    const { arrayDim, dramBytesPerCycle, cpuCyclesPerElement, residualBytes } = params
    const baseline = gemmini({
      scratchpadKb: params.baselineScratchpadKb,
      accumulatorKb: params.baselineAccumulatorKb,
      arrayDim,
    })
    const withUnits = gemmini({
      scratchpadKb: params.unitsScratchpadKb,
      accumulatorKb: params.unitsAccumulatorKb,
      arrayDim,
    })
    const layernormPasses = { reductions: params.layernormReductions, elementwise: params.layernormElementwise }
    const options = { dramBytesPerCycle, layernormPasses, residualBytes }
    const runs = params.seqLens.map((seqLen) => ({
      seqLen,
      offloaded: encoderOffloaded(shape, seqLen, baseline, { dramBytesPerCycle, cpuCyclesPerElement }),
      units: encoderWithUnits(shape, seqLen, withUnits, options),
    }))
    const rows = (machine: Machine, seqLen: number, breakdown: EncoderBreakdown) =>
      OPERATIONS.map((operation) => ({
        machine,
        seqLen,
        operation,
        cycles: breakdown[operation],
        sharePercent: (100 * breakdown[operation]) / breakdown.total,
      }))
    const alternatives = {
      'residual addition of 6 bytes': { ...options, residualBytes: 6 },
      'LayerNorm fused (accumulator passes only)': { ...options, layernormPasses: { reductions: 0, elementwise: 0 } },
      '16 byte/cycle': { ...options, dramBytesPerCycle: GEMMINI.dmaBytesPerCycle.value },
    }
    return {
      breakdown: [
        ...runs.flatMap(({ seqLen, offloaded }) => rows('baseline', seqLen, offloaded)),
        ...runs.flatMap(({ seqLen, units }) => rows('with-units', seqLen, units)),
      ],
      summary: runs.map(({ seqLen, offloaded, units }) => {
        const macs = layerOperators(shape, { tokens: seqLen, context: seqLen }).reduce((sum, op) => sum + macsOf(op), 0)
        const work = layerWork(shape, { tokens: seqLen, context: seqLen })
        const flops = Object.values(work).reduce((sum, group) => sum + group.flops, 0)
        const elements = offloaded.total - offloaded.matmul
        const cpuCyclesForOnePercent = (99 * offloaded.matmul) / (elements / cpuCyclesPerElement)
        return {
          seqLen,
          speedup: offloaded.total / units.total,
          baselineUtilisationPercent: (100 * macs) / (arrayDim * arrayDim) / offloaded.total,
          normalisationOverMatmulPercent: (100 * (units.softmax + units.layernorm)) / units.matmul,
          matmulFlopSharePercent: 100 * (1 - work.other.flops / flops),
          cpuCyclesForOnePercent,
          speedupForOnePercent: (100 * offloaded.matmul) / units.total,
        }
      }),
      alternatives: Object.entries(alternatives).flatMap(([alternative, changed]) => {
        const breakdown = encoderWithUnits(shape, BAR_SEQ_LEN, withUnits, changed)
        return Object.entries(SHARE_CLAIMS).flatMap(([claim, [machine, operation]]) =>
          machine === 'baseline'
            ? []
            : [{ alternative, operation, sharePercent: (100 * breakdown[operation]) / breakdown.total, claim }],
        )
      }),
    }
  },
  claims: {
    ...Object.fromEntries(
      Object.entries(SHARE_CLAIMS).map(([id, [machine, operation]]) => [
        id,
        ({ breakdown }: { breakdown: readonly Share[] }) => share(breakdown, machine, operation, BAR_SEQ_LEN),
      ]),
    ),
    'survey.matmul-time-share': ({ breakdown }) => share(breakdown, 'baseline', 'matmul', BAR_SEQ_LEN),
    'survey.nonmatmul-time-share': ({ breakdown }) => {
      const matmul = share(breakdown, 'baseline', 'matmul', BAR_SEQ_LEN)
      return matmul === undefined ? undefined : 100 - matmul
    },
    'survey.baseline-utilization-upper': ({ summary }) =>
      summary.find((row) => row.seqLen === BAR_SEQ_LEN)?.baselineUtilisationPercent,
    'survey.txt.util-lt-1': ({ summary }) =>
      summary.find((row) => row.seqLen === BAR_SEQ_LEN)?.baselineUtilisationPercent,
    'survey.matmul-flop-share': ({ summary }) => Math.min(...summary.map((row) => row.matmulFlopSharePercent)),
    'survey.ibert-speedup': {
      predict: ({ summary }) => summary.find((row) => row.seqLen === BAR_SEQ_LEN)?.speedup,
      calibrated: {
        parameter: 'cpuCyclesPerElement',
        method: 'one number of CPU cycles for an element of any operation',
        window: '34.35 to 34.43 cycle/element',
      },
    },
    'survey.ibert-latency-overhead': ({ summary }) =>
      summary.find((row) => row.seqLen === BAR_SEQ_LEN)?.normalisationOverMatmulPercent,
    'survey.ibert-matmul-dominates': ({ breakdown }) => {
      const matmuls = breakdown.filter((row) => row.machine === 'with-units' && row.operation === 'matmul')
      const covered = PRINTED_SEQ_LENS.every((seqLen) => matmuls.some((row) => row.seqLen === seqLen))
      return covered ? matmuls.every((row) => row.sharePercent > 50) : undefined
    },
    'survey.ibert-area-increase': { unreachable: synthesis },
    'survey.ibert-power-increase': { unreachable: synthesis },
    'survey.ibert-area-range': { unreachable: synthesis },
    'survey.ibert-activation-units': () => GEMMINI.activationUnits.value,
    'survey.ibert-gelu-fused': {
      assumption: 'encoderWithUnits(): GELU and quantisation take no cycles of their own',
    },
    'survey.ibert-poly-order': {
      assumption: 'the order of the polynomials enters no latency: a unit takes one element a cycle',
    },
    'survey.softermax-passes': { assumption: 'cited, not modelled; accumulatorPasses has three' },
  },
  reasons: {
    'survey.fig14.baseline.matmul': {
      kind: 'finding',
      text: 'with the speedup of 39.6 matmuls take 3.0 % of the baseline; a share of 1 % would make the speedup 118x (speedupForOnePercent), so 1 % and 39.6x cannot both hold',
    },
    'survey.fig14.baseline.softmax': {
      kind: 'residual',
      text: 'one CPU cost for every operation; the labels per element, relative to softmax, are 1.05 GELU, 0.84 LayerNorm, 2.3 residual addition, 0.57 de- and requantisation',
    },
    'survey.fig14.baseline.resadd': {
      kind: 'residual',
      text: "one CPU cost for every operation; a residual addition would need 2.3 times softmax's per element",
    },
    'survey.fig14.baseline.dequant': {
      kind: 'residual',
      text: "one CPU cost for every operation; de- and requantisation would need 0.57 of softmax's per element",
    },
    'survey.fig14.baseline.gelu': {
      kind: 'residual',
      text: "one CPU cost for every operation; GELU would need 1.05 of softmax's per element",
    },
    'survey.fig14.ibert.resadd': {
      kind: 'residual',
      text: '1.8 points below: an addition of 8-bit operands moves 3 bytes; 6 bytes give 4.4 % and the other three shares 85.2, 3.2 and 7.3',
    },
    'survey.matmul-time-share': {
      kind: 'finding',
      text: '39.6x leaves 3.0 %; Sec. 3.4.2 reads 96 % non-matmul off the same figure, which leaves 4 %',
    },
    'survey.nonmatmul-time-share': {
      kind: 'residual',
      text: '97 %: one CPU cost for every operation, set by the speedup of 39.6',
    },
    'survey.baseline-utilization-upper': {
      kind: 'finding',
      text: 'below 1 % needs a matmul share near 1 %, which 39.6x excludes: at 39.6x the array is used to 2.2 %',
    },
    'survey.txt.util-lt-1': {
      kind: 'finding',
      text: 'below 1 % needs a matmul share near 1 %, which 39.6x excludes: at 39.6x the array is used to 2.2 %',
    },
    'survey.ibert-latency-overhead': {
      kind: 'finding',
      text: "our 12 % are close to the 11.5 % that Fig. 14's own labels give, (3 + 7)/87; 8 % would need LayerNorm partly fused (all passes on the chip give 4.6 %, 7.2 % with the residual additions)",
    },
  },
  errata: [
    {
      where: 'Sec. 3.4.4 and Fig. 14 left, share of matmuls on the baseline',
      printed: '1 %',
      shouldBe: 'undecided',
      arithmetic:
        'Sec. 3.4.2 reads 96 % non-matmul off the same figure, whose labels sum to 94 %; with 87 % of the time after a speedup of 39.6, matmuls took 87/39.6 = 2.2 % before it if they did not speed up, and more if they did',
    },
    {
      where: 'Sec. 3.4.4, latency added by LayerNorm, softmax and GELU',
      printed: '8 %',
      shouldBe: 'undecided',
      arithmetic: 'Fig. 14 middle: softmax 3 and LayerNorm 7 beside matmuls of 87, (3 + 7)/87 = 11.5 %',
    },
    {
      where: 'Sec. 4.1, 3.4.4 and 7, what 39.6x is due to',
      printed: '39.6x',
      shouldBe: 'undecided',
      arithmetic:
        'Sec. 4.1 credits integer-only quantisation, Sec. 3.4.4 the I-BERT units, Sec. 7 the units together with the re-balanced memories',
    },
  ],
  headlines: {
    'survey.ibert-area-range':
      'needs a synthesis in ASAP7 with SRAM energies of its own; nothing in the memory traffic gives it',
    'survey.ibert-latency-overhead':
      "softmax 3.2 and LayerNorm 7.5 over matmuls of 87 %; Fig. 14's own labels make 11.5 %, and 8 % needs LayerNorm partly fused",
    'survey.ibert-speedup': 'fitted: 34.4 cycles per element on the CPU, the same for all operations, make it come out',
    'survey.baseline-utilization-upper':
      '2.2 % at the printed speedup of 39.6; were matmuls 1 % of the time, as printed, the speedup would be 118',
  },
  figure: ({ breakdown }, marks) => ({
    description:
      'Shares of time in percent by operation, as bars: at 512 tokens on the baseline (left) and on the machine with I-BERT units (middle), where GELU is part of the matmuls, with the printed shares as crosses; and stacked over the sequence length with units (right), where the paper prints no numbers.',
    config: { legend: { orient: 'bottom' } },
    hconcat: [
      bars('baseline, 512 tokens', breakdown, 'baseline', marks),
      bars('with units, 512 tokens', breakdown, 'with-units', marks),
      stackedBars('with units', breakdown, 'with-units'),
    ],
  }),
})

/** The figure's names of the operations, in the order of its labels. */
const LEGEND = {
  matmul: 'matmul',
  softmax: 'softmax',
  layernorm: 'LayerNorm',
  residual: 'residual addition',
  quantisation: '(de)quantisation',
  gelu: 'GELU',
} as const satisfies Record<Operation, string>

const OPERATION_COLOUR = {
  field: 'name',
  type: 'nominal',
  sort: null,
  scale: { domain: Object.values(LEGEND) },
  title: 'operation',
} as const
const SHARE_AXIS = { type: 'quantitative', scale: { domain: [0, 100] } } as const

function shown(rows: readonly Share[], machine: Machine) {
  return Object.entries(LEGEND).flatMap(([operation, name], rank) =>
    rows
      .filter((row) => row.machine === machine && row.operation === operation && row.sharePercent > 0)
      .map((row) => ({ ...row, name, rank })),
  )
}

/** The left and the middle panel: one bar for each operation, the printed share as a cross. */
function bars(title: string, rows: readonly Share[], machine: Machine, marks: readonly Mark[]) {
  const claimOf = (operation: string) =>
    Object.entries(SHARE_CLAIMS).find(([, [m, o]]) => m === machine && o === operation)?.[0]
  return {
    title,
    height: 240,
    width: { step: 34 },
    data: {
      values: shown(rows, machine)
        .filter((row) => row.seqLen === BAR_SEQ_LEN)
        .map((row) => ({ ...row, printed: printedAt(marks, claimOf(row.operation)) })),
    },
    encoding: {
      x: { field: 'name', type: 'nominal', sort: null, title: 'operation', axis: { title: null, labelAngle: -50 } },
    },
    layer: [
      {
        mark: 'bar',
        encoding: {
          y: { ...SHARE_AXIS, field: 'sharePercent', title: 'share of time [%]' },
          color: OPERATION_COLOUR,
        },
      },
      printedCrosses(null, {
        y: { ...SHARE_AXIS, field: 'printed', title: 'printed share [%]', axis: { title: 'share of time [%]' } },
      }),
    ],
  }
}

/** The right panel: one stacked bar for each length. */
function stackedBars(title: string, rows: readonly Share[], machine: Machine) {
  return {
    title,
    height: 240,
    width: { step: 40 },
    data: {
      values: shown(rows, machine).map((row) => ({
        ...row,
        said: `${row.seqLen} tokens; ${row.name}: ${row.sharePercent.toFixed(1)} % of the time`,
      })),
    },
    mark: 'bar',
    encoding: {
      x: { field: 'seqLen', type: 'ordinal', title: 'sequence length [token]', axis: { labelAngle: 0 } },
      y: { ...SHARE_AXIS, field: 'sharePercent', title: 'share of time [%]', stack: true },
      color: OPERATION_COLOUR,
      order: { field: 'rank', type: 'quantitative' },
      description: { field: 'said', type: 'nominal' },
    },
  }
}

export default fig14
await main(import.meta, fig14)

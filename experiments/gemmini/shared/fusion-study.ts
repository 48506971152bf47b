import {
  type FusionLatency,
  type FusionOptions,
  fusionLatency,
  GEMMINI,
  type Gemmini,
  gemmini,
  PASS_WORDS,
} from '../../../lib/accelerators/gemmini/mod.ts'
import type { Mark, Param } from '../../../lib/harness/mod.ts'
import { layerOperators, type Matmul } from '../../../lib/workload/mod.ts'
import { rowPanel } from '../../survey/shared/printed-figure.ts'
import {
  ARRAY_DIM_PARAM,
  LAYER_PARAMS,
  MACHINE_CONSTANTS,
  oneLayer,
  PASS_PARAMS,
  sizeParam,
  sizesParam,
  survey,
  WORD_BANDWIDTH_PARAM,
} from './gemmini-params.ts'

/** The matmuls that Sec. 5.5.2 fuses, by the name of the operator and of what follows it. */
export const FUSED_PAIRS = {
  'qk+softmax': { operator: 'qk', normalisation: 'softmax' },
  'out+layernorm': { operator: 'out', normalisation: 'layernorm' },
  'ffn2+layernorm': { operator: 'ffn2', normalisation: 'layernorm' },
} as const
export type FusedPair = keyof typeof FUSED_PAIRS

/** What both fusion figures share: the layer, the machine, the passes. */
export const FUSION_PARAMS = {
  ...LAYER_PARAMS,
  arrayDim: ARRAY_DIM_PARAM,
  scratchpadKb: sizeParam('scratchpad, held fixed', GEMMINI.scratchpadKb.value, survey('Sec. 5.5.2')),
  dramWordsPerCycle: WORD_BANDWIDTH_PARAM,
  ...PASS_PARAMS,
  gemminiLoopOrder: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'derived',
      how: "Timeloop orders the tile loops freely (Sec. 5.5.2 estimates latency with it); true is the order of Gemmini's own library",
    },
    description: "walk the tiles in the order of Gemmini's library, which fetches an operand again more often",
  },
} as const satisfies Record<string, Param>

/** The points of one of the figures as parameters. */
export function pointParams(figure: string, seqLens: readonly number[], accumulatorKb: readonly number[]) {
  return {
    seqLens: {
      type: 'integer',
      value: seqLens,
      unit: 'token',
      source: survey(figure),
      description: 'sequence lengths',
    },
    accumulatorKb: sizesParam('accumulator', accumulatorKb, survey(figure)),
  } as const
}

/** The points a run asks for, lengths outermost. */
export function pointsOf(values: { readonly seqLens: readonly number[]; readonly accumulatorKb: readonly number[] }) {
  return values.seqLens.flatMap((seqLen) => values.accumulatorKb.map((accumulatorKb) => ({ seqLen, accumulatorKb })))
}

/** The constants behind them. */
export const FUSION_CONSTANTS = {
  ...MACHINE_CONSTANTS,
  reductionWords: PASS_WORDS.reduction,
  elementwiseWords: PASS_WORDS.elementwise,
}

/** Values of {@link FUSION_PARAMS}. */
export interface FusionValues {
  readonly hidden: number
  readonly heads: number
  readonly ffn: number
  readonly arrayDim: number
  readonly scratchpadKb: number
  readonly dramWordsPerCycle: number
  readonly softmaxReductions: number
  readonly softmaxElementwise: number
  readonly layernormReductions: number
  readonly layernormElementwise: number
  readonly gemminiLoopOrder: boolean
}

/** What the passes of softmax were fitted to, for the claim that was used. */
export const SOFTMAX_FIT = {
  parameter: 'softmaxReductions, softmaxElementwise',
  method: PASS_PARAMS.softmaxReductions.source.method,
  window: PASS_PARAMS.softmaxReductions.source.window,
} as const

/** The same of LayerNorm. */
export const LAYERNORM_FIT = {
  parameter: 'layernormReductions, layernormElementwise',
  method: PASS_PARAMS.layernormReductions.source.method,
  window: PASS_PARAMS.layernormReductions.source.window,
} as const

/** One point of the study: which lengths and accumulator, and what deviates from the parameters. */
interface FusionPoint {
  readonly seqLen: number
  readonly accumulatorKb: number
  /** @default double-buffered memories */
  readonly machine?: Partial<Gemmini>
}

/** Latency of one pair at one point. */
export function pairLatency(pair: FusedPair, values: FusionValues, point: FusionPoint): FusionLatency {
  const { seqLen, accumulatorKb, machine = {} } = point
  const { operator, normalisation } = FUSED_PAIRS[pair]
  const operators = layerOperators(oneLayer(values), { tokens: seqLen, context: seqLen })
  const matmul = operators.find((op): op is Extract<typeof op, Matmul> => op.kind === 'matmul' && op.name === operator)
  if (!matmul) throw new RangeError(`Cannot fuse: a layer must have the matmul ${operator}`)
  const passes =
    normalisation === 'softmax'
      ? { reductions: values.softmaxReductions, elementwise: values.softmaxElementwise }
      : { reductions: values.layernormReductions, elementwise: values.layernormElementwise }
  const options: FusionOptions = {
    dramWordsPerCycle: values.dramWordsPerCycle,
    reuse: values.gemminiLoopOrder ? 'gemmini' : 'panel',
  }
  const { scratchpadKb, arrayDim } = values
  return fusionLatency(
    { m: matmul.m, k: matmul.k, n: matmul.n, repeats: matmul.repeats, passes },
    { ...gemmini({ scratchpadKb, accumulatorKb, arrayDim }), ...machine },
    options,
  )
}

/** Whether the fused tiles fit the memories at all. */
export function fusedRuns({ fused: { use } }: FusionLatency): boolean {
  return use.accumulator <= 1 && use.scratchpad <= 1
}

/** Latencies of several pairs, one after the other. */
export function totalCycles(latencies: readonly FusionLatency[]) {
  return {
    nonFusedCycles: latencies.reduce((sum, { nonFused: { cycles } }) => sum + cycles, 0),
    fusedCycles: latencies.reduce((sum, { fused: { cycles } }) => sum + cycles, 0),
  }
}

/** How fusion changes a latency, in percent: below 0 it pays. */
export function changePercent(latencies: readonly FusionLatency[]): number {
  const { nonFusedCycles, fusedCycles } = totalCycles(latencies)
  return 100 * (fusedCycles / nonFusedCycles - 1)
}

/** Columns of a table by point and pair. */
export const PAIR_COLUMNS = {
  seqLen: { type: 'integer', unit: 'token', 'x-key': true },
  accumulatorKb: { type: 'integer', unit: 'KiB', 'x-key': true },
  pair: { type: 'string', enum: Object.keys(FUSED_PAIRS) as FusedPair[], 'x-key': true },
  nonFusedMatmulCycles: { type: 'number', unit: 'cycle' },
  normalisationCycles: { type: 'number', unit: 'cycle', description: 'not fused' },
  fusedCycles: { type: 'number', unit: 'cycle' },
  changePercent: {
    type: ['number', 'null'],
    unit: '%',
    description: 'of latency by fusion; below 0 it pays, none where a fused tile exceeds a memory',
  },
  nonFusedTile: { type: 'string', description: 'rows x columns x reduction, in blocks of the array' },
  fusedTile: { type: 'string' },
  accumulatorUse: {
    type: 'number',
    unit: '1',
    description: 'share of the accumulator a fused tile takes: above 0.5 not double-buffered, above 1 it cannot run',
  },
  scratchpadUse: { type: 'number', unit: '1', description: 'the same of the scratchpad' },
} as const

/** A row of such a table. */
export function pairRow(pair: FusedPair, values: FusionValues, point: FusionPoint) {
  const latency = pairLatency(pair, values, point)
  const { nonFused, fused } = latency
  const text = ({ m, n, k }: { m: number; n: number; k: number }) => `${m}x${n}x${k}`
  return {
    seqLen: point.seqLen,
    accumulatorKb: point.accumulatorKb,
    pair,
    nonFusedMatmulCycles: nonFused.matmulCycles,
    normalisationCycles: nonFused.normalisationCycles,
    fusedCycles: fused.cycles,
    changePercent: fusedRuns(latency) ? changePercent([latency]) : null,
    nonFusedTile: text(nonFused.tile),
    fusedTile: text(fused.tile),
    accumulatorUse: fused.use.accumulator,
    scratchpadUse: fused.use.scratchpad,
  }
}

/** What is changed, one thing at a time, to see how far the results hang on it. */
export function alternatives(values: FusionValues): readonly (readonly [string, FusionValues, Partial<Gemmini>])[] {
  const with_ = (change: Partial<FusionValues>): FusionValues => ({ ...values, ...change })
  return [
    ['nothing changed', values, {}],
    ['5.2 word/cycle', with_({ dramWordsPerCycle: 5.2 }), {}],
    ['6.3 word/cycle', with_({ dramWordsPerCycle: 6.3 }), {}],
    ['8 word/cycle', with_({ dramWordsPerCycle: 8 }), {}],
    ['16 word/cycle', with_({ dramWordsPerCycle: 16 }), {}],
    ['softmax of 2 + 2 passes (10 words)', with_({ softmaxReductions: 2, softmaxElementwise: 2 }), {}],
    ['LayerNorm of 1 + 1 passes (5 words)', with_({ layernormReductions: 1, layernormElementwise: 1 }), {}],
    ['no double buffering', values, { bufferShare: 1 }],
    ["loop order of Gemmini's library", with_({ gemminiLoopOrder: true }), {}],
    ['scratchpad of half the size', with_({ scratchpadKb: values.scratchpadKb / 2 }), {}],
    ['scratchpad of twice the size', with_({ scratchpadKb: 2 * values.scratchpadKb }), {}],
  ]
}

/** Smallest and largest bandwidth, in words per cycle, between which a change of sign is looked for. */
const BANDWIDTHS = { from: 0.25, to: 256, steps: 400 } as const
const BISECTIONS = 50

/** Columns of the table of sign changes. */
export const SIGN_COLUMNS = {
  seqLen: { type: 'integer', unit: 'token', 'x-key': true },
  accumulatorKb: { type: 'integer', unit: 'KiB', 'x-key': true },
  what: { type: 'string', 'x-key': true },
  changePercent: { type: ['number', 'null'], unit: '%', description: 'none where a fused tile exceeds a memory' },
  pays: {
    type: 'string',
    enum: ['always', 'never', 'outside a range', 'cannot run'],
    description: `at bandwidths from ${BANDWIDTHS.from} to ${BANDWIDTHS.to} word/cycle, other things equal`,
  },
  losesFrom: {
    type: ['number', 'null'],
    unit: 'word/cycle',
    description: 'lowest bandwidth of the range in which fusion does not pay (none: the range has no lower end)',
  },
  losesTo: { type: ['number', 'null'], unit: 'word/cycle', description: 'highest bandwidth of that range' },
  wordsForZero: {
    type: ['number', 'null'],
    unit: 'word/element',
    description:
      'words that a non-fused normalisation moves per element at which fusing makes no difference; with fewer it does not pay (none for a sum of pairs)',
  },
} as const

/** Where the sign of a sum of pairs changes as bandwidth or the normalisation's traffic does. */
export function signRow(what: string, pairs: readonly FusedPair[], values: FusionValues, point: FusionPoint) {
  const at = (dramWordsPerCycle: number) =>
    changePercent(pairs.map((pair) => pairLatency(pair, { ...values, dramWordsPerCycle }, point)))
  const bandwidth = (step: number) =>
    BANDWIDTHS.from * Math.exp((step / BANDWIDTHS.steps) * Math.log(BANDWIDTHS.to / BANDWIDTHS.from))
  const pays = Array.from({ length: BANDWIDTHS.steps + 1 }, (_, step) => at(bandwidth(step)) < 0)
  const crossing = (low: number, high: number) => {
    let [a, b] = [bandwidth(low), bandwidth(high)]
    const first = at(a) < 0
    for (let i = 0; i < BISECTIONS; i++) {
      const middle = Math.sqrt(a * b)
      if (at(middle) < 0 === first) a = middle
      else b = middle
    }
    return a
  }
  const firstLoss = pays.indexOf(false)
  const lastLoss = pays.lastIndexOf(false)
  const latencies = pairs.map((pair) => pairLatency(pair, values, point))
  const runs = latencies.every(fusedRuns)
  const outcome = !runs ? 'cannot run' : firstLoss < 0 ? 'always' : pays.includes(true) ? 'outside a range' : 'never'
  const ranged = outcome === 'outside a range'
  return {
    seqLen: point.seqLen,
    accumulatorKb: point.accumulatorKb,
    what,
    changePercent: runs ? changePercent(latencies) : null,
    pays: outcome,
    losesFrom: ranged && firstLoss > 0 ? crossing(firstLoss - 1, firstLoss) : null,
    losesTo: ranged && lastLoss < BANDWIDTHS.steps ? crossing(lastLoss, lastLoss + 1) : null,
    wordsForZero: runs && pairs.length === 1 ? wordsForZero(pairs[0] as FusedPair, values, point) : null,
  } as const
}

function wordsForZero(pair: FusedPair, values: FusionValues, point: FusionPoint): number {
  const { nonFused, fused } = pairLatency(pair, values, point)
  const saved = fused.cycles - nonFused.matmulCycles
  return Math.max(0, (saved * values.dramWordsPerCycle) / normalisedElements(pair, values, point))
}

function normalisedElements(pair: FusedPair, values: FusionValues, { seqLen }: FusionPoint): number {
  return FUSED_PAIRS[pair].normalisation === 'softmax' ? seqLen * seqLen * values.heads : seqLen * values.hidden
}

type PairRow = Omit<ReturnType<typeof pairRow>, 'pair'> & { readonly pair: string }

/** What the figures' legends call the parts of a pair. */
const PART_NAMES = {
  'qk+softmax': { matmul: 'query x key', normalisation: 'softmax', fused: 'query x key + softmax, fused' },
  'out+layernorm': { matmul: 'W_out', normalisation: 'LayerNorm', fused: 'W_out + LayerNorm, fused' },
  'ffn2+layernorm': { matmul: 'W_2', normalisation: 'LayerNorm', fused: 'W_2 + LayerNorm, fused' },
} as const satisfies Record<FusedPair, unknown>

const pairName = (pair: FusedPair) => `${PART_NAMES[pair].matmul} + ${PART_NAMES[pair].normalisation}`

/** A change of latency that the paper prints: of what, where, the claim, and -1 if the claim counts it as a reduction. */
interface PrintedChange {
  readonly pairs: readonly FusedPair[]
  readonly where: string
  readonly claim: string
  readonly sign: 1 | -1
}

/** The stacked bars of a panel: what is not fused on the left, the fused on the right. */
function fusionPanel(pairs: readonly PairRow[], title: string, over: 'accumulatorKb' | 'seqLen') {
  const bars = pairs.flatMap(({ pair, ...row }) => {
    const { matmul, normalisation, fused } = PART_NAMES[pair as FusedPair]
    return [
      { ...row, schedule: 'non-fused', part: matmul, megacycles: row.nonFusedMatmulCycles / 1e6 },
      { ...row, schedule: 'non-fused', part: normalisation, megacycles: row.normalisationCycles / 1e6 },
      { ...row, schedule: 'fused', part: fused, megacycles: row.fusedCycles / 1e6 },
    ]
  })
  return {
    title,
    width: { step: 39 },
    height: 240,
    data: {
      values: bars.map((bar, rank) => ({
        ...bar,
        rank,
        said: `${bar.seqLen} tokens, ${bar.accumulatorKb} KiB, ${bar.schedule}; ${bar.part}: ${bar.megacycles.toPrecision(4)} million cycles`,
      })),
    },
    mark: 'bar',
    encoding: {
      x: {
        field: over,
        type: 'ordinal',
        title: over === 'seqLen' ? 'sequence length [token]' : 'accumulator [KiB]',
        axis: { labelAngle: 0 },
      },
      xOffset: { field: 'schedule', type: 'nominal', sort: ['non-fused', 'fused'], title: 'schedule' },
      y: { field: 'megacycles', type: 'quantitative', title: 'latency [10^6 cycle]', stack: true },
      color: { field: 'part', type: 'nominal', sort: null, title: 'part (left bar: not fused, right: fused)' },
      order: { field: 'rank', type: 'quantitative' },
      description: { field: 'said', type: 'nominal' },
    },
  }
}

/**
 * The stacked bars of Figs. 21 and 22, and below them the changes of latency that the paper prints, as crosses.
 * Schedules that cannot run are left out.
 */
export function fusionFigure(
  pairs: readonly PairRow[],
  marks: readonly Mark[],
  options: {
    /** What the bars stand over; a panel for each length if it is the accumulator. */
    readonly over: 'accumulatorKb' | 'seqLen'
    readonly changes: readonly PrintedChange[]
    readonly description: string
  },
) {
  const { over, changes, description } = options
  const stopped = (row: PairRow) =>
    pairs.some((p) => p.seqLen === row.seqLen && p.accumulatorKb === row.accumulatorKb && p.changePercent === null)
  const runs = pairs.filter((row) => !stopped(row))
  return {
    description: `${description} Each pair of bars is the non-fused schedule, its matmuls and nonlinear operations stacked, and the fused one. Below them the changes of latency by fusion that the paper prints, below 0 where it pays: our values as bars, the printed ones as crosses.`,
    config: { legend: { orient: 'bottom', columns: 3, labelLimit: 0, titleLimit: 0 } },
    vconcat: [
      {
        hconcat:
          over === 'seqLen'
            ? [fusionPanel(runs, 'accumulator of 256 KiB', over)]
            : [...new Set(runs.map((row) => row.seqLen))].map((seqLen) =>
                fusionPanel(
                  runs.filter((row) => row.seqLen === seqLen),
                  `${seqLen} tokens`,
                  over,
                ),
              ),
      },
      rowPanel(
        {
          title: 'change of latency by fusion [%]',
          cells: changes.flatMap(({ pairs: changed, where, claim, sign }) => {
            const mark = marks.find(({ id }) => id === claim)
            const [only, ...others] = changed.map(pairName)
            const row = `${others.length > 0 ? 'both pairs' : only}; ${where}`
            return mark ? [{ row, ours: sign * mark.predicted, printed: sign * mark.printed }] : []
          }),
        },
        { rowTitle: 'what', width: 300 },
      ),
    ],
  }
}

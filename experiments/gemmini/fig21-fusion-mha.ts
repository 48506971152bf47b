#!/usr/bin/env -S npx tsx
import type { FusionLatency } from '../../lib/accelerators/gemmini/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import {
  alternatives,
  changePercent,
  FUSION_CONSTANTS,
  FUSION_PARAMS,
  type FusedPair,
  type FusionValues,
  fusedRuns,
  fusionFigure,
  LAYERNORM_FIT,
  PAIR_COLUMNS,
  pairLatency,
  pairRow,
  pointParams,
  pointsOf,
  SIGN_COLUMNS,
  SOFTMAX_FIT,
  signRow,
  totalCycles,
} from './shared/fusion-study.ts'

const MHA_PAIRS: readonly FusedPair[] = ['qk+softmax', 'out+layernorm']
/** The figure's panels: lengths on the left and right, accumulators. */
const SHORT = 512
const LONG = 4096
const SMALL_KB = 128
const LARGE_KB = 256

/** The claims of Fig. 21 by what each measures: the change of latency in percent, negative where fusion pays. */
const CHANGES = {
  'survey.fusion-qk-softmax-reduction': { pairs: ['qk+softmax'], seqLen: SHORT, accumulatorKb: LARGE_KB, sign: -1 },
  'survey.fusion-wout-128': { pairs: ['out+layernorm'], seqLen: SHORT, accumulatorKb: SMALL_KB, sign: 1 },
  'survey.fusion-wout-256': { pairs: ['out+layernorm'], seqLen: SHORT, accumulatorKb: LARGE_KB, sign: -1 },
  'survey.fusion-mha-128': { pairs: MHA_PAIRS, seqLen: SHORT, accumulatorKb: SMALL_KB, sign: -1 },
  'survey.fusion-mha-256': { pairs: MHA_PAIRS, seqLen: SHORT, accumulatorKb: LARGE_KB, sign: -1 },
  'survey.fusion-qk-4096': { pairs: ['qk+softmax'], seqLen: LONG, accumulatorKb: LARGE_KB, sign: -1 },
  'survey.fusion-mha-4096': { pairs: MHA_PAIRS, seqLen: LONG, accumulatorKb: LARGE_KB, sign: -1 },
} as const satisfies Record<
  string,
  {
    readonly pairs: readonly FusedPair[]
    readonly seqLen: number
    readonly accumulatorKb: number
    readonly sign: 1 | -1
  }
>
const SHARE_CLAIM = 'survey.fusion-softmax-share'

const fig21 = experiment({
  id: 'gemmini/fig21-fusion-mha',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 21',
  title: 'Latency of attention matmuls with softmax and LayerNorm, fused and not',
  params: {
    ...FUSION_PARAMS,
    ...pointParams('Fig. 21', [SHORT, LONG], [SMALL_KB, LARGE_KB]),
  },
  constants: FUSION_CONSTANTS,
  schema: tables({
    pairs: PAIR_COLUMNS,
    mha: {
      seqLen: { type: 'integer', unit: 'token', 'x-key': true },
      accumulatorKb: { type: 'integer', unit: 'KiB', 'x-key': true },
      nonFusedCycles: { type: 'number', unit: 'cycle' },
      fusedCycles: { type: 'number', unit: 'cycle' },
      changePercent: {
        type: ['number', 'null'],
        unit: '%',
        description: 'of latency by fusion; below 0 it pays, none where a fused tile exceeds a memory',
      },
      softmaxSharePercent: { type: 'number', unit: '%', description: 'of query x key with softmax, not fused' },
    },
    sensitivity: {
      alternative: { type: 'string', 'x-key': true },
      percent: {
        type: 'number',
        unit: '%',
        description: "change of latency by fusion as the claim counts it, at the claim's length and accumulator",
      },
      claim: { type: 'string', 'x-key': true, 'x-claim': 'percent' },
    },
    signs: SIGN_COLUMNS,
  }),
  run({ params }) {
    const points = pointsOf(params)
    return {
      pairs: points.flatMap((point) => MHA_PAIRS.map((pair) => pairRow(pair, params, point))),
      mha: points.map((point) => {
        const latencies = MHA_PAIRS.map((pair) => pairLatency(pair, params, point))
        const [qk] = latencies as [FusionLatency, FusionLatency]
        return {
          ...point,
          ...totalCycles(latencies),
          changePercent: latencies.every(fusedRuns) ? changePercent(latencies) : null,
          softmaxSharePercent: (100 * qk.nonFused.normalisationCycles) / qk.nonFused.cycles,
        }
      }),
      sensitivity: alternatives(params).flatMap(([alternative, values, machine]) =>
        answers(values, machine).map(([claim, percent]) => ({ alternative, percent, claim })),
      ),
      signs: points.flatMap((point) => [
        ...MHA_PAIRS.map((pair) => signRow(pair, [pair], params, point)),
        signRow('both', MHA_PAIRS, params, point),
      ]),
    }
  },
  claims: {
    ...Object.fromEntries(
      Object.keys(CHANGES).map((id) => [
        id,
        {
          predict: (_: unknown, p: FusionValues) => answers(p, {}).find(([claim]) => claim === id)?.[1],
          trendAround: 0,
          ...(id.startsWith('survey.fusion-wout-') ? { calibrated: LAYERNORM_FIT } : {}),
        },
      ]),
    ),
    [SHARE_CLAIM]: {
      predict: (_, p) => answers(p, {}).find(([claim]) => claim === SHARE_CLAIM)?.[1],
      calibrated: SOFTMAX_FIT,
    },
    'survey.fusion-summary-qk-softmax-upto': ({ pairs }) =>
      Math.max(...pairs.filter((row) => row.pair === 'qk+softmax').map((row) => -(row.changePercent ?? 0))),
    'survey.fusion-qk-tile-free': ({ pairs }) => {
      const slowdown = (seqLen: number) => {
        const row = pairs.find((r) => r.pair === 'qk+softmax' && r.seqLen === seqLen && r.accumulatorKb === LARGE_KB)
        return row && row.fusedCycles / row.nonFusedMatmulCycles
      }
      const [short, long] = [slowdown(SHORT), slowdown(LONG)]
      return short === undefined || long === undefined ? undefined : short < 1.1 && long > 1.1
    },
    'survey.fusion-wout-sign': ({ pairs }) => {
      const change = (accumulatorKb: number) =>
        pairs.find((r) => r.pair === 'out+layernorm' && r.seqLen === SHORT && r.accumulatorKb === accumulatorKb)
          ?.changePercent
      const [small, large] = [change(SMALL_KB), change(LARGE_KB)]
      return typeof small === 'number' && typeof large === 'number' ? small > 0 && large < 0 : undefined
    },
    'survey.fusion-scaling-qk': ({ pairs }) => exponent(pairs, 'qk+softmax'),
    'survey.fusion-scaling-wout': ({ pairs }) => exponent(pairs, 'out+layernorm'),
    'survey.fusion-hidden-dim': (_, p) => p.hidden,
    'survey.fusion-scratchpad-kb': (_, p) => p.scratchpadKb,
    'survey.fusion-accumulator-kb': (_, p) => [Math.min(...p.accumulatorKb), Math.max(...p.accumulatorKb)],
    'survey.fusion-qk-inner-dim': (_, p) => p.hidden / p.heads,
    'survey.fusion-pairs': { assumption: 'FUSED_PAIRS: query x key with softmax, W_out and W_2 with LayerNorm' },
    'survey.fusion-default-tiler': { assumption: 'greedyTile(): the non-fused schedule' },
  },
  reasons: {
    'survey.fusion-wout-256': {
      kind: 'residual',
      text: 'half a point of the non-fused latency, and one of the three claims that the LayerNorm passes are fitted to',
    },
    'survey.fusion-mha-256': { kind: 'residual', text: 'under a point; follows the softmax passes' },
  },
  errata: [
    {
      where: 'Sec. 5.5.2, inner dimension of query x key',
      printed: 'd/l = 64',
      shouldBe: 'd/h = 64',
      arithmetic: '768/12 = 64 is the width of a head; 768/512 is 1.5',
    },
  ],
  sensitivity: {
    table: 'sensitivity',
    labels: ['alternative'],
    values: ['percent'],
    panels: 'claim',
    title: 'percent as the claim counts it',
    base: ({ sensitivity }, panel) =>
      sensitivity.find(({ alternative, claim }) => alternative === 'nothing changed' && claim === panel)?.percent,
  },
  figure: ({ pairs }, marks) =>
    fusionFigure(pairs, marks, {
      over: 'accumulatorKb',
      changes: Object.entries(CHANGES).map(([claim, { seqLen, accumulatorKb, ...change }]) => ({
        ...change,
        claim,
        where: `${seqLen} tokens, ${accumulatorKb} KiB`,
      })),
      description:
        'Latency in million cycles of query x key with softmax and of W_out with LayerNorm, over the accumulator size, a panel for each sequence length.',
    }),
})

/** What every claim of the figure comes to under given values. */
function answers(values: FusionValues, machine: Parameters<typeof pairLatency>[2]['machine']): [string, number][] {
  const at = (pairs: readonly FusedPair[], seqLen: number, accumulatorKb: number) =>
    pairs.map((pair) => pairLatency(pair, values, { seqLen, accumulatorKb, ...(machine ? { machine } : {}) }))
  // The text gives the share without an accumulator size; as for the reduction, the larger one.
  const [qk] = at(['qk+softmax'], SHORT, LARGE_KB) as [FusionLatency]
  return [
    [SHARE_CLAIM, (100 * qk.nonFused.normalisationCycles) / qk.nonFused.cycles],
    ...Object.entries(CHANGES).map(([claim, { pairs, seqLen, accumulatorKb, sign }]): [string, number] => [
      claim,
      sign * changePercent(at(pairs, seqLen, accumulatorKb)),
    ]),
  ]
}

type PairRow = { readonly pair: string; readonly seqLen: number; readonly accumulatorKb: number }

/** Growth of a pair's non-fused latency from the shortest to the longest length, as an exponent of the length. */
function exponent(
  rows: readonly (PairRow & { readonly nonFusedMatmulCycles: number; readonly normalisationCycles: number })[],
  pair: FusedPair,
): number | undefined {
  const own = rows.filter((row) => row.pair === pair).sort((a, b) => a.seqLen - b.seqLen)
  const [first, last] = [own[0], own.findLast((row) => row.accumulatorKb === own[0]?.accumulatorKb)]
  if (!first || !last || first.seqLen === last.seqLen) return undefined
  const cycles = (row: typeof first) => row.nonFusedMatmulCycles + row.normalisationCycles
  return Math.log(cycles(last) / cycles(first)) / Math.log(last.seqLen / first.seqLen)
}

export default fig21
await main(import.meta, fig21)

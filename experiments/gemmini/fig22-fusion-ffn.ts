#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import {
  alternatives,
  changePercent,
  FUSION_CONSTANTS,
  FUSION_PARAMS,
  type FusionValues,
  fusionFigure,
  LAYERNORM_FIT,
  PAIR_COLUMNS,
  pairLatency,
  pairRow,
  pointParams,
  pointsOf,
  SIGN_COLUMNS,
  signRow,
} from './shared/fusion-study.ts'

const PAIR = 'ffn2+layernorm'
const PRINTED_KB = 256
/** Claims of the figure and of the comparison with attention, by length. */
const CLAIMS = { 'survey.fusion-ffn-512': 512, 'survey.fusion-ffn-4096': 4096 } as const

const changeAt = (values: FusionValues, seqLen: number, machine = {}) =>
  changePercent([pairLatency(PAIR, values, { seqLen, accumulatorKb: PRINTED_KB, machine })])

const fig22 = experiment({
  id: 'gemmini/fig22-fusion-ffn',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 22',
  title: 'Latency of the second FFN matmul with LayerNorm, fused and not',
  params: {
    ...FUSION_PARAMS,
    ...pointParams('Fig. 22', Object.values(CLAIMS), [PRINTED_KB]),
  },
  constants: FUSION_CONSTANTS,
  schema: tables({
    pairs: PAIR_COLUMNS,
    sensitivity: {
      alternative: { type: 'string', 'x-key': true },
      percent: {
        type: 'number',
        unit: '%',
        description: "change of latency by fusion, at the claim's length and 256 KiB",
      },
      claim: { type: 'string', 'x-key': true, 'x-claim': 'percent' },
    },
    signs: SIGN_COLUMNS,
  }),
  run({ params }) {
    const points = pointsOf(params)
    return {
      pairs: points.map((point) => pairRow(PAIR, params, point)),
      sensitivity: alternatives(params).flatMap(([alternative, values, machine]) =>
        Object.entries(CLAIMS).map(([claim, seqLen]) => ({
          alternative,
          percent: changeAt(values, seqLen, machine),
          claim,
        })),
      ),
      signs: points.map((point) => signRow(PAIR, [PAIR], params, point)),
    }
  },
  claims: {
    ...Object.fromEntries(
      Object.entries(CLAIMS).map(([id, seqLen]) => [
        id,
        {
          predict: (_: unknown, p: FusionValues) => changeAt(p, seqLen),
          // Everything here is linear in the length, so 4096 tokens give what 512 do.
          calibrated: LAYERNORM_FIT,
        },
      ]),
    ),
    'survey.fusion-qk-always': ({ pairs }, p) => {
      const softmax = (seqLen: number, accumulatorKb: number) =>
        changePercent([pairLatency('qk+softmax', p, { seqLen, accumulatorKb })])
      return pairs.every((row) => (row.changePercent ?? 0) > 0 && softmax(row.seqLen, row.accumulatorKb) < 0)
    },
  },
  sensitivity: {
    table: 'sensitivity',
    labels: ['alternative'],
    values: ['percent'],
    panels: 'claim',
    title: 'change of latency by fusion [%]',
    base: ({ sensitivity }, panel) =>
      sensitivity.find(({ alternative, claim }) => alternative === 'nothing changed' && claim === panel)?.percent,
  },
  figure: ({ pairs }, marks) =>
    fusionFigure(pairs, marks, {
      over: 'seqLen',
      changes: Object.entries(CLAIMS).map(([claim, seqLen]) => ({
        pairs: [PAIR],
        where: `${seqLen} tokens`,
        claim,
        sign: 1 as const,
      })),
      description:
        'Latency in million cycles of W_2 with LayerNorm over the sequence length, with an accumulator of 256 KiB.',
    }),
})

export default fig22
await main(import.meta, fig22)

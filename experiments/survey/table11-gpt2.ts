#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { COUNTING_CONSTANTS, gpt2 } from '../../lib/workload/mod.ts'
import { TRANSPOSED_SCORES_PARAM } from './shared/model-sweep.ts'
import {
  matmulShareClaims,
  OPERATOR_COLUMNS,
  operatorClaims,
  operatorFigure,
  operatorRows,
  seqLensParam,
  shapeParams,
  TABLE_SEQ_LENS,
} from './shared/operator-table.ts'

const table11 = experiment({
  id: 'survey/table11-gpt2',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 11',
  title: 'FLOPs, memory operations and arithmetic intensity of the GPT-2 decoder, summed over all steps',
  params: {
    ...shapeParams(gpt2),
    seqLens: seqLensParam(TABLE_SEQ_LENS, 'Table 11'),
    transposedScores: TRANSPOSED_SCORES_PARAM,
  },
  constants: COUNTING_CONSTANTS,
  variants: {
    'as-published': {
      why: 'Q.K^T of step t is counted as a reduction over t positions with d/h outputs, like the score x value product',
      set: { transposedScores: true },
    },
    corrected: {
      why: 'Q.K^T of step t reduces over d/h elements and gives t scores',
      set: { transposedScores: false },
    },
  },
  schema: tables({ operators: OPERATOR_COLUMNS }),
  run: ({ params: { seqLens, transposedScores, ...shape } }) => ({
    operators: operatorRows({ ...shape, kind: 'decoder' }, seqLens, { transposedScores }),
  }),
  claims: {
    ...operatorClaims('survey.t11', 100),
    ...matmulShareClaims('survey.txt.matmul-99.gpt'),
    'survey.txt.decoder-open-ended': {
      assumption: 'modelWork(): steps t = 1..l with one token each and a KV cache of t positions, no prompt',
    },
  },
  reasons: {
    'survey.t11.l128.proj.ai': { kind: 'rounding', text: '1.9948; the rounded cells 7.25/3.63 give 2.00' },
    'survey.t11.l512.proj.ai': { kind: 'rounding', text: '1.9948; the rounded cells 28.99/14.53 give 2.00' },
  },
  errata: [
    {
      where: 'Table 11, l=128, act-to-act FLOPs',
      printed: '30',
      shouldBe: '0.30',
      arithmetic: 'a lost decimal point: 22.12 - 7.25 - 14.50 - 0.07 = 0.30, and 1.92 FLOP/byte x 0.16 GB = 0.31',
      claims: ['survey.t11.l128.a2a.flops'],
    },
    {
      where: 'Table 11, l=128, act-to-act share of FLOPs',
      printed: '0.01',
      shouldBe: '1',
      arithmetic: '0.30/22.12 = 1.4 %: a fraction in a column of percents',
      claims: ['survey.t11.l128.a2a.flops-pct'],
    },
    {
      where: 'Table 11, l=512, projections, share of FLOPs',
      printed: '32',
      shouldBe: '31',
      arithmetic: '28.99/92.15 = 31.46 %',
      claims: ['survey.t11.l512.proj.flops-pct'],
    },
    {
      where: 'Table 11, l=512, projections, share of MOPs',
      printed: '32',
      shouldBe: '31',
      arithmetic: '14.53/46.17 = 31.47 %',
      claims: ['survey.t11.l512.proj.mops-pct'],
    },
    {
      where: 'Table 11, l=512, act-to-act intensity',
      printed: '2.00',
      shouldBe: '1.97',
      arithmetic: '4.83/2.45 = 1.971',
      claims: ['survey.t11.l512.a2a.ai'],
    },
    {
      where: 'Table 11, l=4096, projections, intensity',
      printed: '2.00',
      shouldBe: '1.99',
      arithmetic: '231.93/116.27 = 1.9948',
      claims: ['survey.t11.l4096.proj.ai'],
    },
  ],
  figure: operatorFigure,
})

export default table11
await main(import.meta, table11)

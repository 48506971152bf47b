#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { BYTES_PER_ELEMENT, bertBase, COUNTING_CONSTANTS } from '../../lib/workload/mod.ts'
import {
  actToActGrowsAndLags,
  matmulShareClaims,
  OMIT_OPERAND_PARAM,
  OMIT_OPERAND_VARIANTS,
  OPERATOR_COLUMNS,
  operatorClaims,
  operatorFigure,
  operatorRows,
  seqLensParam,
  shapeParams,
  TABLE_SEQ_LENS,
} from './shared/operator-table.ts'

const table03 = experiment({
  id: 'survey/table03-bert-base',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 3',
  title: 'FLOPs, memory operations and arithmetic intensity of the BERT-Base encoder',
  params: {
    ...shapeParams(bertBase),
    seqLens: seqLensParam(TABLE_SEQ_LENS, 'Table 3'),
    omitOneElementwiseOperand: OMIT_OPERAND_PARAM,
  },
  constants: COUNTING_CONSTANTS,
  variants: OMIT_OPERAND_VARIANTS,
  schema: tables({ operators: OPERATOR_COLUMNS }),
  run: ({ params: { seqLens, omitOneElementwiseOperand, ...shape } }) => ({
    operators: operatorRows({ ...shape, kind: 'encoder' }, seqLens, { omitOneElementwiseOperand }),
  }),
  claims: {
    ...operatorClaims('survey.t3', 100),
    ...matmulShareClaims('survey.txt.matmul-99.bert'),
    'survey.txt.precision': () => 8 * BYTES_PER_ELEMENT.value,
    'survey.txt.ideal-memory': {
      assumption: 'idealMatmulWork() and idealElementwiseWork(): operands once, results once, a MAC is two FLOPs',
    },
    'survey.txt.a2a-share-grows': ({ operators }) => actToActGrowsAndLags(operators),
  },
  reasons: {
    'survey.t3.l512.ffn.ai': { kind: 'truncation', text: '558.5455, cut off after two decimals' },
    'survey.t3.l4096.a2a.flops-pct': { kind: 'truncation', text: '616.02/1323.66 = 46.54 %, cut off' },
    'survey.t3.l4096.other.ai': { kind: 'truncation', text: '2.1655, cut off after two decimals' },
  },
  errata: [
    {
      where: 'Table 3, l=128, act-to-act MOPs',
      printed: '0.006',
      shouldBe: '0.0094',
      arithmetic:
        "the row's own 0.60 GFLOP / 63.62 FLOP/byte = 0.0094 GB, and its 7 % of 0.14 GB is 0.0098; 0.006 is what 4 heads (Table 10) give",
      claims: ['survey.t3.l128.a2a.mops'],
    },
    {
      where: 'Table 3, l=512, act-to-act share of MOPs',
      printed: '20',
      shouldBe: '22',
      arithmetic: '(9.62/101.95) / (97.02/231.0) = 0.0944/0.4200 = 22.47 %; the printed column sums to 98',
      claims: ['survey.t3.l512.a2a.mops-pct'],
    },
    {
      where: 'Tables 3, 4, 10 and 11, captions',
      printed: 'Per-Layer FLOPs',
      shouldBe: 'whole-network FLOPs by kind of layer',
      arithmetic: '4 projections x 2 x 768 x 768 x 128 FLOP = 0.604 GFLOP a layer; the table prints 7.25 = 12 x 0.604',
    },
  ],
  figure: operatorFigure,
})

export default table03
await main(import.meta, table03)

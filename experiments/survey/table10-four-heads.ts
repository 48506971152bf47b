#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase, COUNTING_CONSTANTS, modelWork } from '../../lib/workload/mod.ts'
import {
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

const table10 = experiment({
  id: 'survey/table10-four-heads',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 10',
  title: 'FLOPs, memory operations and arithmetic intensity of a BERT-Base encoder with 4 heads',
  params: {
    ...shapeParams({ ...bertBase, heads: 4, source: { kind: 'paper', where: 'Table 10 (BERT-Base with 4 heads)' } }),
    seqLens: seqLensParam(TABLE_SEQ_LENS, 'Table 10'),
    omitOneElementwiseOperand: OMIT_OPERAND_PARAM,
  },
  constants: COUNTING_CONSTANTS,
  variants: OMIT_OPERAND_VARIANTS,
  schema: tables({ operators: OPERATOR_COLUMNS }),
  run: ({ params: { seqLens, omitOneElementwiseOperand, ...shape } }) => ({
    operators: operatorRows({ ...shape, kind: 'encoder' }, seqLens, { omitOneElementwiseOperand }),
  }),
  claims: {
    ...operatorClaims('survey.t10', 1),
    'survey.txt.h4': (_, { heads }) => heads,
    'survey.txt.fewer-heads': ({ operators }) =>
      operators
        .filter((row) => row.operator === 'mha-act-to-act')
        .every((row) => {
          const twelve = modelWork(bertBase, row.seqLen)['mha-act-to-act']
          return row.bytes < twelve.bytes && row.intensity > twelve.flops / twelve.bytes
        }),
  },
  reasons: {
    'survey.t10.l512.ffn.mops-pct': { kind: 'truncation', text: '0.3251, cut off after two decimals' },
    'survey.t10.l512.ffn.ai': { kind: 'truncation', text: '558.5455, cut off after two decimals' },
    'survey.t10.l512.other.mops': { kind: 'truncation', text: '0.1054, cut off after two decimals' },
  },
  errata: [
    {
      where: 'Table 10, l=128, FFN FLOPs',
      printed: '14.47',
      shouldBe: '14.50',
      arithmetic:
        'heads do not enter the FFN and Table 3 prints 14.50; 7.25 + 0.60 + 14.50 + 0.07 = 22.42, the printed total, with 14.47 it is 22.39',
      claims: ['survey.t10.l128.ffn.flops'],
    },
    {
      where: 'Table 10, share columns',
      printed: '"% of total" over fractions (0.32, ..., 1)',
      shouldBe: 'percent (32, ..., 100), as in Table 3',
      arithmetic: '7.25/22.42 = 0.32 = 32 %',
    },
  ],
  figure: operatorFigure,
})

export default table10
await main(import.meta, table10)

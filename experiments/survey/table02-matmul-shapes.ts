#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase, layerOperators, macsOf } from '../../lib/workload/mod.ts'
import { shapeParams } from './shared/operator-table.ts'

const OPERATIONS = ['q', 'k', 'v', 'qk', 'sv', 'out', 'ffn1', 'ffn2'] as const
type Shape = {
  readonly layers: number
  readonly hidden: number
  readonly heads: number
  readonly ffn: number
  readonly seqLen: number
}
type ShapeTables = {
  readonly matmuls: readonly {
    readonly operation: string
    readonly m: number
    readonly n: number
    readonly k: number
    readonly repeats: number
  }[]
}

/** A claim that one matmul has the printed dimensions, given as functions of the parameters. */
const shaped =
  (operation: (typeof OPERATIONS)[number], expected: (p: Shape) => readonly [number, number, number, number]) =>
  ({ matmuls }: ShapeTables, params: Shape) => {
    const row = matmuls.find((r) => r.operation === operation)
    return row && [row.m, row.n, row.k, row.repeats].join() === expected(params).join()
  }

const table02 = experiment({
  id: 'survey/table02-matmul-shapes',
  version: '1.0.0',
  paper: 'survey',
  item: 'Table 2',
  title: 'Matrix products of a Transformer layer: an (m x n) by (n x k) product, in the orientation of the paper',
  params: {
    ...shapeParams(bertBase),
    seqLen: {
      type: 'integer',
      value: 512,
      unit: 'token',
      source: {
        kind: 'assumed',
        why: 'any length tells the symbols apart that differs from d, d/h and d_FFN',
        range: '1 and up',
      },
      description: 'sequence length l',
    },
  },
  schema: tables({
    matmuls: {
      operation: { type: 'string', enum: OPERATIONS, 'x-key': true },
      m: { type: 'integer', unit: 'element' },
      n: { type: 'integer', unit: 'element', description: 'reduction length' },
      k: { type: 'integer', unit: 'element' },
      repeats: { type: 'integer', unit: '1', description: 'times per layer' },
      macs: { type: 'integer', unit: 'MAC', description: 'over all repeats' },
    },
  }),
  run: ({ params: { seqLen, ...shape } }) => ({
    // The paper puts the weights on the left and the tokens on the right; the library does it the other way round.
    matmuls: layerOperators(shape, { tokens: seqLen, context: seqLen }).flatMap((op) =>
      op.kind === 'matmul'
        ? [
            {
              operation: op.name as (typeof OPERATIONS)[number],
              m: op.n,
              n: op.k,
              k: op.m,
              repeats: op.repeats,
              macs: macsOf(op),
            },
          ]
        : [],
    ),
  }),
  claims: {
    'survey.t2.wq.dim': shaped('q', ({ hidden, seqLen }) => [hidden, hidden, seqLen, 1]),
    'survey.t2.wk.dim': shaped('k', ({ hidden, seqLen }) => [hidden, hidden, seqLen, 1]),
    'survey.t2.wv.dim': shaped('v', ({ hidden, seqLen }) => [hidden, hidden, seqLen, 1]),
    'survey.t2.query-key.dim': shaped('qk', ({ hidden, heads, seqLen }) => [seqLen, hidden / heads, seqLen, heads]),
    'survey.t2.score-value.dim': shaped('sv', ({ hidden, heads, seqLen }) => [hidden / heads, seqLen, seqLen, heads]),
    'survey.t2.wout.dim': shaped('out', ({ hidden, seqLen }) => [hidden, hidden, seqLen, 1]),
    'survey.t2.w1.dim': shaped('ffn1', ({ hidden, ffn, seqLen }) => [ffn, hidden, seqLen, 1]),
    'survey.t2.w2.dim': shaped('ffn2', ({ hidden, ffn, seqLen }) => [hidden, ffn, seqLen, 1]),
  },
})

export default table02
await main(import.meta, table02)

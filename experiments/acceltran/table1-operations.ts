#!/usr/bin/env -S npx tsx
import { ACCELTRAN, encoderWork, tileLatencies } from '../../lib/accelerators/acceltran/mod.ts'
import { decadeLabels, experiment, main, tables } from '../../lib/harness/mod.ts'
import { floorLog2 } from '../../lib/numeric/mod.ts'
import { bertTiny, layerOperators, macsOf } from '../../lib/workload/mod.ts'
import { acceltran, repository } from './shared/paper.ts'
import { EDGE_BATCH, modelParams, runOf, SPARSITY_PARAMS, TINY_SOURCE } from './shared/simulation-params.ts'

const OPERANDS = 2

const table1 = experiment({
  id: 'acceltran/table1-operations',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Table I',
  title: 'Memory and compute operations of an encoder, in tiles',
  params: {
    ...modelParams(bertTiny, TINY_SOURCE),
    batch: EDGE_BATCH,
    tileSide: { ...ACCELTRAN.tileSide, type: 'integer', max: 1024, description: 'side of a tile' },
    activationSparsity: { ...SPARSITY_PARAMS.activationSparsity, description: 'share of zeros among activations' },
    weightsPerBatchElement: {
      type: 'boolean',
      value: false,
      unit: 'switch',
      source: repository('simulator: weights have the batch dimension'),
      description: 'as published: weights are loaded once per batch element; else: once',
    },
    geluTwice: {
      type: 'boolean',
      value: false,
      unit: 'switch',
      source: acceltran('Table I, C-OP-10'),
      description:
        'as published: GeLU after both feed-forward layers, in the shape of their inputs; else: after the first',
    },
  },
  variants: {
    'as-published': {
      why: 'the operations of Table I as the simulator lists them',
      set: { weightsPerBatchElement: true, geluTwice: true },
    },
    corrected: { why: 'the operations of BERT', set: { weightsPerBatchElement: false, geluTwice: false } },
  },
  schema: tables({
    compute: {
      operation: { type: 'string', 'x-key': true, description: 'of the first head and layer' },
      kind: { type: 'string' },
      times: { type: 'integer', unit: '1', description: 'heads and layers it occurs in' },
      tileOperations: { type: 'integer', unit: 'tile operation', description: 'each time' },
      tileCycles: { type: 'integer', unit: 'cycle', description: 'of a tile operation on its module' },
      needs: { type: 'string', description: 'matrices that must be in a buffer' },
    },
    memory: {
      matrix: { type: 'string', 'x-key': true, description: 'of the first head and layer' },
      move: { type: 'string', enum: ['load', 'store'] },
      times: { type: 'integer', unit: '1' },
      elements: { type: 'integer', unit: 'element', description: 'each time' },
    },
    totals: {
      kind: { type: 'string', 'x-key': true },
      tileOperations: { type: 'integer', unit: 'tile operation' },
    },
    tile: {
      multiplications: { type: 'integer', unit: '1', 'x-key': true, description: 'of two tiles, n_o' },
      denseCycles: { type: 'integer', unit: 'cycle', description: 'n_o / M' },
      productBits: { type: 'integer', unit: 'bit' },
      adderStages: { type: 'integer', unit: '1' },
    },
    work: {
      megaMacs: { type: 'number', unit: 'MMAC', 'x-key': true, description: 'matrix products of a sequence' },
      tiledMegaMacs: { type: 'number', unit: 'MMAC', description: 'in whole tiles, as the lanes work them off' },
    },
  }),
  run({ params }) {
    const { weightsPerBatchElement, geluTwice, tileSide, activationSparsity } = params
    const run = runOf(params)
    const { operations, data } = encoderWork(run, tileSide, { weightsPerBatchElement, geluTwice })
    const cycles = tileLatencies(tileSide, activationSparsity, false)
    const heads = params.heads * params.layers
    const first = operations.filter(({ layer, head }) => layer === 0 && (head ?? 0) === 0)
    const side = tileSide
    const multiplications = side * side * side
    const products = operations.filter(({ kind }) => kind === 'matmul').reduce((sum, { tiles }) => sum + tiles, 0)
    const macs = layerOperators(run.shape, { tokens: params.sequence, context: params.sequence }).reduce(
      (sum, op) => sum + macsOf(op),
      0,
    )
    return {
      compute: first.map(({ name, kind, tiles, head, needs }) => ({
        operation: name,
        kind,
        times: head === null ? params.layers : heads,
        tileOperations: tiles,
        tileCycles: cycles[kind],
        needs: needs.map((datum) => shortName(datum.name)).join(', '),
      })),
      memory: data
        .filter(({ name }) => /^embeddings|^layer 1 (?!head (?!1 ))/.test(name))
        .map(({ name, stored, elements }) => ({
          matrix: shortName(name),
          move: stored ? ('store' as const) : ('load' as const),
          times: name === 'embeddings' ? 1 : name.includes('head') ? heads : params.layers,
          elements,
        })),
      totals: (['matmul', 'softmax', 'gelu', 'layernorm'] as const).map((kind) => ({
        kind,
        tileOperations: operations.filter((op) => op.kind === kind).reduce((sum, { tiles }) => sum + tiles, 0),
      })),
      tile: [
        {
          multiplications,
          denseCycles: tileLatencies(side, 0, false).matmul,
          productBits: OPERANDS * (ACCELTRAN.integerBits.value + ACCELTRAN.fractionBits.value),
          adderStages: floorLog2(ACCELTRAN.multipliers.value),
        },
      ],
      work: [
        {
          megaMacs: (params.layers * macs) / 1e6,
          tiledMegaMacs: (products * multiplications) / params.batch / 1e6,
        },
      ],
    }
  },
  claims: {
    'acceltran.mults': ({ tile }, p) => tile[0] && tile[0].multiplications === p.tileSide * p.tileSide * p.tileSide,
    'acceltran.min-cycles': ({ tile }) => tile[0]?.denseCycles,
    'acceltran.product-bits': ({ tile }) => tile[0]?.productBits,
    'acceltran.adder-depth': ({ tile }) => tile[0]?.adderStages,
    'acceltran.critical-path': {
      unreachable:
        'an argument, printed without derivation: a decoder of as many layers behind an encoder doubles the layers in sequence; nothing is measured or simulated',
    },
    'acceltran.w-o-shape': { assumption: 'encoderWork() gives a head an output weight of h/n x h; see the errata' },
  },
  errata: [
    {
      where: "Sec. II-A: the shape of a head's output weight",
      printed: 'W_i^O is h/n x h/n',
      shouldBe: 'h/n x h',
      arithmetic:
        "P_i is tokens x h/n, and H_i^MHA must be as wide as H to be added to it: 128 elements for BERT-Tiny, where h/n gives 64; the simulator loads d x h. Each head's output is a whole tokens x h matrix, which Fig. 1 counts once per head",
    },
    {
      where: 'Table I, C-OP-4, 5, 6 and Sec. II-B',
      printed: 'A_i = Q_i K_i; P_i = S_i V_i; the probability matrix P_i',
      shouldBe: 'A_i = Q_i K_i^T; S_i holds the probabilities',
      arithmetic:
        'Q_i and K_i are both tokens x h/n, so that the product needs a transpose; softmax gives S_i, and P_i = S_i V_i is tokens x h/n',
    },
    {
      where: 'Table I, C-OP-10 and C-OP-11',
      printed: 'GeLU on the output of the second feed-forward layer; layer norm of H^F2 alone',
      shouldBe: 'no activation there; layer norm of H^F2 + H^LN',
      arithmetic:
        'BERT has a GeLU after the first layer only and a residual connection around both. The simulator runs 10,240 GeLU tile operations at 512 tokens where BERT-Tiny has 8,192 (table totals, both variants); no residual is simulated, also not the one of C-OP-8',
    },
    {
      where: 'Sec. II-A, M-OP-[1-4]',
      printed: 'load W_i^Q, W_i^K, W_i^V, W_i^Q',
      shouldBe: 'load W_i^Q, W_i^K, W_i^V, W_i^O',
      arithmetic: 'the fourth weight of a head is that of its output, which C-OP-7 uses',
    },
  ],
  figure: ({ totals }) => ({
    description:
      'Tile operations of a batch of BERT-Tiny by kind, as dots on a logarithmic axis. The paper lists the operations and prints no counts.',
    width: 360,
    height: 120,
    data: { values: totals },
    mark: { type: 'point', filled: true, size: 80, opacity: 1 },
    encoding: {
      x: {
        field: 'tileOperations',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'tile operations',
        axis: decadeLabels('~s'),
      },
      y: { field: 'kind', type: 'nominal', sort: null, title: 'kind', axis: { title: null } },
    },
  }),
})

/** A matrix's name without its layer and head. */
const shortName = (name: string) => name.replace(/^layer \d+ (head \d+ )?/, '')

export default table1
await main(import.meta, table1)

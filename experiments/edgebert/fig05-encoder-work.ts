#!/usr/bin/env -S npx tsx
import {
  HEAD_PARTS,
  type HeadPart,
  layerFlops,
  operatorFlops,
  SKIPPED_WITH_HEAD,
  spannedLayer,
} from '../../lib/accelerators/edgebert/mod.ts'
import { along, experiment, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import {
  ALBERT_EMBEDDING,
  BERT_EMBEDDING,
  bertBase,
  COUNTING_CONSTANTS,
  encoderParameters,
  macsOf,
} from '../../lib/workload/mod.ts'
import { SHAPE_PARAMS, shapeOf } from './shared/machine-params.ts'
import { edgebert } from './shared/tasks.ts'

/** What could be meant by switching a head off, besides what evidently was. */
const RULES: Readonly<Record<string, readonly HeadPart[]>> = {
  'all but the output projection': SKIPPED_WITH_HEAD,
  'scores and context': ['qk', 'softmax', 'sv'],
  'scores, context, output projection': ['qk', 'softmax', 'sv', 'out'],
  'Q, K, scores, context': ['q', 'k', 'qk', 'softmax', 'sv'],
  everything: HEAD_PARTS,
}

const fig05 = experiment({
  id: 'edgebert/fig05-encoder-work',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Fig. 5',
  title: 'Work of an ALBERT encoder layer, what null heads save of it, and parameters',
  params: {
    ...SHAPE_PARAMS,
    nullHeads: {
      type: 'integer',
      value: [8, 7],
      min: 0,
      unit: 'head',
      source: edgebert('Sec. 3.2'),
      description: 'numbers of heads without a span',
    },
  },
  constants: COUNTING_CONSTANTS,
  schema: tables({
    operations: {
      operation: { type: 'string', 'x-key': true },
      macs: { type: 'integer', unit: 'MAC' },
      mflop: { type: 'number', unit: 'MFLOP' },
      sharePercent: { type: 'number', unit: '%', description: 'of the layer' },
    },
    layer: {
      gflop: { type: 'number', unit: 'GFLOP', 'x-key': true },
      matmulGflop: { type: 'number', unit: 'GFLOP' },
      elementwiseGflop: { type: 'number', unit: 'GFLOP' },
      encoderSharePercent: { type: 'number', unit: '%', description: 'all layers, of layers, mapping and pooler' },
    },
    nullHeads: {
      rule: { type: 'string', 'x-key': true, description: 'what is skipped with a head' },
      nullHeads: { type: 'integer', unit: 'head', 'x-key': true },
      gflop: { type: 'number', unit: 'GFLOP' },
      reduction: { type: 'number', unit: '1', description: 'FLOPs with all heads over FLOPs without these' },
      claim: { type: 'string', 'x-claim': 'reduction', description: 'empty where the paper prints none' },
    },
    quadratic: {
      tokens: { type: 'integer', unit: 'token', 'x-key': true },
      scoreMflop: { type: 'number', unit: 'MFLOP', description: 'Q.K^T of a layer' },
      overPrevious: { type: ['number', 'null'], unit: '1', description: 'over that of the row before, half as long' },
    },
    parameters: {
      model: {
        type: 'string',
        'x-key': true,
        description:
          'BERT-base as published; ALBERT with the dimensions of the parameters, 30,000 words and 128 elements',
      },
      millions: { type: 'number', unit: 'M' },
      wordEmbeddingMillions: { type: 'number', unit: 'M' },
      layerMillions: { type: 'number', unit: 'M', description: 'one layer' },
      fp32Mb: { type: 'number', unit: 'MB', description: '10^6 byte' },
    },
  }),
  run({ params }) {
    const shape = shapeOf(params)
    const { tokens } = params
    const all = spannedLayer(shape, { tokens, nullHeads: 0 })
    const flops = layerFlops(all)
    const albert = encoderParameters(shape, ALBERT_EMBEDDING, { sharedLayers: true })
    const bert = encoderParameters(bertBase, BERT_EMBEDDING)
    // A mapping of every token, and a pooler of the first; biases are left out as in the layers.
    const around = 2 * (tokens * (ALBERT_EMBEDDING.width ?? 0) * shape.hidden + shape.hidden * shape.hidden)
    const scores = (count: number) => {
      const op = spannedLayer(shape, { tokens: count, nullHeads: 0 }).find(
        (o) => o.kind === 'matmul' && o.name === 'qk',
      )
      return op?.kind === 'matmul' ? operatorFlops(op) / 1e6 : Number.NaN
    }
    return {
      operations: all.map((op, i) => {
        const own = operatorFlops(op)
        const nth = all.slice(0, i + 1).filter(({ kind }) => kind === op.kind).length
        return {
          operation: op.kind === 'matmul' ? op.name : `${op.kind}${nth > 1 ? ` ${nth}` : ''}`,
          macs: macsOf(op),
          mflop: own / 1e6,
          sharePercent: (100 * own) / flops.total,
        }
      }),
      layer: [
        {
          gflop: flops.total / 1e9,
          matmulGflop: flops.matmul / 1e9,
          elementwiseGflop: flops.elementwise / 1e9,
          encoderSharePercent: (100 * shape.layers * flops.total) / (shape.layers * flops.total + around),
        },
      ],
      nullHeads: Object.entries(RULES).flatMap(([rule, skipped]) =>
        [...new Set(params.nullHeads)].map((nullHeads) => {
          const left = layerFlops(spannedLayer(shape, { tokens, nullHeads, skipped })).total
          return {
            rule,
            nullHeads,
            gflop: left / 1e9,
            reduction: flops.total / left,
            claim: REDUCTIONS[nullHeads] ?? '',
          }
        }),
      ),
      quadratic: [tokens, 2 * tokens, 4 * tokens].map((count, i) => ({
        tokens: count,
        scoreMflop: scores(count),
        overPrevious: i === 0 ? null : scores(count) / scores(count / 2),
      })),
      parameters: [
        { model: 'BERT-base', counts: bert },
        { model: 'ALBERT', counts: albert },
      ].map(({ model, counts }) => ({
        model,
        millions: counts.total / 1e6,
        wordEmbeddingMillions: counts.wordEmbedding / 1e6,
        layerMillions: counts.layer / 1e6,
        fp32Mb: (4 * counts.total) / 1e6,
      })),
    }
  },
  claims: {
    'edgebert.encoder-gflop': ({ layer }) => layer[0]?.gflop,
    'edgebert.encoder-share': ({ layer }) => layer[0]?.encoderSharePercent,
    'edgebert.flops-reduction-8null': ({ nullHeads }) => reduction(nullHeads, 8),
    'edgebert.flops-reduction-7null': ({ nullHeads }) => reduction(nullHeads, 7),
    'edgebert.attn-quadratic': ({ quadratic }) =>
      quadratic.slice(1).every(({ overPrevious }) => Math.abs((overPrevious ?? 0) - 4) < 1e-9),
    'edgebert.intro-bert-fp32-mb': ({ parameters }) => parameters[0]?.fp32Mb,
    'edgebert.bert-params': ({ parameters }) => parameters[0]?.millions,
    'edgebert.albert-params': ({ parameters }) => parameters[1]?.millions,
    'edgebert.layers': (_, p) => p.layers,
    'edgebert.heads': (_, p) => p.heads,
    'edgebert.embedding-size': () => ALBERT_EMBEDDING.width,
    'edgebert.hidden-size': (_, p) => p.hidden,
    'edgebert.seq-len': (_, p) => p.tokens,
    'edgebert.distilbert-shrink': { assumption: 'cited, enters no model' },
    'edgebert.mobilebert-shrink': { assumption: 'cited, enters no model' },
    'edgebert.squeezebert-speedup': { assumption: 'cited, enters no model' },
    'edgebert.squeezebert-shrink': { assumption: 'cited, enters no model' },
  },
  reasons: {
    'edgebert.flops-reduction-7null': { kind: 'truncation', text: 'the count gives 1.187' },
    'edgebert.encoder-share': {
      kind: 'finding',
      text: 'the bound holds by far: mapping and pooler are 0.1 % of the work',
    },
    'edgebert.bert-params': { kind: 'rounding', text: '109.48 M with the pooler, 108.89 M without' },
  },
  errata: [
    {
      where: 'Sec. 7.1 and 7.3, activation of the feed-forward network',
      printed: 'matrix products, layer normalisation, element-wise operations and softmax',
      shouldBe: 'undecided',
      arithmetic:
        "ALBERT's feed-forward network has a GELU of 128 x 3072 elements, 3.9 MFLOP; no unit for it is described, and the released accumulator offers a ReLU only. Here it takes FLOPs, and no cycles",
    },
    {
      where: 'Sec. 1 against Sec. 2.2, memory of BERT base',
      printed: '432 MB',
      shouldBe: '438 MB',
      arithmetic:
        '109.48 M parameters of 4 bytes are 437.9 MB; the 110 M of Sec. 2.2 would be 440 MB, and 432 MB are 108 M parameters',
      claims: ['edgebert.intro-bert-fp32-mb'],
    },
  ],
  figure: ({ operations, layer, nullHeads }, marks) => {
    const rows = { type: 'nominal', sort: null, axis: { title: null, labelLimit: 400 } }
    const logarithmic = { scale: { type: 'log', domain: [0.05, 5000] }, axis: { values: [0.1, 1, 10, 100, 1000] } }
    const reduction = { scale: { domain: [1, 1.35] } }
    const printedGflop = printedAt(marks, 'edgebert.encoder-gflop')
    return {
      description:
        'Work of the operations of one encoder layer in MFLOP, on a logarithmic axis, and below it how far so many null heads reduce the work of the layer, by what is skipped with a head. Dots are ours, crosses printed. The paper draws the operations as a diagram and prints the sum and the two reductions.',
      vconcat: [
        {
          width: 350,
          height: { step: 17 },
          layer: [
            {
              data: {
                values: [
                  ...operations.map(({ operation, mflop }) => ({ operation: nameOf(operation), mflop })),
                  ...layer.map(({ gflop }) => ({ operation: WHOLE_LAYER, mflop: 1000 * gflop })),
                ],
              },
              mark: { type: 'circle', size: 80 },
              encoding: {
                x: along('mflop', 'work of one layer [MFLOP]', logarithmic),
                y: { field: 'operation', ...rows, title: 'operation' },
              },
            },
            printedCrosses(printedGflop === null ? [] : [{ operation: WHOLE_LAYER, mflop: 1000 * printedGflop }], {
              x: along('mflop', 'work of one layer [MFLOP]', { ...logarithmic, says: 'printed work [MFLOP]' }),
              y: { field: 'operation', ...rows, title: 'operation' },
            }),
          ],
        },
        {
          width: 350,
          height: { step: 14 },
          layer: [
            {
              data: { values: nullHeads },
              mark: { type: 'point', filled: true, size: 70 },
              encoding: {
                x: along('reduction', REDUCTION_AXIS, reduction),
                y: { field: 'rule', ...rows, title: 'skipped with a head' },
                yOffset: { field: 'nullHeads', type: 'nominal', title: 'null heads' },
                color: { field: 'nullHeads', type: 'nominal', title: 'null heads' },
                shape: { field: 'nullHeads', type: 'nominal', title: 'null heads' },
              },
            },
            printedCrosses(
              nullHeads.flatMap(({ rule, nullHeads: heads, claim }) => {
                const printed = printedAt(marks, claim)
                return printed === null ? [] : [{ rule, nullHeads: heads, printed }]
              }),
              {
                x: along('printed', REDUCTION_AXIS, {
                  ...reduction,
                  says: 'printed reduction [1]',
                }),
                y: { field: 'rule', ...rows, title: 'skipped with a head' },
                yOffset: { field: 'nullHeads', type: 'nominal', title: 'null heads' },
              },
            ),
          ],
        },
      ],
    }
  },
})

const WHOLE_LAYER = 'the whole layer'
const REDUCTION_AXIS = ['FLOPs with all heads', 'over those without null heads [1]']
/** Operations as the figure calls them. */
const NAMES: Readonly<Record<string, string>> = {
  q: 'Q',
  k: 'K',
  v: 'V',
  qk: 'Q x K',
  sv: 'scores x V',
  out: 'output projection',
  layernorm: 'layer norm',
  'layernorm 2': 'layer norm 2',
  ffn1: 'feed-forward 1',
  gelu: 'GELU',
  ffn2: 'feed-forward 2',
}
const nameOf = (operation: string): string => NAMES[operation] ?? operation

/** Claims by number of null heads. */
const REDUCTIONS: Readonly<Record<number, string>> = {
  8: 'edgebert.flops-reduction-8null',
  7: 'edgebert.flops-reduction-7null',
}

function reduction(
  rows: readonly { readonly rule: string; readonly nullHeads: number; readonly reduction: number }[],
  nullHeads: number,
): number | undefined {
  return rows.find((row) => row.rule === 'all but the output projection' && row.nullHeads === nullHeads)?.reduction
}

export default fig05
await main(import.meta, fig05)

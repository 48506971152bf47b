#!/usr/bin/env -S npx tsx
import { ACCELTRAN, footprint } from '../../lib/accelerators/acceltran/mod.ts'
import { experiment, legendLine, type Mark, main, printedAt, tables } from '../../lib/harness/mod.ts'
import { bertBase, bertTiny } from '../../lib/workload/mod.ts'
import { barsAndCrosses } from './shared/figures.ts'
import { compressedSize, statedMb, UNIT_ERRATUM, UNIT_PARAM } from './shared/main-memory.ts'
import { LONG_SEQUENCE, repository } from './shared/paper.ts'
import { EDGE_BATCH, SPARSITY_PARAMS } from './shared/simulation-params.ts'

const MODELS = { 'BERT-Tiny': bertTiny, 'BERT-Base': bertBase } as const
type ModelName = keyof typeof MODELS
const MODEL_NAMES = Object.keys(MODELS) as ModelName[]
const PARTS = ['embeddings', 'weights', 'activations'] as const

const fig01 = experiment({
  id: 'acceltran/fig01-memory',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Fig. 1',
  title: 'Memory of embeddings, weights and activations',
  params: {
    sequence: {
      type: 'integer',
      value: 512,
      max: 65536,
      unit: 'token',
      source: LONG_SEQUENCE,
      description: 'tokens of a sequence',
    },
    batch: EDGE_BATCH,
    vocabulary: { ...ACCELTRAN.vocabulary, type: 'integer', description: 'words that have an embedding' },
    weightSparsity: SPARSITY_PARAMS.weightSparsity,
    activationSparsity: {
      ...SPARSITY_PARAMS.activationSparsity,
      description: 'share of zeros among activations; Fig. 1 counts all elements',
    },
    weightsPerBatchElement: {
      type: 'boolean',
      value: false,
      unit: 'switch',
      source: repository('simulator: weights have the batch dimension'),
      description: 'as published: weights are kept once per batch element; else: once',
    },
    ...UNIT_PARAM,
  },
  variants: {
    'as-published': {
      why: 'weights count once per batch element; mebibits are printed as MB',
      set: { weightsPerBatchElement: true, bitsAsBytes: true },
    },
    corrected: {
      why: 'a batch shares its weights; a MB is 10^6 byte',
      set: { weightsPerBatchElement: false, bitsAsBytes: false },
    },
  },
  schema: tables({
    shares: {
      model: { type: 'string', enum: MODEL_NAMES, 'x-key': true },
      part: { type: 'string', enum: PARTS, 'x-key': true },
      elements: { type: 'integer', unit: 'element' },
      sharePercent: { type: 'number', unit: '%' },
      compressedMib: { type: 'number', unit: 'MiB', description: 'zeros left out, masks not counted' },
    },
    ratios: {
      model: { type: 'string', enum: MODEL_NAMES, 'x-key': true },
      activationsOverWeights: { type: 'number', unit: '1' },
      ofRoundedShares: { type: 'number', unit: '1', description: 'quotient of the shares with one decimal' },
    },
    mainMemory: {
      model: { type: 'string', enum: MODEL_NAMES, 'x-key': true },
      statedMb: {
        type: 'number',
        unit: '"MB"',
        description: 'embeddings and weights, in the unit that the paper calls MB',
      },
      statedGb: { type: 'number', unit: '"GB"' },
      mebibits: { type: 'number', unit: 'Mibit', description: 'zeros left out, masks not counted' },
      mebibytes: { type: 'number', unit: 'MiB' },
      megabytes: { type: 'number', unit: 'MB', description: '10^6 byte' },
      withMasksMb: { type: 'number', unit: 'MB', description: 'and one mask bit per element' },
    },
  }),
  run({ params }) {
    const { sequence, batch, vocabulary, weightsPerBatchElement } = params
    const parts = MODEL_NAMES.map((model) => ({
      model,
      elements: footprint({ shape: MODELS[model], vocabulary, sequence, batch }, { weightsPerBatchElement }),
    }))
    const share = (all: (typeof parts)[number]['elements'], part: (typeof PARTS)[number]) =>
      (100 * all[part]) / (all.embeddings + all.weights + all.activations)
    const tenths = (percent: number) => Math.round(percent * 10) / 10
    return {
      shares: parts.flatMap(({ model, elements }) =>
        PARTS.map((part) => ({
          model,
          part,
          elements: elements[part],
          sharePercent: share(elements, part),
          compressedMib: compressedSize(
            elements[part],
            part === 'activations' ? params.activationSparsity : params.weightSparsity,
          ).mebibytes,
        })),
      ),
      ratios: parts.map(({ model, elements }) => ({
        model,
        activationsOverWeights: elements.activations / elements.weights,
        ofRoundedShares: tenths(share(elements, 'activations')) / tenths(share(elements, 'weights')),
      })),
      mainMemory: parts.map(({ model, elements }) => {
        const size = compressedSize(elements.embeddings + elements.weights, params.weightSparsity)
        const { mb, gb } = statedMb(size, params.bitsAsBytes)
        return { model, statedMb: mb, statedGb: gb, ...size }
      }),
    }
  },
  claims: {
    'acceltran.fig1-tiny-embeddings': ({ shares }) => percent(shares, 'BERT-Tiny', 'embeddings'),
    'acceltran.fig1-tiny-weights': ({ shares }) => percent(shares, 'BERT-Tiny', 'weights'),
    'acceltran.fig1-tiny-activations': ({ shares }) => percent(shares, 'BERT-Tiny', 'activations'),
    'acceltran.fig1-base-embeddings': ({ shares }) => percent(shares, 'BERT-Base', 'embeddings'),
    'acceltran.fig1-base-weights': ({ shares }) => percent(shares, 'BERT-Base', 'weights'),
    'acceltran.fig1-base-activations': ({ shares }) => percent(shares, 'BERT-Base', 'activations'),
    'acceltran.fig1-ratio-tiny': ({ ratios }) =>
      ratios.find(({ model }) => model === 'BERT-Tiny')?.activationsOverWeights,
    'acceltran.fig1-ratio-base': ({ ratios }) =>
      ratios.find(({ model }) => model === 'BERT-Base')?.activationsOverWeights,
    'acceltran.mem-tiny-text': ({ mainMemory }) => mainMemory.find(({ model }) => model === 'BERT-Tiny')?.statedMb,
    'acceltran.mem-base-text': ({ mainMemory }) => mainMemory.find(({ model }) => model === 'BERT-Base')?.statedGb,
    'acceltran.vocab': (_, p) => p.vocabulary,
    'acceltran.h-tiny': () => bertTiny.hidden,
    'acceltran.h-base': () => bertBase.hidden,
    'acceltran.layers-tiny': () => bertTiny.layers,
    'acceltran.heads-tiny': () => bertTiny.heads,
    'acceltran.layers-base': () => bertBase.layers,
    'acceltran.heads-base': () => bertBase.heads,
  },
  reasons: {
    'acceltran.mem-tiny-text': { kind: 'truncation', text: 'the elements give 52.88, as Table III prints' },
    'acceltran.fig1-ratio-tiny': {
      kind: 'rounding',
      text: 'the elements give 9.000; 71.9/8.0 of the rounded shares gives 8.99, truncated 8.98',
    },
  },
  errata: [UNIT_ERRATUM],
  figure: ({ shares }, marks) => ({
    description:
      'Shares of embeddings, weights and activations among all elements, in percent: bars are ours, crosses printed; panel a is BERT-Tiny, panel b BERT-Base. The text does not say whether the paper draws bars or pies.',
    title: legendLine('bars: ours; crosses: printed'),
    hconcat: MODEL_NAMES.map((name, index) => ({
      title: `(${'ab'[index]}) ${name}`,
      width: 210,
      height: 200,
      data: { values: withPrinted(shares, marks).filter(({ model }) => model === name) },
      encoding: {
        x: { field: 'part', type: 'nominal', sort: null, title: 'part', axis: { title: null, labelAngle: 0 } },
      },
      layer: barsAndCrosses(
        'y',
        { field: 'sharePercent', title: 'share of all elements [%]', scale: { domain: [0, 80] } },
        { printed: 'printedPercent' },
      ),
    })),
  }),
})

interface Share {
  readonly model: string
  readonly part: string
  readonly sharePercent: number
}

const percent = (rows: readonly Share[], model: ModelName, part: (typeof PARTS)[number]) =>
  rows.find((row) => row.model === model && row.part === part)?.sharePercent

function withPrinted(rows: readonly Share[], marks: readonly Mark[]) {
  return rows.map((row) => {
    const id = `acceltran.fig1-${row.model === 'BERT-Tiny' ? 'tiny' : 'base'}-${row.part}`
    return { ...row, printedPercent: printedAt(marks, id) }
  })
}

export default fig01
await main(import.meta, fig01)

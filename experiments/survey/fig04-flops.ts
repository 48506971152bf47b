#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase, bertLarge, COUNTING_CONSTANTS, gpt2 } from '../../lib/workload/mod.ts'
import {
  FLOPS_FIGURE_PARAMS,
  FLOPS_FIGURE_VARIANTS,
  figureWork,
  MODEL_KEYS,
  modelClaims,
  modelFigure,
  overModels,
  valuesOf,
} from './shared/model-sweep.ts'

/** "A similar number of FLOPs", read as within 10 %. */
const SIMILAR = 0.1

const fig04 = experiment({
  id: 'survey/fig04-flops',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 4',
  title: 'FLOPs of the BERT encoders and the GPT-2 decoder over sequence length',
  params: FLOPS_FIGURE_PARAMS,
  constants: COUNTING_CONSTANTS,
  variants: FLOPS_FIGURE_VARIANTS,
  schema: tables({ flops: { ...MODEL_KEYS, flops: { type: 'integer', unit: 'FLOP' } } }),
  run: ({ params }) => ({
    flops: overModels(params.seqLens, (model, seqLen) => ({ flops: figureWork(model, seqLen, params).flops })),
  }),
  claims: {
    ...modelClaims(
      'survey.fig4',
      (t: { flops: readonly { model: string; seqLen: number; flops: number }[] }) => t.flops,
      (row) => row.flops / 1e9,
    ),
    'survey.txt.gpt-fewer-flops': ({ flops }) => {
      const of = (model: typeof gpt2) => valuesOf(flops, model, (row) => row.flops)
      const decoder = of(gpt2)
      return [of(bertBase), of(bertLarge)].every((encoder) =>
        encoder.every((count, i) => (decoder[i] as number) < count),
      )
    },
    'survey.txt.bert-gpt-similar-flops': ({ flops }) => {
      const decoder = valuesOf(flops, gpt2, (row) => row.flops)
      return valuesOf(flops, bertBase, (row) => row.flops).every(
        (count, i) => Math.abs((decoder[i] as number) / count - 1) < SIMILAR,
      )
    },
  },
  reasons: {
    'survey.txt.bert-gpt-similar-flops': {
      kind: 'finding',
      text: 'holds within 10 % up to l=1024 only: the decoder sees half the context on average, so act-to-act work halves; 15 % fewer FLOPs at 2048, 24 % at 4096 (printed: 1012 against 1324)',
    },
  },
  figure: ({ flops }, marks) =>
    modelFigure(flops, marks, {
      title: 'FLOPs [10^9 FLOP]',
      prefix: 'survey.fig4',
      measure: (row) => row.flops / 1e9,
      logarithmic: true,
      description: 'FLOPs of one inference in 10^9, which grow faster than the length for all three networks.',
    }),
})

export default fig04
await main(import.meta, fig04)

#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase, COUNTING_CONSTANTS, gpt2 } from '../../lib/workload/mod.ts'
import {
  BYTES_FIGURE_PARAMS,
  BYTES_FIGURE_VARIANTS,
  figureWork,
  MODEL_KEYS,
  modelClaims,
  modelFigure,
  overModels,
  valuesOf,
} from './shared/model-sweep.ts'

/** "Far more memory operations", read as ten times. */
const FAR_MORE = 10

const fig05 = experiment({
  id: 'survey/fig05-bytes',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 5',
  title: 'Memory operations of the BERT encoders and the GPT-2 decoder over sequence length',
  params: BYTES_FIGURE_PARAMS,
  constants: COUNTING_CONSTANTS,
  variants: BYTES_FIGURE_VARIANTS,
  schema: tables({ bytes: { ...MODEL_KEYS, bytes: { type: 'integer', unit: 'byte' } } }),
  run: ({ params }) => ({
    bytes: overModels(params.seqLens, (model, seqLen) => ({ bytes: figureWork(model, seqLen, params).bytes })),
  }),
  claims: {
    ...modelClaims(
      'survey.fig5',
      (t: { bytes: readonly { model: string; seqLen: number; bytes: number }[] }) => t.bytes,
      (row) => row.bytes / 1e9,
    ),
    'survey.txt.gpt-more-mops': ({ bytes }) => {
      const decoder = valuesOf(bytes, gpt2, (row) => row.bytes)
      return valuesOf(bytes, bertBase, (row) => row.bytes).every(
        (count, i) => (decoder[i] as number) > FAR_MORE * count,
      )
    },
  },
  figure: ({ bytes }, marks) =>
    modelFigure(bytes, marks, {
      title: 'memory operations [10^9 byte]',
      prefix: 'survey.fig5',
      measure: (row) => row.bytes / 1e9,
      logarithmic: true,
      description: 'Memory operations of one inference in 10^9 bytes, far more for the GPT-2 decoder.',
    }),
})

export default fig05
await main(import.meta, fig05)

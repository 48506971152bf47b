#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { bertBase, bertLarge, COUNTING_CONSTANTS, gpt2, intensity } from '../../lib/workload/mod.ts'
import {
  BYTES_FIGURE_PARAMS,
  BYTES_FIGURE_VARIANTS,
  figureWork,
  MODEL_KEYS,
  modelClaims,
  modelFigure,
  overModels,
} from './shared/model-sweep.ts'

type IntensityRow = { readonly model: string; readonly seqLen: number; readonly intensity: number }
type IntensityTables = { readonly intensity: readonly IntensityRow[] }

const at = (model: { readonly name: string }, seqLen: number) => (t: IntensityTables) =>
  t.intensity.find((row) => row.model === model.name && row.seqLen === seqLen)?.intensity

/** The length of highest intensity, if the networks agree on it. */
function sharedPeak({ intensity: rows }: IntensityTables): number | undefined {
  const peaks = [bertBase, bertLarge].map(
    ({ name }) =>
      rows.filter((row) => row.model === name).reduce((best, row) => (row.intensity > best.intensity ? row : best))
        .seqLen,
  )
  return peaks[0] === peaks[1] ? peaks[0] : undefined
}

const fig06 = experiment({
  id: 'survey/fig06-intensity',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 6',
  title: 'Arithmetic intensity of the BERT encoders and the GPT-2 decoder over sequence length',
  params: BYTES_FIGURE_PARAMS,
  constants: COUNTING_CONSTANTS,
  variants: BYTES_FIGURE_VARIANTS,
  schema: tables({ intensity: { ...MODEL_KEYS, intensity: { type: 'number', unit: 'FLOP/byte' } } }),
  run: ({ params }) => ({
    intensity: overModels(params.seqLens, (model, seqLen) => ({
      intensity: intensity(figureWork(model, seqLen, params)),
    })),
  }),
  claims: {
    ...modelClaims(
      'survey.fig6',
      (t: IntensityTables) => t.intensity,
      (row) => row.intensity,
    ),
    'survey.txt.ai-peak': sharedPeak,
    'survey.txt.gpt-ops-per-param': at(gpt2, 128),
    'survey.txt.ideal-ai.l128': at(bertBase, 128),
    'survey.txt.ideal-ai.l512': at(bertBase, 512),
    'survey.txt.ideal-ai.l4096': at(bertBase, 4096),
  },
  reasons: {
    'survey.fig6.bert-large.l4096': { kind: 'truncation', text: '131.63, cut off' },
  },
  errata: [
    {
      where: 'Fig. 6, BERT-Base at l=4096',
      printed: '117',
      shouldBe: '118',
      arithmetic: 'Table 3 prints 117.96 and Sec. 3.3 says 118; the label is cut off',
      claims: ['survey.fig6.bert-base.l4096'],
    },
  ],
  figure: ({ intensity: rows }, marks) =>
    modelFigure(rows, marks, {
      title: 'arithmetic intensity [FLOP/byte]',
      prefix: 'survey.fig6',
      measure: (row) => row.intensity,
      logarithmic: false,
      description:
        'Arithmetic intensity in FLOP per byte: for the encoders it peaks at 512 tokens, for the GPT-2 decoder it is 2 throughout.',
    }),
})

export default fig06
await main(import.meta, fig06)

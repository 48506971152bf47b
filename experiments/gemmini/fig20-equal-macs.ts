#!/usr/bin/env -S npx tsx
import { REFERENCE_OPERATORS, REFERENCE_SEQ_LEN } from '../../lib/accelerators/gemmini/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { formatProblem, macsOfProblem, matmulProblem } from '../../lib/mapping/mod.ts'
import { bertBase } from '../../lib/workload/mod.ts'
import {
  DISTRIBUTION_COLUMNS,
  distributionFigure,
  distributionRows,
  MAP_SPACE_CONSTANTS,
  MAP_SPACE_PARAMS,
  SUMMARY_COLUMNS,
  similarDistributions,
  studyOperator,
  summaryRow,
} from './shared/map-space-study.ts'

const conv1 = REFERENCE_OPERATORS['conv7x7-64-s2']
const FFN_RATIO = bertBase.ffn / bertBase.hidden

const fig20 = experiment({
  id: 'gemmini/fig20-equal-macs',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 20',
  title: "Map spaces of BERT matmuls with as many MACs as ResNet-50's first convolution",
  params: {
    ...MAP_SPACE_PARAMS,
    outputSide: {
      type: 'integer',
      value: conv1.P,
      unit: 'element',
      source: { kind: 'derived', how: '224 inputs at stride 2 give 112 outputs (He et al., Table 1)' },
      description: "side of conv1's output, whose MACs the matmuls match",
    },
  },
  constants: MAP_SPACE_CONSTANTS,
  variants: {
    'as-published': {
      why: 'the printed matmuls match a conv1 of 56 x 56 outputs, the size after the pooling that follows it',
      set: { outputSide: 56 },
    },
    corrected: { why: 'conv1 has 112 x 112 outputs, four times the MACs', set: { outputSide: conv1.P } },
  },
  schema: tables({
    matched: {
      operator: { type: 'string', 'x-key': true },
      shape: { type: 'string' },
      macs: { type: 'integer', unit: 'MAC' },
      hidden: { type: ['integer', 'null'], unit: 'element', description: 'dimension that matches the MACs best' },
    },
    summary: SUMMARY_COLUMNS,
    distribution: DISTRIBUTION_COLUMNS,
  }),
  run({ params, rng }) {
    const conv = { ...conv1, P: params.outputSide, Q: params.outputSide }
    const perToken = macsOfProblem(conv) / REFERENCE_SEQ_LEN
    const square = Math.round(Math.sqrt(perToken))
    const narrow = Math.round(Math.sqrt(perToken / FFN_RATIO))
    const operators = [
      { name: 'conv1', problem: conv, hidden: null },
      {
        name: 'MHA projection',
        problem: matmulProblem({ m: REFERENCE_SEQ_LEN, k: square, n: square }),
        hidden: square,
      },
      {
        name: 'FFN W_1',
        problem: matmulProblem({ m: REFERENCE_SEQ_LEN, k: narrow, n: FFN_RATIO * narrow }),
        hidden: narrow,
      },
    ]
    const studies = operators.map((operator) => ({
      ...operator,
      study: studyOperator(operator.problem, params, { rng }),
    }))
    return {
      matched: operators.map(({ name, problem, hidden }) => ({
        operator: name,
        shape: formatProblem(problem),
        macs: macsOfProblem(problem),
        hidden,
      })),
      summary: studies.map(({ name, problem, study }) => ({
        ...summaryRow(name, problem, study, params.energyTable),
        network: name === 'conv1' ? ('ResNet-50' as const) : ('BERT' as const),
      })),
      distribution: studies.flatMap(({ name, study }) =>
        Object.values(study.edp).flatMap((edp) => distributionRows(name, edp)),
      ),
    }
  },
  claims: {
    'survey.mapspace-matched-mha-dim': ({ matched }) => hiddenOf(matched, 'MHA projection'),
    'survey.mapspace-matched-ffn-dim': ({ matched }) => hiddenOf(matched, 'FFN W_1'),
    'survey.mapspace-matched-shapes': ({ matched }) => {
      const [mhaDim, ffnDim] = [hiddenOf(matched, 'MHA projection'), hiddenOf(matched, 'FFN W_1')]
      return mhaDim === 240 && ffnDim !== undefined && FFN_RATIO * ffnDim === 480 && ffnDim === 120
    },
    'survey.mapspace-matched-similar': ({ summary }) =>
      similarDistributions(
        summary.filter((row) => row.network === 'BERT'),
        summary.filter((row) => row.network !== 'BERT'),
      ),
  },
  errata: [
    {
      where: 'Sec. 5.5.1 and Fig. 20, matched dimensions',
      printed: '240 and 120',
      shouldBe: '480 and 240',
      arithmetic:
        'conv1: 7 x 7 x 3 x 64 x 112 x 112 = 118.0 M MACs; 512 x 240 x 240 = 29.5 M = 7 x 7 x 3 x 64 x 56 x 56',
    },
  ],
  figure: ({ distribution, matched }) =>
    distributionFigure(
      matched
        .filter(({ operator }) => operator !== 'conv1')
        .map(({ operator }) => ({
          title: `conv1 and ${operator}`,
          rows: distribution.filter((row) => row.operator === 'conv1' || row.operator === operator),
        })),
      "Distributions of random mappings over their energy-delay product relative to the best found, on a logarithmic axis: percent of the mappings in each bin of a quarter of a decade, as stepped lines, for ResNet-50's first convolution (conv1) beside each of the BERT matmuls with as many MACs. The paper prints no numbers at its distributions.",
    ),
})

function hiddenOf(
  rows: readonly { readonly operator: string; readonly hidden: number | null }[],
  operator: string,
): number | undefined {
  return rows.find((row) => row.operator === operator)?.hidden ?? undefined
}

export default fig20
await main(import.meta, fig20)

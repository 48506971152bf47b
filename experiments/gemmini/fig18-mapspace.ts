#!/usr/bin/env -S npx tsx
import { REFERENCE_SEQ_LEN } from '../../lib/accelerators/gemmini/mod.ts'
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import { DIMS, mapSpace, mapSpaceSize, matmulProblem, type Problem } from '../../lib/mapping/mod.ts'
import { bertBase, layerOperators, RESNET50_STAGES, RESNET50_STEM } from '../../lib/workload/mod.ts'
import {
  DISTRIBUTION_COLUMNS,
  distributionFigure,
  distributionRows,
  MAP_SPACE_CONSTANTS,
  MAP_SPACE_PARAMS,
  networkOf,
  OPERATOR_ROWS,
  SUMMARY_COLUMNS,
  similarDistributions,
  studiedMachine,
  studyOperator,
  summaryRow,
} from './shared/map-space-study.ts'

/** Loops of a problem that are no batch, and longer than 1. */
const loopsOf = (problem: Problem) => DIMS.filter((dim) => dim !== 'N' && problem[dim] > 1).length

const fig18 = experiment({
  id: 'gemmini/fig18-mapspace',
  version: '1.0.0',
  paper: 'survey',
  item: 'Fig. 18',
  title: 'Energy-delay products of random mappings of BERT matmuls and ResNet-50 convolutions',
  params: MAP_SPACE_PARAMS,
  constants: MAP_SPACE_CONSTANTS,
  schema: tables({
    summary: {
      ...SUMMARY_COLUMNS,
      loops: { type: 'integer', unit: 'loop', description: 'batch excluded' },
    },
    distribution: DISTRIBUTION_COLUMNS,
    sizes: {
      matmul: { type: 'string', 'x-key': true, description: 'of an attention layer' },
      repeats: { type: 'integer', unit: '1' },
      tilings: { type: 'number', unit: 'mapping', description: 'tile factors, spatial ones included' },
      mappings: { type: 'number', unit: 'mapping', description: 'with loop orders, of the unconstrained space' },
    },
  }),
  run({ params, rng }) {
    const studies = OPERATOR_ROWS.map(([name, problem]) => ({
      name,
      problem,
      study: studyOperator(problem, params, { rng }),
    }))
    const { hierarchy } = studiedMachine(params)
    return {
      summary: studies.map(({ name, problem, study }) => ({
        ...summaryRow(name, problem, study, params.energyTable),
        loops: loopsOf(problem),
      })),
      distribution: studies.flatMap(({ name, study }) =>
        Object.values(study.edp).flatMap((edp) => distributionRows(name, edp)),
      ),
      sizes: layerOperators(bertBase, { tokens: REFERENCE_SEQ_LEN, context: REFERENCE_SEQ_LEN }).flatMap((op) => {
        if (op.kind !== 'matmul' || op.group === 'ffn-projections') return []
        const { tilings, mappings } = mapSpaceSize(matmulProblem(op), mapSpace('random'), hierarchy)
        return [{ matmul: op.name, repeats: op.repeats, tilings, mappings }]
      }),
    }
  },
  claims: {
    'survey.mapspace-edp-range': ({ summary }) => Math.max(...summary.map((row) => row.spreadDecades)),
    'survey.txt.sched-spread': {
      predict: ({ summary }) => Math.max(...summary.map((row) => row.maxOverMin)),
      trendAround: 1,
    },
    'survey.mapspace-similar': ({ summary }) =>
      similarDistributions(
        summary.filter((row) => row.network === 'BERT'),
        summary.filter((row) => row.network !== 'BERT'),
      ),
    'survey.mapspace-size': ({ sizes }) => sizes.reduce((product, row) => product * row.mappings, 1),
    'survey.mapspace-samples': (_, p) => p.samples,
    'survey.mapspace-seq-len': () => REFERENCE_SEQ_LEN,
    'survey.mapspace-loop-counts': ({ summary }) =>
      summary.every((row) => row.loops === (row.network === 'BERT' ? 3 : row.operator.startsWith('conv1x1') ? 4 : 6)),
    'survey.txt.sched-loops': ({ summary }) => summary.find((row) => row.network === 'BERT')?.loops,
    'survey.txt.conv-loops': ({ summary }) => Math.max(...summary.map((row) => row.loops)),
    'survey.mapspace-conv1-kernel': () => {
      const stem = OPERATOR_ROWS.find(([name]) => name === 'conv7x7-64-s2')?.[1]
      return stem?.R === 7 && stem.S === 7 && stem.K === 64 && stem.stride === 2
    },
    'survey.mapspace-ops': () =>
      OPERATOR_ROWS.map(([name]) => name).join() ===
        'q-projection,ffn-w1,conv7x7-64-s2,conv3x3-512,conv1x1-512,conv1x1-2048' &&
      OPERATOR_ROWS.every(
        ([name, problem]) => networkOf(name) === 'BERT' || name === 'conv7x7-64-s2' || problem.P === 7,
      ),
    'survey.fig28.blocks': () =>
      RESNET50_STAGES.map((stage) => stage.blocks).join() === '3,4,6,3' &&
      RESNET50_STEM.kernel === 7 &&
      RESNET50_STEM.stride === 2 &&
      RESNET50_STEM.channels === 64,
    'survey.txt.linear-ops': ({ sizes }) => sizes.length,
    'survey.txt.ffn-ratio': () => bertBase.ffn / bertBase.hidden,
    'survey.txt.max-seq': () => REFERENCE_SEQ_LEN,
  },
  reasons: {
    'survey.mapspace-edp-range': {
      kind: 'finding',
      text: '3.9 to 4.5 decades by operator, so "four" to the nearest decade for four of the six; the matmuls have 4.5, 4.4 under LPDDR4 energies',
    },
    'survey.txt.sched-spread': {
      kind: 'finding',
      text: 'the same statement as a ratio: 2e4 for convolutions, 3.5e4 for matmuls',
    },
    'survey.mapspace-size': {
      kind: 'finding',
      text: 'holds for the product over the six matmuls of the layer, whose mappings are chosen independently; one projection alone has 3.7e9 where only C and K may be unrolled',
    },
  },
  headlines: {
    'survey.mapspace-edp-range':
      '3.9 to 4.5 decades by operator, 100,000 random mappings each; the paper names neither map space nor energies',
  },
  figure: ({ distribution }) =>
    distributionFigure(
      (['BERT', 'ResNet-50'] as const).map((network) => ({
        title: network,
        rows: distribution.filter((row) => networkOf(row.operator) === network),
      })),
      'Distributions of random mappings over their energy-delay product relative to the best found, on a logarithmic axis: percent of the mappings in each bin of a quarter of a decade, as stepped lines, for BERT matmuls on the left and ResNet-50 convolutions (kernel, output channels) on the right. The paper prints no numbers at its distributions.',
    ),
})

export default fig18
await main(import.meta, fig18)

#!/usr/bin/env -S npx tsx
import {
  dynatranPrune,
  meanCurve,
  profileThresholds,
  prunedBuffer,
  type ThresholdCurve,
  thresholdFor,
  topKPrune,
} from '../../lib/accelerators/acceltran/mod.ts'
import { experiment, main, shapedLines, tables } from '../../lib/harness/mod.ts'
import { normalSample, type Rng } from '../../lib/numeric/mod.ts'
import { attentionProbabilities } from './shared/attention-rows.ts'
import { acceltran } from './shared/paper.ts'
import { MATRICES_PARAM, type NamedMatrix, readMatrices } from './shared/user-matrices.ts'

/** The curve that stands for all matrices. */
const MEAN = 'geometric mean'

const dynatran = experiment({
  id: 'acceltran/sec3a-dynatran',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Sec. III-A',
  title: 'DynaTran on real matrices: profiled curves, the threshold calculator, and top-k beside it',
  params: {
    ...MATRICES_PARAM,
    tokens: {
      type: 'integer',
      value: 128,
      max: 1024,
      unit: 'token',
      source: { kind: 'assumed', why: 'a short sequence', range: '16 to 512' },
      description: 'rows and columns of the seeded matrices',
    },
    thresholds: {
      type: 'number',
      value: [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
      min: 0,
      distinct: true,
      unit: '1',
      source: acceltran(
        'Sec. V-A: from 0 to 0.1; beyond it, to reach high sparsities of matrices that are not probabilities',
      ),
      description: 'thresholds tau that are profiled, ascending',
    },
    sparsities: {
      type: 'number',
      value: [0.1, 0.3, 0.5, 0.7, 0.9],
      min: 0,
      max: 1,
      distinct: true,
      unit: '1',
      source: { kind: 'assumed', why: 'to try the calculator', range: '0 to 1' },
      description: 'sparsities rho that the threshold calculator is asked for',
    },
    interpolate: {
      type: 'boolean',
      value: false,
      unit: 'switch',
      source: acceltran('Sec. III-A: a simple look-up'),
      description:
        'the calculator takes the curve as straight between the profiled thresholds; else: it looks up one of them',
    },
    k: {
      type: 'integer',
      value: [1, 4, 16, 64],
      distinct: true,
      unit: '1',
      source: acceltran('Sec. V-A: powers of two'),
      description: 'elements that top-k keeps in a row',
    },
  },
  schema: tables({
    curves: {
      matrix: { type: 'string', 'x-key': true, description: `or the ${MEAN} of all` },
      threshold: { type: 'number', unit: '1', 'x-key': true },
      sparsity: { type: 'number', unit: '1' },
    },
    calculator: {
      wantedSparsity: { type: 'number', unit: '1', 'x-key': true },
      threshold: { type: ['number', 'null'], unit: '1', description: `from the ${MEAN}; none if it never gets there` },
      matrix: { type: 'string', 'x-key': true },
      sparsity: { type: ['number', 'null'], unit: '1', description: 'of the matrix pruned at this threshold' },
      comparisons: { type: ['integer', 'null'], unit: '1' },
    },
    topK: {
      matrix: { type: 'string', 'x-key': true },
      k: { type: 'integer', unit: '1', 'x-key': true },
      sparsity: { type: 'number', unit: '1' },
      comparisons: { type: 'integer', unit: '1', description: 'quick-select' },
      overDynatran: { type: 'number', unit: '1', description: "comparisons over DynaTran's" },
    },
  }),
  run({ params, rng, files }) {
    const matrices = readMatrices(params, files) ?? seeded(params.tokens, rng)
    if (matrices.some(({ name }) => name === MEAN)) {
      throw new RangeError(`Cannot profile matrices: a name must not be that of the curve of all, got "${MEAN}"`)
    }
    const thresholds = [...params.thresholds].sort((a, b) => a - b)
    const curves = matrices.map(({ name, values }) => ({ name, curve: profileThresholds([values], thresholds) }))
    const mean = meanCurve(curves.map(({ curve }) => curve))
    const prunedAt = (matrix: NamedMatrix, threshold: number) =>
      dynatranPrune(matrix.values, threshold, prunedBuffer(matrix.values))
    return {
      curves: [...curves, { name: MEAN, curve: mean }].flatMap(({ name, curve }) =>
        curve.thresholdsTau.map((threshold, i) => ({
          matrix: name,
          threshold,
          sparsity: curve.sparsities[i] as number,
        })),
      ),
      calculator: params.sparsities.flatMap((wantedSparsity) => {
        const threshold = reaches(mean, wantedSparsity)
          ? thresholdFor(mean, wantedSparsity, { interpolate: params.interpolate })
          : null
        return matrices.map((matrix) => {
          const row = { wantedSparsity, threshold, matrix: matrix.name }
          if (threshold === null) return { ...row, sparsity: null, comparisons: null }
          const { zeros, comparisons } = prunedAt(matrix, threshold)
          return { ...row, sparsity: zeros / matrix.values.length, comparisons }
        })
      }),
      topK: matrices.flatMap(({ name, columns, values }) =>
        params.k.map((k) => {
          const pruned = topKPrune(values, { columns, k, into: prunedBuffer(values) })
          return {
            matrix: name,
            k,
            sparsity: pruned.zeros / values.length,
            comparisons: pruned.comparisons,
            overDynatran: pruned.comparisons / values.length,
          }
        }),
      ),
    }
  },
  claims: {},
  figure: ({ curves }) => ({
    description:
      'Share of zeros that DynaTran makes of each matrix over its threshold, on an axis that is linear to 0.001 and logarithmic beyond: one curve for each matrix and one for the geometric mean of all, which the threshold calculator looks up. The paper prints no such values.',
    width: 420,
    height: 230,
    data: { values: curves },
    encoding: {
      x: {
        field: 'threshold',
        type: 'quantitative',
        scale: { type: 'symlog', constant: 0.001 },
        title: 'threshold tau',
        axis: { values: [0, 0.001, 0.01, 0.1, 1], format: '~g' },
      },
      y: { field: 'sparsity', type: 'quantitative', scale: { domain: [0, 1] }, title: 'sparsity [1]' },
    },
    ...shapedLines('matrix', { title: 'matrix', legend: { labelLimit: 200 } }),
  }),
})

const reaches = ({ sparsities }: ThresholdCurve, wanted: number) => (sparsities.at(-1) ?? 0) >= wanted

/** Matrices as an encoder has them: probabilities of attention, and activations around zero. */
function seeded(tokens: number, rng: Rng): NamedMatrix[] {
  return [
    {
      name: 'probabilities',
      columns: tokens,
      values: Float64Array.from(attentionProbabilities(tokens, 2, rng)),
    },
    {
      name: 'activations',
      columns: tokens,
      values: Float64Array.from({ length: tokens * tokens }, () => normalSample(rng)),
    },
  ]
}

export default dynatran
await main(import.meta, dynatran)

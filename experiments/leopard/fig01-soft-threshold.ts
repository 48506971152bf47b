#!/usr/bin/env -S npx tsx
import { along, experiment, type FigureSpec, main, type Param, tables } from '../../lib/harness/mod.ts'
import { keptSurrogate, type Slopes, type SoftThreshold, softThreshold } from '../../lib/training/mod.ts'
import { transformers } from '../../lib/workload/mod.ts'
import { PRUNING_PARAMS, softConstants } from './shared/memn2n-recipe.ts'
import { leopard } from './shared/paper.ts'

const CURVE_PARAMS = {
  clipMagnitude: PRUNING_PARAMS.clipMagnitude,
  sharpness: PRUNING_PARAMS.sharpness,
  countSharpness: PRUNING_PARAMS.countSharpness,
  countOffset: PRUNING_PARAMS.countOffset,
  threshold: {
    type: 'number',
    value: 1,
    min: -1000,
    max: 1000,
    unit: '1',
    source: { kind: 'assumed', why: 'the figure names no number', range: 'any' },
    description: 'Th',
  },
  reach: {
    type: 'number',
    value: 1,
    max: 1000,
    unit: '1',
    source: { kind: 'assumed', why: 'shows the step and both sides of it', range: '0.5 to 5' },
    description: 'how far from the threshold the curves are drawn',
  },
  points: {
    type: 'integer',
    value: 81,
    min: 3,
    max: 100_001,
    unit: '1',
    source: { kind: 'assumed', why: 'enough for the eye', range: '3 to 100001' },
    description: 'points of the curves',
  },
} as const satisfies Record<string, Param>

const fig01 = experiment({
  id: 'leopard/fig01-soft-threshold',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 1',
  title: 'Pruning by an ideal and by a soft threshold, and the surrogate that counts what is kept',
  params: CURVE_PARAMS,
  constants: {
    firstThreshold: { value: 0, unit: '1', source: leopard('Sec. 3.1') },
    layersOfBertLarge: { value: bertLargeLayers(), unit: 'layer', source: leopard('Sec. 3.1') },
  },
  schema: tables({
    curves: {
      score: { type: 'number', unit: '1', 'x-key': true },
      ideal: { type: 'number', unit: '1', description: 'Fig. 1a: the score, or -c below the threshold' },
      soft: { type: 'number', unit: '1', description: 'Eq. 6' },
      byScore: { type: 'number', unit: '1', description: 'slope of Eq. 6 in the score' },
      byThreshold: { type: 'number', unit: '1', description: 'slope of Eq. 6 in the threshold' },
      counted: { type: 'number', unit: '1', description: 'Eq. 8b: 1 where the score counts as kept' },
      countedByThreshold: { type: 'number', unit: '1', description: 'slope of Eq. 8b in the threshold' },
    },
    distances: {
      what: { type: 'string', 'x-key': true },
      distance: { type: 'number', unit: '1', description: 'score minus threshold' },
    },
    at: {
      distance: { type: 'number', unit: '1', 'x-key': true, description: 'score minus threshold' },
      deviationPercent: {
        type: ['number', 'null'],
        unit: '%',
        description: 'of the soft from the ideal threshold; none where the ideal one gives 0',
      },
      counted: { type: 'number', unit: '1' },
    },
  }),
  run({ params }) {
    const { threshold, reach, points } = params
    const constants = softConstants(params)
    const { clip, sharpness, countSharpness, countOffset } = constants
    // Solved for the score: c tanh(s (x - Th)) + c - alpha = logit / k.
    const counts = (share: number) => {
      const logit = Math.log(share / (1 - share))
      return Math.atanh((countOffset + logit / countSharpness - clip) / clip) / sharpness
    }
    const distances = [
      ['within 1 % of the score from here on', Math.atanh(0.99) / sharpness],
      ['within 0.1 % of the score from here on', Math.atanh(0.999) / sharpness],
      ['within 1 % of -c up to here', -Math.atanh(0.99) / sharpness],
      ...(countOffset < clip
        ? ([
            ['counts as kept by 1 % from here on', counts(0.01)],
            ['counts as kept by half from here on', counts(0.5)],
            ['counts as kept by 99 % from here on', counts(0.99)],
          ] as const)
        : []),
    ] as const
    return {
      curves: Array.from({ length: points }, (_, i) => {
        const score = threshold + reach * ((2 * i) / (points - 1) - 1)
        const { soft, kept } = evaluate(score, threshold, constants)
        return {
          score,
          ideal: score >= threshold ? score : -clip,
          soft: soft.value,
          byScore: soft.byScore,
          byThreshold: soft.byThreshold,
          counted: kept.value,
          countedByThreshold: kept.byThreshold,
        }
      }),
      distances: distances
        .filter(([, distance]) => Number.isFinite(distance))
        .map(([what, distance]) => ({ what, distance })),
      at: [-0.5, -0.38, -0.3, -0.1, -0.01, 0, 0.01, 0.1, 0.3, 0.5].map((distance) => {
        const score = threshold + distance
        const ideal = score >= threshold ? score : -clip
        const { soft, kept } = evaluate(score, threshold, constants)
        return {
          distance,
          deviationPercent: ideal === 0 ? null : 100 * Math.abs(soft.value / ideal - 1),
          counted: kept.value,
        }
      }),
    }
  },
  claims: {
    'leopard.fig1-identity': ({ at }) =>
      at
        .filter(({ distance }) => Math.abs(distance) >= 0.3)
        .every(({ deviationPercent }) => (deviationPercent ?? 0) < 1),
    'leopard.alg-c': (_, p) => p.clipMagnitude,
    'leopard.alg-s': (_, p) => p.sharpness,
    'leopard.alg-k': (_, p) => p.countSharpness,
    'leopard.alg-alpha': (_, p) => p.countOffset,
    'leopard.alg-th-init': { assumption: 'learnThresholds(): every threshold starts at 0' },
    'leopard.alg-ft-epochs': () => PRUNING_PARAMS.pruningEpochs.value,
    'leopard.alg-bertl-layers': () => bertLargeLayers(),
  },
  errata: [
    {
      where: 'Eq. 8b against Eq. 6 and Sec. 4',
      printed: 'the sigmoid is one for unpruned and zero for pruned scores',
      shouldBe: 'undecided',
      arithmetic:
        'Eq. 8b steps where c tanh(s (x - Th)) = -c + alpha, at x = Th - atanh(1 - 1/1000)/10 = Th - 0.380, in a window 0.005 wide: scores from Th - 0.38 to Th are pruned by the hardware and counted as kept, and only those in the window pull the threshold',
    },
  ],
  figure: ({ curves }) => {
    const panel = (field: string, [title, says]: readonly [string, string], y: FigureSpec) => ({
      width: 180,
      height: 190,
      title,
      data: { values: curves },
      mark: { type: 'line' },
      encoding: {
        x: along('score', 'score [1]', { scale: { zero: false }, axis: { tickCount: 5 } }),
        y: along(field, says, y),
        description: { value: `${title}: ${says} over the score` },
      },
    })
    const pruned = {
      scale: { type: 'symlog', domain: [-1000, 10], nice: false },
      axis: { values: [-1000, -100, -10, 0, 10] },
    }
    return {
      description:
        'What becomes of an attention score around a threshold: (a) by ideal pruning it stays or becomes -c, (b) by the soft threshold of Eq. 6 the step is a slope; the axis is logarithmic on both sides of 0. To the right, how far Eq. 8b counts it as kept, which is not in the figure of the paper. The paper draws (a) and (b) without numbers.',
      spacing: 30,
      hconcat: [
        panel('ideal', ['(a) ideal', 'pruned score [1]'], pruned),
        panel('soft', ['(b) soft threshold', 'pruned score [1]'], pruned),
        panel('counted', ['Eq. 8b', 'counted as kept [1]'], {}),
      ],
    }
  },
})

function bertLargeLayers(): number {
  return transformers.find(({ name }) => name === 'BERT-Large')?.layers ?? Number.NaN
}

function evaluate(score: number, threshold: number, constants: SoftThreshold): { soft: Slopes; kept: Slopes } {
  const soft = { value: 0, byScore: 0, byThreshold: 0 }
  const kept = { value: 0, byScore: 0, byThreshold: 0 }
  softThreshold(score, threshold, constants, soft)
  keptSurrogate(soft, constants, kept)
  return { soft, kept }
}

export default fig01
await main(import.meta, fig01)

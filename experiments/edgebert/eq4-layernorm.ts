#!/usr/bin/env -S npx tsx
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { layerNorm, moments, normalSample, powerOfTwo } from '../../lib/numeric/mod.ts'
import { edgebert } from './shared/tasks.ts'

/** Two evaluations of a normalised element agree to this much. */
const AGREE = 1e-9

const eq4 = experiment({
  id: 'edgebert/eq4-layernorm',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Eq. 4',
  title: 'Layer normalisation with the variance in one pass, in double precision and in narrow sums',
  params: {
    width: {
      type: 'integer',
      value: 768,
      min: 2,
      max: 100_000,
      unit: 'element',
      source: edgebert('Sec. 2.2'),
      description: 'elements normalised together',
    },
    inputBits: {
      type: 'integer',
      value: 16,
      max: 52,
      unit: 'bit',
      source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 hw/cmod: 16-bit activations' },
      description: 'width of an element',
    },
    fractionBits: {
      type: 'integer',
      value: 10,
      max: 40,
      unit: 'bit',
      source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 hw/cmod Spec.h: kActNumFrac' },
      description: 'bits of it below the point, in sums too',
    },
    sumBits: {
      type: 'integer',
      value: [20, 24, 32],
      max: 52,
      unit: 'bit',
      source: {
        kind: 'public',
        which:
          'harvard-acc/EdgeBERT 1249ed7 hw/cmod Spec.h: kLayerNormSumWidth is 20; the paper accumulates in 32 (Sec. 7.3)',
      },
      description: 'widths of the running sums',
    },
    deviations: {
      type: 'number',
      value: [0.25, 0.5, 0.8, 1, 2, 4],
      unit: '1',
      source: { kind: 'assumed', why: 'residual streams of trained encoders lie around 1', range: '0.1 to 10' },
      min: 1e-6,
      max: 1e6,
      description: 'standard deviations of the vectors',
    },
  },
  schema: tables({
    identity: {
      deviation: { type: 'number', unit: '1', 'x-key': true },
      onePassVariance: { type: 'number', unit: '1' },
      twoPassVariance: { type: 'number', unit: '1' },
      agrees: { type: 'boolean', description: `every element is the normalised one, to ${AGREE}` },
    },
    widths: {
      sumBits: { type: 'integer', unit: 'bit', 'x-key': true },
      deviation: { type: 'number', unit: '1', 'x-key': true },
      variance: { type: 'number', unit: '1', description: 'in double precision' },
      fixedVariance: { type: 'number', unit: '1', description: 'as the sums leave it' },
      usable: { type: 'boolean', description: 'within a tenth of the variance' },
      largestSafeDeviation: { type: 'number', unit: '1', description: 'beyond it the sum of squares wraps' },
    },
  }),
  run({ params, rng }) {
    const { width, fractionBits, inputBits, deviations } = params
    if (fractionBits >= inputBits) {
      throw new RangeError(`Cannot normalise: fractionBits must be below inputBits, ${inputBits}, got ${fractionBits}`)
    }
    const drawn = Float64Array.from({ length: width }, () => normalSample(rng))
    const { mean: shift, variance: spread } = moments(drawn)
    // Of deviation 1 exactly, so that a column says what it is of.
    const unit = drawn.map((x) => (x - shift) / Math.sqrt(spread))
    const vectors = [...new Set(deviations)].map((deviation) => ({ deviation, values: unit.map((x) => deviation * x) }))
    const ones = new Float64Array(width).fill(1)
    const affine = { gamma: ones, beta: new Float64Array(width) }
    return {
      identity: vectors.map(({ deviation, values }) => {
        const mean = values.reduce((sum, x) => sum + x, 0) / width
        const variance = values.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / width
        const ours = layerNorm(values, affine)
        const largestDifference = values.reduce(
          (worst, x, i) => Math.max(worst, Math.abs((x - mean) / Math.sqrt(variance) - (ours[i] as number))),
          0,
        )
        return {
          deviation,
          onePassVariance: moments(values).variance,
          twoPassVariance: variance,
          agrees: largestDifference < AGREE,
        }
      }),
      widths: [...new Set(params.sumBits)].flatMap((sumBits) =>
        vectors.map(({ deviation, values }) => {
          if (fractionBits >= sumBits) {
            throw new RangeError(
              `Cannot normalise: fractionBits must be below sumBits, ${sumBits}, got ${fractionBits}`,
            )
          }
          const widths = { input: { bits: inputBits, fractionBits }, sum: { bits: sumBits, fractionBits } }
          const { variance } = moments(values)
          const fixedVariance = moments(values, widths).variance
          const largestSum = powerOfTwo(sumBits - 1 - fractionBits)
          return {
            sumBits,
            deviation,
            variance,
            fixedVariance,
            usable: Math.abs(fixedVariance - variance) <= variance / 10,
            largestSafeDeviation: Math.sqrt(largestSum / width),
          }
        }),
      ),
    }
  },
  claims: {
    'edgebert.eq4': ({ identity }) => identity.every(({ agrees }) => agrees),
  },
  errata: [
    {
      where: 'Eq. 4 in the released widths',
      printed: 'Var[X] = E[X^2] - E[X]^2',
      shouldBe: 'undecided',
      arithmetic:
        '768 squares of mean 1 add to 768, a 20-bit sum with 10 bits of fraction ends at 512: the variance of a vector of deviation 1 becomes -0.33. Eq. 4 has no epsilon either',
    },
  ],
  figure: ({ widths }) => ({
    description:
      'Variance that sums of so many bits leave, over the true one, for vectors of several standard deviations: 1, the line, is right, and a bar at or below 0 is a sum that wrapped. The paper prints no such numbers.',
    width: 460,
    height: 220,
    layer: [
      {
        data: { values: widths.map((row) => ({ ...row, ratio: row.fixedVariance / row.variance })) },
        mark: 'bar',
        encoding: {
          x: {
            field: 'deviation',
            type: 'ordinal',
            title: 'standard deviation of the vector [1]',
            axis: { labelAngle: 0 },
          },
          xOffset: { field: 'sumBits', title: 'width of the sum [bit]' },
          y: along('ratio', ['variance over', 'the true one [1]'], { scale: { domain: [-0.4, 1.2] } }),
          color: { field: 'sumBits', type: 'nominal', title: 'width of the sum [bit]', legend: { titleLimit: 250 } },
        },
      },
      {
        data: { values: [{}] },
        mark: { type: 'rule', strokeDash: [4, 3], aria: false },
        encoding: { y: { datum: 1 } },
      },
    ],
  }),
})

export default eq4
await main(import.meta, eq4)

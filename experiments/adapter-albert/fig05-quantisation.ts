#!/usr/bin/env -S npx tsx
import { experiment, main, shapedLines, tables } from '../../lib/harness/mod.ts'
import {
  bitmaskBytes,
  type FormatRange,
  forkRng,
  formatRange,
  type NumberFormat,
  roundToFormat,
} from '../../lib/numeric/mod.ts'
import { backboneOf } from './shared/capacity-study.ts'
import { ENCODER_PARAMS, encoderFrom } from './shared/encoder-params.ts'
import { formatsOf } from './shared/formats.ts'
import { QUANTISATION_PARAMS } from './shared/quantisation-params.ts'
import {
  checkDegrees,
  magnitudeQuantile,
  magnitudeTail,
  syntheticWeights,
  type WeightModel,
} from './shared/synthetic-weights.ts'

const MIB = 1024 * 1024
/** Weights that may be drawn and rounded in all: a quarter of a minute. */
const MAX_ROUNDED = 2e8
const ACCURACY = 'needs the six fine-tuned adapter-ALBERTs on the CSP-all backbone and GLUE'

const quantisation = experiment({
  id: 'adapter-albert/fig05-quantisation',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Fig. 5',
  title: 'What number formats do to pruned weights: saturation, flushing to zero, noise and footprint, not accuracy',
  params: { ...QUANTISATION_PARAMS, ...ENCODER_PARAMS },
  schema: tables({
    formats: {
      format: { type: 'string', 'x-key': true },
      bits: { type: 'integer', unit: 'bit' },
      min: { type: ['number', 'null'], unit: '1', description: 'none for floating point, as in the next four' },
      max: { type: ['number', 'null'], unit: '1' },
      step: { type: ['number', 'null'], unit: '1' },
      flushBelow: { type: ['number', 'null'], unit: '1', description: 'smaller magnitudes are rounded to zero' },
      flushSigma: {
        type: ['number', 'null'],
        unit: '1',
        description: 'deviation below which flushing makes zeros of Gaussian weights that pruning left, if it took any',
      },
      denseMib: { type: 'number', unit: 'MiB', description: 'the backbone unpruned, without a mask' },
      valueMib: { type: 'number', unit: 'MiB', description: 'non-zero values of the pruned backbone' },
      maskMib: { type: 'number', unit: 'MiB' },
      totalMib: { type: 'number', unit: 'MiB' },
      overFp32: { type: 'number', unit: '1', description: 'total of FP32, pruned as well, over this total' },
    },
    weights: {
      format: { type: 'string', 'x-key': true, description: 'fixed point; to FP32 the weights are exact' },
      degrees: { type: 'integer', unit: '1', 'x-key': true, description: '0 is a Gaussian' },
      sigma: { type: 'number', unit: '1', 'x-key': true },
      saturatedPercent: { type: 'number', unit: '%', description: 'of the weights left by pruning, closed form' },
      saturatedSampled: { type: 'number', unit: '%', description: 'the same among the random weights' },
      flushedPercent: { type: 'number', unit: '%', description: 'of the weights left by pruning, closed form' },
      flushedSampled: { type: 'number', unit: '%', description: 'the same among the random weights' },
      sqnrDb: {
        type: ['number', 'null'],
        unit: 'dB',
        description: 'power of the random weights over that of their rounding errors; hangs on few where few saturate',
      },
      sparsityPercent: { type: 'number', unit: '%', description: 'zeros after pruning and flushing' },
      addedPoints: { type: 'number', unit: '% points', description: 'zeros that flushing adds' },
      totalMib: { type: 'number', unit: 'MiB', description: 'values and mask of the backbone with these zeros' },
      savedPercent: { type: 'number', unit: '%', description: 'less than without flushing' },
    },
  }),
  run({ params, rng }) {
    const { sparsity, sigmas, degrees: shapes } = params
    const formats = formatsOf(params.formats)
    // The weights are numbers of single precision, to which that format does nothing.
    const fixedPoint = formats.filter((format) => format.fixedPoint)
    for (const degrees of shapes) checkDegrees(degrees)
    // Drawing them costs as much as rounding them.
    const rounded = params.elements * (1 + fixedPoint.length * sigmas.length) * shapes.length
    if (rounded > MAX_ROUNDED) {
      throw new RangeError(
        `Cannot round weights: elements x degrees x (1 + formats x sigmas) must be at most ${MAX_ROUNDED}, got ${rounded}`,
      )
    }
    const { stored: backbone } = backboneOf(encoderFrom(params))
    const footprint = (bits: number, zeros: number) => {
      const nonZeros = Math.round((1 - zeros) * backbone)
      const { valueBytes, maskBytes, totalBytes } = bitmaskBytes({ elements: backbone, nonZeros, valueBits: bits })
      return { valueMib: valueBytes / MIB, maskMib: maskBytes / MIB, totalMib: totalBytes / MIB }
    }
    // Where pruning cuts Gaussian weights of unit deviation.
    const cut = magnitudeQuantile(sparsity, { sigma: 1, degrees: 0 })
    const samples = shapes.map((degrees) => {
      const unit = syntheticWeights(params.elements, { sigma: 1, degrees, sparsity }, forkRng(rng))
      return { degrees, unit: unit.filter((x) => x !== 0) }
    })
    return {
      formats: formats.map((format) => {
        const { name, bits } = format
        const range = formatRange(format)
        const own = footprint(bits, sparsity)
        return {
          format: name,
          bits,
          min: range?.min ?? null,
          max: range?.max ?? null,
          step: range?.step ?? null,
          flushBelow: range?.flushBelow ?? null,
          flushSigma: range && sparsity > 0 ? range.flushBelow / cut : null,
          denseMib: (backbone * bits) / 8 / MIB,
          ...own,
          overFp32: footprint(32, sparsity).totalMib / own.totalMib,
        }
      }),
      weights: fixedPoint.flatMap((format) =>
        samples.flatMap(({ degrees, unit }) =>
          sigmas.map((sigma) => {
            const range = formatRange(format) as FormatRange
            const shares = expectedShares(range, { sigma, degrees }, sparsity)
            const sampled = roundAll(unit, sigma, format, range)
            const zeros = sparsity + (1 - sparsity) * shares.flushed
            const { totalMib } = footprint(format.bits, zeros)
            return {
              format: format.name,
              degrees,
              sigma,
              saturatedPercent: 100 * shares.saturated,
              saturatedSampled: 100 * sampled.saturated,
              flushedPercent: 100 * shares.flushed,
              flushedSampled: 100 * sampled.flushed,
              sqnrDb: sampled.sqnrDb,
              sparsityPercent: 100 * zeros,
              addedPoints: 100 * (zeros - sparsity),
              totalMib,
              savedPercent: 100 * (1 - totalMib / footprint(format.bits, sparsity).totalMib),
            }
          }),
        ),
      ),
    }
  },
  claims: {
    'adapter-albert.q-16bit': ({ formats }) => formats.find(({ format }) => format === 'Q3.13')?.bits,
    'adapter-albert.q-8bit': ({ formats }) => formats.find(({ format }) => format === 'Q3.5')?.bits,
    'adapter-albert.q-prior-16bit-float': {
      assumption: 'a result of EdgeBERT, which the paper cites; nothing here is computed with it',
    },
    'adapter-albert.fig5-q313': { unreachable: ACCURACY },
    'adapter-albert.fig5-q35-tasks': { unreachable: ACCURACY },
  },
  figure: ({ weights }) => ({
    description:
      'What fixed-point formats do to weights, over the standard deviation of the weights on a logarithmic axis: signal to rounding noise in dB, and the share of the weights left by pruning that is rounded to zero, in percent. The paper draws accuracies instead, which need its training.',
    data: { values: weights.filter(({ degrees }) => degrees === weights[0]?.degrees) },
    hconcat: [
      { field: 'sqnrDb', title: 'signal to noise [dB]' },
      { field: 'flushedPercent', title: 'rounded to zero [%]' },
    ].map(({ field, title }) => ({
      width: 260,
      height: 210,
      encoding: {
        x: { field: 'sigma', type: 'quantitative', scale: { type: 'log' }, title: 'standard deviation of the weights' },
        y: { field, type: 'quantitative', title },
      },
      ...shapedLines('format', { title: 'format' }),
    })),
  }),
})

/** Shares of the weights left by pruning that a format saturates and flushes to zero, in closed form. */
function expectedShares({ min, max, step, flushBelow }: FormatRange, model: WeightModel, sparsity: number) {
  const kept = 1 - sparsity
  const above = (magnitude: number) => Math.min(kept, magnitudeTail(magnitude, model))
  return {
    // What is more than half a step beyond an end; half of the tail is at each.
    saturated: (above(max + step / 2) + above(step / 2 - min)) / 2 / kept,
    flushed: 1 - above(flushBelow) / kept,
  }
}

/** Rounds weights that are not zero, scaled by a deviation, and counts what becomes of them. */
function roundAll(unit: Float64Array, sigma: number, format: NumberFormat, { step }: FormatRange) {
  let [saturated, flushed, power, noise] = [0, 0, 0, 0]
  for (const x of unit) {
    const weight = Math.fround(x * sigma)
    const found = roundToFormat(weight, format)
    if (found === 0) flushed += 1
    else if (Math.abs(found - weight) > step / 2) saturated += 1
    power += weight * weight
    noise += (found - weight) * (found - weight)
  }
  return {
    saturated: saturated / unit.length,
    flushed: flushed / unit.length,
    sqnrDb: noise > 0 ? 10 * Math.log10(power / noise) : null,
  }
}

export default quantisation
await main(import.meta, quantisation)

#!/usr/bin/env -S npx tsx
import { experiment, main, tables } from '../../lib/harness/mod.ts'
import {
  AdaptivFloat,
  createRng,
  largestMagnitude,
  minExponentByError,
  minExponentByMaximum,
  normalSample,
  type Rng,
  squaredError,
  studentSample,
  symmetricGrid,
} from '../../lib/numeric/mod.ts'
import { edgebert } from './shared/tasks.ts'

const TENSORS = ['Gaussian', 'heavy-tailed'] as const
type Tensor = (typeof TENSORS)[number]
const FORMATS = ['AdaptivFloat', 'integer'] as const

const sec34 = experiment({
  id: 'edgebert/sec34-number-format',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Sec. 3.4',
  title: 'Exponent width of an 8-bit float: signal over quantisation error on synthetic tensors',
  params: {
    bits: {
      type: 'integer',
      value: 8,
      min: 3,
      max: 16,
      unit: 'bit',
      source: edgebert('Sec. 3.4'),
      description: 'width of a word',
    },
    exponentBits: {
      type: 'integer',
      value: 3,
      max: 8,
      unit: 'bit',
      source: edgebert('Sec. 3.4 (a result; it decides nothing but the row of table range)'),
      description: 'exponent width of table range',
    },
    elements: {
      type: 'integer',
      value: 50000,
      max: 5_000_000,
      unit: 'element',
      source: { kind: 'assumed', why: 'the peak stands out by 6 dB, noise is below 0.1 dB', range: '10,000 upwards' },
      description: 'elements of a tensor',
    },
    degrees: {
      type: 'integer',
      value: 4,
      min: 2,
      max: 100,
      unit: '1',
      source: {
        kind: 'assumed',
        why: "the trained tensors are not published; Student's t stands for weights with outliers",
        range: '2 to 10, even',
      },
      description: "degrees of freedom of the heavy-tailed tensor's Student distribution",
    },
  },
  schema: tables({
    formats: {
      tensor: { type: 'string', enum: TENSORS, 'x-key': true },
      format: { type: 'string', enum: FORMATS, 'x-key': true },
      exponentBits: { type: 'integer', unit: 'bit', 'x-key': true, description: '0: integer' },
      mantissaBits: { type: 'integer', unit: 'bit' },
      snrDb: {
        type: 'number',
        unit: 'dB',
        description: 'exponent range by the largest magnitude, as AdaptivFloat sets it',
      },
      bestRangeSnrDb: { type: 'number', unit: 'dB', description: 'exponent range of the least error' },
      zeroPercent: { type: 'number', unit: '%', description: 'elements that become 0' },
    },
    best: {
      tensor: { type: 'string', enum: TENSORS, 'x-key': true },
      exponentBits: {
        type: 'integer',
        unit: 'bit',
        description: 'of the float with the largest signal-to-noise ratio',
      },
      overIntegerDb: { type: 'number', unit: 'dB', description: 'of that float over the integer of the same width' },
    },
    range: {
      format: { type: 'string', enum: FORMATS, 'x-key': true },
      largestOverSmallest: { type: 'number', unit: '1' },
      rangeDb: { type: 'number', unit: 'dB' },
    },
  }),
  run({ params, rng }) {
    const { bits } = params
    const widest = Math.min(bits - 2, 5)
    const tensors = TENSORS.map((tensor) => ({ tensor, values: draw(tensor, params, rng) }))
    const formats = tensors.flatMap(({ tensor, values }) => {
      const signal = squaredError(values, () => 0)
      const snr = (round: (x: number) => number) => 10 * Math.log10(signal / squaredError(values, round))
      const zeros = (round: (x: number) => number) =>
        (100 * values.reduce((sum, x) => sum + (round(x) === 0 ? 1 : 0), 0)) / values.length
      const floats = Array.from({ length: widest }, (_, i) => {
        const format = { bits, exponentBits: i + 1 }
        const byMaximum = new AdaptivFloat(format, minExponentByMaximum(values, format))
        const byError = new AdaptivFloat(format, minExponentByError(values, format))
        return {
          tensor,
          format: 'AdaptivFloat' as const,
          exponentBits: i + 1,
          mantissaBits: bits - 2 - i,
          snrDb: snr((x) => byMaximum.round(x)),
          bestRangeSnrDb: snr((x) => byError.round(x)),
          zeroPercent: zeros((x) => byMaximum.round(x)),
        }
      })
      const grid = symmetricGrid(largestMagnitude(values), bits)
      const integer = { snrDb: snr(grid), zeroPercent: zeros(grid) }
      return [
        ...floats,
        {
          tensor,
          format: 'integer' as const,
          exponentBits: 0,
          mantissaBits: bits - 1,
          bestRangeSnrDb: integer.snrDb,
          ...integer,
        },
      ]
    })
    const float = new AdaptivFloat({ bits, exponentBits: params.exponentBits }, 0)
    const ranges = [
      { format: 'AdaptivFloat' as const, largestOverSmallest: float.maximum / float.minimum },
      { format: 'integer' as const, largestOverSmallest: (1 << (bits - 1)) - 1 },
    ]
    return {
      formats,
      best: TENSORS.map((tensor) => {
        const own = formats.filter((row) => row.tensor === tensor)
        const [top] = own.filter(({ format }) => format === 'AdaptivFloat').sort((a, b) => b.snrDb - a.snrDb)
        const integer = own.find(({ format }) => format === 'integer')
        return {
          tensor,
          exponentBits: top?.exponentBits ?? 0,
          overIntegerDb: (top?.snrDb ?? Number.NaN) - (integer?.snrDb ?? Number.NaN),
        }
      }),
      range: ranges.map((row) => ({ ...row, rangeDb: 20 * Math.log10(row.largestOverSmallest) })),
    }
  },
  claims: {
    'edgebert.quant-exp-bits': ({ best }) => {
      const found = new Set(best.map(({ exponentBits }) => exponentBits))
      return found.size === 1 ? best[0]?.exponentBits : undefined
    },
    'edgebert.fp-range-vs-int': ({ range }) =>
      (range[0]?.largestOverSmallest ?? Number.NaN) / (range[1]?.largestOverSmallest ?? Number.NaN),
    'edgebert.quant-bits': (_, p) => p.bits,
    'edgebert.storage-bits': (_, p) => p.bits,
    'edgebert.q8bert-bits': { assumption: 'cited, enters no model' },
    'edgebert.gobo-bits': { assumption: 'cited, enters no model' },
    'edgebert.nlp-weight-range': { assumption: 'cited, enters no model' },
  },
  figure: ({ formats }) => ({
    width: 320,
    height: 220,
    title: 'signal over quantisation error [dB]; 0 exponent bits: integer',
    data: { values: formats },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'exponentBits', type: 'ordinal', title: 'exponent bits' },
      y: { field: 'snrDb', type: 'quantitative', title: 'dB' },
      color: { field: 'tensor', type: 'nominal', title: null },
    },
  }),
})

/** A tensor of its own stream, so that one does not move with the length of the other. */
function draw(tensor: Tensor, { elements, degrees }: { elements: number; degrees: number }, rng: Rng): Float64Array {
  const own = createRng(rng.integer(0x1_0000_0000))
  return Float64Array.from({ length: elements }, () =>
    tensor === 'Gaussian' ? normalSample(own) : studentSample(own, degrees),
  )
}

export default sec34
await main(import.meta, sec34)

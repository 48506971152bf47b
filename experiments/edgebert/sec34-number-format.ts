#!/usr/bin/env -S npx tsx
import { along, experiment, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import {
  AdaptivFloat,
  forkRng,
  largestMagnitude,
  minExponentByError,
  minExponentByMaximum,
  normalSample,
  type Rng,
  squaredError,
  studentSample,
  symmetricGrid,
} from '../../lib/numeric/mod.ts'
import { EMBEDDING_PARAMS } from './shared/embedding-params.ts'
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
    bits: { ...EMBEDDING_PARAMS.valueBits, description: 'width of a word' },
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
      value: 4000,
      min: 100,
      max: 1_000_000,
      unit: 'element',
      source: { kind: 'assumed', why: 'about a projection of a narrow layer', range: '1000 upwards' },
      description: 'elements of a tensor',
    },
    tensors: {
      type: 'integer',
      value: 25,
      max: 1000,
      unit: '1',
      source: {
        kind: 'assumed',
        why: 'one tensor will not do: its largest magnitude sets the exponent range, and where it just enters a binade 3 exponent bits lose 5 dB',
        range: '10 upwards',
      },
      description: 'tensors of each kind',
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
        range: '4 to 10, even',
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
        description: 'mean over the tensors; exponent range by the largest magnitude, as AdaptivFloat sets it',
      },
      leastSnrDb: { type: 'number', unit: 'dB', description: 'of the worst tensor' },
      bestRangeSnrDb: { type: 'number', unit: 'dB', description: 'mean, exponent range of the least error' },
      zeroPercent: { type: 'number', unit: '%', description: 'elements that become 0' },
      chosenPercent: { type: 'number', unit: '%', description: 'tensors for which this float is the best' },
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
    const formats = TENSORS.flatMap((tensor) => {
      const samples = Array.from({ length: params.tensors }, () => measure(draw(tensor, params, rng), bits, widest))
      const mean = (of: (sample: Sample) => number) =>
        samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
      const row = (index: number) => ({
        snrDb: mean(({ formats: all }) => at(all, index).snrDb),
        leastSnrDb: Math.min(...samples.map(({ formats: all }) => at(all, index).snrDb)),
        bestRangeSnrDb: mean(({ formats: all }) => at(all, index).bestRangeSnrDb),
        zeroPercent: mean(({ formats: all }) => at(all, index).zeroPercent),
      })
      return [
        ...Array.from({ length: widest }, (_, i) => ({
          tensor,
          format: 'AdaptivFloat' as const,
          exponentBits: i + 1,
          mantissaBits: bits - 2 - i,
          ...row(i),
          chosenPercent: 100 * mean(({ best }) => (best === i + 1 ? 1 : 0)),
        })),
        {
          tensor,
          format: 'integer' as const,
          exponentBits: 0,
          mantissaBits: bits - 1,
          ...row(widest),
          chosenPercent: 0,
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
  figure: ({ formats }, marks) => {
    const printed = printedAt(marks, 'edgebert.quant-exp-bits')
    const x = { field: 'exponentBits', type: 'ordinal', title: 'exponent bits [bit]', axis: { labelAngle: 0 } }
    const title = ['signal over', 'quantisation error [dB]']
    const byTensor = { field: 'tensor', type: 'nominal', title: 'tensor' }
    const floats = formats.filter(({ format }) => format === 'AdaptivFloat')
    return {
      description:
        'Signal over quantisation error in dB of an 8-bit float over its exponent bits, for Gaussian and heavy-tailed tensors as lines; the dashed line of the same colour is the integer of the same width. Crosses stand at the printed exponent width, on our lines. The paper prints the width alone.',
      width: 420,
      height: 260,
      layer: [
        {
          data: { values: floats },
          mark: { type: 'line', point: { size: 60 } },
          encoding: { x, y: along('snrDb', title), color: byTensor, shape: byTensor },
        },
        {
          data: { values: formats.filter(({ format }) => format === 'integer') },
          mark: { type: 'rule', strokeDash: [4, 3], strokeWidth: 2 },
          encoding: { y: along('snrDb', title, { says: 'integer of the same width [dB]' }), color: byTensor },
        },
        printedCrosses(
          floats.filter(({ exponentBits }) => exponentBits === printed),
          { x, y: along('snrDb', title, { says: 'printed exponent width; our ratio there [dB]' }) },
        ),
      ],
    }
  },
})

interface FormatError {
  readonly snrDb: number
  readonly bestRangeSnrDb: number
  readonly zeroPercent: number
}
/** What quantisation does to one tensor: floats of 1 exponent bit upwards, then the integer. */
interface Sample {
  readonly formats: readonly FormatError[]
  /** Exponent bits of the float with the largest ratio. */
  readonly best: number
}

const at = (formats: readonly FormatError[], index: number): FormatError => formats[index] as FormatError

function measure(values: Float64Array, bits: number, widest: number): Sample {
  const signal = squaredError(values, () => 0)
  const snr = (round: (x: number) => number) => 10 * Math.log10(signal / squaredError(values, round))
  const zeros = (round: (x: number) => number) => {
    let count = 0
    for (const x of values) if (round(x) === 0) count += 1
    return (100 * count) / values.length
  }
  const floats = Array.from({ length: widest }, (_, i): FormatError => {
    const format = { bits, exponentBits: i + 1 }
    const byMaximum = new AdaptivFloat(format, minExponentByMaximum(values, format))
    const byError = new AdaptivFloat(format, minExponentByError(values, format, { below: 4, above: 0 }))
    return {
      snrDb: snr((x) => byMaximum.round(x)),
      bestRangeSnrDb: snr((x) => byError.round(x)),
      zeroPercent: zeros((x) => byMaximum.round(x)),
    }
  })
  const grid = symmetricGrid(largestMagnitude(values), bits)
  const integer = snr(grid)
  const top = Math.max(...floats.map(({ snrDb }) => snrDb))
  return {
    formats: [...floats, { snrDb: integer, bestRangeSnrDb: integer, zeroPercent: zeros(grid) }],
    best: floats.findIndex(({ snrDb }) => snrDb === top) + 1,
  }
}

/** A tensor of its own stream, so that one does not move with the length of the other. */
function draw(tensor: Tensor, { elements, degrees }: { elements: number; degrees: number }, rng: Rng): Float64Array {
  const own = forkRng(rng)
  return Float64Array.from({ length: elements }, () =>
    tensor === 'Gaussian' ? normalSample(own) : studentSample(own, degrees),
  )
}

export default sec34
await main(import.meta, sec34)

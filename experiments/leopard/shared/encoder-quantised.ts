import { powerOfTwo, symmetricCode } from '../../../lib/numeric/mod.ts'
import {
  type AttentionMode,
  accuracyOf,
  type Encoder,
  gather,
  judgeSentences,
  type QuantisedFormat,
  type Sentences,
  type Tap,
} from '../../../lib/training/mod.ts'

/** Ends of the integer ranges: largest magnitudes of queries, keys and values by layer and head. */
export interface EncoderRanges {
  readonly query: Float64Array
  readonly key: Float64Array
  readonly value: Float64Array
}

/** One head's queries and keys of one sentence as integers; the arrays are used again, so copy what is to last. */
export interface QuantisedHead {
  readonly layer: number
  readonly head: number
  readonly sentence: number
  /** Words of the sentence: the rows of both matrices that count. */
  readonly rows: number
  /** Codes by rows. */
  readonly queries: Int16Array
  readonly keys: Int16Array
  /** The layer's threshold in units of the integer score; -Infinity where nothing is pruned. */
  readonly threshold: number
}

const PARTS = ['query', 'key', 'value'] as const

/** What sees queries, keys and values, side by side by words: `parts` gives the place of each head's. */
function projections(
  encoder: Encoder,
  see: (floats: Float32Array, at: { readonly layer: number; readonly start: number; readonly rows: number }) => void,
): Tap {
  const row = 3 * encoder.shape.hidden
  return ({ point, layer, start, rows, columns }, floats) => {
    if (point !== 'projections') return
    if (columns !== row) throw new RangeError(`Cannot see projections: rows must have ${row} numbers, got ${columns}`)
    see(floats, { layer, start, rows })
  }
}

/** Largest magnitudes of queries, keys and values on some sentences, without integers. */
export function rangesOf(encoder: Encoder, sentences: Sentences, mode: AttentionMode): EncoderRanges {
  const { hidden, heads, layers } = encoder.shape
  const width = hidden / heads
  const ranges = PARTS.map(() => new Float64Array(layers * heads))
  const tap = projections(encoder, (floats, { layer, start, rows }) => {
    for (let column = 0; column < 3 * hidden; column++) {
      const largest = ranges[Math.floor(column / hidden)] as Float64Array
      const head = layer * heads + Math.floor((column % hidden) / width)
      let most = largest[head] as number
      for (let r = 0, i = start + column; r < rows; r++, i += 3 * hidden) {
        most = Math.max(most, Math.abs(floats[i] as number))
      }
      largest[head] = most
    }
  })
  judgeSentences(encoder, sentences, { mode, tap })
  const [query, key, value] = ranges as [Float64Array, Float64Array, Float64Array]
  return { query, key, value }
}

/** Codes per unit: a range of nothing has codes of 0. */
const stepOf = (largest: number, top: number): number => (largest > 0 ? largest / top : 1)

/**
 * Judges sentences with queries, keys and values in integers, as the accelerator has them after post-training
 * quantisation (LeOPArd Sec. 5.1); all else in floating point. What lies beyond a range is cut off.
 *
 * @param options.visit sees every head of every sentence
 */
export function judgeQuantised(
  encoder: Encoder,
  sentences: Sentences,
  options: {
    readonly format: QuantisedFormat
    readonly ranges: EncoderRanges
    readonly mode: AttentionMode
    readonly visit?: (head: QuantisedHead) => void
  },
): { readonly accuracy: number; readonly prunedShare: number } {
  const { format, ranges, mode, visit } = options
  const { hidden, heads, classes } = encoder.shape
  const width = hidden / heads
  const row = 3 * hidden
  const [top, valueTop] = [powerOfTwo(format.scoreBits - 1) - 1, powerOfTwo(format.valueBits - 1) - 1]
  const { tokens, longest, sentences: most } = encoder.capacity
  const codes = new Int16Array(tokens * row)
  const [queries, keys] = [new Int16Array(longest * width), new Int16Array(longest * width)]
  let batch = sentences
  let first = 0
  const tap = projections(encoder, (floats, { layer, start, rows }) => {
    for (let part = 0; part < PARTS.length; part++) {
      const largest = ranges[PARTS[part] as (typeof PARTS)[number]]
      const end = part === 2 ? valueTop : top
      for (let head = 0; head < heads; head++) {
        const step = stepOf(largest[layer * heads + head] as number, end)
        // A name of its own: looking up another module's each time costs as much as the work.
        const toCode = symmetricCode
        for (let r = 0; r < rows; r++) {
          const at = r * row + part * hidden + head * width
          for (let i = at; i < at + width; i++) {
            const code = toCode((floats[start + i] as number) / step, end)
            codes[i] = code
            floats[start + i] = code * step
          }
        }
      }
    }
    if (!visit) return
    for (let s = 0; s < batch.count; s++) {
      const [from, to] = [batch.starts[s] as number, batch.starts[s + 1] as number]
      for (let head = 0; head < heads; head++) {
        for (let r = 0; r < to - from; r++) {
          const at = (from + r) * row + head * width
          queries.set(codes.subarray(at, at + width), r * width)
          keys.set(codes.subarray(at + hidden, at + hidden + width), r * width)
        }
        const own = layer * heads + head
        const unit = stepOf(ranges.query[own] as number, top) * stepOf(ranges.key[own] as number, top)
        const threshold =
          mode.kind === 'hard' ? (encoder.threshold(layer) * Math.sqrt(width)) / unit : Number.NEGATIVE_INFINITY
        visit({ layer, head, sentence: first + s, rows: to - from, queries, keys, threshold })
      }
    }
  })
  const logits = new Float32Array(sentences.count * classes)
  let [kept, scored] = [0, 0]
  for (; first < sentences.count; first += most) {
    batch = gather(
      sentences,
      Array.from({ length: Math.min(most, sentences.count - first) }, (_, i) => first + i),
    )
    encoder.forward(batch, { mode, tap })
    kept += encoder.kept
    scored += encoder.scored
    logits.set(encoder.classify(batch), first * classes)
  }
  return { accuracy: accuracyOf(logits, sentences), prunedShare: 1 - kept / scored }
}

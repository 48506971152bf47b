import { type EncoderShape, SEGMENTS } from './shape.ts'

/** Inputs of an encoder, one behind the other: ragged, without padding. */
export interface Sentences {
  /** Ids of words. */
  readonly tokens: Int32Array
  /** 0 for a first sentence, 1 for the second of a pair. */
  readonly segments: Uint8Array
  /** Where each input begins among the tokens, and where the last ends. */
  readonly starts: Int32Array
  readonly labels: Int32Array
  readonly count: number
}

/** How much an encoder can hold at a time. */
export interface Capacity {
  readonly tokens: number
  readonly sentences: number
  /** Longest input, tokens. */
  readonly longest: number
}

/**
 * Copies the named inputs behind each other.
 *
 * @param order indices of inputs
 */
export function gather(sentences: Sentences, order: ArrayLike<number>): Sentences {
  const starts = new Int32Array(order.length + 1)
  const labels = new Int32Array(order.length)
  for (let i = 0; i < order.length; i++) {
    const index = order[i] as number
    const length = (sentences.starts[index + 1] as number) - (sentences.starts[index] as number)
    starts[i + 1] = (starts[i] as number) + length
    labels[i] = sentences.labels[index] as number
  }
  const total = starts[order.length] as number
  const [tokens, segments] = [new Int32Array(total), new Uint8Array(total)]
  for (let i = 0; i < order.length; i++) {
    const index = order[i] as number
    const [from, to] = [sentences.starts[index] as number, sentences.starts[index + 1] as number]
    tokens.set(sentences.tokens.subarray(from, to), starts[i] as number)
    segments.set(sentences.segments.subarray(from, to), starts[i] as number)
  }
  return { tokens, segments, starts, labels, count: order.length }
}

/**
 * What an encoder must hold for batches of so many of these inputs, whichever they are.
 *
 * @throws {RangeError} if there are none
 */
export function capacityFor(sentences: readonly Sentences[], batch: number): Capacity {
  let longest = 0
  for (const { starts, count } of sentences) {
    for (let i = 0; i < count; i++) longest = Math.max(longest, (starts[i + 1] as number) - (starts[i] as number))
  }
  if (longest === 0) throw new RangeError('Cannot size batches: there must be inputs with tokens, got none')
  return { tokens: batch * longest, sentences: batch, longest }
}

/** Words of a batch that were masked: their positions, and what stood there. */
export interface MaskedWords {
  readonly positions: ArrayLike<number>
  readonly words: ArrayLike<number>
}

/** What an encoder can take. */
interface Limits {
  readonly shape: EncoderShape
  readonly capacity: Capacity
}

/** @throws {RangeError} if a batch is not what an encoder can take: inputs, their lengths, words and segments */
export function checkBatch({ starts, count, tokens, segments }: Sentences, { shape, capacity }: Limits): void {
  const total = starts[count] as number
  if (!(count >= 1 && count <= capacity.sentences && total <= capacity.tokens)) {
    throw new RangeError(
      `Cannot run a batch: it must have 1 to ${capacity.sentences} inputs of ${capacity.tokens} tokens at most, got ${count} of ${total}`,
    )
  }
  for (let i = 0; i < count; i++) {
    const length = (starts[i + 1] as number) - (starts[i] as number)
    if (!(length >= 1 && length <= capacity.longest)) {
      throw new RangeError(
        `Cannot run a batch: an input must have 1 to ${capacity.longest} tokens, got ${length} in input ${i}`,
      )
    }
  }
  for (let t = 0; t < total; t++) {
    checkId('words', tokens[t], shape.vocabulary)
    checkId('segments', segments[t], SEGMENTS)
  }
}

/** @throws {RangeError} if a batch has a label or a masked word that an encoder cannot learn */
export function checkAnswers(
  { labels, count }: Sentences,
  { shape, capacity, masked }: Limits & { readonly masked: MaskedWords | undefined },
): void {
  for (let i = 0; i < count; i++) checkId('labels', labels[i], shape.classes)
  if (!masked) return
  const { positions, words } = masked
  if (positions.length !== words.length || positions.length > capacity.tokens) {
    throw new RangeError(
      `Cannot learn masked words: there must be one for each position, ${capacity.tokens} at most, got ${words.length} for ${positions.length}`,
    )
  }
  for (let i = 0; i < words.length; i++) checkId('masked words', words[i], shape.vocabulary)
}

function checkId(what: string, id: number | undefined, count: number): void {
  if (id !== undefined && id >= 0 && id < count) return
  throw new RangeError(`Cannot run a batch: ${what} must be numbered from 0 to ${count - 1}, got ${id}`)
}

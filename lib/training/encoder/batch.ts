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

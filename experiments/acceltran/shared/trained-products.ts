import type { EncodedSentences, Encoder, Tapped } from '../../../lib/training/mod.ts'

/** Matrix products of a layer by the simulator's names. */
export const PRODUCTS = ['q', 'k', 'v', 'qk', 'pv', 'o', 'ffn1', 'ffn2'] as const
export type Product = (typeof PRODUCTS)[number]

/** Multiplications of a product over all layers and sentences. */
export interface Multiplications {
  readonly all: number
  /** Without zeros among the operands that are activations; of both, where both are. */
  readonly activations: number
  /** Without zeros among the weights either. */
  readonly both: number
}
export type ProductCounts = Readonly<Record<Product, Multiplications>>

/** Products of an operand with weights: their tensor, and which of so many columns side by side are the product's. */
const WITH_WEIGHTS = {
  q: { tensor: 'qkv', part: 0, parts: 3 },
  k: { tensor: 'qkv', part: 1, parts: 3 },
  v: { tensor: 'qkv', part: 2, parts: 3 },
  o: { tensor: 'attended', part: 0, parts: 1 },
  ffn1: { tensor: 'inner', part: 0, parts: 1 },
  ffn2: { tensor: 'outer', part: 0, parts: 1 },
} as const
type WithWeights = keyof typeof WITH_WEIGHTS

/** Products that an operand goes into, and how many layers on. */
const READERS: Readonly<Record<string, { readonly products: readonly WithWeights[]; readonly later: number }>> = {
  embedding: { products: ['q', 'k', 'v'], later: 1 },
  output: { products: ['q', 'k', 'v'], later: 1 },
  contexts: { products: ['o'], later: 0 },
  normalised: { products: ['ffn1'], later: 0 },
  inner: { products: ['ffn2'], later: 0 },
}

/**
 * Counts the multiplications of an encoder whose operands are zero, from what a tap sees: a product of [m, k] by [k, n]
 * has for each of the k the non-zeros in that column of the one times those in that row of the other.
 */
export class ProductCounter {
  readonly counts: Record<Product, { all: number; activations: number; both: number }>
  private readonly sentences: EncodedSentences
  private readonly capacity: number
  private readonly hidden: number
  private readonly heads: number
  /** Non-zeros in each row of a product's weights, by layer. */
  private readonly weights: Readonly<Record<WithWeights, readonly Float64Array[]>>
  private readonly columns: Readonly<Record<WithWeights, number>>
  /** Number of the batch under way, counted from 0. */
  private batch = -1
  /** Non-zeros in a head's part of each row of the values. */
  private readonly valuesKept: Uint16Array

  constructor(encoder: Encoder, sentences: EncodedSentences) {
    const { hidden, heads } = encoder.shape
    this.sentences = sentences
    this.capacity = encoder.capacity.sentences
    this.hidden = hidden
    this.heads = heads
    this.valuesKept = new Uint16Array(encoder.capacity.tokens * heads)
    this.counts = Object.fromEntries(
      PRODUCTS.map((product) => [product, { all: 0, activations: 0, both: 0 }]),
    ) as ProductCounter['counts']
    const tensorOf = (layer: number, product: WithWeights) => {
      const { tensor } = WITH_WEIGHTS[product]
      return (encoder.tensors.blocks[layer] as (typeof encoder.tensors.blocks)[0])[tensor]
    }
    const of = <T>(make: (product: WithWeights) => T) =>
      Object.fromEntries((Object.keys(WITH_WEIGHTS) as WithWeights[]).map((own) => [own, make(own)])) as Record<
        WithWeights,
        T
      >
    this.columns = of((product) => tensorOf(0, product).columns / WITH_WEIGHTS[product].parts)
    this.weights = of((product) =>
      encoder.tensors.blocks.map((_, layer) => {
        const tensor = tensorOf(layer, product)
        const { part } = WITH_WEIGHTS[product]
        const width = this.columns[product]
        const values = encoder.view(tensor)
        return Float64Array.from({ length: tensor.rows }, (__, row) => {
          const from = row * tensor.columns + part * width
          return values.subarray(from, from + width).reduce((sum, value) => sum + Number(value !== 0), 0)
        })
      }),
    )
  }

  /**
   * Takes note of an operand.
   *
   * @param mask 1 where an element is zero
   */
  see(
    { point, layer, columns, sentence, head }: Pick<Tapped, 'point' | 'layer' | 'columns' | 'sentence' | 'head'>,
    mask: Uint8Array,
  ): void {
    if (point === 'embedding') this.batch++
    if (point === 'projections') this.seeProjections(mask, columns)
    if (point === 'probabilities') this.seeProbabilities(mask, { columns, sentence, head })
    const readers = READERS[point]
    if (!readers) return
    const kept = keptByColumn(mask, { from: 0, rows: mask.length / columns, row: columns, width: columns })
    for (const product of readers.products) {
      const count = this.counts[product]
      const width = this.columns[product]
      const weights = this.weights[product][layer + readers.later] as Float64Array
      count.all += mask.length * width
      for (let k = 0; k < columns; k++) {
        count.activations += (kept[k] as number) * width
        count.both += (kept[k] as number) * (weights[k] as number)
      }
    }
  }

  /** Where a sentence of the batch under way begins and ends among its tokens. */
  private tokensOf(sentence: number): readonly [from: number, to: number] {
    const { starts } = this.sentences
    const first = this.batch * this.capacity
    const at = (index: number) => (starts[first + index] as number) - (starts[first] as number)
    return [at(sentence), at(sentence + 1)]
  }

  private seeProjections(mask: Uint8Array, row: number): void {
    const { hidden, heads, counts, valuesKept } = this
    const width = hidden / heads
    const tokens = mask.length / row
    for (let token = 0; token < tokens; token++) {
      for (let head = 0; head < heads; head++) {
        const from = token * row + 2 * hidden + head * width
        let kept = width
        for (let i = from; i < from + width; i++) kept -= mask[i] as number
        valuesKept[token * heads + head] = kept
      }
    }
    const inBatch = Math.min(this.capacity, this.sentences.count - this.batch * this.capacity)
    for (let sentence = 0; sentence < inBatch; sentence++) {
      const [from, to] = this.tokensOf(sentence)
      const of = (start: number) =>
        keptByColumn(mask, { from: from * row + start, rows: to - from, row, width: hidden })
      const [queries, keys] = [of(0), of(hidden)]
      counts.qk.all += (to - from) * (to - from) * hidden
      for (let d = 0; d < hidden; d++) {
        const pairs = (queries[d] as number) * (keys[d] as number)
        counts.qk.activations += pairs
        counts.qk.both += pairs
      }
    }
  }

  private seeProbabilities(
    mask: Uint8Array,
    { columns, sentence, head }: { readonly columns: number; readonly sentence: number; readonly head: number },
  ): void {
    const { counts, heads, hidden, valuesKept } = this
    const kept = keptByColumn(mask, { from: 0, rows: columns, row: columns, width: columns })
    const [from] = this.tokensOf(sentence)
    counts.pv.all += columns * columns * (hidden / heads)
    for (let j = 0; j < columns; j++) {
      const pairs = (kept[j] as number) * (valuesKept[(from + j) * heads + head] as number)
      counts.pv.activations += pairs
      counts.pv.both += pairs
    }
  }
}

/** Elements in each column of a part of a matrix that are not marked. */
function keptByColumn(
  mask: Uint8Array,
  {
    from,
    rows,
    row,
    width,
  }: { readonly from: number; readonly rows: number; readonly row: number; readonly width: number },
): Float64Array {
  const kept = new Float64Array(width).fill(rows)
  for (let r = from; r < from + rows * row; r += row) {
    for (let c = 0; c < width; c++) kept[c] = (kept[c] as number) - (mask[r + c] as number)
  }
  return kept
}

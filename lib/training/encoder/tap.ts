/**
 * Where a pass can be watched or changed, in the order of a layer: the embeddings behind their norm; queries, keys and
 * values; the scaled scores of a head; its probabilities; the contexts; what attention adds; the first norm's output;
 * the feed-forward's inner numbers behind GELU; what it adds; the second norm's output.
 */
export const TAP_POINTS = [
  'embedding',
  'projections',
  'scores',
  'probabilities',
  'contexts',
  'attended',
  'normalised',
  'inner',
  'outer',
  'output',
] as const
export type TapPoint = (typeof TAP_POINTS)[number]

/** A matrix on its way: `rows` times `columns` numbers by rows, without gaps. */
export interface Tapped {
  point: TapPoint
  /** -1 for the embedding. */
  layer: number
  start: number
  rows: number
  columns: number
  /** Of scores and probabilities: whose they are; otherwise -1, the matrix holding the tokens of the whole batch. */
  sentence: number
  head: number
}

/** Sees each matrix of a pass, and may change its numbers in place; the object is used again for the next. */
export type Tap = (tapped: Readonly<Tapped>, floats: Float32Array) => void

/** Calls a tap, if there is one, without making an object at each call. */
export class Tapping {
  tap: Tap | undefined
  private readonly floats: Float32Array
  private readonly tapped: Tapped = {
    ...{ point: 'embedding', layer: -1, start: 0, rows: 0, columns: 0, sentence: -1, head: -1 },
  }

  constructor(floats: Float32Array) {
    this.floats = floats
  }

  /** Shows a matrix of the whole batch. */
  matrix(
    point: TapPoint,
    layer: number,
    { start, rows, columns }: { readonly start: number; readonly rows: number; readonly columns: number },
  ): void {
    if (!this.tap) return
    const { tapped } = this
    tapped.point = point
    tapped.layer = layer
    tapped.start = start
    tapped.rows = rows
    tapped.columns = columns
    tapped.sentence = -1
    tapped.head = -1
    this.tap(tapped, this.floats)
  }

  /** Shows a head's scores of one input. */
  score(layer: number, own: HeadMatrix): void {
    this.square('scores', layer, own)
  }

  /** Shows a head's probabilities of one input. */
  probability(layer: number, own: HeadMatrix): void {
    this.square('probabilities', layer, own)
  }

  private square(point: TapPoint, layer: number, { head, sentence, start, size }: HeadMatrix): void {
    const { tapped } = this
    tapped.point = point
    tapped.layer = layer
    tapped.start = start
    tapped.rows = size
    tapped.columns = size
    tapped.sentence = sentence
    tapped.head = head
    this.tap?.(tapped, this.floats)
  }
}

interface HeadMatrix {
  readonly head: number
  readonly sentence: number
  readonly start: number
  readonly size: number
}

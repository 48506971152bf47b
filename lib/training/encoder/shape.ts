import { LANES, type Layout } from '../kernels.ts'

/** The shape of an encoder: post-LN blocks as BERT's, or one block used again and again as ALBERT's. */
export interface EncoderShape {
  /** Words with an embedding of their own. */
  readonly vocabulary: number
  /** Longest input, tokens. */
  readonly positions: number
  /** Width of the embeddings; where it is not `hidden`, a matrix leads from one to the other (ALBERT). */
  readonly embedding: number
  readonly hidden: number
  readonly heads: number
  readonly feedForward: number
  readonly layers: number
  /** All layers use the same weights. */
  readonly shared: boolean
  readonly classes: number
  /** A classifier after each layer; otherwise only after the last. */
  readonly offRamps: boolean
  /** Bottleneck widths of the residual adapters behind attention and feed-forward; none where absent. */
  readonly adapters?: { readonly attention: number; readonly feedForward: number }
  /** A head that names masked words, for pre-training. */
  readonly language?: boolean
  /** A learnable attention span per head, whose edge falls off over so many tokens. */
  readonly spanRamp?: number
}

/** A named matrix among an encoder's parameters; vectors have one row. */
export interface Tensor {
  readonly name: string
  /** Where it begins in memory. */
  readonly start: number
  readonly rows: number
  readonly columns: number
}

/** Where a bottleneck adapter's parameters lie. */
export interface AdapterTensors {
  readonly down: Tensor
  readonly downBias: Tensor
  readonly up: Tensor
  readonly upBias: Tensor
}

/** Where a block's parameters lie. */
export interface BlockTensors {
  /** Queries, keys and values side by side: [hidden, 3 hidden]. */
  readonly qkv: Tensor
  readonly qkvBias: Tensor
  /** Leads from the heads' contexts back: [hidden, hidden]. */
  readonly attended: Tensor
  readonly attendedBias: Tensor
  readonly gain1: Tensor
  readonly bias1: Tensor
  readonly inner: Tensor
  readonly innerBias: Tensor
  readonly outer: Tensor
  readonly outerBias: Tensor
  readonly gain2: Tensor
  readonly bias2: Tensor
  readonly spans?: Tensor
  readonly adapters?: { readonly attention: AdapterTensors; readonly feedForward: AdapterTensors }
}

/** A linear classifier of single positions: [classes, hidden]. */
export interface HeadTensors {
  readonly weights: Tensor
  readonly bias: Tensor
}

/** Where all parameters of an encoder lie; they fill the memory from 0 to `count`. */
export interface EncoderTensors {
  readonly words: Tensor
  readonly positions: Tensor
  readonly segments: Tensor
  readonly embeddingGain: Tensor
  readonly embeddingBias: Tensor
  readonly projection?: Tensor
  readonly projectionBias?: Tensor
  /** One for each layer; shared layers name the same tensors. */
  readonly blocks: readonly BlockTensors[]
  /** Thresholds of the layers' scores, used where attention is pruned. */
  readonly thresholds: Tensor
  /** The classifier after each layer; only the last where there are no off-ramps. */
  readonly ramps: readonly (HeadTensors | undefined)[]
  readonly language?: HeadTensors
  /** All tensors, each once, in the order of memory. */
  readonly all: readonly Tensor[]
  readonly count: number
}

/** Kinds of input: the first sentence of a pair, and the second. */
export const SEGMENTS = 2

/**
 * Lays out an encoder's parameters from the start of a memory.
 *
 * @throws {RangeError} if a size is no positive integer, or a width is no multiple of the lanes
 */
export function layOutEncoder(layout: Layout, shape: EncoderShape): EncoderTensors {
  checkShape(shape)
  const { hidden, embedding, feedForward, layers, heads } = shape
  const all: Tensor[] = []
  const tensor = (name: string, rows: number, columns: number): Tensor => {
    const made = { name, start: layout.block(rows * columns), rows, columns }
    all.push(made)
    return made
  }
  const vector = (name: string, columns: number) => tensor(name, 1, columns)
  const adapter = (name: string, width: number): AdapterTensors => ({
    down: tensor(`${name}.down`, hidden, width),
    downBias: vector(`${name}.downBias`, width),
    up: tensor(`${name}.up`, width, hidden),
    upBias: vector(`${name}.upBias`, hidden),
  })
  const block = (name: string): BlockTensors => ({
    qkv: tensor(`${name}.qkv`, hidden, 3 * hidden),
    qkvBias: vector(`${name}.qkvBias`, 3 * hidden),
    attended: tensor(`${name}.attended`, hidden, hidden),
    attendedBias: vector(`${name}.attendedBias`, hidden),
    gain1: vector(`${name}.gain1`, hidden),
    bias1: vector(`${name}.bias1`, hidden),
    inner: tensor(`${name}.inner`, hidden, feedForward),
    innerBias: vector(`${name}.innerBias`, feedForward),
    outer: tensor(`${name}.outer`, feedForward, hidden),
    outerBias: vector(`${name}.outerBias`, hidden),
    gain2: vector(`${name}.gain2`, hidden),
    bias2: vector(`${name}.bias2`, hidden),
    ...(shape.spanRamp === undefined ? {} : { spans: vector(`${name}.spans`, heads) }),
    ...(shape.adapters
      ? {
          adapters: {
            attention: adapter(`${name}.attentionAdapter`, shape.adapters.attention),
            feedForward: adapter(`${name}.feedForwardAdapter`, shape.adapters.feedForward),
          },
        }
      : {}),
  })
  const head = (name: string, classes: number): HeadTensors => ({
    weights: tensor(name, classes, hidden),
    bias: vector(`${name}.bias`, classes),
  })
  const words = tensor('words', shape.vocabulary, embedding)
  const positions = tensor('positions', shape.positions, embedding)
  const segments = tensor('segments', SEGMENTS, embedding)
  const embeddingGain = vector('embeddingGain', embedding)
  const embeddingBias = vector('embeddingBias', embedding)
  const projected =
    embedding === hidden
      ? {}
      : { projection: tensor('projection', embedding, hidden), projectionBias: vector('projectionBias', hidden) }
  const own = Array.from({ length: shape.shared ? 1 : layers }, (_, i) => block(`block${i}`))
  const blocks = Array.from({ length: layers }, (_, i) => own[shape.shared ? 0 : i] as BlockTensors)
  const thresholds = vector('thresholds', layers)
  const ramps = Array.from({ length: layers }, (_, i) =>
    shape.offRamps || i === layers - 1 ? head(`ramp${i}`, shape.classes) : undefined,
  )
  const language = shape.language ? { language: head('language', shape.vocabulary) } : {}
  return {
    ...{ words, positions, segments, embeddingGain, embeddingBias, ...projected, blocks, thresholds, ramps },
    ...{ ...language, all, count: layout.size },
  }
}

function checkShape(shape: EncoderShape): void {
  const { hidden, heads, adapters } = shape
  const wide = {
    embedding: shape.embedding,
    feedForward: shape.feedForward,
    'hidden / heads': hidden / heads,
    ...(adapters ? { 'adapters.attention': adapters.attention, 'adapters.feedForward': adapters.feedForward } : {}),
  }
  for (const [name, value] of Object.entries(wide)) {
    if (!(Number.isSafeInteger(value) && value >= LANES && value % LANES === 0)) {
      throw new RangeError(`Cannot shape an encoder: ${name} must be a positive multiple of ${LANES}, got ${value}`)
    }
  }
  const { vocabulary, positions, layers, classes } = shape
  for (const [name, value] of Object.entries({ vocabulary, positions, heads, layers, classes })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new RangeError(`Cannot shape an encoder: ${name} must be a positive integer, got ${value}`)
    }
  }
  const { spanRamp } = shape
  if (spanRamp !== undefined && !(Number.isFinite(spanRamp) && spanRamp > 0)) {
    throw new RangeError(`Cannot shape an encoder: spanRamp must be a positive number of tokens, got ${spanRamp}`)
  }
}

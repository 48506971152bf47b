import type { Layout } from '../kernels.ts'
import { Adapter, type AdapterBuffers, layOutAdapter } from './adapter.ts'
import type { Attention, AttentionBuffers, AttentionMode } from './attention.ts'
import type { Capacity, Sentences } from './batch.ts'
import type { EncoderKernels } from './kernels.ts'
import { linear, linearBackward } from './linear.ts'
import { NORM_EPSILON } from './norm.ts'
import type { BlockTensors, EncoderShape } from './shape.ts'
import type { Tapping } from './tap.ts'

/** Blocks of memory of one layer, kept for the way back. */
export interface BlockBuffers extends AttentionBuffers {
  /** What attention adds; behind it the sum with the input. */
  readonly attended: number
  readonly attendedSum: number
  readonly normal1: number
  readonly inverse1: number
  readonly normalised: number
  /** The feed-forward's inner numbers before and behind GELU: [tokens, feedForward]. */
  readonly innerSum: number
  readonly inner: number
  readonly outer: number
  readonly outerSum: number
  readonly normal2: number
  readonly inverse2: number
  readonly out: number
  readonly adapters?: { readonly attention: AdapterBuffers; readonly feedForward: AdapterBuffers }
}

/** Memory that the way back through any layer uses. */
export interface BlockScratch {
  /** [tokens, hidden] each. */
  readonly first: number
  readonly second: number
  /** [tokens, 3 hidden]. */
  readonly qkv: number
  /** [tokens, feedForward]. */
  readonly inner: number
  readonly adapter: number
}

/** Sets aside one layer's memory. */
export function layOutBlock(layout: Layout, shape: EncoderShape, capacity: Capacity): BlockBuffers {
  const { tokens, sentences, longest } = capacity
  const { hidden, feedForward, heads } = shape
  const wide = () => layout.block(tokens * hidden)
  const square = () => layout.block(sentences * heads * longest * longest)
  return {
    qkv: layout.block(tokens * 3 * hidden),
    scores: square(),
    probabilities: square(),
    contexts: wide(),
    attended: wide(),
    attendedSum: wide(),
    normal1: wide(),
    inverse1: layout.block(tokens),
    normalised: wide(),
    innerSum: layout.block(tokens * feedForward),
    inner: layout.block(tokens * feedForward),
    outer: wide(),
    outerSum: wide(),
    normal2: wide(),
    inverse2: layout.block(tokens),
    out: wide(),
    ...(shape.adapters
      ? {
          adapters: {
            attention: layOutAdapter(layout, shape.adapters.attention, { tokens, hidden }),
            feedForward: layOutAdapter(layout, shape.adapters.feedForward, { tokens, hidden }),
          },
        }
      : {}),
  }
}

/** Sets aside the memory all layers share on the way back. */
export function layOutScratch(layout: Layout, shape: EncoderShape, { tokens }: Capacity): BlockScratch {
  const { hidden, feedForward, adapters } = shape
  return {
    first: layout.block(tokens * hidden),
    second: layout.block(tokens * hidden),
    qkv: layout.block(tokens * 3 * hidden),
    inner: layout.block(tokens * feedForward),
    adapter: layout.block(tokens * Math.max(adapters?.attention ?? 0, adapters?.feedForward ?? 0)),
  }
}

/** One post-LN layer: attention, add, norm, feed-forward with GELU, add, norm. */
export class Block {
  readonly at: BlockBuffers
  private readonly kernels: EncoderKernels
  private readonly tensors: BlockTensors
  private readonly shape: EncoderShape
  private readonly layer: number
  private readonly adapters: { readonly attention: Adapter; readonly feedForward: Adapter } | undefined

  constructor(
    kernels: EncoderKernels,
    { shape, tensors, layer }: { readonly shape: EncoderShape; readonly tensors: BlockTensors; readonly layer: number },
    at: BlockBuffers,
  ) {
    this.kernels = kernels
    this.shape = shape
    this.tensors = tensors
    this.layer = layer
    this.at = at
    this.adapters =
      tensors.adapters && at.adapters
        ? {
            attention: new Adapter(kernels, tensors.adapters.attention, at.adapters.attention),
            feedForward: new Adapter(kernels, tensors.adapters.feedForward, at.adapters.feedForward),
          }
        : undefined
  }

  /** From [tokens, hidden] at `x` to the same at `this.at.out`. */
  forward(
    batch: Sentences,
    x: number,
    options: {
      readonly attention: Attention
      readonly threshold: number
      readonly mode: AttentionMode
      readonly tapping: Tapping
    },
  ): void {
    const { kernels, tensors, shape, layer, at, adapters } = this
    const { attention, tapping } = options
    const rows = batch.starts[batch.count] as number
    const { hidden, feedForward } = shape
    linear(kernels, { x, rows, out: at.qkv }, { weights: tensors.qkv, bias: tensors.qkvBias })
    tapping.matrix('projections', layer, { start: at.qkv, rows, columns: 3 * hidden })
    attention.forward(batch, at, { tensors, layer, ...options })
    tapping.matrix('contexts', layer, { start: at.contexts, rows, columns: hidden })
    linear(
      kernels,
      { x: at.contexts, rows, out: at.attended },
      { weights: tensors.attended, bias: tensors.attendedBias },
    )
    tapping.matrix('attended', layer, { start: at.attended, rows, columns: hidden })
    adapters?.attention.forward(at.attended, rows)
    kernels.add(x, adapters?.attention.at.out ?? at.attended, rows * hidden, at.attendedSum)
    kernels.layerNorm(
      ...([at.attendedSum, rows, hidden, tensors.gain1.start, tensors.bias1.start] as const),
      ...([at.normalised, at.normal1, at.inverse1, NORM_EPSILON] as const),
    )
    tapping.matrix('normalised', layer, { start: at.normalised, rows, columns: hidden })
    linear(kernels, { x: at.normalised, rows, out: at.innerSum }, { weights: tensors.inner, bias: tensors.innerBias })
    kernels.gelu(at.innerSum, rows * feedForward, at.inner)
    tapping.matrix('inner', layer, { start: at.inner, rows, columns: feedForward })
    linear(kernels, { x: at.inner, rows, out: at.outer }, { weights: tensors.outer, bias: tensors.outerBias })
    tapping.matrix('outer', layer, { start: at.outer, rows, columns: hidden })
    adapters?.feedForward.forward(at.outer, rows)
    kernels.add(at.normalised, adapters?.feedForward.at.out ?? at.outer, rows * hidden, at.outerSum)
    kernels.layerNorm(
      ...([at.outerSum, rows, hidden, tensors.gain2.start, tensors.bias2.start] as const),
      ...([at.out, at.normal2, at.inverse2, NORM_EPSILON] as const),
    )
    tapping.matrix('output', layer, { start: at.out, rows, columns: hidden })
  }

  /**
   * The way back; gradients of parameters are added where they lie, those of frozen matrices are left out.
   *
   * @param x the layer's input
   * @param gradients in the layer's output: [tokens, hidden]; replaced by those in its input
   * @returns the gradient in the layer's threshold
   */
  backward(
    batch: Sentences,
    { x, gradients }: { readonly x: number; readonly gradients: number },
    options: {
      readonly attention: Attention
      readonly threshold: number
      readonly mode: AttentionMode
      readonly scratch: BlockScratch
      readonly moved: number
      readonly frozen: ReadonlySet<string>
    },
  ): number {
    const { kernels, tensors, shape, at, adapters } = this
    const { attention, scratch, moved, frozen } = options
    const { hidden, feedForward } = shape
    const rows = batch.starts[batch.count] as number
    const { first, second } = scratch
    kernels.layerNormBackward(
      ...([gradients, rows, hidden, tensors.gain2.start, at.normal2, at.inverse2] as const),
      ...([first, tensors.gain2.start + moved, tensors.bias2.start + moved] as const),
    )
    // `first` goes on past the feed-forward; what comes back out of it is added to it.
    kernels.floats.copyWithin(second, first, first + rows * hidden)
    adapters?.feedForward.backward(at.outer, { gradients: second, rows, scratch: scratch.adapter, moved, frozen })
    linearBackward(
      kernels,
      { x: at.inner, rows, gradients: second, out: scratch.inner, add: 0 },
      { weights: tensors.outer, bias: tensors.outerBias, moved, frozen },
    )
    kernels.geluBackward(at.innerSum, scratch.inner, rows * feedForward)
    linearBackward(
      kernels,
      { x: at.normalised, rows, gradients: scratch.inner, out: first, add: 1 },
      { weights: tensors.inner, bias: tensors.innerBias, moved, frozen },
    )
    kernels.layerNormBackward(
      ...([first, rows, hidden, tensors.gain1.start, at.normal1, at.inverse1] as const),
      ...([gradients, tensors.gain1.start + moved, tensors.bias1.start + moved] as const),
    )
    kernels.floats.copyWithin(second, gradients, gradients + rows * hidden)
    adapters?.attention.backward(at.attended, { gradients: second, rows, scratch: scratch.adapter, moved, frozen })
    linearBackward(
      kernels,
      { x: at.contexts, rows, gradients: second, out: first, add: 0 },
      { weights: tensors.attended, bias: tensors.attendedBias, moved, frozen },
    )
    const thresholdGradient = attention.backward(batch, at, {
      tensors,
      gradients: first,
      qkv: scratch.qkv,
      spans: tensors.spans ? tensors.spans.start + moved : undefined,
      threshold: options.threshold,
      mode: options.mode,
    })
    linearBackward(
      kernels,
      { x, rows, gradients: scratch.qkv, out: gradients, add: 1 },
      { weights: tensors.qkv, bias: tensors.qkvBias, moved, frozen },
    )
    return thresholdGradient
  }
}

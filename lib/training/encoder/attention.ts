import { softmaxInPlace } from '../cross-entropy.ts'
import { type SoftThreshold, softenBackward, softenScores } from '../soft-threshold.ts'
import type { Sentences } from './batch.ts'
import type { EncoderKernels } from './kernels.ts'
import type { BlockTensors, EncoderShape } from './shape.ts'
import { maskBySpan, spanBackward } from './span.ts'
import type { Tapping } from './tap.ts'

/** What happens to attention scores before their softmax. */
export type AttentionMode =
  | { readonly kind: 'dense' }
  /**
   * LeOPArd's training: the soft threshold, with gradients in the threshold; `pressure` times the mean over the layers
   * of the surrogate share of kept scores is added to the loss. Where `rest` is given it stands for nothing in the
   * softmax, so that a query whose scores all lie below attends to nothing.
   */
  | { readonly kind: 'soft'; readonly constants: SoftThreshold; readonly pressure: number; readonly rest?: number }
  /** As the hardware prunes: scores below the threshold weigh nothing, even where none is left. No gradients. */
  | { readonly kind: 'hard' }

/** Where a layer's attention keeps what the way back needs. */
export interface AttentionBuffers {
  /** Queries, keys and values: [tokens, 3 hidden]. */
  readonly qkv: number
  /** Scaled scores as they were before thresholds, and what became of them; input by input, head by head. */
  readonly scores: number
  readonly probabilities: number
  /** The heads' contexts side by side: [tokens, hidden]. */
  readonly contexts: number
}

/** Multi-head attention over ragged inputs: what lies between the projections. */
export class Attention {
  /** Scores of the last pass that were kept, or their surrogate count, and how many there were. */
  kept = 0
  scored = 0
  private readonly kernels: EncoderKernels
  private readonly shape: EncoderShape
  /** Where the gradients of one head's scores go. */
  private readonly scratch: number

  constructor(kernels: EncoderKernels, shape: EncoderShape, scratch: number) {
    this.kernels = kernels
    this.shape = shape
    this.scratch = scratch
  }

  /** Contexts from queries, keys and values. */
  forward(
    batch: Sentences,
    at: AttentionBuffers,
    {
      tensors,
      layer,
      threshold,
      mode,
      tapping,
    }: {
      readonly tensors: BlockTensors
      readonly layer: number
      readonly threshold: number
      readonly mode: AttentionMode
      readonly tapping: Tapping
    },
  ): void {
    const { kernels, shape } = this
    const { hidden, heads, spanRamp } = shape
    const [width, row] = [hidden / heads, 3 * hidden]
    const scale = 1 / Math.sqrt(width)
    this.kept = 0
    this.scored = 0
    let offset = 0
    for (let s = 0; s < batch.count; s++) {
      const first = batch.starts[s] as number
      const n = (batch.starts[s + 1] as number) - first
      for (let head = 0; head < heads; head++, offset += n * n) {
        const query = at.qkv + first * row + head * width
        const [scores, probabilities] = [at.scores + offset, at.probabilities + offset]
        kernels.multiplyRightTransposed(query, row, query + hidden, row, scores, n, n, n, width, 0)
        kernels.scale(scores, n * n, scale)
        if (tapping.tap) tapping.score(layer, { head, sentence: s, start: scores, size: n })
        kernels.floats.copyWithin(probabilities, scores, scores + n * n)
        this.weigh(mode, probabilities, { size: n, threshold })
        if (spanRamp !== undefined && tensors.spans) {
          maskBySpan(kernels.floats, probabilities, {
            size: n,
            span: kernels.floats[tensors.spans.start + head] as number,
            ramp: spanRamp,
          })
        }
        if (tapping.tap) tapping.probability(layer, { head, sentence: s, start: probabilities, size: n })
        const context = at.contexts + first * hidden + head * width
        kernels.multiply(probabilities, n, query + 2 * hidden, row, context, hidden, n, width, n, 0)
      }
    }
  }

  /** Turns the scores of one head, by rows, into probabilities. */
  private weigh(mode: AttentionMode, at: number, { size, threshold }: { size: number; threshold: number }): void {
    const { kernels } = this
    const { floats } = kernels
    const total = size * size
    this.scored += total
    if (mode.kind === 'dense') {
      this.kept += total
      kernels.softmax(at, size, size)
      return
    }
    if (mode.kind === 'hard') {
      for (let i = at; i < at + total; i++) {
        if ((floats[i] as number) >= threshold) this.kept++
        else floats[i] = Number.NEGATIVE_INFINITY
      }
      // A row without scores becomes zeros.
      kernels.softmax(at, size, size)
      return
    }
    const { constants } = mode
    this.kept += softenScores(floats, { scores: at, count: total, threshold, constants })
    if (mode.rest === undefined) kernels.softmax(at, size, size)
    else for (let r = 0; r < size; r++) softmaxInPlace(floats, at + r * size, size, mode.rest)
  }

  /**
   * The way back: gradients in queries, keys and values from those in the contexts.
   *
   * @param to.gradients gradients in the contexts: [tokens, hidden]
   * @param to.qkv where those in queries, keys and values go: [tokens, 3 hidden]
   * @param to.spans where those in the spans are added
   * @returns the gradient in the threshold
   */
  backward(
    batch: Sentences,
    at: AttentionBuffers,
    to: {
      readonly tensors: BlockTensors
      readonly gradients: number
      readonly qkv: number
      readonly spans: number | undefined
      readonly threshold: number
      readonly mode: AttentionMode
    },
  ): number {
    const { kernels, shape, scratch } = this
    const { floats } = kernels
    const { hidden, heads, spanRamp } = shape
    const [width, row] = [hidden / heads, 3 * hidden]
    const scale = 1 / Math.sqrt(width)
    const { scored } = this
    let thresholdGradient = 0
    let offset = 0
    for (let s = 0; s < batch.count; s++) {
      const first = batch.starts[s] as number
      const n = (batch.starts[s + 1] as number) - first
      for (let head = 0; head < heads; head++, offset += n * n) {
        const query = at.qkv + first * row + head * width
        const probabilities = at.probabilities + offset
        const gradient = to.gradients + first * hidden + head * width
        const out = to.qkv + first * row + head * width
        kernels.multiplyRightTransposed(gradient, hidden, query + 2 * hidden, row, scratch, n, n, n, width, 0)
        kernels.multiplyLeftTransposed(probabilities, n, gradient, hidden, out + 2 * hidden, row, n, width, n, 0)
        kernels.softmaxBackward(probabilities, scratch, n, n)
        if (spanRamp !== undefined && to.tensors.spans && to.spans !== undefined) {
          const span = floats[to.tensors.spans.start + head] as number
          const slope = spanBackward(floats, scratch, { size: n, span, ramp: spanRamp })
          floats[to.spans + head] = (floats[to.spans + head] as number) + slope
        }
        if (to.mode.kind === 'soft') {
          thresholdGradient += softenBackward(floats, scratch, {
            ...{ scores: at.scores + offset, count: n * n, threshold: to.threshold, constants: to.mode.constants },
            weight: to.mode.pressure / (scored * shape.layers),
          })
        }
        kernels.scale(scratch, n * n, scale)
        kernels.multiply(scratch, n, query + hidden, row, out, row, n, width, n, 0)
        kernels.multiplyLeftTransposed(scratch, n, query, row, out + hidden, row, n, width, n, 0)
      }
    }
    return thresholdGradient
  }
}

import { Layout } from '../kernels.ts'
import { Attention, type AttentionMode } from './attention.ts'
import { type Capacity, checkAnswers, checkBatch, type MaskedWords, type Sentences } from './batch.ts'
import { Block, type BlockScratch, layOutBlock, layOutScratch } from './block.ts'
import { createEncoderKernels } from './create-kernels.ts'
import { Embedding, layOutEmbedding } from './embedding.ts'
import { Head, type HeadResult } from './head.ts'
import type { EncoderKernels } from './kernels.ts'
import { type EncoderShape, type EncoderTensors, layOutEncoder, type Tensor } from './shape.ts'
import { type Tap, Tapping } from './tap.ts'

/** How a pass is run. */
export interface PassOptions {
  /** @default dense */
  readonly mode?: AttentionMode
  readonly tap?: Tap | undefined
}

/** What is learned from a batch. */
export interface Objective extends Pick<PassOptions, 'mode'> {
  /** Weights of the classifiers' losses, by layer. @default 1 for the last layer's */
  readonly rampWeights?: readonly number[]
  /** No gradient goes on from the classifiers into the layers. @default false */
  readonly detached?: boolean
  /** Masked words to name besides: their positions in the batch, and what stood there. */
  readonly masked?: MaskedWords
  /** Weighs the mean over the heads of the tokens their spans reach. @default 0 */
  readonly spanPressure?: number
  /** Names of matrices whose gradients are not needed; those of their biases are left out with them. */
  readonly frozen?: ReadonlySet<string>
}

/** What a step saw. */
export interface StepResult extends HeadResult {
  /** Share of attention scores kept, or of their surrogate count. */
  readonly keptShare: number
}

const NOTHING: ReadonlySet<string> = new Set()
const DENSE: AttentionMode = { kind: 'dense' }

/**
 * A transformer encoder (Vaswani et al., NeurIPS 2017, with the post-LN blocks of BERT or the shared ones of ALBERT) and
 * the way back through it. All numbers lie in one memory: parameters, their gradients, Adam's two means, activations.
 */
export class Encoder {
  readonly shape: EncoderShape
  readonly capacity: Capacity
  readonly kernels: EncoderKernels
  readonly tensors: EncoderTensors
  /** All parameters, a view. */
  readonly values: Float32Array
  /** Their gradients, a view in the same order. */
  readonly gradients: Float32Array
  private readonly embedding: Embedding
  private readonly blocks: readonly Block[]
  private readonly ramps: readonly (Head | undefined)[]
  private readonly language: Head | undefined
  private readonly attention: Attention
  private readonly tapping: Tapping
  private readonly scratch: BlockScratch
  private readonly backed: number
  /** Attention scores of the last pass that were kept, or their surrogate count, and how many there were. */
  kept = 0
  scored = 0

  /** @throws {RangeError} on a shape that cannot be, or a capacity of nothing */
  constructor(
    shape: EncoderShape,
    capacity: Capacity,
    { kind = 'simd' }: { readonly kind?: EncoderKernels['kind'] } = {},
  ) {
    this.shape = shape
    this.capacity = capacity
    const { tokens, sentences, longest } = capacity
    for (const [name, value] of Object.entries({ tokens, sentences, longest })) {
      if (!(Number.isSafeInteger(value) && value >= 1)) {
        throw new RangeError(`Cannot create an encoder: capacity.${name} must be a positive integer, got ${value}`)
      }
    }
    if (longest > shape.positions) {
      throw new RangeError(
        `Cannot create an encoder: its longest input must be at most its ${shape.positions} positions, got ${longest}`,
      )
    }
    const layout = new Layout()
    this.tensors = layOutEncoder(layout, shape)
    const { count } = this.tensors
    // Gradients, and Adam's two means.
    for (let i = 0; i < 3; i++) layout.block(count)
    const embedding = layOutEmbedding(layout, shape, capacity)
    const blocks = this.tensors.blocks.map(() => layOutBlock(layout, shape, capacity))
    this.scratch = layOutScratch(layout, shape, capacity)
    this.backed = layout.block(tokens * shape.hidden)
    const scores = layout.block(longest * longest)
    const ramps = this.tensors.ramps.map((ramp) =>
      ramp
        ? { pooled: layout.block(sentences * shape.hidden), logits: layout.block(sentences * shape.classes) }
        : undefined,
    )
    const language = shape.language
      ? { pooled: layout.block(tokens * shape.hidden), logits: layout.block(tokens * shape.vocabulary) }
      : undefined
    const kernels = createEncoderKernels(layout.size, { kind })
    this.kernels = kernels
    this.values = kernels.floats.subarray(0, count)
    this.gradients = kernels.floats.subarray(count, 2 * count)
    this.embedding = new Embedding(kernels, { shape, tensors: this.tensors }, embedding)
    this.blocks = blocks.map(
      (at, layer) =>
        new Block(
          kernels,
          { shape, tensors: this.tensors.blocks[layer] as (typeof this.tensors.blocks)[0], layer },
          at,
        ),
    )
    this.ramps = ramps.map((at, layer) => {
      const tensors = this.tensors.ramps[layer]
      return at && tensors ? new Head(kernels, tensors, at) : undefined
    })
    this.language = language && this.tensors.language ? new Head(kernels, this.tensors.language, language) : undefined
    this.attention = new Attention(kernels, shape, scores)
    this.tapping = new Tapping(kernels.floats)
  }

  /** The parameters of a tensor, a view: [rows, columns]. */
  view({ start, rows, columns }: Tensor): Float32Array {
    return this.kernels.floats.subarray(start, start + rows * columns)
  }

  /**
   * Runs inputs through the layers.
   *
   * @throws {RangeError} if they are more, or longer, than the encoder holds
   */
  forward(batch: Sentences, { mode = DENSE, tap }: PassOptions = {}): void {
    checkBatch(batch, this)
    const { attention, tapping } = this
    tapping.tap = tap
    this.embedding.forward(batch, tapping)
    this.kept = 0
    this.scored = 0
    let x = this.embedding.out
    for (const [layer, block] of this.blocks.entries()) {
      block.forward(batch, x, { attention, threshold: this.threshold(layer), mode, tapping })
      this.kept += attention.kept
      this.scored += attention.scored
      x = block.at.out
    }
  }

  /** Share of attention scores the last pass kept. */
  get keptShare(): number {
    return this.kept / this.scored
  }

  /** A layer's threshold of attention scores. */
  threshold(layer: number): number {
    return this.kernels.floats[this.tensors.thresholds.start + layer] as number
  }

  /**
   * Logits of the classifier after a layer, from the last {@link forward}.
   *
   * @param layer counted from 0
   * @returns [inputs, classes], overwritten by the next pass
   * @throws {RangeError} if there is no classifier
   */
  classify(batch: Sentences, layer = this.shape.layers - 1): Float32Array {
    return this.ramp(layer).forward(this.outputOf(layer), batch.starts.subarray(0, batch.count))
  }

  /**
   * Logits of the language head at positions of the last {@link forward}.
   *
   * @returns [positions, vocabulary], overwritten by the next pass
   * @throws {RangeError} if there is no such head
   */
  nameWords(positions: ArrayLike<number>): Float32Array {
    if (!this.language) throw new RangeError('Cannot name words: the shape must have a language head, got none')
    return this.language.forward(this.outputOf(this.shape.layers - 1), positions)
  }

  /** Where the output of a layer lies after {@link forward}: [tokens, hidden]; layer -1 is the embedding. */
  outputOf(layer: number): number {
    return layer < 0 ? this.embedding.out : (this.blocks[layer]?.at.out ?? Number.NaN)
  }

  /**
   * Runs a batch forth and back: gradients of all parameters replace those of the batch before.
   *
   * @returns the loss (that of the last weighed classifier, or of the masked words, nat) and the accuracy there
   */
  learn(batch: Sentences, objective: Objective = {}): StepResult {
    const { shape, kernels, tensors, attention, scratch, backed, blocks } = this
    const { layers, hidden } = shape
    const { mode = DENSE, masked, detached = false, frozen = NOTHING, spanPressure = 0 } = objective
    if (mode.kind === 'hard') throw new RangeError('Cannot learn: attention must be dense or soft, got hard')
    const weights = objective.rampWeights ?? Array.from({ length: layers }, (_, i) => (i === layers - 1 ? 1 : 0))
    this.forward(batch, { mode })
    checkAnswers(batch, { shape, capacity: this.capacity, masked })
    this.gradients.fill(0)
    const moved = tensors.count
    const firsts = batch.starts.subarray(0, batch.count)
    let result: HeadResult = { loss: Number.NaN, accuracy: Number.NaN }
    const rows = batch.starts[batch.count] as number
    kernels.floats.fill(0, backed, backed + rows * hidden)
    const gradients = detached ? undefined : backed
    if (masked) {
      this.nameWords(masked.positions)
      result = (this.language as Head).judge(masked.words)
      this.language?.backward(masked.positions, masked.words, { weight: 1, gradients, moved })
    }
    for (let layer = layers - 1; layer >= 0; layer--) {
      const weight = weights[layer] ?? 0
      if (weight !== 0) {
        const ramp = this.ramp(layer)
        ramp.forward(this.outputOf(layer), firsts)
        if (Number.isNaN(result.loss)) result = ramp.judge(batch.labels)
        ramp.backward(firsts, batch.labels, { weight, gradients, moved })
      }
      if (detached) continue
      const slope = (blocks[layer] as Block).backward(
        batch,
        { x: this.outputOf(layer - 1), gradients: backed },
        { attention, threshold: this.threshold(layer), mode, scratch, moved, frozen },
      )
      this.gradients[tensors.thresholds.start + layer] = slope
    }
    if (!detached && !frozen.has('words')) this.embedding.backward(batch, backed, moved)
    if (spanPressure > 0) this.pressSpans(spanPressure)
    return { ...result, keptShare: this.keptShare }
  }

  /** Adds the gradients of the mean reach of all spans. */
  private pressSpans(pressure: number): void {
    const { shape, tensors, values, gradients } = this
    const own = [...new Set(tensors.blocks)]
    for (const { spans } of own) {
      if (!spans) throw new RangeError('Cannot press on spans: the shape must have a spanRamp, got none')
      for (let i = spans.start; i < spans.start + shape.heads; i++) {
        if ((values[i] as number) <= -(shape.spanRamp as number)) continue
        gradients[i] = (gradients[i] as number) + pressure / (own.length * shape.heads)
      }
    }
  }

  private ramp(layer: number): Head {
    const ramp = this.ramps[layer]
    if (ramp) return ramp
    const known = this.ramps.flatMap((own, i) => (own ? [i] : [])).join(', ')
    throw new RangeError(`Cannot classify after layer ${layer}: it must be one with a classifier, of ${known}`)
  }
}

import type { Layout } from '../kernels.ts'
import type { Capacity, Sentences } from './batch.ts'
import type { EncoderKernels } from './kernels.ts'
import { NORM_EPSILON } from './norm.ts'
import type { EncoderShape, EncoderTensors } from './shape.ts'
import type { Tapping } from './tap.ts'

/** Words, positions and segments summed, normalised, and led to the hidden width where that is another. */
export class Embedding {
  /** Where the hidden numbers go: [tokens, hidden]. */
  readonly out: number
  private readonly kernels: EncoderKernels
  private readonly shape: EncoderShape
  private readonly tensors: EncoderTensors
  private readonly summed: number
  private readonly normal: number
  private readonly inverse: number
  private readonly normed: number

  constructor(
    kernels: EncoderKernels,
    { shape, tensors }: { readonly shape: EncoderShape; readonly tensors: EncoderTensors },
    at: EmbeddingBuffers,
  ) {
    this.kernels = kernels
    this.shape = shape
    this.tensors = tensors
    this.summed = at.summed
    this.normal = at.normal
    this.inverse = at.inverse
    this.normed = at.normed
    this.out = at.out
  }

  forward(batch: Sentences, tapping: Tapping): void {
    const { kernels, tensors, shape, summed, normed } = this
    const { floats } = kernels
    const { embedding, hidden } = shape
    const total = batch.starts[batch.count] as number
    for (let s = 0; s < batch.count; s++) {
      const [from, to] = [batch.starts[s] as number, batch.starts[s + 1] as number]
      for (let t = from; t < to; t++) {
        const at = summed + t * embedding
        const word = tensors.words.start + (batch.tokens[t] as number) * embedding
        const position = tensors.positions.start + (t - from) * embedding
        const segment = tensors.segments.start + (batch.segments[t] as number) * embedding
        for (let i = 0; i < embedding; i++) {
          floats[at + i] =
            (floats[word + i] as number) + (floats[position + i] as number) + (floats[segment + i] as number)
        }
      }
    }
    kernels.layerNorm(
      ...([summed, total, embedding, tensors.embeddingGain.start, tensors.embeddingBias.start] as const),
      ...([normed, this.normal, this.inverse, NORM_EPSILON] as const),
    )
    if (tensors.projection && tensors.projectionBias) {
      kernels.multiply(
        ...([normed, embedding, tensors.projection.start, hidden, this.out, hidden] as const),
        ...([total, hidden, embedding, 0] as const),
      )
      kernels.addRow(this.out, total, hidden, tensors.projectionBias.start)
    }
    tapping.matrix('embedding', -1, { start: this.out, rows: total, columns: hidden })
  }

  /**
   * The way back.
   *
   * @param gradients in the hidden numbers: [tokens, hidden]; overwritten
   * @param moved where gradients of parameters lie, less where the parameters do
   */
  backward(batch: Sentences, gradients: number, moved: number): void {
    const { kernels, tensors, shape, normed, summed } = this
    const { floats } = kernels
    const { embedding, hidden } = shape
    const total = batch.starts[batch.count] as number
    let inNormed = gradients
    if (tensors.projection && tensors.projectionBias) {
      const { start } = tensors.projection
      kernels.multiplyLeftTransposed(
        ...([normed, embedding, gradients, hidden, start + moved, hidden] as const),
        ...([embedding, hidden, total, 1] as const),
      )
      kernels.addRowSum(gradients, total, hidden, tensors.projectionBias.start + moved)
      kernels.multiplyRightTransposed(
        ...([gradients, hidden, start, hidden, summed, embedding] as const),
        ...([total, embedding, hidden, 0] as const),
      )
      inNormed = summed
    }
    kernels.layerNormBackward(
      ...([inNormed, total, embedding, tensors.embeddingGain.start, this.normal, this.inverse] as const),
      ...([normed, tensors.embeddingGain.start + moved, tensors.embeddingBias.start + moved] as const),
    )
    for (let s = 0; s < batch.count; s++) {
      const [from, to] = [batch.starts[s] as number, batch.starts[s + 1] as number]
      for (let t = from; t < to; t++) {
        const at = normed + t * embedding
        const word = moved + tensors.words.start + (batch.tokens[t] as number) * embedding
        const position = moved + tensors.positions.start + (t - from) * embedding
        const segment = moved + tensors.segments.start + (batch.segments[t] as number) * embedding
        for (let i = 0; i < embedding; i++) {
          const gradient = floats[at + i] as number
          floats[word + i] = (floats[word + i] as number) + gradient
          floats[position + i] = (floats[position + i] as number) + gradient
          floats[segment + i] = (floats[segment + i] as number) + gradient
        }
      }
    }
  }
}

/** Blocks of memory of an embedding. */
export interface EmbeddingBuffers {
  readonly summed: number
  readonly normal: number
  readonly inverse: number
  /** Behind the norm: [tokens, embedding]. */
  readonly normed: number
  readonly out: number
}

/** Sets aside an embedding's memory. */
export function layOutEmbedding(layout: Layout, shape: EncoderShape, { tokens }: Capacity): EmbeddingBuffers {
  const wide = () => layout.block(tokens * shape.embedding)
  const [summed, normal, inverse, normed] = [wide(), wide(), layout.block(tokens), wide()]
  const out = shape.embedding === shape.hidden ? normed : layout.block(tokens * shape.hidden)
  return { summed, normal, inverse, normed, out }
}

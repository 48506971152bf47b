import { crossEntropy, crossEntropyGradients } from '../cross-entropy.ts'
import type { EncoderKernels } from './kernels.ts'
import type { HeadTensors } from './shape.ts'

/** Blocks of memory of a head. */
export interface HeadBuffers {
  /** The positions it classifies: [rows, hidden]. */
  readonly pooled: number
  /** [rows, classes]. */
  readonly logits: number
}

/** What a head says of some positions. */
export interface HeadResult {
  /** Mean cross entropy, nat. */
  readonly loss: number
  /** Share of positions whose largest logit is the answer's. */
  readonly accuracy: number
}

/** A linear classifier of single positions. */
export class Head {
  private readonly kernels: EncoderKernels
  private readonly tensors: HeadTensors
  private readonly at: HeadBuffers

  constructor(kernels: EncoderKernels, tensors: HeadTensors, at: HeadBuffers) {
    this.kernels = kernels
    this.tensors = tensors
    this.at = at
  }

  /**
   * Classifies positions.
   *
   * @param hidden numbers of all positions: [tokens, hidden]
   * @returns the logits: [positions, classes], overwritten by the next call
   */
  forward(hidden: number, positions: ArrayLike<number>): Float32Array {
    const { kernels, tensors, at } = this
    const { floats } = kernels
    const { rows: classes, columns: width, start } = tensors.weights
    for (let r = 0; r < positions.length; r++) {
      const from = hidden + (positions[r] as number) * width
      floats.copyWithin(at.pooled + r * width, from, from + width)
    }
    const rows = positions.length
    kernels.multiplyRightTransposed(at.pooled, width, start, width, at.logits, classes, rows, classes, width, 0)
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < classes; c++) {
        const i = at.logits + r * classes + c
        floats[i] = (floats[i] as number) + (floats[tensors.bias.start + c] as number)
      }
    }
    return floats.subarray(at.logits, at.logits + rows * classes)
  }

  /** Loss and accuracy of what {@link forward} left. */
  judge(answers: ArrayLike<number>): HeadResult {
    const { floats } = this.kernels
    const classes = this.tensors.weights.rows
    let [loss, right] = [0, 0]
    for (let r = 0; r < answers.length; r++) {
      const [logits, answer] = [this.at.logits + r * classes, answers[r] as number]
      loss += crossEntropy(floats, { logits, count: classes, answer })
      if (largestOf(floats, logits, classes) === answer) right++
    }
    return { loss: loss / answers.length, accuracy: right / answers.length }
  }

  /**
   * The way back of the mean cross entropy times `weight`.
   *
   * @param to.gradients where those in the positions are added: [tokens, hidden]; left out where undefined
   * @param to.moved where gradients of parameters lie, less where the parameters do
   */
  backward(
    positions: ArrayLike<number>,
    answers: ArrayLike<number>,
    to: { readonly weight: number; readonly gradients: number | undefined; readonly moved: number },
  ): void {
    const { kernels, tensors, at } = this
    const { floats } = kernels
    const { rows: classes, columns: width, start } = tensors.weights
    const rows = positions.length
    const share = to.weight / rows
    const bias = tensors.bias.start + to.moved
    for (let r = 0; r < rows; r++) {
      const logits = at.logits + r * classes
      crossEntropyGradients(floats, { logits, count: classes, answer: answers[r] as number })
      for (let c = 0; c < classes; c++) {
        const gradient = share * (floats[logits + c] as number)
        floats[logits + c] = gradient
        floats[bias + c] = (floats[bias + c] as number) + gradient
      }
    }
    kernels.multiplyLeftTransposed(
      ...([at.logits, classes, at.pooled, width, start + to.moved, width, classes, width, rows, 1] as const),
    )
    if (to.gradients === undefined) return
    kernels.multiply(at.logits, classes, start, width, at.pooled, width, rows, width, classes, 0)
    for (let r = 0; r < rows; r++) {
      const [from, into] = [at.pooled + r * width, to.gradients + (positions[r] as number) * width]
      for (let i = 0; i < width; i++) floats[into + i] = (floats[into + i] as number) + (floats[from + i] as number)
    }
  }
}

/** Index of the largest of `count` numbers; the first of equals. */
export function largestOf(values: ArrayLike<number>, start: number, count: number): number {
  let best = 0
  for (let i = 1; i < count; i++) if ((values[start + i] as number) > (values[start + best] as number)) best = i
  return best
}

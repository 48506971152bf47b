import type { Layout } from '../kernels.ts'
import type { EncoderKernels } from './kernels.ts'
import { linear, linearBackward } from './linear.ts'
import type { AdapterTensors } from './shape.ts'

/** Blocks of memory of an adapter, kept for the way back. */
export interface AdapterBuffers {
  readonly downSum: number
  readonly down: number
  readonly out: number
}

/** Sets aside an adapter's memory. */
export function layOutAdapter(
  layout: Layout,
  width: number,
  { tokens, hidden }: { readonly tokens: number; readonly hidden: number },
): AdapterBuffers {
  return {
    downSum: layout.block(tokens * width),
    down: layout.block(tokens * width),
    out: layout.block(tokens * hidden),
  }
}

/** A residual bottleneck: `out = x + gelu(x down) up` (Houlsby et al., "Parameter-Efficient Transfer Learning for NLP", ICML 2019). */
export class Adapter {
  readonly at: AdapterBuffers
  private readonly kernels: EncoderKernels
  private readonly tensors: AdapterTensors

  constructor(kernels: EncoderKernels, tensors: AdapterTensors, at: AdapterBuffers) {
    this.kernels = kernels
    this.tensors = tensors
    this.at = at
  }

  forward(x: number, rows: number): void {
    const { kernels, tensors, at } = this
    const { rows: hidden, columns: width } = tensors.down
    linear(kernels, { x, rows, out: at.downSum }, { weights: tensors.down, bias: tensors.downBias })
    kernels.gelu(at.downSum, rows * width, at.down)
    linear(kernels, { x: at.down, rows, out: at.out }, { weights: tensors.up, bias: tensors.upBias })
    kernels.add(at.out, x, rows * hidden, at.out)
  }

  /**
   * The way back.
   *
   * @param x the adapter's input
   * @param options.gradients in its output; replaced by those in its input
   */
  backward(
    x: number,
    {
      gradients,
      rows,
      scratch,
      moved,
      frozen,
    }: {
      readonly gradients: number
      readonly rows: number
      readonly scratch: number
      readonly moved: number
      readonly frozen: ReadonlySet<string>
    },
  ): void {
    const { kernels, tensors, at } = this
    linearBackward(
      kernels,
      { x: at.down, rows, gradients, out: scratch, add: 0 },
      { weights: tensors.up, bias: tensors.upBias, moved, frozen },
    )
    kernels.geluBackward(at.downSum, scratch, rows * tensors.down.columns)
    linearBackward(
      kernels,
      { x, rows, gradients: scratch, out: gradients, add: 1 },
      { weights: tensors.down, bias: tensors.downBias, moved, frozen },
    )
  }
}

import type { EncoderKernels } from './kernels.ts'
import type { Tensor } from './shape.ts'

/** `out = x weights + bias`, x being [rows, weights.rows]. */
export function linear(
  kernels: EncoderKernels,
  { x, rows, out }: { readonly x: number; readonly rows: number; readonly out: number },
  { weights, bias }: { readonly weights: Tensor; readonly bias: Tensor },
): void {
  const { rows: k, columns: n, start } = weights
  kernels.multiply(x, k, start, n, out, n, rows, n, k, 0)
  kernels.addRow(out, rows, n, bias.start)
}

/**
 * The way back of {@link linear}: gradients in x go to `out`, or are added there; those in weights and bias are added
 * where gradients of parameters lie, `moved` numbers behind the parameters, unless they are frozen.
 */
export function linearBackward(
  kernels: EncoderKernels,
  {
    x,
    rows,
    gradients,
    out,
    add,
  }: {
    readonly x: number
    readonly rows: number
    readonly gradients: number
    readonly out: number
    readonly add: 0 | 1
  },
  {
    weights,
    bias,
    moved,
    frozen,
  }: { readonly weights: Tensor; readonly bias: Tensor; readonly moved: number; readonly frozen: ReadonlySet<string> },
): void {
  const { rows: k, columns: n, start } = weights
  if (!frozen.has(weights.name)) {
    kernels.multiplyLeftTransposed(x, k, gradients, n, start + moved, n, k, n, rows, 1)
  }
  if (!frozen.has(bias.name)) kernels.addRowSum(gradients, rows, n, bias.start + moved)
  kernels.multiplyRightTransposed(gradients, n, start, n, out, k, rows, k, n, add)
}

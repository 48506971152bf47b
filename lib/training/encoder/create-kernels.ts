import { createWasmMemory, instantiateWasm } from '../../numeric/mod.ts'
import { binary as trainingBinary } from '../kernels.wasm.ts'
import type { EncoderKernels } from './kernels.ts'
import { binary } from './kernels.wasm.ts'
import { PlainEncoderKernels } from './plain-kernels.ts'

/**
 * Kernels over a new memory of `size` numbers: SIMD where the engine has it, plain TypeScript otherwise. Both compute
 * the same up to rounding.
 */
export function createEncoderKernels(
  size: number,
  { kind = 'simd' }: { readonly kind?: EncoderKernels['kind'] } = {},
): EncoderKernels {
  return (kind === 'simd' ? simdKernels(size) : undefined) ?? new PlainEncoderKernels(size)
}

/** Functions of the compiled modules: as those of the interface, positions in bytes. */
type Adam = Pick<EncoderKernels, 'adam'>
type Compiled = Omit<EncoderKernels, 'kind' | 'floats' | 'adam'>

function simdKernels(size: number): EncoderKernels | undefined {
  const memory = createWasmMemory(4 * size)
  const f = instantiateWasm<Compiled>(binary, memory)?.functions
  const training = instantiateWasm<Adam>(trainingBinary, memory)?.functions
  if (!f || !training) return undefined
  return {
    kind: 'simd',
    floats: new Float32Array(memory.buffer),
    multiply: (a, lda, b, ldb, c, ldc, m, n, k, add) => f.multiply(4 * a, lda, 4 * b, ldb, 4 * c, ldc, m, n, k, add),
    multiplyRightTransposed: (a, lda, b, ldb, c, ldc, m, n, k, add) =>
      f.multiplyRightTransposed(4 * a, lda, 4 * b, ldb, 4 * c, ldc, m, n, k, add),
    multiplyLeftTransposed: (a, lda, b, ldb, c, ldc, m, n, k, add) =>
      f.multiplyLeftTransposed(4 * a, lda, 4 * b, ldb, 4 * c, ldc, m, n, k, add),
    add: (a, b, count, out) => f.add(4 * a, 4 * b, count, 4 * out),
    scale: (x, count, factor) => f.scale(4 * x, count, factor),
    addRow: (x, rows, width, row) => f.addRow(4 * x, rows, width, 4 * row),
    addRowSum: (x, rows, width, out) => f.addRowSum(4 * x, rows, width, 4 * out),
    gelu: (x, count, out) => f.gelu(4 * x, count, 4 * out),
    geluBackward: (x, gradients, count) => f.geluBackward(4 * x, 4 * gradients, count),
    layerNorm: (x, rows, width, gain, bias, out, normal, inverse, epsilon) =>
      f.layerNorm(4 * x, rows, width, 4 * gain, 4 * bias, 4 * out, 4 * normal, 4 * inverse, epsilon),
    layerNormBackward: (gradients, rows, width, gain, normal, inverse, out, gainGradients, biasGradients) =>
      f.layerNormBackward(
        4 * gradients,
        rows,
        width,
        4 * gain,
        4 * normal,
        4 * inverse,
        4 * out,
        4 * gainGradients,
        4 * biasGradients,
      ),
    softmax: (x, rows, width) => f.softmax(4 * x, rows, width),
    softmaxBackward: (probabilities, gradients, rows, width) =>
      f.softmaxBackward(4 * probabilities, 4 * gradients, rows, width),
    adam: (values, gradients, first, second, count, rate, beta1, beta2, epsilon) =>
      training.adam(4 * values, 4 * gradients, 4 * first, 4 * second, count, rate, beta1, beta2, epsilon),
  }
}

import { PlainKernels } from '../kernels.ts'
import type { EncoderKernels } from './kernels.ts'

/** Constants of the form of GELU with tanh: `x sigmoid(GELU_SLOPE (x + GELU_CUBE x^3))`. */
const GELU_SLOPE = 2 * Math.sqrt(2 / Math.PI)
const GELU_CUBE = 0.044715

/**
 * Positions of a product's operands: c[i, j] is the sum over p of `a[i aRow + p aDepth] b[p bDepth + j bColumn]`, so
 * that one loop serves a product with neither or one of its sides transposed.
 */
interface Steps {
  readonly aRow: number
  readonly aDepth: number
  readonly bDepth: number
  readonly bColumn: number
}

/** The kernels of the encoder in plain TypeScript, for engines without SIMD. Sums are of 64 bits. */
export class PlainEncoderKernels implements EncoderKernels {
  readonly kind = 'plain'
  readonly floats: Float32Array
  readonly #training: PlainKernels

  constructor(size: number) {
    this.floats = new Float32Array(size)
    this.#training = new PlainKernels(this.floats)
  }

  multiply(...[a, lda, b, ldb, c, ldc, m, n, k, add]: Parameters<EncoderKernels['multiply']>): void {
    product(this.floats, { aRow: lda, aDepth: 1, bDepth: ldb, bColumn: 1 }, a, b, c, ldc, m, n, k, add)
  }

  multiplyRightTransposed(
    ...[a, lda, b, ldb, c, ldc, m, n, k, add]: Parameters<EncoderKernels['multiplyRightTransposed']>
  ): void {
    product(this.floats, { aRow: lda, aDepth: 1, bDepth: 1, bColumn: ldb }, a, b, c, ldc, m, n, k, add)
  }

  multiplyLeftTransposed(
    ...[a, lda, b, ldb, c, ldc, m, n, k, add]: Parameters<EncoderKernels['multiplyLeftTransposed']>
  ): void {
    product(this.floats, { aRow: 1, aDepth: lda, bDepth: ldb, bColumn: 1 }, a, b, c, ldc, m, n, k, add)
  }

  add(a: number, b: number, count: number, out: number): void {
    const f = this.floats
    for (let i = 0; i < count; i++) f[out + i] = (f[a + i] as number) + (f[b + i] as number)
  }

  scale(x: number, count: number, factor: number): void {
    const f = this.floats
    // The factor is rounded first, as it is on its way to the compiled kernels.
    const rounded = Math.fround(factor)
    for (let i = x; i < x + count; i++) f[i] = (f[i] as number) * rounded
  }

  addRow(x: number, rows: number, width: number, row: number): void {
    const f = this.floats
    for (let r = 0, at = x; r < rows; r++) {
      for (let i = row; i < row + width; i++, at++) f[at] = (f[at] as number) + (f[i] as number)
    }
  }

  addRowSum(x: number, rows: number, width: number, out: number): void {
    const f = this.floats
    for (let r = 0, at = x; r < rows; r++) {
      for (let i = out; i < out + width; i++, at++) f[i] = (f[i] as number) + (f[at] as number)
    }
  }

  gelu(x: number, count: number, out: number): void {
    const f = this.floats
    for (let i = 0; i < count; i++) {
      const value = f[x + i] as number
      const z = GELU_SLOPE * value * (1 + GELU_CUBE * value * value)
      f[out + i] = value / (1 + Math.exp(-z))
    }
  }

  geluBackward(x: number, gradients: number, count: number): void {
    const f = this.floats
    for (let i = 0; i < count; i++) {
      const value = f[x + i] as number
      const square = GELU_CUBE * value * value
      const sigmoid = 1 / (1 + Math.exp(-GELU_SLOPE * value * (1 + square)))
      const slope = sigmoid + value * sigmoid * (1 - sigmoid) * GELU_SLOPE * (1 + 3 * square)
      f[gradients + i] = (f[gradients + i] as number) * slope
    }
  }

  layerNorm(
    ...[x, rows, width, gain, bias, out, normal, inverse, epsilon]: Parameters<EncoderKernels['layerNorm']>
  ): void {
    const f = this.floats
    for (let r = 0, row = 0; r < rows; r++, row += width) {
      let sum = 0
      for (let i = 0; i < width; i++) sum += f[x + row + i] as number
      const mean = sum / width
      let squares = 0
      for (let i = 0; i < width; i++) {
        const centred = (f[x + row + i] as number) - mean
        squares += centred * centred
      }
      const scale = 1 / Math.sqrt(squares / width + epsilon)
      f[inverse + r] = scale
      for (let i = 0; i < width; i++) {
        const value = ((f[x + row + i] as number) - mean) * scale
        f[normal + row + i] = value
        f[out + row + i] = (f[gain + i] as number) * value + (f[bias + i] as number)
      }
    }
  }

  layerNormBackward(
    ...[gradients, rows, width, gain, normal, inverse, out, gainGradients, biasGradients]: Parameters<
      EncoderKernels['layerNormBackward']
    >
  ): void {
    const f = this.floats
    for (let r = 0, row = 0; r < rows; r++, row += width) {
      let sum = 0
      let products = 0
      for (let i = 0; i < width; i++) {
        const gradient = f[gradients + row + i] as number
        const value = f[normal + row + i] as number
        sum += gradient * (f[gain + i] as number)
        products += gradient * (f[gain + i] as number) * value
        f[gainGradients + i] = (f[gainGradients + i] as number) + gradient * value
        f[biasGradients + i] = (f[biasGradients + i] as number) + gradient
      }
      const scale = f[inverse + r] as number
      for (let i = 0; i < width; i++) {
        const gradient = (f[gradients + row + i] as number) * (f[gain + i] as number)
        f[out + row + i] = scale * (gradient - sum / width - ((f[normal + row + i] as number) * products) / width)
      }
    }
  }

  softmax(x: number, rows: number, width: number): void {
    const f = this.floats
    for (let r = 0, row = x; r < rows; r++, row += width) {
      let max = -Infinity
      for (let i = row; i < row + width; i++) max = Math.max(max, f[i] as number)
      if (max === -Infinity) {
        f.fill(0, row, row + width)
        continue
      }
      let sum = 0
      for (let i = row; i < row + width; i++) {
        const weight = Math.exp((f[i] as number) - max)
        f[i] = weight
        sum += weight
      }
      for (let i = row; i < row + width; i++) f[i] = (f[i] as number) / sum
    }
  }

  softmaxBackward(probabilities: number, gradients: number, rows: number, width: number): void {
    const f = this.floats
    for (let r = 0, row = 0; r < rows; r++, row += width) {
      let sum = 0
      for (let i = row; i < row + width; i++) sum += (f[probabilities + i] as number) * (f[gradients + i] as number)
      for (let i = row; i < row + width; i++) {
        f[gradients + i] = (f[probabilities + i] as number) * ((f[gradients + i] as number) - sum)
      }
    }
  }

  adam(...step: Parameters<EncoderKernels['adam']>): void {
    this.#training.adam(...step)
  }
}

/** A product in blocks of 4 x 4 sums, which the engine keeps in registers. */
function product(
  f: Float32Array,
  steps: Steps,
  a: number,
  b: number,
  c: number,
  ldc: number,
  m: number,
  n: number,
  k: number,
  add: number,
): void {
  const { aRow, aDepth, bDepth, bColumn } = steps
  const keep = add === 0 ? 0 : 1
  const inBlocks = { m: m - (m % 4), n: n - (n % 4) }
  for (let i = 0; i < inBlocks.m; i += 4) {
    for (let j = 0; j < inBlocks.n; j += 4) {
      block(f, steps, a + i * aRow, b + j * bColumn, c + i * ldc + j, ldc, k, keep)
    }
  }
  for (let i = 0; i < m; i++) {
    for (let j = i < inBlocks.m ? inBlocks.n : 0; j < n; j++) {
      let sum = 0
      for (let p = 0, ai = a + i * aRow, bj = b + j * bColumn; p < k; p++, ai += aDepth, bj += bDepth) {
        sum += (f[ai] as number) * (f[bj] as number)
      }
      const at = c + i * ldc + j
      f[at] = keep ? (f[at] as number) + sum : sum
    }
  }
}

function block(
  f: Float32Array,
  { aRow, aDepth, bDepth, bColumn }: Steps,
  a: number,
  b: number,
  c: number,
  ldc: number,
  k: number,
  keep: number,
): void {
  let [s00, s01, s02, s03] = [0, 0, 0, 0]
  let [s10, s11, s12, s13] = [0, 0, 0, 0]
  let [s20, s21, s22, s23] = [0, 0, 0, 0]
  let [s30, s31, s32, s33] = [0, 0, 0, 0]
  for (let p = 0; p < k; p++, a += aDepth, b += bDepth) {
    const b0 = f[b] as number
    const b1 = f[b + bColumn] as number
    const b2 = f[b + 2 * bColumn] as number
    const b3 = f[b + 3 * bColumn] as number
    let x = f[a] as number
    s00 += x * b0
    s01 += x * b1
    s02 += x * b2
    s03 += x * b3
    x = f[a + aRow] as number
    s10 += x * b0
    s11 += x * b1
    s12 += x * b2
    s13 += x * b3
    x = f[a + 2 * aRow] as number
    s20 += x * b0
    s21 += x * b1
    s22 += x * b2
    s23 += x * b3
    x = f[a + 3 * aRow] as number
    s30 += x * b0
    s31 += x * b1
    s32 += x * b2
    s33 += x * b3
  }
  store(f, c, keep, s00, s01, s02, s03)
  store(f, c + ldc, keep, s10, s11, s12, s13)
  store(f, c + 2 * ldc, keep, s20, s21, s22, s23)
  store(f, c + 3 * ldc, keep, s30, s31, s32, s33)
}

function store(f: Float32Array, c: number, keep: number, s0: number, s1: number, s2: number, s3: number): void {
  f[c] = keep ? (f[c] as number) + s0 : s0
  f[c + 1] = keep ? (f[c + 1] as number) + s1 : s1
  f[c + 2] = keep ? (f[c + 2] as number) + s2 : s2
  f[c + 3] = keep ? (f[c + 3] as number) + s3 : s3
}

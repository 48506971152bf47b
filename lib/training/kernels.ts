import { instantiateWasm } from '../numeric/mod.ts'
import { binary } from './kernels.wasm.ts'

/**
 * The hot loops of training, over rows of `width` numbers that lie behind each other in one memory. Positions are
 * indices of `floats` or `ints`, two views of that memory.
 */
export interface Kernels {
  readonly kind: 'simd' | 'plain'
  readonly floats: Float32Array
  readonly ints: Int32Array
  /** `out[r] = rows[r] . x` */
  matvec(rows: number, count: number, width: number, x: number, out: number): void
  /** `out += sum of weights[r] rows[r]` */
  addWeightedRows(rows: number, count: number, width: number, weights: number, out: number): void
  /** `rows[r] += weights[r] x` */
  addOuter(rows: number, count: number, width: number, weights: number, x: number): void
  /** `out[r] = a[ai[r]] + b[bi[r]]` */
  gatherSum(a: number, ai: number, b: number, bi: number, count: number, width: number, out: number): void
  /** `a[ai[r]] += rows[r]`, `b[bi[r]] += rows[r]` */
  scatterSum(rows: number, count: number, width: number, a: number, ai: number, b: number, bi: number): void
  /**
   * Embeds listed sentences: `out[s] = sum over its words j of positions[length, j] * table[word]`. Sentence s holds the
   * words from `starts[s]` to `starts[s + 1]`; the weights of lengths 1, 2, ... follow each other.
   */
  embed(
    list: number,
    count: number,
    starts: number,
    words: number,
    positions: number,
    width: number,
    table: number,
    out: number,
  ): void
  /** The way back of {@link Kernels.embed}: `out[word] += positions[length, j] * gradients[s]`. */
  embedBackward(
    list: number,
    count: number,
    starts: number,
    words: number,
    positions: number,
    width: number,
    gradients: number,
    out: number,
  ): void
  /** `values -= rate gradients` */
  sgd(values: number, gradients: number, count: number, rate: number): void
  /** A step of Adam; `rate` holds the correction of both means' bias. */
  adam(
    values: number,
    gradients: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void
}

/** Numbers in a vector register: every block in memory starts at a multiple of it. */
export const LANES = 4

/** Hands out blocks of a memory before it exists, to learn how large it must be. */
export class Layout {
  /** Numbers handed out so far. */
  size = 0

  /** The start of a new block of `count` numbers. */
  block(count: number): number {
    const start = this.size
    this.size += Math.ceil(count / LANES) * LANES
    return start
  }
}

/**
 * Kernels over a new memory of `size` numbers: SIMD where the engine has it and `width` is a multiple of {@link LANES},
 * plain TypeScript otherwise. Both compute the same up to the order of a dot product's sum.
 */
export function createKernels(
  size: number,
  { width, kind = 'simd' }: { readonly width: number; readonly kind?: Kernels['kind'] },
): Kernels {
  const simd = kind === 'simd' && width % LANES === 0 ? simdKernels(size) : undefined
  return simd ?? new PlainKernels(new Float32Array(size))
}

/** Functions of the compiled module: as those of the interface, positions in bytes. */
type Compiled = Omit<Kernels, 'kind' | 'floats' | 'ints'>

function simdKernels(size: number): Kernels | undefined {
  const instance = instantiateWasm<Compiled>(binary, 4 * size)
  if (!instance) return undefined
  const { functions: f, memory } = instance
  return {
    kind: 'simd',
    floats: new Float32Array(memory),
    ints: new Int32Array(memory),
    matvec: (rows, count, width, x, out) => f.matvec(4 * rows, count, width, 4 * x, 4 * out),
    addWeightedRows: (rows, count, width, weights, out) =>
      f.addWeightedRows(4 * rows, count, width, 4 * weights, 4 * out),
    addOuter: (rows, count, width, weights, x) => f.addOuter(4 * rows, count, width, 4 * weights, 4 * x),
    gatherSum: (a, ai, b, bi, count, width, out) => f.gatherSum(4 * a, 4 * ai, 4 * b, 4 * bi, count, width, 4 * out),
    scatterSum: (rows, count, width, a, ai, b, bi) =>
      f.scatterSum(4 * rows, count, width, 4 * a, 4 * ai, 4 * b, 4 * bi),
    embed: (list, count, starts, words, positions, width, table, out) =>
      f.embed(4 * list, count, 4 * starts, 4 * words, 4 * positions, width, 4 * table, 4 * out),
    embedBackward: (list, count, starts, words, positions, width, gradients, out) =>
      f.embedBackward(4 * list, count, 4 * starts, 4 * words, 4 * positions, width, 4 * gradients, 4 * out),
    sgd: (values, gradients, count, rate) => f.sgd(4 * values, 4 * gradients, count, rate),
    adam: (values, gradients, first, second, count, rate, beta1, beta2, epsilon) =>
      f.adam(4 * values, 4 * gradients, 4 * first, 4 * second, count, rate, beta1, beta2, epsilon),
  }
}

/** The kernels in plain TypeScript, over the whole buffer of `floats`. */
export class PlainKernels implements Kernels {
  readonly kind = 'plain'
  readonly floats: Float32Array
  readonly ints: Int32Array

  constructor(floats: Float32Array) {
    this.floats = floats
    this.ints = new Int32Array(floats.buffer)
  }

  matvec(rows: number, count: number, width: number, x: number, out: number): void {
    const f = this.floats
    for (let r = 0, at = rows; r < count; r++) {
      let sum = 0
      for (let i = 0; i < width; i++) sum += (f[at++] as number) * (f[x + i] as number)
      f[out + r] = sum
    }
  }

  addWeightedRows(rows: number, count: number, width: number, weights: number, out: number): void {
    const f = this.floats
    for (let r = 0, at = rows; r < count; r++) {
      const weight = f[weights + r] as number
      for (let i = out; i < out + width; i++) f[i] = (f[i] as number) + weight * (f[at++] as number)
    }
  }

  addOuter(rows: number, count: number, width: number, weights: number, x: number): void {
    const f = this.floats
    for (let r = 0, at = rows; r < count; r++) {
      const weight = f[weights + r] as number
      for (let i = 0; i < width; i++, at++) f[at] = (f[at] as number) + weight * (f[x + i] as number)
    }
  }

  gatherSum(a: number, ai: number, b: number, bi: number, count: number, width: number, out: number): void {
    const { floats: f, ints } = this
    for (let r = 0, at = out; r < count; r++) {
      const left = a + (ints[ai + r] as number) * width
      const right = b + (ints[bi + r] as number) * width
      for (let i = 0; i < width; i++) f[at++] = (f[left + i] as number) + (f[right + i] as number)
    }
  }

  scatterSum(rows: number, count: number, width: number, a: number, ai: number, b: number, bi: number): void {
    const { floats: f, ints } = this
    for (let r = 0, at = rows; r < count; r++) {
      const left = a + (ints[ai + r] as number) * width
      const right = b + (ints[bi + r] as number) * width
      for (let i = 0; i < width; i++, at++) {
        f[left + i] = (f[left + i] as number) + (f[at] as number)
        f[right + i] = (f[right + i] as number) + (f[at] as number)
      }
    }
  }

  embed(
    list: number,
    count: number,
    starts: number,
    words: number,
    positions: number,
    width: number,
    table: number,
    out: number,
  ): void {
    const { floats: f, ints } = this
    for (let s = 0; s < count; s++) {
      const sentence = ints[list + s] as number
      const start = ints[starts + sentence] as number
      const length = (ints[starts + sentence + 1] as number) - start
      const target = out + sentence * width
      f.fill(0, target, target + width)
      let weight = positions + ((length * (length - 1)) / 2) * width
      for (let j = start; j < start + length; j++) {
        const row = table + (ints[words + j] as number) * width
        for (let i = 0; i < width; i++) {
          f[target + i] = (f[target + i] as number) + (f[weight++] as number) * (f[row + i] as number)
        }
      }
    }
  }

  embedBackward(
    list: number,
    count: number,
    starts: number,
    words: number,
    positions: number,
    width: number,
    gradients: number,
    out: number,
  ): void {
    const { floats: f, ints } = this
    for (let s = 0; s < count; s++) {
      const sentence = ints[list + s] as number
      const start = ints[starts + sentence] as number
      const length = (ints[starts + sentence + 1] as number) - start
      const source = gradients + sentence * width
      let weight = positions + ((length * (length - 1)) / 2) * width
      for (let j = start; j < start + length; j++) {
        const row = out + (ints[words + j] as number) * width
        for (let i = 0; i < width; i++) {
          f[row + i] = (f[row + i] as number) + (f[weight++] as number) * (f[source + i] as number)
        }
      }
    }
  }

  sgd(values: number, gradients: number, count: number, rate: number): void {
    const f = this.floats
    for (let i = 0; i < count; i++) f[values + i] = (f[values + i] as number) - rate * (f[gradients + i] as number)
  }

  adam(
    values: number,
    gradients: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void {
    const f = this.floats
    for (let i = 0; i < count; i++) {
      const gradient = f[gradients + i] as number
      const mean = beta1 * (f[first + i] as number) + (1 - beta1) * gradient
      const square = beta2 * (f[second + i] as number) + (1 - beta2) * gradient * gradient
      f[first + i] = mean
      f[second + i] = square
      f[values + i] = (f[values + i] as number) - (rate * mean) / (Math.sqrt(square) + epsilon)
    }
  }
}

/**
 * The dimensions of the seven-loop nest, named as Timeloop names them: kernel rows and columns, output rows and
 * columns, input channels (the reduction of a matmul), output channels, batch.
 */
export const DIMS = ['R', 'S', 'P', 'Q', 'C', 'K', 'N'] as const
export type Dim = (typeof DIMS)[number]

/** Weights, inputs and outputs: left and right operand and result of a matmul. */
export const DATA = ['W', 'I', 'O'] as const
export type Datum = (typeof DATA)[number]

/** The dimensions each datum's elements depend on; the other loops reuse them. */
export const DIMS_OF: Readonly<Record<Datum, readonly Dim[]>> = {
  W: ['R', 'S', 'C', 'K'],
  I: ['R', 'S', 'P', 'Q', 'C', 'N'],
  O: ['P', 'Q', 'K', 'N'],
}

/** A number for every dimension. */
export type Extents = Readonly<Record<Dim, number>>

/** Every extent 1: one multiply-accumulate. */
export const UNIT_EXTENTS: Extents = { R: 1, S: 1, P: 1, Q: 1, C: 1, K: 1, N: 1 }

/** What is to be mapped: the bounds of the seven loops and the convolution's stride. */
export interface Problem extends Extents {
  /** Inputs skipped from one output row or column to the next; no padding: inputs are (P - 1) stride + R high. */
  readonly stride: number
}

/**
 * Checks the bounds of a problem.
 *
 * @throws {RangeError} if a bound or the stride is not a positive integer
 */
export function problem(bounds: Partial<Problem>): Problem {
  const complete = { ...UNIT_EXTENTS, stride: 1, ...bounds }
  for (const [name, value] of Object.entries(complete)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot map a problem: ${name} must be a positive integer, got ${value}`)
    }
  }
  return complete
}

/**
 * An (m x k) by (k x n) matmul: rows are P, the reduction is C, columns are K.
 *
 * @throws {RangeError} if a size is not a positive integer
 */
export function matmulProblem(shape: { readonly m: number; readonly k: number; readonly n: number }): Problem {
  return problem({ P: shape.m, C: shape.k, K: shape.n })
}

/**
 * A square convolution without padding.
 *
 * @param shape kernel and output side in elements, channels
 * @throws {RangeError} if a size is not a positive integer
 */
export function convolutionProblem(shape: {
  readonly kernel: number
  readonly outSide: number
  readonly inChannels: number
  readonly outChannels: number
  readonly stride?: number
}): Problem {
  const { kernel, outSide, inChannels, outChannels, stride = 1 } = shape
  return problem({ R: kernel, S: kernel, P: outSide, Q: outSide, C: inChannels, K: outChannels, stride })
}

/** Multiply-accumulates of a problem. */
export function macsOfProblem(bounds: Extents): number {
  return DIMS.reduce((product, dim) => product * bounds[dim], 1)
}

/**
 * Elements of one datum inside a tile of the given extents; inputs cover the window that the tile's outputs read.
 *
 * @param extents loop iterations inside the tile, per dimension
 */
export function tileElements(datum: Datum, extents: Extents, stride: number): number {
  if (datum === 'I') {
    return (
      extents.C * extents.N * windowExtent(extents.P, extents.R, stride) * windowExtent(extents.Q, extents.S, stride)
    )
  }
  return DIMS_OF[datum].reduce((product, dim) => product * extents[dim], 1)
}

/** Input rows (or columns) that `outputs` outputs of a kernel of `kernel` rows read. */
function windowExtent(outputs: number, kernel: number, stride: number): number {
  return (outputs - 1) * stride + kernel
}

/** A problem in words: `P512 C768 K768`, `R7 S7 P112 Q112 C3 K64 stride 2`. */
export function formatProblem(bounds: Problem): string {
  const loops = DIMS.filter((dim) => bounds[dim] > 1).map((dim) => `${dim}${bounds[dim]}`)
  if (loops.length === 0) loops.push('Q1')
  return bounds.stride > 1 ? `${loops.join(' ')} stride ${bounds.stride}` : loops.join(' ')
}

/**
 * Reads what {@link formatProblem} prints.
 *
 * @throws {SyntaxError} on anything else, naming the piece
 *
 * @example
 * ```ts
 * import { macsOfProblem, parseProblem } from '../../lib/mapping/mod.ts'
 *
 * const { P, C, K, stride } = parseProblem('P512 C768 K768')
 * const sizes = [P, C, K, stride]
 * sizes // => [512, 768, 768, 1]
 * macsOfProblem(parseProblem('R3 S3 P7 Q7 C16 K32')) // => 9 * 49 * 16 * 32
 * ```
 */
export function parseProblem(text: string): Problem {
  const [loops = '', stride = '1', ...rest] = text.trim().split(/\s+stride\s+/)
  const bounds: Partial<Record<Dim | 'stride', number>> = {}
  const fail = (piece: string): never => {
    throw new SyntaxError(
      `Cannot read the shape "${text}": it must be like "P512 C768 K768" or "R3 S3 P7 Q7 C512 K512 stride 1" over ${DIMS.join(' ')}, got "${piece}"`,
    )
  }
  for (const piece of loops.split(/\s+/)) {
    const [, dim, factor] = /^([RSPQCKN])([1-9]\d{0,8})$/.exec(piece) ?? fail(piece)
    if (bounds[dim as Dim] !== undefined) fail(`${dim} twice`)
    bounds[dim as Dim] = Number(factor)
  }
  if (!/^[1-9]\d{0,5}$/.test(stride) || rest.length > 0) fail(`stride ${[stride, ...rest].join(' stride ')}`)
  return problem({ ...bounds, stride: Number(stride) })
}

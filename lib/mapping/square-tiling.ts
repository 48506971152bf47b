/** Bytes of each element a tiled matmul moves. */
export interface ElementBytes {
  /** Left and right operand. */
  readonly operand: number
  readonly output: number
  /** Bias bytes read per output element. */
  readonly bias: number
}

/**
 * Side of the largest square tile of which `operands` fit a buffer.
 *
 * @param bufferBytes capacity available to the operands' tiles
 * @param elementBytes bytes of one element
 * @returns elements, at least 1
 * @throws {RangeError} if not even one element of each operand fits
 */
export function squareTileSide(bufferBytes: number, elementBytes: number, operands = 2): number {
  const side = Math.floor(Math.sqrt(bufferBytes / (operands * elementBytes)))
  if (!(side >= 1)) {
    throw new RangeError(
      `Cannot tile: a buffer must hold an element of each of ${operands} operands (${operands * elementBytes} bytes), got ${bufferBytes} bytes`,
    )
  }
  return side
}

/**
 * Bytes crossing one memory boundary for an (m x k) by (k x n) matmul cut into square tiles: the left operand is
 * read once per column of output tiles, the right one once per row of them, outputs are written (and a bias
 * read) once.
 *
 * @param shape m, k, n in elements; `inputElements` where the left operand has fewer distinct elements than m * k
 * @param tileSide elements
 *
 * @example
 * ```ts
 * import { squareTileSide, tiledMatmulBytes } from '../../lib/mapping/mod.ts'
 *
 * // Both operands of 2 x 2 bytes fit 8 bytes; each is then read twice, and 16 outputs of 4 bytes are written.
 * const side = squareTileSide(8, 1)
 * side // => 2
 * tiledMatmulBytes({ m: 4, k: 4, n: 4 }, side, { operand: 1, output: 4, bias: 0 }) // => 2 * 16 + 2 * 16 + 64
 * ```
 */
export function tiledMatmulBytes(
  shape: { readonly m: number; readonly k: number; readonly n: number; readonly inputElements?: number },
  tileSide: number,
  bytes: ElementBytes,
): number {
  const { m, k, n, inputElements = m * k } = shape
  const left = inputElements * Math.ceil(n / tileSide)
  const right = k * n * Math.ceil(m / tileSide)
  return (left + right) * bytes.operand + m * n * (bytes.output + bytes.bias)
}

import type { Gemmini } from './machine.ts'

/** An (m x k) by (k x n) matmul. */
export interface MatmulShape {
  readonly m: number
  readonly k: number
  readonly n: number
}

/** A tile in blocks of arrayDim x arrayDim elements. */
export interface BlockTile {
  readonly m: number
  readonly k: number
  readonly n: number
}

/** A matmul's size in blocks, the last ones partly empty. */
export function blocksOf(shape: MatmulShape, arrayDim: number): BlockTile {
  for (const name of ['m', 'k', 'n'] as const) {
    if (!Number.isSafeInteger(shape[name]) || shape[name] < 1) {
      throw new RangeError(`Cannot tile a matmul: ${name} must be a positive integer, got ${shape[name]}`)
    }
  }
  const blocks = (size: number) => Math.ceil(size / arrayDim)
  return { m: blocks(shape.m), k: blocks(shape.k), n: blocks(shape.n) }
}

/** Blocks that the share of each memory open to one tile holds: operands in the scratchpad, sums in the accumulator. */
export function blockCapacity(machine: Gemmini): { readonly scratchpad: number; readonly accumulator: number } {
  const { arrayDim, scratchpadBytes, accumulatorBytes, operandBytes, partialSumBytes, bufferShare } = machine
  const elements = arrayDim * arrayDim
  return {
    scratchpad: Math.floor((scratchpadBytes / (elements * operandBytes)) * bufferShare),
    accumulator: Math.floor((accumulatorBytes / (elements * partialSumBytes)) * bufferShare),
  }
}

/** Where the tile starts to grow from: near a square, or from a whole row of outputs, so that rows can be normalised. */
export type TileStart = 'square' | 'full-row'

/**
 * Gemmini's greedy tiler: from the start, each round adds one block of outputs to the right, one below, one of
 * reduction, each if both memories still hold the tile, until a round adds none. A whole row of outputs is taken even
 * where it exceeds a memory's share; {@link memoryUse} says so.
 *
 * @returns the tile in blocks
 * @throws {RangeError} if not even a block of each operand and of the outputs fits
 * @see ucb-bar/gemmini-rocc-tests 180c468 include/gemmini.h, tiled_matmul_auto
 *
 * @example
 * ```ts
 * import { gemmini, greedyTile } from '../../lib/accelerators/gemmini/mod.ts'
 *
 * // Half of 64 KiB holds 32 blocks of sums, half of 256 KiB 512 of operands: 5 x 5 and 48 deep.
 * greedyTile({ m: 512, k: 768, n: 768 }, gemmini()) // => { m: 5, k: 48, n: 5 }
 * ```
 */
export function greedyTile(shape: MatmulShape, machine: Gemmini, start: TileStart = 'square'): BlockTile {
  const whole = blocksOf(shape, machine.arrayDim)
  const capacity = blockCapacity(machine)
  if (capacity.scratchpad < 2 || capacity.accumulator < 1) {
    throw new RangeError(
      `Cannot tile a matmul: the memories must hold 2 blocks of operands and 1 of sums, got ${capacity.scratchpad} and ${capacity.accumulator} (${machine.scratchpadBytes} and ${machine.accumulatorBytes} bytes)`,
    )
  }
  const side = Math.min(Math.floor(Math.sqrt(capacity.accumulator)), Math.floor(capacity.scratchpad / 2))
  let { m, k, n } =
    start === 'full-row'
      ? { m: 1, k: 1, n: whole.n }
      : {
          m: Math.min(whole.m, side),
          n: Math.min(whole.n, side),
          k: Math.min(whole.k, Math.floor(capacity.scratchpad / 2 / side)),
        }
  const holds = (rows: number, reduction: number, columns: number) =>
    rows * reduction + reduction * columns <= capacity.scratchpad
  const sums = (rows: number, columns: number) => rows * columns <= capacity.accumulator
  for (let grown = true; grown; ) {
    grown = false
    if (n < whole.n && holds(m, k, n + 1) && sums(m, n + 1)) {
      n++
      grown = true
    }
    if (m < whole.m && holds(m + 1, k, n) && sums(m + 1, n)) {
      m++
      grown = true
    }
    if (k < whole.k && holds(m, k + 1, n)) {
      k++
      grown = true
    }
  }
  return { m, k, n }
}

/**
 * Shares of the whole memories that a tile takes: the accumulator by its sums, the scratchpad by its operands. Above a
 * half nothing is double-buffered, above 1 the tile cannot run.
 */
export function memoryUse(
  { m, k, n }: BlockTile,
  machine: Gemmini,
): { readonly accumulator: number; readonly scratchpad: number } {
  const block = machine.arrayDim * machine.arrayDim
  return {
    accumulator: (m * n * block * machine.partialSumBytes) / machine.accumulatorBytes,
    scratchpad: ((m * k + k * n) * block * machine.operandBytes) / machine.scratchpadBytes,
  }
}

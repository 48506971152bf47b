import { peakMacsPerCycle } from '../../hardware/mod.ts'
import type { Gemmini } from './machine.ts'
import { type BlockTile, blocksOf, greedyTile, type MatmulShape, type TileStart } from './tiler.ts'

/**
 * Which operand stays while the tiles are walked, reduction innermost. `gemmini`: the order of Gemmini's own library,
 * where an operand is fetched once only if it has at most two tiles. `panel`: any order of the tile loops, as a mapper
 * may choose; a row panel that is one tile deep stays.
 */
export type OperandReuse = 'gemmini' | 'panel'

/** How often each operand crosses the memory boundary. */
interface Fetches {
  readonly left: number
  readonly right: number
}

function fetches(tiles: BlockTile, reuse: OperandReuse): Fetches {
  if (reuse === 'gemmini') {
    return { left: tiles.m * tiles.k <= 2 ? 1 : tiles.n, right: tiles.n * tiles.k <= 2 ? 1 : tiles.m }
  }
  const shallow = tiles.k === 1
  return { left: shallow ? 1 : tiles.n, right: shallow && tiles.n === 1 ? 1 : tiles.m }
}

/** A matmul's traffic: elements of both operands and of the output that cross to or from DRAM. */
export interface MatmulTraffic {
  readonly tile: BlockTile
  readonly operands: number
  readonly outputs: number
}

/**
 * Elements that a tiled matmul moves. Partial sums never spill, because the reduction is the innermost tile loop.
 *
 * @throws {RangeError} if the memories hold no tile
 */
export function matmulTraffic(
  shape: MatmulShape,
  machine: Gemmini,
  options: { readonly reuse: OperandReuse; readonly start?: TileStart },
): MatmulTraffic {
  const tile = greedyTile(shape, machine, options.start)
  const whole = blocksOf(shape, machine.arrayDim)
  const tiles = {
    m: Math.ceil(whole.m / tile.m),
    k: Math.ceil(whole.k / tile.k),
    n: Math.ceil(whole.n / tile.n),
  }
  const { left, right } = fetches(tiles, options.reuse)
  const { m, k, n } = shape
  return { tile, operands: m * k * left + k * n * right, outputs: m * n }
}

/**
 * Cycles of a matmul on a full array when nothing waits for memory.
 *
 * @example
 * ```ts
 * import { computeCycles, gemmini } from '../../lib/accelerators/gemmini/mod.ts'
 *
 * computeCycles({ m: 512, k: 768, n: 768 }, gemmini()) // => 2 * 768 * 768
 * computeCycles({ m: 512, k: 768, n: 768 }, gemmini({ arrayDim: 32 })) // => (768 * 768) / 2
 * ```
 */
export function computeCycles({ m, k, n }: MatmulShape, machine: Pick<Gemmini, 'arrayDim'>): number {
  return (m * k * n) / peakMacsPerCycle({ rows: machine.arrayDim, columns: machine.arrayDim })
}

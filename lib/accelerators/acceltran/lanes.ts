import { permutations } from '../../numeric/mod.ts'
import { tileLatencies } from './latency.ts'
import { ACCELTRAN } from './machine.ts'
import { BUFFER_BLOCKS, computeBlocks, WORDS_PER_ACCESS } from './modules.ts'

/** The four loops of a tiled matrix product W[b,i,k] x A[b,k,j] (AccelTran Fig. 3). */
export const TILE_LOOPS = ['b', 'i', 'j', 'k'] as const
export type TileLoop = (typeof TILE_LOOPS)[number]

/** Tiles along each loop. */
export type TileCounts = Readonly<Record<TileLoop, number>>

/** A dataflow: the loops from the outermost to the innermost, as in `bijk`. */
export type Dataflow = string

/** All 24 orders of the loops, in alphabetical order. */
export const DATAFLOWS: readonly Dataflow[] = permutations(TILE_LOOPS).map((loops) => loops.join(''))

/** When a lane's register still holds the activation tile that the next tile operation needs. */
export interface ReuseQuirks {
  /** The column of the tile is not compared: `b` and `k` alone decide. */
  readonly columnIgnored?: boolean
}

/** Tile operations, and how many found an operand in their lane's registers. */
export interface LaneReuse {
  readonly tileOperations: number
  readonly weightReuses: number
  readonly activationReuses: number
}

/**
 * Runs a tiled matrix product over lanes: tile operation t, counted in the dataflow's order, goes to lane t mod lanes,
 * which holds the two tiles of its last one (AccelTran Sec. III-B1, V-B). A weight tile is W[b,i,k], an activation tile
 * A[b,k,j].
 *
 * @param tiles tiles along each loop
 * @param dataflow the loops' order
 * @throws {RangeError} on an order that is none, counts that are no positive integers, or no lane
 *
 * @example
 * ```ts
 * import { laneReuse } from '../../lib/accelerators/acceltran/mod.ts'
 *
 * // Two columns of one weight tile, one after the other on one lane.
 * laneReuse({ b: 1, i: 1, j: 2, k: 1 }, 'bikj', { lanes: 1 })
 * // => { tileOperations: 2, weightReuses: 1, activationReuses: 0 }
 * ```
 */
export function laneReuse(
  tiles: TileCounts,
  dataflow: Dataflow,
  { lanes, quirks = {} }: { readonly lanes: number; readonly quirks?: ReuseQuirks },
): LaneReuse {
  if (!DATAFLOWS.includes(dataflow)) {
    throw new RangeError(
      `Cannot order the loops: the dataflow must have each of ${TILE_LOOPS.join(', ')} once, got "${dataflow}"`,
    )
  }
  for (const [name, value] of Object.entries({ ...tiles, lanes })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot run over lanes: ${name} must be a positive integer, got ${value}`)
    }
  }
  const { columnIgnored = false } = quirks
  const sizes = [...dataflow].map((loop) => tiles[loop as TileLoop])
  const [n0, n1, n2, n3] = sizes as [number, number, number, number]
  const at = TILE_LOOPS.map((loop) => dataflow.indexOf(loop))
  const [atB, atI, atJ, atK] = at as [number, number, number, number]
  const lastWeight = new Float64Array(lanes).fill(-1)
  const lastActivation = new Float64Array(lanes).fill(-1)
  const index = new Int32Array(TILE_LOOPS.length)
  const tileOperations = n0 * n1 * n2 * n3
  let weightReuses = 0
  let activationReuses = 0
  let lane = 0
  for (let t = 0; t < tileOperations; t++) {
    const b = index[atB] as number
    const k = index[atK] as number
    const pair = b * tiles.k + k
    const weight = pair * tiles.i + (index[atI] as number)
    const activation = columnIgnored ? pair : pair * tiles.j + (index[atJ] as number)
    if (lastWeight[lane] === weight) weightReuses++
    if (lastActivation[lane] === activation) activationReuses++
    lastWeight[lane] = weight
    lastActivation[lane] = activation
    lane = lane + 1 === lanes ? 0 : lane + 1
    for (let loop = sizes.length - 1; loop >= 0; loop--) {
      const next = (index[loop] as number) + 1
      if (next < (sizes[loop] as number)) {
        index[loop] = next
        break
      }
      index[loop] = 0
    }
  }
  return { tileOperations, weightReuses, activationReuses }
}

/** Time and energy of a matrix product over lanes. */
export interface LaneCost {
  readonly reuses: number
  readonly cycles: number
  /** Of the lanes, and of reading tiles that were in no register. */
  readonly computeNj: number
  readonly readNj: number
  /** Both together. */
  readonly dynamicNj: number
  readonly leakageNj: number
}

/** What tile operations on lanes cost. */
export interface LaneCostOptions {
  readonly lanes: number
  /** Size of the buffer that the tiles come from. */
  readonly bufferMb: number
  readonly activationSparsity: number
  readonly clockMhz?: number
  /** A lane is free one cycle after its last busy one. @default false */
  readonly freeGap?: boolean
}

/**
 * Cost of a matrix product over lanes: each tile that is not in a register is read from the buffer, all words of it;
 * reading takes no time of its own.
 */
export function laneCost(
  { tileOperations, weightReuses, activationReuses }: LaneReuse,
  { lanes, bufferMb, activationSparsity, clockMhz = ACCELTRAN.clockMhz.value, freeGap = false }: LaneCostOptions,
): LaneCost {
  const side = ACCELTRAN.tileSide.value
  const { matmul } = tileLatencies(side, activationSparsity, false)
  const { mac } = computeBlocks(side)
  const reuses = weightReuses + activationReuses
  const tileNj = (BUFFER_BLOCKS.activation.value.accessNj * Math.sqrt(bufferMb) * side * side) / WORDS_PER_ACCESS.value
  const busyCycles = tileOperations * matmul
  const computeNj = (busyCycles * mac.dynamicMw) / clockMhz
  const readNj = (2 * tileOperations - reuses) * tileNj
  return {
    reuses,
    cycles: Math.ceil(tileOperations / lanes) * (matmul + (freeGap ? 1 : 0)),
    computeNj,
    readNj,
    dynamicNj: computeNj + readNj,
    leakageNj: (busyCycles * mac.leakageMw) / clockMhz,
  }
}

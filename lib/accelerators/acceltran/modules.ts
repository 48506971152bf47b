import type { Quantity, Source } from '../../numeric/mod.ts'

/** A synthesised block: its area, and its power while it works at the clock it was synthesised for. */
export interface Block {
  readonly areaUm2: number
  readonly dynamicMw: number
  readonly leakageMw: number
}

const repository = (what: string): Source => ({
  kind: 'public',
  which: `jha-lab/acceltran ea7ba16 (2023-11-16), ${what}`,
})
const SYNTHESIS = repository('synthesis of the RTL at 14 nm')

const block = (areaUm2: number, dynamicMw: number, leakageMw: number): Quantity<Block> => ({
  value: { areaUm2, dynamicMw, leakageMw },
  unit: 'um2, mW, mW',
  source: SYNTHESIS,
})

/** Sides of a square tile for which softmax and layer norm were synthesised. */
export const TILE_SIDES = [8, 16, 32] as const
export type TileSide = (typeof TILE_SIDES)[number]

/** Softmax modules by the side of the tile they take. */
const SOFTMAX: Readonly<Record<TileSide, Quantity<Block>>> = {
  8: block(22008.079, 9.1386, 0.6824872),
  16: block(87573.326116, 34.6343, 2.6696),
  32: block(348466.9, 131.26023, 10.4423),
}
/** Layer-norm modules by the side of the tile they take. */
const LAYER_NORM: Readonly<Record<TileSide, Quantity<Block>>> = {
  8: block(20631.006, 12.6646, 0.6594879),
  16: block(81104.126482, 43.8378, 2.5753),
  32: block(318834.64, 151.48, 10.03566),
}

/** The blocks that do not depend on the tile. */
export const BLOCKS = {
  /** 16 multipliers, adder tree, GeLU. */
  macLane: block(9418.667591, 5.1955, 0.3189685),
  preSparsity: block(6216.896914, 0.2852968, 0.1507329),
  postSparsity: block(1181.201447, 0.2613971, 0.0324301),
  /** 32 words deep. */
  fifo: block(484.37911, 0.0563909, 0.0140774),
  dataflow: block(75946.982, 11.3711, 2.7312),
  dma: block(144.636242, 0.0335287, 0.0063819),
} as const satisfies Record<string, Quantity<Block>>

/** The three modules that compute, of a machine with tiles of a given side. */
export interface ComputeBlocks {
  readonly mac: Block
  readonly softmax: Block
  readonly layerNorm: Block
}

/**
 * The compute modules for a tile.
 *
 * @throws {RangeError} on a side for which nothing was synthesised
 */
export function computeBlocks(tileSide: number): ComputeBlocks {
  const side = TILE_SIDES.find((known) => known === tileSide)
  if (side === undefined) {
    throw new RangeError(
      `Cannot build AccelTran: the tile's side must be one of those synthesised (${TILE_SIDES.join(', ')}), got ${tileSide}`,
    )
  }
  return { mac: BLOCKS.macLane.value, softmax: SOFTMAX[side].value, layerNorm: LAYER_NORM[side].value }
}

/** An on-chip buffer, per MiB; an access takes 64 words and costs accessNj times the square root of the MiB. */
export interface BufferBlock {
  readonly areaUm2PerMb: number
  readonly accessNj: number
  readonly leakageMwPerMb: number
}

const bufferBlock = (areaUm2PerMb: number, accessNj: number, leakageMwPerMb: number): Quantity<BufferBlock> => ({
  value: { areaUm2PerMb, accessNj, leakageMwPerMb },
  unit: 'um2/MiB, nJ per 64 words and sqrt(MiB), mW/MiB',
  source: repository('FinCACTI results'),
})

export const BUFFER_BLOCKS = {
  activation: bufferBlock(303305.83, 0.079275099, 247.918667),
  weight: bufferBlock(294100.83, 0.0856588, 210.40467),
  mask: bufferBlock(302565, 0.08200675, 238.196),
} as const

/** Words an access of a buffer or of main memory takes. */
export const WORDS_PER_ACCESS: Quantity = {
  value: 64,
  unit: 'word',
  source: repository('simulator: energy of a transfer is that of size / 64 accesses'),
}

/** Energy of a main-memory access by type_banks_ranks_channels. */
export const MAIN_MEMORY_ACCESS_NJ = {
  rram_32_2_1: 8.63281599,
  rram_16_2_2: 17.321165,
  rram_8_2_4: 32.655499,
  rram_4_2_8: 69.3328008,
  rram_2_2_16: 149.0564671,
  rram_1_2_32: 340.9690911,
  dram_32_2_1: 13.43777522,
  dram_16_4_1: 38.28777884,
  dram_16_2_2: 69.00706337,
  dram_8_2_4: 200.2819855,
  hbm_32_1_4: 26.5569841,
} as const
export type MainMemoryName = keyof typeof MAIN_MEMORY_ACCESS_NJ
export const MAIN_MEMORY_NAMES = Object.keys(MAIN_MEMORY_ACCESS_NJ) as readonly MainMemoryName[]
export const MAIN_MEMORY_SOURCE: Source = repository('NVSim and NVMain results, nJ per access of 64 words')

/** Everything here, for the record of sources. */
export const ACCELTRAN_BLOCKS: Readonly<Record<string, Quantity<Block | BufferBlock | number>>> = {
  ...BLOCKS,
  ...Object.fromEntries(TILE_SIDES.map((side) => [`softmax${side}`, SOFTMAX[side]])),
  ...Object.fromEntries(TILE_SIDES.map((side) => [`layerNorm${side}`, LAYER_NORM[side]])),
  ...Object.fromEntries(Object.entries(BUFFER_BLOCKS).map(([name, quantity]) => [`${name}Buffer`, quantity])),
  wordsPerAccess: WORDS_PER_ACCESS,
}

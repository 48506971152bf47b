/** A placed and routed chip, as far as a paper describes it. */
export interface TileLayout {
  readonly widthMm: number
  readonly heightMm: number
  readonly tiles: number
  /** Dot-product units per tile. */
  readonly dpus: number
  /** Share of the dot-product units and the key buffer, and of both buffers, in the area. */
  readonly frontEndShare: number
  readonly memoryShare: number
  readonly keyBufferKb: number
  readonly valueBufferKb: number
}

/** Areas of one tile, mm2. */
export interface TileAreas {
  readonly tileMm2: number
  readonly dpus: number
  readonly dpusMm2: number
  readonly dpuMm2: number
  readonly keyBufferMm2: number
  readonly valueBufferMm2: number
  /** Value-processing unit, softmax, FIFOs, control. */
  readonly otherMm2: number
}

/**
 * Areas of a tile's parts; the buffers share the memories' area by capacity.
 *
 * @throws {RangeError} if the shares leave nothing for a part
 */
export function layoutAreas(layout: TileLayout): TileAreas {
  const { widthMm, heightMm, tiles, dpus, frontEndShare, memoryShare, keyBufferKb, valueBufferKb } = layout
  for (const [name, value] of Object.entries(layout)) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot divide a layout: ${name} must be above 0, got ${value}`)
    }
  }
  const tileMm2 = (widthMm * heightMm) / tiles
  const keyShare = (memoryShare * keyBufferKb) / (keyBufferKb + valueBufferKb)
  const dpuShare = frontEndShare - keyShare
  const otherShare = 1 - frontEndShare - (memoryShare - keyShare)
  if (!(dpuShare > 0 && otherShare > 0)) {
    throw new RangeError(
      `Cannot divide a layout: frontEndShare must be above ${keyShare} and below ${1 - memoryShare + keyShare}, got ${frontEndShare}`,
    )
  }
  return {
    tileMm2,
    dpus,
    dpusMm2: dpuShare * tileMm2,
    dpuMm2: (dpuShare * tileMm2) / dpus,
    keyBufferMm2: keyShare * tileMm2,
    valueBufferMm2: (memoryShare - keyShare) * tileMm2,
    otherMm2: otherShare * tileMm2,
  }
}

/** Area of a tile with another number of dot-product units; mm2. */
export function areaWithDpus(areas: TileAreas, dpus: number): number {
  return areas.tileMm2 + (dpus - areas.dpus) * areas.dpuMm2
}

/**
 * Area of one of the units that made a tile larger; mm2.
 *
 * @param areaMm2 of the larger tile
 * @param increase over the smaller one, as a share of the smaller one
 * @param added units
 */
export function addedDpuMm2(areaMm2: number, increase: number, added: number): number {
  if (!(added > 0 && increase > 0)) {
    throw new RangeError(
      `Cannot divide an increase: increase and added must be above 0, got ${increase} and ${added} units`,
    )
  }
  return (areaMm2 * (1 - 1 / (1 + increase))) / added
}

/**
 * Units of as many bits in all as one of full width: if multipliers grow with the product of their operands' bits, so
 * many units of `bitsPerCycle` take its area.
 *
 * @returns their area over that of the one unit
 */
export function multiplierAreaRatio(
  dpus: number,
  { bits, bitsPerCycle }: { readonly bits: number; readonly bitsPerCycle: number },
): number {
  return (dpus * bitsPerCycle) / bits
}

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

/**
 * Area of a tile with another number of dot-product units; mm2.
 *
 * @throws {RangeError} if there are none, or no room for the rest of the tile
 */
export function areaWithDpus({ tileMm2, dpus: own, dpuMm2 }: Omit<TileAreas, 'dpusMm2'>, dpus: number): number {
  const areaMm2 = tileMm2 + (dpus - own) * dpuMm2
  if (!(dpus > 0 && areaMm2 > dpus * dpuMm2 && Number.isFinite(areaMm2))) {
    throw new RangeError(
      `Cannot size a tile: it must have units and be larger than they are, got ${dpus} of ${dpuMm2} mm2 in ${areaMm2} mm2`,
    )
  }
  return areaMm2
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
 * Area of units over that of one unit of full width, if multipliers make it: it grows with the product of their
 * operands' bits.
 *
 * @param fullBits width of both operands of the unit of full width; that of the others unless told
 */
export function multiplierAreaRatio(
  dpus: number,
  { bits, bitsPerCycle }: { readonly bits: number; readonly bitsPerCycle: number },
  fullBits = bits,
): number {
  return (dpus * bits * bitsPerCycle) / (fullBits * fullBits)
}

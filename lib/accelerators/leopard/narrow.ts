/** A tile of full width, and the share of its bits that a narrower one has. */
export interface NarrowInput {
  /** Bits of the narrower Q and K over the full ones, above 0 to 1. */
  readonly kept: number
  /** Throughput with that share of the front-end's cycles, over that with all of them. */
  readonly gain: number
  /** Share of dot-product units and key buffer in the energy, and in the area. */
  readonly energyShare: number
  readonly areaShare: number
}

/** What fewer bits of Q and K make of a tile, over what it was. */
export interface NarrowFactors {
  readonly gops: number
  readonly power: number
  readonly gopsPerJ: number
  readonly area: number
  /** Energy of a score where the front-end takes less per cycle and fewer cycles, and the back-end does what it did. */
  readonly energyPerScore: number
}

/**
 * What becomes of a tile whose front-end shrinks with the bits of Q and K, in power as in area.
 *
 * @throws {RangeError} on shares outside 0 to 1
 */
export function narrowFactors({ kept, gain, energyShare, areaShare }: NarrowInput): NarrowFactors {
  for (const [name, value] of Object.entries({ kept, energyShare, areaShare })) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`Cannot narrow a tile: ${name} must be from 0 to 1, got ${value}`)
    }
  }
  const power = 1 - (1 - kept) * energyShare
  return {
    gops: gain,
    power,
    gopsPerJ: gain / power,
    area: 1 - (1 - kept) * areaShare,
    energyPerScore: 1 - (1 - kept * kept) * energyShare,
  }
}

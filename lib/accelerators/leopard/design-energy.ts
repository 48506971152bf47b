import { ENERGY_PARTS, type EnergyPart, type EnergyParts, prunedEnergy, totalEnergy, withLeakage } from './energy.ts'
import { type ScoreStatistics, withBits } from './statistics.ts'
import { type LeopardTile, speedup } from './tile.ts'

/** Nothing of LeOPArd, pruning of the back-end, and early termination on top (LeOPArd Fig. 11). */
export const DESIGNS = ['baseline', 'LeOPArd-P', 'LeOPArd'] as const
export type Design = (typeof DESIGNS)[number]

/** What energy is counted with. */
export interface EnergyModel {
  /** The baseline's energy per score by part, 1 in all. */
  readonly baseline: EnergyParts
  /** Energy of a bit that the bit-serial front-end processes, over that of one of the baseline's. */
  readonly energyPerBit: number
  /** Share of the baseline's energy that leaks, whatever is computed; 0 to 1. */
  readonly leakageShare: number
  /** Area of the tile over that of the baseline, if leakage is to grow with it, else 1. */
  readonly areaRatio: number
  readonly tile: LeopardTile
  readonly keys: number
  readonly baselineVpuCyclesPerScore: number
}

/** Energy per score by part and with what leaks; the baseline's is 1 in all. */
export interface DesignEnergy {
  readonly parts: EnergyParts
  readonly leakage: number
  readonly total: number
}

/**
 * Energy per score of a workload on a design.
 *
 * @throws {RangeError} on statistics that no such tile could have, or shares out of range
 */
export function designEnergy(design: Design, statistics: ScoreStatistics, model: EnergyModel): DesignEnergy {
  const { baseline, energyPerBit, leakageShare: share, tile } = model
  // Without early termination every score takes all its bits; run also where nothing leaks, to refuse what cannot be.
  const timed = design === 'LeOPArd' ? statistics : withBits(statistics, tile.bits)
  const timeRatio = design === 'baseline' ? 1 : 1 / speedup(timed, tile, model)
  const serial = { bits: tile.bits, energyPerBit }
  const switching =
    design === 'baseline' ? baseline : prunedEnergy(baseline, statistics, design === 'LeOPArd' ? serial : undefined)
  const areaRatio = design === 'baseline' ? 1 : model.areaRatio
  const parts = ENERGY_PARTS.map((part) => [part, (1 - share) * switching[part]] as const)
  return {
    parts: Object.fromEntries(parts) as Record<EnergyPart, number>,
    leakage: share * timeRatio * areaRatio,
    total: withLeakage(totalEnergy(switching), { share, timeRatio, areaRatio }),
  }
}

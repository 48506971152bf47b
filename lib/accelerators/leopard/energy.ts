import type { ScoreStatistics } from './statistics.ts'

/** The parts of a tile's energy, in the order of the paper's breakdown (LeOPArd Fig. 11). */
export const ENERGY_PARTS = ['qk', 'keyBuffer', 'softmax', 'xv', 'valueBuffer'] as const
export type EnergyPart = (typeof ENERGY_PARTS)[number]

/** Energy per score by part; the baseline's is 1 in all. */
export type EnergyParts = Readonly<Record<EnergyPart, number>>

/** Parts that bit-serial termination saves; the others are the back-end's, which pruning saves. */
const FRONT_END: readonly EnergyPart[] = ['qk', 'keyBuffer']

/** What the baseline's energy is made of. */
export interface BaselineMix {
  /** Bits of the operands of the front-end (Q and K), and of the back-end (probability and V). */
  readonly frontBits: number
  readonly backBits: number
  /** Share of the key buffer in the front-end's energy, 0 to 1. */
  readonly bufferShare: number
  /** Share of the softmax in all energy, 0 to below 1. */
  readonly softmaxShare: number
}

function checkShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new RangeError(`Cannot divide energy: ${name} must be from 0 to 1, got ${value}`)
  }
}

/**
 * The baseline's energy per score by part, 1 in all. Both products have as many multipliers, whose energy goes with the
 * product of their operands' bits; reading a vector goes with its bits.
 *
 * @throws {RangeError} on shares outside 0 to 1, or widths that are not positive
 */
export function baselineEnergy({ frontBits, backBits, bufferShare, softmaxShare }: BaselineMix): EnergyParts {
  checkShare('bufferShare', bufferShare)
  checkShare('softmaxShare', softmaxShare)
  if (!(frontBits > 0 && backBits > 0 && Number.isFinite(backBits / frontBits))) {
    throw new RangeError(
      `Cannot divide energy: widths must be above 0 bits, got ${frontBits} and ${backBits} (frontBits, backBits)`,
    )
  }
  const wider = backBits / frontBits
  const parts = { qk: 1 - bufferShare, keyBuffer: bufferShare, xv: (1 - bufferShare) * wider * wider }
  const valueBuffer = bufferShare * wider
  const unit = (1 - softmaxShare) / (1 + parts.xv + valueBuffer)
  return {
    qk: parts.qk * unit,
    keyBuffer: parts.keyBuffer * unit,
    softmax: softmaxShare,
    xv: parts.xv * unit,
    valueBuffer: valueBuffer * unit,
  }
}

/** Energy of all parts. */
export function totalEnergy(parts: EnergyParts): number {
  return ENERGY_PARTS.reduce((sum, part) => sum + parts[part], 0)
}

/** Share of the back-end: softmax, the product with V, and the value buffer. */
export function backEndShare(parts: EnergyParts): number {
  return 1 - (parts.qk + parts.keyBuffer) / totalEnergy(parts)
}

/**
 * The softmax share with which the back-end takes a given share of the baseline's energy.
 *
 * @throws {RangeError} if the back-end takes more than that without any softmax
 */
export function softmaxShareFor(backEnd: number, mix: Omit<BaselineMix, 'softmaxShare'>): number {
  const without = backEndShare(baselineEnergy({ ...mix, softmaxShare: 0 }))
  if (!(backEnd >= without && backEnd < 1)) {
    throw new RangeError(
      `Cannot divide energy: the back-end's share must be from ${without}, without softmax, to below 1, got ${backEnd}`,
    )
  }
  return (backEnd - without) / (1 - without)
}

/** Share of the bits of all scores that a bit-serial front-end processes. */
export function processedBitShare({ prunedShare, bitsOnPruned }: ScoreStatistics, bits: number): number {
  return (prunedShare * bitsOnPruned + (1 - prunedShare) * bits) / bits
}

/**
 * Energy per score where the back-end skips pruned scores and, if `serial` is given, the front-end stops them early.
 *
 * @param baseline from {@link baselineEnergy}
 * @param serial width of K, and the energy of a processed bit over that of the baseline's
 * @returns in units of the baseline's energy per score
 */
export function prunedEnergy(
  baseline: EnergyParts,
  statistics: ScoreStatistics,
  serial?: { readonly bits: number; readonly energyPerBit: number },
): EnergyParts {
  const front = serial ? serial.energyPerBit * processedBitShare(statistics, serial.bits) : 1
  const back = 1 - statistics.prunedShare
  const scaled = ENERGY_PARTS.map((part) => [part, baseline[part] * (FRONT_END.includes(part) ? front : back)] as const)
  return Object.fromEntries(scaled) as Record<EnergyPart, number>
}

/**
 * Energy per score where a share of the baseline's leaks, whatever is computed.
 *
 * @param switching energy of all parts if nothing leaked
 * @param leakage share of the baseline's energy that leaks, and what scales it: run time, and area if that is to count
 * @throws {RangeError} on a share outside 0 to 1
 */
export function withLeakage(
  switching: number,
  leakage: { readonly share: number; readonly timeRatio: number; readonly areaRatio: number },
): number {
  checkShare('share', leakage.share)
  return (1 - leakage.share) * switching + leakage.share * leakage.timeRatio * leakage.areaRatio
}

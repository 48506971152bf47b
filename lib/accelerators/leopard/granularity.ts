import { powerOf } from '../../numeric/mod.ts'
import { type BitSerialFormat, fullCycles } from './bit-serial.ts'

/** What a cycle of a bit-serial unit takes, in units of a multiplication by one bit. */
export interface CycleEnergy {
  /** gamma: a cycle's multipliers take B^gamma; 1 if they grow with their width. */
  readonly widthExponent: number
  /** Latching the intermediate result, whatever B is. */
  readonly latch: number
  /** Share of the key buffer in the energy of a unit of full width; it goes with the bits read, 0 to 1. */
  readonly bufferShare: number
}

/** A step of so many bits, and the mean cycles of a score with it. */
export interface GranularityPoint extends BitSerialFormat {
  readonly meanCycles: number
}

/** Energy of logic and key buffer per score, over that of a unit that takes all bits in one cycle. */
export interface GranularityEnergy {
  readonly logic: number
  readonly buffer: number
}

/**
 * Energy per score of a bit-serial unit, over that of one of full width (LeOPArd Fig. 14): coarser steps latch less
 * often, finer ones stop earlier.
 *
 * @throws {RangeError} if cycles or energies are out of range
 */
export function granularityEnergy(point: GranularityPoint, cycle: CycleEnergy): GranularityEnergy {
  const { bits, bitsPerCycle, meanCycles } = point
  const { widthExponent, latch, bufferShare } = cycle
  if (!(meanCycles > 0 && meanCycles <= fullCycles(point) * (1 + 1e-12))) {
    throw new RangeError(
      `Cannot price a step of ${bitsPerCycle} bits: meanCycles must be above 0 and at most ${fullCycles(point)}, got ${meanCycles}`,
    )
  }
  if (!(latch >= 0 && widthExponent >= 0 && bufferShare >= 0 && bufferShare <= 1 && Number.isFinite(latch))) {
    throw new RangeError(
      `Cannot price a step: latch and widthExponent must be 0 or more and bufferShare at most 1, got ${latch}, ${widthExponent} and ${bufferShare}`,
    )
  }
  const one = powerOf(bits, widthExponent) + latch
  return {
    logic: ((1 - bufferShare) * meanCycles * (powerOf(bitsPerCycle, widthExponent) + latch)) / one,
    buffer: (bufferShare * Math.min(meanCycles * bitsPerCycle, bits)) / bits,
  }
}

/**
 * The latch energies for which one step takes less than all others.
 *
 * @param points steps of the same width
 * @param bitsPerCycle the step that is to be best
 * @returns the open interval (Infinity if it has no upper end), or null if there is none
 * @throws {RangeError} if no point has that step
 */
export function latchWindow(
  points: readonly GranularityPoint[],
  bitsPerCycle: number,
  cycle: Omit<CycleEnergy, 'latch'>,
): { readonly from: number; readonly to: number } | null {
  const best = points.find((point) => point.bitsPerCycle === bitsPerCycle)
  if (!best) {
    throw new RangeError(
      `Cannot compare steps: ${bitsPerCycle} must be one of ${points.map((point) => point.bitsPerCycle).join(', ')} bits`,
    )
  }
  // Times (bits^gamma + latch), an energy is linear in the latch: at + slope * latch.
  const line = (point: GranularityPoint) => {
    const { logic, buffer } = granularityEnergy(point, { ...cycle, latch: 0 })
    const one = powerOf(point.bits, cycle.widthExponent)
    return { at: (logic + buffer) * one, slope: (1 - cycle.bufferShare) * point.meanCycles + buffer }
  }
  const own = line(best)
  let [from, to] = [0, Number.POSITIVE_INFINITY]
  for (const point of points) {
    if (point === best) continue
    const other = line(point)
    const [gap, rise] = [other.at - own.at, own.slope - other.slope]
    if (rise === 0) {
      if (gap <= 0) return null
    } else if (rise > 0) to = Math.min(to, gap / rise)
    else from = Math.max(from, gap / rise)
  }
  return from < to ? { from, to } : null
}

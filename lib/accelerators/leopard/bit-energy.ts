import { powerOf } from '../../numeric/mod.ts'
import { type BitSerialFormat, checkFormat } from './bit-serial.ts'

/** What a cycle takes besides, and how its multipliers grow with the bits they take. */
export interface BitEnergyModel {
  /** gamma: a cycle's multipliers take B^gamma; 1 if they grow with their width. */
  readonly widthExponent: number
  /** l: latching the intermediate result of a cycle, in multiplications by one bit. */
  readonly latch: number
}

/**
 * Energy of a bit on a unit of B bits per cycle, over that of a bit on a unit that takes all bits at once:
 * (B^gamma + l) / B over the same of the full width. It is 1 where B is the width.
 *
 * @throws {RangeError} on a format, an exponent or a latch that cannot be
 */
export function energyPerBitAt(format: BitSerialFormat, { widthExponent, latch }: BitEnergyModel): number {
  checkFormat(format)
  checkExponent(widthExponent)
  if (!(latch >= 0 && Number.isFinite(latch))) {
    throw new RangeError(`Cannot price a bit: latch must be 0 or more, got ${latch}`)
  }
  const { bits, bitsPerCycle } = format
  const own = (powerOf(bitsPerCycle, widthExponent) + latch) / bitsPerCycle
  return own / ((powerOf(bits, widthExponent) + latch) / bits)
}

/**
 * Energies per bit that some latch gives at a step: from the first, without a latch, to below the second, where latches
 * are all there is.
 *
 * @throws {RangeError} on a format or an exponent that cannot be
 */
export function energyPerBitRange(
  format: BitSerialFormat,
  widthExponent: number,
): { readonly from: number; readonly below: number } {
  return {
    from: energyPerBitAt(format, { widthExponent, latch: 0 }),
    below: format.bits / format.bitsPerCycle,
  }
}

/**
 * The latch with which a bit takes a given energy at a step: what makes it cost that much at every other.
 *
 * @param energyPerBit at that step, over that of the full width
 * @param format the step, narrower than the width
 * @returns in multiplications by one bit
 * @throws {RangeError} if the latch would have to be negative or without end
 */
export function latchFor(energyPerBit: number, format: BitSerialFormat, widthExponent: number): number {
  const { from, below } = energyPerBitRange(format, widthExponent)
  if (!(energyPerBit >= from && energyPerBit < below)) {
    throw new RangeError(
      `Cannot find a latch: energyPerBit at ${format.bitsPerCycle} bits per cycle must be from ${from}, without any, to below ${below} where multipliers grow with exponent ${widthExponent}, got ${energyPerBit}`,
    )
  }
  const { bits, bitsPerCycle } = format
  const share = (energyPerBit * bitsPerCycle) / bits
  return Math.max(0, share * powerOf(bits, widthExponent) - powerOf(bitsPerCycle, widthExponent)) / (1 - share)
}

function checkExponent(widthExponent: number): void {
  if (!(widthExponent >= 0 && Number.isFinite(widthExponent))) {
    throw new RangeError(`Cannot price a bit: widthExponent must be 0 or more, got ${widthExponent}`)
  }
}

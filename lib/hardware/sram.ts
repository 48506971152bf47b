import type { Quantity, Source } from '../numeric/mod.ts'

const timeloopPat: Source = {
  kind: 'public',
  which:
    'NVlabs/timeloop pat-public/src/pat/pat.cpp: a line through two Eyeriss data points, 16 bits of a 0.5 KB and of a 100 KB array, in units of a 16-bit MAC that Timeloop prints as pJ',
}

/** The SRAM energy line of Timeloop's PAT: a 16-bit word of a 1/2 KiB array, and of one of 100 KiB. */
export const PAT_CONSTANTS = {
  wordBits: { value: 16, unit: 'bit', source: timeloopPat },
  smallestKib: { value: 0.5, unit: 'KiB', source: timeloopPat },
  /** Energy of a word of the smallest array. */
  smallestPj: { value: 1, unit: 'pJ', source: timeloopPat },
  slopePjPerKib: { value: 5 / 99.5, unit: 'pJ/KiB', source: timeloopPat },
} as const satisfies Record<string, Quantity>

/**
 * Energy of reading or writing one row of an SRAM (Timeloop's PAT).
 *
 * @param rows words the array holds
 * @param widthBits bits of a word
 * @returns pJ
 * @throws {RangeError} if a size is not positive
 */
export function patSramPj(rows: number, widthBits: number): number {
  if (!(rows > 0 && widthBits > 0)) {
    throw new RangeError(`Cannot price an SRAM: rows and width must be positive, got ${rows} x ${widthBits} bits`)
  }
  const { wordBits, smallestKib, smallestPj, slopePjPerKib } = PAT_CONSTANTS
  const kib = (rows * widthBits) / 8 / 1024
  return (smallestPj.value + slopePjPerKib.value * (kib - smallestKib.value)) * (widthBits / wordBits.value)
}

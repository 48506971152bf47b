import { ACCELTRAN, bitsPerElement } from '../../../lib/accelerators/acceltran/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import { repository } from './paper.ts'

/** Size of elements in main memory, zeros left out and masks not counted. */
export interface CompressedSize {
  readonly mebibits: number
  readonly mebibytes: number
  /** 10^6 byte. */
  readonly megabytes: number
  /** And one mask bit per element. */
  readonly withMasksMb: number
}

/** Size of elements of which a share is zero. */
export function compressedSize(elements: number, sparsity: number): CompressedSize {
  const bits = elements * bitsPerElement(sparsity)
  const mebibits = bits / (1024 * 1024)
  return {
    mebibits,
    mebibytes: mebibits / 8,
    megabytes: bits / 8e6,
    withMasksMb: (bits + elements * ACCELTRAN.maskBits.value) / 8e6,
  }
}

/** In which unit a size is stated as "MB", as a parameter. */
export const UNIT_PARAM = {
  bitsAsBytes: {
    type: 'boolean',
    value: false,
    unit: 'switch',
    source: repository('simulator: sizes are counted in bits and divided by 1024 x 1024'),
    description: 'as published: what is printed as MB and GB are mebibits and gibibits; else: 10^6 and 10^9 byte',
  },
} as const satisfies Record<string, Param>

/** A size as the paper states it, and in megabytes. */
export function statedMb(size: CompressedSize, bitsAsBytes: boolean): { readonly mb: number; readonly gb: number } {
  return bitsAsBytes
    ? { mb: size.mebibits, gb: size.mebibits / 1024 }
    : { mb: size.megabytes, gb: size.megabytes / 1000 }
}

/** What the stated sizes are, for errata. */
export const UNIT_ERRATUM = {
  where: 'Sec. II-A, V-D, Table III: main memory',
  printed: '52.88 MB and 3467.30 MB, 52.8 MB and 3.4 GB in the text',
  shouldBe: '6.93 MB and 454.5 MB, or 5.46 MB and 136.0 MB if a batch shares its weights',
  arithmetic:
    '(3,972,352 + 1,572,864) elements x 10 bit / 2^20 = 52.88 and (23,834,112 + 339,738,624) x 10 / 2^20 = 3467.30: mebibits, with the weights counted four times, once per batch element; 3467.30/1024 = 3.39',
} as const

import { type CellKind, type MemoryMacro, macroBytes, reramCell, sramAreaMm2 } from '../../hardware/mod.ts'
import type { Quantity } from '../../numeric/mod.ts'
import type { Memories, Placement } from './inference.ts'

/** Names of the rules for the area of the memories. */
export const AREA_RULES = ['macros', 'densities'] as const
/** `macros`: the area of the macros that hold it all; `densities`: bytes times the area a byte takes. */
export type AreaRule = (typeof AREA_RULES)[number]

/** Area of a byte in each memory, mm2. */
export type Densities = Readonly<Record<keyof Memories, number>>

/** Feature size of the SRAM where densities count: EdgeBERT's chip, whose ReRAM densities these are. */
export const DENSITY_CONSTANTS = {
  sramFeatureNm: {
    value: 12,
    unit: 'nm',
    source: {
      kind: 'paper',
      where:
        'EdgeBERT Sec. 8.1, Fig. 10: 12 nm; here its name is taken for the feature size, which makes a denser SRAM than is built',
    },
  },
} as const satisfies Record<string, Quantity>

const BYTES_PER_MB = 1e6

/** The densities of EdgeBERT: its ReRAM, and SRAM of its node. */
export function edgeBertDensities(valueCell: CellKind): Densities {
  return {
    values: reramCell(valueCell).mm2PerMb / BYTES_PER_MB,
    mask: reramCell('slc').mm2PerMb / BYTES_PER_MB,
    sram: sramAreaMm2(1, DENSITY_CONSTANTS.sramFeatureNm.value),
  }
}

/** Area of a byte in the largest of some macros, mm2. */
export function macroDensity(macros: readonly MemoryMacro[]): number {
  const largest = macros.reduce((most, macro) => (macroBytes(macro) > macroBytes(most) ? macro : most))
  return largest.areaMm2 / macroBytes(largest)
}

/** Area of the memories, mm2: of their macros, or of the bytes they hold where densities are given. */
export function memoryAreaMm2({ values, mask, sram }: Memories, bytes: Placement, densities?: Densities): number {
  if (!densities) return values.areaMm2 + mask.areaMm2 + sram.areaMm2
  return bytes.values * densities.values + bytes.mask * densities.mask + bytes.sram * densities.sram
}

import { type CellKind, reramCell, sramAreaMm2 } from '../../hardware/mod.ts'
import type { Quantity } from '../../numeric/mod.ts'
import type { Design } from './design.ts'
import type { Memories } from './inference.ts'
import type { Storage } from './volumes.ts'

/** Names of the rules for the area of the memories. */
export const AREA_RULES = ['macros', 'densities'] as const
/** `macros`: the area of the macros that hold it all; `densities`: bytes times the area a byte takes. */
export type AreaRule = (typeof AREA_RULES)[number]

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

/**
 * Area of the memories, mm2.
 *
 * @param valueCell cells of the values, for their density
 */
export function memoryAreaMm2(
  rule: AreaRule,
  { values, mask, sram }: Memories,
  design: Design,
  { valueBytes, maskBytes, taskBytes, activationBytes }: Storage,
  valueCell: CellKind,
): number {
  if (rule === 'macros') return values.areaMm2 + mask.areaMm2 + sram.areaMm2
  const shared = valueBytes + maskBytes
  const own = taskBytes + activationBytes
  const { value: featureNm } = DENSITY_CONSTANTS.sramFeatureNm
  if (design.sharedIn === 'SRAM') return sramAreaMm2(own + shared, featureNm)
  const reramMm2 = valueBytes * reramCell(valueCell).mm2PerMb + maskBytes * reramCell('slc').mm2PerMb
  return reramMm2 / BYTES_PER_MB + sramAreaMm2(own, featureNm)
}

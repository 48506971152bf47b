import type { Quantity } from '../numeric/mod.ts'

/** How large an SRAM cell is, and how much of a macro is cells. */
export const SRAM_AREA_CONSTANTS = {
  cellF2: {
    value: 146,
    unit: 'F^2',
    source: { kind: 'public', which: "NVMExplorer's SRAM cell (nvmexplorer_src/input_defs/cell_cfgs.py)" },
  },
  efficiency: {
    value: 0.906,
    unit: '1',
    source: { kind: 'public', which: 'NVMExplorer, SRAM of 1 and 2 MB at 22 nm: 90.6 % of the area are cells' },
  },
} as const satisfies Record<string, Quantity>

/**
 * Area of an SRAM from the size of its cell, taking the node's name for the feature size.
 *
 * @param bytes capacity
 * @param featureNm feature size
 * @returns mm2
 */
export function sramAreaMm2(bytes: number, featureNm: number): number {
  const { cellF2, efficiency } = SRAM_AREA_CONSTANTS
  return (8 * bytes * cellF2.value * featureNm * featureNm * 1e-12) / efficiency.value
}

import type { Quantity } from '../numeric/mod.ts'
import type { CellKind } from './cell-faults.ts'

const table2 = { kind: 'paper', where: 'EdgeBERT Table 2, from NVSim with 28 nm cells' } as const

/** Densities and latencies of ReRAM that EdgeBERT takes from NVSim. */
export const RERAM_CELLS = {
  slcAreaMm2PerMb: { value: 0.28, unit: 'mm2/MB', source: table2 },
  mlc2AreaMm2PerMb: { value: 0.08, unit: 'mm2/MB', source: table2 },
  mlc3AreaMm2PerMb: { value: 0.04, unit: 'mm2/MB', source: table2 },
  slcReadNs: { value: 1.21, unit: 'ns', source: table2 },
  mlc2ReadNs: { value: 1.54, unit: 'ns', source: table2 },
  mlc3ReadNs: { value: 2.96, unit: 'ns', source: table2 },
} as const satisfies Record<string, Quantity>

/** Density and latency of a kind of cell, from {@link RERAM_CELLS}. */
export function reramCell(kind: CellKind): { readonly mm2PerMb: number; readonly readNs: number } {
  return { mm2PerMb: RERAM_CELLS[`${kind}AreaMm2PerMb`].value, readNs: RERAM_CELLS[`${kind}ReadNs`].value }
}

import {
  GEMMINI,
  gemmini,
  gemminiArray,
  gemminiHierarchy,
  REFERENCE_OPERATOR_NAMES,
} from '../../lib/accelerators/gemmini/mod.ts'
import { arrayEnergies } from '../../lib/hardware/mod.ts'
import { type CsvRow, numberCell } from '../../lib/harness/csv.ts'
import { accessEnergyPj, mappingCost, parseMapping } from '../../lib/mapping/mod.ts'
import { shapeOf } from '../map/shape.ts'
import type { VectorKind } from './kind.ts'

const COLUMNS = ['op', 'mapspace', 'mapping', 'utilisation', 'energy_pj_per_mac'] as const

/** Bandwidth of the architecture the vectors were evaluated on, all data together. */
const DRAM_WORDS_PER_CYCLE = GEMMINI.mapperWordsPerCycle.value
/** Half a unit of the second decimal, with room for the last bit of a tie. */
const UTILISATION_TOLERANCE = 0.005 * (1 + 1e-9)
const ENERGY_TOLERANCE = 1e-3

const machine = gemmini()
const hierarchy = gemminiHierarchy(machine, DRAM_WORDS_PER_CYCLE)
const energies = arrayEnergies('timeloop-pat', gemminiArray(machine))

/** Mappings that Timeloop sampled and evaluated: is our utilisation, is our energy the same? */
export const timeloop: VectorKind<(typeof COLUMNS)[number]> = {
  columns: COLUMNS,
  machine: `a 16x16 array with ${machine.scratchpadBytes / 1024} KiB scratchpad and ${machine.accumulatorBytes / 1024} KiB accumulator, ${DRAM_WORDS_PER_CYCLE} DRAM words per cycle, energies timeloop-pat (scripts/map.ts evaluates a mapping on other machines)`,
  help: `mappings in Timeloop's notation: ${COLUMNS.join(',')}; op is ${REFERENCE_OPERATOR_NAMES.join(', ')}, or a shape like "R3 S3 P7 Q7 C512 K512 stride 1"`,
  agreement: `utilisation at 2 decimals, energy within ${100 * ENERGY_TOLERANCE} %`,
  heads: ['op', 'mapspace', 'utilisation', 'our utilisation', 'energy [pJ/MAC]', 'our energy', 'energy off by'],
  evaluate(row: CsvRow<(typeof COLUMNS)[number]>) {
    const { op, mapspace, mapping } = row.cells
    const utilisation = numberCell(row, 'utilisation', { min: 0, max: 1 })
    const energy = numberCell(row, 'energy_pj_per_mac', { min: 1e-6, unit: 'pJ' })
    const cost = mappingCost(shapeOf('op', op), parseMapping(mapping), hierarchy)
    const ourEnergy = accessEnergyPj(cost.accesses, energies) / cost.accesses.macs
    const deviation = Math.abs(ourEnergy / energy - 1)
    return {
      cells: [
        op,
        mapspace,
        row.cells.utilisation,
        cost.utilisation.toFixed(4),
        row.cells.energy_pj_per_mac,
        ourEnergy.toFixed(4),
        deviation.toExponential(1),
      ],
      deviations: { utilisation: Math.abs(cost.utilisation - utilisation), energy: deviation },
      agrees: Math.abs(cost.utilisation - utilisation) <= UTILISATION_TOLERANCE && deviation <= ENERGY_TOLERANCE,
    }
  },
}

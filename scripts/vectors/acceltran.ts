import { batchEnergy, simulate } from '../../lib/accelerators/acceltran/mod.ts'
import { oneLine } from '../../lib/harness/command.ts'
import { type CsvRow, numberCell } from '../../lib/harness/csv.ts'
import { BASES, KEYS, parseSettings, vectorCase } from './acceltran-config.ts'
import type { VectorKind } from './kind.ts'

const COUNTS = ['cycles', 'embEnd', 's0', 's1', 's2', 's3', 's4', 's5', 's6'] as const
const ENERGIES = ['peDyn', 'peLeak', 'bufStore', 'mainMem', 'bufLeak'] as const
const MODULES = ['busyMac', 'busySm', 'busyLn', 'nMac', 'nSm', 'nLn'] as const
const QUANTITIES = [...COUNTS, ...ENERGIES, ...MODULES] as const
type Quantity = (typeof QUANTITIES)[number]
const COLUMNS = ['config', ...QUANTITIES] as const

const ENERGY_TOLERANCE = 1e-6

/** Half a unit of a number's last printed digit: what rounding may have taken from it. */
function halfDigit(text: string): number {
  const [, decimals = '', exponent = '0'] = /^[-+]?\d*\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text.trim()) ?? []
  return 0.5 * Number(`1e${Number(exponent) - decimals.length}`)
}

/**
 * Simulates a configuration.
 *
 * @returns cycles, stalls by cause, energies (nJ) and module-cycles, by their short names
 */
export function vectorOutputs(config: string): Readonly<Record<Quantity, number>> {
  const { run, ...options } = vectorCase(parseSettings(config))
  const simulation = simulate(run, { ...options, padToTile: true })
  const energy = batchEnergy(simulation, options.machine, { quirks: options.quirks })
  const { busyModuleCycles: busy, modulesTaken: taken, stalls } = simulation
  const [s0, s1, s2, s3, s4, s5, s6] = stalls as [number, number, number, number, number, number, number]
  return {
    cycles: simulation.cycles,
    embEnd: simulation.embeddingCycles,
    ...{ s0, s1, s2, s3, s4, s5, s6 },
    peDyn: energy.peDynamicNj,
    peLeak: energy.peLeakageNj,
    bufStore: energy.bufferStoreNj,
    mainMem: energy.mainMemoryNj,
    bufLeak: energy.bufferLeakageNj,
    busyMac: busy.matmul + busy.gelu,
    busySm: busy.softmax,
    busyLn: busy.layernorm,
    nMac: taken.matmul + taken.gelu,
    nSm: taken.softmax,
    nLn: taken.layernorm,
  }
}

/** Batches that the authors' simulator, or another implementation of it, ran: are ours the same? */
export const acceltran: VectorKind<(typeof COLUMNS)[number]> = {
  columns: COLUMNS,
  help: `configurations of AccelTran and what simulating them gives: ${COLUMNS.join(',')}; config is ${Object.keys(BASES).join(', ')}, then changes: key=value with a key of ${KEYS.join(' ')}; COR (the rules corrected that the reference has); @10MB (net buffer size)`,
  machine: 'the machine that each row describes',
  agreement: `cycles and counts exactly, energies within ${ENERGY_TOLERANCE} of themselves or half a unit of their last digit`,
  heads: ['config', 'cycles', 'our cycles', 'counts', 'energies off by', 'differs in'],
  evaluate(row: CsvRow<(typeof COLUMNS)[number]>) {
    const given = Object.fromEntries(QUANTITIES.map((name) => [name, numberCell(row, name, { min: 0 })])) as Record<
      Quantity,
      number
    >
    const { config } = row.cells
    let ours: Readonly<Record<Quantity, number>>
    try {
      ours = vectorOutputs(config)
    } catch (error) {
      // A configuration that cannot be read is the file's fault; one that does not run differs from the row.
      if (!(error instanceof RangeError)) throw error
      return {
        cells: [config, row.cells.cycles, '', '', '', oneLine(error)],
        deviations: { counts: Number.POSITIVE_INFINITY, energy: Number.POSITIVE_INFINITY },
        agrees: false,
      }
    }
    const exact = QUANTITIES.filter((name) => !(ENERGIES as readonly string[]).includes(name))
    const counts = exact.filter((name) => ours[name] !== given[name])
    // The share of the allowed deviation that an energy takes; rounding of the given one is no deviation of ours.
    const offBy = (name: Quantity) => {
      const beyond = Math.abs(ours[name] - given[name]) - halfDigit(row.cells[name]) * (1 + 1e-6)
      return beyond <= 0 ? 0 : beyond / (given[name] || 1)
    }
    const energies = ENERGIES.filter((name) => offBy(name) > ENERGY_TOLERANCE)
    const differences = [...counts, ...energies]
    return {
      cells: [
        config,
        row.cells.cycles,
        String(ours.cycles),
        `${exact.length - counts.length} of ${exact.length}`,
        Math.max(...ENERGIES.map(offBy)).toExponential(1),
        differences.map((name) => `${name} ${ours[name]} for ${row.cells[name]}`).join('; '),
      ],
      deviations: {
        counts: Math.max(...exact.map((name) => Math.abs(ours[name] - given[name]))),
        energy: Math.max(...ENERGIES.map(offBy)),
      },
      agrees: differences.length === 0,
    }
  },
}

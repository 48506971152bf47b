import {
  checkTable,
  type LinearRegulator,
  type OperatingPoint,
  settleNs,
  type VoltageFrequencyTable,
} from '../../hardware/mod.ts'
import type { Quantity, Source } from '../../numeric/mod.ts'

const table4: Source = { kind: 'paper', where: 'EdgeBERT Table 4' }
const dvfsText: Source = { kind: 'paper', where: 'EdgeBERT Sec. 7.4.3' }

/** EdgeBERT's regulator and clock, as specified. */
export const DVFS_CONSTANTS = {
  nominalVoltage: { value: 0.8, unit: 'V', source: dvfsText },
  minVoltage: { value: 0.5, unit: 'V', source: dvfsText },
  stepMv: { value: 25, unit: 'mV', source: dvfsText },
  standbyVoltage: { value: 0.5, unit: 'V', source: dvfsText },
  maxGhz: { value: 1, unit: 'GHz', source: { kind: 'paper', where: 'EdgeBERT Fig. 8 and Fig. 10' } },
  settleNsPer50mV: { value: 3.8, unit: 'ns/50 mV', source: table4 },
  currentEfficiency: { value: 0.992, unit: '1', source: table4 },
  maxLoadMa: { value: 200, unit: 'mA', source: table4 },
  pllMw: { value: 2.46, unit: 'mW', source: table4 },
} as const satisfies Record<string, Quantity>

/** What sets voltage and clock: the V/F table, whose last point is the nominal one, and the regulator. */
export interface DvfsSystem {
  readonly table: VoltageFrequencyTable
  readonly regulator: LinearRegulator
}

/** A voltage, the clock run at it, and whether the clock asked for was to be had. */
export interface Setting {
  readonly voltage: number
  readonly ghz: number
  /** The deadline can be met, if the prediction holds. */
  readonly feasible: boolean
}

/** The nominal point: highest voltage, fastest clock. @throws {RangeError} if the table is empty */
export function nominalPoint({ table }: DvfsSystem): OperatingPoint {
  const point = table.at(-1)
  if (!point) throw new RangeError('Cannot run: the V/F table must have entries, got none')
  return point
}

/**
 * The DVFS controller (EdgeBERT Sec. 5.2): the lowest voltage of the table whose clock finishes the cycles ahead in the
 * time left, and just the clock that is needed; the time the regulator takes to get there is not available for work. The
 * released controller's own three states of four cycles are left out.
 *
 * @param cyclesAhead cycles to the predicted exit
 * @param slackNs time from now to the deadline
 * @returns the nominal point if no voltage is high enough
 * @throws {RangeError} if the table does not rise
 *
 * @example
 * ```ts
 * import { chooseSetting } from '../../lib/accelerators/edgebert/mod.ts'
 *
 * const table = [
 *   { voltage: 0.5, maxGhz: 0.25 },
 *   { voltage: 0.8, maxGhz: 1 },
 * ]
 * const regulator = { settleNsPer50mV: 4, currentEfficiency: 1 }
 * // 200 cycles in 1000 ns need 0.2 GHz and a bit, in 500 ns 0.4 GHz.
 * chooseSetting({ table, regulator }, 200, 1000).voltage // => 0.5
 * chooseSetting({ table, regulator }, 200, 500) // => { voltage: 0.8, ghz: 0.4, feasible: true }
 * chooseSetting({ table, regulator }, 200, 100).feasible // => false
 * ```
 */
export function chooseSetting(system: DvfsSystem, cyclesAhead: number, slackNs: number): Setting {
  const nominal = nominalPoint(system)
  for (const { voltage, maxGhz } of checkTable(system.table)) {
    const left = slackNs - settleNs(nominal.voltage, voltage, system.regulator)
    const needed = cyclesAhead / left
    if (left > 0 && needed <= maxGhz) return { voltage, ghz: needed, feasible: true }
  }
  return { voltage: nominal.voltage, ghz: nominal.maxGhz, feasible: false }
}

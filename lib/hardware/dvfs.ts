import { powerOf } from '../numeric/mod.ts'

/** A voltage and the fastest clock it allows. */
export interface OperatingPoint {
  readonly voltage: number
  readonly maxGhz: number
}

/** Operating points by rising voltage; the last is the nominal one. */
export type VoltageFrequencyTable = readonly OperatingPoint[]

/** The alpha-power law of a technology, pinned at its nominal point (Sakurai and Newton, JSSC 25, 1990). */
export interface AlphaPowerLaw {
  readonly nominalVoltage: number
  readonly nominalGhz: number
  /** Threshold voltage, V. */
  readonly thresholdVoltage: number
  /** Velocity-saturation index: 2 for long channels, towards 1 for short ones. */
  readonly alpha: number
}

/**
 * The fastest clock at a voltage: f ~ (V - Vt)^alpha / V.
 *
 * @returns GHz
 * @throws {RangeError} if the threshold is not below both voltages
 */
export function alphaPowerGhz(voltage: number, law: AlphaPowerLaw): number {
  const { nominalVoltage, nominalGhz, thresholdVoltage, alpha } = law
  if (!(voltage > thresholdVoltage && nominalVoltage > thresholdVoltage)) {
    throw new RangeError(
      `Cannot clock at ${voltage} V: the voltage must be above the threshold of ${thresholdVoltage} V, and so must the nominal ${nominalVoltage} V`,
    )
  }
  const overdrive = (voltage - thresholdVoltage) / (nominalVoltage - thresholdVoltage)
  return nominalGhz * powerOf(overdrive, alpha) * (nominalVoltage / voltage)
}

/** More points than any controller indexes. */
const MAX_POINTS = 1000

/**
 * The table a controller indexes: from the lowest voltage in equal steps up to the nominal one, which is always in it.
 *
 * @param range lowest voltage in V and step in mV
 * @throws {RangeError} on a step that is not positive or a lowest voltage above the nominal one
 */
export function alphaPowerTable(
  law: AlphaPowerLaw,
  range: { readonly minVoltage: number; readonly stepMv: number },
): VoltageFrequencyTable {
  const { minVoltage, stepMv } = range
  if (!(stepMv > 0)) throw new RangeError(`Cannot build a V/F table: the step must be positive, got ${stepMv} mV`)
  if (!(minVoltage <= law.nominalVoltage)) {
    throw new RangeError(
      `Cannot build a V/F table: the lowest voltage must be at most the nominal ${law.nominalVoltage} V, got ${minVoltage}`,
    )
  }
  const points: OperatingPoint[] = []
  const steps = Math.ceil(((law.nominalVoltage - minVoltage) * 1000) / stepMv - 1e-9)
  if (!(steps < MAX_POINTS)) {
    throw new RangeError(
      `Cannot build a V/F table: it must have at most ${MAX_POINTS} points, got steps of ${stepMv} mV from ${minVoltage} to ${law.nominalVoltage} V`,
    )
  }
  for (let i = 0; i < steps; i += 1) {
    // Whole microvolts: 0.5 V + 3 x 25 mV is 0.575 V, not its neighbour.
    const voltage = Math.round(minVoltage * 1e6 + i * stepMv * 1000) / 1e6
    points.push({ voltage, maxGhz: alphaPowerGhz(voltage, law) })
  }
  points.push({ voltage: law.nominalVoltage, maxGhz: law.nominalGhz })
  return checkTable(points)
}

/**
 * Returns a table if it is one.
 *
 * @throws {RangeError} naming the first entry that is not positive, or not above the one before it in both columns
 */
export function checkTable(points: VoltageFrequencyTable): VoltageFrequencyTable {
  if (points.length === 0) throw new RangeError('Cannot use a V/F table: it must have entries, got none')
  points.forEach(({ voltage, maxGhz }, i) => {
    const before = points[i - 1] ?? { voltage: 0, maxGhz: 0 }
    const rises = voltage > before.voltage && maxGhz > before.maxGhz
    if (!rises || !Number.isFinite(voltage) || !Number.isFinite(maxGhz)) {
      throw new RangeError(
        `Cannot use a V/F table: voltage and clock must rise from entry to entry, got ${voltage} V, ${maxGhz} GHz after ${before.voltage} V, ${before.maxGhz} GHz`,
      )
    }
  })
  return points
}

/** An on-chip linear regulator between a fixed rail and the logic. */
export interface LinearRegulator {
  /** Time to move the output by 50 mV. */
  readonly settleNsPer50mV: number
  /** Share of the rail's current that reaches the load. */
  readonly currentEfficiency: number
}

/** Time for the regulator to move between two voltages, ns. */
export function settleNs(from: number, to: number, regulator: LinearRegulator): number {
  return (Math.abs(from - to) / 0.05) * regulator.settleNsPer50mV
}

/**
 * Energy drawn from the rail per energy at the load: a linear regulator passes the load's current on at the rail's
 * voltage, so the ratio is Vrail / Vload over its current efficiency.
 *
 * @throws {RangeError} if the load's voltage is not above 0 and at most the rail's
 *
 * @example
 * ```ts
 * import { railEnergyFactor } from '../../lib/hardware/mod.ts'
 *
 * railEnergyFactor(0.8, 0.4, { settleNsPer50mV: 4, currentEfficiency: 1 }) // => 2
 * ```
 */
export function railEnergyFactor(railVoltage: number, loadVoltage: number, regulator: LinearRegulator): number {
  if (!(loadVoltage > 0 && railVoltage >= loadVoltage && regulator.currentEfficiency > 0)) {
    throw new RangeError(
      `Cannot regulate ${railVoltage} V down to ${loadVoltage} V: the load must be above 0 and at most the rail, the efficiency above 0, got ${regulator.currentEfficiency}`,
    )
  }
  return railVoltage / loadVoltage / regulator.currentEfficiency
}

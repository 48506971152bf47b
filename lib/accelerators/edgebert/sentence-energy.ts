import { railEnergyFactor } from '../../hardware/mod.ts'
import { powerOf } from '../../numeric/mod.ts'
import { type DvfsSystem, nominalPoint } from './dvfs-system.ts'
import type { SentenceRun } from './sentence.ts'

/** Where the accelerator's energy goes. */
export interface PowerModel {
  /** Power of the accelerator at the nominal point while it works, without the PLL. */
  readonly powerMw: number
  /** Share of it that is leakage. */
  readonly leakageShare: number
  /** Leakage power falls with this power of the voltage. */
  readonly leakageExponent: number
  /** Power of the PLL at the nominal clock; it falls with the clock, on a rail of its own. */
  readonly pllMw: number
  /** Charge what the linear regulator burns between the nominal rail and the logic. */
  readonly chargeRegulator: boolean
}

/** Energy of a sentence, uJ. */
export interface SentenceEnergy {
  readonly dynamicUj: number
  readonly leakageUj: number
  readonly pllUj: number
  readonly regulatorUj: number
  readonly totalUj: number
}

/**
 * Energy of a sentence: switching energy falls with the square of the voltage, leakage grows with time.
 *
 * @param run how the sentence ran
 * @param power where the energy goes
 * @throws {RangeError} on a leakage share outside 0 to 1
 */
export function sentenceEnergy(system: DvfsSystem, run: SentenceRun, power: PowerModel): SentenceEnergy {
  const { powerMw, leakageShare, leakageExponent, pllMw, chargeRegulator } = power
  if (!(leakageShare >= 0 && leakageShare <= 1)) {
    throw new RangeError(`Cannot charge leakage: its share must be from 0 to 1, got ${leakageShare}`)
  }
  const nominal = nominalPoint(system)
  const phase = (cycles: number, { voltage, ghz }: { readonly voltage: number; readonly ghz: number }) => {
    const ratio = voltage / nominal.voltage
    // mW x ns = pJ
    const dynamic = (powerMw * (1 - leakageShare) * ratio * ratio * cycles) / nominal.maxGhz / 1e6
    const leakage = (powerMw * leakageShare * powerOf(ratio, leakageExponent) * cycles) / ghz / 1e6
    const factor = chargeRegulator ? railEnergyFactor(nominal.voltage, voltage, system.regulator) - 1 : 0
    return { dynamic, leakage, regulator: factor * (dynamic + leakage) }
  }
  const first = phase(run.nominalCycles, { voltage: nominal.voltage, ghz: nominal.maxGhz })
  const rest = phase(run.scaledCycles, run.setting)
  const dynamicUj = first.dynamic + rest.dynamic
  const leakageUj = first.leakage + rest.leakage
  const regulatorUj = first.regulator + rest.regulator
  const pllUj = (pllMw * (run.nominalCycles + run.scaledCycles)) / nominal.maxGhz / 1e6
  return { dynamicUj, leakageUj, pllUj, regulatorUj, totalUj: dynamicUj + leakageUj + pllUj + regulatorUj }
}

import type { Source } from '../numeric/mod.ts'

/** What quantities become in another process, over what they were. */
export interface ScalingRatios {
  readonly area: number
  readonly delay: number
  readonly power: number
  /** Of one operation. */
  readonly energy: number
}

/**
 * Dennard's rules: lengths and voltage shrink by k, power density stays.
 *
 * @param fromNm process a design was made in
 * @param toNm process it is to be taken to
 * @throws {RangeError} if a process is not positive
 *
 * @example
 * ```ts
 * import { dennardScaling } from '../../lib/hardware/mod.ts'
 *
 * dennardScaling(64, 32)
 * // => { k: 2, area: 1 / 4, delay: 1 / 2, power: 1 / 4, energy: 1 / 8 }
 * ```
 */
export function dennardScaling(fromNm: number, toNm: number): ScalingRatios & { readonly k: number } {
  if (!(fromNm > 0 && toNm > 0 && Number.isFinite(fromNm / toNm))) {
    throw new RangeError(`Cannot scale a design: processes must be above 0 nm, got ${fromNm} and ${toNm}`)
  }
  const k = fromNm / toNm
  return { k, area: 1 / (k * k), delay: 1 / k, power: 1 / (k * k), energy: 1 / (k * k * k) }
}

/** A process as simulated: coefficients of polynomials in the supply voltage, highest power first. */
interface SimulatedProcess {
  readonly nm: number
  /** Area of a design over that at 65 nm. */
  readonly area: number
  readonly delay: readonly [number, number, number, number]
  readonly energy: readonly [number, number, number]
  readonly power: readonly [number, number, number]
}

/** Where the polynomials and areas come from. */
export const SIMULATED_SCALING_SOURCE: Source = {
  kind: 'public',
  which:
    'Stillmaker and Baas, Scaling equations for the accurate prediction of CMOS device performance from 180 nm to 7 nm, Integration 58 (2017), high-performance models below 65 nm, as transcribed in wromaszkan/nodeScale a912c60 nodeScale.py',
}

/** Fits to circuit simulations by process; relative units that are common to all. */
const PROCESSES: readonly SimulatedProcess[] = [
  {
    nm: 90,
    area: 1.9,
    delay: [-60.34, 262.5, -384.2, 210.9],
    energy: [4.762, -4.781, 2.092],
    power: [17320, -11230, 4328],
  },
  {
    nm: 65,
    area: 1,
    delay: [-53.3, 230.4, -333.9, 178.6],
    energy: [3.755, -4.398, 1.975],
    power: [12890, -10510, 4362],
  },
  {
    nm: 45,
    area: 0.66,
    delay: [-501.6, 1567, -1619, 566.1],
    energy: [1.018, -0.3107, 0.1539],
    power: [5462, -1760, 522.4],
  },
  {
    nm: 32,
    area: 0.31,
    delay: [-1047, 2982, -2797, 873.5],
    energy: [0.8367, -0.4341, 0.1701],
    power: [4001, -1733, 533.6],
  },
]
const [NM_90, NM_65, NM_45, NM_32] = PROCESSES as [
  SimulatedProcess,
  SimulatedProcess,
  SimulatedProcess,
  SimulatedProcess,
]

/** A process and the supply it is run at. */
export interface ProcessPoint {
  readonly nm: number
  readonly voltage: number
}

const horner = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, c) => sum * x + c, 0)

/** The two simulated processes around one, and how far it lies from the first to the second. */
function around(nm: number): readonly [SimulatedProcess, SimulatedProcess, number] {
  for (const own of [NM_90, NM_65]) if (own.nm === nm) return [own, own, 0]
  // The models of 90 and 65 nm are of another family, so nothing lies between them and 45 nm.
  if (nm <= NM_45.nm && nm >= NM_32.nm) return [NM_45, NM_32, (NM_45.nm - nm) / (NM_45.nm - NM_32.nm)]
  throw new RangeError(
    `Cannot scale a design: the process must be ${NM_90.nm}, ${NM_65.nm}, or from ${NM_32.nm} to ${NM_45.nm} nm, got ${nm}`,
  )
}

/**
 * Delay, energy, power and area at a process and voltage, in relative units; between 45 and 32 nm on a straight line in
 * the process at the same voltage.
 *
 * The delay curves of 45 and 32 nm turn at 0.95 and 0.85 V; above that they are no physics, though positive.
 *
 * @throws {RangeError} at a process that is not simulated, or a voltage at which a fit is not positive
 */
export function simulatedProcess({ nm, voltage }: ProcessPoint): ScalingRatios {
  const [from, to, share] = around(nm)
  if (!(voltage > 0 && Number.isFinite(voltage))) {
    throw new RangeError(`Cannot scale a design: the voltage must be above 0 V, got ${voltage}`)
  }
  const blend = (a: number, b: number) => a + share * (b - a)
  const fit = (quantity: 'delay' | 'energy' | 'power'): number => {
    const [a, b] = [horner(from[quantity], voltage), horner(to[quantity], voltage)]
    if (!(a > 0 && b > 0)) {
      throw new RangeError(
        `Cannot scale a design: the voltage must be one at which the fitted ${quantity} of ${nm} nm is positive, got ${voltage} V`,
      )
    }
    return blend(a, b)
  }
  return {
    area: blend(from.area, to.area),
    delay: fit('delay'),
    energy: fit('energy'),
    power: fit('power'),
  }
}

/**
 * Scaling by the fits of Stillmaker and Baas. Power and energy were fitted apart: energy is not power times delay.
 *
 * @throws {RangeError} as {@link simulatedProcess}
 */
export function simulatedScaling(from: ProcessPoint, to: ProcessPoint): ScalingRatios {
  const [a, b] = [simulatedProcess(from), simulatedProcess(to)]
  return { area: b.area / a.area, delay: b.delay / a.delay, power: b.power / a.power, energy: b.energy / a.energy }
}

import { settleNs } from '../../hardware/mod.ts'
import { type DvfsSystem, nominalPoint } from './dvfs-system.ts'
import { runLatencyAware, type SentenceExit } from './sentence.ts'

/** What the accelerator does in a stretch of time. */
export const PHASES = ['compute', 'settle', 'idle'] as const

/** A stretch of time. */
export interface Stretch {
  readonly startNs: number
  readonly endNs: number
  /** 0 for the first. */
  readonly sentence: number
  readonly phase: (typeof PHASES)[number]
  /** Layer that is computed. */
  readonly layer: number | null
  /** Voltage at its end. */
  readonly voltage: number
  /** 0 while nothing is computed. */
  readonly ghz: number
}

/** How sentences follow each other. */
export interface Sequence {
  readonly cyclesPerLayer: number
  readonly targetNs: number
  /** Time from the start of a sentence to that of the next, unless it takes longer; 0 is back to back. */
  readonly periodNs: number
  readonly standbyVoltage: number
}

/**
 * Voltage and clock over a sequence of sentences under latency-aware inference (EdgeBERT Fig. 7): layer 1 at the nominal
 * point, the others at the sentence's setting, standby until the next one, the regulator settling in between.
 *
 * @returns stretches without gaps, each longer than 0
 */
export function waveform(system: DvfsSystem, exits: readonly SentenceExit[], sequence: Sequence): Stretch[] {
  const { cyclesPerLayer, targetNs, periodNs, standbyVoltage } = sequence
  const nominal = nominalPoint(system)
  const stretches: Stretch[] = []
  let now = 0
  let voltage = nominal.voltage
  exits.forEach((exit, sentence) => {
    const { setting } = runLatencyAware(system, exit, { cyclesPerLayer, targetNs })
    const start = now
    const add = (phase: Stretch['phase'], lengthNs: number, ghz = 0, layer: number | null = null) => {
      if (lengthNs <= 0) return
      stretches.push({ startNs: now, endNs: now + lengthNs, sentence, phase, layer, voltage, ghz })
      now += lengthNs
    }
    const settle = (to: number) => {
      const lengthNs = settleNs(voltage, to, system.regulator)
      voltage = to
      add('settle', lengthNs)
    }
    settle(nominal.voltage)
    add('compute', cyclesPerLayer / nominal.maxGhz, nominal.maxGhz, 1)
    if (exit.actual > 1) settle(setting.voltage)
    for (let layer = 2; layer <= exit.actual; layer += 1)
      add('compute', cyclesPerLayer / setting.ghz, setting.ghz, layer)
    if (start + periodNs > now) {
      settle(standbyVoltage)
      add('idle', start + periodNs - now)
    }
  })
  return stretches
}

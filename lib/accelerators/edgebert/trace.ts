import type { DvfsSystem } from './dvfs-system.ts'
import type { ExitCount } from './exits.ts'
import { runLatencyAware, runNominal } from './sentence.ts'
import { type PowerModel, type SentenceEnergy, sentenceEnergy } from './sentence-energy.ts'

/** The accelerator as a trace runs on it. */
export interface InferenceMachine {
  readonly system: DvfsSystem
  readonly power: PowerModel
  /** Cycles of one layer with its exit assessment. */
  readonly cyclesPerLayer: number
  readonly targetNs: number
}

/** Means over the sentences of a trace. */
export interface TraceResult {
  readonly sentences: number
  readonly predictedExit: number
  readonly actualExit: number
  /** Over the sentences that go beyond layer 1; nominal if there are none. */
  readonly voltage: number
  readonly ghz: number
  readonly latencyNs: number
  readonly energy: SentenceEnergy
  /** Share of sentences that end after the deadline. */
  readonly missedShare: number
  /** Share of sentences whose predicted exit no operating point reaches in time. */
  readonly infeasibleShare: number
}

const PARTS = ['dynamicUj', 'leakageUj', 'pllUj', 'regulatorUj', 'totalUj'] as const

/**
 * Runs every sentence of a trace under latency-aware inference.
 *
 * @throws {RangeError} if there are no sentences, a count is not above 0, or an exit lies behind the predicted layer
 */
export function runTrace(trace: readonly ExitCount[], machine: InferenceMachine): TraceResult {
  const { system, power, cyclesPerLayer, targetNs } = machine
  let sentences = 0
  let scaled = 0
  const sums = { predicted: 0, actual: 0, voltage: 0, ghz: 0, latencyNs: 0, missed: 0, infeasible: 0 }
  const energy = { dynamicUj: 0, leakageUj: 0, pllUj: 0, regulatorUj: 0, totalUj: 0 }
  for (const { predicted, actual, count } of trace) {
    if (!(count > 0)) throw new RangeError(`Cannot run a trace: counts must be above 0, got ${count}`)
    const run = runLatencyAware(system, { predicted, actual }, { cyclesPerLayer, targetNs })
    const own = sentenceEnergy(system, run, power)
    sentences += count
    sums.predicted += count * predicted
    sums.actual += count * actual
    sums.latencyNs += count * run.latencyNs
    if (run.missed) sums.missed += count
    if (!run.setting.feasible) sums.infeasible += count
    for (const part of PARTS) energy[part] += count * own[part]
    if (actual > 1) {
      scaled += count
      sums.voltage += count * run.setting.voltage
      sums.ghz += count * run.setting.ghz
    }
  }
  if (!(sentences > 0)) throw new RangeError('Cannot run a trace: it must have sentences, got none')
  for (const part of PARTS) energy[part] /= sentences
  const nominal = runNominal(system, 1, cyclesPerLayer).setting
  return {
    sentences,
    predictedExit: sums.predicted / sentences,
    actualExit: sums.actual / sentences,
    voltage: scaled > 0 ? sums.voltage / scaled : nominal.voltage,
    ghz: scaled > 0 ? sums.ghz / scaled : nominal.ghz,
    latencyNs: sums.latencyNs / sentences,
    energy,
    missedShare: sums.missed / sentences,
    infeasibleShare: sums.infeasible / sentences,
  }
}

/**
 * Energy of so many layers at the nominal point: conventional inference, or early exit at its mean layer.
 *
 * @param layers may be a mean and need not be whole
 */
export function nominalEnergy(layers: number, machine: Omit<InferenceMachine, 'targetNs'>): SentenceEnergy {
  return sentenceEnergy(machine.system, runNominal(machine.system, layers, machine.cyclesPerLayer), machine.power)
}

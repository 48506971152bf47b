import { settleNs } from '../../hardware/mod.ts'
import { chooseSetting, type DvfsSystem, nominalPoint, type Setting } from './dvfs-system.ts'

/** A sentence: the layer at which the predictor says it exits, and the one at which it does. */
export interface SentenceExit {
  readonly predicted: number
  readonly actual: number
}

/** How a sentence ran: layer 1 at the nominal point, the others at `setting`. */
export interface SentenceRun {
  readonly setting: Setting
  /** Cycles at the nominal point and at the setting. */
  readonly nominalCycles: number
  readonly scaledCycles: number
  readonly latencyNs: number
  /** It ended after the deadline. */
  readonly missed: boolean
}

function checkExit({ predicted, actual }: SentenceExit): void {
  if (!(actual >= 1 && actual <= predicted && Number.isFinite(predicted))) {
    throw new RangeError(
      `Cannot run a sentence: its exit must be from layer 1 to the predicted layer ${predicted}, got ${actual}`,
    )
  }
}

/**
 * Latency-aware inference of a sentence (EdgeBERT Algorithm 2). Layer 1 runs at the nominal point; if it does not end
 * there, the controller chooses voltage and clock for the predicted exit, and the sentence ends at its actual one. A
 * sentence that does end there never leaves the nominal point, whatever was predicted. The layers may be averages and
 * need not be whole.
 *
 * @param cyclesPerLayer cycles of one encoder layer with its exit assessment
 * @param targetNs latency the sentence should keep
 * @throws {RangeError} if the exit lies behind the predicted one or before layer 1, or cycles or target are not positive
 */
export function runLatencyAware(
  system: DvfsSystem,
  exit: SentenceExit,
  { cyclesPerLayer, targetNs }: { readonly cyclesPerLayer: number; readonly targetNs: number },
): SentenceRun {
  checkExit(exit)
  for (const [name, value] of Object.entries({ cyclesPerLayer, targetNs })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot run a sentence: ${name} must be positive and finite, got ${value}`)
    }
  }
  const nominal = nominalPoint(system)
  const elapsed = cyclesPerLayer / nominal.maxGhz
  const setting: Setting =
    exit.actual > 1
      ? chooseSetting(system, (exit.predicted - 1) * cyclesPerLayer, targetNs - elapsed)
      : { voltage: nominal.voltage, ghz: nominal.maxGhz, feasible: elapsed <= targetNs }
  const scaledCycles = (exit.actual - 1) * cyclesPerLayer
  const settle = settleNs(nominal.voltage, setting.voltage, system.regulator)
  const latencyNs = elapsed + settle + scaledCycles / setting.ghz
  return {
    setting,
    nominalCycles: cyclesPerLayer,
    scaledCycles,
    latencyNs,
    missed: latencyNs > targetNs * (1 + 1e-12),
  }
}

/** A sentence at the nominal point throughout, without a deadline: all layers, or up to its exit (EdgeBERT Algorithm 1). */
export function runNominal(system: DvfsSystem, layers: number, cyclesPerLayer: number): SentenceRun {
  const nominal = nominalPoint(system)
  return {
    setting: { voltage: nominal.voltage, ghz: nominal.maxGhz, feasible: true },
    nominalCycles: layers * cyclesPerLayer,
    scaledCycles: 0,
    latencyNs: (layers * cyclesPerLayer) / nominal.maxGhz,
    missed: false,
  }
}

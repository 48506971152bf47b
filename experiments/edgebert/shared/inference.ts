import {
  DVFS_CONSTANTS,
  type DvfsSystem,
  type ExitCount,
  type InferenceMachine,
  layerWeights,
  nominalEnergy,
  runTrace,
  spannedLayer,
  streamedBytes,
  type TraceResult,
} from '../../../lib/accelerators/edgebert/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import { GATING_PARAMS, type GatingValues, sparseGain } from './gating-params.ts'
import {
  assumed,
  CLASSES_PARAM,
  cyclesOf,
  DATAPATH_PARAMS,
  type DatapathValues,
  DVFS_PARAMS,
  type DvfsValues,
  datapathOf,
  SHAPE_PARAMS,
  type ShapeValues,
  shapeOf,
  VECTOR_SIZE_PARAM,
  WEIGHT_BITS,
} from './machine-params.ts'
import { edgebert } from './tasks.ts'

/** How the energy that null heads save is taken. */
export const HEAD_GAINS = ['stated', 'cycles'] as const

/** Power and what lowers it, as parameters. */
export const POWER_PARAMS = {
  powerMw: {
    type: 'number',
    value: 86,
    unit: 'mW',
    source: edgebert('Sec. 8.2.2, Fig. 10'),
    description: 'average power of the accelerator at the nominal point',
  },
  leakageShare: assumed(0, [0, 0.2], {
    unit: '1',
    min: 0,
    max: 1,
    why: "the paper's energy is proportional to V^2 and cycles (Sec. 3), which knows no leakage; 12 nm FinFET logic leaks some per cent",
    description: 'share of the power that is leakage',
  }),
  leakageExponent: assumed(3, [1, 4], {
    unit: '1',
    why: 'a current that falls with barrier lowering, times the voltage',
    description: 'power of the voltage with which leakage power falls',
  }),
  pllMw: assumed(0, [0, DVFS_CONSTANTS.pllMw.value], {
    unit: 'mW',
    min: 0,
    why: 'Table 4 gives 2.46 mW at 1 GHz, Fig. 10 does not say whether its 86 mW hold them',
    description: "power of the PLL at the nominal clock, beside the accelerator's",
  }),
  chargeRegulator: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'derived',
      how: "the paper's V^2 counts energy at the load; a linear regulator draws the load's current from the fixed rail",
    },
    description: 'charge what the linear regulator burns below the nominal voltage',
  },
  weightDramPjPerBit: assumed(0, [0, 7.67], {
    unit: 'pJ/bit',
    min: 0,
    why: "the paper charges no weight traffic, though a layer's 7 MB do not fit its 128 KB of decoders; LPDDR4 takes 7.67 (fig11-embedding-power-on)",
    description: "energy of fetching a layer's weights from DRAM every time",
  }),
  headGain: {
    type: 'string',
    value: 'stated',
    choices: HEAD_GAINS,
    unit: '1',
    source: {
      kind: 'derived',
      how: 'stated: energy per sentence falls by statedHeadGain, as Sec. 8.2.1 prints it; cycles: it falls as the cycles do',
    },
    description: 'energy that skipping null heads saves',
  },
  statedHeadGain: {
    type: 'number',
    value: 1.1,
    unit: '1',
    source: edgebert('Sec. 8.2.1 (a result, which is why what rests on it is labelled calibrated)'),
    description: 'energy without over energy with null heads skipped, where it is taken as stated',
  },
} as const satisfies Record<string, Param>

/** All that a run of latency-aware inference depends on, besides files. */
export const INFERENCE_PARAMS = {
  ...SHAPE_PARAMS,
  macVectorSize: VECTOR_SIZE_PARAM,
  classes: CLASSES_PARAM,
  ...DATAPATH_PARAMS,
  ...DVFS_PARAMS,
  ...POWER_PARAMS,
  ...GATING_PARAMS,
} as const satisfies Record<string, Param>

/** Values of {@link INFERENCE_PARAMS}. */
export type InferenceValues = ShapeValues &
  DatapathValues &
  DvfsValues &
  GatingValues & {
    readonly macVectorSize: number
    readonly classes: number
    readonly powerMw: number
    readonly leakageShare: number
    readonly leakageExponent: number
    readonly pllMw: number
    readonly chargeRegulator: boolean
    readonly weightDramPjPerBit: number
    readonly headGain: string
    readonly statedHeadGain: number
  }

/** What a task brings: null heads and zeros among its weights. */
export interface TaskWork {
  readonly nullHeads: number
  readonly encoderSparsity: number
}

/** A machine with the energy of a layer's weights from DRAM, which DVFS does not touch. */
export interface Machine extends InferenceMachine {
  readonly weightsUjPerLayer: number
}

/**
 * The accelerator as a task runs on it.
 *
 * @param optimised with null heads skipped and multiplications by zero gated, or with neither
 */
export function machineOf(
  values: InferenceValues,
  system: DvfsSystem,
  { work, optimised, targetMs }: { readonly work: TaskWork; readonly optimised: boolean; readonly targetMs: number },
): Machine {
  const { powerMw, leakageShare, leakageExponent, pllMw, chargeRegulator, headGain, statedHeadGain } = values
  const datapath = datapathOf(values, values.macVectorSize, values.classes)
  const all = cyclesOf(values, 0, datapath).total
  const own = optimised ? cyclesOf(values, work.nullHeads, datapath).total : all
  // Taken as stated, the energy of a sentence falls by less than its cycles, so that of a cycle rises.
  const perCycle = optimised && headGain === 'stated' && work.nullHeads > 0 ? all / own / statedHeadGain : 1
  const switching = ((1 - leakageShare) * perCycle) / (optimised ? sparseGain(values, work.encoderSparsity) : 1)
  const stream = {
    weightBits: WEIGHT_BITS,
    density: optimised ? 1 - work.encoderSparsity : 1,
  }
  const weights = layerWeights(spannedLayer(shapeOf(values), { tokens: values.tokens, nullHeads: 0 }))
  return {
    system,
    power: {
      powerMw: powerMw * (switching + leakageShare),
      leakageShare: leakageShare / (switching + leakageShare),
      leakageExponent,
      pllMw,
      chargeRegulator,
    },
    cyclesPerLayer: own,
    targetNs: targetMs * 1e6,
    weightsUjPerLayer: (8 * streamedBytes(weights, stream) * values.weightDramPjPerBit) / 1e6,
  }
}

/** A trace's means with the weights' energy in the total. */
export interface Outcome {
  readonly result: TraceResult
  readonly energyUj: number
}

/** Runs a trace on a machine. */
export function outcomeOf(exits: readonly ExitCount[], machine: Machine): Outcome {
  const result = runTrace(exits, machine)
  return { result, energyUj: result.energy.totalUj + result.actualExit * machine.weightsUjPerLayer }
}

/** Energy of so many layers at the nominal point, uJ, weights included. */
export function nominalUj(layers: number, machine: Machine): number {
  return nominalEnergy(layers, machine).totalUj + layers * machine.weightsUjPerLayer
}

/** What latency-aware inference saves on a task. */
export interface Gains {
  readonly outcome: Outcome
  readonly baseUj: number
  readonly earlyUj: number
  readonly overBase: number
  readonly overEarly: number
}

/** Gains of latency-aware inference with all optimisations over a whole run and over early exit, which have none. */
export function gainsOf(
  values: InferenceValues,
  system: DvfsSystem,
  task: {
    readonly work: TaskWork
    readonly exits: readonly ExitCount[]
    readonly earlyExit: number
    readonly targetMs: number
  },
): Gains {
  const plain = machineOf(values, system, { ...task, optimised: false })
  const outcome = outcomeOf(task.exits, machineOf(values, system, { ...task, optimised: true }))
  const baseUj = nominalUj(values.layers, plain)
  const earlyUj = nominalUj(task.earlyExit, plain)
  return { outcome, baseUj, earlyUj, overBase: baseUj / outcome.energyUj, overEarly: earlyUj / outcome.energyUj }
}

import {
  type DvfsSystem,
  type ExitCount,
  type InferenceMachine,
  nominalEnergy,
  nominalPoint,
  runTrace,
  type TraceResult,
} from '../../../lib/accelerators/edgebert/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { GATING_PARAMS, sparseGain } from './gating-params.ts'
import {
  CLASSES_PARAM,
  cyclesOf,
  DATAPATH_PARAMS,
  DVFS_PARAMS,
  datapathOf,
  SHAPE_PARAMS,
  VECTOR_SIZE_PARAM,
  weightFetchUj,
} from './machine-params.ts'
import { CHOSEN_SIZE, POWER_GHZ, POWER_PARAMS, SPLIT_PARAMS } from './power-params.ts'

/** Streamed weights are as dense as the task's, so that their density is no parameter here. */
const { streamDensity: _, ...OWN_DATAPATH_PARAMS } = DATAPATH_PARAMS

/** All that a run of latency-aware inference depends on, besides files. */
export const INFERENCE_PARAMS = {
  ...SHAPE_PARAMS,
  macVectorSize: VECTOR_SIZE_PARAM,
  classes: CLASSES_PARAM,
  ...OWN_DATAPATH_PARAMS,
  ...DVFS_PARAMS,
  ...POWER_PARAMS,
  basePower: SPLIT_PARAMS.basePower,
  ...GATING_PARAMS,
} as const satisfies Record<string, Param>

/** Values of {@link INFERENCE_PARAMS}. */
export type InferenceValues = ParamValues<typeof INFERENCE_PARAMS>

/** What a task brings: null heads and zeros among its weights. */
export interface TaskWork {
  readonly nullHeads: number
  readonly encoderSparsity: number
}

/** A machine without a latency target, with the energy of a layer's weights from DRAM, which DVFS does not touch. */
export interface Machine extends Omit<InferenceMachine, 'targetNs'> {
  readonly weightsUjPerLayer: number
}

/**
 * The accelerator as a task runs on it, its power scaled to the size of its array and its clock.
 *
 * @param optimised with null heads skipped and multiplications by zero gated, or with neither
 */
export function machineOf(
  values: InferenceValues,
  system: DvfsSystem,
  { work, optimised }: { readonly work: TaskWork; readonly optimised: boolean },
): Machine {
  const { powerMw, leakageShare, leakageExponent, pllMw, chargeRegulator, headEnergyShare } = values
  const density = optimised ? 1 - work.encoderSparsity : 1
  const datapath = datapathOf({ ...values, streamDensity: density }, values.macVectorSize, values.classes)
  const all = cyclesOf(values, 0, datapath).total
  const own = optimised ? cyclesOf(values, work.nullHeads, datapath).total : all
  // Where null heads save less energy than cycles, the cycles that are left take more.
  const perCycle = (1 - headEnergyShare * (1 - own / all)) / (own / all)
  const gain = optimised ? sparseGain(values, work.encoderSparsity) : 1
  const { macVectorSize: n, basePower } = values
  const size = (basePower + n * n) / (basePower + CHOSEN_SIZE * CHOSEN_SIZE)
  const switchingMw =
    ((powerMw * (1 - leakageShare) * perCycle) / gain) * size * (nominalPoint(system).maxGhz / POWER_GHZ)
  const leakageMw = powerMw * leakageShare * size
  return {
    system,
    power: {
      powerMw: switchingMw + leakageMw,
      leakageShare: leakageMw / (switchingMw + leakageMw),
      leakageExponent,
      pllMw,
      chargeRegulator,
    },
    cyclesPerLayer: own,
    weightsUjPerLayer: weightFetchUj(values, density),
  }
}

/** A trace's means with the weights' energy in the total. */
export interface Outcome {
  readonly result: TraceResult
  readonly energyUj: number
}

/** Runs a trace on a machine under a latency target. */
export function outcomeOf(exits: readonly ExitCount[], machine: Machine, targetMs: number): Outcome {
  const result = runTrace(exits, { ...machine, targetNs: targetMs * 1e6 })
  return { result, energyUj: result.energy.totalUj + result.actualExit * machine.weightsUjPerLayer }
}

/** Energy of so many layers at the nominal point, uJ, weights included. */
export function nominalUj(layers: number, machine: Machine): number {
  return nominalEnergy(layers, machine).totalUj + layers * machine.weightsUjPerLayer
}

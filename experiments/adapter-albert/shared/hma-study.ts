import {
  type AreaRule,
  buildMemories,
  type Design,
  type HmaOptions,
  type InferenceCost,
  inferenceCost,
  type Machine,
  type Memories,
  type MemoryRules,
  memoryAreaMm2,
  type Placement,
  type PrunedModel,
  placementOf,
  type Storage,
  type Switching,
  storageOf,
  type Task,
  type TaskMix,
  taskMix,
  trafficOf,
} from '../../../lib/accelerators/hma/mod.ts'
import { dramStream, LPDDR3_1600, LPDDR4_2400 } from '../../../lib/hardware/mod.ts'
import type { NumberFormat } from '../../../lib/numeric/mod.ts'
import { type EncoderValues, encoderFrom } from './encoder-params.ts'
import { type MemoryTables, memoryTables, userTasks } from './hma-files.ts'
import { type HmaSwitches, type HmaValues, OWN_DRAM_PARAMS, type ScenarioValues } from './hma-params.ts'

type ModelValues = EncoderValues &
  Pick<ScenarioValues, 'sharedLayers' | 'embeddingSparsity' | 'backboneSparsity' | 'tokens'>
type TaskValues = Pick<ScenarioValues, 'taskFile' | 'tasks' | 'labels'> & Pick<HmaSwitches, 'adapterSizes'>

/** What the parameters describe, all but the design and the number format. */
export interface HmaStudy extends MemoryTables {
  readonly model: Omit<PrunedModel, 'bits'>
  readonly mix: TaskMix
  readonly rules: MemoryRules
  readonly machine: Machine
  readonly options: HmaOptions
  readonly areaRule: AreaRule
  readonly acceleratorMm2: number
}

/** A design in a number format: what it stores, where, and what an inference takes. */
export interface HmaCase {
  readonly stored: Storage
  readonly placement: Placement
  readonly memories: Memories
  readonly cost: InferenceCost
  readonly areaMm2: number
}

/**
 * The study that parameters describe.
 *
 * @throws {RangeError} if macros or tasks are left out, or files are wrong
 */
export function studyOf(params: HmaValues, files: Readonly<Record<string, string>>): HmaStudy {
  return {
    model: modelOf(params),
    mix: mixOf(params, files),
    ...memoryTables(params, files),
    rules: rulesOf(params),
    machine: { ...dramOf(params), macsPerNs: params.macs * params.clockGhz, idleNs: params.idleMs * 1e6 },
    options: optionsOf(params),
    areaRule: params.areaRule as AreaRule,
    acceleratorMm2: params.acceleratorMm2,
  }
}

/** The pruned model and its sentence among the parameters. */
export function modelOf(params: ModelValues): HmaStudy['model'] {
  const { sharedLayers, embeddingSparsity, backboneSparsity, tokens } = params
  return { encoder: { ...encoderFrom(params), sharedLayers }, embeddingSparsity, backboneSparsity, tokens }
}

/** The tasks among the parameters, those of a user's file if there is one. */
export function tasksOf(params: TaskValues, files: Readonly<Record<string, string>>): readonly Task[] {
  const { taskFile, tasks, adapterSizes, labels } = params
  return (
    userTasks(taskFile, files) ??
    Array.from({ length: tasks }, (_, i) => ({ name: `task ${i + 1}`, adapters: adapterSizes, labels, share: 1 }))
  )
}

/** The tasks and how they follow each other. */
function mixOf(
  params: TaskValues & Pick<ScenarioValues, 'switching' | 'switchRate'>,
  files: Readonly<Record<string, string>>,
): TaskMix {
  const { switching, switchRate } = params
  return taskMix(tasksOf(params, files), { switching: switching as Switching, switchRate })
}

/** A design of the study in a number format. */
export function caseOf(study: HmaStudy, design: Design, { bits }: Pick<NumberFormat, 'bits'>): HmaCase {
  const { mix, options, machine, areaRule, densities } = study
  const deployment = { model: { ...study.model, bits }, design, mix, options }
  const stored = storageOf(deployment)
  const placement = placementOf(design, stored)
  const memories = buildMemories(study.tables, placement, study.rules)
  const cost = inferenceCost(deployment, memories, { moved: trafficOf(deployment), machine })
  const ofMemories = memoryAreaMm2(memories, placement, areaRule === 'densities' ? densities : undefined)
  return { stored, placement, memories, cost, areaMm2: ofMemories + study.acceleratorMm2 }
}

/** How many times less of each a case takes than its baseline. */
export interface Reductions {
  readonly area: number
  readonly energy: number
  readonly latency: number
}

/** Reductions of a case against a baseline. */
export function reductionsOf(baseline: HmaCase, other: HmaCase): Reductions {
  return {
    area: baseline.areaMm2 / other.areaMm2,
    energy: baseline.cost.energyPj / other.cost.energyPj,
    latency: baseline.cost.latencyNs / other.cost.latencyNs,
  }
}

/** The rules for building memories among the parameters. */
const rulesOf = (params: HmaValues): MemoryRules => ({
  composition: params.composition as MemoryRules['composition'],
  accessTime: params.accessTime as MemoryRules['accessTime'],
})

/** The options of an inference among the parameters. */
export const optionsOf = (params: HmaSwitches): HmaOptions => ({
  resident: params.resident as HmaOptions['resident'],
  activationRoom: params.activationRoom as HmaOptions['activationRoom'],
  weightReads: params.weightReads as HmaOptions['weightReads'],
  embeddingReads: params.embeddingReads as HmaOptions['embeddingReads'],
  activationTraffic: params.activationTraffic,
  fill: params.fill as HmaOptions['fill'],
  compute: params.compute as HmaOptions['compute'],
  leakage: params.leakage,
})

function dramOf(params: HmaValues): Pick<Machine, 'dramBytesPerNs' | 'dramPjPerByte'> {
  if (params.dram === 'own') {
    const { dramGbPerS = OWN_DRAM_PARAMS.dramGbPerS.value, dramPjPerBit = OWN_DRAM_PARAMS.dramPjPerBit.value } = params
    return { dramBytesPerNs: dramGbPerS, dramPjPerByte: 8 * dramPjPerBit }
  }
  const { bandwidthGbPerS, totalPjPerBit } = dramStream(params.dram === 'lpddr3' ? LPDDR3_1600 : LPDDR4_2400)
  return { dramBytesPerNs: bandwidthGbPerS, dramPjPerByte: 8 * totalPjPerBit }
}

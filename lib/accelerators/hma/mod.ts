export { AREA_RULES, type AreaRule, DENSITY_CONSTANTS, memoryAreaMm2 } from './area.ts'
export { mediantBound } from './bounds.ts'
export { DESIGN_NAMES, DESIGNS, type Design, type DesignName } from './design.ts'
export {
  buildMemories,
  ENERGY_PARTS,
  type InferenceCost,
  inferenceCost,
  LATENCY_PARTS,
  type MacroTables,
  type Memories,
  type MemoryRules,
  type Surroundings,
} from './inference.ts'
export {
  ACTIVATION_ROOMS,
  COMPUTES,
  EMBEDDING_READS,
  FILLS,
  type HmaOptions,
  RESIDENCES,
  WEIGHT_READS,
} from './options.ts'
export {
  loadedPerInference,
  meanOver,
  mostSwitches,
  SWITCHINGS,
  type Switching,
  type Task,
  type TaskMix,
  taskMix,
} from './task-mix.ts'
export { type PrunedModel, type Storage, storageOf, type Traffic, taskParameters, trafficOf } from './volumes.ts'

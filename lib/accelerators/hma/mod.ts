export {
  AREA_RULES,
  type AreaRule,
  DENSITY_CONSTANTS,
  type Densities,
  edgeBertDensities,
  macroDensity,
  memoryAreaMm2,
} from './area.ts'
export { mediantBound } from './bounds.ts'
export { DESIGN_NAMES, DESIGNS, type Design, type DesignName } from './design.ts'
export {
  buildMemories,
  ENERGY_PARTS,
  type InferenceCost,
  inferenceCost,
  LATENCY_PARTS,
  type Machine,
  type MacroTables,
  type Memories,
  type MemoryRules,
  type Placement,
  placementOf,
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
  type TaskKind,
  type TaskMix,
  taskMix,
} from './task-mix.ts'
export {
  type Deployment,
  type PrunedModel,
  type Storage,
  storageOf,
  type Traffic,
  taskParameters,
  trafficOf,
} from './volumes.ts'

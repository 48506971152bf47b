export type { CurrentCost, MapSpaceCursor, OrderedLevel } from './cursor.ts'
export { mapSpaceCursor } from './cursor.ts'
export { type AccessEnergies, accessEnergyPj } from './energy.ts'
export { type VisitOptions, visitMappings } from './exhaustive.ts'
export { type Hierarchy, REGISTER_WORDS } from './hierarchy.ts'
export { type BufferUse, bufferUses, checkLegal, overflows } from './legality.ts'
export { MAP_SPACE_NAMES, MAP_SPACES, type MapSpace, type MapSpaceName, mapSpace } from './map-space.ts'
export { mapSpaceSize } from './map-space-size.ts'
export { LEVELS, type Level, type LevelLoops, type Loop, type Mapping, type SpatialLoop } from './mapping.ts'
export { formatMapping, parseMapping } from './notation.ts'
export { leastEdpMapping } from './optimum.ts'
export {
  convolutionProblem,
  DIMS,
  type Dim,
  formatProblem,
  macsOfProblem,
  matmulProblem,
  type Problem,
  parseProblem,
  problem,
} from './problem.ts'
export { type Accesses, type MappingCost, mappingCost } from './reuse.ts'
export { drawMapping, factorisations } from './sampler.ts'
export {
  type BestMapping,
  mergeStudies,
  OBJECTIVES,
  type Objective,
  RUN_LENGTH,
  type SampleOptions,
  type SampleStudy,
  type SearchTarget,
  type StudyPart,
  sampleMapSpace,
  searchExhaustively,
} from './search.ts'
export { type ElementBytes, squareTileSide, tiledMatmulBytes } from './square-tiling.ts'

export {
  addedDpuMm2,
  areaWithDpus,
  layoutAreas,
  multiplierAreaRatio,
  type TileAreas,
  type TileLayout,
} from './area.ts'
export { type BitEnergyModel, energyPerBitAt, energyPerBitRange, latchFor } from './bit-energy.ts'
export {
  type BitSerialFormat,
  type BitSerialScore,
  type BitSerialStep,
  bitSerialScore,
  checkFormat,
  fullCycles,
  takenBits,
} from './bit-serial.ts'
export {
  type BitSerialOptions,
  bitSerialScores,
  macSteps,
  SCORE_ENGINES,
  type ScoreEngine,
  type ScoreTrace,
} from './bit-serial-scores.ts'
export { DESIGNS, type Design, type DesignEnergy, designEnergy, type EnergyModel } from './design-energy.ts'
export {
  type BaselineMix,
  backEndShare,
  baselineEnergy,
  ENERGY_PARTS,
  type EnergyPart,
  type EnergyParts,
  processedBitShare,
  prunedEnergy,
  softmaxShareFor,
  totalEnergy,
  withLeakage,
} from './energy.ts'
export {
  type CycleEnergy,
  type GranularityEnergy,
  type GranularityPoint,
  granularityEnergy,
  latchWindow,
} from './granularity.ts'
export { type NarrowFactors, type NarrowInput, narrowFactors } from './narrow.ts'
export { modelScores, type ScoreModel } from './score-model.ts'
export {
  type CodeMatrix,
  integerThreshold,
  type SignMagnitudeMatrix,
  signMagnitude,
  topMagnitude,
} from './sign-magnitude.ts'
export {
  addCounts,
  coarserBits,
  convertStatistics,
  meanCycles,
  type PruningCounts,
  type ScoreStatistics,
  statisticsOf,
  withBits,
} from './statistics.ts'
export { StopCounter } from './stop-bits.ts'
export { countTerminations } from './termination-counts.ts'
export {
  baselineQueryTime,
  dpuCyclesPerScore,
  type LeopardTile,
  pipelined,
  type QueryTime,
  queryTime,
  type SpeedupOptions,
  speedup,
} from './tile.ts'
export { KEY_DEALS, type KeyDeal, runScoreTrace, type TraceTile, type TraceTime } from './trace.ts'

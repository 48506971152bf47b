export { OPERATION_COSTS, OPERATION_COSTS_SOURCE, type OperationCost, operationCost } from './arithmetic-energy.ts'
export {
  CELL_KINDS,
  type CellKind,
  type CellLevels,
  decisionThreshold,
  type Misreads,
  meanMisread,
  misreads,
  RRAM_LEVELS,
  RRAM_LEVELS_SOURCE,
} from './cell-faults.ts'
export { DRAM_PJ_PER_BYTE, type DramEnergyName } from './dram.ts'
export {
  type AlphaPowerLaw,
  alphaPowerGhz,
  alphaPowerTable,
  checkTable,
  type LinearRegulator,
  type OperatingPoint,
  railEnergyFactor,
  settleNs,
  type VoltageFrequencyTable,
} from './dvfs.ts'
export {
  type ArrayEnergies,
  arrayEnergies,
  ENERGY_CONSTANTS,
  ENERGY_TABLE_NAMES,
} from './energy-tables.ts'
export { CellArray, type CellFaults, LAST_CELL_RULES, type LastCellRule } from './fault-injection.ts'
export { BROKEN_COSINE, type FaultStatistics } from './fault-statistics.ts'
export { type DramDevice, type DramStream, dramStream, LPDDR3_1600, LPDDR4_2400, readDram } from './lpddr.ts'
export {
  ACCESS_TIMES,
  type AccessTime,
  COMPOSITIONS,
  type Composition,
  composeBank,
  type MemoryBank,
} from './memory-bank.ts'
export {
  accessBytes,
  type MemoryMacro,
  macroBytes,
  NVSIM_MACROS,
  NVSIM_SOURCE,
  smallestMacro,
  WORD_CELLS,
} from './nvsim.ts'
export { RERAM_CELLS, reramCell } from './reram-cells.ts'
export {
  dennardScaling,
  type ProcessPoint,
  type ScalingRatios,
  SIMULATED_SCALING_SOURCE,
  simulatedProcess,
  simulatedScaling,
} from './scaling.ts'
export { PAT_CONSTANTS, patSramPj } from './sram.ts'
export { SRAM_AREA_CONSTANTS, sramAreaMm2 } from './sram-area.ts'
export { StoredTensor } from './stored-tensor.ts'
export { peakMacsPerCycle, type SystolicArray, WORD_BITS } from './systolic-array.ts'
export { fixedPointCodec, type WordCodec } from './word-codec.ts'

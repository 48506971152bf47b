export { OPERATION_COSTS, OPERATION_COSTS_SOURCE, type OperationCost, operationCost } from './arithmetic-energy.ts'
export { DRAM_PJ_PER_BYTE, type DramEnergyName } from './dram.ts'
export {
  type ArrayEnergies,
  arrayEnergies,
  ENERGY_CONSTANTS,
  ENERGY_TABLE_NAMES,
} from './energy-tables.ts'
export { PAT_CONSTANTS, patSramPj } from './sram.ts'
export { peakMacsPerCycle, type SystolicArray, WORD_BITS } from './systolic-array.ts'

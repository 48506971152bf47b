import type { Quantity, Source } from '../numeric/mod.ts'
import { DRAM_PJ_PER_BYTE, type DramEnergyName } from './dram.ts'
import { patSramPj } from './sram.ts'
import { type SystolicArray, WORD_BITS } from './systolic-array.ts'

/** Energy of one access of each level of an array's hierarchy, and of one multiply-accumulate, in pJ. */
export interface ArrayEnergies {
  readonly macPj: number
  readonly registerPj: number
  readonly accumulatorPj: number
  readonly scratchpadPj: number
  readonly dramPj: number
}

const pat: Source = {
  kind: 'public',
  which: 'NVlabs/timeloop pat-public/src/pat/pat.cpp: a product of two 8-bit numbers is a quarter of a 16-bit one',
}
const dosa: Source = {
  kind: 'public',
  which: 'ucb-bar/dosa a7a3239 dataset/dse/energy_model.py (the register rounded to five digits)',
}

/** Constants of the published energy tables that are not lines in {@link DRAM_PJ_PER_BYTE}. */
export const ENERGY_CONSTANTS = {
  patMacPj: { value: 0.25, unit: 'pJ', source: pat },
  dosaMacPj: { value: 0.5608, unit: 'pJ', source: dosa },
  dosaRegisterPj: { value: 0.48746, unit: 'pJ', source: dosa },
  dosaAccumulatorPj: { value: 1.94, unit: 'pJ', source: dosa },
  dosaAccumulatorPjPerBankKib: { value: 0.1005, unit: 'pJ/KiB', source: dosa },
  dosaScratchpadPj: { value: 0.49, unit: 'pJ', source: dosa },
  dosaScratchpadPjPerKib: { value: 0.02513, unit: 'pJ/KiB', source: dosa },
} as const satisfies Record<string, Quantity>

const value = (name: keyof typeof ENERGY_CONSTANTS): number => ENERGY_CONSTANTS[name].value

/** Timeloop's PAT: SRAMs by capacity and width. */
function patOnChip({ columns, scratchpadBytes, accumulatorBytes }: SystolicArray): Omit<ArrayEnergies, 'dramPj'> {
  const operandBits = WORD_BITS.operand.value
  return {
    macPj: value('patMacPj'),
    registerPj: patSramPj(1, operandBits),
    accumulatorPj: patSramPj((accumulatorBytes * 8) / columns / WORD_BITS.partialSum.value, WORD_BITS.partialSum.value),
    // A row of several operands costs as many times more: the line is proportional to the width.
    scratchpadPj: patSramPj((scratchpadBytes * 8) / operandBits, operandBits),
  }
}

/** DOSA's lines in the capacity of a column's accumulator bank and of the scratchpad. */
function dosaOnChip({ columns, scratchpadBytes, accumulatorBytes }: SystolicArray): Omit<ArrayEnergies, 'dramPj'> {
  return {
    macPj: value('dosaMacPj'),
    registerPj: value('dosaRegisterPj'),
    accumulatorPj:
      value('dosaAccumulatorPj') + value('dosaAccumulatorPjPerBankKib') * (accumulatorBytes / 1024 / columns),
    scratchpadPj: value('dosaScratchpadPj') + value('dosaScratchpadPjPerKib') * (scratchpadBytes / 1024),
  }
}

/** The energy tables by name: which model prices the chip, and which the DRAM. */
const ENERGY_TABLES = {
  'timeloop-pat': { onChip: patOnChip, dram: 'timeloop-pat' },
  dosa: { onChip: dosaOnChip, dram: 'dosa' },
  'accelergy-lpddr4': { onChip: dosaOnChip, dram: 'accelergy-lpddr4' },
} as const satisfies Record<
  string,
  { readonly onChip: (array: SystolicArray) => Omit<ArrayEnergies, 'dramPj'>; readonly dram: DramEnergyName }
>
type EnergyTableName = keyof typeof ENERGY_TABLES

/** Names of the energy tables. */
export const ENERGY_TABLE_NAMES: readonly string[] = Object.keys(ENERGY_TABLES)

/**
 * Energy per access of an array's hierarchy under a published table. `timeloop-pat` and `dosa` are whole sets;
 * `accelergy-lpddr4` is DOSA's chip beside Accelergy's LPDDR4.
 *
 * @returns pJ per access, a word being one operand or one partial sum
 * @throws {RangeError} if there is no such table
 */
export function arrayEnergies(name: string, array: SystolicArray): ArrayEnergies {
  if (!Object.hasOwn(ENERGY_TABLES, name)) {
    throw new RangeError(
      `Cannot price accesses: the table must be one of ${ENERGY_TABLE_NAMES.join(', ')}, got "${name}"`,
    )
  }
  const { onChip, dram } = ENERGY_TABLES[name as EnergyTableName]
  return { ...onChip(array), dramPj: (DRAM_PJ_PER_BYTE[dram].value * WORD_BITS.operand.value) / 8 }
}

import {
  type BaselineMix,
  backEndShare,
  baselineEnergy,
  type EnergyParts,
} from '../../../lib/accelerators/leopard/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { leopard } from './paper.ts'

/** Back-end shares that give MemN2N's printed 2.5 at its mean pruning rate, both ends of the rounding. */
export const BACK_END_WINDOW = [0.645, 0.663] as const
/** Energies per bit that give the printed mean of 3.9 with the paper's statistics, both ends of the rounding. */
export const ENERGY_PER_BIT_WINDOW = [0.865, 0.898] as const
/** Leaking shares that Task-1 would need for 9.2 on AE and 9.6 on HP, over the roundings of energies and speedups. */
export const LEAKAGE_WINDOW = [0.047, 0.092] as const

/** How the softmax share was found. */
export const SOFTMAX_CALIBRATION = {
  parameter: 'softmaxShare',
  method:
    "the softmax share with which the back-end takes 65.4 % of the baseline's energy, so that pruning 91.7 % alone saves 1/(1 - 0.917 x 0.654) = 2.5x; predicted with the paper's mean for MemN2N",
  window: `back-end shares of ${BACK_END_WINDOW[0]} to ${BACK_END_WINDOW[1]}, by the rounding of 2.5 (fig10-energy, table windows)`,
} as const

/** How the energy per bit was found. */
export const ENERGY_PER_BIT_CALIBRATION = {
  parameter: 'energyPerBit',
  method: "the value with which the paper's statistics give a mean of 3.9 over 43 tasks, rounded to two digits",
  window: `${ENERGY_PER_BIT_WINDOW[0]} to ${ENERGY_PER_BIT_WINDOW[1]} with that back-end share, by the rounding of 3.9 (fig10-energy, table windows)`,
} as const

/** Energy as parameters. */
export const ENERGY_PARAMS = {
  backBits: {
    type: 'integer',
    value: 16,
    max: 64,
    unit: 'bit',
    source: leopard('Table 1, Sec. 5.1'),
    description: 'bits of V and of the probabilities',
  },
  bufferShare: {
    type: 'number',
    value: 0.5,
    min: 0,
    max: 1,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'the bars of Fig. 11 are lost; Sec. 5.3 says that xV and value buffer take the most, which each of them does only from 0.43 to 0.64. Totals depend on it through the back-end share alone',
      range: '0.43 to 0.64',
    },
    description: "share of the key buffer in the energy of the baseline's front-end",
  },
  softmaxShare: {
    type: 'number',
    value: 0.1158,
    min: 0,
    max: 0.99,
    unit: '1',
    source: {
      kind: 'calibrated',
      against: 'leopard.f11-prune-memn2n',
      method: SOFTMAX_CALIBRATION.method,
      window: SOFTMAX_CALIBRATION.window,
    },
    description: "share of the softmax in the baseline's energy",
  },
  energyPerBit: {
    type: 'number',
    value: 0.88,
    max: 10,
    unit: '1',
    source: {
      kind: 'calibrated',
      against: 'leopard.f10-mean-ae',
      method: ENERGY_PER_BIT_CALIBRATION.method,
      window: ENERGY_PER_BIT_CALIBRATION.window,
    },
    description: "energy of a bit processed by the bit-serial front-end, over that of a bit in the baseline's (eta)",
  },
  leakageShare: {
    type: 'number',
    value: 0,
    min: 0,
    max: 1,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'Sec. 5.3 counts computation and on-chip accesses; a share of about 0.07 would explain why HP saves more than AE (table leakage)',
      range: `0 to ${LEAKAGE_WINDOW[1]}`,
    },
    description: "share of the baseline's energy that goes with run time alone",
  },
  leakageGrowsWithArea: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: { kind: 'assumed', why: 'not printed', range: 'true or false' },
    description: 'scale that share with the area of the tile as well',
  },
  hpAreaIncrease: {
    type: 'number',
    value: 0.15,
    min: 0,
    max: 10,
    unit: '1',
    source: leopard('Sec. 5.1 (a result, used only where leakage grows with area)'),
    description: 'area of HP-LeOPArd over the baseline, less 1',
  },
} as const satisfies Record<string, Param>

/** Values of {@link ENERGY_PARAMS} and the width of K. */
export type EnergyValues = ParamValues<typeof ENERGY_PARAMS> & { readonly bits: number }

/** What the baseline's energy is made of. */
export const mixOf = ({ bits, backBits, bufferShare, softmaxShare }: EnergyValues): BaselineMix => ({
  frontBits: bits,
  backBits,
  bufferShare,
  softmaxShare,
})

/** The baseline's energy by part. */
export const baselineOf = (params: EnergyValues): EnergyParts => baselineEnergy(mixOf(params))

/** The back-end's share of the baseline's energy. */
export const backEndShareOf = (params: EnergyValues): number => backEndShare(baselineOf(params))

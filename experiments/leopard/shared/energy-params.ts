import {
  type BaselineMix,
  type BitSerialFormat,
  backEndShare,
  baselineEnergy,
  type EnergyParts,
  energyPerBitAt,
  latchFor,
} from '../../../lib/accelerators/leopard/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { leopard } from './paper.ts'
import { PAPER_FORMAT } from './tile-params.ts'

/** Back-end shares that give MemN2N's printed 2.5 at its mean pruning rate, both ends of the rounding. */
export const BACK_END_WINDOW = [0.645, 0.663] as const
/** Energies per bit that give the printed mean of 3.9 with the paper's statistics, both ends of the rounding. */
export const ENERGY_PER_BIT_WINDOW = [0.865, 0.898] as const
/** Exponents with which two bits per cycle take the least by all statistics, at the default energy per bit. */
export const WIDTH_EXPONENT_WINDOW = [1.2, 1.3] as const
/** Leaking shares that Task-1 would need for 9.2 on AE and 9.6 on HP, over the roundings of energies and speedups. */
export const LEAKAGE_WINDOW = [0.047, 0.092] as const

/** How the softmax share was found. */
export const SOFTMAX_CALIBRATION = {
  parameter: 'softmaxShare',
  method:
    "the softmax share with which the back-end takes 65.4 % of the baseline's energy, so that pruning 91.7 % alone saves 1/(1 - 0.917 x 0.654) = 2.5x",
  window: `back-end shares of ${BACK_END_WINDOW[0]} to ${BACK_END_WINDOW[1]}, by the rounding of 2.5 (fig10-energy, table windows)`,
} as const

/** How the energy per bit was found. */
export const ENERGY_PER_BIT_CALIBRATION = {
  parameter: 'energyPerBit',
  method: "the value with which the paper's statistics give a mean of 3.9 over 43 tasks, rounded to two digits",
  window: `${ENERGY_PER_BIT_WINDOW[0]} to ${ENERGY_PER_BIT_WINDOW[1]} with that back-end share, by the rounding of 3.9 (fig10-energy, table windows)`,
} as const

/** How the exponent was found. */
export const WIDTH_EXPONENT_CALIBRATION = {
  parameter: 'widthExponent',
  method:
    'Fig. 14 prints no value but that B = 2 takes the least; the latch is what the exponent and energyPerBit, fitted to Fig. 10, leave, and with it B = 2 takes the least for a range of exponents',
  window: `at least ${WIDTH_EXPONENT_WINDOW[0]} to ${WIDTH_EXPONENT_WINDOW[1].toFixed(1)}, whether empty slots count or not; further for each (fig14-bits-per-cycle, table exponents)`,
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
      why: 'the bars of Fig. 11 are lost; Sec. 5.3 says that xV and value buffer take the most, which each of them does only above 0.43 and below 0.64. Totals depend on it through the back-end share alone',
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
    description:
      "energy of a bit that the front-end processes at B = 2 of 12 bits, over that of a bit in the baseline's (eta); it sets the latch with which other B and widths take more or less",
  },
  widthExponent: {
    type: 'number',
    value: 1.25,
    min: 0,
    max: 4,
    unit: '1',
    source: {
      kind: 'calibrated',
      against: 'leopard.f14-best',
      method: WIDTH_EXPONENT_CALIBRATION.method,
      window: WIDTH_EXPONENT_CALIBRATION.window,
    },
    description: "a cycle's multipliers take B to this power (gamma), 1 being one bit's",
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

/** Values of {@link ENERGY_PARAMS}, and the width of K and the bits of it per cycle. */
export type EnergyValues = ParamValues<typeof ENERGY_PARAMS> & BitSerialFormat

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

/** Energy of latching a cycle's result that energyPerBit leaves, in multiplications by one bit. */
export const latchOf = ({
  energyPerBit,
  widthExponent,
}: Pick<EnergyValues, 'energyPerBit' | 'widthExponent'>): number => latchFor(energyPerBit, PAPER_FORMAT, widthExponent)

/** Energy of a bit processed at this width and step, over that of one of the baseline's. */
export const energyPerBitOf = (params: EnergyValues): number =>
  energyPerBitAt(params, { widthExponent: params.widthExponent, latch: latchOf(params) })

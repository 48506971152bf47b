import { SIMULATED_SCALING_SOURCE } from '../../../lib/hardware/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { ENERGY_PER_BIT_CALIBRATION, SOFTMAX_CALIBRATION } from './energy-params.ts'
import { type Fit, fits, leopard } from './paper.ts'
import { VPU_CALIBRATION } from './tile-params.ts'

/** Designs that others made, as Table 2 prints them. */
export const OTHERS = ['A3-Base', 'A3-Conserv', 'SpAtten'] as const
export type Other = (typeof OTHERS)[number]

const TABLE_2 = leopard('Table 2')
const RESULT = leopard('Table 2 (a result, taken as input of the scaled columns)')

const list = (value: readonly number[], unit: string, description: string) =>
  ({ type: 'number', value, unit, source: TABLE_2, description: `${description} of ${OTHERS.join(', ')}` }) as const

/** How the voltages were found. */
export const VOLTAGE_CALIBRATION = {
  parameter: 'voltage, scaledVoltage',
  method:
    'not printed; of the pairs in steps of 0.01 V the nearest to the printed x1.890 in GOPs/s and x3.907 in GOPs/J, by the fits of delay and power',
  window:
    'within 5 % of both: 0.76 to 0.85 V beside 0.75 to 0.77 V, 0.98 to 1.04 V beside 0.94 to 0.97 V, 1.22 to 1.25 V beside 1.19 or 1.20 V, 0.27 to 0.30 V beside 0.57 to 0.59 V. From 0.90 V to 1.08 V the fitted delay at 40 nm rises with the voltage, as in no circuit, so that the usual 1.00 V beside 0.95 V fits by a flaw of the fit; 0.76 V lies where it falls (table voltages)',
} as const

/** How the throughput of the columns with fewer bits rests on fits. */
export const NARROW_GOPS_FIT: Fit = {
  ...VPU_CALIBRATION,
  method:
    "three quarters of the front-end's cycles at the V-PU's pace, which was fitted to ViT-B's 1.1x (fig09-speedup); with one cycle per surviving score they would gain 1.33",
}
/** How their energy efficiency does. */
export const NARROW_GOPJ_FIT: Fit = {
  ...fits(VPU_CALIBRATION, SOFTMAX_CALIBRATION, ENERGY_PER_BIT_CALIBRATION),
  method:
    "the same throughput over three quarters of the front-end's power, whose share of the energy rests on softmaxShare and energyPerBit, fitted to MemN2N's 2.5x and the mean of 3.9x; the printed cells need a share of 0.75, ours is lower (table narrow)",
}

/** Others' numbers, the raw column, and how it is scaled, as parameters. */
export const COMPARISON_PARAMS = {
  otherProcessNm: list([40, 40, 40], 'nm', 'process'),
  otherAreaMm2: list([2.08, 2.08, 1.55], 'mm2', 'area'),
  otherKeyBufferKb: list([20, 20, 24], 'KB', 'key buffer'),
  otherValueBufferKb: list([20, 20, 24], 'KB', 'value buffer'),
  otherBits: list([9, 9, 12], 'bit', 'precision of Q and K'),
  otherGops: list([259, 518, 728.4], 'GOPs/s', 'throughput'),
  otherGopsPerJ: list([2354.5, 4709.1, 772.9], 'GOPs/J', 'energy efficiency'),
  processNm: {
    type: 'number',
    value: 65,
    unit: 'nm',
    source: leopard('Sec. 5.1'),
    description: 'process LeOPArd was made in: 90, 65, or 32 to 45',
  },
  scaledProcessNm: {
    type: 'number',
    value: 40,
    unit: 'nm',
    source: leopard('Sec. 5.1'),
    description: 'process it is scaled to, likewise',
  },
  rawGops: { type: 'number', value: 574.1, unit: 'GOPs/s', source: RESULT, description: 'throughput of HP-LeOPArd' },
  rawGopsPerJ: {
    type: 'number',
    value: 519.3,
    unit: 'GOPs/J',
    source: RESULT,
    description: 'energy efficiency of HP-LeOPArd',
  },
  scaledKeyBufferKb: { type: 'number', value: 24, unit: 'KB', source: TABLE_2, description: 'key buffer once scaled' },
  scaledValueBufferKb: {
    type: 'number',
    value: 24,
    unit: 'KB',
    source: TABLE_2,
    description: 'value buffer once scaled',
  },
  narrowBits: {
    type: 'integer',
    value: 9,
    min: 2,
    max: 16,
    unit: 'bit',
    source: leopard('Sec. 5.1, Table 2'),
    description: 'bits of Q and K in the last two columns, at most as many as in the others',
  },
  voltage: {
    type: 'number',
    value: 0.8,
    max: 2,
    unit: 'V',
    source: {
      kind: 'calibrated',
      against: 'leopard.t2-gops-hp-stillmaker, leopard.t2-gopj-hp-stillmaker',
      method: VOLTAGE_CALIBRATION.method,
      window: VOLTAGE_CALIBRATION.window,
    },
    description: 'supply in the process it was made in',
  },
  scaledVoltage: {
    type: 'number',
    value: 0.76,
    max: 2,
    unit: 'V',
    source: {
      kind: 'calibrated',
      against: 'leopard.t2-gops-hp-stillmaker, leopard.t2-gopj-hp-stillmaker',
      method: VOLTAGE_CALIBRATION.method,
      window: VOLTAGE_CALIBRATION.window,
    },
    description: 'supply in the process it is scaled to',
  },
  simulatedArea: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: SIMULATED_SCALING_SOURCE,
    description: "scale the area of the simulated columns by the simulated processes', not by Dennard's rule",
  },
  simulatedEnergy: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: SIMULATED_SCALING_SOURCE,
    description: 'scale GOPs/J by the fit of energy, not by those of power and delay',
  },
  shrinkBuffers: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'derived',
      how: 'the scaled columns have buffers of 48 KB for 112 KB, but the area of the large ones',
    },
    description: 'let the memory area shrink with the buffers of the scaled columns',
  },
  clockMhz: { type: 'number', value: 800, unit: 'MHz', source: leopard('Sec. 5.1'), description: 'clock' },
  dimension: {
    type: 'integer',
    value: 64,
    unit: 'element',
    source: leopard('Sec. 5.1'),
    description: 'elements of Q, K and V: operations of a score are two per element of K and of V',
  },
} as const satisfies Record<string, Param>
export type ComparisonValues = ParamValues<typeof COMPARISON_PARAMS>

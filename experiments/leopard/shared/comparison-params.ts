import { SIMULATED_SCALING_SOURCE } from '../../../lib/hardware/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { leopard } from './paper.ts'

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
    'not printed; the pair of round voltages nearest to the printed x1.890 in GOPs/s and x3.907 in GOPs/J, by the fits of delay and power',
  window:
    'within 5 % of both: 0.98 to 1.04 V beside 0.94 to 0.97 V, 0.76 to 0.85 V beside 0.75 to 0.77 V, 1.22 to 1.25 V beside 1.19 or 1.20 V. From 0.90 V to 1.08 V the fitted delay at 40 nm rises with the voltage, as in no circuit (table voltages)',
} as const

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
    description: 'bits of Q and K in the last two columns',
  },
  voltage: {
    type: 'number',
    value: 1,
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
    value: 0.95,
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

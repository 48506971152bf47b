import type { DvfsSystem } from '../../../lib/accelerators/edgebert/mod.ts'
import { INFERENCE_PARAMS, machineOf, outcomeOf } from './inference.ts'
import { bestGains, type Subject, type Values } from './latency-aware-study.ts'
import { DATAPATH_PARAMS, dvfsOf, THRESHOLD_WINDOW } from './machine-params.ts'
import { BASE_WINDOW } from './power-params.ts'

type Files = Readonly<Record<string, string>>
type RunValues = Values & { readonly vf: string }

/** What becomes of the headline when one thing after the other is charged, whatever the parameters charge already. */
export function correctionRows(params: RunValues, files: Files, traced: Subject) {
  const { pllMw, weightDramPjPerBit } = INFERENCE_PARAMS
  const steps: readonly (readonly [string, Partial<RunValues>])[] = [
    [
      "the paper's rules",
      {
        headEnergyShare: INFERENCE_PARAMS.headEnergyShare.value,
        chargeRegulator: false,
        pllMw: 0,
        leakageShare: 0,
        weightDramPjPerBit: 0,
      },
    ],
    ['null heads save what their cycles take', { headEnergyShare: 1 }],
    ['the PLL takes its 2.46 mW', { pllMw: pllMw.span[1] }],
    ['a tenth of the power is leakage', { leakageShare: 0.1 }],
    ["the regulator's rail pays", { chargeRegulator: true }],
    ['the weights come from DRAM in every layer', { weightDramPjPerBit: weightDramPjPerBit.span[1] }],
  ]
  let values = params
  return steps.flatMap(([assumption, change], i) => {
    values = { ...values, ...change }
    const { overBase, overEarly } = bestGains(values, dvfsOf(values, files), traced)
    const row = { step: i + 1, assumption }
    return [
      { ...row, reference: 'Base' as const, gain: overBase, claim: 'edgebert.abs-energy-vs-base' },
      { ...row, reference: 'EE' as const, gain: overEarly, claim: 'edgebert.abs-energy-vs-ee' },
    ]
  })
}

/** The headline at both ends of each assumption, the others as they are; the widest first. */
export function tornadoRows(params: RunValues, files: Files, traced: Subject) {
  const at = (change: Partial<RunValues>, subject: Subject = traced) => {
    const values = { ...params, ...change }
    return bestGains(values, dvfsOf(values, files), subject)
  }
  const ranged = (
    name: 'alpha' | 'leakageShare' | 'pllMw' | 'weightDramPjPerBit',
    extra: Partial<RunValues> = {},
  ): Row => {
    const [low, high] = INFERENCE_PARAMS[name].span
    return [name, [String(low), { ...extra, [name]: low }], [String(high), { ...extra, [name]: high }]]
  }
  type Row = readonly [string, readonly [string, Partial<RunValues>], readonly [string, Partial<RunValues>]]
  const { leakageExponent } = INFERENCE_PARAMS
  const { busBits } = DATAPATH_PARAMS
  const lowest = Math.min(Math.round((params.minVoltage + 0.1) * 1e6) / 1e6, params.nominalVoltage)
  const rows: readonly Row[] = [
    // A table of the user's own knows neither threshold nor lowest voltage.
    ...(params.vf === ''
      ? [
          ...(THRESHOLD_WINDOW[1] < params.minVoltage
            ? [
                [
                  'thresholdVoltage',
                  [String(THRESHOLD_WINDOW[0]), { thresholdVoltage: THRESHOLD_WINDOW[0] }],
                  [String(THRESHOLD_WINDOW[1]), { thresholdVoltage: THRESHOLD_WINDOW[1] }],
                ] as const,
              ]
            : []),
          ranged('alpha'),
          [
            'minVoltage',
            [String(params.minVoltage), { minVoltage: params.minVoltage }],
            [String(lowest), { minVoltage: lowest }],
          ] as const,
        ]
      : []),
    ranged('leakageShare'),
    [
      'leakageExponent, 10 % leaking',
      [String(leakageExponent.span[0]), { leakageShare: 0.1, leakageExponent: leakageExponent.span[0] }],
      [String(leakageExponent.span[1]), { leakageShare: 0.1, leakageExponent: leakageExponent.span[1] }],
    ],
    ranged('pllMw'),
    ranged('weightDramPjPerBit'),
    ['chargeRegulator', ['false', { chargeRegulator: false }], ['true', { chargeRegulator: true }]],
    ['headEnergyShare', ['0.453', { headEnergyShare: 0.453 }], ['1', { headEnergyShare: 1 }]],
    // The share with which both printed ends are missed by as much.
    [
      'activationSparsity, gatedShare refitted',
      ['0 and 0.533', { activationSparsity: 0, gatedShare: 0.533 }],
      ['0.23 and 0.4785', { activationSparsity: 0.23, gatedShare: 0.4785 }],
    ],
    [
      'basePower',
      [String(BASE_WINDOW[0]), { basePower: BASE_WINDOW[0] }],
      [String(BASE_WINDOW[1]), { basePower: BASE_WINDOW[1] }],
    ],
    [
      'SFU intervals',
      ['1', { softmaxInterval: 1, layernormInterval: 1 }],
      ['6', { softmaxInterval: 6, layernormInterval: 6 }],
    ],
    [
      'busBits',
      [String(busBits.span[0]), { busBits: busBits.span[0] }],
      [String(busBits.span[1]), { busBits: busBits.span[1] }],
    ],
    ['drainTiles', ['false', { drainTiles: false }], ['true', { drainTiles: true }]],
  ]
  const ends = rows.map(([assumption, [low, lowChange], [high, highChange]]) => ({
    assumption,
    low,
    high,
    atLow: at(lowChange),
    atHigh: at(highChange),
  }))
  const late: Subject = { ...traced, trace: traced.trace.map((exit) => ({ ...exit, actual: exit.predicted })) }
  ends.push({
    assumption: 'sentences stop at',
    low: 'their predicted exit',
    high: 'their actual exit',
    atLow: at({}, late),
    atHigh: at({}),
  })
  return ends
    .map(({ assumption, low, high, atLow, atHigh }) => ({
      assumption,
      low,
      high,
      overBaseLow: atLow.overBase,
      overBaseHigh: atHigh.overBase,
      overEarlyLow: atLow.overEarly,
      overEarlyHigh: atHigh.overEarly,
      swing: Math.max(atLow.overBase, atHigh.overBase) / Math.min(atLow.overBase, atHigh.overBase),
    }))
    .sort((a, b) => b.swing - a.swing)
}

/** Energy as the target relaxes, for several leakages: where it rises, running slower no longer pays. */
export function relaxingRows(params: Values, system: DvfsSystem, traced: Subject) {
  const [none, most] = INFERENCE_PARAMS.leakageShare.span
  return [none, most / 4, most / 2, most].flatMap((leakageShare) => {
    let before = Number.POSITIVE_INFINITY
    return [40, 50, 60, 75, 100, 150, 200].map((targetMs) => {
      const machine = machineOf({ ...params, leakageShare }, system, { work: traced.work, optimised: true, targetMs })
      const { energyUj } = outcomeOf(traced.trace, machine)
      const rises = energyUj > before * (1 + 1e-12)
      before = energyUj
      return { leakageShare, targetMs, energyUj, rises }
    })
  })
}

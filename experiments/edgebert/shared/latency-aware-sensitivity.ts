import type { DvfsSystem } from '../../../lib/accelerators/edgebert/mod.ts'
import { INFERENCE_PARAMS, machineOf, outcomeOf } from './inference.ts'
import { bestGains, type Subject, type Values } from './latency-aware-study.ts'
import { dvfsOf, THRESHOLD_WINDOW } from './machine-params.ts'
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

/** An assumption, and the name and the change at its low and its high end. */
type Range = readonly [string, readonly [string, Partial<RunValues>], readonly [string, Partial<RunValues>]]

/** A parameter from one value to another. */
function between<K extends keyof RunValues>(name: K, low: RunValues[K], high: RunValues[K]): Range {
  return [name, [String(low), { [name]: low }], [String(high), { [name]: high }]]
}

/** The assumptions that a run rests on; a table of the user's own knows neither threshold nor lowest voltage. */
function rangesOf({ vf, minVoltage, nominalVoltage }: RunValues): Range[] {
  const { alpha, leakageShare, leakageExponent, pllMw, weightDramPjPerBit, busBits } = INFERENCE_PARAMS
  const higher = Math.min(Math.round((minVoltage + 0.1) * 1e6) / 1e6, nominalVoltage)
  const tenth = (exponent: number): [string, Partial<RunValues>] => [
    String(exponent),
    { leakageShare: 0.1, leakageExponent: exponent },
  ]
  return [
    ...(vf === '' && THRESHOLD_WINDOW[1] < minVoltage ? [between('thresholdVoltage', ...THRESHOLD_WINDOW)] : []),
    ...(vf === '' ? [between('alpha', ...alpha.span), between('minVoltage', minVoltage, higher)] : []),
    between('leakageShare', ...leakageShare.span),
    ['leakageExponent, 10 % leaking', tenth(leakageExponent.span[0]), tenth(leakageExponent.span[1])],
    between('pllMw', ...pllMw.span),
    between('weightDramPjPerBit', ...weightDramPjPerBit.span),
    between('chargeRegulator', false, true),
    between('headEnergyShare', 0.453, 1),
    // The share with which both printed ends are missed by as much.
    [
      'activationSparsity, gatedShare refitted',
      ['0 and 0.533', { activationSparsity: 0, gatedShare: 0.533 }],
      ['0.23 and 0.4785', { activationSparsity: 0.23, gatedShare: 0.4785 }],
    ],
    between('basePower', ...BASE_WINDOW),
    [
      'SFU intervals',
      ['1', { softmaxInterval: 1, layernormInterval: 1 }],
      ['6', { softmaxInterval: 6, layernormInterval: 6 }],
    ],
    between('busBits', ...busBits.span),
    between('drainTiles', false, true),
  ]
}

/** The headline at both ends of each assumption, the others as they are; the widest first. */
export function tornadoRows(params: RunValues, files: Files, traced: Subject) {
  const at = (change: Partial<RunValues>, subject: Subject = traced) => {
    const values = { ...params, ...change }
    return bestGains(values, dvfsOf(values, files), subject)
  }
  const ends = rangesOf(params).map(([assumption, [low, lowChange], [high, highChange]]) => ({
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
    const machine = machineOf({ ...params, leakageShare }, system, { work: traced.work, optimised: true })
    return [40, 50, 60, 75, 100, 150, 200].map((targetMs) => {
      const { energyUj } = outcomeOf(traced.trace, machine, targetMs)
      const rises = energyUj > before * (1 + 1e-12)
      before = energyUj
      return { leakageShare, targetMs, energyUj, rises }
    })
  })
}

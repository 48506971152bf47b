import { softmaxShareFor } from '../../../lib/accelerators/leopard/mod.ts'
import { backEndShareOf, mixOf } from './energy-params.ts'
import { type EnergyStudyValues, meanReduction, reductionOf } from './energy-study.ts'
import { MEMN2N, type TaskStatistics, VIT } from './workloads.ts'

/** A printed number and half a unit of its last digit. */
interface Rounded {
  readonly value: number
  readonly halfUnit: number
}
const rounded = (value: number, halfUnit = 0.05): Rounded => ({ value, halfUnit })
const ends = ({ value, halfUnit }: Rounded) => ({ low: value - halfUnit, high: value + halfUnit })

/** What Figs. 9 to 11 print that calibrations rest on. */
const PRINTED = {
  pruningMemn2n: rounded(2.5),
  pruningVit: rounded(1.7),
  meanAe: rounded(3.9),
  meanHp: rounded(4),
  meanSpeedup: { ae: rounded(1.9), hp: rounded(2.4) },
  taskOne: { ae: rounded(9.2), hp: rounded(9.6), speedupAe: rounded(3.8), speedupHp: rounded(5.1) },
} as const

/** The back-end share with which pruning alone saves a factor: 1 / (1 - p beta). */
const shareFor = (factor: number, prunedShare: number): number => (1 - 1 / factor) / prunedShare

/** Energy per bit with which some tasks reach a mean reduction; it falls as a bit costs more. */
function energyPerBitFor(params: EnergyStudyValues, tasks: readonly TaskStatistics[], reduction: number): number {
  let [low, high] = [1e-3, 10]
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2
    if (meanReduction({ ...params, energyPerBit: middle }, tasks, 'AE').total > reduction) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Which values of the calibrated parameters the printed roundings allow; the paper's statistics. */
export function windowRows(params: EnergyStudyValues, tasks: readonly TaskStatistics[]) {
  const pruning = (workload: string, printed: Rounded) => {
    const task = tasks.find((one) => one.workload === workload)
    if (task === undefined || task.prunedShare === 0) return []
    const { low, high } = ends(printed)
    const share = (factor: number) => shareFor(factor, task.prunedShare)
    return [
      {
        quantity: `back-end share, pruning of ${workload}`,
        printed: printed.value,
        from: share(low),
        middle: share(printed.value),
        to: share(high),
        used: backEndShareOf(params),
      },
    ]
  }
  const mean = ends(PRINTED.meanAe)
  const perBit = (reduction: number) => energyPerBitFor(params, tasks, reduction)
  return [
    ...pruning(MEMN2N, PRINTED.pruningMemn2n),
    ...pruning(VIT, PRINTED.pruningVit),
    {
      quantity: 'energyPerBit, mean over all tasks',
      printed: PRINTED.meanAe.value,
      from: perBit(mean.high),
      middle: perBit(PRINTED.meanAe.value),
      to: perBit(mean.low),
      used: params.energyPerBit,
    },
  ]
}

/** Pairs of values that were looked at: both fitted, least squares over all factors, no saving per bit. */
const CANDIDATES = [
  { backEndShare: 0.654, energyPerBit: 0.88 },
  { backEndShare: 0.64, energyPerBit: 0.82 },
  { backEndShare: 0.65, energyPerBit: 1 },
] as const

/** What other values of the two calibrated parameters give; the paper's statistics. */
export function candidateRows(params: EnergyStudyValues, tasks: readonly TaskStatistics[]) {
  const memn2n = tasks.find(({ workload }) => workload === MEMN2N)
  const vit = tasks.find(({ workload }) => workload === VIT)
  if (!memn2n || !vit) return []
  return CANDIDATES.flatMap(({ backEndShare, energyPerBit }) => {
    let softmaxShare: number
    try {
      softmaxShare = softmaxShareFor(backEndShare, mixOf(params))
    } catch {
      // A back-end that takes more than that without softmax: this mix cannot be compared.
      return []
    }
    const values = { ...params, softmaxShare, energyPerBit }
    const means = meanReduction(values, tasks, 'AE')
    const [high, low] = [reductionOf(values, memn2n, 'AE'), reductionOf(values, vit, 'AE')]
    return [
      {
        backEndShare,
        energyPerBit,
        pruningMemn2n: high.pruning,
        bitSerialMemn2n: high.bitSerial,
        pruningVit: low.pruning,
        bitSerialVit: low.bitSerial,
        totalVit: low.total,
        meanPruning: means.pruning,
        meanBitSerial: means.bitSerial,
        meanTotal: means.total,
      },
    ]
  })
}

/**
 * The leaking share that would explain why HP saves more than AE: what leaks goes with run time, so 1/ae - 1/hp =
 * share (1/speedupAe - area/speedupHp).
 */
export function impliedLeakageRows(hpAreaIncrease: number) {
  const of = (energy: readonly [number, number], speedup: readonly [number, number], area: number) =>
    (1 / energy[0] - 1 / energy[1]) / (1 / speedup[0] - area / speedup[1])
  const { taskOne, meanAe, meanHp, meanSpeedup } = PRINTED
  const cases = [
    ['Task-1', taskOne.ae, taskOne.hp, taskOne.speedupAe, taskOne.speedupHp],
    ['mean over all tasks', meanAe, meanHp, meanSpeedup.ae, meanSpeedup.hp],
  ] as const
  return cases.flatMap(([tasks, ae, hp, speedupAe, speedupHp]) =>
    [false, true].map((growsWithArea) => {
      const area = growsWithArea ? 1 + hpAreaIncrease : 1
      const least = [ends(ae).high, ends(hp).low] as const
      const most = [ends(ae).low, ends(hp).high] as const
      const wide = [ends(speedupAe).low, ends(speedupHp).high] as const
      const narrow = [ends(speedupAe).high, ends(speedupHp).low] as const
      const narrowGap = 1 / narrow[0] - area / narrow[1]
      const from = of(least, wide, area)
      return {
        tasks,
        growsWithArea,
        // Equal roundings leave an error of the last bit.
        from: from > 1e-9 ? from : 0,
        middle: of([ae.value, hp.value], [speedupAe.value, speedupHp.value], area),
        to: narrowGap > 0 ? of(most, narrow, area) : null,
      }
    }),
  )
}

import { energyPerBitRange, softmaxShareFor } from '../../../lib/accelerators/leopard/mod.ts'
import { halveRange, type Quantity } from '../../../lib/numeric/mod.ts'
import { backEndShareOf, latchOf, mixOf } from './energy-params.ts'
import { type EnergyStudyValues, meanReduction, reductionOf } from './energy-study.ts'
import { printed, roundingOf } from './paper.ts'
import { PRINTED_SPEEDUPS } from './speedup-study.ts'
import { PAPER_FORMAT } from './tile-params.ts'
import { MEMN2N, type TaskStatistics, VIT } from './workloads.ts'

/** What Figs. 10 and 11 print that calibrations rest on. */
export const PRINTED_ENERGIES = {
  printedEnergyMeanAe: printed(3.9, '1', 'Fig. 10, mean of AE'),
  printedEnergyMeanHp: printed(4, '1', 'Fig. 10, mean of HP'),
  printedEnergyTaskOneAe: printed(9.2, '1', 'Fig. 10, Task-1 of MemN2N on AE'),
  printedEnergyTaskOneHp: printed(9.6, '1', 'Fig. 10, Task-1 of MemN2N on HP'),
  printedPruningMemn2n: printed(2.5, '1', 'Fig. 11, pruning alone, MemN2N'),
  printedPruningVit: printed(1.7, '1', 'Fig. 11, pruning alone, ViT-B'),
} as const

/** The back-end share with which pruning alone saves a factor: 1 / (1 - p beta). */
const shareFor = (factor: number, prunedShare: number): number => (1 - 1 / factor) / prunedShare

/**
 * Energy per bit with which some tasks reach a mean reduction; it falls as a bit costs more.
 *
 * @returns null where no latch gives it
 */
function energyPerBitFor(
  params: EnergyStudyValues,
  tasks: readonly TaskStatistics[],
  reduction: number,
): number | null {
  const total = (energyPerBit: number) => meanReduction({ ...params, energyPerBit }, tasks, 'AE').total
  const { from, below } = energyPerBitRange(PAPER_FORMAT, params.widthExponent)
  const [first, last] = [from, below * (1 - 1e-9)]
  if (!(first < last && total(first) >= reduction && total(last) <= reduction)) return null
  const [low, high] = halveRange([first, last], (energyPerBit) => total(energyPerBit) > reduction, 60)
  return (low + high) / 2
}

/** Which values of the calibrated parameters the printed roundings allow; the paper's statistics. */
export function windowRows(params: EnergyStudyValues, tasks: readonly TaskStatistics[]) {
  const pruning = (workload: string, quoted: Quantity) => {
    const task = tasks.find((one) => one.workload === workload)
    if (task === undefined || task.prunedShare === 0) return []
    const { low, high } = roundingOf(quoted)
    const share = (factor: number) => shareFor(factor, task.prunedShare)
    return [
      {
        quantity: `back-end share, pruning of ${workload}`,
        printed: quoted.value,
        from: share(low),
        middle: share(quoted.value),
        to: share(high),
        used: backEndShareOf(params),
      },
    ]
  }
  const { printedEnergyMeanAe, printedPruningMemn2n, printedPruningVit } = PRINTED_ENERGIES
  const mean = roundingOf(printedEnergyMeanAe)
  const perBit = (reduction: number) => energyPerBitFor(params, tasks, reduction)
  return [
    ...pruning(MEMN2N, printedPruningMemn2n),
    ...pruning(VIT, printedPruningVit),
    {
      quantity: 'energyPerBit, mean over all tasks',
      printed: printedEnergyMeanAe.value,
      from: perBit(mean.high),
      middle: perBit(printedEnergyMeanAe.value),
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
      latchOf({ energyPerBit, widthExponent: params.widthExponent })
    } catch {
      // A back-end that takes more than that without softmax, or a bit without any latch: this pair cannot be compared.
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
  const energies = PRINTED_ENERGIES
  const speedups = PRINTED_SPEEDUPS
  const cases = [
    [
      'Task-1',
      energies.printedEnergyTaskOneAe,
      energies.printedEnergyTaskOneHp,
      speedups.printedTaskOneAe,
      speedups.printedTaskOneHp,
    ],
    [
      'mean over all tasks',
      energies.printedEnergyMeanAe,
      energies.printedEnergyMeanHp,
      speedups.printedMeanAe,
      speedups.printedMeanHp,
    ],
  ] as const
  return cases.flatMap(([tasks, ae, hp, speedupAe, speedupHp]) =>
    [false, true].map((growsWithArea) => {
      const area = growsWithArea ? 1 + hpAreaIncrease : 1
      const least = [roundingOf(ae).high, roundingOf(hp).low] as const
      const most = [roundingOf(ae).low, roundingOf(hp).high] as const
      const wide = [roundingOf(speedupAe).low, roundingOf(speedupHp).high] as const
      const narrow = [roundingOf(speedupAe).high, roundingOf(speedupHp).low] as const
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

import {
  ENERGY_PARTS,
  type EnergyPart,
  type EnergyParts,
  prunedEnergy,
  queryTime,
  totalEnergy,
  withLeakage,
} from '../../../lib/accelerators/leopard/mod.ts'
import { baselineOf, type EnergyValues } from './energy-params.ts'
import { type Config, mean } from './paper.ts'
import { speedupOf } from './speedup-study.ts'
import { type TileValues, tileOf } from './tile-params.ts'
import type { TaskStatistics } from './workloads.ts'

/** What Fig. 11 compares: nothing of LeOPArd, pruning of the back-end, and early termination on top. */
export const DESIGNS = ['baseline', 'LeOPArd-P', 'LeOPArd'] as const
export type Design = (typeof DESIGNS)[number]

export type EnergyStudyValues = EnergyValues & TileValues

/** Energy per score of a task on a design, by part and with what leaks; the baseline's is 1 in all. */
export interface TaskEnergy {
  readonly parts: EnergyParts
  readonly leakage: number
  readonly total: number
}

function scaled(parts: EnergyParts, factor: number): EnergyParts {
  return Object.fromEntries(ENERGY_PARTS.map((part) => [part, factor * parts[part]])) as Record<EnergyPart, number>
}

/** Run time over that of the baseline; without early termination every score takes all its bits. */
function timeRatio(params: EnergyStudyValues, task: TaskStatistics, design: Design, config: Config): number {
  if (design === 'baseline') return 1
  const own = design === 'LeOPArd' ? task : { ...task, bitsOnPruned: params.bits }
  return 1 / speedupOf(own, tileOf(params, config), params.baselineVpuCyclesPerScore)
}

/** Energy per score of a task on a design. */
export function taskEnergy(
  params: EnergyStudyValues,
  task: TaskStatistics,
  { design, config }: { readonly design: Design; readonly config: Config },
): TaskEnergy {
  const baseline = baselineOf(params)
  const { bits, energyPerBit, leakageShare: share } = params
  const switching =
    design === 'baseline'
      ? baseline
      : prunedEnergy(baseline, task, design === 'LeOPArd' ? { bits, energyPerBit } : undefined)
  // Statistics that no tile could have are refused here, too.
  queryTime(task, task.keys, tileOf(params, config))
  const larger = params.leakageGrowsWithArea && config === 'HP' && design !== 'baseline'
  const areaRatio = larger ? 1 + params.hpAreaIncrease : 1
  const ratio = share === 0 ? 0 : timeRatio(params, task, design, config)
  return {
    parts: scaled(switching, 1 - share),
    leakage: share * ratio * areaRatio,
    total: withLeakage(totalEnergy(switching), { share, timeRatio: ratio, areaRatio }),
  }
}

/** How much less energy a task takes than on the baseline: by pruning, by termination on top, and in all. */
export interface Reduction {
  readonly pruning: number
  readonly bitSerial: number
  readonly total: number
}

/** Reductions of one task. */
export function reductionOf(params: EnergyStudyValues, task: TaskStatistics, config: Config): Reduction {
  const [pruned, all] = (['LeOPArd-P', 'LeOPArd'] as const).map(
    (design) => taskEnergy(params, task, { design, config }).total,
  ) as [number, number]
  return { pruning: 1 / pruned, bitSerial: pruned / all, total: 1 / all }
}

/** Mean reductions over tasks, each a mean of ratios. */
export function meanReduction(params: EnergyStudyValues, tasks: readonly TaskStatistics[], config: Config): Reduction {
  const all = tasks.map((task) => reductionOf(params, task, config))
  return {
    pruning: mean(all.map(({ pruning }) => pruning)),
    bitSerial: mean(all.map(({ bitSerial }) => bitSerial)),
    total: mean(all.map(({ total }) => total)),
  }
}

/** Energy of a workload, the mean over its tasks. */
export function workloadEnergy(
  params: EnergyStudyValues,
  tasks: readonly TaskStatistics[],
  where: { readonly design: Design; readonly config: Config },
): TaskEnergy {
  const all = tasks.map((task) => taskEnergy(params, task, where))
  const parts = ENERGY_PARTS.map((part) => [part, mean(all.map((energy) => energy.parts[part]))] as const)
  return {
    parts: Object.fromEntries(parts) as Record<EnergyPart, number>,
    leakage: mean(all.map(({ leakage }) => leakage)),
    total: mean(all.map(({ total }) => total)),
  }
}

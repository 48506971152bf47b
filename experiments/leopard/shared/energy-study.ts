import {
  type Design,
  type DesignEnergy,
  designEnergy,
  ENERGY_PARTS,
  type EnergyPart,
} from '../../../lib/accelerators/leopard/mod.ts'
import { mean } from '../../../lib/numeric/mod.ts'
import { baselineOf, type EnergyValues, energyPerBitOf } from './energy-params.ts'
import type { Config } from './paper.ts'
import { type TileValues, tileOf } from './tile-params.ts'
import type { TaskStatistics } from './workloads.ts'

export type EnergyStudyValues = EnergyValues & TileValues

/** Energy per score of a task on a design. */
export function taskEnergy(
  params: EnergyStudyValues,
  task: TaskStatistics,
  { design, config }: { readonly design: Design; readonly config: Config },
): DesignEnergy {
  const { leakageShare, baselineVpuCyclesPerScore } = params
  const larger = params.leakageGrowsWithArea && config === 'HP'
  return designEnergy(design, task, {
    baseline: baselineOf(params),
    energyPerBit: energyPerBitOf(params),
    leakageShare,
    areaRatio: larger ? 1 + params.hpAreaIncrease : 1,
    tile: tileOf(params, config),
    keys: task.keys,
    baselineVpuCyclesPerScore,
  })
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
): DesignEnergy {
  const all = tasks.map((task) => taskEnergy(params, task, where))
  const parts = ENERGY_PARTS.map((part) => [part, mean(all.map((energy) => energy.parts[part]))] as const)
  return {
    parts: Object.fromEntries(parts) as Record<EnergyPart, number>,
    leakage: mean(all.map(({ leakage }) => leakage)),
    total: mean(all.map(({ total }) => total)),
  }
}

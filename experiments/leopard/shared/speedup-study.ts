import { type LeopardTile, speedup, withBits } from '../../../lib/accelerators/leopard/mod.ts'
import { geometricMean, mean } from '../../../lib/numeric/mod.ts'
import { CONFIGS, type Config, printed } from './paper.ts'
import { type TileValues, tileOf } from './tile-params.ts'
import type { TaskStatistics } from './workloads.ts'

/** What Fig. 9 prints. */
export const PRINTED_SPEEDUPS = {
  printedMeanAe: printed(1.9, '1', 'Fig. 9, mean of AE'),
  printedMeanHp: printed(2.4, '1', 'Fig. 9, mean of HP'),
  printedVit: printed(1.1, '1', 'Fig. 9, ViT-B on AE and HP'),
  printedTaskOneAe: printed(3.8, '1', 'Fig. 9, Task-1 of MemN2N on AE'),
  printedTaskOneHp: printed(5.1, '1', 'Fig. 9, Task-1 of MemN2N on HP'),
} as const

/** How much sooner a tile is done with a task than the baseline. */
export const speedupOf = (task: TaskStatistics, tile: LeopardTile, baselineVpuCyclesPerScore: number): number =>
  speedup(task, tile, { keys: task.keys, baselineVpuCyclesPerScore })

/** Speedups of all tasks on a configuration. */
export function speedupsOf(params: TileValues, tasks: readonly TaskStatistics[], config: Config): number[] {
  const tile = tileOf(params, config)
  return tasks.map((task) => speedupOf(task, tile, params.baselineVpuCyclesPerScore))
}

/** Ways to turn mean bits into mean cycles. */
export const READINGS = ['bits over B', 'rounded up per workload', 'half a bit more'] as const
type Reading = (typeof READINGS)[number]

/** Statistics as a simulator would use them that reads mean bits in one of the ways. */
export function readAs(task: TaskStatistics, reading: Reading, { bits, bitsPerCycle }: LeopardTile): TaskStatistics {
  if (reading === 'bits over B') return task
  const read =
    reading === 'half a bit more' ? task.bitsOnPruned + 0.5 : bitsPerCycle * Math.ceil(task.bitsOnPruned / bitsPerCycle)
  const { workload, task: name, keys } = task
  return { workload, task: name, keys, ...withBits(task, Math.min(read, bits)) }
}

/** Means of tasks' values. */
export const meansOf = (values: readonly number[]) => ({ arithmetic: mean(values), geometric: geometricMean(values) })

/** Mean speedup by configuration under each reading. */
export function readingRows(params: TileValues, tasks: readonly TaskStatistics[]) {
  return READINGS.flatMap((reading) =>
    CONFIGS.map((config) => {
      const tile = tileOf(params, config)
      const read = tasks.map((task) => readAs(task, reading, tile))
      return { reading, config, ...meansOf(speedupsOf(params, read, config)) }
    }),
  )
}

/** Paces of the two value-processing units that a study compares: all fast, as calibrated, the same in both. */
export function paceRows(params: TileValues, tasks: readonly TaskStatistics[], slowest: string) {
  const { vpuCyclesPerScore: pace } = params
  const paces = [
    [1, 1],
    [2, 1],
    [2.29, 1],
    [2.29, 2.29],
    [pace, params.baselineVpuCyclesPerScore],
  ] as const
  const different = paces.filter(
    ([own, base], i) => paces.findIndex(([otherOwn, otherBase]) => own === otherOwn && base === otherBase) === i,
  )
  return different.flatMap(([vpuCyclesPerScore, baselineVpuCyclesPerScore]) =>
    CONFIGS.map((config) => {
      const values = { ...params, vpuCyclesPerScore, baselineVpuCyclesPerScore }
      const speedups = speedupsOf(values, tasks, config)
      return {
        vpuCyclesPerScore,
        baselineVpuCyclesPerScore,
        config,
        mean: mean(speedups),
        slowestWorkload: mean(speedups.filter((_, i) => tasks[i]?.workload === slowest)),
      }
    }),
  )
}

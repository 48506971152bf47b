import { CONFIGS, type Config } from './paper.ts'
import { meansOf } from './speedup-study.ts'
import {
  ORIGIN_NAMES,
  type OriginName,
  type TaskStatistics,
  taskLabel,
  tasksByOrigin,
  type WorkloadValues,
} from './workloads.ts'

/** What a gain's mean and extremes mean. */
interface GainTexts {
  readonly mean: string
  readonly smallestTask: string
  readonly largestTask: string
}

/** Columns of a gain's means by where MemN2N's statistics come from and configuration, as in Figs. 9 and 10. */
export const originMeanColumns = (texts: GainTexts) =>
  ({
    statistics: {
      type: 'string',
      enum: ORIGIN_NAMES,
      'x-key': true,
      description: "where MemN2N's statistics come from; the others' are the paper's",
    },
    config: { type: 'string', enum: CONFIGS, 'x-key': true },
    tasks: { type: 'integer', unit: 'task' },
    arithmetic: { type: 'number', unit: '1', description: texts.mean },
    geometric: { type: 'number', unit: '1' },
    smallest: { type: 'number', unit: '1' },
    smallestTask: { type: 'string', description: texts.smallestTask },
    largest: { type: 'number', unit: '1' },
    largestTask: { type: 'string', description: texts.largestTask },
    claim: { type: 'string', 'x-claim': 'arithmetic' },
  }) as const

/** What a task gains, and the claims of its means without the configuration: `leopard.f9-mean` for Fig. 9. */
interface OriginMeans {
  readonly gain: (task: TaskStatistics, config: Config) => number
  readonly claim: string
}

/** Means and extremes of a gain over a run's own tasks and over the built-in ones. */
export function originMeanRows(params: WorkloadValues, own: readonly TaskStatistics[], { gain, claim }: OriginMeans) {
  return tasksByOrigin(params, own).flatMap(({ statistics, tasks }) =>
    CONFIGS.map((config) => {
      const gains = tasks.map((task) => gain(task, config))
      return {
        statistics,
        config,
        tasks: tasks.length,
        ...meansOf(gains),
        ...extremesOf(tasks, gains),
        claim: `${claim}-${config.toLowerCase()}`,
      }
    }),
  )
}

/** The row of means of some statistics on a configuration. */
export const originMean = <T extends { readonly statistics: OriginName; readonly config: Config }>(
  rows: readonly T[],
  statistics: OriginName,
  config: Config,
): T | undefined => rows.find((row) => row.statistics === statistics && row.config === config)

/** The least and the greatest of tasks' values, and whose they are; the first of equals. */
function extremesOf(tasks: readonly TaskStatistics[], values: readonly number[]) {
  const [smallest, largest] = [Math.min(...values), Math.max(...values)]
  const nameOf = (value: number) => {
    const task = tasks[values.indexOf(value)]
    return task ? taskLabel(task) : ''
  }
  return { smallest, smallestTask: nameOf(smallest), largest, largestTask: nameOf(largest) }
}

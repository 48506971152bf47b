import type { FigureSpec, Mark } from '../../../lib/harness/mod.ts'
import { CONFIGS, type Config } from './paper.ts'
import { MEMN2N, taskLabel, VIT } from './workloads.ts'

/** What a row of a table of tasks tells it by. */
interface TaskRow {
  readonly workload: string
  readonly task: string
  readonly config: Config
}

/** The row of MemN2N's Task-1, which the paper's extremes name. */
export const taskOne = <T extends TaskRow>(rows: readonly T[], config: Config): T | undefined =>
  rows.find((row) => row.workload === MEMN2N && row.task === 'Task-1' && row.config === config)

/** A workload's row of means. */
export const workloadMean = <T extends { readonly workload: string; readonly config: Config }>(
  rows: readonly T[],
  workload: string,
  config: Config,
): T | undefined => rows.find((row) => row.workload === workload && row.config === config)

/** What a figure of bars by task shows. */
export interface TaskFigure<T extends TaskRow> {
  readonly rows: readonly T[]
  readonly value: (row: T) => number
  /** After the configuration's name. */
  readonly title: string
  /** Claims whose printed values are drawn, on Task-1 or ViT-B. */
  readonly claims: RegExp
}

/** Bars by task for both configurations, as in Figs. 9 and 10. */
export function taskFigure<T extends TaskRow>(figure: TaskFigure<T>, marks: readonly Mark[]): FigureSpec {
  return {
    vconcat: CONFIGS.map((config) => ({
      width: 620,
      height: 150,
      title: `${config}-LeOPArd: ${figure.title} (crosses: printed)`,
      layer: [
        {
          data: {
            values: figure.rows
              .filter((row) => row.config === config)
              .map((row) => ({ label: taskLabel(row), workload: row.workload, value: figure.value(row) })),
          },
          mark: 'bar',
          encoding: {
            x: { field: 'label', type: 'nominal', sort: null, title: null },
            y: { field: 'value', type: 'quantitative', title: null },
            color: { field: 'workload', type: 'nominal', sort: null, title: null },
          },
        },
        {
          data: {
            values: marks.flatMap(({ id, printed, conditions }) => {
              const task = { workload: MEMN2N, task: 'Task-1' }
              return conditions['config'] === config && figure.claims.test(id)
                ? [{ label: conditions['workload'] === 'vit' ? VIT : taskLabel(task), printed }]
                : []
            }),
          },
          mark: { type: 'point', shape: 'cross', filled: true, size: 50, color: 'black' },
          encoding: {
            x: { field: 'label', type: 'nominal', sort: null },
            y: { field: 'printed', type: 'quantitative' },
          },
        },
      ],
    })),
  }
}

import { along, type FigureSpec, type Mark, printedAt, printedCrosses } from '../../../lib/harness/mod.ts'
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

/** bAbI tasks along the x axis, `number name`: the axis shows the number, tooltips both. */
export const TASK_AXIS = {
  field: 'task',
  type: 'nominal',
  sort: null,
  title: 'task',
  axis: { title: 'bAbI task', labelAngle: 0, labelExpr: "split(datum.label, ' ')[0]" },
} as const

/** What a figure of bars by task shows. */
export interface TaskFigure<T extends TaskRow> {
  readonly rows: readonly T[]
  readonly value: (row: T) => number
  /** Means over the tasks of several statistics; the run's own are drawn. */
  readonly means: readonly { readonly statistics: string; readonly config: Config; readonly arithmetic: number }[]
  /** What the bars are, with the unit. */
  readonly title: string
  /** Claims of the fastest and slowest task and of the mean begin so. */
  readonly claims: string
  /** What a blind reader is told, before the common part. */
  readonly description: string
}

/** Where the mean over the tasks stands. */
const MEAN = 'mean'

/** Bars by task, those of both configurations side by side, and their means, as in Figs. 9 and 10. */
export function taskFigure<T extends TaskRow>(figure: TaskFigure<T>, marks: readonly Mark[]): FigureSpec {
  const { title, claims } = figure
  const x = {
    field: 'label',
    type: 'nominal',
    sort: null,
    title: 'task',
    axis: { title: null, labelAngle: -90, labelLimit: 300 },
  }
  const xOffset = { field: 'config', sort: [...CONFIGS], title: 'LeOPArd' }
  const named = [
    ['max', taskLabel({ workload: MEMN2N, task: 'Task-1' })],
    ['min', VIT],
    ['mean', MEAN],
  ] as const
  return {
    description: `${figure.description} as bars for the 43 tasks and their mean, for the area-efficient (AE) and the highly parallel (HP) configuration. Crosses are printed: of MemN2N Task-1, of ViT-B and of the mean. All GLUE tasks of a network have the same bar, since the paper prints only the means of their statistics.`,
    width: 730,
    height: 260,
    layer: [
      {
        data: {
          values: [
            ...figure.rows.map((row) => ({ label: taskLabel(row), config: row.config, value: figure.value(row) })),
            ...figure.means
              .filter(({ statistics }) => statistics === 'this run')
              .map(({ config, arithmetic }) => ({ label: MEAN, config, value: arithmetic })),
          ],
        },
        mark: 'bar',
        encoding: {
          x,
          xOffset,
          y: along('value', title),
          color: { field: 'config', type: 'nominal', sort: [...CONFIGS], title: 'LeOPArd' },
        },
      },
      printedCrosses(
        named.flatMap(([claim, label]) =>
          CONFIGS.flatMap((config) => {
            const printed = printedAt(marks, `${claims}-${claim}-${config.toLowerCase()}`)
            return printed === null ? [] : [{ label, config, printed }]
          }),
        ),
        { x, xOffset, y: along('printed', title, { says: `printed: ${title}` }) },
      ),
    ],
    config: { legend: { orient: 'top' } },
  }
}

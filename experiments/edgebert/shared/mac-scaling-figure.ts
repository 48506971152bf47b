import { along, type FigureSpec, type Mark, printedAt, printedCrosses } from '../../../lib/harness/mod.ts'
import { OPTIMISATIONS } from './mac-scaling-study.ts'
import { TASKS } from './tasks.ts'

interface Tables {
  readonly scaling: readonly {
    readonly task: string
    readonly macVectorSize: number
    readonly optimisation: string
    readonly latencyMs: number
    readonly energy: number
  }[]
  readonly implied: readonly { readonly task: string; readonly sentenceMj: number }[]
}

/** Fig. 8 as the paper draws it: latency above and energy below over the vector size, a column for each task. */
export function macScalingFigure({ scaling, implied }: Tables, marks: readonly Mark[]): FigureSpec {
  const unitMj = (task: string) => implied.find((row) => row.task === task)?.sentenceMj ?? Number.NaN
  const points = scaling.map((row) => ({ ...row, energyMj: row.energy * unitMj(row.task) }))
  const optimal = printedAt(marks, 'edgebert.optimal-n')
  const sizes = [...new Set(scaling.map(({ macVectorSize }) => macVectorSize))]
  const x = (title: string | null) =>
    along('macVectorSize', title, {
      says: 'vector size n [MAC]',
      scale: { type: 'log', base: 2, nice: false },
      axis: { values: sizes, labelOverlap: true },
    })
  const panel = (
    task: string,
    field: 'latencyMs' | 'energyMj',
    [title, ...ends]: readonly [string, number, number],
  ) => {
    const rows = points.filter((row) => row.task === task)
    const first = task === TASKS[0]
    const vertical = (says: string) =>
      along(field, first ? title.replace(' per sentence', '') : null, {
        says,
        scale: { type: 'log', domain: ends, nice: false },
        axis: { labels: first, ticks: first, tickCount: 4 },
      })
    const lower = field === 'energyMj'
    const by = { field: 'optimisation', type: 'nominal', sort: [...OPTIMISATIONS], title: 'optimisation' }
    return {
      width: 170,
      height: 170,
      ...(lower ? {} : { title: task }),
      layer: [
        {
          data: { values: rows },
          mark: { type: 'line', point: { size: 45 } },
          encoding: {
            x: x(lower ? 'n [MAC]' : null),
            y: vertical(title),
            color: by,
            shape: by,
            strokeDash: by,
            detail: { field: 'task', type: 'nominal', title: 'task' },
          },
        },
        printedCrosses(
          lower ? rows.filter((row) => row.optimisation === OPTIMISATIONS.at(-1) && row.macVectorSize === optimal) : [],
          {
            x: x(lower ? 'n [MAC]' : null),
            y: vertical('printed size of the least energy; our energy there [mJ]'),
          },
        ),
      ],
    }
  }
  const rows = [
    ['latencyMs', 'latency per sentence [ms]', 10, 3000],
    ['energyMj', 'energy per sentence [mJ]', 2, 30],
  ] as const
  return {
    description:
      'Latency per sentence in ms (top row) and energy per sentence in mJ (bottom row) over the MAC vector size n, all axes logarithmic, a column for each task; lines for no optimisation, with null heads skipped (AAS), and with sparse execution besides. Crosses stand at the printed size of the least energy, on our line. Of the paper the values at its bars or points are lost, and its Jetson TX2 is left out, which was measured. Latency is the same with and without sparse execution.',
    vconcat: rows.map(([field, title, low, high]) => ({
      spacing: 14,
      hconcat: TASKS.map((task) => panel(task, field, [title, low, high])),
    })),
    resolve: { scale: { color: 'shared', shape: 'shared', strokeDash: 'shared' } },
    config: { legend: { orient: 'top' } },
  }
}

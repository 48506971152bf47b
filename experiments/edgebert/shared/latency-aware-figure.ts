import type { FigureSpec } from '../../../lib/harness/mod.ts'

/** Axes of the figure by column. */
const AXES: Readonly<Record<string, string>> = {
  voltage: 'mean V',
  ghz: 'mean GHz',
  missedPercent: '% missed',
  energyMj: 'mJ per sentence (tick: earliest exits)',
}

type SchemeRow = {
  readonly task: string
  readonly targetMs: number | null
  readonly scheme: string
  readonly exits: string
  readonly voltage: number
  readonly ghz: number
  readonly energyUj: number
  readonly missedPercent: number
}

/** Fig. 9 as the paper draws it, voltage, clock and energy by task; and the tornado of the assumptions. */
export function latencyAwareFigure({
  schemes,
  tornado,
}: {
  readonly schemes: readonly SchemeRow[]
  readonly tornado: readonly object[]
}): FigureSpec {
  const bars = schemes.map((row) => ({
    ...row,
    label: row.targetMs === null ? row.scheme : `${row.scheme === 'LAI' ? 'LAI' : 'all'} T=${row.targetMs}`,
    energyMj: row.energyUj / 1000,
  }))
  const x = { field: 'label', type: 'nominal', sort: null, title: null }
  const top = Math.max(...bars.map(({ energyMj }) => energyMj))
  const panel = (task: string, field: string, domain: readonly number[]) => ({
    width: 110,
    height: 75,
    data: { values: bars.filter((row) => row.task === task && ['trace', 'latest'].includes(row.exits)) },
    mark: { type: 'point', filled: true, size: 40 },
    encoding: {
      x: { ...x, axis: { labels: false, ticks: false } },
      y: { field, type: 'quantitative', title: AXES[field], scale: { domain } },
    },
  })
  const column = (task: string) => ({
    title: task,
    spacing: 8,
    vconcat: [
      panel(task, 'voltage', [0.4, Math.max(...bars.map(({ voltage }) => voltage))]),
      panel(task, 'ghz', [0, Math.max(...bars.map(({ ghz }) => ghz))]),
      panel(task, 'missedPercent', [0, 100]),
      {
        width: 110,
        height: 150,
        layer: [
          {
            data: { values: bars.filter((row) => row.task === task && ['trace', 'latest'].includes(row.exits)) },
            mark: 'bar',
            encoding: {
              x,
              y: { field: 'energyMj', type: 'quantitative', title: AXES['energyMj'], scale: { domain: [0, top] } },
            },
          },
          {
            data: { values: bars.filter((row) => row.task === task && row.exits === 'earliest') },
            mark: { type: 'tick', color: 'black', thickness: 2 },
            encoding: { x, y: { field: 'energyMj', type: 'quantitative' } },
          },
        ],
      },
    ],
  })
  return {
    vconcat: [
      { hconcat: [...new Set(schemes.map(({ task }) => task))].map(column) },
      {
        width: 380,
        height: 240,
        title: 'largest gain over Base over the range of each assumption; tick: low end',
        data: { values: tornado },
        encoding: { y: { field: 'assumption', type: 'nominal', sort: null, title: null, axis: { labelLimit: 500 } } },
        layer: [
          {
            mark: { type: 'bar', height: 10 },
            encoding: {
              x: {
                field: 'overBaseLow',
                type: 'quantitative',
                title: 'energy of Base over that of LAI+AAS+Sparse',
                scale: { zero: false },
              },
              x2: { field: 'overBaseHigh' },
            },
          },
          {
            mark: { type: 'tick', color: 'black' },
            encoding: { x: { field: 'overBaseLow', type: 'quantitative' } },
          },
        ],
      },
    ],
  }
}

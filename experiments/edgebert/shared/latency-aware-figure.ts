import { along, type FigureSpec, type Mark, printedAt, printedCrosses } from '../../../lib/harness/mod.ts'
import { TASKS, type Task, taskSlug } from './tasks.ts'

/** Rows of the figure: column, axis, height. */
const ROWS = [
  ['voltage', 'voltage [V]', 110],
  ['ghz', 'clock [GHz]', 110],
  ['energyMj', 'energy [mJ]', 170],
] as const

type SchemeRow = {
  readonly task: string
  readonly targetMs: number | null
  readonly scheme: string
  readonly exits: string
  readonly voltage: number
  readonly ghz: number
  readonly energyUj: number
}
type Bar = SchemeRow & { readonly label: string; readonly energyMj: number }

const barOf = (row: SchemeRow): Bar => ({
  ...row,
  label: row.targetMs === null ? row.scheme : `${row.scheme} T=${row.targetMs}`,
  energyMj: row.energyUj / 1000,
})
const isTask = (name: string): name is Task => TASKS.some((task) => task === name)

/** What is printed of a row of bars: the floors of the voltage, and the energy that the gain over Base leaves. */
function printedOn(bars: readonly Bar[], field: (typeof ROWS)[number][0], marks: readonly Mark[]): object[] {
  const full = bars.filter(({ scheme }) => scheme === 'LAI+AAS+Sparse')
  if (field === 'voltage') {
    return full.flatMap(({ label, task, targetMs }) => {
      const printed = isTask(task) ? printedAt(marks, `edgebert.fig9-vf-floor-${taskSlug(task)}-${targetMs}`) : null
      return printed === null ? [] : [{ label, printed }]
    })
  }
  const gain = printedAt(marks, 'edgebert.abs-energy-vs-base')
  const base = bars.find(({ scheme }) => scheme === 'Base')
  const [best] = [...full].sort((a, b) => a.energyMj - b.energyMj)
  // The text finds the largest gain on SST-2.
  if (field !== 'energyMj' || gain === null || !base || !best || best.task !== 'SST-2') return []
  return [{ label: best.label, printed: base.energyMj / gain }]
}

/** Fig. 9 as the paper draws it: voltage, clock and energy by scheme and target, a column for each task. */
export function latencyAwareFigure(
  { schemes }: { readonly schemes: readonly SchemeRow[] },
  marks: readonly Mark[],
): FigureSpec {
  const bars = schemes.map(barOf)
  const tasks = [...new Set(schemes.map(({ task }) => task))]
  const panel = (task: string, [field, title, height]: (typeof ROWS)[number]) => {
    const own = bars.filter((row) => row.task === task)
    const shown = own.filter(({ exits }) => exits === 'trace' || exits === 'latest')
    const first = task === tasks[0]
    const x = {
      field: 'label',
      type: 'nominal',
      sort: null,
      title: 'scheme and target [ms]',
      axis:
        field === 'energyMj'
          ? { title: null, labelExpr: "replace(datum.label, /^LAI\\S* /, '')" }
          : { title: null, labels: false, ticks: false },
    }
    const y = (column: string, says: string) =>
      along(column, first ? title : null, {
        says,
        scale: { domain: [0, 1.1 * Math.max(...bars.map((row) => row[field]))] },
        axis: { labels: first, ticks: first },
      })
    return {
      width: 150,
      height,
      ...(field === 'voltage' ? { title: task } : {}),
      layer: [
        {
          data: { values: shown },
          mark: 'bar',
          encoding: {
            x,
            y: y(field, title),
            color: { field: 'scheme', type: 'nominal', sort: null, title: 'scheme' },
            detail: { field: 'task', type: 'nominal', title: 'task' },
          },
        },
        ...(field === 'energyMj'
          ? [
              {
                data: { values: own.filter(({ exits }) => exits === 'earliest') },
                mark: { type: 'tick', color: 'white', thickness: 2, width: 11 },
                encoding: { x, y: y(field, 'energy if sentences stop as early as under EE [mJ]') },
              },
            ]
          : []),
        printedCrosses(printedOn(shown, field, marks), { x, y: y('printed', `printed: ${title}`) }),
      ],
    }
  }
  return {
    description:
      'Mean supply voltage in volt (top), mean clock in GHz (middle) and energy per sentence in mJ (bottom) as bars, a column for each task: conventional inference (Base), early exit (EE), latency-aware inference (LAI) and that with null heads skipped and sparse execution, at several targets T in ms. SST-2 runs sentence by sentence; of the others only mean exits are printed, so that bars have all sentences run to the predicted layer and ticks have them stop as early as under EE. Crosses: the printed floor of the voltage, and what the printed largest gain over Base leaves of ours.',
    spacing: 12,
    vconcat: ROWS.map((row) => ({ spacing: 14, hconcat: tasks.map((task) => panel(task, row)) })),
    config: { legend: { orient: 'top' } },
  }
}

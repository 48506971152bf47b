import { crossesAlong, type FigureSpec, type Mark, printedAt } from '../../../lib/harness/mod.ts'

/** Curves of Fig. 17 by column of the history, as their legends name them. */
const SERIES = {
  peDynamicW: 'PEs, dynamic',
  peLeakageW: 'PEs, leakage',
  memoryW: 'memory (right)',
  macPercent: 'MAC lanes',
  softmaxPercent: 'softmax',
  layerNormPercent: 'layer norm',
  activationBufferPercent: 'activation buffer',
  weightBufferPercent: 'weight buffer',
  maskBufferPercent: 'mask buffer',
} as const
type Series = keyof typeof SERIES

type HistoryRow = Readonly<Record<Series | 'cycle', number>>

/** Cycles at which curves are read. */
interface Ends {
  readonly cycles: number
  readonly embeddingCycles: number
  readonly maskLoadCycles: number
}

interface PrintedPoint {
  readonly cycle: number
  readonly printed: number | null
}

const CYCLE = { field: 'cycle', type: 'quantitative', title: 'cycle' } as const

/** Curves on one axis, and the crosses on it. */
function curves(
  rows: readonly HistoryRow[],
  shown: readonly Series[],
  drawn: {
    readonly title: string
    readonly axis?: Readonly<Record<string, unknown>>
    readonly all: readonly Series[]
    readonly points: readonly PrintedPoint[]
  },
): FigureSpec {
  const { title, axis = {}, all, points } = drawn
  const names = all.map((series) => SERIES[series])
  const series = { field: 'series', type: 'nominal', scale: { domain: names }, title: 'curve' }
  const crosses = crossesAlong('y', 'printed', { title, axis })
  return {
    layer: [
      {
        data: {
          values: rows.flatMap((row) =>
            shown.map((column) => ({ cycle: row.cycle, series: SERIES[column], value: row[column] })),
          ),
        },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.3 },
        encoding: {
          x: CYCLE,
          y: { field: 'value', type: 'quantitative', title, axis },
          color: series,
          strokeDash: series,
          description: { field: 'series', type: 'nominal' },
        },
      },
      { ...crosses, data: { values: points }, encoding: { ...crosses.encoding, x: CYCLE } },
    ],
  }
}

/**
 * Fig. 17: power, modules at work and buffers over the cycles of a batch.
 *
 * @param history the curves
 * @param ends when loads and the batch end; without it no printed value has a place
 * @param marks printed values
 */
export function historyFigure(
  history: readonly HistoryRow[],
  ends: Ends | undefined,
  marks: readonly Mark[],
): FigureSpec {
  const at = (cycle: number | undefined, id: string): PrintedPoint[] =>
    cycle === undefined ? [] : [{ cycle, printed: printedAt(marks, `acceltran.fig17-${id}`) }]
  const largest = (column: Series) =>
    history.reduce<HistoryRow | undefined>((most, row) => (most && most[column] >= row[column] ? most : row), undefined)
      ?.cycle
  const panel = (title: string, height: number, layer: readonly FigureSpec[]) => ({
    title: { text: title, anchor: 'start' },
    width: 550,
    height,
    layer,
    resolve: { scale: { y: 'independent' } },
  })
  const pes: readonly Series[] = ['peDynamicW', 'peLeakageW']
  const power: readonly Series[] = [...pes, 'memoryW']
  const modules: readonly Series[] = ['macPercent', 'softmaxPercent', 'layerNormPercent']
  const buffers: readonly Series[] = ['activationBufferPercent', 'weightBufferPercent', 'maskBufferPercent']
  // The end of a load or of the batch is a place on the axis of cycles, not a height.
  const onAxis = (id: string): PrintedPoint[] => {
    const cycle = printedAt(marks, `acceltran.fig17-${id}`)
    return cycle === null ? [] : [{ cycle, printed: 0 }]
  }
  return {
    vconcat: [
      panel('(a) power', 140, [
        curves(history, pes, {
          title: 'PEs [W]',
          all: power,
          points: [...at(largest('peDynamicW'), 'peak-dyn'), ...at(largest('peLeakageW'), 'peak-leak')],
        }),
        curves(history, ['memoryW'], {
          title: 'memory [W]',
          axis: { orient: 'right', grid: false },
          all: power,
          points: [...at(0, 'mem-power-both'), ...at(ends?.maskLoadCycles, 'mem-power-wgt')],
        }),
      ]),
      panel('(b) modules at work', 110, [
        curves(history, modules, {
          title: 'at work [%]',
          all: modules,
          points: [...onAxis('emb-end'), ...onAxis('total')],
        }),
      ]),
      panel('(c) buffers filled', 110, [
        curves(history, buffers, {
          title: 'filled [%]',
          all: buffers,
          points: [
            ...at(0, 'wb-start'),
            ...at(0, 'mask-start'),
            ...at(largest('activationBufferPercent'), 'act-max'),
            ...at(ends?.cycles, 'wb-end'),
          ],
        }),
      ]),
    ],
    resolve: { scale: { color: 'independent', strokeDash: 'independent' } },
  }
}

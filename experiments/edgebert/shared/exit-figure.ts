import { along, type FigureSpec, type Mark, printedAt, printedCrosses } from '../../../lib/harness/mod.ts'
import { TASK_INPUTS } from './tasks.ts'

/** Exit layers of a sentence, in the order of the table's columns. */
const METHODS = ['early exit', 'predicted', 'actual'] as const
/** Shapes of the thresholds; the cross is left to what is printed. */
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down']
/** Claims of the average exits that are printed, without task and accuracy drop. */
const CLAIMS: Readonly<Record<string, string>> = { 'early exit': 'ee-exit', predicted: 'lai-pred-exit' }

/** Average exits of a task by one method, at a threshold of entropy where it has one. */
export interface ExitRow {
  readonly task: string
  readonly method: string
  readonly threshold: number | null
  readonly exit: number
  readonly actualExit: number
}

interface Tables {
  readonly exits: readonly ExitRow[]
  readonly histogram: readonly {
    readonly method: string
    readonly threshold: number
    readonly layer: number
    readonly sentences: number
  }[]
}

/** Average exits of SST-2 as Table 3 has them, and below how many sentences exit at which layer. */
export function exitFigure({ exits, histogram }: Tables, marks: readonly Mark[]): FigureSpec {
  const averages = TASK_INPUTS['SST-2'].exits.flatMap(({ dropPercent, earlyThreshold, awareThreshold }) => {
    const of = (method: string, threshold: number) =>
      exits.find((row) => row.task === 'SST-2' && row.method === method && row.threshold === threshold)
    const aware = of('latency-aware', awareThreshold)
    return [
      { dropPercent, method: METHODS[0], threshold: earlyThreshold, layer: of('early exit', earlyThreshold)?.exit },
      { dropPercent, method: METHODS[1], threshold: awareThreshold, layer: aware?.exit },
      { dropPercent, method: METHODS[2], threshold: awareThreshold, layer: aware?.actualExit },
    ].filter(({ layer }) => layer !== undefined)
  })
  const x = { field: 'dropPercent', type: 'ordinal', title: 'accuracy drop [%-pt]', axis: { labelAngle: 0 } }
  const xOffset = { field: 'method', sort: [...METHODS], title: 'exit' }
  const title = 'average exit layer [layer]'
  const most = 1.1 * Math.max(...histogram.map(({ sentences }) => sentences))
  return {
    description:
      'Upper panel: average exit layer on SST-2, run sentence by sentence, by the accuracy drop that the thresholds stand for: of early exit, and of latency-aware inference the predicted and the actual one; bars are ours, crosses printed, and none is printed of the actual exit. Lower panels: sentences that exit at each layer, by threshold.',
    vconcat: [
      {
        width: 420,
        height: 200,
        layer: [
          {
            data: { values: averages },
            mark: 'bar',
            encoding: {
              x,
              xOffset,
              y: along('layer', title),
              color: { field: 'method', type: 'nominal', sort: [...METHODS], title: 'exit' },
            },
          },
          printedCrosses(
            averages.flatMap(({ dropPercent, method }) => {
              const printed = printedAt(marks, `edgebert.t3-sst2-drop${dropPercent}-${CLAIMS[method] ?? ''}`)
              return printed === null ? [] : [{ dropPercent, method, printed }]
            }),
            { x, xOffset, y: along('printed', title, { says: 'printed average [layer]' }) },
          ),
        ],
      },
      {
        hconcat: METHODS.map((method, i) => {
          const by = { field: 'threshold', type: 'nominal', title: 'threshold [nat]' }
          return {
            width: 190,
            height: 180,
            title: method,
            data: { values: histogram.filter((row) => row.method === method) },
            mark: { type: 'line', point: { size: 40 } },
            encoding: {
              x: along('layer', 'exit layer [layer]', { scale: { domain: [1, 12] }, axis: { values: [1, 4, 8, 12] } }),
              y: along('sentences', i === 0 ? 'sentences [1]' : null, {
                says: 'sentences [1]',
                scale: { domain: [0, most] },
                axis: { labels: i === 0, ticks: i === 0 },
              }),
              color: by,
              shape: { ...by, scale: { range: SHAPES } },
              strokeDash: by,
            },
          }
        }),
      },
    ],
    resolve: { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } },
  }
}

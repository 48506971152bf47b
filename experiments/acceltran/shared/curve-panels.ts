import { crossesAlong, type FigureSpec, shapedLines } from '../../../lib/harness/mod.ts'
import { type Method, WEIGHTS } from './published-curves.ts'

interface CurveRow {
  readonly method: string
  readonly weights: string
  readonly setting: number
  readonly accuracyPercent: number
  readonly sparsityPercent: number
}

/** At k = 2 top-k is sparsest: at k = 1 nothing is attended to. */
const SPARSEST_K = 2

/**
 * A panel of Fig. 11: accuracy and activation sparsity over what a method sets, both in percent.
 *
 * @param method whose panel it is
 * @param drawn its curves, the sparsities that follow from the shape by k, and the printed largest one of them
 */
export function settingPanel(
  method: Method,
  drawn: {
    readonly curves: readonly CurveRow[]
    readonly derived: readonly { readonly k: number; readonly derivedPercent: number }[]
    readonly printed: number | null
  },
): FigureSpec {
  const topK = method === 'top-k'
  const x = {
    field: 'setting',
    type: 'quantitative',
    title: topK ? 'k' : 'threshold tau',
    ...(topK ? { scale: { type: 'log', base: 2 } } : {}),
  }
  const sparsity = { field: 'derivedPercent', title: '%', scale: { domain: [0, 100] } }
  const derived = drawn.derived.map(({ k, derivedPercent }) => ({
    setting: k,
    derivedPercent,
    printedPercent: k === SPARSEST_K ? drawn.printed : null,
  }))
  return {
    title: topK ? 'Fig. 11b: top-k' : 'Fig. 11a: DynaTran',
    width: 230,
    height: 170,
    layer: [
      {
        data: {
          values: drawn.curves.flatMap(({ setting, weights, accuracyPercent, sparsityPercent }) => [
            { setting, weights, measure: 'accuracy', percent: accuracyPercent, name: `accuracy ${weights}` },
            { setting, weights, measure: 'activation sparsity', percent: sparsityPercent, name: `sparsity ${weights}` },
          ]),
        },
        mark: 'line',
        encoding: {
          x,
          y: { field: 'percent', type: 'quantitative', title: '%', scale: { domain: [0, 100] } },
          color: { field: 'measure', type: 'nominal', sort: null, title: 'curve', legend: { labelLimit: 200 } },
          strokeDash: { field: 'weights', type: 'nominal', sort: [...WEIGHTS], title: 'weights' },
          description: { field: 'name', type: 'nominal' },
        },
      },
      ...(topK
        ? [
            {
              data: { values: derived },
              mark: { type: 'point', shape: 'diamond', size: 110, opacity: 1 },
              encoding: {
                x,
                y: { type: 'quantitative', ...sparsity, title: 'derived sparsity [%]', axis: { title: '%' } },
                color: { value: 'black' },
              },
            },
            withX(crossesAlong('y', 'printedPercent', sparsity), derived, x),
          ]
        : []),
    ],
  }
}

function withX({ encoding, ...layer }: ReturnType<typeof crossesAlong>, values: readonly object[], x: object) {
  return { ...layer, data: { values }, encoding: { ...encoding, x } }
}

/** Fig. 12: accuracy over activation sparsity, by method and with or without movement pruning. */
export function accuracyPanel(curves: readonly CurveRow[]): FigureSpec {
  return {
    title: 'Fig. 12',
    width: 290,
    height: 190,
    data: {
      values: curves
        .filter(({ sparsityPercent, accuracyPercent }) => sparsityPercent > 0 && accuracyPercent > 60)
        .map((row) => ({ ...row, series: `${row.method}, ${row.weights}` })),
    },
    encoding: {
      x: { field: 'sparsityPercent', type: 'quantitative', scale: { zero: false }, title: 'activation sparsity [%]' },
      y: { field: 'accuracyPercent', type: 'quantitative', scale: { zero: false }, title: 'accuracy [%]' },
    },
    ...shapedLines('series', {
      title: 'method and weights',
      legend: { orient: 'bottom', columns: 2, labelLimit: 200 },
    }),
  }
}

/** Fig. 14 in short: what weight pruning does to net sparsity and to the score, mean over a curve. */
export function weightPruningPanel(
  rows: readonly {
    readonly task: string
    readonly model: string
    readonly meanGainPoints: number
    readonly meanLossPoints: number
  }[],
): FigureSpec {
  return {
    title: 'Fig. 14: with weight pruning',
    width: 130,
    height: 190,
    data: {
      values: rows.flatMap(({ task, model, meanGainPoints, meanLossPoints }) => [
        { curve: `${model}, ${task}`, quantity: 'net sparsity', points: meanGainPoints },
        { curve: `${model}, ${task}`, quantity: 'accuracy or F1', points: -meanLossPoints },
      ]),
    },
    mark: 'bar',
    encoding: {
      y: { field: 'curve', type: 'nominal', sort: null, title: 'curve', axis: { title: null } },
      yOffset: { field: 'quantity', sort: null, title: 'change of' },
      x: { field: 'points', type: 'quantitative', title: 'mean change [% points]' },
      color: {
        field: 'quantity',
        type: 'nominal',
        sort: null,
        title: 'change of',
        legend: { orient: 'bottom', columns: 1 },
      },
    },
  }
}

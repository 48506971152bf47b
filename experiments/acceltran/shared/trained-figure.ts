import { along, type FigureSpec, legendLine, shapedLines } from '../../../lib/harness/mod.ts'

interface MeanRow {
  readonly weights: string
  readonly method: string
  readonly setting: number
  readonly accuracyPercent: number
  readonly leastAccuracyPercent: number
  readonly mostAccuracyPercent: number
  readonly sparsityPercent: number
}

/**
 * Lines of means with a rule from the least to the most of the seeds at each point.
 *
 * @param series names the lines; least and most the ends of the rules
 */
export function spreadLines(
  series: { readonly field: string; readonly title: string; readonly legend?: object },
  {
    x,
    y,
    least,
    most,
  }: { readonly x: FigureSpec; readonly y: FigureSpec; readonly least: string; readonly most: string },
): FigureSpec {
  const { field, ...more } = series
  return {
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1 },
        encoding: {
          x,
          y: { ...y, field: least, title: 'least of the seeds [%]' },
          y2: { field: most, title: 'most of the seeds [%]' },
          color: { field, type: 'nominal', sort: null, title: series.title, legend: null },
        },
      },
      { encoding: { x, y }, ...shapedLines(field, more) },
    ],
    resolve: { legend: { color: 'independent', shape: 'independent' } },
  }
}

const LEGEND = { orient: 'bottom', columns: 2, labelLimit: 220 } as const

/** Accuracy over net sparsity, accuracy over tau and over k, and the share of probabilities by length. */
export function curveFigure(
  means: readonly MeanRow[],
  ceiling: readonly { readonly model: string; readonly tokens: number; readonly sharePercent: number }[],
): FigureSpec {
  const rows = means.map((row) => ({ ...row, series: `${row.method}, ${row.weights}` }))
  const accuracy = along('accuracyPercent', 'accuracy [%]', { scale: { zero: false } })
  const spread = { y: accuracy, least: 'leastAccuracyPercent', most: 'mostAccuracyPercent' }
  const series = { field: 'series', title: 'method and weights', legend: LEGEND }
  return {
    description:
      'Our networks on our sentences, not those of the paper: accuracy over net activation sparsity for DynaTran and top-k, without and with movement pruning of the weights (as Fig. 12), both over the threshold of DynaTran (as Fig. 11a), and the share of the probabilities in all operands of products over the length of a sequence, which no top-k can exceed. "Trained on" is the network without movement pruning, trained for as long as that takes.',
    title: legendLine('lines: mean of the seeds; rules: least to most of them'),
    hconcat: [
      {
        title: 'as Fig. 12',
        width: 270,
        height: 200,
        data: { values: rows },
        ...spreadLines(series, { x: along('sparsityPercent', 'net activation sparsity [%]'), ...spread }),
      },
      {
        title: 'as Fig. 11a',
        width: 190,
        height: 200,
        data: {
          values: rows
            .filter(({ method, weights }) => method === 'DynaTran' && weights.includes('MP'))
            .flatMap(({ setting, weights, accuracyPercent, sparsityPercent }) => [
              { setting, percent: accuracyPercent, curve: `accuracy ${weights}` },
              { setting, percent: sparsityPercent, curve: `sparsity ${weights}` },
            ]),
        },
        encoding: { x: along('setting', 'threshold tau'), y: along('percent', '%') },
        ...shapedLines('curve', { title: 'DynaTran', legend: { ...LEGEND, columns: 1 } }),
      },
      {
        title: 'ceiling of top-k',
        width: 170,
        height: 200,
        data: { values: ceiling },
        encoding: {
          x: { ...along('tokens', 'tokens'), scale: { type: 'log', base: 2 } },
          y: along('sharePercent', 'share of probabilities [%]', { scale: { domain: [0, 100] } }),
        },
        ...shapedLines('model', { title: 'model', legend: { ...LEGEND, columns: 1 } }),
      },
    ],
    resolve: {
      legend: { color: 'independent', shape: 'independent' },
      scale: { color: 'independent', shape: 'independent' },
    },
  }
}

import type { FigureSpec } from './experiment.ts'

/** A line above a drawing that says what its marks are. */
export function legendLine(text: string) {
  return { text, anchor: 'start', fontSize: 11, fontWeight: 'normal' } as const
}

/**
 * Labels of a logarithmic axis: decades alone. Unlike `format`, it leaves the digits of tooltips as they are.
 *
 * @param format of d3, as ~s
 */
export function decadeLabels(format: string) {
  const exponent = 'log(datum.value) / LN10'
  return {
    labelExpr: `abs(${exponent} - round(${exponent})) < 1e-6 ? format(datum.value, '${format}') : ''`,
    labelOverlap: false,
  } as const
}

/** Shapes of points; a cross is left to what a paper printed. */
export const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'triangle-down',
  'triangle-right',
  'triangle-left',
] as const

/**
 * Vega-Lite layers that draw series as lines with a shape of points of its own, so that colour alone tells nothing.
 *
 * @param field names the series
 * @param options title and properties of the legend
 */
export function shapedLines(
  field: string,
  { title, legend = {} }: { readonly title: string; readonly legend?: object },
) {
  const series = { field, type: 'nominal', sort: null, title }
  return {
    layer: [
      {
        mark: 'line',
        encoding: { color: { ...series, legend: null }, description: { field, type: 'nominal' } },
      },
      {
        mark: { type: 'point', filled: true, size: 35, opacity: 1 },
        encoding: { color: { ...series, legend }, shape: { ...series, legend, scale: { range: SHAPES } } },
      },
    ],
    // The legend of the points says it all.
    resolve: { legend: { color: 'independent', shape: 'independent' } },
  } as const satisfies FigureSpec
}

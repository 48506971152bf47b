import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { FigureSpec, Mark } from '../experiment.ts'

/**
 * Draws a Vega-Lite specification as SVG, without a browser.
 *
 * @throws {TypeError} if the specification cannot be drawn
 */
export async function renderFigure(spec: FigureSpec): Promise<string> {
  try {
    const { spec: vega } = compile({ background: 'white', ...spec } as unknown as TopLevelSpec)
    return await new View(parse(vega), { renderer: 'none' }).toSVG()
  } catch (error) {
    throw new TypeError(`Cannot draw a figure: its specification must be valid Vega-Lite, got ${error instanceof Error ? error.message : String(error)}`)
  }
}

/**
 * The figure of an experiment that brings none: each printed number as a cross with our value around it, a panel
 * for each unit.
 *
 * @returns null if there is nothing to draw
 */
export function comparisonFigure(marks: readonly Mark[]): FigureSpec | null {
  if (marks.length === 0) return null
  const units = [...new Set(marks.map((mark) => mark.unit))]
  return {
    vconcat: units.map((unit) => ({
      title: unit,
      height: 140,
      width: { step: 14 },
      data: { values: marks.filter((mark) => mark.unit === unit) },
      encoding: { x: { field: 'id', type: 'nominal', sort: null, title: null, axis: { labelLimit: 220, labelAngle: -60 } } },
      layer: [
        {
          mark: { type: 'point', size: 60, filled: true, opacity: 0.6 },
          encoding: { y: { field: 'predicted', type: 'quantitative', title: null, scale: { type: 'symlog', constant: 0.01 } }, color: { datum: 'ours' } },
        },
        {
          mark: { type: 'point', shape: 'cross', size: 35, filled: true },
          encoding: { y: { field: 'printed', type: 'quantitative' }, color: { datum: 'paper' } },
        },
      ],
    })),
  }
}

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
    throw new TypeError(
      `Cannot draw a figure: its specification must be valid Vega-Lite, got ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

/** What all ids begin with, up to a dot. */
function commonPrefix(ids: readonly string[]): string {
  const [first = ''] = ids
  const length = [...first].findIndex((character, index) => ids.some((id) => id[index] !== character))
  return first.slice(0, first.slice(0, length < 0 ? first.length : length).lastIndexOf('.') + 1)
}

/**
 * The figure of an experiment that brings none: our value as a bar, the printed one as a cross, a panel for each
 * unit.
 *
 * @returns null if there is nothing to draw
 */
export function comparisonFigure(marks: readonly Mark[]): FigureSpec | null {
  if (marks.length === 0) return null
  const prefix = commonPrefix(marks.map((mark) => mark.id))
  const values = marks.map((mark) => ({ ...mark, claim: mark.id.slice(prefix.length) }))
  return {
    columns: 3,
    concat: [...new Set(marks.map((mark) => mark.unit))].map((unit) => ({
      title: unit,
      height: 160,
      width: { step: 18 },
      data: { values: values.filter((mark) => mark.unit === unit) },
      encoding: {
        x: { field: 'claim', type: 'nominal', sort: null, title: null, axis: { labelLimit: 200, labelAngle: -60 } },
      },
      layer: [
        {
          mark: { type: 'bar', opacity: 0.75 },
          encoding: {
            y: { field: 'predicted', type: 'quantitative', title: null, scale: { type: 'symlog', constant: 0.01 } },
          },
        },
        {
          mark: { type: 'point', shape: 'cross', size: 40, filled: true },
          encoding: { y: { field: 'printed', type: 'quantitative' }, color: { value: 'black' } },
        },
      ],
    })),
  }
}

import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { FigureSpec, Mark } from '../experiment.ts'
import { pairedMarks } from '../figure-marks.ts'

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
 * The figure of an experiment that brings none: our value as a dot, the printed one as a cross, a panel for each
 * unit; on a logarithmic axis where all values are positive.
 *
 * @returns null if there is nothing to draw
 */
export function comparisonFigure(marks: readonly Mark[]): FigureSpec | null {
  if (marks.length === 0) return null
  const prefix = commonPrefix(marks.map((mark) => mark.id))
  const values = marks.map((mark) => ({ ...mark, claim: mark.id.slice(prefix.length) }))
  return {
    columns: 2,
    concat: [...new Set(marks.map((mark) => mark.unit))].map((unit) => {
      const own = values.filter((mark) => mark.unit === unit)
      const logarithmic = own.every(({ printed, predicted }) => printed > 0 && predicted > 0)
      return {
        title: `${unit || 'no unit'}${logarithmic ? ' (logarithmic)' : ''}`,
        height: 160,
        width: { step: 18 },
        data: { values: own },
        encoding: {
          x: { field: 'claim', type: 'nominal', sort: null, title: null, axis: { labelLimit: 300, labelAngle: -60 } },
        },
        layer: pairedMarks('predicted', 'printed', { scale: logarithmic ? { type: 'log' } : {} }),
      }
    }),
  }
}

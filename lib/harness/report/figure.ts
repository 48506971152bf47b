import { parse, View } from 'vega'
import { compile, type TopLevelSpec } from 'vega-lite'
import type { FigureSpec, Mark } from '../experiment.ts'
import { pairedMarks } from '../figure-marks.ts'
import { formatCell } from '../format.ts'
import { slimSvg } from './svg-slim.ts'
import { parseSvg } from './svg-tree.ts'

/** Okabe and Ito's colours, which the colour-blind tell apart; black is left to what a paper printed. */
const CATEGORY = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#999999', '#f0e442']

/** How figures look unless they say otherwise. */
const CONFIG = {
  font: 'system-ui, sans-serif',
  range: { category: CATEGORY },
  mark: { color: CATEGORY[0] },
  axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 600, gridColor: '#e3e7eb' },
  legend: { labelLimit: 260, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 600 },
  title: { fontSize: 13 },
  view: { stroke: '#d0d6db' },
}

/** Coordinates finer than this are noise, and half of a drawing's size. */
const DECIMALS = 2
/** A number in a mark's label that has more digits than tables show. */
const LONG_NUMBER = /-?\d+\.\d{5,}(?:e[+-]?\d+)?/g

/** What a drawing says without: defaults of SVG, empty shapes, names and roles that only a live view needs. */
const NOISE = [
  /<path class="(?:background|foreground)"[^>]* d="(?:M0,0h0v0h0Z)?"[^>]*\/>/g,
  / (?:opacity|stroke-opacity|fill-opacity|stroke-width)="1"/g,
  / aria-(?:roledescription|hidden)="[^"]*"/g,
  / aria-label="[^"]*"(?! role="graphics-symbol")/g,
  / (?:class|role|font-family|pointer-events|version)="[^"]*"/g,
  / transform="translate\(0,0\)"/g,
]

/**
 * A fraction of what Vega writes: coordinates are rounded, noise is left out, values in the marks' labels are cut to
 * digits that can be read and are kept for tooltips. The whole becomes one image that says what it shows.
 */
function slim(svg: string, description: string): string {
  const label = description.replace(/[&<"]/g, (character) => `&#${character.charCodeAt(0)};`)
  const drawn = NOISE.reduce((text, noise) => text.replace(noise, ''), svg)
    .replace(/ (?:transform|d|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(DECIMALS)))),
    )
    .replace(
      / aria-label=("[^"]*")/g,
      (_, text: string) => ` data-tip=${text.replace(LONG_NUMBER, (number) => formatCell(Number(number)))}`,
    )
    .replace('<svg ', () => `<svg role="img" aria-label="${label}" font-family="${CONFIG.font}" `)
  return slimSvg(parseSvg(drawn))
}

/**
 * Draws a Vega-Lite specification as SVG, without a browser.
 *
 * @throws {TypeError} if the specification cannot be drawn
 */
export async function renderFigure(spec: FigureSpec): Promise<string> {
  try {
    const { config = {}, ...own } = spec
    const { spec: vega } = compile({
      background: 'white',
      ...own,
      config: { ...CONFIG, ...(config as object) },
    } as unknown as TopLevelSpec)
    return slim(await new View(parse(vega), { renderer: 'none' }).toSVG(), String(spec['description'] ?? ''))
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
    description: 'Each claim with our value as a dot and the printed one as a cross, a panel for each unit.',
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
        layer: pairedMarks('predicted', 'printed', logarithmic ? { type: 'log' } : {}),
      }
    }),
  }
}

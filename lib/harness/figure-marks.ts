import type { FigureSpec, Mark } from './experiment.ts'

/** What was printed for a claim, to be drawn beside our value; null where it is no mark. */
export function printedAt(marks: readonly Pick<Mark, 'id' | 'printed'>[], id: string | undefined): number | null {
  return marks.find((mark) => mark.id === id)?.printed ?? null
}

/**
 * Vega-Lite layers that draw our value as a coloured dot and the printed one as a black cross.
 *
 * @param ours field of our value
 * @param paper field of the printed value; null where there is none
 * @param options the y axis' scale
 */
export function pairedMarks(
  ours: string,
  paper: string,
  options: { readonly scale: Readonly<Record<string, unknown>> },
): FigureSpec[] {
  const y = (field: string) => ({ field, type: 'quantitative', title: null, scale: options.scale })
  return [
    { mark: { type: 'circle', size: 110, opacity: 0.75 }, encoding: { y: y(ours) } },
    {
      mark: { type: 'point', shape: 'cross', size: 35, filled: true },
      encoding: { y: y(paper), color: { value: 'black' } },
    },
  ]
}

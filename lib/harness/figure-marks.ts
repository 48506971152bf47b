import type { FigureSpec, Mark } from './experiment.ts'

/** What was printed for a claim, to be drawn beside our value; null where it is no mark. */
export function printedAt(marks: readonly Pick<Mark, 'id' | 'printed'>[], id: string | undefined): number | null {
  return marks.find((mark) => mark.id === id)?.printed ?? null
}

/**
 * A number along an axis of a figure.
 *
 * @param title of the axis, with the unit in brackets; in lines where the axis is too short for it
 * @param options what tooltips call it where that differs from the axis' title, and properties of scale and axis
 */
export function along(
  field: string,
  title: string | readonly string[] | null,
  options: { readonly says?: string; readonly scale?: FigureSpec; readonly axis?: FigureSpec } = {},
): FigureSpec {
  const { says = typeof title === 'string' ? title : (title?.join(' ') ?? null), scale, axis } = options
  return { field, type: 'quantitative', title: says, axis: { title, ...axis }, ...(scale ? { scale } : {}) }
}

/**
 * A Vega-Lite layer of black crosses at what was printed.
 *
 * @param values rows of the crosses; null where they are those of the drawing around it
 * @param encoding places them where our values stand
 */
export function printedCrosses<E extends FigureSpec>(values: readonly object[] | null, encoding: E) {
  return {
    ...(values === null ? {} : { data: { values } }),
    mark: { type: 'point', shape: 'cross', filled: true, size: 45, opacity: 1 },
    encoding: { ...encoding, color: { value: 'black' } },
  } as const
}

/** What is drawn along an axis. */
export interface DrawnField {
  /** With the unit in brackets; the axis' title and the name in tooltips. */
  readonly title: string
  readonly scale?: Readonly<Record<string, unknown>>
  /** Properties of the axis. */
  readonly axis?: Readonly<Record<string, unknown>>
}

/**
 * {@link printedCrosses} along one axis, and nothing where nothing was printed.
 *
 * @param field the printed values, null where there is none
 * @param drawn what is drawn along the axis
 */
export function crossesAlong(channel: 'x' | 'y', field: string, drawn: DrawnField) {
  const { title, axis = {}, ...rest } = drawn
  return {
    transform: [{ filter: `isValid(datum.${field})` }],
    ...printedCrosses(null, {
      [channel]: { ...rest, field, type: 'quantitative', title: `printed: ${title}`, axis: { title, ...axis } },
    }),
  } as const satisfies FigureSpec
}

/**
 * Vega-Lite layers that draw our value as a coloured dot and the printed one as a black cross.
 *
 * @param ours field of our value
 * @param paper field of the printed value; null where there is none
 * @param scale of the y axis
 */
export function pairedMarks(ours: string, paper: string, scale: FigureSpec): FigureSpec[] {
  const y = (field: string, says: string) => along(field, null, { says, scale })
  return [
    { mark: { type: 'circle', size: 110, opacity: 0.75 }, encoding: { y: y(ours, 'ours') } },
    printedCrosses(null, { y: y(paper, 'printed') }),
  ]
}

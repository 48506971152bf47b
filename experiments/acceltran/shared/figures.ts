import { crossesAlong, type DrawnField, type FigureSpec } from '../../../lib/harness/mod.ts'

/**
 * Vega-Lite layers that draw our values as bars and what the paper prints as crosses.
 *
 * @param channel the axis of the values
 * @param ours what the bars show
 * @param options field of the printed values, null where there is none; colour of the bars, a Vega-Lite encoding
 */
export function barsAndCrosses(
  channel: 'x' | 'y',
  ours: DrawnField & { readonly field: string },
  { printed, color }: { readonly printed: string; readonly color?: FigureSpec },
): FigureSpec[] {
  return [
    {
      mark: { type: 'bar', opacity: 0.75 },
      encoding: { [channel]: { type: 'quantitative', stack: null, ...ours }, ...(color ? { color } : {}) },
    },
    crossesAlong(channel, printed, ours),
  ]
}

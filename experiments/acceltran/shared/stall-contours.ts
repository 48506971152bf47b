import { crossesAlong, type FigureSpec, type Mark, printedAt } from '../../../lib/harness/mod.ts'

/** Stalls of a number of PEs and a size of the buffers. */
export interface StallPoint {
  readonly pes: number
  readonly netBufferMb: number
  readonly stalls: number
}

/** Where 64 or 32 PEs meet a contour. */
interface Meeting {
  readonly pes: number
  readonly label: number
  readonly netBufferMb: number | null
  readonly claim: string
}

interface Place {
  readonly pes: number
  readonly netBufferMb: number
}

/** Labels of the contours of the figure. */
const LABEL_STEP = 25_000
const LABELS = Array.from({ length: 8 }, (_, index) => (index + 1) * LABEL_STEP)

/** Where a level is met along lines of the grid that share a PE count or a size, straight between neighbours. */
function meetings(line: readonly StallPoint[], level: number): Place[] {
  return line.slice(1).flatMap((right, index) => {
    const left = line[index] as StallPoint
    if (left.stalls === right.stalls || (left.stalls - level) * (right.stalls - level) > 0) return []
    const share = (left.stalls - level) / (left.stalls - right.stalls)
    const between = (from: number, to: number) => from + share * (to - from)
    return [{ pes: between(left.pes, right.pes), netBufferMb: between(left.netBufferMb, right.netBufferMb) }]
  })
}

/** Vertices of a contour on the edges of the grid, from many PEs to few; stalls fall with both. */
function contour(grid: readonly StallPoint[], level: number): Place[] {
  const lines = (key: 'pes' | 'netBufferMb', along: 'pes' | 'netBufferMb') =>
    [...new Set(grid.map((point) => point[key]))].map((value) =>
      grid.filter((point) => point[key] === value).sort((a, b) => a[along] - b[along]),
    )
  return [...lines('pes', 'netBufferMb'), ...lines('netBufferMb', 'pes')]
    .flatMap((line) => meetings(line, level))
    .sort((a, b) => b.pes - a.pes || a.netBufferMb - b.netBufferMb)
}

/** Stalls that a contour's label stands for over the label: 1 where labels are right. */
function stallsPerLabel(grid: readonly StallPoint[], met: readonly Meeting[]): number {
  for (const { pes, label, netBufferMb } of met) {
    if (netBufferMb === null) continue
    const row = grid.filter((point) => point.pes === pes).sort((a, b) => a.netBufferMb - b.netBufferMb)
    const right = row.findIndex((point) => point.netBufferMb >= netBufferMb)
    const [low, high] = [row[right - 1], row[right]]
    if (!low || !high) continue
    const share = (netBufferMb - low.netBufferMb) / (high.netBufferMb - low.netBufferMb)
    return (low.stalls + share * (high.stalls - low.stalls)) / label
  }
  return 1
}

/**
 * Fig. 16: contours of equal stalls over the net buffer size and the number of PEs, labelled as in the paper.
 *
 * @param grid simulated stalls
 * @param met where our contours meet a number of PEs
 * @param marks printed places of these, and the chosen accelerator
 */
export function contourFigure(
  grid: readonly StallPoint[],
  met: readonly Meeting[],
  marks: readonly Mark[],
): FigureSpec {
  const factor = stallsPerLabel(grid, met)
  const lines = LABELS.flatMap((label) =>
    contour(grid, label * factor).map((place, order) => ({
      ...place,
      order,
      label,
      name: `contour of ${label} stalls`,
    })),
  )
  const meetingPoints = met.map((row) => ({ ...row, printedMb: printedAt(marks, row.claim) }))
  const chosen = {
    pes: printedAt(marks, 'acceltran.chosen-pes'),
    netBufferMb: printedAt(marks, 'acceltran.chosen-buf'),
    name: 'chosen',
  }
  const size = { title: 'net buffer size [MiB]', scale: { zero: false, nice: false }, axis: { tickMinStep: 1 } }
  const x = (field: string) => ({ field, type: 'quantitative', ...size })
  const y = { field: 'pes', type: 'quantitative', title: 'PEs', scale: { zero: false, nice: false } }
  const label = {
    field: 'label',
    type: 'ordinal',
    sort: 'descending',
    title: 'stalls (label)',
    scale: { scheme: 'viridis' },
    legend: { format: ',' },
  }
  const { encoding: crosses, ...crossLayer } = crossesAlong('x', 'printedMb', size)
  return {
    width: 420,
    height: 260,
    layer: [
      {
        data: { values: lines },
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x: x('netBufferMb'),
          y,
          color: label,
          order: { field: 'order', type: 'quantitative' },
          description: { field: 'name', type: 'nominal' },
        },
      },
      {
        data: { values: lines },
        mark: { type: 'circle', size: 18, opacity: 1 },
        encoding: { x: x('netBufferMb'), y, color: label },
      },
      { ...crossLayer, data: { values: meetingPoints }, encoding: { ...crosses, y } },
      ...(['point', 'text'] as const).map((type) => ({
        data: { values: chosen.pes === null || chosen.netBufferMb === null ? [] : [chosen] },
        mark:
          type === 'point'
            ? { type, shape: 'diamond', size: 90, filled: true, opacity: 1 }
            : { type, align: 'left', dx: 8, dy: -8, aria: false },
        encoding: {
          x: x('netBufferMb'),
          y,
          color: { value: 'black' },
          ...(type === 'text'
            ? { text: { field: 'name' } }
            : { description: { value: 'chosen accelerator as printed' } }),
        },
      })),
    ],
  }
}

import { formatRange, type NumberFormat } from '../../../lib/numeric/mod.ts'
import { type Encoder, TAP_POINTS, type Tap, type TapPoint } from '../../../lib/training/mod.ts'

/**
 * What rounds numbers of a memory to a fixed-point format in place: to nearest, ties upwards, saturated, as
 * `roundToFormat` does one by one; none for single precision, in which they are.
 */
export function rounderOf(
  format: NumberFormat,
): ((values: Float32Array, start: number, count: number) => void) | undefined {
  const range = formatRange(format)
  if (!range) return undefined
  // The step is a power of two: to divide by it, or multiply with its inverse, rounds nothing.
  const { step } = range
  const [lowest, highest, inverse] = [range.min / step, range.max / step, 1 / step]
  return (values, start, count) => {
    for (let i = start; i < start + count; i++) {
      // The sum has room in double precision for all digits that decide.
      let nearest = Math.floor((values[i] as number) * inverse + 0.5)
      if (nearest < lowest) nearest = lowest
      if (nearest > highest) nearest = highest
      values[i] = nearest * step
    }
  }
}

/** Rounds all of a network's parameters, adapters as the backbone (Sec. IV-A). */
export function roundWeights({ values }: Encoder, format: NumberFormat): void {
  rounderOf(format)?.(values, 0, values.length)
}

/** Rounds what passes between the steps of a layer; what an adapter computes inside stays in single precision. */
export function roundingTap(format: NumberFormat): Tap | undefined {
  const round = rounderOf(format)
  return round && (({ start, rows, columns }, floats) => round(floats, start, rows * columns))
}

/** Counts, at each point of a layer, the numbers whose magnitude a format cannot hold. */
export class SaturationCounter {
  private readonly limit: number
  private readonly found = new Map<TapPoint, { numbers: number; beyond: number; largest: number }>(
    TAP_POINTS.map((point) => [point, { numbers: 0, beyond: 0, largest: 0 }]),
  )

  /** @param limit magnitudes above it are counted */
  constructor(limit: number) {
    this.limit = limit
  }

  /** Sees the numbers of a pass, and changes none. */
  readonly tap: Tap = ({ point, start, rows, columns }, floats) => {
    const own = this.found.get(point)
    if (!own) return
    own.numbers += rows * columns
    for (let i = start; i < start + rows * columns; i++) {
      const magnitude = Math.abs(floats[i] as number)
      if (magnitude > this.limit) own.beyond++
      if (magnitude > own.largest) own.largest = magnitude
    }
  }

  /** What was seen so far: the share beyond the limit, and the largest magnitude. */
  rows(): { readonly point: TapPoint; readonly beyondShare: number; readonly largest: number }[] {
    return [...this.found].map(([point, { numbers, beyond, largest }]) => ({
      point,
      beyondShare: numbers === 0 ? 0 : beyond / numbers,
      largest,
    }))
  }
}

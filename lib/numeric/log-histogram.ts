/** Bits of the mantissa that choose a bin inside an octave. */
const MANTISSA_BITS = 10
const BINS_PER_OCTAVE = 1 << MANTISSA_BITS
/** Octaves from the smallest value on. */
const OCTAVES = 160
/** Bits of a double's upper word below those that choose the bin. */
const SHIFT = 20 - MANTISSA_BITS
const EXPONENT_BIAS = 1023

/** Largest relative width of a bin: quantiles and shares are that exact in their argument. */
export const LOG_HISTOGRAM_RESOLUTION = 1 / BINS_PER_OCTAVE

/**
 * A histogram of positive numbers with bins of constant relative width (under 0.1 %), so that quantiles over many
 * decades need the same memory for a thousand values as for a billion. Values from 1 to 2^160, about 1.5e48.
 */
export interface LogHistogram {
  readonly count: number
  /** Smallest and largest value added; NaN while empty. */
  readonly min: number
  readonly max: number
  /** Adds a value. @throws {RangeError} if it is outside the range */
  add(value: number): void
  /** Adds all of another histogram's values; the order of merges does not matter. */
  merge(other: LogHistogram): void
  /** The value with rank floor(share * count) in ascending order, interpolated in its bin. */
  quantile(share: number): number
  /** Share of the values below `value`, interpolated in its bin; NaN while empty. */
  shareBelow(value: number): number
  /** Counts per bin. */
  readonly bins: Uint32Array
}

/** An empty histogram. */
export function createLogHistogram(): LogHistogram {
  const bins = new Uint32Array(OCTAVES * BINS_PER_OCTAVE)
  const asDouble = new Float64Array(1)
  const asWords = new Uint32Array(asDouble.buffer)
  asDouble[0] = 1
  const upper = asWords[1] === 0 ? 0 : 1
  const firstBin = EXPONENT_BIAS << MANTISSA_BITS

  const state = { count: 0, min: Number.POSITIVE_INFINITY, max: 0 }
  const binOf = (value: number): number => {
    asDouble[0] = value
    return ((asWords[upper] as number) >>> SHIFT) - firstBin
  }
  /** Lower edge of a bin. */
  const edge = (bin: number): number => {
    asWords[1 - upper] = 0
    asWords[upper] = (bin + firstBin) << SHIFT
    return asDouble[0] as number
  }
  // The outermost values are known exactly; bins end there.
  const lower = (bin: number): number => Math.max(edge(bin), state.min)
  const higher = (bin: number): number => Math.min(edge(bin + 1), state.max)

  return {
    get count() {
      return state.count
    },
    get min() {
      return state.count > 0 ? state.min : Number.NaN
    },
    get max() {
      return state.count > 0 ? state.max : Number.NaN
    },
    bins,
    add(value) {
      const bin = binOf(value)
      if (!(value >= 1) || bin >= bins.length) {
        throw new RangeError(`Cannot count a value: it must be from 1 to 2^${OCTAVES}, got ${value}`)
      }
      bins[bin] = (bins[bin] as number) + 1
      state.count++
      if (value < state.min) state.min = value
      if (value > state.max) state.max = value
    },
    merge(other) {
      for (let bin = 0; bin < bins.length; bin++) bins[bin] = (bins[bin] as number) + (other.bins[bin] as number)
      state.count += other.count
      if (other.min < state.min) state.min = other.min
      if (other.max > state.max) state.max = other.max
    },
    quantile(share) {
      if (!(share >= 0 && share <= 1)) {
        throw new RangeError(`Cannot take a quantile: its share must be from 0 to 1, got ${share}`)
      }
      if (state.count === 0) return Number.NaN
      const rank = Math.min(Math.floor(share * state.count), state.count - 1)
      let below = 0
      let bin = binOf(state.min)
      while (below + (bins[bin] as number) <= rank) below += bins[bin++] as number
      const inside = (rank - below + 0.5) / (bins[bin] as number)
      return lower(bin) + inside * (higher(bin) - lower(bin))
    },
    shareBelow(value) {
      if (state.count === 0) return Number.NaN
      if (!(value > state.min)) return 0
      if (value > state.max) return 1
      const last = binOf(value)
      let below = 0
      for (let bin = binOf(state.min); bin < last; bin++) below += bins[bin] as number
      const width = higher(last) - lower(last)
      const part = width > 0 ? (value - lower(last)) / width : 0
      return (below + part * (bins[last] as number)) / state.count
    },
  }
}

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

/** What a histogram holds, as plain data that crosses threads. */
export interface HistogramCounts {
  readonly count: number
  /** Smallest and largest value added; NaN while empty. */
  readonly min: number
  readonly max: number
  /** Counts per bin. */
  readonly bins: Uint32Array
}

/**
 * A histogram of positive numbers with bins of constant relative width (under 0.1 %), so that quantiles over many
 * decades need the same memory for a thousand values as for a billion. Values from 1 to 2^160, about 1.5e48.
 */
export interface LogHistogram extends HistogramCounts {
  /** Adds a value. @throws {RangeError} if it is outside the range */
  add(value: number): void
  /** Adds all of another histogram's values; the order of merges does not matter. */
  merge(other: HistogramCounts): void
  /** The value with rank floor(share * count) in ascending order, interpolated in its bin. */
  quantile(share: number): number
  /** Share of the values below `value`, interpolated in its bin; NaN while empty. */
  shareBelow(value: number): number
}

/** An empty histogram. */
export function createLogHistogram(): LogHistogram {
  return new BinnedHistogram()
}

const FIRST_BIN = EXPONENT_BIAS << MANTISSA_BITS

// A class, so that all histograms share their methods: engines specialise on what is called.
class BinnedHistogram implements LogHistogram {
  readonly bins = new Uint32Array(OCTAVES * BINS_PER_OCTAVE)
  private total = 0
  /** Smallest and largest value; a typed array, since engines box a changing number. */
  private readonly range = Float64Array.of(Number.POSITIVE_INFINITY, 0)
  private readonly double = new Float64Array(1)
  private readonly words = new Uint32Array(this.double.buffer)
  /** Which of the two words holds the exponent. */
  private readonly upper: number

  constructor() {
    this.double[0] = 1
    this.upper = this.words[1] === 0 ? 0 : 1
  }

  get count(): number {
    return this.total
  }

  get min(): number {
    return this.total > 0 ? (this.range[0] as number) : Number.NaN
  }

  get max(): number {
    return this.total > 0 ? (this.range[1] as number) : Number.NaN
  }

  add(value: number): void {
    const { bins, range } = this
    const bin = this.binOf(value)
    if (!(value >= 1) || bin >= bins.length) {
      throw new RangeError(`Cannot count a value: it must be from 1 to 2^${OCTAVES}, got ${value}`)
    }
    bins[bin] = (bins[bin] as number) + 1
    this.total++
    if (value < (range[0] as number)) range[0] = value
    if (value > (range[1] as number)) range[1] = value
  }

  merge(other: HistogramCounts): void {
    const { bins, range } = this
    for (let bin = 0; bin < bins.length; bin++) bins[bin] = (bins[bin] as number) + (other.bins[bin] as number)
    this.total += other.count
    if (other.min < (range[0] as number)) range[0] = other.min
    if (other.max > (range[1] as number)) range[1] = other.max
  }

  quantile(share: number): number {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`Cannot take a quantile: its share must be from 0 to 1, got ${share}`)
    }
    if (this.total === 0) return Number.NaN
    const rank = Math.min(Math.floor(share * this.total), this.total - 1)
    let below = 0
    let bin = this.binOf(this.min)
    while (below + (this.bins[bin] as number) <= rank) below += this.bins[bin++] as number
    const inside = (rank - below + 0.5) / (this.bins[bin] as number)
    return this.lower(bin) + inside * (this.higher(bin) - this.lower(bin))
  }

  shareBelow(value: number): number {
    if (this.total === 0) return Number.NaN
    if (!(value > this.min)) return 0
    if (value > this.max) return 1
    const last = this.binOf(value)
    let below = 0
    for (let bin = this.binOf(this.min); bin < last; bin++) below += this.bins[bin] as number
    const width = this.higher(last) - this.lower(last)
    const part = width > 0 ? (value - this.lower(last)) / width : 0
    return (below + part * (this.bins[last] as number)) / this.total
  }

  private binOf(value: number): number {
    this.double[0] = value
    return ((this.words[this.upper] as number) >>> SHIFT) - FIRST_BIN
  }

  /** Lower edge of a bin. */
  private edge(bin: number): number {
    this.words[1 - this.upper] = 0
    this.words[this.upper] = (bin + FIRST_BIN) << SHIFT
    return this.double[0] as number
  }

  // The outermost values are known exactly; bins end there.
  private lower(bin: number): number {
    return Math.max(this.edge(bin), this.min)
  }

  private higher(bin: number): number {
    return Math.min(this.edge(bin + 1), this.max)
  }
}

import {
  type AccelTran,
  BITS_PER_MB,
  type CycleSample,
  type Recorder,
} from '../../../lib/accelerators/acceltran/mod.ts'

/** A quantity of a recorded batch, cycle by cycle. */
export interface History {
  /** Cycles recorded. */
  readonly cycles: number
  /** Value in a cycle. */
  at(cycle: number): number
  /** Mean over the cycles from one up to, not including, another. */
  meanBetween(from: number, to: number): number
  /** Mean over the cycles around one, as many before as after; fewer at the ends. */
  meanAround(cycle: number, width: number): number
  /** Largest mean over any `width` cycles. */
  largestMean(width: number): number
  /** Largest value of all. */
  largest(): number
}

/** Cycles that are spread out at most, so that memory suffices. */
const MOST_CYCLES = 5_000_000

/**
 * Spreads recorded samples, each of which holds until the next, over the cycles.
 *
 * @param of the quantity, from a sample
 * @throws {RangeError} if there are more cycles than memory for them
 */
export function historyOf(
  recorder: Recorder,
  cycles: number,
  of: (sample: (field: keyof CycleSample) => number) => number,
): History {
  if (cycles > MOST_CYCLES) {
    throw new RangeError(`Cannot draw a history: a batch must take at most ${MOST_CYCLES} cycles, got ${cycles}`)
  }
  const values = new Float64Array(cycles)
  const sums = new Float64Array(cycles + 1)
  for (let i = 0; i < recorder.length; i++) {
    const end = i + 1 < recorder.length ? recorder.cycle(i + 1) : cycles
    values.fill(
      of((field) => recorder.value(i, field)),
      recorder.cycle(i),
      end,
    )
  }
  for (let cycle = 0; cycle < cycles; cycle++) sums[cycle + 1] = (sums[cycle] as number) + (values[cycle] as number)
  const mean = (from: number, to: number) => ((sums[to] as number) - (sums[from] as number)) / (to - from)
  return {
    cycles,
    meanBetween: mean,
    at: (cycle) => values[cycle] as number,
    meanAround: (cycle, width) => {
      const from = Math.max(0, cycle - (width >> 1))
      return mean(from, Math.max(from + 1, Math.min(cycles, cycle + width - (width >> 1))))
    },
    largestMean: (width) => {
      let most = Number.NEGATIVE_INFINITY
      for (let cycle = 0; cycle + width <= cycles; cycle++) most = Math.max(most, mean(cycle, cycle + width))
      return most
    },
    largest: () => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  }
}

/** Bits that buffers of a machine hold. */
export function capacityBits(machine: AccelTran): Readonly<Record<'activation' | 'weight' | 'mask', number>> {
  const bits = (mb: number) => mb * BITS_PER_MB
  const { activationMb, weightMb, maskMb } = machine.buffers
  return { activation: bits(activationMb), weight: bits(weightMb), mask: bits(maskMb) }
}

import { type BitSerialScore, bitSerialScore } from '../../../lib/accelerators/leopard/mod.ts'
import { powerOfTwo, toFixedPoint } from '../../../lib/numeric/mod.ts'

/** A dot product whose unit is watched: q in integers, k between -1 and 1. */
export interface Example {
  readonly q: readonly number[]
  readonly k: readonly number[]
  readonly threshold: number
  /** Of an element of k, its sign among them. */
  readonly exampleBits: number
  readonly exampleBitsPerCycle: number
}

/** Elements of the largest example, whose assignments are still counted at once. */
const MOST_ELEMENTS = 8

/** The elements of k as integers of exampleBits. */
function codesOf({ k, exampleBits: bits }: Example): number[] {
  // Of the positive half of a fixed-point format, whose sign bit takes the place of ours.
  const magnitude = (own: number) => toFixedPoint(Math.abs(own), { bits, fractionBits: bits - 1 })
  return k.map((own) => Math.sign(own) * magnitude(own) * powerOfTwo(bits - 1))
}

/** For each pair whether its product is not negative; zeros count as positive. */
function concordances(example: Example): boolean[] {
  const codes = codesOf(example)
  return example.q.map((own, i) => own < 0 === (codes[i] as number) < 0)
}

/** Sum of |q| over the pairs of equal sign. */
export function concordantSum(example: Example): number {
  const concordant = concordances(example)
  return example.q.reduce((sum, own, i) => (concordant[i] ? sum + Math.abs(own) : sum), 0)
}

/** A unit after a cycle, in units of q. */
export interface ExampleStep {
  readonly cycle: number
  readonly magnitudeBits: number
  readonly partialSum: number
  readonly margin: number
}

/**
 * What a unit does with the example, and what it would do if it did not stop.
 *
 * @throws {RangeError} if q and k do not fit each other
 */
export function followExample(example: Example): {
  readonly score: BitSerialScore
  readonly steps: readonly ExampleStep[]
} {
  const { q, k, threshold, exampleBits: bits, exampleBitsPerCycle: bitsPerCycle } = example
  if (q.length !== k.length || q.length > MOST_ELEMENTS) {
    throw new RangeError(
      `Cannot follow the example: q and k must be equally long, at most ${MOST_ELEMENTS}, got ${q.length} and ${k.length} elements`,
    )
  }
  const one = powerOfTwo(bits - 1)
  const codes = codesOf(example)
  const run = (limit: number) => bitSerialScore(q, codes, { bits, bitsPerCycle, threshold: limit })
  return {
    score: run(threshold * one),
    steps: run(Number.NEGATIVE_INFINITY).steps.map((step, i) => ({
      cycle: i + 1,
      magnitudeBits: step.bits - 1,
      partialSum: step.partialSum / one,
      margin: step.margin / one,
    })),
  }
}

/** The margin with `known` magnitude bits known: sum (2^-(known + 1) + ... + 2^-bits); bits may be infinite. */
export const marginAfter = (sum: number, known: number, bits: number): number =>
  sum * (powerOfTwo(-known) - (Number.isFinite(bits) ? powerOfTwo(-bits) : 0))

/** What the figure's lost digits can be. */
export interface Assignments {
  readonly all: number
  /** Those whose partial sums with one and with two magnitude bits known are as asked. */
  count(holds: (first: number, second: number) => boolean): number
}

/**
 * Counts what the figure's lost digits can be: a magnitude from 1 to `largest` for each discordant q, and the upper two
 * magnitude bits of every k.
 */
export function assignments(example: Example, largest: number): Assignments {
  const concordant = concordances(example)
  const choices = example.q.map((own, i) =>
    concordant[i] ? [Math.abs(own)] : Array.from({ length: largest }, (_, at) => -(at + 1)),
  )
  const low = choices.reduce((sum, own) => sum - Math.min(...own, 0), 0)
  const size = low + concordantSum(example) + 1
  // By the sum of q over the bits of each row: rows of the second sum for each first one, both from -low on.
  let counts = new Float64Array(size * size)
  counts[low * size + low] = 1
  for (const own of choices) {
    const next = new Float64Array(size * size)
    for (const [at, count] of counts.entries()) {
      if (count === 0) continue
      for (const value of own) {
        for (const to of [at, at + value, at + value * size, at + value * (size + 1)])
          next[to] = (next[to] as number) + count
      }
    }
    counts = next
  }
  return {
    all: counts.reduce((sum, count) => sum + count, 0),
    count: (holds) =>
      counts.reduce((sum, count, at) => {
        const first = (Math.floor(at / size) - low) / 2
        return count > 0 && holds(first, first + ((at % size) - low) / 4) ? sum + count : sum
      }, 0),
  }
}

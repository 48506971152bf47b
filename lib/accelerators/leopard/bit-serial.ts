import { powerOfTwo } from '../../numeric/mod.ts'
import { checkCodeBits, topMagnitude } from './sign-magnitude.ts'

/** How a dot-product unit takes the bits of K: the sign first, then the magnitude from its top bit. */
export interface BitSerialFormat {
  /** Bits of an element of K, its sign among them; 2 to 16. */
  readonly bits: number
  /** B: bit slots taken in a cycle; 1 to `bits`. */
  readonly bitsPerCycle: number
}

/** @throws {RangeError} if a width is out of range */
export function checkFormat({ bits, bitsPerCycle }: BitSerialFormat): void {
  checkCodeBits(bits)
  if (!Number.isInteger(bitsPerCycle) || bitsPerCycle < 1 || bitsPerCycle > bits) {
    throw new RangeError(
      `Cannot take bits in turn: bitsPerCycle must be an integer from 1 to ${bits}, got ${bitsPerCycle}`,
    )
  }
}

/** Cycles of a score that is not pruned early. */
export function fullCycles({ bits, bitsPerCycle }: BitSerialFormat): number {
  return Math.ceil(bits / bitsPerCycle)
}

/** Bit slots taken in so many cycles. */
export function takenBits(cycles: number, { bits, bitsPerCycle }: BitSerialFormat): number {
  return Math.min(cycles * bitsPerCycle, bits)
}

/** The unit after a cycle. */
export interface BitSerialStep {
  /** Bit slots taken so far, the sign's among them. */
  readonly bits: number
  /** P: the dot product with the unknown bits of K at 0. */
  readonly partialSum: number
  /** M: the most that the unknown bits can still add. */
  readonly margin: number
}

/** What becomes of one score. */
export interface BitSerialScore {
  readonly pruned: boolean
  /** Bit slots taken until the unit stopped. */
  readonly bits: number
  readonly cycles: number
  /** One entry per cycle; the last partial sum of a score that was not stopped is the score. */
  readonly steps: readonly BitSerialStep[]
}

/**
 * One dot product on a bit-serial unit with early termination (LeOPArd, Sec. 3.2 and 4.2), step by step. After every
 * cycle the unit stops if the partial sum and the margin stay below the threshold; the score is then pruned.
 * {@link bitSerialScores} does the same for all pairs of rows, fast.
 *
 * @param q integers
 * @param k integers of `bits` bits in sign-magnitude form
 * @param unit.threshold in units of the score; Infinity and -Infinity are allowed
 * @throws {RangeError} on vectors of different length, elements or a threshold that do not fit
 *
 * @example
 * ```ts
 * import { bitSerialScore } from '../../lib/accelerators/leopard/mod.ts'
 *
 * // 3 x 2 = 6. Once the sign of 2 is known, 3 x 3 = 9 is the most that can come out.
 * const unit = { bits: 3, bitsPerCycle: 1 }
 * bitSerialScore([3], [2], { ...unit, threshold: 10 }).bits // => 1
 * const kept = bitSerialScore([3], [2], { ...unit, threshold: 5 })
 * kept.pruned // => false
 * kept.steps.at(-1) // => { bits: 3, partialSum: 6, margin: 0 }
 * ```
 */
export function bitSerialScore(
  q: ArrayLike<number>,
  k: ArrayLike<number>,
  unit: BitSerialFormat & { readonly threshold: number },
): BitSerialScore {
  checkFormat(unit)
  const { bits, threshold } = unit
  checkVectors(q, k, topMagnitude(bits))
  if (Number.isNaN(threshold)) throw new RangeError('Cannot prune scores: the threshold must be a number, got NaN')

  const elements = Array.from(q, (own, i) => {
    const other = k[i] as number
    // Zero has a positive sign.
    return { concordant: own < 0 === other < 0, q: Math.abs(own), k: Math.abs(other) }
  })
  // Only concordant pairs can still add to the score.
  const concordantSum = elements.reduce((sum, element) => (element.concordant ? sum + element.q : sum), 0)
  const steps: BitSerialStep[] = []
  for (let cycle = 1; ; cycle += 1) {
    const known = takenBits(cycle, unit)
    const lowest = powerOfTwo(bits - known)
    const partialSum = elements.reduce((sum, element) => {
      const magnitude = element.k - (element.k % lowest)
      return sum + (element.concordant ? element.q : -element.q) * magnitude
    }, 0)
    const margin = concordantSum * (lowest - 1)
    steps.push({ bits: known, partialSum, margin })
    const pruned = partialSum + margin < threshold
    if (pruned || known === bits) return { pruned, bits: known, cycles: cycle, steps }
  }
}

function checkVectors(q: ArrayLike<number>, k: ArrayLike<number>, top: number): void {
  if (q.length !== k.length || q.length === 0) {
    throw new RangeError(
      `Cannot multiply vectors: they must be equally long and not empty, got ${q.length} and ${k.length} elements`,
    )
  }
  let sum = 0
  for (let i = 0; i < q.length; i += 1) {
    if (!Number.isSafeInteger(q[i])) {
      throw new RangeError(`Cannot multiply vectors: elements of q must be integers, got ${q[i]}`)
    }
    sum += Math.abs(q[i] as number)
    if (!Number.isInteger(k[i]) || Math.abs(k[i] as number) > top) {
      throw new RangeError(
        `Cannot multiply vectors: elements of k must be integers from ${-top} to ${top}, got ${k[i]}`,
      )
    }
  }
  if (sum * top > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`Cannot multiply vectors: scores must stay exact in a double, got up to ${sum * top}`)
  }
}

import { checkCodeBits } from './sign-magnitude.ts'

/**
 * A unit of one bit per cycle that takes one score after the other without allocating anything: for scores that come one
 * query with its own keys at a time, as those of memory networks do. {@link bitSerialScore} does the same step by step.
 */
export class StopCounter {
  private readonly bits: number
  /** The query's elements with their products' signs, and the key's magnitudes. */
  private readonly signed: Int32Array
  private readonly magnitudes: Int32Array

  /**
   * @param width elements of a vector
   * @param bits of an element of a key, sign included
   * @throws {RangeError} if `bits` is no integer from 2 to 16
   */
  constructor(width: number, bits: number) {
    checkCodeBits(bits)
    this.bits = bits
    this.signed = new Int32Array(width)
    this.magnitudes = new Int32Array(width)
  }

  /**
   * Bits until the unit stops.
   *
   * @param query codes of the query
   * @param keys rows of codes; the row that starts at `at` counts
   * @param options.threshold in units of the score
   * @returns the bits taken, with the sign turned where the score is pruned: -4 is pruned after four bits, 12 is kept
   */
  stop(
    query: Int16Array,
    keys: Int16Array,
    { at, threshold }: { readonly at: number; readonly threshold: number },
  ): number {
    const { bits, signed, magnitudes } = this
    const width = signed.length
    let concordant = 0
    for (let i = 0; i < width; i++) {
      const q = query[i] as number
      const k = keys[at + i] as number
      // Zero has a positive sign.
      const product = k < 0 ? -q : q
      signed[i] = product
      magnitudes[i] = k < 0 ? -k : k
      if (product > 0) concordant += product
    }
    let partial = 0
    for (let unknown = bits - 1; ; unknown--) {
      if (partial + concordant * ((1 << unknown) - 1) < threshold) return unknown - bits
      if (unknown === 0) return bits
      let sum = 0
      for (let i = 0; i < width; i++) {
        sum += (signed[i] as number) * (((magnitudes[i] as number) >> (unknown - 1)) & 1)
      }
      partial += sum * (1 << (unknown - 1))
    }
  }
}

/** A seeded stream of pseudo-random numbers; the same seed gives the same stream on every engine. */
export interface Rng {
  /** The next number in [0, 1), a multiple of 2^-32. */
  next(): number
  /** The next integer in [0, bound), without modulo bias; `bound` is an integer in 1..2^32. */
  integer(bound: number): number
}

const TWO_16 = 0x1_0000
const TWO_32 = 0x1_0000_0000

/** Seeds are integers from 0 to one less than this. */
export const SEED_COUNT = TWO_32

/**
 * A seeded generator: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * ACM TOMS 47, 2021), its state filled by splitmix32 from the seed. 32-bit integer arithmetic only.
 *
 * @param seed an integer in 0..2^32-1
 * @throws {RangeError} if the seed is not such an integer
 *
 * @example
 * ```ts
 * import { createRng } from '../../lib/numeric/mod.ts'
 *
 * const rolls = (seed: number) => {
 *   const rng = createRng(seed)
 *   return [rng.integer(6), rng.integer(6), rng.integer(6), rng.next()]
 * }
 * rolls(7).join() === rolls(7).join() // => true
 * rolls(7).join() === rolls(8).join() // => false
 * ```
 */
export function createRng(seed: number): Rng {
  if (!Number.isInteger(seed) || seed < 0 || seed >= TWO_32) {
    throw new RangeError(`Cannot create a generator: seed must be an integer from 0 to ${TWO_32 - 1}, got ${seed}`)
  }
  return new Xoshiro128(seed)
}

/** A generator of its own, seeded by a draw of another: what it draws does not move what the other draws next. */
export function forkRng(rng: Rng): Rng {
  return createRng(rng.integer(SEED_COUNT))
}

// A class, so that generators of all seeds share their methods: engines specialise on what is called.
class Xoshiro128 implements Rng {
  private readonly state: Int32Array

  constructor(seed: number) {
    let fill = seed | 0
    const splitmix32 = (): number => {
      fill = (fill + 0x9e3779b9) | 0
      let z = fill
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      return z ^ (z >>> 16)
    }
    this.state = Int32Array.from({ length: 4 }, splitmix32)
  }

  next(): number {
    return (this.nextBits() >>> 0) / TWO_32
  }

  integer(bound: number): number {
    if (bound > 0 && bound < TWO_16 && (bound | 0) === bound) return this.shortInteger(bound)
    if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
      throw new RangeError(`Cannot draw an integer: bound must be an integer from 1 to ${TWO_32}, got ${bound}`)
    }
    const limit = TWO_32 - (TWO_32 % bound)
    let drawn = this.nextBits() >>> 0
    while (drawn >= limit) drawn = this.nextBits() >>> 0
    return drawn % bound
  }

  /** The next 32 bits, as a signed integer. */
  private nextBits(): number {
    const { state } = this
    const a = state[0] as number
    const b = state[1] as number
    const c = (state[2] as number) ^ a
    const d = (state[3] as number) ^ b
    state[0] = a ^ d
    state[1] = b ^ c
    state[2] = c ^ (b << 9)
    state[3] = (d << 11) | (d >>> 21)
    const product = Math.imul(b, 5)
    return Math.imul((product << 7) | (product >>> 25), 9)
  }

  /** Multiply and shift with rejection (Lemire, ACM TOMACS 29, 2019), on the upper 16 bits of a draw. */
  private shortInteger(bound: number): number {
    let product = Math.imul(this.nextBits() >>> 16, bound)
    if ((product & 0xffff) < bound) {
      const threshold = TWO_16 % bound
      while ((product & 0xffff) < threshold) product = Math.imul(this.nextBits() >>> 16, bound)
    }
    return product >>> 16
  }
}

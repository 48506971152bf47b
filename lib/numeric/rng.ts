/** A seeded stream of pseudo-random numbers; the same seed gives the same stream on every engine. */
export interface Rng {
  /** The next number in [0, 1), a multiple of 2^-32. */
  next(): number
  /** The next integer in [0, bound), without modulo bias; `bound` is an integer in 1..2^32. */
  integer(bound: number): number
}

const TWO_32 = 0x1_0000_0000

/**
 * A seeded generator: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * ACM TOMS 47, 2021), its state filled by splitmix32 from the seed. 32-bit integer arithmetic only.
 *
 * @param seed an integer in 0..2^32-1
 * @throws {RangeError} if the seed is not such an integer
 */
export function createRng(seed: number): Rng {
  if (!Number.isInteger(seed) || seed < 0 || seed >= TWO_32) {
    throw new RangeError(`Cannot create a generator: seed must be an integer from 0 to ${TWO_32 - 1}, got ${seed}`)
  }
  let fill = seed | 0
  const splitmix32 = (): number => {
    fill = (fill + 0x9e3779b9) | 0
    let z = fill
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b)
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
    return z ^ (z >>> 16)
  }
  let a = splitmix32()
  let b = splitmix32()
  let c = splitmix32()
  let d = splitmix32()

  const next32 = (): number => {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
  return {
    next: () => next32() / TWO_32,
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > TWO_32) {
        throw new RangeError(`Cannot draw an integer: bound must be an integer from 1 to ${TWO_32}, got ${bound}`)
      }
      const limit = TWO_32 - (TWO_32 % bound)
      let drawn = next32()
      while (drawn >= limit) drawn = next32()
      return drawn % bound
    },
  }
}

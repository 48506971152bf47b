import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, describeSource, forkRng } from '../../lib/numeric/mod.ts'

/** xoshiro128** and splitmix32 written anew in arbitrary precision, from the published recurrences. */
function reference(seed: number, count: number): number[] {
  const mask = 0xffffffffn
  let fill = BigInt(seed)
  const splitmix = () => {
    fill = (fill + 0x9e3779b9n) & mask
    let z = fill
    z = ((z ^ (z >> 16n)) * 0x85ebca6bn) & mask
    z = ((z ^ (z >> 13n)) * 0xc2b2ae35n) & mask
    return z ^ (z >> 16n)
  }
  const rotl = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask
  const s = [splitmix(), splitmix(), splitmix(), splitmix()] as [bigint, bigint, bigint, bigint]
  return Array.from({ length: count }, () => {
    const result = (rotl((s[1] * 5n) & mask, 7n) * 9n) & mask
    const t = (s[1] << 9n) & mask
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotl(s[3], 11n)
    return Number(result)
  })
}

test('createRng() follows xoshiro128** seeded by splitmix32, for any seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
      const rng = createRng(seed)
      for (const expected of reference(seed, 50)) assert.is(rng.next() * 2 ** 32, expected)
    }),
  )
})

test('createRng() gives the same stream twice and another one for another seed', () => {
  const take = (seed: number) =>
    Array.from(
      { length: 5 },
      (
        (rng) => () =>
          rng.next()
      )(createRng(seed)),
    )
  assert.equal(take(7), take(7))
  assert.not.equal(take(7), take(8))
})

test('integer() stays below its bound and reaches every value', () => {
  const rng = createRng(1)
  const seen = new Set(Array.from({ length: 500 }, () => rng.integer(7)))
  assert.equal([...seen].sort(), [0, 1, 2, 3, 4, 5, 6])
  assert.is(rng.integer(1), 0)
})

test('integer() takes the upper 16 bits of a draw for a small bound, the whole draw for a large one, and draws again where either would favour small numbers', () => {
  const expected = (seed: number, bound: number, count: number): number[] => {
    const values = reference(seed, 4 * count).values()
    const bits = bound < 2 ** 16 ? 16 : 32
    const next = () => Number(values.next().value) / 2 ** (32 - bits)
    return Array.from({ length: count }, () => {
      for (;;) {
        const word = Math.floor(next())
        if (bits === 32) {
          if (word < 2 ** 32 - (2 ** 32 % bound)) return word % bound
          // 2^16 * (word * bound / 2^16 - result): how far the scaled word lies inside its cell.
        } else if ((word * bound) % 2 ** 16 >= 2 ** 16 % bound) return Math.floor((word * bound) / 2 ** 16)
      }
    })
  }
  const bounds = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 16 + 10 }),
    fc.integer({ min: 1, max: 2 ** 32 }),
    fc.integer({ min: 2 ** 15, max: 2 ** 16 - 1 }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), bounds, (seed, bound) => {
      const rng = createRng(seed)
      assert.equal(
        Array.from({ length: 20 }, () => rng.integer(bound)),
        expected(seed, bound, 20),
      )
    }),
  )
})

test('integer() draws every value equally often', () => {
  const rng = createRng(3)
  const counts = new Array<number>(24).fill(0)
  for (let i = 0; i < 240_000; i++) {
    const value = rng.integer(24)
    counts[value] = (counts[value] ?? 0) + 1
  }
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500, `${count} of 10000`)
})

test('createRng() and integer() refuse what they cannot use', () => {
  for (const seed of [-1, 1.5, Number.NaN, 2 ** 32])
    assert.throws(() => createRng(seed), /seed must be an integer from 0/)
  assert.throws(() => createRng(1).integer(0), /bound must be an integer from 1/)
})

test('describeSource() says where each kind of number comes from', () => {
  assert.is(describeSource({ kind: 'paper', where: 'Table 1' }), 'paper: Table 1')
  assert.is(describeSource({ kind: 'public', which: 'X' }), 'public: X')
  assert.is(describeSource({ kind: 'derived', how: 'a + b' }), 'derived: a + b')
  assert.is(
    describeSource({ kind: 'calibrated', against: 'c', method: 'm', window: '1..2' }),
    'calibrated against c: m; feasible: 1..2',
  )
  assert.is(describeSource({ kind: 'assumed', why: 'w', range: '1..2' }), 'assumed: w; plausible: 1..2')
})

test('forks draw streams of their own, and how long one is does not move the next', () => {
  const forks = (length: number) => {
    const parent = createRng(9)
    const first = forkRng(parent)
    for (let i = 0; i < length; i += 1) first.next()
    return [first.next(), forkRng(parent).next()]
  }
  assert.is(forks(1)[1], forks(1000)[1])
  assert.is.not(forks(0)[0], forks(0)[1])
})

test.run()

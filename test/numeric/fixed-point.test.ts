import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type FixedPoint, fixedPointRange, symmetricGrid, toFixedPoint } from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'

const formats: fc.Arbitrary<FixedPoint> = fc.record({
  bits: fc.integer({ min: 1, max: 32 }),
  fractionBits: fc.integer({ min: -4, max: 36 }),
})
const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true })

test('Q6.10 holds 2^16 values from -32 to just below 32', () => {
  assert.equal(fixedPointRange({ bits: 16, fractionBits: 10 }), { min: -32, max: 32 - 2 ** -10, step: 2 ** -10 })
  assert.equal(fixedPointRange({ bits: 1, fractionBits: 0 }), { min: -1, max: 0, step: 1 })
  assert.equal(fixedPointRange({ bits: 4, fractionBits: -2 }), { min: -32, max: 28, step: 4 })
})

test('by hand: nearest with ties upwards, truncated, saturated and wrapped', () => {
  const integer: FixedPoint = { bits: 4, fractionBits: 0 }
  const nearest = [2.49, 2.5, 2.51, -2.5, -2.51, -0.5, 0.5].map((x) => toFixedPoint(x, integer))
  assert.equal(nearest, [2, 3, 3, -2, -3, 0, 1])
  const truncated = [2.99, -2.01, 0.99, -0.01].map((x) => toFixedPoint(x, integer, { rounding: 'truncate' }))
  assert.equal(truncated, [2, -3, 0, -1])
  assert.equal(
    [7.4, 7.5, 100, -8.5, -8.51, -100].map((x) => toFixedPoint(x, integer)),
    [7, 7, 7, -8, -8, -8],
  )
  assert.equal(
    [7, 8, 9, 15, 16, -8, -9, -17].map((x) => toFixedPoint(x, integer, { overflow: 'wrap' })),
    [7, -8, -7, -1, 0, -8, 7, -1],
  )
  assert.is(toFixedPoint(0.8, { bits: 16, fractionBits: 10 }), 819 / 1024)
})

test('the nearest value is within half a step, however close the number is to a tie', () => {
  fc.assert(
    fc.property(formats, numbers, (format, x) => {
      const { min, max, step } = fixedPointRange(format)
      const got = toFixedPoint(x, format)
      if (x >= min && x <= max) assert.ok(Math.abs(got - x) <= step / 2, `${x} becomes ${got}`)
      else assert.is(got, x < min ? min : max)
    }),
  )
  const below = 0.5 - 2 ** -54
  assert.is(toFixedPoint(below, { bits: 8, fractionBits: 0 }), 0, `${below} is nearer to 0 than to 1`)
})

test('what a format holds is a whole number of steps in its range, stays as it is, and rises with the number', () => {
  const rules = fc.record({
    rounding: fc.constantFrom('nearest', 'truncate'),
    overflow: fc.constantFrom('saturate', 'wrap'),
  })
  fc.assert(
    fc.property(formats, numbers, numbers, rules, (format, x, y, rule) => {
      const { min, max, step } = fixedPointRange(format)
      const [a, b] = [toFixedPoint(x, format, rule), toFixedPoint(y, format, rule)]
      assert.ok(Number.isInteger(a / step) && a >= min && a <= max, `${x} becomes ${a}`)
      assert.is(toFixedPoint(a, format, rule), a)
      if (rule.overflow === 'saturate') assert.ok(x <= y ? a <= b : a >= b)
    }),
  )
})

test('wrapping takes away whole spans, and nothing from what fits', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
      fc.integer({ min: 0, max: 10 }),
      (bits, units, fractionBits) => {
        const format = { bits, fractionBits }
        const { min, max, step } = fixedPointRange(format)
        const x = units * step
        const got = toFixedPoint(x, format, { overflow: 'wrap' })
        assert.is(Math.abs((units - got / step) % 2 ** bits), 0)
        if (x >= min && x <= max) assert.is(got, x)
      },
    ),
  )
})

test('the symmetric grid ends at the largest magnitude, has no step wider than it must, and knows no -2^(bits-1)', () => {
  const round = symmetricGrid(127, 8)
  assert.equal([0, 1, -1, 126.4, -126.6, 127, -127, 128, -1000].map(round), [0, 1, -1, 126, -127, 127, -127, 127, -127])
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 16 }),
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (bits, largest, share) => {
        const grid = symmetricGrid(largest, bits)
        const step = largest / (2 ** (bits - 1) - 1)
        const x = share * largest
        assert.ok(near(grid(largest), largest) && near(grid(-largest), -largest))
        assert.ok(Math.abs(grid(x) - x) <= (step / 2) * (1 + 1e-9))
        assert.ok(near(grid(grid(x)), grid(x)))
      },
    ),
  )
})

test('a tensor of zeros stays zero', () => {
  for (const largest of [0, -1, Number.NaN]) assert.is(symmetricGrid(largest, 8)(0.3), 0)
})

test('formats without bits and numbers that are not finite are refused', () => {
  for (const bits of [0, 53, 1.5])
    assert.throws(
      () => toFixedPoint(1, { bits, fractionBits: 0 }),
      new RegExp(`bits must be an integer from 1 to 52, got ${bits}`),
    )
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    assert.throws(() => toFixedPoint(x, { bits: 8, fractionBits: 0 }), new RegExp(`must be finite, got ${x}`))
  assert.throws(() => fixedPointRange({ bits: 8, fractionBits: 0.5 }), /fractionBits must be an integer .*, got 0\.5/)
})

test.run()

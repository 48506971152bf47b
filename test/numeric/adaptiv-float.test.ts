import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  AdaptivFloat,
  type FloatFormat,
  largestMagnitude,
  minExponentByError,
  minExponentByMaximum,
  squaredError,
} from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'
import { adaptivFloatVectors, exponentRangeVectors } from '../vectors/edgebert.ts'

/** Every format of up to 8 bits. */
const FORMATS: readonly FloatFormat[] = [2, 3, 4, 5, 6, 7, 8].flatMap((bits) =>
  Array.from({ length: bits - 1 }, (_, i) => ({ bits, exponentBits: i + 1 })),
)

/** The value of a code, by the definition. */
function definedValue(code: number, { bits, exponentBits }: FloatFormat, minExponent: number): number {
  const mantissaBits = bits - 1 - exponentBits
  const size = code % 2 ** (bits - 1)
  if (size === 0) return 0
  const exponent = Math.floor(size / 2 ** mantissaBits) + minExponent
  const value = 2 ** exponent * (1 + (size % 2 ** mantissaBits) / 2 ** mantissaBits)
  return code >= 2 ** (bits - 1) ? -value : value
}

const formats = fc.constantFrom(...FORMATS)
const tensors = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 40 })

test('codes and values agree with the independent ones at every vector', () => {
  const vectors = adaptivFloatVectors()
  assert.ok(vectors.length >= 300)
  for (const row of vectors) {
    const codec = new AdaptivFloat(row, row.minExponent)
    assert.is(codec.encode(row.value), row.code, JSON.stringify(row))
    assert.is(codec.decode(row.code), row.decoded, JSON.stringify(row))
  }
})

test('exponent ranges and their errors agree with the independent ones at every vector', () => {
  const vectors = exponentRangeVectors()
  assert.ok(vectors.filter((row) => row.bestMinExponent !== row.minExponent).length >= 10)
  for (const row of vectors) {
    const tensor = row.tensor.split(';').map(Number)
    const error = (minExponent: number) => {
      const codec = new AdaptivFloat(row, minExponent)
      return squaredError(tensor, (x) => codec.round(x))
    }
    assert.is(minExponentByMaximum(tensor, row), row.minExponent)
    assert.is(minExponentByError(tensor, row), row.bestMinExponent)
    assert.ok(near(error(row.minExponent), row.ruleError), `${error(row.minExponent)} against ${row.ruleError}`)
    assert.ok(near(error(row.bestMinExponent), row.bestError), `${error(row.bestMinExponent)}, ${row.bestError}`)
  }
})

test('every code of every format of up to 8 bits has the value of its bits and encodes to itself, but for negative zero', () => {
  for (const format of FORMATS) {
    for (const minExponent of [-130, -10, 0, 5]) {
      const codec = new AdaptivFloat(format, minExponent)
      const signBit = 2 ** (format.bits - 1)
      for (let code = 0; code < 2 * signBit; code++) {
        const value = codec.decode(code)
        assert.is(value, definedValue(code, format, minExponent))
        assert.is(codec.encode(value), code === signBit ? 0 : code, JSON.stringify(format))
      }
      assert.equal([codec.minimum, codec.maximum], [codec.decode(1), codec.decode(signBit - 1)])
    }
  }
})

test('no other value of a format is nearer than the one encoded, and of two as near it is the larger in size', () => {
  let ties = 0
  // Whole multiples of a quarter of the finest step: every difference is exact.
  const narrow = fc.constantFrom(...FORMATS.filter(({ exponentBits }) => exponentBits <= 4))
  const binades = fc.integer({ min: 0, max: 9 })
  fc.assert(
    fc.property(narrow, fc.integer({ min: -12, max: 3 }), fc.integer({ min: -64, max: 64 }), binades, (...drawn) => {
      const [format, q, quarters, binade] = drawn
      const x = quarters * 2 ** (q - (format.bits - 1 - format.exponentBits) - 2 + binade)
      const distances = Array.from({ length: 2 ** format.bits }, (_, code) => {
        const value = definedValue(code, format, q)
        return { value, distance: Math.abs(x - value) }
      })
      const least = Math.min(...distances.map(({ distance }) => distance))
      const nearest = distances.filter(({ distance }) => distance === least).map(({ value }) => value)
      if (new Set(nearest).size > 1) ties++
      const expected = nearest.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
      assert.is(new AdaptivFloat(format, q).round(x), expected, `${x} in ${JSON.stringify(format)} from ${q}`)
    }),
    { numRuns: 5000 },
  )
  assert.ok(ties > 100, `only ${ties} ties`)
})

test('midpoints go away from zero, and their lower neighbours do not', () => {
  for (const format of FORMATS) {
    const codec = new AdaptivFloat(format, -9)
    const signBit = 2 ** (format.bits - 1)
    for (let code = 0; code + 1 < signBit; code++) {
      const middle = (codec.decode(code) + codec.decode(code + 1)) / 2
      assert.is(codec.encode(middle), code + 1)
      assert.is(codec.encode(-middle), code + 1 + signBit)
      assert.is(codec.encode(middle * (1 - 2 ** -52)), code)
    }
  }
})

test('8 bits with an exponent of 3 bits span a ratio of 233.4, by hand 248 to 1.0625', () => {
  const { maximum, minimum } = new AdaptivFloat({ bits: 8, exponentBits: 3 }, 0)
  assert.equal([maximum, minimum], [2 ** 7 * (2 - 1 / 16), 1 + 1 / 16])
  assert.ok(near(maximum / minimum, 233.4, 1e-4))
})

test('what is too large saturates, what is below half of the smallest value is a zero without a sign', () => {
  const codec = new AdaptivFloat({ bits: 8, exponentBits: 3 }, -7)
  for (const x of [2, 1e300, Number.MAX_VALUE, Number.POSITIVE_INFINITY]) {
    assert.equal([codec.round(x), codec.round(-x)], [codec.maximum, -codec.maximum])
  }
  for (const x of [0, -0, codec.minimum * 0.499, -codec.minimum * 0.499, 5e-324, -5e-324]) {
    assert.is(codec.encode(x), 0)
    assert.ok(Object.is(codec.round(x), 0), `${x} gives ${codec.round(x)}`)
  }
  assert.ok(Object.is(codec.decode(128), 0))
  assert.equal([codec.encode(codec.minimum / 2), codec.encode(-codec.minimum / 2)], [1, 129])
})

test('round() is odd, rises, and changes nothing the second time', () => {
  const any = fc.double({ noNaN: true })
  fc.assert(
    fc.property(formats, fc.integer({ min: -140, max: 10 }), any, any, (format, minExponent, a, b) => {
      const codec = new AdaptivFloat(format, minExponent)
      const [low, high] = [Math.min(a, b), Math.max(a, b)]
      assert.ok(codec.round(low) <= codec.round(high))
      assert.ok(codec.round(-a) === -codec.round(a))
      assert.is(codec.round(codec.round(a)), codec.round(a))
    }),
  )
})

test('by the maximum, the top binade holds the largest magnitude', () => {
  fc.assert(
    fc.property(formats, tensors, (format, tensor) => {
      const largest = largestMagnitude(tensor)
      assert.is(largest, Math.max(...tensor.map(Math.abs)))
      if (largest < 1e-250) return
      const top = 2 ** (minExponentByMaximum(tensor, format) + 2 ** format.exponentBits - 1)
      assert.ok(top <= largest && largest < 2 * top, `${largest} in the binade of ${top}`)
    }),
  )
  const format = { bits: 8, exponentBits: 3 }
  for (const zeros of [[], [0], [0, -0, 0]]) assert.is(minExponentByMaximum(zeros, format), -7)
  assert.equal(
    [[1], [-1.99], [2], [0.5 - 2 ** -54], [3, -4]].map((tensor) => minExponentByMaximum(tensor, format)),
    [-7, -7, -6, -9, -5],
  )
})

test('the largest magnitude may be any positive number', () => {
  const format = { bits: 8, exponentBits: 3 }
  const largest = [Number.MIN_VALUE, 2 ** -1022, 2 ** -1001, 2 ** 1000, Number.MAX_VALUE]
  assert.equal(
    largest.map((x) => minExponentByMaximum([x], format)),
    [-1081, -1029, -1008, 993, 1016],
  )
})

test('the range found by search is never worse than that of the maximum, and the first of the best', () => {
  const range = { below: 4, above: 2 }
  fc.assert(
    fc.property(formats, tensors, (format, tensor) => {
      fc.pre(largestMagnitude(tensor) > 1e-100)
      const error = (minExponent: number) => {
        const codec = new AdaptivFloat(format, minExponent)
        return squaredError(tensor, (x) => codec.round(x))
      }
      const start = minExponentByMaximum(tensor, format)
      const found = minExponentByError(tensor, format, range)
      assert.ok(error(found) <= error(start))
      for (let q = start - range.below; q <= start + range.above; q++) {
        assert.ok(q > found ? error(found) < error(q) : error(found) <= error(q), `${q} beats ${found}`)
      }
    }),
    { numRuns: 60 },
  )
})

test('the squared error sums what rounding takes away', () => {
  assert.is(
    squaredError([0.25, -1.5, 3], (x) => Math.trunc(x)),
    0.0625 + 0.25,
  )
  assert.is(
    squaredError([], () => 1),
    0,
  )
})

test('formats, codes and numbers that are none are refused', () => {
  for (const bits of [1, 17, 4.5, Number.NaN])
    assert.throws(() => new AdaptivFloat({ bits, exponentBits: 1 }, 0), new RegExp(`bits must be .*, got ${bits}`))
  for (const exponentBits of [0, 8, 2.5])
    assert.throws(
      () => minExponentByMaximum([1], { bits: 8, exponentBits }),
      new RegExp(`exponentBits must be an integer from 1 to 7, got ${exponentBits}`),
    )
  for (const minExponent of [0.5, 1017, -1001, Number.NaN])
    assert.throws(
      () => new AdaptivFloat({ bits: 8, exponentBits: 3 }, minExponent),
      new RegExp(`minExponent must be an integer from -1000 to 1016, got ${minExponent}`),
    )
  const codec = new AdaptivFloat({ bits: 8, exponentBits: 3 }, 0)
  for (const code of [-1, 256, 0.5])
    assert.throws(() => codec.decode(code), new RegExp(`code must be an integer from 0 to 255, got ${code}`))
  assert.throws(() => codec.encode(Number.NaN), /must not be NaN/)
})

test.run()

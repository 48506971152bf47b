import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { layerNorm, moments } from '../../lib/numeric/mod.ts'
import { meanAndVariance, near } from '../support/near.ts'
import { numericVectors } from '../vectors/edgebert.ts'

/** EdgeBERT's unit: 16-bit inputs and 20-bit sums, 10 fraction bits each. */
const WIDTHS = { input: { bits: 16, fractionBits: 10 }, sum: { bits: 20, fractionBits: 10 } }
const identity = (length: number) => ({ gamma: Array<number>(length).fill(1), beta: Array<number>(length).fill(0) })
const vectors = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 60 })

test('moments and layer normalisation agree with the independent ones at every vector', () => {
  for (const { x, gamma, beta, mean, variance, result } of numericVectors().layernorm) {
    const got = moments(x)
    assert.ok(near(got.mean, mean, 1e-12, 1e-12) && near(got.variance, variance, 1e-10))
    layerNorm(x, { gamma, beta }).forEach((value, i) => {
      assert.ok(near(value, result[i] as number, 1e-9, 1e-9), `${value} against ${result[i]}`)
    })
  }
})

test('by hand: 1, 3, 5, 7 have the mean 4 and the variance 5', () => {
  assert.equal(moments([1, 3, 5, 7]), { mean: 4, variance: 5 })
  assert.equal(moments([-2.5]), { mean: -2.5, variance: 0 })
  const got = layerNorm([1, 3, 5, 7], { gamma: [1, 2, 1, 1], beta: [0, 0, 0, 10] })
  const expected = [-3, -2, 1, 3 + 10 * Math.sqrt(5)].map((x) => x / Math.sqrt(5))
  for (const [i, value] of expected.entries()) assert.ok(near(got[i] as number, value, 1e-14))
})

test('what is normalised has the mean 0 and the variance 1', () => {
  fc.assert(
    fc.property(vectors, (values) => {
      fc.pre(meanAndVariance(values).variance > 1e-3)
      const { mean, variance } = meanAndVariance([...layerNorm(values, identity(values.length))])
      assert.ok(Math.abs(mean) < 1e-10 && near(variance, 1, 1e-9), `${mean} and ${variance}`)
    }),
  )
})

test('shift and scale of the values leave no trace', () => {
  fc.assert(
    fc.property(vectors, fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 }), (values, shift, scale) => {
      fc.pre(meanAndVariance(values).variance > 1e-3)
      const affine = identity(values.length)
      const plain = layerNorm(values, affine)
      const moved = layerNorm(
        values.map((x) => scale * x + shift),
        affine,
      )
      plain.forEach((x, i) => {
        assert.ok(near(moved[i] as number, x, 1e-6, 1e-6), `${moved[i]} against ${x}`)
      })
    }),
  )
})

test('20-bit sums of squares wrap: 768 values of +-1 seem to have a variance of -1/3', () => {
  const values = Array.from({ length: 768 }, (_, i) => (i % 2 === 0 ? 1 : -1))
  assert.is(moments(values).variance, 1)
  // 768 - 1024 = -256, and -256/768 in whole 1024ths, rounded down.
  assert.equal(moments(values, WIDTHS), { mean: 0, variance: Math.floor((-256 / 768) * 1024) / 1024 })
  assert.ok(near(moments(values, WIDTHS).variance, -1 / 3, 2e-3))
  assert.throws(
    () => layerNorm(values, identity(768), { widths: WIDTHS }),
    /the variance must be positive, got -0\.33398/,
  )
})

test('20-bit sums still hold 768 values of +-0.8, whose variance loses less than one per cent', () => {
  const values = Array.from({ length: 768 }, (_, i) => (i % 2 === 0 ? 0.8 : -0.8))
  // 0.8 is held as 819/1024; its square is cut to 655/1024, and 768 of these are below 512.
  assert.equal(moments(values, WIDTHS), { mean: 0, variance: 655 / 1024 })
  assert.ok(near(moments(values, WIDTHS).variance, 0.64, 0.01))
  const got = layerNorm(values, identity(768), { widths: WIDTHS })
  assert.ok(near(got[0] as number, 0.8 / Math.sqrt(655 / 1024), 1e-14))
})

test('narrow moments of whole numbers that fit are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 16, maxLength: 16 }), (values) => {
      // 16 x 25 is below 512, and a 16th and a 256th have no more than 8 digits.
      assert.equal(moments(values, WIDTHS), moments(values))
    }),
  )
})

test('inputs saturate', () => {
  const widths = { input: { bits: 8, fractionBits: 4 }, sum: { bits: 40, fractionBits: 8 } }
  assert.equal(moments([100, -100], widths), moments([7.9375, -8], widths))
  assert.equal(moments([100, -100], widths).mean, -0.03125)
})

test('epsilon is added to the variance, and lets a constant vector pass', () => {
  assert.equal([...layerNorm([3, 3], { gamma: [2, 2], beta: [0.5, -1] }, { epsilon: 1e-12 })], [0.5, -1])
  const got = layerNorm([1, 3], identity(2), { epsilon: 3 })
  assert.equal([...got], [-0.5, 0.5])
})

test('empty and constant vectors and other lengths are refused', () => {
  assert.throws(() => moments([]), /there must be elements, got none/)
  assert.throws(() => layerNorm([], identity(0)), /there must be elements, got none/)
  assert.throws(() => layerNorm([2, 2], identity(2)), /the variance must be positive, got 0 \(give an epsilon\)/)
  assert.throws(
    () => layerNorm([1, 2], { gamma: [1], beta: [1, 2, 3] }),
    /gamma and beta must have 2 elements, got 1 and 3/,
  )
})

test.run()

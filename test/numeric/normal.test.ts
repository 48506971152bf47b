import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, floorLog2, normalSample, normalTail, powerOfTwo, studentSample } from '../../lib/numeric/mod.ts'
import { meanAndVariance, near } from '../support/near.ts'

test('normalTail() agrees with the tail of the normal distribution in 40-digit arithmetic', () => {
  // erfc(z / sqrt 2) / 2; 3.5 and 3.6 lie on both sides of the change of method.
  const known: readonly (readonly [number, number])[] = [
    [-8, 0.9999999999999993],
    [-3, 0.9986501019683699],
    [-1, 0.8413447460685429],
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1, 0.15865525393145705],
    [2, 0.02275013194817921],
    [3, 0.0013498980316300946],
    [3.5, 0.00023262907903552504],
    [3.6, 0.00015910859015753383],
    [6, 9.86587645037698e-10],
    [8, 6.220960574271784e-16],
    [20, 2.7536241186062337e-89],
    [37, 5.725571222524577e-300],
  ]
  for (const [z, expected] of known) {
    assert.ok(near(normalTail(z), expected, 1e-12), `${z}: ${normalTail(z)} against ${expected}`)
  }
  assert.equal([normalTail(40), normalTail(Number.POSITIVE_INFINITY), normalTail(Number.NEGATIVE_INFINITY)], [0, 0, 1])
})

test('both tails sum to one and a tail falls', () => {
  const argument = fc.double({ min: -38, max: 38, noNaN: true })
  fc.assert(
    fc.property(argument, argument, (a, b) => {
      assert.ok(near(normalTail(a) + normalTail(-a), 1, 1e-15))
      if (a <= b - 1e-9) assert.ok(normalTail(a) >= normalTail(b), `${a} and ${b}`)
    }),
    { numRuns: 1000 },
  )
})

test("the tail's slope is the density", () => {
  for (let z = -4; z <= 12; z += 0.37) {
    const step = 1e-4
    const slope = (normalTail(z - step) - normalTail(z + step)) / (2 * step)
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
    assert.ok(near(slope, density, 1e-5), `${z}: ${slope} against ${density}`)
  }
})

const COUNT = 200_000
const take = (draw: () => number) => Array.from({ length: COUNT }, draw)
const shareBeyond = (values: readonly number[], limit: number) =>
  values.filter((x) => Math.abs(x) > limit).length / values.length
/** Whether a share of COUNT draws is within 5 standard errors of its chance. */
const expected = (share: number, chance: number) =>
  Math.abs(share - chance) <= 5 * Math.sqrt((chance * (1 - chance)) / COUNT)

test('normal numbers have the moments and the tails of the normal distribution', () => {
  const rng = createRng(11)
  const values = take(() => normalSample(rng))
  const { mean, variance } = meanAndVariance(values)
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(COUNT), `mean ${mean}`)
  assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / COUNT), `variance ${variance}`)
  const third = values.reduce((sum, x) => sum + x ** 3, 0) / COUNT
  const fourth = values.reduce((sum, x) => sum + x ** 4, 0) / COUNT
  assert.ok(Math.abs(third) < 5 * Math.sqrt(15 / COUNT), `third moment ${third}`)
  assert.ok(Math.abs(fourth - 3) < 5 * Math.sqrt(96 / COUNT), `fourth moment ${fourth}`)
  for (const limit of [0.5, 1, 2, 3]) assert.ok(expected(shareBeyond(values, limit), 2 * normalTail(limit)))
})

test("Student's t has its own tails, heavier than a Gaussian's", () => {
  const rng = createRng(12)
  // Two-sided tails beyond x: 1 - x / sqrt(2 + x^2) for 2 degrees, 1 - (3 u - u^3) / 2 with u = x / sqrt(4 + x^2) for 4.
  const tails: Readonly<Record<number, (x: number) => number>> = {
    2: (x) => 1 - x / Math.sqrt(2 + x * x),
    4: (x) => {
      const u = x / Math.sqrt(4 + x * x)
      return 1 - (3 * u - u * u * u) / 2
    },
  }
  for (const [degrees, tail] of Object.entries(tails)) {
    const values = take(() => studentSample(rng, Number(degrees)))
    for (const limit of [1, 2, 4, 8]) {
      const share = shareBeyond(values, limit)
      assert.ok(expected(share, tail(limit)), `${degrees} degrees beyond ${limit}: ${share} against ${tail(limit)}`)
      assert.ok(limit === 1 || share > 2 * normalTail(limit))
    }
    assert.ok(expected(values.filter((x) => x > 0).length / COUNT, 0.5))
  }
})

test("Student's t of many degrees is nearly normal", () => {
  const rng = createRng(13)
  const values = Array.from({ length: 20_000 }, () => studentSample(rng, 200))
  const { mean, variance } = meanAndVariance(values)
  assert.ok(Math.abs(mean) < 0.036 && Math.abs(variance - 200 / 198) < 0.06, `${mean} and ${variance}`)
})

test('the same seed draws the same numbers', () => {
  const draw = (seed: number) => {
    const rng = createRng(seed)
    return [normalSample(rng), studentSample(rng, 4), normalSample(rng)]
  }
  assert.equal(draw(5), draw(5))
  assert.not.equal(draw(5), draw(6))
})

test('degrees of freedom must be even', () => {
  for (const degrees of [0, 1, 3, -2, 2.5, Number.NaN])
    assert.throws(
      () => studentSample(createRng(1), degrees),
      new RegExp(`degrees must be an even integer from 2, got ${degrees}`),
    )
})

test('powers of two are exact, and the logarithm rounds down to the last bit', () => {
  for (let exponent = -1022; exponent <= 1023; exponent++) {
    assert.is(powerOfTwo(exponent), 2 ** exponent)
    assert.is(floorLog2(2 ** exponent), exponent)
    assert.is(floorLog2(2 ** exponent * (2 - 2 ** -52)), exponent)
  }
  assert.is(powerOfTwo(-1074), Number.MIN_VALUE)
  assert.is(floorLog2(Number.MIN_VALUE), -1074)
  for (const exponent of [1024, -1075, 0.5, Number.NaN])
    assert.throws(() => powerOfTwo(exponent), new RegExp(`exponent must be .*, got ${exponent}`))
  for (const x of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => floorLog2(x), new RegExp(`x must be positive and finite, got ${x}`))
})

test.run()

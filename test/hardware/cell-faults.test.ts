import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CELL_KINDS,
  type CellKind,
  decisionThreshold,
  meanMisread,
  misreads,
  RRAM_LEVELS,
} from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'
import { cellFaultVectors, cellMisreadVectors } from '../vectors/edgebert.ts'

interface Level {
  readonly mean: number
  readonly sigma: number
}
const logDensity = (x: number, { mean, sigma }: Level) => -(((x - mean) / sigma) ** 2) / 2 - Math.log(sigma)
const levelsOf = (kind: CellKind): Level[] =>
  RRAM_LEVELS[kind].means.map((mean, i) => ({ mean, sigma: RRAM_LEVELS[kind].sigmas[i] as number }))

test('chances and thresholds agree with the independent ones at every vector', () => {
  const vectors = cellFaultVectors()
  assert.is(vectors.length, 2 * (1 + 3 + 7))
  for (const { kind, from, to, probability, threshold } of vectors) {
    const { toLower, toUpper } = misreads(RRAM_LEVELS[kind as CellKind])
    const got = (to > from ? toUpper : toLower)[from] as number
    assert.ok(near(got, probability, 1e-10), `${kind} ${from} to ${to}: ${got} against ${probability}`)
    const levels = levelsOf(kind as CellKind)
    const between = decisionThreshold(levels[Math.min(from, to)] as Level, levels[Math.max(from, to)] as Level)
    assert.ok(near(between, threshold, 1e-13), `${kind} ${from} to ${to}: ${between} against ${threshold}`)
  }
})

test('the chance of a misread cell agrees with the independent one, and slc cells are never misread', () => {
  for (const { kind, meanCellError } of cellMisreadVectors()) {
    assert.ok(near(meanMisread(RRAM_LEVELS[kind as CellKind]), meanCellError, 1e-10))
  }
  assert.is(meanMisread(RRAM_LEVELS.slc), 0)
})

test('at the threshold both levels are equally likely, and it lies between their means', () => {
  const share = fc.double({ min: 0.01, max: 0.25, noNaN: true })
  const mean = fc.double({ min: -1, max: 1, noNaN: true })
  fc.assert(
    fc.property(mean, fc.double({ min: 0.01, max: 2, noNaN: true }), share, share, (first, distance, a, b) => {
      const lower = { mean: first, sigma: a * distance }
      const upper = { mean: first + distance, sigma: b * distance }
      const threshold = decisionThreshold(lower, upper)
      assert.ok(threshold > lower.mean && threshold < upper.mean)
      const [below, above] = [logDensity(threshold, lower), logDensity(threshold, upper)]
      assert.ok(Math.abs(below - above) < 1e-8 * (1 + Math.abs(below)), `${below} against ${above}`)
      const step = 1e-4 * distance
      assert.ok(logDensity(threshold - step, lower) > logDensity(threshold - step, upper))
      assert.ok(logDensity(threshold + step, lower) < logDensity(threshold + step, upper))
    }),
    { numRuns: 500 },
  )
})

test('of equal and of nearly equal spreads the threshold is the middle', () => {
  assert.is(decisionThreshold({ mean: 1, sigma: 0.1 }, { mean: 3, sigma: 0.1 }), 2)
  for (const tiny of [1e-6, 1e-9, 1e-12, 2 ** -52]) {
    const got = decisionThreshold({ mean: 1, sigma: 0.1 }, { mean: 3, sigma: 0.1 * (1 + tiny) })
    assert.ok(Math.abs(got - 2) < 2 * tiny + 1e-15, `${got} for ${tiny}`)
  }
})

test('mirrored levels have mirrored chances', () => {
  const { means, sigmas } = RRAM_LEVELS.mlc3
  const mirrored = misreads({
    bitsPerCell: 3,
    means: means.map((mean) => 1 - mean).reverse(),
    sigmas: [...sigmas].reverse(),
  })
  const { toLower, toUpper } = misreads(RRAM_LEVELS.mlc3)
  for (let level = 0; level < 8; level++) {
    assert.ok(near(mirrored.toUpper[7 - level] as number, toLower[level] as number, 1e-10))
    assert.ok(near(mirrored.toLower[7 - level] as number, toUpper[level] as number, 1e-10))
  }
})

test('the lowest level has no lower neighbour, the highest no upper one, and denser cells are misread more often', () => {
  for (const kind of CELL_KINDS) {
    const { toLower, toUpper } = misreads(RRAM_LEVELS[kind])
    assert.is(toLower.length, 2 ** RRAM_LEVELS[kind].bitsPerCell)
    assert.equal([toLower[0], toUpper.at(-1)], [0, 0])
  }
  const chances = CELL_KINDS.map((kind) => meanMisread(RRAM_LEVELS[kind]))
  assert.equal(
    chances,
    [...chances].sort((a, b) => a - b),
  )
  assert.ok((chances[2] as number) > 1e5 * (chances[1] as number))
})

test('the chances are the areas of the two tails', () => {
  // Simpson's rule over the lower level's density from the threshold to 12 deviations above its mean.
  for (const [i, lower] of levelsOf('mlc3').slice(0, -1).entries()) {
    const threshold = decisionThreshold(lower, levelsOf('mlc3')[i + 1] as Level)
    const [from, to, steps] = [threshold, lower.mean + 12 * lower.sigma, 4000]
    const width = (to - from) / steps
    let area = 0
    for (let k = 0; k <= steps; k++) {
      const weight = k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2
      area += weight * Math.exp(logDensity(from + k * width, lower))
    }
    area *= width / 3 / Math.sqrt(2 * Math.PI)
    const got = misreads(RRAM_LEVELS.mlc3).toUpper[i] as number
    assert.ok(near(got, area, 1e-8), `level ${i}: ${got} against ${area}`)
  }
})

test('levels that do not rise, have no spread or never become equally likely are refused', () => {
  const lower = { mean: 0, sigma: 0.1 }
  for (const upper of [
    { mean: 0, sigma: 0.1 },
    { mean: -1, sigma: 0.1 },
    { mean: 1, sigma: 0 },
    { mean: Number.NaN, sigma: 0.1 },
  ])
    assert.throws(
      () => decisionThreshold(lower, upper),
      new RegExp(`means must rise and spreads be positive, got 0 \\+- 0\\.1 and ${upper.mean} \\+- ${upper.sigma}`),
    )
  assert.throws(
    () => decisionThreshold({ mean: 0, sigma: 5 }, { mean: 0.1, sigma: 0.5 }),
    /0 and 0\.1 never become equally likely between/,
  )
})

test.run()

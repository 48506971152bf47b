import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample } from '../../lib/numeric/mod.ts'
import { softmaxInPlace } from '../../lib/training/cross-entropy.ts'
import { type ScoreMode, ScoreWeights } from '../../lib/training/memn2n/score-weights.ts'
import { keptSurrogate, type Slopes, softThreshold } from '../../lib/training/mod.ts'
import { softenBackward, softenScores } from '../../lib/training/soft-threshold.ts'
import { near } from '../support/near.ts'
import { softThresholdVectors } from '../vectors/leopard.ts'

const blank = (): Slopes => ({ value: Number.NaN, byScore: Number.NaN, byThreshold: Number.NaN })

test('soft threshold, surrogate and their slopes agree with an independent implementation at all 98 vectors', () => {
  const vectors = softThresholdVectors()
  assert.is(vectors.length, 98)
  assert.ok(vectors.filter(({ x, th }) => x === th).length >= 5)
  assert.ok(vectors.filter(({ x, th }) => x < th).length >= 30)
  const [soft, kept] = [blank(), blank()]
  for (const row of vectors) {
    const constants = { clip: row.c, sharpness: row.s, countSharpness: row.k, countOffset: row.alpha }
    softThreshold(row.x, row.th, constants, soft)
    keptSurrogate(soft, constants, kept)
    const pairs: readonly (readonly [number, number])[] = [
      [soft.value, row.y],
      [soft.byScore, row.dydx],
      [soft.byThreshold, row.dydth],
      [kept.value, row.l0],
      [kept.byScore, row.dl0dx],
      [kept.byThreshold, row.dl0dth],
    ]
    for (const [own, expected] of pairs) {
      assert.ok(near(own, expected, 1e-10, 1e-10), `${own} for ${expected}: ${JSON.stringify(row)}`)
    }
  }
})

test('far from the threshold steps and counts are as tanh and exp round them', () => {
  const constants = { clip: 50, sharpness: 10, countSharpness: 7, countOffset: 1 }
  const [soft, kept] = [blank(), blank()]
  for (let i = -600; i <= 600; i++) {
    const score = i / 37
    softThreshold(score, 0.25, constants, soft)
    const step = Math.tanh(10 * (score - 0.25))
    assert.is(soft.value, (score >= 0.25 ? score : 50) * step)
    keptSurrogate(soft, constants, kept)
    assert.is(kept.value, 1 / (1 + Math.exp(-7 * (soft.value + 50 - 1))))
  }
})

test('many scores take the soft threshold as each does, forth and back', () => {
  const constants = { clip: 50, sharpness: 10, countSharpness: 7, countOffset: 1 }
  const values = [-3, 0.2, 0.24, 0.26, 0.3, 5]
  const upstream = [0.5, -1, 2, 1, -0.25, 3]
  const floats = Float32Array.from([...values, ...values, ...upstream])
  const at = { scores: 0, count: values.length, threshold: 0.25, constants }
  const keptCount = softenScores(floats, at)
  const slope = softenBackward(floats, 2 * values.length, { ...at, scores: values.length, weight: 0.7 })
  const [soft, kept] = [blank(), blank()]
  let [count, sum] = [0, 0]
  for (const [i, value] of values.entries()) {
    softThreshold(Math.fround(value), 0.25, constants, soft)
    keptSurrogate(soft, constants, kept)
    count += kept.value
    sum += (upstream[i] as number) * soft.byThreshold + 0.7 * kept.byThreshold
    assert.is(floats[i], Math.fround(soft.value))
    const gradient = (upstream[i] as number) * soft.byScore + 0.7 * kept.byScore
    assert.ok(near(floats[2 * values.length + i] as number, gradient, 1e-6, 1e-6))
  }
  assert.ok(near(keptCount, count, 1e-12, 1e-12))
  assert.ok(near(slope, sum, 1e-9, 1e-9))
})

/** Softmax of numbers in double precision. */
function softmax(values: readonly number[]): number[] {
  const powers = values.map((value) => Math.exp(value - Math.max(...values)))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

test('softmaxInPlace() leaves what lies around alone; one more number takes its part without being stored', () => {
  const values = [0.5, -1, 3, 2.25]
  for (const rest of [undefined, -2, 0, 3, 40]) {
    const floats = Float32Array.of(7, ...values, 8)
    softmaxInPlace(floats, 1, 4, rest)
    const expected = softmax(rest === undefined ? values : [...values, rest])
    assert.equal([floats[0], floats[5]], [7, 8])
    for (let i = 0; i < 4; i++) assert.ok(near(floats[i + 1] as number, expected[i] as number, 1e-6), `${rest}: ${i}`)
  }
  const none = new Float32Array(3).fill(Number.NEGATIVE_INFINITY)
  softmaxInPlace(none, 0, 3, 0)
  assert.equal([...none], [0, 0, 0])
})

const HOPS = 2
const SLOTS = 6
/** Where a hop's numbers lie in a memory of its own. */
const AT = { scores: 0, weights: 8, change: 16, slope: 24 }
const SCORES = [0.9, -0.4, 0.31, 1.7, -1.2]

/** Weighs the scores in the second of two hops. */
function weighed(mode: ScoreMode, threshold: number, scores: readonly number[] = SCORES) {
  const floats = new Float32Array(32)
  floats.set(scores, AT.scores)
  const own = new ScoreWeights(floats, { hops: HOPS, slots: SLOTS })
  const kept = own.weigh(mode, { hop: 1, threshold, scores: AT.scores, weights: AT.weights, count: scores.length })
  return { own, floats, kept, weights: [...floats.subarray(AT.weights, AT.weights + scores.length)] }
}

const close = (got: readonly number[], expected: readonly number[], what: string) => {
  assert.is(got.length, expected.length)
  got.forEach((value, i) => {
    assert.ok(near(value, expected[i] as number, 1e-6, 1e-7), `${what}, ${i}: ${value}`)
  })
}

test('without a threshold every score is kept, on its own or in a softmax, and the scores stay as they are', () => {
  const linear = weighed({ kind: 'linear' }, 0)
  assert.is(linear.kept, 5)
  close(linear.weights, SCORES, 'linear')
  const soft = weighed({ kind: 'softmax' }, 0)
  assert.is(soft.kept, 5)
  close(soft.weights, softmax(SCORES), 'softmax')
  close([...soft.floats.subarray(0, 5)], SCORES, 'scores')
})

test('hard pruning is the softmax of the scores from the threshold on, and nothing where none is left', () => {
  // 0.5 is exact in single precision, so that it meets the threshold.
  const { kept, weights } = weighed({ kind: 'pruned' }, 0.5, [0.5, 0.25, 2, -1])
  assert.is(kept, 2)
  const [low, high] = softmax([0.5, 2]) as [number, number]
  close(weights, [low, 0, high, 0], 'pruned')
  const none = weighed({ kind: 'pruned' }, 3)
  assert.equal([none.kept, ...none.weights], [0, 0, 0, 0, 0, 0])
  const range = { hop: 1, weights: AT.weights, change: AT.change, slope: AT.slope, count: 5 }
  assert.throws(
    () => none.own.slopes({ kind: 'pruned' }, range),
    (error: unknown) => error instanceof TypeError && /scores must not be pruned hard/.test(error.message),
  )
})

const constants = { clip: 3, sharpness: 1.5, countSharpness: 2, countOffset: 0.5 }
const softValue = (x: number, threshold: number) =>
  (x >= threshold ? x : constants.clip) * Math.tanh(constants.sharpness * (x - threshold))
const keptCount = (soft: readonly number[]) =>
  soft.reduce((sum, y) => sum + 1 / (1 + Math.exp(-constants.countSharpness * (y + 3 - constants.countOffset))), 0)

test('soft pruning weighs as written down, with something for nothing or without', () => {
  for (const rest of [undefined, -1, 0, 2]) {
    const mode: ScoreMode = { kind: 'soft-pruned', constants, weight: 0.7, ...(rest === undefined ? {} : { rest }) }
    const { kept, weights } = weighed(mode, 0.2)
    const soft = SCORES.map((x) => softValue(x, 0.2))
    close(weights, softmax(rest === undefined ? soft : [...soft, rest]).slice(0, 5), `rest ${rest}`)
    assert.ok(near(kept, keptCount(soft), 1e-6))
  }
})

test('slopes of scores and threshold are those of the loss they stand for, in every mode that has any', () => {
  const rng = createRng(11)
  const change = SCORES.map(() => normalSample(rng))
  const modes: readonly ScoreMode[] = [
    { kind: 'linear' },
    { kind: 'softmax' },
    { kind: 'soft-pruned', constants, weight: 0.7 },
    { kind: 'soft-pruned', constants, weight: 0.7, rest: 0 },
    { kind: 'soft-pruned', constants, weight: 0, rest: 1 },
  ]
  for (const mode of modes) {
    /** What the gradients are of: the weights times the changes, and this hop's part of the penalty. */
    const loss = (scores: readonly number[], threshold: number) => {
      const soft = mode.kind === 'soft-pruned' ? scores.map((x) => softValue(x, threshold)) : scores
      const rest = mode.kind === 'soft-pruned' && mode.rest !== undefined ? [mode.rest] : []
      const weights = mode.kind === 'linear' ? scores : softmax([...soft, ...rest])
      const penalty = mode.kind === 'soft-pruned' ? (mode.weight * keptCount(soft)) / (5 * HOPS) : 0
      return change.reduce((sum, own, i) => sum + own * (weights[i] as number), penalty)
    }
    const { own, floats } = weighed(mode, 0.2)
    floats.set(change, AT.change)
    const range = { hop: 1, weights: AT.weights, change: AT.change, slope: AT.slope, count: 5 }
    const byThreshold = own.slopes(mode, range)
    const step = 1e-5
    const label = JSON.stringify(mode)
    SCORES.forEach((_, i) => {
      const moved = (by: number) => SCORES.map((x, j) => (j === i ? x + by : x))
      const numeric = (loss(moved(step), 0.2) - loss(moved(-step), 0.2)) / (2 * step)
      assert.ok(near(floats[AT.slope + i] as number, numeric, 1e-5, 1e-6), `${label}, ${i}: ${numeric}`)
    })
    const numeric = (loss(SCORES, 0.2 + step) - loss(SCORES, 0.2 - step)) / (2 * step)
    assert.ok(near(byThreshold, numeric, 1e-5, 1e-6), `${label}, threshold: ${byThreshold} for ${numeric}`)
  }
})

test.run()

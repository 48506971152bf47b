import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  createRng,
  formatRange,
  normalSample,
  numberFormat,
  prunedWeights,
  roundToFormat,
  standardErrorPoints,
} from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'

test('formats by their names: bits, ends, steps and where numbers become zero', () => {
  for (const [name, bits, min, max, step] of [
    ['Q3.13', 16, -4, 4 - 1 / 8192, 1 / 8192],
    ['Q3.5', 8, -4, 3.96875, 0.03125],
    ['Q1.7', 8, -1, 1 - 1 / 128, 1 / 128],
    ['Q8.0', 8, -128, 127, 1],
  ] as const) {
    const format = numberFormat(name)
    assert.is(format.bits, bits)
    assert.equal(formatRange(format), { min, max, step, flushBelow: step / 2 })
  }
  assert.is(numberFormat('FP32').bits, 32)
  assert.is(formatRange(numberFormat('FP32')), null)
})

test('numbers are rounded to the nearest step, saturate at the ends, and flush below half a step', () => {
  const q35 = numberFormat('Q3.5')
  for (const [x, expected] of [
    [1 / 64 - 1e-9, 0],
    [1 / 64, 1 / 32],
    [-1 / 64 + 1e-9, 0],
    [0.1, 0.09375],
    [4, 3.96875],
    [1e9, 3.96875],
    [-4.01, -4],
  ] as const) {
    assert.ok(roundToFormat(x, q35) === expected, `${x}`)
  }
  const rng = createRng(5)
  for (let i = 0; i < 2000; i += 1) {
    const x = 2 * normalSample(rng)
    const rounded = roundToFormat(x, q35)
    assert.ok(Number.isInteger(rounded * 32) && rounded >= -4 && rounded <= 3.96875)
    if (x > -4 && x < 3.96875) assert.ok(Math.abs(rounded - x) <= 1 / 64)
  }
  assert.is(roundToFormat(0.1, numberFormat('FP32')), 0.10000000149011612)
})

test('names of no format and numbers that none holds are refused', () => {
  for (const name of ['', 'FP16', 'q3.5', 'Q0.8', 'Q1.0', 'Q20.20', 'Q3', 'Q3.5.1', 'Q03.05']) {
    assert.throws(() => numberFormat(name), new RegExp(`must be FP32, or Qi.f .*got "${name.replace('.', '\\.')}"`))
  }
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, 1e39]) {
    assert.throws(() => roundToFormat(x, numberFormat('FP32')), /must be finite and within its range/)
  }
  assert.throws(() => roundToFormat(Number.NaN, numberFormat('Q3.5')), /must be finite/)
})

test('pruning keeps the largest weights, and as many of them as it should', () => {
  const whole = prunedWeights(5000, { density: 1 }, createRng(9))
  for (const density of [0, 0.25, 0.529, 1]) {
    const pruned = prunedWeights(5000, { density }, createRng(9))
    const kept = pruned.filter((value) => value !== 0)
    assert.is(kept.length, Math.round(density * 5000))
    const lost = whole.filter((_, i) => pruned[i] === 0).map(Math.abs)
    assert.ok(Math.max(0, ...lost) <= Math.min(Number.POSITIVE_INFINITY, ...kept.map(Math.abs)))
  }
})

test('the standard error of a counted share by hand', () => {
  assert.is(standardErrorPoints(80, 400), 2)
  assert.ok(near(standardErrorPoints(50, 71), 100 * Math.sqrt(0.25 / 71)))
})

test.run()

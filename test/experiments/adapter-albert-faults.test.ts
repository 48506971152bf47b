import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fig05Script from '../../experiments/adapter-albert/fig05-quantisation.ts'
import sec4bScript from '../../experiments/adapter-albert/sec4b-bitmask-faults.ts'
import { formatsOf } from '../../experiments/adapter-albert/shared/formats.ts'
import {
  magnitudeQuantile,
  magnitudeTail,
  syntheticWeights,
} from '../../experiments/adapter-albert/shared/synthetic-weights.ts'
import { anyExperiment } from '../../lib/harness/experiment.ts'
import { answerClaims } from '../../lib/harness/judge.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { type RunResult, runExperiment } from '../../lib/harness/run.ts'
import { createRng } from '../../lib/numeric/mod.ts'
import { meanAndVariance, near } from '../support/near.ts'
import { cell, rows } from '../support/tables.ts'
import { cellMisreadVectors } from '../vectors/edgebert.ts'

const [fig05, sec4b] = [anyExperiment(fig05Script), anyExperiment(sec4bScript)]
/** A tensor that is quick to read over and over. */
const SMALL = { rows: 600, trials: 100 }

const once = (() => {
  let done: RunResult | undefined
  return () => {
    done ??= runExperiment(sec4b)
    return done
  }
})()

/** The share of pruned Gaussian weights that is left, and their mean square, by the trapezoidal rule. */
function prunedGaussian(sigma: number, sparsity: number): { readonly cut: number; readonly meanSquare: number } {
  const density = (x: number) => Math.exp((-x * x) / (2 * sigma * sigma)) / (sigma * Math.sqrt(2 * Math.PI))
  const step = sigma / 1e4
  let [share, cut] = [0, 0]
  for (; share < sparsity; cut += step) share += step * (density(cut) + density(cut + step))
  let square = 0
  for (let x = cut; x < 10 * sigma; x += step)
    square += step * (x * x * density(x) + (x + step) * (x + step) * density(x + step))
  return { cut, meanSquare: square }
}

test('every claim of quantisation and of faults is answered by one of the two', () => {
  const answered = [fig05, sec4b].flatMap(({ claims }) => Object.keys(claims))
  assert.is(new Set(answered).size, answered.length)
  const own = /^adapter-albert\.(q-|fig5-|bitflip|weights-resilient|arch-(mlc|slc)-bits)/
  const wanted = readLedger(PROJECT_ROOT, 'adapter-albert').filter(
    ({ id, repeats }) => repeats === null && own.test(id),
  )
  assert.is(wanted.length, 9)
  assert.equal(new Set(answered), new Set(wanted.map(({ id }) => id)))
})

test('one flip is catastrophic where values are one stream, and values are resilient beside it; with pointers neither', () => {
  for (const set of [
    {},
    { degrees: 4 },
    { sigma: 0.05 },
    { format: 'Q3.13' },
    { sparsity: 0.6 },
    { valueCell: 'mlc3' },
  ]) {
    for (const [variant, expected] of [
      ['as-published', true],
      ['corrected', false],
    ] as const) {
      const { tables, params } = runExperiment(sec4b, { variant, set: { ...SMALL, trials: 60, ...set } })
      for (const { id, predicted } of answerClaims(sec4b, tables, params).filter(({ id }) => !id.includes('arch')))
        assert.is(predicted, expected, `${id}, ${variant}, ${JSON.stringify(set)}`)
    }
  }
})

test('the error of one flip is that of the closed form, in one stream and behind pointers', () => {
  const { tables } = runExperiment(sec4b, { set: { rows: 400, trials: 400, rowsPerPointer: 16 } })
  for (const decoder of ['stream', 'pointers']) {
    const row = rows(tables, 'decoders', { decoder })[0] as Record<string, number>
    // The root of a uniform number has the mean 2/3 and the variance 1/18: five standard errors of 400 trials.
    const slack = (5 * 1.5) / Math.sqrt(18 * 400)
    assert.ok(near(row['oneFlipError'] as number, row['oneFlipExpected'] as number, slack), decoder)
  }
  assert.ok(near(cell(tables, 'decoders', { decoder: 'pointers' }, 'oneFlipExpected'), 0.942809 * 0.2, 1e-5))
})

test('misread values do the harm that their bits say, at any rate and number', () => {
  const { tables } = once()
  const { meanSquare } = prunedGaussian(0.25, 0.471)
  const power = 4000 * 128 * meanSquare
  // A step of a cell of 2 bits is worth 64, 16, 4 or 1 steps of 1/32.
  const perCell = [64, 16, 4, 1].reduce((sum, units) => sum + (units / 32) * (units / 32), 0) / 4
  for (const row of rows(tables, 'faults', { stored: 'values' })) {
    const { faults, meanFaultyCells, rmsError, cells } = row as Record<string, number>
    if (!/per cell|misread/.test(String(faults)) || (meanFaultyCells as number) < 50) continue
    const expected = Math.sqrt(((meanFaultyCells as number) * perCell) / power)
    assert.ok(near(rmsError as number, expected, 0.04), `${faults}: ${rmsError} against ${expected}`)
    const rate = Number(String(faults).replace(/ .*/, ''))
    const wanted = rate < 1 ? rate * (cells as number) : rate
    assert.ok(Math.abs((meanFaultyCells as number) - wanted) < 5 * Math.sqrt(wanted / 40))
  }
  assert.is(rows(tables, 'faults', { stored: 'values' }).length, 10)
})

test('the misreads to expect agree with independent ones, scaled to the words that are stored', () => {
  for (const lastCell of ['fewer-levels', 'same-levels']) {
    const { tables } = runExperiment(sec4b, { set: { ...SMALL, trials: 1, lastCell } })
    for (const { kind, lastCell: rule, misreads } of cellMisreadVectors()) {
      if (kind === 'mlc3' && rule !== lastCell) continue
      for (const [stored, words] of [
        ['values', 3_840_000 - 0.471 * 3_840_000],
        ['mask', 3_840_000 / 8],
      ] as const) {
        const got = cell(tables, 'misreads', { elements: 3_840_000, stored, cell: kind }, 'equalWords')
        assert.ok(near(got, (misreads * words) / 1_536_000, 1e-9), `${stored} in ${kind}: ${got}`)
      }
    }
  }
})

test('the sizes of the embedding, and the chance of a clean one, by hand', () => {
  const { tables } = once()
  const sizes = new Set(rows(tables, 'misreads').map(({ elements }) => elements))
  // 30,000 words; 512 positions, 2 types and a normalisation of 2 more; 128 wide.
  assert.equal([...sizes], [30_000 * 128, 30_516 * 128])
  for (const row of rows(tables, 'misreads')) {
    const { cleanPercent, expectedMisreads, cells, cell: kind } = row as Record<string, number>
    assert.ok(near(cleanPercent as number, 100 * Math.exp(-(expectedMisreads as number)), 1e-12))
    if (String(kind) === 'slc') assert.equal([expectedMisreads, cleanPercent], [0, 100])
    else assert.ok((expectedMisreads as number) > 0 && (cells as number) > (expectedMisreads as number))
  }
})

test('pointers for the whole word embedding by hand: 29,999 of 21 bits, beside 8-bit values and a mask', () => {
  const { tables } = once()
  const row = rows(tables, 'decoders', { decoder: 'pointers' })[0] as Record<string, number>
  assert.is(row['pointerBytes'], (29_999 * 21) / 8)
  const nonZeros = Math.round(0.529 * 3_840_000)
  assert.ok(near(row['pointerPercent'] as number, (100 * 29_999 * 21) / (8 * nonZeros + 3_840_000), 1e-12))
  assert.equal([row['maskBitsPerLookup'], cell(tables, 'decoders', { decoder: 'stream' }, 'pointerBytes')], [128, 0])
  // On average half of the other rows come before the one that is wanted.
  assert.is(cell(tables, 'decoders', { decoder: 'stream' }, 'maskBitsPerLookup'), (29_999 / 2 + 1) * 128)
})

test('what cannot be stored, or would take minutes, is refused', () => {
  for (const [set, message] of [
    [{ format: 'FP32' }, /fixed point of up to 16 bits, got "FP32"/],
    [{ format: 'Q3.20' }, /up to 16 bits, got "Q3.20"/],
    [{ format: 'fp8' }, /got "fp8"/],
    [{ embeddingWidth: 12 }, /multiple of 8, got 12/],
    [{ degrees: 3 }, /even integer from 4 .*got 3/],
    [{ sigma: 1e-6 }, /got none of 512000/],
    [{ trials: 10_000 }, /at most 5000000000, got 143360000000/],
    [{ rows: 1, faultCounts: [1000] }, /0 to their \d+, got 1000/],
  ] as const) {
    assert.throws(() => runExperiment(sec4b, { set }), message)
  }
})

test('formats by hand: widths, ends, and the bytes of a half-empty backbone of 11,680,512 weights', () => {
  const { tables } = runExperiment(fig05, { set: { elements: 1000, formats: 'FP32, Q3.13,Q3.5,Q1.7,Q4.12' } })
  const weights = 11_680_512
  for (const [format, bits, min, max, flushBelow] of [
    ['FP32', 32, null, null, null],
    ['Q3.13', 16, -4, 4 - 1 / 8192, 1 / 16_384],
    ['Q3.5', 8, -4, 4 - 1 / 32, 1 / 64],
    ['Q1.7', 8, -1, 1 - 1 / 128, 1 / 256],
    ['Q4.12', 16, -8, 8 - 1 / 4096, 1 / 8192],
  ] as const) {
    const row = rows(tables, 'formats', { format })[0] as Record<string, number>
    assert.equal([row['bits'], row['min'], row['max'], row['flushBelow']], [bits, min, max, flushBelow])
    assert.ok(near(row['denseMib'] as number, (weights * bits) / 2 ** 23))
    assert.ok(near(row['totalMib'] as number, (weights * (bits / 2 + 1)) / 2 ** 23))
    assert.ok(near(row['overFp32'] as number, 17 / (bits / 2 + 1)))
  }
  assert.equal(
    new Set(rows(tables, 'weights').map(({ format }) => format)),
    new Set(['Q3.13', 'Q3.5', 'Q1.7', 'Q4.12']),
  )
})

test('closed-form shares of saturated and flushed weights are those of the random ones, in either distribution', () => {
  const { tables } = runExperiment(fig05, {
    set: {
      formats: 'FP32,Q3.13,Q3.5,Q1.7,Q2.0',
      sigmas: [0.01, 0.02, 0.5, 1, 2],
      degrees: [0, 4, 10],
      elements: 200_000,
    },
  })
  let between = 0
  for (const row of rows(tables, 'weights')) {
    for (const [closed, sampled] of [
      ['saturatedPercent', 'saturatedSampled'],
      ['flushedPercent', 'flushedSampled'],
    ] as const) {
      const [p, q] = [(row[closed] as number) / 100, (row[sampled] as number) / 100]
      if (p > 0.01 && p < 0.99) between += 1
      // Binomial, among the half of the weights that are left; the one on top is for the rarest.
      assert.ok(Math.abs(q - p) * 1e5 <= 5 * Math.sqrt(1e5 * p * (1 - p)) + 1, `${JSON.stringify(row)}`)
    }
  }
  assert.ok(between > 15)
})

test('flushing adds zeros below the deviation that the format names, and none above it', () => {
  const { tables } = runExperiment(fig05, { set: { elements: 1000 } })
  for (const { format, flushSigma } of rows(tables, 'formats').filter(({ flushSigma }) => flushSigma !== null)) {
    // The median of a Gaussian's magnitude is 0.67449 deviations.
    const below = cell(tables, 'formats', { format }, 'flushBelow')
    assert.ok(near(flushSigma as number, below / 0.6744897501960817, 1e-12))
    const near2 = [0.99, 1.01].map((factor) => Number(((flushSigma as number) * factor).toPrecision(12)))
    const own = runExperiment(fig05, {
      set: { elements: 1000, formats: String(format), sigmas: near2, degrees: [0] },
    }).tables
    const [under, over] = rows(own, 'weights') as unknown as [Record<string, number>, Record<string, number>]
    assert.ok((under['addedPoints'] as number) > 0.1 && (under['savedPercent'] as number) > 0.1)
    assert.equal([over['addedPoints'], over['savedPercent'], over['sparsityPercent']], [0, 0, 50])
  }
})

test('a bit of fraction is worth 6 dB where steps are small and nothing saturates', () => {
  const { tables } = runExperiment(fig05, {
    set: { formats: 'Q3.5,Q3.6,Q3.13,Q1.7', sigmas: [0.15], degrees: [0], sparsity: 0 },
  })
  const db = (format: string) => cell(tables, 'weights', { format }, 'sqnrDb')
  for (const [format, fractionBits] of [
    ['Q3.5', 5],
    ['Q3.6', 6],
    ['Q1.7', 7],
    ['Q3.13', 13],
  ] as const) {
    // Rounding errors are even over a step: their mean square is its square over 12.
    const expected = 10 * Math.log10(0.15 * 0.15 * 12 * 4 ** fractionBits)
    assert.ok(Math.abs(db(format) - expected) < 0.1, `${format}: ${db(format)} against ${expected}`)
  }
})

test("tails of Student's t are those of its density, and of the tables of quantiles", () => {
  // Two-sided 5 % and 0.1 % quantiles; a deviation of 1 is that of t times sqrt((n - 2) / n).
  for (const [degrees, t, tail] of [
    [4, 2.776445, 0.05],
    [10, 2.228139, 0.05],
    [4, 8.610302, 0.001],
    [30, 3.645959, 0.001],
    [0, 1.959964, 0.05],
  ] as const) {
    const unit = degrees === 0 ? 1 : Math.sqrt((degrees - 2) / degrees)
    const got = magnitudeTail(3 * t * unit, { sigma: 3, degrees })
    assert.ok(near(got, tail, 2e-6), `${degrees}: ${got}`)
    assert.ok(near(magnitudeQuantile(1 - tail, { sigma: 3, degrees }), 3 * t * unit, 1e-6))
  }
  // Far out, the density of 4 degrees is 12 / t^5; near the middle nothing is left out.
  assert.ok(near(magnitudeTail(1e4 * Math.SQRT1_2, { sigma: 1, degrees: 4 }), 6e-16, 1e-6))
  assert.is(magnitudeTail(0, { sigma: 1, degrees: 4 }), 1)
})

test('random weights have the deviation asked for, as many zeros, and are numbers of single precision', () => {
  for (const degrees of [0, 6]) {
    const weights = [...syntheticWeights(100_000, { sigma: 0.3, degrees, sparsity: 0.25 }, createRng(4))]
    assert.is(weights.filter((x) => x === 0).length, 25_000)
    assert.ok(weights.every((x) => x === Math.fround(x)))
    const all = syntheticWeights(100_000, { sigma: 0.3, degrees, sparsity: 0 }, createRng(4))
    assert.ok(near(Math.sqrt(meanAndVariance([...all]).variance), 0.3, 0.02), `${degrees}`)
  }
})

test('a list of formats that is empty, repeats itself or names none is refused, as is a distribution without deviation', () => {
  assert.equal(
    formatsOf('FP32, Q3.5').map(({ name, bits }) => [name, bits]),
    [
      ['FP32', 32],
      ['Q3.5', 8],
    ],
  )
  for (const text of ['', 'Q3.5,', 'Q3.5,Q3.5', 'Q3.5,,Q3.13'])
    assert.throws(() => formatsOf(text), /different names between commas.*got "/)
  assert.throws(() => formatsOf('Q0.8'), /got "Q0.8"/)
  for (const degrees of [1, 2, 5]) {
    assert.throws(() => runExperiment(fig05, { set: { degrees: [0, degrees] } }), new RegExp(`from 4 .*got ${degrees}`))
  }
  assert.throws(
    () => runExperiment(fig05, { set: { elements: 2_000_000, degrees: [0, 4, 6, 8, 10] } }),
    /at most 200000000/,
  )
})

test.run()

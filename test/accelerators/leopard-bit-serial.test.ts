import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bitSerialScore, takenBits } from '../../lib/accelerators/leopard/bit-serial.ts'
import { bitSerialScores, macSteps, SCORE_ENGINES } from '../../lib/accelerators/leopard/bit-serial-scores.ts'
import { modelScores } from '../../lib/accelerators/leopard/score-model.ts'
import { integerThreshold, signMagnitude } from '../../lib/accelerators/leopard/sign-magnitude.ts'
import { coarserBits, statisticsOf } from '../../lib/accelerators/leopard/statistics.ts'
import { countTerminations } from '../../lib/accelerators/leopard/termination-counts.ts'
import { createRng, normalSample, type Rng, selectRank, studentSample, symmetricGrid } from '../../lib/numeric/mod.ts'

const vector = (...codes: number[]) => ({ rows: 1, width: codes.length, codes: Int16Array.from(codes) })
const topOf = (bits: number) => 2 ** (bits - 1) - 1

test('signMagnitude() puts the largest magnitude at the end of the range and rounds ties away from zero', () => {
  const { codes, scale, width } = signMagnitude(Float64Array.of(7, -7, 2.5, -2.5, 2.49, 0), { rows: 2, bits: 4 })
  assert.equal([[...codes], scale, width], [[7, -7, 3, -3, 2, 0], 1, 3])
})

test('signMagnitude() is the symmetric grid of lib/numeric, in its steps', () => {
  const values = fc.float64Array({ minLength: 1, maxLength: 20, noNaN: true, min: -1e9, max: 1e9 })
  fc.assert(
    fc.property(values, fc.integer({ min: 2, max: 16 }), (own, bits) => {
      fc.pre(Math.max(...own.map(Math.abs)) > 1e-290 || own.every((x) => x === 0))
      const { codes, scale } = signMagnitude(own, { rows: 1, bits })
      const grid = symmetricGrid(Math.max(...own.map(Math.abs)), bits)
      own.forEach((x, i) => {
        assert.is(Math.round(grid(x) / scale) + 0, codes[i])
        assert.ok(Math.abs(x - (codes[i] as number) * scale) <= (scale / 2) * (1 + 1e-9))
      })
    }),
    { seed: 1, numRuns: 300 },
  )
})

test('signMagnitude() takes a matrix of zeros and single precision, and refuses what has no codes', () => {
  assert.equal(signMagnitude(new Float32Array(4), { rows: 2, bits: 12 }), {
    ...{ rows: 2, width: 2, bits: 12, scale: 1 },
    codes: new Int16Array(4),
  })
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.throws(() => signMagnitude(Float64Array.of(1, bad), { rows: 1, bits: 8 }), /values must be finite, got/)
  }
  assert.throws(() => signMagnitude(Float64Array.of(1e-310), { rows: 1, bits: 8 }), /must be 0 or at least/)
  assert.throws(() => signMagnitude(Float64Array.of(1, 2, 3), { rows: 2, bits: 8 }), /rows must divide its 3 values/)
  assert.throws(() => signMagnitude(new Float64Array(0), { rows: 1, bits: 8 }), /rows must divide/)
  for (const bits of [1, 17, 2.5]) {
    assert.throws(() => signMagnitude(Float64Array.of(1), { rows: 1, bits }), /bits must be an integer from 2 to 16/)
  }
})

test('integerThreshold() scales a threshold as the scores are scaled, also where the scales together vanish', () => {
  const tiny = signMagnitude(Float64Array.of(1e-200), { rows: 1, bits: 2 })
  assert.is(integerThreshold(0, { queries: tiny, keys: tiny }), 0)
  assert.is(integerThreshold(-1, { queries: tiny, keys: tiny }), Number.NEGATIVE_INFINITY)
  const pair = { queries: { ...tiny, scale: 0.5 }, keys: { ...tiny, scale: 0.25 } }
  assert.is(integerThreshold(3, pair), 24)
  assert.throws(() => integerThreshold(Number.NaN, pair), /must be a number, got NaN/)
})

test('bitSerialScore() follows a hand-worked score bit by bit', () => {
  // 9 x 3/16 + 5 x 4/16 - 7 x 12/16 - 4 x 9/16 in sixteenths; the first two can grow, by 14 x (weight - 1).
  const unit = { bits: 5, bitsPerCycle: 1, threshold: Number.NEGATIVE_INFINITY }
  const free = bitSerialScore([9, 5, -7, -4], [3, 4, 12, 9], unit)
  assert.equal(
    free.steps.map(({ partialSum, margin }) => [partialSum, margin]),
    [
      [0, 14 * 15],
      [-8 * 11, 14 * 7],
      [-8 * 11 + 4 * (5 - 7), 14 * 3],
      [-8 * 11 + 4 * (5 - 7) + 2 * 9, 14],
      [27 + 20 - 84 - 36, 0],
    ],
  )
  assert.equal([free.pruned, free.bits, free.cycles], [false, 5, 5])
  const stopped = bitSerialScore([9, 5, -7, -4], [3, 4, 12, 9], { ...unit, threshold: 11 })
  assert.equal([stopped.pruned, stopped.bits, stopped.cycles, stopped.steps.length], [true, 2, 2, 2])
  // At 10 the bound reaches the threshold after two slots, and no more after three.
  assert.is(bitSerialScore([9, 5, -7, -4], [3, 4, 12, 9], { ...unit, threshold: 10 }).bits, 3)
})

test('a score equal to the threshold is kept, one below it is pruned in the last cycle at the latest', () => {
  for (const engine of SCORE_ENGINES) {
    const of = (threshold: number) =>
      bitSerialScores(vector(1), vector(3), { bits: 3, bitsPerCycle: 1, threshold, engine })
    assert.equal([of(3).kept[0], of(3).cycles[0]], [1, 3])
    assert.equal([of(3.25).kept[0], of(3.25).cycles[0]], [0, 1])
    // 3 = 11 in two bits could come of 10: only the last bit decides.
    const last = bitSerialScores(vector(1), vector(2), { bits: 3, bitsPerCycle: 1, threshold: 3, engine })
    assert.equal([last.kept[0], last.cycles[0]], [0, 3])
  }
})

test('zeros count as positive: against a negative query they are out of the margin', () => {
  const step = (q: number) =>
    bitSerialScore([q], [0], { bits: 4, bitsPerCycle: 1, threshold: Number.NEGATIVE_INFINITY }).steps[0]
  assert.equal(step(5), { bits: 1, partialSum: 0, margin: 35 })
  assert.equal(step(-5), { bits: 1, partialSum: 0, margin: 0 })
})

/** Queries, keys, and one threshold per query, near the scores that occur. */
const problems = fc
  .record({
    bits: fc.constantFrom(2, 3, 5, 9, 12, 15, 16, 16),
    width: fc.constantFrom(1, 2, 3, 7, 8, 9, 20),
    queries: fc.integer({ min: 1, max: 5 }),
    keys: fc.integer({ min: 1, max: 5 }),
    queryTop: fc.constantFrom(1, 100, 32767),
  })
  .chain(({ bits, width, queries, keys, queryTop }) => {
    const codes = (count: number, top: number) =>
      fc.array(fc.integer({ min: -top, max: top }), { minLength: count, maxLength: count })
    const reach = width * queryTop * topOf(bits)
    return fc.record({
      bits: fc.constant(bits),
      bitsPerCycle: fc.integer({ min: 1, max: bits }),
      queries: codes(queries * width, queryTop).map((own) => ({ rows: queries, width, codes: Int16Array.from(own) })),
      keys: codes(keys * width, topOf(bits)).map((own) => ({ rows: keys, width, codes: Int16Array.from(own) })),
      threshold: fc.array(fc.double({ min: -reach / 2, max: reach / 2, noNaN: true }), {
        minLength: queries,
        maxLength: queries,
      }),
    })
  })

test('bitSerialScores() does what bitSerialScore() does with each pair, on either engine', () => {
  let simd = 0
  let wide = 0
  fc.assert(
    fc.property(problems, ({ queries, keys, ...options }) => {
      const traces = [bitSerialScores(queries, keys, { ...options, engine: 'plain' })]
      try {
        traces.push(bitSerialScores(queries, keys, { ...options, engine: 'simd' }))
        simd += 1
      } catch (error) {
        assert.match(String(error), /every sum must fit 32 bits/)
        wide += 1
      }
      for (const trace of traces) {
        for (let i = 0; i < queries.rows; i++) {
          for (let j = 0; j < keys.rows; j++) {
            const { pruned, cycles } = bitSerialScore(
              queries.codes.subarray(i * queries.width, (i + 1) * queries.width),
              keys.codes.subarray(j * keys.width, (j + 1) * keys.width),
              { ...options, threshold: options.threshold[i] as number },
            )
            assert.is(trace.cycles[i * keys.rows + j], cycles)
            assert.is(trace.kept[i * keys.rows + j], pruned ? 0 : 1)
          }
        }
      }
    }),
    { seed: 2, numRuns: 1000 },
  )
  assert.ok(simd > 500, `SIMD ran ${simd} times`)
  assert.ok(wide > 50, `${wide} cases need more than 32 bits`)
})

const DISTRIBUTIONS: Readonly<Record<string, (rng: Rng, size: { rows: number; width: number }) => Float64Array>> = {
  gaussian: (rng, { rows, width }) => Float64Array.from({ length: rows * width }, () => normalSample(rng)),
  'heavy-tailed': (rng, { rows, width }) => Float64Array.from({ length: rows * width }, () => studentSample(rng, 2)),
  'low-rank'(rng, { rows, width }) {
    const pairs = (length: number) => Array.from({ length }, () => [normalSample(rng), normalSample(rng)] as const)
    const [left, right] = [pairs(rows), pairs(width)]
    return Float64Array.from({ length: rows * width }, (_, i) => {
      const [a, b] = left[Math.floor(i / width)] as readonly [number, number]
      const [c, d] = right[i % width] as readonly [number, number]
      return a * c + b * d
    })
  },
  outlier: (rng, { rows, width }) =>
    Float64Array.from({ length: rows * width }, (_, i) => normalSample(rng) * (i % width === 0 ? 20 : 1)),
  sparse: (rng, { rows, width }) =>
    Float64Array.from({ length: rows * width }, () => (rng.next() < 0.9 ? 0 : normalSample(rng))),
  'all-equal'(rng, { rows, width }) {
    const value = normalSample(rng)
    return new Float64Array(rows * width).fill(value)
  },
}

/** Thresholds that scores of the row meet exactly, lie between, or never reach. */
function rowThresholds(queries: Int16Array, keys: Int16Array, width: number): Float64Array {
  const rows = queries.length / width
  const scores = new Float64Array(keys.length / width)
  return Float64Array.from({ length: rows }, (_, i) => {
    for (let j = 0; j < scores.length; j++) {
      let sum = 0
      for (let c = 0; c < width; c++) sum += (queries[i * width + c] as number) * (keys[j * width + c] as number)
      scores[j] = sum
    }
    if (i % 16 === 15) return i % 32 === 15 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    const rank = Math.floor((scores.length * (1 + (i % 4))) / 5)
    return selectRank(scores, rank) + (i % 3 === 0 ? 0.5 : 0)
  })
}

test('of millions of scores early termination prunes exactly those below the threshold, and none could stop earlier', () => {
  const rows = 64
  const rng = createRng(20220618)
  let scores = 0
  let early = 0
  let failures = 0
  for (const [name, draw] of Object.entries(DISTRIBUTIONS)) {
    for (const width of [1, 4, 20, 64, 100]) {
      for (const bits of [2, 5, 9, 12, 16]) {
        const queries = signMagnitude(draw(rng, { rows, width }), { rows, bits })
        const keys = signMagnitude(draw(rng, { rows, width }), { rows, bits })
        const threshold = rowThresholds(queries.codes, keys.codes, width)
        for (const bitsPerCycle of [1, 2, 3, 4, 12].filter((own) => own <= bits)) {
          const format = { bits, bitsPerCycle }
          const { cycles, kept } = bitSerialScores(queries, keys, { ...format, threshold })
          /** The score if the bits behind `known` slots were the most favourable ones; those of the rest are K's own. */
          const best = (i: number, j: number, known: number) => {
            const unknown = 2 ** (bits - known)
            let sum = 0
            for (let c = 0; c < width; c++) {
              const q = queries.codes[i * width + c] as number
              const k = keys.codes[j * width + c] as number
              const magnitude = Math.abs(k)
              const start = magnitude - (magnitude % unknown)
              sum += q < 0 === k < 0 ? Math.abs(q) * (start + unknown - 1) : -Math.abs(q) * start
            }
            return sum
          }
          for (let i = 0; i < rows; i++) {
            const limit = threshold[i] as number
            for (let j = 0; j < rows; j++) {
              const own = cycles[i * rows + j] as number
              const stopped = takenBits(own, format)
              const right =
                kept[i * rows + j] === 1
                  ? stopped === bits && best(i, j, bits) >= limit
                  : // The unknown bits may be the best ones, so to stop one cycle before would have been a guess.
                    best(i, j, stopped) < limit &&
                    (own === 1 || best(i, j, takenBits(own - 1, format)) >= limit) &&
                    best(i, j, bits) < limit
              if (!right) failures++
              if (stopped < bits) early++
              scores++
            }
          }
          assert.is(failures, 0, `${name}, ${width} elements, ${bits} bits, ${bitsPerCycle} per cycle`)
        }
      }
    }
  }
  assert.ok(scores > 2e6, `${scores} scores`)
  assert.ok(early > scores / 4, `${early} scores stopped early`)
})

test('both engines give the same for millions of multiply-accumulates at every step and width', () => {
  const rows = 48
  const rng = createRng(5)
  for (const width of [1, 8, 31, 64, 100]) {
    for (const bits of [2, 7, 12]) {
      const [q, k] = [0, 1].map(() =>
        signMagnitude(
          Float64Array.from({ length: rows * width }, () => normalSample(rng)),
          { rows, bits },
        ),
      ) as [ReturnType<typeof signMagnitude>, ReturnType<typeof signMagnitude>]
      const threshold = rowThresholds(q.codes, k.codes, width)
      for (let bitsPerCycle = 1; bitsPerCycle <= bits; bitsPerCycle++) {
        const [simd, plain] = SCORE_ENGINES.map((engine) =>
          bitSerialScores(q, k, { bits, bitsPerCycle, threshold, engine }),
        )
        assert.equal(simd, plain)
      }
    }
  }
})

test('matrices larger than a block are worked off completely', () => {
  const rng = createRng(9)
  const size = { queries: 700, keys: 900, width: 33 }
  const draw = (rows: number) =>
    signMagnitude(
      Float64Array.from({ length: rows * size.width }, () => normalSample(rng)),
      { rows, bits: 12 },
    )
  const [queries, keys] = [draw(size.queries), draw(size.keys)]
  const options = { bits: 12, bitsPerCycle: 1, threshold: 3e6 }
  const [simd, plain] = SCORE_ENGINES.map((engine) => bitSerialScores(queries, keys, { ...options, engine }))
  assert.equal(simd, plain)
  for (const [i, j] of [
    [0, 0],
    [699, 899],
    [300, 898],
    [699, 0],
  ] as const) {
    const own = bitSerialScore(
      queries.codes.subarray(i * 33, i * 33 + 33),
      keys.codes.subarray(j * 33, j * 33 + 33),
      options,
    )
    assert.is(plain?.cycles[i * size.keys + j], own.cycles)
  }
  assert.ok((plain?.cycles ?? []).every((cycles) => cycles >= 1 && cycles <= 12))
})

test('counts at one bit per cycle tell those of every coarser step', () => {
  const rng = createRng(3)
  for (const bits of [5, 9, 12]) {
    const draw = () =>
      signMagnitude(
        Float64Array.from({ length: 60 * 16 }, () => normalSample(rng)),
        { rows: 60, bits },
      )
    const [queries, keys] = [draw(), draw()]
    const threshold = rowThresholds(queries.codes, keys.codes, 16)
    const at = (bitsPerCycle: number) => {
      const trace = bitSerialScores(queries, keys, { bits, bitsPerCycle, threshold })
      return { trace, counts: countTerminations(trace, { bits, bitsPerCycle }) }
    }
    const fine = at(1)
    assert.is(fine.counts.keptScores + fine.counts.prunedAfterBits.reduce((sum, n) => sum + n, 0), 3600)
    assert.is(fine.counts.prunedAfterBits[0], 0)
    assert.ok(fine.counts.prunedAfterBits.filter((count) => count > 0).length > 3)
    for (let bitsPerCycle = 2; bitsPerCycle <= bits; bitsPerCycle++) {
      const format = { bits, bitsPerCycle }
      const coarse = at(bitsPerCycle)
      assert.is(coarse.counts.keptScores, fine.counts.keptScores)
      fine.trace.cycles.forEach((own, i) => {
        assert.is(takenBits(coarse.trace.cycles[i] as number, format), coarserBits(own, format))
      })
      const pruned = 3600 - coarse.counts.keptScores
      const direct = coarse.counts.prunedAfterBits.reduce((sum, count, own) => sum + count * own, 0) / pruned
      assert.ok(Math.abs(statisticsOf(fine.counts, format).bitsOnPruned - direct) < 1e-12)
    }
  }
})

test('macSteps() counts every tap in every cycle', () => {
  const trace = { queries: 1, keys: 3, cycles: Uint8Array.of(1, 2, 6), kept: Uint8Array.of(0, 0, 1) }
  assert.is(macSteps(trace, 64), 576)
})

test('bitSerialScores() refuses what does not fit, in one line', () => {
  const options = { bits: 8, bitsPerCycle: 2, threshold: 0 }
  const one = vector(1, 2)
  const refused = (queries: typeof one, keys: typeof one, more: object, message: RegExp) =>
    assert.throws(() => bitSerialScores(queries, keys, { ...options, ...more }), message)
  refused(one, vector(1), {}, /equally wide, got 2 and 1/)
  refused(one, vector(1, 128), {}, /keys must lie from -127 to 127, got 128/)
  refused({ ...one, rows: 2 }, one, {}, /rows x width codes, got 2 x 2 and 2/)
  refused(one, one, { threshold: [1, 2] }, /a threshold for each of 1 queries, got 2/)
  refused(one, one, { threshold: Number.NaN }, /thresholds must be numbers, got NaN/)
  refused(one, one, { bitsPerCycle: 9 }, /bitsPerCycle must be an integer from 1 to 8, got 9/)
  refused(one, one, { bits: 17 }, /bits must be an integer from 2 to 16, got 17/)
  refused(vector(32767, 32767, 32767), vector(1, 1, 1), { bits: 16, engine: 'simd' }, /every sum must fit 32 bits/)
  assert.throws(() => bitSerialScore([1], [1, 2], options), /equally long and not empty, got 1 and 2/)
  assert.throws(() => bitSerialScore([0.5], [1], options), /elements of q must be integers, got 0.5/)
  assert.throws(() => bitSerialScore([1], [-128], options), /integers from -127 to 127, got -128/)
  assert.throws(() => bitSerialScore([1], [1], { ...options, threshold: Number.NaN }), /must be a number, got NaN/)
  assert.throws(() => bitSerialScore([2 ** 50], [1], options), /exact in a double/)
})

test('modelScores() prunes the share it is told, and an outlier channel makes scores stop later', () => {
  const model = { queries: 64, keys: 96, width: 16, bits: 12, prunedShare: 0.75, outlierSpread: 1 }
  const bitsAt = (outlierSpread: number) =>
    statisticsOf(modelScores({ ...model, outlierSpread }, createRng(4)), { bits: 12, bitsPerCycle: 2 })
  // Quantisation moves a few scores over the threshold.
  assert.ok(Math.abs(bitsAt(1).prunedShare - 0.75) < 0.002)
  assert.ok(bitsAt(7).bitsOnPruned > bitsAt(1).bitsOnPruned + 0.5)
  const [all, none] = [1, 0].map((prunedShare) => modelScores({ ...model, prunedShare }, createRng(4)))
  assert.is(all?.keptScores, 0)
  assert.ok((none?.keptScores ?? 0) >= 64 * 96 - 1)
  assert.equal(modelScores(model, createRng(8)), modelScores(model, createRng(8), { engine: 'plain' }))
  for (const bad of [{ width: 0 }, { keys: 1.5 }, { prunedShare: 1.1 }, { outlierSpread: Number.NaN }, { bits: 1 }]) {
    assert.throws(() => modelScores({ ...model, ...bad }, createRng(1)), /^RangeError|must be/)
  }
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  addCounts,
  addedDpuMm2,
  areaWithDpus,
  type BaselineMix,
  type BitSerialFormat,
  backEndShare,
  baselineEnergy,
  baselineQueryTime,
  coarserBits,
  convertStatistics,
  DESIGNS,
  type Design,
  designEnergy,
  dpuCyclesPerScore,
  ENERGY_PARTS,
  type EnergyModel,
  energyPerBitAt,
  energyPerBitRange,
  granularityEnergy,
  type LeopardTile,
  latchFor,
  latchWindow,
  layoutAreas,
  meanCycles,
  multiplierAreaRatio,
  narrowFactors,
  type PruningCounts,
  pipelined,
  processedBitShare,
  prunedEnergy,
  queryTime,
  type ScoreStatistics,
  softmaxShareFor,
  statisticsOf,
  type TileLayout,
  totalEnergy,
  withBits,
  withLeakage,
} from '../../lib/accelerators/leopard/mod.ts'
import { near } from '../support/near.ts'

const tile = (dpus: number, vpuCyclesPerScore: number): LeopardTile => ({
  dpus,
  vpuCyclesPerScore,
  bits: 12,
  bitsPerCycle: 2,
})
/** The paper's workloads: tasks, share pruned, bits on the pruned scores. */
const WORKLOADS = [
  [20, 0.917, 4.5],
  [9, 0.786, 8.3],
  [9, 0.755, 8],
  [1, 0.739, 7.6],
  [1, 0.741, 9],
  [1, 0.726, 8],
  [1, 0.603, 8.5],
  [1, 0.739, 7.6],
] as const
const statisticsOfRow = ([, prunedShare, bitsOnPruned]: (typeof WORKLOADS)[number]): ScoreStatistics => ({
  prunedShare,
  bitsOnPruned,
})
const VIT: ScoreStatistics = { prunedShare: 0.603, bitsOnPruned: 8.5 }
const MEMN2N: ScoreStatistics = { prunedShare: 0.917, bitsOnPruned: 4.5 }
const taskMean = (of: (statistics: ScoreStatistics) => number): number =>
  WORKLOADS.reduce((sum, row) => sum + row[0] * of(statisticsOfRow(row)), 0) / 43
const speedup = (statistics: ScoreStatistics, own: LeopardTile, baselinePace = 1): number =>
  baselineQueryTime(100, baselinePace).totalCycles / queryTime(statistics, 100, own).totalCycles

const share = fc.double({ min: 0, max: 1, noNaN: true })
const anyStatistics: fc.Arbitrary<ScoreStatistics> = fc.record({
  prunedShare: share,
  bitsOnPruned: fc.double({ min: 2, max: 12, noNaN: true }),
})
const anyCounts: fc.Arbitrary<PruningCounts> = fc
  .record({
    keptScores: fc.integer({ min: 0, max: 1000 }),
    pruned: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 12, maxLength: 12 }),
  })
  .map(({ keptScores, pruned }) => ({ keptScores: keptScores + 1, prunedAfterBits: [0, ...pruned] }))

test('counts by hand: two kept, three pruned after 1, 2 and 5 bits', () => {
  const counts = { keptScores: 2, prunedAfterBits: [0, 1, 1, 0, 0, 1] }
  const at = (bitsPerCycle: number) => statisticsOf(counts, { bits: 12, bitsPerCycle })
  assert.equal(at(1), { prunedShare: 0.6, bitsOnPruned: 8 / 3, cyclesOnPruned: 8 / 3 })
  // In steps of two: 2, 2 and 6 bits.
  assert.equal(at(2), { prunedShare: 0.6, bitsOnPruned: 10 / 3, cyclesOnPruned: 5 / 3 })
  assert.equal(at(12), { prunedShare: 0.6, bitsOnPruned: 12, cyclesOnPruned: 1 })
  // 1 + 1 + 3 cycles of the pruned, 6 of each of the others.
  assert.is(meanCycles(counts, { bits: 12, bitsPerCycle: 2 }), 17 / 5)
  // Steps of five: the third one holds bits 11 and 12.
  assert.is(coarserBits(11, { bits: 12, bitsPerCycle: 5 }), 12)
  assert.is(meanCycles(counts, { bits: 12, bitsPerCycle: 5 }), (1 + 1 + 1 + 3 + 3) / 5)
})

test('coarser steps take more bits and fewer cycles, none more than all', () => {
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const steps = [1, 2, 4, 12].map((bitsPerCycle) => ({ bits: 12, bitsPerCycle }))
      const [bits, cycles] = [
        steps.map((format) => statisticsOf(counts, format).bitsOnPruned),
        steps.map((format) => meanCycles(counts, format)),
      ]
      for (let i = 1; i < steps.length; i += 1) {
        assert.ok((bits[i] ?? 0) >= (bits[i - 1] ?? Number.NaN) - 1e-12)
        assert.ok((cycles[i] ?? Number.NaN) <= (cycles[i - 1] ?? 0) + 1e-12)
      }
      assert.ok(bits.every((mean) => mean >= 1 && mean <= 12))
      assert.is(cycles[3], 1)
    }),
  )
})

test("mean cycles are those of the tile's front-end, also where B does not divide the width", () => {
  fc.assert(
    fc.property(anyCounts, fc.integer({ min: 1, max: 12 }), (counts, bitsPerCycle) => {
      const format = { bits: 12, bitsPerCycle }
      assert.ok(near(dpuCyclesPerScore(statisticsOf(counts, format), format), meanCycles(counts, format)))
    }),
  )
})

test('steps of five by hand: a score stopped at bit 11 takes three cycles for its 12 bits, of a mean 2.4 would be left', () => {
  const format = { bits: 12, bitsPerCycle: 5 }
  // One pruned in its first cycle, one in its last, of 5 and 2 bits; one kept.
  const statistics = statisticsOf({ keptScores: 1, prunedAfterBits: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1] }, format)
  assert.equal(statistics, { prunedShare: 2 / 3, bitsOnPruned: 8.5, cyclesOnPruned: 2 })
  assert.ok(near(dpuCyclesPerScore(statistics, format), (1 + 3 + 3) / 3))
  assert.ok(near(dpuCyclesPerScore(withBits(statistics, 8.5), format), ((2 * 8.5) / 5 + 3) / 3))
  assert.ok(near(queryTime(statistics, 6, { ...format, dpus: 2, vpuCyclesPerScore: 1 }).frontCycles, 7))
  assert.equal(convertStatistics(statistics, format, format), statistics)
  assert.is(convertStatistics(statistics, format, { bits: 12, bitsPerCycle: 4 }).cyclesOnPruned, undefined)
})

test('counts add up, and statistics of the sum lie between those of the parts', () => {
  const [a, b] = [
    { keptScores: 3, prunedAfterBits: [0, 1, 4] },
    { keptScores: 5, prunedAfterBits: [0, 0, 2, 7] },
  ]
  assert.equal(addCounts(a, b), { keptScores: 8, prunedAfterBits: [0, 1, 6, 7] })
  assert.equal(addCounts(b, a), addCounts(a, b))
  fc.assert(
    fc.property(anyCounts, anyCounts, (one, other) => {
      const format = { bits: 12, bitsPerCycle: 2 }
      const parts = [one, other].map((counts) => statisticsOf(counts, format).prunedShare)
      const { prunedShare } = statisticsOf(addCounts(one, other), format)
      assert.ok(prunedShare >= Math.min(...parts) - 1e-12 && prunedShare <= Math.max(...parts) + 1e-12)
    }),
  )
})

test('statistics at another step shift by half a step, at another width in proportion, never past the ends', () => {
  const twos = { bits: 12, bitsPerCycle: 2 }
  assert.equal(convertStatistics(MEMN2N, twos, twos), MEMN2N)
  assert.is(convertStatistics(MEMN2N, twos, { bits: 12, bitsPerCycle: 1 }).bitsOnPruned, 4)
  assert.is(convertStatistics(MEMN2N, twos, { bits: 12, bitsPerCycle: 4 }).bitsOnPruned, 5.5)
  assert.is(convertStatistics(MEMN2N, twos, { bits: 12, bitsPerCycle: 12 }).bitsOnPruned, 12)
  // (4.5 - 0.5) x 9/12 + 0.5
  assert.is(convertStatistics(MEMN2N, twos, { bits: 9, bitsPerCycle: 2 }).bitsOnPruned, 3.5)
  assert.is(
    convertStatistics({ prunedShare: 1, bitsOnPruned: 12 }, twos, { bits: 12, bitsPerCycle: 3 }).bitsOnPruned,
    12,
  )
})

test('a query by hand: 12 keys, a third kept, 4 bits on the others, 2 units', () => {
  // Front: (8 x 2 + 4 x 6) / 2; back: 4 x 3.
  const time = queryTime({ prunedShare: 2 / 3, bitsOnPruned: 4 }, 12, tile(2, 3))
  assert.ok(near(time.frontCycles, 20) && near(time.backCycles, 12))
  assert.ok(near(time.totalCycles, 20) && near(time.vpuUtilisation, 0.6))
  // At six cycles per score the back-end sets the pace.
  assert.ok(near(queryTime({ prunedShare: 2 / 3, bitsOnPruned: 4 }, 12, tile(2, 6)).totalCycles, 24))
  assert.equal(baselineQueryTime(12, 1).totalCycles, 12)
  assert.equal(baselineQueryTime(12, 3).totalCycles, 36)
  assert.equal(pipelined(4, 2), { frontCycles: 4, backCycles: 2, totalCycles: 4, vpuUtilisation: 0.5 })
})

test('nothing pruned: six units of two bits are as fast as one of twelve; all pruned: the back-end has nothing to do', () => {
  const none = queryTime({ prunedShare: 0, bitsOnPruned: 12 }, 512, tile(6, 1))
  assert.is(none.totalCycles, 512)
  assert.is(none.vpuUtilisation, 1)
  const all = queryTime({ prunedShare: 1, bitsOnPruned: 2 }, 512, tile(6, 2.29))
  assert.is(all.backCycles, 0)
  assert.ok(near(all.totalCycles, 512 / 6))
})

test('speedups of the paper: means 1.80 and 2.40, 1.79 and 2.37 with 2.29 cycles per survivor, 4.1 and 5.4 with it in both', () => {
  const means = (pace: number, baselinePace: number) =>
    [6, 8].map((dpus) => taskMean((statistics) => speedup(statistics, tile(dpus, pace), baselinePace)))
  for (const [pace, baselinePace, ae, hp] of [
    [1, 1, 1.797, 2.396],
    [2.29, 1, 1.794, 2.373],
    [2.29, 2.29, 4.109, 5.433],
  ] as const) {
    const [gotAe, gotHp] = means(pace, baselinePace)
    assert.ok(near(gotAe ?? 0, ae, 4e-4) && near(gotHp ?? 0, hp, 4e-4), `${pace}, ${baselinePace}: ${gotAe}, ${gotHp}`)
  }
})

test("ViT-B's speedups: 1.213 and 1.618 at one cycle per survivor, 1.100 for both at 2.29", () => {
  assert.ok(near(speedup(VIT, tile(6, 1)), 1.213, 4e-4))
  assert.ok(near(speedup(VIT, tile(8, 1)), 1.618, 4e-4))
  for (const dpus of [6, 8]) assert.ok(near(speedup(VIT, tile(dpus, 2.29)), 1 / (2.29 * 0.397)))
})

test("utilisation of the paper's workloads: at 2.29 cycles 7 of 8 are above 1 with 12 units, at one cycle none", () => {
  const utilisations = (pace: number, dpus: number) =>
    WORKLOADS.map((row) => queryTime(statisticsOfRow(row), 512, tile(dpus, pace)).vpuUtilisation)
  assert.is(utilisations(2.29, 12).filter((value) => value > 1).length, 7)
  assert.is(utilisations(1, 12).filter((value) => value > 1).length, 0)
  for (const [pace, dpus, low, high] of [
    [1, 3, 0.1, 0.24],
    [1, 12, 0.39, 0.96],
    [2.29, 6, 0.445, 1.1],
    [2.29, 8, 0.594, 1.47],
    [2.29, 12, 0.89, 2.21],
  ] as const) {
    const got = utilisations(pace, dpus)
    assert.ok(near(Math.min(...got), low, 0.03) && near(Math.max(...got), high, 5e-3), `${pace}, ${dpus}`)
  }
})

test('three quarters of the front-end cycles gain 1.229 on the mean, 1.333 where the back-end never waits', () => {
  const gain = (pace: number) => {
    const at = (factor: number) =>
      taskMean((statistics) => {
        const { frontCycles, backCycles } = queryTime(statistics, 1, tile(8, pace))
        return 1 / pipelined(factor * frontCycles, backCycles).totalCycles
      })
    return at(0.75) / at(1)
  }
  assert.ok(near(gain(2.29), 1.229, 5e-4), `${gain(2.29)}`)
  assert.ok(near(gain(1), 1.333, 2e-3), `${gain(1)}`)
})

test('more units, a faster V-PU, fewer bits and more pruning never make a query slower', () => {
  fc.assert(
    fc.property(
      anyStatistics,
      share,
      fc.integer({ min: 1, max: 32 }),
      fc.double({ min: 0.1, max: 9, noNaN: true }),
      (own, other, dpus, pace) => {
        const time = (statistics: ScoreStatistics, units = dpus, cycles = pace) =>
          queryTime(statistics, 384, tile(units, cycles)).totalCycles
        const most = time(own) * (1 + 1e-12)
        assert.ok(time(own, dpus + 1) <= most)
        assert.ok(time(own, dpus, pace * 0.9) <= most)
        assert.ok(time({ ...own, bitsOnPruned: 2 + (own.bitsOnPruned - 2) * other }) <= most)
        assert.ok(time({ ...own, prunedShare: Math.max(own.prunedShare, other) }) <= most)
      },
    ),
  )
})

test('time is proportional to the keys, so that speedup and utilisation do not depend on them', () => {
  fc.assert(
    fc.property(anyStatistics, fc.integer({ min: 1, max: 5000 }), (statistics, keys) => {
      const [one, many] = [1, keys].map((count) => queryTime(statistics, count, tile(6, 2.29)))
      assert.ok(near(many?.totalCycles ?? 0, keys * (one?.totalCycles ?? 0)))
      assert.ok(near(many?.vpuUtilisation ?? 0, one?.vpuUtilisation ?? 1))
    }),
  )
})

const mix = (bufferShare: number, softmaxShare: number): BaselineMix => ({
  frontBits: 12,
  backBits: 16,
  bufferShare,
  softmaxShare,
})

test("the baseline's back-end takes 57 % of the energy if buffers do, 64 % if multipliers do, softmax aside", () => {
  // 4/3 against 1, and 16/9 against 1.
  assert.ok(near(backEndShare(baselineEnergy(mix(1, 0))), 4 / 7))
  assert.ok(near(backEndShare(baselineEnergy(mix(0, 0))), 16 / 25))
  const parts = baselineEnergy(mix(0.5, 0.1))
  assert.ok(near(parts.xv / parts.qk, 16 / 9) && near(parts.valueBuffer / parts.keyBuffer, 4 / 3))
  assert.is(parts.qk, parts.keyBuffer)
  assert.is(parts.softmax, 0.1)
})

test('parts of the baseline sum to 1, and the softmax share for a back-end share is the one that gives it', () => {
  fc.assert(
    fc.property(share, fc.double({ min: 0, max: 0.9, noNaN: true }), (bufferShare, softmaxShare) => {
      const parts = baselineEnergy(mix(bufferShare, softmaxShare))
      assert.ok(near(totalEnergy(parts), 1))
      assert.ok(ENERGY_PARTS.every((part) => parts[part] >= 0))
      const found = softmaxShareFor(backEndShare(parts), { frontBits: 12, backBits: 16, bufferShare })
      assert.ok(near(found, softmaxShare, 1e-9, 1e-12))
    }),
  )
})

/** A baseline with a given back-end share. */
const withBackEnd = (backEnd: number) =>
  baselineEnergy(mix(0.5, softmaxShareFor(backEnd, { frontBits: 12, backBits: 16, bufferShare: 0.5 })))
const reductions = (backEnd: number, energyPerBit: number, statistics: ScoreStatistics) => {
  const baseline = withBackEnd(backEnd)
  const pruned = totalEnergy(prunedEnergy(baseline, statistics))
  const all = totalEnergy(prunedEnergy(baseline, statistics, { bits: 12, energyPerBit }))
  return { pruning: 1 / pruned, bitSerial: pruned / all, total: 1 / all }
}

test('energy of the paper comes out as computed elsewhere, for three pairs of back-end share and energy per bit', () => {
  for (const [backEnd, perBit, memn2n, vit, mean] of [
    [0.654, 0.88, [2.5, 2.17], [1.65, 1.19, 1.96], [2.22, 1.71, 3.9]],
    [0.64, 0.82, [2.42, 2.31], [1.63, 1.23, 2.01], [2.17, 1.8, 4.01]],
    [0.65, 1, [2.48, 1.99], [1.64, 1.11, 1.83], [2.21, 1.57, 3.56]],
  ] as const) {
    const close = (got: number, expected: number) =>
      assert.ok(Math.abs(got - expected) < 0.0075, `${backEnd}, ${perBit}: ${got} for ${expected}`)
    const [high, low] = [reductions(backEnd, perBit, MEMN2N), reductions(backEnd, perBit, VIT)]
    close(high.pruning, memn2n[0])
    close(high.bitSerial, memn2n[1])
    close(low.pruning, vit[0])
    close(low.bitSerial, vit[1])
    close(low.total, vit[2])
    close(
      taskMean((own) => reductions(backEnd, perBit, own).pruning),
      mean[0],
    )
    close(
      taskMean((own) => reductions(backEnd, perBit, own).bitSerial),
      mean[1],
    )
    close(
      taskMean((own) => reductions(backEnd, perBit, own).total),
      mean[2],
    )
  }
})

test('pruning touches the back-end alone, early termination the front-end alone', () => {
  fc.assert(
    fc.property(anyStatistics, fc.double({ min: 0.1, max: 2, noNaN: true }), (statistics, energyPerBit) => {
      const baseline = baselineEnergy(mix(0.3, 0.1))
      const [pruned, all] = [
        prunedEnergy(baseline, statistics),
        prunedEnergy(baseline, statistics, { bits: 12, energyPerBit }),
      ]
      for (const part of ['softmax', 'xv', 'valueBuffer'] as const) {
        assert.ok(near(pruned[part], baseline[part] * (1 - statistics.prunedShare)))
        assert.is(all[part], pruned[part])
      }
      for (const part of ['qk', 'keyBuffer'] as const) {
        assert.is(pruned[part], baseline[part])
        assert.ok(near(all[part], baseline[part] * energyPerBit * processedBitShare(statistics, 12)))
      }
    }),
  )
})

test('nothing pruned changes nothing; all pruned after all bits leaves the front-end', () => {
  const baseline = withBackEnd(0.65)
  assert.equal(prunedEnergy(baseline, { prunedShare: 0, bitsOnPruned: 12 }, { bits: 12, energyPerBit: 1 }), baseline)
  assert.ok(near(totalEnergy(prunedEnergy(baseline, { prunedShare: 1, bitsOnPruned: 12 })), 0.35))
  assert.is(processedBitShare({ prunedShare: 1, bitsOnPruned: 3 }, 12), 0.25)
})

test('what leaks goes with time and area: none is the switching alone, all is run time alone', () => {
  assert.is(withLeakage(0.25, { share: 0, timeRatio: 0.5, areaRatio: 1 }), 0.25)
  assert.is(withLeakage(0.25, { share: 1, timeRatio: 0.5, areaRatio: 1.2 }), 0.6)
  assert.ok(near(withLeakage(0.25, { share: 0.1, timeRatio: 0.5, areaRatio: 1 }), 0.275))
})

// Cumulative shares of trained scores pruned by 2, 3, ... 12 bits, from an independent training.
const CUMULATIVE = [0.061, 0.213, 0.4, 0.497, 0.541, 0.562, 0.572, 0.578, 0.58, 0.581, 0.582]
const HISTOGRAM: PruningCounts = {
  // Kept scores as 91.7 % pruned leave them.
  keptScores: (0.582 * 0.083) / 0.917,
  prunedAfterBits: [0, 0, ...CUMULATIVE.map((value, i) => value - (CUMULATIVE[i - 1] ?? 0))],
}
const points = [1, 2, 4, 12].map((bitsPerCycle) => ({
  bits: 12,
  bitsPerCycle,
  meanCycles: meanCycles(HISTOGRAM, { bits: 12, bitsPerCycle }),
}))
const energies = (widthExponent: number, latch: number, bufferShare = 0) =>
  points.map((point) => {
    const { logic, buffer } = granularityEnergy(point, { widthExponent, latch, bufferShare })
    return logic + buffer
  })

test('energy by step with an independent histogram: two bits are best, by little, at exponent 1 and at 1.25', () => {
  // cycles (B^g + l) / (12^g + l), worked out apart from this code.
  for (const [widthExponent, latch, expected] of [
    [1, 0.3, [0.5048, 0.4873, 0.5134, 1]],
    [1.25, 0.75, [0.3621, 0.3532, 0.4076, 1]],
    [1.3, 0.75, [0.321, 0.3215, 0.3842, 1]],
  ] as const) {
    energies(widthExponent, latch).forEach((got, i) => {
      assert.ok(Math.abs(got - (expected[i] ?? 0)) < 1e-4, `${widthExponent}, ${latch}: ${got}`)
    })
  }
})

test('inside its window of latch energies a step is best, outside it is not', () => {
  for (const widthExponent of [1, 1.25]) {
    for (const bufferShare of [0, 0.5]) {
      const window = latchWindow(points, 2, { widthExponent, bufferShare })
      assert.ok(window !== null && window.from > 0)
      const { from, to } = window
      const best = (latch: number) => {
        const all = energies(widthExponent, latch, bufferShare)
        return points[all.indexOf(Math.min(...all))]?.bitsPerCycle
      }
      assert.is(best((from + to) / 2), 2)
      assert.is(best(from * 1.001), 2)
      assert.is(best(to * 0.999), 2)
      assert.is(best(from * 0.999), 1)
      assert.is(best(to * 1.001), 4)
    }
  }
  assert.is(latchWindow(points, 12, { widthExponent: 1, bufferShare: 1 }), null)
  // With latches dear enough, only full width will do.
  assert.is(latchWindow(points, 12, { widthExponent: 1, bufferShare: 0 })?.to, Number.POSITIVE_INFINITY)
})

test('without latches and at exponent 1 energy is the share of bits read; at full width it is 1 whatever the rest', () => {
  energies(1, 0).forEach((got, i) => {
    const { bitsPerCycle, meanCycles: cycles } = points[i] ?? { bitsPerCycle: 0, meanCycles: 0 }
    assert.ok(near(got, (cycles * bitsPerCycle) / 12))
    assert.ok(near(energies(1, 0, 1)[i] ?? 0, got))
  })
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.double({ min: 0, max: 20, noNaN: true }),
      share,
      (g, l, b) => {
        assert.ok(near(energies(g, l, b)[3] ?? 0, 1))
      },
    ),
  )
})

const STEP: BitSerialFormat = { bits: 12, bitsPerCycle: 2 }

test('a bit by hand: with exponent 1 and a latch as large as a bit, 2 of 12 bits per cycle take 1.5 over 13/12', () => {
  assert.ok(near(energyPerBitAt(STEP, { widthExponent: 1, latch: 1 }), 1.5 / (13 / 12)))
  // Without latches a step of exponent 2 takes as much less per bit as it is narrower.
  assert.ok(near(energyPerBitAt(STEP, { widthExponent: 2, latch: 0 }), 1 / 6))
  assert.equal(energyPerBitRange(STEP, 1), { from: 1, below: 6 })
  assert.ok(near(latchFor(0.88, STEP, 1.25), 1.0515, 1e-4))
  assert.is(latchFor(1, STEP, 1), 0)
})

test('the latch for an energy per bit gives it, at full width a bit takes 1, and more latch never takes less', () => {
  const exponent = fc.double({ min: 0.1, max: 3, noNaN: true })
  fc.assert(
    fc.property(exponent, share, fc.integer({ min: 2, max: 16 }), (widthExponent, at, bits) => {
      fc.pre(at < 0.99)
      for (let bitsPerCycle = 1; bitsPerCycle < bits; bitsPerCycle += 1) {
        const { from, below } = energyPerBitRange({ bits, bitsPerCycle }, widthExponent)
        if (from >= below) continue
        const wanted = from + at * (below - from)
        const latch = latchFor(wanted, { bits, bitsPerCycle }, widthExponent)
        const got = energyPerBitAt({ bits, bitsPerCycle }, { widthExponent, latch })
        assert.ok(latch >= 0 && near(got, wanted, 1e-9), `${latch}: ${got}`)
        assert.ok(energyPerBitAt({ bits, bitsPerCycle }, { widthExponent, latch: latch + 1 }) > got)
        assert.ok(near(energyPerBitAt({ bits, bitsPerCycle: bits }, { widthExponent, latch }), 1))
      }
    }),
  )
})

test('energy per score by step is that per bit times the bits, wherever B divides the width', () => {
  for (const [widthExponent, latch] of [
    [1, 0.3],
    [1.25, 1.0515],
  ] as const) {
    energies(widthExponent, latch).forEach((got, i) => {
      const { bits, bitsPerCycle, meanCycles: cycles } = points[i] ?? { bits: 0, bitsPerCycle: 0, meanCycles: 0 }
      const perBit = energyPerBitAt({ bits, bitsPerCycle }, { widthExponent, latch })
      assert.ok(near(got, (perBit * cycles * bitsPerCycle) / bits))
    })
  }
})

test('where nothing stops early a unit of full width takes what the baseline takes, whatever its latch', () => {
  const baseline = withBackEnd(0.65)
  const full: BitSerialFormat = { bits: 12, bitsPerCycle: 12 }
  fc.assert(
    fc.property(share, fc.double({ min: 0, max: 9, noNaN: true }), (prunedShare, latch) => {
      const model: EnergyModel = {
        baseline,
        energyPerBit: energyPerBitAt(full, { widthExponent: 1.25, latch }),
        leakageShare: 0,
        areaRatio: 1,
        tile: { ...tile(1, 1), ...full },
        keys: 10,
        baselineVpuCyclesPerScore: 1,
      }
      const statistics = { prunedShare, bitsOnPruned: 12 }
      const [one, pruned, all] = DESIGNS.map((design) => designEnergy(design, statistics, model).total)
      assert.ok(near(one ?? 0, 1))
      assert.ok(near(all ?? 0, pruned ?? 1))
    }),
  )
})

test('leakage goes with the run time of each design: by hand at half the scores pruned after a third of the bits', () => {
  const model: EnergyModel = {
    baseline: { qk: 0.3, keyBuffer: 0.1, softmax: 0.1, xv: 0.3, valueBuffer: 0.2 },
    energyPerBit: 1,
    leakageShare: 0.2,
    areaRatio: 1.5,
    tile: tile(6, 1),
    keys: 12,
    baselineVpuCyclesPerScore: 1,
  }
  const statistics = { prunedShare: 0.5, bitsOnPruned: 4 }
  const of = (design: Design) => designEnergy(design, statistics, model)
  assert.ok(near(of('baseline').total, 1) && near(of('baseline').leakage, 0.2))
  // Full scores on six units take as long as the baseline; stopped ones 2 of 6 cycles, 4 on average.
  assert.ok(near(of('LeOPArd-P').total, 0.8 * (0.4 + 0.5 * 0.6) + 0.2 * 1.5))
  assert.ok(near(of('LeOPArd').total, 0.8 * (0.4 * (8 / 12) + 0.5 * 0.6) + 0.2 * 1.5 * (4 / 6)))
  for (const design of DESIGNS) {
    const { parts, leakage, total } = of(design)
    assert.ok(near(totalEnergy(parts) + leakage, total))
  }
})

test('a narrower tile by hand: three quarters of half the power and of 0.6 of the area', () => {
  const factors = narrowFactors({ kept: 0.75, gain: 1.2, energyShare: 0.5, areaShare: 0.6 })
  assert.ok(near(factors.power, 0.875) && near(factors.area, 0.85) && near(factors.gopsPerJ, 1.2 / 0.875))
  assert.is(factors.gops, 1.2)
  assert.ok(near(factors.energyPerScore, 1 - 0.5 * (7 / 16)))
  assert.equal(narrowFactors({ kept: 1, gain: 1, energyShare: 0.5, areaShare: 0.6 }), {
    gops: 1,
    power: 1,
    gopsPerJ: 1,
    area: 1,
    energyPerScore: 1,
  })
})

const LAYOUT: TileLayout = {
  widthMm: 2.3,
  heightMm: 2.8,
  tiles: 2,
  dpus: 6,
  frontEndShare: 0.56,
  memoryShare: 0.34,
  keyBufferKb: 48,
  valueBufferKb: 64,
}

test('areas by hand: 3.22 mm2 a tile, a QK-DPU of 0.222, and 3.66 with two more', () => {
  const areas = layoutAreas(LAYOUT)
  assert.ok(near(areas.tileMm2, 3.22))
  assert.ok(near(areas.keyBufferMm2, (3.22 * 0.34 * 3) / 7))
  assert.ok(near(areas.dpuMm2, 0.2223, 1e-3))
  assert.ok(near(areaWithDpus(areas, 8), 3.6647, 1e-4))
  assert.is(areaWithDpus(areas, 6), areas.tileMm2)
  // 3.47 is 1.15 of 3.017; half of the difference is one unit.
  assert.ok(near(addedDpuMm2(3.47, 0.15, 2), 0.2263, 1e-3))
  assert.equal(
    [6, 8, 1].map((dpus) => multiplierAreaRatio(dpus, { bits: 12, bitsPerCycle: 2 })),
    [1, 4 / 3, 1 / 6],
  )
  // 9 x 3 bit beside a unit of 12 x 12.
  assert.is(multiplierAreaRatio(6, { bits: 9, bitsPerCycle: 3 }, 12), (6 * 27) / 144)
})

test('areas of the parts make up the tile', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 0.7, noNaN: true }),
      fc.double({ min: 0.05, max: 0.3, noNaN: true }),
      (frontEndShare, memoryShare) => {
        const areas = layoutAreas({ ...LAYOUT, frontEndShare, memoryShare })
        const sum = areas.dpusMm2 + areas.keyBufferMm2 + areas.valueBufferMm2 + areas.otherMm2
        assert.ok(near(sum, areas.tileMm2))
        assert.ok(near((areas.dpusMm2 + areas.keyBufferMm2) / areas.tileMm2, frontEndShare))
      },
    ),
  )
})

const format = { bits: 12, bitsPerCycle: 2 }
const REFUSED: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'a share above 1',
    () => queryTime({ prunedShare: 1.1, bitsOnPruned: 4 }, 1, tile(6, 1)),
    /prunedShare must be from 0 to 1, got 1.1/,
  ],
  [
    'a share that is no number',
    () => queryTime({ prunedShare: Number.NaN, bitsOnPruned: 4 }, 1, tile(6, 1)),
    /got NaN/,
  ],
  [
    'less than a cycle',
    () => queryTime({ prunedShare: 0.5, bitsOnPruned: 1 }, 1, tile(6, 1)),
    /bitsOnPruned must be from 2, a cycle, to 12, got 1/,
  ],
  ['more than all bits', () => queryTime({ prunedShare: 0.5, bitsOnPruned: 13 }, 1, tile(6, 1)), /to 12, got 13/],
  ['no keys', () => queryTime(MEMN2N, 0, tile(6, 1)), /keys must be above 0, got 0/],
  ['no units', () => queryTime(MEMN2N, 1, tile(0, 1)), /dpus must be above 0, got 0/],
  [
    'an endless V-PU',
    () => baselineQueryTime(1, Number.POSITIVE_INFINITY),
    /vpuCyclesPerScore must be above 0, got Infinity/,
  ],
  [
    'a step above the width',
    () => queryTime(MEMN2N, 1, { ...tile(6, 1), bitsPerCycle: 13 }),
    /bitsPerCycle must be an integer from 1 to 12, got 13/,
  ],
  ['no front-end', () => pipelined(0, 1), /frontCycles must be above 0/],
  ['no scores', () => statisticsOf({ keptScores: 0, prunedAfterBits: [0] }, format), /must be at least one, got none/],
  [
    'a negative count',
    () => meanCycles({ keptScores: 1, prunedAfterBits: [0, -1] }, format),
    /counts must be 0 or more, got -1/,
  ],
  [
    'counts beyond the width',
    () => statisticsOf({ keptScores: 1, prunedAfterBits: Array(14).fill(0) }, format),
    /must end at 12 bits, got 13/,
  ],
  ['a share of the buffer above 1', () => baselineEnergy(mix(2, 0)), /bufferShare must be from 0 to 1, got 2/],
  ['no width', () => baselineEnergy({ ...mix(0, 0), frontBits: 0 }), /widths must be above 0 bits/],
  [
    'a back-end below that without softmax',
    () => softmaxShareFor(0.5, mix(0, 0)),
    /must be from 0\.6\d*, without softmax, to below 1, got 0.5/,
  ],
  [
    'a negative leak',
    () => withLeakage(1, { share: -0.1, timeRatio: 1, areaRatio: 1 }),
    /share must be from 0 to 1, got -0.1/,
  ],
  [
    'more cycles than there are',
    () => granularityEnergy({ ...format, meanCycles: 7 }, { widthExponent: 1, latch: 0, bufferShare: 0 }),
    /meanCycles must be above 0 and at most 6, got 7/,
  ],
  [
    'a negative latch',
    () => granularityEnergy({ ...format, meanCycles: 6 }, { widthExponent: 1, latch: -1, bufferShare: 0 }),
    /latch and widthExponent must be 0 or more/,
  ],
  [
    'a step that is not swept',
    () => latchWindow(points, 3, { widthExponent: 1, bufferShare: 0 }),
    /3 must be one of 1, 2, 4, 12 bits/,
  ],
  [
    'a front-end that its buffer fills',
    () => layoutAreas({ ...LAYOUT, frontEndShare: 0.1 }),
    /frontEndShare must be above 0.1457/,
  ],
  ['a layout without tiles', () => layoutAreas({ ...LAYOUT, tiles: 0 }), /tiles must be above 0, got 0/],
  [
    'a tile smaller than its units',
    () => areaWithDpus({ ...layoutAreas(LAYOUT), tileMm2: 1 }, 7),
    /larger than they are/,
  ],
  ['a tile without units', () => areaWithDpus(layoutAreas(LAYOUT), 0), /must have units/],
  [
    'cycles that hold fewer bits than were taken',
    () => queryTime({ ...MEMN2N, cyclesOnPruned: 2 }, 1, tile(6, 1)),
    /cyclesOnPruned must be from 2.25 to 6, got 2/,
  ],
  [
    'a bit cheaper than without a latch',
    () => latchFor(0.88, STEP, 1),
    /energyPerBit at 2 bits per cycle must be from 1, without any, to below 6 .* got 0.88/,
  ],
  ['a bit dearer than latches alone', () => latchFor(6, STEP, 1.25), /to below 6 .* got 6/],
  ['an endless latch', () => energyPerBitAt(STEP, { widthExponent: 1, latch: Number.POSITIVE_INFINITY }), /latch must/],
  ['a falling width', () => energyPerBitAt(STEP, { widthExponent: -1, latch: 0 }), /widthExponent must be 0 or more/],
  [
    'more bits than there were',
    () => narrowFactors({ kept: 1.2, gain: 1, energyShare: 0.5, areaShare: 0.5 }),
    /kept must be from 0 to 1, got 1.2/,
  ],
  ['an increase by no unit', () => addedDpuMm2(3, 0.1, 0), /increase and added must be above 0/],
]

test('what cannot be is refused in one line that says what it must be', () => {
  for (const [what, run, message] of REFUSED) {
    assert.throws(run, (error: unknown) => error instanceof RangeError && message.test(error.message), what)
  }
})

test.run()

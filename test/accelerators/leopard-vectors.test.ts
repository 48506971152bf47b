import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  backEndShare,
  baselineEnergy,
  baselineQueryTime,
  bitSerialScore,
  bitSerialScores,
  type CodeMatrix,
  convertStatistics,
  countTerminations,
  dpuCyclesPerScore,
  ENERGY_PARTS,
  granularityEnergy,
  latchWindow,
  pipelined,
  processedBitShare,
  prunedEnergy,
  queryTime,
  runScoreTrace,
  StopCounter,
  softmaxShareFor,
  statisticsOf,
  takenBits,
  topMagnitude,
  totalEnergy,
} from '../../lib/accelerators/leopard/mod.ts'
import { dennardScaling, simulatedScaling } from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'
import { bitSerialVectors, energyVectors, scalingVectors, statisticsVectors, traceVectors } from '../vectors/leopard.ts'

const numbers = (text: string): number[] => text.split(' ').map(Number)

/** The vectors of single scores with their elements as codes. */
const SCORES = bitSerialVectors().map(({ q, k, ...row }) => ({
  ...row,
  q: Int16Array.from(numbers(q)),
  k: Int16Array.from(numbers(k)),
}))
type Score = (typeof SCORES)[number]

/** Rows of equal length, one below the other. */
function stacked(rows: readonly Int16Array[]): CodeMatrix {
  const width = rows[0]?.length ?? 0
  return { rows: rows.length, width, codes: Int16Array.from(rows.flatMap((row) => [...row])) }
}

const name = ({ q: _q, k: _k, ...row }: Score, index: number): string => `row ${index + 2}: ${JSON.stringify(row)}`

test('one score, step by step, is that of an independent implementation at all 446 vectors', () => {
  assert.is(SCORES.length, 446)
  for (const [index, row] of SCORES.entries()) {
    assert.equal([row.q.length, row.k.length], [row.d, row.d])
    const got = bitSerialScore(row.q, row.k, row)
    assert.equal(
      [got.bits, got.cycles, Number(got.pruned), got.steps.length],
      [row.bitsProcessed, row.cycles, row.pruned, row.cycles],
      name(row, index),
    )
    const last = bitSerialScore(row.q, row.k, { ...row, threshold: Number.NEGATIVE_INFINITY }).steps.at(-1)
    assert.equal(last, { bits: row.bits, partialSum: row.exactScore, margin: 0 }, name(row, index))
  }
  // Enough of each kind.
  const kinds = SCORES.map((row) => (row.pruned === 0 ? 'kept' : row.bitsProcessed < row.bits ? 'early' : 'late'))
  for (const kind of ['kept', 'early', 'late']) assert.ok(kinds.filter((own) => own === kind).length >= 40, kind)
})

/** Every sum fits 32 bits, with room for twice the magnitudes. */
const fitsSimd = ({ q, bits }: Score): boolean =>
  q.reduce((sum, code) => sum + Math.abs(code), 0) * Math.max(topMagnitude(bits), 2) < 2 ** 31 - 1

test('both engines agree with it: the plain one at all 446 vectors, the SIMD one where 32 bits hold every sum', () => {
  assert.is(SCORES.length, 446)
  assert.is(SCORES.filter(fitsSimd).length, 424)
  for (const [index, row] of SCORES.entries()) {
    for (const engine of ['plain', 'simd'] as const) {
      const of = () => bitSerialScores(stacked([row.q]), stacked([row.k]), { ...row, engine })
      if (engine === 'simd' && !fitsSimd(row)) {
        assert.throws(of, /every sum must fit 32 bits/, name(row, index))
        continue
      }
      const { cycles, kept } = of()
      assert.equal([cycles[0], kept[0]], [row.cycles, 1 - row.pruned], `${engine}, ${name(row, index)}`)
    }
  }
})

test('scores of one shape come out the same as one matrix, each query with its own threshold', () => {
  const shapes = new Map<string, Score[]>()
  for (const row of SCORES) {
    const shape = `${row.d} ${row.bits} ${row.bitsPerCycle}`
    shapes.set(shape, [...(shapes.get(shape) ?? []), row])
  }
  assert.ok([...shapes.values()].filter((rows) => rows.length >= 4).length >= 20)
  for (const rows of shapes.values()) {
    const { bits, bitsPerCycle } = rows[0] as Score
    const trace = bitSerialScores(stacked(rows.map(({ q }) => q)), stacked(rows.map(({ k }) => k)), {
      bits,
      bitsPerCycle,
      threshold: rows.map(({ threshold }) => threshold),
    })
    rows.forEach((row, i) => {
      const at = i * rows.length + i
      assert.equal([trace.cycles[at], trace.kept[at]], [row.cycles, 1 - row.pruned], name(row, i))
    })
  }
})

test('the same scores come out of matrices of several blocks, each query with its own threshold', () => {
  // Wide rows fill a block of queries soon: at 64 elements after 128.
  const wide = SCORES.filter(({ d, bits, bitsPerCycle }) => d === 64 && bits === 12 && bitsPerCycle === 4)
  assert.is(wide.length, 5)
  const rows = Array.from({ length: 403 }, (_, i) => wide[i % 5] as Score)
  for (const engine of ['plain', 'simd'] as const) {
    const trace = bitSerialScores(stacked(rows.map(({ q }) => q)), stacked(wide.map(({ k }) => k)), {
      bits: 12,
      bitsPerCycle: 4,
      threshold: rows.map(({ threshold }) => threshold),
      engine,
    })
    rows.forEach((row, i) => {
      const at = i * 5 + (i % 5)
      assert.equal([trace.cycles[at], trace.kept[at]], [row.cycles, 1 - row.pruned], `${engine}, ${name(row, i)}`)
    })
  }
})

test('blocks with more outcomes than the first memory of the SIMD engine holds are worked off as well', () => {
  const narrow = SCORES.filter(({ d, bits }) => d === 3 && bits === 12)
  assert.is(narrow.length, 53)
  const repeat = (of: (row: Score) => Int16Array, rows: number) =>
    stacked(Array.from({ length: rows }, (_, i) => of(narrow[i % 53] as Score)))
  const [queries, keys] = [repeat(({ q }) => q, 1100), repeat(({ k }) => k, 950)]
  const options = { bits: 12, bitsPerCycle: 1, threshold: 1 }
  const [simd, plain] = (['simd', 'plain'] as const).map((engine) =>
    bitSerialScores(queries, keys, { ...options, engine }),
  )
  assert.equal(simd, plain)
})

test('where 32 bits hold every sum, but not twice the magnitudes, the plain engine takes over', () => {
  const width = 33000
  const [queries, keys] = [32767, 1].map((code) => ({ rows: 1, width, codes: new Int16Array(width).fill(code) })) as [
    CodeMatrix,
    CodeMatrix,
  ]
  const sum = width * 32767
  assert.ok(sum < 2 ** 31 - 1 && 2 * sum > 2 ** 31)
  for (const bitsPerCycle of [1, 2]) {
    const of = (threshold: number, engine?: 'simd') =>
      bitSerialScores(queries, keys, { bits: 2, bitsPerCycle, threshold, ...(engine ? { engine } : {}) })
    assert.equal([of(sum).kept[0], of(sum).cycles[0]], [1, 2 / bitsPerCycle])
    assert.equal([of(sum + 1).kept[0], of(sum + 1).cycles[0]], [0, 1])
    assert.throws(() => of(sum, 'simd'), /every sum must fit 32 bits/)
  }
})

test('StopCounter agrees at all 446 vectors: exactly at one bit per cycle, rounded up to whole cycles at more', () => {
  assert.is(SCORES.length, 446)
  // One counter for all scores of a shape: nothing of one may be left in the next.
  const counters = new Map<string, StopCounter>()
  for (const [index, row] of SCORES.entries()) {
    const shape = `${row.d} ${row.bits}`
    const counter = counters.get(shape) ?? new StopCounter(row.d, row.bits)
    counters.set(shape, counter)
    // The row stands in the middle of others, which must not count.
    const keys = new Int16Array(3 * row.d).fill(topMagnitude(row.bits))
    keys.set(row.k, row.d)
    const got = counter.stop(row.q, keys, { at: row.d, threshold: row.threshold })
    assert.is(got < 0, row.pruned === 1, name(row, index))
    assert.is(takenBits(Math.ceil(Math.abs(got) / row.bitsPerCycle), row), row.bitsProcessed, name(row, index))
    if (row.bitsPerCycle === 1) assert.is(Math.abs(got), row.bitsProcessed)
  }
  assert.ok(SCORES.filter((row) => row.bitsPerCycle === 1 && row.pruned === 1).length >= 30)
  for (const bits of [1, 17]) assert.throws(() => new StopCounter(4, bits), /bits must be an integer from 2 to 16/)
})

test('traces take the time, and lose it to the causes, of an independent implementation at all 92 vectors', () => {
  const vectors = traceVectors()
  assert.is(vectors.length, 92)
  for (const [index, row] of vectors.entries()) {
    const rows = row.cycles.split('/').map(numbers)
    const trace = {
      queries: rows.length,
      keys: rows[0]?.length ?? 0,
      cycles: Uint8Array.from(rows.flat()),
      kept: Uint8Array.from(row.kept.split('/').flatMap(numbers)),
    }
    assert.ok(row.dealing === 'interleaved' || row.dealing === 'blocked')
    const got = runScoreTrace(trace, {
      dpus: row.dpus,
      vpuCyclesPerScore: row.alpha,
      fifoDepth: row.fifo,
      barrier: row.barrier === 1,
      deal: row.dealing as 'interleaved' | 'blocked',
    })
    const pairs: readonly (readonly [string, number, number])[] = [
      ['total', got.totalCycles, row.totalCycles],
      ['units busy', got.busyDpuCycles, row.frontBusy],
      ['back-end busy', got.vpuBusyCycles, row.backBusy],
      ['barrier', got.barrierStallCycles, row.barrierStall],
      ['back-end', got.backEndStallCycles, row.backStall],
      ['FIFO', got.fifoStallCycles, row.fifoStall],
    ]
    for (const [what, own, expected] of pairs) {
      assert.ok(near(own, expected, 1e-9, 1e-9), `row ${index + 2}, ${what}: ${own} for ${expected}`)
    }
  }
  const stalled = (['barrierStall', 'backStall', 'fifoStall'] as const).map(
    (cause) => vectors.filter((row) => row[cause] > 0).length,
  )
  assert.equal(stalled, [32, 5, 31])
})

test('times from mean statistics agree with an independent implementation at all 104 vectors', () => {
  const vectors = statisticsVectors()
  assert.is(vectors.length, 104)
  let refused = 0
  for (const row of vectors) {
    const statistics = { prunedShare: row.p, bitsOnPruned: row.b }
    const tile = { dpus: row.N, vpuCyclesPerScore: row.alpha, bits: row.bits, bitsPerCycle: row.B }
    const times = [
      pipelined((row.keys * dpuCyclesPerScore(statistics, tile)) / row.N, row.alpha * (1 - row.p) * row.keys),
    ]
    // No unit takes less than a cycle: the arithmetic holds, but a tile refuses such statistics.
    if (row.b < row.B) {
      assert.throws(() => queryTime(statistics, row.keys, tile), /bitsOnPruned must be from/)
      refused += 1
    } else times.push(queryTime(statistics, row.keys, tile))
    for (const got of times) {
      const pairs: readonly (readonly [number, number])[] = [
        [got.frontCycles, row.frontCycles],
        [got.backCycles, row.backCycles],
        [got.totalCycles, row.timeCycles],
        [got.vpuUtilisation, row.utilisation],
        [baselineQueryTime(row.keys, row.alphaBase).totalCycles / got.totalCycles, row.speedup],
      ]
      for (const [own, expected] of pairs) {
        assert.ok(near(own, expected), `${own} for ${expected}: ${JSON.stringify(row)}`)
      }
    }
  }
  assert.is(refused, 29)
})

test('counts without a pruned score or without a kept one are statistics that a tile takes', () => {
  const format = { bits: 12, bitsPerCycle: 2 }
  const tile = { ...format, dpus: 6, vpuCyclesPerScore: 1 }
  const kept = countTerminations(
    { queries: 1, keys: 2, cycles: Uint8Array.of(6, 6), kept: Uint8Array.of(1, 1) },
    format,
  )
  assert.equal(kept, { keptScores: 2, prunedAfterBits: new Array<number>(13).fill(0) })
  assert.equal(statisticsOf(kept, format), { prunedShare: 0, bitsOnPruned: 12, cyclesOnPruned: 6 })
  assert.is(queryTime(statisticsOf(kept, format), 24, tile).frontCycles, 24)
  const pruned = statisticsOf({ keptScores: 0, prunedAfterBits: [0, 0, 0, 5] }, format)
  assert.equal(pruned, { prunedShare: 1, bitsOnPruned: 4, cyclesOnPruned: 2 })
  assert.is(queryTime(pruned, 24, tile).backCycles, 0)
})

test('statistics at their own step and width stay to the bit', () => {
  for (const { p, b, bits, B } of statisticsVectors()) {
    const own = { prunedShare: p, bitsOnPruned: b }
    const format = { bits, bitsPerCycle: B }
    assert.equal(convertStatistics(own, format, format), own)
  }
})

test('no step reads more of the key buffer than all bits, and of two equal steps none is best', () => {
  const point = { bits: 12, bitsPerCycle: 5, meanCycles: 3 }
  assert.is(granularityEnergy(point, { widthExponent: 1, latch: 0, bufferShare: 0.5 }).buffer, 0.5)
  const cycle = { widthExponent: 1, bufferShare: 0 }
  assert.is(latchWindow([point, { ...point }], 5, cycle), null)
  assert.equal(latchWindow([point], 5, cycle), { from: 0, to: Number.POSITIVE_INFINITY })
})

test('energy agrees with an independent implementation at all 60 vectors, also where K has not 12 bits', () => {
  const vectors = energyVectors()
  assert.is(vectors.length, 60)
  assert.is(vectors.filter(({ bits }) => bits !== 12).length, 8)
  for (const row of vectors) {
    const mix = { frontBits: 12, backBits: 16, bufferShare: row.sramShare }
    const parts = baselineEnergy({ ...mix, softmaxShare: row.softmaxShare })
    const statistics = { prunedShare: row.p, bitsOnPruned: row.b }
    // The baseline stays at 12 and 16 bits: the width of K enters the share of processed bits alone.
    const serial = { bits: row.bits, energyPerBit: row.eta }
    const expected = [row.baseQK, row.baseKBuffer, row.baseSoftmax, row.baseXV, row.baseVBuffer]
    const leopard = prunedEnergy(parts, statistics, serial)
    const front = row.eta * processedBitShare(statistics, row.bits)
    const pairs: readonly (readonly [number, number])[] = [
      ...ENERGY_PARTS.map((part, i) => [parts[part], expected[i] ?? Number.NaN] as const),
      ...ENERGY_PARTS.map(
        (part, i) => [leopard[part], (expected[i] ?? Number.NaN) * (i < 2 ? front : 1 - row.p)] as const,
      ),
      [backEndShare(parts), row.beta],
      // Where softmax is all, no share of the back-end tells how the rest is divided.
      ...(row.beta < 1 ? ([[softmaxShareFor(row.beta, mix), row.softmaxShare]] as const) : []),
      [totalEnergy(prunedEnergy(parts, statistics)), row.energyPruningOnly],
      [totalEnergy(leopard), row.energyLeopard],
    ]
    for (const [own, value] of pairs) {
      assert.ok(near(own, value, 1e-12, 1e-14), `${own} for ${value}: ${JSON.stringify(row)}`)
    }
  }
})

test('scaling agrees with an independent implementation at all 32 vectors: 8 by Dennard, 24 by fits', () => {
  const vectors = scalingVectors()
  assert.equal(
    ['dennard', 'stillmaker'].map((rule) => vectors.filter((row) => row.rule === rule).length),
    [8, 24],
  )
  assert.is(vectors.length, 32)
  for (const row of vectors) {
    const got =
      row.rule === 'dennard'
        ? dennardScaling(row.fromNode, row.toNode)
        : simulatedScaling({ nm: row.fromNode, voltage: row.fromVolt }, { nm: row.toNode, voltage: row.toVolt })
    const pairs: readonly (readonly [number, number])[] = [
      [got.delay, row.delayFactor],
      [got.energy, row.energyFactor],
      [got.power, row.powerFactor],
      ...(row.rule === 'dennard' ? ([[got.area, row.areaFactor]] as const) : []),
    ]
    for (const [own, expected] of pairs)
      assert.ok(near(own, expected), `${own} for ${expected}: ${JSON.stringify(row)}`)
  }
})

test('areas by the fits, which the vectors lack: 1.9 at 90 nm, 1 at 65, 0.66 at 45, 0.31 at 32, a line between', () => {
  const at = (nm: number) => simulatedScaling({ nm: 65, voltage: 1 }, { nm, voltage: 0.9 }).area
  for (const [nm, area] of [
    [90, 1.9],
    [65, 1],
    [45, 0.66],
    [38.5, 0.485],
    [32, 0.31],
  ] as const) {
    assert.ok(near(at(nm), area), `${nm}: ${at(nm)}`)
  }
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ScoreTrace } from '../../lib/accelerators/leopard/bit-serial-scores.ts'
import { statisticsOf } from '../../lib/accelerators/leopard/statistics.ts'
import { countTerminations } from '../../lib/accelerators/leopard/termination-counts.ts'
import { queryTime } from '../../lib/accelerators/leopard/tile.ts'
import { KEY_DEALS, runScoreTrace, type TraceTile } from '../../lib/accelerators/leopard/trace.ts'
import { createRng } from '../../lib/numeric/mod.ts'

/** A trace from rows of cycles, of which the negative ones survive. */
function traceOf(...rows: readonly (readonly number[])[]): ScoreTrace {
  const all = rows.flat()
  return {
    queries: rows.length,
    keys: rows[0]?.length ?? 0,
    cycles: Uint8Array.from(all, Math.abs),
    kept: Uint8Array.from(all, (own) => (own < 0 ? 1 : 0)),
  }
}

const TILE: TraceTile = { dpus: 2, vpuCyclesPerScore: 1, fifoDepth: 512, barrier: true }

/** Cycle by cycle, every state kept: slow, and nothing like the event-driven one. Whole cycles only. */
function tick(trace: ScoreTrace, { dpus, vpuCyclesPerScore, fifoDepth, barrier, deal }: TraceTile) {
  const { queries, keys } = trace
  const block = Math.ceil(keys / dpus)
  const unitOf = (key: number) => (deal === 'blocked' ? Math.floor(key / block) : key % dpus)
  // Scores still to be started, by unit; with the barrier only those of the current query are dealt out.
  const todo: number[][] = Array.from({ length: dpus }, () => [])
  const dealOut = (query: number) => {
    for (let key = 0; key < keys; key++) todo[unitOf(key)]?.push(query * keys + key)
  }
  const running: ({ score: number; left: number } | undefined)[] = Array.from({ length: dpus })
  const holding: ({ score: number; since: number } | undefined)[] = Array.from({ length: dpus })
  const fifo: number[] = []
  const served: number[] = []
  const stalls = { busy: 0, barrier: 0, backEnd: 0, fifo: 0, end: 0 }
  let serving: { score: number; until: number } | undefined
  let peak = 0
  let query = 0
  const doneUpTo = (own: number) => {
    const end = (own + 1) * keys
    const waiting = [...fifo, ...(serving ? [serving.score] : [])].filter((score) => score < end)
    return waiting.length === 0
  }
  if (barrier) dealOut(0)
  else for (let own = 0; own < queries; own++) dealOut(own)
  for (let time = 0; time < 100_000; time++) {
    running.forEach((own, unit) => {
      if (!own || own.left > 0) return
      running[unit] = undefined
      if (trace.kept[own.score] === 1) holding[unit] = { score: own.score, since: time }
    })
    const finish = () => {
      if (!serving || serving.until > time) return
      served.push(serving.score)
      serving = undefined
    }
    for (let moved = true; moved; ) {
      moved = false
      finish()
      const next = fifo[0]
      if (!serving && next !== undefined) {
        serving = { score: next, until: time + vpuCyclesPerScore }
        fifo.shift()
        moved = true
      }
      const first = holding
        .flatMap((own, unit) => (own ? [{ ...own, unit }] : []))
        .sort((a, b) => a.since - b.since || a.score - b.score)[0]
      if (first && fifo.length < fifoDepth) {
        fifo.push(first.score)
        holding[first.unit] = undefined
        moved = true
      }
    }
    finish()
    peak = Math.max(peak, fifo.length)
    const idle = () => todo.every((own) => own.length === 0) && [...running, ...holding].every((own) => !own)
    const isLast = () => !barrier || query === queries - 1
    if (idle() && isLast() && fifo.length === 0 && !serving) return { time, stalls, served, peak }
    if (idle() && !isLast() && doneUpTo(query - 1)) {
      query += 1
      dealOut(query)
    }
    const allFinished = idle()
    for (let unit = 0; unit < dpus; unit++) {
      const score = todo[unit]?.[0]
      if (!running[unit] && !holding[unit] && score !== undefined) {
        running[unit] = { score, left: trace.cycles[score] as number }
        todo[unit]?.shift()
      }
      const own = running[unit]
      if (own) own.left -= 1
      const waiting = isLast() && todo[unit]?.length === 0 ? 'end' : allFinished ? 'backEnd' : 'barrier'
      stalls[own ? 'busy' : holding[unit] ? 'fifo' : waiting] += 1
    }
  }
  throw new RangeError('Cannot run a trace: it must end')
}

const traces = fc
  .record({ queries: fc.integer({ min: 1, max: 4 }), keys: fc.integer({ min: 1, max: 7 }) })
  .chain(({ queries, keys }) =>
    fc
      .array(fc.array(fc.constantFrom(1, 2, 5, -1, -3, -5), { minLength: keys, maxLength: keys }), {
        minLength: queries,
        maxLength: queries,
      })
      .map((rows) => traceOf(...rows)),
  )
const tilesWith = (vpuCyclesPerScore: fc.Arbitrary<number>): fc.Arbitrary<TraceTile> =>
  fc.record({
    dpus: fc.integer({ min: 1, max: 9 }),
    vpuCyclesPerScore,
    fifoDepth: fc.constantFrom(1, 2, 3, 512),
    barrier: fc.boolean(),
    deal: fc.constantFrom(...KEY_DEALS),
  })
const anyTile = tilesWith(fc.constantFrom(0, 0.5, 1, 2.29, 7.3))

test('a trace takes the same time, and loses it to the same causes, cycle by cycle and event by event', () => {
  const seen = { barrier: 0, backEnd: 0, fifo: 0 }
  fc.assert(
    fc.property(traces, tilesWith(fc.integer({ min: 0, max: 7 })), (trace, tile) => {
      const own = runScoreTrace(trace, tile)
      const { time, stalls, served, peak } = tick(trace, tile)
      assert.equal(
        [own.totalCycles, own.busyDpuCycles, own.barrierStallCycles, own.backEndStallCycles, own.fifoStallCycles],
        [time, stalls.busy, stalls.barrier, stalls.backEnd, stalls.fifo],
      )
      assert.is(own.endCycles, stalls.end)
      assert.is(own.fifoPeak, peak)
      // Every survivor is served once.
      assert.equal(
        [...served].sort((a, b) => a - b),
        [...trace.kept.keys()].filter((i) => trace.kept[i] === 1),
      )
      assert.is(own.survivors, served.length)
      for (const cause of ['barrier', 'backEnd', 'fifo'] as const) if (stalls[cause] > 0) seen[cause]++
    }),
    { seed: 1, numRuns: 3000 },
  )
  for (const [cause, count] of Object.entries(seen)) assert.ok(count > 100, `${cause} stalled in ${count} cases`)
})

test('work and stalls of the units add up to the whole time, and the back-end works on every survivor', () => {
  fc.assert(
    fc.property(traces, anyTile, (trace, tile) => {
      const own = runScoreTrace(trace, tile)
      const { busyDpuCycles, totalCycles } = own
      const idle = [own.barrierStallCycles, own.backEndStallCycles, own.fifoStallCycles, own.endCycles]
      assert.is(
        busyDpuCycles,
        trace.cycles.reduce((sum, cycles) => sum + cycles, 0),
      )
      const parts = idle.reduce((sum, cycles) => sum + cycles, busyDpuCycles)
      assert.ok(Math.abs(parts - tile.dpus * totalCycles) < 1e-9 * parts)
      assert.ok(Math.min(...idle) >= 0)
      if (!tile.barrier) assert.is(own.barrierStallCycles + own.backEndStallCycles, 0)
      assert.ok(Math.abs(own.vpuBusyCycles - own.survivors * tile.vpuCyclesPerScore) < 1e-9)
      assert.ok(totalCycles >= own.vpuBusyCycles && totalCycles >= busyDpuCycles / tile.dpus)
      assert.ok(own.fifoPeak <= Math.min(tile.fifoDepth, own.survivors))
    }),
    { seed: 2, numRuns: 1000 },
  )
})

test('no limited FIFO is faster than an unlimited one, and with that, no barrier, no faster back-end and no whole multiple of units is slower', () => {
  fc.assert(
    fc.property(traces, anyTile, fc.integer({ min: 2, max: 3 }), (trace, tile, factor) => {
      const time = (more: Partial<TraceTile>) => runScoreTrace(trace, { ...tile, ...more }).totalCycles
      const free = { fifoDepth: Number.POSITIVE_INFINITY }
      const slack = 1e-9 * time(free)
      assert.ok(time(free) <= time({}) + slack)
      assert.ok(time({ ...free, barrier: false }) <= time({ ...free, barrier: true }) + slack)
      assert.ok(time({ ...free, vpuCyclesPerScore: tile.vpuCyclesPerScore / 2 }) <= time(free) + slack)
      // A key's unit then has some of the keys of its unit before, and no others.
      const dealt = { ...free, deal: 'interleaved' } as const
      assert.ok(time({ ...dealt, dpus: factor * tile.dpus }) <= time(dealt) + slack)
    }),
    { seed: 3, numRuns: 1000 },
  )
})

test('one unit more can be slower: the keys fall otherwise', () => {
  const trace = traceOf([1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9])
  assert.is(runScoreTrace(trace, { ...TILE, dpus: 3 }).totalCycles, 20)
  assert.is(runScoreTrace(trace, { ...TILE, dpus: 4 }).totalCycles, 27)
})

test('a FIFO of one place holds units up; a deep one does not', () => {
  // Both units have their first survivor at 1, the back-end takes 4 cycles for each.
  const trace = traceOf([-1, -1, -1, -1])
  const tile = { ...TILE, vpuCyclesPerScore: 4 }
  // Served from 1, 5, 9 and 13 on. With one place, key 1 waits there from 1 to 5, key 2 from 5 to 9, key 3 from 9 on.
  assert.equal(runScoreTrace(trace, { ...tile, fifoDepth: 1 }), {
    totalCycles: 17,
    busyDpuCycles: 4,
    barrierStallCycles: 0,
    backEndStallCycles: 0,
    fifoStallCycles: 10,
    // Unit 0 is done at 5, unit 1 at 9.
    endCycles: 20,
    vpuBusyCycles: 16,
    survivors: 4,
    fifoPeak: 1,
  })
  const deep = runScoreTrace(trace, tile)
  assert.equal([deep.totalCycles, deep.fifoStallCycles, deep.fifoPeak], [17, 0, 3])
})

test('the barrier lets a query start when the back-end is done with the one before the last', () => {
  const trace = traceOf([-1, 1], [1, 1], [1, 3])
  // Query 0 ends at 1, its survivor is served until 11; query 1 ends at 2; query 2 must wait for the back-end.
  const own = runScoreTrace(trace, { ...TILE, vpuCyclesPerScore: 10 })
  assert.equal([own.totalCycles, own.backEndStallCycles, own.barrierStallCycles, own.endCycles], [14, 18, 0, 2])
  const free = runScoreTrace(trace, { ...TILE, vpuCyclesPerScore: 10, barrier: false })
  assert.equal([free.totalCycles, free.backEndStallCycles, free.endCycles], [11, 0, 14])
  // The second unit waits for the first at each of two barriers.
  const uneven = runScoreTrace(traceOf([3, 1], [2, 1], [1, 1]), TILE)
  assert.equal([uneven.totalCycles, uneven.barrierStallCycles, uneven.endCycles], [6, 3, 0])
})

test('without survivors only the front-end counts; where all survive, the slower stage', () => {
  const none = traceOf([2, 3, 4], [1, 1, 1])
  assert.equal(runScoreTrace(none, { ...TILE, dpus: 3 }), {
    totalCycles: 5,
    busyDpuCycles: 12,
    barrierStallCycles: 3,
    backEndStallCycles: 0,
    fifoStallCycles: 0,
    endCycles: 0,
    vpuBusyCycles: 0,
    survivors: 0,
    fifoPeak: 0,
  })
  const all = traceOf(...Array.from({ length: 50 }, () => [-6, -6, -6, -6]))
  const time = (vpuCyclesPerScore: number) =>
    runScoreTrace(all, { ...TILE, dpus: 4, vpuCyclesPerScore, barrier: false }).totalCycles
  assert.is(time(0), 300)
  // The first survivors come after 6 cycles, and then 200 of them one after the other.
  assert.is(time(2.5), 506)
})

test('one key keeps one unit busy, and units beyond the keys have nothing to do', () => {
  const trace = traceOf([-3], [2])
  for (const deal of KEY_DEALS) {
    const own = runScoreTrace(trace, { ...TILE, dpus: 8, deal })
    assert.equal([own.totalCycles, own.busyDpuCycles, own.barrierStallCycles, own.endCycles], [5, 5, 21, 14])
  }
  const few = traceOf([4, 1, 1])
  assert.is(runScoreTrace(few, { ...TILE, dpus: 100 }).totalCycles, 4)
})

test('blocks of neighbours and keys in turn load the units differently', () => {
  const trace = traceOf([6, 6, 6, 1, 1, 1])
  assert.is(runScoreTrace(trace, { ...TILE, deal: 'interleaved' }).totalCycles, 13)
  assert.is(runScoreTrace(trace, { ...TILE, deal: 'blocked' }).totalCycles, 18)
  // Five keys on four units: blocks of two, and nothing for the last.
  const five = traceOf([1, 1, 1, 1, 1])
  assert.is(runScoreTrace(five, { ...TILE, dpus: 4, deal: 'blocked' }).endCycles, 3)
})

test('long traces without a barrier come to the time of their mean statistics; the barrier costs the front-end', () => {
  const rng = createRng(7)
  const [queries, keys] = [2000, 64]
  const format = { bits: 12, bitsPerCycle: 2 }
  for (const [survival, vpuCyclesPerScore] of [
    [0.1, 1],
    [0.3, 2.29],
  ] as const) {
    const rows = Array.from({ length: queries }, () =>
      Array.from({ length: keys }, () => (rng.next() < survival ? -6 : 1 + rng.integer(6))),
    )
    const trace = traceOf(...rows)
    const statistics = statisticsOf(countTerminations(trace, format), format)
    const tile = { dpus: 8, vpuCyclesPerScore, fifoDepth: 1_000_000, barrier: false }
    const mean = queryTime(statistics, keys, { ...format, dpus: 8, vpuCyclesPerScore })
    const ratio = runScoreTrace(trace, tile).totalCycles / queries / mean.totalCycles
    assert.ok(ratio >= 1 && ratio < 1.01, `${ratio} at ${vpuCyclesPerScore} cycles`)
    assert.is(mean.backCycles > mean.frontCycles, vpuCyclesPerScore > 1)
    const barrier = runScoreTrace(trace, { ...tile, barrier: true }).totalCycles / queries / mean.totalCycles
    assert.ok(barrier >= ratio - 1e-9, `${barrier} with the barrier`)
    // It hides behind a back-end that is slower anyway.
    if (vpuCyclesPerScore === 1) assert.ok(barrier > 1.1, `${barrier} with the barrier`)
    else assert.ok(barrier < 1.01, `${barrier} with the barrier`)
  }
})

test('runScoreTrace() refuses tiles and traces that cannot be, in one line', () => {
  const trace = traceOf([1, -2])
  const refused = (more: Partial<TraceTile>, message: RegExp) =>
    assert.throws(() => runScoreTrace(trace, { ...TILE, ...more }), message)
  refused({ dpus: 0 }, /dpus must be an integer from 1, got 0/)
  refused({ dpus: 1.5 }, /dpus must be an integer from 1, got 1.5/)
  refused({ vpuCyclesPerScore: -1 }, /vpuCyclesPerScore must be a number from 0, got -1/)
  refused({ vpuCyclesPerScore: Number.POSITIVE_INFINITY }, /got Infinity/)
  refused({ fifoDepth: 0 }, /fifoDepth must be an integer from 1, or Infinity, got 0/)
  refused({ fifoDepth: Number.NaN }, /fifoDepth must be .* got NaN/)
  assert.throws(() => runScoreTrace({ ...trace, queries: 2 }, TILE), /queries x keys scores, got 2 x 2 and 2/)
  const keptOfNone = { ...trace, cycles: Uint8Array.of(1, 0), kept: Uint8Array.of(0, 1) }
  assert.throws(() => runScoreTrace(keptOfNone, TILE), /every score that is kept must take a cycle, got 0 at 1/)
  const bad = { ...trace, kept: Uint8Array.of(0, 2) }
  assert.throws(() => runScoreTrace(bad, TILE), /kept must be 0 or 1, got 2 at 1/)
})

test('places without a key change nothing: a trace padded with them runs as the ragged one, query by query', () => {
  // Two queries of three and one key on two units: 2 + 1 and 3 cycles, then 4.
  const ragged = { queries: 2, keys: 3, cycles: Uint8Array.of(2, 3, 1, 4, 0, 0), kept: Uint8Array.of(1, 0, 0, 1, 0, 0) }
  const tile = { dpus: 2, vpuCyclesPerScore: 1, fifoDepth: 8, barrier: true }
  const time = runScoreTrace(ragged, tile)
  assert.is(time.totalCycles, 3 + 4 + 1)
  assert.is(time.busyDpuCycles, 10)
  assert.is(time.survivors, 2)
  const wider = {
    queries: 2,
    keys: 4,
    cycles: Uint8Array.of(2, 3, 1, 0, 4, 0, 0, 0),
    kept: Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0),
  }
  assert.equal(runScoreTrace(wider, tile), time)
  // Of four scores two are pruned, after three cycles and after one.
  assert.equal(countTerminations(wider, { bits: 12, bitsPerCycle: 2 }), {
    keptScores: 2,
    prunedAfterBits: [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
  })
})

test.run()

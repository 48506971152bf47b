import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  distilLookup,
  type EntropyRow,
  type ExitCount,
  earlyExitLayer,
  type InferenceMachine,
  latencyAwareExits,
  nominalEnergy,
  predictExit,
  runLatencyAware,
  runTrace,
  sentenceEnergy,
} from '../../lib/accelerators/edgebert/mod.ts'
import { alphaPowerTable } from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'

const BIN = 1 / 16
/** Entropies in 64ths of a nat, so that their sums are exact. */
const sentencesOf = (layers: number, minLength = 1): fc.Arbitrary<EntropyRow[]> =>
  fc.array(
    fc.record({
      entropies: fc.array(
        fc.integer({ min: 0, max: 48 }).map((x) => x / 64),
        { minLength: layers, maxLength: layers },
      ),
      count: fc.integer({ min: 1, max: 9 }),
    }),
    { minLength, maxLength: 25 },
  )
const traces = fc.integer({ min: 2, max: 12 }).chain((layers) => sentencesOf(layers))
const thresholds = fc.integer({ min: 0, max: 50 }).map((x) => x / 64)

/** Algorithm 2 with a table of means, layer by layer. */
function exitOf(own: EntropyRow, all: readonly EntropyRow[], threshold: number, skipsLastButOne: boolean) {
  const layers = own.entropies.length
  const first = own.entropies[0] as number
  const isExit = (layer: number, entropy: number) =>
    entropy < threshold && !(skipsLastButOne && layer === layers - 1 && layer > 1)
  const binOf = ({ entropies }: EntropyRow) => Math.round((entropies[0] as number) / BIN)
  // Bins from below, so that the lower of two as near comes first.
  const bins = [...new Set(all.map(binOf))].sort((a, b) => a - b)
  const nearest = bins.reduce((best, bin) => (Math.abs(bin * BIN - first) < Math.abs(best * BIN - first) ? bin : best))
  const members = all.filter((row) => binOf(row) === nearest)
  const weight = members.reduce((sum, { count }) => sum + count, 0)
  const expected = (layer: number) =>
    members.reduce((sum, { entropies, count }) => sum + count * (entropies[layer - 1] as number), 0) / weight
  let predicted = 1
  if (!(first < threshold)) {
    predicted = 2
    while (predicted < layers && !isExit(predicted, expected(predicted))) predicted++
  }
  let actual = 1
  while (actual < predicted && !isExit(actual, own.entropies[actual - 1] as number)) actual++
  return { predicted, actual }
}

test('predicted and actual exits are those of a layer-by-layer walk, as the paper has it and as released', () => {
  let quirky = 0
  const many = fc.integer({ min: 3, max: 12 }).chain((layers) => sentencesOf(layers))
  fc.assert(
    fc.property(many, thresholds, fc.boolean(), (sentences, threshold, skipsLastButOne) => {
      const quirks = { skipsLastButOne }
      const lookup = distilLookup(sentences, BIN)
      const counts = new Map<string, number>()
      for (const row of sentences) {
        const { predicted, actual } = exitOf(row, sentences, threshold, skipsLastButOne)
        assert.is(predictExit(lookup, row.entropies[0] as number, threshold, quirks), predicted)
        counts.set(`${predicted},${actual}`, (counts.get(`${predicted},${actual}`) ?? 0) + row.count)
      }
      const got = latencyAwareExits(sentences, lookup, { threshold, quirks })
      assert.is(got.length, counts.size)
      for (const { predicted, actual, count } of got) assert.is(counts.get(`${predicted},${actual}`), count)
      const plain = latencyAwareExits(sentences, lookup, { threshold })
      if (skipsLastButOne && JSON.stringify(plain) !== JSON.stringify(got)) quirky++
    }),
    { numRuns: 1000 },
  )
  assert.ok(quirky > 20, `the quirk showed in ${quirky} traces`)
})

test('no sentence is lost, none exits behind its prediction or before its own first low entropy, and pairs are in order', () => {
  fc.assert(
    fc.property(traces, thresholds, fc.boolean(), (sentences, threshold, skipsLastButOne) => {
      const lookup = distilLookup(sentences, BIN)
      const exits = latencyAwareExits(sentences, lookup, { threshold, quirks: { skipsLastButOne } })
      const total = (rows: readonly { readonly count: number }[]) => rows.reduce((sum, { count }) => sum + count, 0)
      assert.is(total(exits), total(sentences))
      for (const { predicted, actual } of exits)
        assert.ok(actual >= 1 && actual <= predicted && predicted <= lookup.layers)
      const keys = exits.map(({ predicted, actual }) => 100 * predicted + actual)
      assert.equal(
        keys,
        [...new Set(keys)].sort((a, b) => a - b),
      )
      if (skipsLastButOne)
        assert.ok(lookup.layers < 3 || exits.every(({ predicted }) => predicted !== lookup.layers - 1))
    }),
  )
})

test('by hand: three sentences of four layers in two bins', () => {
  const sentences = [
    { entropies: [0.5, 0.4, 0.1, 0.1], count: 1 },
    { entropies: [0.51, 0.1, 0.1, 0.3], count: 3 },
    { entropies: [0.9, 0.8, 0.7, 0.6], count: 2 },
  ]
  const lookup = distilLookup(sentences, 0.1)
  assert.is(lookup.layers, 4)
  assert.equal(
    lookup.rows.map(({ first, expected }) => [first, ...expected].map((x) => Math.round(x * 1e9) / 1e9)),
    [
      [0.5, 0.175, 0.1],
      [0.9, 0.8, 0.7],
    ],
  )
  assert.equal(
    [0.29, 0.3, 0.69, 0.72, 5].map((first) => predictExit(lookup, first, 0.3)),
    [1, 2, 2, 4, 4],
  )
  assert.equal(
    [0.15, 0.75].map((threshold) => predictExit(lookup, 0.6, threshold)),
    [3, 1],
  )
  assert.equal(latencyAwareExits(sentences, lookup, { threshold: 0.3 }), [
    { predicted: 2, actual: 2, count: 4 },
    { predicted: 4, actual: 4, count: 2 },
  ])
  // Layer 3 is predicted and found for the first three sentences, and neither in the release.
  assert.equal(latencyAwareExits(sentences, lookup, { threshold: 0.15 }), [
    { predicted: 3, actual: 2, count: 3 },
    { predicted: 3, actual: 3, count: 1 },
    { predicted: 4, actual: 4, count: 2 },
  ])
  assert.equal(latencyAwareExits(sentences, lookup, { threshold: 0.15, quirks: { skipsLastButOne: true } }), [
    { predicted: 4, actual: 2, count: 3 },
    { predicted: 4, actual: 4, count: 3 },
  ])
})

test('half way between two rows the lower one counts', () => {
  const rows = [
    { first: 0.25, expected: [0.1, 0.1] },
    { first: 0.75, expected: [0.9, 0.1] },
  ]
  assert.equal(
    [0.5, 0.5 + 2 ** -50].map((first) => predictExit({ layers: 4, rows }, first, 0.2)),
    [2, 3],
  )
})

test('conventional early exit takes the first layer below the threshold, which latency-aware inference does not undercut', () => {
  assert.is(earlyExitLayer([0.5, 0.2, 0.1], 0.3), 2)
  assert.is(earlyExitLayer([0.5, 0.2, 0.1], 0.2), 3)
  assert.is(earlyExitLayer([0.5, 0.4, 0.4], 0.3), 3)
  fc.assert(
    fc.property(traces, thresholds, (sentences, threshold) => {
      const lookup = distilLookup(sentences, BIN)
      for (const row of sentences) {
        const [exit] = latencyAwareExits([row], lookup, { threshold }) as [ExitCount]
        assert.is(exit.actual, Math.min(earlyExitLayer(row.entropies, threshold), exit.predicted))
      }
    }),
  )
})

const MACHINE: InferenceMachine = {
  system: {
    table: alphaPowerTable(
      { nominalVoltage: 0.8, nominalGhz: 1, thresholdVoltage: 0.32, alpha: 1.3 },
      { minVoltage: 0.5, stepMv: 25 },
    ),
    regulator: { settleNsPer50mV: 3.8, currentEfficiency: 0.992 },
  },
  power: { powerMw: 86, leakageShare: 0.1, leakageExponent: 3, pllMw: 2.46, chargeRegulator: true },
  cyclesPerLayer: 4_380_928,
  targetNs: 50e6,
}
const exitCounts = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 50 }))
    .map(([a, b, count]) => ({ predicted: Math.max(a, b), actual: Math.min(a, b), count })),
  { minLength: 1, maxLength: 15 },
)

test("a trace's means are those of its sentences one by one", () => {
  fc.assert(
    fc.property(exitCounts, fc.integer({ min: 5, max: 120 }), (trace, targetMs) => {
      const machine = { ...MACHINE, targetNs: targetMs * 1e6 }
      const got = runTrace(trace, machine)
      const each = trace.flatMap(({ predicted, actual, count }) => {
        const run = runLatencyAware(machine.system, { predicted, actual }, machine)
        const energy = sentenceEnergy(machine.system, run, machine.power)
        return Array.from({ length: count }, () => ({ predicted, actual, run, energy }))
      })
      const mean = (of: (sentence: (typeof each)[number]) => number, among = each) =>
        among.reduce((sum, sentence) => sum + of(sentence), 0) / among.length
      const later = each.filter(({ actual }) => actual > 1)
      assert.is(got.sentences, each.length)
      for (const [value, expected] of [
        [got.predictedExit, mean(({ predicted }) => predicted)],
        [got.actualExit, mean(({ actual }) => actual)],
        [got.latencyNs, mean(({ run }) => run.latencyNs)],
        [got.energy.totalUj, mean(({ energy }) => energy.totalUj)],
        [got.energy.dynamicUj, mean(({ energy }) => energy.dynamicUj)],
        [got.energy.leakageUj, mean(({ energy }) => energy.leakageUj)],
        [got.energy.pllUj, mean(({ energy }) => energy.pllUj)],
        [got.energy.regulatorUj, mean(({ energy }) => energy.regulatorUj)],
        [got.missedShare, mean(({ run }) => Number(run.missed))],
        [got.infeasibleShare, mean(({ run }) => Number(!run.setting.feasible))],
        [got.voltage, later.length > 0 ? mean(({ run }) => run.setting.voltage, later) : 0.8],
        [got.ghz, later.length > 0 ? mean(({ run }) => run.setting.ghz, later) : 1],
      ] as const)
        assert.ok(near(value, expected, 1e-10), `${value} against ${expected}`)
    }),
    { numRuns: 60 },
  )
})

test('how sentences are grouped does not matter', () => {
  const sum = runTrace([{ predicted: 5, actual: 3, count: 7 }], MACHINE)
  const parts = runTrace(
    [3, 4].map((count) => ({ predicted: 5, actual: 3, count })),
    MACHINE,
  )
  assert.ok(near(sum.energy.totalUj, parts.energy.totalUj) && near(sum.latencyNs, parts.latencyNs))
})

test('sentences that all end at layer 1 stay at the nominal point and cost one nominal layer', () => {
  const got = runTrace([{ predicted: 1, actual: 1, count: 3 }], MACHINE)
  assert.equal([got.voltage, got.ghz, got.missedShare, got.infeasibleShare], [0.8, 1, 0, 0])
  assert.ok(near(got.energy.totalUj, nominalEnergy(1, MACHINE).totalUj))
  assert.ok(near(nominalEnergy(12, MACHINE).totalUj, 12 * got.energy.totalUj))
})

test('empty traces, tables of nothing and sentences of different lengths are refused', () => {
  assert.throws(() => runTrace([], MACHINE), /must have sentences, got none/)
  assert.throws(() => runTrace([{ predicted: 2, actual: 3, count: 1 }], MACHINE), /predicted layer 2, got 3/)
  assert.throws(() => distilLookup([], BIN), /same number of layers, at least 2, got 0/)
  assert.throws(() => distilLookup([{ entropies: [1], count: 1 }], BIN), /at least 2, got 1/)
  const uneven = [2, 3].map((layers) => ({ entropies: Array<number>(layers).fill(1), count: 1 }))
  assert.throws(() => distilLookup(uneven, BIN), /same number of layers/)
  for (const bin of [0, -1, Number.NaN])
    assert.throws(
      () => distilLookup([{ entropies: [1, 1], count: 1 }], bin),
      new RegExp(`bins must be wider than 0, got ${bin}`),
    )
})

test.run()

import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkClassifiers, learnedNetworks } from '../../experiments/leopard/shared/encoder-params.ts'
import { judgeQuantised, rangesOf } from '../../experiments/leopard/shared/encoder-quantised.ts'
import {
  curveOf,
  denseRecords,
  equalPruning,
  type MethodRecord,
  methodRecords,
} from '../../experiments/leopard/shared/encoder-records.ts'
import { baselineCycles, timeOf } from '../../experiments/leopard/shared/encoder-speedup.ts'
import {
  firstOf,
  judgePruned,
  pruneCommonly,
  pruneShares,
  thresholdsOf,
} from '../../experiments/leopard/shared/encoder-thresholds.ts'
import { HeadCounter, headTrace, joinTraces, rankCorrelation } from '../../experiments/leopard/shared/encoder-traces.ts'
import { accuracyAt, pruningAt } from '../../experiments/trained/shared/curves.ts'
import { testSentences } from '../../experiments/trained/shared/test-sentences.ts'
import { METHODS, THRESHOLDS } from '../../experiments/trained/shared/thresholds-recipe.ts'
import { bitSerialScore, type ScoreTrace } from '../../lib/accelerators/leopard/mod.ts'
import { createRng, type Rng } from '../../lib/numeric/mod.ts'
import {
  capacityFor,
  Encoder,
  initialise,
  judgeSentences,
  packEncoder,
  parseStored,
  type Sentences,
  STORED_FORMAT,
  type StoredEncoders,
  unpackEncoder,
  VOCABULARY,
} from '../../lib/training/mod.ts'

const SENTENCES = testSentences('sentiment', 60)
const HARD = { kind: 'hard' } as const
const LONGEST = 64

/** A small encoder of drawn weights. */
function drawn(rng: Rng): Encoder {
  const encoder = new Encoder(
    {
      ...{ vocabulary: VOCABULARY.length, positions: LONGEST, embedding: 8, hidden: 8, heads: 2, feedForward: 8 },
      ...{ layers: 2, shared: false, classes: 2, offRamps: false },
    },
    capacityFor([SENTENCES], 16),
  )
  initialise(encoder, rng, { words: 1, positions: 1, residual: 1, adapters: 0 })
  return encoder
}

/** All scores of a layer, those before it pruned, by a tap of its own. */
function scores(encoder: Encoder, layer: number, sentences: Sentences = SENTENCES): number[] {
  const all: number[] = []
  judgeSentences(encoder, sentences, {
    mode: HARD,
    tap: ({ point, layer: at, start, rows, columns }, floats) => {
      if (point === 'scores' && at === layer) all.push(...floats.subarray(start, start + rows * columns))
    },
  })
  return all
}

test('thresholds set after training prune the asked share of each layer on their sentences', () => {
  const encoder = drawn(createRng(3))
  pruneShares(encoder, SENTENCES, [0.25, 0.7])
  for (const [layer, share] of [0.25, 0.7].entries()) {
    const own = scores(encoder, layer)
    const below = own.filter((score) => score < (thresholdsOf(encoder)[layer] as number)).length
    assert.ok(Math.abs(below / own.length - share) < 1e-3, `${layer}: ${below / own.length}`)
  }
})

test('pruning no share leaves every answer as it was, pruning all of it leaves no score', () => {
  const encoder = drawn(createRng(4))
  const dense = judgeSentences(encoder, SENTENCES)
  pruneShares(encoder, SENTENCES, [0, 0])
  assert.equal(
    [...(judgeSentences(encoder, SENTENCES, { mode: HARD }).logits[0] as Float32Array)],
    [...(dense.logits[0] as Float32Array)],
  )
  pruneShares(encoder, SENTENCES, [1, 1])
  assert.is(judgePruned(encoder, SENTENCES).prunedShare, 1)
})

test('one threshold for all layers prunes the asked share of all scores', () => {
  const encoder = drawn(createRng(5))
  pruneCommonly(encoder, SENTENCES, { share: 0.4, within: [-50, 50] })
  const [first, second] = thresholdsOf(encoder)
  assert.is(first, second)
  assert.ok(Math.abs(judgePruned(encoder, SENTENCES).prunedShare - 0.4) < 1e-3)
})

test('the pruned share of all scores is the mean of those of the layers, and rises with the thresholds', () => {
  const encoder = drawn(createRng(6))
  let last = -1
  for (const threshold of [-1, -0.2, 0.1, 0.8]) {
    thresholdsOf(encoder).fill(threshold)
    const { prunedShare, prunedShares } = judgePruned(encoder, SENTENCES)
    assert.ok(Math.abs(prunedShare - ((prunedShares[0] as number) + (prunedShares[1] as number)) / 2) < 1e-12)
    assert.ok((prunedShares[0] as number) > last)
    last = prunedShares[0] as number
  }
})

test('the first sentences are those of the whole, in order', () => {
  const first = firstOf(SENTENCES, 3)
  assert.is(first.count, 3)
  assert.equal([...first.tokens], [...SENTENCES.tokens.subarray(0, SENTENCES.starts[3])])
})

test('integers as wide as a float is exact leave the judgement as it is, and narrow ones do not', () => {
  const encoder = drawn(createRng(7))
  thresholdsOf(encoder).fill(0.1)
  const ranges = rangesOf(encoder, SENTENCES, HARD)
  const plain = judgePruned(encoder, SENTENCES)
  const wide = judgeQuantised(encoder, SENTENCES, { format: { scoreBits: 16, valueBits: 16 }, ranges, mode: HARD })
  const narrow = judgeQuantised(encoder, SENTENCES, { format: { scoreBits: 3, valueBits: 16 }, ranges, mode: HARD })
  assert.ok(Math.abs(wide.prunedShare - plain.prunedShare) < 2e-4)
  assert.ok(Math.abs(narrow.prunedShare - plain.prunedShare) > 5e-3)
})

test('integer scores and thresholds of a head are those of its queries and keys', () => {
  const encoder = drawn(createRng(8))
  thresholdsOf(encoder).set([0.3, -0.2])
  const few = firstOf(SENTENCES, 4)
  const ranges = rangesOf(encoder, few, HARD)
  const real = [scores(encoder, 0, few), scores(encoder, 1, few)]
  const units: number[][] = [[], []]
  judgeQuantised(encoder, few, {
    format: { scoreBits: 16, valueBits: 16 },
    ranges,
    mode: HARD,
    visit: ({ layer, rows, queries, keys, threshold }) => {
      // In units in which the threshold is that of the encoder.
      const unit = encoder.threshold(layer) / threshold
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < rows; j++) {
          let sum = 0
          for (let e = 0; e < 4; e++) sum += (queries[4 * i + e] as number) * (keys[4 * j + e] as number)
          units[layer]?.push(sum * unit)
        }
      }
    },
  })
  for (const [layer, own] of units.entries()) {
    assert.is(own.length, real[layer]?.length)
    // The heads of a sentence come one after the other in both.
    for (const [i, score] of own.entries()) assert.ok(Math.abs(score - (real[layer]?.[i] as number)) < 2e-3)
  }
})

test('counts of a head are those of single scores, step by step', () => {
  const rng = createRng(9)
  const [width, rows, bits] = [4, 7, 6]
  const codes = () => Int16Array.from({ length: width * rows }, () => rng.integer(63) - 31)
  const [queries, keys] = [codes(), codes()]
  const threshold = 150.5
  const counter = new HeadCounter(width, bits)
  const head = { layer: 0, head: 0, sentence: 0, rows, queries, keys, threshold }
  counter.add(head)
  const trace = headTrace(head, { width, format: { bits, bitsPerCycle: 2 } })
  const expected = { kept: 0, after: Array<number>(bits + 1).fill(0) }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      const [q, k] = [queries.slice(i * width, (i + 1) * width), keys.slice(j * width, (j + 1) * width)]
      const one = bitSerialScore(q, k, { bits, bitsPerCycle: 1, threshold })
      const two = bitSerialScore(q, k, { bits, bitsPerCycle: 2, threshold })
      if (one.pruned) expected.after[one.bits] = (expected.after[one.bits] as number) + 1
      else expected.kept++
      assert.is(trace.cycles[i * rows + j], two.cycles)
      assert.is(trace.kept[i * rows + j], two.pruned ? 0 : 1)
    }
  }
  assert.equal(counter.all.counts, { keptScores: expected.kept, prunedAfterBits: expected.after })
  assert.is(counter.all.wronglyPruned + counter.all.wronglyKept, 0)
  assert.ok(expected.kept > 0 && expected.kept < rows * rows)
})

const trace = (size: number, cycles: number, kept: number): ScoreTrace => ({
  ...{ queries: size, keys: size },
  cycles: new Uint8Array(size * size).fill(cycles),
  kept: new Uint8Array(size * size).fill(kept),
})

test('traces of different lengths follow each other, with places of no key at the ends of rows', () => {
  const joined = joinTraces([trace(1, 6, 1), trace(2, 3, 0)])
  assert.is(joined.queries, 3)
  assert.is(joined.keys, 2)
  assert.equal([...joined.cycles], [6, 0, 3, 3, 3, 3])
  assert.equal([...joined.kept], [1, 0, 0, 0, 0, 0])
})

const TILE = {
  ...{ dpusAe: 2, dpusHp: 4, bits: 12, bitsPerCycle: 2, vpuCyclesPerScore: 1, baselineVpuCyclesPerScore: 1 },
  ...{ fifoDepth: 512, deal: 'interleaved' as const },
}

test('a head that drains costs its last score, one that is followed does not', () => {
  const traces = [trace(2, 6, 1), trace(2, 6, 1)]
  // Two units, two keys: a query takes 6 cycles; the last two scores are served by cycle 14, and 26 in a row.
  assert.is(timeOf(traces, { params: TILE, config: 'AE', handover: 'drained' }).totalCycles, 28)
  assert.is(timeOf(traces, { params: TILE, config: 'AE', handover: 'barrier' }).totalCycles, 26)
  assert.is(timeOf(traces, { params: TILE, config: 'AE', handover: 'barrier' }).busyDpuCycles, 48)
})

test('the baseline takes a cycle a score, or its back-end as many as that needs', () => {
  assert.is(baselineCycles(2, { vpuCycles: 1, drained: false }), 4)
  assert.is(baselineCycles(2, { vpuCycles: 3, drained: false }), 12)
  assert.is(baselineCycles(2, { vpuCycles: 1, drained: true }), 5)
  assert.is(baselineCycles(2, { vpuCycles: 3, drained: true }), 13)
})

test('the drained baseline is a tile of one unit that keeps every score', () => {
  const params = { ...TILE, dpusAe: 1 }
  const { totalCycles } = timeOf([trace(3, 1, 1)], { params, config: 'AE', handover: 'drained' })
  assert.is(totalCycles, baselineCycles(3, { vpuCycles: 1, drained: true }))
})

test('ranks that agree correlate with 1, opposite ones with -1', () => {
  assert.is(
    rankCorrelation([
      [1, 10],
      [2, 20],
      [3, 40],
    ]),
    1,
  )
  assert.is(
    rankCorrelation([
      [1, 9],
      [2, 5],
      [3, 1],
    ]),
    -1,
  )
  // Ranks 0 1 2 3 against 1 0 2 3: 1 - 6 x 2 / 60.
  assert.is(
    rankCorrelation([
      [1, 2],
      [2, 1],
      [3, 3],
      [4, 4],
    ]),
    0.8,
  )
})

test('a curve is read along straight lines, and ends where its points end', () => {
  const curve = [
    { prunedPercent: 0, accuracyPercent: 98 },
    { prunedPercent: 40, accuracyPercent: 96 },
    { prunedPercent: 80, accuracyPercent: 76 },
  ]
  assert.is(accuracyAt(curve, 20), 97)
  assert.is(accuracyAt(curve, 60), 86)
  assert.ok(Number.isNaN(accuracyAt(curve, 81)))
  assert.is(pruningAt(curve, 97), 20)
  assert.is(pruningAt(curve, 86), 60)
  assert.is(pruningAt(curve, 70), 80)
  assert.is(pruningAt(curve, 99), 0)
})

test('thresholds that were fixed count by the better of two readings at equal pruning', () => {
  const said = { seed: 1, pressure: 1, sha256: '' }
  const at = (method: MethodRecord['method'], prunedPercent: number, accuracyPercent: number): MethodRecord => ({
    ...{ ...said, method, prunedPercent, accuracyPercent },
  })
  const dense = { seed: 1, basePercent: 98, longerPercent: 99 }
  const records = (fixed: number) => [
    at(METHODS.learned, 50, 90),
    at(METHODS.equalShares, 50, 70),
    at(METHODS.learnedShares, 50, 71),
    at(METHODS.common, 50, 72),
    at(METHODS.fixed, fixed, 79),
    at(METHODS.fixedAgain, 50, 80),
  ]
  // Off the curve from 99 % at none to 79 % at 80 % pruned: 86.5 % at half.
  assert.is(equalPruning(records(80), [dense])[0]?.fixedPercent, 86.5)
  // The curve ends before: as set again.
  assert.is(equalPruning(records(40), [dense])[0]?.fixedPercent, 80)
  assert.equal(curveOf(records(40), dense, METHODS.common), [
    { prunedPercent: 0, accuracyPercent: 99 },
    at(METHODS.common, 50, 72),
  ])
})

/** A file of networks of drawn weights, named and of a seed each. */
function fileOf(
  named: readonly (readonly [string, number])[],
  records: StoredEncoders['records'] = {},
): StoredEncoders {
  const encoder = drawn(createRng(10))
  const networks = named.map(([name, seed]) =>
    packEncoder(encoder, { name, seed, command: 'none', data: 'none', metrics: { testAccuracy: 0.5 } }),
  )
  return { format: STORED_FORMAT, networks, records }
}

/** What an action says it cannot do. */
function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing'
}

test('a file without records is refused in one line that says what is missing and what there is', () => {
  assert.match(
    messageOf(() => denseRecords(fileOf([]))),
    /^Cannot use stored records: there must be rows "dense" \(.*--only thresholds.*\), got no records$/,
  )
  const row = { seed: 1, classifierTestPercent: 98, longerTestPercent: 98, sha256: 'a' }
  assert.match(
    messageOf(() => methodRecords(fileOf([], { dense: [row], methods: [] }))),
    /there must be rows "methods" .*, got dense, methods without rows$/,
  )
  assert.match(
    messageOf(() => equalPruning([], denseRecords(fileOf([], { dense: [row] })))),
    /there must be a record "learned" of seed 1, got none$/,
  )
})

test('a file without the classifiers of all seeds is refused, naming file, seeds and what it holds', () => {
  const other = fileOf([
    ['backbone', 1],
    ['classifier', 2],
  ])
  assert.is(
    messageOf(() => checkClassifiers('other.json', other, [1, 2])),
    'Cannot use other.json as classifiers: it must hold a network "classifier" of each seed that has learned thresholds, 1, 2, got backbone 1, classifier 2',
  )
  assert.not.throws(() => checkClassifiers('other.json', other, [2]))
})

test('a network that does not say its pressure is refused', () => {
  assert.is(
    messageOf(() => learnedNetworks(fileOf([['learned', 4]]), SENTENCES)),
    'Cannot use the stored encoder learned of seed 4: its metrics must say the pressure it was learned with, got testAccuracy',
  )
})

test('the stored networks give their accuracy, their pruned share and their records', () => {
  const file = 'experiments/trained/thresholds.json'
  const stored = parseStored(file, readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))
  const test = testSentences('sentiment', THRESHOLDS.test.value)
  assert.equal(
    stored.networks.map(({ name, seed }) => `${name} ${seed}`),
    ['learned 1', 'learned 2', 'learned 3'],
  )
  for (const own of stored.networks) {
    const { accuracy, prunedShare } = judgePruned(
      unpackEncoder(stored, own, { capacity: capacityFor([test], 64) }),
      test,
    )
    assert.is(accuracy, own.metrics['testAccuracy'])
    assert.is(prunedShare, own.metrics['prunedShare'])
    const row = stored.records['methods']?.find(({ sha256, method }) => sha256 === own.sha256 && method === 'learned')
    assert.is(row?.['seed'], own.seed)
    assert.ok(Math.abs((row?.['testPercent'] as number) - 100 * accuracy) < 1e-4)
  }
})

test.run()

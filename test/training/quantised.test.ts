import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample } from '../../lib/numeric/mod.ts'
import {
  encodeCorpus,
  evaluateQuantised,
  magnitudesOf,
  Network,
  packWeights,
  unpackWeights,
  vocabularyOf,
} from '../../lib/training/mod.ts'
import { near } from '../support/near.ts'

const SHAPE = { vocabulary: 3, width: 4, hops: 1, slots: 5 }
/** Two tables of 12 weights, then two of 20 ages. */
const COUNT = 2 * 12 + 2 * 20

test('packed weights are 16-bit codes, low byte first, each table on the scale of its largest magnitude', () => {
  const values = new Float32Array(COUNT)
  values.set([-32767, 0, 1, 2, 32766, -1, 0.4, -0.6], 0)
  values.set([0.5], 12)
  values.set([3], 24 + 4)
  const packed = packWeights(values, SHAPE, 2)
  const bytes = [...atob(packed.base64)].map((char) => char.charCodeAt(0))
  assert.is(bytes.length, 2 * (12 + 12 + 8 + 8))
  assert.equal(bytes.slice(0, 16), [0x01, 0x80, 0, 0, 1, 0, 2, 0, 0xfe, 0x7f, 0xff, 0xff, 0, 0, 0xff, 0xff])
  assert.equal(bytes.slice(24, 26), [0xff, 0x7f])
  assert.equal(bytes.slice(56, 58), [0xff, 0x7f])
  assert.equal(packed.scales, [1, Math.fround(0.5 / 32767), Math.fround(3 / 32767), 1])
  assert.is(packed.ageRows, 2)
})

test('unpacked weights are within half a code of what was packed; ages beyond those stored are 0', () => {
  const rng = createRng(3)
  const values = Float32Array.from({ length: COUNT }, (_, i) => (i < 12 ? 5 : 0.1) * normalSample(rng))
  for (const ageRows of [0, 2, 5]) {
    const packed = packWeights(values, SHAPE, ageRows)
    const got = unpackWeights(JSON.parse(JSON.stringify(packed)), SHAPE)
    assert.is(got.length, COUNT)
    const tables = [
      [0, 12, 12],
      [12, 12, 12],
      [24, 20, 4 * ageRows],
      [44, 20, 4 * ageRows],
    ] as const
    tables.forEach(([start, count, stored], table) => {
      for (let i = start; i < start + count; i++) {
        const expected = i < start + stored ? (values[i] as number) : 0
        const scale = packed.scales[table] as number
        assert.ok(
          Math.abs((got[i] as number) - expected) <= (i < start + stored ? 0.501 * scale : 0),
          `${ageRows}, ${i}`,
        )
      }
    })
    // What is on the grid stays there.
    assert.equal(unpackWeights(packWeights(got, SHAPE, ageRows), SHAPE), got)
  }
})

test('weights that do not fill the shape exactly are refused', () => {
  const packed = packWeights(new Float32Array(COUNT), SHAPE, 2)
  const refused = (more: object, message: RegExp) =>
    assert.throws(() => unpackWeights({ ...packed, ...more }, SHAPE), message)
  refused({ ageRows: 3 }, /must be 96 bytes in 4 tables, got 80 in 4/)
  refused({ ageRows: 1 }, /must be 64 bytes in 4 tables, got 80 in 4/)
  refused({ scales: [1, 1, 1] }, /must be 80 bytes in 4 tables, got 80 in 3/)
})

/** A network with random weights and random questions of 1 to 5 statements. */
function randomNetwork(seed: number, size = 0.8) {
  const rng = createRng(seed)
  const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const sentence = () => Array.from({ length: 1 + rng.integer(3) }, () => words[rng.integer(7)] as string)
  const questions = Array.from({ length: 30 }, () => ({
    statements: Array.from({ length: 1 + rng.integer(5) }, sentence),
    supports: [],
    question: sentence(),
    answer: words[rng.integer(7)] as string,
  }))
  const vocabulary = vocabularyOf(questions)
  const shape = { vocabulary: vocabulary.length, width: 4, hops: 3, slots: 5 }
  const network = new Network(shape, encodeCorpus(questions, { slots: 5, vocabulary }))
  const { values } = network
  for (let i = 0; i < values.length; i++) values[i] = size * normalSample(rng)
  return network
}

const ORDER = Int32Array.from({ length: 30 }, (_, i) => i)

/** Integer inference once more: plain arrays, one question after the other, scales by looking at all first. */
function reference(
  network: Network,
  format: { scoreBits: number; valueBits: number },
  { prune, slots }: { prune: boolean; slots: number },
) {
  const { width, hops, vocabulary } = network.shape
  const { floats } = network.kernels
  network.embed(ORDER, 0, ORDER.length)
  const rows = (at: number, count: number) =>
    Array.from({ length: count }, (_, s) => [...floats.subarray(at + s * width, at + (s + 1) * width)])
  const largest = (all: readonly number[]) => all.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  const top = (bits: number) => 2 ** (bits - 1) - 1
  const seen = [...ORDER].map((q) => {
    network.forward(q, { kind: prune ? 'pruned' : 'softmax' })
    return {
      q,
      queries: network.queries.map((at) => rows(at, 1)[0] as number[]),
      memories: network.memories.map((at) => rows(at, network.statements(q))),
    }
  })
  const scaleOf = (bits: number, of: (own: (typeof seen)[number]) => number[]) =>
    (largest(seen.flatMap(of)) || top(bits)) / top(bits)
  const code = (x: number, scale: number, bits: number) =>
    Math.sign(x) * Math.min(Math.floor(Math.abs(x / scale) + 0.5), top(bits))
  const visits: { hop: number; query: number[]; memory: number[]; threshold: number }[] = []
  let right = 0
  let [pruned, empty] = [0, 0]
  for (const { q, queries, memories } of seen) {
    let state = queries[0] as number[]
    for (let hop = 0; hop < hops; hop++) {
      const queryScale = scaleOf(format.scoreBits, (own) => own.queries[hop] as number[])
      const memoryScale = scaleOf(format.scoreBits, (own) => (own.memories[hop] as number[][]).flat())
      const valueScale = scaleOf(format.valueBits, (own) => (own.memories[hop + 1] as number[][]).flat())
      const query = state.map((x) => code(x, queryScale, format.scoreBits))
      const memory = (memories[hop] as number[][]).map((row) => row.map((x) => code(x, memoryScale, format.scoreBits)))
      const threshold = prune
        ? (network.thresholds[hop] as number) / queryScale / memoryScale
        : Number.NEGATIVE_INFINITY
      visits.push({ hop, query, memory: memory.flat(), threshold })
      const scores = memory.map((row) => row.reduce((sum, x, i) => sum + x * (query[i] as number), 0))
      const powers = scores.map((score) => (score >= threshold ? Math.exp(score * queryScale * memoryScale) : 0))
      const kept = powers.reduce((total, power) => total + power, 0)
      // The score of an empty slot is 0, and it adds nothing but its weight.
      const others = threshold <= 0 ? Math.max(0, slots - powers.length) : 0
      const sum = kept + others
      pruned += powers.filter((power) => power === 0).length
      if (kept === 0) empty++
      const values = memories[hop + 1] as number[][]
      state = state.map((x, i) =>
        values.reduce((total, row, s) => {
          const weight = sum > 0 ? (powers[s] as number) / sum : 0
          return total + weight * code(row[i] as number, valueScale, format.valueBits) * valueScale
        }, x),
      )
    }
    const table = rows(network.parameters.tables[hops] as number, vocabulary)
    const logits = table.map((row) => row.reduce((total, x, i) => total + x * (state[i] as number), 0))
    if (logits.indexOf(Math.max(...logits)) === network.rightAnswer(q)) right++
  }
  return { visits, accuracy: right / ORDER.length, pruned, empty }
}

test('integer inference is that of a second, plain implementation, hop by hop and code by code', () => {
  let [pruned, empty] = [0, 0]
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    for (const format of [
      { scoreBits: 12, valueBits: 16 },
      { scoreBits: 9, valueBits: 4 },
      { scoreBits: 5, valueBits: 8 },
    ]) {
      for (const { prune, slots } of [
        { prune: false, slots: 0 },
        { prune: true, slots: 0 },
        { prune: true, slots: 9 },
      ]) {
        const network = randomNetwork(seed)
        network.thresholds.set([0.3, 0.8, -0.5])
        const expected = reference(randomNetworkWith(network, seed), format, { prune, slots })
        let at = 0
        const accuracy = evaluateQuantised(network, ORDER, {
          format,
          prune,
          slots,
          magnitudes: magnitudesOf(network, ORDER, prune),
          visit: ({ hop, query, memory, statements, threshold }) => {
            const own = expected.visits[at++]
            assert.is(hop, own?.hop)
            // Zeros of either sign are the same code.
            const codes = (own?.query ?? []).map((code) => code + 0)
            const rows = (own?.memory ?? []).map((code) => code + 0)
            const label = `seed ${seed}, ${JSON.stringify(format)}, visit ${at}`
            assert.equal([...query], codes, label)
            assert.equal([...memory.subarray(0, 4 * statements)], rows, label)
            assert.ok(threshold === own?.threshold || near(threshold, own?.threshold ?? Number.NaN))
          },
        })
        assert.is(at, 90)
        assert.is(accuracy, expected.accuracy)
        if (prune) {
          pruned += expected.pruned
          empty += expected.empty
        }
      }
    }
  }
  assert.ok(pruned > 500 && empty > 50, `${pruned} pruned, ${empty} hops without a score`)
})

/** A network equal to another, so that what one run leaves behind cannot matter to the next. */
function randomNetworkWith(network: Network, seed: number): Network {
  const copy = randomNetwork(seed)
  copy.thresholds.set(network.thresholds)
  return copy
}

test('what lies beyond the magnitudes is cut off at the end of the range', () => {
  const network = randomNetwork(2)
  const magnitudes = magnitudesOf(network, ORDER, false)
  const half = { ...magnitudes, query: magnitudes.query.map((own) => own / 2) }
  let [most, cut] = [0, 0]
  evaluateQuantised(network, ORDER, {
    format: { scoreBits: 8, valueBits: 8 },
    magnitudes: half,
    prune: false,
    visit: ({ query }) => {
      most = Math.max(most, ...query.map(Math.abs))
      cut += query.filter((code) => Math.abs(code) === 127).length
    },
  })
  assert.is(most, 127)
  assert.ok(cut >= 3, `${cut}`)
})

test('a score equal to its threshold is kept: what the first hop gives out reaches the second', () => {
  for (const threshold of [0, 1e-9]) {
    const network = randomNetwork(1)
    const { parameters, shape } = network
    const { floats } = network.kernels
    // Without a first table the query and all scores of the first hop are 0.
    for (const [at, rows] of [
      [parameters.tables[0] as number, shape.vocabulary],
      [parameters.ages[0] as number, shape.slots],
    ] as const) {
      floats.fill(0, at, at + rows * shape.width)
    }
    network.thresholds.set([threshold, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])
    const second: boolean[] = []
    evaluateQuantised(network, ORDER, {
      format: { scoreBits: 12, valueBits: 16 },
      magnitudes: magnitudesOf(network, ORDER, true),
      prune: true,
      visit: ({ hop, query, threshold: own }) => {
        if (hop === 0) assert.is(own, threshold)
        if (hop === 1) second.push(query.some((code) => code !== 0))
      },
    })
    assert.is(second.length, 30)
    assert.ok(second.every((own) => own === (threshold === 0)))
  }
})

test.run()

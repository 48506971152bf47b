import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { FaultyEmbedding } from '../../experiments/edgebert/shared/trained-embedding.ts'
import {
  accuracyOfEnded,
  chooseThreshold,
  endAll,
  fullAccuracy,
  thresholdGrid,
} from '../../experiments/edgebert/shared/trained-exit-choice.ts'
import {
  EXITS_PARAM,
  judgedSentences,
  metricsOf,
  openExits,
  type RampedSentence,
  rampsOf,
  storedExits,
  tokensSeen,
  zerosShare,
} from '../../experiments/edgebert/shared/trained-exits.ts'
import { FaultyNetwork, standardError } from '../../experiments/edgebert/shared/trained-fault-trials.ts'
import { EXIT_TRAINING } from '../../experiments/trained/shared/exits-constants.ts'
import { lookupOf, Perceptron, trainPredictor } from '../../experiments/trained/shared/exits-predictor.ts'
import { lookupRows } from '../../experiments/trained/shared/exits-recipe.ts'
import { judgedSentences as trainingSentences } from '../../experiments/trained/shared/exits-training.ts'
import { testSentences } from '../../experiments/trained/shared/test-sentences.ts'
import { AdaptivFloat, createRng, decodeBitmask, encodeBitmask, minExponentByMaximum } from '../../lib/numeric/mod.ts'

const stored = storedExits({
  params: { exits: '' },
  files: { exits: readFileSync(new URL(`../../${EXITS_PARAM.stored}`, import.meta.url), 'utf8') },
})

/** Sentences of three layers with entropies and answers drawn at random. */
function drawn(count: number, seed: number): RampedSentence[] {
  const rng = createRng(seed)
  return Array.from({ length: count }, () => ({
    entropies: [rng.next(), rng.next(), rng.next()],
    right: [rng.next() < 0.5, rng.next() < 0.7, rng.next() < 0.9],
    level: 1 + rng.integer(4),
    count: 1,
  }))
}

test('the gradients of a perceptron are its finite differences', () => {
  const rng = createRng(3)
  const network = new Perceptron([1, 3, 2], rng)
  // Biases away from 0, so that no ReLU sits at its edge.
  for (const weights of network.weights) {
    for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) + 0.1 * rng.next()
  }
  const [input, target] = [[0.7], [0.2, -0.4]]
  const loss = () => {
    const out = network.forward(input)
    return target.reduce((sum, goal, i) => sum + ((out[i] as number) - goal) * ((out[i] as number) - goal), 0) / 2
  }
  network.learn(input, target)
  const gradients = network.gradients
  let at = 0
  for (const weights of network.weights) {
    for (let i = 0; i < weights.length; i++, at++) {
      const old = weights[i] as number
      weights[i] = old + 1e-6
      const above = loss()
      weights[i] = old - 1e-6
      const below = loss()
      weights[i] = old
      assert.ok(Math.abs((above - below) / 2e-6 - (gradients[at] as number)) < 1e-6, `weight ${at}`)
    }
  }
})

test('a predictor learns what follows from the first entropy, and its table says the same', () => {
  const rng = createRng(1)
  const sentences = Array.from({ length: 400 }, () => {
    const first = 0.69 * rng.next()
    return { entropies: [first, 0.5 * first, 0.3, 0], count: 1 }
  })
  const network = trainPredictor(sentences, { widths: [8], rate: 1e-2, epochs: 60, batch: 16 }, createRng(2))
  const { layers, rows } = lookupOf(network, { layers: 4, most: Math.log(2), stepNat: 0.01 })
  assert.is(layers, 4)
  assert.is(rows.length, 70)
  for (const { first, expected } of rows) {
    assert.is(expected.length, 2)
    assert.ok(Math.abs((expected[0] as number) - 0.5 * first) < 0.05, `first ${first}`)
    assert.ok(Math.abs((expected[1] as number) - 0.3) < 0.05, `first ${first}`)
  }
})

test('sentences end at the first entropy below the threshold, at the predicted layer at the latest', () => {
  const lookup = {
    layers: 3,
    rows: [
      { first: 0.25, expected: [0.1] },
      { first: 0.75, expected: [0.9] },
    ],
  }
  for (const threshold of [0, 0.3, 0.6, 2]) {
    for (const { sentence, predicted, actual } of endAll(drawn(200, 5), threshold, lookup)) {
      const { entropies } = sentence
      const first = entropies[0] as number
      const says = first < threshold ? 1 : (first <= 0.5 ? 0.1 : 0.9) < threshold ? 2 : 3
      let ends = 1
      while (ends < says && !((entropies[ends - 1] as number) < threshold)) ends++
      assert.equal([predicted, actual], [says, ends])
    }
  }
})

test('nothing ends early at threshold 0, everything after layer 1 above all entropies', () => {
  const sentences = drawn(100, 6)
  assert.is(accuracyOfEnded(endAll(sentences, 0)), fullAccuracy(sentences))
  assert.ok(endAll(sentences, 2).every(({ actual }) => actual === 1))
})

test('the threshold chosen is the largest that keeps the accuracy', () => {
  // Ending early costs the second sentence alone, from a threshold above 0.2.
  const sentences = [
    { entropies: [0.1, 0], right: [true, true], level: 1, count: 1 },
    { entropies: [0.2, 0], right: [false, true], level: 1, count: 1 },
  ]
  const grid = [0.05, 0.15, 0.25]
  assert.is(chooseThreshold(sentences, { drop: 0, grid }), 0.15)
  assert.is(chooseThreshold(sentences, { drop: 0.5, grid }), 0.25)
  assert.is(chooseThreshold(sentences, { drop: 0, grid: [0.25] }), 0)
  assert.equal(thresholdGrid(0.25, 2), [0.25, 0.5])
})

test('a span is the tokens a head gives weight to, and 0 where it gives none', () => {
  // The weight is (4 + span - distance) / 4: of span 1 it is above 0 up to a distance of 4.
  assert.is(tokensSeen(1, 4, 25), 5)
  assert.is(tokensSeen(-4, 4, 25), 0)
  assert.is(tokensSeen(-3.5, 4, 25), 1)
  assert.is(tokensSeen(24, 4, 25), 25)
})

const FORMAT = { bits: 8, exponentBits: 3 }

/** An embedding of 6 rows of 16, two fifths of it non-zero. */
function smallEmbedding(bitOrder: 'sign-exponent-mantissa' | 'sign-mantissa-exponent') {
  const rng = createRng(8)
  const weights = Float64Array.from({ length: 96 }, () => (rng.next() < 0.4 ? 2 * rng.next() - 1 : 0))
  return { weights, embedding: new FaultyEmbedding(weights, { width: 16, format: FORMAT, bitOrder }) }
}

test('an embedding read without fault has the values that its format rounds to', () => {
  const { weights, embedding } = smallEmbedding('sign-mantissa-exponent')
  const codec = new AdaptivFloat(FORMAT, minExponentByMaximum(weights, FORMAT))
  assert.equal(
    Array.from(embedding.values),
    Array.from(weights, (weight) => codec.round(weight)),
  )
  const { rows, faultyCells } = embedding.read('values', embedding.cells('values', { kind: 'slc' }), createRng(1))
  assert.equal([rows.length, faultyCells], [0, 0])
})

test('one wrong cell of a value changes one element, to what a flipped bit of its code stands for', () => {
  for (const order of ['sign-exponent-mantissa', 'sign-mantissa-exponent'] as const) {
    const { weights, embedding } = smallEmbedding(order)
    const codec = new AdaptivFloat(FORMAT, minExponentByMaximum(weights, FORMAT))
    const cells = embedding.cells('values', { bitsPerCell: 1, count: 1 })
    for (let seed = 0; seed < 20; seed++) {
      const { rows, faultyCells } = embedding.read('values', cells, createRng(seed))
      assert.is(faultyCells, 1)
      assert.is(rows.length, 1)
      const [{ row, values }] = rows as [(typeof rows)[0]]
      const own = embedding.values.slice(16 * row, 16 * row + 16)
      const changed = Array.from(own.keys()).filter((i) => own[i] !== values[i])
      assert.is(changed.length, 1)
      const at = changed[0] as number
      const neighbours = Array.from({ length: 8 }, (_, bit) =>
        codec.decode(codec.encode(own[at] as number) ^ (1 << bit)),
      )
      assert.ok(neighbours.includes(values[at] as number), `seed ${seed}`)
    }
  }
})

test('a wrong mask puts the values of its rows into other places, as a decoder of each row does', () => {
  const { weights, embedding } = smallEmbedding('sign-exponent-mantissa')
  const codec = new AdaptivFloat(FORMAT, minExponentByMaximum(weights, FORMAT))
  const cells = embedding.cells('mask', { bitsPerCell: 1, count: 3 })
  for (let seed = 0; seed < 20; seed++) {
    const found = new Map<number, number>()
    cells.read(createRng(seed), (index, _stored, byte) => found.set(index, byte))
    const { rows } = embedding.read('mask', cells, createRng(seed))
    const all = [...new Set([...found.keys()].map((index) => index >> 1))]
      .sort((a, b) => a - b)
      .map((row) => {
        const packed = encodeBitmask(
          Array.from(weights.slice(16 * row, 16 * row + 16), (weight) => codec.encode(weight)),
        )
        const mask = packed.mask.map((byte, i) => found.get(2 * row + i) ?? byte)
        return { row, values: Float64Array.from(decodeBitmask({ ...packed, mask }), (code) => codec.decode(code)) }
      })
    // A bit that is set behind the last value of a row places nothing.
    const expected = all.filter(({ row, values }) => values.some((x, i) => x !== embedding.values[16 * row + i]))
    assert.equal(
      rows.map(({ row, values }) => [row, ...values]),
      expected.map(({ row, values }) => [row, ...values]),
    )
  }
})

test('a standard error is the deviation of the sample over the root of its size', () => {
  assert.is(standardError([1, 3]), 1)
  // Squares of -3, -1, 1, 3 sum up to 20: the root of 20 / 3 / 4.
  assert.ok(Math.abs(standardError([2, 4, 6, 8]) - Math.sqrt(5 / 3)) < 1e-12)
  assert.is(standardError([5]), 0)
})

test('records that are missing or hold no numbers are refused', () => {
  const refused = (records: Record<string, unknown>) => () =>
    openExits({ ...stored, records: records as typeof stored.records }, [judgedSentences('test', 8)])
  assert.throws(refused({}), /must have rows in the records "lookup", got none/)
  assert.throws(refused({ lookup: { a: 1 } }), /must have rows in the records "lookup", got none/)
  assert.throws(refused({ lookup: [null] }), /must have rows in the records "lookup", got none/)
  const rows = stored.records['lookup'] ?? []
  const letters = rows.map((row, i) => (i === 3 ? { ...row, expected: 'a b c d e f g h i j' } : row))
  assert.throws(refused({ lookup: letters }), /row 4 of the lookup of network 1 must be 10 entropies/)
})

test('stored networks give the metrics they came with', () => {
  const sentences = testSentences('sentiment')
  for (const network of openExits(stored, [sentences])) {
    const ramps = rampsOf(network, sentences)
    const metrics = metricsOf(stored, network.seed)
    assert.is(fullAccuracy(ramps), metrics['testAccuracy'])
    assert.is(ramps.filter(({ right }) => right[0]).length / ramps.length, metrics['firstRampAccuracy'])
  }
})

test('the stored look-up table is what the predictor learns from the stored network', () => {
  const dev = trainingSentences('dev', EXIT_TRAINING.devSentences)
  const [network] = openExits(stored, [dev])
  if (!network) throw new TypeError('there must be a stored network')
  const rows = (stored.records['lookup'] ?? []).filter(({ seed }) => seed === network.seed)
  assert.equal(lookupRows(network.encoder, dev, network.seed), rows)
})

test('at least as many weights are zero as training prunes', () => {
  for (const { encoder } of openExits(stored, [judgedSentences('test', 8)])) {
    assert.ok(zerosShare(encoder, /^words$/) >= 0.6 - 1e-3)
    assert.ok(zerosShare(encoder, /^block0\.(qkv|attended|inner|outer)$/) >= 0.5 - 1e-3)
  }
})

test('running only the sentences a wrong word is in gives the accuracy of running all', () => {
  const sentences = judgedSentences('test', 40)
  const [network] = openExits(stored, [sentences])
  if (!network) throw new TypeError('there must be a stored network')
  const { encoder } = network
  const words = encoder.view(encoder.tensors.words)
  const embedding = new FaultyEmbedding(words, {
    width: encoder.shape.embedding,
    format: FORMAT,
    bitOrder: 'sign-mantissa-exponent',
  })
  const faulty = new FaultyNetwork(network, embedding, sentences)
  const cells = embedding.cells('values', { bitsPerCell: 3, count: 60 })
  for (let seed = 0; seed < 3; seed++) {
    const { rows } = embedding.read('values', cells, createRng(seed))
    const found = faulty.rightWith(rows)
    for (const { row, values } of rows) words.set(values, row * embedding.width)
    const whole = rampsOf(network, sentences).filter(({ right }) => right.at(-1)).length
    words.set(embedding.values)
    assert.is(found, whole, `seed ${seed}`)
  }
})

test.run()

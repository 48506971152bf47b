import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample } from '../../lib/numeric/mod.ts'
import {
  Adam,
  ClippedSgd,
  type Corpus,
  encodeCorpus,
  evaluate,
  evaluateQuantised,
  magnitudesOf,
  Network,
  type ScoreMode,
  trainEpoch,
  vocabularyOf,
} from '../../lib/training/mod.ts'

/** What the independent implementation made of one question. */
interface Expected {
  readonly loss: number
  readonly crossEntropy: number
  readonly logits: readonly number[]
  readonly scores: readonly (readonly number[])[]
  readonly gradE: readonly (readonly (readonly number[])[])[]
  readonly gradT: readonly (readonly (readonly number[])[])[]
  readonly gradTh?: readonly number[]
}

interface Vectors {
  readonly vocabulary: number
  readonly dimension: number
  readonly hops: number
  readonly ages: number
  readonly E: readonly (readonly (readonly number[])[])[]
  readonly T: readonly (readonly (readonly number[])[])[]
  readonly examples: readonly { story: number[][]; question: number[]; answer: number }[]
  readonly cases: readonly {
    readonly name: string
    readonly mode: 'softmax' | 'linear' | 'pruned'
    readonly thresholds?: readonly number[]
    readonly constants?: { lambda: number; s: number; c: number; k: number; alpha: number }
    readonly results: readonly Expected[]
  }[]
}

const VECTORS = JSON.parse(readFileSync(new URL('../vectors/leopard-memn2n.json', import.meta.url), 'utf8')) as Vectors

/** The vectors' questions as the trainer takes them; their words are named by their numbers. */
function vectorCorpus(): Corpus {
  const name = (words: readonly number[]) => words.map(String)
  return encodeCorpus(
    VECTORS.examples.map(({ story, question, answer }) => ({
      statements: story.map(name),
      supports: [],
      question: name(question),
      answer: String(answer),
    })),
    { slots: VECTORS.ages, vocabulary: name(Array.from({ length: VECTORS.vocabulary }, (_, i) => i)) },
  )
}

function vectorNetwork(kind: 'simd' | 'plain'): Network {
  const { vocabulary, dimension, hops, ages } = VECTORS
  const network = new Network({ vocabulary, width: dimension, hops, slots: ages }, vectorCorpus(), kind)
  const { floats } = network.kernels
  for (let level = 0; level <= hops; level++) {
    floats.set((VECTORS.E[level] ?? []).flat(), network.parameters.tables[level] as number)
    floats.set((VECTORS.T[level] ?? []).flat(), network.parameters.ages[level] as number)
  }
  return network
}

const modeOf = ({ mode, constants }: Vectors['cases'][number]): ScoreMode =>
  mode !== 'pruned' || !constants
    ? { kind: mode === 'linear' ? 'linear' : 'softmax' }
    : {
        kind: 'soft-pruned',
        constants: {
          clip: constants.c,
          sharpness: constants.s,
          countSharpness: constants.k,
          countOffset: constants.alpha,
        },
        weight: constants.lambda,
      }

/** Largest difference over the largest expected magnitude. */
function deviation(got: ArrayLike<number>, expected: readonly number[]): number {
  let [worst, largest] = [0, 0.05]
  for (const [i, value] of expected.entries()) {
    worst = Math.max(worst, Math.abs((got[i] as number) - value))
    largest = Math.max(largest, Math.abs(value))
  }
  return worst / largest
}

for (const kind of ['simd', 'plain'] as const) {
  for (const vector of VECTORS.cases) {
    test(`${kind} kernels give the losses and gradients of an independent implementation: ${vector.name}`, () => {
      const network = vectorNetwork(kind)
      assert.is(network.kernels.kind, kind)
      const { vocabulary, width, hops, slots } = network.shape
      if (vector.thresholds) network.thresholds.set(vector.thresholds)
      const mode = modeOf(vector)
      // Slopes of 10^4 at the threshold magnify the rounding of a 32-bit score.
      const tolerance = vector.constants && vector.constants.c >= 1000 ? 3e-3 : 2e-5
      for (const [q, expected] of vector.results.entries()) {
        network.embed([q], 0, 1)
        network.clearGradients([q], 0, 1)
        const crossEntropy = network.forward(q, mode)
        const { floats } = network.kernels
        assert.ok(deviation([crossEntropy], [expected.crossEntropy]) < tolerance, `loss of ${q}`)
        assert.ok(deviation(floats.subarray(network.logits), expected.logits) < tolerance, `logits of ${q}`)
        if (mode.kind === 'soft-pruned') {
          const loss = crossEntropy + mode.weight * network.keptShare
          assert.ok(deviation([loss], [expected.loss]) < tolerance, `loss with its penalty of ${q}`)
        }
        network.backward(q, mode)
        network.collectGradients([q], 0, 1)
        for (let level = 0; level <= hops; level++) {
          const tables = network.gradientOf(network.parameters.tables[level] as number)
          const ages = network.gradientOf(network.parameters.ages[level] as number)
          const gotE = floats.subarray(tables, tables + vocabulary * width)
          const gotT = floats.subarray(ages, ages + slots * width)
          assert.ok(deviation(gotE, (expected.gradE[level] ?? []).flat()) < tolerance, `dE_${level} of ${q}`)
          assert.ok(deviation(gotT, (expected.gradT[level] ?? []).flat()) < tolerance, `dT_${level} of ${q}`)
        }
        if (mode.kind === 'soft-pruned') {
          assert.ok(deviation(network.thresholdGradients, expected.gradTh ?? []) < tolerance, `dTh of ${q}`)
        }
      }
    })
  }
}

test('gradients of a batch agree with finite differences of its loss, parameter by parameter', () => {
  const network = vectorNetwork('plain')
  network.thresholds.set([0.4, -0.2, 0.9])
  const order = Int32Array.from([0, 2, 3, 4, 5])
  const mode: ScoreMode = {
    kind: 'soft-pruned',
    constants: { clip: 3, sharpness: 1.5, countSharpness: 2, countOffset: 0.5 },
    weight: 0.3,
  }
  const lossOf = () => {
    network.embed(order, 0, order.length)
    let sum = 0
    for (const q of order) sum += network.forward(q, mode) + mode.weight * network.keptShare
    return sum
  }
  network.embed(order, 0, order.length)
  network.clearGradients(order, 0, order.length)
  for (const q of order) {
    network.forward(q, mode)
    network.backward(q, mode)
  }
  network.collectGradients(order, 0, order.length)
  const { start, count } = network.parameters
  const gradients = network.kernels.floats.slice(network.gradients, network.gradients + count)
  const thresholdGradients = Float64Array.from(network.thresholdGradients)
  const slope = (values: Float32Array | Float64Array, i: number, step: number) => {
    const own = values[i] as number
    values[i] = own + step
    const above = lossOf()
    values[i] = own - step
    const below = lossOf()
    values[i] = own
    return (above - below) / (2 * step)
  }
  const largest = gradients.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  assert.ok(largest > 0.1)
  const { floats } = network.kernels
  for (let i = 0; i < count; i++) {
    const numeric = slope(floats.subarray(start, start + count), i, 1 / 256)
    assert.ok(Math.abs(numeric - (gradients[i] as number)) < 2e-3 * largest, `parameter ${i}: ${numeric}`)
  }
  for (let hop = 0; hop < 3; hop++) {
    const numeric = slope(network.thresholds, hop, 1 / 256)
    assert.ok(Math.abs(numeric - (thresholdGradients[hop] as number)) < 2e-3 * largest, `threshold ${hop}: ${numeric}`)
  }
})

/** A task that a memory network solves: which of two things did a person take last? */
function smallTask(questions: number, seed: number) {
  const rng = createRng(seed)
  const people = ['ann', 'bob', 'cid']
  const things = ['apple', 'book', 'coin', 'drum']
  return Array.from({ length: questions }, () => {
    const statements = Array.from({ length: 4 }, () => [
      people[rng.integer(3)] as string,
      'took',
      things[rng.integer(4)] as string,
    ])
    const asked = statements[rng.integer(4)] as string[]
    const last = statements.filter(([who]) => who === asked[0]).at(-1) as string[]
    return { statements, supports: [], question: ['what', 'has', asked[0] as string], answer: last[2] as string }
  })
}

function smallNetwork(kind?: 'simd' | 'plain') {
  const questions = [...smallTask(400, 1), ...smallTask(200, 2)]
  const vocabulary = vocabularyOf(questions)
  const corpus = encodeCorpus(questions, { slots: 6, vocabulary })
  const network = new Network({ vocabulary: vocabulary.length, width: 8, hops: 2, slots: 6 }, corpus, kind)
  const rng = createRng(3)
  const { values } = network
  for (let i = 0; i < values.length; i++) values[i] = 0.1 * normalSample(rng)
  const train = Int32Array.from({ length: 400 }, (_, i) => i)
  const held = Int32Array.from({ length: 200 }, (_, i) => 400 + i)
  return { network, train, held }
}

test('gradient descent and Adam both learn a small task, and unseen questions of it', () => {
  for (const name of ['sgd', 'adam'] as const) {
    const { network, train, held } = smallNetwork()
    const optimiser =
      name === 'sgd' ? new ClippedSgd(network, { rate: 0.02, clip: 40 }) : new Adam(network, { rate: 0.01 })
    const rng = createRng(4)
    const before = evaluate(network, held, { kind: 'softmax' }).accuracy
    for (let epoch = 0; epoch < 40; epoch++) {
      trainEpoch(network, train, { mode: { kind: 'softmax' }, optimiser, batch: 16, timeNoise: 0, rng })
    }
    const { accuracy } = evaluate(network, held, { kind: 'softmax' })
    assert.ok(accuracy > 0.9 && before < 0.5, `${name}: ${before} to ${accuracy}`)
  }
})

test('the same seeds train the same weights to the bit, and both kinds of kernels nearly the same after a few steps', () => {
  const weightsAfter = (kind: 'simd' | 'plain', epochs: number) => {
    const { network, train } = smallNetwork(kind)
    const optimiser = new Adam(network, { rate: 0.005 })
    const rng = createRng(4)
    for (let epoch = 0; epoch < epochs; epoch++) {
      trainEpoch(network, train, { mode: { kind: 'softmax' }, optimiser, batch: 32, timeNoise: 0.1, rng })
    }
    return Float32Array.from(network.values)
  }
  assert.equal(weightsAfter('simd', 3), weightsAfter('simd', 3))
  assert.ok(deviation(weightsAfter('simd', 1), [...weightsAfter('plain', 1)]) < 1e-3)
})

test('clipping bounds a step: a table moves at most rate times the norm', () => {
  const { network, train } = smallNetwork()
  network.values.forEach((value, i) => {
    network.values[i] = 40 * value
  })
  const before = Float32Array.from(network.values)
  const optimiser = new ClippedSgd(network, { rate: 0.5, clip: 1 })
  trainEpoch(network, train.slice(0, 32), {
    mode: { kind: 'softmax' },
    optimiser,
    batch: 32,
    timeNoise: 0,
    rng: createRng(1),
  })
  const { tables, start } = network.parameters
  const { vocabulary, width } = network.shape
  for (const table of tables) {
    let square = 0
    for (let i = table - start; i < table - start + vocabulary * width; i++) {
      const move = (network.values[i] as number) - (before[i] as number)
      square += move * move
    }
    assert.ok(Math.sqrt(square) <= 0.5 * 1.001, `moved by ${Math.sqrt(square)}`)
  }
})

test('pruning keeps exactly the scores from the threshold on, and a hop without any gives out nothing', () => {
  const network = vectorNetwork('simd')
  network.embed([2], 0, 1)
  network.forward(2, { kind: 'softmax' })
  const scores = Array.from(network.kernels.floats.subarray(network.scores[0] as number).subarray(0, 5))
  const cut = [...scores].sort((a, b) => a - b)[2] as number
  network.thresholds.set([cut, 1e9, Number.NEGATIVE_INFINITY])
  network.forward(2, { kind: 'pruned' })
  const query = (hop: number) =>
    Array.from(network.kernels.floats.subarray(network.queries[hop] as number).subarray(0, network.shape.width))
  assert.ok(Math.abs(network.keptShare - (3 + 0 + 5) / 15) < 1e-12, `kept ${network.keptShare}`)
  assert.equal(query(2), query(1))
  assert.not.equal(query(1), query(0))
})

test('with many bits and no pruning integer inference answers as floating point does; the visitor sees each hop once', () => {
  const { network, train, held } = smallNetwork()
  const optimiser = new Adam(network, { rate: 0.01 })
  const rng = createRng(4)
  for (let epoch = 0; epoch < 20; epoch++) {
    trainEpoch(network, train, { mode: { kind: 'softmax' }, optimiser, batch: 16, timeNoise: 0, rng })
  }
  let hops = 0
  const accuracy = evaluateQuantised(network, held, {
    format: { scoreBits: 16, valueBits: 16 },
    magnitudes: magnitudesOf(network, held, false),
    prune: false,
    visit: ({ query, memory, statements, threshold }) => {
      hops++
      assert.is(threshold, Number.NEGATIVE_INFINITY)
      assert.ok([...query, ...memory.subarray(0, statements * 8)].every((code) => Math.abs(code) <= 32767))
    },
  })
  assert.is(hops, 2 * held.length)
  assert.is(accuracy, evaluate(network, held, { kind: 'softmax' }).accuracy)
})

test('an unknown word is left out, an unknown answer cannot be right, and only the latest statements are kept', () => {
  const questions = [
    {
      statements: [['a', 'b'], ['b'], ['zzz', 'a']],
      supports: [],
      question: ['a'],
      answer: 'zzz',
    },
  ]
  const corpus = encodeCorpus(questions, { slots: 2, vocabulary: ['a', 'b'] })
  assert.equal([...corpus.storyStarts], [0, 2])
  const sentence = (id: number) => [...corpus.words.subarray(corpus.starts[id], corpus.starts[id + 1])]
  assert.equal([...corpus.stories].map(sentence), [[0], [1]])
  const network = new Network({ vocabulary: 2, width: 4, hops: 1, slots: 2 }, corpus)
  const { accuracy, loss } = evaluate(network, Int32Array.of(0), { kind: 'softmax' })
  assert.is(accuracy, 0)
  assert.ok(Number.isNaN(loss))
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, forkRng, normalSample, type Rng, shuffle } from '../../lib/numeric/mod.ts'
import {
  Adam,
  type BaseRecipe,
  ClippedSgd,
  encodeCorpus,
  evaluate,
  learnThresholds,
  Network,
  type PruningRecipe,
  restore,
  type ScoreMode,
  snapshot,
  trainBase,
  trainEpoch,
  trainTask,
  vocabularyOf,
} from '../../lib/training/mod.ts'
import { near } from '../support/near.ts'

/** Who took what last? */
function questionsOf(count: number, seed: number) {
  const rng = createRng(seed)
  const [people, things] = [
    ['ann', 'bob', 'cid'],
    ['apple', 'book', 'coin', 'drum'],
  ] as const
  return Array.from({ length: count }, () => {
    const statements = Array.from({ length: 2 + rng.integer(3) }, () => [
      people[rng.integer(3)] as string,
      'took',
      things[rng.integer(4)] as string,
    ])
    const asked = statements[rng.integer(statements.length)] as string[]
    const last = statements.filter(([who]) => who === asked[0]).at(-1) as string[]
    return { statements, supports: [], question: ['what', 'has', asked[0] as string], answer: last[2] as string }
  })
}

const SHAPE = { width: 8, hops: 2, slots: 5 }

function networkOf(questions: ReturnType<typeof questionsOf>): Network {
  const vocabulary = vocabularyOf(questions)
  const { slots } = SHAPE
  return new Network({ ...SHAPE, vocabulary: vocabulary.length }, encodeCorpus(questions, { slots, vocabulary }))
}

function filled(questions: ReturnType<typeof questionsOf>, seed = 3): Network {
  const network = networkOf(questions)
  const rng = createRng(seed)
  const { values } = network
  for (let i = 0; i < values.length; i++) values[i] = 0.3 * normalSample(rng)
  return network
}

const numbers = (length: number, from = 0) => Int32Array.from({ length }, (_, i) => from + i)
const SOFTMAX: ScoreMode = { kind: 'softmax' }
const SOFT: ScoreMode = {
  kind: 'soft-pruned',
  constants: { clip: 3, sharpness: 1.5, countSharpness: 2, countOffset: 0.5 },
  weight: 0.3,
}
const still = { step: () => {} }

test('shuffle() makes every order equally likely', () => {
  const rng = createRng(5)
  const seen = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const order = numbers(3)
    shuffle(order, rng)
    seen.set(order.join(), (seen.get(order.join()) ?? 0) + 1)
  }
  assert.is(seen.size, 6)
  // Six standard deviations of a count of 1000.
  for (const [order, count] of seen) assert.ok(Math.abs(count - 1000) < 175, `${order}: ${count}`)
})

test('an epoch is a step per batch of the shuffled questions, the last one of those that are left', () => {
  const questions = questionsOf(7, 1)
  const [own, byHand] = [filled(questions), filled(questions)]
  const summary = trainEpoch(own, numbers(7), {
    mode: SOFTMAX,
    optimiser: new ClippedSgd(own, { rate: 0.1, clip: 40 }),
    batch: 3,
    timeNoise: 0,
    rng: createRng(9),
  })
  const order = numbers(7)
  shuffle(order, createRng(9))
  const optimiser = new ClippedSgd(byHand, { rate: 0.1, clip: 40 })
  let [loss, right] = [0, 0]
  for (const batch of [order.slice(0, 3), order.slice(3, 6), order.slice(6)]) {
    byHand.embed(batch, 0, batch.length)
    byHand.clearGradients(batch, 0, batch.length)
    for (const q of batch) {
      loss += byHand.forward(q, SOFTMAX) / 7
      if (byHand.answer() === byHand.rightAnswer(q)) right++
      byHand.backward(q, SOFTMAX)
    }
    byHand.collectGradients(batch, 0, batch.length)
    optimiser.step()
  }
  assert.equal(Float32Array.from(own.values), Float32Array.from(byHand.values))
  assert.ok(near(summary.loss, loss, 1e-12))
  assert.is(summary.accuracy, right / 7)
})

test('a summary holds means over the questions, the share of kept scores among them', () => {
  const questions = questionsOf(12, 2)
  const network = filled(questions)
  network.thresholds.set([0.1, -0.1])
  const order = numbers(12)
  for (const mode of [SOFTMAX, SOFT, { kind: 'pruned' } as const]) {
    let [loss, right, kept] = [0, 0, 0]
    for (const q of order) {
      network.embed([q], 0, 1)
      loss += network.forward(q, mode) / 12
      right += network.answer() === network.rightAnswer(q) ? 1 / 12 : 0
      kept += network.keptShare / 12
    }
    const fresh = filled(questions)
    fresh.thresholds.set([0.1, -0.1])
    const summaries = [evaluate(fresh, order, mode)]
    if (mode.kind !== 'pruned') {
      const options = { mode, optimiser: still, batch: 5, timeNoise: 0, rng: createRng(1) }
      summaries.push(trainEpoch(fresh, numbers(12), options))
    }
    for (const summary of summaries) {
      assert.ok(near(summary.loss, loss, 1e-6) && near(summary.accuracy, right, 1e-9), mode.kind)
      assert.ok(near(summary.keptShare, kept, 1e-6) && summary.keptShare <= 1, mode.kind)
    }
  }
})

test('time noise makes older statements look older in training, and is gone afterwards', () => {
  const questions = questionsOf(20, 4)
  const network = filled(questions)
  const before = evaluate(network, numbers(20), SOFTMAX)
  const ages: number[] = []
  const setAge = network.setAge.bind(network)
  network.setAge = (statement, age) => {
    if (statement === 0) ages.length = 0
    ages[statement] = age
    setAge(statement, age)
  }
  const forward = network.forward.bind(network)
  let drawn = 0
  let shifted = 0
  network.forward = (q, mode) => {
    assert.is(ages.length, network.statements(q))
    ages.forEach((age, i) => {
      assert.ok(age - (ages[i - 1] ?? -1) === 1 || age - (ages[i - 1] ?? -1) === 2)
    })
    drawn += ages.length
    shifted += (ages.at(-1) as number) - (ages.length - 1)
    return forward(q, mode)
  }
  const options = { mode: SOFTMAX, optimiser: still, batch: 4, timeNoise: 0.25, rng: createRng(2) }
  for (let epoch = 0; epoch < 20; epoch++) trainEpoch(network, numbers(20), options)
  assert.ok(Math.abs(shifted / drawn - 0.25) < 0.05, `${shifted} of ${drawn}`)
  network.forward = forward
  assert.equal(evaluate(network, numbers(20), SOFTMAX), before)
})

/** Gradients of one batch of all questions, in place. */
function gradientsOf(network: Network, count: number, mode: ScoreMode): void {
  const order = numbers(count)
  network.embed(order, 0, count)
  network.clearGradients(order, 0, count)
  for (const q of order) {
    network.forward(q, mode)
    network.backward(q, mode)
  }
  network.collectGradients(order, 0, count)
}

test('clipped descent moves every table and every row of ages against its gradient, to the clipped norm at most', () => {
  const network = filled(questionsOf(10, 6))
  gradientsOf(network, 10, SOFTMAX)
  const { vocabulary, width, slots } = network.shape
  const { tables, ages, start } = network.parameters
  const { floats } = network.kernels
  const blocks = [
    ...tables.map((at) => [at, vocabulary * width] as const),
    ...ages.map((at) => [at, slots * width] as const),
  ]
  const norms = blocks.map(([at, count]) => {
    const own = floats.subarray(network.gradientOf(at), network.gradientOf(at) + count)
    return Math.sqrt(own.reduce((sum, x) => sum + x * x, 0))
  })
  const clip = [...norms].sort((a, b) => a - b)[3] as number
  assert.ok(norms.some((norm) => norm > 1.01 * clip) && norms.some((norm) => norm > 0 && norm < 0.99 * clip))
  const before = Float32Array.from(network.values)
  new ClippedSgd(network, { rate: 0.5, clip }).step()
  blocks.forEach(([at, count], block) => {
    const scale = Math.min(1, clip / (norms[block] as number))
    for (let i = 0; i < count; i++) {
      const moved = (network.values[at - start + i] as number) - (before[at - start + i] as number)
      const gradient = floats[network.gradientOf(at) + i] as number
      assert.ok(near(moved, -0.5 * scale * gradient, 1e-4, 1e-6), `block ${block}, ${i}: ${moved}`)
    }
  })
})

test('Adam moves weights and thresholds as its paper has it, and a new one has no memory of the last', () => {
  const questions = questionsOf(10, 7)
  const network = filled(questions)
  network.thresholds.set([0.2, -0.3])
  // What another optimiser leaves behind must not count.
  const stale = new Adam(network, { rate: 0.3, thresholdRate: 0.3 })
  gradientsOf(network, 10, SOFT)
  stale.step()
  const optimiser = new Adam(network, { rate: 0.01, thresholdRate: 0.05 })
  const { count } = network.parameters
  const all = () => [...network.values, ...network.thresholds]
  const first = new Float64Array(count + 2)
  const second = new Float64Array(count + 2)
  let expected = all()
  for (let step = 1; step <= 4; step++) {
    gradientsOf(network, 10, SOFT)
    const own = network.kernels.floats.subarray(network.gradients, network.gradients + count)
    const gradients = [...own, ...network.thresholdGradients]
    optimiser.step()
    expected = expected.map((value, i) => {
      const gradient = gradients[i] as number
      first[i] = 0.9 * (first[i] as number) + 0.1 * gradient
      second[i] = 0.999 * (second[i] as number) + 0.001 * gradient * gradient
      const rate = i < count ? 0.01 : 0.05
      // The form at the end of the paper's Sec. 2: both corrections in the rate, epsilon beside the uncorrected root.
      const corrected = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step)
      return value - (corrected * (first[i] as number)) / (Math.sqrt(second[i] as number) + 1e-8)
    })
    all().forEach((value, i) => {
      assert.ok(near(value, expected[i] as number, 1e-6, 1e-6), `step ${step}, ${i}: ${value} for ${expected[i]}`)
    })
    expected = all()
  }
  const { thresholds } = network
  const kept = [...thresholds]
  new Adam(network, { rate: 0.01 }).step()
  assert.equal([...thresholds], kept)
})

const BASE: BaseRecipe = {
  ...SHAPE,
  deviation: 0.1,
  batch: 8,
  clip: 40,
  timeNoise: 0.1,
  linearEpochs: 2,
  linearRate: 0.005,
  epochs: 8,
  rate: 0.02,
  halvings: 3,
}
const PRUNING: PruningRecipe = {
  epochs: 3,
  batch: 8,
  weightRate: 0.001,
  thresholdRate: 0.05,
  constants: { clip: 10, sharpness: 5, countSharpness: 3, countOffset: 1 },
  rest: 0,
}

test('the base is trained linearly, then with softmax at rates halved in equal stages', () => {
  const questions = questionsOf(40, 8)
  const [own, byHand] = [filled(questions), filled(questions, 4)]
  own.thresholds.fill(1)
  trainBase(own, numbers(40), { ...BASE, rng: createRng(6) })
  const rng = createRng(6)
  const { values } = byHand
  for (let i = 0; i < values.length; i++) values[i] = 0.1 * normalSample(rng)
  const order = numbers(40)
  const optimiser = new ClippedSgd(byHand, { rate: 0, clip: 40 })
  const rates = [0.02, 0.02, 0.01, 0.01, 0.005, 0.005, 0.0025, 0.0025]
  const epochs = [
    ...[0.005, 0.005].map((rate) => ({ rate, mode: { kind: 'linear' } as const })),
    ...rates.map((rate) => ({ rate, mode: SOFTMAX })),
  ]
  for (const { rate, mode } of epochs) {
    optimiser.rate = rate
    trainEpoch(byHand, order, { mode, optimiser, batch: 8, timeNoise: 0.1, rng })
  }
  assert.equal(Float32Array.from(own.values), Float32Array.from(byHand.values))
  assert.equal([...own.thresholds], [0, 0])
})

test('thresholds are learned from 0 by Adam on the soft threshold and its penalty, and each epoch is reported', () => {
  const questions = questionsOf(40, 8)
  const [own, byHand] = [filled(questions), filled(questions)]
  own.thresholds.set([2, -2])
  const seen: number[] = []
  const epochs = learnThresholds(own, numbers(40), {
    recipe: PRUNING,
    pressure: 0.7,
    rng: createRng(6),
    after: (epoch) => seen.push(epoch),
  })
  assert.equal(seen, [0, 1, 2])
  const [order, rng] = [numbers(40), createRng(6)]
  const optimiser = new Adam(byHand, { rate: 0.001, thresholdRate: 0.05 })
  const mode: ScoreMode = { kind: 'soft-pruned', constants: PRUNING.constants, weight: 0.7, rest: 0 }
  for (const epoch of epochs) {
    const summary = trainEpoch(byHand, order, { mode, optimiser, batch: 8, timeNoise: 0, rng })
    assert.equal(epoch, { ...summary, thresholds: [...byHand.thresholds] })
  }
  assert.equal(Float32Array.from(own.values), Float32Array.from(byHand.values))
  assert.ok(epochs.every(({ thresholds }) => thresholds.every((threshold) => threshold !== 0)))
})

test('a snapshot does not change with its network', () => {
  const network = filled(questionsOf(4, 1))
  network.thresholds.set([1, 2])
  const kept = snapshot(network)
  const value = network.values[5] as number
  network.values[5] = 99
  network.thresholds[0] = 99
  assert.equal([kept.values[5], ...kept.thresholds], [value, 1, 2])
  restore(network, kept)
  assert.equal([network.values[5], ...network.thresholds], [value, 1, 2])
})

const LONGER: BaseRecipe = { ...BASE, epochs: 60, rate: 0.04 }
const HARSHER: PruningRecipe = { ...PRUNING, weightRate: 0.002, thresholdRate: 0.3 }

/** The choice of trainTask() spelt out: every candidate is listed, then one is picked. */
function choose(
  questions: ReturnType<typeof questionsOf>,
  options: { pressures: number[]; tolerance: number; rng: Rng },
) {
  const { pressures, tolerance, rng } = options
  const network = networkOf(questions)
  const [train, held] = [numbers(150), numbers(50, 150)]
  trainBase(network, train, { ...LONGER, rng: forkRng(rng) })
  const base = snapshot(network)
  const baseline = evaluate(network, held, SOFTMAX).accuracy
  const candidates: { accuracy: number; keptShare: number; pressure: number; epoch: number; thresholds: number[] }[] =
    []
  for (const pressure of pressures) {
    restore(network, base)
    learnThresholds(network, train, {
      recipe: HARSHER,
      pressure,
      rng: forkRng(rng),
      after: (epoch) => {
        const { accuracy, keptShare } = evaluate(network, held, { kind: 'pruned' })
        candidates.push({ accuracy, keptShare, pressure, epoch: epoch + 1, thresholds: [...network.thresholds] })
      },
    })
  }
  const good = candidates.filter(({ accuracy }) => accuracy >= baseline - tolerance)
  const pool = good.length > 0 ? good : candidates
  const ranked = [...pool].sort((a, b) =>
    good.length > 0 ? a.keptShare - b.keptShare : b.accuracy - a.accuracy || a.keptShare - b.keptShare,
  )
  return { best: ranked[0], good: good.length, candidates, base }
}

test('of all pressures and epochs the one is taken that prunes most without costing too much accuracy', () => {
  const questions = questionsOf(200, 12)
  const picked = new Set<string>()
  for (const tolerance of [-1, -0.01, 0, 0.1, 0.2, 1]) {
    const pressures = [3, 0.1, 30]
    const { best, good, candidates, base } = choose(questions, { pressures, tolerance, rng: createRng(13) })
    assert.is(candidates.length, 9)
    const got = trainTask(questions, {
      base: LONGER,
      pruning: HARSHER,
      heldBack: 50,
      pressures,
      tolerance,
      rng: createRng(13),
    })
    assert.equal(
      [got.pressure, got.pruningEpochs, [...got.pruned.thresholds]],
      [best?.pressure, best?.epoch, best?.thresholds],
      `tolerance ${tolerance}, ${good} good of ${JSON.stringify(candidates)}`,
    )
    assert.equal(got.base, base)
    picked.add(`${got.pressure}, ${got.pruningEpochs}`)
  }
  assert.ok(picked.size >= 2, [...picked].join('; '))
})

test('a task without questions held back, or without a pressure, is refused', () => {
  const questions = questionsOf(12, 3)
  const options = { base: BASE, pruning: PRUNING, heldBack: 4, pressures: [1], tolerance: 0, rng: createRng(1) }
  for (const heldBack of [0, 12, Number.NaN]) {
    assert.throws(() => trainTask(questions, { ...options, heldBack }), /held back must be from 1 to 11, got/)
  }
  assert.throws(() => trainTask(questions, { ...options, pressures: [] }), /must be a pressure and an epoch/)
})

test.run()

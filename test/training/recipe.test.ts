import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample } from '../../lib/numeric/mod.ts'
import {
  encodeCorpus,
  evaluate,
  generateBabi,
  learnThresholds,
  Network,
  packWeights,
  questionsOf,
  restore,
  snapshot,
  trainBase,
  trainTask,
  unpackWeights,
  vocabularyOf,
} from '../../lib/training/mod.ts'

const BASE = {
  ...{ width: 12, hops: 2, slots: 10, deviation: 0.1, batch: 16, clip: 40, timeNoise: 0.1 },
  ...{ linearEpochs: 6, linearRate: 0.01, epochs: 14, rate: 0.02, halvings: 2 },
}
const PRUNING = {
  ...{ epochs: 3, batch: 16, weightRate: 1e-3, thresholdRate: 0.01, rest: -50 },
  constants: { clip: 1000, sharpness: 10, countSharpness: 100, countOffset: 1 },
}

const questions = questionsOf(generateBabi(1, 1200, createRng(3)))
const train = (tolerance: number, pressures: readonly number[]) =>
  trainTask(questions, { base: BASE, pruning: PRUNING, heldBack: 200, pressures, tolerance, rng: createRng(5) })
const trained = train(0, [1, 0.1])

function loaded() {
  const network = new Network(
    trained.shape,
    encodeCorpus(questions, { slots: BASE.slots, vocabulary: trained.vocabulary }),
  )
  return { network, held: Int32Array.from({ length: 200 }, (_, i) => questions.length - 200 + i) }
}

test('a task is learned from scratch, and thresholds prune without costing the accuracy that is not allowed', () => {
  const { network, held } = loaded()
  restore(network, trained.base)
  const before = evaluate(network, held, { kind: 'softmax' })
  restore(network, trained.pruned)
  const after = evaluate(network, held, { kind: 'pruned' })
  assert.ok(before.accuracy > 0.9, `only ${before.accuracy}`)
  assert.ok(after.accuracy >= before.accuracy, `${before.accuracy} to ${after.accuracy}`)
  assert.ok(after.keptShare < 0.7, `keeps ${after.keptShare}`)
  assert.ok([1, 0.1].includes(trained.pressure) && trained.pruningEpochs >= 1 && trained.pruningEpochs <= 3)
})

test('more tolerance never prunes less, and none that can be met takes the most accurate', () => {
  const { network, held } = loaded()
  const pruned = (tolerance: number) => {
    restore(network, train(tolerance, [1, 0.1]).pruned)
    return evaluate(network, held, { kind: 'pruned' })
  }
  const [strict, loose] = [pruned(0), pruned(1)]
  assert.ok(loose.keptShare <= strict.keptShare, `${loose.keptShare} against ${strict.keptShare}`)
  // No network loses less than minus 2: of all candidates the most accurate is taken.
  assert.ok(pruned(-2).accuracy >= Math.max(strict.accuracy, loose.accuracy))
})

test('the same seed trains the same networks to the bit', () => {
  const again = train(0, [1, 0.1])
  assert.equal(again.base.values, trained.base.values)
  assert.equal(again.pruned, trained.pruned)
})

test('a stronger pressure leaves fewer scores, and every epoch reports its thresholds', () => {
  const { network, held } = loaded()
  const order = () => Int32Array.from({ length: 1000 }, (_, i) => i)
  const [none, strong] = [0, 30].map((pressure) => {
    restore(network, trained.base)
    const epochs = learnThresholds(network, order(), { recipe: PRUNING, pressure, rng: createRng(9) })
    assert.is(epochs.length, 3)
    assert.equal(epochs.at(-1)?.thresholds, [...network.thresholds])
    return evaluate(network, held, { kind: 'pruned' }).keptShare
  })
  assert.ok((strong ?? 1) < (none ?? 0), `${strong} against ${none}`)
})

test('a rest makes the soft threshold empty a hop as the hardware does; without it pruned scores share the weight', () => {
  const { network } = loaded()
  restore(network, trained.base)
  network.thresholds.fill(1e6)
  network.embed([0], 0, 1)
  const query = (hop: number) => {
    const at = network.queries[hop] as number
    return Array.from(network.kernels.floats.subarray(at, at + BASE.width))
  }
  const soft = { kind: 'soft-pruned', constants: PRUNING.constants, weight: 0 } as const
  network.forward(0, { ...soft, rest: -50 })
  assert.equal(query(2), query(0))
  network.forward(0, soft)
  assert.not.equal(query(2), query(0))
})

test('the learning rate is halved on the way: without halvings the last epochs move the weights further', () => {
  const moves = [0, 6].map((halvings) => {
    const { network } = loaded()
    const order = Int32Array.from({ length: 300 }, (_, i) => i)
    trainBase(network, order, { ...BASE, linearEpochs: 0, epochs: 7, halvings, rng: createRng(2) })
    const seven = Float32Array.from(network.values)
    trainBase(
      network,
      Int32Array.from({ length: 300 }, (_, i) => i),
      {
        ...{ ...BASE, linearEpochs: 0, epochs: 6, halvings, rng: createRng(2) },
      },
    )
    return seven.reduce((sum, value, i) => sum + Math.abs(value - (network.values[i] as number)), 0)
  })
  assert.ok((moves[1] as number) < 0.5 * (moves[0] as number), `${moves}`)
})

test('packed weights come back within half a step of each table, ages beyond the longest story as 0', () => {
  const shape = { vocabulary: 7, width: 6, hops: 2, slots: 9 }
  const vocabulary = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const question = { statements: [['a']], supports: [], question: ['b'], answer: 'c' }
  const network = new Network(shape, encodeCorpus([question], { slots: 9, vocabulary }))
  const { tables, ages, count } = network.parameters
  const rng = createRng(8)
  for (let i = 0; i < count; i++) network.values[i] = normalSample(rng)
  const packed = packWeights(network.values, shape, 4)
  assert.is(packed.scales.length, 6)
  const values = unpackWeights(packed, shape)
  assert.is(values.length, count)
  const blocks = [
    ...tables.map((start) => ({ start, rows: 7, stored: 7 })),
    ...ages.map((start) => ({ start, rows: 9, stored: 4 })),
  ]
  for (const [table, { start, rows, stored }] of blocks.entries()) {
    const scale = packed.scales[table] as number
    for (let i = 0; i < rows * 6; i++) {
      const [got, own] = [values[start + i] as number, network.values[start + i] as number]
      if (i < stored * 6) assert.ok(Math.abs(got - own) <= 0.5001 * scale, `table ${table}, number ${i}`)
      else assert.is(got, 0)
    }
  }
  assert.equal(packWeights(values, shape, 4), packed)
})

test('weights that do not fill their shape are refused', () => {
  const shape = { vocabulary: 3, width: 4, hops: 1, slots: 2 }
  const packed = packWeights(new Float32Array(40), shape, 2)
  assert.throws(() => unpackWeights(packed, { ...shape, vocabulary: 4 }), /they must be 96 bytes in 4 tables, got 80/)
  assert.throws(() => unpackWeights(packed, { ...shape, hops: 2 }), /in 6 tables, got 80 in 4/)
})

test('a snapshot is a copy, and restoring brings thresholds back too', () => {
  const { network } = loaded()
  restore(network, trained.pruned)
  const kept = snapshot(network)
  network.values.fill(0)
  network.thresholds.fill(7)
  restore(network, kept)
  assert.equal(network.values.slice(), trained.pruned.values)
  assert.equal(network.thresholds, trained.pruned.thresholds)
})

test('a training that holds back everything, or tries nothing, is refused', () => {
  const options = { base: BASE, pruning: PRUNING, pressures: [1], tolerance: 0, rng: createRng(1) }
  for (const heldBack of [0, 1200, Number.NaN]) {
    assert.throws(() => trainTask(questions, { ...options, heldBack }), /held back must be from 1 to 1199, got/)
  }
  const few = questions.slice(0, 40)
  const quick = { ...options, heldBack: 10, base: { ...BASE, linearEpochs: 0, epochs: 1 } }
  assert.throws(() => trainTask(few, { ...quick, pressures: [] }), /there must be a pressure and an epoch/)
  assert.is(vocabularyOf([]).length, 0)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng } from '../../lib/numeric/mod.ts'
import {
  encodeCorpus,
  evaluate,
  generateBabi,
  learnThresholds,
  Network,
  questionsOf,
  restore,
  trainBase,
  trainTask,
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

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  accelTran,
  batchEnergy,
  EDGE,
  type Operation,
  type Sparsity,
  simulate,
  tileLatencies,
} from '../../lib/accelerators/acceltran/mod.ts'
import { near } from '../support/near.ts'

const RUN = {
  shape: { layers: 2, heads: 2, headWidth: 16, hidden: 32, ffn: 64 },
  vocabulary: 64,
  sequence: 48,
  batch: 2,
}
const machine = accelTran(EDGE)
const simulated = (sparsity: Sparsity) => simulate(RUN, { machine, sparsity })

test('operations and data that all have the same share of zeros are as one share is', () => {
  for (const [activations, weights] of [
    [0, 0],
    [0.5, 0.25],
    [0.31, 0.7],
  ] as const) {
    const one = simulated({ activations, weights })
    const each = simulated({
      ...{ activations: 0.1, weights: 0.1 },
      savedIn: () => activations,
      zerosIn: ({ stored }) => (stored ? activations : weights),
    })
    assert.equal(
      [each.cycles, each.embeddingCycles, each.stalls, each.busyModuleCycles, each.modulesTaken, each.fifoCycles],
      [one.cycles, one.embeddingCycles, one.stalls, one.busyModuleCycles, one.modulesTaken, one.fifoCycles],
    )
    assert.ok(near(batchEnergy(each, machine).totalNj, batchEnergy(one, machine).totalNj, 1e-9))
  }
})

test('modules are busy for the cycles of each operation, whatever the others take', () => {
  const shares: Readonly<Record<string, number>> = { q: 0.1, qk: 0.75, pv: 0.9, ffn1: 0.3, softmax: 0.5 }
  const savedIn = ({ name }: Operation) => shares[name] ?? 0
  const { operations, busyModuleCycles, fifoCycles } = simulated({ activations: 0.5, weights: 0.5, savedIn })
  const sum = (of: (operation: Operation) => number, kind: Operation['kind']) =>
    operations
      .filter(({ operation }) => operation.kind === kind)
      .reduce((total, { operation, issued }) => total + issued * of(operation), 0)
  for (const kind of ['matmul', 'softmax', 'layernorm', 'gelu'] as const) {
    assert.is(
      busyModuleCycles[kind],
      sum((operation) => tileLatencies(16, savedIn(operation), true)[kind], kind),
    )
  }
  // 256 words of a tile, 32 a cycle, zeros left out.
  const passed = sum((operation) => Math.ceil(8 * (1 - savedIn(operation))), 'matmul')
  assert.ok(near(fifoCycles, passed / sum(() => 1, 'matmul'), 1e-12))
})

test('the more an operation saves, the sooner a batch is done, and an operation ends when its own cycles are over', () => {
  const cycles = [0, 0.25, 0.5, 0.9].map(
    (share) => simulated({ activations: 0, weights: 0, savedIn: ({ name }) => (name === 'ffn1' ? share : 0) }).cycles,
  )
  assert.equal(
    cycles,
    [...cycles].sort((a, b) => b - a),
  )
  assert.ok((cycles[0] as number) > (cycles.at(-1) as number))
  const { operations } = simulated({ activations: 0, weights: 0, savedIn: ({ name }) => (name === 'qk' ? 0.5 : 0) })
  for (const { operation, startedAt, doneAt } of operations) {
    if (operation.kind !== 'matmul') continue
    assert.ok((doneAt as number) - (startedAt as number) >= (operation.name === 'qk' ? 127 : 255), operation.name)
  }
})

test('a datum is loaded and stored without its own zeros', () => {
  const zerosIn = ({ name, stored }: { name: string; stored: boolean }) =>
    name === 'embeddings' ? 0.75 : stored ? 0.5 : 0
  const mixed = simulated({ activations: 0, weights: 0, zerosIn })
  const dense = simulated({ activations: 0, weights: 0 })
  const half = simulated({ activations: 0.5, weights: 0 })
  const sparse = simulated({ activations: 0, weights: 0.75 })
  assert.ok(near(mixed.buffers.activation.storeNj, half.buffers.activation.storeNj, 1e-9))
  assert.is(mixed.embeddingCycles, sparse.embeddingCycles)
  const embeddings = (64 + 48) * 32
  const weights = dense.buffers.weight.entered - embeddings
  const share = (embeddings / 4 + weights) / (embeddings + weights)
  assert.ok(near(mixed.buffers.weight.loadNj, share * dense.buffers.weight.loadNj, 1e-9))
  assert.is(mixed.buffers.weight.entered, dense.buffers.weight.entered)
})

test('a share that cannot be is refused, by the name of what has it', () => {
  const base = { activations: 0.5, weights: 0.5 }
  assert.throws(() => simulated({ ...base, savedIn: ({ name }) => (name === 'pv' ? 1 : 0) }), /sparsity of pv must be/)
  assert.throws(
    () => simulated({ ...base, zerosIn: ({ name }) => (name.endsWith('Wf1') ? Number.NaN : 0) }),
    /sparsity of layer 1 Wf1 must be from 0 to below 1, got NaN/,
  )
  assert.throws(() => simulated({ activations: -0.1, weights: 0 }), /sparsity of activations must be/)
})

test.run()

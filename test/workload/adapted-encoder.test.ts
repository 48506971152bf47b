import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ADAPTED_MODULES,
  type AdaptedEncoder,
  ALBERT_EMBEDDING,
  adapterParameters,
  adaptersByLayer,
  albertBase,
  BERT_EMBEDDING,
  bertBase,
  bertLarge,
  countOf,
  MODULES,
  moduleCounts,
  otherModules,
} from '../../lib/workload/mod.ts'

/** Two layers of width 4 over words of width 3. */
const TINY: AdaptedEncoder = {
  shape: { layers: 2, hidden: 4, heads: 2, ffn: 6 },
  embedding: { vocabulary: 10, positions: 5, types: 1, width: 3 },
  sharedLayers: true,
  adapters: [1, 2],
  labels: 3,
}
const ALBERT: AdaptedEncoder = {
  shape: albertBase,
  embedding: ALBERT_EMBEDDING,
  sharedLayers: true,
  adapters: [],
  labels: 0,
}
const BERT: AdaptedEncoder = { ...ALBERT, shape: bertBase, embedding: BERT_EMBEDDING, sharedLayers: false }

/** Shapes of all tensors of a checkpoint, one by one. */
function tensors({ shape, embedding, sharedLayers, adapters, labels }: AdaptedEncoder): number[][] {
  const { layers, hidden, ffn } = shape
  const { vocabulary, positions, types, width = hidden } = embedding
  const linear = (inputs: number, outputs: number) => [[inputs, outputs], [outputs]]
  const norm = (size: number) => [[size], [size]]
  const all = [[vocabulary, width], [positions, width], [types, width], ...norm(width)]
  if (width !== hidden) all.push(...linear(width, hidden))
  for (let layer = 0; layer < (sharedLayers ? 1 : layers); layer += 1) {
    for (let projection = 0; projection < 4; projection += 1) all.push(...linear(hidden, hidden))
    all.push(...norm(hidden), ...linear(hidden, ffn), ...linear(ffn, hidden), ...norm(hidden))
    for (const bottleneck of adapters as readonly number[])
      all.push(...linear(hidden, bottleneck), ...linear(bottleneck, hidden))
  }
  return [...all, ...linear(hidden, hidden), ...linear(hidden, labels)]
}

const elements = (shapes: readonly number[][]) =>
  shapes.reduce((sum, sizes) => sum + sizes.reduce((product, size) => product * size, 1), 0)

test('a tiny encoder group by group, by hand', () => {
  assert.equal(moduleCounts(TINY), {
    'word embedding': 10 * 3,
    // Positions, types, gamma and beta.
    'other embedding': (5 + 1 + 2) * 3,
    mapping: 3 * 4 + 4,
    'layer matrices': 4 * (4 * 4 + 4) + (4 * 6 + 6) + (6 * 4 + 4),
    'layer norms': 2 * (4 + 4),
    adapters: 4 * 1 + 1 + 1 * 4 + 4 + (4 * 2 + 2 + 2 * 4 + 4),
    pooler: 4 * 4 + 4,
    head: 4 * 3 + 3,
  })
  assert.is(countOf(moduleCounts(TINY)), 30 + 24 + 16 + 138 + 16 + 35 + 20 + 15)
})

test('layers with weights of their own count each, and so do their adapters', () => {
  const own = moduleCounts({ ...TINY, sharedLayers: false })
  assert.equal([own['layer matrices'], own['layer norms'], own.adapters], [2 * 138, 2 * 16, 2 * 35])
  const listed = moduleCounts({
    ...TINY,
    sharedLayers: false,
    adapters: [
      [1, 2],
      [3, 4],
    ],
  })
  assert.is(listed.adapters, 13 + 22 + 31 + 40)
  assert.is(moduleCounts({ ...TINY, sharedLayers: false, adapters: [[1], []] }).adapters, 13)
  const one = moduleCounts({ ...TINY, sharedLayers: false, adapters: [3] })
  assert.is(one.adapters, 2 * 31)
})

test('pooler, classifier and the biases of adapters can be left out', () => {
  const bare = moduleCounts({ ...TINY, pooler: false, labels: 0, adapterBiases: false })
  assert.equal([bare.pooler, bare.head, bare.adapters], [0, 0, 2 * 4 * 1 + 2 * 4 * 2])
  assert.is(moduleCounts({ ...TINY, adapters: [] }).adapters, 0)
  const wide = moduleCounts({ ...TINY, embedding: { vocabulary: 10, positions: 5, types: 1 } })
  assert.equal([wide['word embedding'], wide.mapping], [40, 0])
})

test('the groups are those of the tensors of a checkpoint, whatever the shape', () => {
  const size = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(
      fc.tuple(size, size, size, size, size, size, size),
      fc.array(size, { maxLength: 2 }),
      fc.boolean(),
      ([layers, heads, headWidth, ffn, vocabulary, positions, width], adapters, sharedLayers) => {
        const model = {
          shape: { layers, hidden: heads * headWidth, heads, ffn },
          embedding: { vocabulary, positions, types: 2, width },
          sharedLayers,
          adapters,
          labels: 3,
        }
        assert.is(countOf(moduleCounts(model)), elements(tensors(model)))
      },
    ),
  )
})

test('BERT and ALBERT with a classifier have the parameters of their released checkpoints', () => {
  // Hugging Face's AutoModel and AutoModelForSequenceClassification (2 labels), bert-base-uncased and albert-base-v2.
  assert.is(countOf(moduleCounts(BERT)), 109_482_240)
  assert.is(countOf(moduleCounts({ ...BERT, labels: 2 })), 109_483_778)
  assert.is(countOf(moduleCounts(ALBERT)), 11_683_584)
  assert.is(countOf(moduleCounts({ ...ALBERT, labels: 2 })), 11_685_122)
  assert.is(countOf(moduleCounts({ ...BERT, shape: bertLarge })), 335_141_888)
})

test('adapters of 64 add 198,272 parameters to ALBERT and twelve times as many to BERT', () => {
  assert.is(adapterParameters(768, 64), 768 * 64 + 64 + 64 * 768 + 768)
  assert.is(adapterParameters(768, 64, false), 2 * 768 * 64)
  assert.is(moduleCounts({ ...ALBERT, adapters: [64, 64] }).adapters, 198_272)
  assert.is(moduleCounts({ ...BERT, adapters: [64, 64] }).adapters, 12 * 198_272)
  assert.is(countOf(moduleCounts({ ...ALBERT, adapters: [64, 64], labels: 3 }), ADAPTED_MODULES), 203_651)
})

test('a group and all others are the whole', () => {
  assert.equal([...ADAPTED_MODULES, ...otherModules(ADAPTED_MODULES)].sort(), [...MODULES].sort())
  assert.equal(otherModules(MODULES), [])
  const counts = moduleCounts(TINY)
  assert.is(countOf(counts, ADAPTED_MODULES) + countOf(counts, otherModules(ADAPTED_MODULES)), countOf(counts))
})

test('a list of adapters stands for every layer, lists of them for one layer each', () => {
  const layered = (model: AdaptedEncoder, ...expected: readonly number[][]) =>
    assert.equal(adaptersByLayer(model), expected)
  layered(TINY, [1, 2], [1, 2])
  layered({ ...TINY, sharedLayers: false }, [1, 2], [1, 2])
  layered({ ...TINY, sharedLayers: false, adapters: [[5, 6], [7]] }, [5, 6], [7])
  layered({ ...TINY, adapters: [] }, [], [])
  layered({ ...TINY, adapters: [1, 2, 3] }, [1, 2, 3], [1, 2, 3])
  assert.is(moduleCounts({ ...TINY, adapters: [1, 2, 3] }).adapters, 13 + 22 + 31)
})

test('what no encoder can have is refused', () => {
  for (const labels of [-1, 0.5, Number.NaN]) {
    assert.throws(() => moduleCounts({ ...TINY, labels }), /labels must be a whole number, got/)
  }
  for (const bottleneck of [0, -1, 1.5, Number.NaN]) {
    assert.throws(() => moduleCounts({ ...TINY, adapters: [bottleneck] }), /bottleneck must be a positive integer, got/)
  }
  // One list for two layers, lists for layers that are the same, a list among numbers.
  const wrong = /Cannot place adapters: they must be widths for every layer, or, .* 2 lists of them, got 1 lists/
  assert.throws(() => moduleCounts({ ...TINY, sharedLayers: false, adapters: [[1, 2]] }), wrong)
  const both = [[1], [1]]
  assert.throws(() => moduleCounts({ ...TINY, adapters: both }), /got 2 lists/)
  assert.throws(() => moduleCounts({ ...TINY, adapters: [1, [2]] as unknown as number[] }), /got 1 lists/)
  assert.throws(() => moduleCounts({ ...TINY, shape: { ...TINY.shape, heads: 3 } }), /hidden=4 over heads=3/)
})

test.run()

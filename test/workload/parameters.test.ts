import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ALBERT_EMBEDDING,
  albertBase,
  BERT_EMBEDDING,
  bertBase,
  bertLarge,
  bertTiny,
  encoderParameters,
} from '../../lib/workload/mod.ts'

test('BERT-Base, -Large and -Tiny have the parameters of their released checkpoints', () => {
  // Parameters of bert-base-uncased, bert-large-uncased and google/bert_uncased_L-2_H-128_A-2 with pooler, no task head.
  assert.is(encoderParameters(bertBase, BERT_EMBEDDING).total, 109_482_240)
  assert.is(encoderParameters(bertLarge, BERT_EMBEDDING).total, 335_141_888)
  assert.is(encoderParameters(bertTiny, BERT_EMBEDDING).total, 4_385_920)
})

test('ALBERT-base has the parameters of albert-base-v2: one layer for all twelve, embeddings of 128', () => {
  assert.is(encoderParameters(albertBase, ALBERT_EMBEDDING, { sharedLayers: true }).total, 11_683_584)
})

test("the parts of BERT-Base's and ALBERT's parameters by hand", () => {
  assert.equal(encoderParameters(bertBase, BERT_EMBEDDING), {
    wordEmbedding: 30_522 * 768,
    // 512 positions, 2 sentence types, gamma and beta.
    otherEmbedding: 516 * 768,
    mapping: 0,
    // 4 square matrices and 2 of four times the size with their biases, and 2 normalisations.
    layer: 12 * 768 * 768 + (4 + 4 + 1) * 768 + 4 * 768,
    pooler: 768 * 768 + 768,
    total: 109_482_240,
  })
  const albert = encoderParameters(albertBase, ALBERT_EMBEDDING, { sharedLayers: true })
  assert.is(albert.wordEmbedding, 3_840_000)
  assert.is(albert.otherEmbedding, 516 * 128)
  assert.is(albert.mapping, 128 * 768 + 768)
  assert.is(albert.layer, 7_087_872)
})

test('a small encoder by hand, its heads narrower than the model', () => {
  const shape = { layers: 3, hidden: 4, heads: 2, headWidth: 1, ffn: 5 }
  const got = encoderParameters(shape, { vocabulary: 10, positions: 6, types: 1, width: 3 })
  // Attention 3 x (4 x 2 + 2) + (2 x 4 + 4) = 42, feed-forward 4 x 5 + 5 + 5 x 4 + 4 = 49, norms 16.
  assert.equal(got, {
    wordEmbedding: 30,
    otherEmbedding: 27,
    mapping: 16,
    layer: 107,
    pooler: 20,
    total: 30 + 27 + 16 + 3 * 107 + 20,
  })
})

test('every part is counted once, and each layer adds itself', () => {
  const size = fc.integer({ min: 1, max: 64 })
  fc.assert(
    fc.property(size, size, size, size, size, (layers, heads, headWidth, ffn, vocabulary) => {
      const shape = { layers, hidden: heads * headWidth, heads, ffn }
      const embedding = { vocabulary, positions: 7, types: 2 }
      const own = encoderParameters(shape, embedding)
      const shared = encoderParameters(shape, embedding, { sharedLayers: true })
      const { total, layer, wordEmbedding, otherEmbedding, mapping, pooler } = own
      assert.is(total, wordEmbedding + otherEmbedding + mapping + layers * layer + pooler)
      assert.is(total - shared.total, (layers - 1) * layer)
      assert.is(encoderParameters({ ...shape, layers: layers + 1 }, embedding).total - total, layer)
    }),
  )
})

test('a shape that is none is refused', () => {
  assert.throws(() => encoderParameters({ ...bertBase, heads: 5 }, BERT_EMBEDDING), /hidden=768 over heads=5/)
  assert.throws(
    () => encoderParameters({ ...bertBase, ffn: 0 }, BERT_EMBEDDING),
    /ffn must be a positive integer, got 0/,
  )
})

test.run()

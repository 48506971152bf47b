import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  bertBase,
  convolutionWork,
  headWidth,
  intensity,
  layerOperators,
  layerWork,
  macsOf,
  modelWork,
  OPERATOR_GROUPS,
  resnet50Convolutions,
  resnetWork,
  transformers,
} from '../../lib/workload/mod.ts'
import { surveyVectors } from '../vectors/load.ts'

const shape = fc
  .record({
    layers: fc.integer({ min: 1, max: 48 }),
    heads: fc.integer({ min: 1, max: 16 }),
    width: fc.integer({ min: 1, max: 80 }),
    ffn: fc.integer({ min: 1, max: 5000 }),
  })
  .map(({ width, ...rest }) => ({ ...rest, hidden: width * rest.heads }))
const seqLen = fc.integer({ min: 1, max: 2000 })

test('modelWork() agrees with the independent encoder counts at every vector', () => {
  const vectors = surveyVectors().table3
  assert.ok(vectors.length >= 30)
  for (const { in: given, out } of vectors) {
    const { l, published, w1_in, ...dims } = given
    const work = modelWork({ ...dims, kind: 'encoder' }, l, {
      omitOneElementwiseOperand: published,
      ...(w1_in ? { ffn1Inputs: w1_in } : {}),
    })
    for (const group of [...OPERATOR_GROUPS, 'total'] as const) {
      assert.is(work[group].flops, out[group]?.flops, `${JSON.stringify(given)} ${group} flops`)
      assert.is(work[group].bytes, out[group]?.bytes, `${JSON.stringify(given)} ${group} bytes`)
      assert.ok(Math.abs(intensity(work[group]) / (out[group]?.intensity ?? 0) - 1) < 1e-14)
    }
  }
})

test('modelWork() agrees with the independent decoder counts at every vector', () => {
  const vectors = surveyVectors().table11
  assert.ok(vectors.length >= 20)
  for (const { in: given, out } of vectors) {
    const { l, published, ...dims } = given
    const work = modelWork({ ...dims, kind: 'decoder' }, l, { transposedScores: published })
    for (const group of [...OPERATOR_GROUPS, 'total'] as const) {
      assert.is(work[group].flops, out[group]?.flops, `${JSON.stringify(given)} ${group} flops`)
      assert.is(work[group].bytes, out[group]?.bytes, `${JSON.stringify(given)} ${group} bytes`)
    }
  }
})

test('a hand-worked layer: d=4, h=2, f=6, 3 tokens', () => {
  const work = layerWork({ layers: 1, hidden: 4, heads: 2, ffn: 6 }, { tokens: 3, context: 3 })
  // four 4 x 4 projections of 3 tokens: 2*4*4*3 FLOP and 16 + 12 + 12 bytes each
  assert.equal(work['mha-projections'], { flops: 4 * 96, bytes: 4 * 40 })
  // per head Q.K^T: 3 FLOP for each of 9 scores, 6 + 6 + 9 bytes; S.V: 5 FLOP for each of 6 outputs, 9 + 6 + 6 bytes
  assert.equal(work['mha-act-to-act'], { flops: 2 * (27 + 30), bytes: 2 * (21 + 21) })
  // 4 -> 6 and 6 -> 4: 2*24*3 FLOP, 24 + 12 + 18 bytes each
  assert.equal(work['ffn-projections'], { flops: 2 * 144, bytes: 2 * 54 })
  // softmax 18 elements, GELU 18, LayerNorm 2 x 12, residual 2 x 12; LayerNorm parameters 2 x 8
  assert.equal(work.other, { flops: 4 * 18 + 10 * 18 + 8 * 24 + 24, bytes: 2 * 18 + 2 * 18 + 2 * 24 + 3 * 24 + 16 })
})

test('modelWork() of a decoder equals the sum over its steps', () => {
  fc.assert(
    fc.property(shape, fc.integer({ min: 1, max: 60 }), fc.boolean(), (dims, length, transposedScores) => {
      const whole = modelWork({ ...dims, kind: 'decoder' }, length, { transposedScores })
      for (const group of OPERATOR_GROUPS) {
        let flops = 0
        let bytes = 0
        for (let step = 1; step <= length; step++) {
          const work = layerWork(dims, { tokens: 1, context: step }, { transposedScores })[group]
          flops += dims.layers * work.flops
          bytes += dims.layers * work.bytes
        }
        assert.equal(whole[group], { flops, bytes })
      }
    }),
    { numRuns: 60 },
  )
})

test('every multiply-accumulate is counted once: FLOPs are twice the MACs less one addition per score or value', () => {
  fc.assert(
    fc.property(shape, seqLen, (dims, l) => {
      const operators = layerOperators(dims, { tokens: l, context: l })
      const macs = operators.reduce((sum, op) => sum + macsOf(op), 0)
      const { hidden: d, ffn: f, heads: h } = dims
      assert.is(macs, l * (4 * d * d + 2 * d * f) + 2 * d * l * l)
      const work = layerWork(dims, { tokens: l, context: l })
      const matmulFlops = OPERATOR_GROUPS.filter((g) => g !== 'other').reduce((sum, g) => sum + work[g].flops, 0)
      assert.is(matmulFlops, 2 * macs - (h * l * l + d * l))
    }),
  )
})

test('a longer sequence never does less work, and a total is the sum of its groups', () => {
  fc.assert(
    fc.property(shape, seqLen, fc.constantFrom('encoder' as const, 'decoder' as const), (dims, l, kind) => {
      const now = modelWork({ ...dims, kind }, l)
      const next = modelWork({ ...dims, kind }, l + 1)
      assert.ok(next.total.flops > now.total.flops && next.total.bytes > now.total.bytes)
      assert.is(
        now.total.flops,
        OPERATOR_GROUPS.reduce((sum, g) => sum + now[g].flops, 0),
      )
      assert.is(
        now.total.bytes,
        OPERATOR_GROUPS.reduce((sum, g) => sum + now[g].bytes, 0),
      )
    }),
  )
})

test('the omitted operand is one byte per token and model element of each layer', () => {
  const right = modelWork(bertBase, 100)
  const published = modelWork(bertBase, 100, { omitOneElementwiseOperand: true })
  assert.is(right.other.bytes - published.other.bytes, 12 * 768 * 100)
  assert.is(right.total.flops, published.total.flops)
})

test('a decoder of one step with a single-token context does what an encoder over one token does', () => {
  for (const model of transformers) {
    assert.equal(modelWork({ ...model, kind: 'decoder' }, 1), modelWork({ ...model, kind: 'encoder' }, 1))
  }
})

test('impossible dimensions are refused by name', () => {
  assert.throws(
    () => headWidth({ layers: 12, hidden: 1000, heads: 12, ffn: 1 }),
    /hidden=1000 over heads=12: hidden must be a multiple/,
  )
  assert.throws(() => modelWork({ ...bertBase, layers: 0 }, 1), /layers must be a positive integer, got 0/)
  assert.throws(() => modelWork({ ...bertBase, ffn: 1.5 }, 1), /ffn must be a positive integer, got 1.5/)
  assert.throws(() => modelWork(bertBase, Number.NaN), /seqLen must be a positive integer, got NaN/)
  assert.throws(() => modelWork(bertBase, 0), /seqLen/)
})

test('ResNet-50 v1 has 53 convolutions, 3.856 GMAC in them and 23.5 M weights', () => {
  const convolutions = resnet50Convolutions()
  assert.is(
    convolutions.reduce((sum, c) => sum + c.repeats, 0),
    53,
  )
  const flops = convolutions.reduce((sum, c) => sum + convolutionWork(c).flops, 0)
  assert.is(flops, 7_711_850_496)
  // torchvision's resnet50: 25,557,032 parameters, of which 2,049,000 in the classifier and 53,120 in BatchNorm.
  const weights = convolutions.reduce(
    (sum, c) => sum + c.repeats * c.inChannels * c.outChannels * c.kernel * c.kernel,
    0,
  )
  assert.is(weights, 25_557_032 - 2_049_000 - 53_120)
})

test('each feature map is as large as the convolution before it leaves it', () => {
  for (const { kernel, inSide, outSide, role, stage } of resnet50Convolutions()) {
    if (role === 'stem') assert.equal([inSide, outSide], [224, 112])
    else assert.ok(inSide === outSide || (kernel === 1 && inSide === 2 * outSide && stage > 1), `${role} ${stage}`)
  }
})

test('folding BatchNorm and ReLU away saves just their bytes', () => {
  const { unfused, fused, batchnorm, relu } = resnetWork(resnet50Convolutions(), {
    normaliseAll: true,
    batchnormPasses: 1,
  })
  assert.is(unfused.bytes - fused.bytes, batchnorm.bytes + relu.bytes)
  assert.is(unfused.flops - fused.flops, batchnorm.flops)
})

test.run()

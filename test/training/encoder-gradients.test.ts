import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample, type Rng } from '../../lib/numeric/mod.ts'
import { Encoder, type EncoderShape, initialise, type Objective, type Sentences } from '../../lib/training/mod.ts'

const SHAPE: EncoderShape = {
  ...{ vocabulary: 11, positions: 7, embedding: 8, hidden: 8, heads: 2, feedForward: 12, layers: 2 },
  ...{ shared: false, classes: 3, offRamps: false },
}
const CAPACITY = { tokens: 21, sentences: 3, longest: 7 }

/** Three inputs of 7, 4 and 1 tokens, the first a pair. */
function batchOf(rng: Rng): Sentences {
  const starts = Int32Array.of(0, 7, 11, 12)
  return {
    tokens: Int32Array.from({ length: 12 }, () => rng.integer(11)),
    segments: Uint8Array.of(0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0),
    starts,
    labels: Int32Array.of(2, 0, 1),
    count: 3,
  }
}

/** An encoder whose numbers are all drawn, so that no gradient is 0 by luck. */
function drawn(shape: EncoderShape, kind: 'simd' | 'plain', rng: Rng): Encoder {
  const encoder = new Encoder(shape, CAPACITY, { kind })
  initialise(encoder, rng, { words: 1, positions: 0.7, residual: 1, adapters: 0.3, span: 1.3 })
  for (let i = 0; i < encoder.values.length; i++) {
    encoder.values[i] = (encoder.values[i] as number) + 0.1 * normalSample(rng)
  }
  return encoder
}

/** The loss a step sees, all its parts: what {@link Encoder.learn} takes gradients of. */
function lossOf(encoder: Encoder, batch: Sentences, objective: Objective): number {
  const { shape, tensors, values } = encoder
  encoder.forward(batch, objective)
  const crossEntropy = (logits: ArrayLike<number>, row: number, answer: number, classes: number) => {
    let sum = 0
    for (let c = 0; c < classes; c++) sum += Math.exp(logits[row * classes + c] as number)
    return Math.log(sum) - (logits[row * classes + answer] as number)
  }
  let loss = 0
  const { mode, masked, spanPressure = 0 } = objective
  if (mode?.kind === 'soft') loss += mode.pressure * encoder.keptShare
  const weights = objective.rampWeights ?? Array.from({ length: shape.layers }, (_, i) => +(i === shape.layers - 1))
  for (const [layer, weight] of weights.entries()) {
    if (weight === 0) continue
    const logits = encoder.classify(batch, layer)
    for (let r = 0; r < batch.count; r++) {
      loss += (weight * crossEntropy(logits, r, batch.labels[r] as number, shape.classes)) / batch.count
    }
  }
  if (masked) {
    const logits = encoder.nameWords(masked.positions)
    for (let r = 0; r < masked.positions.length; r++) {
      loss += crossEntropy(logits, r, masked.words[r] as number, shape.vocabulary) / masked.positions.length
    }
  }
  const own = [...new Set(tensors.blocks)]
  for (const { spans } of own) {
    if (!spans || spanPressure === 0) continue
    for (let h = 0; h < shape.heads; h++) {
      const reach = Math.max(0, (values[spans.start + h] as number) + (shape.spanRamp as number))
      loss += (spanPressure * reach) / (own.length * shape.heads)
    }
  }
  return loss
}

/** Largest difference, relative to the tensor's gradient, between slopes and finite differences. */
function worstSlope(encoder: Encoder, batch: Sentences, objective: Objective): Record<string, number> {
  encoder.learn(batch, objective)
  const gradients = Float32Array.from(encoder.gradients)
  const { values, tensors } = encoder
  const original = Float32Array.from(values)
  const slopeAlong = (direction: ReadonlyMap<number, number>, step: number) => {
    const shifted = [1, -1].map((sign) => {
      values.set(original)
      for (const [i, part] of direction) values[i] = (original[i] as number) + sign * step * part
      return lossOf(encoder, batch, objective)
    })
    values.set(original)
    return ((shifted[0] as number) - (shifted[1] as number)) / (2 * step)
  }
  const worst: Record<string, number> = {}
  for (const { name, start, rows, columns } of tensors.all) {
    const indices = Array.from({ length: rows * columns }, (_, i) => start + i)
    const norm = Math.sqrt(indices.reduce((sum, i) => sum + (gradients[i] as number) * (gradients[i] as number), 0))
    const directions = [
      new Map(indices.map((i) => [i, (gradients[i] as number) / (norm || 1)])),
      ...indices
        .sort((a, b) => Math.abs(gradients[b] as number) - Math.abs(gradients[a] as number))
        .slice(0, 3)
        .map((i) => new Map([[i, 1]])),
    ]
    worst[name] = Math.max(
      ...directions.map((direction) => {
        const expected = [...direction].reduce((sum, [i, part]) => sum + part * (gradients[i] as number), 0)
        return Math.abs(slopeAlong(direction, stepOf(objective)) - expected) / (norm + 1e-3)
      }),
    )
  }
  return worst
}

/** Smaller where attention is pruned: the soft threshold has a kink, which hardly a score must cross. */
const stepOf = ({ mode }: Objective) => (mode?.kind === 'soft' ? 2e-4 : 4e-3)

const MASKED = { positions: Int32Array.of(1, 5, 9), words: Int32Array.of(3, 10, 0) }
const SOFT = { clip: 6, sharpness: 2, countSharpness: 1, countOffset: 1 }
const CASES: readonly (readonly [string, EncoderShape, Objective])[] = [
  ['layers with weights of their own', SHAPE, {}],
  [
    'shared layers, narrow embeddings, off-ramps',
    { ...SHAPE, shared: true, layers: 3, embedding: 4, offRamps: true },
    { rampWeights: [0.5, 0.25, 1] },
  ],
  ['adapters', { ...SHAPE, adapters: { attention: 4, feedForward: 8 } }, {}],
  ['spans under pressure', { ...SHAPE, spanRamp: 2.5 }, { spanPressure: 0.3 }],
  ['soft thresholds under pressure', SHAPE, { mode: { kind: 'soft', constants: SOFT, pressure: 0.7 } }],
  [
    'soft thresholds that may leave nothing',
    SHAPE,
    { mode: { kind: 'soft', constants: SOFT, pressure: 0.7, rest: -1 } },
  ],
  ['masked words', { ...SHAPE, language: true }, { rampWeights: [0, 0], masked: MASKED }],
]

for (const kind of ['plain', 'simd'] as const) {
  for (const [name, shape, objective] of CASES) {
    test(`${kind}: every tensor's gradient is the finite difference of the loss: ${name}`, () => {
      const rng = createRng(7)
      const worst = worstSlope(drawn(shape, kind, rng), batchOf(rng), objective)
      for (const [tensor, difference] of Object.entries(worst)) {
        assert.ok(difference < 0.02, `${tensor}: ${difference}`)
      }
    })
  }
}

test.run()

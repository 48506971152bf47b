import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AdaptedEncoder,
  activationTraffic,
  adaptersByLayer,
  inferenceMacs,
  liveActivations,
} from '../../lib/workload/mod.ts'

const SHAPE = { layers: 2, hidden: 6, heads: 3, ffn: 5 }
const MODEL: AdaptedEncoder = {
  shape: SHAPE,
  embedding: { vocabulary: 11, positions: 8, types: 2, width: 3 },
  sharedLayers: true,
  adapters: [1, 4],
  labels: 2,
}
const TOKENS = 7

/** Counts what a walk through a network's products touches. */
class Walk {
  readonly elements = new Set<string>()
  readonly outputs = new Set<string>()
  macs = 0
  private products = 0

  /** Multiplies a (rows x inner) activation by an (inner x columns) matrix, one element after the other. */
  multiply(rows: number, inner: number, columns: number, second: 'weights' | 'activation') {
    this.products += 1
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j < columns; j += 1) {
        for (let k = 0; k < inner; k += 1) {
          this.macs += 1
          this.elements.add(`${this.products} a ${i} ${k}`)
          if (second === 'activation') this.elements.add(`${this.products} b ${k} ${j}`)
        }
        this.outputs.add(`${this.products} ${i} ${j}`)
      }
    }
  }
}

/** Layers and adapters of {@link MODEL}, product by product. */
function walkLayers(walk: Walk, headWidth: number) {
  const { layers, hidden, heads, ffn } = SHAPE
  const [first, second] = MODEL.adapters as [number, number]
  const adapter = (width: number) => {
    walk.multiply(TOKENS, hidden, width, 'weights')
    walk.multiply(TOKENS, width, hidden, 'weights')
  }
  for (let layer = 0; layer < layers; layer += 1) {
    for (let projection = 0; projection < 3; projection += 1) {
      walk.multiply(TOKENS, hidden, heads * headWidth, 'weights')
    }
    for (let head = 0; head < heads; head += 1) {
      walk.multiply(TOKENS, headWidth, TOKENS, 'activation')
      walk.multiply(TOKENS, TOKENS, headWidth, 'activation')
    }
    walk.multiply(TOKENS, heads * headWidth, hidden, 'weights')
    adapter(first)
    walk.multiply(TOKENS, hidden, ffn, 'weights')
    walk.multiply(TOKENS, ffn, hidden, 'weights')
    adapter(second)
  }
}

test('activations read and written are those that a walk through every product touches', () => {
  for (const headWidth of [2, 4]) {
    const walk = new Walk()
    walkLayers(walk, headWidth)
    const traffic = activationTraffic({ ...MODEL, shape: { ...SHAPE, headWidth } }, TOKENS)
    assert.equal(traffic, { read: walk.elements.size, written: walk.outputs.size })
  }
})

test('multiplications are those of a walk, with the mapping of every token, pooler and classifier of one', () => {
  const walk = new Walk()
  walkLayers(walk, 2)
  walk.multiply(TOKENS, 3, SHAPE.hidden, 'weights')
  walk.multiply(1, SHAPE.hidden, SHAPE.hidden, 'weights')
  walk.multiply(1, SHAPE.hidden, MODEL.labels, 'weights')
  assert.is(inferenceMacs(MODEL, TOKENS), walk.macs)
  assert.is(walk.macs - inferenceMacs({ ...MODEL, pooler: false, labels: 0 }, TOKENS), 6 * 6 + 6 * 2)
  const wide = { ...MODEL, embedding: { vocabulary: 11, positions: 8, types: 2 } }
  assert.is(walk.macs - inferenceMacs(wide, TOKENS), TOKENS * 3 * 6)
})

test('sharing weights changes no activation and no multiplication', () => {
  const own = { ...MODEL, sharedLayers: false }
  assert.equal(activationTraffic(own, TOKENS), activationTraffic(MODEL, TOKENS))
  assert.is(inferenceMacs(own, TOKENS), inferenceMacs(MODEL, TOKENS))
  const listed = { ...own, adapters: adaptersByLayer(MODEL) }
  assert.equal(activationTraffic(listed, TOKENS), activationTraffic(MODEL, TOKENS))
})

/** Arrays alive in attention and in the feed-forward network, as elements. */
function alive(tokens: number, ffn: number, scoresHeld: number): number {
  const { hidden } = SHAPE
  const attention = { input: tokens * hidden, q: tokens * hidden, k: tokens * hidden, v: tokens * hidden }
  const late = { scores: scoresHeld * tokens * tokens, context: tokens * hidden }
  const feedForward = { input: tokens * hidden, residual: tokens * hidden, inner: tokens * ffn }
  const sum = (sizes: object) => Object.values(sizes).reduce((total: number, size: number) => total + size, 0)
  return Math.max(sum({ ...attention, ...late }), sum(feedForward))
}

test('room for activations is that of the larger phase, with the scores of one head or all', () => {
  // Attention decides with a narrow feed-forward network or many tokens, the feed-forward network with a wide one.
  for (const [tokens, ffn] of [
    [7, 5],
    [1, 100],
    [40, 100],
  ] as const) {
    const model = { ...MODEL, shape: { ...SHAPE, ffn } }
    assert.is(liveActivations(model, tokens, 'one head'), alive(tokens, ffn, 1))
    assert.is(liveActivations(model, tokens, 'all heads'), alive(tokens, ffn, 3))
  }
  const wide = { ...MODEL, shape: { ...SHAPE, ffn: 100 } }
  assert.is(liveActivations(wide, 1, 'all heads'), 2 * 6 + 100)
  // Queries, keys, values and context of 3 x 5, the input of 6, scores of one head.
  const broad = { ...MODEL, shape: { ...SHAPE, headWidth: 5 } }
  assert.is(liveActivations(broad, 9, 'one head'), 9 * (6 + 4 * 15) + 81)
  // An adapter wider than the feed-forward network takes more.
  assert.is(liveActivations({ ...wide, adapters: [7, 300] }, 2, 'all heads'), 2 * (2 * 6 + 300))
})

test('tokens that are none are refused', () => {
  for (const tokens of [0, -1, 2.5, Number.NaN]) {
    assert.throws(() => activationTraffic(MODEL, tokens), /tokens must be a positive integer, got/)
    assert.throws(() => inferenceMacs(MODEL, tokens), /tokens must be a positive integer, got/)
    assert.throws(() => liveActivations(MODEL, tokens, 'one head'), /tokens must be a positive integer, got/)
  }
})

test.run()

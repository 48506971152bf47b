import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type Datapath,
  elementwiseCycles,
  HEAD_PARTS,
  layerCycles,
  layerFlops,
  layerWeights,
  machineCycles,
  matmulCycles,
  spannedLayer,
  streamedBytes,
} from '../../lib/accelerators/edgebert/mod.ts'
import { albertBase, type LayerOperator, type Matmul, macsOf, type TransformerShape } from '../../lib/workload/mod.ts'
import { layerCycleVectors } from '../vectors/edgebert.ts'

const ALBERT = (nullHeads = 0) => spannedLayer(albertBase, { tokens: 128, nullHeads })
const partOf = (op: LayerOperator) => (op.kind === 'matmul' ? op.name : op.kind)
const macsIn = (operators: readonly LayerOperator[]) => operators.reduce((sum, op) => sum + macsOf(op), 0)
const matmul = (m: number, k: number, n: number, repeats = 1): Matmul => ({
  kind: 'matmul',
  name: 'any',
  m,
  k,
  n,
  repeats,
  weights: false,
  feedsNonlinear: false,
})

/** A shape whose every dimension is a multiple of `unit`. */
const shapesOf = (unit: number): fc.Arbitrary<TransformerShape> => {
  const size = fc.integer({ min: 1, max: 6 })
  return fc
    .record({ heads: size, headWidth: size, ffn: size, hidden: size })
    .map(({ heads, headWidth, ffn, hidden }) => ({
      layers: 1,
      heads,
      headWidth: headWidth * unit,
      ffn: ffn * unit,
      hidden: hidden * unit,
    }))
}

test('cycles and multiply-accumulates agree with the independent ones at every vector', () => {
  const vectors = layerCycleVectors()
  assert.ok(vectors.length >= 150)
  for (const row of vectors) {
    const { tokens, hidden, heads, headWidth, ffn, nullHeads, axiBits } = row
    const shape = { layers: 1, hidden, heads, headWidth, ffn }
    const operators = spannedLayer(shape, { tokens, nullHeads })
    const datapath: Datapath = {
      macVectorSize: row.n,
      intervals: { softmax: row.softmaxIi, layernorm: row.layernormIi, residual: row.addIi },
      ...(axiBits > 0 && { stream: { busBits: axiBits, weightBits: row.weightBits, density: row.weightDensity } }),
    }
    const cycles = layerCycles(operators, datapath, layerWeights(spannedLayer(shape, { tokens, nullHeads: 0 })))
    const { matmul, softmax, layernorm, residual, entropy, stream, total } = cycles
    assert.equal(
      [macsIn(operators), matmul, softmax, layernorm, residual, stream, entropy],
      [row.macs, row.puCycles, row.softmaxCycles, row.layernormCycles, row.addCycles, row.axiCycles, 0],
      JSON.stringify(row),
    )
    assert.is(total, matmul + softmax + layernorm + residual + stream)
  }
})

test("ALBERT's layer of 128 tokens on 16 x 16 MACs by hand, and 12 of them in 52.57 ms at 1 GHz", () => {
  const cycles = layerCycles(ALBERT(), { macVectorSize: 16 })
  assert.equal(cycles, {
    matmul: (4 * 128 * 768 * 768 + 2 * 12 * 128 * 64 * 128 + 2 * 128 * 768 * 3072) / 256,
    // 12 heads of 128 rows of 8 vectors; 2 x 128 rows of 48 vectors.
    softmax: 12 * 128 * (9 * 8 + 1) * 3,
    layernorm: 2 * 128 * (9 * 48 + 2) * 3,
    residual: 2 * 128 * (6 * 48 + 1),
    entropy: 0,
    stream: 0,
    total: 4_380_928,
  })
  assert.ok(Math.abs((12 * cycles.total) / 1e6 - 52.57) < 0.005)
})

test('assessing the exit of 2 or 3 classes takes 24 cycles, the drain of a layer 2 % of its matmuls', () => {
  const { total } = layerCycles(ALBERT(), { macVectorSize: 16 })
  for (const classes of [2, 3, 16]) {
    const assessed = layerCycles(ALBERT(), { macVectorSize: 16, classes })
    assert.equal([assessed.entropy, assessed.total], [(4 + 2) * 4, total + 24])
  }
  const drained = layerCycles(ALBERT(), { macVectorSize: 16, drain: true })
  const outputs = 128 * (4 * 768 + 12 * (128 + 64) + 3072 + 768)
  assert.is(drained.total - total, outputs / 16)
})

test('weights stream in 8 bytes a cycle: the non-zeros, and a mask where there are zeros', () => {
  const weights = layerWeights(ALBERT())
  assert.is(weights, 4 * 768 * 768 + 2 * 768 * 3072)
  const stream = (density: number, nullHeads = 0) =>
    layerCycles(ALBERT(nullHeads), { macVectorSize: 16, stream: { busBits: 64, weightBits: 8, density } }, weights)
      .stream
  assert.equal([stream(1), stream(0.5), stream(0.5, 12)], [884_736, 552_960, 552_960])
  assert.equal(
    [streamedBytes(1000, { density: 0, weightBits: 8 }), streamedBytes(8, { density: 1, weightBits: 4 })],
    [125, 4],
  )
  // A last beat that is not full is a beat.
  const tiny = layerCycles([], { macVectorSize: 1, stream: { busBits: 64, weightBits: 8, density: 1 } }, 9)
  assert.equal([tiny.stream, tiny.total], [2, 2])
})

test('a walk over the tiles of a matmul meets every multiply-accumulate once, n cycles a tile', () => {
  const size = fc.integer({ min: 1, max: 11 })
  fc.assert(
    fc.property(
      size,
      size,
      size,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      (m, k, n, vector, repeats) => {
        let cycles = 0
        let drained = 0
        const done = new Set<number>()
        for (let repeat = 0; repeat < repeats; repeat++)
          for (let row = 0; row < m; row += vector)
            for (let column = 0; column < n; column += vector) {
              drained += vector
              for (let depth = 0; depth < k; depth += vector) {
                cycles += vector
                for (let i = row; i < Math.min(m, row + vector); i++)
                  for (let j = column; j < Math.min(n, column + vector); j++)
                    for (let l = depth; l < Math.min(k, depth + vector); l++)
                      done.add(((repeat * m + i) * n + j) * k + l)
              }
            }
        const op = matmul(m, k, n, repeats)
        assert.equal([matmulCycles(op, vector), done.size], [cycles, macsOf(op)])
        assert.is(matmulCycles(op, vector, { drain: true }), cycles + drained)
        assert.ok(cycles * vector * vector >= macsOf(op))
      },
    ),
  )
})

test('where the array divides every dimension, it is never idle', () => {
  const vector = fc.constantFrom(1, 2, 4, 8, 16)
  fc.assert(
    fc.property(
      vector.chain((n) => fc.tuple(fc.constant(n), shapesOf(n))),
      fc.integer({ min: 1, max: 4 }),
      ([n, shape], rows) => {
        const operators = spannedLayer(shape, { tokens: rows * n, nullHeads: shape.heads - 1 })
        assert.is(layerCycles(operators, { macVectorSize: n }).matmul, macsIn(operators) / (n * n))
      },
    ),
  )
})

test("a layer's multiply-accumulates are those of its closed form, null heads left out but for the output projection", () => {
  const size = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(size, size, size, size, size, fc.nat(40), (tokens, hidden, heads, headWidth, ffn, drawn) => {
      const nullHeads = Math.min(drawn, heads)
      const active = heads - nullHeads
      const operators = spannedLayer({ layers: 1, hidden, heads, headWidth, ffn }, { tokens, nullHeads })
      const attention = active * headWidth * tokens * (3 * hidden + 2 * tokens)
      const expected = attention + tokens * heads * headWidth * hidden + 2 * tokens * hidden * ffn
      assert.is(macsIn(operators), expected)
    }),
  )
})

test('a multiply-accumulate is two FLOPs, and matmuls and the rest add up', () => {
  for (const nullHeads of [0, 5, 12]) {
    const { matmul, elementwise, total } = layerFlops(ALBERT(nullHeads))
    assert.is(total, matmul + elementwise)
    assert.ok(elementwise > 0 && elementwise < total / 100)
    assert.is(matmul, 2 * macsIn(ALBERT(nullHeads)))
  }
})

test('null heads leave everything but their own work as it is', () => {
  for (let nullHeads = 0; nullHeads <= 12; nullHeads++) {
    const own = ['q', 'k', 'v', 'qk', 'softmax', 'sv']
    const rest = (operators: readonly LayerOperator[]) => operators.filter((op) => !own.includes(partOf(op)))
    assert.equal(rest(ALBERT(nullHeads)), rest(ALBERT()))
    const left = ALBERT(nullHeads).filter((op) => own.includes(partOf(op)))
    assert.is(left.length, nullHeads === 12 ? 0 : 6)
    for (const op of left) {
      if (op.kind === 'matmul' && ['q', 'k', 'v'].includes(op.name))
        assert.equal([op.k, op.n], [768, (12 - nullHeads) * 64])
      else assert.is(op.repeats, 12 - nullHeads)
    }
  }
})

test('what a null head saves can be chosen part by part', () => {
  const flops = (skipped: readonly (typeof HEAD_PARTS)[number][], nullHeads = 3) =>
    layerFlops(spannedLayer(albertBase, { tokens: 128, nullHeads, skipped })).total
  const none = flops([])
  assert.is(none, layerFlops(ALBERT()).total)
  const savings = HEAD_PARTS.map((part) => none - flops([part]))
  for (const saving of savings) assert.ok(saving > 0)
  assert.is(
    none - flops(HEAD_PARTS),
    savings.reduce((sum, saving) => sum + saving, 0),
  )
  const [q, , , , , , out] = savings
  assert.is(out, q)
  const parts = spannedLayer(albertBase, { tokens: 128, nullHeads: 12, skipped: HEAD_PARTS }).map(partOf)
  assert.equal(parts, ['layernorm', 'residual', 'ffn1', 'gelu', 'ffn2', 'layernorm', 'residual'])
})

test('more tokens never take fewer cycles, more null heads never more, and a larger array that still fits never more', () => {
  const size = fc.integer({ min: 1, max: 200 })
  fc.assert(
    fc.property(
      size,
      fc.nat(200),
      fc.nat(11),
      shapesOf(32),
      fc.constantFrom(1, 2, 4, 8, 16),
      (tokens, more, heads, shape, n) => {
        const total = (t: number, nullHeads: number, vector: number) =>
          layerCycles(spannedLayer(shape, { tokens: t, nullHeads }), { macVectorSize: vector, classes: 2 }).total
        const nullHeads = Math.min(heads, shape.heads - 1)
        assert.ok(total(tokens + more, nullHeads, n) >= total(tokens, nullHeads, n))
        assert.ok(total(tokens, nullHeads + 1, n) < total(tokens, nullHeads, n))
        const whole = 32 * Math.ceil(tokens / 32)
        assert.ok(total(whole, nullHeads, 2 * n) < total(whole, nullHeads, n))
      },
    ),
  )
})

test('a machine takes its states per vector and row, each as long as its interval', () => {
  const rows = { rows: 5, width: 17, n: 16 }
  assert.is(machineCycles('softmax', rows), 5 * (9 * 2 + 1) * 3)
  assert.is(machineCycles('layernorm', rows), 5 * (9 * 2 + 2) * 3)
  assert.is(machineCycles('residual', rows), 5 * (6 * 2 + 1))
  assert.is(machineCycles('entropy', rows), 5 * (4 * 2 + 2) * 4)
  assert.is(machineCycles('softmax', rows, { softmax: 1, residual: 7 }), 5 * 19)
  assert.is(elementwiseCycles({ kind: 'gelu', group: 'other', rows: 9, width: 9, repeats: 9 }, 4), 0)
  assert.is(elementwiseCycles({ kind: 'softmax', group: 'other', rows: 5, width: 17, repeats: 2 }, 16), 2 * 5 * 19 * 3)
})

test('arrays without MACs, heads that are not there and densities that are none are refused', () => {
  for (const macVectorSize of [0, -1, 1.5, Number.NaN]) {
    const pattern = new RegExp(`macVectorSize must be a positive integer, got ${macVectorSize}`)
    assert.throws(() => layerCycles([], { macVectorSize }), pattern)
    assert.throws(() => matmulCycles(matmul(1, 1, 1), macVectorSize), pattern)
  }
  for (const nullHeads of [-1, 13, 0.5, Number.NaN])
    assert.throws(() => ALBERT(nullHeads), new RegExp(`integer from 0 to the 12 heads, got ${nullHeads}`))
  for (const density of [-0.1, 1.1, Number.NaN])
    assert.throws(() => streamedBytes(1, { density, weightBits: 8 }), new RegExp(`density must be .*, got ${density}`))
  assert.throws(() => spannedLayer(albertBase, { tokens: 0, nullHeads: 0 }), /tokens must be a positive integer, got 0/)
})

test.run()

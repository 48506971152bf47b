import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  blockCapacity,
  blocksOf,
  computeCycles,
  type FusionOptions,
  fusionLatency,
  gemmini,
  gemminiArray,
  gemminiHierarchy,
  greedyTile,
  type MatmulShape,
  matmulTraffic,
  memoryUse,
  type TileStart,
} from '../../lib/accelerators/gemmini/mod.ts'
import { fusionPairVectors, fusionVectors } from '../vectors/csv.ts'

const SOFTMAX = { reductions: 1, elementwise: 1 }
const LAYERNORM = { reductions: 2, elementwise: 2 }
const OPTIONS: FusionOptions = { dramWordsPerCycle: 5.75, reuse: 'panel' }
const close = (got: number, expected: number, what: string) =>
  assert.ok(Math.abs(got - expected) <= 1e-12 * expected, `${what}: ${got} against ${expected}`)

const size = fc.integer({ min: 1, max: 3000 })
const shapes: fc.Arbitrary<MatmulShape> = fc.record({ m: size, k: size, n: size })
const machines = fc
  .tuple(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 2, max: 256 }))
  .map(([scratchpadKb, accumulatorKb]) => gemmini({ scratchpadKb, accumulatorKb }))
test('half of each memory holds blocks of 16 x 16', () => {
  const capacities = [64, 128, 256].map((accumulatorKb) => blockCapacity(gemmini({ accumulatorKb })))
  assert.equal(capacities, [
    { scratchpad: 512, accumulator: 32 },
    { scratchpad: 512, accumulator: 64 },
    { scratchpad: 512, accumulator: 128 },
  ])
  assert.equal(blocksOf({ m: 16, k: 17, n: 1 }, 16), { m: 1, k: 2, n: 1 })
})

test("greedyTile() makes the tiles of BERT-Base's matmuls that were worked out by hand", () => {
  const scores = (l: number) => ({ m: l, k: 64, n: l })
  const out = { m: 512, k: 768, n: 768 }
  const ffn2 = { m: 512, k: 3072, n: 768 }
  const cases: readonly (readonly [TileStart, number, MatmulShape, readonly [number, number, number]])[] = [
    ['square', 128, out, [8, 8, 32]],
    ['square', 128, ffn2, [8, 8, 32]],
    ['square', 128, scores(512), [8, 8, 4]],
    ['square', 256, out, [11, 11, 23]],
    ['square', 256, ffn2, [11, 11, 23]],
    ['square', 256, scores(512), [11, 11, 4]],
    ['square', 256, scores(4096), [11, 11, 4]],
    ['full-row', 128, scores(512), [2, 32, 4]],
    ['full-row', 128, out, [1, 48, 10]],
    ['full-row', 128, ffn2, [1, 48, 10]],
    ['full-row', 256, scores(512), [4, 32, 4]],
    ['full-row', 256, out, [2, 48, 10]],
    ['full-row', 256, ffn2, [2, 48, 10]],
    ['full-row', 256, scores(4096), [1, 256, 1]],
  ]
  for (const [start, accumulatorKb, shape, [m, n, k]] of cases) {
    const tile = greedyTile(shape, gemmini({ accumulatorKb }), start)
    assert.equal(tile, { m, k, n }, `${start} ${accumulatorKb} KiB ${JSON.stringify(shape)}`)
  }
  // The last one just fills the whole accumulator.
  assert.is(memoryUse({ m: 1, k: 1, n: 256 }, gemmini({ accumulatorKb: 256 })).accumulator, 1)
})

test('a tile that starts from a square never exceeds a memory or the matmul', () => {
  fc.assert(
    fc.property(shapes, machines, (shape, machine) => {
      const { m, k, n } = greedyTile(shape, machine)
      const { scratchpad, accumulator } = blockCapacity(machine)
      const whole = blocksOf(shape, 16)
      assert.ok(m * k + k * n <= scratchpad && m * n <= accumulator)
      assert.ok(m >= 1 && k >= 1 && n >= 1 && m <= whole.m && k <= whole.k && n <= whole.n)
    }),
    { numRuns: 500 },
  )
})

test('no dimension of a tile can grow by another block', () => {
  fc.assert(
    fc.property(shapes, machines, fc.constantFrom<TileStart>('square', 'full-row'), (shape, machine, start) => {
      const { m, k, n } = greedyTile(shape, machine, start)
      const { scratchpad, accumulator } = blockCapacity(machine)
      const whole = blocksOf(shape, 16)
      const fits = (rows: number, depth: number, columns: number) => rows * depth + depth * columns <= scratchpad
      assert.ok(m === whole.m || !fits(m + 1, k, n) || (m + 1) * n > accumulator)
      assert.ok(n === whole.n || !fits(m, k, n + 1) || m * (n + 1) > accumulator)
      assert.ok(k === whole.k || !fits(m, k + 1, n))
      if (start === 'full-row') assert.is(n, whole.n)
    }),
    { numRuns: 500 },
  )
})

test('a small matmul, by hand: which operand is fetched again depends on the order of the tile loops', () => {
  // 8 blocks of operands, 2 of sums: tiles of one block of outputs over the whole reduction, 4 x 4 of them.
  const machine = gemmini({ scratchpadKb: 4, accumulatorKb: 4 })
  const shape = { m: 64, k: 64, n: 64 }
  const tile = { m: 1, k: 4, n: 1 }
  assert.equal(matmulTraffic(shape, machine, { reuse: 'gemmini' }), { tile, operands: 4096 * (4 + 4), outputs: 4096 })
  assert.equal(matmulTraffic(shape, machine, { reuse: 'panel' }), { tile, operands: 4096 * (1 + 4), outputs: 4096 })
})

test('a small pair, by hand, non-fused and fused', () => {
  // 16 blocks of operands, 4 of sums. Three heads of 2 x 3 blocks of outputs; all operands are fetched once.
  const machine = gemmini({ scratchpadKb: 8, accumulatorKb: 8 })
  const pair = { m: 20, k: 24, n: 40, repeats: 3, passes: SOFTMAX }
  const words = 20 * 24 + 24 * 40 + 20 * 40
  assert.equal(fusionLatency(pair, machine, { dramWordsPerCycle: 2, reuse: 'gemmini' }), {
    nonFused: {
      tile: { m: 2, k: 2, n: 2 },
      matmulCycles: (3 * words) / 2,
      normalisationCycles: (3 * 20 * 40 * (2 + 3)) / 2,
      cycles: (3 * words) / 2 + (3 * 20 * 40 * 5) / 2,
    },
    fused: {
      tile: { m: 1, k: 2, n: 3 },
      matmulCycles: (3 * words) / 2,
      cycles: (3 * words) / 2,
      use: { accumulator: 3 / 8, scratchpad: 8 / 32 },
    },
  })
  // With ample bandwidth the array and the 16 special-function units, 3 passes each, are what is left.
  const { nonFused, fused } = fusionLatency(pair, machine, { dramWordsPerCycle: 1e9, reuse: 'gemmini' })
  assert.is(nonFused.matmulCycles, (3 * 20 * 24 * 40) / 256)
  assert.is(nonFused.normalisationCycles, (3 * 3 * 20 * 40) / 16)
  assert.is(fused.cycles, (3 * 3 * 20 * 40) / 16)
})

test('tiles, words and cycles agree with the independent ones at every vector', () => {
  const vectors = fusionVectors()
  assert.ok(vectors.length >= 80)
  for (const row of vectors) {
    const machine = gemmini({ scratchpadKb: row.spKb, accumulatorKb: row.accKb })
    const shape = { m: row.I, n: row.J, k: row.K }
    const start = row.schedule === 'fused' ? 'full-row' : 'square'
    const { tile, operands, outputs } = matmulTraffic(shape, machine, { reuse: 'panel', start })
    assert.equal(tile, { m: row.tileI, n: row.tileJ, k: row.tileK }, JSON.stringify(row))
    assert.is(operands + outputs, row.dramWords, JSON.stringify(row))
    const { nonFused, fused } = fusionLatency({ ...shape, repeats: 1, passes: SOFTMAX }, machine, OPTIONS)
    close((start === 'square' ? nonFused : fused).matmulCycles, row.cycles, JSON.stringify(row))
  }
})

test('pairs take as long as in the independent implementation, fused and not', () => {
  const vectors = fusionPairVectors()
  assert.ok(vectors.length >= 40)
  for (const row of vectors) {
    const { l, d, ff, heads } = row
    const machine = gemmini({ scratchpadKb: row.spKb, accumulatorKb: row.accKb })
    const options: FusionOptions = { dramWordsPerCycle: row.wordsPerCycle, reuse: 'panel' }
    const qk = fusionLatency({ m: l, n: l, k: d / heads, repeats: heads, passes: SOFTMAX }, machine, options)
    const wout = fusionLatency({ m: l, n: d, k: d, repeats: 1, passes: LAYERNORM }, machine, options)
    const w2 = fusionLatency({ m: l, n: d, k: ff, repeats: 1, passes: LAYERNORM }, machine, options)
    const parts = { qk: [qk], wout: [wout], w2: [w2], mha: [qk, wout] }[row.pair] ?? []
    const sum = (which: 'nonFused' | 'fused') => parts.reduce((total, part) => total + part[which].cycles, 0)
    close(sum('nonFused'), row.nonfusedCycles, JSON.stringify(row))
    close(sum('fused'), row.fusedCycles, JSON.stringify(row))
    close(qk.nonFused.normalisationCycles, row.softmaxNonfused, JSON.stringify(row))
  }
})

test('no schedule is faster than its multiply-accumulates on a full array, nor moves a word less than once', () => {
  fc.assert(
    fc.property(
      shapes,
      machines,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('gemmini', 'panel'),
      (shape, machine, repeats, reuse) => {
        const { m, k, n } = shape
        const least = Math.max((m * k * n) / 256, (m * k + k * n + m * n) / 5.75) * repeats * (1 - 1e-12)
        const { nonFused, fused } = fusionLatency({ ...shape, repeats, passes: LAYERNORM }, machine, {
          ...OPTIONS,
          reuse,
        })
        assert.ok(nonFused.matmulCycles >= least && fused.matmulCycles >= least)
        assert.ok(fused.cycles >= (3 * m * n * repeats) / 16 && nonFused.cycles > nonFused.matmulCycles)
        assert.ok(fused.cycles >= fused.matmulCycles && computeCycles(shape, machine) * repeats <= fused.cycles)
      },
    ),
  )
})

test('the mapper and the energy tables see the same machine', () => {
  const machine = gemmini({ scratchpadKb: 96, accumulatorKb: 48, arrayDim: 8 })
  const memories = { rows: 8, columns: 8, scratchpadBytes: 98_304, accumulatorBytes: 49_152 }
  assert.equal(gemminiArray(machine), memories)
  assert.equal(gemminiHierarchy(machine, 4), {
    ...memories,
    operandBytes: 1,
    accumulatorWordBytes: 4,
    dramWordsPerCycle: 4,
  })
})

test('memories too small for a tile, sizes that are none, and no bandwidth are refused', () => {
  const shape = { m: 64, k: 64, n: 64 }
  // One KiB holds 4 blocks of operands or one of sums; a tile may take half.
  assert.not.throws(() => greedyTile(shape, gemmini({ scratchpadKb: 1, accumulatorKb: 2 })))
  assert.throws(
    () => greedyTile(shape, gemmini({ scratchpadKb: 1, accumulatorKb: 1 })),
    /must hold 2 blocks of operands and 1 of sums, got 2 and 0 \(1024 and 1024 bytes\)/,
  )
  assert.throws(
    () => greedyTile(shape, gemmini({ scratchpadKb: 0.5, accumulatorKb: 2 })),
    /must hold 2 blocks of operands and 1 of sums, got 1 and 1 \(512 and 2048 bytes\)/,
  )
  for (const value of [0, -16, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const name of ['m', 'k', 'n']) {
      const pattern = new RegExp(`Cannot tile a matmul: ${name} must be a positive integer, got ${value}`)
      assert.throws(() => matmulTraffic({ ...shape, [name]: value }, gemmini(), { reuse: 'panel' }), pattern)
    }
  }
  for (const dramWordsPerCycle of [0, -1, Number.NaN]) {
    assert.throws(
      () => fusionLatency({ ...shape, repeats: 1, passes: SOFTMAX }, gemmini(), { ...OPTIONS, dramWordsPerCycle }),
      new RegExp(`dramWordsPerCycle must be above 0, got ${dramWordsPerCycle}`),
    )
  }
})

test.run()

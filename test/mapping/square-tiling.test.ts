import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { squareTileSide, tiledMatmulBytes } from '../../lib/mapping/mod.ts'

/** Walks the tile loops (rows of output tiles, columns, reduction) and adds up every tile that is fetched. */
function walk(m: number, k: number, n: number, side: number): number {
  let bytes = 0
  for (let i = 0; i < m; i += side) {
    for (let j = 0; j < n; j += side) {
      const rows = Math.min(side, m - i)
      const columns = Math.min(side, n - j)
      for (let r = 0; r < k; r += side) bytes += Math.min(side, k - r) * (rows + columns)
      bytes += rows * columns * 4
    }
  }
  return bytes
}

test('tiledMatmulBytes() equals a walk over the tiles', () => {
  const dim = fc.integer({ min: 1, max: 40 })
  fc.assert(
    fc.property(dim, dim, dim, fc.integer({ min: 1, max: 12 }), (m, k, n, side) => {
      assert.is(tiledMatmulBytes({ m, k, n }, side, { operand: 1, output: 4, bias: 0 }), walk(m, k, n, side))
    }),
  )
})

test('a tile that covers the matmul moves each operand once', () => {
  assert.is(tiledMatmulBytes({ m: 3, k: 5, n: 7 }, 7, { operand: 1, output: 1, bias: 0 }), 15 + 35 + 21)
})

test('fewer distinct inputs than m * k are charged once per column of tiles', () => {
  assert.is(
    tiledMatmulBytes({ m: 9, k: 9, n: 8, inputElements: 25 }, 4, { operand: 1, output: 1, bias: 1 }),
    25 * 2 + 72 * 3 + 72 * 2,
  )
})

test('squareTileSide() is the largest side whose tiles fit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 1e7 }),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom(1, 2),
      (bytes, width, operands) => {
        const side = squareTileSide(bytes, width, operands)
        assert.ok(operands * width * side * side <= bytes)
        assert.ok(operands * width * (side + 1) * (side + 1) > bytes)
      },
    ),
  )
  assert.is(squareTileSide(2 * 1024 * 1024, 1), 1024)
})

test('squareTileSide() refuses a buffer that holds no element of each operand', () => {
  assert.throws(() => squareTileSide(1, 1), /must hold an element of each of 2 operands \(2 bytes\), got 1 bytes/)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample, type Rng } from '../../lib/numeric/mod.ts'
import { createEncoderKernels } from '../../lib/training/encoder/create-kernels.ts'
import type { EncoderKernels } from '../../lib/training/encoder/kernels.ts'
import { near } from '../support/near.ts'

const SIZE = 4096
/** Half the distance from 1 to the next 32-bit number above it: the error of one rounding. */
const ROUNDING = 2 ** -24
const KINDS = ['simd', 'plain'] as const

/** Kernels of each kind over a memory full of numbers, the same for both. */
function* filledKernels(seed: number): Generator<EncoderKernels> {
  for (const kind of KINDS) {
    const kernels = createEncoderKernels(SIZE, { kind })
    const rng = createRng(seed)
    for (let i = 0; i < kernels.floats.length; i++) kernels.floats[i] = normalSample(rng)
    yield kernels
  }
}

/** What a kernel should leave: calls `put(position, value, largest error)` for each number it writes. */
type Expected = (
  before: (position: number) => number,
  put: (position: number, value: number, error: number) => void,
) => void

/** Runs a kernel; what it writes must be as expected, and every number elsewhere as before. */
function assertWritten({ kind, floats }: EncoderKernels, run: () => void, expected: Expected, what: string): void {
  const before = floats.slice()
  run()
  const left = before.slice()
  expected(
    (position) => before[position] as number,
    (position, value, error) => {
      const got = floats[position] as number
      assert.ok(near(got, value, 0, error), `${kind}: ${what}: ${position} holds ${got}, not ${value} within ${error}`)
      left[position] = got
    },
  )
  const stray = floats.findIndex((value, i) => !Object.is(value, left[i]))
  assert.is(stray, -1, `${kind}: ${what}: ${stray} is outside of what should be written`)
}

/** Starts of blocks behind each other, with gaps of 1 to 8 numbers. */
function startsOf(sizes: readonly number[], rng: Rng): number[] {
  let end = 0
  return sizes.map((size) => {
    const start = end + 1 + rng.integer(8)
    end = start + size
    assert.ok(end <= SIZE)
    return start
  })
}

interface ProductCase {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly add: number
}

function assertProduct(
  name: 'multiply' | 'multiplyRightTransposed' | 'multiplyLeftTransposed',
  { m, n, k, add }: ProductCase,
): void {
  const [left, right] = [name === 'multiplyLeftTransposed', name === 'multiplyRightTransposed']
  for (const kernels of filledKernels(m + 31 * n + 997 * k)) {
    const rng = createRng(m * n * k)
    const [lda, ldb, ldc] = [(left ? m : k) + rng.integer(6), (right ? k : n) + rng.integer(6), n + rng.integer(6)]
    const [a, b, c] = startsOf([lda * (left ? k : m), ldb * (right ? n : k), ldc * m], rng) as [number, number, number]
    assertWritten(
      kernels,
      () => kernels[name](a, lda, b, ldb, c, ldc, m, n, k, add),
      (before, put) => {
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            const terms = Array.from({ length: k }, (_, p) => {
              const x = before(left ? a + p * lda + i : a + i * lda + p)
              return x * before(right ? b + j * ldb + p : b + p * ldb + j)
            })
            if (add) terms.push(before(c + i * ldc + j))
            // Each term is rounded as a product and at most once in each sum it becomes part of.
            const size = terms.reduce((sum, term) => sum + Math.abs(term), 0)
            put(
              c + i * ldc + j,
              terms.reduce((sum, term) => sum + term, 0),
              (k + 2) * ROUNDING * size,
            )
          }
        }
      },
      `${name} of ${m} x ${n} x ${k}, add ${add}`,
    )
  }
}

test('products of any shape are those of the definition, and write nothing else', () => {
  for (let m = 1; m <= 9; m++) {
    for (const across of [4, 8, 12, 16, 20, 36]) {
      for (const along of [1, 2, 5, 12, 17]) {
        const add = (m + across / 4 + along) % 2
        assertProduct('multiply', { m, n: across, k: along, add })
        assertProduct('multiplyLeftTransposed', { m, n: across, k: along, add })
        assertProduct('multiplyRightTransposed', { m, n: along, k: across, add })
        assertProduct('multiplyRightTransposed', { m, n: along + 2, k: across, add: 1 - add })
      }
    }
  }
})

test('products of many rows are those of the definition', () => {
  for (const m of [31, 32, 33, 64, 67]) {
    assertProduct('multiply', { m, n: 12, k: 7, add: 0 })
    assertProduct('multiplyLeftTransposed', { m, n: 12, k: 7, add: 1 })
    assertProduct('multiplyRightTransposed', { m, n: 7, k: 12, add: m % 2 })
  }
})

test('sums and scaled numbers of any count are exact, in place too', () => {
  const rng = createRng(2)
  for (const count of [1, 2, 3, 4, 5, 7, 8, 13, 64, 67]) {
    for (const kernels of filledKernels(count)) {
      const [a, b, out] = startsOf([count, count, count], rng) as [number, number, number]
      for (const target of [out, a]) {
        assertWritten(
          kernels,
          () => kernels.add(a, b, count, target),
          (before, put) => {
            for (let i = 0; i < count; i++) put(target + i, Math.fround(before(a + i) + before(b + i)), 0)
          },
          `add of ${count}`,
        )
      }
      assertWritten(
        kernels,
        () => kernels.scale(a, count, 0.3),
        (before, put) => {
          for (let i = 0; i < count; i++) put(a + i, Math.fround(before(a + i) * Math.fround(0.3)), 0)
        },
        `scale of ${count}`,
      )
    }
  }
})

test('a row is added to each row, and the sum of rows to one', () => {
  const rng = createRng(3)
  for (const [rows, width] of [
    [1, 4],
    [3, 12],
    [7, 20],
  ] as const) {
    for (const kernels of filledKernels(rows)) {
      const [x, row] = startsOf([rows * width, width], rng) as [number, number]
      const cells = Array.from({ length: rows * width }, (_, i) => [x + i, row + (i % width)] as const)
      assertWritten(
        kernels,
        () => kernels.addRow(x, rows, width, row),
        (before, put) => {
          for (const [cell, own] of cells) put(cell, Math.fround(before(cell) + before(own)), 0)
        },
        'addRow',
      )
      assertWritten(
        kernels,
        () => kernels.addRowSum(x, rows, width, row),
        (before, put) => {
          for (let i = row; i < row + width; i++) {
            const terms = [before(i), ...cells.filter(([, own]) => own === i).map(([cell]) => before(cell))]
            const size = terms.reduce((sum, term) => sum + Math.abs(term), 0)
            put(
              i,
              terms.reduce((sum, term) => sum + term, 0),
              rows * ROUNDING * size,
            )
          }
        },
        'addRowSum',
      )
    }
  }
})

/** GELU as it is usually written, in 64 bits. */
const gelu = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
const GELU_INPUTS = Array.from({ length: 400 }, (_, i) => Math.fround((i - 200) / 20)).concat([-1e5, -40, 40, 1e5])

test('GELU is the form with tanh, 0 far below 0 and its input far above', () => {
  const count = GELU_INPUTS.length
  for (const kernels of filledKernels(4)) {
    kernels.floats.set(GELU_INPUTS, 4)
    assertWritten(
      kernels,
      () => kernels.gelu(4, count, 1000),
      (before, put) => {
        for (let i = 0; i < count; i++) {
          const value = gelu(before(4 + i))
          put(1000 + i, value, 4e-7 * Math.abs(value) + 1e-6 * Math.abs(Math.min(0, Math.max(-1, before(4 + i)))))
        }
      },
      'gelu',
    )
    assert.equal(Array.from(kernels.floats.slice(1000 + 400, 1000 + 404), Math.abs), [0, 0, 40, 1e5])
  }
})

test('the way back of GELU is its slope by finite differences', () => {
  const count = GELU_INPUTS.length
  for (const kernels of filledKernels(5)) {
    kernels.floats.set(GELU_INPUTS, 4)
    assertWritten(
      kernels,
      () => kernels.geluBackward(4, 1000, count),
      (before, put) => {
        for (let i = 0; i < count; i++) {
          const [x, step] = [before(4 + i), 1e-4]
          const gradient = before(1000 + i)
          const slope = (gelu(x + step) - gelu(x - step)) / (2 * step)
          put(1000 + i, gradient * slope, 2e-6 * Math.abs(gradient))
        }
      },
      'geluBackward',
    )
  }
})

const EPSILON = 1e-5

/** Layer normalisation in 64 bits: normal rows and the factor they were scaled by. */
function normalise(row: readonly number[]): { readonly normal: number[]; readonly inverse: number } {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length
  const variance = row.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / row.length
  const inverse = 1 / Math.sqrt(variance + EPSILON)
  return { normal: row.map((x) => (x - mean) * inverse), inverse }
}

test('layer normalisation gives its rows, their normal form and the inverse deviation', () => {
  const rng = createRng(6)
  for (const [rows, width] of [
    [1, 4],
    [5, 12],
    [3, 64],
  ] as const) {
    for (const kernels of filledKernels(width)) {
      const sizes = [rows * width, width, width, rows * width, rows * width, rows]
      const [x, gain, bias, out, normal, inverse] = startsOf(sizes, rng) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      // A mean far from 0 and a row without variance.
      for (let i = 0; i < width; i++) kernels.floats[x + i] = 100 + (kernels.floats[x + i] as number)
      if (rows > 1) kernels.floats.fill(7, x + width, x + 2 * width)
      assertWritten(
        kernels,
        () => kernels.layerNorm(x, rows, width, gain, bias, out, normal, inverse, EPSILON),
        (before, put) => {
          for (let r = 0; r < rows; r++) {
            const row = normalise(Array.from({ length: width }, (_, i) => before(x + r * width + i)))
            put(inverse + r, row.inverse, 1e-5 * row.inverse)
            row.normal.forEach((value, i) => {
              put(normal + r * width + i, value, 1e-4)
              put(
                out + r * width + i,
                before(gain + i) * value + before(bias + i),
                1e-4 * (1 + Math.abs(before(gain + i))),
              )
            })
          }
        },
        `layerNorm of ${rows} x ${width}`,
      )
    }
  }
})

test('the way back of layer normalisation is the slope of a weighted sum of its output by finite differences', () => {
  const rng = createRng(7)
  const [rows, width] = [3, 12]
  for (const kernels of filledKernels(8)) {
    const sizes = [
      rows * width,
      width,
      width,
      rows * width,
      rows * width,
      rows,
      rows * width,
      rows * width,
      width,
      width,
    ]
    const at = startsOf(sizes, rng)
    const [x, gain, bias, out, normal, inverse, gradients, back, gainGradients, biasGradients] = at as [
      ...[number, number, number, number, number, number, number, number, number, number],
    ]
    kernels.layerNorm(x, rows, width, gain, bias, out, normal, inverse, EPSILON)
    const inputs = kernels.floats.slice()
    /** The loss where one number, an input or a parameter, is moved. */
    const loss = (moved: number, by: number) => {
      const read = (position: number) => (inputs[position] as number) + (position === moved ? by : 0)
      let sum = 0
      for (let r = 0; r < rows; r++) {
        const row = normalise(Array.from({ length: width }, (_, i) => read(x + r * width + i)))
        row.normal.forEach((value, i) => {
          sum += read(gradients + r * width + i) * (read(gain + i) * value + read(bias + i))
        })
      }
      return sum
    }
    const slope = (moved: number) => (loss(moved, 1e-4) - loss(moved, -1e-4)) / 2e-4
    assertWritten(
      kernels,
      () =>
        kernels.layerNormBackward(gradients, rows, width, gain, normal, inverse, back, gainGradients, biasGradients),
      (before, put) => {
        for (let i = 0; i < rows * width; i++) put(back + i, slope(x + i), 1e-5)
        for (let i = 0; i < width; i++) {
          put(gainGradients + i, before(gainGradients + i) + slope(gain + i), 1e-5)
          put(biasGradients + i, before(biasGradients + i) + slope(bias + i), 1e-5)
        }
      },
      'layerNormBackward',
    )
  }
})

/** Softmax in 64 bits. */
function softmax(scores: readonly number[]): number[] {
  const max = Math.max(...scores)
  const weights = scores.map((score) => Math.exp(score - max))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

test('softmax of rows of any width is that of the definition, and each row sums to 1', () => {
  const rows = 3
  for (let width = 1; width <= 25; width++) {
    for (const kernels of filledKernels(width)) {
      for (let i = 0; i < rows * width; i++) kernels.floats[9 + i] = 5 * (kernels.floats[9 + i] as number)
      assertWritten(
        kernels,
        () => kernels.softmax(9, rows, width),
        (before, put) => {
          for (let r = 0; r < rows; r++) {
            const row = softmax(Array.from({ length: width }, (_, i) => before(9 + r * width + i)))
            row.forEach((value, i) => {
              put(9 + r * width + i, value, 2e-6 * value)
            })
          }
        },
        `softmax of ${width}`,
      )
      for (let r = 0; r < rows; r++) {
        const sum = kernels.floats.slice(9 + r * width, 9 + (r + 1) * width).reduce((total, p) => total + p, 0)
        assert.ok(near(sum, 1, 1e-6), `${width}: ${sum}`)
      }
    }
  }
})

test('softmax survives large scores and masked ones; a row that is masked whole gets zeros', () => {
  const masked = -Infinity
  const cases: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [1e4, 1e4, -1e4, 0, 1e4, 1e4],
      [0.25, 0.25, 0, 0, 0.25, 0.25],
    ],
    [
      [-1e4, -1e4],
      [0.5, 0.5],
    ],
    [
      [masked, 3, masked, masked, masked],
      [0, 1, 0, 0, 0],
    ],
    [
      [masked, masked, masked, masked, -2, -2, masked],
      [0, 0, 0, 0, 0.5, 0.5, 0],
    ],
    [
      [masked, masked, masked],
      [0, 0, 0],
    ],
    [
      [masked, masked, masked, masked, masked, masked],
      [0, 0, 0, 0, 0, 0],
    ],
  ]
  for (const [scores, expected] of cases) {
    for (const kernels of filledKernels(1)) {
      kernels.floats.set(scores, 5)
      kernels.softmax(5, 1, scores.length)
      assert.equal(Array.from(kernels.floats.slice(5, 5 + scores.length)), expected, `${kernels.kind}: ${scores}`)
    }
  }
})

test('a score that is no number shows in its row', () => {
  for (const scores of [
    [1, NaN, 2],
    [-Infinity, 1, 2, NaN, 3],
    [1, 2, 3, 4, NaN],
  ]) {
    for (const kernels of filledKernels(1)) {
      kernels.floats.set(scores, 5)
      kernels.softmax(5, 1, scores.length)
      assert.ok(kernels.floats.slice(5, 5 + scores.length).some(Number.isNaN), `${kernels.kind}: ${scores}`)
    }
  }
})

test('the exponential function is right to some roundings from 0 down to where 32 bits end, then 0', () => {
  const rows = 1000
  for (const kernels of filledKernels(1)) {
    const { floats } = kernels
    // The first score is the largest, so that another's share of it is its exponential.
    const scores = Float32Array.from({ length: rows }, (_, r) => (-87.3 * r) / (rows - 1))
    scores.forEach((score, r) => {
      floats.set([0, score, -Infinity, -Infinity], 4 * r)
    })
    kernels.softmax(0, rows, 4)
    const errors = Array.from(scores, (score, r) => {
      const exponential = (floats[4 * r + 1] as number) / (floats[4 * r] as number)
      return Math.abs(exponential / Math.exp(score) - 1)
    })
    // Of the function itself and of the division by the sum, for both shares.
    assert.ok(Math.max(...errors) < 1e-7 + 2 * ROUNDING, `${kernels.kind}: ${Math.max(...errors)}`)
    floats.set([0, -104, -200, -1e30])
    kernels.softmax(0, 1, 4)
    assert.equal(Array.from(floats.slice(0, 4)), [1, 0, 0, 0])
  }
})

test('the way back of softmax is the slope of a weighted sum of its output by finite differences', () => {
  const rows = 2
  for (const width of [1, 2, 3, 4, 6, 12, 13]) {
    for (const kernels of filledKernels(width)) {
      const [p, gradients] = startsOf([rows * width, rows * width], createRng(width)) as [number, number]
      const scores = Array.from(kernels.floats.slice(p, p + rows * width))
      kernels.softmax(p, rows, width)
      assertWritten(
        kernels,
        () => kernels.softmaxBackward(p, gradients, rows, width),
        (before, put) => {
          for (let i = 0; i < rows * width; i++) {
            const start = i - (i % width)
            const loss = (by: number) =>
              softmax(scores.map((score, j) => score + (j === i ? by : 0)).slice(start, start + width)).reduce(
                (sum, share, j) => sum + share * before(gradients + start + j),
                0,
              )
            put(gradients + i, (loss(1e-4) - loss(-1e-4)) / 2e-4, 2e-6)
          }
        },
        `softmaxBackward of ${width}`,
      )
    }
  }
})

test('a step of Adam is that of its authors', () => {
  const [count, rate, beta1, beta2, epsilon] = [12, 0.01, 0.9, 0.999, 1e-6] as const
  for (const kernels of filledKernels(3)) {
    const at = startsOf([count, count, count, count], createRng(1))
    const [values, gradients, first, second] = at as [number, number, number, number]
    for (let i = 0; i < count; i++) kernels.floats[second + i] = Math.abs(kernels.floats[second + i] as number)
    assertWritten(
      kernels,
      () => kernels.adam(values, gradients, first, second, count, rate, beta1, beta2, epsilon),
      (before, put) => {
        for (let i = 0; i < count; i++) {
          const gradient = before(gradients + i)
          const mean = beta1 * before(first + i) + (1 - beta1) * gradient
          const square = beta2 * before(second + i) + (1 - beta2) * gradient * gradient
          put(first + i, mean, 1e-6)
          put(second + i, square, 1e-6)
          put(values + i, before(values + i) - (rate * mean) / (Math.sqrt(square) + epsilon), 1e-6)
        }
      },
      'adam',
    )
  }
})

test('the same calls leave the same bytes', () => {
  const run = () =>
    [...filledKernels(11)].map((kernels) => {
      kernels.multiply(0, 24, 300, 24, 700, 24, 13, 20, 17, 0)
      kernels.multiplyRightTransposed(700, 24, 300, 24, 1100, 24, 13, 11, 20, 1)
      kernels.multiplyLeftTransposed(0, 24, 700, 24, 1500, 24, 13, 20, 12, 1)
      kernels.gelu(1500, 300, 1900)
      kernels.geluBackward(1500, 1900, 300)
      kernels.layerNorm(1900, 13, 20, 2200, 2220, 2300, 2600, 2900, EPSILON)
      kernels.layerNormBackward(2300, 13, 20, 2200, 2600, 2900, 3000, 2240, 2260)
      kernels.softmax(2300, 20, 13)
      kernels.softmaxBackward(2300, 3000, 20, 13)
      kernels.addRow(3000, 13, 20, 2200)
      kernels.addRowSum(3000, 13, 20, 2240)
      return new Uint8Array(kernels.floats.slice().buffer)
    })
  const [simd, plain] = run() as [Uint8Array, Uint8Array]
  assert.equal(run(), [simd, plain])
  // Nothing above drowned in numbers that are none.
  assert.ok(new Float32Array(simd.buffer).every(Number.isFinite))
  assert.ok(new Float32Array(plain.buffer).every(Number.isFinite))
})

test('kernels are of the kind asked for, SIMD if none is', () => {
  assert.is(createEncoderKernels(100).kind, 'simd')
  for (const kind of KINDS) {
    const kernels = createEncoderKernels(100, { kind })
    assert.is(kernels.kind, kind)
    assert.ok(kernels.floats.length >= 100)
  }
})

test.run()

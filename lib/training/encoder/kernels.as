// SIMD kernels of the encoder, in AssemblyScript; `make wasm` compiles them to kernels.wasm.ts. What each computes is
// said in kernels.ts. Pointers are byte offsets. No relaxed SIMD, and sums in a fixed order, so that every processor
// gives the same bits.

// @ts-ignore: decorator
@inline
function sum4(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
}

// @ts-ignore: decorator
@inline
function plus(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y))
}

/** Stores four sums, or adds them to what is there. */
// @ts-ignore: decorator
@inline
function put(c: usize, sum: v128, add: i32): void {
  v128.store(c, add ? f32x4.add(v128.load(c), sum) : sum)
}

/** The first `count` (1 to 3) of four numbers; the rest is `rest`. */
// @ts-ignore: decorator
@inline
function loadSome(x: usize, count: usize, rest: f32): v128 {
  let v = f32x4.splat(rest)
  v = f32x4.replace_lane(v, 0, f32.load(x))
  if (count > 1) v = f32x4.replace_lane(v, 1, f32.load(x, 4))
  if (count > 2) v = f32x4.replace_lane(v, 2, f32.load(x, 8))
  return v
}

// @ts-ignore: decorator
@inline
function storeSome(x: usize, count: usize, v: v128): void {
  f32.store(x, f32x4.extract_lane(v, 0))
  if (count > 1) f32.store(x, f32x4.extract_lane(v, 1), 4)
  if (count > 2) f32.store(x, f32x4.extract_lane(v, 2), 8)
}

// Products: blocks of sums that stay in registers. With `left`, a is transposed: four rows of it lie side by side.

// @ts-ignore: decorator
@inline
function block4x8(
  left: bool, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, k: usize, add: i32,
): void {
  let s0 = f32x4.splat(0)
  let t0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let t1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let t2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let t3 = f32x4.splat(0)
  let a1 = a + lda
  let a2 = a1 + lda
  let a3 = a2 + lda
  const end = b + k * ldb
  while (b < end) {
    const y = v128.load(b)
    const z = v128.load(b, 16)
    let x = v128.load32_splat(a)
    s0 = plus(s0, x, y)
    t0 = plus(t0, x, z)
    x = left ? v128.load32_splat(a, 4) : v128.load32_splat(a1)
    s1 = plus(s1, x, y)
    t1 = plus(t1, x, z)
    x = left ? v128.load32_splat(a, 8) : v128.load32_splat(a2)
    s2 = plus(s2, x, y)
    t2 = plus(t2, x, z)
    x = left ? v128.load32_splat(a, 12) : v128.load32_splat(a3)
    s3 = plus(s3, x, y)
    t3 = plus(t3, x, z)
    a += left ? lda : <usize>4
    if (!left) {
      a1 += 4
      a2 += 4
      a3 += 4
    }
    b += ldb
  }
  put(c, s0, add)
  put(c + 16, t0, add)
  c += ldc
  put(c, s1, add)
  put(c + 16, t1, add)
  c += ldc
  put(c, s2, add)
  put(c + 16, t2, add)
  c += ldc
  put(c, s3, add)
  put(c + 16, t3, add)
}

// @ts-ignore: decorator
@inline
function block4x4(
  left: bool, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, k: usize, add: i32,
): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  const row = left ? <usize>4 : lda
  const step = left ? lda : <usize>4
  const end = b + k * ldb
  while (b < end) {
    const y = v128.load(b)
    s0 = plus(s0, v128.load32_splat(a), y)
    s1 = plus(s1, v128.load32_splat(a + row), y)
    s2 = plus(s2, v128.load32_splat(a + 2 * row), y)
    s3 = plus(s3, v128.load32_splat(a + 3 * row), y)
    a += step
    b += ldb
  }
  put(c, s0, add)
  put(c + ldc, s1, add)
  put(c + 2 * ldc, s2, add)
  put(c + 3 * ldc, s3, add)
}

/** Rows that are left over, one at a time; `step` from one number of the row of a to the next. */
function rowTimes(
  a: usize, step: usize, b: usize, ldb: usize, c: usize, n: usize, k: usize, add: i32,
): void {
  let j: usize = 0
  for (; j + 16 <= n; j += 16) {
    let s = f32x4.splat(0)
    let t = f32x4.splat(0)
    let u = f32x4.splat(0)
    let v = f32x4.splat(0)
    const end = b + k * ldb
    let x = a
    for (let y = b; y < end; y += ldb) {
      const w = v128.load32_splat(x)
      s = plus(s, w, v128.load(y))
      t = plus(t, w, v128.load(y, 16))
      u = plus(u, w, v128.load(y, 32))
      v = plus(v, w, v128.load(y, 48))
      x += step
    }
    put(c, s, add)
    put(c + 16, t, add)
    put(c + 32, u, add)
    put(c + 48, v, add)
    b += 64
    c += 64
  }
  for (; j < n; j += 4) {
    let s = f32x4.splat(0)
    const end = b + k * ldb
    let x = a
    for (let y = b; y < end; y += ldb) {
      s = plus(s, v128.load32_splat(x), v128.load(y))
      x += step
    }
    put(c, s, add)
    b += 16
    c += 16
  }
}

// @ts-ignore: decorator
@inline
function product(
  left: bool, a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, m: i32, n: i32, k: i32, add: i32,
): void {
  const row = left ? <usize>4 : lda
  // Columns outside: their panel of b stays near while the rows go by.
  let j = 0
  for (; j + 8 <= n; j += 8) {
    const at = <usize>j << 2
    for (let i = 0; i + 4 <= m; i += 4) {
      block4x8(left, a + <usize>i * row, lda, b + at, ldb, c + <usize>i * ldc + at, ldc, k, add)
    }
  }
  if (j < n) {
    const at = <usize>j << 2
    for (let i = 0; i + 4 <= m; i += 4) {
      block4x4(left, a + <usize>i * row, lda, b + at, ldb, c + <usize>i * ldc + at, ldc, k, add)
    }
  }
  for (let i = m & ~3; i < m; i++) {
    rowTimes(a + <usize>i * row, left ? lda : <usize>4, b, ldb, c + <usize>i * ldc, n, k, add)
  }
}

export function multiply(
  a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32, m: i32, n: i32, k: i32, add: i32,
): void {
  product(false, a, <usize>lda << 2, b, <usize>ldb << 2, c, <usize>ldc << 2, m, n, k, add)
}

export function multiplyLeftTransposed(
  a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32, m: i32, n: i32, k: i32, add: i32,
): void {
  product(true, a, <usize>lda << 2, b, <usize>ldb << 2, c, <usize>ldc << 2, m, n, k, add)
}

/** The sums of the lanes of four vectors, one sum in each lane. */
// @ts-ignore: decorator
@inline
function sums4(s: v128, t: v128, u: v128, v: v128): v128 {
  const st = f32x4.add(v128.shuffle<f32>(s, t, 0, 4, 1, 5), v128.shuffle<f32>(s, t, 2, 6, 3, 7))
  const uv = f32x4.add(v128.shuffle<f32>(u, v, 0, 4, 1, 5), v128.shuffle<f32>(u, v, 2, 6, 3, 7))
  return f32x4.add(v128.shuffle<f32>(st, uv, 0, 1, 4, 5), v128.shuffle<f32>(st, uv, 2, 3, 6, 7))
}

/** Two rows of a times four of b; a single row is given twice. */
// @ts-ignore: decorator
@inline
function dots2x4(
  a: usize, a1: usize, b: usize, b1: usize, b2: usize, b3: usize, c: usize, c1: usize, bytes: usize, add: i32,
): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  let t0 = f32x4.splat(0)
  let t1 = f32x4.splat(0)
  let t2 = f32x4.splat(0)
  let t3 = f32x4.splat(0)
  for (let p: usize = 0; p < bytes; p += 16) {
    const x = v128.load(a + p)
    const x1 = v128.load(a1 + p)
    let y = v128.load(b + p)
    s0 = plus(s0, x, y)
    t0 = plus(t0, x1, y)
    y = v128.load(b1 + p)
    s1 = plus(s1, x, y)
    t1 = plus(t1, x1, y)
    y = v128.load(b2 + p)
    s2 = plus(s2, x, y)
    t2 = plus(t2, x1, y)
    y = v128.load(b3 + p)
    s3 = plus(s3, x, y)
    t3 = plus(t3, x1, y)
  }
  put(c, sums4(s0, s1, s2, s3), add)
  put(c1, sums4(t0, t1, t2, t3), add)
}

/** One row of a times `count` rows of b, four at most. */
function dots1x4(
  a: usize, b: usize, ldb: usize, c: usize, count: usize, bytes: usize, add: i32,
): void {
  let s0 = f32x4.splat(0)
  let s1 = f32x4.splat(0)
  let s2 = f32x4.splat(0)
  let s3 = f32x4.splat(0)
  // Rows that are not there are replaced by the first.
  const b1 = count > 1 ? b + ldb : b
  const b2 = count > 2 ? b + 2 * ldb : b
  const b3 = count > 3 ? b + 3 * ldb : b
  for (let p: usize = 0; p < bytes; p += 16) {
    const x = v128.load(a + p)
    s0 = plus(s0, x, v128.load(b + p))
    s1 = plus(s1, x, v128.load(b1 + p))
    s2 = plus(s2, x, v128.load(b2 + p))
    s3 = plus(s3, x, v128.load(b3 + p))
  }
  const s = sums4(s0, s1, s2, s3)
  if (count == 4) put(c, s, add)
  else storeSome(c, count, add ? f32x4.add(loadSome(c, count, 0), s) : s)
}

function dots(
  a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize, m: i32, n: i32, bytes: usize, add: i32,
): void {
  const whole = n & ~3
  for (let j = 0; j < whole; j += 4) {
    const y = b + <usize>j * bRow
    let x = a
    let z = c + (<usize>j << 2)
    for (let i = 2; i <= m; i += 2) {
      dots2x4(x, x + aRow, y, y + bRow, y + 2 * bRow, y + 3 * bRow, z, z + cRow, bytes, add)
      x += 2 * aRow
      z += 2 * cRow
    }
    if (m & 1) dots1x4(x, y, bRow, z, 4, bytes, add)
  }
  if (whole < n) {
    const y = b + <usize>whole * bRow
    let z = c + (<usize>whole << 2)
    for (let i = 0; i < m; i++) {
      dots1x4(a, y, bRow, z, n - whole, bytes, add)
      a += aRow
      z += cRow
    }
  }
}

/** Rows of a that are gone through together: they stay near while the rows of b go by. */
const NEAR_ROWS = 32

export function multiplyRightTransposed(
  a: usize, lda: i32, b: usize, ldb: i32, c: usize, ldc: i32, m: i32, n: i32, k: i32, add: i32,
): void {
  const aRow = <usize>lda << 2
  const cRow = <usize>ldc << 2
  for (let i = 0; i < m; i += NEAR_ROWS) {
    dots(a, aRow, b, <usize>ldb << 2, c, cRow, min(NEAR_ROWS, m - i), n, <usize>k << 2, add)
    a += <usize>NEAR_ROWS * aRow
    c += <usize>NEAR_ROWS * cRow
  }
}

export function add(a: usize, b: usize, count: i32, out: usize): void {
  const end = <usize>count << 2
  const whole = end & ~15
  let i: usize = 0
  for (; i < whole; i += 16) v128.store(out + i, f32x4.add(v128.load(a + i), v128.load(b + i)))
  for (; i < end; i += 4) f32.store(out + i, f32.load(a + i) + f32.load(b + i))
}

export function scale(x: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor)
  const end = x + (<usize>count << 2)
  for (; x + 16 <= end; x += 16) v128.store(x, f32x4.mul(v128.load(x), factors))
  for (; x < end; x += 4) f32.store(x, f32.load(x) * factor)
}

export function addRow(x: usize, rows: i32, width: i32, row: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < rows; r++) {
    for (let i: usize = 0; i < bytes; i += 16) v128.store(x + i, f32x4.add(v128.load(x + i), v128.load(row + i)))
    x += bytes
  }
}

export function addRowSum(x: usize, rows: i32, width: i32, out: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < rows; r++) {
    for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.add(v128.load(out + i), v128.load(x + i)))
    x += bytes
  }
}

/**
 * e^x of numbers that are not positive, to about 1e-7: 2^n e^r with |r| at most ln(2) / 2, e^r = 1 + r + r^2 q(r), and
 * ln(2) in two parts, the first of which times n is exact (coefficients: Cephes, expf). 0 below the smallest normal
 * number; what is no number stays so.
 */
// @ts-ignore: decorator
@inline
function exp4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(f32x4.pmax(x, f32x4.splat(-87.5)), f32x4.splat(1.4426950408889634)))
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)))
  let q = f32x4.splat(1.9875691500e-4)
  q = plus(f32x4.splat(1.3981999507e-3), q, r)
  q = plus(f32x4.splat(8.3334519073e-3), q, r)
  q = plus(f32x4.splat(4.1665795894e-2), q, r)
  q = plus(f32x4.splat(1.6666665459e-1), q, r)
  q = plus(f32x4.splat(5.0000001201e-1), q, r)
  const y = f32x4.add(plus(r, f32x4.mul(r, r), q), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, f32x4.splat(-87.3365)))
}

// GELU is x sigmoid(z), z = slope x (1 + cube x^2), slope = 2 sqrt(2 / pi).

// @ts-ignore: decorator
@inline
function sigmoidArgument(x: v128): v128 {
  const bent = plus(f32x4.splat(1), f32x4.splat(0.044715), f32x4.mul(x, x))
  return f32x4.mul(f32x4.mul(f32x4.splat(1.5957691216057308), x), bent)
}

export function gelu(x: usize, count: i32, out: usize): void {
  const end = <usize>count << 2
  for (let i: usize = 0; i < end; i += 16) {
    const value = v128.load(x + i)
    const z = sigmoidArgument(value)
    // sigmoid(z) is 1 / (1 + e) for a positive z and e / (1 + e) for a negative one, e = exp(-|z|)
    const e = exp4(f32x4.neg(f32x4.abs(z)))
    const top = v128.bitselect(e, f32x4.splat(1), f32x4.lt(z, f32x4.splat(0)))
    v128.store(out + i, f32x4.div(f32x4.mul(value, top), f32x4.add(f32x4.splat(1), e)))
  }
}

export function geluBackward(x: usize, gradients: usize, count: i32): void {
  const end = <usize>count << 2
  const one = f32x4.splat(1)
  for (let i: usize = 0; i < end; i += 16) {
    const value = v128.load(x + i)
    const z = sigmoidArgument(value)
    const e = exp4(f32x4.neg(f32x4.abs(z)))
    const share = f32x4.div(one, f32x4.add(one, e))
    const other = f32x4.mul(e, share)
    const sigmoid = v128.bitselect(other, share, f32x4.lt(z, f32x4.splat(0)))
    // x z' = slope x (1 + 3 cube x^2)
    const bent = plus(one, f32x4.splat(0.134145), f32x4.mul(value, value))
    const inner = f32x4.mul(f32x4.mul(f32x4.splat(1.5957691216057308), value), bent)
    const slope = plus(sigmoid, f32x4.mul(share, other), inner)
    v128.store(gradients + i, f32x4.mul(v128.load(gradients + i), slope))
  }
}

export function layerNorm(
  x: usize, rows: i32, width: i32, gain: usize, bias: usize, out: usize, normal: usize, inverse: usize, epsilon: f32,
): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < rows; r++) {
    let sum = f32x4.splat(0)
    for (let i: usize = 0; i < bytes; i += 16) sum = f32x4.add(sum, v128.load(x + i))
    const mean = f32x4.splat(sum4(sum) / <f32>width)
    let squares = f32x4.splat(0)
    for (let i: usize = 0; i < bytes; i += 16) {
      const centred = f32x4.sub(v128.load(x + i), mean)
      squares = plus(squares, centred, centred)
    }
    const factor: f32 = <f32>1 / sqrt<f32>(sum4(squares) / <f32>width + epsilon)
    f32.store(inverse + (<usize>r << 2), factor)
    const factors = f32x4.splat(factor)
    for (let i: usize = 0; i < bytes; i += 16) {
      const value = f32x4.mul(f32x4.sub(v128.load(x + i), mean), factors)
      v128.store(normal + i, value)
      v128.store(out + i, plus(v128.load(bias + i), v128.load(gain + i), value))
    }
    x += bytes
    normal += bytes
    out += bytes
  }
}

export function layerNormBackward(
  gradients: usize, rows: i32, width: i32, gain: usize, normal: usize, inverse: usize,
  out: usize, gainGradients: usize, biasGradients: usize,
): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < rows; r++) {
    let sum = f32x4.splat(0)
    let products = f32x4.splat(0)
    for (let i: usize = 0; i < bytes; i += 16) {
      const gradient = v128.load(gradients + i)
      const value = v128.load(normal + i)
      v128.store(gainGradients + i, plus(v128.load(gainGradients + i), gradient, value))
      v128.store(biasGradients + i, f32x4.add(v128.load(biasGradients + i), gradient))
      const scaled = f32x4.mul(gradient, v128.load(gain + i))
      sum = f32x4.add(sum, scaled)
      products = plus(products, scaled, value)
    }
    const mean = f32x4.splat(sum4(sum) / <f32>width)
    const product = f32x4.splat(sum4(products) / <f32>width)
    const factor = v128.load32_splat(inverse + (<usize>r << 2))
    for (let i: usize = 0; i < bytes; i += 16) {
      const centred = f32x4.sub(f32x4.mul(v128.load(gradients + i), v128.load(gain + i)), mean)
      v128.store(out + i, f32x4.mul(factor, f32x4.sub(centred, f32x4.mul(v128.load(normal + i), product))))
    }
    gradients += bytes
    normal += bytes
    out += bytes
  }
}

// Rows of any width end with 0 to 3 numbers that do not fill a vector; what they lack changes no maximum and no sum.

export function softmax(x: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2
  const whole = bytes & ~15
  const rest = <usize>width & 3
  const least = f32x4.splat(-Infinity)
  for (let r = 0; r < rows; r++) {
    const end = x + whole
    let last = rest ? loadSome(end, rest, -Infinity) : least
    let max = last
    for (let p = x; p < end; p += 16) max = f32x4.pmax(max, v128.load(p))
    max = f32x4.pmax(max, v128.shuffle<f32>(max, max, 2, 3, 0, 1))
    max = f32x4.pmax(max, v128.shuffle<f32>(max, max, 1, 0, 3, 2))
    // A row of -Infinity alone gets zeros: its maximum is taken as 0, its sum as 1.
    const some = f32x4.ne(max, least)
    max = v128.and(max, some)
    last = exp4(f32x4.sub(last, max))
    let sum = last
    for (let p = x; p < end; p += 16) {
      const weight = exp4(f32x4.sub(v128.load(p), max))
      v128.store(p, weight)
      sum = f32x4.add(sum, weight)
    }
    const total = v128.bitselect(f32x4.splat(sum4(sum)), f32x4.splat(1), some)
    for (let p = x; p < end; p += 16) v128.store(p, f32x4.div(v128.load(p), total))
    if (rest) storeSome(end, rest, f32x4.div(last, total))
    x += bytes
  }
}

export function softmaxBackward(probabilities: usize, gradients: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2
  const whole = bytes & ~15
  const rest = <usize>width & 3
  const none = f32x4.splat(0)
  for (let r = 0; r < rows; r++) {
    const share = rest ? loadSome(probabilities + whole, rest, 0) : none
    const gradient = rest ? loadSome(gradients + whole, rest, 0) : none
    let products = f32x4.mul(share, gradient)
    for (let i: usize = 0; i < whole; i += 16) {
      products = plus(products, v128.load(probabilities + i), v128.load(gradients + i))
    }
    const sum = f32x4.splat(sum4(products))
    for (let i: usize = 0; i < whole; i += 16) {
      const centred = f32x4.sub(v128.load(gradients + i), sum)
      v128.store(gradients + i, f32x4.mul(v128.load(probabilities + i), centred))
    }
    if (rest) storeSome(gradients + whole, rest, f32x4.mul(share, f32x4.sub(gradient, sum)))
    probabilities += bytes
    gradients += bytes
  }
}

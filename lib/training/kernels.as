// SIMD kernels of the trainer, in AssemblyScript; `make wasm` compiles them to kernels.wasm.ts. What each computes is
// said in kernels.ts. Pointers are byte offsets; widths are multiples of 4. No relaxed SIMD, so that every processor
// gives the same bits.

// @ts-ignore: decorator
@inline
function sum4(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
}

export function matvec(rows: usize, count: i32, width: i32, x: usize, out: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < count; r++) {
    let sum = f32x4.splat(0)
    for (let i: usize = 0; i < bytes; i += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(rows + i), v128.load(x + i)))
    }
    f32.store(out + (<usize>r << 2), sum4(sum))
    rows += bytes
  }
}

export function addWeightedRows(rows: usize, count: i32, width: i32, weights: usize, out: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < count; r++) {
    const weight = v128.load32_splat(weights + (<usize>r << 2))
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(out + i, f32x4.add(v128.load(out + i), f32x4.mul(weight, v128.load(rows + i))))
    }
    rows += bytes
  }
}

export function addOuter(rows: usize, count: i32, width: i32, weights: usize, x: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < count; r++) {
    const weight = v128.load32_splat(weights + (<usize>r << 2))
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(rows + i, f32x4.add(v128.load(rows + i), f32x4.mul(weight, v128.load(x + i))))
    }
    rows += bytes
  }
}

export function gatherSum(a: usize, ai: usize, b: usize, bi: usize, count: i32, width: i32, out: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < count; r++) {
    const left = a + <usize>i32.load(ai + (<usize>r << 2)) * bytes
    const right = b + <usize>i32.load(bi + (<usize>r << 2)) * bytes
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(out + i, f32x4.add(v128.load(left + i), v128.load(right + i)))
    }
    out += bytes
  }
}

export function scatterSum(rows: usize, count: i32, width: i32, a: usize, ai: usize, b: usize, bi: usize): void {
  const bytes = <usize>width << 2
  for (let r = 0; r < count; r++) {
    const left = a + <usize>i32.load(ai + (<usize>r << 2)) * bytes
    const right = b + <usize>i32.load(bi + (<usize>r << 2)) * bytes
    for (let i: usize = 0; i < bytes; i += 16) {
      const row = v128.load(rows + i)
      v128.store(left + i, f32x4.add(v128.load(left + i), row))
      v128.store(right + i, f32x4.add(v128.load(right + i), row))
    }
    rows += bytes
  }
}

export function embed(
  list: usize, count: i32, starts: usize, words: usize, positions: usize, width: i32, table: usize, out: usize,
): void {
  const bytes = <usize>width << 2
  for (let s = 0; s < count; s++) {
    const sentence = <usize>i32.load(list + (<usize>s << 2))
    const start = i32.load(starts + (sentence << 2))
    const length = i32.load(starts + (sentence << 2) + 4) - start
    // Weights of sentences of 1, 2, ... words follow each other.
    let weights = positions + <usize>((length * (length - 1)) >> 1) * bytes
    const target = out + sentence * bytes
    for (let i: usize = 0; i < bytes; i += 16) v128.store(target + i, f32x4.splat(0))
    for (let j = 0; j < length; j++) {
      const row = table + <usize>i32.load(words + (<usize>(start + j) << 2)) * bytes
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(target + i, f32x4.add(v128.load(target + i), f32x4.mul(v128.load(weights + i), v128.load(row + i))))
      }
      weights += bytes
    }
  }
}

export function embedBackward(
  list: usize, count: i32, starts: usize, words: usize, positions: usize, width: i32, gradients: usize, out: usize,
): void {
  const bytes = <usize>width << 2
  for (let s = 0; s < count; s++) {
    const sentence = <usize>i32.load(list + (<usize>s << 2))
    const start = i32.load(starts + (sentence << 2))
    const length = i32.load(starts + (sentence << 2) + 4) - start
    let weights = positions + <usize>((length * (length - 1)) >> 1) * bytes
    const source = gradients + sentence * bytes
    for (let j = 0; j < length; j++) {
      const row = out + <usize>i32.load(words + (<usize>(start + j) << 2)) * bytes
      for (let i: usize = 0; i < bytes; i += 16) {
        v128.store(row + i, f32x4.add(v128.load(row + i), f32x4.mul(v128.load(weights + i), v128.load(source + i))))
      }
      weights += bytes
    }
  }
}

export function sgd(values: usize, gradients: usize, count: i32, rate: f32): void {
  const step = f32x4.splat(rate)
  const end = <usize>count << 2
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(values + i, f32x4.sub(v128.load(values + i), f32x4.mul(step, v128.load(gradients + i))))
  }
}

export function adam(
  values: usize, gradients: usize, first: usize, second: usize, count: i32,
  rate: f32, beta1: f32, beta2: f32, epsilon: f32,
): void {
  const step = f32x4.splat(rate)
  const keep1 = f32x4.splat(beta1)
  const take1 = f32x4.splat(1 - beta1)
  const keep2 = f32x4.splat(beta2)
  const take2 = f32x4.splat(1 - beta2)
  const small = f32x4.splat(epsilon)
  const end = <usize>count << 2
  for (let i: usize = 0; i < end; i += 16) {
    const gradient = v128.load(gradients + i)
    const mean = f32x4.add(f32x4.mul(keep1, v128.load(first + i)), f32x4.mul(take1, gradient))
    const square = f32x4.add(
      f32x4.mul(keep2, v128.load(second + i)), f32x4.mul(take2, f32x4.mul(gradient, gradient)),
    )
    v128.store(first + i, mean)
    v128.store(second + i, square)
    v128.store(
      values + i,
      f32x4.sub(v128.load(values + i), f32x4.mul(step, f32x4.div(mean, f32x4.add(f32x4.sqrt(square), small)))),
    )
  }
}

// SIMD kernel of the bit-serial dot-product units, in AssemblyScript; `make wasm` compiles it to bit-serial.wasm.ts.
// What it computes is said in plain-kernel.ts. Pointers are byte offsets; a row has a multiple of 8 elements of 16 bits,
// and every sum fits 32 bits (simd-kernel.ts sees to it).

// @ts-ignore: decorator
@inline
function product(a: usize, b: usize, bytes: usize): i32 {
  let sum = i32x4.splat(0)
  for (let i: usize = 0; i < bytes; i += 16) {
    sum = i32x4.add(sum, i32x4.dot_i16x8_s(v128.load(a + i), v128.load(b + i)))
  }
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + (i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3))
  )
}

export function scores(
  queries: usize, planes: usize, sums: usize, thresholds: usize, unknownBits: usize, outcomes: usize,
  queryCount: i32, keyCount: i32, width: i32, cycles: i32, signCycles: i32,
): void {
  const bytes = <usize>width << 1
  const keyBytes = <usize>(1 + cycles - signCycles) * bytes
  for (let key = 0; key < keyCount; key++) {
    let query = queries
    for (let i = 0; i < queryCount; i++) {
      const threshold = <i32>max<f64>(min<f64>(f64.load(thresholds + (<usize>i << 3)), 2147483647), -2147483648)
      const sum = <i32>f64.load(sums + (<usize>i << 3))
      const concordantSum = (product(query, planes, bytes) + sum) >> 1
      let partialSum = 0
      let plane = planes
      let cycle = 0
      let pruned = false
      while (!pruned && cycle < cycles) {
        const unknown = i32.load(unknownBits + (<usize>cycle << 2))
        if (cycle >= signCycles) {
          plane += bytes
          partialSum += product(query, plane, bytes) << unknown
        }
        pruned = partialSum + concordantSum * ((1 << unknown) - 1) < threshold
        cycle++
      }
      i32.store8(outcomes, pruned ? cycle : cycle | 128)
      outcomes++
      query += bytes
    }
    planes += keyBytes
  }
}

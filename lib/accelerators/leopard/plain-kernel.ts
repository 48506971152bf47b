import { type BlockShape, KEPT_FLAG, type ScoreBlock } from './score-block.ts'

/** Works off the first queries against the first keys of a block; outcomes lie `queries` apart per key. */
export type ScoreKernel = (queries: number, keys: number) => void

/**
 * The kernel in plain TypeScript.
 *
 * @param options.narrow products of a query with a plane fit 32 bits; all else is exact in doubles
 */
export function plainKernel(
  block: ScoreBlock,
  { width, cycles, signCycles, planes, unknownBits }: BlockShape,
  { narrow }: { readonly narrow: boolean },
): ScoreKernel {
  const { sums, thresholds, outcomes } = block
  const multiply = narrow ? narrowProduct : wideProduct
  const weights = Float64Array.from(unknownBits, (unknown) => 1 << unknown)
  return (queries, keys) => {
    for (let key = 0; key < keys; key += 1) {
      const first = key * planes * width
      for (let query = 0; query < queries; query += 1) {
        const start = query * width
        const threshold = thresholds[query] as number
        // Concordant less discordant magnitudes, and both together.
        const concordantSum = (multiply(block, start, first) + (sums[query] as number)) / 2
        let partialSum = 0
        let plane = first
        let cycle = 0
        let pruned = false
        while (!pruned && cycle < cycles) {
          const weight = weights[cycle] as number
          if (cycle >= signCycles) {
            plane += width
            partialSum += multiply(block, start, plane) * weight
          }
          pruned = partialSum + concordantSum * (weight - 1) < threshold
          cycle += 1
        }
        outcomes[key * queries + query] = pruned ? cycle : cycle | KEPT_FLAG
      }
    }
  }

  function narrowProduct({ queries: a, planes: b }: ScoreBlock, start: number, plane: number): number {
    let even = 0
    let odd = 0
    for (let i = 0; i < width; i += 8) {
      const p = start + i
      const q = plane + i
      even = (even + Math.imul(a[p] as number, b[q] as number)) | 0
      odd = (odd + Math.imul(a[p + 1] as number, b[q + 1] as number)) | 0
      even = (even + Math.imul(a[p + 2] as number, b[q + 2] as number)) | 0
      odd = (odd + Math.imul(a[p + 3] as number, b[q + 3] as number)) | 0
      even = (even + Math.imul(a[p + 4] as number, b[q + 4] as number)) | 0
      odd = (odd + Math.imul(a[p + 5] as number, b[q + 5] as number)) | 0
      even = (even + Math.imul(a[p + 6] as number, b[q + 6] as number)) | 0
      odd = (odd + Math.imul(a[p + 7] as number, b[q + 7] as number)) | 0
    }
    return (even + odd) | 0
  }

  function wideProduct({ queries: a, planes: b }: ScoreBlock, start: number, plane: number): number {
    let sum = 0
    for (let i = 0; i < width; i += 1) sum += (a[start + i] as number) * (b[plane + i] as number)
    return sum
  }
}

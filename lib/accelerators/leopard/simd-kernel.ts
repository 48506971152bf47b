import { instantiateWasm } from '../../numeric/mod.ts'
import { binary } from './bit-serial.wasm.ts'
import type { ScoreKernel } from './plain-kernel.ts'
import { type BlockShape, blockIn, blockOffsets, type ScoreBlock } from './score-block.ts'

interface Functions {
  /** Offsets of the parts of a block, counts of queries and keys, padded width, cycles, cycles of the sign alone. */
  scores(...offsetsAndSizes: readonly number[]): void
}

/** Memory of a first instance; blocks of usual shapes fit. */
const USUAL_BYTES = 512 * 1024

/** One instance for all blocks; it holds nothing between them. */
let instance: { readonly functions: Functions; readonly memory: ArrayBuffer } | undefined
let available = true

/**
 * The SIMD kernel with a block in its memory, valid until the next call. All sums must fit 32 bits.
 *
 * @returns undefined where the engine has no SIMD
 */
export function simdKernel(shape: BlockShape): { readonly block: ScoreBlock; readonly run: ScoreKernel } | undefined {
  const at = blockOffsets(shape)
  if (available && (instance === undefined || instance.memory.byteLength < at.end)) {
    instance = instantiateWasm<Functions>(binary, Math.max(at.end, USUAL_BYTES))
    available = instance !== undefined
  }
  if (instance === undefined) return undefined
  const { functions, memory } = instance
  const { width, cycles, signCycles } = shape
  const offsets = [at.queries, at.planes, at.sums, at.thresholds, at.unknownBits, at.outcomes]
  return {
    block: blockIn(memory, shape),
    run: (queries, keys) => functions.scores(...offsets, queries, keys, width, cycles, signCycles),
  }
}

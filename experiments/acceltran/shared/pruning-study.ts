import {
  dynatranPrune,
  type PreComputeQuirks,
  type PruningCount,
  preCompute,
  prunedBuffer,
  TOP_K_SELECTIONS,
  topKPrune,
  zeroCollapse,
} from '../../../lib/accelerators/acceltran/mod.ts'
import type { Stopwatch } from '../../../lib/harness/mod.ts'
import { normalSample, type Rng } from '../../../lib/numeric/mod.ts'

/** Ways to prune a matrix of attention probabilities: by a threshold, or the k largest of a row, selected somehow. */
export const PRUNERS = ['DynaTran', ...TOP_K_SELECTIONS] as const
export type Pruner = (typeof PRUNERS)[number]

/** A square matrix set up to be pruned again and again without a new buffer. */
export function prunerOf(
  pruner: Pruner,
  matrix: Float32Array,
  settings: { readonly k: number; readonly thresholdTau: number; readonly columns: number },
): () => PruningCount {
  const { k, thresholdTau, columns } = settings
  const into = prunedBuffer(matrix)
  if (pruner === 'DynaTran') return () => dynatranPrune(matrix, thresholdTau, into)
  const options = { columns, k, selection: pruner, scratch: new Float64Array(columns), into }
  return () => topKPrune(matrix, options)
}

/**
 * How often a second of processor time does something, told from a slice of time.
 *
 * @returns repetitions per second
 */
export function repetitionsPerSecond(work: () => unknown, sliceSeconds: number, stopwatch: Stopwatch): number {
  const start = stopwatch.cpuSeconds()
  let repetitions = 0
  let batch = 1
  for (;;) {
    for (let i = 0; i < batch; i += 1) work()
    repetitions += batch
    const seconds = stopwatch.cpuSeconds() - start
    if (seconds >= sliceSeconds && seconds > 0) return repetitions / seconds
    batch = repetitions
  }
}

/** How a rule for the output mask does on random operands. */
export interface MaskCheck {
  /** Positions where neither operand is zero. */
  readonly common: number
  readonly marked: number
  readonly missed: number
  readonly wronglyMarked: number
  readonly vectors: number
  /** Of these, whose pairs give the dot product of the dense vectors. */
  readonly rightProducts: number
}

/** Pairs random vectors by the pre-compute sparsity module and compares with the dense ones. */
export function checkMasks(
  settings: { readonly vectors: number; readonly length: number; readonly sparsity: number },
  quirks: PreComputeQuirks,
  rng: Rng,
): MaskCheck {
  const { vectors, length, sparsity } = settings
  const check = { common: 0, marked: 0, missed: 0, wronglyMarked: 0, vectors, rightProducts: 0 }
  const draw = () => Float64Array.from({ length }, () => (rng.next() < sparsity ? 0 : normalSample(rng)))
  for (let vector = 0; vector < vectors; vector += 1) {
    const [a, b] = [draw(), draw()]
    const { outputMask, first, second } = preCompute(zeroCollapse(a), zeroCollapse(b), quirks)
    for (let i = 0; i < length; i += 1) {
      const common = a[i] !== 0 && b[i] !== 0
      const marked = outputMask[i] === 1
      check.common += Number(common)
      check.marked += Number(marked)
      check.missed += Number(common && !marked)
      check.wronglyMarked += Number(marked && !common)
    }
    check.rightProducts += Number(dot(a, b) === dot(first, second))
  }
  return check
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number)
  return sum
}

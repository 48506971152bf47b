import type { Encoder } from '../../../lib/training/mod.ts'
import { cumulativeSparsity } from '../../../lib/workload/mod.ts'
import type { PrunedPart } from '../../trained/shared/adapters-constants.ts'
import { prunedTensors } from '../../trained/shared/adapters-training.ts'

/** Parameters of the matrices that pruning takes from, and of the whole network. */
export interface PrunedCounts {
  readonly embedding: number
  readonly transformer: number
  readonly total: number
}

/** Counts the matrices of a network. */
export function prunedCounts(encoder: Encoder): PrunedCounts {
  const sizeOf = (own: readonly { readonly rows: number; readonly columns: number }[]) =>
    own.reduce((sum, { rows, columns }) => sum + rows * columns, 0)
  return {
    embedding: sizeOf(prunedTensors(encoder, 'embd')),
    transformer: sizeOf(prunedTensors(encoder, 'tf')),
    total: sizeOf(encoder.tensors.all.filter(({ name }) => name !== 'thresholds')),
  }
}

/** Zeros among all parameters in percent (Eq. 1), where the matrices of a part have so many. */
export function cumulativePercent(
  { embedding, transformer, total }: PrunedCounts,
  part: PrunedPart,
  sparsity: number,
): number {
  const parts = [
    { parameters: embedding, sparsity: part === 'tf' ? 0 : sparsity },
    { parameters: transformer, sparsity: part === 'embd' ? 0 : sparsity },
  ]
  return 100 * cumulativeSparsity(parts, total)
}

/**
 * The critical sparsity point: where accuracy, read along straight lines between measured sparsities, first falls below
 * the unpruned one by more than a tolerance; the highest sparsity where it never does.
 *
 * @param levels measured points, the unpruned one among them
 * @param tolerance in the unit of accuracy
 * @throws {RangeError} if nothing was measured unpruned
 */
export function criticalPoint(
  levels: readonly { readonly sparsity: number; readonly accuracy: number }[],
  tolerance: number,
): number {
  const sorted = [...levels].sort((a, b) => a.sparsity - b.sparsity)
  const [first] = sorted
  if (first?.sparsity !== 0) {
    throw new RangeError(`Cannot find a critical point: one level must be unpruned, got ${first?.sparsity ?? 'none'}`)
  }
  const bound = first.accuracy - tolerance
  for (const [i, level] of sorted.entries()) {
    const before = sorted[i - 1]
    if (level.accuracy >= bound || !before) continue
    const share = (before.accuracy - bound) / (before.accuracy - level.accuracy)
    return before.sparsity + share * (level.sparsity - before.sparsity)
  }
  return sorted.at(-1)?.sparsity ?? 0
}

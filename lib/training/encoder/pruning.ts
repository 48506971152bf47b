import { selectRank } from '../../numeric/mod.ts'
import type { Encoder } from './encoder.ts'
import type { Tensor } from './shape.ts'

/**
 * Which weights go first: the smallest (`magnitude`; Zhu and Gupta, "To prune, or not to prune", 2017), or those that
 * training moves towards 0 (`movement`; Sanh et al., "Movement Pruning", NeurIPS 2020).
 */
export const PRUNING_METHODS = ['magnitude', 'movement'] as const
export type PruningMethod = (typeof PRUNING_METHODS)[number]

/** When weights are pruned in the course of training: shares of its steps. */
export interface PruningSchedule {
  /** Share of the weights that are 0 in the end. */
  readonly sparsity: number
  readonly from: number
  readonly to: number
}

/** Sparsity at a step: from 0 up along a cubic curve, steep at first (Zhu and Gupta, Eq. 1). */
export function sparsityAt(step: number, steps: number, { sparsity, from, to }: PruningSchedule): number {
  const left = 1 - Math.min(1, Math.max(0, (step / steps - from) / (to - from)))
  return sparsity * (1 - left * left * left)
}

/** Names of the matrices of an encoder's layers, which pruning takes from unless told otherwise. */
export function layerMatrices({ all }: { readonly all: readonly Tensor[] }): Tensor[] {
  return all.filter(({ name }) => /^block\d+\.(qkv|attended|inner|outer)$/.test(name))
}

/**
 * Prunes an encoder's matrices while it trains. A pruned weight is 0, has no gradient, and keeps the value it had, with
 * which it comes back if its score is among the kept ones again.
 */
export class Pruner {
  private readonly encoder: Encoder
  private readonly method: PruningMethod
  private readonly groups: readonly Group[]

  /**
   * @param tensors what is pruned
   * @param options.together rank the weights of all tensors in one list, not each tensor's in its own @default false
   */
  constructor(
    encoder: Encoder,
    tensors: readonly Tensor[],
    { method, together = false }: { readonly method: PruningMethod; readonly together?: boolean },
  ) {
    this.encoder = encoder
    this.method = method
    this.groups = (together ? [tensors] : tensors.map((tensor) => [tensor])).map((own) => {
      const at = Int32Array.from(
        own.flatMap(({ start, rows, columns }) => Array.from({ length: rows * columns }, (_, i) => start + i)),
      )
      const dense = Float64Array.from(at, (i) => encoder.values[i] as number)
      const numbers = () => new Float64Array(at.length)
      return {
        at,
        dense,
        moved: numbers(),
        kept: new Uint8Array(at.length).fill(1),
        scores: numbers(),
        ranked: numbers(),
      }
    })
  }

  /**
   * Prunes to a sparsity; equal scores go in the order of memory, the last first.
   *
   * @throws {RangeError} if the sparsity is not from 0 to 1
   */
  prune(sparsity: number): void {
    if (!(sparsity >= 0 && sparsity <= 1)) {
      throw new RangeError(`Cannot prune: sparsity must be from 0 to 1, got ${sparsity}`)
    }
    const { values } = this.encoder
    for (const { at, dense, moved, kept, scores, ranked } of this.groups) {
      const count = at.length
      if (this.method === 'movement') scores.set(moved)
      else for (let i = 0; i < count; i++) scores[i] = Math.abs(dense[i] as number)
      const dropped = Math.round(sparsity * count)
      ranked.set(scores)
      const cut = dropped === 0 ? Number.NEGATIVE_INFINITY : selectRank(ranked, dropped - 1)
      let ties = dropped
      for (let i = 0; i < count; i++) if ((scores[i] as number) < cut) ties--
      for (let i = count - 1; i >= 0; i--) {
        const score = scores[i] as number
        const drops = score < cut || (score === cut && ties-- > 0)
        kept[i] = drops ? 0 : 1
        values[at[i] as number] = drops ? 0 : (dense[i] as number)
      }
    }
  }

  /** Between the gradients and the optimiser's step: adds to what moved, and takes pruned weights' gradients away. */
  between(): void {
    const { gradients } = this.encoder
    for (const { at, dense, moved, kept } of this.groups) {
      for (let i = 0; i < at.length; i++) {
        const gradient = gradients[at[i] as number] as number
        moved[i] = (moved[i] as number) - gradient * (dense[i] as number)
        if (kept[i] === 0) gradients[at[i] as number] = 0
      }
    }
  }

  /** After the optimiser's step: notes the kept weights, and sets the pruned ones, which momentum moves, back to 0. */
  after(): void {
    const { values } = this.encoder
    for (const { at, dense, kept } of this.groups) {
      for (let i = 0; i < at.length; i++) {
        if (kept[i] === 0) values[at[i] as number] = 0
        else dense[i] = values[at[i] as number] as number
      }
    }
  }
}

/** Weights that are ranked together: their places, their values, how far they moved away from 0, and which are kept. */
interface Group {
  readonly at: Int32Array
  readonly dense: Float64Array
  readonly moved: Float64Array
  readonly kept: Uint8Array
  /** Room for the scores, and for the same in the order that ranking leaves. */
  readonly scores: Float64Array
  readonly ranked: Float64Array
}

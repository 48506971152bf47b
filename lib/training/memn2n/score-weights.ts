import { softmaxInPlace } from '../cross-entropy.ts'
import { keptSurrogate, type Slopes, type SoftThreshold, softThreshold } from '../soft-threshold.ts'

/** What happens to the scores of a hop before they weight the memory. */
export type ScoreMode =
  /** Nothing: the linear start of training. */
  | { readonly kind: 'linear' }
  | { readonly kind: 'softmax' }
  /**
   * Soft threshold, then softmax; `weight` times the surrogate share of kept scores is added to the loss. Where `rest` is
   * given, it stands for nothing in the softmax, so that a hop whose scores all lie below gives out nothing.
   */
  | { readonly kind: 'soft-pruned'; readonly constants: SoftThreshold; readonly weight: number; readonly rest?: number }
  /** As the hardware prunes: scores below the threshold weigh nothing, even where none is left. No gradients. */
  | { readonly kind: 'pruned' }

/** Turns the scores of each hop into the weights of its memory, and back. */
export class ScoreWeights {
  private readonly floats: Float32Array
  private readonly slots: number
  private readonly soft: readonly Slopes[]
  private readonly kept: readonly Slopes[]

  constructor(floats: Float32Array, { hops, slots }: { readonly hops: number; readonly slots: number }) {
    this.floats = floats
    this.slots = slots
    const slopes = () => Array.from({ length: hops * slots }, () => ({ value: 0, byScore: 0, byThreshold: 0 }))
    this.soft = slopes()
    this.kept = slopes()
  }

  /**
   * Weighs `count` scores.
   *
   * @returns how many are kept: counted, or the surrogate's count where the threshold is soft
   */
  weigh(
    mode: ScoreMode,
    {
      hop,
      threshold,
      scores,
      weights,
      count,
    }: {
      readonly hop: number
      readonly threshold: number
      readonly scores: number
      readonly weights: number
      readonly count: number
    },
  ): number {
    const { floats } = this
    floats.copyWithin(weights, scores, scores + count)
    if (mode.kind === 'linear') return count
    if (mode.kind === 'pruned') return this.prune(weights, count, threshold)
    let kept = count
    if (mode.kind === 'soft-pruned') {
      kept = 0
      for (let i = 0; i < count; i++) {
        const [soft, surrogate] = this.slopesOf(hop, i)
        softThreshold(floats[weights + i] as number, threshold, mode.constants, soft)
        keptSurrogate(soft, mode.constants, surrogate)
        floats[weights + i] = soft.value
        kept += surrogate.value
      }
    }
    softmaxInPlace(floats, weights, count, mode.kind === 'soft-pruned' ? mode.rest : undefined)
    return kept
  }

  /**
   * Gradients of a hop's weights (`change`) to those of its scores (`slope`).
   *
   * @returns the gradient of the hop's threshold
   */
  slopes(
    mode: ScoreMode,
    {
      hop,
      weights,
      change,
      slope,
      count,
    }: {
      readonly hop: number
      readonly weights: number
      readonly change: number
      readonly slope: number
      readonly count: number
    },
  ): number {
    const { floats } = this
    if (mode.kind === 'pruned') throw new TypeError('Cannot take gradients: scores must not be pruned hard')
    if (mode.kind === 'linear') {
      floats.copyWithin(slope, change, change + count)
      return 0
    }
    let mean = 0
    for (let i = 0; i < count; i++) mean += (floats[weights + i] as number) * (floats[change + i] as number)
    let byThreshold = 0
    for (let i = 0; i < count; i++) {
      const gradient = (floats[weights + i] as number) * ((floats[change + i] as number) - mean)
      if (mode.kind === 'softmax') {
        floats[slope + i] = gradient
        continue
      }
      const [soft, surrogate] = this.slopesOf(hop, i)
      const pull = mode.weight / (count * (this.soft.length / this.slots))
      floats[slope + i] = gradient * soft.byScore + pull * surrogate.byScore
      byThreshold += gradient * soft.byThreshold + pull * surrogate.byThreshold
    }
    return byThreshold
  }

  private slopesOf(hop: number, i: number): readonly [Slopes, Slopes] {
    const at = hop * this.slots + i
    return [this.soft[at] as Slopes, this.kept[at] as Slopes]
  }

  /** Softmax over the scores from the threshold on; the others weigh nothing. */
  private prune(weights: number, count: number, threshold: number): number {
    const { floats } = this
    let kept = 0
    for (let i = weights; i < weights + count; i++) {
      if ((floats[i] as number) < threshold) floats[i] = Number.NEGATIVE_INFINITY
      else kept++
    }
    if (kept > 0) softmaxInPlace(floats, weights, count)
    else floats.fill(0, weights, weights + count)
    return kept
  }
}

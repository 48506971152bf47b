import { selectRank } from '../../../lib/numeric/mod.ts'
import { type Encoder, gather, judgeSentences, type Sentences, type Tap } from '../../../lib/training/mod.ts'

const HARD = { kind: 'hard' } as const

/** The thresholds of an encoder's layers, a view. */
export const thresholdsOf = (encoder: Encoder): Float32Array => encoder.view(encoder.tensors.thresholds)

/** What an encoder does with sentences when its scores are pruned as the hardware prunes them. */
export interface PrunedJudgement {
  /** Share of sentences it judges rightly. */
  readonly accuracy: number
  /** Share of scores below their layer's threshold. */
  readonly prunedShare: number
  /** The same by layer. */
  readonly prunedShares: readonly number[]
}

/** Scores of all layers pruned and all there are, counted by a tap. */
function counting(encoder: Encoder): { readonly tap: Tap; readonly shares: () => number[] } {
  const { layers } = encoder.shape
  const pruned = new Float64Array(layers)
  const all = new Float64Array(layers)
  const tap: Tap = ({ point, layer, start, rows, columns }, floats) => {
    if (point !== 'scores') return
    const threshold = encoder.threshold(layer)
    let below = 0
    for (let i = start; i < start + rows * columns; i++) if ((floats[i] as number) < threshold) below++
    pruned[layer] = (pruned[layer] as number) + below
    all[layer] = (all[layer] as number) + rows * columns
  }
  return { tap, shares: () => Array.from(pruned, (own, layer) => own / (all[layer] as number)) }
}

/** Judges sentences with hard thresholds. */
export function judgePruned(encoder: Encoder, sentences: Sentences): PrunedJudgement {
  const { tap, shares } = counting(encoder)
  const { accuracies, keptShare } = judgeSentences(encoder, sentences, { mode: HARD, tap })
  return { accuracy: accuracies[0] as number, prunedShare: 1 - keptShare, prunedShares: shares() }
}

/** Scores of one layer, those before it pruned by their thresholds. */
function scoresOf(encoder: Encoder, sentences: Sentences, layer: number): Float64Array {
  let count = 0
  for (let s = 0; s < sentences.count; s++) {
    const length = (sentences.starts[s + 1] as number) - (sentences.starts[s] as number)
    count += encoder.shape.heads * length * length
  }
  const scores = new Float64Array(count)
  let at = 0
  const tap: Tap = (tapped, floats) => {
    if (tapped.point !== 'scores' || tapped.layer !== layer) return
    const { start, rows, columns } = tapped
    for (let i = start; i < start + rows * columns; i++) scores[at++] = floats[i] as number
  }
  judgeSentences(encoder, sentences, { mode: HARD, tap })
  return scores
}

/**
 * Sets a threshold per layer after training: from the first layer on, each prunes a share of its scores on some
 * sentences while the layers before it are pruned. The share of all scores that is pruned there is then the mean share.
 *
 * @param shares by layer, 0 to 1
 */
export function pruneShares(encoder: Encoder, sentences: Sentences, shares: readonly number[]): void {
  const thresholds = thresholdsOf(encoder)
  thresholds.fill(Number.NEGATIVE_INFINITY)
  for (const [layer, share] of shares.entries()) {
    const scores = scoresOf(encoder, sentences, layer)
    const rank = Math.round(share * scores.length)
    thresholds[layer] = rank < scores.length ? selectRank(scores, rank) : Number.POSITIVE_INFINITY
  }
}

/** Halvings of the interval in which one threshold for all layers is sought. */
const HALVINGS = 20

/**
 * Sets the one threshold, common to all layers, that prunes a share of all scores of some sentences.
 *
 * @param within thresholds between which it is sought
 */
export function pruneCommonly(
  encoder: Encoder,
  sentences: Sentences,
  { share, within: [low, high] }: { readonly share: number; readonly within: readonly [number, number] },
): void {
  const thresholds = thresholdsOf(encoder)
  let [from, to] = [low, high]
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (from + to) / 2
    thresholds.fill(middle)
    if (1 - judgeSentences(encoder, sentences, { mode: HARD }).keptShare < share) from = middle
    else to = middle
  }
  thresholds.fill(to)
}

/** The first so many sentences. */
export function firstOf(sentences: Sentences, count: number): Sentences {
  return gather(
    sentences,
    Array.from({ length: Math.min(count, sentences.count) }, (_, i) => i),
  )
}

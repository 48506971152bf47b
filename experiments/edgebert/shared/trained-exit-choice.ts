import { type ExitLookup, earlyExitLayer, predictExit } from '../../../lib/accelerators/edgebert/mod.ts'
import { mean } from '../../../lib/numeric/mod.ts'
import type { RampedSentence } from './trained-exits.ts'

/** Ways to end early. */
export const METHODS = ['early exit', 'latency-aware'] as const
export type Method = (typeof METHODS)[number]

/** Where a sentence is to end, and does; of early exit the two are one. */
export interface Ended {
  readonly sentence: RampedSentence
  readonly predicted: number
  readonly actual: number
}

/**
 * Runs sentences under a threshold of entropy: Algorithm 1 of EdgeBERT, or Algorithm 2 with a predictor.
 *
 * @param lookup the predictor; conventional early exit if there is none
 */
export function endAll(sentences: readonly RampedSentence[], threshold: number, lookup?: ExitLookup): Ended[] {
  return sentences.map((sentence) => {
    const { entropies } = sentence
    const exit = earlyExitLayer(entropies, threshold)
    if (!lookup) return { sentence, predicted: exit, actual: exit }
    const predicted = predictExit(lookup, entropies[0] as number, threshold)
    return { sentence, predicted, actual: Math.min(predicted, exit) }
  })
}

/** Share of sentences that the classifier they end at gets right. */
export const accuracyOfEnded = (ended: readonly Ended[]): number =>
  mean(ended.map(({ sentence, actual }) => (sentence.right[actual - 1] ? 1 : 0)))

/** Share that the last classifier gets right. */
export const fullAccuracy = (sentences: readonly RampedSentence[]): number =>
  mean(sentences.map(({ right }) => (right.at(-1) ? 1 : 0)))

/** Thresholds to choose from, rising: `step`, twice that, up to the largest entropy of so many classes. */
export function thresholdGrid(step: number, classes: number): number[] {
  return Array.from({ length: Math.floor(Math.log(classes) / step) }, (_, i) => (i + 1) * step)
}

/**
 * The largest threshold at which accuracy, on the sentences to choose by, drops by no more than allowed; nothing ends
 * early below the smallest.
 *
 * @param options.drop accuracy that may be lost, as a share
 */
export function chooseThreshold(
  sentences: readonly RampedSentence[],
  {
    drop,
    grid,
    lookup,
  }: { readonly drop: number; readonly grid: readonly number[]; readonly lookup?: ExitLookup | undefined },
): number {
  const least = fullAccuracy(sentences) - drop
  const found = grid.findLast((threshold) => accuracyOfEnded(endAll(sentences, threshold, lookup)) >= least - 1e-12)
  return found ?? 0
}

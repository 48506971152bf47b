import { mean } from '../../../lib/numeric/mod.ts'
import { mostAccurate } from './figure-audit.ts'
import type { CurvePoint, Method, Weights } from './published-curves.ts'

/** A point of a network's curve. */
export interface TrainedPoint extends CurvePoint {
  readonly seed: number
  readonly weights: Weights
  readonly method: Method
}

/** One curve by seed, weights and method, in rising order of sparsity; the unpruned point where it is asked for. */
export function curveOf(
  points: readonly TrainedPoint[],
  { seed, weights, method }: Pick<TrainedPoint, 'seed' | 'weights' | 'method'>,
): TrainedPoint[] {
  return points
    .filter((point) => point.seed === seed && point.weights === weights && point.method === method)
    .sort((a, b) => a.sparsityPercent - b.sparsityPercent)
}

/** The seeds of points, each once. */
export const seedsOf = (points: readonly { readonly seed: number }[]): number[] => [
  ...new Set(points.map(({ seed }) => seed)),
]

/** Mean, least and most of several numbers. */
export function spread(values: readonly number[]) {
  return { mean: mean(values), min: Math.min(...values), max: Math.max(...values) }
}

/**
 * The paper's comparison at equal accuracy: top-k at its best, and the sparsest point of DynaTran that is no less
 * accurate.
 *
 * @param topK its points without the unpruned one
 * @param dynatran likewise
 * @returns of equally accurate points of top-k the sparsest; null for DynaTran where none is as accurate
 */
export function atEqualAccuracy(topK: readonly CurvePoint[], dynatran: readonly CurvePoint[]) {
  const best = mostAccurate(topK).accuracyPercent
  const reference = Math.max(
    ...topK.filter(({ accuracyPercent }) => accuracyPercent === best).map(({ sparsityPercent }) => sparsityPercent),
  )
  const reached = dynatran.filter(({ accuracyPercent }) => accuracyPercent >= best)
  return {
    accuracyPercent: best,
    topKPercent: reference,
    dynatranPercent: reached.length === 0 ? null : Math.max(...reached.map(({ sparsityPercent }) => sparsityPercent)),
  }
}

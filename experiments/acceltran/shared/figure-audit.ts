import { mean } from '../../../lib/numeric/mod.ts'
import type { CurvePoint, WeightPruningPanel } from './published-curves.ts'

/** The point of the highest accuracy; the first of equals. */
export const mostAccurate = (curve: readonly CurvePoint[]): CurvePoint =>
  curve.reduce((best, point) => (point.accuracyPercent > best.accuracyPercent ? point : best))

/** The point of the highest sparsity; the first of equals. */
export const sparsest = (curve: readonly CurvePoint[]): CurvePoint =>
  curve.reduce((best, point) => (point.sparsityPercent > best.sparsityPercent ? point : best))

/** How a curve is read between its points. */
export const READINGS = ['plotted point', 'straight line'] as const
export type Reading = (typeof READINGS)[number]

/**
 * The highest sparsity at which a curve is still as accurate.
 *
 * @param curve in rising order of sparsity
 * @throws {RangeError} if no point is
 */
export function sparsityAtAccuracy(curve: readonly CurvePoint[], accuracyPercent: number, reading: Reading): number {
  const last = curve.findLastIndex((point) => point.accuracyPercent >= accuracyPercent)
  const from = curve[last]
  if (!from) {
    throw new RangeError(`Cannot read a curve: a point must have an accuracy of ${accuracyPercent} %, got none`)
  }
  const to = curve[last + 1]
  if (reading === 'plotted point' || !to) return from.sparsityPercent
  const share = (from.accuracyPercent - accuracyPercent) / (from.accuracyPercent - to.accuracyPercent)
  return from.sparsityPercent + share * (to.sparsityPercent - from.sparsityPercent)
}

/**
 * The accuracy at a sparsity, straight between the points.
 *
 * @returns null where the curve does not reach
 */
export function accuracyAtSparsity(curve: readonly CurvePoint[], sparsityPercent: number): number | null {
  const next = curve.findIndex((point) => point.sparsityPercent >= sparsityPercent)
  const [from, to] = [curve[next - 1], curve[next]]
  if (!from || !to) return null
  const share = (sparsityPercent - from.sparsityPercent) / (to.sparsityPercent - from.sparsityPercent)
  return from.accuracyPercent + share * (to.accuracyPercent - from.accuracyPercent)
}

/** What weight pruning changes at equal thresholds of DynaTran, in points. */
export function weightPruningEffect({ without, pruned }: WeightPruningPanel) {
  const gains = pruned.netSparsityPercent.map((own, i) => own - (without.netSparsityPercent[i] as number))
  const losses = without.scorePercent.map((own, i) => own - (pruned.scorePercent[i] as number))
  return {
    points: gains.length,
    smallestGainPoints: Math.min(...gains),
    meanGainPoints: mean(gains),
    largestGainPoints: Math.max(...gains),
    smallestLossPoints: Math.min(...losses),
    meanLossPoints: mean(losses),
  }
}

/** Another model whose weight-pruned curve has the very same sparsities; no two models have. */
export function sharesSparsities(panel: WeightPruningPanel, all: readonly WeightPruningPanel[]): string | undefined {
  const sparsities = panel.pruned.netSparsityPercent.join()
  const other = all.find((own) => own !== panel && own.pruned.netSparsityPercent.join() === sparsities)
  return other && `${other.model} on ${other.task}`
}

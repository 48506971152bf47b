/** A point of a curve of accuracy over what is pruned, both in percent. */
export interface AccuracyPoint {
  readonly prunedPercent: number
  readonly accuracyPercent: number
}

/** Accuracy on a curve, in rising order of pruning, at some pruning, along straight lines; NaN beyond its end. */
export function accuracyAt(curve: readonly AccuracyPoint[], prunedPercent: number): number {
  const after = curve.findIndex((point) => point.prunedPercent >= prunedPercent)
  const [from, to] = [curve[after - 1], curve[after]]
  if (!to) return Number.NaN
  if (!from) return to.accuracyPercent
  const part = (prunedPercent - from.prunedPercent) / (to.prunedPercent - from.prunedPercent)
  return from.accuracyPercent + part * (to.accuracyPercent - from.accuracyPercent)
}

/** Where a curve first falls below an accuracy, along straight lines; its end if it does not. */
export function pruningAt(curve: readonly AccuracyPoint[], accuracyPercent: number): number {
  const after = curve.findIndex((point) => point.accuracyPercent < accuracyPercent)
  const [from, to] = [curve[after - 1], curve[after]]
  if (!to) return curve.at(-1)?.prunedPercent ?? Number.NaN
  if (!from) return 0
  const part = (from.accuracyPercent - accuracyPercent) / (from.accuracyPercent - to.accuracyPercent)
  return from.prunedPercent + part * (to.prunedPercent - from.prunedPercent)
}

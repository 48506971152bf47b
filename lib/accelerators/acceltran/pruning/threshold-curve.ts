import { geometricMean, mean } from '../../../numeric/mod.ts'
import { checkThreshold, type Reals } from './dynatran.ts'

/** A profiled transfer curve: the sparsity each threshold leaves; both rise, the sparsity not strictly. */
export interface ThresholdCurve {
  readonly thresholdsTau: readonly number[]
  /** Zero elements over all, 0 to 1. */
  readonly sparsities: readonly number[]
}

/**
 * Profiles matrices (AccelTran Sec. III-A): the share of all their elements that is zero once those below each threshold
 * are pruned.
 *
 * @param thresholdsTau in rising order
 * @throws {RangeError} if there are no elements or thresholds, or these do not rise
 */
export function profileThresholds(matrices: readonly Reals[], thresholdsTau: readonly number[]): ThresholdCurve {
  checkThresholds(thresholdsTau)
  const elements = matrices.reduce((sum, matrix) => sum + matrix.length, 0)
  if (elements === 0) throw new RangeError('Cannot profile thresholds: the matrices must have elements, got none')
  const magnitudes = new Float64Array(elements)
  let next = 0
  for (const matrix of matrices) {
    for (let i = 0; i < matrix.length; i += 1) {
      magnitudes[next] = Math.abs(matrix[i] as number)
      next += 1
    }
  }
  magnitudes.sort()
  let below = 0
  // A zero is at least tau = 0, and kept as what it is.
  while (below < elements && magnitudes[below] === 0) below += 1
  const sparsities = thresholdsTau.map((thresholdTau) => {
    while (below < elements && (magnitudes[below] as number) < thresholdTau) below += 1
    return below / elements
  })
  return { thresholdsTau: [...thresholdsTau], sparsities }
}

/**
 * One curve in place of several, point by point; AccelTran's internal register holds geometric means (Sec. V-A).
 *
 * @param options.kind geometric (the default) or arithmetic; the geometric mean of a zero is zero
 * @throws {RangeError} if there are no curves, or they are not profiled at the same thresholds
 */
export function meanCurve(
  curves: readonly ThresholdCurve[],
  options: { readonly kind?: 'geometric' | 'arithmetic' } = {},
): ThresholdCurve {
  const [first] = curves
  if (!first) throw new RangeError('Cannot take the mean of curves: there must be one, got none')
  for (const { thresholdsTau } of curves) {
    if (thresholdsTau.join() !== first.thresholdsTau.join()) {
      throw new RangeError(
        `Cannot take the mean of curves: all must be profiled at ${first.thresholdsTau.join(', ')}, got ${thresholdsTau.join(', ')}`,
      )
    }
  }
  const meanOf = options.kind === 'arithmetic' ? mean : geometricMean
  return {
    thresholdsTau: first.thresholdsTau,
    sparsities: first.thresholdsTau.map((_, i) => meanOf(curves.map((curve) => curve.sparsities[i] as number))),
  }
}

/**
 * The threshold calculator (AccelTran Sec. III-B5): the smallest threshold that reaches a sparsity, by look-up.
 *
 * @param sparsity the desired rho, 0 to 1
 * @param options.interpolate between the tabulated thresholds the curve is taken to be straight; by default only they
 *   are looked up
 * @throws {RangeError} if the sparsity is no share, or the curve does not reach it
 */
export function thresholdFor(
  curve: ThresholdCurve,
  sparsity: number,
  options: { readonly interpolate?: boolean } = {},
): number {
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new RangeError(`Cannot choose a threshold: the sparsity must be from 0 to 1, got ${sparsity}`)
  }
  const { thresholdsTau, sparsities } = curve
  const index = sparsities.findIndex((reached) => reached >= sparsity)
  if (index < 0) {
    throw new RangeError(
      `Cannot choose a threshold: the sparsity must be at most the ${sparsities.at(-1)} that the curve reaches, got ${sparsity}`,
    )
  }
  const upper = thresholdsTau[index] as number
  if (!options.interpolate || index === 0) return upper
  const lower = thresholdsTau[index - 1] as number
  const [from, to] = [sparsities[index - 1], sparsities[index]] as [number, number]
  return lower + ((sparsity - from) / (to - from)) * (upper - lower)
}

function checkThresholds(thresholdsTau: readonly number[]): void {
  if (thresholdsTau.length === 0) {
    throw new RangeError('Cannot profile thresholds: there must be a threshold, got none')
  }
  thresholdsTau.forEach((thresholdTau, i) => {
    checkThreshold('profile thresholds', thresholdTau)
    if (i > 0 && thresholdTau <= (thresholdsTau[i - 1] as number)) {
      throw new RangeError(`Cannot profile thresholds: they must rise, got ${thresholdsTau.join(', ')}`)
    }
  })
}

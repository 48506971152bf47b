import { type FixedPoint, toFixedPoint } from './fixed-point.ts'

/** First and second moment of a vector. */
export interface Moments {
  readonly mean: number
  /** E[x^2] - E[x]^2; in narrow arithmetic it can be wrong, even negative. */
  readonly variance: number
}

/** The widths of a fixed-point unit: its inputs and the two running sums. */
export interface MomentWidths {
  readonly input: FixedPoint
  readonly sum: FixedPoint
}

/**
 * Mean and variance in one pass, as E[x^2] - E[x]^2 (EdgeBERT Sec. 7.4.4).
 *
 * @param widths arithmetic of a fixed-point unit, whose inputs saturate and whose products are truncated and sums wrap;
 *   double precision if left out
 * @throws {RangeError} on an empty vector
 */
export function moments(values: ArrayLike<number>, widths?: MomentWidths): Moments {
  const count = values.length
  if (count === 0) throw new RangeError('Cannot take moments: there must be elements, got none')
  const rules = { rounding: 'truncate', overflow: 'wrap' } as const
  const keep = (x: number) => (widths ? toFixedPoint(x, widths.sum, rules) : x)
  let sum = 0
  let squares = 0
  for (let i = 0; i < count; i += 1) {
    const x = widths ? toFixedPoint(values[i] as number, widths.input) : (values[i] as number)
    sum = keep(sum + x)
    squares = keep(squares + keep(x * x))
  }
  const mean = keep(sum / count)
  return { mean, variance: keep(keep(squares / count) - keep(mean * mean)) }
}

/**
 * Layer normalisation (EdgeBERT Eq. 4): (x - E[x]) / sqrt(Var[x] + epsilon) x gamma + beta.
 *
 * @param affine gamma and beta, as many as values
 * @param options.epsilon what keeps a constant vector from dividing by 0; Eq. 4 has none
 * @throws {RangeError} on an empty vector, other lengths, or a variance that leaves nothing to divide by
 */
export function layerNorm(
  values: ArrayLike<number>,
  affine: { readonly gamma: ArrayLike<number>; readonly beta: ArrayLike<number> },
  options: { readonly epsilon?: number; readonly widths?: MomentWidths } = {},
): Float64Array {
  const { gamma, beta } = affine
  if (gamma.length !== values.length || beta.length !== values.length) {
    throw new RangeError(
      `Cannot normalise: gamma and beta must have ${values.length} elements, got ${gamma.length} and ${beta.length}`,
    )
  }
  const { mean, variance } = moments(values, options.widths)
  const spread = variance + (options.epsilon ?? 0)
  if (!(spread > 0)) {
    throw new RangeError(`Cannot normalise: the variance must be positive, got ${variance} (give an epsilon)`)
  }
  const scale = 1 / Math.sqrt(spread)
  return Float64Array.from(
    { length: values.length },
    (_, i) => ((values[i] as number) - mean) * scale * (gamma[i] as number) + (beta[i] as number),
  )
}

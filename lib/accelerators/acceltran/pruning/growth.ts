import { mean } from '../../../numeric/mod.ts'

/**
 * The exponent b of counts that grow as n^b: the slope of the straight line through ln count over ln n.
 *
 * @param points sizes and counts, all positive, of at least two different sizes
 * @throws {RangeError} if they are not
 */
export function growthExponent(points: readonly { readonly size: number; readonly count: number }[]): number {
  for (const { size, count } of points) {
    if (!(size > 0 && count > 0)) {
      throw new RangeError(`Cannot fit an exponent: sizes and counts must be positive, got ${size} and ${count}`)
    }
  }
  const x = points.map(({ size }) => Math.log(size))
  const y = points.map(({ count }) => Math.log(count))
  const [meanX, meanY] = [mean(x), mean(y)]
  let products = 0
  let squares = 0
  x.forEach((own, i) => {
    products += (own - meanX) * ((y[i] as number) - meanY)
    squares += (own - meanX) * (own - meanX)
  })
  if (!(squares > 0)) {
    throw new RangeError(
      `Cannot fit an exponent: there must be two different sizes, got ${points.map(({ size }) => size).join(', ') || 'none'}`,
    )
  }
  return products / squares
}

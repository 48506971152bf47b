import type { SubNetwork } from './network.ts'

/** A network whose perplexity someone measured. */
export interface MeasuredNetwork {
  readonly network: SubNetwork
  readonly perplexity: number
}

/** Layers, model dimension, and heads and FFN width per layer, as fractions of the largest of each. */
function features(network: SubNetwork, largest: SubNetwork): number[] {
  const most = largest.layers.length
  const [heads, ffn] = [
    Math.max(...largest.layers.map((layer) => layer.heads)),
    Math.max(...largest.layers.map((layer) => layer.ffn)),
  ]
  const perLayer = Array.from({ length: most }, (_, index) => {
    const layer = network.layers[index]
    return layer ? [layer.heads / heads, layer.ffn / ffn] : [0, 0]
  })
  return [network.layers.length / most, network.hidden / largest.hidden, ...perLayer.flat()]
}

/**
 * Perplexity of any network from some that were measured: exact for those, else the mean of all, weighted by the
 * inverse square of their distance (Shepard's interpolation) in layers, model dimension, heads and FFN widths.
 *
 * @param largest the largest network of the space, which sets the scale of distances
 * @throws {RangeError} if nothing was measured
 */
export function perplexityEstimator(
  measured: readonly MeasuredNetwork[],
  largest: SubNetwork,
): (network: SubNetwork) => { readonly perplexity: number; readonly measured: boolean } {
  if (measured.length === 0) throw new RangeError('Cannot estimate perplexity: some network must be measured, none is')
  const points = measured.map(({ network, perplexity }) => ({ at: features(network, largest), perplexity }))
  return (network) => {
    const at = features(network, largest)
    let weights = 0
    let sum = 0
    for (const point of points) {
      const squared = at.reduce((total, x, i) => total + (x - (point.at[i] ?? 0)) * (x - (point.at[i] ?? 0)), 0)
      if (squared === 0) return { perplexity: point.perplexity, measured: true }
      weights += 1 / squared
      sum += point.perplexity / squared
    }
    return { perplexity: sum / weights, measured: false }
  }
}

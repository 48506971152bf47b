import type { Network } from './network.ts'

/** Moves a network's parameters against their gradients. */
export interface Optimiser {
  step(): void
}

/** Constants of Adam (Kingma and Ba, ICLR 2015), their defaults. */
const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-8

/**
 * Stochastic gradient descent; each table's gradient is clipped to a norm.
 *
 * @param rate learning rate, read at every step
 */
export class ClippedSgd implements Optimiser {
  private readonly network: Network
  private readonly clip: number
  rate: number

  constructor(network: Network, { rate, clip }: { readonly rate: number; readonly clip: number }) {
    this.network = network
    this.rate = rate
    this.clip = clip
  }

  step(): void {
    const { network } = this
    const { floats } = network.kernels
    const { vocabulary, slots, width } = network.shape
    const blocks = [
      ...network.parameters.tables.map((start) => [start, vocabulary * width] as const),
      ...network.parameters.ages.map((start) => [start, slots * width] as const),
    ]
    for (const [start, count] of blocks) {
      const gradient = network.gradientOf(start)
      let square = 0
      for (let i = gradient; i < gradient + count; i++) square += (floats[i] as number) * (floats[i] as number)
      const norm = Math.sqrt(square)
      const scale = norm > this.clip ? this.clip / norm : 1
      network.kernels.sgd(start, gradient, count, this.rate * scale)
    }
  }
}

/** Adam on the parameters and, with a rate of their own, on the thresholds. */
export class Adam implements Optimiser {
  private readonly network: Network
  private readonly first: Float64Array
  private readonly second: Float64Array
  rate: number
  thresholdRate: number

  constructor(
    network: Network,
    { rate, thresholdRate = 0 }: { readonly rate: number; readonly thresholdRate?: number },
  ) {
    this.network = network
    this.rate = rate
    this.thresholdRate = thresholdRate
    this.first = new Float64Array(network.thresholds.length)
    this.second = new Float64Array(network.thresholds.length)
    const { floats } = network.kernels
    for (const moment of network.moments) floats.fill(0, moment, moment + network.parameters.count)
    this.powers = [1, 1]
  }

  private readonly powers: [number, number]

  step(): void {
    const { network, first, second, powers } = this
    powers[0] *= BETA_1
    powers[1] *= BETA_2
    const correction = Math.sqrt(1 - powers[1]) / (1 - powers[0])
    const { start, count } = network.parameters
    const [mean, square] = network.moments
    network.kernels.adam(start, network.gradients, mean, square, count, this.rate * correction, BETA_1, BETA_2, EPSILON)
    if (this.thresholdRate === 0) return
    for (let hop = 0; hop < first.length; hop++) {
      const gradient = network.thresholdGradients[hop] as number
      first[hop] = BETA_1 * (first[hop] as number) + (1 - BETA_1) * gradient
      second[hop] = BETA_2 * (second[hop] as number) + (1 - BETA_2) * gradient * gradient
      const move = (first[hop] as number) / (Math.sqrt(second[hop] as number) + EPSILON)
      network.thresholds[hop] = (network.thresholds[hop] as number) - this.thresholdRate * correction * move
    }
  }
}

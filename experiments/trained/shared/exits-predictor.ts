import type { EntropyRow, ExitLookup } from '../../../lib/accelerators/edgebert/mod.ts'
import { normalSample, type Rng, shuffle } from '../../../lib/numeric/mod.ts'

/** Constants of Adam (Kingma and Ba, ICLR 2015), their defaults. */
const BETA_1 = 0.9
const BETA_2 = 0.999
const EPSILON = 1e-8

/** How the predictor of exits is trained. */
export interface PredictorRecipe {
  /** Units of each hidden layer. */
  readonly widths: readonly number[]
  readonly rate: number
  readonly epochs: number
  readonly batch: number
}

/** A fully connected layer with its gradients and Adam's two means. */
interface Layer {
  readonly inputs: number
  readonly outputs: number
  /** [outputs, inputs + 1]; the last column is the bias. */
  readonly weights: Float64Array
  readonly gradients: Float64Array
  readonly first: Float64Array
  readonly second: Float64Array
  readonly out: Float64Array
  readonly back: Float64Array
}

/** A ReLU perceptron from one number to several, as EdgeBERT's exit predictor (Sec. 5.1). */
export class Perceptron {
  private readonly layers: readonly Layer[]
  private readonly powers: [number, number] = [1, 1]

  /**
   * @param sizes inputs, units of the hidden layers, outputs
   * @param rng where the first weights come from (He et al., ICCV 2015)
   */
  constructor(sizes: readonly number[], rng: Rng) {
    this.layers = sizes.slice(1).map((outputs, i) => {
      const inputs = sizes[i] as number
      const size = outputs * (inputs + 1)
      const weights = new Float64Array(size)
      const deviation = Math.sqrt(2 / inputs)
      for (let w = 0; w < size; w++) {
        if (w % (inputs + 1) !== inputs) weights[w] = deviation * normalSample(rng)
      }
      const zeros = () => new Float64Array(size)
      return {
        ...{ inputs, outputs, weights, gradients: zeros(), first: zeros(), second: zeros() },
        ...{ out: new Float64Array(outputs), back: new Float64Array(inputs) },
      }
    })
  }

  /** Outputs for an input; overwritten by the next call. */
  forward(input: ArrayLike<number>): Float64Array {
    let x = input
    for (const [index, { inputs, outputs, weights, out }] of this.layers.entries()) {
      const last = index === this.layers.length - 1
      for (let o = 0; o < outputs; o++) {
        const row = o * (inputs + 1)
        let sum = weights[row + inputs] as number
        for (let i = 0; i < inputs; i++) sum += (weights[row + i] as number) * (x[i] as number)
        out[o] = last || sum > 0 ? sum : 0
      }
      x = out
    }
    return x as Float64Array
  }

  /**
   * Adds the gradients of the mean squared error of one example, and returns that error.
   *
   * @param share what it counts in the sum
   */
  learn(input: ArrayLike<number>, target: ArrayLike<number>, share = 1): number {
    const out = this.forward(input)
    let error = 0
    let gradient: Float64Array = new Float64Array(out.length)
    for (let o = 0; o < out.length; o++) {
      const difference = (out[o] as number) - (target[o] as number)
      error += (difference * difference) / out.length
      gradient[o] = (2 * share * difference) / out.length
    }
    for (let index = this.layers.length - 1; index >= 0; index--) {
      const { inputs, outputs, weights, gradients, back } = this.layers[index] as Layer
      const x = index === 0 ? input : (this.layers[index - 1] as Layer).out
      back.fill(0)
      for (let o = 0; o < outputs; o++) {
        const row = o * (inputs + 1)
        const own = gradient[o] as number
        if (own === 0) continue
        for (let i = 0; i < inputs; i++) {
          gradients[row + i] = (gradients[row + i] as number) + own * (x[i] as number)
          back[i] = (back[i] as number) + own * (weights[row + i] as number)
        }
        gradients[row + inputs] = (gradients[row + inputs] as number) + own
      }
      // Behind a ReLU that is closed nothing changes.
      if (index > 0) for (let i = 0; i < inputs; i++) if (!((x[i] as number) > 0)) back[i] = 0
      gradient = back
    }
    return error
  }

  /** Gradients of all weights since the last step, layer after layer. */
  get gradients(): number[] {
    return this.layers.flatMap(({ gradients }) => Array.from(gradients))
  }

  /** All weights, layer after layer; a weight may be changed in place. */
  get weights(): readonly Float64Array[] {
    return this.layers.map(({ weights }) => weights)
  }

  /** Moves the weights against their gradients (Adam), which it forgets. */
  step(rate: number): void {
    const { powers } = this
    powers[0] *= BETA_1
    powers[1] *= BETA_2
    const correction = (rate * Math.sqrt(1 - powers[1])) / (1 - powers[0])
    for (const { weights, gradients, first, second } of this.layers) {
      for (let w = 0; w < weights.length; w++) {
        const gradient = gradients[w] as number
        const mean = BETA_1 * (first[w] as number) + (1 - BETA_1) * gradient
        const square = BETA_2 * (second[w] as number) + (1 - BETA_2) * gradient * gradient
        first[w] = mean
        second[w] = square
        weights[w] = (weights[w] as number) - (correction * mean) / (Math.sqrt(square) + EPSILON)
        gradients[w] = 0
      }
    }
  }
}

/**
 * Trains a predictor of the entropies after layers 2 to the last but one, from that after layer 1.
 *
 * @param sentences entropies of sentences, in nat, all of the same number of layers
 */
export function trainPredictor(
  sentences: readonly EntropyRow[],
  { widths, rate, epochs, batch }: PredictorRecipe,
  rng: Rng,
): Perceptron {
  const layers = (sentences[0] as EntropyRow).entropies.length
  const network = new Perceptron([1, ...widths, layers - 2], rng)
  const order = Int32Array.from({ length: sentences.length }, (_, i) => i)
  const steps = epochs * Math.ceil(sentences.length / batch)
  let step = 0
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, rng)
    for (let from = 0; from < order.length; from += batch) {
      const own = order.subarray(from, Math.min(order.length, from + batch))
      for (const index of own) {
        const { entropies } = sentences[index] as EntropyRow
        network.learn(entropies.slice(0, 1), entropies.slice(1, layers - 1), 1 / own.length)
      }
      network.step(rate * (1 - step / steps))
      step++
    }
  }
  return network
}

/**
 * Distils a predictor into a table, a row for each step of the first entropy (EdgeBERT Sec. 5.1).
 *
 * @param options.most largest first entropy, nat: the logarithm of the number of classes
 * @param options.stepNat distance of the rows
 */
export function lookupOf(
  network: Perceptron,
  { layers, most, stepNat }: { readonly layers: number; readonly most: number; readonly stepNat: number },
): ExitLookup {
  const rows = Array.from({ length: Math.round(most / stepNat) + 1 }, (_, i) => {
    const first = i * stepNat
    return { first, expected: Array.from(network.forward([first]), (entropy) => Math.max(0, entropy)) }
  })
  return { layers, rows }
}

import { type Rng, shuffle } from '../../numeric/mod.ts'
import type { Network } from './network.ts'
import type { Optimiser } from './optimiser.ts'
import type { ScoreMode } from './score-weights.ts'

/** Means over the questions of an epoch. */
export interface EpochSummary {
  /** Cross entropy, nat. */
  readonly loss: number
  readonly accuracy: number
  /** Surrogate share of kept scores; 0 unless scores are pruned. */
  readonly keptShare: number
}

/**
 * One pass over questions in random order, a step after each batch.
 *
 * @param order question numbers; shuffled in place
 * @param batch questions of a step; their gradients are added
 * @param timeNoise chance of an empty slot before each statement, which makes all older ones look older
 */
export function trainEpoch(
  network: Network,
  order: Int32Array,
  {
    mode,
    optimiser,
    batch,
    timeNoise,
    rng,
  }: {
    readonly mode: ScoreMode
    readonly optimiser: Optimiser
    readonly batch: number
    readonly timeNoise: number
    readonly rng: Rng
  },
): EpochSummary {
  shuffle(order, rng)
  let [loss, right, kept] = [0, 0, 0]
  for (let from = 0; from < order.length; from += batch) {
    const to = Math.min(from + batch, order.length)
    network.embed(order, from, to)
    network.clearGradients(order, from, to)
    for (let i = from; i < to; i++) {
      const q = order[i] as number
      if (timeNoise > 0) drawAges(network, network.statements(q), timeNoise, rng)
      loss += network.forward(q, mode)
      kept += network.keptShare
      if (network.answer() === network.rightAnswer(q)) right++
      network.backward(q, mode)
    }
    network.collectGradients(order, from, to)
    optimiser.step()
  }
  if (timeNoise > 0) drawAges(network, network.shape.slots, 0, rng)
  return { loss: loss / order.length, accuracy: right / order.length, keptShare: kept / order.length }
}

function drawAges(network: Network, count: number, timeNoise: number, rng: Rng): void {
  for (let i = 0, age = 0; i < count; i++, age++) {
    if (timeNoise > 0 && rng.next() < timeNoise) age++
    network.setAge(i, age)
  }
}

/** Asks questions without learning from them. */
export function evaluate(network: Network, order: Int32Array, mode: ScoreMode): EpochSummary {
  network.embed(order, 0, order.length)
  let [loss, right, kept] = [0, 0, 0]
  for (const q of order) {
    loss += network.forward(q, mode)
    kept += network.keptShare
    if (network.answer() === network.rightAnswer(q)) right++
  }
  return { loss: loss / order.length, accuracy: right / order.length, keptShare: kept / order.length }
}

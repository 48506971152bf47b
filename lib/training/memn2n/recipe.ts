import { forkRng, normalSample, type Rng } from '../../numeric/mod.ts'
import type { BabiQuestion } from '../babi/mod.ts'
import type { SoftThreshold } from '../soft-threshold.ts'
import type { NetworkShape } from './blocks.ts'
import { encodeCorpus, vocabularyOf } from './corpus.ts'
import { evaluate, trainEpoch } from './epoch.ts'
import { Network } from './network.ts'
import { Adam, ClippedSgd } from './optimiser.ts'
import { type Magnitudes, magnitudesOf } from './quantised.ts'
import type { ScoreMode } from './score-weights.ts'

/** How a network is trained before pruning. */
export interface BaseRecipe extends Omit<NetworkShape, 'vocabulary'> {
  /** Standard deviation of the first weights. */
  readonly deviation: number
  /** Questions of a step. */
  readonly batch: number
  /** Largest norm of a table's gradient. */
  readonly clip: number
  readonly timeNoise: number
  /** Epochs without softmax, and their learning rate. */
  readonly linearEpochs: number
  readonly linearRate: number
  /** Epochs with softmax, and their learning rate, which is halved `halvings` times on the way. */
  readonly epochs: number
  readonly rate: number
  readonly halvings: number
}

/** How thresholds are learned on top (LeOPArd Sec. 3.1). */
export interface PruningRecipe {
  readonly epochs: number
  readonly batch: number
  readonly weightRate: number
  readonly thresholdRate: number
  readonly constants: SoftThreshold
  /** Stands for nothing in the softmax, see {@link ScoreMode}. */
  readonly rest?: number
}

/** One epoch of learning thresholds. */
export interface PruningEpoch {
  /** Cross entropy, nat, and accuracy under the soft threshold. */
  readonly loss: number
  readonly accuracy: number
  /** Share of scores the surrogate counts as kept. */
  readonly keptShare: number
  readonly thresholds: readonly number[]
}

/** A network's numbers at one moment. */
export interface Snapshot {
  readonly values: Float32Array
  readonly thresholds: Float64Array
}

/** Copies a network's parameters and thresholds. */
export function snapshot(network: Network): Snapshot {
  return { values: Float32Array.from(network.values), thresholds: Float64Array.from(network.thresholds) }
}

/** Sets a network's parameters and thresholds. */
export function restore(network: Network, { values, thresholds }: Snapshot): void {
  network.values.set(values)
  network.thresholds.set(thresholds)
}

/**
 * Trains a network from scratch by gradient descent with linear start.
 *
 * @param order the questions it learns from; shuffled
 */
export function trainBase(network: Network, order: Int32Array, recipe: BaseRecipe & { readonly rng: Rng }): void {
  const { deviation, batch, clip, timeNoise, linearEpochs, linearRate, epochs, rate, halvings, rng } = recipe
  const { values } = network
  for (let i = 0; i < values.length; i++) values[i] = deviation * normalSample(rng)
  network.thresholds.fill(0)
  const optimiser = new ClippedSgd(network, { rate: linearRate, clip })
  for (let epoch = 0; epoch < linearEpochs; epoch++) {
    trainEpoch(network, order, { mode: { kind: 'linear' }, optimiser, batch, timeNoise, rng })
  }
  optimiser.rate = rate
  for (let epoch = 0, halved = 0; epoch < epochs; epoch++) {
    for (; halved < Math.floor((epoch * (halvings + 1)) / epochs); halved++) optimiser.rate /= 2
    trainEpoch(network, order, { mode: { kind: 'softmax' }, optimiser, batch, timeNoise, rng })
  }
}

/**
 * Learns one threshold per hop together with the weights: soft threshold, surrogate L0, thresholds from 0, Adam.
 *
 * @param order the questions it learns from; shuffled
 * @param pressure weight of the share of kept scores in the loss (lambda of Eq. 7a, per score of a question)
 * @param options.after called after each epoch
 * @returns what each epoch did
 */
export function learnThresholds(
  network: Network,
  order: Int32Array,
  options: {
    readonly recipe: PruningRecipe
    readonly pressure: number
    readonly rng: Rng
    readonly after?: (epoch: number) => void
  },
): PruningEpoch[] {
  const { recipe, pressure, rng, after } = options
  const { epochs, batch, weightRate, thresholdRate, constants, rest } = recipe
  network.thresholds.fill(0)
  const optimiser = new Adam(network, { rate: weightRate, thresholdRate })
  const mode: ScoreMode = { kind: 'soft-pruned', constants, weight: pressure, ...(rest === undefined ? {} : { rest }) }
  return Array.from({ length: epochs }, (_, epoch) => {
    const summary = trainEpoch(network, order, { mode, optimiser, batch, timeNoise: 0, rng })
    after?.(epoch)
    return { ...summary, thresholds: [...network.thresholds] }
  })
}

/** A task's networks, before and after thresholds are learned. */
export interface TrainedNetworks {
  readonly shape: NetworkShape
  readonly vocabulary: readonly string[]
  readonly base: Snapshot
  readonly pruned: Snapshot
  /** Largest magnitudes of both on the questions held back, for integer ranges. */
  readonly baseMagnitudes: Magnitudes
  readonly prunedMagnitudes: Magnitudes
  /** The pressure that was chosen, and after how many epochs. */
  readonly pressure: number
  readonly pruningEpochs: number
}

/**
 * Trains a task and learns its thresholds at several pressures. Of the networks after each epoch the one is taken that
 * prunes most among those that lose no more accuracy than allowed on questions held back; where none is, the most
 * accurate.
 *
 * @param questions the last `heldBack` of them are not trained on
 * @param options.tolerance accuracy it may cost, as a share
 */
export function trainTask(
  questions: readonly BabiQuestion[],
  options: {
    readonly base: BaseRecipe
    readonly pruning: PruningRecipe
    readonly heldBack: number
    readonly pressures: readonly number[]
    readonly tolerance: number
    readonly rng: Rng
  },
): TrainedNetworks {
  const { base: recipe, pruning, heldBack, pressures, tolerance, rng } = options
  const { width, hops, slots } = recipe
  if (!(heldBack >= 1 && heldBack < questions.length)) {
    throw new RangeError(
      `Cannot train a task: questions held back must be from 1 to ${questions.length - 1}, got ${heldBack}`,
    )
  }
  const vocabulary = vocabularyOf(questions)
  const shape = { vocabulary: vocabulary.length, width, hops, slots }
  const network = new Network(shape, encodeCorpus(questions, { slots, vocabulary }))
  const train = Int32Array.from({ length: questions.length - heldBack }, (_, i) => i)
  const held = Int32Array.from({ length: heldBack }, (_, i) => questions.length - heldBack + i)
  trainBase(network, train, { ...recipe, rng: forkRng(rng) })
  const base = snapshot(network)
  const baseMagnitudes = magnitudesOf(network, held, false)
  const needed = evaluate(network, held, { kind: 'softmax' }).accuracy - tolerance
  let best: Candidate | undefined
  for (const pressure of pressures) {
    restore(network, base)
    const after = (epoch: number) => {
      const { accuracy, keptShare } = evaluate(network, held, { kind: 'pruned' })
      const candidate = { accuracy: Math.min(accuracy, needed), keptShare, pressure, pruningEpochs: epoch + 1 }
      if (!best || isBetter(candidate, best)) best = { ...candidate, pruned: snapshot(network) }
    }
    learnThresholds(network, train, { recipe: pruning, pressure, rng: forkRng(rng), after })
  }
  if (!best) throw new RangeError('Cannot train a task: there must be a pressure and an epoch of pruning, got none')
  const { pruned, pressure, pruningEpochs } = best
  restore(network, pruned)
  const prunedMagnitudes = magnitudesOf(network, held, true)
  return { shape, vocabulary, base, pruned, baseMagnitudes, prunedMagnitudes, pressure, pruningEpochs }
}

/** A pruned network on the questions held back; accuracy beyond what is needed does not count. */
interface Candidate {
  readonly accuracy: number
  readonly keptShare: number
  readonly pressure: number
  readonly pruningEpochs: number
  readonly pruned: Snapshot
}

function isBetter(a: Omit<Candidate, 'pruned'>, b: Candidate): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.keptShare < b.keptShare)
}

import { type Rng, shuffle } from '../../numeric/mod.ts'
import { gather, type Sentences } from './batch.ts'
import type { Encoder, Objective, PassOptions } from './encoder.ts'
import { largestOf } from './head.ts'
import type { EncoderAdam } from './optimiser.ts'

/** How the learning rate runs: up to the full rate over the first steps, then down towards 0, in even steps. */
export interface Schedule {
  readonly rate: number
  /** Share of the steps on which it rises. */
  readonly warmup: number
}

/** The learning rate of a step, counted from 0. */
export function rateAt(step: number, steps: number, { rate, warmup }: Schedule): number {
  const rising = Math.max(1, Math.round(warmup * steps))
  return step < rising ? (rate * (step + 1)) / rising : (rate * (steps - step)) / Math.max(1, steps - rising)
}

/** What training saw: means over the steps. */
export interface TrainingSummary {
  readonly steps: number
  /** Cross entropy, nat. */
  readonly loss: number
  readonly accuracy: number
  readonly keptShare: number
}

/**
 * Trains an encoder on inputs in random batches.
 *
 * @param options.objective what is learned from a batch, or how to find it from batch and step
 * @param options.before called with the step before its gradients are taken, and `after` before the optimiser moves
 */
export function trainEncoder(
  encoder: Encoder,
  sentences: Sentences,
  options: {
    readonly optimiser: EncoderAdam
    readonly schedule: Schedule
    readonly epochs: number
    readonly batch: number
    readonly rng: Rng
    readonly objective?: Objective | ((batch: Sentences, step: number) => Objective)
    readonly before?: (step: number, steps: number) => void
    readonly between?: (step: number, steps: number) => void
    readonly after?: (step: number, steps: number) => void
  },
): TrainingSummary {
  const { optimiser, schedule, epochs, batch, rng, objective = {}, before, between, after } = options
  checkSome('train', sentences)
  const perEpoch = Math.ceil(sentences.count / batch)
  const steps = Math.round(epochs * perEpoch)
  const order = Int32Array.from({ length: sentences.count }, (_, i) => i)
  let [loss, accuracy, kept] = [0, 0, 0]
  for (let step = 0; step < steps; step++) {
    const at = step % perEpoch
    if (at === 0) shuffle(order, rng)
    before?.(step, steps)
    const own = gather(sentences, order.subarray(at * batch, Math.min(sentences.count, (at + 1) * batch)))
    const seen = encoder.learn(own, typeof objective === 'function' ? objective(own, step) : objective)
    between?.(step, steps)
    optimiser.step(rateAt(step, steps, schedule))
    after?.(step, steps)
    loss += seen.loss
    accuracy += seen.accuracy
    kept += seen.keptShare
  }
  return { steps, loss: loss / steps, accuracy: accuracy / steps, keptShare: kept / steps }
}

/** What the classifiers say of inputs. */
export interface Judgement {
  /** Logits by layer asked for: [inputs, classes]. */
  readonly logits: readonly Float32Array[]
  /** Share of inputs each gets right. */
  readonly accuracies: readonly number[]
  /** Share of attention scores that were kept. */
  readonly keptShare: number
}

/**
 * Runs inputs through an encoder, in batches.
 *
 * @param options.ramps layers whose classifiers are asked @default the last
 */
export function judgeSentences(
  encoder: Encoder,
  sentences: Sentences,
  options: PassOptions & { readonly ramps?: readonly number[] } = {},
): Judgement {
  checkSome('judge', sentences)
  const { shape, capacity } = encoder
  const { ramps = [shape.layers - 1], ...pass } = options
  const logits = ramps.map(() => new Float32Array(sentences.count * shape.classes))
  let [kept, scored] = [0, 0]
  for (let from = 0; from < sentences.count; from += capacity.sentences) {
    const to = Math.min(sentences.count, from + capacity.sentences)
    const batch = gather(
      sentences,
      Int32Array.from({ length: to - from }, (_, i) => from + i),
    )
    encoder.forward(batch, pass)
    kept += encoder.kept
    scored += encoder.scored
    for (const [i, layer] of ramps.entries()) logits[i]?.set(encoder.classify(batch, layer), from * shape.classes)
  }
  return {
    logits,
    accuracies: logits.map((own) => accuracyOf(own, sentences)),
    keptShare: kept / scored,
  }
}

function checkSome(action: string, { count }: Sentences): void {
  if (count === 0) throw new RangeError(`Cannot ${action}: there must be sentences, got none`)
}

/** Share of inputs whose largest logit is their label's. */
export function accuracyOf(logits: Float32Array, { labels, count }: Sentences): number {
  const classes = logits.length / count
  let right = 0
  for (let i = 0; i < count; i++) if (largestOf(logits, i * classes, classes) === labels[i]) right++
  return right / count
}

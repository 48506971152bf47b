import { createRng, forkRng, type Rng } from '../../../lib/numeric/mod.ts'
import {
  capacityFor,
  type EncodedSentences,
  Encoder,
  EncoderAdam,
  type EncoderShape,
  encodeExamples,
  generateSentences,
  initialise,
  judgeSentences,
  layerMatrices,
  Pruner,
  sparsityAt,
  type Tensor,
  trainEncoder,
  VOCABULARY,
} from '../../../lib/training/mod.ts'
import { EXIT_SHAPE, EXIT_TRAINING } from './exits-constants.ts'

/** Share of the steps on which a learning rate rises. */
const WARMUP = 0.1
/** Longest sentence with its [CLS], and some room. */
const POSITIONS = 32
/** A network is begun so often at most. */
const MOST_ATTEMPTS = 4
/** Seed of the sentences that all seeds of networks are judged on. */
const JUDGED_SEED = 99

/** Sentences of a part of the sentiment task, the same for every network. */
export function judgedSentences(part: 'dev' | 'test', count: number): EncodedSentences {
  return encodeExamples(generateSentences('sentiment', { part, count, rng: createRng(JUDGED_SEED) }))
}

/** What a seed learns from. */
export interface ExitData {
  readonly easy: EncodedSentences
  readonly warm: EncodedSentences
  readonly tune: EncodedSentences
  readonly dev: EncodedSentences
}

/** Draws it. */
export function drawExitData(rng: Rng): ExitData {
  const { easySentences, easyLevels, warmSentences, tuneSentences, devSentences } = EXIT_TRAINING
  const draw = (count: number, levels?: readonly number[]) =>
    encodeExamples(
      generateSentences('sentiment', { part: 'train', count, rng: forkRng(rng), ...(levels ? { levels } : {}) }),
    )
  return {
    easy: draw(easySentences, easyLevels),
    warm: draw(warmSentences),
    tune: draw(tuneSentences),
    dev: judgedSentences('dev', devSentences),
  }
}

const shapeOf = (layers: number): EncoderShape => ({
  ...EXIT_SHAPE,
  ...{ layers, vocabulary: VOCABULARY.length, positions: POSITIONS, shared: true, classes: 2, offRamps: true },
})

const encoderFor = (layers: number, { easy, warm, tune, dev }: ExitData): Encoder =>
  new Encoder(shapeOf(layers), capacityFor([easy, warm, tune, dev], 64))

/** Copies the tensors that two encoders have in common, but the thresholds, of which there is one a layer. */
function copyShared(from: Encoder, to: Encoder): void {
  for (const tensor of from.tensors.all) {
    const target = to.tensors.all.find(({ name }) => name === tensor.name)
    if (target && tensor.name !== 'thresholds') to.view(target).set(from.view(tensor))
  }
}

/** A fresh encoder of all layers with the weights of another. */
export function copyOf(encoder: Encoder, data: ExitData): Encoder {
  const copy = encoderFor(EXIT_SHAPE.layers, data)
  copyShared(encoder, copy)
  return copy
}

/** Learns the task with the layer used fewer times: from easy sentences first, with losses after every use. */
function learnTask(data: ExitData, rng: Rng): Encoder {
  const { batch, easyEpochs, warmLayers, warmEpochs, warmRate, warmRampWeight, residual } = EXIT_TRAINING
  const small = encoderFor(warmLayers, data)
  const span = small.capacity.longest - 1
  initialise(small, forkRng(rng), { words: 1, positions: 1, residual, adapters: 0, span })
  const factorOf = ({ name }: Tensor) => (name === 'thresholds' || name.endsWith('.spans') ? 0 : 1)
  const optimiser = new EncoderAdam(small, { factorOf })
  const rampWeights = Array.from({ length: warmLayers }, (_, i) => (i === warmLayers - 1 ? 1 : warmRampWeight))
  const objective = { rampWeights, frozen: optimiser.frozen }
  const schedule = { rate: warmRate, warmup: WARMUP }
  const training = { optimiser, schedule, batch, rng: forkRng(rng), objective }
  trainEncoder(small, data.easy, { ...training, epochs: easyEpochs })
  trainEncoder(small, data.warm, { ...training, epochs: warmEpochs })
  return small
}

/** Uses the layer as often as it will be; the last classifier moves to the end. */
function unroll(small: Encoder, data: ExitData): Encoder {
  const whole = copyOf(small, data)
  const [from, to] = [small.tensors.ramps.at(-1), whole.tensors.ramps.at(-1)]
  if (from && to) {
    whole.view(to.weights).set(small.view(from.weights))
    whole.view(to.bias).set(small.view(from.bias))
  }
  return whole
}

/** A network that knows the task, and how often one was begun. */
export interface WarmStart {
  readonly encoder: Encoder
  readonly attempts: number
  /** Share of the dev sentences that it gets right with the layer used fewer times. */
  readonly devAccuracy: number
}

/**
 * A network that knows the task, with whole spans and no zeros: in place of ALBERT. One that stays near chance, as some
 * first weights do, is begun anew.
 */
export function warmStart(data: ExitData, rng: Rng): WarmStart {
  for (let attempts = 1; ; attempts++) {
    const small = learnTask(data, rng)
    const devAccuracy = accuracyOn(small, data.dev)
    if (devAccuracy >= EXIT_TRAINING.warmAccuracy || attempts === MOST_ATTEMPTS) {
      return { encoder: unroll(small, data), attempts, devAccuracy }
    }
  }
}

/**
 * Phase 1 (EdgeBERT Sec. 6.1): the backbone and the last classifier, while spans shrink under a pressure and the smallest
 * weights of the word embeddings and of the layer become 0.
 */
export function tuneBackbone(
  encoder: Encoder,
  data: ExitData,
  { rng, pressure }: { rng: Rng; pressure: number },
): void {
  const { batch, tuneRate, spanFactor, embeddingSparsity, encoderSparsity, prunedAt } = EXIT_TRAINING
  const factorOf = ({ name }: Tensor) => {
    if (name === 'thresholds') return 0
    if (name.endsWith('.spans')) return pressure > 0 ? spanFactor : 0
    return 1
  }
  const optimiser = new EncoderAdam(encoder, { factorOf })
  const words = new Pruner(encoder, [encoder.tensors.words], { method: 'magnitude' })
  const layer = new Pruner(encoder, layerMatrices(encoder.tensors), { method: 'magnitude' })
  const pruners = [
    [words, embeddingSparsity],
    [layer, encoderSparsity],
  ] as const
  trainEncoder(encoder, data.tune, {
    ...{ optimiser, batch, rng, epochs: 1 },
    schedule: { rate: tuneRate, warmup: WARMUP },
    objective: { frozen: optimiser.frozen, ...(pressure > 0 ? { spanPressure: pressure } : {}) },
    before: (step, steps) => {
      for (const [pruner, sparsity] of pruners)
        pruner.prune(sparsityAt(step, steps, { sparsity, from: 0, to: prunedAt }))
    },
    between: () => {
      for (const [pruner] of pruners) pruner.between()
    },
    after: () => {
      for (const [pruner] of pruners) pruner.after()
    },
  })
}

/** Phase 2 (EdgeBERT Sec. 6.1): the off-ramps before the last, all else frozen. */
export function tuneRamps(encoder: Encoder, data: ExitData, rng: Rng): void {
  const { batch, rampRate, rampEpochs } = EXIT_TRAINING
  const { layers } = EXIT_SHAPE
  const last = `ramp${layers - 1}`
  const factorOf = ({ name }: Tensor) => (name.startsWith('ramp') && !name.startsWith(last) ? 1 : 0)
  const optimiser = new EncoderAdam(encoder, { factorOf, clip: Number.POSITIVE_INFINITY })
  trainEncoder(encoder, data.tune, {
    ...{ optimiser, batch, rng, epochs: rampEpochs },
    schedule: { rate: rampRate, warmup: WARMUP },
    objective: {
      rampWeights: Array.from({ length: layers }, (_, i) => (i === layers - 1 ? 0 : 1)),
      detached: true,
      frozen: optimiser.frozen,
    },
  })
}

/** Spans of the heads as numbers, tokens. */
export function spansOf(encoder: Encoder): number[] {
  const { spans } = encoder.tensors.blocks[0] as (typeof encoder.tensors.blocks)[0]
  return spans ? Array.from(encoder.view(spans)) : []
}

/** Share of sentences that the last classifier gets right. */
export function accuracyOn(encoder: Encoder, sentences: EncodedSentences): number {
  return judgeSentences(encoder, sentences).accuracies[0] as number
}

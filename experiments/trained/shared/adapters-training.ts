import { createRng, forkRng, type Rng } from '../../../lib/numeric/mod.ts'
import {
  type Capacity,
  capacityFor,
  DATA_VERSION,
  type EncodedSentences,
  Encoder,
  EncoderAdam,
  encodeExamples,
  generateSentences,
  initialise,
  initialiseTask,
  judgeSentences,
  layerMatrices,
  type Part,
  Pruner,
  packEncoder,
  type Sentences,
  type SentenceTask,
  type StoredEncoder,
  sparsityAt,
  trainEncoder,
  unpackEncoder,
} from '../../../lib/training/mod.ts'
import {
  ADAPTED,
  BACKBONE_SHAPE,
  EMBEDDING_TABLES,
  isAdapted,
  isEmbedding,
  isTaskOwn,
  LEVELS,
  PRETRAINING_TASK,
  type PrunedPart,
  TASKS,
} from './adapters-constants.ts'
import { TEST_COUNT } from './test-sentences.ts'

/** Inputs of a pass. */
const BATCH = 32
/** Seed of the test part, the same for all networks. */
const TEST_SEED = 1
const INITIAL = {
  words: ADAPTED.words.value,
  positions: ADAPTED.firstPositions.value,
  residual: ADAPTED.residual.value,
  adapters: ADAPTED.adapterDeviation.value,
}

/** Examples of a part of a task, of the levels these networks learn. */
export function adaptedExamples(
  task: SentenceTask,
  part: Part,
  { count, rng }: { readonly count: number; readonly rng: Rng },
) {
  return generateSentences(task, { part, count, rng, levels: LEVELS[task] })
}

/** The test part of a task, the same for all networks. */
export function adaptedTest(task: SentenceTask, count: number = TEST_COUNT): EncodedSentences {
  return encodeExamples(adaptedExamples(task, 'test', { count, rng: createRng(TEST_SEED) }))
}

/** What a seed learns from and is judged on. */
export interface AdaptedData {
  readonly pretraining: Sentences
  readonly train: Readonly<Record<SentenceTask, Sentences>>
  readonly dev: Readonly<Record<SentenceTask, Sentences>>
  readonly test: Readonly<Record<SentenceTask, Sentences>>
  readonly capacity: Capacity
}

/** Makes the data of a seed; pre-training sees none of the examples of the tasks. */
export function adaptedData(seed: number): AdaptedData {
  const rng = createRng(seed)
  const byTask = (make: (task: SentenceTask) => Sentences) =>
    Object.fromEntries(TASKS.map((task) => [task, make(task)])) as Record<SentenceTask, Sentences>
  const drawn = (task: SentenceTask, part: Part, count: number) =>
    adaptedExamples(task, part, { count, rng: forkRng(rng) })
  const { pretrainingExamples, examples } = ADAPTED
  const count = pretrainingExamples.value + examples.value
  const seen = drawn(PRETRAINING_TASK, 'train', count)
  const pretraining = encodeExamples(seen.slice(examples.value))
  const train = byTask((task) =>
    encodeExamples(task === PRETRAINING_TASK ? seen.slice(0, examples.value) : drawn(task, 'train', examples.value)),
  )
  const dev = byTask((task) => encodeExamples(drawn(task, 'dev', ADAPTED.judged.value)))
  const test = byTask((task) => adaptedTest(task))
  const all = [pretraining, ...[train, dev, test].flatMap((own) => Object.values(own))]
  return { pretraining, train, dev, test, capacity: capacityFor(all, BATCH) }
}

/** The same data with other, and other many, examples to train one task on. */
export function withExamples(
  data: AdaptedData,
  task: SentenceTask,
  { count, seed }: { readonly count: number; readonly seed: number },
): AdaptedData {
  const own = encodeExamples(adaptedExamples(task, 'train', { count, rng: createRng(seed) }))
  const train = { ...data.train, [task]: own }
  return { ...data, train, capacity: capacityFor([own, data.dev[task], data.test[task]], BATCH) }
}

/** A backbone with its first weights. */
export function randomBackbone(seed: number, { capacity }: AdaptedData): Encoder {
  const encoder = new Encoder(BACKBONE_SHAPE, capacity)
  initialise(encoder, createRng(seed), INITIAL)
  return encoder
}

/** Learns the task of pre-training, from sentences that no task is trained on. */
export function pretrain(encoder: Encoder, data: AdaptedData, rng: Rng): void {
  trainEncoder(encoder, data.pretraining, {
    optimiser: new EncoderAdam(encoder),
    schedule: { rate: ADAPTED.pretrainingRate.value, warmup: ADAPTED.warmup.value },
    epochs: ADAPTED.pretrainingEpochs.value,
    batch: ADAPTED.pretrainingBatch.value,
    rng,
  })
}

/** What learns: everything; all but the embedding; or what belongs to a task. */
export type Learning = 'all' | 'layers' | 'adapters'

/** Matrices that pruning takes from. */
export function prunedTensors({ tensors }: Encoder, part: PrunedPart) {
  const embedding = tensors.all.filter(({ name }) => EMBEDDING_TABLES.includes(name))
  const layers = layerMatrices(tensors)
  return part === 'embd' ? embedding : part === 'tf' ? layers : [...embedding, ...layers]
}

/**
 * Trains a network on a task from a backbone.
 *
 * @param backbone what it starts from; adapters and classifier are new unless it is `asItIs`
 * @param options.size bottleneck of both adapters, none where absent
 * @param options.prune to which sparsity matrices are pruned meanwhile
 * @param options.keepZeros zeros of the layers' matrices stay, those that rounding to 8 bits made too
 */
export function adapt(
  backbone: Encoder,
  data: AdaptedData,
  options: {
    readonly task: SentenceTask
    readonly seed: number
    readonly learning: Learning
    readonly size?: number
    readonly asItIs?: boolean
    readonly epochs?: number
    readonly prune?: { readonly part: PrunedPart; readonly sparsity: number }
    readonly keepZeros?: boolean
  },
): Encoder {
  const { task, seed, learning, size, asItIs = false, prune, keepZeros = false } = options
  const adapters = size === undefined ? {} : { adapters: { attention: size, feedForward: size } }
  const encoder = new Encoder({ ...BACKBONE_SHAPE, ...adapters }, data.capacity)
  const rng = createRng(seed)
  initialise(encoder, forkRng(rng), INITIAL)
  for (const tensor of backbone.tensors.all.filter(({ name }) => asItIs || !isTaskOwn(name))) {
    const own = encoder.tensors.all.find(({ name }) => name === tensor.name)
    if (own) encoder.view(own).set(backbone.view(tensor))
  }
  const drawn = forkRng(rng)
  if (!asItIs) initialiseTask(encoder, drawn, INITIAL)
  const learns = ({ name }: { readonly name: string }) =>
    learning === 'adapters' ? isAdapted(name) : learning === 'layers' ? !isEmbedding(name) : true
  const optimiser = new EncoderAdam(encoder, {
    factorOf: (tensor) => (tensor.name !== 'thresholds' && learns(tensor) ? 1 : 0),
  })
  const pruner = prune && new Pruner(encoder, prunedTensors(encoder, prune.part), { method: 'magnitude' })
  const zeros = keepZeros ? zerosOf(encoder) : []
  trainEncoder(encoder, data.train[task], {
    optimiser,
    schedule: {
      rate: learning === 'adapters' ? ADAPTED.adapterRate.value : ADAPTED.fineTuningRate.value,
      warmup: ADAPTED.warmup.value,
    },
    epochs: options.epochs ?? ADAPTED.epochs.value,
    batch: ADAPTED.batch.value,
    rng: forkRng(rng),
    objective: { frozen: optimiser.frozen },
    before: (step, steps) =>
      pruner?.prune(sparsityAt(step, steps, { sparsity: prune?.sparsity ?? 0, from: 0, to: ADAPTED.pruningEnd.value })),
    between: () => {
      pruner?.between()
      for (const at of zeros) encoder.gradients[at] = 0
    },
    after: () => {
      pruner?.after()
      for (const at of zeros) encoder.values[at] = 0
    },
  })
  return encoder
}

/**
 * Where the layers' matrices hold zeros: those that pruning made, and those small weights that rounding to 8 bits made,
 * as a backbone is unpacked as it would be stored.
 */
function zerosOf(encoder: Encoder): number[] {
  return layerMatrices(encoder.tensors).flatMap(({ start, rows, columns }) =>
    Array.from({ length: rows * columns }, (_, i) => start + i).filter((at) => encoder.values[at] === 0),
  )
}

/** Packs a network, and unpacks it as it would be stored. */
export function asStored(
  encoder: Encoder,
  said: Pick<StoredEncoder, 'name' | 'seed' | 'command'> & {
    readonly base?: StoredEncoder
    readonly keep?: (name: string) => boolean
  },
): { readonly packed: StoredEncoder; readonly encoder: Encoder } {
  const { base, ...rest } = said
  const packed = packEncoder(encoder, {
    ...rest,
    data: `sentences ${DATA_VERSION}`,
    metrics: {},
    ...(base ? { base: base.name } : {}),
  })
  const networks = base ? [base, packed] : [packed]
  const { capacity } = encoder
  return {
    packed,
    encoder: unpackEncoder({ format: 'reprise-encoders 1', networks, records: {} }, packed, { capacity }),
  }
}

/** Accuracy of a network, in percent with one digit: that of a thousand examples. */
export function percentRight(encoder: Encoder, sentences: Sentences): number {
  return Math.round(1000 * (judgeSentences(encoder, sentences).accuracies[0] as number)) / 10
}

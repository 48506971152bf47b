import type { Quantity } from '../../../lib/numeric/mod.ts'
import { type EncoderShape, SENTENCE_TASKS, type SentenceTask, VOCABULARY } from '../../../lib/training/mod.ts'

const ours = (why: string, range: string): Quantity['source'] => ({ kind: 'assumed', why, range })
const paper = (where: string): Quantity['source'] => ({ kind: 'paper', where: `adapter-ALBERT ${where}` })

/** The small ALBERT, its pre-training, its adapters and its pruning. */
export const ADAPTED = {
  layers: {
    value: 3,
    unit: 'layer',
    source: ours('times the shared layer is used; twelve train too slowly', '2 to 12'),
  },
  hidden: { value: 32, unit: 'element', source: ours('what stays small when stored', '32 to 64') },
  heads: { value: 8, unit: 'head', source: ours('with four, adapters learn the first task late', '4 to 8') },
  embedding: { value: 16, unit: 'element', source: ours('half the width: ALBERT factorises, too', '8 to 24') },
  feedForward: { value: 48, unit: 'element', source: ours('what stays small when stored', '32 to 128') },
  positions: { value: 32, unit: 'token', source: ours('above the longest input', '32 to 64') },
  words: { value: 1, unit: '1', source: ours('standard deviation of the first word embeddings', '0.5 to 1') },
  firstPositions: {
    value: 0.3,
    unit: '1',
    source: ours('standard deviation of the first position embeddings; 1 hides the words for long', '0.1 to 0.5'),
  },
  residual: { value: 0.3, unit: '1', source: ours('post-LN layers of full scale stay at chance', '0.05 to 0.5') },
  pretrainingExamples: {
    value: 20_000,
    unit: 'sentence',
    source: ours(
      'sentiments with their classes, not those of the tasks; naming masked words instead, in 20 CPU seconds, left adapters at 51 to 61 % on pairs of sentences',
      '10000 to 50000',
    ),
  },
  pretrainingEpochs: { value: 3, unit: 'epoch', source: ours('two leave the second level near chance', '2 to 10') },
  pretrainingRate: { value: 7e-4, unit: '1', source: ours('from 2e-3 on all networks stay at chance', '3e-4 to 1e-3') },
  pretrainingBatch: { value: 16, unit: 'example', source: ours('as the other encoders', '8 to 32') },
  examples: {
    value: 4000,
    unit: 'example',
    source: ours('of a task; little, as most GLUE tasks have', '2000 to 20000'),
  },
  moreExamples: {
    value: 16_000,
    unit: 'example',
    source: ours('of a pair task, to see whether more of them help adapters', '8000 to 50000'),
  },
  epochs: {
    value: 2,
    unit: 'epoch',
    source: ours('what the training time allows; the paper takes 5 to 10', '2 to 10'),
  },
  batch: { value: 8, unit: 'example', source: ours('more steps of the few examples', '8 to 64') },
  warmup: { value: 0.1, unit: '1', source: ours('share of the steps, as BERT is fine-tuned', '0.05 to 0.2') },
  fineTuningRate: { value: 7e-4, unit: '1', source: ours('from 2e-3 on all networks stay at chance', '3e-4 to 1e-3') },
  adapterRate: { value: 3e-3, unit: '1', source: ours('few parameters want larger steps', '1e-3 to 5e-3') },
  adapterDeviation: { value: 0.05, unit: '1', source: ours('adapters begin near the identity', '0.01 to 0.1') },
  adapterSize: {
    value: 8,
    unit: 'element',
    source: ours('default bottleneck of both adapters; the paper has 64 of 768, less in proportion', '4 to 16'),
  },
  adapterSizes: {
    value: [4, 8, 16],
    unit: 'element',
    source: paper('Sec. III-B2: half, once and twice the default, there 32, 64 and 128'),
  },
  sparsities: {
    value: [0, 0.3, 0.5, 0.7, 0.9],
    unit: '1',
    source: paper('Sec. III-B1: up to 90 %; the steps are ours'),
  },
  pruningEnd: {
    value: 0.7,
    unit: '1',
    source: ours('share of the steps after which sparsity no longer rises', '0.5 to 0.8'),
  },
  pruningEpochs: { value: 1, unit: 'epoch', source: ours('of retraining while pruning', '1 to 10') },
  tolerance: {
    value: 1,
    unit: 'point',
    source: ours(
      'below the unpruned accuracy on the dev part; about one standard error. Where the lowest sparsity already loses more, it is taken all the same',
      '0.5 to 2',
    ),
  },
  judged: {
    value: 1000,
    unit: 'example',
    source: ours('of the dev part, to choose; test as for all networks', '1000 to 5000'),
  },
} as const satisfies Record<string, Quantity<number | readonly number[]>>

/** The same without lists, whose values tables show: for the record of sources. */
export const ADAPTED_CONSTANTS: Readonly<Record<string, Quantity<number>>> = (() => {
  const { adapterSizes: _, sparsities: __, ...single } = ADAPTED
  return single
})()

/** The tasks, in order. */
export const TASKS: readonly SentenceTask[] = SENTENCE_TASKS.map(({ task }) => task)

/**
 * Weights of the tasks' levels: one clause, and of sentiments half as many of the second level. What is beyond these
 * networks do not learn in the time they have.
 */
export const LEVELS: Readonly<Record<SentenceTask, readonly number[]>> = {
  sentiment: [2, 1, 0, 0],
  paraphrase: [1, 0, 0],
  entailment: [1, 0, 0],
}

/**
 * The task the backbone is pre-trained on: an in-kind substitute for the masked words of ALBERT's. The other two tasks
 * are new to it.
 */
export const PRETRAINING_TASK: SentenceTask = 'sentiment'

/** The task the backbone is retrained on while it is pruned, for MNLI in the paper (Sec. III-B1, Observation 1). */
export const PRUNING_TASK: SentenceTask = 'entailment'

/** What is pruned; as Fig. 3 calls it. */
export const PRUNED_PARTS = ['embd', 'tf', 'all'] as const
export type PrunedPart = (typeof PRUNED_PARTS)[number]

/** Backbones of Fig. 4. */
export const BACKBONES = ['unpruned', 'CSP-embd', 'CSP-tf', 'CSP-all'] as const
export type Backbone = (typeof BACKBONES)[number]

/** Shape of the backbone; adapters are added to it. */
export const BACKBONE_SHAPE: EncoderShape = {
  vocabulary: VOCABULARY.length,
  positions: ADAPTED.positions.value,
  embedding: ADAPTED.embedding.value,
  hidden: ADAPTED.hidden.value,
  heads: ADAPTED.heads.value,
  feedForward: ADAPTED.feedForward.value,
  layers: ADAPTED.layers.value,
  shared: true,
  classes: 2,
  offRamps: false,
}

/** Whether a tensor learns where a task is adapted (Sec. II-A): adapters, norms of the layers, classifier. */
export const isAdapted = (name: string): boolean => /^ramp|Adapter\.|\.(gain|bias)\d$/.test(name)

/** Whether a tensor is only there for a task: an adapter or the classifier. */
export const isTaskOwn = (name: string): boolean => /^ramp|Adapter\./.test(name)

/** Whether a tensor belongs to the embedding, which Fig. 4 leaves as it is. */
export const isEmbedding = (name: string): boolean => /^(words|positions|segments|embedding|projection)/.test(name)

/** Tables of the embedding, which pruning takes from. */
export const EMBEDDING_TABLES: readonly string[] = ['words', 'positions', 'segments']

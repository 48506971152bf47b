import type { Param } from '../../../lib/harness/mod.ts'
import type { Quantity } from '../../../lib/numeric/mod.ts'

const ASSUMED = (why: string, range: string) => ({ kind: 'assumed', why, range }) as const
const EDGEBERT = (where: string) => ({ kind: 'paper', where: `EdgeBERT ${where}` }) as const

/** The network that learns when to exit: an ALBERT in small. */
export const EXIT_SHAPE_PARAMS = {
  layers: {
    type: 'integer',
    value: 12,
    unit: 'layer',
    source: EDGEBERT('Sec. 2.2: ALBERT uses one layer twelve times'),
    description: 'times the shared layer is used',
  },
  hidden: {
    type: 'integer',
    value: 32,
    unit: 'element',
    source: ASSUMED('a network that trains in two minutes', '32 to 48'),
    description: 'model dimension',
  },
  heads: {
    type: 'integer',
    value: 8,
    unit: 'head',
    source: ASSUMED('twelve heads, as ALBERT has, would be too narrow', '4 to 12'),
    description: 'attention heads',
  },
  feedForward: {
    type: 'integer',
    value: 64,
    unit: 'element',
    source: ASSUMED('twice the model dimension is enough for this task', '64 to 128'),
    description: 'inner width of the feed-forward network',
  },
  embedding: {
    type: 'integer',
    value: 16,
    unit: 'element',
    source: ASSUMED("narrower than the model, as ALBERT's", '8 to 24'),
    description: 'width of the embeddings',
  },
  spanRamp: {
    type: 'number',
    value: 4,
    unit: 'token',
    source: ASSUMED('Sukhbaatar et al. let the edge of a span of hundreds fall over 32 tokens', '2 to 8'),
    description: "tokens over which the edge of a head's span falls off",
  },
} as const satisfies Record<string, Param>

/** How it is trained. */
export const EXIT_TRAINING_PARAMS = {
  batch: {
    type: 'integer',
    value: 16,
    unit: 'sentence',
    source: ASSUMED('small batches train such networks in fewer sentences', '16 to 32'),
    description: 'sentences of a batch',
  },
  warmLayers: {
    type: 'integer',
    value: 4,
    unit: 'layer',
    source: ASSUMED('twelve shared layers do not train from scratch; there is no ALBERT to start from', '3 to 6'),
    description: 'times the layer is used while the network learns the task, in place of pre-training',
  },
  easySentences: {
    type: 'integer',
    value: 15000,
    unit: 'sentence',
    source: ASSUMED('networks that see all levels at once may stay below 80 %', '10000 to 30000'),
    description: 'easy sentences to begin with',
  },
  easyLevels: {
    type: 'number',
    value: [1, 1, 0, 0],
    min: 0,
    unit: '1',
    source: ASSUMED(
      'one clause and its negation first; with some of every level two seeds of three stay below 80 %',
      'falling weights',
    ),
    description: 'weights of the four levels among them',
  },
  easyEpochs: {
    type: 'integer',
    value: 2,
    unit: 'epoch',
    source: ASSUMED('as of the sentence classifier', '1 to 4'),
    description: 'times they are seen',
  },
  warmSentences: {
    type: 'integer',
    value: 30000,
    unit: 'sentence',
    source: ASSUMED('the generator has no end of them', '20000 to 60000'),
    description: 'different sentences to learn the task from',
  },
  warmEpochs: {
    type: 'integer',
    value: 5,
    unit: 'epoch',
    source: ASSUMED('accuracy rises little beyond', '3 to 6'),
    description: 'times they are seen',
  },
  warmRate: {
    type: 'number',
    value: 1.5e-3,
    unit: '1',
    source: ASSUMED('lower rates take more epochs', '1e-3 to 2e-3'),
    description: 'learning rate (Adam)',
  },
  warmAccuracy: {
    type: 'number',
    value: 0.85,
    min: 0,
    max: 1,
    unit: '1',
    source: ASSUMED('networks end either above 0.9 or below 0.8', '0.8 to 0.9'),
    description: 'accuracy on the dev sentences below which a network is begun anew from other first weights',
  },
  warmRampWeight: {
    type: 'number',
    value: 0.3,
    unit: '1',
    source: ASSUMED('losses of the layers before the last guide a network without pre-training', '0.1 to 1'),
    description: "weight of the off-ramps' losses while the network learns the task",
  },
  residual: {
    type: 'number',
    value: 0.2,
    unit: '1',
    source: ASSUMED('larger first steps of a deep shared stack stay at chance', '0.1 to 0.3'),
    description: 'first size of the matrices that lead back into the residual path, over the usual one',
  },
  tuneSentences: {
    type: 'integer',
    value: 40000,
    unit: 'sentence',
    source: ASSUMED('with 20,000 spans still move', '20000 to 60000'),
    description:
      'sentences of phase 1, seen once: all twelve uses of the layer, the last classifier, spans and pruning',
  },
  tuneRate: {
    type: 'number',
    value: 1e-3,
    unit: '1',
    source: ASSUMED('two thirds of the first rate', '5e-4 to 1e-3'),
    description: 'learning rate of phase 1 (Adam)',
  },
  spanFactor: {
    type: 'number',
    value: 30,
    unit: '1',
    source: ASSUMED(
      'a span must be able to cross the sentence within phase 1; at 100 spans are gone before the weights follow',
      '20 to 100',
    ),
    description: "the spans' learning rate over that of the weights",
  },
  pressures: {
    type: 'number',
    value: [0.03, 0.006],
    unit: 'nat/token',
    source: ASSUMED('the weight of the mean span in the loss is not printed', '0.001 to 0.03'),
    description: 'weights of the mean span in the loss that are tried, from the highest',
  },
  tolerance: {
    type: 'number',
    value: 0.01,
    min: 0,
    max: 1,
    unit: '1',
    source: ASSUMED('Table 1 loses up to 0.56 points, which 2,000 sentences can hardly tell', '0.005 to 0.01'),
    description: 'accuracy that a pressure may cost on the dev sentences; where each costs more the lowest is kept',
  },
  embeddingSparsity: {
    type: 'number',
    value: 0.6,
    min: 0,
    max: 1,
    unit: '1',
    source: EDGEBERT('Table 3'),
    description: 'share of zeros among the word embeddings',
  },
  encoderSparsity: {
    type: 'number',
    value: 0.5,
    min: 0,
    max: 1,
    unit: '1',
    source: EDGEBERT('Table 3, SST-2'),
    description: "share of zeros among the layer's matrices",
  },
  prunedAt: {
    type: 'number',
    value: 0.5,
    min: 0,
    max: 1,
    unit: '1',
    source: ASSUMED('leaves the other half of phase 1 to recover', '0.3 to 0.7'),
    description: 'share of phase 1 at which the sparsities are reached',
  },
  rampEpochs: {
    type: 'integer',
    value: 1,
    unit: 'epoch',
    source: ASSUMED('linear classifiers of fixed vectors learn fast', '1 to 2'),
    description: 'epochs of phase 2: the off-ramps, all else frozen',
  },
  rampRate: {
    type: 'number',
    value: 5e-3,
    unit: '1',
    source: ASSUMED('linear classifiers bear high rates', '1e-3 to 1e-2'),
    description: 'learning rate of phase 2 (Adam)',
  },
  devSentences: {
    type: 'integer',
    value: 2000,
    unit: 'sentence',
    source: ASSUMED('half a point of standard error', '1000 to 4000'),
    description: 'sentences to choose the pressure by, and to train the exit predictor on',
  },
  predictorWidths: {
    type: 'integer',
    value: [16, 16],
    unit: 'unit',
    source: ASSUMED('the paper has five layers with 64 units; the distilled table is as smooth with fewer', '8 to 64'),
    description: 'units of the hidden layers of the exit predictor',
  },
  predictorRate: {
    type: 'number',
    value: 3e-3,
    unit: '1',
    source: ASSUMED('the released notebook has 1e-3 and more steps', '1e-3 to 1e-2'),
    description: 'learning rate of the exit predictor (Adam)',
  },
  predictorEpochs: {
    type: 'integer',
    value: 40,
    unit: 'epoch',
    source: ASSUMED('its error falls little beyond', '20 to 100'),
    description: 'epochs of the exit predictor',
  },
  predictorBatch: {
    type: 'integer',
    value: 32,
    unit: 'sentence',
    source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 sw/Entropy_LUT: batches of 32' },
    description: 'sentences of a batch of the exit predictor',
  },
  lookupStepNat: {
    type: 'number',
    value: 0.01,
    unit: 'nat',
    source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 sw/Entropy_LUT: rows 0.01 apart' },
    description: 'distance of the rows of the look-up table',
  },
} as const satisfies Record<string, Param>

type Values<P extends Record<string, Param>> = { readonly [K in keyof P]: P[K]['value'] }
const valuesOf = <P extends Record<string, Param>>(params: P): Values<P> =>
  Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value])) as Values<P>

/** Values of {@link EXIT_SHAPE_PARAMS}. */
export const EXIT_SHAPE = valuesOf(EXIT_SHAPE_PARAMS)
/** Values of {@link EXIT_TRAINING_PARAMS}. */
export const EXIT_TRAINING = valuesOf(EXIT_TRAINING_PARAMS)

/** All of them as constants; items of a list are counted from 1. */
export const EXIT_CONSTANTS: Readonly<Record<string, Quantity>> = Object.fromEntries(
  Object.entries<Param>({ ...EXIT_SHAPE_PARAMS, ...EXIT_TRAINING_PARAMS }).flatMap(([name, { value, unit, source }]) =>
    Array.isArray(value)
      ? value.map((item, i) => [`${name}${i + 1}`, { value: Number(item), unit, source }])
      : [[name, { value: Number(value), unit, source }]],
  ),
)

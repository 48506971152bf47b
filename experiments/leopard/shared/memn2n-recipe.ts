import type { Param } from '../../../lib/harness/mod.ts'
import type { Source } from '../../../lib/numeric/mod.ts'
import type { BaseRecipe, PruningRecipe, SoftThreshold } from '../../../lib/training/mod.ts'

const SUKHBAATAR = (where: string): Source => ({
  kind: 'public',
  which: `Sukhbaatar et al., "End-To-End Memory Networks", NIPS 2015, ${where}`,
})
const EQ_6 = (where: string): Source => ({ kind: 'paper', where: `LeOPArd Sec. 3.1, ${where}` })

/** Training of the memory networks before pruning. */
export const BASE_PARAMS = {
  width: {
    type: 'integer',
    value: 20,
    max: 256,
    unit: 'element',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1' },
    description: 'd of the memory network',
  },
  hops: { type: 'integer', value: 3, max: 8, unit: 'hop', source: SUKHBAATAR('Sec. 4'), description: 'hops' },
  slots: {
    type: 'integer',
    value: 50,
    max: 512,
    unit: 'statement',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1: sequence length 50' },
    description: 'statements a memory holds, the latest',
  },
  deviation: {
    type: 'number',
    value: 0.1,
    unit: '1',
    source: SUKHBAATAR('Sec. 4.2'),
    description: 'standard deviation of the first weights',
  },
  batch: { type: 'integer', value: 32, unit: 'question', source: SUKHBAATAR('Sec. 4.2'), description: 'batch size' },
  clip: {
    type: 'number',
    value: 40,
    unit: '1',
    source: SUKHBAATAR('Sec. 4.2'),
    description: "largest norm of a table's gradient",
  },
  timeNoise: {
    type: 'number',
    value: 0.1,
    min: 0,
    max: 1,
    unit: '1',
    source: SUKHBAATAR('Sec. 4.1: 10 % of empty memories'),
    description: 'chance of an empty memory before a statement',
  },
  linearEpochs: {
    type: 'integer',
    value: 8,
    min: 0,
    unit: 'epoch',
    source: {
      kind: 'assumed',
      why: 'the original stops its linear start when validation stalls; a fixed number is simpler',
      range: '4 to 20',
    },
    description: 'epochs without softmax',
  },
  linearRate: {
    type: 'number',
    value: 0.005,
    unit: '1',
    source: SUKHBAATAR('Sec. 4.2'),
    description: 'learning rate without softmax',
  },
  epochs: {
    type: 'integer',
    value: 24,
    unit: 'epoch',
    source: {
      kind: 'assumed',
      why: 'the original takes 100 of 1,000 questions, ours see more of them',
      range: '15 to 100',
    },
    description: 'epochs with softmax',
  },
  rate: { type: 'number', value: 0.01, unit: '1', source: SUKHBAATAR('Sec. 4.2'), description: 'learning rate' },
  halvings: {
    type: 'integer',
    value: 3,
    min: 0,
    max: 20,
    unit: '1',
    source: SUKHBAATAR('Sec. 4.2: halved every 25 of 100 epochs'),
    description: 'how often the learning rate is halved',
  },
} as const satisfies Record<string, Param>

/** Learning of the thresholds. */
export const PRUNING_PARAMS = {
  pruningEpochs: {
    type: 'integer',
    value: 5,
    unit: 'epoch',
    source: EQ_6('up to five epochs'),
    description: 'epochs of learning thresholds, at most',
  },
  weightRate: {
    type: 'number',
    value: 1e-3,
    unit: '1',
    source: {
      kind: 'assumed',
      why: "the paper's 5e-6 suits BERT; at that rate these networks hardly move in five epochs and cannot follow thresholds",
      range: '1e-4 to 2e-3',
    },
    description: 'learning rate of the weights beside the thresholds (Adam)',
  },
  thresholdRate: {
    type: 'number',
    value: 0.01,
    unit: '1',
    source: { kind: 'paper', where: 'LeOPArd Sec. 5.1' },
    description: 'learning rate of the thresholds (Adam)',
  },
  clipMagnitude: { type: 'number', value: 1000, unit: '1', source: EQ_6('Eq. 6: c'), description: 'c' },
  sharpness: { type: 'number', value: 10, unit: '1', source: EQ_6('Eq. 6: s'), description: 's' },
  countSharpness: { type: 'number', value: 100, unit: '1', source: EQ_6('Eq. 8b: k'), description: 'k' },
  countOffset: { type: 'number', value: 1, unit: '1', source: EQ_6('Eq. 8b: alpha'), description: 'alpha' },
  rest: {
    type: 'number',
    value: -50,
    min: -1e6,
    max: 0,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'in the hardware a hop without survivors adds nothing, in Eq. 6 alone its pruned scores share the whole weight',
      range: '-500 to -20',
    },
    description: 'score of nothing, which takes part in the softmax while thresholds are learned',
  },
} as const satisfies Record<string, Param>

/** What the tasks are trained on, and how the pressure is chosen. */
export const TRAINING_PARAMS = {
  questions: {
    type: 'integer',
    value: 10000,
    unit: 'question',
    source: { kind: 'public', which: "bAbI's larger sets have 10,000 questions a task" },
    description: 'questions generated for training',
  },
  heldBack: {
    type: 'integer',
    value: 2000,
    unit: 'question',
    source: {
      kind: 'assumed',
      why: 'the original holds back 10 %; twice that halves the noise of the choice',
      range: '1000 to 2000',
    },
    description: 'of them held back to choose the pressure',
  },
  pressures: {
    type: 'number',
    value: [3, 1, 0.3, 0.1],
    unit: 'nat',
    source: { kind: 'assumed', why: 'lambda is not printed', range: '0.01 to 10' },
    description: 'weights of the share of kept scores in the loss that are tried, from the highest',
  },
  tolerance: {
    type: 'number',
    value: 0.001,
    min: 0,
    max: 1,
    unit: '1',
    source: { kind: 'assumed', why: 'the paper speaks of virtually no loss of accuracy', range: '0 to 0.01' },
    description: 'accuracy that a pressure may cost on the questions held back',
  },
} as const satisfies Record<string, Param>

type Values<P extends Record<string, Param>> = { readonly [K in keyof P]: P[K]['value'] }

const valuesOf = <P extends Record<string, Param>>(params: P): Values<P> =>
  Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value])) as Values<P>

/** What the trained networks see, and how their pressure is chosen. */
export const TRAINING = valuesOf(TRAINING_PARAMS)

/** The recipe of the trained networks. */
export const BASE_RECIPE: BaseRecipe = valuesOf(BASE_PARAMS)

type PruningValues = { readonly [K in keyof typeof PRUNING_PARAMS]: number }

/** Constants of Eqs. 6 and 8b. */
export function softConstants({
  clipMagnitude,
  sharpness,
  countSharpness,
  countOffset,
}: Pick<PruningValues, 'clipMagnitude' | 'sharpness' | 'countSharpness' | 'countOffset'>): SoftThreshold {
  return { clip: clipMagnitude, sharpness, countSharpness, countOffset }
}

/** How thresholds are learned, with other numbers where given. */
export function pruningRecipe(params: PruningValues = valuesOf(PRUNING_PARAMS)): PruningRecipe {
  const { pruningEpochs, weightRate, thresholdRate, rest } = params
  return {
    ...{ epochs: pruningEpochs, batch: BASE_RECIPE.batch, weightRate, thresholdRate, rest },
    constants: softConstants(params),
  }
}

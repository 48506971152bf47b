import { type Param, type ParamValues, storedFile } from '../../../lib/harness/mod.ts'
import {
  capacityFor,
  Encoder,
  type EncoderShape,
  findStored,
  judgeSentences,
  type PassOptions,
  parseStored,
  type Sentences,
  type SentenceTask,
  type StoredEncoders,
  unpackEncoder,
} from '../../../lib/training/mod.ts'
import { BACKBONE_SHAPE, isAdapted, TASKS } from '../../trained/shared/adapters-constants.ts'
import { adaptedTest } from '../../trained/shared/adapters-training.ts'
import { assumed } from './paper.ts'

/** Name of the stored networks that adapters stand on. */
export const BACKBONE = 'backbone'
/** Sentences of a pass. */
const BATCH = 64

/** The stored networks, as a parameter. */
export const WEIGHTS_PARAM = {
  weights: {
    type: 'string',
    value: '',
    file: true,
    stored: 'experiments/trained/adapters.json',
    unit: '1',
    source: { kind: 'derived', how: 'trained by scripts/train.ts --only adapters' },
    description: 'backbones, their adapters, and records of other networks trained beside them',
  },
} as const satisfies Record<string, Param>

/** How many inputs stored networks judge, as a parameter. */
export const TEST_PARAM = {
  examples: {
    type: 'integer',
    value: 1000,
    max: 20_000,
    unit: 'example',
    source: assumed(
      'the records were measured on 1000; near 75 % right the standard error is 1.4 points then, 2.7 with 250',
      '250 to 10000',
    ),
    description: 'inputs of each task of the test part that the stored networks judge',
  },
} as const satisfies Record<string, Param>

/**
 * What {@link WEIGHTS_PARAM} names, read.
 *
 * @throws {RangeError} if there is no backbone in it, or one without the adapters of a task
 */
export function storedNetworks(run: {
  readonly params: ParamValues<typeof WEIGHTS_PARAM>
  readonly files: Readonly<Record<string, string>>
}): StoredEncoders {
  const { path, text } = storedFile(WEIGHTS_PARAM.weights, 'weights', run)
  const stored = parseStored(path, text)
  for (const seed of seedsOf(stored)) for (const task of TASKS) findStored(stored, { name: task, seed })
  return stored
}

/**
 * Seeds of the stored backbones.
 *
 * @throws {RangeError} if there are none
 */
export function seedsOf({ networks }: StoredEncoders): number[] {
  const seeds = networks.filter(({ name }) => name === BACKBONE).map(({ seed }) => seed)
  if (seeds.length > 0) return seeds
  const known = [...new Set(networks.map(({ name }) => name))].join(', ')
  throw new RangeError(`Cannot use the stored networks: one must be named ${BACKBONE}, got ${known || 'none'}`)
}

/** Inputs of the test part by task. */
export function testParts(count: number): Readonly<Record<SentenceTask, Sentences>> {
  const parts = TASKS.map((task): [SentenceTask, Sentences] => [task, adaptedTest(task, count)])
  return Object.fromEntries(parts) as Record<SentenceTask, Sentences>
}

/** A stored network with its adapters, ready to judge these inputs. */
export function unpackAdapted(
  stored: StoredEncoders,
  { task, seed }: { readonly task: SentenceTask; readonly seed: number },
  sentences: Sentences,
): Encoder {
  return unpackEncoder(stored, { name: task, seed }, { capacity: capacityFor([sentences], BATCH) })
}

/** Share of inputs a network gets right, in percent. */
export function percentOf(encoder: Encoder, sentences: Sentences, options: PassOptions = {}): number {
  return 100 * (judgeSentences(encoder, sentences, options).accuracies[0] as number)
}

/** Parameters of the small ALBERT, and how many of them learn. */
export interface ParameterCount {
  readonly total: number
  /** Where all is fine-tuned: `total`; otherwise adapters, norms of the layers and classifier. */
  readonly trained: number
}

/** Shape with adapters of a size. */
export const shapeWith = (size: number): EncoderShape => ({
  ...BACKBONE_SHAPE,
  adapters: { attention: size, feedForward: size },
})

/**
 * Counts parameters; thresholds of attention scores, which these networks do not use, are none.
 *
 * @param size bottleneck of the adapters; none where undefined, all parameters learning
 */
export function countParameters(size?: number): ParameterCount {
  const shape = size === undefined ? BACKBONE_SHAPE : shapeWith(size)
  const { tensors } = new Encoder(shape, { tokens: 1, sentences: 1, longest: 1 })
  const own = tensors.all.filter(({ name }) => name !== 'thresholds')
  const count = (of: typeof own) => of.reduce((sum, { rows, columns }) => sum + rows * columns, 0)
  const total = count(own)
  return { total, trained: size === undefined ? total : count(own.filter(({ name }) => isAdapted(name))) }
}

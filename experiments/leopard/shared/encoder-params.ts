import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import {
  capacityFor,
  type EncodedSentences,
  type Encoder,
  parseStored,
  type Sentences,
  type StoredEncoders,
  unpackEncoder,
} from '../../../lib/training/mod.ts'
import { trainingSentences } from '../../trained/shared/classifier-recipe.ts'
import { testSentences } from '../../trained/shared/test-sentences.ts'
import { leopard } from './paper.ts'

/** Name of the networks whose thresholds were learned. */
export const LEARNED = 'learned'
/** Name of the networks they were learned on. */
export const BASE = 'classifier'
/** Sentences of a pass. */
const BATCH = 64
/** Sentences trained on that the integer ranges are found on. */
const RANGE_SENTENCES = 500

/** The stored networks, as a parameter. */
export const WEIGHTS_PARAM = {
  weights: {
    type: 'string',
    value: '',
    file: true,
    stored: 'experiments/trained/thresholds.json',
    unit: '1',
    source: { kind: 'derived', how: 'trained by scripts/train.ts --only thresholds' },
    description:
      'sentence classifiers with learned thresholds, and records of how others did. No pressure keeps within 1 point on the dev part in any seed (1.95, 1.03 and 1.18 lost at lambda 0), so the most accurate is stored: learned at lambda 0, without the regulariser',
  },
} as const satisfies Record<string, Param>

/** Widths of the integers, as parameters. */
export const INTEGER_PARAMS = {
  scoreBits: {
    type: 'integer',
    value: 12,
    min: 2,
    max: 16,
    unit: 'bit',
    source: leopard('Sec. 4.2, 5.1'),
    description: 'bits of an element of Q and of K, sign included',
  },
  valueBits: {
    type: 'integer',
    value: 16,
    min: 2,
    max: 16,
    unit: 'bit',
    source: leopard('Sec. 5.1'),
    description: 'bits of an element of V, sign included',
  },
} as const satisfies Record<string, Param>

/** Reads the stored networks. */
export const storedThresholds = (
  { weights }: ParamValues<typeof WEIGHTS_PARAM>,
  files: Readonly<Record<string, string>>,
): StoredEncoders => parseStored(weights || WEIGHTS_PARAM.weights.stored, files['weights'] as string)

/** A network with learned thresholds, and what its integer ranges are found on. */
export interface LearnedNetwork {
  readonly seed: number
  /** Weight of the regulariser it was learned with, lambda. */
  readonly pressure: number
  readonly encoder: Encoder
  /** Of those it trained on. */
  readonly sample: Sentences
}

/**
 * The networks with learned thresholds, ready for sentences.
 *
 * @throws {RangeError} if there is none
 * @throws {TypeError} if one does not say what pressure it was learned with
 */
export function learnedNetworks(stored: StoredEncoders, sentences: Sentences): LearnedNetwork[] {
  const own = stored.networks.filter(({ name }) => name === LEARNED)
  if (own.length === 0) {
    const names = [...new Set(stored.networks.map(({ name }) => name))].join(', ') || 'none'
    throw new RangeError(`Cannot use stored encoders: there must be some named ${LEARNED}, got ${names}`)
  }
  return own.map(({ seed, metrics }) => {
    const pressure = metrics['pressure']
    if (typeof pressure !== 'number') {
      throw new TypeError(
        `Cannot use the stored encoder ${LEARNED} of seed ${seed}: its metrics must say the pressure it was learned with, got ${Object.keys(metrics).join(', ') || 'no metrics'}`,
      )
    }
    const sample = trainingSentences(seed, { count: RANGE_SENTENCES })
    const capacity = capacityFor([sentences, sample], BATCH)
    return { seed, pressure, encoder: unpackEncoder(stored, { name: LEARNED, seed }, { capacity }), sample }
  })
}

/**
 * Checks that a file has the classifiers of some seeds.
 *
 * @throws {RangeError} if it has not
 */
export function checkClassifiers(file: string, { networks }: StoredEncoders, seeds: readonly number[]): void {
  const missing = seeds.find((seed) => !networks.some((own) => own.name === BASE && own.seed === seed))
  if (missing === undefined) return
  const known = networks.map(({ name, seed }) => `${name} ${seed}`).join(', ') || 'none'
  throw new RangeError(
    `Cannot use ${file} as classifiers: it must hold a network "${BASE}" of each seed that has learned thresholds, ${seeds.join(', ')}, got ${known}`,
  )
}

/** Sentences of the test part. */
export const testPart = (count: number): EncodedSentences => testSentences('sentiment', count)

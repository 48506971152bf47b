import { type Param, storedFile } from '../../../lib/harness/mod.ts'
import {
  capacityFor,
  type EncodedSentences,
  type Encoder,
  parseStored,
  type StoredEncoders,
  unpackEncoder,
} from '../../../lib/training/mod.ts'
import type { Weights } from './published-curves.ts'
import { CURVE_SENTENCES } from './trained-settings.ts'

/** Sentences that go through a network together. */
const BATCH = 64

const ours = (file: string) =>
  ({ kind: 'public', which: `trained here: npx tsx scripts/train.ts --only ${file}` }) as const

/** Files of the networks, with and without movement pruning. */
export const NETWORK_PARAMS = {
  classifier: {
    type: 'string',
    value: '',
    file: true,
    stored: 'experiments/trained/classifier.json',
    unit: 'file',
    source: ours('classifier'),
    description: 'stored encoders of which those named classifier are taken, unpruned',
  },
  pruned: {
    type: 'string',
    value: '',
    file: true,
    stored: 'experiments/trained/pruned.json',
    unit: 'file',
    source: ours('pruned'),
    description: 'stored encoders of which those named movement are taken, their weights pruned by movement',
  },
} as const satisfies Record<string, Param>

/** Sentences that networks are judged on. */
export const SENTENCES_PARAM = {
  type: 'integer',
  value: CURVE_SENTENCES,
  max: 20_000,
  unit: 'sentence',
  source: {
    kind: 'assumed',
    why: 'each point of a curve takes a pass; a standard error of 0.9 points at 97 %',
    range: '400 to 4000',
  },
  description: 'sentences of the test part on which each point of a curve is measured, the same for all',
} as const satisfies Param

/** Positions of a sentence, padding included. */
export const PADDED_PARAM = {
  type: 'integer',
  value: 0,
  min: 0,
  max: 65_536,
  unit: 'token',
  source: { kind: 'assumed', why: 'our inputs are ragged; the paper fills them up to 512', range: '0, or 32 to 512' },
  description: 'positions that sentences are filled up to where sparsity is counted; 0: no padding',
} as const satisfies Param

/** A stored network, ready to run. */
export interface TrainedNetwork {
  readonly seed: number
  readonly weights: Weights
  readonly encoder: Encoder
}

/** What a run is given. */
interface Given {
  readonly params: Readonly<Record<keyof typeof NETWORK_PARAMS, string>>
  readonly files: Readonly<Record<string, string>>
}

/** Names of the networks by file. */
const NAMES = { classifier: 'classifier', pruned: 'movement' } as const

/** The stored encoders of a file. */
export function storedNetworks(file: keyof typeof NETWORK_PARAMS, given: Given): StoredEncoders {
  const { path, text } = storedFile(NETWORK_PARAMS[file], file, given)
  return parseStored(path, text)
}

/**
 * The networks of a file, one of each seed.
 *
 * @throws {RangeError} if it has none of their name
 */
export function openNetworks(
  file: keyof typeof NETWORK_PARAMS,
  given: Given,
  sentences: readonly EncodedSentences[],
): TrainedNetwork[] {
  const stored = storedNetworks(file, given)
  const name = NAMES[file]
  const seeds = stored.networks.filter((network) => network.name === name).map(({ seed }) => seed)
  if (seeds.length === 0) {
    const known = [...new Set(stored.networks.map((network) => network.name))].join(', ') || 'none'
    throw new RangeError(`Cannot use the stored encoders of ${file}: one must be named ${name}, got ${known}`)
  }
  return seeds.map((seed) => ({
    seed,
    weights: file === 'pruned' ? 'with MP' : 'without MP',
    encoder: unpackEncoder(stored, { name, seed }, { capacity: capacityFor(sentences, BATCH) }),
  }))
}

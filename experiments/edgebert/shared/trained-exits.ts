import type { EntropyRow, ExitLookup } from '../../../lib/accelerators/edgebert/mod.ts'
import { type Param, storedFile } from '../../../lib/harness/mod.ts'
import { createRng, logitEntropy } from '../../../lib/numeric/mod.ts'
import {
  capacityFor,
  type EncodedSentences,
  type Encoder,
  encodeExamples,
  findStored,
  generateSentences,
  judgeSentences,
  largestOf,
  parseStored,
  type StoredEncoders,
  type StoredRow,
  unpackEncoder,
} from '../../../lib/training/mod.ts'

/** Sentences that go through a network together. */
const BATCH = 64
/** Seed of the sentences that networks are judged on, the same for all. */
const JUDGED_SEED = 1
/** Name of the networks in their file. */
const NAME = 'exits'

/** The file of the networks. */
export const EXITS_PARAM = {
  type: 'string',
  value: '',
  file: true,
  stored: 'experiments/trained/exits.json',
  unit: 'file',
  source: { kind: 'public', which: 'trained here: npx tsx scripts/train.ts --only exits' },
  description: 'stored encoders with off-ramps, of which those named exits are taken',
} as const satisfies Param

/** A number of sentences as a parameter. */
export const sentencesParam = (value: number, description: string) =>
  ({
    type: 'integer',
    value,
    min: 8,
    max: 20_000,
    unit: 'sentence',
    source: { kind: 'assumed', why: 'every sentence passes all layers of every network', range: '200 to 4000' },
    description,
  }) as const satisfies Param

/** How thresholds of entropy are chosen. */
export const CHOICE_PARAMS = {
  thresholdStep: {
    type: 'number',
    value: 0.005,
    min: 0.001,
    max: 0.5,
    unit: 'nat',
    source: { kind: 'assumed', why: 'the paper prints thresholds to 0.01', range: '0.001 to 0.01' },
    description: 'distance of the thresholds that are tried',
  },
} as const satisfies Record<string, Param>

/** What a run is given. */
export interface Given {
  readonly params: { readonly exits: string }
  readonly files: Readonly<Record<string, string>>
}

/** Reads the file of the networks. */
export function storedExits(given: Given): StoredEncoders {
  const { path, text } = storedFile(EXITS_PARAM, 'exits', given)
  return parseStored(path, text)
}

/** A stored network, ready to run. */
export interface ExitNetwork {
  readonly seed: number
  readonly encoder: Encoder
  /** Its distilled predictor. */
  readonly lookup: ExitLookup
  /** Learned span of every head, tokens. */
  readonly spans: readonly number[]
}

/**
 * The networks of a file, one of each seed.
 *
 * @throws {RangeError} if it has none of their name, or one without off-ramps, spans or a predictor
 */
export function openExits(stored: StoredEncoders, sentences: readonly EncodedSentences[]): ExitNetwork[] {
  const own = stored.networks.filter(({ name }) => name === NAME)
  if (own.length === 0) {
    const known = [...new Set(stored.networks.map(({ name }) => name))].join(', ') || 'none'
    throw new RangeError(`Cannot run early exits: a stored encoder must be named ${NAME}, got ${known}`)
  }
  return own.map(({ seed, shape }) => {
    if (!shape.offRamps || shape.spanRamp === undefined) {
      const lacking = shape.offRamps ? 'no spans' : 'no off-ramps'
      throw new RangeError(`Cannot run early exits: network ${seed} must have off-ramps and spans, got ${lacking}`)
    }
    const encoder = unpackEncoder(stored, { name: NAME, seed }, { capacity: capacityFor(sentences, BATCH) })
    const { spans } = encoder.tensors.blocks[0] as (typeof encoder.tensors.blocks)[0]
    return {
      seed,
      encoder,
      lookup: lookupOfSeed(stored, seed, shape.layers),
      spans: spans ? Array.from(encoder.view(spans)) : [],
    }
  })
}

/**
 * Rows that were recorded of a seed while training.
 *
 * @throws {RangeError} if there are none, or something else is in their place
 */
export function recordedRows({ records }: StoredEncoders, table: string, seed: number): StoredRow[] {
  const all: unknown = records[table]
  const rows = (Array.isArray(all) ? (all as readonly (StoredRow | null)[]) : []).filter(
    (row): row is StoredRow => row?.['seed'] === seed,
  )
  if (rows.length === 0) {
    throw new RangeError(`Cannot run early exits: network ${seed} must have rows in the records "${table}", got none`)
  }
  return rows
}

/** The predictor that was distilled for a network. */
function lookupOfSeed(stored: StoredEncoders, seed: number, layers: number): ExitLookup {
  const rows = recordedRows(stored, 'lookup', seed).map((row) => ({
    first: Number(row['first']),
    expected: numbersOf(row['expected']),
  }))
  const wrong = rows.findIndex(
    ({ first, expected }) => expected.length !== layers - 2 || ![first, ...expected].every(Number.isFinite),
  )
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot run early exits: row ${wrong + 1} of the lookup of network ${seed} must be ${layers - 2} entropies, got others`,
    )
  }
  return { layers, rows }
}

/** The numbers in a cell of a recorded table. */
export const numbersOf = (cell: number | string | undefined): number[] => String(cell).split(' ').map(Number)

/** Sentences of a part of the sentiment task, the same for every network; fewer are the beginning of more. */
export function judgedSentences(part: 'dev' | 'test', count: number): EncodedSentences {
  return encodeExamples(generateSentences('sentiment', { part, count, rng: createRng(JUDGED_SEED) }))
}

/** A sentence at every off-ramp. */
export interface RampedSentence extends EntropyRow {
  readonly level: number
  /** Whether the classifier after each layer is right. */
  readonly right: readonly boolean[]
}

/** Runs sentences through all layers: what each off-ramp says of each. */
export function rampsOf({ encoder }: ExitNetwork, sentences: EncodedSentences): RampedSentence[] {
  const { layers, classes } = encoder.shape
  const ramps = Array.from({ length: layers }, (_, layer) => layer)
  const { logits } = judgeSentences(encoder, sentences, { ramps })
  return Array.from({ length: sentences.count }, (_, i) => {
    const at = i * classes
    return {
      entropies: logits.map((own) => logitEntropy(own.subarray(at, at + classes))),
      right: logits.map((own) => largestOf(own, at, classes) === sentences.labels[i]),
      level: sentences.levels[i] as number,
      count: 1,
    }
  })
}

/** A span of the engine as a head's span: 0 where the head sees nothing, else the farthest token it sees, at most all. */
export function tokensSeen(span: number, ramp: number, longest: number): number {
  if (span <= -ramp) return 0
  // Weight falls to 0 at a distance of span + ramp; the distance itself is seen no more.
  const farthest = Math.ceil(span + ramp) - 1
  return Math.min(longest, Math.max(0, farthest) + 1)
}

/** Share of zeros in the matrices named. */
export function zerosShare(encoder: Encoder, names: RegExp): number {
  let [zeros, all] = [0, 0]
  for (const tensor of encoder.tensors.all.filter(({ name }) => names.test(name))) {
    for (const value of encoder.view(tensor)) {
      all++
      if (value === 0) zeros++
    }
  }
  return zeros / all
}

/** The metrics a stored network came with. */
export const metricsOf = (stored: StoredEncoders, seed: number) => findStored(stored, { name: NAME, seed }).metrics

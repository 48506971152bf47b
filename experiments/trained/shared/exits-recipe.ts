import type { EntropyRow } from '../../../lib/accelerators/edgebert/mod.ts'
import { createRng, forkRng, logitEntropy, type Rng } from '../../../lib/numeric/mod.ts'
import {
  capacityFor,
  DATA_VERSION,
  type EncodedSentences,
  type Encoder,
  judgeSentences,
  packEncoder,
  STORED_FORMAT,
  type StoredEncoder,
  type StoredRow,
  unpackEncoder,
} from '../../../lib/training/mod.ts'
import { EXIT_SHAPE, EXIT_TRAINING } from './exits-constants.ts'
import { lookupOf, trainPredictor } from './exits-predictor.ts'
import {
  accuracyOn,
  copyOf,
  drawExitData,
  type ExitData,
  spansOf,
  tuneBackbone,
  tuneRamps,
  type WarmStart,
  warmStart,
} from './exits-training.ts'
import type { Trained, TrainingContext, TrainingRecipe } from './recipe.ts'
import { testSentences } from './test-sentences.ts'

/** Seed that phase 1 shuffles with is drawn below this. */
const SEEDS = 1_000_000

/** Entropies of sentences after every layer, in nat. */
function entropiesOf(logits: readonly Float32Array[], count: number): EntropyRow[] {
  return Array.from({ length: count }, (_, i) => ({
    entropies: logits.map((own) => {
      const classes = own.length / count
      return logitEntropy(own.subarray(i * classes, (i + 1) * classes))
    }),
    count: 1,
  }))
}

/** Numbers in a cell of a stored table. */
const listOf = (values: readonly number[], digits: number): string =>
  values.map((value) => value.toFixed(digits)).join(' ')

const allRamps = Array.from({ length: EXIT_SHAPE.layers }, (_, i) => i)

/** Packs a network and measures, on the test part, what it must give as stored. */
function packExits(encoder: Encoder, seed: number, command: string): { packed: StoredEncoder; stored: Encoder } {
  const packed = packEncoder(encoder, {
    ...{ name: 'exits', seed, command, data: `sentences ${DATA_VERSION}`, metrics: {} },
    keep: (name) => name !== 'thresholds' && !name.startsWith('language'),
  })
  const test = testSentences('sentiment')
  const stored = unpackEncoder({ format: STORED_FORMAT, networks: [packed], records: {} }, packed, {
    capacity: capacityFor([test], 64),
  })
  const { accuracies } = judgeSentences(stored, test, { ramps: allRamps })
  const metrics = { testAccuracy: accuracies.at(-1) as number, firstRampAccuracy: accuracies[0] as number }
  return { packed: { ...packed, metrics }, stored }
}

/** The distilled predictor of a stored network, a row of text for each first entropy. */
export function lookupRows(stored: Encoder, dev: EncodedSentences, seed: number): StoredRow[] {
  const { predictorWidths, predictorRate, predictorEpochs, predictorBatch, lookupStepNat } = EXIT_TRAINING
  const { logits } = judgeSentences(stored, dev, { ramps: allRamps })
  const recipe = {
    ...{ widths: predictorWidths, rate: predictorRate, epochs: predictorEpochs, batch: predictorBatch },
  }
  const network = trainPredictor(entropiesOf(logits, dev.count), recipe, createRng(seed))
  const { rows } = lookupOf(network, { layers: EXIT_SHAPE.layers, most: Math.log(2), stepNat: lookupStepNat })
  return rows.map(({ first, expected }) => ({ seed, first: Number(first.toFixed(4)), expected: listOf(expected, 4) }))
}

/** Phase 1 under every pressure and under none, from the same start and in the same order. */
function sweep(warm: Encoder, data: ExitData, shuffleSeed: number) {
  return [0, ...EXIT_TRAINING.pressures].map((pressure) => {
    const encoder = copyOf(warm, data)
    tuneBackbone(encoder, data, { rng: createRng(shuffleSeed), pressure })
    return { pressure, encoder, devAccuracy: accuracyOn(encoder, data.dev) }
  })
}

/** What the phases begin with. */
interface ExitStart {
  readonly rng: Rng
  readonly data: ExitData
  readonly warm: WarmStart
}

/** A seed's sentences and the network that knows the task; `rng` is where the phases draw from. */
function startExits(seed: number): ExitStart {
  const rng = createRng(seed)
  const data = drawExitData(forkRng(rng))
  return { rng, data, warm: warmStart(data, forkRng(rng)) }
}

/** Both phases, the predictor, and what is recorded. */
function finishExits(seed: number, command: string, { rng, data, warm }: ExitStart): Trained {
  const tuned = sweep(warm.encoder, data, rng.integer(SEEDS))
  const [free] = tuned
  const bound = (free?.devAccuracy ?? 0) - EXIT_TRAINING.tolerance
  // The pressures fall, so that the first that costs no more is the highest; where each costs more the lowest is kept.
  const chosen = tuned.slice(1).find(({ devAccuracy }) => devAccuracy >= bound) ?? (tuned.at(-1) as (typeof tuned)[0])
  tuneRamps(chosen.encoder, data, forkRng(rng))
  const { packed, stored } = packExits(chosen.encoder, seed, command)
  const test = testSentences('sentiment')
  const { sha256 } = packed
  const pressures = tuned.map(({ pressure, encoder, devAccuracy }) => ({
    ...{ seed, sha256, pressure, devAccuracy, testAccuracy: accuracyOn(encoder, test) },
    spans: listOf(spansOf(encoder), 2),
    chosen: pressure === chosen.pressure ? 'yes' : 'no',
  }))
  const start = { seed, sha256, attempts: warm.attempts, devAccuracy: warm.devAccuracy }
  return {
    networks: [packed],
    records: { start: [start], pressures, lookup: lookupRows(stored, data.dev, seed) },
  }
}

const train = (seed: number, { command }: TrainingContext): Trained => finishExits(seed, command, startExits(seed))

/** An ALBERT in small with off-ramps, learned spans and zeros, as EdgeBERT trains it; and its exit predictor. */
export const exitsRecipe: TrainingRecipe = {
  file: 'exits',
  title: 'early exits: one layer used twelve times, spans, off-ramps, exit predictor',
  seeds: [1, 2, 3],
  train,
}

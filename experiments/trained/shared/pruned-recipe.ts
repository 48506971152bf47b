import { createRng, forkRng, type Quantity } from '../../../lib/numeric/mod.ts'
import {
  capacityFor,
  type Encoder,
  EncoderAdam,
  encodeExamples,
  generateSentences,
  judgeSentences,
  layerMatrices,
  PRUNING_METHODS,
  Pruner,
  type PruningMethod,
  STORED_FORMAT,
  type StoredRow,
  sparsityAt,
  trainEncoder,
  unpackEncoder,
} from '../../../lib/training/mod.ts'
import { curveSentences, recordCurves } from '../../acceltran/shared/trained-records.ts'
import { CLASSIFIER, packMeasured, trainingSentences } from './classifier-recipe.ts'
import type { Trained, TrainingContext, TrainingRecipe } from './recipe.ts'

const ours = (why: string, range: string): Quantity['source'] => ({ kind: 'assumed', why, range })

/** How the classifier is pruned while it trains on. */
export const PRUNING = {
  sparsity: {
    value: 0.5,
    unit: '1',
    source: { kind: 'paper', where: 'AccelTran Sec. V-D and V-E: a conservative 50 % by movement pruning' },
  },
  epochs: {
    value: 3,
    unit: 'epoch',
    source: ours('half of the training before; the pruned ones recover', '2 to 6'),
  },
  rate: {
    value: 5e-4,
    unit: '1',
    source: ours('a little below that of the classifier, from which it goes on', '3e-4 to 7e-4'),
  },
  from: { value: 0.1, unit: '1', source: ours('movement is summed up during the warm-up first', '0.05 to 0.2') },
  to: { value: 0.6, unit: '1', source: ours('the last steps settle what is left', '0.5 to 0.8') },
  devSentences: { value: 1000, unit: 'sentence', source: ours('a standard error below 1 point', '1000 to 4000') },
} as const satisfies Record<string, Quantity>

/** Sentences that are judged together. */
const BATCH = 64

/** Seed of the sentences that recipes are tuned on. */
const DEV_SEED = 2

/** How the layers' weights are treated in further training: not at all, or pruned by one of two methods. */
export const TREATMENTS = ['dense', ...PRUNING_METHODS] as const
export type Treatment = (typeof TREATMENTS)[number]

/** Share of zeros among the weights of the layers' matrices. */
export function layerSparsity(encoder: Encoder): number {
  let [zeros, all] = [0, 0]
  for (const tensor of layerMatrices(encoder.tensors)) {
    const values = encoder.view(tensor)
    all += values.length
    for (const value of values) if (value === 0) zeros++
  }
  return zeros / all
}

/** Trains the stored classifier of a seed on, for as long and with the same batches whatever the treatment. */
function trainOn(seed: number, treatment: Treatment, { stored }: TrainingContext): Encoder {
  const sentences = trainingSentences(seed)
  const batch = CLASSIFIER.batch.value
  const encoder = unpackEncoder(
    stored('classifier'),
    { name: 'classifier', seed },
    { capacity: capacityFor([sentences], batch) },
  )
  const pruner = treatment === 'dense' ? undefined : prunerOf(encoder, treatment)
  const schedule = { sparsity: PRUNING.sparsity.value, from: PRUNING.from.value, to: PRUNING.to.value }
  trainEncoder(encoder, sentences, {
    optimiser: new EncoderAdam(encoder),
    schedule: { rate: PRUNING.rate.value, warmup: CLASSIFIER.warmup.value },
    epochs: PRUNING.epochs.value,
    batch,
    rng: forkRng(createRng(seed)),
    ...(pruner
      ? {
          before: (step, steps) => pruner.prune(sparsityAt(step, steps, schedule)),
          between: () => pruner.between(),
          after: () => pruner.after(),
        }
      : {}),
  })
  return encoder
}

const prunerOf = (encoder: Encoder, method: PruningMethod): Pruner =>
  new Pruner(encoder, layerMatrices(encoder.tensors), { method })

function train(seed: number, context: TrainingContext): Trained {
  const count = PRUNING.devSentences.value
  const dev = encodeExamples(generateSentences('sentiment', { part: 'dev', count, rng: createRng(DEV_SEED) }))
  const made = TREATMENTS.map((treatment) => {
    const encoder = trainOn(seed, treatment, context)
    const packed = packMeasured(encoder, { name: treatment, seed, command: context.command })
    const asStored = unpackEncoder({ format: STORED_FORMAT, networks: [packed], records: {} }, packed, {
      capacity: capacityFor([dev, curveSentences()], BATCH),
    })
    const row: StoredRow = {
      seed,
      treatment,
      weightSparsity: layerSparsity(asStored),
      devAccuracy: judgeSentences(asStored, dev).accuracies[0] as number,
      testAccuracy: packed.metrics['testAccuracy'] as number,
      sha256: packed.sha256,
    }
    const curves = treatment === 'dense' ? recordCurves(asStored, { seed, treatment }) : []
    return { treatment, packed, row, curves }
  })
  return {
    networks: made.filter(({ treatment }) => treatment === 'movement').map(({ packed }) => packed),
    records: { treatments: made.map(({ row }) => row), curves: made.flatMap(({ curves }) => curves) },
  }
}

/** The classifier with half of its layers' weights pruned by movement; beside it, pruned by magnitude and not at all. */
export const prunedRecipe: TrainingRecipe = {
  file: 'pruned',
  title: 'sentence classifier, half of the weights of its layers pruned by movement',
  seeds: [1, 2, 3],
  needs: ['classifier'],
  train,
}

import { createRng } from '../../../lib/numeric/mod.ts'
import type { Encoder, SentenceTask, StoredEncoder, StoredRow } from '../../../lib/training/mod.ts'
import {
  ADAPTED,
  BACKBONES,
  type Backbone,
  isAdapted,
  PRETRAINING_TASK,
  PRUNED_PARTS,
  PRUNING_TASK,
  type PrunedPart,
  TASKS,
} from './adapters-constants.ts'
import {
  type AdaptedData,
  adapt,
  adaptedData,
  asStored,
  percentRight,
  pretrain,
  randomBackbone,
  withExamples,
} from './adapters-training.ts'
import type { Trained, TrainingContext, TrainingRecipe } from './recipe.ts'

/** Digits of a hash that records keep: enough to see whether retraining gives the same network. */
const HASH_DIGITS = 16
/** Added to seeds: the rng of pre-training, the random backbone, the tasks' networks. */
const PRETRAINING_SEED = 1000
const RANDOM_SEED = 2000
const TASK_SEED = 3000
const LONGER_SEED = 4000

/** What is needed to train one more network and note it. */
interface Study {
  readonly seed: number
  readonly command: string
  readonly data: AdaptedData
}

/** Accuracy of a network on the test part, and where `dev` says so on the dev part, as it would be stored. */
function judged(
  { seed, command, data }: Study,
  encoder: Encoder,
  { task, name, dev = false }: { readonly task: SentenceTask; readonly name: string; readonly dev?: boolean },
) {
  const { packed, encoder: own } = asStored(encoder, { name, seed, command })
  const columns: StoredRow = {
    ...(dev ? { [`${name}Dev`]: percentRight(own, data.dev[task]) } : {}),
    [`${name}Test`]: percentRight(own, data.test[task]),
  }
  return { packed, columns }
}

const hash = (packed: readonly StoredEncoder[]): string =>
  packed.map(({ sha256 }) => sha256.slice(0, HASH_DIGITS / packed.length)).join('')

/**
 * The highest sparsity up to which no sparsity loses more than the tolerance on the dev part. Where the lowest already
 * loses more, it is taken all the same, as there must be a pruned backbone: it is beyond the tolerance then.
 */
export function criticalLevel(
  levels: readonly { readonly sparsity: number; readonly dev: number }[],
  tolerance: number,
): number {
  const [baseline, ...pruned] = [...levels].sort((a, b) => a.sparsity - b.sparsity)
  const broken = pruned.findIndex(({ dev }) => dev < (baseline?.dev ?? 0) - tolerance)
  const index = broken < 0 ? pruned.length - 1 : Math.max(0, broken - 1)
  return pruned[index]?.sparsity ?? 0
}

/** Prunes the backbone with adapters in all three ways, to each sparsity: rows, and backbones of {@link criticalLevel}. */
function pruneAll(study: Study, start: Encoder) {
  const { data, seed } = study
  const rows: StoredRow[] = []
  const backbones = new Map<PrunedPart, Encoder>()
  const prune = (part: PrunedPart, sparsity: number) => {
    const own = adapt(start, data, {
      ...{ task: PRUNING_TASK, seed: TASK_SEED + seed, learning: 'all', size: ADAPTED.adapterSize.value },
      ...{ asItIs: true, epochs: ADAPTED.pruningEpochs.value, prune: { part, sparsity } },
    })
    const { packed, encoder } = asStored(own, { name: part, seed, command: study.command })
    const [dev, test] = [percentRight(encoder, data.dev[PRUNING_TASK]), percentRight(encoder, data.test[PRUNING_TASK])]
    return { sparsity, dev, test, encoder, sha256: hash([packed]) }
  }
  // Nothing is pruned at 0, whatever the part.
  const baseline = prune('all', 0)
  for (const part of PRUNED_PARTS) {
    const levels = [baseline, ...ADAPTED.sparsities.value.slice(1).map((sparsity) => prune(part, sparsity))]
    const critical = criticalLevel(levels, ADAPTED.tolerance.value)
    for (const { encoder, ...row } of levels) {
      rows.push({ seed, part, ...row })
      if (row.sparsity === critical) backbones.set(part, encoder)
    }
  }
  return { rows, backbones }
}

/** Fine-tunes and adapts a backbone to a task, with all sizes: a row of records. */
function compare(
  study: Study,
  backbone: Encoder,
  { name, task }: { readonly name: Backbone; readonly task: SentenceTask },
) {
  const { data, seed } = study
  const options = { task, seed: TASK_SEED + seed }
  const tuned = judged(
    study,
    adapt(backbone, data, { ...options, learning: 'layers', keepZeros: name !== 'unpruned' }),
    { task, name: 'tuned' },
  )
  const adapted = ADAPTED.adapterSizes.value.map((size) => {
    const encoder = adapt(backbone, data, { ...options, learning: 'adapters', size })
    return { size, raw: encoder, ...judged(study, encoder, { task, name: `size${size}`, dev: true }) }
  })
  const all = [tuned, ...adapted]
  const columns = Object.assign({}, ...all.map((own) => own.columns)) as StoredRow
  const row: StoredRow = { seed, backbone: name, task, ...columns, sha256: hash(all.map(({ packed }) => packed)) }
  return { row, chosen: adapted.find(({ size }) => size === ADAPTED.adapterSize.value) }
}

/**
 * Fine-tunes and adapts the backbone to the tasks it was not pre-trained on, with more examples: rows of records.
 *
 * @param backbone as stored
 */
function trainLonger(study: Study, backbone: Encoder): StoredRow[] {
  const { data, seed } = study
  return TASKS.filter((task) => task !== PRETRAINING_TASK).map((task) => {
    const longer = withExamples(data, task, { count: ADAPTED.moreExamples.value, seed: LONGER_SEED + seed })
    const options = { task, seed: TASK_SEED + seed }
    const tuned = judged(study, adapt(backbone, longer, { ...options, learning: 'all' }), { task, name: 'tuned' })
    const size = ADAPTED.adapterSize.value
    const adapted = adapt(backbone, longer, { ...options, learning: 'adapters', size })
    const adapters = judged(study, adapted, { task, name: 'adapters' })
    return { seed, task, ...tuned.columns, ...adapters.columns, sha256: hash([tuned.packed, adapters.packed]) }
  })
}

function train(seed: number, { command }: TrainingContext): Trained {
  const data = adaptedData(seed)
  const study: Study = { seed, command, data }
  const raw = randomBackbone(seed, data)
  pretrain(raw, data, createRng(PRETRAINING_SEED + seed))
  // What goes on from the backbone goes on from it as stored.
  const { packed: base, encoder: backbone } = asStored(raw, {
    ...{ name: 'backbone', seed, command },
    keep: (name) => !name.startsWith('ramp') && name !== 'thresholds',
  })
  const random = randomBackbone(RANDOM_SEED + seed, data)
  const networks: StoredEncoder[] = [base]
  const [tasks, backbones]: [StoredRow[], StoredRow[]] = [[], []]
  let start: Encoder | undefined
  for (const task of TASKS) {
    const { row, chosen } = compare(study, backbone, { name: 'unpruned', task })
    backbones.push(row)
    if (!chosen) throw new RangeError(`Cannot train adapters: the default size must be among those tried, got none`)
    const own = asStored(chosen.raw, { name: task, seed, command, base, keep: isAdapted })
    const testAccuracy = percentRight(own.encoder, data.test[task]) / 100
    networks.push({ ...own.packed, metrics: { testAccuracy } })
    if (task === PRUNING_TASK) start = own.encoder
    const options = { task, seed: TASK_SEED + seed }
    const all = judged(study, adapt(backbone, data, { ...options, learning: 'all' }), { task, name: 'tuned' })
    const control = judged(
      study,
      adapt(random, data, { ...options, learning: 'adapters', size: ADAPTED.adapterSize.value }),
      { task, name: 'random' },
    )
    tasks.push({ seed, task, ...all.columns, ...control.columns, sha256: hash([all.packed, control.packed]) })
  }
  const pruned = pruneAll(study, start as Encoder)
  for (const part of PRUNED_PARTS) {
    for (const task of TASKS) {
      const name = BACKBONES.find((own) => own === `CSP-${part}`) as Backbone
      backbones.push(compare(study, pruned.backbones.get(part) as Encoder, { name, task }).row)
    }
  }
  return { networks, records: { tasks, longer: trainLonger(study, backbone), pruning: pruned.rows, backbones } }
}

/** A small ALBERT with adapters for three tasks, and its pruned backbones. */
export const adaptersRecipe: TrainingRecipe = {
  file: 'adapters',
  title: 'a small ALBERT with adapters for three tasks, and its pruned backbones',
  seeds: [1, 2, 3],
  train,
}

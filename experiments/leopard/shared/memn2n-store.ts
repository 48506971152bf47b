import { createHash } from 'node:crypto'
import {
  type NetworkShape,
  type PackedWeights,
  packWeights,
  type Snapshot,
  type TrainedNetworks,
  unpackWeights,
} from '../../../lib/training/mod.ts'
import { BASE_RECIPE } from './memn2n-recipe.ts'
import { TRAINED_TASKS } from './memn2n-statistics.ts'
import { WEIGHTS } from './memn2n-weights.ts'
import type { StoredTask } from './stored-task.ts'

/** SHA-256 of something as JSON: the hash that stored tasks, or their statistics, must have. */
export function jsonSha256(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

/** Packs a task's networks, with the ages that stories reach. */
export function storeTask(task: number, networks: TrainedNetworks, longestStory: number): StoredTask {
  const { shape, vocabulary, base, pruned, baseMagnitudes, prunedMagnitudes, pressure, pruningEpochs } = networks
  const rows = Math.min(longestStory, shape.slots)
  return {
    task,
    vocabulary: vocabulary.join(' '),
    pressure,
    pruningEpochs,
    thresholds: [...pruned.thresholds],
    base: packWeights(base.values, shape, rows),
    pruned: packWeights(pruned.values, shape, rows),
    baseMagnitudes,
    prunedMagnitudes,
  }
}

/** A stored task's networks. */
export function unpackTask(stored: StoredTask): TrainedNetworks {
  const vocabulary = stored.vocabulary.split(' ')
  const { width, hops, slots } = BASE_RECIPE
  const shape: NetworkShape = { vocabulary: vocabulary.length, width, hops, slots }
  const unpacked = (packed: PackedWeights, thresholds: readonly number[]): Snapshot => ({
    values: unpackWeights(packed, shape),
    thresholds: Float64Array.from(thresholds),
  })
  return {
    shape,
    vocabulary,
    base: unpacked(stored.base, Array<number>(hops).fill(0)),
    pruned: unpacked(stored.pruned, stored.thresholds),
    baseMagnitudes: stored.baseMagnitudes,
    prunedMagnitudes: stored.prunedMagnitudes,
    pressure: stored.pressure,
    pruningEpochs: stored.pruningEpochs,
  }
}

/**
 * The stored networks, after the hashes of weights and statistics have been checked.
 *
 * @throws {TypeError} if they are not those that were trained together
 */
export function storedNetworks(): (task: number) => TrainedNetworks {
  const check = (what: string, found: string, wanted: string) => {
    if (found === wanted) return
    throw new TypeError(
      `Cannot use the trained ${what}: their SHA-256 must be ${wanted} (${WEIGHTS.command} makes them anew), got ${found}`,
    )
  }
  check('weights', jsonSha256(WEIGHTS.tasks), WEIGHTS.sha256)
  check('statistics', jsonSha256(TRAINED_TASKS), WEIGHTS.statisticsSha256)
  return (task) => {
    const stored = WEIGHTS.tasks.find((own) => own.task === task)
    if (!stored) throw new RangeError(`Cannot use a trained task: it must be from 1 to 20, got ${task}`)
    return unpackTask(stored)
  }
}

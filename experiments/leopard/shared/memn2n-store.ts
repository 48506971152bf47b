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
import { WEIGHTS } from './memn2n-weights.ts'
import type { StoredTask } from './stored-task.ts'

/** The hash that a set of stored tasks must have. */
export function weightsSha256(tasks: readonly StoredTask[]): string {
  return createHash('sha256').update(JSON.stringify(tasks)).digest('hex')
}

/** Packs a task's networks, with the ages that stories reach. */
export function storeTask(task: number, networks: TrainedNetworks, longestStory: number): StoredTask {
  const { shape, vocabulary, base, pruned, pressure, pruningEpochs } = networks
  const rows = Math.min(longestStory, shape.slots)
  return {
    task,
    vocabulary: vocabulary.join(' '),
    pressure,
    pruningEpochs,
    thresholds: [...pruned.thresholds],
    base: packWeights(base.values, shape, rows),
    pruned: packWeights(pruned.values, shape, rows),
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
    pressure: stored.pressure,
    pruningEpochs: stored.pruningEpochs,
  }
}

/**
 * The stored networks, after their hash has been checked.
 *
 * @throws {TypeError} if the weights are not those that were trained
 */
export function storedNetworks(): (task: number) => TrainedNetworks {
  const found = weightsSha256(WEIGHTS.tasks)
  if (found !== WEIGHTS.sha256) {
    throw new TypeError(
      `Cannot use the trained weights: their SHA-256 must be ${WEIGHTS.sha256} (${WEIGHTS.command} makes them anew), got ${found}`,
    )
  }
  return (task) => {
    const stored = WEIGHTS.tasks.find((own) => own.task === task)
    if (!stored) throw new RangeError(`Cannot use a trained task: it must be from 1 to 20, got ${task}`)
    return unpackTask(stored)
  }
}

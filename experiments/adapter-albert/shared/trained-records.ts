import { mean } from '../../../lib/numeric/mod.ts'
import type { SentenceTask, StoredEncoders, StoredRow } from '../../../lib/training/mod.ts'
import {
  ADAPTED,
  BACKBONES,
  type Backbone,
  PRETRAINING_TASK,
  PRUNED_PARTS,
  type PrunedPart,
  TASKS,
} from '../../trained/shared/adapters-constants.ts'
import { criticalLevel } from '../../trained/shared/adapters-recipe.ts'
import { pointsBetween } from './score-audit.ts'
import { seedsOf } from './trained-networks.ts'

/** Fine-tuning of all parameters, and adapters on a backbone of random weights: percent right on the test part. */
export interface TaskRecord {
  readonly seed: number
  readonly task: SentenceTask
  readonly tuned: number
  readonly random: number
  readonly sha256: string
}

/** Fine-tuning and adapters with more examples: percent right on the test part. */
export interface LongerRecord {
  readonly seed: number
  readonly task: SentenceTask
  readonly tuned: number
  readonly adapters: number
  readonly sha256: string
}

/** A network pruned and retrained: percent right. */
export interface PruningRecord {
  readonly seed: number
  /** The backbone of Fig. 4 with this part pruned. */
  readonly critical: boolean
  readonly part: PrunedPart
  /** Of each pruned matrix. */
  readonly sparsity: number
  readonly dev: number
  readonly test: number
  /** Accuracy on the dev part below that of the unpruned network of the seed, in points. */
  readonly devLost: number
  /** Whether that is no more than the tolerance of the recipe. */
  readonly withinTolerance: boolean
  readonly sha256: string
}

/** What became of a backbone on a task: percent right. */
export interface BackboneRecord {
  readonly seed: number
  readonly backbone: Backbone
  readonly task: SentenceTask
  /** Its layers fine-tuned, zeros kept. */
  readonly tuned: number
  /** Adapters of each size on it. */
  readonly sizes: readonly { readonly size: number; readonly dev: number; readonly test: number }[]
  readonly sha256: string
}

/**
 * The rows of a table of records, which must have one for each seed of the stored backbones and each combination of
 * other columns: means and claims rest on all of them.
 *
 * @param table its name, and the values of its other columns
 * @throws {RangeError} naming a row that is missing, or how many there are too many
 */
function rowsOf(
  stored: StoredEncoders,
  table: { readonly name: string; readonly columns: Readonly<Record<string, readonly (string | number)[]>> },
): readonly StoredRow[] {
  const { name, columns } = table
  const rows = stored.records[name]
  const must = `Cannot use the stored networks: records.${name} must have`
  if (!Array.isArray(rows) || rows.length === 0) throw new RangeError(`${must} rows, got none`)
  let needed: Readonly<StoredRow>[] = [{}]
  for (const [column, values] of Object.entries({ seed: seedsOf(stored), ...columns })) {
    needed = needed.flatMap((row) => values.map((value) => ({ ...row, [column]: value })))
  }
  for (const own of needed) {
    const cells = Object.entries(own)
    if (rows.some((row) => cells.every(([column, value]) => row?.[column] === value))) continue
    throw new RangeError(`${must} a row of ${cells.map((cell) => cell.join(' ')).join(', ')}, got none`)
  }
  if (rows.length > needed.length) {
    const by = ['seed', ...Object.keys(columns)].join(', ')
    throw new RangeError(`${must} ${needed.length} rows, one for each ${by}, got ${rows.length}`)
  }
  return rows
}

function numberIn(row: StoredRow, column: string): number {
  const value = row[column]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`Cannot use the stored networks: column ${column} must hold numbers, got ${value ?? 'none'}`)
}

/** Records of fine-tuning and of the control. */
export function taskRecords(stored: StoredEncoders): TaskRecord[] {
  return rowsOf(stored, { name: 'tasks', columns: { task: TASKS } }).map((row) => ({
    seed: numberIn(row, 'seed'),
    task: String(row['task']) as SentenceTask,
    tuned: numberIn(row, 'tunedTest'),
    random: numberIn(row, 'randomTest'),
    sha256: String(row['sha256']),
  }))
}

/** Records of training with more examples, on the tasks that the backbone was not pre-trained on. */
export function longerRecords(stored: StoredEncoders): LongerRecord[] {
  const tasks = TASKS.filter((task) => task !== PRETRAINING_TASK)
  return rowsOf(stored, { name: 'longer', columns: { task: tasks } }).map((row) => ({
    seed: numberIn(row, 'seed'),
    task: String(row['task']) as SentenceTask,
    tuned: numberIn(row, 'tunedTest'),
    adapters: numberIn(row, 'adaptersTest'),
    sha256: String(row['sha256']),
  }))
}

/** Records of pruning. */
export function pruningRecords(stored: StoredEncoders): PruningRecord[] {
  const columns = { part: PRUNED_PARTS, sparsity: ADAPTED.sparsities.value }
  const rows = rowsOf(stored, { name: 'pruning', columns }).map((row) => ({
    seed: numberIn(row, 'seed'),
    part: String(row['part']) as PrunedPart,
    sparsity: numberIn(row, 'sparsity'),
    dev: numberIn(row, 'dev'),
    test: numberIn(row, 'test'),
    sha256: String(row['sha256']),
  }))
  return rows.map((row) => {
    const levels = rows.filter(({ seed, part }) => seed === row.seed && part === row.part)
    const unpruned = levels.find(({ sparsity }) => sparsity === 0) ?? row
    const devLost = pointsBetween(unpruned.dev, row.dev)
    return {
      ...row,
      critical: row.sparsity === criticalLevel(levels, ADAPTED.tolerance.value),
      devLost,
      withinTolerance: devLost <= ADAPTED.tolerance.value,
    }
  })
}

/** Records of backbones on tasks. */
export function backboneRecords(stored: StoredEncoders): BackboneRecord[] {
  return rowsOf(stored, { name: 'backbones', columns: { backbone: BACKBONES, task: TASKS } }).map((row) => ({
    seed: numberIn(row, 'seed'),
    backbone: String(row['backbone']) as Backbone,
    task: String(row['task']) as SentenceTask,
    tuned: numberIn(row, 'tunedTest'),
    sizes: ADAPTED.adapterSizes.value.map((size) => ({
      size,
      dev: numberIn(row, `size${size}Dev`),
      test: numberIn(row, `size${size}Test`),
    })),
    sha256: String(row['sha256']),
  }))
}

/** The size that is best on the dev part; of equals the smallest. */
export function chosenSize<T extends { readonly size: number; readonly dev: number }>(sizes: readonly T[]): T {
  const [first, ...others] = [...sizes].sort((a, b) => a.size - b.size)
  if (!first) throw new RangeError('Cannot choose a size: there must be some, got none')
  return others.reduce((best, own) => (own.dev > best.dev ? own : best), first)
}

/** Mean and ends of some numbers. */
export interface Spread {
  readonly mean: number
  readonly least: number
  readonly most: number
}

/** What seeds give, as one. */
export function spreadOf(values: readonly number[]): Spread {
  return { mean: mean(values), least: Math.min(...values), most: Math.max(...values) }
}

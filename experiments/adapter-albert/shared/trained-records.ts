import { mean } from '../../../lib/numeric/mod.ts'
import type { SentenceTask, StoredEncoders, StoredRow } from '../../../lib/training/mod.ts'
import { ADAPTED, type Backbone, type PrunedPart } from '../../trained/shared/adapters-constants.ts'
import { criticalLevel } from '../../trained/shared/adapters-recipe.ts'

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

/** The rows of a table of records; an empty one is refused, as there would be nothing to show. */
function rowsOf({ records }: StoredEncoders, table: string): readonly StoredRow[] {
  const rows = records[table] ?? []
  if (rows.length === 0)
    throw new RangeError(`Cannot use the stored networks: records.${table} must have rows, got none`)
  return rows
}

function numberIn(row: StoredRow, column: string): number {
  const value = row[column]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new TypeError(`Cannot use the stored networks: column ${column} must hold numbers, got ${value ?? 'none'}`)
}

/** Records of fine-tuning and of the control. */
export function taskRecords(stored: StoredEncoders): TaskRecord[] {
  return rowsOf(stored, 'tasks').map((row) => ({
    seed: numberIn(row, 'seed'),
    task: String(row['task']) as SentenceTask,
    tuned: numberIn(row, 'tunedTest'),
    random: numberIn(row, 'randomTest'),
    sha256: String(row['sha256']),
  }))
}

/** Records of training with more examples. */
export function longerRecords(stored: StoredEncoders): LongerRecord[] {
  return rowsOf(stored, 'longer').map((row) => ({
    seed: numberIn(row, 'seed'),
    task: String(row['task']) as SentenceTask,
    tuned: numberIn(row, 'tunedTest'),
    adapters: numberIn(row, 'adaptersTest'),
    sha256: String(row['sha256']),
  }))
}

/** Records of pruning. */
export function pruningRecords(stored: StoredEncoders): PruningRecord[] {
  const rows = rowsOf(stored, 'pruning').map((row) => ({
    seed: numberIn(row, 'seed'),
    part: String(row['part']) as PrunedPart,
    sparsity: numberIn(row, 'sparsity'),
    dev: numberIn(row, 'dev'),
    test: numberIn(row, 'test'),
    sha256: String(row['sha256']),
  }))
  return rows.map((row) => {
    const levels = rows.filter(({ seed, part }) => seed === row.seed && part === row.part)
    return { ...row, critical: row.sparsity === criticalLevel(levels, ADAPTED.tolerance.value) }
  })
}

const SIZE = /^size(\d+)Test$/

/** Records of backbones on tasks. */
export function backboneRecords(stored: StoredEncoders): BackboneRecord[] {
  return rowsOf(stored, 'backbones').map((row) => ({
    seed: numberIn(row, 'seed'),
    backbone: String(row['backbone']) as Backbone,
    task: String(row['task']) as SentenceTask,
    tuned: numberIn(row, 'tunedTest'),
    sizes: Object.keys(row)
      .flatMap((column) => SIZE.exec(column)?.[1] ?? [])
      .map((size) => ({
        size: Number(size),
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

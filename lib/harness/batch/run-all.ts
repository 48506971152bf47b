import { availableParallelism } from 'node:os'
import { oneLine } from '../command.ts'
import { createPool } from '../pool.ts'
import type { VariantRun } from '../produce.ts'
import { changedFile, type FileHashes } from '../stored-file.ts'
import { changedSince, type Fingerprint, fingerprints } from './fingerprint.ts'
import { dropCachedRun, keepRun, readCachedRun } from './run-cache.ts'
import type { Task, TaskResult } from './task.ts'

/** What became of one experiment in a batch. */
export interface BatchResult {
  readonly id: string
  readonly runs: readonly VariantRun[]
  /** Files of the project's own as the runs read them. */
  readonly files: FileHashes
  /** Message of what went wrong; `runs` is empty then. */
  readonly error: string | null
  readonly skipped: boolean
  /** Why it ran or was skipped. */
  readonly why: string
  /** How long it ran, or the earlier run took where it was skipped; null where that is not known. */
  readonly seconds: number | null
}

/** How a batch is run. */
export interface BatchOptions {
  /** Threads. @default the number of processors */
  readonly jobs?: number
  /** Run even what a cached run stands for. @default false */
  readonly force?: boolean
  /** Seconds after which an experiment that has not finished is given up. @default 900 */
  readonly timeoutSeconds?: number
  /** Called as each experiment finishes. */
  readonly onResult?: (result: BatchResult) => void
}

/** Keeps the runs whose code is still what it was when they began; a cache that cannot be written is done without. */
async function writeCache(
  root: string,
  before: ReadonlyMap<string, Fingerprint>,
  results: readonly BatchResult[],
): Promise<void> {
  const fresh = results.filter(({ skipped, error }) => !skipped && error === null)
  for (const { id, error } of results) if (error !== null) dropCachedRun(root, id)
  const after = await fingerprints(
    root,
    fresh.map(({ id }) => id),
  )
  for (const { id, runs, files, seconds } of fresh) {
    const fingerprint = before.get(id)
    const now = after.get(id)
    if (!fingerprint || !now || changedSince(fingerprint, now)) continue
    if (!keepRun(root, id, { fingerprint, files, runs, seconds })) return
  }
}

/** Why a cached run does not stand for a new one, going by the files it read, or null if it does. */
function changedInput(root: string, files: FileHashes): string | null {
  const changed = changedFile(root, files)
  return changed && `a file it reads changed: ${changed}`
}

/**
 * Runs experiments, every one of them whatever becomes of the others. A run whose import graph, stored files, packages
 * and Node.js are those of a cached run is skipped.
 *
 * @returns results in the order of `ids`
 */
export async function runAll(root: string, ids: readonly string[], options: BatchOptions = {}): Promise<BatchResult[]> {
  const { jobs = availableParallelism(), force = false, timeoutSeconds = 900, onResult } = options
  const prints = await fingerprints(root, ids)
  const results = new Map<string, BatchResult>()
  const finish = (result: BatchResult) => {
    results.set(result.id, result)
    onResult?.(result)
  }
  const todo: { id: string; why: string }[] = []
  for (const id of ids) {
    const now = prints.get(id)
    const cached = readCachedRun(root, id)
    const changed = cached && now ? (changedSince(cached.fingerprint, now) ?? changedInput(root, cached.files)) : null
    if (force) todo.push({ id, why: 'forced' })
    else if (!cached) todo.push({ id, why: 'there is no earlier run' })
    else if (!now) todo.push({ id, why: 'its code cannot be fingerprinted' })
    else if (changed) todo.push({ id, why: changed })
    else {
      const why = `code ${now.code.slice(0, 12)}, packages and Node.js ${now.node} are those of the earlier run`
      const { runs, files, seconds } = cached
      finish({ id, runs, files, error: null, skipped: true, why, seconds })
    }
  }
  // Always in workers: what an experiment does to its own thread must not end the batch.
  const pool =
    todo.length === 0
      ? null
      : createPool<Task, TaskResult>(new URL('./task.ts', import.meta.url), Math.min(jobs, todo.length))
  const runOne = async ({ id, why }: { id: string; why: string }) => {
    const signal = AbortSignal.timeout(1000 * timeoutSeconds)
    const outcome = await (pool as NonNullable<typeof pool>).run({ root, id }, { signal }).catch((error: unknown) => ({
      error: signal.aborted ? `it must finish within ${timeoutSeconds} s, and has not` : oneLine(error),
      seconds: null,
    }))
    const failed = 'error' in outcome
    finish({
      id,
      runs: failed ? [] : outcome.runs,
      files: failed ? {} : outcome.files,
      error: failed ? outcome.error : null,
      skipped: false,
      why,
      seconds: outcome.seconds,
    })
  }
  await Promise.all(todo.map(runOne))
  await pool?.destroy()
  await writeCache(root, prints, [...results.values()])
  return ids.map((id) => results.get(id) as BatchResult)
}

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from '../atomic-write.ts'
import type { VariantRun } from '../produce.ts'
import type { Fingerprint } from './fingerprint.ts'

/** What is kept of an experiment's last run. */
export interface CachedRun {
  readonly fingerprint: Fingerprint
  readonly runs: readonly VariantRun[]
  /** How long they took; older caches do not have it. */
  readonly seconds?: number
}

interface CacheFile extends CachedRun {
  /** Hash of `runs`, so that nothing but what a run wrote is ever taken for a run. */
  readonly sha256: string
}

function runsHash(runs: readonly VariantRun[]): string {
  return createHash('sha256').update(JSON.stringify(runs)).digest('hex')
}

function cachePath(root: string, id: string): string {
  return join(root, 'out', 'cache', `${id}.json`)
}

/** What is kept of an experiment's last run; null if there is nothing, or not what a run wrote. */
export function readCachedRun(root: string, id: string): CachedRun | null {
  const path = cachePath(root, id)
  if (!existsSync(path)) return null
  try {
    const cached = JSON.parse(readFileSync(path, 'utf8')) as CacheFile
    return cached.fingerprint && cached.sha256 === runsHash(cached.runs) ? cached : null
  } catch {
    return null
  }
}

/**
 * How long an experiment's last run took.
 *
 * @returns seconds; null if it has never run, or before they were kept
 */
export function lastSeconds(root: string, id: string): number | null {
  return readCachedRun(root, id)?.seconds ?? null
}

/**
 * Keeps a run.
 *
 * @returns false if it cannot be written
 */
export function keepRun(root: string, id: string, run: CachedRun): boolean {
  const { fingerprint, runs, seconds } = run
  const file = { fingerprint, sha256: runsHash(runs), runs, seconds }
  try {
    atomicWrite(cachePath(root, id), `${JSON.stringify(file)}\n`, { parents: true })
    return true
  } catch {
    return false
  }
}

/** Forgets an experiment's last run. */
export function dropCachedRun(root: string, id: string): void {
  rmSync(cachePath(root, id), { recursive: true, force: true })
}

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { atomicWrite } from '../atomic-write.ts'
import type { VariantRun } from '../produce.ts'
import type { FileHashes } from '../stored-file.ts'
import type { Fingerprint } from './fingerprint.ts'

/** What is kept of an experiment's last run. */
export interface CachedRun {
  readonly fingerprint: Fingerprint
  /** Files of the project's own as the runs read them. */
  readonly files: FileHashes
  readonly runs: readonly VariantRun[]
  /** How long they took; null where that is not known. */
  readonly seconds: number | null
}

interface CacheFile extends CachedRun {
  /** Hash of `runs`, so that nothing but what a run wrote is ever taken for a run. */
  readonly sha256: string
}

function runsHash(runs: readonly VariantRun[]): string {
  return createHash('sha256').update(JSON.stringify(runs)).digest('hex')
}

/** What the last part of a cache file begins with. */
const RUNS = '"runs":'

function cachePath(root: string, id: string): string {
  return join(root, 'out', 'cache', `${id}.json`)
}

/** What is kept of an experiment's last run; null if there is nothing, or not what a run wrote. */
export function readCachedRun(root: string, id: string): CachedRun | null {
  const path = cachePath(root, id)
  if (!existsSync(path)) return null
  try {
    const cached = JSON.parse(readFileSync(path, 'utf8')) as CacheFile
    return cached.fingerprint && cached.sha256 === runsHash(cached.runs)
      ? { ...cached, files: cached.files ?? {}, seconds: cached.seconds ?? null }
      : null
  } catch {
    return null
  }
}

/**
 * How long an experiment's last run took. Its answer, nearly all of the file, is neither parsed nor checked.
 *
 * @returns seconds; null if it has never run, or that is not known
 */
export function lastSeconds(root: string, id: string): number | null {
  const path = cachePath(root, id)
  if (!existsSync(path)) return null
  try {
    const text = readFileSync(path, 'utf8')
    const { seconds } = JSON.parse(`${text.slice(0, text.indexOf(RUNS))}${RUNS}[]}`) as Partial<CacheFile>
    return typeof seconds === 'number' ? seconds : null
  } catch {
    return null
  }
}

/**
 * Keeps a run.
 *
 * @returns false if it cannot be written
 */
export function keepRun(root: string, id: string, run: CachedRun): boolean {
  const { fingerprint, files, runs, seconds } = run
  // The runs come last, so that what is before them can be read without them.
  const file: CacheFile = { fingerprint, files, sha256: runsHash(runs), seconds, runs }
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

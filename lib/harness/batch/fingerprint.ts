import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { scriptPath } from './discover.ts'

/** All that decides an experiment's default run. */
export interface Fingerprint {
  /** Hash of the script with everything of ours it imports, comments and layout stripped. */
  readonly code: string
  /** Hash of the lock file. */
  readonly packages: string
  readonly node: string
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex')
}

/**
 * Fingerprints of experiments, from the transformed import graph: parameters, seeds and model constants are code. What
 * else a run reads, files of the project's own, is hashed where it is read.
 *
 * @returns fingerprints by id; an experiment that does not compile has none
 */
export async function fingerprints(root: string, ids: readonly string[]): Promise<Map<string, Fingerprint>> {
  const lock = join(root, 'package-lock.json')
  const packages = existsSync(lock) ? sha256(readFileSync(lock)) : 'none'
  const bundled = await Promise.all(
    ids.map(async (id) => {
      try {
        const { outputFiles } = await build({
          entryPoints: [scriptPath(root, id)],
          bundle: true,
          write: false,
          format: 'esm',
          platform: 'node',
          target: 'node20',
          packages: 'external',
          // Comments and layout do not count; names do, since a program can read them.
          minifyWhitespace: true,
          minifySyntax: true,
          keepNames: true,
          legalComments: 'none',
          logLevel: 'silent',
        })
        return [id, sha256(outputFiles[0]?.contents ?? '')] as const
      } catch {
        return [id, null] as const
      }
    }),
  )
  const found = new Map<string, Fingerprint>()
  for (const [id, code] of bundled) if (code) found.set(id, { code, packages, node: process.version })
  return found
}

/** Why a cached run does not stand for a new one, or null if it does. */
export function changedSince(cached: Fingerprint, now: Fingerprint): string | null {
  if (cached.code !== now.code) return 'its code or that of a module it imports changed'
  if (cached.packages !== now.packages) return 'package-lock.json changed'
  if (cached.node !== now.node) return `Node.js changed from ${cached.node} to ${now.node}`
  return null
}

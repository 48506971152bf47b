import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What the top level of the sources holds, and of it what an artifact takes along. */
export const SOURCES = [
  'experiments',
  'lib',
  'golden',
  'scripts',
  'test',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'Makefile',
  'README.md',
  'LICENSE',
  'CITATION.cff',
  '.github',
  '.ci',
  '.gitignore',
  '.npmrc',
  '.biome.json',
] as const

/** What a run or an editor leaves among the sources. */
const LEFTOVER = /\.(changed\.json|tmp)$/

/**
 * Files below a folder, or the file itself.
 *
 * @param part path from the root
 * @returns paths from the root with forward slashes, leftovers of runs left out
 * @throws {TypeError} if there is no such path, or it leads to something that is neither file nor folder
 */
export function filesBelow(root: string, part: string): string[] {
  const found = lstatSync(join(root, part), { throwIfNoEntry: false })
  if (!found) throw new TypeError(`Cannot build the artifact: ${part} must be there, got nothing`)
  if (found.isDirectory()) return readdirSync(join(root, part)).flatMap((name) => filesBelow(root, `${part}/${name}`))
  if (LEFTOVER.test(part)) return []
  if (!found.isFile()) throw new TypeError(`Cannot build the artifact: ${part} must be a file or a folder, got neither`)
  return [part]
}

/** Bytes of all files below a folder. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0)
}

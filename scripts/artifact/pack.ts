import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { create } from 'tar'

/** What is packed. */
export interface Contents {
  /** The one folder that everything in the archive lies in. */
  readonly folder: string
  /** Files to copy: paths from the project's root. */
  readonly files: readonly string[]
  /** Files made for the archive: their texts by path. */
  readonly made: ReadonlyMap<string, string>
}

/** An archive that was written. */
export interface Packed {
  /** From the project's root. */
  readonly path: string
  readonly bytes: number
  readonly files: number
}

export const CHECKSUMS = 'SHA256SUMS'

/** Every file in the archive gets this time: 2000-01-01, so that the same tree makes the same bytes. */
const FIXED_TIME = new Date(Date.UTC(2000, 0, 1))

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Packs files into `out/<name>`, with their checksums: sorted, without owners, times and other traces of this machine,
 * so that the same files make the same bytes with the same zlib. The archive is written aside and renamed into place.
 *
 * @throws {TypeError} if a file cannot be read or the archive not be written
 */
export function packArchive(root: string, name: string, contents: Contents): Packed {
  const target = join(root, 'out', name)
  const aside = `${target}.${process.pid}.tmp`
  const staged = join(aside, contents.folder)
  const at = (path: string): string => {
    const file = join(staged, path)
    mkdirSync(dirname(file), { recursive: true })
    return file
  }
  const paths = [...contents.files, ...contents.made.keys()].sort(inOrder)
  try {
    // What is hashed and packed is this copy: the tree may change meanwhile.
    for (const path of contents.files) copyFileSync(join(root, path), at(path))
    for (const [path, text] of contents.made) writeFileSync(at(path), text)
    const sums = paths.map(
      (path) =>
        `${createHash('sha256')
          .update(readFileSync(at(path)))
          .digest('hex')}  ${path}\n`,
    )
    writeFileSync(at(CHECKSUMS), sums.join(''))
    const all = [...paths, CHECKSUMS].sort(inOrder)
    // Other bits follow the umask of whoever fetched the sources.
    for (const path of all) chmodSync(at(path), statSync(at(path)).mode & 0o100 ? 0o755 : 0o644)
    const archive = join(aside, name)
    create(
      { sync: true, strict: true, cwd: aside, file: archive, gzip: { level: 9 }, portable: true, mtime: FIXED_TIME },
      all.map((path) => `${contents.folder}/${path}`),
    )
    const bytes = statSync(archive).size
    renameSync(archive, target)
    return { path: `out/${name}`, bytes, files: all.length }
  } catch (error) {
    throw new TypeError(`Cannot write out/${name}: every file must be readable and out/ writable, got ${error}`)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such directory',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
}

/** What a failed file operation means, without the names of temporary files. */
function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code && REASONS[code]) return REASONS[code]
  return code ?? (error instanceof Error ? error.message : String(error))
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'w')
  try {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Writes a file so that a reader, or a kill at any moment, sees the old content or the new one, never a part:
 * a temporary file beside it is written, flushed and renamed. A device or pipe is written to as it is.
 *
 * @param options `parents`: make missing directories
 * @throws {TypeError} if the file cannot be written; nothing is left behind then
 */
export function atomicWrite(path: string, text: string, options: { readonly parents?: boolean } = {}): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    const existing = statSync(path, { throwIfNoEntry: false })
    if (existing && !existing.isFile() && !existing.isDirectory()) {
      writeFileSync(path, text)
      return
    }
    if (options.parents) mkdirSync(dirname(path), { recursive: true })
    if (existing?.isDirectory()) throw Object.assign(new TypeError(), { code: 'EISDIR' })
    try {
      writeWhole(temporary, text)
      renameSync(temporary, path)
    } finally {
      rmSync(temporary, { force: true })
    }
  } catch (error) {
    throw new TypeError(`Cannot write ${path}: it must be a writable file, but ${reasonOf(error)}`)
  }
}

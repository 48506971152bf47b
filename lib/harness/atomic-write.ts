import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
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
  ELOOP: 'its links go round in circles',
  ENAMETOOLONG: 'its name is too long',
}

/** What a failed file operation means, without the names of temporary files. */
function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code && REASONS[code]) return REASONS[code]
  return code ?? (error instanceof Error ? error.message : String(error))
}

function writeWhole(path: string, text: string, mode: number | undefined): void {
  const file = openSync(path, 'w', mode)
  try {
    const bytes = Buffer.from(text)
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Where a path leads once links are followed; itself if there is nothing yet. */
function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/**
 * Writes a file so that a reader, or a kill at any moment, sees the old content or the new one, never a part:
 * a temporary file beside it is written, flushed and renamed. Links are followed, an existing file keeps its mode and
 * is not touched if it is read-only; a device or pipe is written to as it is.
 *
 * @param options `parents`: make missing directories
 * @throws {TypeError} if the file cannot be written; nothing is left behind then
 */
export function atomicWrite(path: string, text: string, options: { readonly parents?: boolean } = {}): void {
  try {
    if (path === '') throw Object.assign(new TypeError(), { code: 'ENOENT' })
    const target = targetOf(path)
    const existing = statSync(target, { throwIfNoEntry: false })
    if (existing?.isDirectory()) throw Object.assign(new TypeError(), { code: 'EISDIR' })
    if (existing && (!existing.isFile() || /^\/(dev|proc)\//.test(path))) {
      writeFileSync(path, text)
      return
    }
    if (existing && (existing.mode & 0o222) === 0) throw Object.assign(new TypeError(), { code: 'EACCES' })
    if (existing) accessSync(target, constants.W_OK)
    if (options.parents) mkdirSync(dirname(target), { recursive: true })
    const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${process.pid}.tmp`)
    try {
      writeWhole(temporary, text, existing?.mode)
      renameSync(temporary, target)
    } finally {
      rmSync(temporary, { force: true })
    }
  } catch (error) {
    throw new TypeError(
      `Cannot write ${path || 'a file without a name'}: it must be a writable file, but ${reasonOf(error)}`,
    )
  }
}

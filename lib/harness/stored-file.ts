import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readTextFile } from './csv.ts'
import type { AnyParamValues, Param, Params } from './param.ts'
import { PROJECT_ROOT } from './root.ts'

/** SHA-256 of what files hold, by path from the project's root. */
export type FileHashes = Readonly<Record<string, string>>

/** What was read so far: a file that many runs share is read once by each thread. */
const known = new Map<string, string>()

function readStored(root: string, stored: string): string {
  const path = join(root, stored)
  const text = known.get(path) ?? readTextFile(path, stored)
  known.set(path, text)
  return text
}

/** Parameters with a file of the project's own. */
function withStored(params: Params): [name: string, stored: string][] {
  return Object.entries(params).flatMap(([name, { stored }]) => (stored === undefined ? [] : [[name, stored]]))
}

/**
 * What the project's own files hold, for the parameters that name no other file.
 *
 * @param values the run's
 * @param root where the files are
 * @returns texts by parameter, as a run gets them
 * @throws {TypeError} if a file cannot be read; {SyntaxError} if it is no UTF-8 text
 */
export function storedFiles(
  params: Params,
  values: AnyParamValues,
  root: string = PROJECT_ROOT,
): Readonly<Record<string, string>> {
  const used = withStored(params).filter(([name]) => values[name] === '')
  return Object.fromEntries(used.map(([name, stored]) => [name, readStored(root, stored)]))
}

/**
 * Hashes of the project's own files that an experiment may read, as this thread has read them.
 *
 * @throws as {@link storedFiles}
 */
export function storedHashes(params: Params, root: string = PROJECT_ROOT): FileHashes {
  return Object.fromEntries(withStored(params).map(([, stored]) => [stored, sha256(readStored(root, stored))]))
}

/** The first file that does not hold what it held, or cannot be read; null if all do. Nothing is remembered. */
export function changedFile(root: string, files: FileHashes): string | null {
  const changed = Object.entries(files).find(([stored, hash]) => {
    try {
      return sha256(readTextFile(join(root, stored))) !== hash
    } catch {
      return true
    }
  })
  return changed?.[0] ?? null
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * The file a run reads for a parameter with a stored one: the user's, or else the project's own.
 *
 * @param param as the experiment declares it
 * @param name of the parameter
 * @param run its values and files
 * @returns how errors name the file, and what it holds
 * @throws {TypeError} if the run was not given what the file holds
 *
 * @example
 * ```ts
 * import { type Param, storedFile } from '../../lib/harness/mod.ts'
 *
 * const source = { kind: 'assumed', why: 'an example', range: 'any' } as const
 * const network: Param = {
 *   type: 'string',
 *   value: '',
 *   unit: 'file',
 *   source,
 *   description: 'trained network',
 *   file: true,
 *   stored: 'experiments/trained/network.json',
 * }
 * const { path } = storedFile(network, 'network', { params: { network: '' }, files: { network: '{}' } })
 * path // => 'experiments/trained/network.json'
 * ```
 */
export function storedFile(
  param: Param,
  name: string,
  run: { readonly params: AnyParamValues; readonly files: Readonly<Record<string, string>> },
): { readonly path: string; readonly text: string } {
  const path = String(run.params[name] || param.stored)
  const text = run.files[name]
  if (text === undefined) throw new TypeError(`Cannot run: ${name} must come with what ${path} holds, got nothing`)
  return { path, text }
}

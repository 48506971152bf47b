import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkDefinition } from '../definition.ts'
import type { AnyExperiment } from '../experiment.ts'
import { didYouMean } from '../nearest.ts'

/** Path of an experiment's script. */
export function scriptPath(root: string, id: string): string {
  return join(root, 'experiments', `${id}.ts`)
}

/** Ids of all experiments: the scripts right inside each folder of experiments/, in alphabetical order. */
export function discoverExperiments(root: string): string[] {
  const folder = join(root, 'experiments')
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((paper) =>
      readdirSync(join(folder, paper.name), { withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
        .map((entry) => `${paper.name}/${entry.name.slice(0, -'.ts'.length)}`),
    )
    .sort()
}

/**
 * Picks experiments by id, or by the beginning of their ids (`survey`, `survey/fig`).
 *
 * @throws {RangeError} if a name fits none, naming the nearest
 */
export function selectExperiments(ids: readonly string[], names: readonly string[]): string[] {
  if (names.length === 0) return [...ids]
  const chosen = new Set<string>()
  for (const name of names) {
    const cleaned = name.replace(/^(\.\/)?experiments\//, '').replace(/\.ts$/, '')
    const fitting = ids.filter((id) => id === cleaned || id.startsWith(cleaned))
    if (fitting.length === 0) {
      throw new RangeError(
        `Cannot find an experiment: its id must begin with a known one, got "${name}"${didYouMean(cleaned, ids)}`,
      )
    }
    for (const id of fitting) chosen.add(id)
  }
  return ids.filter((id) => chosen.has(id))
}

/**
 * Imports an experiment.
 *
 * @throws {TypeError} if its script exports no experiment of that id, or its definition is wrong
 */
export async function loadExperiment(root: string, id: string): Promise<AnyExperiment> {
  const module = (await import(pathToFileURL(scriptPath(root, id)).href)) as { readonly default?: AnyExperiment }
  if (module.default?.id !== id) {
    throw new TypeError(
      `Cannot load experiments/${id}.ts: its default export must be the experiment ${id}, got ${module.default?.id ?? 'none'}`,
    )
  }
  checkDefinition(module.default)
  return module.default
}

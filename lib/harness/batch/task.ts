import { performance } from 'node:perf_hooks'
import { oneLine } from '../command.ts'
import { runVariants, type VariantRun } from '../produce.ts'
import { type FileHashes, storedHashes } from '../stored-file.ts'
import { loadExperiment } from './discover.ts'

/** What a worker is asked to run. */
export interface Task {
  readonly root: string
  readonly id: string
}

/**
 * A run's answer with the files of the project's own that it read, or the message of what went wrong; a thrown error
 * would lose its name between threads.
 */
export type TaskResult = (
  | { readonly runs: readonly VariantRun[]; readonly files: FileHashes }
  | { readonly error: string }
) & { readonly seconds: number }

/** Runs all variants of one experiment. */
export default async function runTask({ root, id }: Task): Promise<TaskResult> {
  const start = performance.now()
  const seconds = () => (performance.now() - start) / 1000
  try {
    const exp = await loadExperiment(root, id)
    return { runs: runVariants(exp, root), files: storedHashes(exp.params, root), seconds: seconds() }
  } catch (error) {
    return { error: oneLine(error), seconds: seconds() }
  }
}

import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'

/**
 * The environment without coverage: a worker's loader transforms the same files otherwise, and merged with the main
 * thread's ranges its own would be wrong (Node.js 22 and later).
 */
function workerEnvironment(): Record<string, string> {
  const { NODE_V8_COVERAGE: _, ...rest } = process.env
  return rest as Record<string, string>
}

/**
 * A pool of threads that run one TypeScript module's default export.
 *
 * @param task the module; it is given what `run()` is called with, and both sides are cloned
 * @param threads at most so many at once
 */
export function createPool<In, Out>(task: URL, threads: number): Piscina<In, Out> {
  return new Piscina<In, Out>({
    filename: fileURLToPath(new URL('./worker.mjs', import.meta.url)),
    workerData: { task: task.href },
    minThreads: 1,
    maxThreads: threads,
    env: workerEnvironment(),
  })
}

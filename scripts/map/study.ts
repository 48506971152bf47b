import { availableParallelism } from 'node:os'
import { createPool } from '../../lib/harness/pool.ts'
import {
  mergeStudies,
  RUN_LENGTH,
  type SampleOptions,
  type SampleStudy,
  type StudyPart,
  sampleMapSpace,
} from '../../lib/mapping/mod.ts'
import type { PartTask } from './part.ts'

/** Fewer samples than this are not worth a thread's start. */
const SAMPLES_PER_THREAD = 500_000

/** Threads for so many samples where none are asked for. */
export function defaultJobs(samples: number): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(samples / SAMPLES_PER_THREAD)))
}

/** Samples a map space on up to `jobs` threads; the result does not depend on how many. */
export async function sampleOnThreads(
  target: PartTask['target'],
  options: Omit<SampleOptions, 'part'>,
  jobs: number,
): Promise<SampleStudy> {
  // More threads than runs have nothing to do, more than processors only wait.
  const threads = Math.min(jobs, availableParallelism(), Math.ceil(options.samples / RUN_LENGTH))
  if (threads === 1) return sampleMapSpace(target, options)
  const pool = createPool<PartTask, StudyPart>(new URL('./part.ts', import.meta.url), threads)
  try {
    const tasks = Array.from({ length: threads }, (_, index) => ({
      target,
      options: { ...options, part: { index, of: threads } },
    }))
    return mergeStudies(await Promise.all(tasks.map((task) => pool.run(task))))
  } finally {
    await pool.destroy()
  }
}

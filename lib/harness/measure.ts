import process from 'node:process'
import { createRng } from '../numeric/mod.ts'
import type { AnyExperiment, Stopwatch } from './experiment.ts'
import type { RunResult } from './run.ts'
import type { AnyTables } from './table.ts'
import { validateTables } from './validate.ts'

const MICROSECONDS = 1e-6

/** Reads what the operating system charges this process, so that a busy machine changes little. */
const cpuStopwatch: Stopwatch = {
  cpuSeconds() {
    const { user, system } = process.cpuUsage()
    return MICROSECONDS * (user + system)
  },
}

/**
 * Times what an experiment declares to be timed, at a run's parameters and seed.
 *
 * @returns its tables; null where there is nothing to time
 * @throws {TypeError} if the tables do not match their schema
 */
export function runMeasurement(
  exp: AnyExperiment,
  { params, seed }: RunResult,
  stopwatch: Stopwatch = cpuStopwatch,
): AnyTables | null {
  if (!exp.measure) return null
  const measured = exp.measure.run({ params, rng: createRng(seed), stopwatch })
  validateTables(exp.id, exp.measure.schema, measured)
  return measured
}

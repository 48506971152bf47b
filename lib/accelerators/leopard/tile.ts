import { type BitSerialFormat, fullCycles } from './bit-serial.ts'
import { checkStatistics, type ScoreStatistics } from './statistics.ts'

/** A tile: bit-serial dot-product units that share one value-processing unit. */
export interface LeopardTile extends BitSerialFormat {
  /** N: dot-product units of the front-end. */
  readonly dpus: number
  /** Cycles the value-processing unit spends on a score that survives. */
  readonly vpuCyclesPerScore: number
}

/** Cycles of one query against all keys, front-end and back-end working on successive queries at the same time. */
export interface QueryTime {
  readonly frontCycles: number
  readonly backCycles: number
  readonly totalCycles: number
  /** Back-end over front-end; above 1 the back-end holds the front-end up. */
  readonly vpuUtilisation: number
}

/**
 * Two stages at work on successive queries: the slower one sets the pace.
 *
 * @throws {RangeError} if the front-end takes no time
 */
export function pipelined(frontCycles: number, backCycles: number): QueryTime {
  if (!(frontCycles > 0 && backCycles >= 0)) {
    throw new RangeError(
      `Cannot pipeline stages: frontCycles must be above 0 and backCycles 0 or more, got ${frontCycles} and ${backCycles}`,
    )
  }
  return {
    frontCycles,
    backCycles,
    totalCycles: Math.max(frontCycles, backCycles),
    vpuUtilisation: backCycles / frontCycles,
  }
}

/** Mean cycles one unit spends on a score: as counted, or else by mean bits. */
export function dpuCyclesPerScore(
  { prunedShare, bitsOnPruned, cyclesOnPruned }: ScoreStatistics,
  format: BitSerialFormat,
): number {
  // Not rounded up: the mean of whole cycles is no whole number.
  const onPruned = cyclesOnPruned ?? bitsOnPruned / format.bitsPerCycle
  return prunedShare * onPruned + (1 - prunedShare) * fullCycles(format)
}

function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`Cannot run a tile: ${name} must be above 0, got ${value}`)
    }
  }
}

/**
 * Time of a query from a workload's mean statistics: the scores spread evenly over the units, no unit waits for
 * another.
 *
 * @param keys of the query
 * @throws {RangeError} on statistics or sizes out of range
 */
export function queryTime(statistics: ScoreStatistics, keys: number, tile: LeopardTile): QueryTime {
  checkStatistics(statistics, tile)
  const { dpus, vpuCyclesPerScore } = tile
  checkCounts({ keys, dpus, vpuCyclesPerScore })
  return pipelined(
    (keys * dpuCyclesPerScore(statistics, tile)) / dpus,
    vpuCyclesPerScore * (1 - statistics.prunedShare) * keys,
  )
}

/**
 * Time of a query on the baseline: one unit of full width computes a score per cycle, and nothing is pruned.
 *
 * @param vpuCyclesPerScore of the baseline's value-processing unit
 * @throws {RangeError} on sizes out of range
 */
export function baselineQueryTime(keys: number, vpuCyclesPerScore: number): QueryTime {
  checkCounts({ keys, vpuCyclesPerScore })
  return pipelined(keys, vpuCyclesPerScore * keys)
}

/** What a speedup is over, and with what of the front-end's cycles. */
export interface SpeedupOptions {
  /** Keys of the query. */
  readonly keys: number
  /** Of the baseline's value-processing unit. */
  readonly baselineVpuCyclesPerScore: number
  /** Share of its cycles that the front-end takes, as fewer bits would leave it; 1 unless told. */
  readonly frontShare?: number
}

/**
 * How much sooner a tile is done with a query than the baseline.
 *
 * @throws {RangeError} on statistics or sizes out of range
 */
export function speedup(
  statistics: ScoreStatistics,
  tile: LeopardTile,
  { keys, baselineVpuCyclesPerScore, frontShare = 1 }: SpeedupOptions,
): number {
  const { frontCycles, backCycles } = queryTime(statistics, keys, tile)
  const own = pipelined(frontShare * frontCycles, backCycles).totalCycles
  return baselineQueryTime(keys, baselineVpuCyclesPerScore).totalCycles / own
}

import { type BitSerialFormat, checkFormat, fullCycles, takenBits } from './bit-serial.ts'

/** How the scores of a workload prune: all that a statistics-driven tile knows of it. */
export interface ScoreStatistics {
  /** Share of the scores that are pruned, 0 to 1. */
  readonly prunedShare: number
  /** Mean bits a unit takes of a pruned score, whole cycles of B bits each; without pruned scores it has no effect. */
  readonly bitsOnPruned: number
  /**
   * Mean cycles of a pruned score, where they were counted. Without them a cycle counts as B bits, which it is unless
   * B does not divide the width: the last cycle then takes fewer.
   */
  readonly cyclesOnPruned?: number
}

/** Scores counted at one bit per cycle, from which those of any coarser step follow. */
export interface PruningCounts {
  readonly keptScores: number
  /** Pruned scores by the bits taken; index 0 is unused. */
  readonly prunedAfterBits: readonly number[]
}

/** Counts of two kinds of scores together. */
export function addCounts(a: PruningCounts, b: PruningCounts): PruningCounts {
  const length = Math.max(a.prunedAfterBits.length, b.prunedAfterBits.length)
  return {
    keptScores: a.keptScores + b.keptScores,
    prunedAfterBits: Array.from(
      { length },
      (_, bits) => (a.prunedAfterBits[bits] ?? 0) + (b.prunedAfterBits[bits] ?? 0),
    ),
  }
}

/**
 * Bits a unit of B bits per cycle takes of a score that one bit per cycle stops after `bits`: the bound never rises
 * from bit to bit, so the coarser unit stops in the cycle that holds that bit.
 */
export function coarserBits(bits: number, format: BitSerialFormat): number {
  return takenBits(Math.ceil(bits / format.bitsPerCycle), format)
}

interface Sums {
  readonly scores: number
  readonly pruned: number
  readonly bits: number
  readonly cycles: number
}

function sumsOf({ keptScores, prunedAfterBits }: PruningCounts, format: BitSerialFormat): Sums {
  checkFormat(format)
  if (prunedAfterBits.length > format.bits + 1) {
    throw new RangeError(
      `Cannot summarise scores: prunedAfterBits must end at ${format.bits} bits, got ${prunedAfterBits.length - 1}`,
    )
  }
  let [pruned, bits, cycles] = [0, 0, 0]
  for (const [at, count] of [keptScores, ...prunedAfterBits.slice(1)].entries()) {
    if (!(count >= 0 && Number.isFinite(count))) {
      throw new RangeError(`Cannot summarise scores: counts must be 0 or more, got ${count}`)
    }
    if (at === 0) continue
    pruned += count
    bits += count * coarserBits(at, format)
    cycles += count * Math.ceil(at / format.bitsPerCycle)
  }
  if (!(keptScores + pruned > 0)) throw new RangeError('Cannot summarise scores: there must be at least one, got none')
  return { scores: keptScores + pruned, pruned, bits, cycles }
}

/**
 * Statistics of counted scores on units of B bits per cycle.
 *
 * @throws {RangeError} if there are no scores, or counts beyond the format's bits
 */
export function statisticsOf(counts: PruningCounts, format: BitSerialFormat): ScoreStatistics {
  const { scores, pruned, bits, cycles } = sumsOf(counts, format)
  return pruned > 0
    ? { prunedShare: pruned / scores, bitsOnPruned: bits / pruned, cyclesOnPruned: cycles / pruned }
    : { prunedShare: 0, bitsOnPruned: format.bits, cyclesOnPruned: fullCycles(format) }
}

/** The same scores if the pruned ones took other bits on average; cycles that were counted no longer hold. */
export function withBits({ prunedShare }: ScoreStatistics, bitsOnPruned: number): ScoreStatistics {
  return { prunedShare, bitsOnPruned }
}

/**
 * Mean cycles of a score, pruned or not.
 *
 * @throws {RangeError} as {@link statisticsOf}
 */
export function meanCycles(counts: PruningCounts, format: BitSerialFormat): number {
  const { scores, pruned, cycles } = sumsOf(counts, format)
  return (cycles + (scores - pruned) * fullCycles(format)) / scores
}

/**
 * Statistics that are known at one step and width, estimated at another: bits grow with the width, and a step of B bits
 * overshoots the bit that decides by (B - 1) / 2 on average.
 */
export function convertStatistics(
  statistics: ScoreStatistics,
  from: BitSerialFormat,
  to: BitSerialFormat,
): ScoreStatistics {
  if (from.bits === to.bits && from.bitsPerCycle === to.bitsPerCycle) return statistics
  const decisive = ((statistics.bitsOnPruned - (from.bitsPerCycle - 1) / 2) * to.bits) / from.bits
  const bits = decisive + (to.bitsPerCycle - 1) / 2
  return withBits(statistics, Math.min(Math.max(bits, to.bitsPerCycle), to.bits))
}

/** @throws {RangeError} if statistics are none of units of this format */
export function checkStatistics(
  { prunedShare, bitsOnPruned, cyclesOnPruned }: ScoreStatistics,
  format: BitSerialFormat,
): void {
  checkFormat(format)
  const fail = (what: string, given: number): never => {
    throw new RangeError(`Cannot use statistics: ${what}, got ${given}`)
  }
  if (!(prunedShare >= 0 && prunedShare <= 1)) fail('prunedShare must be from 0 to 1', prunedShare)
  const { bits, bitsPerCycle } = format
  if (!(bitsOnPruned >= bitsPerCycle && bitsOnPruned <= bits)) {
    fail(`bitsOnPruned must be from ${bitsPerCycle}, a cycle, to ${bits}`, bitsOnPruned)
  }
  if (cyclesOnPruned === undefined) return
  // A cycle takes at most B bits; means differ from their quotient by rounding.
  const [least, most] = [bitsOnPruned / bitsPerCycle, fullCycles(format)]
  if (!(cyclesOnPruned >= least * (1 - 1e-12) && cyclesOnPruned <= most * (1 + 1e-12))) {
    fail(`cyclesOnPruned must be from ${least} to ${most}`, cyclesOnPruned)
  }
}

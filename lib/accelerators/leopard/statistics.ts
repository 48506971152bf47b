import { type BitSerialFormat, checkFormat, fullCycles, takenBits } from './bit-serial.ts'

/** How the scores of a workload prune: all that a statistics-driven tile knows of it. */
export interface ScoreStatistics {
  /** Share of the scores that are pruned, 0 to 1. */
  readonly prunedShare: number
  /** Mean bits a unit takes of a pruned score, whole cycles of B bits each; without pruned scores it has no effect. */
  readonly bitsOnPruned: number
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
  const { scores, pruned, bits } = sumsOf(counts, format)
  return { prunedShare: pruned / scores, bitsOnPruned: pruned > 0 ? bits / pruned : format.bits }
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
  { prunedShare, bitsOnPruned }: ScoreStatistics,
  from: BitSerialFormat,
  to: BitSerialFormat,
): ScoreStatistics {
  const decisive = ((bitsOnPruned - (from.bitsPerCycle - 1) / 2) * to.bits) / from.bits
  const bits = decisive + (to.bitsPerCycle - 1) / 2
  const same = from.bits === to.bits && from.bitsPerCycle === to.bitsPerCycle
  return {
    prunedShare,
    bitsOnPruned: same ? bitsOnPruned : Math.min(Math.max(bits, to.bitsPerCycle), to.bits),
  }
}

/** @throws {RangeError} if statistics are none of units of this format */
export function checkStatistics({ prunedShare, bitsOnPruned }: ScoreStatistics, format: BitSerialFormat): void {
  checkFormat(format)
  if (!(prunedShare >= 0 && prunedShare <= 1)) {
    throw new RangeError(`Cannot use statistics: prunedShare must be from 0 to 1, got ${prunedShare}`)
  }
  const { bits, bitsPerCycle } = format
  if (!(bitsOnPruned >= bitsPerCycle && bitsOnPruned <= bits)) {
    throw new RangeError(
      `Cannot use statistics: bitsOnPruned must be from ${bitsPerCycle}, a cycle, to ${bits}, got ${bitsOnPruned}`,
    )
  }
}

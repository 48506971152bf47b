import { type BitSerialFormat, takenBits } from './bit-serial.ts'
import type { ScoreTrace } from './bit-serial-scores.ts'
import type { PruningCounts } from './statistics.ts'

/**
 * Counts what became of the scores of a trace; places of 0 cycles hold none.
 *
 * @param format of the units that left the trace; at one bit per cycle, the counts serve for any coarser step
 */
export function countTerminations({ cycles, kept }: ScoreTrace, format: BitSerialFormat): PruningCounts {
  const prunedAfterBits = Array.from({ length: format.bits + 1 }, () => 0)
  let keptScores = 0
  for (let i = 0; i < cycles.length; i += 1) {
    if (cycles[i] === 0) continue
    if (kept[i] === 1) {
      keptScores += 1
      continue
    }
    const bits = takenBits(cycles[i] as number, format)
    prunedAfterBits[bits] = (prunedAfterBits[bits] ?? 0) + 1
  }
  return { keptScores, prunedAfterBits }
}

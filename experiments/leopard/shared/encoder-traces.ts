import {
  addCounts,
  type BitSerialFormat,
  coarserBits,
  type PruningCounts,
  type ScoreTrace,
  StopCounter,
} from '../../../lib/accelerators/leopard/mod.ts'
import type { Sentences } from '../../../lib/training/mod.ts'
import type { LearnedNetwork } from './encoder-params.ts'
import { judgeQuantised, type QuantisedHead, rangesOf } from './encoder-quantised.ts'

const HARD = { kind: 'hard' } as const

/** Widths of the integers. */
interface Bits {
  readonly scoreBits: number
  readonly valueBits: number
}

/** Runs a network with learned thresholds in integers and sees its heads. */
export function visitHeads(
  { encoder, sample }: LearnedNetwork,
  sentences: Sentences,
  { bits, visit }: { readonly bits: Bits; readonly visit: (head: QuantisedHead) => void },
): void {
  judgeQuantised(encoder, sentences, { format: bits, ranges: rangesOf(encoder, sample, HARD), mode: HARD, visit })
}

/** What bit-serial units of one bit per cycle do with a head's scores, and how often they are wrong. */
export interface HeadCounts {
  readonly counts: PruningCounts
  /** Scores the units prune although they reach the threshold. */
  readonly wronglyPruned: number
  /** Scores the units keep although they lie below it. */
  readonly wronglyKept: number
}

export const NO_SCORES: HeadCounts = {
  counts: { keptScores: 0, prunedAfterBits: [] },
  wronglyPruned: 0,
  wronglyKept: 0,
}

/** Two heads' counts together. */
export function addHeads(a: HeadCounts, b: HeadCounts): HeadCounts {
  return {
    counts: addCounts(a.counts, b.counts),
    wronglyPruned: a.wronglyPruned + b.wronglyPruned,
    wronglyKept: a.wronglyKept + b.wronglyKept,
  }
}

/** Counts heads' scores, each beside its whole integer product. */
export class HeadCounter {
  private readonly unit: StopCounter
  private readonly width: number
  private readonly query: Int16Array
  private readonly prunedAfterBits: number[]
  private keptScores = 0
  private wronglyPruned = 0
  private wronglyKept = 0

  constructor(width: number, bits: number) {
    this.unit = new StopCounter(width, bits)
    this.width = width
    this.query = new Int16Array(width)
    this.prunedAfterBits = Array<number>(bits + 1).fill(0)
  }

  /** Counts all pairs of a query and a key. */
  add({ rows, queries, keys, threshold }: QuantisedHead): void {
    const { width, query, unit, prunedAfterBits } = this
    for (let i = 0; i < rows; i++) {
      query.set(queries.subarray(i * width, (i + 1) * width))
      for (let j = 0; j < rows; j++) {
        const stop = unit.stop(query, keys, { at: j * width, threshold })
        if (stop > 0) this.keptScores++
        else prunedAfterBits[-stop] = (prunedAfterBits[-stop] as number) + 1
        let score = 0
        for (let e = 0; e < width; e++) score += (query[e] as number) * (keys[j * width + e] as number)
        if (stop > 0 && score < threshold) this.wronglyKept++
        if (stop < 0 && score >= threshold) this.wronglyPruned++
      }
    }
  }

  /** What has been counted. */
  get all(): HeadCounts {
    const { keptScores, prunedAfterBits, wronglyPruned, wronglyKept } = this
    return { counts: { keptScores, prunedAfterBits: [...prunedAfterBits] }, wronglyPruned, wronglyKept }
  }
}

/** What the units do with one head of one sentence: a square trace of its words. */
export function headTrace(
  { rows, queries, keys, threshold }: QuantisedHead,
  { width, format }: { readonly width: number; readonly format: BitSerialFormat },
): ScoreTrace {
  const unit = new StopCounter(width, format.bits)
  const trace = { queries: rows, keys: rows, cycles: new Uint8Array(rows * rows), kept: new Uint8Array(rows * rows) }
  for (let i = 0; i < rows; i++) {
    const query = queries.slice(i * width, (i + 1) * width)
    for (let j = 0; j < rows; j++) {
      const stop = unit.stop(query, keys, { at: j * width, threshold })
      trace.cycles[i * rows + j] = Math.ceil(coarserBits(Math.abs(stop), format) / format.bitsPerCycle)
      trace.kept[i * rows + j] = stop > 0 ? 1 : 0
    }
  }
  return trace
}

/** Traces one behind the other, as if the next keys were there in time; rows are filled up with places of no key. */
export function joinTraces(traces: readonly ScoreTrace[]): ScoreTrace {
  const keys = traces.reduce((most, own) => Math.max(most, own.keys), 0)
  const queries = traces.reduce((sum, own) => sum + own.queries, 0)
  const joined = { queries, keys, cycles: new Uint8Array(queries * keys), kept: new Uint8Array(queries * keys) }
  let row = 0
  for (const own of traces) {
    for (let q = 0; q < own.queries; q++, row++) {
      joined.cycles.set(own.cycles.subarray(q * own.keys, (q + 1) * own.keys), row * keys)
      joined.kept.set(own.kept.subarray(q * own.keys, (q + 1) * own.keys), row * keys)
    }
  }
  return joined
}

/** Spearman's rank correlation, without ties taken care of; NaN of fewer than two pairs. */
export function rankCorrelation(pairs: readonly (readonly [number, number])[]): number {
  const ranks = (at: 0 | 1) => pairs.map((own) => pairs.filter((other) => other[at] < own[at]).length)
  const [a, b] = [ranks(0), ranks(1)]
  const n = pairs.length
  const squares = a.reduce((sum, rank, i) => sum + (rank - (b[i] as number)) * (rank - (b[i] as number)), 0)
  return n < 2 ? Number.NaN : 1 - (6 * squares) / (n * (n * n - 1))
}

import {
  addCounts,
  type PruningCounts,
  type ScoreStatistics,
  statisticsOf,
  stopBits,
} from '../../../lib/accelerators/leopard/mod.ts'
import {
  type BabiQuestion,
  encodeCorpus,
  evaluate,
  evaluateQuantised,
  Network,
  type QuantisedFormat,
  type QuantisedHop,
  restore,
  type TrainedNetworks,
} from '../../../lib/training/mod.ts'

/** What a trained task gives on questions it has not seen. */
export interface MeasuredTask {
  readonly questions: number
  /** Share of questions answered rightly, in floating point and in integers, without pruning and with it. */
  readonly baseAccuracy: number
  readonly prunedAccuracy: number
  readonly baseIntegerAccuracy: number
  readonly prunedIntegerAccuracy: number
  /** Scores of the statements of a story, at one bit per cycle. */
  readonly stories: PruningCounts
  /** Scores of the slots that no statement fills: their memory rows are 0. */
  readonly padding: PruningCounts
  /** Hops of a question that keep no score at all. */
  readonly emptiedHops: number
}

/** Widths of the accelerator: 12 bits in scores, 16 in the weighted sum (Sec. 5.1). */
export const FORMAT: QuantisedFormat = { scoreBits: 12, valueBits: 16 }

/**
 * Pruned share and bits of a measured task on units of B bits per cycle.
 *
 * @param options.padding whether slots that no statement fills count
 * @param options.bitsPerCycle 2 unless told
 */
export function statisticsOfTask(
  { stories, padding }: Pick<MeasuredTask, 'stories' | 'padding'>,
  options: { readonly padding: boolean; readonly bitsPerCycle?: number },
): ScoreStatistics {
  return statisticsOf(options.padding ? addCounts(stories, padding) : stories, {
    bits: FORMAT.scoreBits,
    bitsPerCycle: options.bitsPerCycle ?? 2,
  })
}

/** Counts in the making. */
class Counter {
  keptScores = 0
  readonly prunedAfterBits: number[]

  constructor(bits: number) {
    this.prunedAfterBits = Array<number>(bits + 1).fill(0)
  }

  /** @param stop as {@link stopBits} gives it */
  add(stop: number, times = 1): void {
    if (stop > 0) this.keptScores += times
    else this.prunedAfterBits[-stop] = (this.prunedAfterBits[-stop] as number) + times
  }

  get counts(): PruningCounts {
    return { keptScores: this.keptScores, prunedAfterBits: this.prunedAfterBits }
  }
}

/**
 * Asks a trained task questions and counts what the bit-serial units would do with every score.
 *
 * @param slots scores of a query and hop when padding counts
 */
export function measureTask(
  { shape, vocabulary, base, pruned }: Pick<TrainedNetworks, 'shape' | 'vocabulary' | 'base' | 'pruned'>,
  questions: readonly BabiQuestion[],
  { format, slots }: { readonly format: QuantisedFormat; readonly slots: number },
): MeasuredTask {
  const network = new Network(shape, encodeCorpus(questions, { slots: shape.slots, vocabulary }))
  const order = Int32Array.from(questions, (_, q) => q)
  restore(network, base)
  const baseAccuracy = evaluate(network, order, { kind: 'softmax' }).accuracy
  const baseIntegerAccuracy = evaluateQuantised(network, order, { format, prune: false })
  restore(network, pruned)
  const prunedAccuracy = evaluate(network, order, { kind: 'pruned' }).accuracy
  const stories = new Counter(format.scoreBits)
  const padding = new Counter(format.scoreBits)
  const { width } = shape
  const empty = { keys: new Int16Array(width), at: 0 }
  let emptiedHops = 0
  const visit = ({ query, memory, statements, threshold }: QuantisedHop) => {
    const unit = { bits: format.scoreBits, threshold }
    const before = stories.keptScores
    for (let s = 0; s < statements; s++) stories.add(stopBits(query, { keys: memory, at: s * width }, unit))
    if (statements > 0 && stories.keptScores === before) emptiedHops++
    if (statements < slots) padding.add(stopBits(query, empty, unit), slots - statements)
  }
  const prunedIntegerAccuracy = evaluateQuantised(network, order, { format, prune: true, visit })
  return {
    questions: questions.length,
    ...{ baseAccuracy, prunedAccuracy, baseIntegerAccuracy, prunedIntegerAccuracy },
    ...{ stories: stories.counts, padding: padding.counts, emptiedHops },
  }
}

import {
  addCounts,
  coarserBits,
  type PruningCounts,
  type ScoreStatistics,
  type ScoreTrace,
  StopCounter,
  statisticsOf,
} from '../../../lib/accelerators/leopard/mod.ts'
import { mean } from '../../../lib/numeric/mod.ts'
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
import type { SeedRun } from './stored-task.ts'

/** What becomes of the scores of a task's questions. */
export interface MeasuredScores {
  readonly questions: number
  /** Scores of the statements of a story, at one bit per cycle. */
  readonly stories: PruningCounts
  /** Scores of the slots that no statement fills: their memory rows are 0. */
  readonly padding: PruningCounts
  /** Hops of a question that keep no score at all. */
  readonly emptiedHops: number
}

/** Share of questions that a task answers rightly. */
export interface MeasuredAccuracies {
  /** In floating point, without pruning and with it. */
  readonly baseAccuracy: number
  readonly prunedAccuracy: number
  /** In integers, without pruning and with it. */
  readonly baseIntegerAccuracy: number
  readonly prunedIntegerAccuracy: number
  /** In integers with pruning, where empty slots that the threshold keeps take their part in the softmax. */
  readonly paddedIntegerAccuracy: number
}

/** What a trained task gives on questions it has not seen. */
export interface MeasuredTask extends MeasuredScores, MeasuredAccuracies {}

/** A trained task and what its test questions gave. */
export interface TrainedTask extends MeasuredTask {
  readonly task: number
  readonly name: string
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

/** The means of tasks that were trained from one seed. */
export function seedRun(seed: number, tasks: readonly TrainedTask[]): SeedRun {
  const [own, padded] = [false, true].map((padding) => tasks.map((task) => statisticsOfTask(task, { padding })))
  const percent = (shares: readonly number[]) => 100 * mean(shares)
  const pruned = (statistics: readonly ScoreStatistics[] = []) =>
    percent(statistics.map(({ prunedShare }) => prunedShare))
  const bits = (statistics: readonly ScoreStatistics[] = []) => mean(statistics.map(({ bitsOnPruned }) => bitsOnPruned))
  return {
    seed,
    basePercent: percent(tasks.map(({ baseAccuracy }) => baseAccuracy)),
    accuracyPercent: percent(tasks.map(({ prunedAccuracy }) => prunedAccuracy)),
    prunedPercent: pruned(own),
    bitsOnPruned: bits(own),
    paddedPercent: pruned(padded),
    paddedBitsOnPruned: bits(padded),
  }
}

/** Counts in the making. */
class Counter {
  keptScores = 0
  readonly prunedAfterBits: number[]

  constructor(bits: number) {
    this.prunedAfterBits = Array<number>(bits + 1).fill(0)
  }

  /** @param stop as {@link StopCounter} gives it */
  add(stop: number, times = 1): void {
    if (stop > 0) this.keptScores += times
    else this.prunedAfterBits[-stop] = (this.prunedAfterBits[-stop] as number) + times
  }

  get counts(): PruningCounts {
    return { keptScores: this.keptScores, prunedAfterBits: this.prunedAfterBits }
  }
}

type Networks = Pick<
  TrainedNetworks,
  'shape' | 'vocabulary' | 'base' | 'pruned' | 'baseMagnitudes' | 'prunedMagnitudes'
>

/** How a task is measured. */
export interface MeasureOptions {
  readonly format: QuantisedFormat
  /** Scores of a query and hop when padding counts. */
  readonly slots: number
}

/** A network with a task's questions loaded, and their numbers. */
function loaded({ shape, vocabulary }: Networks, questions: readonly BabiQuestion[]) {
  const network = new Network(shape, encodeCorpus(questions, { slots: shape.slots, vocabulary }))
  return { network, order: Int32Array.from(questions, (_, q) => q) }
}

/** Asks a trained task questions and counts what the bit-serial units would do with every score. */
export function measureScores(
  networks: Networks,
  questions: readonly BabiQuestion[],
  { format, slots }: MeasureOptions,
): MeasuredScores {
  const { network, order } = loaded(networks, questions)
  restore(network, networks.pruned)
  const stories = new Counter(format.scoreBits)
  const padding = new Counter(format.scoreBits)
  const { width } = networks.shape
  const unit = new StopCounter(width, format.scoreBits)
  const empty = new Int16Array(width)
  let emptiedHops = 0
  const visit = ({ query, memory, statements, threshold }: QuantisedHop) => {
    const before = stories.keptScores
    for (let s = 0; s < statements; s++) stories.add(unit.stop(query, memory, { at: s * width, threshold }))
    if (statements > 0 && stories.keptScores === before) emptiedHops++
    if (statements < slots) padding.add(unit.stop(query, empty, { at: 0, threshold }), slots - statements)
  }
  evaluateQuantised(network, order, { format, magnitudes: networks.prunedMagnitudes, prune: true, visit })
  return { questions: questions.length, stories: stories.counts, padding: padding.counts, emptiedHops }
}

/**
 * What the units do with every score of a task's questions, one hop of a question a query.
 *
 * @param options.padding give every query `slots` keys, those that no statement fills 0; otherwise they hold no key
 */
export function traceScores(
  networks: Networks,
  questions: readonly BabiQuestion[],
  options: MeasureOptions & { readonly bitsPerCycle: number; readonly padding: boolean },
): ScoreTrace {
  const { format, bitsPerCycle, slots, padding } = options
  const { network, order } = loaded(networks, questions)
  restore(network, networks.pruned)
  const { width, hops } = networks.shape
  const steps = { bits: format.scoreBits, bitsPerCycle }
  const unit = new StopCounter(width, format.scoreBits)
  const queries = questions.length * hops
  const trace = { queries, keys: slots, cycles: new Uint8Array(queries * slots), kept: new Uint8Array(queries * slots) }
  const empty = new Int16Array(width)
  let at = 0
  const add = (stop: number) => {
    trace.cycles[at] = Math.ceil(coarserBits(Math.abs(stop), steps) / bitsPerCycle)
    trace.kept[at++] = stop > 0 ? 1 : 0
  }
  const visit = ({ query, memory, statements, threshold }: QuantisedHop) => {
    const end = at + slots
    for (let s = 0; s < statements; s++) add(unit.stop(query, memory, { at: s * width, threshold }))
    if (padding && at < end) for (const stop = unit.stop(query, empty, { at: 0, threshold }); at < end; ) add(stop)
    at = end
  }
  evaluateQuantised(network, order, { format, magnitudes: networks.prunedMagnitudes, prune: true, visit })
  return trace
}

/** Asks a trained task questions in floating point and in integers, without pruning and with it. */
export function measureAccuracies(
  networks: Networks,
  questions: readonly BabiQuestion[],
  { format, slots }: MeasureOptions,
): MeasuredAccuracies {
  const { network, order } = loaded(networks, questions)
  restore(network, networks.base)
  const baseAccuracy = evaluate(network, order, { kind: 'softmax' }).accuracy
  const base = { format, magnitudes: networks.baseMagnitudes, prune: false }
  const baseIntegerAccuracy = evaluateQuantised(network, order, base)
  restore(network, networks.pruned)
  const prunedAccuracy = evaluate(network, order, { kind: 'pruned' }).accuracy
  const pruned = { format, magnitudes: networks.prunedMagnitudes, prune: true }
  const prunedIntegerAccuracy = evaluateQuantised(network, order, pruned)
  // Where every threshold is above 0 no empty slot survives.
  const keepsEmpty = networks.pruned.thresholds.some((threshold) => threshold <= 0)
  const paddedIntegerAccuracy = keepsEmpty
    ? evaluateQuantised(network, order, { ...pruned, slots })
    : prunedIntegerAccuracy
  return { baseAccuracy, prunedAccuracy, baseIntegerAccuracy, prunedIntegerAccuracy, paddedIntegerAccuracy }
}

/** {@link measureScores} and {@link measureAccuracies} in one. */
export function measureTask(
  networks: Networks,
  questions: readonly BabiQuestion[],
  options: MeasureOptions,
): MeasuredTask {
  return {
    ...measureScores(networks, questions, options),
    ...measureAccuracies(networks, questions, options),
  }
}

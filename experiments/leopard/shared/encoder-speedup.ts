import {
  addCounts,
  baselineQueryTime,
  countTerminations,
  type KeyDeal,
  type PruningCounts,
  runScoreTrace,
  type ScoreTrace,
  speedup,
  statisticsOf,
  type TraceTime,
} from '../../../lib/accelerators/leopard/mod.ts'
import type { Sentences } from '../../../lib/training/mod.ts'
import type { LearnedNetwork } from './encoder-params.ts'
import { headTrace, joinTraces, visitHeads } from './encoder-traces.ts'
import { CONFIGS, type Config } from './paper.ts'
import { formatOf, type TileValues, tileOf } from './tile-params.ts'

/** When a tile goes on from a query to the next, and from a head to the next. */
export const HANDOVERS = ['drained', 'barrier', 'no barrier'] as const
export type Handover = (typeof HANDOVERS)[number]

const between = (least: number, most: number) => ({
  name: most === Number.POSITIVE_INFINITY ? `${least} on` : `${least} to ${most}`,
  holds: (words: number) => words >= least && words <= most,
})
/** Groups of sentences by their words, [CLS] among them. */
export const LENGTHS = [between(1, 9), between(10, 13), between(14, 17), between(18, Number.POSITIVE_INFINITY)] as const

/** Where time went, in cycles, added up over traces. */
type Time = Pick<
  TraceTime,
  | 'totalCycles'
  | 'busyDpuCycles'
  | 'barrierStallCycles'
  | 'backEndStallCycles'
  | 'fifoStallCycles'
  | 'vpuBusyCycles'
  | 'fifoPeak'
> & { readonly baselineCycles: number }

const NO_TIME: Time = {
  ...{ totalCycles: 0, busyDpuCycles: 0, barrierStallCycles: 0, backEndStallCycles: 0, fifoStallCycles: 0 },
  ...{ vpuBusyCycles: 0, fifoPeak: 0, baselineCycles: 0 },
}

/** Scores, and the time they take on each configuration in each way, by `config handover`. */
export interface Work {
  readonly scores: number
  /** At the tile's own step. */
  readonly counts: PruningCounts
  readonly times: Readonly<Record<string, Time>>
}

/** A head's work on the sentences of one group of lengths. */
export interface HeadWork extends Work {
  readonly layer: number
  readonly head: number
  readonly words: string
}

export const NO_WORK: Work = { scores: 0, counts: { keptScores: 0, prunedAfterBits: [] }, times: {} }

const addTimes = (a: Time, b: Time): Time => ({
  totalCycles: a.totalCycles + b.totalCycles,
  busyDpuCycles: a.busyDpuCycles + b.busyDpuCycles,
  barrierStallCycles: a.barrierStallCycles + b.barrierStallCycles,
  backEndStallCycles: a.backEndStallCycles + b.backEndStallCycles,
  fifoStallCycles: a.fifoStallCycles + b.fifoStallCycles,
  vpuBusyCycles: a.vpuBusyCycles + b.vpuBusyCycles,
  fifoPeak: Math.max(a.fifoPeak, b.fifoPeak),
  baselineCycles: a.baselineCycles + b.baselineCycles,
})

/** Two pieces of work, one after the other. */
export function addWork(a: Work, b: Work): Work {
  const names = new Set([...Object.keys(a.times), ...Object.keys(b.times)])
  return {
    scores: a.scores + b.scores,
    counts: addCounts(a.counts, b.counts),
    times: Object.fromEntries(
      [...names].map((name) => [name, addTimes(a.times[name] ?? NO_TIME, b.times[name] ?? NO_TIME)]),
    ),
  }
}

/** What makes a tile, and what a trace meets there. */
export type TraceValues = TileValues & { readonly fifoDepth: number; readonly deal: KeyDeal }

/**
 * Cycles of the baseline on a square of scores: a score a cycle, each served in turn.
 *
 * @param drained until the last score is served, not until the next head's first could follow
 */
export function baselineCycles(
  words: number,
  { vpuCycles, drained }: { readonly vpuCycles: number; readonly drained: boolean },
): number {
  const scores = words * words
  if (!drained) return baselineQueryTime(words, vpuCycles).totalCycles * words
  return Math.max(scores + vpuCycles, 1 + scores * vpuCycles)
}

/** Runs heads' traces on a tile in one way. */
export function timeOf(
  traces: readonly ScoreTrace[],
  { params, config, handover }: { readonly params: TraceValues; readonly config: Config; readonly handover: Handover },
): Time {
  const { fifoDepth, deal, vpuCyclesPerScore, baselineVpuCyclesPerScore } = params
  const tile = { dpus: tileOf(params, config).dpus, vpuCyclesPerScore, fifoDepth, deal }
  const drained = handover === 'drained'
  const runs = drained ? traces : [joinTraces(traces)]
  const times = runs.map((own) => ({
    ...runScoreTrace(own, { ...tile, barrier: handover !== 'no barrier' }),
    baselineCycles: 0,
  }))
  const baseline = traces.reduce(
    (sum, { keys }) => sum + baselineCycles(keys, { vpuCycles: baselineVpuCyclesPerScore, drained }),
    0,
  )
  return { ...times.reduce(addTimes, NO_TIME), baselineCycles: baseline }
}

/** Runs a network in integers, and each of its heads on the tiles, by groups of lengths. */
export function measureHeads(
  network: LearnedNetwork,
  sentences: Sentences,
  { params }: { readonly params: TraceValues & { readonly valueBits: number } },
): HeadWork[] {
  const { heads, hidden } = network.encoder.shape
  const format = formatOf(params)
  const groups = new Map<string, { layer: number; head: number; words: string; traces: ScoreTrace[] }>()
  visitHeads(network, sentences, {
    bits: { scoreBits: params.bits, valueBits: params.valueBits },
    visit: (own) => {
      const words = LENGTHS.find(({ holds }) => holds(own.rows))?.name ?? ''
      const name = `${own.layer} ${own.head} ${words}`
      const group = groups.get(name) ?? { layer: own.layer, head: own.head, words, traces: [] }
      groups.set(name, group)
      group.traces.push(headTrace(own, { width: hidden / heads, format }))
    },
  })
  return [...groups.values()]
    .sort((a, b) => a.layer - b.layer || a.head - b.head)
    .map(({ layer, head, words, traces }) => {
      const counts = traces.map((own) => countTerminations(own, format)).reduce(addCounts, NO_WORK.counts)
      const times = CONFIGS.flatMap((config) =>
        HANDOVERS.map((handover) => [`${config} ${handover}`, timeOf(traces, { params, config, handover })] as const),
      )
      const scores = traces.reduce((sum, { keys }) => sum + keys * keys, 0)
      return { layer, head, words, scores, counts, times: Object.fromEntries(times) }
    })
}

/** What a piece of work gives on a configuration in one way. */
export function speedupRow(
  { scores, counts, times }: Work,
  { params, config, handover }: { readonly params: TileValues; readonly config: Config; readonly handover: Handover },
) {
  const tile = tileOf(params, config)
  const statistics = statisticsOf(counts, tile)
  const time = times[`${config} ${handover}`] ?? NO_TIME
  const own = time.baselineCycles / time.totalCycles
  const { baselineVpuCyclesPerScore } = params
  // Keys shorten out of a quotient of two means.
  const statisticalSpeedup = speedup(statistics, tile, { keys: 1, baselineVpuCyclesPerScore })
  const units = tile.dpus * time.totalCycles
  return {
    scores,
    prunedPercent: 100 * statistics.prunedShare,
    speedup: own,
    statisticalSpeedup,
    lostPercent: 100 * (1 - own / statisticalSpeedup),
    busyPercent: (100 * time.busyDpuCycles) / units,
    barrierPercent: (100 * time.barrierStallCycles) / units,
    backEndPercent: (100 * time.backEndStallCycles) / units,
    fifoPercent: (100 * time.fifoStallCycles) / units,
    vpuPercent: (100 * time.vpuBusyCycles) / time.totalCycles,
    fifoPeak: time.fifoPeak,
  }
}
export type SpeedupRow = ReturnType<typeof speedupRow>

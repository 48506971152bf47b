import type { ScoreTrace } from './bit-serial-scores.ts'
import { createScoreFifo } from './score-fifo.ts'

/** How the keys are dealt to the units: one after the other in turn, or a block of neighbours to each. */
export const KEY_DEALS = ['interleaved', 'blocked'] as const
export type KeyDeal = (typeof KEY_DEALS)[number]

/** A tile as traces of scores run on it. */
export interface TraceTile {
  /** N: dot-product units of the front-end. */
  readonly dpus: number
  /** Cycles the value-processing unit spends on a score that survives; need not be whole. */
  readonly vpuCyclesPerScore: number
  /** Surviving scores that can wait for the value-processing unit, the one it works on not among them. */
  readonly fifoDepth: number
  /**
   * The units start on a query together, when all have finished the one before and the back-end the one before that
   * (LeOPArd, Sec. 4.1 and 4.2). Otherwise each goes on to its keys of the next query at once.
   */
  readonly barrier: boolean
  /** @default 'interleaved' */
  readonly deal?: KeyDeal
}

/** Where the time of a trace went, in cycles. */
export interface TraceTime {
  readonly totalCycles: number
  /** Of all units together, as what follows; with the stalls and the end it makes dpus x totalCycles. */
  readonly busyDpuCycles: number
  /** At the barrier, until the other units have finished the query. */
  readonly barrierStallCycles: number
  /** At the barrier, until the back-end has finished the query before. */
  readonly backEndStallCycles: number
  /** Holding a score that the FIFO has no room for. */
  readonly fifoStallCycles: number
  /** From a unit's last score to the end of the trace. */
  readonly endCycles: number
  readonly vpuBusyCycles: number
  readonly survivors: number
  /** Most scores that waited in the FIFO. */
  readonly fifoPeak: number
}

/**
 * Runs a trace on a tile, from one surviving score to the next. A unit works through its keys in order; a survivor goes
 * into the FIFO when its unit has finished it, or as soon as there is room. Survivors are served in the order in which
 * they were finished; at the same time, that of the earlier query and the lower key comes first. Of 0 cycles is a place
 * that holds no key, where queries have different numbers of them.
 *
 * @throws {RangeError} on a tile or a trace out of range
 */
export function runScoreTrace(trace: ScoreTrace, tile: TraceTile): TraceTime {
  checkTile(tile)
  checkTrace(trace)
  const { dpus, barrier, fifoDepth, vpuCyclesPerScore } = tile
  const survivors = trace.kept.reduce((sum, kept) => sum + kept, 0)
  const fifo = createScoreFifo(Math.max(1, Math.min(fifoDepth, survivors)), vpuCyclesPerScore)
  const units = Array.from({ length: dpus }, (_, index) => new Unit(trace, tile, index))
  const stalls = { barrier: 0, backEnd: 0, fifo: 0 }
  const together = barrier ? 1 : trace.queries
  let start = 0
  for (let query = 0; query < trace.queries; query += together) {
    for (const unit of units) unit.begin(query, query + together, start)
    const servedBefore = fifo.doneAt()
    for (let next = earliest(units); next; next = earliest(units)) {
      const pushed = fifo.push(next.time)
      stalls.fifo += pushed - next.time
      next.goOn(pushed)
    }
    if (query + together === trace.queries) break
    const finished = units.reduce((latest, { time }) => Math.max(latest, time), start)
    for (const { time } of units) stalls.barrier += finished - time
    start = Math.max(finished, servedBefore)
    stalls.backEnd += dpus * (start - finished)
  }
  const totalCycles = units.reduce((latest, { time }) => Math.max(latest, time), fifo.doneAt())
  return {
    totalCycles,
    busyDpuCycles: trace.cycles.reduce((sum, own) => sum + own, 0),
    barrierStallCycles: stalls.barrier,
    backEndStallCycles: stalls.backEnd,
    fifoStallCycles: stalls.fifo,
    endCycles: units.reduce((sum, { time }) => sum + totalCycles - time, 0),
    vpuBusyCycles: vpuCyclesPerScore * survivors,
    survivors,
    fifoPeak: fifo.peak(),
  }
}

/** A dot-product unit between two of its surviving scores. */
class Unit {
  /** When it has finished the survivor it holds, or else the last of its keys. */
  time = 0
  /** The survivor it holds, by its place in the trace; -1 if it holds none. */
  held = -1
  private readonly trace: ScoreTrace
  private readonly first: number
  private readonly step: number
  private readonly end: number
  private query = 0
  private lastQuery = 0
  private key = 0

  constructor(trace: ScoreTrace, { dpus, deal = 'interleaved' }: TraceTile, index: number) {
    this.trace = trace
    const block = Math.ceil(trace.keys / dpus)
    const interleaved = deal === 'interleaved'
    this.first = interleaved ? index : index * block
    this.step = interleaved ? dpus : 1
    this.end = interleaved ? trace.keys : Math.min((index + 1) * block, trace.keys)
  }

  /** Starts on its keys of some queries. */
  begin(query: number, end: number, time: number): void {
    this.query = query
    this.lastQuery = end
    this.key = this.first
    this.goOn(time)
  }

  /** Works from a time on, until it holds a survivor or has finished its keys. */
  goOn(time: number): void {
    const { cycles, kept, keys } = this.trace
    this.time = time
    this.held = -1
    for (; this.query < this.lastQuery; this.query += 1) {
      while (this.key < this.end) {
        const score = this.query * keys + this.key
        this.key += this.step
        this.time += cycles[score] as number
        if (kept[score] === 1) {
          this.held = score
          return
        }
      }
      this.key = this.first
    }
  }
}

/** The unit whose survivor goes next; undefined if none holds one. */
function earliest(units: readonly Unit[]): Unit | undefined {
  let next: Unit | undefined
  for (const unit of units) {
    if (unit.held < 0) continue
    if (!next || unit.time < next.time || (unit.time === next.time && unit.held < next.held)) next = unit
  }
  return next
}

function checkTile({ dpus, vpuCyclesPerScore, fifoDepth }: TraceTile): void {
  const fail = (what: string, given: number): never => {
    throw new RangeError(`Cannot run a trace: ${what}, got ${given}`)
  }
  if (!Number.isSafeInteger(dpus) || dpus < 1) fail('dpus must be an integer from 1', dpus)
  if (!(vpuCyclesPerScore >= 0 && vpuCyclesPerScore < Number.POSITIVE_INFINITY)) {
    fail('vpuCyclesPerScore must be a number from 0', vpuCyclesPerScore)
  }
  if (!(Number.isSafeInteger(fifoDepth) || fifoDepth === Number.POSITIVE_INFINITY) || fifoDepth < 1) {
    fail('fifoDepth must be an integer from 1, or Infinity', fifoDepth)
  }
}

function checkTrace({ queries, keys, cycles, kept }: ScoreTrace): void {
  if (!(queries >= 1 && keys >= 1 && cycles.length === queries * keys && kept.length === cycles.length)) {
    throw new RangeError(
      `Cannot run a trace: it must have queries x keys scores, got ${queries} x ${keys} and ${cycles.length}`,
    )
  }
  for (let i = 0; i < cycles.length; i += 1) {
    if (cycles[i] === 0 && kept[i] !== 0) {
      throw new RangeError(`Cannot run a trace: every score that is kept must take a cycle, got 0 at ${i}`)
    }
    if ((kept[i] as number) > 1) throw new RangeError(`Cannot run a trace: kept must be 0 or 1, got ${kept[i]} at ${i}`)
  }
}

import { ComputeControl, type HeadPriority } from './compute-control.ts'
import { type Operation, type OperationKind, workGraph } from './graph.ts'
import { fifoCycles, tileLatencies } from './latency.ts'
import { type AccelTran, checkMachine } from './machine.ts'
import { MemoryControl } from './memory-control.ts'
import { ModulePools } from './pools.ts'
import type { AccelTranQuirks } from './quirks.ts'
import type { Recorder } from './recorder.ts'
import { Release } from './release.ts'
import { checkSparsity, type Sparsity, savedShare } from './sparsity.ts'
import { STALL_CAUSES } from './stalls.ts'
import { Storage } from './storage.ts'
import { type AccelTranRun, checkTiles, runDimensions } from './workload.ts'

/** How to simulate. */
export interface SimulationOptions {
  readonly machine: AccelTran
  readonly sparsity: Sparsity
  readonly quirks?: AccelTranQuirks
  /** Cycles between progress reports; with the quirk staleSkip, waiting is not skipped where one is due. @default 1000 */
  readonly reportPeriod?: number
  /** @default staggered */
  readonly headPriority?: HeadPriority
  /** Pad matrices that are smaller than a tile to one. @default false, they are refused */
  readonly padToTile?: boolean
  readonly recorder?: Recorder
}

/** What became of an operation. */
export interface OperationTrace {
  readonly operation: Operation
  /** Tile operations issued; more or fewer than it has where a quirk repeats or drops some. */
  readonly issued: number
  /** Cycle in which the first one was issued, and in which the last one is done; null if none was. */
  readonly startedAt: number | null
  readonly doneAt: number | null
}

/** What became of a buffer's contents, in elements. */
export interface BufferTrace {
  readonly entered: number
  readonly evicted: number
  readonly resident: number
  readonly loadNj: number
  readonly storeNj: number
  readonly transferCycles: number
}

/** A batch simulated. */
export interface Simulation {
  readonly cycles: number
  /** First cycle count at which the embeddings are in the weight buffer. */
  readonly embeddingCycles: number
  /** By {@link STALL_CAUSES}. */
  readonly stalls: readonly number[]
  /** Likewise, up to the last progress report. */
  readonly reportedStalls: readonly number[]
  /** Cycles a module of each kind is busy, over all of them. */
  readonly busyModuleCycles: Readonly<Record<OperationKind, number>>
  readonly modulesTaken: Readonly<Record<OperationKind, number>>
  /** Cycles a module is busy with a tile operation of each kind, at the sparsity of all activations. */
  readonly tileCycles: Readonly<Record<OperationKind, number>>
  readonly operations: readonly OperationTrace[]
  readonly buffers: Readonly<Record<'activation' | 'weight' | 'mask', BufferTrace>>
  /** Cycles an operand takes through a FIFO, mean over the products; 0 where FIFOs never run. */
  readonly fifoCycles: number
}

/** Tile operations of a batch, at most: a byte is kept for each. */
const MOST_TILES = 1e9

/** Cycles between progress reports of the runs behind the published figures. */
const REPORT_PERIOD = 1000

/**
 * Simulates one batch through an encoder (AccelTran Sec. III-B8), cycle by cycle: memory operations move, windows of
 * tile operations are issued, modules and buffers work, data that nothing needs any more are let go, and both lists
 * move on. Cycles in which nothing can change are stepped over, without changing a count.
 *
 * @returns cycles, stalls by cause, module-cycles, and what became of each operation and buffer
 * @throws {RangeError} on a machine or run that cannot be, data that do not fit, softmax operations without a PE, or
 *   when neither list can move any more ("no progress")
 */
export function simulate(run: AccelTranRun, options: SimulationOptions): Simulation {
  const { machine, sparsity, quirks = {}, reportPeriod = REPORT_PERIOD, recorder } = options
  checkMachine(machine)
  if (!Number.isSafeInteger(reportPeriod) || reportPeriod < 1) {
    throw new RangeError(`Cannot simulate: reportPeriod must be a positive integer, got ${reportPeriod}`)
  }
  const dimensions = runDimensions(run)
  if (!options.padToTile) checkTiles(dimensions, machine.tileSide)
  const graph = workGraph(dimensions, machine.tileSide, quirks)
  if (graph.tiles > MOST_TILES) {
    throw new RangeError(`Cannot simulate: a batch must have at most ${MOST_TILES} tile operations, got ${graph.tiles}`)
  }
  checkSparsity(sparsity, graph)
  const done = new Uint8Array(graph.tiles)
  const storage = new Storage(graph.data.length, { machine, sparsity, quirks })
  storage.pinAhead(graph.embedding)
  const withFifo = !quirks.idleSubmodules
  const latencies = tileLatencies(machine.tileSide, sparsity.activations, withFifo)
  const latencyOf = (operation: Operation) =>
    tileLatencies(machine.tileSide, savedShare(sparsity, operation), withFifo)[operation.kind]
  const pools = new ModulePools(graph, { machine, latencyOf, quirks, done })
  const memory = new MemoryControl(graph, {
    storage,
    pools,
    done,
    positionsAsHeads: quirks.positionsAsHeads ?? false,
  })
  const compute = new ComputeControl(graph, {
    storage,
    pools,
    done,
    issueWidth: machine.issueWidth,
    quirks,
    priority: options.headPriority ?? 'staggered',
  })
  const release = new Release(graph, { done, storage, overtakes: quirks.releaseOvertakes ?? false })
  const sample = recorder && sampler(recorder, { storage, pools, machine })

  const period = quirks.staleSkip ? reportPeriod : 1
  const stalls = new Float64Array(STALL_CAUSES.length)
  const counted = new Float64Array(STALL_CAUSES.length)
  const reported = new Float64Array(STALL_CAUSES.length)
  let nextReport = reportPeriod
  // The cycles that follow all count the same stalls.
  const pass = (cycles: number) => {
    if (cycle + cycles >= nextReport) {
      const beyond = (cycle + cycles) % reportPeriod
      nextReport = cycle + cycles - beyond + reportPeriod
      for (let i = 0; i < stalls.length; i++)
        reported[i] = (stalls[i] as number) + (cycles - beyond) * (counted[i] as number)
    }
    for (let i = 0; i < stalls.length; i++) {
      const count = counted[i] as number
      if (count > 0) stalls[i] = (stalls[i] as number) + cycles * count
    }
    cycle += cycles
  }
  const last = graph.tiles - 1
  let cycle = 0
  let embeddingCycles = -1
  let releaseIsStale = true
  let wasQuiet = false

  while (!done[last]) {
    counted.fill(0)
    memory.visit(cycle, counted)
    compute.issue(cycle, counted)
    // A module that is free after its last busy cycle has worked in it; one that is free a cycle later has not.
    if (!quirks.freeGap) sample?.(cycle)
    const finished = pools.finish(cycle)
    if (quirks.freeGap) sample?.(cycle)
    const arrived = storage.arrive(cycle + 1)
    if (finished || arrived || releaseIsStale) release.update(compute.windows, arrived || releaseIsStale)
    releaseIsStale = false
    pass(1)
    if (embeddingCycles < 0 && storage.weight.isPresent(graph.embedding)) embeddingCycles = cycle

    // With a report every second cycle no wait is long enough to be skipped.
    const mayWait = period > 2 && !memory.isExhausted && memory.allStalled && pools.isIdle
    if (mayWait) {
      const arrival = storage.nextArrival
      const waited = arrival === Number.POSITIVE_INFINITY ? 0 : Math.min(arrival - cycle, period - (cycle % period) - 1)
      if (waited > 1) {
        sample?.(cycle)
        pass(waited)
        if (storage.arrive(cycle)) releaseIsStale = true
        wasQuiet = false
        continue
      }
    }
    const stepped = memory.advance()
    const moved = compute.advance()
    if (compute.operationsChanged) releaseIsStale = true
    const isQuiet = !(finished || arrived || stepped || moved || compute.issued)
    if (isQuiet && wasQuiet) {
      const event = Math.min(pools.nextDone, storage.nextArrival - 1)
      if (event === Number.POSITIVE_INFINITY) throw noProgress(cycle, counted, pools.oversized(compute.windows))
      if (!mayWait && event > cycle) pass(event - cycle)
    }
    wasQuiet = isQuiet
  }
  return {
    cycles: cycle,
    embeddingCycles,
    stalls: [...stalls],
    reportedStalls: [...reported],
    busyModuleCycles: perKind((kind) => pools.busyModuleCycles(kind, cycle)),
    modulesTaken: perKind((kind) => pools.modulesTaken(kind)),
    tileCycles: latencies,
    operations: graph.operations.map((operation, id) => operationTrace(operation, pools, id)),
    buffers: {
      activation: bufferTrace(storage.activation, cycle),
      weight: bufferTrace(storage.weight, cycle),
      mask: bufferTrace(storage.mask, cycle),
    },
    fifoCycles: withFifo ? meanFifoCycles(graph.operations, pools, { machine, sparsity }) : 0,
  }
}

const perKind = (of: (kind: OperationKind) => number): Readonly<Record<OperationKind, number>> => ({
  matmul: of('matmul'),
  gelu: of('gelu'),
  softmax: of('softmax'),
  layernorm: of('layernorm'),
})

function operationTrace(operation: Operation, pools: ModulePools, id: number): OperationTrace {
  const issued = pools.issues[id] as number
  const at = (cycle: number | undefined) => (issued > 0 ? (cycle as number) : null)
  return { operation, issued, startedAt: at(pools.startedAt[id]), doneAt: at(pools.doneAt[id]) }
}

function bufferTrace(buffer: Storage['mask'], cycle: number): BufferTrace {
  const { loadNj, storeNj, cycles } = buffer.totals(cycle)
  return {
    entered: buffer.enteredElements,
    evicted: buffer.evictedElements,
    resident: buffer.residentElements(),
    loadNj,
    storeNj,
    transferCycles: cycles,
  }
}

function meanFifoCycles(
  operations: readonly Operation[],
  pools: ModulePools,
  { machine, sparsity }: { machine: AccelTran; sparsity: Sparsity },
): number {
  let [products, cycles] = [0, 0]
  for (const [id, operation] of operations.entries()) {
    if (operation.kind !== 'matmul') continue
    const issued = pools.issues[id] as number
    products += issued
    cycles += issued * fifoCycles(machine.tileSide, savedShare(sparsity, operation))
  }
  return cycles / products
}

function noProgress(cycle: number, stalls: Float64Array, oversized: string | null): RangeError {
  const causes = STALL_CAUSES.filter((_, i) => (stalls[i] as number) > 0)
  const held = oversized ?? (causes.join(', ') || 'tile operations that are never issued')
  return new RangeError(
    `Cannot go on after cycle ${cycle}: no progress, with all modules free and no transfer under way; held up by: ${held}`,
  )
}

/** Writes down what modules and buffers do. */
function sampler(
  recorder: Recorder,
  { storage, pools, machine }: { storage: Storage; pools: ModulePools; machine: AccelTran },
): (cycle: number) => void {
  const totals = {
    mac: machine.pes * machine.macLanesPerPe,
    softmax: machine.pes * machine.softmaxPerPe,
    layernorm: machine.pes,
  }
  return (cycle) => {
    const { activation, weight, mask } = storage
    let loadNj = 0
    let storeNj = 0
    for (const { transfer } of storage.buffers) {
      if (!transfer) continue
      const perCycle = transfer.energyNj / transfer.cycles
      if (transfer.datum.stored) storeNj += perCycle
      else loadNj += perCycle
    }
    recorder.add(cycle, {
      busyMac: totals.mac - pools.free.mac,
      busySoftmax: totals.softmax - pools.free.softmax,
      busyLayerNorm: totals.layernorm - pools.free.layernorm,
      activationBits: activation.usedBits,
      weightBits: weight.usedBits,
      maskBits: mask.usedBits,
      loadNj,
      storeNj,
    })
  }
}

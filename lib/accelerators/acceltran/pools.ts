import { OPERATION_KINDS, type Operation, type OperationKind, type WorkGraph } from './graph.ts'
import { InFlight } from './in-flight.ts'
import type { AccelTran } from './machine.ts'
import type { AccelTranQuirks } from './quirks.ts'
import type { IssueWindow, Segment } from './windows.ts'

/** The modules that an operation takes. */
export const MODULE_KINDS = ['mac', 'softmax', 'layernorm'] as const
export type ModuleKind = (typeof MODULE_KINDS)[number]

const MODULE_OF: Readonly<Record<OperationKind, ModuleKind>> = {
  matmul: 'mac',
  gelu: 'mac',
  softmax: 'softmax',
  layernorm: 'layernorm',
}

/** All compute modules of the machine. Which PE a lane is in makes no difference, so free ones are only counted. */
export class ModulePools {
  readonly free: Record<ModuleKind, number>
  /** How often a tile operation was issued, by operation; the first and the last time one was issued or done. */
  readonly issues: Float64Array
  readonly startedAt: Float64Array
  readonly doneAt: Float64Array
  /** The cycle in which the next operation is done; infinite if none is in flight. */
  nextDone = Number.POSITIVE_INFINITY
  /** How often the last tile operation of an operation was done. */
  completed = 0
  readonly #done: Uint8Array
  /** What is in flight, by kind of operation and latency: within a queue what is issued first is done first. */
  readonly #queues: readonly Queue[]
  /** The queue of each operation, by id. */
  readonly #queueOf: readonly Queue[]
  /** Softmax modules an operation takes: one, or all of a PE. */
  readonly #softmaxEach: number

  constructor(
    graph: WorkGraph,
    options: {
      readonly machine: AccelTran
      /** Cycles a module is busy with a tile operation of an operation. */
      readonly latencyOf: (operation: Operation) => number
      readonly quirks: AccelTranQuirks
      readonly done: Uint8Array
    },
  ) {
    const { machine, latencyOf, quirks, done } = options
    const { freeGap = false, softmaxBroadcast = false } = quirks
    const queues: Queue[] = []
    this.#queueOf = graph.operations.map((operation) => {
      const { kind } = operation
      const latency = latencyOf(operation)
      const known = queues.find((queue) => queue.kind === kind && queue.flight.latency === latency)
      if (known) return known
      const made = { kind, flight: new InFlight(latency, freeGap) }
      queues.push(made)
      return made
    })
    this.#queues = OPERATION_KINDS.flatMap((kind) => queues.filter((queue) => queue.kind === kind))
    this.free = {
      mac: machine.pes * machine.macLanesPerPe,
      softmax: machine.pes * machine.softmaxPerPe,
      layernorm: machine.pes,
    }
    this.#softmaxEach = softmaxBroadcast ? machine.softmaxPerPe : 1
    this.#done = done
    this.issues = new Float64Array(graph.operations.length)
    this.startedAt = new Float64Array(graph.operations.length).fill(-1)
    this.doneAt = new Float64Array(graph.operations.length).fill(-1)
  }

  /** Whether there are as many free modules as the window holds tile operations. */
  hasFree({ kind, count }: IssueWindow): boolean {
    return this.free[MODULE_OF[kind]] >= count
  }

  /**
   * Issues the tile operations of a segment.
   *
   * @throws {RangeError} if softmax operations take whole PEs and there are not enough
   */
  issue(cycle: number, { operation, first, count }: Segment): void {
    const module = MODULE_OF[operation.kind]
    const modulesEach = module === 'softmax' ? this.#softmaxEach : 1
    if (this.free[module] < count * modulesEach) {
      throw new RangeError(
        `Cannot issue ${count} softmax operations in cycle ${cycle}: no PE for a softmax op is left, as one takes all ${modulesEach} softmax modules of a PE and ${this.free[module] / modulesEach} PEs are free; issue fewer at once, or have more PEs`,
      )
    }
    this.free[module] -= count * modulesEach
    const { id } = operation
    const queue = (this.#queueOf[id] as Queue).flight
    queue.issue(cycle, first, { count, modulesEach, isLast: first + count === operation.first + operation.tiles })
    this.nextDone = Math.min(this.nextDone, queue.nextDone)
    this.issues[id] = (this.issues[id] as number) + count
    if ((this.startedAt[id] as number) < 0) this.startedAt[id] = cycle
    this.doneAt[id] = cycle + queue.latency
  }

  /** Finishes what is done in `cycle`; returns whether anything was. */
  finish(cycle: number): boolean {
    if (cycle < this.nextDone) return false
    let next = Number.POSITIVE_INFINITY
    for (let i = 0; i < this.#queues.length; i++) {
      const { kind, flight: queue } = this.#queues[i] as Queue
      let queueNext = queue.nextDone
      if (queueNext <= cycle) {
        this.completed -= queue.completed
        this.free[MODULE_OF[kind]] += queue.finish(cycle, this.#done)
        this.completed += queue.completed
        queueNext = queue.nextDone
      }
      if (queueNext < next) next = queueNext
    }
    this.nextDone = next
    return true
  }

  /** A window that asks for more modules than there are, in words; to be asked when all are free. */
  oversized(windows: readonly (IssueWindow | null)[]): string | null {
    const window = windows.find((own) => own !== null && !this.hasFree(own))
    return window
      ? `a window of ${window.count} ${window.kind} operations, for which there are ${this.free[MODULE_OF[window.kind]]} modules; the issue width must be smaller`
      : null
  }

  /** Cycles that modules were busy with operations of a kind before the beginning of `cycle`. */
  busyModuleCycles(kind: OperationKind, cycle: number): number {
    return this.#sum(kind, (flight) => flight.busyModuleCycles(cycle))
  }

  /** Modules taken by operations of a kind. */
  modulesTaken(kind: OperationKind): number {
    return this.#sum(kind, (flight) => flight.modulesTaken)
  }

  #sum(kind: OperationKind, of: (flight: InFlight) => number): number {
    return this.#queues.reduce((sum, queue) => (queue.kind === kind ? sum + of(queue.flight) : sum), 0)
  }

  get isIdle(): boolean {
    return this.nextDone === Number.POSITIVE_INFINITY
  }
}

/** Operations of one kind and latency in flight. */
interface Queue {
  readonly kind: OperationKind
  readonly flight: InFlight
}

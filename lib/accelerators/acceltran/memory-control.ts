import type { Datum, MemoryElement, WorkGraph } from './graph.ts'
import type { ModulePools } from './pools.ts'
import type { Storage } from './storage.ts'

/** What became of a head's memory operation in a cycle. */
const UNVISITED = 0
const MOVED = 1
const STALLED = 2

/** Walks the memory list: what is loaded and stored, and when. */
export class MemoryControl {
  /** Whether all memory operations that were looked at in this cycle are held up. */
  allStalled = true
  readonly #elements: readonly MemoryElement[]
  readonly #storage: Storage
  readonly #done: Uint8Array
  readonly #positionsAsHeads: boolean
  #element = 0
  #cursors: Int32Array
  #finished: Uint8Array
  #status: Uint8Array
  /** Heads in the order in which they are visited, recomputed when a cursor moved. */
  #order: number[] = []
  #orderIsStale = true
  /** What held operations up when they were last looked at, and what that hung on; null when it must be looked at anew. */
  #held: { readonly stalls: Float64Array; readonly version: number; readonly completed: number } | null = null
  readonly #pools: ModulePools

  constructor(
    graph: WorkGraph,
    options: { storage: Storage; pools: ModulePools; done: Uint8Array; positionsAsHeads: boolean },
  ) {
    this.#elements = graph.memory
    this.#storage = options.storage
    this.#pools = options.pools
    this.#done = options.done
    this.#positionsAsHeads = options.positionsAsHeads
    const heads = Math.max(...graph.memory.map((element) => element.heads?.length ?? 0))
    this.#cursors = new Int32Array(heads)
    this.#finished = new Uint8Array(heads)
    this.#status = new Uint8Array(Math.max(heads, 1))
  }

  get isExhausted(): boolean {
    return this.#element === this.#elements.length
  }

  /** Tries to move what is next; `stalls` counts what holds it up. Heads that are furthest behind go first. */
  visit(cycle: number, stalls: Float64Array): void {
    const { version } = this.#storage
    const { completed } = this.#pools
    if (this.#held?.version === version && this.#held.completed === completed) {
      for (let i = 0; i < stalls.length; i++) stalls[i] = (stalls[i] as number) + (this.#held.stalls[i] as number)
      return
    }
    this.#look(cycle, stalls)
    // The caller's counts are all of this cycle's so far.
    this.#held = this.allStalled ? { stalls: stalls.slice(), version, completed } : null
  }

  #look(cycle: number, stalls: Float64Array): void {
    this.allStalled = true
    const element = this.#elements[this.#element]
    if (!element) return
    this.#status.fill(UNVISITED)
    if (!element.heads) {
      this.#try(cycle, { datum: element.datum, slot: 0, stalls })
      return
    }
    for (const head of this.#visitOrder()) {
      if (this.#finished[head]) continue
      const datum = element.heads[head]?.[this.#cursors[head] as number] as Datum
      this.#try(cycle, { datum, slot: head, stalls })
    }
  }

  #try(cycle: number, { datum, slot, stalls }: { datum: Datum; slot: number; stalls: Float64Array }): void {
    const { producer } = datum
    const isDone = producer === null || this.#done[producer.first + producer.tiles - 1] === 1
    const moved = this.#storage.tryMove(cycle, datum, { isDone, stalls })
    this.#status[slot] = moved ? MOVED : STALLED
    if (moved) this.allStalled = false
  }

  #visitOrder(): readonly number[] {
    if (!this.#orderIsStale) return this.#order
    this.#orderIsStale = false
    const open = [...this.#cursors.keys()].filter((head) => !this.#finished[head])
    if (open.length < 2) {
      this.#order = open
      return open
    }
    const progress = (position: number) => this.#cursors[open[position] as number] as number
    const positions = [...open.keys()].sort((a, b) => progress(a) - progress(b))
    this.#order = this.#positionsAsHeads ? positions : positions.map((position) => open[position] as number)
    return this.#order
  }

  /** Steps over what was moved, and, of several heads, over what was not looked at; returns whether anything was. */
  advance(): boolean {
    const element = this.#elements[this.#element]
    if (!element) return false
    if (!element.heads) {
      if (this.#status[0] === STALLED) return false
      this.#held = null
      this.#next()
      return true
    }
    let stepped = false
    let open = 0
    for (const [head, sequence] of element.heads.entries()) {
      if (this.#finished[head]) continue
      if (this.#status[head] !== STALLED) {
        stepped = true
        const cursor = (this.#cursors[head] as number) + 1
        this.#cursors[head] = cursor
        if (cursor === sequence.length) this.#finished[head] = 1
      }
      if (!this.#finished[head]) open++
    }
    if (stepped) {
      this.#orderIsStale = true
      this.#held = null
    }
    if (open === 0) this.#next()
    return stepped
  }

  #next(): void {
    this.#element++
    this.#cursors.fill(0)
    this.#finished.fill(0)
    this.#orderIsStale = true
  }
}

import type { ComputeSection, Operation, WorkGraph } from './graph.ts'
import type { ModulePools } from './pools.ts'
import type { AccelTranQuirks } from './quirks.ts'
import { STALL } from './stalls.ts'
import type { Storage } from './storage.ts'
import { type IssueWindow, tilesOf, windowAt } from './windows.ts'

/** Whose windows come first: head 1 always, so that heads are staggered, or each head in turn. */
export const HEAD_PRIORITIES = ['staggered', 'equal'] as const
export type HeadPriority = (typeof HEAD_PRIORITIES)[number]

/** Walks the compute list: a window of tile operations per head, or one window of those of the whole layer. */
export class ComputeControl {
  /** The windows of this cycle; null for a head that has none left. */
  windows: (IssueWindow | null)[] = []
  /** Whether a window was issued in this cycle. */
  issued = false
  /** Whether the windows hold other operations than in the cycle before. */
  operationsChanged = true
  readonly #sections: readonly ComputeSection[]
  readonly #storage: Storage
  readonly #pools: ModulePools
  readonly #done: Uint8Array
  readonly #width: number
  readonly #quirks: AccelTranQuirks
  readonly #priority: HeadPriority
  #section = 0
  #cursors: number[] = []
  #stalled: boolean[] = []

  constructor(
    graph: WorkGraph,
    options: {
      readonly storage: Storage
      readonly pools: ModulePools
      readonly done: Uint8Array
      readonly issueWidth: number
      readonly quirks: AccelTranQuirks
      readonly priority: HeadPriority
    },
  ) {
    this.#sections = graph.compute
    this.#storage = options.storage
    this.#pools = options.pools
    this.#done = options.done
    this.#width = options.issueWidth
    this.#quirks = options.quirks
    this.#priority = options.priority
    this.#enter()
  }

  /**
   * Issues every window whose modules are free and whose inputs are there; `stalls` counts what holds others up.
   *
   * @throws {RangeError} if softmax operations take whole PEs and none is left
   */
  issue(cycle: number, stalls: Float64Array): void {
    this.issued = false
    const heads = this.windows.length
    const offset = this.#priority === 'equal' ? cycle % heads : 0
    for (let i = 0; i < heads; i++) {
      const head = (i + offset) % heads
      const window = this.windows[head]
      this.#stalled[head] = window ? !this.#tryIssue(cycle, window, stalls) : false
    }
  }

  #tryIssue(cycle: number, window: IssueWindow, stalls: Float64Array): boolean {
    let ready = true
    if (!this.#pools.hasFree(window)) {
      stalls[STALL.modulesBusy] = (stalls[STALL.modulesBusy] as number) + 1
      ready = false
    }
    for (const { operation, count } of window.segments) {
      if (this.#hasInputs(operation)) continue
      stalls[STALL.inputsMissing] = (stalls[STALL.inputsMissing] as number) + count
      ready = false
    }
    if (!ready) return false
    for (const segment of window.segments) this.#pools.issue(cycle, segment)
    this.issued = true
    return true
  }

  #hasInputs({ needs, after }: Operation): boolean {
    for (const datum of needs) if (!this.#storage.isReadable(datum)) return false
    for (const { first, tiles } of after) if (!this.#done[first + tiles - 1]) return false
    return true
  }

  /** Steps over what was issued; returns whether anything was. */
  advance(): boolean {
    this.operationsChanged = false
    const section = this.#sections[this.#section]
    if (!section) return false
    if (!section.heads) return this.#advanceSingles(tilesOf(section.operations))
    if (section.heads.length === 1 && this.#quirks.droppedOperations) {
      throw new RangeError('Cannot walk the heads of a layer: the published rule needs at least 2 heads, got 1')
    }
    let moved = false
    let open = 0
    for (const [head, operations] of section.heads.entries()) {
      const window = this.windows[head]
      if (!window) continue
      if (!this.#stalled[head]) {
        moved = true
        const length = tilesOf(operations)
        const cursor = this.#cursors[head] as number
        const step = this.#quirks.droppedOperations ? this.#width : window.count
        this.#cursors[head] = cursor < length - step ? cursor + step : length
        this.#replace(head, this.#windowOf(section, head))
      }
      if (this.windows[head]) open++
    }
    if (open === 0) this.#next()
    return moved || open === 0
  }

  #advanceSingles(length: number): boolean {
    const window = this.windows[0]
    if (!window || this.#stalled[0]) return false
    const cursor = this.#cursors[0] as number
    if (!this.#quirks.droppedOperations) {
      this.#cursors[0] = cursor + window.count
    } else {
      const isLast = this.#section === this.#sections.length - 1
      const stop = isLast ? length - 1 : length
      const next = cursor + this.#width
      // The very last tile operation gets a window of its own, even if it was issued before.
      this.#cursors[0] = next < stop ? next : Math.max(cursor + 1, stop)
    }
    const section = this.#sections[this.#section] as ComputeSection
    if ((this.#cursors[0] as number) >= length) this.#next()
    else this.#replace(0, this.#windowOf(section, 0))
    return true
  }

  #replace(head: number, window: IssueWindow | null): void {
    if (!this.operationsChanged) this.operationsChanged = !haveSameOperations(this.windows[head] ?? null, window)
    this.windows[head] = window
  }

  #next(): void {
    this.operationsChanged = true
    this.#section++
    this.#enter()
  }

  #enter(): void {
    const section = this.#sections[this.#section]
    this.windows = []
    this.#cursors = (section?.heads ?? (section ? [null] : [])).map(() => 0)
    this.#stalled = this.#cursors.map(() => false)
    if (section) this.windows = this.#cursors.map((_, head) => this.#windowOf(section, head))
  }

  #windowOf(section: ComputeSection, head: number): IssueWindow | null {
    const { droppedOperations = false, repeatedIssue = false } = this.#quirks
    const from = this.#cursors[head] as number
    if (section.heads) {
      return windowAt(section.heads[head] ?? [], from, {
        width: this.#width,
        reach: droppedOperations ? 'skip' : 'operation',
      })
    }
    const width = repeatedIssue && droppedOperations && this.#width > 1 ? this.#width + 1 : this.#width
    return windowAt(section.operations, from, { width, reach: droppedOperations ? 'kind' : 'operation' })
  }
}

function haveSameOperations(a: IssueWindow | null, b: IssueWindow | null): boolean {
  if (!a || !b || a.segments.length !== b.segments.length) return false
  for (const [i, { operation }] of a.segments.entries()) if (b.segments[i]?.operation !== operation) return false
  return true
}

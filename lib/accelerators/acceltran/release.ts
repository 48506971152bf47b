import type { Datum, Operation, WorkGraph } from './graph.ts'
import type { Storage } from './storage.ts'
import type { IssueWindow } from './windows.ts'

/** Operations one after the other, and how far they are done without a gap. */
interface Sequence {
  readonly operations: readonly Operation[]
  readonly first: number
  /** Number of the tile operation behind the last one. */
  readonly end: number
  /** Number of the first tile operation that is not done. */
  doneEnd: number
  /** Operations of which a tile operation is done. */
  touched: number
}

/** Heads side by side, or the operations of the whole layer. */
interface Section {
  readonly isHeads: boolean
  readonly sequences: readonly Sequence[]
}

/** Decides which data must stay in the buffers: those that operations need which are about to be issued. */
export class Release {
  readonly #sections: readonly Section[]
  readonly #done: Uint8Array
  readonly #storage: Storage
  readonly #overtakes: boolean
  /** Where the next walk begins: a section, and a tile operation of it that is done. */
  #section = 0
  #tile = 0

  constructor(graph: WorkGraph, options: { done: Uint8Array; storage: Storage; overtakes: boolean }) {
    this.#done = options.done
    this.#storage = options.storage
    this.#overtakes = options.overtakes
    this.#sections = graph.compute.map((section) => ({
      isHeads: section.heads !== null,
      sequences: (section.heads ?? [section.operations]).map(sequenceOf),
    }))
  }

  /**
   * Lets go what operations needed that are done, from the mark on; then pins what the windows need. Doing so twice
   * changes nothing, so that it is left out until a datum arrives, windows hold other operations, or one more is begun
   * to be done.
   *
   * @param isStale a datum has arrived or the windows hold other operations since the last call
   */
  update(windows: readonly (IssueWindow | null)[], isStale: boolean): void {
    if (!this.#follow() && !isStale) return
    this.#clear()
    for (const window of windows) {
      if (window) for (const { operation } of window.segments) this.#pinAll(operation.needs, true)
    }
  }

  #pinAll(data: readonly Datum[], stays: boolean): void {
    for (const datum of data) this.#storage.pin(datum, stays)
  }

  /** Notes what is done; returns whether another operation is among it. */
  #follow(): boolean {
    let changed = false
    for (let index = this.#section; index < this.#sections.length; index++) {
      const { isHeads, sequences } = this.#sections[index] as Section
      let allDone = true
      for (const sequence of sequences) {
        let next = sequence.doneEnd
        while (next < sequence.end && this.#done[next]) next++
        sequence.doneEnd = next
        if (next < sequence.end) allDone = false
        while ((sequence.operations[sequence.touched]?.first ?? next) < next) {
          sequence.touched++
          changed = true
        }
      }
      if (!isHeads && !allDone) break
    }
    return changed
  }

  #clear(): void {
    const from = this.#tile
    let markMoves = true
    for (let index = this.#section; index < this.#sections.length; index++) {
      const { isHeads, sequences } = this.#sections[index] as Section
      let allDone = true
      for (const { operations, touched, doneEnd, end } of sequences) {
        for (let i = 0; i < touched; i++) {
          const operation = operations[i] as Operation
          if (isHeads || operation.first + operation.tiles > from) this.#pinAll(operation.needs, false)
        }
        if (doneEnd < end) allDone = false
      }
      if (isHeads) {
        if (!allDone && !this.#overtakes) markMoves = false
        continue
      }
      const [{ first, doneEnd }] = sequences as readonly [Sequence]
      if (markMoves && doneEnd > first) {
        this.#section = index
        this.#tile = doneEnd - 1
      }
      if (!allDone) return
    }
  }
}

function sequenceOf(operations: readonly Operation[]): Sequence {
  const first = operations[0]?.first ?? 0
  const last = operations.at(-1)
  return { operations, first, end: last ? last.first + last.tiles : first, doneEnd: first, touched: 0 }
}

import type { Datum, Operation, WorkGraph } from './graph.ts'
import type { Storage } from './storage.ts'
import { type IssueWindow, tilesOf } from './windows.ts'

/** A head's operations, and how many of its tile operations are done without a gap. */
interface HeadProgress {
  readonly operations: readonly Operation[]
  readonly first: number
  readonly tiles: number
  done: number
}

/** Heads side by side, or operations one after the other. */
interface Section {
  readonly heads: readonly HeadProgress[] | null
  readonly operations: readonly Operation[]
  /** Number of the first tile operation that is not done, over all. */
  doneEnd: number
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
      heads:
        section.heads?.map((operations) => ({
          operations,
          first: operations[0]?.first ?? 0,
          tiles: tilesOf(operations),
          done: 0,
        })) ?? null,
      operations: section.heads ? [] : section.operations,
      doneEnd: section.heads ? 0 : (section.operations[0]?.first ?? 0),
    }))
  }

  /** Lets go what operations needed that are done, from the mark on; then pins what the windows need. */
  update(windows: readonly (IssueWindow | null)[]): void {
    this.#clear()
    for (const window of windows) {
      if (window) for (const { operation } of window.segments) this.#pinAll(operation.needs, true)
    }
  }

  #pinAll(data: readonly Datum[], stays: boolean): void {
    for (const datum of data) this.#storage.pin(datum, stays)
  }

  #clear(): void {
    const from = this.#tile
    let markMoves = true
    for (let index = this.#section; index < this.#sections.length; index++) {
      const section = this.#sections[index] as Section
      if (section.heads) {
        if (!this.#clearHeads(section.heads) && !this.#overtakes) markMoves = false
      } else {
        const end = this.#clearSingles(section, from)
        if (markMoves && section.doneEnd > (section.operations[0]?.first ?? 0)) {
          this.#section = index
          this.#tile = section.doneEnd - 1
        }
        if (section.doneEnd < end) return
      }
    }
  }

  /** Lets go what done operations needed, from tile operation `from` on; returns where the section ends. */
  #clearSingles(section: Section, from: number): number {
    let end = 0
    for (const operation of section.operations) {
      end = operation.first + operation.tiles
      while (section.doneEnd < end && section.doneEnd >= operation.first && this.#done[section.doneEnd])
        section.doneEnd++
      if (from < end && section.doneEnd > operation.first) this.#pinAll(operation.needs, false)
    }
    return end
  }

  #clearHeads(heads: readonly HeadProgress[]): boolean {
    let allDone = true
    for (const head of heads) {
      while (head.done < head.tiles && this.#done[head.first + head.done]) head.done++
      if (head.done < head.tiles) allDone = false
      for (const operation of head.operations) {
        if (operation.first >= head.first + head.done) break
        this.#pinAll(operation.needs, false)
      }
    }
    return allDone
  }
}

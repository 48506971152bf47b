import type { Datum } from './graph.ts'
import { BITS_PER_MB } from './machine.ts'

/** Where a datum is in a buffer. */
const ABSENT = 0
const ARRIVING = 1
const PRESENT = 2

/** Slack for bits that were added and subtracted in floating point. */
const BIT_TOLERANCE = 1e-6

/** A datum on its way into a buffer. */
interface Transfer {
  readonly datum: Datum
  readonly startedAt: number
  readonly cycles: number
  readonly energyNj: number
}

/** An on-chip buffer of compressed data: what is in it, oldest first, and the transfer under way. */
export class OnChipBuffer {
  readonly name: string
  readonly capacityBits: number
  readonly bitsPerElement: number
  usedBits = 0
  /** Elements listed that must stay; those kept of them, where data differ in what is kept. */
  pinnedElements = 0
  transfer: Transfer | null = null
  /** Energy of the loads and of the stores that are over. */
  loadNj = 0
  storeNj = 0
  /** Cycles of the transfers that are over. */
  transferCycles = 0
  /** Elements that ever entered, and that were evicted. */
  enteredElements = 0
  evictedElements = 0
  readonly #state: Uint8Array
  readonly #kept: ((datum: Datum) => number) | undefined
  #list: Datum[] = []

  /** @param options.kept share of a datum's elements that take room @default all */
  constructor(
    name: string,
    options: {
      readonly capacityBits: number
      readonly bitsPerElement: number
      readonly data: number
      readonly kept?: (datum: Datum) => number
    },
  ) {
    const { capacityBits, bitsPerElement, data, kept } = options
    this.name = name
    this.capacityBits = capacityBits
    this.bitsPerElement = bitsPerElement
    this.#kept = kept
    this.#state = new Uint8Array(data)
  }

  get isReady(): boolean {
    return this.transfer === null
  }

  isListed(datum: Datum): boolean {
    return this.#state[datum.id] !== ABSENT
  }

  isPresent(datum: Datum): boolean {
    return this.#state[datum.id] === PRESENT
  }

  /** Elements of a datum that take room. */
  keptOf(datum: Datum): number {
    return this.#kept ? datum.elements * this.#kept(datum) : datum.elements
  }

  /** Elements listed, those on their way included. */
  residentElements(): number {
    return this.#list.reduce((sum, { elements }) => sum + elements, 0)
  }

  /**
   * Whether a datum fits, after eviction if need be.
   *
   * @param byNewest compare what eviction frees with the newest datum listed instead (a quirk)
   * @throws {RangeError} if it is larger than the buffer
   */
  hasRoom(datum: Datum, byNewest: boolean): boolean {
    const bits = this.keptOf(datum) * this.bitsPerElement
    if (bits > this.capacityBits) {
      throw new RangeError(
        `Cannot place ${datum.name}: ${bits} bit are larger than the buffer for ${this.name}, which holds ${this.capacityBits} bit (${this.capacityBits / BITS_PER_MB} MiB)`,
      )
    }
    if (this.capacityBits - this.usedBits >= bits) return true
    const measured = byNewest ? (this.#list.at(-1) as Datum) : datum
    return this.capacityBits - this.pinnedElements * this.bitsPerElement > this.keptOf(measured) * this.bitsPerElement
  }

  /**
   * Starts a transfer; what need not stay is evicted, oldest first, until the datum fits.
   *
   * @param pinned whether a datum must stay, by id
   * @throws {RangeError} if the datum does not fit all the same
   */
  start(transfer: Transfer, pinned: Uint8Array): void {
    const { datum } = transfer
    const bits = this.keptOf(datum) * this.bitsPerElement
    this.#evictFor(bits, pinned)
    if (this.usedBits + bits > this.capacityBits + BIT_TOLERANCE) {
      throw new RangeError(
        `Cannot place ${datum.name}: it does not fit into the buffer for ${this.name}, ${bits} bit are needed and ${this.capacityBits - this.usedBits} are free beside what must stay`,
      )
    }
    this.#list.push(datum)
    this.#state[datum.id] = ARRIVING
    this.usedBits += bits
    this.enteredElements += datum.elements
    if (pinned[datum.id]) this.pinnedElements += this.keptOf(datum)
    this.transfer = transfer
  }

  #evictFor(bits: number, pinned: Uint8Array): void {
    if (this.usedBits + bits <= this.capacityBits) return
    let gone = 0
    this.#list = this.#list.filter((listed) => {
      if (this.usedBits + bits <= this.capacityBits || pinned[listed.id]) return true
      this.#state[listed.id] = ABSENT
      this.usedBits -= this.keptOf(listed) * this.bitsPerElement
      gone += listed.elements
      return false
    })
    this.evictedElements += gone
  }

  /** The cycle at whose beginning the transfer under way is over; infinite if there is none. */
  get endsAt(): number {
    return this.transfer ? this.transfer.startedAt + this.transfer.cycles : Number.POSITIVE_INFINITY
  }

  /** Ends the transfer under way if it is over by the beginning of `cycle`. */
  arrive(cycle: number): void {
    if (!this.transfer || this.endsAt > cycle) return
    const { datum, energyNj, cycles } = this.transfer
    this.#state[datum.id] = PRESENT
    if (datum.stored) this.storeNj += energyNj
    else this.loadNj += energyNj
    this.transferCycles += cycles
    this.transfer = null
  }

  /** Energy and cycles of all transfers up to the beginning of `cycle`, one under way included. */
  totals(cycle: number): { readonly loadNj: number; readonly storeNj: number; readonly cycles: number } {
    const { transfer, loadNj, storeNj, transferCycles } = this
    if (!transfer) return { loadNj, storeNj, cycles: transferCycles }
    const elapsed = cycle - transfer.startedAt
    const energyNj = (elapsed / transfer.cycles) * transfer.energyNj
    return {
      loadNj: loadNj + (transfer.datum.stored ? 0 : energyNj),
      storeNj: storeNj + (transfer.datum.stored ? energyNj : 0),
      cycles: transferCycles + elapsed,
    }
  }
}

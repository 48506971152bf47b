import { OnChipBuffer } from './buffers.ts'
import type { Datum } from './graph.ts'
import { ACCELTRAN, type AccelTran, BITS_PER_MB } from './machine.ts'
import { BUFFER_BLOCKS, WORDS_PER_ACCESS } from './modules.ts'
import type { AccelTranQuirks } from './quirks.ts'
import { type Sparsity, zeroShare } from './sparsity.ts'
import { STALL } from './stalls.ts'

/** Words that the mask of an element takes. */
const MASK_WORDS = ACCELTRAN.maskBits.value / ACCELTRAN.wordBits.value

/** Counts a cause where it holds something up; 1 if it does. */
function count(stalls: Float64Array, cause: number, holds: boolean): number {
  if (holds) stalls[cause] = (stalls[cause] as number) + 1
  return Number(holds)
}

/** The three buffers, what must stay in them, and the path to main memory. */
export class Storage {
  readonly activation: OnChipBuffer
  readonly weight: OnChipBuffer
  readonly mask: OnChipBuffer
  readonly buffers: readonly OnChipBuffer[]
  /** Whether a datum must stay, by id. */
  readonly pinned: Uint8Array
  /** The cycle at whose beginning the next transfer is over; infinite if none is under way. */
  nextArrival = Number.POSITIVE_INFINITY
  /** Rises whenever what is in a buffer, on its way or must stay changes. */
  version = 0
  readonly #machine: AccelTran
  readonly #sparsity: Sparsity
  readonly #quirks: AccelTranQuirks

  constructor(
    data: number,
    { machine, sparsity, quirks }: { machine: AccelTran; sparsity: Sparsity; quirks: AccelTranQuirks },
  ) {
    const { activationMb, weightMb, maskMb } = machine.buffers
    const word = ACCELTRAN.wordBits.value
    const buffer = (name: string, mb: number, more: { bitsPerElement: number; kept?: (datum: Datum) => number }) =>
      new OnChipBuffer(name, { capacityBits: mb * BITS_PER_MB, data, ...more })
    const compressed = (zeros: number) =>
      sparsity.zerosIn
        ? { bitsPerElement: word, kept: (datum: Datum) => 1 - zeroShare(sparsity, datum) }
        : { bitsPerElement: word * (1 - zeros) }
    this.activation = buffer('activations', activationMb, compressed(sparsity.activations))
    this.weight = buffer('weights', weightMb, compressed(sparsity.weights))
    this.mask = buffer('masks', maskMb, { bitsPerElement: ACCELTRAN.maskBits.value })
    this.buffers = [this.activation, this.weight, this.mask]
    this.pinned = new Uint8Array(data)
    this.#machine = machine
    this.#sparsity = sparsity
    this.#quirks = quirks
  }

  /** Whether an operation that needs the datum can run. */
  isReadable(datum: Datum): boolean {
    return this.activation.isPresent(datum) || this.weight.isPresent(datum)
  }

  /** Makes a datum stay, or lets it go; only one that is present in some buffer changes. */
  pin(datum: Datum, stays: boolean): void {
    if (this.pinned[datum.id] === Number(stays)) return
    if (!this.isReadable(datum) && !this.mask.isPresent(datum)) return
    this.#set(datum, stays)
  }

  /** Makes a datum stay before it is anywhere. */
  pinAhead(datum: Datum): void {
    this.#set(datum, true)
  }

  #set(datum: Datum, stays: boolean): void {
    this.version++
    this.pinned[datum.id] = Number(stays)
    for (const buffer of this.buffers) {
      if (buffer.isListed(datum)) buffer.pinnedElements += stays ? buffer.keptOf(datum) : -buffer.keptOf(datum)
    }
  }

  /**
   * Starts to load or store a datum and its mask, if both buffers are ready and have room and the datum is computed.
   *
   * @param stalls counts, raised by one for every cause that holds it up
   * @returns whether it started
   * @throws {RangeError} if it never fits
   */
  tryMove(cycle: number, datum: Datum, { isDone, stalls }: { isDone: boolean; stalls: Float64Array }): boolean {
    const target = datum.stored ? this.activation : this.weight
    const { mask } = this
    const byNewest = this.#quirks.roomByNewest === true
    const held =
      count(stalls, STALL.dataBusy, !target.isReady) +
      count(stalls, STALL.maskBusy, !mask.isReady) +
      count(stalls, STALL.dataFull, !target.hasRoom(datum, byNewest)) +
      count(stalls, STALL.maskFull, !mask.hasRoom(datum, byNewest)) +
      count(stalls, STALL.notComputed, !isDone)
    if (held > 0) return false
    this.version++
    this.#start(cycle, datum, target)
    this.#start(cycle, datum, mask)
    return true
  }

  #start(cycle: number, datum: Datum, buffer: OnChipBuffer): void {
    const bits = buffer.keptOf(datum) * buffer.bitsPerElement
    const rate = datum.stored ? this.#machine.bufferBitsPerCycle : this.#machine.mainMemoryBitsPerCycle
    const energyNj = datum.stored ? this.#storeNj(datum, buffer) : this.#loadNj(datum, buffer)
    buffer.start({ datum, startedAt: cycle, cycles: Math.ceil(bits / rate), energyNj }, this.pinned)
    this.nextArrival = Math.min(this.nextArrival, buffer.endsAt)
  }

  #loadNj(datum: Datum, buffer: OnChipBuffer): number {
    const { elements } = datum
    const { maskAtFullCost = false, denseLoadEnergy = false } = this.#quirks
    const words =
      buffer === this.mask && !maskAtFullCost
        ? MASK_WORDS * elements
        : elements * (denseLoadEnergy ? 1 : 1 - zeroShare(this.#sparsity, datum))
    return (this.#machine.mainMemoryAccessNj * words) / WORDS_PER_ACCESS.value
  }

  #storeNj(datum: Datum, buffer: OnChipBuffer): number {
    const { elements } = datum
    const isMask = buffer === this.mask
    const { accessNj } = (isMask ? BUFFER_BLOCKS.mask : BUFFER_BLOCKS.activation).value
    const mb = isMask ? this.#machine.buffers.maskMb : this.#machine.buffers.activationMb
    const words = this.#quirks.denseStoreEnergy
      ? elements
      : isMask
        ? MASK_WORDS * elements
        : (1 - zeroShare(this.#sparsity, datum)) * elements
    return (accessNj * Math.sqrt(mb) * words) / WORDS_PER_ACCESS.value
  }

  /** Ends the transfers that are over by the beginning of `cycle`; returns whether any was. */
  arrive(cycle: number): boolean {
    if (cycle < this.nextArrival) return false
    this.version++
    for (const buffer of this.buffers) buffer.arrive(cycle)
    this.nextArrival = Math.min(this.activation.endsAt, this.weight.endsAt, this.mask.endsAt)
    return true
  }
}

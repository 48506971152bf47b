/** Room for that many batches at first; doubled when it is full. */
const INITIAL_BATCHES = 64

/**
 * Tile operations of one kind in flight. All take equally long, so they finish in the order in which they were issued:
 * no module is looked at before it is done.
 */
export class InFlight {
  /** Cycles a module is busy with one. */
  readonly latency: number
  /** Module-cycles of work issued; some of it may lie behind the last cycle. */
  issuedModuleCycles = 0
  /** Modules taken, over all tile operations. */
  modulesTaken = 0
  /** Batches done that were the last of their operation. */
  completed = 0
  readonly #hold: number
  #first = new Int32Array(INITIAL_BATCHES)
  #count = new Int32Array(INITIAL_BATCHES)
  #issuedAt = new Float64Array(INITIAL_BATCHES)
  #modules = new Int32Array(INITIAL_BATCHES)
  #isLast = new Int32Array(INITIAL_BATCHES)
  #head = 0
  #length = 0

  /** @param freeGap a module is free one cycle after its last busy one (a quirk) */
  constructor(latency: number, freeGap: boolean) {
    this.latency = latency
    this.#hold = freeGap ? latency : Math.max(latency - 1, 0)
  }

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Cycle in which the oldest batch is done; infinite if there is none. */
  get nextDone(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : (this.#issuedAt[this.#head] as number) + this.#hold
  }

  /**
   * Issues tile operations first .. first + count - 1.
   *
   * @param batch.modulesEach modules that each takes
   * @param batch.isLast the last of them is the last of its operation
   */
  issue(cycle: number, first: number, batch: { count: number; modulesEach: number; isLast: boolean }): void {
    const { count, modulesEach, isLast } = batch
    if (this.#length === this.#first.length) this.#grow()
    const slot = (this.#head + this.#length++) & (this.#first.length - 1)
    this.#first[slot] = first
    this.#count[slot] = count
    this.#issuedAt[slot] = cycle
    this.#modules[slot] = count * modulesEach
    this.#isLast[slot] = Number(isLast)
    this.modulesTaken += count * modulesEach
    this.issuedModuleCycles += count * modulesEach * this.latency
  }

  /**
   * Finishes what is done in `cycle`.
   *
   * @param done marked for every tile operation that is
   * @returns modules set free
   */
  finish(cycle: number, done: Uint8Array): number {
    let freed = 0
    while (this.nextDone <= cycle) {
      const slot = this.#head
      const first = this.#first[slot] as number
      done.fill(1, first, first + (this.#count[slot] as number))
      freed += this.#modules[slot] as number
      this.completed += this.#isLast[slot] as number
      this.#head = (slot + 1) & (this.#first.length - 1)
      this.#length--
    }
    return freed
  }

  /** Module-cycles of work done before the beginning of `cycle`. */
  busyModuleCycles(cycle: number): number {
    let beyond = 0
    for (let i = 0; i < this.#length; i++) {
      const slot = (this.#head + i) & (this.#first.length - 1)
      const left = (this.#issuedAt[slot] as number) + this.latency - cycle
      if (left > 0) beyond += left * (this.#modules[slot] as number)
    }
    return this.issuedModuleCycles - beyond
  }

  #grow(): void {
    const size = this.#first.length
    const unroll = <T extends Int32Array | Float64Array>(ring: T, made: T): T => {
      for (let i = 0; i < size; i++) made[i] = ring[(this.#head + i) & (size - 1)] as number
      return made
    }
    this.#first = unroll(this.#first, new Int32Array(2 * size))
    this.#count = unroll(this.#count, new Int32Array(2 * size))
    this.#issuedAt = unroll(this.#issuedAt, new Float64Array(2 * size))
    this.#modules = unroll(this.#modules, new Int32Array(2 * size))
    this.#isLast = unroll(this.#isLast, new Int32Array(2 * size))
    this.#head = 0
  }
}

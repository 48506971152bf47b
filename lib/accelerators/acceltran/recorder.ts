/** What a machine does in a cycle, and in those after it until the next sample. */
export interface CycleSample {
  readonly busyMac: number
  readonly busySoftmax: number
  readonly busyLayerNorm: number
  readonly activationBits: number
  readonly weightBits: number
  readonly maskBits: number
  /** Energy per cycle of the transfers under way. */
  readonly loadNj: number
  readonly storeNj: number
}

const FIELDS = [
  'busyMac',
  'busySoftmax',
  'busyLayerNorm',
  'activationBits',
  'weightBits',
  'maskBits',
  'loadNj',
  'storeNj',
] as const satisfies readonly (keyof CycleSample)[]

const INITIAL_SAMPLES = 1024

/** A history of samples, one for every cycle in which something changed. */
export class Recorder {
  #cycles = new Float64Array(INITIAL_SAMPLES)
  #values = new Float64Array(INITIAL_SAMPLES * FIELDS.length)
  #length = 0

  /** Keeps a sample if it differs from the last one. */
  add(cycle: number, sample: CycleSample): void {
    const last = (this.#length - 1) * FIELDS.length
    if (this.#length > 0 && FIELDS.every((field, i) => this.#values[last + i] === sample[field])) return
    if (this.#length === this.#cycles.length) this.#grow()
    this.#cycles[this.#length] = cycle
    for (const [i, field] of FIELDS.entries()) this.#values[this.#length * FIELDS.length + i] = sample[field]
    this.#length++
  }

  #grow(): void {
    const cycles = new Float64Array(2 * this.#cycles.length)
    const values = new Float64Array(2 * this.#values.length)
    cycles.set(this.#cycles)
    values.set(this.#values)
    this.#cycles = cycles
    this.#values = values
  }

  /** Samples kept. */
  get length(): number {
    return this.#length
  }

  /** Cycle of a sample. */
  cycle(index: number): number {
    return this.#cycles[index] as number
  }

  /** A field of a sample. */
  value(index: number, field: keyof CycleSample): number {
    return this.#values[index * FIELDS.length + FIELDS.indexOf(field)] as number
  }
}

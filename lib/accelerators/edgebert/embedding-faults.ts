import { CellArray, type CellKind, type LastCellRule } from '../../hardware/mod.ts'
import {
  type AdaptivFloat,
  encodeBitmask,
  normalSample,
  type Rng,
  selectRank,
  studentSample,
} from '../../numeric/mod.ts'

/** Orders of a word's fields, from its top bit. */
export const BIT_ORDERS = ['sign-exponent-mantissa', 'sign-mantissa-exponent'] as const
export type BitOrder = (typeof BIT_ORDERS)[number]

/**
 * A pruned embedding: random weights of which those of small magnitude are zero.
 *
 * @param options.density share of the weights that stay
 * @param options.degrees even degrees of freedom of Student's t distribution; a Gaussian if left out
 * @returns weights of unit deviation before pruning
 */
export function prunedEmbedding(
  elements: number,
  options: { readonly density: number; readonly degrees?: number },
  rng: Rng,
): Float64Array {
  const { density, degrees } = options
  // Loops, not Float64Array.from(): millions of weights.
  const values = new Float64Array(elements)
  const sizes = new Float64Array(elements)
  for (let i = 0; i < elements; i += 1) {
    const value = degrees === undefined ? normalSample(rng) : studentSample(rng, degrees)
    values[i] = value
    sizes[i] = Math.abs(value)
  }
  const pruned = elements - Math.round(density * elements)
  const threshold = pruned > 0 ? selectRank(sizes, pruned - 1) : -1
  for (let i = 0; i < elements; i += 1) if (Math.abs(values[i] as number) <= threshold) values[i] = 0
  return values
}

/** Means over trials of reading a whole embedding once. */
export interface FaultStatistics {
  readonly trials: number
  readonly cells: number
  readonly expectedFaultyCells: number
  readonly meanFaultyCells: number
  readonly leastFaultyCells: number
  readonly mostFaultyCells: number
  /** Share of the stored words (values, or the weights a mask decodes to) that come out different. */
  readonly changedShare: number
  /** Root of the mean over trials of the summed squared change, over the root of the summed squares of all weights. */
  readonly relativeRms: number
  /** Share of trials without any fault. */
  readonly cleanTrialsShare: number
}

/** An embedding as it is stored: codes of the non-zero weights in order, and a mask row by row. */
export class StoredEmbedding {
  /** Root of the summed squared rounding errors over that of the summed squared weights. */
  readonly quantisation: number
  private readonly nonZeroCodes: Uint16Array
  private readonly mask: Uint8Array
  private readonly codec: AdaptivFloat
  private readonly rowElements: number
  /** Non-zeros before each row. */
  private readonly rowStarts: Uint32Array
  /** Value of every code. */
  private readonly decoded: Float64Array
  /** Sum of the squares of the stored values. */
  private readonly power: number

  /**
   * @param weights row after row; what rounds to zero is stored as zero
   * @param rowElements elements of a row, a multiple of 8; a look-up starts at a row, so a fault in the mask does not
   *   reach beyond it
   * @throws {RangeError} if rows are no whole bytes of mask, or do not fill the weights
   */
  constructor(weights: Float64Array, codec: AdaptivFloat, rowElements: number) {
    if (!(rowElements >= 8 && rowElements % 8 === 0 && weights.length % rowElements === 0)) {
      throw new RangeError(
        `Cannot store an embedding: rows must be a multiple of 8 elements that fill ${weights.length}, got ${rowElements}`,
      )
    }
    const codes = new Uint16Array(weights.length)
    let lost = 0
    let whole = 0
    for (let i = 0; i < codes.length; i += 1) {
      const weight = weights[i] as number
      const code = codec.encode(weight)
      const error = codec.decode(code) - weight
      codes[i] = code
      lost += error * error
      whole += weight * weight
    }
    this.quantisation = whole > 0 ? Math.sqrt(lost / whole) : 0
    const encoded = encodeBitmask(codes)
    this.codec = codec
    this.rowElements = rowElements
    this.mask = encoded.mask
    this.nonZeroCodes = encoded.nonZeros
    this.decoded = Float64Array.from({ length: 1 << codec.format.bits }, (_, code) => codec.decode(code))
    this.rowStarts = new Uint32Array(weights.length / rowElements + 1)
    const rowBytes = rowElements / 8
    for (let i = 0, before = 0; i < this.mask.length; i += 1) {
      before += bitCount(this.mask[i] as number)
      if ((i + 1) % rowBytes === 0) this.rowStarts[(i + 1) / rowBytes] = before
    }
    let power = 0
    for (const code of encoded.nonZeros) power += (this.decoded[code] as number) * (this.decoded[code] as number)
    this.power = power
  }

  get nonZeros(): number {
    return this.nonZeroCodes.length
  }

  /**
   * Reads the values, kept in cells of a kind, over and over.
   *
   * @param options.bitOrder fields of a value from its top bit; the cells take consecutive bits
   */
  valueFaults(
    kind: CellKind,
    options: { readonly trials: number; readonly lastCell: LastCellRule; readonly bitOrder: BitOrder },
    rng: Rng,
  ): FaultStatistics {
    const { bits } = this.codec.format
    const { words, values } = this.ordered(options.bitOrder)
    const cells = new CellArray(words, { wordBits: bits, kind, lastCell: options.lastCell })
    return campaign(cells, { trials: options.trials, power: this.power, words: words.length }, (tally) => {
      cells.read(rng, (_index, stored, found, faulty) => {
        const change = (values[found] as number) - (values[stored] as number)
        tally.cells += faulty
        if (change !== 0) tally.changed += 1
        tally.squares += change * change
      })
    })
  }

  /** Reads the mask, kept in cells of a kind, over and over, and decodes the rows it is wrong in. */
  maskFaults(
    kind: CellKind,
    options: { readonly trials: number; readonly lastCell: LastCellRule },
    rng: Rng,
  ): FaultStatistics {
    const cells = new CellArray(this.mask, { wordBits: 8, kind, lastCell: options.lastCell })
    const rowBytes = this.rowElements / 8
    const read = new Uint8Array(rowBytes)
    return campaign(cells, { trials: options.trials, power: this.power, words: this.mask.length * 8 }, (tally) => {
      let row = -1
      cells.read(rng, (index, _stored, found, faulty) => {
        tally.cells += faulty
        const own = Math.floor(index / rowBytes)
        if (own !== row) {
          if (row >= 0) this.compareRow(row, read, tally)
          row = own
          read.set(this.mask.subarray(row * rowBytes, (row + 1) * rowBytes))
        }
        read[index - row * rowBytes] = found
      })
      if (row >= 0) this.compareRow(row, read, tally)
    })
  }

  /** Adds what a wrong mask changes in a row: from the first wrong bit on, values stand in wrong places. */
  private compareRow(row: number, read: Uint8Array, tally: Tally): void {
    const { mask, nonZeroCodes, decoded, rowElements } = this
    const first = row * (rowElements / 8)
    let next = this.rowStarts[row] as number
    let start = 0
    for (; mask[first + start] === read[start]; start += 1) next += bitCount(read[start] as number)
    let nextRead = next
    const end = this.rowStarts[row + 1] as number
    for (let i = 8 * start; i < rowElements; i += 1) {
      const bit = 1 << (i & 7)
      let stored = 0
      let found = 0
      if ((mask[first + (i >> 3)] as number) & bit) {
        stored = decoded[nonZeroCodes[next] as number] as number
        next += 1
      }
      if ((read[i >> 3] as number) & bit) {
        // A decoder that runs past the row's values would find those of the next row; here it finds none.
        if (nextRead < end) found = decoded[nonZeroCodes[nextRead] as number] as number
        nextRead += 1
      }
      if (stored !== found) {
        tally.changed += 1
        tally.squares += (found - stored) * (found - stored)
      }
    }
  }

  /** The non-zero words with their fields in an order, and the value of every such word. */
  private ordered(order: BitOrder): { readonly words: Uint16Array; readonly values: Float64Array } {
    if (order === 'sign-exponent-mantissa') return { words: this.nonZeroCodes, values: this.decoded }
    const { bits, exponentBits } = this.codec.format
    const mantissaBits = bits - 1 - exponentBits
    const reordered = Uint16Array.from({ length: 1 << bits }, (_, code) => {
      const mantissa = code & ((1 << mantissaBits) - 1)
      const exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1)
      return (code & (1 << (bits - 1))) | (mantissa << exponentBits) | exponent
    })
    const words = new Uint16Array(this.nonZeroCodes.length)
    for (let i = 0; i < words.length; i += 1) words[i] = reordered[this.nonZeroCodes[i] as number] as number
    const values = new Float64Array(reordered.length)
    reordered.forEach((word, code) => {
      values[word] = this.decoded[code] as number
    })
    return { words, values }
  }
}

interface Tally {
  cells: number
  changed: number
  squares: number
}

function bitCount(byte: number): number {
  let count = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) count += 1
  return count
}

function campaign(
  cells: CellArray,
  { trials, power, words }: { readonly trials: number; readonly power: number; readonly words: number },
  trial: (tally: Tally) => void,
): FaultStatistics {
  let [least, most, clean] = [Number.POSITIVE_INFINITY, 0, 0]
  const sum: Tally = { cells: 0, changed: 0, squares: 0 }
  for (let i = 0; i < trials; i += 1) {
    const tally: Tally = { cells: 0, changed: 0, squares: 0 }
    trial(tally)
    sum.cells += tally.cells
    sum.changed += tally.changed
    sum.squares += tally.squares
    least = Math.min(least, tally.cells)
    most = Math.max(most, tally.cells)
    if (tally.cells === 0) clean += 1
  }
  return {
    trials,
    cells: cells.words.length * cells.cellsPerWord,
    expectedFaultyCells: cells.expectedMisreads(),
    meanFaultyCells: sum.cells / trials,
    leastFaultyCells: least,
    mostFaultyCells: most,
    changedShare: sum.changed / trials / words,
    relativeRms: power > 0 ? Math.sqrt(sum.squares / trials / power) : 0,
    cleanTrialsShare: clean / trials,
  }
}

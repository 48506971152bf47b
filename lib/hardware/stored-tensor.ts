import { encodeBitmask, type Rng } from '../numeric/mod.ts'
import { CellArray, type CellFaults } from './fault-injection.ts'
import { type FaultStatistics, faultCampaign } from './fault-statistics.ts'
import { bitCount, MaskDecoder } from './mask-decoder.ts'
import type { WordCodec } from './word-codec.ts'

/** A sparse tensor as it is stored: the words of its non-zeros in order, and a bit per element, row by row. */
export class StoredTensor {
  /** Root of the summed squared rounding errors over that of the summed squared weights. */
  readonly quantisation: number
  readonly rows: number
  readonly rowElements: number
  private readonly mask: Uint8Array
  /** Words of the non-zeros. */
  private readonly words: Uint16Array
  private readonly bits: number
  /** What every word stands for. */
  private readonly decoded: Float64Array
  /** What the words of the non-zeros stand for. */
  private readonly values: Float64Array
  /** Non-zeros before each row. */
  private readonly rowStarts: Uint32Array
  /** Sum of the squares of each row's values. */
  private readonly rowPowers: Float64Array

  /**
   * @param weights row after row; what rounds to zero is stored as zero
   * @param rowElements elements of a row, a multiple of 8
   * @throws {RangeError} if rows are no whole bytes of mask, or do not fill the weights; if words have not 1 to 16 bits,
   *   or word 0 is not 0
   */
  constructor(weights: Float64Array, codec: WordCodec, rowElements: number) {
    if (!(rowElements >= 8 && rowElements % 8 === 0 && weights.length >= 1 && weights.length % rowElements === 0)) {
      throw new RangeError(
        `Cannot store a tensor: rows must be a multiple of 8 elements that fill ${weights.length}, got ${rowElements}`,
      )
    }
    const { bits } = codec
    if (!Number.isInteger(bits) || bits < 1 || bits > 16) {
      throw new RangeError(`Cannot store a tensor: words must have 1 to 16 bits, got ${bits}`)
    }
    this.bits = bits
    this.decoded = Float64Array.from({ length: 1 << bits }, (_, word) => codec.decode(word))
    if (this.decoded[0] !== 0) {
      throw new RangeError(`Cannot store a tensor: word 0 must stand for 0, got ${this.decoded[0]}`)
    }
    const words = new Uint16Array(weights.length)
    let lost = 0
    let whole = 0
    for (let i = 0; i < words.length; i += 1) {
      const weight = weights[i] as number
      const word = codec.encode(weight)
      const error = (this.decoded[word] as number) - weight
      words[i] = word
      lost += error * error
      whole += weight * weight
    }
    this.quantisation = whole > 0 ? Math.sqrt(lost / whole) : 0
    const encoded = encodeBitmask(words)
    this.mask = encoded.mask
    this.words = encoded.nonZeros
    this.values = new Float64Array(this.words.length)
    this.rowElements = rowElements
    this.rows = weights.length / rowElements
    this.rowStarts = new Uint32Array(this.rows + 1)
    this.rowPowers = new Float64Array(this.rows)
    const rowBytes = rowElements / 8
    for (let row = 0, next = 0; row < this.rows; row += 1) {
      const start = next
      for (let i = row * rowBytes; i < (row + 1) * rowBytes; i += 1) next += bitCount(this.mask[i] as number)
      let power = 0
      for (let i = start; i < next; i += 1) {
        const value = this.decoded[this.words[i] as number] as number
        this.values[i] = value
        power += value * value
      }
      this.rowStarts[row + 1] = next
      this.rowPowers[row] = power
    }
  }

  get nonZeros(): number {
    return this.words.length
  }

  /**
   * The values in cells, which take consecutive bits of a word from its top.
   *
   * @param wordOf what is written instead of each word: a permutation; the words as they are if left out
   */
  valueCells(faults: CellFaults, wordOf?: Uint16Array): CellArray {
    const words = wordOf ? this.words.map((word) => wordOf[word] as number) : this.words
    return new CellArray(words, { wordBits: this.bits, ...faults })
  }

  /** The mask in cells. */
  maskCells(faults: CellFaults): CellArray {
    return new CellArray(this.mask, { wordBits: 8, ...faults })
  }

  /**
   * Reads the values over and over, the mask without fault.
   *
   * @param options.wordOf see {@link valueCells}
   */
  valueFaults(
    faults: CellFaults,
    options: { readonly trials: number; readonly wordOf?: Uint16Array },
    rng: Rng,
  ): FaultStatistics {
    const { trials, wordOf } = options
    const cells = this.valueCells(faults, wordOf)
    const { rowStarts, rowPowers } = this
    const decoded = wordOf ? new Float64Array(this.decoded.length) : this.decoded
    wordOf?.forEach((word, own) => {
      decoded[word] = this.decoded[own] as number
    })
    return faultCampaign(cells, { trials, words: this.nonZeros, rowPowers }, (tally) => {
      let row = 0
      cells.read(rng, (index, stored, found, faulty) => {
        while ((rowStarts[row + 1] as number) <= index) row += 1
        const [was, is] = [decoded[stored] as number, decoded[found] as number]
        const change = is - was
        tally.faultyCells += faulty
        if (change !== 0) tally.changed += 1
        tally.squares += change * change
        tally.addToRow(row, was * change, is * is - was * was)
      })
    })
  }

  /**
   * Reads the mask over and over, the values without fault, and decodes what it is wrong in.
   *
   * @param options.rowsPerPointer rows that share a pointer to where their values start: 1 if each row is found by its
   *   own; all of them if the values are one stream that is counted through from the start
   * @throws {RangeError} unless rowsPerPointer is an integer from 1
   */
  maskFaults(
    faults: CellFaults,
    options: { readonly trials: number; readonly rowsPerPointer: number },
    rng: Rng,
  ): FaultStatistics {
    const { trials, rowsPerPointer } = options
    const cells = this.maskCells(faults)
    const { rowPowers, mask, values, rowStarts } = this
    const decoder = new MaskDecoder({ mask, values, rowStarts, rowBytes: this.rowElements / 8 }, rowsPerPointer)
    return faultCampaign(cells, { trials, words: this.mask.length * 8, rowPowers }, (tally) => {
      cells.read(rng, (index, _stored, found, faulty) => {
        tally.faultyCells += faulty
        decoder.misread(index, found)
      })
      decoder.compare(tally)
    })
  }
}

import { type BitOrder, wordsInOrder } from '../../../lib/accelerators/edgebert/mod.ts'
import { CellArray, type CellFaults } from '../../../lib/hardware/mod.ts'
import {
  AdaptivFloat,
  encodeBitmask,
  type FloatFormat,
  minExponentByMaximum,
  type Rng,
} from '../../../lib/numeric/mod.ts'

/** Parts of a stored embedding. */
export const STORED_PARTS = ['values', 'mask'] as const
export type StoredPart = (typeof STORED_PARTS)[number]

/** A row that is read otherwise than it was stored. */
export interface ChangedRow {
  readonly row: number
  readonly values: Float64Array
}

/**
 * The word embeddings of a network as EdgeBERT stores them: AdaptivFloat codes of the non-zeros and a bit for each
 * element, each row with a pointer of its own to its first code.
 */
export class FaultyEmbedding {
  /** What is read where nothing goes wrong: [rows, width]. */
  readonly values: Float64Array
  readonly width: number
  private readonly codec: AdaptivFloat
  private readonly mask: Uint8Array
  /** Codes of the non-zeros, in order. */
  private readonly codes: Uint16Array
  /** Place of each non-zero among all elements. */
  private readonly places: Int32Array
  /** Words that stand for codes, and codes that words stand for; none where they are the same. */
  private readonly wordOf: Uint16Array | undefined
  private readonly codeOf: Uint16Array | undefined

  /**
   * @param weights row after row; what rounds to 0 is stored as 0
   * @throws {RangeError} if rows are no multiple of 8 elements that fill the weights
   */
  constructor(
    weights: ArrayLike<number>,
    options: { readonly width: number; readonly format: FloatFormat; readonly bitOrder: BitOrder },
  ) {
    const { width, format, bitOrder } = options
    if (!(width >= 8 && width % 8 === 0 && weights.length % width === 0)) {
      throw new RangeError(`Cannot store an embedding: rows must be a multiple of 8 elements, got ${width}`)
    }
    this.width = width
    this.codec = new AdaptivFloat(format, minExponentByMaximum(weights, format))
    const codes = Uint16Array.from(weights, (weight) => this.codec.encode(weight))
    this.values = Float64Array.from(codes, (code) => this.codec.decode(code))
    const { mask, nonZeros } = encodeBitmask(codes)
    this.mask = mask
    this.codes = nonZeros
    this.places = Int32Array.from(Array.from(codes.keys()).filter((i) => codes[i] !== 0))
    this.wordOf = wordsInOrder(format, bitOrder)
    this.codeOf = this.wordOf && inverseOf(this.wordOf)
  }

  get nonZeros(): number {
    return this.codes.length
  }

  /** A part in cells. */
  cells(part: StoredPart, faults: CellFaults): CellArray {
    if (part === 'mask') return new CellArray(this.mask, { wordBits: 8, ...faults })
    const { wordOf } = this
    const words = wordOf ? this.codes.map((code) => wordOf[code] as number) : this.codes
    return new CellArray(words, { wordBits: this.codec.format.bits, ...faults })
  }

  /**
   * Reads a part once, the other without fault.
   *
   * @param cells of {@link cells} of the same part
   * @returns the rows that come out different, rising, and how many cells were wrong
   */
  read(part: StoredPart, cells: CellArray, rng: Rng): { readonly rows: ChangedRow[]; readonly faultyCells: number } {
    const found = new Map<number, number>()
    let faultyCells = 0
    cells.read(rng, (index, _stored, word, wrong) => {
      found.set(index, word)
      faultyCells += wrong
    })
    return { rows: part === 'values' ? this.misreadValues(found) : this.misreadMask(found), faultyCells }
  }

  private rowOf(row: number): Float64Array {
    return this.values.slice(row * this.width, (row + 1) * this.width)
  }

  private misreadValues(found: ReadonlyMap<number, number>): ChangedRow[] {
    const rows = new Map<number, Float64Array>()
    for (const [index, word] of found) {
      const place = this.places[index] as number
      const row = Math.floor(place / this.width)
      const own = rows.get(row) ?? this.rowOf(row)
      own[place % this.width] = this.codec.decode(this.codeOf ? (this.codeOf[word] as number) : word)
      rows.set(row, own)
    }
    return this.changed(rows)
  }

  /** A row's values go to the bits that are set, in order; where the row has no more of them there are zeros. */
  private misreadMask(found: ReadonlyMap<number, number>): ChangedRow[] {
    const bytes = this.width / 8
    const rows = new Map<number, Float64Array>()
    for (const row of new Set([...found.keys()].map((index) => Math.floor(index / bytes)))) {
      const own = new Float64Array(this.width)
      const values = this.rowOf(row).filter((value) => value !== 0)
      let next = 0
      for (let i = 0; i < this.width; i++) {
        const index = row * bytes + (i >> 3)
        const byte = found.get(index) ?? (this.mask[index] as number)
        if ((byte >> (i & 7)) & 1) own[i] = values[next++] ?? 0
      }
      rows.set(row, own)
    }
    return this.changed(rows)
  }

  private changed(rows: ReadonlyMap<number, Float64Array>): ChangedRow[] {
    return [...rows]
      .filter(([row, own]) => own.some((value, i) => value !== this.values[row * this.width + i]))
      .map(([row, values]) => ({ row, values }))
      .sort((a, b) => a.row - b.row)
  }
}

/** The permutation that undoes another. */
function inverseOf(permutation: Uint16Array): Uint16Array {
  const inverse = new Uint16Array(permutation.length)
  permutation.forEach((to, from) => {
    inverse[to] = from
  })
  return inverse
}

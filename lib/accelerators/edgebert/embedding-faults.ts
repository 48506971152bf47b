import { type CellKind, type FaultStatistics, type LastCellRule, StoredTensor } from '../../hardware/mod.ts'
import type { AdaptivFloat, FloatFormat, Rng } from '../../numeric/mod.ts'

/** Orders of a word's fields, from its top bit. */
export const BIT_ORDERS = ['sign-exponent-mantissa', 'sign-mantissa-exponent'] as const
export type BitOrder = (typeof BIT_ORDERS)[number]

/** The word of every code of a format with its fields in an order; none where it is the code itself. */
export function wordsInOrder({ bits, exponentBits }: FloatFormat, order: BitOrder): Uint16Array | undefined {
  if (order === 'sign-exponent-mantissa') return undefined
  const mantissaBits = bits - 1 - exponentBits
  return Uint16Array.from({ length: 1 << bits }, (_, code) => {
    const mantissa = code & ((1 << mantissaBits) - 1)
    const exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1)
    return (code & (1 << (bits - 1))) | (mantissa << exponentBits) | exponent
  })
}

/** An embedding as EdgeBERT stores it: AdaptivFloat values, which a look-up finds by a pointer of the row's own. */
export class StoredEmbedding {
  private readonly tensor: StoredTensor
  private readonly codec: AdaptivFloat

  /**
   * @param weights row after row; what rounds to zero is stored as zero
   * @param rowElements elements of a row, a multiple of 8; a look-up starts at a row, so a fault in the mask does not
   *   reach beyond it
   * @throws {RangeError} if rows are no whole bytes of mask, or do not fill the weights
   */
  constructor(weights: Float64Array, codec: AdaptivFloat, rowElements: number) {
    this.codec = codec
    this.tensor = new StoredTensor(
      weights,
      { bits: codec.format.bits, encode: (x) => codec.encode(x), decode: (code) => codec.decode(code) },
      rowElements,
    )
  }

  /** Root of the summed squared rounding errors over that of the summed squared weights. */
  get quantisation(): number {
    return this.tensor.quantisation
  }

  get nonZeros(): number {
    return this.tensor.nonZeros
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
    const { trials, lastCell, bitOrder } = options
    const wordOf = wordsInOrder(this.codec.format, bitOrder)
    return this.tensor.valueFaults({ kind, lastCell }, { trials, ...(wordOf ? { wordOf } : {}) }, rng)
  }

  /** Reads the mask, kept in cells of a kind, over and over, and decodes the rows it is wrong in. */
  maskFaults(
    kind: CellKind,
    options: { readonly trials: number; readonly lastCell: LastCellRule },
    rng: Rng,
  ): FaultStatistics {
    const { trials, lastCell } = options
    return this.tensor.maskFaults({ kind, lastCell }, { trials, rowsPerPointer: 1 }, rng)
  }
}

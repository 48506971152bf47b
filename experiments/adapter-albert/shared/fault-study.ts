import {
  CELL_KINDS,
  CellArray,
  type CellFaults,
  type CellKind,
  type FaultStatistics,
  fixedPointCodec,
  type LastCellRule,
  meanMisread,
  RRAM_LEVELS,
  StoredTensor,
} from '../../../lib/hardware/mod.ts'
import type { ParamValues } from '../../../lib/harness/mod.ts'
import { type FixedPoint, forkRng, numberFormat, type Rng } from '../../../lib/numeric/mod.ts'
import type { FAULT_PARAMS, TENSOR_PARAMS } from './fault-params.ts'
import { syntheticWeights } from './synthetic-weights.ts'

/**
 * How a decoder finds the values of a row: in one stream, by counting the mask from its start; or by pointers, each for
 * so many rows.
 */
export const DECODERS = ['stream', 'pointers'] as const
export type Decoder = (typeof DECODERS)[number]

/** What of an embedding is stored. */
export const PARTS = ['values', 'mask'] as const
export type Part = (typeof PARTS)[number]

/** Values of the parameters of faults. */
export type FaultValues = ParamValues<typeof TENSOR_PARAMS> & ParamValues<typeof FAULT_PARAMS>

/** What a kind of faults does to a part of the tensor. */
export interface Campaign {
  readonly stored: Part
  /** Faults in values are the same with either. */
  readonly decoder: Decoder | 'either'
  /** Kind of cell, chance for each cell, or number of cells. */
  readonly faults: string
  /** Misread cells, where their number is given. */
  readonly count: number | null
  readonly found: FaultStatistics
}

/** Elements of a tensor: some hundred MB. */
const MAX_ELEMENTS = 20_000_000
/** Elements that all trials together may decode: about ten seconds. */
const MAX_DECODED = 5e9

/** The numbers of faults that are compared: one, and those that parameters name. */
const countsOf = ({ faultCounts }: FaultValues): readonly number[] =>
  [...new Set([1, ...faultCounts])].sort((a, b) => a - b)

/**
 * The format of stored values.
 *
 * @throws {RangeError} if the parameter names none of fixed point that fits a word of 16 bits
 */
export function storedFormat({ format }: Pick<FaultValues, 'format'>): FixedPoint {
  const { fixedPoint } = numberFormat(format)
  if (fixedPoint && fixedPoint.bits <= 16) return fixedPoint
  throw new RangeError(`Cannot store values: format must be fixed point of up to 16 bits, got "${format}"`)
}

/**
 * A random tensor as it is stored.
 *
 * @throws {RangeError} if rows are no whole bytes of mask, trials would take minutes, or the format leaves no weight
 */
export function storedTensor(params: FaultValues, rng: Rng): StoredTensor {
  const { rows, embeddingWidth: width, trials, valueRates, maskRates, format, sigma } = params
  const codec = fixedPointCodec(storedFormat(params))
  if (width % 8 !== 0) {
    throw new RangeError(`Cannot store an embedding: embeddingWidth must be a multiple of 8, got ${width}`)
  }
  const [kinds, counts] = [CELL_KINDS.length, countsOf(params).length]
  const campaigns = kinds + counts + valueRates.length + DECODERS.length * (kinds + counts + maskRates.length)
  const elements = rows * width
  const decoded = elements * trials * campaigns
  if (elements > MAX_ELEMENTS) {
    throw new RangeError(`Cannot inject faults: rows x embeddingWidth must be at most ${MAX_ELEMENTS}, got ${elements}`)
  }
  if (decoded > MAX_DECODED) {
    throw new RangeError(
      `Cannot inject faults: rows x embeddingWidth x trials x ${campaigns} kinds of faults must be at most ${MAX_DECODED}, got ${decoded}`,
    )
  }
  const tensor = new StoredTensor(syntheticWeights(elements, params, rng), codec, width)
  if (tensor.nonZeros > 0) return tensor
  throw new RangeError(
    `Cannot inject faults: pruning and ${format} must leave weights of deviation ${sigma}, got none of ${elements}`,
  )
}

/** Injects all kinds of faults, one after the other. */
export function runCampaigns(tensor: StoredTensor, params: FaultValues, rng: Rng): readonly Campaign[] {
  const { trials, rowsPerPointer, valueRates, maskRates } = params
  const kindsOf = (bitsPerCell: number, rates: readonly number[]) => [
    ...CELL_KINDS.map((kind) => ({ faults: kind as string, count: null, cells: kindFaults(kind, params) })),
    ...rates.map((rate) => ({ faults: `${rate} per cell`, count: null, cells: { bitsPerCell, rate } })),
    ...countsOf(params).map((count) => ({ faults: `${count} misread`, count, cells: { bitsPerCell, count } })),
  ]
  const [valueBits, maskBits] = [params.valueCell, params.maskCell].map((kind) => bitsOf(kind as CellKind))
  return [
    ...kindsOf(valueBits as number, valueRates).map(({ cells, ...named }) => ({
      stored: 'values' as const,
      decoder: 'either' as const,
      ...named,
      found: tensor.valueFaults(cells, { trials }, forkRng(rng)),
    })),
    ...DECODERS.flatMap((decoder) =>
      kindsOf(maskBits as number, maskRates).map(({ cells, ...named }) => ({
        stored: 'mask' as const,
        decoder,
        ...named,
        found: tensor.maskFaults(
          cells,
          { trials, rowsPerPointer: decoder === 'stream' ? tensor.rows : rowsPerPointer },
          forkRng(rng),
        ),
      })),
    ),
  ]
}

/** Bits per cell of a kind. */
export const bitsOf = (kind: CellKind): number => RRAM_LEVELS[kind].bitsPerCell

const kindFaults = (kind: CellKind, { lastCell }: FaultValues): CellFaults => ({
  kind,
  lastCell: lastCell as LastCellRule,
})

/**
 * Misreads to expect when a part of an embedding is read once.
 *
 * @param tensor whose words are taken as typical
 * @param words words of the part: values, or bytes of mask
 */
export function expectedMisreads(
  tensor: StoredTensor,
  params: FaultValues,
  { stored, cell, words }: { readonly stored: Part; readonly cell: CellKind; readonly words: number },
) {
  const faults = kindFaults(cell, params)
  const wordBits = stored === 'values' ? storedFormat(params).bits : 8
  const typical = stored === 'values' ? tensor.valueCells(faults) : tensor.maskCells(faults)
  const equal = new CellArray(
    Array.from({ length: 1 << wordBits }, (_, word) => word),
    { wordBits, ...faults },
  )
  const inAll = (array: CellArray) => (words * array.expectedMisreads()) / array.words.length
  const cells = words * typical.cellsPerWord
  return {
    cells,
    expectedMisreads: inAll(typical),
    equalWords: inAll(equal),
    equalLevels: cells * meanMisread(RRAM_LEVELS[cell]),
    cleanPercent: 100 * Math.exp(-inAll(typical)),
  }
}

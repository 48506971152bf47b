import { type CellKind, RRAM_LEVELS, reramCell } from '../../../lib/hardware/mod.ts'
import { ADAPTED_MODULES, type AdaptedEncoder, countOf, moduleCounts, otherModules } from '../../../lib/workload/mod.ts'

/** What is counted of a stored backbone: the non-zero values, with a mask bit for every element or for pruned parts. */
export const ENCODINGS = ['values', 'values and mask', 'values and mask of pruned parts', 'cells', 'area'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Capacity that a non-zero value takes, and an element of the mask. */
export interface UnitCosts {
  readonly perValue: number
  readonly perElement: number
}

const BYTES_PER_MB = 1e6

/** Costs of an encoding: bits, cells or mm2. Values are in cells of the given kind, the mask in single-level cells. */
export function unitCosts(encoding: Encoding, valueBits: number, valueCell: CellKind): UnitCosts {
  const areaPerBit = (cell: CellKind) => reramCell(cell).mm2PerMb / BYTES_PER_MB / 8
  switch (encoding) {
    case 'values':
      return { perValue: valueBits, perElement: 0 }
    case 'cells':
      return { perValue: Math.ceil(valueBits / RRAM_LEVELS[valueCell].bitsPerCell), perElement: 1 }
    case 'area':
      return { perValue: valueBits * areaPerBit(valueCell), perElement: areaPerBit('slc') }
    default:
      return { perValue: valueBits, perElement: 1 }
  }
}

/** A backbone as it is stored. */
export interface StoredBackbone {
  readonly nonZeros: number
  /** Elements that have a bit in the mask. */
  readonly maskElements: number
}

/** What a backbone takes. */
export const capacityOf = ({ nonZeros, maskElements }: StoredBackbone, { perValue, perElement }: UnitCosts): number =>
  nonZeros * perValue + maskElements * perElement

/** Parameters that sparsity is counted over, and those of them that are stored in RRAM. */
export interface Backbone {
  /** The whole model without adapters and classifier, which Eq. 1 takes its shares of. */
  readonly total: number
  /** All but what is trained for each task. */
  readonly stored: number
}

/** The backbone of an encoder. */
export function backboneOf(encoder: Pick<AdaptedEncoder, 'shape' | 'embedding' | 'sharedLayers'>): Backbone {
  const counts = moduleCounts({ ...encoder, adapters: [], labels: 0 })
  return { total: countOf(counts), stored: countOf(counts, otherModules(ADAPTED_MODULES)) }
}

/**
 * Non-zeros that a cumulative sparsity leaves of what is stored.
 *
 * @throws {RangeError} if so many zeros are more than what can be pruned
 */
export function nonZerosAt({ total, stored }: Backbone, cumulativePercent: number): number {
  const nonZeros = stored - (cumulativePercent / 100) * total
  if (nonZeros >= 0) return nonZeros
  throw new RangeError(
    `Cannot prune a backbone: at most ${((100 * stored) / total).toFixed(2)} % of all parameters can be zeros, got ${cumulativePercent}`,
  )
}

/**
 * The cumulative sparsity, in percent, at which a backbone takes a given capacity: below 0 or above 100 where none does.
 * All its elements are in the mask.
 */
export function sparsityForCapacity(backbone: Backbone, capacity: number, costs: UnitCosts): number {
  const nonZeros = (capacity - backbone.stored * costs.perElement) / costs.perValue
  return (100 * (backbone.stored - nonZeros)) / backbone.total
}

import { accumulatorBankWords, type Hierarchy, REGISTER_WORDS, scratchpadWords } from './hierarchy.ts'
import { checkFactors, LEVELS, type Mapping, tilesOf, unrolled } from './mapping.ts'
import { type Datum, type Extents, formatProblem, type Problem, tileElements } from './problem.ts'

/** How much of a buffer, or of the array, a mapping needs. */
export interface BufferUse {
  readonly where: string
  readonly needed: number
  readonly available: number
  readonly unit: string
}

/** What a mapping needs of each buffer and of the array, and what there is; no buffer is halved for double buffering. */
export function bufferUses(bounds: Problem, mapping: Mapping, hierarchy: Hierarchy): BufferUse[] {
  const tiles = tilesOf(mapping)
  const words = (datum: Datum, tile: Extents) => tileElements(datum, tile, bounds.stride)
  return [
    {
      where: 'a weight register',
      needed: words('W', tiles.register),
      available: REGISTER_WORDS,
      unit: 'word',
    },
    {
      where: 'the accumulator bank of a column (outputs)',
      needed: words('O', tiles.accumulator),
      available: accumulatorBankWords(hierarchy),
      unit: 'word',
    },
    {
      where: 'the scratchpad (weights and inputs)',
      needed: words('W', tiles.scratchpad) + words('I', tiles.scratchpad),
      available: scratchpadWords(hierarchy),
      unit: 'word',
    },
    {
      where: 'the rows of the array',
      needed: unrolled(mapping, 'accumulator'),
      available: hierarchy.rows,
      unit: 'row',
    },
    {
      where: 'the columns of the array',
      needed: unrolled(mapping, 'scratchpad'),
      available: hierarchy.columns,
      unit: 'column',
    },
  ]
}

/** Everything in which a mapping exceeds the hierarchy; empty if it is legal. */
export function overflows(bounds: Problem, mapping: Mapping, hierarchy: Hierarchy): BufferUse[] {
  return bufferUses(bounds, mapping, hierarchy).filter(({ needed, available }) => needed > available)
}

/**
 * Checks that a mapping covers the problem and fits the hierarchy.
 *
 * @throws {RangeError} naming every dimension missed or buffer exceeded, and by how much
 */
export function checkLegal(bounds: Problem, mapping: Mapping, hierarchy: Hierarchy): void {
  for (const { key, label, spatialDim } of LEVELS) {
    const wrong = mapping[key].spatial.find(({ dim, factor }) => factor > 1 && dim !== spatialDim)
    if (wrong) {
      throw new RangeError(
        `Cannot map ${formatProblem(bounds)}: ${spatialDim ? `${label} must unroll ${spatialDim}` : `${label} must not unroll a loop`}, got ${wrong.dim}${wrong.factor}`,
      )
    }
  }
  for (const { key, label } of LEVELS) {
    const dims = mapping[key].temporal.filter(({ factor }) => factor > 1).map(({ dim }) => dim)
    if (new Set(dims).size < dims.length) {
      throw new RangeError(
        `Cannot map ${formatProblem(bounds)}: ${label} must have one loop per dimension, got ${dims.join(' ')}`,
      )
    }
  }
  checkFactors(bounds, mapping)
  const exceeded = overflows(bounds, mapping, hierarchy).map(({ where, needed, available, unit }) => {
    const excess = needed - available
    return `${where} overflow${where.endsWith('array') ? '' : 's'} by ${excess} ${unit}${excess === 1 ? '' : 's'} (needed ${needed}, available ${available})`
  })
  if (exceeded.length > 0) throw new RangeError(`Cannot map ${formatProblem(bounds)}: ${exceeded.join('; ')}`)
}

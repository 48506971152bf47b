import { type Datum, DIMS, type Dim, type Extents, formatProblem, type Problem, UNIT_EXTENTS } from './problem.ts'

/** One loop of a mapping. */
export interface Loop {
  readonly dim: Dim
  readonly factor: number
}

/** A loop unrolled over the array; the axis is Timeloop's, for notation only. */
export interface SpatialLoop extends Loop {
  readonly axis: 'X' | 'Y'
}

/** The loops of one level, outermost first. */
export interface LevelLoops {
  readonly temporal: readonly Loop[]
  readonly spatial: readonly SpatialLoop[]
}

/** The levels of a mapping, outermost first: Timeloop's name, the data each keeps, what may be unrolled below it. */
export const LEVELS = [
  { key: 'dram', label: 'L3', keeps: ['W', 'I', 'O'], spatialDim: undefined },
  { key: 'scratchpad', label: 'L2', keeps: ['W', 'I'], spatialDim: 'K' },
  { key: 'accumulator', label: 'L1', keeps: ['O'], spatialDim: 'C' },
  { key: 'register', label: 'L0', keeps: ['W'], spatialDim: undefined },
] as const satisfies readonly {
  readonly key: string
  readonly label: string
  readonly keeps: readonly Datum[]
  readonly spatialDim: Dim | undefined
}[]
export type Level = (typeof LEVELS)[number]['key']

/** Tile factors, loop orders and spatial axes of a problem, per level. */
export type Mapping = Readonly<Record<Level, LevelLoops>>

/** Per dimension, the product of the given loops' factors. */
export function extentsOf(loops: readonly Loop[]): Extents {
  const extents: Record<Dim, number> = { ...UNIT_EXTENTS }
  for (const { dim, factor } of loops) extents[dim] *= factor
  return extents
}

/**
 * Loop iterations inside the tile that one instance of each memory holds: the register of a processing element, the
 * accumulator bank of a column (the unrolled K lies above it), the scratchpad.
 */
export function tilesOf(mapping: Mapping): Readonly<Record<'register' | 'accumulator' | 'scratchpad', Extents>> {
  const { scratchpad, accumulator, register } = mapping
  const bank = [...accumulator.temporal, ...register.temporal]
  return {
    register: extentsOf(register.temporal),
    accumulator: extentsOf(bank),
    scratchpad: extentsOf([...bank, ...accumulator.spatial, ...scratchpad.temporal, ...scratchpad.spatial]),
  }
}

/** Elements of the array, or rows or columns of it, that a level's unrolled loops use. */
export function unrolled(mapping: Mapping, level: Level): number {
  return mapping[level].spatial.reduce((product, { factor }) => product * factor, 1)
}

/** All loops of a mapping, outermost first. */
function allLoops(mapping: Mapping): Loop[] {
  return LEVELS.flatMap(({ key }) => [...mapping[key].temporal, ...mapping[key].spatial])
}

/**
 * Checks that a mapping covers a problem exactly: the factors of each dimension multiply to its bound.
 *
 * @throws {RangeError} naming the dimension, its factors and what they should make
 */
export function checkFactors(bounds: Problem, mapping: Mapping): void {
  const loops = allLoops(mapping)
  const extents = extentsOf(loops)
  for (const dim of DIMS) {
    if (extents[dim] === bounds[dim]) continue
    const factors = loops.filter((loop) => loop.dim === dim && loop.factor > 1).map((loop) => loop.factor)
    const product = factors.length > 1 ? `${factors.join(' x ')} = ${extents[dim]}` : `${extents[dim]}`
    throw new RangeError(
      `Cannot map ${formatProblem(bounds)}: the factors of ${dim} must multiply to ${bounds[dim]}, got ${product}`,
    )
  }
}

import type { Hierarchy } from './hierarchy.ts'
import type { MapSpace } from './map-space.ts'
import type { Dim } from './problem.ts'

/** Where a dimension's bound may be split to, innermost first; the two unrolled loops lie where Timeloop has them. */
export const SLOTS = ['register', 'rows', 'accumulator', 'columns', 'scratchpad', 'dram'] as const
export type Slot = (typeof SLOTS)[number]

/** Every ordered factorisation of one dimension's bound over the slots open to it. */
export interface FactorTable {
  readonly dim: Dim
  readonly size: number
  /** Factors of factorisation i in slot s at [i * SLOTS.length + s]. */
  readonly factors: Float64Array
  /** Iterations inside an accumulator bank's tile, and inside the scratchpad's. */
  readonly bank: Float64Array
  readonly scratchpad: Float64Array
}

/** Divisors of a positive integer in ascending order. */
function divisors(n: number): number[] {
  const small: number[] = []
  const large: number[] = []
  for (let d = 1; d * d <= n; d++) {
    if (n % d !== 0) continue
    small.push(d)
    if (d * d < n) large.unshift(n / d)
  }
  return [...small, ...large]
}

/** Largest factor a slot may take for a dimension; 1 if it is closed. */
function cap(slot: Slot, dim: Dim, space: MapSpace, hierarchy: Hierarchy): number {
  switch (slot) {
    case 'rows':
      return dim === 'C' ? hierarchy.rows : 1
    case 'columns':
      return dim === 'K' ? hierarchy.columns : 1
    case 'dram':
      return Number.POSITIVE_INFINITY
    default:
      return space.temporal[slot].includes(dim) ? Number.POSITIVE_INFINITY : 1
  }
}

/** All factorisations of `bound` that a map space allows dimension `dim`, in lexicographic order of their factors. */
export function factorTable(dim: Dim, bound: number, space: MapSpace, hierarchy: Hierarchy): FactorTable {
  const caps = SLOTS.map((slot) => cap(slot, dim, space, hierarchy))
  const rows: number[][] = []
  const extend = (row: readonly number[], left: number): void => {
    const slot = row.length
    if (slot === SLOTS.length - 1) {
      rows.push([...row, left])
      return
    }
    for (const factor of divisors(left)) {
      if (factor > (caps[slot] as number)) break
      extend([...row, factor], left / factor)
    }
  }
  extend([], bound)
  const [register, , accumulator] = SLOTS.map((_, slot) => slot)
  const bankOf = (row: readonly number[]) =>
    (row[register as number] as number) * (row[accumulator as number] as number)
  return {
    dim,
    size: rows.length,
    factors: Float64Array.from(rows.flat()),
    bank: Float64Array.from(rows, bankOf),
    scratchpad: Float64Array.from(rows, (row) => bound / (row.at(-1) as number)),
  }
}

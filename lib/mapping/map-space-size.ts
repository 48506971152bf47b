import { mapSpaceCursor } from './cursor.ts'
import { SLOTS, type Slot } from './factor-table.ts'
import type { Hierarchy } from './hierarchy.ts'
import type { MapSpace } from './map-space.ts'
import { DIMS, type Problem } from './problem.ts'
import { factorisations } from './sampler.ts'

/**
 * How many mappings a map space holds, legal or not: choices of tile factors, unrolled ones included, and those times
 * the loop orders that a level's own loops allow.
 */
export function mapSpaceSize(
  bounds: Problem,
  space: MapSpace,
  hierarchy: Hierarchy,
): { readonly tilings: number; readonly mappings: number } {
  const { tables, orders } = mapSpaceCursor(bounds, space, hierarchy)
  // Tilings by the set of dimensions that have a loop at each ordered level.
  let counts = new Map([['0,0,0', 1]])
  for (const table of tables) {
    const bit = 1 << DIMS.indexOf(table.dim)
    const next = new Map<string, number>()
    for (const [key, count] of counts) {
      const masks = key.split(',').map(Number)
      for (let choice = 0; choice < table.size; choice++) {
        const factor = (slot: Slot) => table.factors[choice * SLOTS.length + SLOTS.indexOf(slot)] as number
        const own = (['accumulator', 'scratchpad', 'dram'] as const)
          .map((slot, level) => (masks[level] as number) | (factor(slot) > 1 ? bit : 0))
          .join()
        next.set(own, (next.get(own) ?? 0) + count)
      }
    }
    counts = next
  }
  let mappings = 0
  for (const [key, count] of counts) {
    const [inner = 0, middle = 0, outer = 0] = key.split(',').map(Number)
    mappings +=
      count *
      (orders.accumulator.count[inner] as number) *
      (orders.scratchpad.count[middle] as number) *
      (orders.dram.count[outer] as number)
  }
  return { tilings: factorisations({ tables }), mappings }
}

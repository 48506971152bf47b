import { mapSpaceCursor } from './cursor.ts'
import { SLOTS } from './factor-table.ts'
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
  const levels = (['accumulator', 'scratchpad', 'dram'] as const).map((slot) => SLOTS.indexOf(slot))
  // Tilings by the sets of dimensions that have a loop at each ordered level: one bit mask after the other.
  let counts = new Map([[0, 1]])
  for (const table of tables) {
    const bit = 1 << DIMS.indexOf(table.dim)
    const own = new Map<number, number>()
    for (let choice = 0; choice < table.size; choice++) {
      let masks = 0
      for (const [level, slot] of levels.entries()) {
        if ((table.factors[choice * SLOTS.length + slot] as number) > 1) masks |= bit << (level * DIMS.length)
      }
      own.set(masks, (own.get(masks) ?? 0) + 1)
    }
    const next = new Map<number, number>()
    for (const [before, count] of counts) {
      for (const [masks, choices] of own) {
        next.set(before | masks, (next.get(before | masks) ?? 0) + count * choices)
      }
    }
    counts = next
  }
  let mappings = 0
  const every = (1 << DIMS.length) - 1
  for (const [masks, count] of counts) {
    const inner = masks & every
    const middle = (masks >> DIMS.length) & every
    const outer = masks >> (2 * DIMS.length)
    mappings +=
      count *
      (orders.accumulator.count[inner] as number) *
      (orders.scratchpad.count[middle] as number) *
      (orders.dram.count[outer] as number)
  }
  return { tilings: factorisations({ tables }), mappings }
}

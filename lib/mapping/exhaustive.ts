import type { MapSpaceCursor, OrderedLevel } from './cursor.ts'
import type { FactorTable } from './factor-table.ts'
import type { OrderTable } from './order-table.ts'
import { DATA, type Datum, DIMS, type Dim } from './problem.ts'
import { factorisations } from './sampler.ts'

/** Which data's fills a level's order decides. */
const DECIDES: Readonly<Record<OrderedLevel, readonly Datum[]>> = {
  accumulator: ['W'],
  scratchpad: ['W', 'O'],
  dram: DATA,
}

/** Most factorisations an enumeration goes through unless told otherwise. */
export const MAX_FACTORISATIONS = 10_000_000

const bit = (dim: Dim) => 1 << DIMS.indexOf(dim)
const ROW_LOOPS = bit('P') | bit('R')
const COLUMN_LOOPS = bit('Q') | bit('S')

/** For every set of loops, one of each kind of order that costs differently. */
function distinctOrders(table: OrderTable, level: OrderedLevel): Int32Array[] {
  return Array.from(table.first, (first, mask) => {
    const kinds = new Map<string, number>()
    const windowOrders = (mask & ROW_LOOPS) === ROW_LOOPS || (mask & COLUMN_LOOPS) === COLUMN_LOOPS
    for (let order = first; order < first + (table.count[mask] as number); order++) {
      const skipped = DECIDES[level].map((datum) => table.skipped[datum][order])
      // How the inputs' window slides: by the innermost DRAM loop, or by all where two move it along one axis.
      const dims = table.dims[order] as Uint8Array
      const slides = level !== 'dram' ? [] : windowOrders ? dims : dims.subarray(0, 1)
      const kind = [...skipped, ...slides].join()
      if (!kinds.has(kind)) kinds.set(kind, order)
    }
    return Int32Array.from(kinds.values())
  })
}

/**
 * Visits every legal choice of tile factors under every order that costs differently; the cursor is priced at each
 * visit.
 *
 * @param limit most factorisations to go through
 * @returns legal factorisations
 * @throws {RangeError} if the space has more factorisations than `limit`
 */
export function visitMappings(cursor: MapSpaceCursor, visit: () => void, limit = MAX_FACTORISATIONS): number {
  const total = factorisations(cursor)
  if (total > limit) {
    throw new RangeError(
      `Cannot enumerate a map space: it must have at most ${limit} factorisations, got ${total}; sample it`,
    )
  }
  const { tables, choice, order, loops } = cursor
  const accumulatorOrders = distinctOrders(cursor.orders.accumulator, 'accumulator')
  const scratchpadOrders = distinctOrders(cursor.orders.scratchpad, 'scratchpad')
  const dramOrders = distinctOrders(cursor.orders.dram, 'dram')
  choice.fill(0)
  let legal = 0
  for (let done = 0; done < total; done++) {
    if (cursor.fits()) {
      legal++
      cursor.takeFactors()
      for (order.accumulator of accumulatorOrders[loops.accumulator] as Int32Array) {
        for (order.scratchpad of scratchpadOrders[loops.scratchpad] as Int32Array) {
          for (order.dram of dramOrders[loops.dram] as Int32Array) {
            cursor.price()
            visit()
          }
        }
      }
    }
    // Counts up, the first dimension fastest.
    for (let i = 0; i < choice.length; i++) {
      const next = (choice[i] as number) + 1
      choice[i] = next < (tables[i] as FactorTable).size ? next : 0
      if (choice[i] !== 0) break
    }
  }
  return legal
}

import type { MapSpaceCursor, OrderedLevel } from './cursor.ts'
import { type FactorTable, SLOTS, type Slot } from './factor-table.ts'
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
const MAX_FACTORISATIONS = 10_000_000

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

/** How an enumeration may be cut short. */
export interface VisitOptions {
  /**
   * Most factorisations to go through.
   *
   * @default 10 million
   */
  readonly limit?: number | undefined
  /** Whether anything with so many rows and columns in use is worth a visit; asked anew for each choice of C and K. */
  readonly promising?: (usedRows: number, usedColumns: number) => boolean
}

/**
 * Visits every legal choice of tile factors under every order that costs differently; the cursor is priced at each
 * visit.
 *
 * @returns legal factorisations visited
 * @throws {RangeError} if the space has more factorisations than the limit
 */
export function visitMappings(cursor: MapSpaceCursor, visit: () => void, options: VisitOptions = {}): number {
  const { limit = MAX_FACTORISATIONS, promising = () => true } = options
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
  // Dimensions before C and K turn faster than they do, so all their choices can be passed over at once.
  const slow = tables.findIndex(({ dim }) => dim === 'C' || dim === 'K' || dim === 'N')
  const block = factorisations({ tables: tables.slice(0, slow < 0 ? tables.length : slow) })
  const unrolled = (dim: Dim, slot: Slot) => {
    const i = tables.findIndex((table) => table.dim === dim)
    const table = tables[i]
    return table ? (table.factors[(choice[i] as number) * SLOTS.length + SLOTS.indexOf(slot)] as number) : 1
  }
  /** Counts up from a dimension, the first one fastest. */
  const advance = (from: number) => {
    for (let i = from; i < choice.length; i++) {
      const next = (choice[i] as number) + 1
      choice[i] = next < (tables[i] as FactorTable).size ? next : 0
      if (choice[i] !== 0) break
    }
  }
  choice.fill(0)
  let legal = 0
  for (let done = 0; done < total; ) {
    if (done % block === 0 && !promising(unrolled('C', 'rows'), unrolled('K', 'columns'))) {
      done += block
      advance(slow < 0 ? choice.length : slow)
      continue
    }
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
    done++
    advance(0)
  }
  return legal
}

import type { Rng } from '../numeric/mod.ts'
import type { MapSpaceCursor } from './cursor.ts'
import type { OrderTable } from './order-table.ts'

/** Draws in a row that may be illegal before a map space is given up as empty. */
const MAX_REJECTIONS = 10_000_000

/** Choices of tile factors in a map space, legal or not. */
export function factorisations(cursor: Pick<MapSpaceCursor, 'tables'>): number {
  return cursor.tables.reduce((product, { size }) => product * size, 1)
}

/**
 * Moves a cursor to a legal mapping drawn uniformly and prices it: a factorisation per dimension, drawn again until
 * all fit, and an order per level.
 *
 * @returns factorisations drawn to find a legal one
 * @throws {RangeError} if none of ten million is legal
 */
export function drawMapping(cursor: MapSpaceCursor, rng: Rng): number {
  const draws = tryMapping(cursor, rng, MAX_REJECTIONS)
  if (draws === 0) {
    throw new RangeError(
      `Cannot sample a map space: some mapping must fit the buffers, none of ${MAX_REJECTIONS} drawn did`,
    )
  }
  return draws
}

/** As {@link drawMapping}, but gives up after so many draws and returns 0. */
export function tryMapping(cursor: MapSpaceCursor, rng: Rng, most: number): number {
  const { sizes, choice } = cursor
  let draws = 0
  do {
    if (draws === most) return 0
    draws++
    for (let i = 0; i < choice.length; i++) choice[i] = rng.integer(sizes[i] as number)
  } while (!cursor.fits())
  cursor.takeFactors()
  const { orders, loops, order } = cursor
  order.accumulator = drawOrder(orders.accumulator, loops.accumulator, rng)
  order.scratchpad = drawOrder(orders.scratchpad, loops.scratchpad, rng)
  order.dram = drawOrder(orders.dram, loops.dram, rng)
  cursor.price()
  return draws
}

function drawOrder(table: OrderTable, loops: number, rng: Rng): number {
  const count = table.count[loops] as number
  return (table.first[loops] as number) + (count > 1 ? rng.integer(count) : 0)
}

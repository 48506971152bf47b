import { permutations } from '../numeric/mod.ts'
import { DATA, type Datum, DIMS, DIMS_OF, type Dim } from './problem.ts'

/**
 * The loop orders of one level, for every set of dimensions that may have a loop there. Which loops a datum skips
 * depends on the order alone, so it is tabulated once, and drawing an order is one lookup.
 */
export interface OrderTable {
  /** Orders of the dimensions in a bit mask (bit i: DIMS[i]) are first[mask] .. first[mask] + count[mask] - 1. */
  readonly first: Int32Array
  readonly count: Int32Array
  /** Bit mask of the innermost loops that each datum does not depend on, by order. */
  readonly skipped: Readonly<Record<Datum, Uint8Array>>
  /** The dimensions of each order, innermost first, as positions in DIMS. */
  readonly dims: readonly Uint8Array[]
}

/** Bit masks of the dimensions each datum depends on. */
export const RELEVANT_BITS: Readonly<Record<Datum, number>> = {
  W: bits(DIMS_OF.W),
  I: bits(DIMS_OF.I),
  O: bits(DIMS_OF.O),
}

function bits(dims: readonly Dim[]): number {
  return dims.reduce((mask, dim) => mask | (1 << DIMS.indexOf(dim)), 0)
}

/** Bits of the innermost dimensions of an order that are none of `relevant`. */
function skippedBits(order: readonly number[], relevant: number): number {
  let mask = 0
  for (const dim of order) {
    if (relevant & (1 << dim)) break
    mask |= 1 << dim
  }
  return mask
}

/**
 * All orders of every subset of `active`, or the one order that `fixed` (innermost first) leaves.
 *
 * @throws {RangeError} if a fixed order does not name each dimension once
 */
export function orderTable(active: readonly Dim[], fixed?: readonly Dim[]): OrderTable {
  if (fixed && (fixed.length !== DIMS.length || new Set(fixed).size !== DIMS.length)) {
    throw new RangeError(`Cannot fix a loop order: it must name each of ${DIMS.join(' ')} once, got ${fixed.join(' ')}`)
  }
  const first = new Int32Array(1 << DIMS.length)
  const count = new Int32Array(1 << DIMS.length)
  const orders: number[][] = []
  const activeBits = bits(active)
  const ranked = (fixed ?? DIMS).map((dim) => DIMS.indexOf(dim))
  for (let mask = 0; mask < first.length; mask++) {
    if ((mask & activeBits) !== mask) continue
    const subset = ranked.filter((dim) => mask & (1 << dim))
    first[mask] = orders.length
    for (const order of fixed ? [subset] : permutations(subset)) orders.push(order)
    count[mask] = orders.length - (first[mask] as number)
  }
  const [W, I, O] = DATA.map((datum) =>
    Uint8Array.from(orders, (order) => skippedBits(order, RELEVANT_BITS[datum])),
  ) as [Uint8Array, Uint8Array, Uint8Array]
  return { first, count, skipped: { W, I, O }, dims: orders.map((order) => Uint8Array.from(order)) }
}

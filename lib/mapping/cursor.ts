import { type FactorTable, factorTable, SLOTS } from './factor-table.ts'
import { accumulatorBankWords, checkHierarchy, type Hierarchy, scratchpadWords } from './hierarchy.ts'
import { inputFills } from './input-window.ts'
import type { MapSpace } from './map-space.ts'
import type { Level, LevelLoops, Loop, Mapping } from './mapping.ts'
import { type OrderTable, orderTable, RELEVANT_BITS } from './order-table.ts'
import { DIMS, type Dim, macsOfProblem, type Problem, tileElements } from './problem.ts'

/** The cost of a cursor's current mapping, overwritten by the next one: cycles, then accesses in words. */
export interface CurrentCost {
  macs: number
  cycles: number
  register: number
  accumulator: number
  scratchpad: number
  dram: number
}

/** The levels whose loop order matters: what lies inside the registers' loops is one weight. */
export type OrderedLevel = Exclude<Level, 'register'>

/**
 * A place in a map space: choose a factorisation per dimension, look whether it fits, take it, choose an order per
 * level, price it. Nothing of that allocates; the next choice overwrites the last.
 */
export interface MapSpaceCursor {
  /** The problem's dimensions above 1, with the ordered factorisations of each. */
  readonly tables: readonly FactorTable[]
  readonly orders: Readonly<Record<OrderedLevel, OrderTable>>
  /** Number of factorisations, and the chosen one, by index into `tables`. */
  readonly sizes: Int32Array
  readonly choice: Int32Array
  /** Whether the chosen factors' tiles fit the buffers; to be called before `takeFactors`. */
  fits(): boolean
  /** Takes the chosen factors over into `loops`. */
  takeFactors(): void
  /** Bit masks of the dimensions that have a loop, by level. */
  readonly loops: Readonly<Record<OrderedLevel, number>>
  /** Rows and columns of the array that the taken factors use. */
  readonly used: { readonly rows: number; readonly columns: number }
  /** Chosen order by index into `orders`. */
  readonly order: Record<OrderedLevel, number>
  /** Prices the taken factors under the chosen orders. */
  price(): void
  readonly cost: CurrentCost
  mapping(): Mapping
}

// Positions in DIMS; literals, so that the hot loop indexes with constants.
const R = 0
const S = 1
const P = 2
const Q = 3
const C = 4
const K = 5
const N = 6

const REGISTER = SLOTS.indexOf('register')
const ROWS = SLOTS.indexOf('rows')
const ACCUMULATOR = SLOTS.indexOf('accumulator')
const COLUMNS = SLOTS.indexOf('columns')
const SCRATCHPAD = SLOTS.indexOf('scratchpad')
const DRAM = SLOTS.indexOf('dram')

/** Product of the factors whose bits are set. */
function productOf(factors: Float64Array, mask: number): number {
  let product = 1
  for (let left = mask; left !== 0; left &= left - 1) product *= factors[31 - Math.clz32(left & -left)] as number
  return product
}

/**
 * A cursor over the mappings of one problem in a map space.
 *
 * @throws {RangeError} on a hierarchy or space that cannot be
 */
export function mapSpaceCursor(bounds: Problem, space: MapSpace, hierarchy: Hierarchy): MapSpaceCursor {
  checkHierarchy(hierarchy)
  const heldWeights = space.temporal.register.filter((dim) => RELEVANT_BITS.W & (1 << DIMS.indexOf(dim)))
  if (heldWeights.length > 0) {
    throw new RangeError(
      `Cannot search ${space.name}: a register holds one weight, so its loops must be over P, Q or N, got ${heldWeights.join(' ')}`,
    )
  }
  return new Cursor(bounds, space, hierarchy)
}

const perDimension = () => new Float64Array(DIMS.length).fill(1)

// A class, so that the cursors of all problems share their methods: engines specialise on what is called.
class Cursor implements MapSpaceCursor {
  readonly tables: readonly FactorTable[]
  readonly orders: Readonly<Record<OrderedLevel, OrderTable>>
  readonly sizes: Int32Array
  readonly choice: Int32Array
  readonly order = { accumulator: 0, scratchpad: 0, dram: 0 }
  readonly loops = { accumulator: 0, scratchpad: 0, dram: 0 }
  readonly used = { rows: 1, columns: 1 }
  readonly cost: CurrentCost

  private readonly stride: number
  private readonly outputs: number
  private readonly bankWords: number
  private readonly operandWords: number
  private readonly dramWordsPerCycle: number
  /** Positions of the tables' dimensions in DIMS. */
  private readonly dims: Int32Array
  // Per dimension: iterations inside the tiles, and the temporal factors of the three levels above the registers.
  private readonly bank = perDimension()
  private readonly inside = perDimension()
  private readonly atAccumulator = perDimension()
  private readonly atScratchpad = perDimension()
  private readonly atDram = perDimension()
  /** Products of those factors: accumulator, scratchpad, DRAM. */
  private readonly products = Float64Array.of(1, 1, 1)

  constructor(bounds: Problem, space: MapSpace, hierarchy: Hierarchy) {
    const active = DIMS.filter((dim) => bounds[dim] > 1)
    this.tables = active.map((dim) => factorTable(dim, bounds[dim], space, hierarchy))
    let free: OrderTable | undefined
    const ordersOf = (fixed: readonly Dim[] | undefined) => {
      if (fixed) return orderTable(active, fixed)
      free ??= orderTable(active)
      return free
    }
    this.orders = {
      accumulator: ordersOf(space.order.accumulator),
      scratchpad: ordersOf(space.order.scratchpad),
      dram: ordersOf(space.order.dram),
    }
    this.sizes = Int32Array.from(this.tables, ({ size }) => size)
    this.choice = new Int32Array(active.length)
    this.dims = Int32Array.from(active, (dim) => DIMS.indexOf(dim))
    // Not 0: engines would take the fields for integers and change their minds later, cursor by cursor.
    const unpriced = Number.NaN
    this.cost = {
      macs: unpriced,
      cycles: unpriced,
      register: unpriced,
      accumulator: unpriced,
      scratchpad: unpriced,
      dram: unpriced,
    }
    this.cost.macs = macsOfProblem(bounds)
    this.stride = bounds.stride
    this.outputs = tileElements('O', bounds, bounds.stride)
    this.bankWords = accumulatorBankWords(hierarchy)
    this.operandWords = scratchpadWords(hierarchy)
    this.dramWordsPerCycle = hierarchy.dramWordsPerCycle
  }

  fits(): boolean {
    const { tables, choice, dims, bank, inside, stride } = this
    for (let i = 0; i < choice.length; i++) {
      const dim = dims[i] as number
      const table = tables[i] as FactorTable
      bank[dim] = table.bank[choice[i] as number] as number
      inside[dim] = table.scratchpad[choice[i] as number] as number
    }
    const rows = ((inside[P] as number) - 1) * stride + (inside[R] as number)
    const columns = ((inside[Q] as number) - 1) * stride + (inside[S] as number)
    const inputs = (inside[C] as number) * (inside[N] as number) * rows * columns
    return this.bankTile() <= this.bankWords && this.weightTile() + inputs <= this.operandWords
  }

  takeFactors(): void {
    const { tables, choice, dims, atAccumulator, atScratchpad, atDram, loops, products, used } = this
    let accumulatorLoops = 0
    let scratchpadLoops = 0
    let dramLoops = 0
    let accumulatorProduct = 1
    let scratchpadProduct = 1
    let dramProduct = 1
    for (let i = 0; i < choice.length; i++) {
      const dim = dims[i] as number
      const { factors } = tables[i] as FactorTable
      const at = (choice[i] as number) * SLOTS.length
      const inner = factors[at + ACCUMULATOR] as number
      const middle = factors[at + SCRATCHPAD] as number
      const outer = factors[at + DRAM] as number
      atAccumulator[dim] = inner
      atScratchpad[dim] = middle
      atDram[dim] = outer
      accumulatorProduct *= inner
      scratchpadProduct *= middle
      dramProduct *= outer
      if (inner > 1) accumulatorLoops |= 1 << dim
      if (middle > 1) scratchpadLoops |= 1 << dim
      if (outer > 1) dramLoops |= 1 << dim
      if (dim === C) used.rows = factors[at + ROWS] as number
      if (dim === K) used.columns = factors[at + COLUMNS] as number
    }
    loops.accumulator = accumulatorLoops
    loops.scratchpad = scratchpadLoops
    loops.dram = dramLoops
    products[0] = accumulatorProduct
    products[1] = scratchpadProduct
    products[2] = dramProduct
  }

  // mappingCost() in a form that does not allocate.
  price(): void {
    const { orders, order, atAccumulator, atScratchpad, atDram, products, cost } = this
    const accumulatorProduct = products[0] as number
    const scratchpadProduct = products[1] as number
    const dramProduct = products[2] as number
    const { rows: usedRows, columns: usedColumns } = this.used
    const usedPes = usedRows * usedColumns

    // Weights pass into the registers once per iteration outside the innermost run of loops that do not change them.
    const skippedAtDram = productOf(atDram, orders.dram.skipped.W[order.dram] as number)
    let skipped = productOf(atAccumulator, orders.accumulator.skipped.W[order.accumulator] as number)
    if (skipped === accumulatorProduct) {
      skipped *= productOf(atScratchpad, orders.scratchpad.skipped.W[order.scratchpad] as number)
      if (skipped === accumulatorProduct * scratchpadProduct) skipped *= skippedAtDram
    }
    const registerWeights = ((accumulatorProduct * scratchpadProduct * dramProduct) / skipped) * usedPes
    const scratchpadWeights = this.weightTile() * (dramProduct / skippedAtDram)

    const dramOrder = orders.dram.dims[order.dram] as Uint8Array
    const scratchpadInputs = inputFills(dramOrder, atDram, this.inside, this.stride)

    let reused = productOf(atScratchpad, orders.scratchpad.skipped.O[order.scratchpad] as number)
    if (reused === scratchpadProduct) reused *= productOf(atDram, orders.dram.skipped.O[order.dram] as number)
    const drained = this.bankTile() * ((scratchpadProduct * dramProduct) / reused) * usedColumns
    const returned = drained - this.outputs

    const { macs } = cost
    const dram = scratchpadWeights + scratchpadInputs + drained + returned
    cost.register = macs + registerWeights
    cost.accumulator = (2 * macs) / usedRows + returned
    cost.scratchpad = macs / usedColumns + registerWeights + scratchpadWeights + scratchpadInputs
    cost.dram = dram
    cost.cycles = Math.ceil(Math.max(macs / usedPes, dram / this.dramWordsPerCycle))
  }

  mapping(): Mapping {
    const { orders, order } = this
    const unordered = Uint8Array.from(this.dims).reverse()
    return {
      dram: this.level(orders.dram.dims[order.dram] as Uint8Array, DRAM),
      scratchpad: this.level(orders.scratchpad.dims[order.scratchpad] as Uint8Array, SCRATCHPAD, COLUMNS),
      accumulator: this.level(orders.accumulator.dims[order.accumulator] as Uint8Array, ACCUMULATOR, ROWS),
      register: this.level(unordered, REGISTER),
    }
  }

  /** The loops of one level, from their order, innermost first. */
  private level(order: Uint8Array, slot: number, unrolledSlot?: number): LevelLoops {
    const loop = (i: number, from: number): Loop => {
      const { dim, factors } = this.tables[i] as FactorTable
      return { dim, factor: factors[(this.choice[i] as number) * SLOTS.length + from] as number }
    }
    const temporal = Array.from(order.toReversed(), (dim) => loop(this.dims.indexOf(dim), slot))
    const unrolled =
      unrolledSlot === undefined ? [] : this.tables.map((_, i) => ({ ...loop(i, unrolledSlot), axis: 'X' as const }))
    const some = ({ factor }: Loop) => factor > 1
    return { temporal: temporal.filter(some), spatial: unrolled.filter(some) }
  }

  private weightTile(): number {
    const { inside } = this
    return (inside[R] as number) * (inside[S] as number) * (inside[C] as number) * (inside[K] as number)
  }

  private bankTile(): number {
    const { bank } = this
    return (bank[P] as number) * (bank[Q] as number) * (bank[K] as number) * (bank[N] as number)
  }
}

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
  /** Chosen factorisation by index into `tables`. */
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
  const active: readonly Dim[] = DIMS.filter((dim) => bounds[dim] > 1)
  const tables: readonly FactorTable[] = active.map((dim) => factorTable(dim, bounds[dim], space, hierarchy))
  const dimOf = Int32Array.from(active, (dim) => DIMS.indexOf(dim))
  const orders = {
    accumulator: orderTable(active, space.order.accumulator),
    scratchpad: orderTable(active, space.order.scratchpad),
    dram: orderTable(active, space.order.dram),
  }

  const macs = macsOfProblem(bounds)
  const outputs = tileElements('O', bounds, bounds.stride)
  const bankWords = accumulatorBankWords(hierarchy)
  const operandWords = scratchpadWords(hierarchy)
  const { stride } = bounds
  const { dramWordsPerCycle } = hierarchy
  const cost: CurrentCost = { macs, cycles: 0, register: 0, accumulator: 0, scratchpad: 0, dram: 0 }

  const choice = new Int32Array(active.length)
  // Per dimension: iterations inside the tiles, and the temporal factors of the three levels above the registers.
  const bank = new Float64Array(DIMS.length).fill(1)
  const inside = new Float64Array(DIMS.length).fill(1)
  const atAccumulator = new Float64Array(DIMS.length).fill(1)
  const atScratchpad = new Float64Array(DIMS.length).fill(1)
  const atDram = new Float64Array(DIMS.length).fill(1)
  const order = { accumulator: 0, scratchpad: 0, dram: 0 }
  const loops = { accumulator: 0, scratchpad: 0, dram: 0 }
  const level = {
    accumulatorProduct: 1,
    scratchpadProduct: 1,
    dramProduct: 1,
  }
  const used = { rows: 1, columns: 1 }

  const inputTile = (): number =>
    (inside[C] as number) *
    (inside[N] as number) *
    (((inside[P] as number) - 1) * stride + (inside[R] as number)) *
    (((inside[Q] as number) - 1) * stride + (inside[S] as number))
  const weightTile = (): number =>
    (inside[R] as number) * (inside[S] as number) * (inside[C] as number) * (inside[K] as number)
  const bankTile = (): number => (bank[P] as number) * (bank[Q] as number) * (bank[K] as number) * (bank[N] as number)

  /** Takes over the chosen factorisations' tiles; false if they overflow a buffer. */
  const fits = (): boolean => {
    for (let i = 0; i < choice.length; i++) {
      const dim = dimOf[i] as number
      const { bank: banks, scratchpad } = tables[i] as FactorTable
      bank[dim] = banks[choice[i] as number] as number
      inside[dim] = scratchpad[choice[i] as number] as number
    }
    return bankTile() <= bankWords && weightTile() + inputTile() <= operandWords
  }
  const takeFactors = (): void => {
    loops.accumulator = 0
    loops.scratchpad = 0
    loops.dram = 0
    level.accumulatorProduct = 1
    level.scratchpadProduct = 1
    level.dramProduct = 1
    used.rows = 1
    used.columns = 1
    for (let i = 0; i < choice.length; i++) {
      const dim = dimOf[i] as number
      const { factors } = tables[i] as FactorTable
      const at = (choice[i] as number) * SLOTS.length
      const inner = factors[at + ACCUMULATOR] as number
      const middle = factors[at + SCRATCHPAD] as number
      const outer = factors[at + DRAM] as number
      atAccumulator[dim] = inner
      atScratchpad[dim] = middle
      atDram[dim] = outer
      level.accumulatorProduct *= inner
      level.scratchpadProduct *= middle
      level.dramProduct *= outer
      if (inner > 1) loops.accumulator |= 1 << dim
      if (middle > 1) loops.scratchpad |= 1 << dim
      if (outer > 1) loops.dram |= 1 << dim
      if (dim === C) used.rows = factors[at + ROWS] as number
      if (dim === K) used.columns = factors[at + COLUMNS] as number
    }
  }

  /** Prices the current factors under the current orders: mappingCost() in a form that does not allocate. */
  const price = (): void => {
    const { accumulatorProduct, scratchpadProduct, dramProduct } = level
    const { rows: usedRows, columns: usedColumns } = used
    const usedPes = usedRows * usedColumns

    // Weights pass into the registers once per iteration outside the innermost run of loops that do not change them.
    const w1 = orders.accumulator.skipped.W[order.accumulator] as number
    const w2 = orders.scratchpad.skipped.W[order.scratchpad] as number
    const w3 = orders.dram.skipped.W[order.dram] as number
    const skippedAtDram = productOf(atDram, w3)
    let skipped = productOf(atAccumulator, w1)
    if (skipped === accumulatorProduct) {
      skipped *= productOf(atScratchpad, w2)
      if (skipped === accumulatorProduct * scratchpadProduct) skipped *= skippedAtDram
    }
    const registerWeights = ((accumulatorProduct * scratchpadProduct * dramProduct) / skipped) * usedPes
    const scratchpadWeights = weightTile() * (dramProduct / skippedAtDram)

    const scratchpadInputs = inputFills(orders.dram.dims[order.dram] as Uint8Array, atDram, inside, stride)

    let reused = productOf(atScratchpad, orders.scratchpad.skipped.O[order.scratchpad] as number)
    if (reused === scratchpadProduct) reused *= productOf(atDram, orders.dram.skipped.O[order.dram] as number)
    const drained = bankTile() * ((scratchpadProduct * dramProduct) / reused) * usedColumns
    const returned = drained - outputs

    cost.register = macs + registerWeights
    cost.accumulator = (2 * macs) / usedRows + returned
    cost.scratchpad = macs / usedColumns + registerWeights + scratchpadWeights + scratchpadInputs
    cost.dram = scratchpadWeights + scratchpadInputs + drained + returned
    cost.cycles = Math.ceil(Math.max(macs / usedPes, cost.dram / dramWordsPerCycle))
  }

  const mapping = (): Mapping => {
    const loop = (i: number, slot: number): Loop => ({
      dim: active[i] as Dim,
      factor: (tables[i] as FactorTable).factors[(choice[i] as number) * SLOTS.length + slot] as number,
    })
    const levelLoops = (slot: number, innermostFirst: Uint8Array, spatialSlot?: number): LevelLoops => ({
      temporal: Array.from(innermostFirst.toReversed(), (dim) => loop(dimOf.indexOf(dim), slot)),
      spatial:
        spatialSlot === undefined
          ? []
          : active.map((_, i) => ({ ...loop(i, spatialSlot), axis: 'X' as const })).filter(({ factor }) => factor > 1),
    })
    return {
      dram: levelLoops(DRAM, orders.dram.dims[order.dram] as Uint8Array),
      scratchpad: levelLoops(SCRATCHPAD, orders.scratchpad.dims[order.scratchpad] as Uint8Array, COLUMNS),
      accumulator: levelLoops(ACCUMULATOR, orders.accumulator.dims[order.accumulator] as Uint8Array, ROWS),
      register: {
        temporal: active.map((_, i) => loop(i, REGISTER)).filter(({ factor }) => factor > 1),
        spatial: [],
      },
    }
  }
  return { tables, orders, choice, fits, takeFactors, loops, used, order, price, cost, mapping }
}

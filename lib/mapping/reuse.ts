import { checkHierarchy, type Hierarchy } from './hierarchy.ts'
import { inputFills } from './input-window.ts'
import { checkLegal } from './legality.ts'
import { extentsOf, type Level, type Loop, type Mapping, tilesOf, unrolled } from './mapping.ts'
import { type Datum, DIMS, DIMS_OF, macsOfProblem, type Problem, tileElements } from './problem.ts'

/** Accesses of each level in words over the whole operator; a read and a write count alike. */
export interface Accesses {
  readonly macs: number
  readonly register: number
  readonly accumulator: number
  readonly scratchpad: number
  readonly dram: number
}

/** What a mapping moves, and how long it takes. */
export interface MappingCost {
  /** Processing elements at work. */
  readonly usedPes: number
  /** Words written into each memory, and outputs leaving the accumulator and coming back as partial sums. */
  readonly fills: {
    readonly registerWeights: number
    readonly scratchpadWeights: number
    readonly scratchpadInputs: number
    readonly drainedOutputs: number
    readonly returnedOutputs: number
  }
  readonly accesses: Accesses
  readonly cycles: number
  /** MACs over what the whole array could do in that time, 0..1. */
  readonly utilisation: number
}

/**
 * Times a tile of `datum` changes while `loops` (outermost first) run: their product down to the innermost loop that
 * the datum depends on. Loops further in reuse the tile; loops the datum does not depend on, further out, bring it
 * back anew.
 */
export function passes(datum: Datum, loops: readonly Loop[]): number {
  let product = 1
  let upToRelevant = 1
  for (const { dim, factor } of loops) {
    product *= factor
    if (factor > 1 && DIMS_OF[datum].includes(dim)) upToRelevant = product
  }
  return upToRelevant
}

/**
 * What a mapping costs, by reuse analysis: a tile that stays put is fetched once. Fills are charged as writes; an
 * input read from the scratchpad is multicast over the columns; partial sums are added over the rows before they
 * reach the accumulator, where each update reads and writes, except that the first read after every refill is saved;
 * the drained sum of an output's first visit does not come back. Scratchpad and accumulator ports never limit.
 *
 * @returns counts in words, time in cycles
 * @throws {RangeError} if the mapping misses the problem or overflows a buffer, saying which and by how much
 * @see survey (arXiv 2302.14017) Sec. 5.5; Parashar et al., "Timeloop", ISPASS 2019
 */
export function mappingCost(bounds: Problem, mapping: Mapping, hierarchy: Hierarchy): MappingCost {
  checkHierarchy(hierarchy)
  checkLegal(bounds, mapping, hierarchy)
  const macs = macsOfProblem(bounds)
  const temporal = (levels: readonly Level[]) => levels.flatMap((level) => mapping[level].temporal)
  const usedRows = unrolled(mapping, 'accumulator')
  const usedColumns = unrolled(mapping, 'scratchpad')
  const usedPes = usedRows * usedColumns
  const tiles = tilesOf(mapping)
  const dramLoops = temporal(['dram'])

  const registerWeights =
    tileElements('W', tiles.register, bounds.stride) *
    passes('W', temporal(['dram', 'scratchpad', 'accumulator'])) *
    usedPes
  const scratchpadWeights = tileElements('W', tiles.scratchpad, bounds.stride) * passes('W', dramLoops)
  const positions = dramLoops.filter(({ factor }) => factor > 1).map(({ dim }) => DIMS.indexOf(dim))
  const dramFactors = extentsOf(dramLoops)
  const scratchpadInputs = inputFills(
    Uint8Array.from(positions.reverse()),
    Float64Array.from(DIMS, (dim) => dramFactors[dim]),
    Float64Array.from(DIMS, (dim) => tiles.scratchpad[dim]),
    bounds.stride,
  )
  const drainedOutputs =
    tileElements('O', tiles.accumulator, bounds.stride) * passes('O', temporal(['dram', 'scratchpad'])) * usedColumns
  const returnedOutputs = drainedOutputs - tileElements('O', bounds, bounds.stride)

  const dram = scratchpadWeights + scratchpadInputs + drainedOutputs + returnedOutputs
  const cycles = Math.ceil(Math.max(macs / usedPes, dram / hierarchy.dramWordsPerCycle))
  return {
    usedPes,
    fills: { registerWeights, scratchpadWeights, scratchpadInputs, drainedOutputs, returnedOutputs },
    accesses: {
      macs,
      register: macs + registerWeights,
      accumulator: (2 * macs) / usedRows + returnedOutputs,
      scratchpad: macs / usedColumns + registerWeights + scratchpadWeights + scratchpadInputs,
      dram,
    },
    cycles,
    utilisation: macs / (hierarchy.rows * hierarchy.columns * cycles),
  }
}

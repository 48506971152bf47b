import { createRng } from '../numeric/mod.ts'
import { mapSpaceCursor } from './cursor.ts'
import { type AccessEnergies, accessEnergyPj } from './energy.ts'
import { visitMappings } from './exhaustive.ts'
import { macsOfProblem, type Problem, tileElements } from './problem.ts'
import { tryMapping } from './sampler.ts'
import type { BestMapping, SearchTarget } from './search.ts'

/** Mappings drawn before the enumeration, for a bound that prunes from the start. */
const SCOUTS = 2000
/** Draws after which a scout gives up; the enumeration finds what is rarer. */
const SCOUT_DRAWS = 1000

/** Keeps a bound below what it bounds where both are the same number, rounded in another order. */
const SLACK = 1 - 1e-12

/** Inputs that are read at all: a stride longer than the kernel leaves gaps. */
function touchedInputs(bounds: Problem): number {
  const { P, Q, R, S, C, N, stride } = bounds
  return C * N * Math.min((P - 1) * stride + R, P * R) * Math.min((Q - 1) * stride + S, Q * S)
}

/** Energy x cycles that no mapping with so many rows and columns in use can beat: every word moves at least once. */
function edpBound(bounds: Problem, energies: AccessEnergies): (usedRows: number, usedColumns: number) => number {
  const macs = macsOfProblem(bounds)
  const weights = tileElements('W', bounds, bounds.stride)
  const inputs = touchedInputs(bounds)
  const dram = weights + inputs + tileElements('O', bounds, bounds.stride)
  return (usedRows, usedColumns) => {
    const accesses = {
      macs,
      register: macs + weights,
      accumulator: (2 * macs) / usedRows,
      scratchpad: macs / usedColumns + 2 * weights + inputs,
      dram,
    }
    return (accessEnergyPj(accesses, energies) * macs) / (usedRows * usedColumns)
  }
}

/**
 * The mapping of a whole map space with the least energy-delay product: an enumeration that passes over every choice of
 * unrolling that cannot beat the best found. Exact, and about ten times faster than visiting everything.
 *
 * @param limit most factorisations the space may have
 * @throws {RangeError} if the space is too large or nothing in it fits
 */
export function leastEdpMapping(target: SearchTarget, energies: AccessEnergies, limit?: number): BestMapping {
  const { problem } = target
  const cursor = mapSpaceCursor(problem, target.space, target.hierarchy)
  const { cost } = cursor
  let least = Number.POSITIVE_INFINITY
  const rng = createRng(0)
  for (let i = 0; i < SCOUTS && tryMapping(cursor, rng, SCOUT_DRAWS) > 0; i++) {
    least = Math.min(least, accessEnergyPj(cost, energies) * cost.cycles)
  }
  const bound = edpBound(problem, energies)
  let best: BestMapping | undefined
  visitMappings(
    cursor,
    () => {
      const energyPj = accessEnergyPj(cost, energies)
      const edp = energyPj * cost.cycles
      if (edp > least || (edp === least && best)) return
      least = edp
      best = { mapping: cursor.mapping(), cycles: cost.cycles, energyPj, edpPjCycles: edp }
    },
    { limit, promising: (rows, columns) => bound(rows, columns) * SLACK <= least },
  )
  if (!best) throw new RangeError('Cannot find a best mapping: some mapping must fit the buffers, none does')
  return best
}

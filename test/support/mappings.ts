import fc from 'fast-check'
import { arrayEnergies } from '../../lib/hardware/mod.ts'
import {
  DIMS,
  type Dim,
  type Hierarchy,
  type Mapping,
  mapSpace,
  type Problem,
  parseProblem,
  problem,
  type SearchTarget,
} from '../../lib/mapping/mod.ts'

/** A 16 x 16 array with memories in KiB. */
export function hierarchy(scratchpadKb = 256, accumulatorKb = 64, dramWordsPerCycle = 8): Hierarchy {
  return {
    rows: 16,
    columns: 16,
    scratchpadBytes: scratchpadKb * 1024,
    accumulatorBytes: accumulatorKb * 1024,
    operandBytes: 1,
    accumulatorWordBytes: 4,
    dramWordsPerCycle,
  }
}

/** What is searched, in words. */
export const target = (problem: string, space: string, machine = hierarchy()): SearchTarget => ({
  problem: parseProblem(problem),
  space: mapSpace(space),
  hierarchy: machine,
})

/** DOSA's energies of a hierarchy. */
export const dosa = (machine: Hierarchy) => arrayEnergies('dosa', machine)

/** A problem with a mapping of it. */
export interface MappedProblem {
  readonly bounds: Problem
  readonly mapping: Mapping
}

const SLOTS = ['dram', 'scratchpad', 'accumulator', 'register', 'rows', 'columns'] as const
type Slot = (typeof SLOTS)[number]

/** Loops of a few factors each, dealt to levels in any order; what cannot be unrolled is a loop at DRAM instead. */
export function mappedProblems(options: { readonly factors?: number; readonly dims?: readonly Dim[] } = {}) {
  const { factors = 6, dims = DIMS } = options
  const pick = fc.tuple(fc.constantFrom(...SLOTS), fc.constantFrom(...dims), fc.constantFrom(2, 2, 3))
  return fc
    .tuple(fc.array(pick, { minLength: factors >> 1, maxLength: factors }), fc.integer({ min: 1, max: 3 }))
    .map(([picks, stride]): MappedProblem => {
      const loops = new Map<string, { slot: Slot; dim: Dim; factor: number }>()
      const bounds: Partial<Record<Dim, number>> = {}
      for (const [wanted, anyDim, factor] of picks) {
        const dim = wanted === 'rows' ? 'C' : wanted === 'columns' ? 'K' : anyDim
        const slot = wanted === 'register' && !['P', 'Q', 'N'].includes(dim) ? 'dram' : wanted
        const known = loops.get(slot + dim)?.factor ?? 1
        if ((slot === 'rows' || slot === 'columns') && known * factor > 16) continue
        loops.set(slot + dim, { slot, dim, factor: known * factor })
        bounds[dim] = (bounds[dim] ?? 1) * factor
      }
      const at = (slot: Slot) =>
        [...loops.values()].filter((loop) => loop.slot === slot).map(({ dim, factor }) => ({ dim, factor }))
      const unrolled = (slot: Slot) => at(slot).map((loop) => ({ ...loop, axis: 'X' as const }))
      return {
        bounds: problem({ ...bounds, stride }),
        mapping: {
          dram: { temporal: at('dram'), spatial: [] },
          scratchpad: { temporal: at('scratchpad'), spatial: unrolled('columns') },
          accumulator: { temporal: at('accumulator'), spatial: unrolled('rows') },
          register: { temporal: at('register'), spatial: [] },
        },
      }
    })
}

import type { Source } from '../numeric/mod.ts'
import type { Level } from './mapping.ts'
import { DIMS, type Dim } from './problem.ts'

/** Levels whose temporal loops a map space may close; DRAM takes what is left. */
export type ClosableLevel = Exclude<Level, 'dram'>

/**
 * Which mappings a search considers: input channels are unrolled over rows and output channels over columns, each up
 * to the size of the array; every other choice is constrained here.
 */
export interface MapSpace {
  readonly name: string
  readonly source: Source
  /** Dimensions that may have a temporal loop at a level; all may at DRAM. */
  readonly temporal: Readonly<Record<ClosableLevel, readonly Dim[]>>
  /** Fixed loop orders, innermost first; a level without one may order its loops freely. */
  readonly order: Readonly<Partial<Record<Level, readonly Dim[]>>>
}

const dosa = (file: string): Source => ({
  kind: 'public',
  which: `ucb-bar/dosa a7a3239 dataset/hw/gemmini/mapspace/${file}`,
})

/** The published map spaces of Gemmini-like hierarchies by name. */
export const MAP_SPACES = {
  random: {
    name: 'random',
    source: dosa('mapspace_random.yaml'),
    temporal: { register: ['P', 'Q'], accumulator: DIMS, scratchpad: DIMS },
    order: {},
  },
  arch_baseline: {
    name: 'arch_baseline',
    source: dosa('mapspace_arch_baseline.yaml'),
    temporal: { register: ['P'], accumulator: DIMS, scratchpad: [] },
    order: { accumulator: ['P', 'Q', 'N', 'C', 'R', 'S', 'K'] },
  },
  real_gemmini: {
    name: 'real_gemmini',
    source: dosa('mapspace_real_gemmini.yaml'),
    temporal: { register: [], accumulator: DIMS, scratchpad: [] },
    order: { accumulator: ['P', 'Q', 'N', 'C', 'R', 'S', 'K'] },
  },
  gemmini: {
    name: 'gemmini',
    source: { kind: 'public', which: 'ucb-bar/gemmini 8c3f992 modeling/timeloop/mapspace/mapspace.yaml' },
    temporal: { register: [], accumulator: DIMS, scratchpad: [] },
    order: { accumulator: ['Q', 'P', 'N', 'C', 'S', 'R', 'K'], dram: ['C', 'S', 'R', 'K', 'Q', 'P', 'N'] },
  },
} as const satisfies Record<string, MapSpace>
export type MapSpaceName = keyof typeof MAP_SPACES

/** Names of the published map spaces. */
export const MAP_SPACE_NAMES = Object.keys(MAP_SPACES) as readonly MapSpaceName[]

/**
 * A published map space.
 *
 * @throws {RangeError} if there is none of that name
 */
export function mapSpace(name: string): MapSpace {
  if (!Object.hasOwn(MAP_SPACES, name)) {
    throw new RangeError(`Cannot search: the map space must be one of ${MAP_SPACE_NAMES.join(', ')}, got "${name}"`)
  }
  return MAP_SPACES[name as MapSpaceName]
}

import { ADAPTED_MODULES, EMBEDDING_MODULES, type Module, otherModules } from '../../workload/mod.ts'

/** Who shares what, and where what is shared is kept. */
export interface Design {
  /** Groups of parameters that all tasks share; they are pruned and stored with a bitmask. All else is per task, in SRAM. */
  readonly shared: readonly Module[]
  readonly sharedIn: 'RRAM' | 'SRAM'
  /** Tasks are learned by adapters. */
  readonly adapters: boolean
}

/** Names of the designs that are compared. */
export const DESIGN_NAMES = ['vanilla', 'adapter', 'adapter-sram'] as const
export type DesignName = (typeof DESIGN_NAMES)[number]

/**
 * The designs of adapter-ALBERT Sec. IV-C, and one beside them. `vanilla`: only the embedding is shared and in RRAM.
 * `adapter`: the whole backbone is. `adapter-sram`: the same model without RRAM, which tells what the memory brings from
 * what the adapters bring.
 */
export const DESIGNS: Readonly<Record<DesignName, Design>> = {
  vanilla: { shared: EMBEDDING_MODULES, sharedIn: 'RRAM', adapters: false },
  adapter: { shared: otherModules(ADAPTED_MODULES), sharedIn: 'RRAM', adapters: true },
  'adapter-sram': { shared: otherModules(ADAPTED_MODULES), sharedIn: 'SRAM', adapters: true },
}

import type { Accesses } from './reuse.ts'

/** Energy of one access of each level, and of one multiply-accumulate. */
export interface AccessEnergies {
  readonly macPj: number
  readonly registerPj: number
  readonly accumulatorPj: number
  readonly scratchpadPj: number
  readonly dramPj: number
}

/** Energy of the counted accesses in pJ; networks and address generators cost nothing. */
export function accessEnergyPj(accesses: Accesses, energies: AccessEnergies): number {
  return (
    accesses.macs * energies.macPj +
    accesses.register * energies.registerPj +
    accesses.accumulator * energies.accumulatorPj +
    accesses.scratchpad * energies.scratchpadPj +
    accesses.dram * energies.dramPj
  )
}

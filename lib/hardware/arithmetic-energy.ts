import type { Source } from '../numeric/mod.ts'

/** Energy and area of one operation at 45 nm. */
export interface OperationCost {
  readonly name: string
  readonly kind: 'add' | 'multiply' | 'read'
  readonly bits: number
  readonly format: 'integer' | 'float'
  readonly energyPj: number
  /** None for memories. */
  readonly areaUm2: number | null
}

/** Where the costs come from. */
export const OPERATION_COSTS_SOURCE: Source = {
  kind: 'public',
  which:
    'Horowitz, "Computing\'s energy problem (and what we can do about it)", ISSCC 2014, 45 nm, 0.9 V; areas as in Dally\'s tables; survey Fig. 15',
}

/** Costs at 45 nm of the operations that quantisation replaces by one another. */
export const OPERATION_COSTS: readonly OperationCost[] = [
  { name: 'add8', kind: 'add', bits: 8, format: 'integer', energyPj: 0.03, areaUm2: 36 },
  { name: 'add16', kind: 'add', bits: 16, format: 'integer', energyPj: 0.05, areaUm2: 67 },
  { name: 'add32', kind: 'add', bits: 32, format: 'integer', energyPj: 0.1, areaUm2: 137 },
  { name: 'fadd16', kind: 'add', bits: 16, format: 'float', energyPj: 0.4, areaUm2: 1360 },
  { name: 'fadd32', kind: 'add', bits: 32, format: 'float', energyPj: 0.9, areaUm2: 4184 },
  { name: 'mult8', kind: 'multiply', bits: 8, format: 'integer', energyPj: 0.2, areaUm2: 282 },
  { name: 'mult32', kind: 'multiply', bits: 32, format: 'integer', energyPj: 3.1, areaUm2: 3495 },
  { name: 'fmult16', kind: 'multiply', bits: 16, format: 'float', energyPj: 1.1, areaUm2: 1640 },
  { name: 'fmult32', kind: 'multiply', bits: 32, format: 'float', energyPj: 3.7, areaUm2: 7700 },
  { name: 'sram32', kind: 'read', bits: 32, format: 'integer', energyPj: 5, areaUm2: null },
  { name: 'dram32', kind: 'read', bits: 32, format: 'integer', energyPj: 640, areaUm2: null },
]

/**
 * The cost of one operation.
 *
 * @throws {RangeError} if there is none of that name
 */
export function operationCost(name: string): OperationCost {
  const found = OPERATION_COSTS.find((cost) => cost.name === name)
  if (!found) {
    throw new RangeError(
      `Cannot price an operation: it must be one of ${OPERATION_COSTS.map((cost) => cost.name).join(', ')}, got "${name}"`,
    )
  }
  return found
}

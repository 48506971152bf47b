import { gatingGain, savedProducts } from '../../../lib/accelerators/edgebert/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'

const BOTH_ENDS = {
  kind: 'calibrated',
  against: 'edgebert.sparse-energy',
  method:
    'the two numbers that give the printed ends, 1.4 at 50 % of the weights zero and 1.7 at 80 %: phi (1 - 0.5 u) = 1 - 1/1.4 and phi (1 - 0.2 u) = 1 - 1/1.7 with u = 1 - activation sparsity',
  window:
    'within 5 % of both ends: phi 0.459 to 0.529 at this activation sparsity, 0.497 to 0.549 at 0, 0.451 to 0.519 at 0.23',
} as const

/** What element-wise gating saves, as parameters. */
export const GATING_PARAMS = {
  gatedShare: {
    type: 'number',
    value: 0.4958,
    min: 0,
    max: 1,
    unit: '1',
    source: BOTH_ENDS,
    description: "share of the accelerator's energy that a multiplication by zero does not take",
  },
  activationSparsity: {
    type: 'number',
    value: 0.1525,
    min: 0,
    max: 1,
    unit: '1',
    source: BOTH_ENDS,
    description: 'share of zeros among the activations',
  },
} as const satisfies Record<string, Param>

/** Values of {@link GATING_PARAMS}. */
export type GatingValues = ParamValues<typeof GATING_PARAMS>

/** How much less energy sparse execution takes when each multiplication by zero is gated. */
export function sparseGain({ gatedShare, activationSparsity }: GatingValues, encoderSparsity: number): number {
  return gatingGain(
    savedProducts('element', { weights: encoderSparsity, activations: activationSparsity }, 1),
    gatedShare,
  )
}

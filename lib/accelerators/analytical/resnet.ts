import { type Convolution, convolutionMatmul, type ResNetOptions, resnetWork, type Work } from '../../workload/mod.ts'
import { hopCycles, matmulCycles } from './latency.ts'
import type { AnalyticalMachine } from './machine.ts'
import { dramMatmulBytes } from './traffic.ts'

/** Fused work with the convolutions' bytes as they cross the DRAM-L2 boundary in square tiles. */
export function resnetNonIdealWork(
  convolutions: readonly Convolution[],
  machine: AnalyticalMachine,
  options: ResNetOptions,
): Work {
  const { fused, convolution } = resnetWork(convolutions, options)
  const tiled = convolutions.reduce((sum, conv) => sum + dramMatmulBytes(convolutionMatmul(conv), machine), 0)
  return { flops: fused.flops, bytes: fused.bytes - convolution.bytes + tiled }
}

/** Cycles of ResNet-50 by kind of operation on the analytical machine. */
export interface ResNetCycles {
  readonly convolution: number
  readonly normalisation: number
  readonly other: number
  readonly unfused: number
  readonly fused: number
}

/**
 * Cycles of ResNet-50 (survey App. A.5): convolutions as matmuls, all else bound by moving its bytes over both
 * boundaries.
 */
export function resnetCycles(
  convolutions: readonly Convolution[],
  machine: AnalyticalMachine,
  options: ResNetOptions,
): ResNetCycles {
  const { batchnorm, relu, other } = resnetWork(convolutions, options)
  const moved = (bytes: number) => hopCycles(bytes, bytes, machine)
  const convolution = convolutions.reduce((sum, conv) => sum + matmulCycles(convolutionMatmul(conv), machine).cycles, 0)
  const normalisation = moved(batchnorm.bytes + relu.bytes)
  const rest = moved(other.bytes)
  return {
    convolution,
    normalisation,
    other: rest,
    unfused: convolution + normalisation + rest,
    fused: convolution + rest,
  }
}

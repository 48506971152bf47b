import { type ElementBytes, squareTileSide, tiledMatmulBytes } from '../../mapping/mod.ts'
import {
  ACCESSES_PER_ELEMENT,
  type Elementwise,
  elementsOf,
  LAYERNORM_PARAMETERS_PER_ELEMENT,
  type Matmul,
} from '../../workload/mod.ts'
import { type AnalyticalMachine, TILING_CONSTANTS } from './machine.ts'

/** What the published analyses count differently from one another. */
export interface TrafficRules {
  /** Bias bytes read per output element of a weight matmul (a full bias matrix, as Gemmini takes it). */
  readonly biasBytesPerOutput?: number
  /** Charge the LayerNorm parameters, at output precision, in each layer. */
  readonly layerNormParameters?: boolean
}

const BITS_PER_BYTE = 8

/** Element sizes for a matmul: outputs stay wide where a nonlinear operation reads them. */
function elementBytes(op: Matmul, machine: AnalyticalMachine, rules: TrafficRules): ElementBytes {
  const operand = machine.inputBits / BITS_PER_BYTE
  return {
    operand,
    output: op.feedsNonlinear ? machine.outputBits / BITS_PER_BYTE : operand,
    bias: op.weights ? (rules.biasBytesPerOutput ?? TILING_CONSTANTS.biasBytes.value) : 0,
  }
}

/** Side of the square tile between DRAM and L2: two operand tiles fill the L2. */
export function l2TileSide(machine: AnalyticalMachine): number {
  return squareTileSide(machine.l2Bytes, machine.inputBits / BITS_PER_BYTE)
}

/** Side of the square tile between L2 and the double-buffered scratchpad. */
export function scratchpadTileSide(machine: AnalyticalMachine): number {
  const side = squareTileSide(
    machine.scratchpadBytes * TILING_CONSTANTS.scratchpadShare.value,
    machine.inputBits / BITS_PER_BYTE,
  )
  if (!machine.accumulatorLimitsTile) return side
  return Math.min(side, squareTileSide(machine.accumulatorBytes, machine.outputBits / BITS_PER_BYTE, 1))
}

/** Bytes between DRAM and L2 for a matmul, all repeats (survey Sec. 3.3). */
export function dramMatmulBytes(op: Matmul, machine: AnalyticalMachine, rules: TrafficRules = {}): number {
  return op.repeats * tiledMatmulBytes(op, l2TileSide(machine), elementBytes(op, machine, rules))
}

/** Bytes between L2 and the local memories for a matmul, all repeats. */
export function localMatmulBytes(op: Matmul, machine: AnalyticalMachine, rules: TrafficRules = {}): number {
  return op.repeats * tiledMatmulBytes(op, scratchpadTileSide(machine), elementBytes(op, machine, rules))
}

/**
 * Bytes an element-wise operation moves over one boundary. Softmax, GELU and LayerNorm read a matmul's wide
 * output and write at operand precision; a residual addition is at operand precision throughout.
 */
export function elementwiseBytes(op: Elementwise, machine: AnalyticalMachine, rules: TrafficRules = {}): number {
  const narrow = machine.inputBits / BITS_PER_BYTE
  const wide = machine.outputBits / BITS_PER_BYTE
  const { reads, writes } = ACCESSES_PER_ELEMENT[op.kind]
  const perElement = reads * (op.kind === 'residual' ? narrow : wide) + writes * narrow
  const parameters =
    rules.layerNormParameters && op.kind === 'layernorm'
      ? LAYERNORM_PARAMETERS_PER_ELEMENT.value * op.width * op.repeats * wide
      : 0
  return perElement * elementsOf(op) + parameters
}

import {
  type Elementwise,
  elementsOf,
  type LayerOperator,
  layerOperators,
  type Matmul,
  type TransformerShape,
} from '../../workload/mod.ts'
import { type NormalisationPasses, normalisationWords } from './fusion.ts'
import type { Gemmini } from './machine.ts'
import { computeCycles, matmulTraffic, type OperandReuse } from './matmul.ts'

/** What a whole encoder layer's timing needs beside the machine. */
export interface EncoderOptions {
  /** Bytes per cycle between DRAM and the local memories. */
  readonly dramBytesPerCycle: number
  /**
   * Normalisations that read their input from memory: the matmul before them writes 32-bit sums. GELU and requantisation
   * are applied on the way out and never widen an output.
   */
  readonly offChip: readonly ('softmax' | 'layernorm')[]
  /**
   * Which operands stay while the tiles are walked.
   *
   * @default 'gemmini'
   */
  readonly reuse?: OperandReuse
}

/** Cycles, multiply-accumulates and bytes of a layer's matmuls. */
export interface EncoderMatmuls {
  readonly cycles: number
  readonly computeCycles: number
  readonly bytes: number
  /** Compute cycles over cycles, 0..1. */
  readonly utilisation: number
}

/** The matmuls of a layer with the kind of operation that reads each. */
function matmulsWithReaders(operators: readonly LayerOperator[]): { matmul: Matmul; reader: LayerOperator['kind'] }[] {
  return operators.flatMap((operator, index) =>
    operator.kind === 'matmul' ? [{ matmul: operator, reader: operators[index + 1]?.kind ?? 'matmul' }] : [],
  )
}

/**
 * Times the matmuls of one encoder layer, one after the other, each the longer of compute and memory.
 *
 * @param seqLen tokens
 * @throws {RangeError} on impossible dimensions or memories too small for a tile
 * @see survey Sec. 3.4.2, 3.4.3
 */
export function encoderMatmuls(
  shape: TransformerShape,
  seqLen: number,
  machine: Gemmini,
  options: EncoderOptions,
): EncoderMatmuls {
  const { dramBytesPerCycle, offChip, reuse = 'gemmini' } = options
  if (!(dramBytesPerCycle > 0)) {
    throw new RangeError(`Cannot time an encoder: dramBytesPerCycle must be above 0, got ${dramBytesPerCycle}`)
  }
  let cycles = 0
  let compute = 0
  let bytes = 0
  for (const { matmul, reader } of matmulsWithReaders(layerOperators(shape, { tokens: seqLen, context: seqLen }))) {
    const wide = (offChip as readonly string[]).includes(reader)
    const { operands, outputs } = matmulTraffic(matmul, machine, { reuse })
    const moved = operands * machine.operandBytes + outputs * (wide ? machine.partialSumBytes : machine.operandBytes)
    const busy = computeCycles(matmul, machine)
    cycles += matmul.repeats * Math.max(busy, moved / dramBytesPerCycle)
    compute += matmul.repeats * busy
    bytes += matmul.repeats * moved
  }
  return { cycles, computeCycles: compute, bytes, utilisation: compute / cycles }
}

/** Elements of each non-matmul operation of one encoder layer. */
export interface EncoderElements {
  readonly softmax: number
  readonly layernorm: number
  readonly residual: number
  readonly gelu: number
  /** Outputs of all matmuls: each is dequantised before, and requantised after, an operation in floating point. */
  readonly matmulOutputs: number
}

/** Counts them. */
export function encoderElements(shape: TransformerShape, seqLen: number): EncoderElements {
  const operators = layerOperators(shape, { tokens: seqLen, context: seqLen })
  const sum = (kind: Elementwise['kind']) =>
    operators.reduce((total, op) => (op.kind === kind ? total + elementsOf(op) : total), 0)
  return {
    softmax: sum('softmax'),
    layernorm: sum('layernorm'),
    residual: sum('residual'),
    gelu: sum('gelu'),
    matmulOutputs: operators.reduce(
      (total, op) => (op.kind === 'matmul' ? total + op.m * op.n * op.repeats : total),
      0,
    ),
  }
}

/** Cycles of one encoder layer by operation. */
export interface EncoderBreakdown {
  readonly matmul: number
  readonly softmax: number
  readonly layernorm: number
  readonly residual: number
  readonly gelu: number
  readonly quantisation: number
  readonly total: number
}

function withTotal(parts: Omit<EncoderBreakdown, 'total'>): EncoderBreakdown {
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) }
}

/** How the operations beside the matmuls are timed on the chip. */
export interface UnitOptions {
  readonly dramBytesPerCycle: number
  /** Passes over memory of a LayerNorm, which is not fused. */
  readonly layernormPasses: NormalisationPasses
  /** Bytes a residual addition moves per element. */
  readonly residualBytes: number
}

/**
 * One encoder layer on a machine with I-BERT's units: softmax from the accumulator behind its matmul, GELU in the
 * matmul, LayerNorm and residual addition through memory, no quantisation.
 *
 * @throws {RangeError} as {@link encoderMatmuls}
 * @see survey Sec. 3.4.4
 */
export function encoderWithUnits(
  shape: TransformerShape,
  seqLen: number,
  machine: Gemmini,
  options: UnitOptions,
): EncoderBreakdown {
  const { dramBytesPerCycle, layernormPasses, residualBytes } = options
  const elements = encoderElements(shape, seqLen)
  const onChip = machine.accumulatorPasses / machine.activationUnits
  const layernorm = Math.max(normalisationWords(layernormPasses) / dramBytesPerCycle, onChip)
  return withTotal({
    matmul: encoderMatmuls(shape, seqLen, machine, { dramBytesPerCycle, offChip: ['layernorm'] }).cycles,
    softmax: elements.softmax * onChip,
    layernorm: elements.layernorm * layernorm,
    residual: (elements.residual * residualBytes) / dramBytesPerCycle,
    gelu: 0,
    quantisation: 0,
  })
}

/**
 * One encoder layer on the baseline, which leaves everything but matmuls to the host CPU, with a dequantisation and a
 * requantisation of every matmul output.
 *
 * @param cpuCyclesPerElement of the accelerator's clock, for every operation alike
 * @throws {RangeError} as {@link encoderMatmuls}
 * @see survey Sec. 3.4.2
 */
export function encoderOffloaded(
  shape: TransformerShape,
  seqLen: number,
  machine: Gemmini,
  options: { readonly dramBytesPerCycle: number; readonly cpuCyclesPerElement: number },
): EncoderBreakdown {
  const { dramBytesPerCycle, cpuCyclesPerElement } = options
  const elements = encoderElements(shape, seqLen)
  return withTotal({
    matmul: encoderMatmuls(shape, seqLen, machine, { dramBytesPerCycle, offChip: ['softmax', 'layernorm'] }).cycles,
    softmax: elements.softmax * cpuCyclesPerElement,
    layernorm: elements.layernorm * cpuCyclesPerElement,
    residual: elements.residual * cpuCyclesPerElement,
    gelu: elements.gelu * cpuCyclesPerElement,
    quantisation: 2 * elements.matmulOutputs * cpuCyclesPerElement,
  })
}

import type { Quantity, Source } from '../numeric/mod.ts'
import { type Elementwise, elementsOf, type Matmul, OPERATOR_GROUPS, type OperatorGroup } from './operator.ts'
import {
  type LayerPass,
  type LayerQuirks,
  layerOperators,
  type Transformer,
  type TransformerShape,
} from './transformer.ts'

/** Floating-point operations and bytes moved. */
export interface Work {
  readonly flops: number
  readonly bytes: number
}

/** FLOPs per element of each element-wise operation (a multiply and an add count as two). */
export const FLOPS_PER_ELEMENT: Readonly<Record<Elementwise['kind'], Quantity>> = {
  softmax: {
    value: 4,
    unit: 'FLOP/element',
    source: {
      kind: 'derived',
      how: 'subtract the maximum, exponentiate, add to the sum, divide; the "Other" FLOP cells of Tables 3, 10 and 11 need just this',
    },
  },
  gelu: {
    value: 10,
    unit: 'FLOP/element',
    source: {
      kind: 'derived',
      how: 'tanh form of GELU; 4 GELU + 2 LayerNorm + 2 residual = 58 FLOP per model element is what the "Other" cells need, the split 10/8/1 is the natural one and not identifiable where ffn = 4 hidden',
    },
  },
  layernorm: {
    value: 8,
    unit: 'FLOP/element',
    source: {
      kind: 'derived',
      how: 'mean 1, variance 3, normalise 2, scale and shift 2; see gelu for the sum that is identifiable',
    },
  },
  residual: { value: 1, unit: 'FLOP/element', source: { kind: 'derived', how: 'one addition' } },
}

const oneInOneOut = {
  reads: 1,
  writes: 1,
  source: { kind: 'paper', where: 'Sec. 2.2.1: local memories hold the operands of an operation, each is loaded once' },
} as const

/** Operands read and results written per element of each element-wise operation. */
export const ACCESSES_PER_ELEMENT: Readonly<
  Record<Elementwise['kind'], { readonly reads: number; readonly writes: number; readonly source: Source }>
> = {
  softmax: oneInOneOut,
  gelu: oneInOneOut,
  layernorm: oneInOneOut,
  residual: { ...oneInOneOut, reads: 2 },
}

/** Scale and shift of a LayerNorm, per element of its width. */
export const LAYERNORM_PARAMETERS_PER_ELEMENT: Quantity = {
  value: 2,
  unit: 'parameter/element',
  source: { kind: 'public', which: 'Ba et al., "Layer normalization", arXiv 1607.06450 (gain and bias)' },
}

/** Bytes of one parameter or activation in the ideal count. */
export const BYTES_PER_ELEMENT: Quantity = {
  value: 1,
  unit: 'byte',
  source: { kind: 'paper', where: 'Sec. 2.2.1 (8-bit precision for all operations)' },
}

/** Deviations of the published counts from the rules; none is on by default. */
export interface CountingQuirks extends LayerQuirks {
  /** One tokens x hidden operand of a layer's element-wise operations is left out of the bytes. */
  readonly omitOneElementwiseOperand?: boolean
  /** Q.K^T is counted as if it reduced over the context and produced a head-wide output. */
  readonly transposedScores?: boolean
}

/**
 * FLOPs of a matmul, all repeats: k multiplies and k - 1 additions per output, and one more addition
 * for the bias where there are weights.
 */
export function matmulFlops(op: Matmul): number {
  return (2 * op.k - (op.weights ? 0 : 1)) * op.m * op.n * op.repeats
}

/**
 * Ideal work of a matmul (survey Sec. 2.2.1): each operand is loaded once, the result stored once, a bias
 * vector is not counted in the bytes.
 */
export function idealMatmulWork(op: Matmul): Work {
  const left = op.inputElements ?? op.m * op.k
  return {
    flops: matmulFlops(op),
    bytes: (op.k * op.n + left + op.m * op.n) * op.repeats * BYTES_PER_ELEMENT.value,
  }
}

/** FLOPs of an element-wise operation. */
export function elementwiseFlops(op: Elementwise): number {
  return FLOPS_PER_ELEMENT[op.kind].value * elementsOf(op)
}

/** Ideal work of an element-wise operation: operands once, result once, LayerNorm parameters once. */
export function idealElementwiseWork(op: Elementwise): Work {
  const { reads, writes } = ACCESSES_PER_ELEMENT[op.kind]
  const parameters = op.kind === 'layernorm' ? LAYERNORM_PARAMETERS_PER_ELEMENT.value * op.width * op.repeats : 0
  return {
    flops: elementwiseFlops(op),
    bytes: ((reads + writes) * elementsOf(op) + parameters) * BYTES_PER_ELEMENT.value,
  }
}

/** The constants of the ideal count, for the record of sources. */
export const COUNTING_CONSTANTS: Readonly<Record<string, Quantity>> = {
  bytesPerElement: BYTES_PER_ELEMENT,
  softmaxFlops: FLOPS_PER_ELEMENT.softmax,
  geluFlops: FLOPS_PER_ELEMENT.gelu,
  layernormFlops: FLOPS_PER_ELEMENT.layernorm,
  residualFlops: FLOPS_PER_ELEMENT.residual,
  layernormParameters: LAYERNORM_PARAMETERS_PER_ELEMENT,
}

/** Work by operator group. */
export type GroupedWork = Readonly<Record<OperatorGroup, Work>>

/**
 * Ideal work of one layer by group.
 *
 * @returns FLOPs and bytes of one pass
 * @throws {RangeError} on impossible dimensions
 */
export function layerWork(shape: TransformerShape, pass: LayerPass, quirks: CountingQuirks = {}): GroupedWork {
  const sums: Record<OperatorGroup, { flops: number; bytes: number }> = {
    'mha-projections': { flops: 0, bytes: 0 },
    'mha-act-to-act': { flops: 0, bytes: 0 },
    'ffn-projections': { flops: 0, bytes: 0 },
    other: { flops: 0, bytes: 0 },
  }
  for (const op of layerOperators(shape, pass, quirks)) {
    const work =
      op.kind !== 'matmul'
        ? idealElementwiseWork(op)
        : op.name === 'qk' && quirks.transposedScores
          ? transposedScoresWork(op)
          : idealMatmulWork(op)
    sums[op.group].flops += work.flops
    sums[op.group].bytes += work.bytes
  }
  if (quirks.omitOneElementwiseOperand) {
    sums.other.bytes -= pass.tokens * shape.hidden * BYTES_PER_ELEMENT.value
  }
  return sums
}

/** Q.K^T with reduction and output swapped: K cache and query read, a head-wide row written. */
function transposedScoresWork(op: Matmul): Work {
  return {
    flops: (2 * op.n - 1) * op.m * op.k * op.repeats,
    bytes: (op.k * op.n + 2 * op.m * op.k) * op.repeats * BYTES_PER_ELEMENT.value,
  }
}

/**
 * Ideal work of a whole network by group, plus `total`: an encoder over `seqLen` tokens at once, or a
 * decoder that generates `seqLen` tokens one by one without a prompt (survey Sec. 2.1.2).
 *
 * A decoder step's work is affine in its context, so the sum over steps is taken in closed form.
 *
 * @param model dimensions and kind
 * @param seqLen tokens
 * @returns FLOPs and bytes over all layers (and steps)
 * @throws {RangeError} on impossible dimensions
 */
export function modelWork(
  model: TransformerShape & { readonly kind: Transformer['kind'] },
  seqLen: number,
  quirks: CountingQuirks = {},
): GroupedWork & { readonly total: Work } {
  if (!Number.isSafeInteger(seqLen) || seqLen < 1) {
    throw new RangeError(`Cannot count a network's work: seqLen must be a positive integer, got ${seqLen}`)
  }
  const encoder = model.kind === 'encoder'
  const first = layerWork(model, encoder ? { tokens: seqLen, context: seqLen } : { tokens: 1, context: 1 }, quirks)
  const second = encoder ? first : layerWork(model, { tokens: 1, context: 2 }, quirks)
  const steps = encoder ? 1 : seqLen
  const overSteps = (at1: number, at2: number) =>
    model.layers * (steps * at1 + (at2 - at1) * ((steps * (steps - 1)) / 2))
  const grouped = {} as Record<OperatorGroup, Work>
  let flops = 0
  let bytes = 0
  for (const group of OPERATOR_GROUPS) {
    const work = {
      flops: overSteps(first[group].flops, second[group].flops),
      bytes: overSteps(first[group].bytes, second[group].bytes),
    }
    grouped[group] = work
    flops += work.flops
    bytes += work.bytes
  }
  return { ...grouped, total: { flops, bytes } }
}

/** Arithmetic intensity, FLOP per byte (survey Eq. 1). */
export function intensity(work: Work): number {
  return work.flops / work.bytes
}

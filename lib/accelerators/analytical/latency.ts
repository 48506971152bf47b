import type { Quantity } from '../../numeric/mod.ts'
import {
  type Elementwise,
  elementsOf,
  type LayerQuirks,
  layerOperators,
  type Matmul,
  OPERATOR_GROUPS,
  type Operator,
  type OperatorGroup,
  type Transformer,
  type TransformerShape,
} from '../../workload/mod.ts'
import type { AnalyticalMachine } from './machine.ts'
import { dramMatmulBytes, elementwiseBytes, localMatmulBytes } from './traffic.ts'

/** Passes of the special-function unit over its input. */
export const SFU_PASSES: Readonly<Record<Elementwise['kind'], Quantity>> = {
  softmax: { value: 3, unit: 'pass', source: { kind: 'paper', where: 'survey Sec. 2.1.1' } },
  layernorm: { value: 3, unit: 'pass', source: { kind: 'paper', where: 'survey Fig. 2' } },
  gelu: { value: 1, unit: 'pass', source: { kind: 'assumed', why: 'element-wise', range: '1' } },
  residual: { value: 1, unit: 'pass', source: { kind: 'assumed', why: 'element-wise', range: '1' } },
}

/** Cycles of an operation: the larger of computing and moving, which overlap. */
export interface OperatorCycles {
  readonly compute: number
  readonly memory: number
  readonly cycles: number
}

function overlapped(compute: number, memory: number): OperatorCycles {
  return { compute, memory, cycles: Math.max(compute, memory) }
}

/** Cycles to move bytes over both boundaries, one after the other (deduced from the labels of Fig. 32). */
export function hopCycles(dramBytes: number, localBytes: number, machine: AnalyticalMachine): number {
  return dramBytes / machine.dramBytesPerCycle + localBytes / machine.l2BytesPerCycle
}

/**
 * Cycles of a matmul, all repeats (survey Sec. 3.3): the W x W array takes W cycles per W x W x W block;
 * square tiles cross DRAM-L2 and L2-local memory, and the two hops add.
 *
 * @example
 * ```ts
 * import { fig11Machine, matmulCycles } from '../../lib/accelerators/analytical/mod.ts'
 * import { bertBase, layerOperators } from '../../lib/workload/mod.ts'
 *
 * const [query] = layerOperators(bertBase, { tokens: 512, context: 512 })
 * // A block of 16 x 16 x 16 takes 16 cycles.
 * query?.kind === 'matmul' && matmulCycles(query, fig11Machine).compute // => 32 * 48 * 48 * 16
 * ```
 */
export function matmulCycles(op: Matmul, machine: AnalyticalMachine): OperatorCycles {
  const w = machine.peWidth
  const blocks = Math.ceil(op.m / w) * Math.ceil(op.n / w) * Math.ceil(op.k / w)
  return overlapped(
    op.repeats * blocks * w,
    hopCycles(dramMatmulBytes(op, machine), localMatmulBytes(op, machine), machine),
  )
}

/** Cycles of an element-wise operation on the special-function unit, one vector a cycle and pass. */
export function elementwiseCycles(op: Elementwise, machine: AnalyticalMachine): OperatorCycles {
  const bytes = elementwiseBytes(op, machine)
  return overlapped(
    SFU_PASSES[op.kind].value * Math.ceil(elementsOf(op) / machine.sfuWidth),
    hopCycles(bytes, bytes, machine),
  )
}

/** Cycles of any operator. */
export function operatorCycles(op: Operator, machine: AnalyticalMachine): OperatorCycles {
  return op.kind === 'matmul' ? matmulCycles(op, machine) : elementwiseCycles(op, machine)
}

/**
 * Milliseconds that a number of cycles takes at the machine's clock.
 *
 * @example
 * ```ts
 * import { cyclesToMs, fig11Machine } from '../../lib/accelerators/analytical/mod.ts'
 *
 * cyclesToMs(2e6, fig11Machine) // => 2
 * ```
 */
export function cyclesToMs(cycles: number, machine: AnalyticalMachine): number {
  return cycles / (machine.clockGhz * 1e6)
}

/** Cycles by operator group, and their sum. */
export type GroupedCycles = Readonly<Record<OperatorGroup | 'total', number>>

/**
 * Cycles of one inference without operator fusion: an encoder over `seqLen` tokens, or a decoder generating
 * `seqLen` tokens one by one with a KV cache.
 *
 * @param model dimensions and kind
 * @param machine hardware
 * @param options seqLen in tokens, and quirks of the published workload
 * @returns cycles (fractional: transfers are not rounded) by group
 * @throws {RangeError} on impossible dimensions
 */
export function modelCycles(
  model: TransformerShape & { readonly kind: Transformer['kind'] },
  machine: AnalyticalMachine,
  options: { readonly seqLen: number } & LayerQuirks,
): GroupedCycles {
  const { seqLen, ...quirks } = options
  if (!Number.isSafeInteger(seqLen) || seqLen < 1) {
    throw new RangeError(`Cannot time a network: seqLen must be a positive integer, got ${seqLen}`)
  }
  const sums: Record<OperatorGroup | 'total', number> = {
    'mha-projections': 0,
    'mha-act-to-act': 0,
    'ffn-projections': 0,
    other: 0,
    total: 0,
  }
  const addPass = (tokens: number, context: number) => {
    for (const op of layerOperators(model, { tokens, context }, quirks)) {
      sums[op.group] += operatorCycles(op, machine).cycles * model.layers
    }
  }
  if (model.kind === 'encoder') addPass(seqLen, seqLen)
  else for (let step = 1; step <= seqLen; step++) addPass(1, step)
  for (const group of OPERATOR_GROUPS) sums.total += sums[group]
  return sums
}

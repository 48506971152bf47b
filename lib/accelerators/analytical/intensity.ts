import {
  elementwiseFlops,
  type LayerPass,
  layerOperators,
  matmulFlops,
  type TransformerShape,
  type Work,
} from '../../workload/mod.ts'
import type { AnalyticalMachine } from './machine.ts'
import { dramMatmulBytes, elementwiseBytes, type TrafficRules } from './traffic.ts'

/** A matmul's work against DRAM, under its operator name (`q`, `qk`, `ffn1`, ...) or `total`. */
export interface NonIdealWork extends Work {
  readonly name: string
}

/**
 * Non-ideal work of one layer (survey Sec. 3.3): FLOPs as in the ideal count, bytes as they cross the DRAM-L2
 * boundary under square tiling, outputs before a nonlinear operation at output precision.
 *
 * @param shape dimensions
 * @param pass tokens and context
 * @param options machine, and what the published count adds
 * @returns one entry per matmul (all repeats), then `total` with the element-wise operations and LayerNorm
 *   parameters included
 * @throws {RangeError} on impossible dimensions, or an L2 too small for a tile
 */
export function nonIdealLayerWork(
  shape: TransformerShape,
  pass: LayerPass,
  options: { readonly machine: AnalyticalMachine; readonly rules?: TrafficRules },
): NonIdealWork[] {
  const { machine, rules = {} } = options
  const works: NonIdealWork[] = []
  let flops = 0
  let bytes = 0
  for (const op of layerOperators(shape, pass)) {
    const work =
      op.kind === 'matmul'
        ? { name: op.name, flops: matmulFlops(op), bytes: dramMatmulBytes(op, machine, rules) }
        : {
            name: op.kind,
            flops: elementwiseFlops(op),
            bytes: elementwiseBytes(op, machine, { ...rules, layerNormParameters: true }),
          }
    flops += work.flops
    bytes += work.bytes
    if (op.kind === 'matmul') works.push(work)
  }
  return [...works, { name: 'total', flops, bytes }]
}

import type { AccelTranRun, TileCounts } from '../../../lib/accelerators/acceltran/mod.ts'
import { layerOperators } from '../../../lib/workload/mod.ts'

/** The matrix products of a run in tiles, and how often each occurs. */
export function matmulTiles(
  { shape, sequence, batch }: AccelTranRun,
  tileSide: number,
): { readonly tiles: TileCounts; readonly times: number }[] {
  const count = (elements: number) => Math.ceil(elements / tileSide)
  return layerOperators(shape, { tokens: sequence, context: sequence }).flatMap((op) =>
    op.kind === 'matmul'
      ? [
          {
            tiles: { b: batch, i: count(op.m), j: count(op.n), k: count(op.k) },
            times: op.repeats * shape.layers,
          },
        ]
      : [],
  )
}

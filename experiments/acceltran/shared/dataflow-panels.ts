import { ACCELTRAN, type TileCounts } from '../../../lib/accelerators/acceltran/mod.ts'

/** Rows, columns and depth of W x A in the three panels of Fig. 15; W and A both have the batch dimension. */
export const PANELS = {
  a: { rows: 64, columns: 64, depth: 64 },
  b: { rows: 64, columns: 128, depth: 64 },
  c: { rows: 128, columns: 64, depth: 64 },
} as const
export type Panel = keyof typeof PANELS
export const PANEL_NAMES = Object.keys(PANELS) as Panel[]

/** A product's tiles along each loop. */
export function panelTiles(sizes: {
  readonly batch: number
  readonly rows: number
  readonly columns: number
  readonly depth: number
}): TileCounts {
  const count = (elements: number) => Math.ceil(elements / ACCELTRAN.tileSide.value)
  return { b: sizes.batch, i: count(sizes.rows), j: count(sizes.columns), k: count(sizes.depth) }
}

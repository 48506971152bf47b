import { areaWithDpus, layoutAreas, type TileAreas } from '../../../lib/accelerators/leopard/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { leopard } from './paper.ts'
import { MADE_DPUS } from './tile-params.ts'

const FIG12 = leopard('Sec. 5.3, Fig. 12 (a result of placement and routing, taken as input here)')

/** The placed and routed chip as parameters. */
export const LAYOUT_PARAMS = {
  layoutWidthMm: {
    type: 'number',
    value: 2.3,
    unit: 'mm',
    source: leopard('Fig. 12'),
    description: 'first side of the AE layout',
  },
  layoutHeightMm: {
    type: 'number',
    value: 2.8,
    unit: 'mm',
    source: leopard('Fig. 12'),
    description: 'second side of the AE layout',
  },
  tiles: {
    type: 'integer',
    value: 2,
    unit: 'tile',
    source: leopard('Sec. 5.1'),
    description: 'tiles in the layout',
  },
  frontEndShare: {
    type: 'number',
    value: 0.56,
    max: 1,
    unit: '1',
    source: FIG12,
    description: 'share of QK-DPUs and key buffer in the layout',
  },
  memoryShare: {
    type: 'number',
    value: 0.34,
    max: 1,
    unit: '1',
    source: FIG12,
    description: 'share of the key and value buffers in the layout',
  },
  keyBufferKb: {
    type: 'number',
    value: 48,
    unit: 'KB',
    source: leopard('Table 1'),
    description: 'key buffer per tile (1 KB is 1024 byte)',
  },
  valueBufferKb: {
    type: 'number',
    value: 64,
    unit: 'KB',
    source: leopard('Table 1'),
    description: 'value buffer per tile',
  },
} as const satisfies Record<string, Param>
export type LayoutValues = ParamValues<typeof LAYOUT_PARAMS>

/** Areas of the parts of an AE tile, as it was laid out. */
export function areasOf(params: LayoutValues): TileAreas {
  const { layoutWidthMm, layoutHeightMm, tiles, frontEndShare, memoryShare, keyBufferKb, valueBufferKb } = params
  return layoutAreas({
    widthMm: layoutWidthMm,
    heightMm: layoutHeightMm,
    dpus: MADE_DPUS.AE,
    tiles,
    frontEndShare,
    memoryShare,
    keyBufferKb,
    valueBufferKb,
  })
}

/**
 * Area of an HP tile: as printed for the units it was made with, by that of a unit of the layout for others; mm2.
 *
 * @throws {RangeError} if it could not hold its units
 */
export function hpAreaOf(params: LayoutValues & { readonly hpAreaMm2: number; readonly dpusHp: number }): number {
  return areaWithDpus({ ...areasOf(params), tileMm2: params.hpAreaMm2, dpus: MADE_DPUS.HP }, params.dpusHp)
}

/** HP-LeOPArd's area in Table 2. */
export const HP_AREA_PARAM = {
  type: 'number',
  value: 3.47,
  unit: 'mm2',
  source: leopard('Table 2'),
  description: 'area of one tile of HP-LeOPArd with its 8 QK-DPUs',
} as const satisfies Param

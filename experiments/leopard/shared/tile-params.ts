import type { BitSerialFormat, LeopardTile } from '../../../lib/accelerators/leopard/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { type Config, leopard } from './paper.ts'

/** Units of each configuration as made, whatever a run sets. */
export const MADE_DPUS = { AE: 6, HP: 8 } as const satisfies Record<Config, number>

/** Cycles per surviving score that give ViT-B's printed speedup of 1.1, both ends of its rounding. */
export const VPU_WINDOW = [2.19, 2.4] as const

/** How the value-processing unit's pace was found; predicted for the task that the paper names. */
export const VPU_CALIBRATION = {
  parameter: 'vpuCyclesPerScore',
  method:
    "not printed; ViT-B's 1.1x for both AE and HP says that its back-end sets the pace, so 1/1.1 = alpha (1 - 0.603), rounded",
  window: `${VPU_WINDOW[0]} to ${VPU_WINDOW[1].toFixed(2)}, by the rounding of 1.1 (table windows); one score per cycle would give HP 1.62x`,
} as const

const AE_PARAM = {
  type: 'integer',
  value: MADE_DPUS.AE,
  max: 512,
  unit: 'DPU',
  source: leopard('Sec. 4.1, Table 1'),
  description: 'QK-DPUs per tile of AE-LeOPArd',
} as const satisfies Param
const HP_PARAM = {
  type: 'integer',
  value: MADE_DPUS.HP,
  max: 512,
  unit: 'DPU',
  source: leopard('Sec. 4.1, Table 1'),
  description: 'QK-DPUs per tile of HP-LeOPArd',
} as const satisfies Param

/** How the bits of K are taken, as parameters. */
export const FORMAT_PARAMS = {
  bits: {
    type: 'integer',
    value: 12,
    min: 2,
    max: 16,
    unit: 'bit',
    source: leopard('Sec. 4.2, 5.1'),
    description: 'bits of an element of K, its sign among them; built-in statistics grow in proportion',
  },
  bitsPerCycle: {
    type: 'integer',
    value: 2,
    max: 16,
    unit: 'bit',
    source: leopard('Sec. 4.2'),
    description:
      'B, bits of K per cycle; our trained tasks are counted bit by bit, the printed means are known at 2 and shifted by (B - 2)/2',
  },
} as const satisfies Record<string, Param>

/** Width and step of the units as made, at which the paper states its bits. */
export const PAPER_FORMAT: BitSerialFormat = {
  bits: FORMAT_PARAMS.bits.value,
  bitsPerCycle: FORMAT_PARAMS.bitsPerCycle.value,
}

/** Numbers of units of the two configurations, as parameters. */
export const DPU_PARAMS = { dpusAe: AE_PARAM, dpusHp: HP_PARAM } as const satisfies Record<string, Param>

/** The pace of the value-processing units, as parameters. */
export const VPU_PARAMS = {
  vpuCyclesPerScore: {
    type: 'number',
    value: 2.29,
    unit: 'cycle',
    source: {
      kind: 'calibrated',
      against: 'leopard.f9-min-ae, leopard.f9-min-hp',
      method: VPU_CALIBRATION.method,
      window: VPU_CALIBRATION.window,
    },
    description: "cycles LeOPArd's V-PU spends on a score that survives (alpha)",
  },
  baselineVpuCyclesPerScore: {
    type: 'number',
    value: 1,
    unit: 'cycle',
    source: {
      kind: 'assumed',
      why: "with the same V-PU the baseline would be as slow as its back-end, and LeOPArd's mean speedups 4.1x and 5.4x (table paces)",
      range: "1 to LeOPArd's",
    },
    description: "cycles the baseline's V-PU spends on a score",
  },
} as const satisfies Record<string, Param>

/** Everything that makes a tile, as parameters. */
export const TILE_PARAMS = { ...DPU_PARAMS, ...FORMAT_PARAMS, ...VPU_PARAMS } as const satisfies Record<string, Param>
export type TileValues = ParamValues<typeof TILE_PARAMS>

/** How the bits of K are taken. */
export const formatOf = ({ bits, bitsPerCycle }: ParamValues<typeof FORMAT_PARAMS>): BitSerialFormat => ({
  bits,
  bitsPerCycle,
})

/** A configuration's tile. */
export function tileOf(params: TileValues, config: Config): LeopardTile {
  const { dpusAe, dpusHp, vpuCyclesPerScore } = params
  return { ...formatOf(params), dpus: config === 'AE' ? dpusAe : dpusHp, vpuCyclesPerScore }
}

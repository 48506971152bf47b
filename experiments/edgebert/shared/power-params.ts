import { DVFS_CONSTANTS, type PowerSplit } from '../../../lib/accelerators/edgebert/mod.ts'
import { dramStream, LPDDR4_2400 } from '../../../lib/hardware/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import { assumed } from './machine-params.ts'
import { edgebert } from './tasks.ts'

/** The size the paper chose, whose power is known. */
export const CHOSEN_SIZE = 16
/** The clock that power belongs to. */
export const POWER_GHZ = DVFS_CONSTANTS.maxGhz.value

/** Base powers for which n = 16 takes the least energy at every number of null heads, by the default assumptions. */
export const BASE_WINDOW = [8.21, 53.99] as const

const LANE_POWER = assumed(0, [0, 4], {
  unit: 'MAC',
  min: 0,
  why: 'decoders and accumulator ports grow with n; Fig. 10 is lost',
  description: 'power that grows with n, per lane, in units of one active MAC',
})
const IDLE_ARRAY = assumed(1, [0.2, 1], {
  unit: '1',
  min: 0,
  max: 1,
  why: 'the text explains the optimum with the power of the datapath, which needs an array that is not gated while other units work',
  description: 'power of a MAC while the array is idle, over that while it works',
})

/** Energy of streaming from LPDDR4, to two decimals. */
const LPDDR4_PJ_PER_BIT = Math.round(100 * dramStream(LPDDR4_2400).totalPjPerBit) / 100

/** How power grows with the vector size, as parameters. */
export const SPLIT_PARAMS = {
  basePower: {
    type: 'number',
    value: 21,
    min: 0,
    max: 1e6,
    unit: 'MAC',
    source: {
      kind: 'calibrated',
      against: 'edgebert.optimal-n',
      method:
        'the geometric middle of the base powers for which n = 16 takes the least energy on all four tasks, rounded',
      window: `${BASE_WINDOW[0]} to ${BASE_WINDOW[1]} MACs; table windows of fig08 has those under other assumptions`,
    },
    description: 'power that does not grow with n, in units of one active MAC',
  },
  lanePower: LANE_POWER,
  idleArray: IDLE_ARRAY,
} as const satisfies Record<string, Param>

/** Values of {@link SPLIT_PARAMS}. */
export type SplitValues = ParamValues<typeof SPLIT_PARAMS>

/** The split that the parameters describe. */
export const splitOf = ({ basePower, lanePower, idleArray }: SplitValues): PowerSplit => ({
  base: basePower,
  perLane: lanePower,
  idleArray,
})

/** Power and what lowers it, as parameters. */
export const POWER_PARAMS = {
  powerMw: {
    type: 'number',
    value: 86,
    unit: 'mW',
    source: edgebert('Sec. 8.2.2, Fig. 10'),
    description:
      'average power of the accelerator with n = 16 at 1 GHz and the nominal voltage; for other n it grows as basePower + n^2, what switches of it with the clock',
  },
  leakageShare: assumed(0, [0, 0.2], {
    unit: '1',
    min: 0,
    max: 1,
    why: "the paper's energy is proportional to V^2 and cycles (Sec. 3), which knows no leakage; 12 nm FinFET logic leaks some per cent",
    description:
      'share of the power that is leakage at 1 GHz; neither clock, null heads nor gated multiplications change it',
  }),
  leakageExponent: assumed(3, [1, 4], {
    unit: '1',
    why: 'a current that falls with barrier lowering, times the voltage',
    description: 'power of the voltage with which leakage power falls',
  }),
  pllMw: assumed(0, [0, DVFS_CONSTANTS.pllMw.value], {
    unit: 'mW',
    min: 0,
    why: 'Table 4 gives 2.46 mW at 1 GHz, Fig. 10 does not say whether its 86 mW hold them',
    description:
      "power of the PLL at the nominal clock, beside the accelerator's; it falls with the clock, on a rail of its own",
  }),
  chargeRegulator: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'derived',
      how: "the paper's V^2 counts energy at the load; a linear regulator draws the load's current from the fixed rail",
    },
    description:
      'charge what the linear regulator burns: the rail pays Vrail / V / currentEfficiency of what the logic takes, at the nominal voltage, too',
  },
  weightDramPjPerBit: assumed(0, [0, LPDDR4_PJ_PER_BIT], {
    unit: 'pJ/bit',
    min: 0,
    why: "the paper charges no weight traffic, though a layer's 7 MB do not fit its 128 KB of decoders; LPDDR4 takes the upper end (fig11-embedding-power-on)",
    description: "energy of fetching a layer's weights from DRAM every time",
  }),
  headEnergyShare: {
    type: 'number',
    value: 0.5174,
    min: 0,
    max: 1,
    unit: '1',
    source: {
      kind: 'calibrated',
      against: 'edgebert.aas-energy',
      method:
        "Sec. 8.2.1 prints 1.2x less time but only 1.1x less energy; the share with which SST-2's 7 null heads, 1.213x fewer cycles here, save 1.1x: (1 - 1/1.1) / (1 - 1/1.2131)",
      window: '0.453, with which 8 null heads save 1.1x, to 0.74 (1.15x with 7); 1 is what energy ~ cycles gives',
    },
    description: 'energy that null heads save, as a share of what the cycles they save would take',
  },
} as const satisfies Record<string, Param>

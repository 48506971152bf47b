import { FIG11_MACHINE } from '../../../lib/accelerators/analytical/mod.ts'
import { paramsFrom } from '../../../lib/harness/mod.ts'

/** The hardware of Fig. 11 as parameters. */
export const MACHINE_PARAMS = {
  ...paramsFrom(FIG11_MACHINE, {
    dramBytesPerCycle: 'bandwidth between DRAM and L2',
    l2BytesPerCycle: 'bandwidth between L2 and the local memories',
    l2Bytes: 'capacity of the L2',
    scratchpadBytes: 'capacity of the scratchpad, half of it for the tiles in use (double-buffered)',
    accumulatorBytes: 'capacity of the accumulator; enters the latency only with accumulatorLimitsTile',
    clockGhz: 'clock frequency',
    inputBits: 'precision of operands',
    outputBits: 'precision of outputs before a nonlinear operation',
  }),
  peWidth: { ...FIG11_MACHINE.peWidth, type: 'integer', description: 'side W of the W x W array' },
  sfuWidth: {
    ...FIG11_MACHINE.sfuWidth,
    type: 'integer',
    description: 'elements a special-function unit takes per cycle',
  },
  accumulatorLimitsTile: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'assumed',
      why: "the labels of Fig. 32 come out with 256 x 256 tiles (17 of 18; 13 with tiles that fit), whose 32-bit outputs need twice Fig. 11's accumulator; true cuts the tile down to what fits",
      range: 'true or false',
    },
    description: 'cut the output tile down to what the accumulator holds',
  },
} as const

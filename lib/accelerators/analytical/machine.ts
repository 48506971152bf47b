import type { Quantity, Source } from '../../numeric/mod.ts'

const fig11: Source = { kind: 'paper', where: 'survey Fig. 11' }

/** The survey's analytical machine (Fig. 11): each setting with its unit and source. */
export const FIG11_MACHINE = {
  dramBytesPerCycle: { value: 64, unit: 'byte/cycle', source: fig11 },
  l2BytesPerCycle: { value: 16, unit: 'byte/cycle', source: fig11 },
  l2Bytes: { value: 2 * 1024 * 1024, unit: 'byte', source: fig11 },
  scratchpadBytes: { value: 256 * 1024, unit: 'byte', source: fig11 },
  accumulatorBytes: { value: 128 * 1024, unit: 'byte', source: fig11 },
  peWidth: { value: 16, unit: 'PE', source: fig11 },
  sfuWidth: { value: 16, unit: 'element', source: fig11 },
  clockGhz: { value: 1, unit: 'GHz', source: fig11 },
  inputBits: { value: 8, unit: 'bit', source: fig11 },
  outputBits: { value: 32, unit: 'bit', source: fig11 },
} as const satisfies Record<string, Quantity>

/** A machine of that kind, as plain numbers in the units of {@link FIG11_MACHINE}. */
export interface AnalyticalMachine {
  /** Bandwidth between DRAM and L2. */
  readonly dramBytesPerCycle: number
  /** Bandwidth between L2 and the local memories. */
  readonly l2BytesPerCycle: number
  readonly l2Bytes: number
  readonly scratchpadBytes: number
  readonly accumulatorBytes: number
  /** Side W of the W x W array of processing elements. */
  readonly peWidth: number
  /** Elements a special-function unit takes per cycle. */
  readonly sfuWidth: number
  readonly clockGhz: number
  /** Precision of operands. */
  readonly inputBits: number
  /** Precision of outputs that a nonlinear operation reads. */
  readonly outputBits: number
  /** Cut the output tile down to what the accumulator holds; the published latencies do not. */
  readonly accumulatorLimitsTile?: boolean
}

/** {@link FIG11_MACHINE} as plain numbers. */
export const fig11Machine: AnalyticalMachine = {
  dramBytesPerCycle: FIG11_MACHINE.dramBytesPerCycle.value,
  l2BytesPerCycle: FIG11_MACHINE.l2BytesPerCycle.value,
  l2Bytes: FIG11_MACHINE.l2Bytes.value,
  scratchpadBytes: FIG11_MACHINE.scratchpadBytes.value,
  accumulatorBytes: FIG11_MACHINE.accumulatorBytes.value,
  peWidth: FIG11_MACHINE.peWidth.value,
  sfuWidth: FIG11_MACHINE.sfuWidth.value,
  clockGhz: FIG11_MACHINE.clockGhz.value,
  inputBits: FIG11_MACHINE.inputBits.value,
  outputBits: FIG11_MACHINE.outputBits.value,
}

const deduced = (how: string): Source => ({
  kind: 'derived',
  how: `${how}; deduced from the labels of Fig. 32, the paper does not say`,
})

/** Choices of the latency model that are no settings of the machine. */
export const TILING_CONSTANTS = {
  scratchpadShare: {
    value: 0.5,
    unit: '1',
    source: deduced('double buffering leaves half the scratchpad to the tiles in use'),
  },
  biasBytes: { value: 0, unit: 'byte/element', source: deduced('no bias is loaded, unlike in Table 5') },
} as const satisfies Record<string, Quantity>

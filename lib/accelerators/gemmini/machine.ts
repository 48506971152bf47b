import { type SystolicArray, WORD_BITS } from '../../hardware/mod.ts'
import type { Hierarchy } from '../../mapping/mod.ts'
import type { Quantity, Source } from '../../numeric/mod.ts'

const paper = (where: string): Source => ({ kind: 'paper', where: `survey ${where}` })

/** The survey's Gemmini: each setting with its unit and source. */
export const GEMMINI = {
  arrayDim: { value: 16, unit: 'PE', source: paper('Sec. 3.4.1') },
  scratchpadKb: { value: 256, unit: 'KiB', source: paper('Sec. 3.4.1') },
  accumulatorKb: { value: 64, unit: 'KiB', source: paper('Sec. 3.4.1') },
  operandBytes: { value: WORD_BITS.operand.value / 8, unit: 'byte', source: WORD_BITS.operand.source },
  partialSumBytes: { value: WORD_BITS.partialSum.value / 8, unit: 'byte', source: WORD_BITS.partialSum.source },
  dramWordsPerCycle: {
    value: 5.75,
    unit: 'word/cycle',
    source: {
      kind: 'public',
      which: 'ucb-bar/dosa a7a3239 dataset/hw/gemmini/arch/arch_cosa.yaml, DRAM bandwidth in words per cycle',
    },
  },
  mapperWordsPerCycle: {
    value: 8,
    unit: 'word/cycle',
    source: {
      kind: 'public',
      which:
        'shared_bandwidth of DRAM in the Timeloop models of the same laboratory: ucb-bar/gemmini modeling/timeloop/arch/arch_default.yaml, ucb-bar/dosa dataset/hw/gemmini/arch/arch.yaml',
    },
  },
  dmaBytesPerCycle: {
    value: 16,
    unit: 'byte/cycle',
    source: { kind: 'public', which: 'ucb-bar/gemmini 8c3f992 Configs.scala: dma_buswidth of 128 bits' },
  },
  activationUnits: { value: 16, unit: 'element/cycle', source: paper('Sec. 3.4.4') },
  accumulatorPasses: {
    value: 3,
    unit: 'pass',
    source: {
      kind: 'public',
      which:
        'ucb-bar/gemmini-rocc-tests 180c468 include/gemmini.h: softmax is max; sum of exponentials; output, LayerNorm is mean; deviation; output',
    },
  },
  bufferShare: {
    value: 0.5,
    unit: '1',
    source: {
      kind: 'public',
      which:
        'ucb-bar/gemmini-rocc-tests 180c468 include/gemmini.h, tiled_matmul_auto: double buffering halves both memories',
    },
  },
} as const satisfies Record<string, Quantity>

/** A Gemmini-like accelerator, as plain numbers. */
export interface Gemmini {
  /** Side of the square array; a block is a square of that many elements a side. */
  readonly arrayDim: number
  readonly scratchpadBytes: number
  readonly accumulatorBytes: number
  readonly operandBytes: number
  readonly partialSumBytes: number
  /** Special-function units, elements per cycle. */
  readonly activationUnits: number
  /** Times softmax and LayerNorm read the accumulator. */
  readonly accumulatorPasses: number
  /** Share of each memory that the tiles in use may fill: a half leaves room for the next ones. */
  readonly bufferShare: number
}

/**
 * The survey's Gemmini with memories of the given sizes.
 *
 * @param sizes in KiB; the baseline's by default
 */
export function gemmini(
  sizes: { readonly scratchpadKb?: number; readonly accumulatorKb?: number; readonly arrayDim?: number } = {},
): Gemmini {
  const {
    scratchpadKb = GEMMINI.scratchpadKb.value,
    accumulatorKb = GEMMINI.accumulatorKb.value,
    arrayDim = GEMMINI.arrayDim.value,
  } = sizes
  return {
    arrayDim,
    scratchpadBytes: scratchpadKb * 1024,
    accumulatorBytes: accumulatorKb * 1024,
    operandBytes: GEMMINI.operandBytes.value,
    partialSumBytes: GEMMINI.partialSumBytes.value,
    activationUnits: GEMMINI.activationUnits.value,
    accumulatorPasses: GEMMINI.accumulatorPasses.value,
    bufferShare: GEMMINI.bufferShare.value,
  }
}

/** The same machine as a mapper sees it. */
export function gemminiHierarchy(machine: Gemmini, dramWordsPerCycle: number): Hierarchy {
  return {
    rows: machine.arrayDim,
    columns: machine.arrayDim,
    scratchpadBytes: machine.scratchpadBytes,
    accumulatorBytes: machine.accumulatorBytes,
    operandBytes: machine.operandBytes,
    accumulatorWordBytes: machine.partialSumBytes,
    dramWordsPerCycle,
  }
}

/** The same machine as an energy table sees it. */
export function gemminiArray(machine: Gemmini): SystolicArray {
  return {
    rows: machine.arrayDim,
    columns: machine.arrayDim,
    scratchpadBytes: machine.scratchpadBytes,
    accumulatorBytes: machine.accumulatorBytes,
  }
}

import type { Quantity } from '../../numeric/mod.ts'
import type { Gemmini } from './machine.ts'
import { computeCycles, matmulTraffic, type OperandReuse } from './matmul.ts'
import { type BlockTile, type MatmulShape, memoryUse } from './tiler.ts'

/** Words that a pass over memory moves per element of a normalisation that is not fused. */
export const PASS_WORDS = {
  /** Read the element, read or write the statistic it is reduced to. */
  reduction: {
    value: 2,
    unit: 'word/element',
    source: { kind: 'public', which: 'ucb-bar/dosa a7a3239 workloads/bert/mm_{1,3,5}_red.yaml' },
  },
  /** Read the element and its statistic, write the result. */
  elementwise: {
    value: 3,
    unit: 'word/element',
    source: { kind: 'public', which: 'ucb-bar/dosa a7a3239 workloads/bert/mm_{1,3,5}_ews.yaml' },
  },
} as const satisfies Record<string, Quantity>

/** Passes over memory of a normalisation that is not fused. */
export interface NormalisationPasses {
  readonly reductions: number
  readonly elementwise: number
}

/** Words per element of a normalisation that is not fused. */
export function normalisationWords(passes: NormalisationPasses): number {
  return passes.reductions * PASS_WORDS.reduction.value + passes.elementwise * PASS_WORDS.elementwise.value
}

/** How fused and non-fused schedules are timed. */
export interface FusionOptions {
  /** Words of all data together that may cross to or from DRAM per cycle. */
  readonly dramWordsPerCycle: number
  readonly reuse: OperandReuse
}

/** A matmul whose rows are normalised, done `repeats` times (once per head). */
export interface NormalisedMatmul extends MatmulShape {
  readonly repeats: number
  readonly passes: NormalisationPasses
}

/** Latency of a matmul with the normalisation of its rows, both ways, over all repeats. */
export interface FusionLatency {
  readonly nonFused: {
    readonly tile: BlockTile
    readonly matmulCycles: number
    readonly normalisationCycles: number
    readonly cycles: number
  }
  readonly fused: {
    readonly tile: BlockTile
    readonly matmulCycles: number
    readonly cycles: number
    /** Shares of the memories that a tile of whole rows takes; above 1 the fused schedule cannot run. */
    readonly use: ReturnType<typeof memoryUse>
  }
}

/**
 * Times a matmul and the normalisation of its rows. Non-fused, the matmul is tiled as fast as it can be and the
 * normalisation streams its output through memory; fused, the tile must hold whole rows, and the normalisation runs
 * behind the matmul from the accumulator.
 *
 * @throws {RangeError} if the memories hold no tile or an option is not positive
 * @see survey Sec. 5.5.2
 */
export function fusionLatency(pair: NormalisedMatmul, machine: Gemmini, options: FusionOptions): FusionLatency {
  const { dramWordsPerCycle, reuse } = options
  if (!(dramWordsPerCycle > 0)) {
    throw new RangeError(`Cannot time a fusion: dramWordsPerCycle must be above 0, got ${dramWordsPerCycle}`)
  }
  const matmul = (start: 'square' | 'full-row') => {
    const { tile, operands, outputs } = matmulTraffic(pair, machine, { reuse, start })
    const cycles = Math.max(computeCycles(pair, machine), (operands + outputs) / dramWordsPerCycle)
    return { tile, cycles: cycles * pair.repeats }
  }
  const elements = pair.m * pair.n * pair.repeats
  const onChipCycles = (machine.accumulatorPasses * elements) / machine.activationUnits
  const streamedCycles = (elements * normalisationWords(pair.passes)) / dramWordsPerCycle
  const plain = matmul('square')
  const rows = matmul('full-row')
  const normalisationCycles = Math.max(streamedCycles, onChipCycles)
  return {
    nonFused: {
      tile: plain.tile,
      matmulCycles: plain.cycles,
      normalisationCycles,
      cycles: plain.cycles + normalisationCycles,
    },
    fused: {
      tile: rows.tile,
      matmulCycles: rows.cycles,
      cycles: Math.max(rows.cycles, onChipCycles),
      use: memoryUse(rows.tile, machine),
    },
  }
}

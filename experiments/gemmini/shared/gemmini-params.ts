import { GEMMINI } from '../../../lib/accelerators/gemmini/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import type { Source } from '../../../lib/numeric/mod.ts'
import { bertBase, type TransformerShape } from '../../../lib/workload/mod.ts'

/** What a place in the survey says. */
export const survey = (where: string): Source => ({ kind: 'paper', where: `survey ${where}` })

/** Energies are counted in pJ and reported in mJ. */
export const PJ_PER_MJ = 1e9

/** BERT-Base's layer as parameters. */
export const LAYER_PARAMS = {
  hidden: {
    type: 'integer',
    value: bertBase.hidden,
    unit: 'element',
    source: bertBase.source,
    description: 'model dimension d',
  },
  heads: {
    type: 'integer',
    value: bertBase.heads,
    unit: 'head',
    source: bertBase.source,
    description: 'attention heads',
  },
  ffn: {
    type: 'integer',
    value: bertBase.ffn,
    unit: 'element',
    source: bertBase.source,
    description: 'inner width of the FFN',
  },
} as const satisfies Record<string, Param>

/** One layer of the given dimensions. */
export function oneLayer(params: {
  readonly hidden: number
  readonly heads: number
  readonly ffn: number
}): TransformerShape {
  const { hidden, heads, ffn } = params
  return { layers: 1, hidden, heads, ffn }
}

export const ARRAY_DIM_PARAM = {
  ...GEMMINI.arrayDim,
  type: 'integer',
  description: 'side of the square systolic array',
} as const satisfies Param

/** Bandwidth in bytes; for the 8-bit operands of Sec. 3.4 a word is a byte. */
export const BANDWIDTH_PARAM = {
  type: 'number',
  value: GEMMINI.dramWordsPerCycle.value,
  unit: 'byte/cycle',
  source: GEMMINI.dramWordsPerCycle.source,
  min: 1e-3,
  description: 'bandwidth between DRAM and the local memories; the source counts 8-bit words',
} as const satisfies Param

/** The same for Sec. 5.5, where every element is a word. */
export const WORD_BANDWIDTH_PARAM = {
  ...BANDWIDTH_PARAM,
  unit: 'word/cycle',
  description: 'words of all data together between DRAM and the local memories',
} as const satisfies Param

/** A list of memory sizes. */
export function sizesParam(what: string, value: readonly number[], source: Source) {
  return { type: 'integer', value, unit: 'KiB', source, description: `${what} sizes` } as const satisfies Param
}

/** A memory's size. */
export function sizeParam(what: string, value: number, source: Source) {
  return { type: 'integer', value, unit: 'KiB', source, description: what } as const satisfies Param
}

/** Passes over memory of a normalisation that is not fused. */
export const PASS_PARAMS = {
  softmaxReductions: {
    type: 'integer',
    value: 1,
    min: 0,
    unit: 'pass',
    source: {
      kind: 'calibrated',
      against: 'survey.fusion-softmax-share',
      method:
        'the numbers of passes, at least one of each kind, whose share of the non-fused pair is nearest to the printed one',
      window:
        '1 + 1 gives 76.9 % with 256 kB and 75.5 % with 128 kB; 2 + 1 gives 82.4 and 81.2 %, 1 + 2 gives 84.2 and 83.1 %',
    },
    description: 'reduction passes over memory of a softmax that is not fused',
  },
  softmaxElementwise: {
    type: 'integer',
    value: 1,
    min: 0,
    unit: 'pass',
    source: {
      kind: 'calibrated',
      against: 'survey.fusion-softmax-share',
      method: 'with softmaxReductions',
      window: 'see softmaxReductions',
    },
    description: 'element-wise passes over memory of a softmax that is not fused',
  },
  layernormReductions: {
    type: 'integer',
    value: 2,
    min: 0,
    unit: 'pass',
    source: {
      kind: 'calibrated',
      against: 'survey.fusion-wout-128, survey.fusion-wout-256 and survey.fusion-ffn-512',
      method: 'the numbers of passes, at least one of each kind, with the least RMS difference from the three',
      window: '2 + 2 gives 0.7 points RMS; 1 + 3 and 4 + 1 give 4.2, 3 + 1 gives 4.9',
    },
    description: 'reduction passes over memory of a LayerNorm that is not fused',
  },
  layernormElementwise: {
    type: 'integer',
    value: 2,
    min: 0,
    unit: 'pass',
    source: {
      kind: 'calibrated',
      against: 'survey.fusion-wout-128, survey.fusion-wout-256 and survey.fusion-ffn-512',
      method: 'with layernormReductions',
      window: 'see layernormReductions',
    },
    description: 'element-wise passes over memory of a LayerNorm that is not fused',
  },
} as const satisfies Record<string, Param>

/** The machine's constants that no experiment makes a parameter. */
export const MACHINE_CONSTANTS = {
  operandBytes: GEMMINI.operandBytes,
  partialSumBytes: GEMMINI.partialSumBytes,
  accumulatorPasses: GEMMINI.accumulatorPasses,
  activationUnits: GEMMINI.activationUnits,
  bufferShare: GEMMINI.bufferShare,
} as const

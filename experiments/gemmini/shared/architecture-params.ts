import {
  type ArchitectureSpace,
  type CostTable,
  costTable,
  GEMMINI,
  gemmini,
  HEAD_WIDTH_RULES,
  type HeadWidthRule,
  type SubNetwork,
} from '../../../lib/accelerators/gemmini/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import { MAP_SPACE_NAMES } from '../../../lib/mapping/mod.ts'
import { bertBase } from '../../../lib/workload/mod.ts'
import { ARRAY_DIM_PARAM, PJ_PER_MJ, sizeParam, survey } from './gemmini-params.ts'
import { MAP_SPACE_PARAMS } from './map-space-study.ts'

const table8 = survey('Table 8')
const range = (from: number, to: number, step: number) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step)

/** Table 8's search space as parameters. */
export const SPACE_PARAMS = {
  layerChoices: {
    type: 'integer',
    value: [3, 4, 5, 6],
    unit: 'layer',
    source: table8,
    description: 'numbers of layers',
  },
  headChoices: {
    type: 'integer',
    value: [4, 6, 8, 10, 12],
    unit: 'head',
    source: table8,
    description: 'heads per layer',
  },
  hiddenChoices: {
    type: 'integer',
    value: range(384, 768, 96),
    unit: 'element',
    source: table8,
    description: 'model dimensions',
  },
  ffnChoices: {
    type: 'integer',
    value: range(768, 3072, 128),
    unit: 'element',
    source: table8,
    description: 'FFN widths per layer',
  },
} as const satisfies Record<string, Param>

/** The machine and the mapper behind the cost table of Sec. 6.4.1 as parameters. */
export const COST_PARAMS = {
  seqLen: {
    type: 'integer',
    value: 512,
    unit: 'token',
    source: survey('Sec. 6.4.1'),
    description: 'sequence length',
  },
  arrayDim: ARRAY_DIM_PARAM,
  scratchpadKb: sizeParam('scratchpad', 64, survey('Sec. 6.4.1')),
  accumulatorKb: sizeParam('accumulator', 256, survey('Sec. 6.4.1')),
  dramWordsPerCycle: MAP_SPACE_PARAMS.dramWordsPerCycle,
  energyTable: MAP_SPACE_PARAMS.energyTable,
  mapSpace: {
    type: 'string',
    value: 'arch_baseline',
    choices: MAP_SPACE_NAMES.filter((name) => name !== 'random'),
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'as in fig18-mapspace; all of it is searched, for which random is too large',
      range: MAP_SPACE_NAMES.filter((name) => name !== 'random').join(', '),
    },
    description: 'constraints on the mappings searched',
  },
  headWidthRule: {
    type: 'string',
    value: 'floor',
    choices: HEAD_WIDTH_RULES,
    unit: '1',
    source: {
      kind: 'calibrated',
      against: 'survey.nas-t9-edp',
      method:
        'Table 9 has 672 elements for 10 heads, which is no width; of three readings the one nearest to the printed EDP',
      window: 'floor is 6 % below it, whole-blocks 29 %, fixed 45 %',
    },
    description: 'width of a head: integer part of d/h, d/h rounded up to whole blocks of the array, or fixed',
  },
  fixedHeadWidth: {
    type: 'integer',
    value: bertBase.hidden / bertBase.heads,
    unit: 'element',
    source: { kind: 'derived', how: "BERT-Base's 768/12, the largest network's" },
    description: 'width of a head where it is fixed',
  },
  vocabulary: {
    type: 'integer',
    value: 0,
    min: 0,
    unit: 'token',
    source: {
      kind: 'assumed',
      why: 'Sec. 6.4.1 does not say whether the language-model head is counted; 30522 is the vocabulary of BERT',
      range: '0 or 30522',
    },
    description: 'outputs of a language-model head; 0 leaves it out',
  },
  residualWords: {
    type: 'number',
    value: 3,
    unit: 'word/element',
    source: { kind: 'derived', how: 'two operands read, one sum written' },
    description: 'words that a residual addition moves per element',
  },
} as const satisfies Record<string, Param>

/** Values of {@link COST_PARAMS}. */
export interface CostValues {
  readonly seqLen: number
  readonly arrayDim: number
  readonly scratchpadKb: number
  readonly accumulatorKb: number
  readonly dramWordsPerCycle: number
  readonly energyTable: string
  readonly mapSpace: string
  readonly headWidthRule: string
  readonly fixedHeadWidth: number
  readonly vocabulary: number
  readonly residualWords: number
}

/** The machine of Sec. 6.4.1. */
function searchedMachine(values: CostValues) {
  const { scratchpadKb, accumulatorKb, arrayDim } = values
  return gemmini({ scratchpadKb, accumulatorKb, arrayDim })
}

/** The rule of head width, which is text to the harness. */
export function headWidthRuleOf(values: Pick<CostValues, 'headWidthRule'>): HeadWidthRule {
  return values.headWidthRule as HeadWidthRule
}

/** The cost table that {@link COST_PARAMS} describe. */
export function costTableOf(values: CostValues): CostTable {
  return costTable(searchedMachine(values), { ...values, headWidthRule: headWidthRuleOf(values) })
}

/** The search space that {@link SPACE_PARAMS} describe. */
export function spaceOf(values: {
  readonly layerChoices: readonly number[]
  readonly headChoices: readonly number[]
  readonly hiddenChoices: readonly number[]
  readonly ffnChoices: readonly number[]
}): ArchitectureSpace {
  return {
    layers: values.layerChoices,
    heads: values.headChoices,
    hidden: values.hiddenChoices,
    ffn: values.ffnChoices,
  }
}

/** The largest network of a space: Sec. 6.4's baseline, for Table 8. */
export function largestNetwork(space: ArchitectureSpace): SubNetwork {
  const layer = { heads: Math.max(...space.heads), ffn: Math.max(...space.ffn) }
  return { hidden: Math.max(...space.hidden), layers: Array.from({ length: Math.max(...space.layers) }, () => layer) }
}

/** The smallest one. */
export function smallestNetwork(space: ArchitectureSpace): SubNetwork {
  const layer = { heads: Math.min(...space.heads), ffn: Math.min(...space.ffn) }
  return { hidden: Math.min(...space.hidden), layers: Array.from({ length: Math.min(...space.layers) }, () => layer) }
}

/** Energy-delay product in the unit that makes Table 9's number come out, cycle x mJ. */
export function edpCyclesMj(cost: { readonly cycles: number; readonly energyPj: number }): number {
  return (cost.cycles * cost.energyPj) / PJ_PER_MJ
}

/** The constants behind the costs. */
export const COST_CONSTANTS = {
  activationUnits: GEMMINI.activationUnits,
  accumulatorPasses: GEMMINI.accumulatorPasses,
} as const

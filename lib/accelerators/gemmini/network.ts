import { arrayEnergies } from '../../hardware/mod.ts'
import { leastEdpMapping, type Mapping, mapSpace, matmulProblem } from '../../mapping/mod.ts'
import { elementsOf, type LayerOperator, layerOperators, macsOf } from '../../workload/mod.ts'
import { type Gemmini, gemminiArray, gemminiHierarchy } from './machine.ts'
import type { MatmulShape } from './tiler.ts'

/** One layer of a network whose layers differ. */
export interface LayerChoice {
  readonly heads: number
  readonly ffn: number
}

/** A Transformer encoder whose layers may differ in heads and FFN width, as architecture search finds them. */
export interface SubNetwork {
  readonly hidden: number
  readonly layers: readonly LayerChoice[]
}

/**
 * How wide a head is where the model dimension is no multiple of the heads. `floor`: the integer part of d/h, as in the
 * common implementations; `whole-blocks`: d/h rounded up to the array's side; `fixed`: the same for any number of heads.
 */
export const HEAD_WIDTH_RULES = ['floor', 'whole-blocks', 'fixed'] as const
export type HeadWidthRule = (typeof HEAD_WIDTH_RULES)[number]

/** The width of a head under a rule. */
export function headWidthUnder(
  rule: HeadWidthRule,
  layer: { readonly hidden: number; readonly heads: number },
  options: { readonly arrayDim: number; readonly fixedWidth: number },
): number {
  const { hidden, heads } = layer
  switch (rule) {
    case 'floor':
      return Math.max(1, Math.floor(hidden / heads))
    case 'whole-blocks':
      return Math.ceil(hidden / heads / options.arrayDim) * options.arrayDim
    case 'fixed':
      return options.fixedWidth
  }
}

/** Cycles and energy of a piece of work, on one machine. */
export interface Cost {
  readonly cycles: number
  readonly energyPj: number
  readonly macs: number
}

/** How a network is priced. */
export interface NetworkOptions {
  readonly seqLen: number
  readonly dramWordsPerCycle: number
  readonly energyTable: string
  readonly mapSpace: string
  readonly headWidthRule: HeadWidthRule
  readonly fixedHeadWidth: number
  /** Outputs of a language-model head over the last layer; 0 for none. */
  readonly vocabulary: number
  /** Words a residual addition moves per element. */
  readonly residualWords: number
}

/**
 * A table of operator costs on one machine: each matmul under the mapping with the least energy-delay product of the
 * whole map space, searched when it is first asked for; softmax and LayerNorm from the accumulator, residual additions
 * through memory. Costs of operators add up to those of a network.
 *
 * @see survey Sec. 6.4.1
 */
export interface CostTable {
  operator(operator: LayerOperator): Cost
  network(network: SubNetwork): Cost
  /** The matmuls searched so far, in that order. */
  entries(): readonly TableEntry[]
}

/** A matmul with its best mapping. */
export interface TableEntry extends MatmulShape {
  readonly cycles: number
  readonly energyPj: number
  readonly mapping: Mapping
}

/**
 * An empty cost table.
 *
 * @throws {RangeError} on an unknown energy table or map space
 */
export function costTable(machine: Gemmini, options: NetworkOptions): CostTable {
  const { seqLen, dramWordsPerCycle, headWidthRule, fixedHeadWidth, vocabulary, residualWords } = options
  const space = mapSpace(options.mapSpace)
  const hierarchy = gemminiHierarchy(machine, dramWordsPerCycle)
  const energies = arrayEnergies(options.energyTable, gemminiArray(machine))
  const known = new Map<string, TableEntry>()

  const matmul = ({ m, k, n }: MatmulShape): TableEntry => {
    const key = `${m} ${k} ${n}`
    const found = known.get(key)
    if (found) return found
    const best = leastEdpMapping({ problem: matmulProblem({ m, k, n }), space, hierarchy }, energies)
    const entry = { m, k, n, cycles: best.cycles, energyPj: best.energyPj, mapping: best.mapping }
    known.set(key, entry)
    return entry
  }
  const operator = (op: LayerOperator): Cost => {
    switch (op.kind) {
      case 'matmul': {
        const { cycles, energyPj } = matmul(op)
        return { cycles: cycles * op.repeats, energyPj: energyPj * op.repeats, macs: macsOf(op) }
      }
      case 'softmax':
      case 'layernorm': {
        const passes = machine.accumulatorPasses * elementsOf(op)
        return { cycles: passes / machine.activationUnits, energyPj: passes * energies.accumulatorPj, macs: 0 }
      }
      case 'residual': {
        const words = residualWords * elementsOf(op)
        return { cycles: words / dramWordsPerCycle, energyPj: words * energies.dramPj, macs: 0 }
      }
      case 'gelu':
        return { cycles: 0, energyPj: 0, macs: 0 }
    }
  }
  return {
    operator,
    network({ hidden, layers }) {
      const pass = { tokens: seqLen, context: seqLen }
      const operators = layers.flatMap(({ heads, ffn }) => {
        const width = { arrayDim: machine.arrayDim, fixedWidth: fixedHeadWidth }
        const headWidth = headWidthUnder(headWidthRule, { hidden, heads }, width)
        return layerOperators({ layers: 1, hidden, heads, ffn, headWidth }, pass)
      })
      const head: LayerOperator[] = vocabulary > 0 ? [languageModelHead(seqLen, hidden, vocabulary)] : []
      return [...operators, ...head].map(operator).reduce(
        (sum, cost) => ({
          cycles: sum.cycles + cost.cycles,
          energyPj: sum.energyPj + cost.energyPj,
          macs: sum.macs + cost.macs,
        }),
        { cycles: 0, energyPj: 0, macs: 0 },
      )
    },
    entries: () => [...known.values()],
  }
}

function languageModelHead(seqLen: number, hidden: number, vocabulary: number): LayerOperator {
  return {
    kind: 'matmul',
    name: 'lm-head',
    group: 'other' as const,
    m: seqLen,
    k: hidden,
    n: vocabulary,
    repeats: 1,
    weights: true,
    feedsNonlinear: true,
  }
}

/** Weights, biases and LayerNorm parameters of a network's layers, embeddings excluded. */
export function layerParameters(
  { hidden, layers }: SubNetwork,
  width: (layer: { readonly hidden: number; readonly heads: number }) => number,
): number {
  return layers.reduce((sum, { heads, ffn }) => {
    const w = heads * width({ hidden, heads })
    const attention = 3 * (hidden * w + w) + (w * hidden + hidden)
    const feedForward = hidden * ffn + ffn + (ffn * hidden + hidden)
    return sum + attention + feedForward + 2 * 2 * hidden
  }, 0)
}

import { type LayerCycles, scaledEnergy } from '../../../lib/accelerators/edgebert/mod.ts'
import { type GatingValues, sparseGain } from './gating-params.ts'
import { cyclesOf, type DatapathValues, datapathOf, type ShapeValues, toMs } from './machine-params.ts'
import { type SplitValues, splitOf } from './power-params.ts'
import { checkTaskLists, TASKS, type Task } from './tasks.ts'

/** What Fig. 8 adds one after the other. */
export const OPTIMISATIONS = ['none', 'AAS', 'AAS+Sparse'] as const
export type Optimisation = (typeof OPTIMISATIONS)[number]
/** Readings of the datapath besides the one of the parameters. */
export const DATAPATHS: Readonly<Record<string, Partial<DatapathValues>>> = {
  'as the parameters say': {},
  'special function unit at one cycle a state': { softmaxInterval: 1, layernormInterval: 1, residualInterval: 1 },
  'special function unit at six cycles a state': { softmaxInterval: 6, layernormInterval: 6 },
  'half of the weights streamed': { busBits: 64, streamDensity: 0.5 },
  'all weights streamed': { busBits: 64, streamDensity: 1 },
  'output tiles drained': { drainTiles: true },
}

/** Null heads and the gain of gating. */
export interface Work {
  readonly nullHeads: number
  readonly gain: number
}
/** What fig08 runs on. */
export type Values = ShapeValues &
  DatapathValues &
  SplitValues &
  GatingValues & {
    readonly sizes: readonly number[]
    readonly nullHeads: readonly number[]
    readonly encoderSparsity: readonly number[]
    readonly classes: number
    readonly maxGhz: number
    readonly powerMw: number
    readonly weightDramPjPerBit: number
  }

/** Checks that sizes rise and the lists fit the tasks. */
export function checkSizes({ sizes, nullHeads, encoderSparsity }: Values): void {
  if (sizes.some((n, i) => i > 0 && n <= (sizes[i - 1] as number))) {
    throw new RangeError(`Cannot compare sizes: they must rise, got ${sizes.join(',')}`)
  }
  checkTaskLists({ nullHeads, encoderSparsity })
}

/** What a task brings under an optimisation. */
export function workOf(params: Values, task: Task, optimisation: Optimisation): Work {
  const index = TASKS.indexOf(task)
  return {
    nullHeads: optimisation === 'none' ? 0 : (params.nullHeads[index] as number),
    gain: optimisation === 'AAS+Sparse' ? sparseGain(params, params.encoderSparsity[index] as number) : 1,
  }
}

/** Cycles of a layer at a size. */
export function layerAt(params: Values, n: number, nullHeads: number): LayerCycles {
  return cyclesOf(params, nullHeads, datapathOf(params, n, params.classes))
}

/** Cycles of a layer at a size, the processing unit and the rest. */
export function partsAt(params: Values, n: number, nullHeads: number): { n: number; matmul: number; other: number } {
  const { matmul, total } = layerAt(params, n, nullHeads)
  return { n, matmul, other: total - matmul }
}

/** Energy of a layer in units of one active MAC's cycle. */
export function energyOf(params: Values, { n, nullHeads, gain }: Work & { readonly n: number }): number {
  return scaledEnergy(partsAt(params, n, nullHeads), n, splitOf(params)) / gain
}

/** The size of the least energy. */
export function optimalSize(params: Values, work: Work): number {
  const [best] = params.sizes
    .map((n) => ({ n, energy: energyOf(params, { n, ...work }) }))
    .sort((a, b) => a.energy - b.energy)
  return best?.n ?? 0
}

/** Latency of all layers with all heads. */
export function sentenceMs(params: Values, n: number): number {
  return params.layers * toMs(layerAt(params, n, 0).total, params.maxGhz)
}

/** Gain in latency per doubling of n from the smallest size to the largest; null if there is but one. */
export function meanDoubling(params: Values): number | null {
  const { sizes } = params
  const [first, last] = [sizes[0] as number, sizes.at(-1) as number]
  if (first === last) return null
  return perDoubling(sentenceMs(params, first) / sentenceMs(params, last), last / first)
}

function perDoubling(ratio: number, growth: number): number {
  return Math.exp(Math.log(ratio) / Math.log2(growth))
}

/** Gain in latency per doubling of n between neighbouring sizes. */
export function doublings(params: Values): number[] {
  return params.sizes.slice(1).map((n, i) => {
    const before = params.sizes[i] as number
    return perDoubling(sentenceMs(params, before) / sentenceMs(params, n), n / before)
  })
}

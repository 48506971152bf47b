import {
  ACTIVATION_ROOMS,
  type AreaRule,
  buildMemories,
  COMPUTES,
  DESIGNS,
  type Design,
  EMBEDDING_READS,
  FILLS,
  type HmaOptions,
  type InferenceCost,
  inferenceCost,
  type Memories,
  mediantBound,
  memoryAreaMm2,
  type PrunedModel,
  placementOf,
  storageOf,
  type Traffic,
  trafficOf,
  WEIGHT_READS,
} from '../../../lib/accelerators/hma/mod.ts'
import { ACCESS_TIMES, COMPOSITIONS } from '../../../lib/hardware/mod.ts'
import { numberFormat } from '../../../lib/numeric/mod.ts'
import { EDGEBERT_MM2, type HmaSwitches, READINGS, type ScenarioValues } from './hma-params.ts'
import { type HmaStudy, studyOf } from './hma-study.ts'

/** The sizes of Sec. III-B2, both modules alike. */
const WIDTHS = { '32 + 32': [32, 32], '64 + 64': [64, 64], '128 + 128': [128, 128] } as const satisfies Record<
  string,
  readonly number[]
>

/** What the text leaves open and the space walks through, with all choices; tokens and sparsities are parameters. */
export const SPACE = {
  resident: ['none', 'adapters'],
  adapterSizes: Object.keys(WIDTHS) as (keyof typeof WIDTHS)[],
  activationRoom: ACTIVATION_ROOMS,
  composition: COMPOSITIONS,
  accessTime: ACCESS_TIMES,
  weightReads: WEIGHT_READS,
  embeddingReads: EMBEDDING_READS,
  activationTraffic: ['no', 'yes'],
  fill: FILLS,
  compute: COMPUTES,
  leakage: ['no', 'yes'],
  dram: ['lpddr4', 'lpddr3'],
  area: ['macros', 'macros + accelerator', 'densities'],
} as const satisfies Record<string, readonly string[]>
export type Switch = keyof typeof SPACE
export const SWITCH_NAMES = Object.keys(SPACE) as Switch[]

/** The six numbers that a combination gives: reductions against vanilla in FP32. */
export const METRICS = ['areaFp32', 'energyFp32', 'latencyFp32', 'areaQ35', 'energyQ35', 'latencyQ35'] as const
export type Metric = (typeof METRICS)[number]

/** The six numbers as columns of a table. */
export const METRIC_COLUMNS = {
  areaFp32: { type: 'number', unit: 'x' },
  energyFp32: { type: 'number', unit: 'x' },
  latencyFp32: { type: 'number', unit: 'x' },
  areaQ35: { type: 'number', unit: 'x' },
  energyQ35: { type: 'number', unit: 'x' },
  latencyQ35: { type: 'number', unit: 'x' },
} as const satisfies Record<Metric, { readonly type: 'number'; readonly unit: 'x' }>

/** Results of all combinations, by index; the last switch of {@link SPACE} changes fastest. */
export interface SpaceResults {
  readonly count: number
  readonly values: Readonly<Record<Metric, Float64Array>>
  /** adapter-ALBERT beats vanilla of the same format in all three, in all formats. */
  readonly allRound: Uint8Array
  /** Largest ratio of a term of energy to its counterpart, FP32; infinite where a term has none. */
  readonly energyBound: Float64Array
  /** Largest ratio of a term of time of FP32 to its counterpart of Q3.5, both of adapter-ALBERT. */
  readonly formatBound: Float64Array
}

const FORMATS = ['FP32', 'Q3.13', 'Q3.5'].map(numberFormat)
const SIDES: readonly Design[] = [DESIGNS.vanilla, DESIGNS.adapter]

/** A design in a format, as far as the inner switches leave it alone. */
interface Side {
  readonly model: PrunedModel
  readonly design: Design
  readonly memories: Memories
  /** By rule. */
  readonly areas: Readonly<Record<AreaRule, number>>
}

/** What a choice of the area sets. */
const areaOf = (choice: string) => ({
  areaRule: choice === 'densities' ? ('densities' as const) : ('macros' as const),
  acceleratorMm2: choice === 'macros + accelerator' ? EDGEBERT_MM2.value : 0,
})
const AREAS = SPACE.area.map(areaOf)

/** What a choice sets of the parameters of the study. */
export function settingOf(name: Switch, choice: string): Partial<HmaSwitches> {
  if (name === 'adapterSizes') return { adapterSizes: WIDTHS[choice as keyof typeof WIDTHS] }
  if (name === 'activationTraffic' || name === 'leakage') return { [name]: choice === 'yes' }
  return name === 'area' ? areaOf(choice) : { [name]: choice }
}

/** How far apart combinations are that differ in the next choice of a switch alone. */
export function strideOf(name: Switch): number {
  return SWITCH_NAMES.slice(SWITCH_NAMES.indexOf(name) + 1).reduce((product, later) => product * SPACE[later].length, 1)
}

/** The choices of a combination. */
export function choicesOf(index: number): Readonly<Record<Switch, string>> {
  const choice = (name: Switch) => SPACE[name][Math.floor(index / strideOf(name)) % SPACE[name].length] as string
  return Object.fromEntries(SWITCH_NAMES.map((name) => [name, choice(name)])) as Record<Switch, string>
}

/**
 * Every combination of the switches, on the model, tasks and memories that the parameters describe.
 */
export function sweepSpace(params: ScenarioValues, files: Readonly<Record<string, string>>): SpaceResults {
  const count = SWITCH_NAMES.reduce((product, name) => product * SPACE[name].length, 1)
  const array = () => new Float64Array(count)
  const values = Object.fromEntries(METRICS.map((name) => [name, array()])) as Record<Metric, Float64Array>
  const results = { count, values, allRound: new Uint8Array(count), energyBound: array(), formatBound: array() }
  let index = 0
  for (const resident of SPACE.resident) {
    for (const sizes of SPACE.adapterSizes) {
      // Files are read once for each; a task file has its own adapters.
      const studies = SPACE.dram.map((dram) =>
        studyOf({ ...params, ...READINGS.literal.set, dram, adapterSizes: WIDTHS[sizes] }, files),
      )
      for (const activationRoom of SPACE.activationRoom) {
        for (const composition of SPACE.composition) {
          for (const accessTime of SPACE.accessTime) {
            const [study] = studies as [HmaStudy]
            const options = { ...study.options, resident, activationRoom }
            const sides = FORMATS.flatMap(({ bits }) =>
              SIDES.map((design): Side => {
                const model = { ...study.model, bits }
                const placement = placementOf(design, storageOf({ model, design, mix: study.mix, options }))
                const memories = buildMemories(study.tables, placement, { composition, accessTime })
                const areas = {
                  macros: memoryAreaMm2(memories, placement),
                  densities: memoryAreaMm2(memories, placement, study.densities),
                }
                return { model, design, memories, areas }
              }),
            )
            index = sweepInner({ studies, options, sides }, results, index)
          }
        }
      }
    }
  }
  return results
}

interface InnerContext {
  readonly studies: readonly HmaStudy[]
  readonly options: HmaOptions
  /** FP32, Q3.13, Q3.5, each vanilla and adapter. */
  readonly sides: readonly Side[]
}

/** The switches that leave what is stored and where as it is. */
function sweepInner({ studies, options, sides }: InnerContext, results: SpaceResults, start: number): number {
  const { values, allRound, energyBound, formatBound } = results
  const [study] = studies as [HmaStudy]
  let index = start
  for (const weightReads of SPACE.weightReads) {
    for (const embeddingReads of SPACE.embeddingReads) {
      for (const traffic of SPACE.activationTraffic) {
        const moving = { ...options, weightReads, embeddingReads, activationTraffic: traffic === 'yes' }
        const moved = sides.map(({ model, design }) => trafficOf({ model, design, mix: study.mix, options: moving }))
        for (const fill of SPACE.fill) {
          for (const compute of SPACE.compute) {
            for (const leakage of SPACE.leakage) {
              const chosen = { ...moving, fill, compute, leakage: leakage === 'yes' }
              for (const { machine } of studies) {
                const costs = sides.map(({ model, design, memories }, i) =>
                  inferenceCost({ model, design, options: chosen }, memories, { moved: moved[i] as Traffic, machine }),
                )
                const [v32, a32, v16, a16, v8, a8] = costs as Six<InferenceCost>
                const beats = cheaper(a32, v32) && cheaper(a16, v16) && cheaper(a8, v8)
                const terms = mediantBound(energiesOf(v32), energiesOf(a32))
                const formats = mediantBound(timesOf(a32), timesOf(a8))
                for (const { areaRule, acceleratorMm2 } of AREAS) {
                  const [V32, A32, V16, A16, V8, A8] = sides.map(({ areas }) => areas[areaRule] + acceleratorMm2) as Six
                  values.areaFp32[index] = V32 / A32
                  values.areaQ35[index] = V32 / A8
                  values.energyFp32[index] = v32.energyPj / a32.energyPj
                  values.energyQ35[index] = v32.energyPj / a8.energyPj
                  values.latencyFp32[index] = v32.latencyNs / a32.latencyNs
                  values.latencyQ35[index] = v32.latencyNs / a8.latencyNs
                  allRound[index] = beats && V32 > A32 && V16 > A16 && V8 > A8 ? 1 : 0
                  energyBound[index] = terms
                  formatBound[index] = formats
                  index += 1
                }
              }
            }
          }
        }
      }
    }
  }
  return index
}

type Six<T = number> = [T, T, T, T, T, T]

const cheaper = (a: InferenceCost, b: InferenceCost) => a.energyPj < b.energyPj && a.latencyNs < b.latencyNs

/** Parts of the time; DRAM and the filling of SRAM are one, since one may hide the other. */
function timesOf({ latencyParts }: InferenceCost): number[] {
  const { dram, fill, shared, task, activations, compute } = latencyParts
  return [dram + fill, shared, task, activations, compute]
}

/** Parts of the energy; what the parameters of a task take is one, whether they are loaded, written or read. */
function energiesOf({ energyParts }: InferenceCost): number[] {
  const { dram, fill, task, values, mask, activations, leakage } = energyParts
  return [dram + fill + task, values, mask, activations, leakage]
}

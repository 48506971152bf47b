import {
  ACCELTRAN,
  ACCELTRAN_BLOCKS,
  ACCELTRAN_QUIRKS,
  type AccelTran,
  type AccelTranQuirk,
  type AccelTranQuirks,
  type AccelTranRun,
  type AccelTranSettings,
  bitsPerCycle,
  EDGE,
  MAIN_MEMORY_ACCESS_NJ,
  MAIN_MEMORY_NAMES,
  MAIN_MEMORY_SOURCE,
  type MainMemoryName,
  type Sparsity,
  TILE_SIDES,
} from '../../../lib/accelerators/acceltran/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import type { Quantity, Source } from '../../../lib/numeric/mod.ts'
import type { Transformer } from '../../../lib/workload/mod.ts'
import { acceltran, LONG_SEQUENCE, repository } from './paper.ts'

/** Every constant of the machine that is no parameter. */
export const BLOCK_CONSTANTS: Readonly<Record<string, Quantity>> = {
  ...Object.fromEntries(
    Object.entries(ACCELTRAN_BLOCKS).flatMap(([name, { value, unit, source }]) =>
      typeof value === 'number'
        ? [[name, { value, unit, source }]]
        : Object.entries(value).map(([field, number], i) => [
            `${name}.${field}`,
            { value: number as number, unit: unit.split(', ')[i] ?? unit, source },
          ]),
    ),
  ),
  ...Object.fromEntries(
    Object.entries(MAIN_MEMORY_ACCESS_NJ).map(([name, value]) => [
      `mainMemory.${name}`,
      { value, unit: 'nJ', source: MAIN_MEMORY_SOURCE },
    ]),
  ),
  multipliers: ACCELTRAN.multipliers,
  wordBits: ACCELTRAN.wordBits,
  maskBits: ACCELTRAN.maskBits,
}

const integer = (quantity: Quantity, description: string, max?: number) =>
  ({ ...quantity, type: 'integer', description, ...(max === undefined ? {} : { max }) }) as const satisfies Param
const real = (quantity: Quantity, description: string) =>
  ({ ...quantity, type: 'number', description }) as const satisfies Param

/** A model and what it is run on, as parameters. */
export const modelParams = (model: Transformer, source: Source) => ({
  layers: integer({ value: model.layers, unit: 'layer', source }, 'encoder layers', 200),
  heads: integer({ value: model.heads, unit: 'head', source }, 'attention heads', 256),
  hidden: integer({ value: model.hidden, unit: 'element', source }, 'model dimension h', 65536),
  ffn: integer({ value: model.ffn, unit: 'element', source: model.source }, 'inner width of the feed-forward network'),
  vocabulary: integer(ACCELTRAN.vocabulary, 'words that have an embedding'),
  sequence: integer({ value: 512, unit: 'token', source: LONG_SEQUENCE }, 'tokens of a sequence', 65536),
})

/** Shares of zeros, as parameters. */
export const SPARSITY_PARAMS = {
  activationSparsity: {
    ...ACCELTRAN.activationSparsity,
    type: 'number',
    min: 0,
    max: 0.999,
    description: 'share of zeros among activations, by DynaTran',
  },
  weightSparsity: {
    ...ACCELTRAN.weightSparsity,
    type: 'number',
    min: 0,
    max: 0.999,
    description: 'share of zeros among weights, by movement pruning',
  },
} as const satisfies Record<string, Param>

/** Bytes per cycle that a bandwidth has at least: with less, a batch takes longer than anybody waits. */
const MIN_BANDWIDTH = 0.1

/** A configuration as parameters. */
export const machineParams = (settings: AccelTranSettings) => ({
  batch: integer(settings.batch, 'sequences of a batch', 4096),
  pes: integer(settings.pes, 'processing elements', 65536),
  macLanesPerPe: integer(settings.macLanesPerPe, 'MAC lanes of a PE', 1024),
  softmaxPerPe: integer(settings.softmaxPerPe, 'softmax modules of a PE', 1024),
  tileSide: integer(ACCELTRAN.tileSide, `side of a tile; synthesised are ${TILE_SIDES.join(', ')}`, 1024),
  issueWidth: integer(settings.issueWidth, 'tile operations that the control block issues per head and cycle', 65536),
  activationMb: real(settings.activationMb, 'activation buffer'),
  weightMb: real(settings.weightMb, 'weight buffer'),
  maskMb: real(settings.maskMb, 'mask buffer'),
  mainMemory: {
    type: 'string',
    value: settings.mainMemory.value as string,
    choices: MAIN_MEMORY_NAMES,
    unit: 'type_banks_ranks_channels',
    source: settings.mainMemory.source,
    description: 'main memory, whose energy per access it sets',
  } as const satisfies Param<string>,
  mainMemoryBytesPerCycle: {
    ...real(settings.mainMemoryBytesPerCycle, 'bandwidth of main memory'),
    min: MIN_BANDWIDTH,
  },
  bufferBytesPerCycle: {
    ...real(ACCELTRAN.bufferBytesPerCycle, 'bandwidth into the activation buffer'),
    min: MIN_BANDWIDTH,
  },
})

const quirkParam = (quirk: AccelTranQuirk) => {
  const { published, right } = ACCELTRAN_QUIRKS[quirk]
  return {
    type: 'boolean',
    value: false,
    unit: 'switch',
    source: repository(`simulator: ${published}`),
    description: `as published: ${published}; else: ${right}`,
  } as const satisfies Param
}

/** Names of the published simulator's rules, in the order in which reports show them. */
export const QUIRK_NAMES = Object.keys(ACCELTRAN_QUIRKS) as readonly AccelTranQuirk[]

/** The published simulator's rules, as parameters; off is right. */
export const QUIRK_PARAMS = {
  ...(Object.fromEntries(QUIRK_NAMES.map((name) => [name, quirkParam(name)])) as {
    readonly [Q in AccelTranQuirk]: ReturnType<typeof quirkParam>
  }),
  reportPeriod: {
    type: 'integer',
    value: 1000,
    unit: 'cycle',
    source: repository('configuration of the runs behind the figures (plot_steps); without staleSkip it has no effect'),
    description: 'cycles between progress reports, where waiting is not skipped',
  },
} as const satisfies Record<string, Param>

/** Every rule as published; the energy of loads as in the code that made Figs. 17 and 19, or as in the last one. */
export const allQuirks = (denseLoadEnergy: boolean) =>
  ({
    ...(Object.fromEntries(QUIRK_NAMES.map((name) => [name, true])) as { readonly [Q in AccelTranQuirk]: boolean }),
    denseLoadEnergy,
  }) as const
/** Every rule as it should be. */
export const NO_QUIRKS = Object.fromEntries(QUIRK_NAMES.map((name) => [name, false])) as {
  readonly [Q in AccelTranQuirk]: boolean
}

/** Variants of a simulation: what the paper's numbers evidently rest on, and the rules as they should be. */
export const simulationVariants = (denseLoadEnergy: boolean) =>
  ({
    'as-published': {
      why: `the authors' simulator, rule by rule (--help lists them)${denseLoadEnergy ? ', with the load energy it had until 2022-09-30' : ''}`,
      set: allQuirks(denseLoadEnergy),
    },
    corrected: {
      why: 'every tile operation runs once on one module and waits for its inputs, weights are loaded once, data wait for room as they must, energy counts what is moved, bytes have 8 bit, buffers leak. Still not simulated: reads of operands from the buffers (fig15 prices them), residual additions, zeros of weights in the lanes',
      set: NO_QUIRKS,
    },
  }) as const

/** Sequences of a batch, where nothing else of the machine matters. */
export const EDGE_BATCH = machineParams(EDGE).batch

export type ModelValues = ParamValues<ReturnType<typeof modelParams>>
export type MachineValues = ParamValues<ReturnType<typeof machineParams>>
export type QuirkValues = ParamValues<typeof QUIRK_PARAMS>
export type SparsityValues = ParamValues<typeof SPARSITY_PARAMS>

/** The run that parameters describe. */
export function runOf(params: ModelValues & Pick<MachineValues, 'batch'>): AccelTranRun {
  const { layers, heads, hidden, ffn, vocabulary, sequence, batch } = params
  return { shape: { layers, heads, hidden, ffn }, vocabulary, sequence, batch }
}

/** The switches that parameters set. */
export function quirksOf(params: QuirkValues): AccelTranQuirks {
  return Object.fromEntries(QUIRK_NAMES.map((name) => [name, params[name]]))
}

/** The machine that parameters describe. */
export function machineOf(params: MachineValues & QuirkValues): AccelTran {
  const quirks = quirksOf(params)
  return {
    pes: params.pes,
    macLanesPerPe: params.macLanesPerPe,
    softmaxPerPe: params.softmaxPerPe,
    tileSide: params.tileSide,
    issueWidth: params.issueWidth,
    clockMhz: ACCELTRAN.clockMhz.value,
    buffers: { activationMb: params.activationMb, weightMb: params.weightMb, maskMb: params.maskMb },
    mainMemoryBitsPerCycle: bitsPerCycle(params.mainMemoryBytesPerCycle, quirks),
    bufferBitsPerCycle: bitsPerCycle(params.bufferBytesPerCycle, quirks),
    mainMemoryAccessNj: MAIN_MEMORY_ACCESS_NJ[params.mainMemory as MainMemoryName],
  }
}

/** The shares of zeros that parameters set. */
export function sparsityOf({ activationSparsity, weightSparsity }: SparsityValues): Sparsity {
  return { activations: activationSparsity, weights: weightSparsity }
}

/** The model of the edge device, as the paper describes it. */
export const TINY_SOURCE = acceltran('Sec. II-A, IV-A')

/** All values of a device that runs a model, at their defaults. */
export function defaultBatch(
  settings: AccelTranSettings,
  model: Transformer,
): ModelValues & MachineValues & SparsityValues {
  const params = { ...modelParams(model, TINY_SOURCE), ...machineParams(settings), ...SPARSITY_PARAMS }
  const values = Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]))
  return values as ModelValues & MachineValues & SparsityValues
}

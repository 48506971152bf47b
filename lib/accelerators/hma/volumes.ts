import { bitmaskBytes } from '../../numeric/mod.ts'
import {
  type ActivationTraffic,
  type AdaptedEncoder,
  activationTraffic,
  countOf,
  EMBEDDING_MODULES,
  inferenceMacs,
  LAYER_MODULES,
  liveActivations,
  type Module,
  type ModuleCounts,
  moduleCounts,
  otherModules,
} from '../../workload/mod.ts'
import type { Design } from './design.ts'
import type { HmaOptions } from './options.ts'
import { loadedPerInference, meanOver, type Task, type TaskMix } from './task-mix.ts'

/** A pruned and quantised encoder, and the sentence it reads. */
export interface PrunedModel {
  /** Adapters and classifier are the tasks'. */
  readonly encoder: Omit<AdaptedEncoder, 'adapters' | 'labels'>
  /** Zeros among the parameters of the embedding, and among the others that tasks share. */
  readonly embeddingSparsity: number
  readonly backboneSparsity: number
  /** Bits of a stored number. */
  readonly bits: number
  readonly tokens: number
}

/** A model in a design, with its tasks and the choices that the paper leaves open. */
export interface Deployment {
  readonly model: PrunedModel
  readonly design: Design
  readonly mix: TaskMix
  readonly options: HmaOptions
}

/** Bytes that a design keeps on chip (adapter-ALBERT Table III). */
export interface Storage {
  /** Non-zero values of what tasks share, and the bitmask beside them. */
  readonly valueBytes: number
  readonly maskBytes: number
  /** Parameters of tasks: of the largest one, or of all where they stay. */
  readonly taskBytes: number
  readonly activationBytes: number
}

/** Bytes that an inference moves, mean over the tasks. */
export interface Traffic {
  readonly valueBytes: number
  readonly maskBytes: number
  readonly taskBytes: number
  readonly activationReadBytes: number
  readonly activationWriteBytes: number
  /** Loaded from DRAM for another task. */
  readonly reloadBytes: number
  readonly macs: number
}

function checkModel({ embeddingSparsity, backboneSparsity, bits, tokens, encoder }: PrunedModel): void {
  const fail = (name: string, must: string, got: number): never => {
    throw new RangeError(`Cannot place a model: ${name} must be ${must}, got ${got}`)
  }
  for (const [name, value] of Object.entries({ embeddingSparsity, backboneSparsity })) {
    if (!(value >= 0 && value <= 1)) fail(name, 'from 0 to 1', value)
  }
  if (!(Number.isSafeInteger(bits) && bits >= 1)) fail('bits', 'a positive integer', bits)
  const { positions } = encoder.embedding
  if (!(Number.isSafeInteger(tokens) && tokens >= 1 && tokens <= positions)) {
    fail('tokens', `from 1 to ${positions}, the positions of the embedding`, tokens)
  }
}

/** A task's encoder as a design has it. */
function encoderOf(model: PrunedModel, design: Design, task: Task): AdaptedEncoder {
  return { ...model.encoder, adapters: design.adapters ? task.adapters : [], labels: task.labels }
}

/** Parameters that a design keeps per task. */
export function taskParameters(model: PrunedModel, design: Design, task: Task): number {
  return countOf(moduleCounts(encoderOf(model, design, task)), otherModules(design.shared))
}

/**
 * What a design stores.
 *
 * @throws {RangeError} on dimensions no encoder can have, or a sparsity outside 0 to 1
 */
export function storageOf({ model, design, mix, options }: Deployment): Storage {
  checkModel(model)
  const { bits, tokens, encoder } = model
  const counts = moduleCounts({ ...encoder, adapters: [], labels: 0 })
  const elements = countOf(counts, design.shared)
  const nonZeros = nonZerosOf(model, counts, design.shared)
  const perTask = mix.kinds.map(({ task }) => taskParameters(model, design, task))
  const all = mix.kinds.reduce((sum, { count }, i) => sum + count * (perTask[i] as number), 0)
  const words = staysResident(design, options) ? all : Math.max(...perTask)
  const { activationRoom } = options
  const live = mix.kinds.map(({ task }) =>
    activationRoom === 'none' ? 0 : liveActivations(encoderOf(model, design, task), tokens, activationRoom),
  )
  const { valueBytes, maskBytes } = bitmaskBytes({ elements, nonZeros, valueBits: bits })
  return { valueBytes, maskBytes, taskBytes: (words * bits) / 8, activationBytes: (Math.max(...live) * bits) / 8 }
}

/**
 * What an inference of a design moves and computes.
 *
 * @throws {RangeError} as {@link storageOf}
 */
export function trafficOf({ model, design, mix, options }: Deployment): Traffic {
  checkModel(model)
  const { bits, tokens, encoder } = model
  const counts = moduleCounts({ ...encoder, adapters: [], labels: 0 })
  const passes = options.weightReads === 'every layer' && encoder.sharedLayers ? encoder.shape.layers : 1
  const timesRead = (name: Module) => (LAYER_MODULES.includes(name) ? passes : 1)
  const backbone = design.shared.filter((name) => !EMBEDDING_MODULES.includes(name))
  const weights = backbone.reduce((sum, name) => sum + timesRead(name) * counts[name], 0)
  const rows = embeddingElements(model, counts, options.embeddingReads)
  const own = otherModules(design.shared)
  const taskReads = (task: Task) => {
    const ofTask = moduleCounts(encoderOf(model, design, task))
    return own.reduce((sum, name) => sum + timesRead(name) * ofTask[name], 0)
  }
  const bytes = (words: number) => (words * bits) / 8
  const activations = (which: keyof ActivationTraffic) =>
    options.activationTraffic
      ? bytes(meanOver(mix, (task) => activationTraffic(encoderOf(model, design, task), tokens)[which]))
      : 0
  return {
    valueBytes: bytes(rows * (1 - model.embeddingSparsity) + weights * (1 - model.backboneSparsity)),
    maskBytes: (rows + weights) / 8,
    taskBytes: bytes(meanOver(mix, taskReads)),
    activationReadBytes: activations('read'),
    activationWriteBytes: activations('written'),
    reloadBytes: staysResident(design, options)
      ? 0
      : bytes(loadedPerInference(mix, (task) => taskParameters(model, design, task))),
    macs: meanOver(mix, (task) => inferenceMacs(encoderOf(model, design, task), tokens)),
  }
}

function staysResident(design: Design, { resident }: Pick<HmaOptions, 'resident'>): boolean {
  return resident === 'all' || (resident === 'adapters' && design.adapters)
}

function nonZerosOf(model: PrunedModel, counts: ModuleCounts, shared: readonly Module[]): number {
  const kept = (sparsity: number, modules: readonly Module[]) => {
    const dense = (1 - sparsity) * countOf(counts, modules)
    // What is read now and then must be somewhere.
    return dense > 0 ? Math.max(1, Math.round(dense)) : 0
  }
  const inEmbedding = (name: Module) => EMBEDDING_MODULES.includes(name)
  return (
    kept(model.embeddingSparsity, shared.filter(inEmbedding)) +
    kept(
      model.backboneSparsity,
      shared.filter((name) => !inEmbedding(name)),
    )
  )
}

/** Elements of the embedding that a sentence reads: rows of its words and positions, and what all tokens share. */
function embeddingElements(
  { encoder, tokens }: PrunedModel,
  counts: ModuleCounts,
  reads: HmaOptions['embeddingReads'],
): number {
  const all = countOf(counts, EMBEDDING_MODULES)
  if (reads === 'table') return all
  const { vocabulary, positions, width = encoder.shape.hidden } = encoder.embedding
  return all - (vocabulary - Math.min(tokens, vocabulary)) * width - (positions - tokens) * width
}

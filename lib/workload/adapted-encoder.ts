import { type EmbeddingShape, encoderParameters } from './parameters.ts'
import type { TransformerShape } from './transformer.ts'

/** An encoder with what tasks add to it: residual adapters and a classifier (adapter-ALBERT Sec. II-A). */
export interface AdaptedEncoder {
  readonly shape: TransformerShape
  readonly embedding: EmbeddingShape
  /** All layers share one set of weights, adapters included, as in ALBERT. */
  readonly sharedLayers: boolean
  /**
   * Bottleneck widths of the adapter modules of a layer in execution order, the same in every layer; empty for none. A
   * list of such lists, one for each layer, where layers have weights of their own and differ.
   */
  readonly adapters: readonly number[] | readonly (readonly number[])[]
  /** Outputs of the classifier; 0 for none. */
  readonly labels: number
  /** @default true */
  readonly pooler?: boolean
  /** The matrices of the adapters have biases. @default true */
  readonly adapterBiases?: boolean
}

/** Groups of parameters, in the order in which an input meets them. */
export const MODULES = [
  'word embedding',
  'other embedding',
  'mapping',
  'layer matrices',
  'layer norms',
  'adapters',
  'pooler',
  'head',
] as const
export type Module = (typeof MODULES)[number]

/** Parameters of each group, those of all layers in one number. */
export type ModuleCounts = Readonly<Record<Module, number>>

/** Groups that every layer uses. */
export const LAYER_MODULES: readonly Module[] = ['layer matrices', 'layer norms', 'adapters']
/** Groups of the embedding tables. */
export const EMBEDDING_MODULES: readonly Module[] = ['word embedding', 'other embedding']
/** What adapter-ALBERT trains for each task (Sec. II-A); all else is its backbone. */
export const ADAPTED_MODULES: readonly Module[] = ['layer norms', 'adapters', 'head']

/**
 * Parameters of one adapter module: down to the bottleneck, and up again.
 *
 * @throws {RangeError} if the bottleneck is no positive integer
 */
export function adapterParameters(hidden: number, bottleneck: number, biases = true): number {
  if (!(Number.isSafeInteger(bottleneck) && bottleneck >= 1)) {
    throw new RangeError(`Cannot size an adapter: its bottleneck must be a positive integer, got ${bottleneck}`)
  }
  return 2 * hidden * bottleneck + (biases ? bottleneck + hidden : 0)
}

/**
 * Exact parameter counts of a BERT or ALBERT with adapters and classifier, biases included.
 *
 * @throws {RangeError} on dimensions no encoder can have, or as {@link adaptersByLayer}
 */
export function moduleCounts(model: AdaptedEncoder): ModuleCounts {
  const { shape, embedding, sharedLayers, labels, pooler = true, adapterBiases = true } = model
  const { hidden, layers } = shape
  if (!(Number.isSafeInteger(labels) && labels >= 0)) {
    throw new RangeError(`Cannot size a classifier: labels must be a whole number, got ${labels}`)
  }
  const counts = encoderParameters(shape, embedding, { sharedLayers })
  const copies = sharedLayers ? 1 : layers
  const layerNorms = 4 * hidden
  const modules = sharedLayers ? (adaptersByLayer(model)[0] ?? []) : adaptersByLayer(model).flat()
  return {
    'word embedding': counts.wordEmbedding,
    'other embedding': counts.otherEmbedding,
    mapping: counts.mapping,
    'layer matrices': copies * (counts.layer - layerNorms),
    'layer norms': copies * layerNorms,
    adapters: modules.reduce((sum, bottleneck) => sum + adapterParameters(hidden, bottleneck, adapterBiases), 0),
    pooler: pooler ? counts.pooler : 0,
    head: labels > 0 ? hidden * labels + labels : 0,
  }
}

/**
 * Bottleneck widths of the adapter modules that an inference runs, layer by layer.
 *
 * @throws {RangeError} if there is not one list for each layer, or lists differ among layers that share their weights
 */
export function adaptersByLayer({ adapters, shape, sharedLayers }: AdaptedEncoder): readonly (readonly number[])[] {
  const lists = adapters.filter((entry) => typeof entry !== 'number')
  if (lists.length === 0) return Array.from({ length: shape.layers }, () => adapters as readonly number[])
  if (sharedLayers || lists.length !== adapters.length || lists.length !== shape.layers) {
    throw new RangeError(
      `Cannot place adapters: they must be widths for every layer, or, where layers do not share their weights, ${shape.layers} lists of them, got ${lists.length} lists`,
    )
  }
  return lists
}

/** Parameters of so many groups together. */
export function countOf(counts: ModuleCounts, modules: readonly Module[] = MODULES): number {
  return modules.reduce((sum, name) => sum + counts[name], 0)
}

/** The groups that are not among these, in order. */
export function otherModules(modules: readonly Module[]): readonly Module[] {
  return MODULES.filter((name) => !modules.includes(name))
}

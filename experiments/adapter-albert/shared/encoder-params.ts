import type { Param } from '../../../lib/harness/mod.ts'
import type { Source } from '../../../lib/numeric/mod.ts'
import { type AdaptedEncoder, ALBERT_EMBEDDING, albertBase } from '../../../lib/workload/mod.ts'
import { adapterAlbert } from './paper.ts'

/** Where ALBERT's dimensions are from. */
export const ALBERT_SOURCE: Source = albertBase.source

/** The encoder as parameters: ALBERT-base, whose layers share one set of weights. */
export const ENCODER_PARAMS = {
  layers: {
    type: 'integer',
    value: albertBase.layers,
    max: 1000,
    unit: 'layer',
    source: adapterAlbert('Sec. I, Fig. 1'),
    description: 'encoder layers',
  },
  hidden: {
    type: 'integer',
    value: albertBase.hidden,
    max: 65_536,
    unit: 'element',
    source: adapterAlbert('Sec. II-A'),
    description: 'model dimension; a multiple of heads',
  },
  heads: {
    type: 'integer',
    value: albertBase.heads,
    max: 1024,
    unit: 'head',
    source: ALBERT_SOURCE,
    description: 'attention heads',
  },
  ffn: {
    type: 'integer',
    value: albertBase.ffn,
    max: 1_000_000,
    unit: 'element',
    source: ALBERT_SOURCE,
    description: 'inner width of the feed-forward network',
  },
  vocabulary: {
    type: 'integer',
    value: ALBERT_EMBEDDING.vocabulary,
    max: 1_000_000,
    unit: 'word',
    source: ALBERT_SOURCE,
    description: 'words of the vocabulary',
  },
  positions: {
    type: 'integer',
    value: ALBERT_EMBEDDING.positions,
    max: 1_000_000,
    unit: 'token',
    source: ALBERT_SOURCE,
    description: 'positions that have an embedding of their own',
  },
  types: {
    type: 'integer',
    value: ALBERT_EMBEDDING.types,
    min: 0,
    max: 1000,
    unit: '1',
    source: ALBERT_SOURCE,
    description: 'sentence types',
  },
  embeddingWidth: {
    type: 'integer',
    value: ALBERT_EMBEDDING.width ?? albertBase.hidden,
    max: 65_536,
    unit: 'element',
    source: ALBERT_SOURCE,
    description: 'width of an embedding; where it is not hidden, a matrix maps it to that',
  },
} as const satisfies Record<string, Param>

/** Values of {@link ENCODER_PARAMS}. */
export type EncoderValues = { readonly [K in keyof typeof ENCODER_PARAMS]: number }

/**
 * The encoder that the parameters describe, nothing added to it.
 *
 * @example
 * ```ts
 * moduleCounts({ ...encoderFrom(params), adapters: [64, 64], labels: 2 })
 * ```
 */
export function encoderFrom(values: EncoderValues): Pick<AdaptedEncoder, 'shape' | 'embedding' | 'sharedLayers'> {
  const { layers, hidden, heads, ffn, vocabulary, positions, types, embeddingWidth } = values
  return {
    shape: { layers, hidden, heads, ffn },
    embedding: { vocabulary, positions, types, width: embeddingWidth },
    sharedLayers: true,
  }
}

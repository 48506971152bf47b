import { headWidth, type TransformerShape } from './transformer.ts'

/** The embedding of an encoder. */
export interface EmbeddingShape {
  /** Words of the vocabulary. */
  readonly vocabulary: number
  /** Positions that have an embedding of their own. */
  readonly positions: number
  /** Sentence types. */
  readonly types: number
  /** Width of the embedding where it is factorised (ALBERT); the model dimension if left out. */
  readonly width?: number
}

/** Parameters of an encoder, biases included. */
export interface ParameterCounts {
  readonly wordEmbedding: number
  /** Positions, sentence types and the normalisation after them. */
  readonly otherEmbedding: number
  /** From the embedding's width to the model dimension; 0 where they are the same. */
  readonly mapping: number
  /** One encoder layer. */
  readonly layer: number
  readonly pooler: number
  readonly total: number
}

/** BERT's embedding (Devlin et al., 2019; uncased vocabulary). */
export const BERT_EMBEDDING: EmbeddingShape = { vocabulary: 30522, positions: 512, types: 2 }
/** ALBERT's embedding (Lan et al., 2020). */
export const ALBERT_EMBEDDING: EmbeddingShape = { vocabulary: 30000, positions: 512, types: 2, width: 128 }

/**
 * Parameters of a BERT or ALBERT, task head left out.
 *
 * @param shape dimensions of the encoder
 * @param options.sharedLayers all layers share one set of weights, as in ALBERT
 * @throws {RangeError} on dimensions no encoder can have
 */
export function encoderParameters(
  shape: TransformerShape,
  embedding: EmbeddingShape,
  options: { readonly sharedLayers?: boolean } = {},
): ParameterCounts {
  const { hidden, heads, ffn, layers } = shape
  const { vocabulary, positions, types, width = hidden } = embedding
  const projected = heads * headWidth(shape)
  for (const [name, value, least] of [
    ['vocabulary', vocabulary, 1],
    ['positions', positions, 0],
    ['types', types, 0],
    ['width', width, 1],
  ] as const) {
    if (!(Number.isSafeInteger(value) && value >= least)) {
      throw new RangeError(`Cannot size an embedding: ${name} must be an integer from ${least}, got ${value}`)
    }
  }
  const wordEmbedding = vocabulary * width
  const otherEmbedding = (positions + types + 2) * width
  const mapping = width === hidden ? 0 : width * hidden + hidden
  const attention = 3 * (hidden * projected + projected) + projected * hidden + hidden
  const feedForward = hidden * ffn + ffn + ffn * hidden + hidden
  const layer = attention + feedForward + 2 * 2 * hidden
  const pooler = hidden * hidden + hidden
  const total = wordEmbedding + otherEmbedding + mapping + (options.sharedLayers ? 1 : layers) * layer + pooler
  return { wordEmbedding, otherEmbedding, mapping, layer, pooler, total }
}

import { headWidth, type TransformerShape } from '../../workload/mod.ts'

/** What a batch through an encoder needs to know. */
export interface AccelTranRun {
  readonly shape: TransformerShape
  readonly vocabulary: number
  /** Tokens of a sequence. */
  readonly sequence: number
  /** Sequences of a batch. */
  readonly batch: number
}

/** Dimensions of a run, checked. */
export interface RunDimensions {
  readonly layers: number
  readonly heads: number
  readonly width: number
  readonly hidden: number
  readonly ffn: number
  readonly vocabulary: number
  readonly sequence: number
  readonly batch: number
}

/**
 * The dimensions of a run.
 *
 * @throws {RangeError} naming a dimension that is no positive integer
 */
export function runDimensions({ shape, vocabulary, sequence, batch }: AccelTranRun): RunDimensions {
  for (const [name, value] of Object.entries({ vocabulary, sequence, batch })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot run an encoder: ${name} must be a positive integer, got ${value}`)
    }
  }
  const { layers, heads, hidden, ffn } = shape
  return { layers, heads, width: headWidth(shape), hidden, ffn, vocabulary, sequence, batch }
}

/**
 * Checks that every matrix fills a tile at least.
 *
 * @throws {RangeError} naming a dimension that is smaller
 */
export function checkTiles({ sequence, width, hidden, ffn }: RunDimensions, tileSide: number): void {
  for (const [name, value] of Object.entries({ sequence, headWidth: width, hidden, ffn })) {
    if (value < tileSide) {
      throw new RangeError(
        `Cannot cut a matrix into tiles: the tile's side must be at most ${name} = ${value}, got ${tileSide}`,
      )
    }
  }
}

import type { EncodedSentences, Encoder, StoredRow } from '../../../lib/training/mod.ts'
import { testSentences } from '../../trained/shared/test-sentences.ts'
import { METHODS } from './published-curves.ts'
import { measurePruned, netActivations, type Pruning } from './trained-measure.ts'
import { CURVE_SENTENCES, KEPT, THRESHOLDS, WEIGHT_THRESHOLD, WP_THRESHOLDS } from './trained-settings.ts'
import { withPrunedWeights } from './trained-weights.ts'

/** A recorded point of a network that is not stored. */
export interface RecordedPoint {
  readonly seed: number
  readonly treatment: string
  /** Threshold below which weights were pruned without training; 0 for none. */
  readonly weightThreshold: number
  readonly method: (typeof METHODS)[number]
  readonly setting: number
  readonly accuracy: number
  /** Net, without padding, to six digits. */
  readonly activationSparsity: number
}

const DIGITS = 1e6

/** The sentences that curves are recorded on. */
export const curveSentences = (): EncodedSentences => testSentences('sentiment', CURVE_SENTENCES)

/** The curves of Figs. 11, 12 and 14 of a network, as rows to be recorded. */
export function recordCurves(encoder: Encoder, named: Pick<RecordedPoint, 'seed' | 'treatment'>): StoredRow[] {
  const sentences = curveSentences()
  const rowOf = (weightThreshold: number, pruning: Pruning): StoredRow =>
    withPrunedWeights(encoder, weightThreshold, () => {
      const measured = measurePruned(encoder, sentences, { pruning })
      const { zeros, elements } = netActivations(measured, 0)
      return {
        ...{ ...named, weightThreshold, ...pruning, accuracy: measured.accuracy },
        activationSparsity: Math.round((DIGITS * zeros) / elements) / DIGITS,
      }
    })
  return [
    ...[0, ...THRESHOLDS].map((setting) => rowOf(0, { method: 'DynaTran', setting })),
    ...KEPT.map((setting) => rowOf(0, { method: 'top-k', setting })),
    ...WP_THRESHOLDS.map((setting) => rowOf(WEIGHT_THRESHOLD, { method: 'DynaTran', setting })),
  ]
}

/**
 * Recorded points as they were.
 *
 * @throws {SyntaxError} if a row is none
 */
export function readCurves(rows: readonly StoredRow[]): RecordedPoint[] {
  return rows.map((row, i) => {
    const method = METHODS.find((known) => known === row['method'])
    const { seed, treatment, weightThreshold, setting, accuracy, activationSparsity } = row
    const numbers = [seed, weightThreshold, setting, accuracy, activationSparsity]
    if (!method || typeof treatment !== 'string' || !numbers.every((value) => typeof value === 'number')) {
      throw new SyntaxError(
        `Cannot read recorded curves: row ${i} must have seed, treatment, weightThreshold, method, setting, accuracy and activationSparsity, got ${JSON.stringify(row)}`,
      )
    }
    return { ...(row as object), method } as RecordedPoint
  })
}

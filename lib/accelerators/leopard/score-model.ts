import { normalSample, type Rng, selectRank } from '../../numeric/mod.ts'
import { bitSerialScores, type ScoreEngine } from './bit-serial-scores.ts'
import { integerThreshold, signMagnitude } from './sign-magnitude.ts'
import type { PruningCounts } from './statistics.ts'
import { countTerminations } from './termination-counts.ts'

/** Scores of random queries and keys, and how many of them a threshold prunes. */
export interface ScoreModel {
  readonly queries: number
  readonly keys: number
  /** d: elements of a query and of a key. */
  readonly width: number
  /** Bits to which both are quantised, each matrix on a scale of its own. */
  readonly bits: number
  /** Share of the real scores below the threshold, 0 to 1. */
  readonly prunedShare: number
  /** Standard deviation of one channel of the keys, that of all others being 1; 1 for none that stands out. */
  readonly outlierSpread: number
}

/**
 * Draws independent Gaussian queries and keys, prunes at a quantile of their real scores, and counts the bits that
 * units of one bit per cycle take; what coarser units take follows from the counts.
 *
 * @throws {RangeError} on a model out of range
 */
export function modelScores(
  model: ScoreModel,
  rng: Rng,
  options: { readonly engine?: ScoreEngine } = {},
): PruningCounts {
  checkModel(model)
  const { queries, keys, width, bits, prunedShare, outlierSpread } = model
  const q = gaussian(queries * width, rng)
  const k = gaussian(keys * width, rng)
  for (let i = 0; i < k.length; i += width) k[i] = outlierSpread * (k[i] as number)
  const scores = realScores(q, k, width)
  const rank = Math.round(prunedShare * scores.length)
  const pair = { queries: signMagnitude(q, { rows: queries, bits }), keys: signMagnitude(k, { rows: keys, bits }) }
  const threshold = rank < scores.length ? integerThreshold(selectRank(scores, rank), pair) : Number.POSITIVE_INFINITY
  const format = { bits, bitsPerCycle: 1 }
  return countTerminations(bitSerialScores(pair.queries, pair.keys, { ...format, threshold, ...options }), format)
}

function gaussian(length: number, rng: Rng): Float64Array {
  return Float64Array.from({ length }, () => normalSample(rng))
}

function realScores(q: Float64Array, k: Float64Array, width: number): Float64Array {
  const keys = k.length / width
  const scores = new Float64Array((q.length / width) * keys)
  for (let i = 0; i < scores.length; i += 1) {
    const query = Math.floor(i / keys) * width
    const key = (i % keys) * width
    let sum = 0
    for (let c = 0; c < width; c += 1) sum += (q[query + c] as number) * (k[key + c] as number)
    scores[i] = sum
  }
  return scores
}

function checkModel(model: ScoreModel): void {
  for (const name of ['queries', 'keys', 'width'] as const) {
    if (!Number.isSafeInteger(model[name]) || model[name] < 1) {
      throw new RangeError(`Cannot draw scores: ${name} must be an integer from 1, got ${model[name]}`)
    }
  }
  if (!(model.prunedShare >= 0 && model.prunedShare <= 1)) {
    throw new RangeError(`Cannot draw scores: prunedShare must be from 0 to 1, got ${model.prunedShare}`)
  }
  if (!(model.outlierSpread > 0 && model.outlierSpread < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`Cannot draw scores: outlierSpread must be above 0, got ${model.outlierSpread}`)
  }
}

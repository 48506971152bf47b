import {
  type BitSerialFormat,
  bitSerialScore,
  bitSerialScores,
  fullCycles,
  type SignMagnitudeMatrix,
  signMagnitude,
  takenBits,
} from '../../../lib/accelerators/leopard/mod.ts'
import { normalSample, type Rng, selectRank, studentSample } from '../../../lib/numeric/mod.ts'

/** Where random queries and keys come from. */
export const SCORE_KINDS = ['Gaussian', 'heavy tails', 'an outlier channel'] as const
export type ScoreKind = (typeof SCORE_KINDS)[number]

const DRAW: Readonly<Record<ScoreKind, (rng: Rng, channel: number) => number>> = {
  Gaussian: (rng) => normalSample(rng),
  'heavy tails': (rng) => studentSample(rng, 2),
  'an outlier channel': (rng, channel) => (channel === 0 ? 10 : 1) * normalSample(rng),
}

/** Queries whose every score is followed step by step. */
const FOLLOWED = 4

/** How many scores the units judge otherwise than the whole dot product, or stop at another time than they should. */
export interface Exactness {
  readonly scores: number
  readonly stoppedEarly: number
  readonly wronglyPruned: number
  readonly wronglyKept: number
  readonly longestCycles: number
  readonly followed: number
  /** Followed scores that stop in another cycle than the first with P + M below the threshold. */
  readonly otherwiseStopped: number
}

/** Prunes random scores at a quantile, bit-serially and by their whole dot products. */
export function measureExactness(
  size: BitSerialFormat & { readonly rows: number; readonly width: number; readonly prunedShare: number },
  kind: ScoreKind,
  rng: Rng,
): Exactness {
  const { rows, width, bits, bitsPerCycle, prunedShare } = size
  const draw = () =>
    signMagnitude(
      Float64Array.from({ length: rows * width }, (_, i) => DRAW[kind](rng, i % width)),
      { rows, bits },
    )
  const [queries, keys] = [draw(), draw()]
  const scores = wholeScores(queries, keys)
  const threshold = selectRank(scores.slice(), Math.min(Math.round(prunedShare * scores.length), scores.length - 1))
  const format = { bits, bitsPerCycle }
  const { cycles, kept } = bitSerialScores(queries, keys, { ...format, threshold })
  const result = { stoppedEarly: 0, wronglyPruned: 0, wronglyKept: 0, longestCycles: 0 }
  for (const [i, score] of scores.entries()) {
    if (kept[i] === 0 && score >= threshold) result.wronglyPruned += 1
    if (kept[i] === 1 && score < threshold) result.wronglyKept += 1
    if ((cycles[i] as number) < fullCycles(format)) result.stoppedEarly += 1
    result.longestCycles = Math.max(result.longestCycles, cycles[i] as number)
  }
  const followed = Math.min(FOLLOWED, rows) * rows
  let otherwiseStopped = 0
  for (let i = 0; i < followed; i++) {
    const { steps } = bitSerialScore(rowOf(queries, Math.floor(i / rows)), rowOf(keys, i % rows), {
      ...format,
      threshold: Number.NEGATIVE_INFINITY,
    })
    const first = steps.find(({ partialSum, margin }) => partialSum + margin < threshold)
    if ((first?.bits ?? bits) !== takenBits(cycles[i] as number, format)) otherwiseStopped += 1
  }
  return { scores: scores.length, ...result, followed, otherwiseStopped }
}

const rowOf = ({ codes, width }: SignMagnitudeMatrix, row: number) => codes.subarray(row * width, (row + 1) * width)

function wholeScores(queries: SignMagnitudeMatrix, keys: SignMagnitudeMatrix): Float64Array {
  const scores = new Float64Array(queries.rows * keys.rows)
  for (let i = 0; i < scores.length; i++) {
    const q = Math.floor(i / keys.rows) * queries.width
    const k = (i % keys.rows) * keys.width
    let sum = 0
    for (let c = 0; c < keys.width; c++) sum += (queries.codes[q + c] as number) * (keys.codes[k + c] as number)
    scores[i] = sum
  }
  return scores
}

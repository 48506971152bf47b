import process from 'node:process'
import {
  bitSerialScores,
  integerThreshold,
  macSteps,
  type ScoreEngine,
  signMagnitude,
} from '../../lib/accelerators/leopard/mod.ts'
import { createRng, median, normalSample, selectRank } from '../../lib/numeric/mod.ts'

/** What the speed of the bit-serial dot-product engines comes to, in one process. */
export interface BitSerialSpeed {
  /** Taps times cycles per CPU second, the median of the runs. */
  readonly plainPerCpuSecond: number
  readonly simdPerCpuSecond: number
  /** SIMD over plain, each run beside the other. */
  readonly simdOverPlain: number
}

const ROWS = 512
const WIDTH = 64
const BITS = 12
const PRUNED_SHARE = 0.75
/** A run takes the matrix so many times, so that the clock's step does not matter. */
const REPEATS = { plain: 2, simd: 10 } as const

const rng = createRng(1)
const matrix = () => Float64Array.from({ length: ROWS * WIDTH }, () => normalSample(rng))
const reals = { queries: matrix(), keys: matrix() }
const scores = new Float64Array(ROWS * ROWS)
for (let i = 0; i < scores.length; i++) {
  const query = Math.floor(i / ROWS) * WIDTH
  const key = (i % ROWS) * WIDTH
  for (let c = 0; c < WIDTH; c++)
    scores[i] = (scores[i] as number) + (reals.queries[query + c] as number) * (reals.keys[key + c] as number)
}
const pair = {
  queries: signMagnitude(reals.queries, { rows: ROWS, bits: BITS }),
  keys: signMagnitude(reals.keys, { rows: ROWS, bits: BITS }),
}
const threshold = integerThreshold(selectRank(scores, Math.round(PRUNED_SHARE * scores.length)), pair)

function perCpuSecond(engine: ScoreEngine): number {
  const start = process.cpuUsage()
  for (let repeat = 0; repeat < REPEATS[engine]; repeat++) {
    bitSerialScores(pair.queries, pair.keys, { bits: BITS, bitsPerCycle: 2, threshold, engine })
  }
  const { user, system } = process.cpuUsage(start)
  return (REPEATS[engine] * steps) / ((user + system) / 1e6)
}

const runs = Number(process.argv[2] ?? 5)
const steps = macSteps(
  bitSerialScores(pair.queries, pair.keys, { bits: BITS, bitsPerCycle: 2, threshold, engine: 'plain' }),
  WIDTH,
)
perCpuSecond('simd')
perCpuSecond('plain')
const rounds = Array.from({ length: runs }, () => ({ plain: perCpuSecond('plain'), simd: perCpuSecond('simd') }))
const speed: BitSerialSpeed = {
  plainPerCpuSecond: median(rounds.map((round) => round.plain)),
  simdPerCpuSecond: median(rounds.map((round) => round.simd)),
  simdOverPlain: median(rounds.map((round) => round.simd / round.plain)),
}
console.log(JSON.stringify(speed))

import process from 'node:process'
import { accelTran, type BufferSizes, EDGE, growthExponent, simulate } from '../../lib/accelerators/acceltran/mod.ts'
import { median } from '../../lib/numeric/mod.ts'
import { bertTiny } from '../../lib/workload/mod.ts'
import { parseSettings, vectorCase } from '../vectors/acceltran-config.ts'

/** What simulating BERT-Tiny on AccelTran-Edge costs, in one process. */
export interface AccelTranSpeed {
  /** CPU seconds of the first batch the process simulates, 128 tokens, compiling included. */
  readonly firstSeconds: number
  /** CPU seconds of a batch of 512 tokens, the second one. */
  readonly longSeconds: number
  /** The same, the median of further runs. */
  readonly medianSeconds: number
  /** Tile operations issued per CPU second in these. */
  readonly tilesPerCpuSecond: number
  /** CPU time grows as tile operations to this power, from 256 to 1,024 tokens. */
  readonly growth: number
  /** Resident memory after all this. */
  readonly residentMb: number
}

const WORDS = 30522
const LENGTHS = [256, 512, 768, 1024] as const
/** The longest sequences need larger buffers than the device has. */
const BUFFERS = { activationMb: 16, weightMb: 32, maskMb: 4 } as const

const { quirks } = vectorCase(parseSettings('E'))

function simulated(sequence: number, buffers: BufferSizes = accelTran(EDGE).buffers) {
  const start = process.cpuUsage()
  const { operations } = simulate(
    { shape: bertTiny, vocabulary: WORDS, sequence, batch: EDGE.batch.value },
    { machine: { ...accelTran(EDGE, quirks), buffers }, sparsity: { activations: 0.5, weights: 0.5 }, quirks },
  )
  const { user, system } = process.cpuUsage(start)
  return { seconds: (user + system) / 1e6, tiles: operations.reduce((sum, { issued }) => sum + issued, 0) }
}

const runs = Number(process.argv[2] ?? 5)
const first = simulated(128)
const long = simulated(512)
const rounds = Array.from({ length: Math.max(3, runs) }, () => LENGTHS.map((sequence) => simulated(sequence, BUFFERS)))
const points = LENGTHS.map((_, i) => ({
  size: rounds[0]?.[i]?.tiles ?? 0,
  count: median(rounds.map((round) => round[i]?.seconds ?? 0)),
}))
const medianSeconds = points[LENGTHS.indexOf(512)]?.count ?? 0
const speed: AccelTranSpeed = {
  firstSeconds: first.seconds,
  longSeconds: long.seconds,
  medianSeconds,
  tilesPerCpuSecond: long.tiles / medianSeconds,
  growth: growthExponent(points),
  residentMb: process.memoryUsage().rss / 1e6,
}
console.log(JSON.stringify(speed))

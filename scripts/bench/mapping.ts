import process from 'node:process'
import {
  GEMMINI,
  gemmini,
  gemminiArray,
  gemminiHierarchy,
  REFERENCE_OPERATORS,
} from '../../lib/accelerators/gemmini/mod.ts'
import { arrayEnergies } from '../../lib/hardware/mod.ts'
import { mapSpace, sampleMapSpace } from '../../lib/mapping/mod.ts'
import { median } from '../../lib/numeric/mod.ts'
import { sampleOnThreads } from '../map/study.ts'

/** What the mapper's speed comes to, in one process. */
export interface MappingSpeed {
  /** Legal mappings drawn and priced per CPU second, one thread, the median of the runs. */
  readonly perCpuSecond: number
  /** CPU time of a mapping over that of an iteration of the reference loop, each beside the other. */
  readonly ratioToReference: number
  /** CPU time of ten times the samples over ten times that of the samples. */
  readonly growth: number
  /** Heap and array buffers after a million samples over those after ten thousand. */
  readonly memoryGrowth: number
  /** Wall-clock time on one thread over that on two, threads started before. */
  readonly speedupOfTwo: number
}

const SAMPLES = 300_000
const machine = gemmini()
const target = {
  problem: REFERENCE_OPERATORS['q-projection'],
  space: mapSpace('arch_baseline'),
  hierarchy: gemminiHierarchy(machine, GEMMINI.mapperWordsPerCycle.value),
}
const energies = { dosa: arrayEnergies('dosa', gemminiArray(machine)) }

function cpuSeconds(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

const sample = (samples: number) => cpuSeconds(() => sampleMapSpace(target, { samples, seed: 1, energies }))

/** Integer mixing and a sum over a table that fits the cache: what a mapping is made of, without meaning. */
function referenceLoop(iterations: number): number {
  const table = Float64Array.from({ length: 1024 }, (_, i) => 1 + i / 1024)
  let state = 1
  let sum = 0
  for (let i = 0; i < iterations; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
    sum += (table[state & 1023] as number) * (table[i & 1023] as number)
  }
  return sum
}

function memoryBytes(): number {
  ;(globalThis as { gc?: () => void }).gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

async function wallSeconds(jobs: number, samples: number): Promise<number> {
  const start = process.hrtime.bigint()
  await sampleOnThreads(target, { samples, seed: 1, energies }, jobs)
  return Number(process.hrtime.bigint() - start) / 1e9
}

const runs = Number(process.argv[2] ?? 5)
const REFERENCE_ITERATIONS = 20_000_000
sample(SAMPLES)
referenceLoop(REFERENCE_ITERATIONS)
const rounds = Array.from({ length: runs }, () => ({
  mapping: sample(SAMPLES) / SAMPLES,
  reference: cpuSeconds(() => void referenceLoop(REFERENCE_ITERATIONS)) / REFERENCE_ITERATIONS,
  tenfold: sample(10 * SAMPLES) / (10 * SAMPLES),
}))
sample(10_000)
const small = memoryBytes()
sample(1_000_000)
const large = memoryBytes()
// The second of two runs of each kind, a difference between two lengths: threads' start-up cancels.
const perThread = async (jobs: number) => (await wallSeconds(jobs, 12_000_000)) - (await wallSeconds(jobs, 2_000_000))
const one = await perThread(1)
const two = await perThread(2)

const speed: MappingSpeed = {
  perCpuSecond: 1 / median(rounds.map((round) => round.mapping)),
  ratioToReference: median(rounds.map((round) => round.mapping / round.reference)),
  growth: median(rounds.map((round) => round.tenfold / round.mapping)),
  memoryGrowth: large / small,
  speedupOfTwo: one / two,
}
console.log(JSON.stringify(speed))

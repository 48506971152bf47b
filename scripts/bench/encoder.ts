import process from 'node:process'
import { createRng, median } from '../../lib/numeric/mod.ts'
import { capacityFor, Encoder, EncoderAdam, initialise, type Sentences } from '../../lib/training/mod.ts'

/** What the encoder's training comes to, in one process. */
export interface EncoderSpeed {
  /** Tokens learned from per CPU second, forward, backward and update, the median of the runs. */
  readonly simdPerCpuSecond: number
  readonly plainPerCpuSecond: number
  /** SIMD over plain, each run beside the other. */
  readonly simdOverPlain: number
}

/** BERT-Tiny with words of its own, in batches of 32 inputs of 20 tokens. */
const SHAPE = {
  ...{ vocabulary: 1000, positions: 20, embedding: 128, hidden: 128, heads: 2, feedForward: 512, layers: 2 },
  ...{ shared: false, classes: 2, offRamps: false },
}
const BATCH = 32
const STEPS = { simd: 20, plain: 4 } as const

const rng = createRng(1)
const tokens = BATCH * SHAPE.positions
const sentences: Sentences = {
  tokens: Int32Array.from({ length: tokens }, () => rng.integer(SHAPE.vocabulary)),
  segments: new Uint8Array(tokens),
  starts: Int32Array.from({ length: BATCH + 1 }, (_, i) => i * SHAPE.positions),
  labels: Int32Array.from({ length: BATCH }, () => rng.integer(2)),
  count: BATCH,
}

function perCpuSecond(kind: 'simd' | 'plain'): number {
  const encoder = new Encoder(SHAPE, capacityFor([sentences], BATCH), { kind })
  initialise(encoder, createRng(1), { words: 1, positions: 1, residual: 0.3, adapters: 0 })
  const optimiser = new EncoderAdam(encoder)
  const start = process.cpuUsage()
  for (let step = 0; step < STEPS[kind]; step++) {
    encoder.learn(sentences)
    optimiser.step(1e-4)
  }
  const { user, system } = process.cpuUsage(start)
  return (STEPS[kind] * tokens) / ((user + system) / 1e6)
}

const runs = Number(process.argv[2] ?? 5)
perCpuSecond('simd')
perCpuSecond('plain')
const rounds = Array.from({ length: runs }, () => ({ simd: perCpuSecond('simd'), plain: perCpuSecond('plain') }))
const speed: EncoderSpeed = {
  simdPerCpuSecond: median(rounds.map((round) => round.simd)),
  plainPerCpuSecond: median(rounds.map((round) => round.plain)),
  simdOverPlain: median(rounds.map((round) => round.simd / round.plain)),
}
console.log(JSON.stringify(speed))

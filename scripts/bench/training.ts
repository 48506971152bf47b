import process from 'node:process'
import { BASE_RECIPE } from '../../experiments/leopard/shared/memn2n-recipe.ts'
import { trainingQuestions } from '../../experiments/leopard/shared/memn2n-tasks.ts'
import { createRng, median } from '../../lib/numeric/mod.ts'
import { ClippedSgd, encodeCorpus, Network, trainBase, trainEpoch, vocabularyOf } from '../../lib/training/mod.ts'

/** What the trainer's speed comes to, in one process. */
export interface TrainingSpeed {
  /** Questions learned from per CPU second, forward, backward and update, the median of the runs. */
  readonly simdPerCpuSecond: number
  readonly plainPerCpuSecond: number
  /** SIMD over plain, each run beside the other. */
  readonly simdOverPlain: number
}

const QUESTIONS = 4000
const { questions } = trainingQuestions(1, 1)
const vocabulary = vocabularyOf(questions)
const { width, hops, slots, batch, clip, rate } = BASE_RECIPE
const corpus = encodeCorpus(questions, { slots, vocabulary })

function perCpuSecond(kind: 'simd' | 'plain'): number {
  const network = new Network({ vocabulary: vocabulary.length, width, hops, slots }, corpus, kind)
  const rng = createRng(1)
  trainBase(network, Int32Array.of(0), { ...BASE_RECIPE, linearEpochs: 0, epochs: 1, rng })
  const order = Int32Array.from({ length: QUESTIONS }, (_, i) => i)
  const optimiser = new ClippedSgd(network, { rate, clip })
  const start = process.cpuUsage()
  trainEpoch(network, order, { mode: { kind: 'softmax' }, optimiser, batch, timeNoise: 0, rng })
  const { user, system } = process.cpuUsage(start)
  return QUESTIONS / ((user + system) / 1e6)
}

const runs = Number(process.argv[2] ?? 5)
perCpuSecond('simd')
perCpuSecond('plain')
const rounds = Array.from({ length: runs }, () => ({ simd: perCpuSecond('simd'), plain: perCpuSecond('plain') }))
const speed: TrainingSpeed = {
  simdPerCpuSecond: median(rounds.map((round) => round.simd)),
  plainPerCpuSecond: median(rounds.map((round) => round.plain)),
  simdOverPlain: median(rounds.map((round) => round.simd / round.plain)),
}
console.log(JSON.stringify(speed))

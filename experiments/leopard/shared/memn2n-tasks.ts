import { createRng, forkRng, type Rng } from '../../../lib/numeric/mod.ts'
import {
  BABI_TASKS,
  type BabiQuestion,
  generateBabi,
  questionsOf,
  type TrainedNetworks,
  trainTask,
} from '../../../lib/training/mod.ts'
import { BASE_RECIPE, pruningRecipe, TRAINING } from './memn2n-recipe.ts'

/** Questions a trained task is measured on. */
export const TEST_QUESTIONS = 1000

/** The 20 task numbers. */
export const TASK_NUMBERS: readonly number[] = BABI_TASKS.map(({ task }) => task)

/** A generator for each task, the same whichever tasks are asked for. */
function perTask(rng: Rng): (task: number) => Rng {
  const generators = new Map(TASK_NUMBERS.map((task) => [task, forkRng(rng)]))
  return (task) => {
    const own = generators.get(task)
    if (!own) throw new RangeError(`Cannot generate a task: it must be from 1 to ${TASK_NUMBERS.length}, got ${task}`)
    return own
  }
}

/** Generated questions to measure tasks on. */
export function testQuestions(rng: Rng, count = TEST_QUESTIONS): (task: number) => BabiQuestion[] {
  const of = perTask(rng)
  return (task) => questionsOf(generateBabi(task, count, of(task)))
}

/** Generated questions to train a task on, and a generator for the training. */
export function trainingQuestions(
  task: number,
  seed: number,
): { readonly questions: readonly BabiQuestion[]; readonly rng: Rng } {
  const rng = perTask(createRng(seed))(task)
  return { questions: questionsOf(generateBabi(task, TRAINING.questions, forkRng(rng))), rng: forkRng(rng) }
}

/** Trains one task on generated questions. */
export function trainGenerated(
  task: number,
  seed: number,
): { readonly networks: TrainedNetworks; readonly longestStory: number } {
  const { questions, rng } = trainingQuestions(task, seed)
  return {
    networks: trainTask(questions, { base: BASE_RECIPE, pruning: pruningRecipe(), ...TRAINING, rng }),
    longestStory: questions.reduce((most, { statements }) => Math.max(most, statements.length), 0),
  }
}

/** The recipe for sets of 1,000 questions, as bAbI's smaller ones: more passes for as many steps. */
const SMALL_SET = { heldBack: 0.1, linearEpochs: 20, epochs: 60, pruningEpochs: 30 } as const

/**
 * Trains one task on questions of the user's; small sets get more passes.
 *
 * @param seed of the training alone
 */
export function trainOn(questions: readonly BabiQuestion[], seed: number): TrainedNetworks {
  const small = questions.length < TRAINING.questions / 2
  const { linearEpochs, epochs } = small ? SMALL_SET : BASE_RECIPE
  const pruning = pruningRecipe()
  return trainTask(questions, {
    base: { ...BASE_RECIPE, linearEpochs, epochs },
    pruning: { ...pruning, epochs: small ? SMALL_SET.pruningEpochs : pruning.epochs },
    pressures: TRAINING.pressures,
    tolerance: TRAINING.tolerance,
    heldBack: Math.max(1, Math.round(questions.length * SMALL_SET.heldBack)),
    rng: createRng(seed),
  })
}

import { join } from 'node:path'
import process from 'node:process'
import { adaptersRecipe } from '../../experiments/trained/shared/adapters-recipe.ts'
import { classifierRecipe } from '../../experiments/trained/shared/classifier-recipe.ts'
import { exitsRecipe } from '../../experiments/trained/shared/exits-recipe.ts'
import { prunedRecipe } from '../../experiments/trained/shared/pruned-recipe.ts'
import type { Trained, TrainingRecipe } from '../../experiments/trained/shared/recipe.ts'
import { thresholdsRecipe } from '../../experiments/trained/shared/thresholds-recipe.ts'
import { atomicWrite } from '../../lib/harness/atomic-write.ts'
import { readTextFile } from '../../lib/harness/csv.ts'
import { didYouMean } from '../../lib/harness/nearest.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { formatStored, parseStored, STORED_FORMAT, type StoredEncoders } from '../../lib/training/mod.ts'

/** All recipes of encoders; one that goes on from another's networks stands behind it. */
export const RECIPES: readonly TrainingRecipe[] = [
  classifierRecipe,
  thresholdsRecipe,
  prunedRecipe,
  exitsRecipe,
  adaptersRecipe,
]

/** How far metrics may be from the stored ones where the weights are not the same to the bit. */
export const METRIC_BOUND = 0.03

/** Where a recipe's file is, from the project's root. */
const pathOf = (file: string): string => `experiments/trained/${file}.json`

/** One seed of a recipe, trained. */
export interface TrainedSeed extends Trained {
  readonly recipe: TrainingRecipe
  readonly seed: number
  readonly cpuSeconds: number
}

/**
 * Finds recipes by the names of their files.
 *
 * @throws {RangeError} if there is none such, naming the nearest
 */
export function findRecipes(names: readonly string[]): TrainingRecipe[] {
  const known = RECIPES.map(({ file }) => file)
  for (const name of names) {
    if (!known.includes(name)) {
      throw new RangeError(
        `Cannot train: --only must name ${known.join(', ')} or memory-networks, got "${name}"${didYouMean(name, known)}`,
      )
    }
  }
  return RECIPES.filter(({ file }) => names.includes(file))
}

/** What a file in experiments/trained holds. */
export function readStored(file: string): StoredEncoders {
  return parseStored(pathOf(file), readTextFile(join(PROJECT_ROOT, pathOf(file)), pathOf(file)))
}

/**
 * Trains seeds of recipes.
 *
 * @param options.made what recipes trained before in this run have given, by file; the others are read from their files
 */
export function trainSeeds(
  recipe: TrainingRecipe,
  seeds: readonly number[],
  options: { readonly made: ReadonlyMap<string, StoredEncoders>; readonly onSeed?: (trained: TrainedSeed) => void },
): TrainedSeed[] {
  const command = `npx tsx scripts/train.ts --only ${recipe.file}`
  const stored = (file: string) => options.made.get(file) ?? readStored(file)
  return seeds.map((seed) => {
    const start = process.cpuUsage()
    const own = recipe.train(seed, { stored, command })
    const { user, system } = process.cpuUsage(start)
    const trained = { recipe, seed, ...own, cpuSeconds: (user + system) / 1e6 }
    options.onSeed?.(trained)
    return trained
  })
}

/** The contents of a recipe's file: the networks and records of all seeds. */
export function joinSeeds(trained: readonly Trained[]): StoredEncoders {
  const tables = [...new Set(trained.flatMap(({ records }) => Object.keys(records)))]
  return {
    format: STORED_FORMAT,
    networks: trained.flatMap(({ networks }) => networks),
    records: Object.fromEntries(
      tables.map((table) => [table, trained.flatMap(({ records }) => records[table] ?? [])] as const),
    ),
  }
}

/** Writes a recipe's file. */
export function writeStored(file: string, stored: StoredEncoders): void {
  atomicWrite(join(PROJECT_ROOT, pathOf(file)), formatStored(stored))
}

/** How a trained seed compares with what is stored of it. */
export interface Comparison {
  /** Weights and records are those stored, to the bit. */
  readonly same: boolean
  /** What is beyond the bounds, in words. */
  readonly faults: readonly string[]
}

/** Compares a trained seed with what is stored. */
export function compareWithStored({ recipe, seed, networks, records }: TrainedSeed): Comparison {
  const stored = readStored(recipe.file)
  const faults: string[] = []
  let same = true
  for (const own of networks) {
    const old = stored.networks.find(({ name, seed: other }) => name === own.name && other === seed)
    if (!old) {
      faults.push(`${own.name} ${seed}: it must be stored, got none`)
      continue
    }
    same &&= old.sha256 === own.sha256 && old.headSha256 === own.headSha256
    for (const [metric, value] of Object.entries(own.metrics)) {
      const before = old.metrics[metric] ?? Number.NaN
      if (!(Math.abs(value - before) <= METRIC_BOUND)) {
        faults.push(`${own.name} ${seed}: ${metric} ${value}, stored ${before}, may differ by ${METRIC_BOUND}`)
      }
    }
  }
  for (const [table, rows] of Object.entries(records)) {
    const before = (stored.records[table] ?? []).filter((row) => row['seed'] === seed)
    same &&= JSON.stringify(before) === JSON.stringify(rows)
  }
  return { same, faults }
}

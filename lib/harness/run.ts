import { createRng } from '../numeric/mod.ts'
import { type AnyExperiment, variantNames } from './experiment.ts'
import { didYouMean } from './nearest.ts'
import { type AnyParamValues, defaultValues, type ParamValue } from './param.ts'
import { storedFiles } from './stored-file.ts'
import type { AnyTables } from './table.ts'
import { validateTables } from './validate.ts'

/** What one run is asked for. */
export interface RunOptions {
  /** @default the experiment's first variant */
  readonly variant?: string
  /** Values that override defaults and variant. */
  readonly set?: AnyParamValues
  /** @default 1 */
  readonly seed?: number
  /** What the files hold that parameters name, by parameter. */
  readonly files?: Readonly<Record<string, string>>
  /** Where the files of the project's own are. @default the project's root directory */
  readonly root?: string
}

/** One run's answer. */
export interface RunResult {
  readonly variant: string
  readonly seed: number
  readonly params: AnyParamValues
  readonly tables: AnyTables
}

/** Seed of a run that states none. */
export const DEFAULT_SEED = 1

/**
 * The parameter values a variant runs with: defaults, then the variant's, then `set`.
 *
 * @throws {RangeError} if the experiment has no such variant
 */
export function resolveParams(exp: AnyExperiment, variant: string, set: AnyParamValues = {}): AnyParamValues {
  const names = variantNames(exp)
  if (!names.includes(variant)) {
    throw new RangeError(
      `Cannot run ${exp.id}: variant must be one of ${names.join(', ')}, got "${variant}"${didYouMean(variant, names)}`,
    )
  }
  const own = exp.variants?.[variant]?.set ?? {}
  return { ...defaultValues(exp.params), ...(own as Readonly<Record<string, ParamValue>>), ...set }
}

/**
 * Runs an experiment once and checks what it returns. A file of the project's own is read for each parameter that has
 * one and names no other.
 *
 * @throws {RangeError} on an unknown variant, or from the model on impossible parameters
 * @throws {TypeError} if the tables do not match the experiment's schema, or a file cannot be read
 */
export function runExperiment(exp: AnyExperiment, options: RunOptions = {}): RunResult {
  const variant = options.variant ?? (variantNames(exp)[0] as string)
  const seed = options.seed ?? DEFAULT_SEED
  const params = resolveParams(exp, variant, options.set)
  const files = { ...storedFiles(exp.params, params, options.root), ...options.files }
  const tables = exp.run({ params, rng: createRng(seed), files })
  validateTables(exp.id, exp.schema, tables)
  return { variant, seed, params, tables }
}

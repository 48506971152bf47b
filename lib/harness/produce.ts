import { type AnyExperiment, variantNames } from './experiment.ts'
import type { Produced } from './golden-file.ts'
import { answerClaims, type ClaimAnswer, type JudgedClaim, judgeExperiment } from './judge.ts'
import type { LedgerClaim } from './ledger.ts'
import { type AnyParamValues, defaultValues, formatValue } from './param.ts'
import { runExperiment } from './run.ts'
import type { AnyTables } from './table.ts'

/** One variant's default run; plain data, so that it crosses threads and survives in a cache. */
export interface VariantRun {
  readonly variant: string
  readonly params: AnyParamValues
  readonly tables: AnyTables
  readonly answers: readonly ClaimAnswer[]
}

/**
 * Runs every variant of an experiment at its default parameters and seed. A correction may do away with what a claim is
 * about; the variant that is judged must answer them all.
 *
 * @param root where files of the project's own are
 * @throws {TypeError} if it leaves a claim without an answer
 */
export function runVariants(exp: AnyExperiment, root?: string): VariantRun[] {
  return variantNames(exp).map((variant, index) => {
    const { params, tables } = runExperiment(exp, { variant, ...(root === undefined ? {} : { root }) })
    const answers = answerClaims(exp, tables, params)
    const silent = answers.find((a) => a.predicted === null && a.unreachable === null && a.assumption === null)
    if (silent && index === 0)
      throw new TypeError(
        `Cannot run ${exp.id}: its claims must be predicted by the default run, got nothing for ${silent.id}`,
      )
    return { variant, params, tables, answers }
  })
}

/** An experiment's variants judged: the first one counts, the others are shown beside it. */
export interface JudgedRuns {
  readonly produced: Produced
  /** Claims of the variant that is judged. */
  readonly claims: readonly JudgedClaim[]
  /** Claims under each variant, the judged one included. */
  readonly claimsByVariant: Readonly<Record<string, readonly JudgedClaim[]>>
}

/** Judges an experiment's runs and gathers what its golden pins. */
export function judgeRuns(
  exp: AnyExperiment,
  runs: readonly VariantRun[],
  ledger: ReadonlyMap<string, LedgerClaim>,
): JudgedRuns {
  const claimsByVariant = Object.fromEntries(
    runs.map((run) => [run.variant, judgeExperiment(exp, run.answers, ledger)]),
  )
  const claims = claimsByVariant[runs[0]?.variant ?? ''] ?? []
  return {
    produced: {
      experiment: exp.id,
      version: exp.version,
      schema: exp.schema,
      variants: Object.fromEntries(runs.map((run) => [run.variant, run.tables])),
      verdicts: Object.fromEntries(
        claims.map(({ id, value, lo, hi, verdict }) => [
          id,
          { printed: lo === '' ? value : `${lo} to ${hi}`, verdict },
        ]),
      ),
    },
    claims,
    claimsByVariant,
  }
}

/** {@link runVariants} and {@link judgeRuns} in one. */
export function produce(exp: AnyExperiment, ledger: ReadonlyMap<string, LedgerClaim>, root?: string): JudgedRuns {
  return judgeRuns(exp, runVariants(exp, root), ledger)
}

/** What differs from the defaults in a variant, for reports. */
export function variantSwitches(exp: AnyExperiment, run: VariantRun): string[] {
  const defaults = defaultValues(exp.params)
  return Object.entries(run.params)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]))
    .map(([name, value]) => `${name}=${formatValue(value)}`)
}

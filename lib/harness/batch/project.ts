import type { AnyExperiment } from '../experiment.ts'
import { checkGolden, type GoldenCheck, orphanGoldens } from '../golden.ts'
import { type JudgedClaim, judgeLedger } from '../judge.ts'
import { type LedgerClaim, readLedgers } from '../ledger.ts'
import { type JudgedRuns, judgeRuns, type VariantRun } from '../produce.ts'
import { loadExperiment } from './discover.ts'
import type { BatchResult } from './run-all.ts'

/** One experiment of a batch with its judgement. */
export interface JudgedExperiment extends JudgedRuns {
  readonly exp: AnyExperiment
  readonly runs: readonly VariantRun[]
}

/** Everything known after a batch. */
export interface ProjectState {
  readonly ledger: ReadonlyMap<string, LedgerClaim>
  readonly experiments: readonly JudgedExperiment[]
  /** Every claim of every ledger. */
  readonly claims: readonly JudgedClaim[]
  /** Experiments that could not be loaded, run or judged, with the message. */
  readonly broken: readonly { readonly id: string; readonly message: string }[]
}

/**
 * Judges the results of a batch against the ledgers.
 *
 * @throws {SyntaxError} if a ledger is malformed; {RangeError} if two experiments answer for one claim
 */
export async function judgeBatch(root: string, results: readonly BatchResult[]): Promise<ProjectState> {
  const ledger = readLedgers(root)
  const experiments: JudgedExperiment[] = []
  const broken: { id: string; message: string }[] = []
  for (const { id, runs, error } of results) {
    try {
      if (error) throw new TypeError(error)
      const exp = await loadExperiment(root, id)
      experiments.push({ exp, runs, ...judgeRuns(exp, runs, ledger) })
    } catch (failure) {
      broken.push({ id, message: failure instanceof Error ? (failure.message.split('\n')[0] ?? '') : String(failure) })
    }
  }
  const claims = judgeLedger(
    ledger,
    experiments.flatMap((e) => e.claims),
  )
  return { ledger, experiments, claims, broken }
}

/** Result-claims that miss without a stated reason, and reasons given for claims that do not miss. */
export function reasonProblems(experiments: readonly JudgedExperiment[]): string[] {
  return experiments.flatMap(({ exp, claims }) => [
    ...claims
      .filter((claim) => ['within', 'near', 'trend', 'off'].includes(claim.verdict) && claim.reason === null)
      .map(
        (claim) =>
          `${exp.id}: ${claim.id} is ${claim.verdict} (printed ${claim.value}, ours ${String(claim.predicted)}) and must have a reason`,
      ),
    ...claims
      .filter((claim) => claim.verdict === 'exact' && exp.reasons?.[claim.id])
      .map((claim) => `${exp.id}: ${claim.id} is exact and must not have a reason for a miss`),
  ])
}

/** Holds every experiment of a batch against its golden; lists goldens that belong to none. */
export function checkGoldens(
  root: string,
  state: ProjectState,
  allIds: readonly string[],
): { checks: GoldenCheck[]; orphans: string[] } {
  return {
    checks: state.experiments.map(({ produced }) => checkGolden(root, produced)),
    orphans: orphanGoldens(root, allIds),
  }
}

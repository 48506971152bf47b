import { EXIT, oneLine } from '../command.ts'
import type { AnyExperiment } from '../experiment.ts'
import { checkGolden, type GoldenCheck, orphanGoldens } from '../golden.ts'
import { type JudgedClaim, judgeLedger } from '../judge.ts'
import { type LedgerClaim, readLedgers } from '../ledger.ts'
import { didYouMean } from '../nearest.ts'
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
 * @throws {SyntaxError} if a ledger is malformed
 */
export async function judgeBatch(root: string, results: readonly BatchResult[]): Promise<ProjectState> {
  const ledger = readLedgers(root)
  const papers = new Set([...ledger.values()].map((claim) => claim.paper))
  const answeredBy = new Map<string, string>()
  const experiments: JudgedExperiment[] = []
  const broken: { id: string; message: string }[] = []
  for (const { id, runs, error } of results) {
    try {
      if (error !== null) throw new TypeError(error)
      const exp = await loadExperiment(root, id)
      if (exp.paper && !papers.has(exp.paper)) {
        throw new RangeError(
          `Cannot judge ${id}: paper must be one of ${[...papers].join(', ')}, got ${exp.paper}${didYouMean(exp.paper, [...papers])}`,
        )
      }
      const judged = judgeRuns(exp, runs, ledger)
      for (const claim of judged.claims) {
        const other = answeredBy.get(claim.id)
        if (other)
          throw new RangeError(`Cannot judge ${claim.id}: one experiment must answer for it, got ${other} and ${id}`)
      }
      for (const claim of judged.claims) answeredBy.set(claim.id, id)
      experiments.push({ exp, runs, ...judged })
    } catch (failure) {
      broken.push({ id, message: oneLine(failure) })
    }
  }
  const claims = judgeLedger(
    ledger,
    experiments.flatMap((e) => e.claims),
  )
  return { ledger, experiments, claims, broken }
}

const MISSES: readonly string[] = ['within', 'near', 'trend', 'off']

/** Misses without a stated reason; reasons and errata for claims that do not miss, or are another experiment's. */
export function reasonProblems(experiments: readonly JudgedExperiment[]): string[] {
  return experiments.flatMap(({ exp, claims }) => {
    const verdictOf = (id: string) => claims.find((claim) => claim.id === id)?.verdict
    const unexplained = claims
      .filter((claim) => MISSES.includes(claim.verdict) && claim.reason === null)
      .map(
        ({ id, verdict, value, predicted }) =>
          `${id} is ${verdict} (printed ${value}, ours ${String(predicted)}) and must have a reason`,
      )
    const idle = Object.keys(exp.reasons ?? {})
      .filter((id) => !MISSES.includes(verdictOf(id) ?? ''))
      .map((id) => `${id} is ${verdictOf(id) ?? 'not answered here'} and must not have a reason for a miss`)
    const wrong = (exp.errata ?? [])
      .flatMap((erratum) => erratum.claims ?? [])
      .filter((id) => verdictOf(id) !== 'erratum')
      .map(
        (id) =>
          `${id} is ${verdictOf(id) ?? 'not answered here'} and must not have an erratum that our value does not confirm`,
      )
    return [...unexplained, ...idle, ...wrong].map((problem) => `${exp.id}: ${problem}`)
  })
}

/** What a batch's checks say. */
export interface BatchVerdict {
  /** Experiments that are not as accepted, with every difference. */
  readonly differing: readonly GoldenCheck[]
  /** Files under golden/ that belong to no experiment. */
  readonly orphans: readonly string[]
  /** Claims without a reason for their miss, and reasons without a miss. */
  readonly unexplained: readonly string[]
  /** 0 all good, 1 a comparison failed, 2 an experiment, a golden or a part of the report is broken. */
  readonly exitCode: number
  /** What the report lacks, since it cannot be drawn or read; found when it is written. */
  readonly unwritten?: readonly string[]
}

/**
 * Holds a batch against its goldens and asks for the reasons of its misses.
 *
 * @param allIds every experiment there is, also those outside the batch
 */
export function checkBatch(root: string, state: ProjectState, allIds: readonly string[]): BatchVerdict {
  const differing = state.experiments
    .map(({ produced }) => checkGolden(root, produced))
    .filter(({ problems }) => problems.length > 0)
  const orphans = orphanGoldens(root, allIds)
  const unexplained = reasonProblems(state.experiments)
  const broken = state.broken.length > 0 || differing.some(({ corrupt }) => corrupt)
  const failed = differing.length + orphans.length + unexplained.length > 0
  return { differing, orphans, unexplained, exitCode: broken ? EXIT.broken : failed ? EXIT.failed : EXIT.good }
}

/** A batch's outcome in one line, ALL GOOD only where nothing is wrong. */
export function summarise(verdict: BatchVerdict, { experiments, broken }: ProjectState): string {
  const total = experiments.length + broken.length
  const good = experiments.length - verdict.differing.length
  const parts = [
    `${good} of ${total} experiments as accepted`,
    ...(verdict.differing.length > 0 ? [`${verdict.differing.length} not`] : []),
    ...(broken.length > 0 ? [`${broken.length} broken`] : []),
    ...(verdict.orphans.length > 0 ? [`${verdict.orphans.length} orphan goldens`] : []),
    ...(verdict.unexplained.length > 0 ? [`${verdict.unexplained.length} claims to explain`] : []),
    ...(verdict.unwritten?.length ? [`${verdict.unwritten.length} parts of the report missing`] : []),
  ]
  return `${verdict.exitCode === EXIT.good ? 'ALL GOOD' : 'FAILED'}: ${parts.join(', ')}`
}

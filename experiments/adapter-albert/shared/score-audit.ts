import { standardErrorPoints } from '../../../lib/numeric/mod.ts'
import type { PrintedScore } from './glue-scores.ts'

/** The difference of two scores of at most two decimals, free of binary dust, so that it compares as it reads. */
export const pointsBetween = (a: number, b: number): number => Math.round(100 * (a - b)) / 100

/** The rank of a score among others: 1 for the highest; equal scores share the better rank. */
export const rankAmong = (score: number, others: readonly number[]): number =>
  1 + others.filter((other) => other > score).length

/** A number of right answers, and what it would print. */
export interface NearestAccuracy {
  readonly right: number
  readonly points: number
  /** The accuracy rounds to the printed digits. */
  readonly printsTheSame: boolean
}

/** The accuracy on so many examples that lies nearest to a printed score. */
export function nearestAccuracy({ points, halfUnitPoints }: PrintedScore, examples: number): NearestAccuracy {
  const right = Math.round((points / 100) * examples)
  const nearest = (100 * right) / examples
  // A tie may be printed either way; the slack is for binary dust alone.
  return { right, points: nearest, printsTheSame: Math.abs(nearest - points) <= halfUnitPoints * (1 + 1e-9) }
}

/** Share of the scores printable with these digits that some accuracy on so many examples rounds to. */
export const printableShare = ({ halfUnitPoints }: PrintedScore, examples: number): number =>
  Math.min(1, (examples + 1) / (1 + 100 / (2 * halfUnitPoints)))

/**
 * Standard error, in points, of the difference of two accuracies on so many examples each, as if the examples were drawn
 * anew for each. Two models that err on the same examples differ more reliably than that.
 */
export function differenceErrorPoints(a: number, b: number, examples: number): number {
  const [first, second] = [standardErrorPoints(a, examples), standardErrorPoints(b, examples)]
  return Math.sqrt(first * first + second * second)
}

/**
 * Smallest slack at which a number of scores count as matched.
 *
 * @param shortfalls points by which each lies below its rival; below 0 where it leads
 * @param wanted at least 1, at most as many as there are
 */
export const slackFor = (shortfalls: readonly number[], wanted: number): number =>
  Math.max(0, [...shortfalls].sort((a, b) => a - b)[wanted - 1] as number)

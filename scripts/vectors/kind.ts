import type { CsvRow } from '../../lib/harness/csv.ts'

/** What evaluating one row found. */
export interface VectorResult {
  /** Texts under the kind's heads. */
  readonly cells: readonly string[]
  /** How far we are off, by quantity; the largest of each is reported. */
  readonly deviations: Readonly<Record<string, number>>
  readonly agrees: boolean
}

/** A kind of reference data: what a file of it must have, and how a row of it is checked. */
export interface VectorKind<K extends string = string> {
  readonly columns: readonly K[]
  readonly help: string
  /** What the rows were evaluated on, in words. */
  readonly machine: string
  /** What counts as agreement, in words. */
  readonly agreement: string
  readonly heads: readonly string[]
  /** @throws on a row that cannot be evaluated; the message says why, the caller where */
  evaluate(row: CsvRow<K>): VectorResult
}

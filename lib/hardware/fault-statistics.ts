import type { CellArray } from './fault-injection.ts'

/** A row that is read in another direction than it was stored: below this cosine it counts as broken. */
export const BROKEN_COSINE = 0.9

/** What reading a whole tensor once, over and over, changes in it. Means are over the trials. */
export interface FaultStatistics {
  readonly trials: number
  readonly cells: number
  readonly expectedFaultyCells: number
  readonly meanFaultyCells: number
  readonly leastFaultyCells: number
  readonly mostFaultyCells: number
  /** Share of the stored words (values, or the elements a mask decodes to) that come out different. */
  readonly changedShare: number
  /** Root of the mean over trials of the summed squared change, over the root of the summed squares of all values. */
  readonly relativeRms: number
  /** Mean over trials of the root of the summed squared change, over the root of the summed squares of all values. */
  readonly relativeMean: number
  /** The largest of these roots. */
  readonly relativeWorst: number
  /** Share of the rows whose cosine with the stored row is below {@link BROKEN_COSINE}. */
  readonly brokenRowsShare: number
  /** The largest such share of a trial. */
  readonly mostBrokenRowsShare: number
  /** Share of trials without any fault. */
  readonly cleanTrialsShare: number
}

/** Counts what one trial changes; changes come row by row. */
export class FaultTally {
  faultyCells = 0
  changed = 0
  /** Sum of the squares of the changes. */
  squares = 0
  brokenRows = 0
  private readonly rowPowers: Float64Array
  private row = -1
  /** What the row's product with the stored one, and its sum of squares, differ by from the stored row's. */
  private product = 0
  private power = 0

  /** @param rowPowers sum of the squares of every row as stored */
  constructor(rowPowers: Float64Array) {
    this.rowPowers = rowPowers
  }

  /**
   * Adds changes in a row that is no earlier one.
   *
   * @param product sum over its changed elements of stored x (found - stored)
   * @param power sum over them of found x found - stored x stored
   */
  addToRow(row: number, product: number, power: number): void {
    if (row !== this.row) {
      this.closeRow()
      this.row = row
    }
    this.product += product
    this.power += power
  }

  /** Ends the trial. */
  closeRow(): void {
    if (this.row < 0) return
    const stored = this.rowPowers[this.row] as number
    const found = stored + this.power
    // Without a direction before or after there is no cosine: what became or stopped being zero is broken.
    const cosine = stored > 0 && found > 0 ? (stored + this.product) / Math.sqrt(stored * found) : 0
    if (cosine < BROKEN_COSINE && (stored > 0 || found > 0)) this.brokenRows += 1
    this.row = -1
    this.product = 0
    this.power = 0
  }
}

/**
 * Repeats a trial and sums up.
 *
 * @param options.words stored words, of which a share changes
 * @param options.rowPowers sum of the squares of every row as stored; at least one
 * @throws {RangeError} if trials is no positive integer
 */
export function faultCampaign(
  cells: CellArray,
  options: { readonly trials: number; readonly words: number; readonly rowPowers: Float64Array },
  trial: (tally: FaultTally) => void,
): FaultStatistics {
  const { trials, words, rowPowers } = options
  if (!(Number.isSafeInteger(trials) && trials >= 1)) {
    throw new RangeError(`Cannot inject faults: trials must be a positive integer, got ${trials}`)
  }
  const power = rowPowers.reduce((sum, own) => sum + own, 0)
  let [least, most, clean] = [Number.POSITIVE_INFINITY, 0, 0]
  let [worst, mostBroken] = [0, 0]
  const sum = { cells: 0, changed: 0, squares: 0, relative: 0, broken: 0 }
  for (let i = 0; i < trials; i += 1) {
    const tally = new FaultTally(rowPowers)
    trial(tally)
    tally.closeRow()
    const relative = power > 0 ? Math.sqrt(tally.squares / power) : 0
    sum.cells += tally.faultyCells
    sum.changed += tally.changed
    sum.squares += tally.squares
    sum.relative += relative
    sum.broken += tally.brokenRows
    least = Math.min(least, tally.faultyCells)
    most = Math.max(most, tally.faultyCells)
    worst = Math.max(worst, relative)
    mostBroken = Math.max(mostBroken, tally.brokenRows)
    if (tally.faultyCells === 0) clean += 1
  }
  return {
    trials,
    cells: cells.words.length * cells.cellsPerWord,
    expectedFaultyCells: cells.expectedMisreads(),
    meanFaultyCells: sum.cells / trials,
    leastFaultyCells: least,
    mostFaultyCells: most,
    changedShare: words > 0 ? sum.changed / trials / words : 0,
    relativeRms: power > 0 ? Math.sqrt(sum.squares / trials / power) : 0,
    relativeMean: sum.relative / trials,
    relativeWorst: worst,
    brokenRowsShare: sum.broken / trials / rowPowers.length,
    mostBrokenRowsShare: mostBroken / rowPowers.length,
    cleanTrialsShare: clean / trials,
  }
}

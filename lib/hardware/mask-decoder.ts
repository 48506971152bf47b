import type { FaultTally } from './fault-statistics.ts'

/** A mask as stored, with the values it places. */
export interface MaskedValues {
  /** Bit i of byte i/8 from the bottom, row by row. */
  readonly mask: Uint8Array
  /** Values of the set bits, in order. */
  readonly values: Float64Array
  /** Values before each row, and after the last. */
  readonly rowStarts: Uint32Array
  readonly rowBytes: number
}

/** Where a decoder stands: the next value that belongs there, the next that it takes, and where the pointer's end. */
interface Place {
  readonly row: number
  readonly next: number
  readonly nextFound: number
  readonly end: number
}

/** Bits that are set in a byte. */
export function bitCount(byte: number): number {
  let count = 0
  for (let rest = byte; rest > 0; rest &= rest - 1) count += 1
  return count
}

/**
 * Finds what a misread mask does: from a wrong bit on, values stand in wrong places, until as many bits were missed as
 * were added, or to the last row that shares a pointer. Costs what there is between these.
 */
export class MaskDecoder {
  private readonly stored: MaskedValues
  private readonly rowsPerPointer: number
  /** The mask as read, and which of its bytes differ, rising. */
  private readonly found: Uint8Array
  private readonly faulty: number[] = []

  /** @throws {RangeError} unless rowsPerPointer is an integer from 1 */
  constructor(stored: MaskedValues, rowsPerPointer: number) {
    if (!Number.isInteger(rowsPerPointer) || rowsPerPointer < 1) {
      throw new RangeError(`Cannot decode a mask: rowsPerPointer must be an integer from 1, got ${rowsPerPointer}`)
    }
    this.stored = stored
    this.rowsPerPointer = rowsPerPointer
    this.found = Uint8Array.from(stored.mask)
  }

  /** A byte of the mask comes out wrong; bytes by rising index. */
  misread(index: number, found: number): void {
    this.found[index] = found
    this.faulty.push(index)
  }

  /** Adds what has been misread since the last time, and forgets it. */
  compare(tally: FaultTally): void {
    const { faulty, found } = this
    let done = 0
    faulty.forEach((index, i) => {
      if (index >= done) done = this.compareFrom(i, tally)
    })
    for (const index of faulty) found[index] = this.stored.mask[index] as number
    faulty.length = 0
  }

  /** Compares from a wrong byte on until nothing differs; returns the byte after. */
  private compareFrom(first: number, tally: FaultTally): number {
    const { found, faulty, rowsPerPointer } = this
    const { mask, rowStarts, rowBytes } = this.stored
    const start = faulty[first] as number
    let row = Math.floor(start / rowBytes)
    const endRow = Math.min((Math.floor(row / rowsPerPointer) + 1) * rowsPerPointer, rowStarts.length - 1)
    const end = rowStarts[endRow] as number
    let next = rowStarts[row] as number
    for (let i = row * rowBytes; i < start; i += 1) next += bitCount(mask[i] as number)
    let nextFound = next
    let candidate = first
    for (let at = start; at < endRow * rowBytes; at += 1) {
      const [wasSet, isSet] = [mask[at] as number, found[at] as number]
      if (next === nextFound && wasSet === isSet) return at
      row = Math.floor(at / rowBytes)
      if (at === row * rowBytes) {
        while ((faulty[candidate] as number) < at) candidate += 1
        if (!((faulty[candidate] as number) < at + rowBytes)) {
          // Nothing is wrong in this row itself, which most are when one stream is out of step.
          const count = (rowStarts[row + 1] as number) - next
          this.compareShifted({ row, next, nextFound, count, end }, tally)
          next += count
          nextFound += count
          at += rowBytes - 1
          continue
        }
      }
      this.compareByte({ row, next, nextFound, wasSet, isSet, end }, tally)
      next += bitCount(wasSet)
      nextFound += bitCount(isSet)
    }
    return endRow * rowBytes
  }

  /** Compares the values that a byte of the mask places. */
  private compareByte(at: Place & { readonly wasSet: number; readonly isSet: number }, tally: FaultTally): void {
    const { values } = this.stored
    const { wasSet, isSet } = at
    let { next, nextFound } = at
    let [changed, squares, product, power] = [0, 0, 0, 0]
    for (let set = wasSet | isSet; set > 0; set &= set - 1) {
      const bit = set & -set
      let was = 0
      let is = 0
      if (wasSet & bit) {
        was = values[next] as number
        next += 1
      }
      if (isSet & bit) {
        // A decoder that runs past the pointer's values would find those of the next; here it finds none.
        if (nextFound < at.end) is = values[nextFound] as number
        nextFound += 1
      }
      if (was === is) continue
      const change = is - was
      changed += 1
      squares += change * change
      product += was * change
      power += is * is - was * was
    }
    tally.changed += changed
    tally.squares += squares
    tally.addToRow(at.row, product, power)
  }

  /** Compares the values of a row whose mask is right, but which stand some places off. */
  private compareShifted(at: Place & { readonly count: number }, tally: FaultTally): void {
    const { values } = this.stored
    const { next, nextFound, count, end } = at
    let [changed, squares, product, power] = [0, 0, 0, 0]
    for (let i = 0; i < count; i += 1) {
      const was = values[next + i] as number
      const is = nextFound + i < end ? (values[nextFound + i] as number) : 0
      const change = is - was
      if (change !== 0) changed += 1
      squares += change * change
      product += was * change
      power += is * is - was * was
    }
    tally.changed += changed
    tally.squares += squares
    tally.addToRow(at.row, product, power)
  }
}

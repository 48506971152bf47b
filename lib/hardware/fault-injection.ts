import { distinctIntegers, type Rng } from '../numeric/mod.ts'
import { CELL_KINDS, type CellKind, type Misreads, misreads, RRAM_LEVELS } from './cell-faults.ts'

/** Names of the rules for a cell that a word's bits do not fill. */
export const LAST_CELL_RULES = ['fewer-levels', 'same-levels'] as const
/**
 * What becomes of the bits that do not fill a cell: it is programmed with the fewer levels they need, spread over the
 * whole range, or with the lowest levels of the others.
 */
export type LastCellRule = (typeof LAST_CELL_RULES)[number]

/**
 * What goes wrong when cells are read: the levels of a kind of cell are misread as often as they overlap; or any cell
 * with the same chance; or exactly so many cells, anywhere. A misread is to a neighbouring level, where there are two to
 * either alike; with one bit per cell it is a flipped bit.
 */
export type CellFaults =
  | { readonly kind: CellKind; readonly lastCell?: LastCellRule }
  | { readonly bitsPerCell: number; readonly rate: number }
  | { readonly bitsPerCell: number; readonly count: number }

/** One cell of a word: which bits it holds, and how its levels are misread. */
interface Slot {
  readonly shift: number
  readonly mask: number
  readonly toLower: Float64Array
  readonly toUpper: Float64Array
}

/** The cells of a word of so many bits, from its top; the last one holds what bits are left. */
function slotsOf(wordBits: number, cellBits: number, misreadsOf: (bits: number) => Misreads): Slot[] {
  const slots: Slot[] = []
  for (let left = wordBits; left > 0; ) {
    const bits = Math.min(cellBits, left)
    left -= bits
    const { toLower, toUpper } = misreadsOf(bits)
    // Where only the lowest levels are used, the highest of them cannot be misread upwards into a word of more bits.
    const upper = toUpper.slice(0, 1 << bits)
    upper[(1 << bits) - 1] = 0
    slots.push({ shift: left, mask: (1 << bits) - 1, toLower: toLower.slice(0, 1 << bits), toUpper: upper })
  }
  return slots
}

/** Chances of a cell of a kind of which so many bits are used. */
function misreadsOfKind(kind: CellKind, lastCell: LastCellRule): (bits: number) => Misreads {
  const cellBits = RRAM_LEVELS[kind].bitsPerCell
  return (bits) =>
    misreads(RRAM_LEVELS[bits < cellBits && lastCell === 'fewer-levels' ? (CELL_KINDS[bits - 1] as CellKind) : kind])
}

/** The same chance at every level of a cell. */
function uniformMisreads(rate: number): (bits: number) => Misreads {
  return (bits) => {
    const toLower = new Float64Array(1 << bits).fill(rate / 2)
    const toUpper = new Float64Array(1 << bits).fill(rate / 2)
    const top = (1 << bits) - 1
    toLower[0] = 0
    toUpper[0] = rate
    toLower[top] = rate
    toUpper[top] = 0
    return { toLower, toUpper }
  }
}

/** Words as they stand in the cells of a memory. */
export class CellArray {
  readonly words: ArrayLike<number>
  /** Words by code. */
  private readonly counts: Uint32Array
  private readonly slots: readonly Slot[]
  private readonly worst: number
  /** Cells that are wrong in every read, where their number is given. */
  private readonly count: number | null

  /**
   * @param words codes of up to `wordBits` bits
   * @throws {RangeError} if words have not 1 to 16 bits, one is no whole number of so many, or a rate or count of faults
   *   is none these cells can have
   */
  constructor(words: ArrayLike<number>, options: { readonly wordBits: number } & CellFaults) {
    const { wordBits } = options
    if (!Number.isInteger(wordBits) || wordBits < 1 || wordBits > 16) {
      throw new RangeError(`Cannot store words: wordBits must be an integer from 1 to 16, got ${wordBits}`)
    }
    this.words = words
    const counts = new Uint32Array(1 << wordBits)
    for (let i = 0; i < words.length; i += 1) {
      const word = words[i] as number
      if (!(Number.isInteger(word) && word >= 0 && word < counts.length)) {
        throw new RangeError(
          `Cannot store words of ${wordBits} bits: each must be an integer from 0 to ${counts.length - 1}, got ${word}`,
        )
      }
      counts[word] = (counts[word] as number) + 1
    }
    this.counts = counts
    if ('kind' in options) {
      const { kind, lastCell = 'fewer-levels' } = options
      this.slots = slotsOf(wordBits, RRAM_LEVELS[kind].bitsPerCell, misreadsOfKind(kind, lastCell))
    } else {
      const { bitsPerCell } = options
      if (!Number.isInteger(bitsPerCell) || bitsPerCell < 1 || bitsPerCell > 16) {
        throw new RangeError(`Cannot store words: bitsPerCell must be an integer from 1 to 16, got ${bitsPerCell}`)
      }
      this.slots = slotsOf(wordBits, bitsPerCell, uniformMisreads('rate' in options ? checkedRate(options.rate) : 1))
    }
    this.count = 'count' in options ? checkedCount(options.count, words.length * this.slots.length) : null
    this.worst = Math.max(
      ...this.slots.flatMap(({ toLower, toUpper }) =>
        Array.from(toLower, (p, level) => p + (toUpper[level] as number)),
      ),
    )
  }

  /** Cells per word. */
  get cellsPerWord(): number {
    return this.slots.length
  }

  /** Cells that are misread on average when all words are read once. */
  expectedMisreads(): number {
    if (this.count !== null) return this.count
    let sum = 0
    this.counts.forEach((count, word) => {
      for (const { shift, mask, toLower, toUpper } of this.slots) {
        const level = (word >> shift) & mask
        sum += count * ((toLower[level] as number) + (toUpper[level] as number))
      }
    })
    return sum
  }

  /**
   * Reads all words once and visits those that come out wrong, by rising index. Jumps from one candidate cell to the
   * next, so that a read costs as much as it has faults.
   *
   * @param rng where chance comes from
   * @param visit gets index, the word as stored, the word as read, and how many of its cells are wrong
   */
  read(rng: Rng, visit: (index: number, stored: number, found: number, cells: number) => void): void {
    const { slots, words, worst } = this
    if (!(worst > 0)) return
    const cells = words.length * slots.length
    const chosen = this.count === null ? null : distinctIntegers(rng, this.count, cells)
    const scale = 1 / Math.log1p(-worst)
    let word = -1
    let found = 0
    let wrong = 0
    for (let cell = -1, candidate = 0; ; candidate += 1) {
      // 1 - next() is never 0; the gap to the next success of a Bernoulli chain is geometric.
      cell = chosen ? (chosen[candidate] ?? cells) : cell + 1 + Math.floor(Math.log(1 - rng.next()) * scale)
      if (!(cell < cells)) break
      const index = Math.floor(cell / slots.length)
      const { shift, mask, toLower, toUpper } = slots[cell - index * slots.length] as Slot
      const stored = words[index] as number
      const level = (stored >> shift) & mask
      const draw = rng.next() * worst
      const down = toLower[level] as number
      if (draw >= down + (toUpper[level] as number)) continue
      if (index !== word) {
        if (wrong > 0) visit(word, words[word] as number, found, wrong)
        word = index
        found = stored
        wrong = 0
      }
      found += (draw < down ? -1 : 1) * (1 << shift)
      wrong += 1
    }
    if (wrong > 0) visit(word, words[word] as number, found, wrong)
  }
}

function checkedRate(rate: number): number {
  if (rate >= 0 && rate <= 1) return rate
  throw new RangeError(`Cannot misread cells: the rate must be a number from 0 to 1, got ${rate}`)
}

function checkedCount(count: number, cells: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= cells) return count
  throw new RangeError(`Cannot misread cells: the count must be an integer from 0 to their ${cells}, got ${count}`)
}

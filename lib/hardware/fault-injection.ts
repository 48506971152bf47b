import type { Rng } from '../numeric/mod.ts'
import { CELL_KINDS, type CellKind, type Misreads, misreads, RRAM_LEVELS } from './cell-faults.ts'

/** Names of the rules for a cell that a word's bits do not fill. */
export const LAST_CELL_RULES = ['fewer-levels', 'same-levels'] as const
/**
 * What becomes of the bits that do not fill a cell: it is programmed with the fewer levels they need, spread over the
 * whole range, or with the lowest levels of the others.
 */
export type LastCellRule = (typeof LAST_CELL_RULES)[number]

/** One cell of a word: which bits it holds, and how its levels are misread. */
interface Slot {
  readonly shift: number
  readonly mask: number
  readonly toLower: Float64Array
  readonly toUpper: Float64Array
}

/** The cells of a word of so many bits. */
function slotsOf(wordBits: number, kind: CellKind, lastCell: LastCellRule): Slot[] {
  const cellBits = RRAM_LEVELS[kind].bitsPerCell
  const slots: Slot[] = []
  for (let left = wordBits; left > 0; ) {
    const bits = Math.min(cellBits, left)
    left -= bits
    const chances: Misreads = misreads(
      RRAM_LEVELS[bits < cellBits && lastCell === 'fewer-levels' ? (CELL_KINDS[bits - 1] as CellKind) : kind],
    )
    // Where only the lowest levels are used, the highest of them cannot be misread upwards into a word of more bits.
    const toUpper = chances.toUpper.slice(0, 1 << bits)
    toUpper[(1 << bits) - 1] = 0
    slots.push({ shift: left, mask: (1 << bits) - 1, toLower: chances.toLower.slice(0, 1 << bits), toUpper })
  }
  return slots
}

/** Words as they stand in the cells of a memory. */
export class CellArray {
  readonly words: ArrayLike<number>
  /** Words by code. */
  private readonly counts: Uint32Array
  private readonly slots: readonly Slot[]
  private readonly worst: number

  /**
   * @param words codes of up to `wordBits` bits
   * @throws {RangeError} if words have not 1 to 16 bits, or one is no whole number of so many
   */
  constructor(
    words: ArrayLike<number>,
    options: { readonly wordBits: number; readonly kind: CellKind; readonly lastCell?: LastCellRule },
  ) {
    const { wordBits, kind, lastCell = 'fewer-levels' } = options
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
    this.slots = slotsOf(wordBits, kind, lastCell)
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
    const scale = 1 / Math.log1p(-worst)
    const cells = words.length * slots.length
    let word = -1
    let found = 0
    let wrong = 0
    for (let cell = -1; ; ) {
      // 1 - next() is never 0; the gap to the next success of a Bernoulli chain is geometric.
      cell += 1 + Math.floor(Math.log(1 - rng.next()) * scale)
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

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CELL_KINDS,
  CellArray,
  type CellKind,
  LAST_CELL_RULES,
  type LastCellRule,
  meanMisread,
  misreads,
  RRAM_LEVELS,
} from '../../lib/hardware/mod.ts'
import { createRng, type Rng } from '../../lib/numeric/mod.ts'
import { meanAndVariance, near } from '../support/near.ts'
import { cellMisreadVectors } from '../vectors/edgebert.ts'

const CODES = Uint8Array.from({ length: 256 }, (_, code) => code)
const KIND_OF_BITS = [undefined, 'slc', 'mlc2', 'mlc3'] as const

/** Every cell of a word, from the top bits down, cut anew: where its bits stand, and its chances. */
function cellsOf(word: number, wordBits: number, kind: CellKind, lastCell: LastCellRule) {
  const cells: { shift: number; width: number; down: number; up: number }[] = []
  const text = word.toString(2).padStart(wordBits, '0')
  for (let at = 0; at < wordBits; at += RRAM_LEVELS[kind].bitsPerCell) {
    const bits = text.slice(at, at + RRAM_LEVELS[kind].bitsPerCell)
    const short = bits.length < RRAM_LEVELS[kind].bitsPerCell
    const own = short && lastCell === 'fewer-levels' ? (KIND_OF_BITS[bits.length] as CellKind) : kind
    const level = Number.parseInt(bits, 2)
    const { toLower, toUpper } = misreads(RRAM_LEVELS[own])
    const top = level === 2 ** bits.length - 1
    cells.push({
      shift: wordBits - at - bits.length,
      width: bits.length,
      down: toLower[level] as number,
      up: top ? 0 : (toUpper[level] as number),
    })
  }
  return cells
}

/** Reads an array and returns how many cells were wrong. */
function count(array: CellArray, rng: Rng): number {
  let cells = 0
  array.read(rng, (_, __, ___, wrong) => {
    cells += wrong
  })
  return cells
}

test('the misreads to expect of all codes agree with the independent ones', () => {
  for (const { kind, lastCell, misreads: expected } of cellMisreadVectors()) {
    const options = { wordBits: 8, kind: kind as CellKind, lastCell: lastCell as LastCellRule }
    const got = new CellArray(CODES, options).expectedMisreads() * (1_536_000 / 256)
    assert.ok(near(got, expected, 1e-10), `${kind}, ${lastCell}: ${got} against ${expected}`)
  }
})

test('cells of a word by hand: 8 bits take 8, 4 and 3 cells, 7 bits on 3 a cell leave one bit over', () => {
  const cells = CELL_KINDS.map((kind) => new CellArray([], { wordBits: 8, kind }).cellsPerWord)
  assert.equal(cells, [8, 4, 3])
  assert.is(new CellArray([], { wordBits: 7, kind: 'mlc3' }).cellsPerWord, 3)
  const { toLower, toUpper } = misreads(RRAM_LEVELS.mlc3)
  const of = (word: number, lastCell: LastCellRule) =>
    new CellArray([word], { wordBits: 7, kind: 'mlc3', lastCell }).expectedMisreads()
  // 101 010 1: levels 5 and 2, and a last bit that no one-bit cell misreads.
  const whole = [toLower[5], toUpper[5], toLower[2], toUpper[2]].reduce<number>((sum, p) => sum + (p as number), 0)
  assert.ok(near(of(0b1010101, 'fewer-levels'), whole, 1e-14))
  assert.ok(near(of(0b1010101, 'same-levels'), whole + (toLower[1] as number), 1e-14))
  assert.ok(near(of(0b1010100, 'same-levels'), whole + (toUpper[0] as number), 1e-14))
})

test('levels used equally often give the mean chance in every cell', () => {
  for (const kind of CELL_KINDS) {
    const { bitsPerCell } = RRAM_LEVELS[kind]
    const words = Array.from({ length: 4 ** bitsPerCell }, (_, code) => code)
    const got = new CellArray(words, { wordBits: 2 * bitsPerCell, kind }).expectedMisreads()
    assert.ok(near(got, 2 * words.length * meanMisread(RRAM_LEVELS[kind]), 1e-13, 0))
  }
})

test('what is visited differs by one level in as many cells as told, by rising index, and what is stored stays', () => {
  const bits = fc.integer({ min: 2, max: 16 })
  let visits = 0
  let several = 0
  fc.assert(
    fc.property(bits, fc.constantFrom(...LAST_CELL_RULES), fc.nat(1e6), (wordBits, lastCell, seed) => {
      const rng = createRng(seed)
      const stored = Array.from({ length: 5000 }, () => rng.integer(2 ** wordBits))
      const before = [...stored]
      let last = -1
      new CellArray(stored, { wordBits, kind: 'mlc3', lastCell }).read(rng, (index, own, found, wrong) => {
        visits++
        if (wrong > 1) several++
        assert.ok(index > last && index < stored.length)
        last = index
        assert.is(own, before[index])
        assert.ok(Number.isInteger(found) && found >= 0 && found < 2 ** wordBits && wrong >= 1)
        let different = 0
        for (const { shift, width, down, up } of cellsOf(own, wordBits, 'mlc3', lastCell)) {
          const level = (word: number) => Math.floor(word / 2 ** shift) % 2 ** width
          const step = level(found) - level(own)
          assert.ok(step === 0 || (step === 1 && up > 0) || (step === -1 && down > 0), `${own} became ${found}`)
          different += Math.abs(step)
        }
        assert.is(different, wrong)
      })
      assert.equal(stored, before)
    }),
  )
  assert.ok(visits > 1000 && several > 0, `only ${visits} visits, ${several} to several cells at once`)
})

test('the same seed misreads the same cells, another one others', () => {
  const array = new CellArray(CODES, { wordBits: 8, kind: 'mlc3' })
  const log = (seed: number) => {
    const rng = createRng(seed)
    const found: number[][] = []
    for (let read = 0; read < 20; read++) array.read(rng, (...visit) => found.push([read, ...visit]))
    return found
  }
  assert.ok(log(1).length > 10)
  assert.equal(log(1), log(1))
  assert.not.equal(log(1), log(2))
})

test('cells of one bit are never misread', () => {
  const array = new CellArray(CODES, { wordBits: 8, kind: 'slc' })
  const rng = createRng(4)
  let faults = 0
  for (let i = 0; i < 1000; i++) faults += count(array, rng)
  assert.equal([faults, array.expectedMisreads()], [0, 0])
})

test('misreads are as frequent as expected, for several seeds and ways to pack', () => {
  for (const [wordBits, lastCell] of [
    [8, 'fewer-levels'],
    [8, 'same-levels'],
    [7, 'same-levels'],
    [3, 'fewer-levels'],
    [16, 'fewer-levels'],
  ] as const) {
    for (const seed of [1, 2, 3]) {
      const fill = createRng(100 + seed)
      const words = Array.from({ length: 20_000 }, () => fill.integer(2 ** wordBits))
      const array = new CellArray(words, { wordBits, kind: 'mlc3', lastCell })
      const rng = createRng(seed)
      let faults = 0
      for (let read = 0; read < 20; read++) faults += count(array, rng)
      const expected = 20 * array.expectedMisreads()
      assert.ok(Math.abs(faults - expected) < 5 * Math.sqrt(expected), `${faults} against ${expected}`)
    }
  }
})

test('the rare misreads of two bits a cell are found at their rate', () => {
  const fill = createRng(9)
  const array = new CellArray(
    Uint8Array.from({ length: 500_000 }, () => fill.integer(256)),
    { wordBits: 8, kind: 'mlc2' },
  )
  for (const seed of [1, 2]) {
    const rng = createRng(seed)
    let faults = 0
    for (let read = 0; read < 100_000; read++) faults += count(array, rng)
    const expected = 1e5 * array.expectedMisreads()
    assert.ok(expected > 1000 && Math.abs(faults - expected) < 5 * Math.sqrt(expected), `${faults}, ${expected}`)
  }
})

test('each level goes up and down at its own rate', () => {
  const { toLower, toUpper } = misreads(RRAM_LEVELS.mlc3)
  const total = 300_000_000
  for (let level = 0; level < 8; level++) {
    const array = new CellArray(new Uint8Array(total / 300).fill(level), { wordBits: 3, kind: 'mlc3' })
    const rng = createRng(20 + level)
    const seen = { down: 0, up: 0 }
    for (let read = 0; read < 300; read++)
      array.read(rng, (_, stored, found) => {
        if (found < stored) seen.down++
        else seen.up++
      })
    for (const [got, chance] of [
      [seen.down, toLower[level]],
      [seen.up, toUpper[level]],
      [seen.down + seen.up, (toLower[level] as number) + (toUpper[level] as number)],
    ] as const) {
      const expected = total * (chance as number)
      assert.ok(Math.abs(got - expected) <= 5 * Math.sqrt(expected), `level ${level}: ${got} against ${expected}`)
    }
  }
})

test('skipping from fault to fault has the mean and the variance of a draw per cell', () => {
  const words = [0b11_0101_10, 0b110_110_10, 0b100_010_01, 0b000_000_00, 0b110_100_11]
  const cells = words.flatMap((word) => cellsOf(word, 8, 'mlc3', 'same-levels').map(({ down, up }) => down + up))
  const array = new CellArray(words, { wordBits: 8, kind: 'mlc3', lastCell: 'same-levels' })
  const mean = cells.reduce((sum, p) => sum + p, 0)
  const variance = cells.reduce((sum, p) => sum + p * (1 - p), 0)
  assert.ok(near(array.expectedMisreads(), mean, 1e-14))
  const runs = 100_000
  const skipping = createRng(31)
  const drawing = createRng(32)
  const samples = [
    Array.from({ length: runs }, () => count(array, skipping)),
    Array.from({ length: runs }, () => cells.filter((p) => drawing.next() < p).length),
  ]
  for (const sample of samples) {
    const got = meanAndVariance(sample)
    assert.ok(Math.abs(got.mean - mean) < 5 * Math.sqrt(variance / runs), `${got.mean} against ${mean}`)
    // The fourth central moment of a count this rare is close to its variance.
    assert.ok(Math.abs(got.variance - variance) < 6 * Math.sqrt(variance / runs), `${got.variance}, ${variance}`)
  }
})

test('an empty array has no faults, and words wider than told or than 16 bits are refused', () => {
  assert.is(count(new CellArray([], { wordBits: 8, kind: 'mlc3' }), createRng(1)), 0)
  for (const wordBits of [0, 17, 2.5, Number.NaN])
    assert.throws(
      () => new CellArray([1], { wordBits, kind: 'mlc2' }),
      new RegExp(`wordBits must be an integer from 1 to 16, got ${wordBits}`),
    )
  for (const word of [256, 1e9, Number.NaN])
    assert.throws(
      () => new CellArray([255, word], { wordBits: 8, kind: 'mlc2' }),
      new RegExp(`Cannot store words of 8 bits: each must be an integer from 0 to 255, got ${word}`),
    )
})

test.run()

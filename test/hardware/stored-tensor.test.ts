import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  CELL_KINDS,
  CellArray,
  type CellFaults,
  type FaultStatistics,
  fixedPointCodec,
  StoredTensor,
  type WordCodec,
} from '../../lib/hardware/mod.ts'
import { AdaptivFloat, createRng, normalSample, type Rng, toFixedPoint } from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'

const Q3_5 = { bits: 8, fractionBits: 5 }
const Q3_13 = { bits: 16, fractionBits: 13 }
const ADAPTIV = new AdaptivFloat({ bits: 8, exponentBits: 3 }, -7)
const CODECS: readonly WordCodec[] = [
  fixedPointCodec(Q3_5),
  fixedPointCodec(Q3_13),
  { bits: 8, encode: (x) => ADAPTIV.encode(x), decode: (code) => ADAPTIV.decode(code) },
]

/** Gaussian weights, of which those below a magnitude are zero. */
function weightsOf(elements: number, rng: Rng, pruneBelow = 0.6): Float64Array {
  return Float64Array.from({ length: elements }, () => {
    const x = normalSample(rng)
    return Math.abs(x) < pruneBelow ? 0 : x
  })
}

/** What a plain decoder, element by element, makes of a mask: a set bit takes the next value of its pointer's. */
function decodePlainly(
  mask: readonly boolean[],
  values: readonly number[],
  stored: readonly boolean[],
  blockElements: number,
): number[] {
  const out: number[] = []
  let start = 0
  for (let block = 0; block < mask.length; block += blockElements) {
    const end = Math.min(block + blockElements, mask.length)
    const own = values.slice(start, start + stored.slice(block, end).filter(Boolean).length)
    start += own.length
    let next = 0
    for (let i = block; i < end; i++) out.push(mask[i] ? (own[next++] ?? 0) : 0)
  }
  return out
}

const bitsOf = (bytes: ArrayLike<number>) =>
  Array.from({ length: bytes.length * 8 }, (_, i) => ((bytes[i >> 3] as number) >> (i & 7)) % 2 === 1)

/** The statistics of trials by their definitions, from whole tensors. */
function statisticsOf(stored: readonly number[], trials: readonly (readonly number[])[], rowElements: number) {
  const power = stored.reduce((sum, x) => sum + x * x, 0)
  const relatives = trials.map((found) =>
    Math.sqrt(found.reduce((sum, x, i) => sum + (x - (stored[i] as number)) ** 2, 0) / power),
  )
  const broken = trials.map((found) => {
    let count = 0
    for (let row = 0; row < stored.length; row += rowElements) {
      const [a, b] = [stored.slice(row, row + rowElements), found.slice(row, row + rowElements)]
      const dot = (x: readonly number[], y: readonly number[]) =>
        x.reduce((sum, own, i) => sum + own * (y[i] as number), 0)
      const [lengthA, lengthB] = [Math.sqrt(dot(a, a)), Math.sqrt(dot(b, b))]
      if (lengthA === 0 && lengthB === 0) continue
      if (lengthA === 0 || lengthB === 0 || dot(a, b) / (lengthA * lengthB) < 0.9) count++
    }
    return count / (stored.length / rowElements)
  })
  const mean = (list: readonly number[]) => list.reduce((sum, x) => sum + x, 0) / list.length
  return {
    changed: mean(trials.map((found) => found.filter((x, i) => x !== stored[i]).length)),
    relativeRms: Math.sqrt(mean(relatives.map((x) => x * x))),
    relativeMean: mean(relatives),
    relativeWorst: Math.max(...relatives),
    brokenRowsShare: mean(broken),
    mostBrokenRowsShare: Math.max(...broken),
  }
}

/** Reads an array over and over, and gives back all words of each read. */
function reads(cells: CellArray, trials: number, rng: Rng): number[][] {
  return Array.from({ length: trials }, () => {
    const words = Array.from(cells.words)
    cells.read(rng, (index, _, found) => {
      words[index] = found
    })
    return words
  })
}

function agree(got: FaultStatistics, want: ReturnType<typeof statisticsOf>, words: number, what: string): void {
  assert.ok(near(got.changedShare * words, want.changed, 1e-9), `${what}: changed`)
  for (const key of [
    'relativeRms',
    'relativeMean',
    'relativeWorst',
    'brokenRowsShare',
    'mostBrokenRowsShare',
  ] as const) {
    assert.ok(near(got[key], want[key], 1e-9, 1e-12), `${what}: ${key} is ${got[key]}, not ${want[key]}`)
  }
}

const faultsArbitrary = fc.oneof(
  fc.record({ kind: fc.constantFrom(...CELL_KINDS) }),
  fc.record({ bitsPerCell: fc.integer({ min: 1, max: 3 }), rate: fc.constantFrom(0.001, 0.01, 0.1, 1) }),
  fc.record({ bitsPerCell: fc.integer({ min: 1, max: 3 }), count: fc.integer({ min: 0, max: 9 }) }),
)
const tensorArbitrary = fc.record({
  rows: fc.integer({ min: 1, max: 12 }),
  rowBytes: fc.integer({ min: 1, max: 5 }),
  codec: fc.constantFrom(...CODECS),
  pruneBelow: fc.constantFrom(0, 0.6, 1.7),
  seed: fc.nat(1e6),
})

test('faults in the values change what a plain decoder of the whole tensor finds changed', () => {
  let changes = 0
  fc.assert(
    fc.property(tensorArbitrary, faultsArbitrary, ({ rows, rowBytes, codec, pruneBelow, seed }, faults) => {
      const [rowElements, trials] = [8 * rowBytes, 3]
      const weights = weightsOf(rows * rowElements, createRng(seed), pruneBelow)
      const stored = Array.from(weights, (x) => codec.decode(codec.encode(x)))
      const set = stored.map((x) => x !== 0)
      const nonZeros = set.filter(Boolean).length
      fc.pre(nonZeros > 4)
      const tensor = new StoredTensor(weights, codec, rowElements)
      assert.is(tensor.nonZeros, nonZeros)
      const found = reads(tensor.valueCells(faults), trials, createRng(seed + 1)).map((words) =>
        decodePlainly(
          set,
          words.map((word) => codec.decode(word)),
          set,
          stored.length,
        ),
      )
      const want = statisticsOf(stored, found, rowElements)
      changes += want.changed
      agree(tensor.valueFaults(faults, { trials }, createRng(seed + 1)), want, nonZeros, JSON.stringify(faults))
    }),
  )
  assert.ok(changes > 100)
})

test('faults in the mask change what a plain decoder finds changed, however many rows share a pointer', () => {
  let changes = 0
  fc.assert(
    fc.property(
      tensorArbitrary,
      faultsArbitrary,
      fc.integer({ min: 1, max: 13 }),
      ({ rows, rowBytes, codec, pruneBelow, seed }, faults, rowsPerPointer) => {
        const [rowElements, trials] = [8 * rowBytes, 3]
        fc.pre(!('count' in faults) || faults.count <= rows * rowBytes)
        const weights = weightsOf(rows * rowElements, createRng(seed), pruneBelow)
        const stored = Array.from(weights, (x) => codec.decode(codec.encode(x)))
        fc.pre(stored.some((x) => x !== 0))
        const values = stored.filter((x) => x !== 0)
        const set = stored.map((x) => x !== 0)
        const tensor = new StoredTensor(weights, codec, rowElements)
        const cells = tensor.maskCells(faults)
        assert.equal(bitsOf(cells.words), set)
        const found = reads(cells, trials, createRng(seed + 1)).map((words) =>
          decodePlainly(bitsOf(words), values, set, rowsPerPointer * rowElements),
        )
        const want = statisticsOf(stored, found, rowElements)
        changes += want.changed
        const got = tensor.maskFaults(faults, { trials, rowsPerPointer }, createRng(seed + 1))
        agree(got, want, stored.length, `${JSON.stringify(faults)}, ${rowsPerPointer}`)
      },
    ),
    { numRuns: 300 },
  )
  assert.ok(changes > 1000)
})

test('one flip in a stream hits a random share of the tensor: 2/3 of sqrt 2 on average, half of the rows', () => {
  const [rows, rowElements, trials] = [300, 64, 600]
  const tensor = new StoredTensor(weightsOf(rows * rowElements, createRng(1)), fixedPointCodec(Q3_5), rowElements)
  const flip = { bitsPerCell: 1, count: 1 }
  const mean = (rowsPerPointer: number) => tensor.maskFaults(flip, { trials, rowsPerPointer }, createRng(2))
  // Behind the flip are independent values: 2 u of the power is the error of a flip with a share u behind it.
  const stream = mean(rows)
  const expected = (2 / 3) * Math.SQRT2
  // The root of a uniform number has a deviation of 1/sqrt 18; five standard errors.
  const slack = (5 * Math.SQRT2) / Math.sqrt(18 * trials)
  assert.ok(Math.abs(stream.relativeMean - expected) < slack, `${stream.relativeMean}`)
  assert.ok(Math.abs(stream.relativeRms - 1) < slack)
  assert.ok(stream.relativeWorst > 1.3 && stream.relativeWorst < 1.5)
  assert.ok(Math.abs(stream.brokenRowsShare - 0.5) < 5 / Math.sqrt(12 * trials))
  // With a pointer for every few rows, what is behind the flip is that much less.
  for (const rowsPerPointer of [1, 30]) {
    const found = mean(rowsPerPointer)
    const scaled = expected * Math.sqrt(rowsPerPointer / rows)
    assert.ok(Math.abs(found.relativeMean / scaled - 1) < 0.1, `${found.relativeMean} against ${scaled}`)
    assert.ok(found.mostBrokenRowsShare <= rowsPerPointer / rows)
  }
})

test('at one rate for all cells, as many are misread, by one level, ends to the inside, others either way alike', () => {
  for (const bitsPerCell of [1, 2, 3]) {
    const words = Array.from({ length: 40_000 }, (_, i) => i % 2 ** bitsPerCell)
    const cells = new CellArray(words, { wordBits: bitsPerCell, bitsPerCell, rate: 0.05 })
    const [up, down] = [new Float64Array(words.length), new Float64Array(2 ** bitsPerCell)]
    cells.read(createRng(3), (_, stored, found) => {
      assert.is(Math.abs(found - stored), 1)
      const list = found > stored ? up : down
      list[stored] = (list[stored] as number) + 1
    })
    assert.ok(near(cells.expectedMisreads(), 2000, 1e-12))
    const top = 2 ** bitsPerCell - 1
    for (let level = 0; level <= top; level++) {
      const expected = 2000 / 2 ** bitsPerCell
      const [rise, fall] = [up[level] as number, down[level] as number]
      assert.ok(Math.abs(rise + fall - expected) < 5 * Math.sqrt(expected), `${level} of ${top}: ${rise + fall}`)
      if (level === 0) assert.is(fall, 0)
      else if (level === top) assert.is(rise, 0)
      else assert.ok(Math.abs(rise - fall) < 5 * Math.sqrt(expected))
    }
  }
})

test('a count of faults is kept in every read, and meets every cell alike', () => {
  const [cells, count, trials] = [40, 7, 4000]
  const hits = new Float64Array(cells)
  const array = new CellArray(new Uint8Array(cells / 4).fill(0b01_10_01_10), { wordBits: 8, bitsPerCell: 2, count })
  assert.is(array.expectedMisreads(), count)
  const rng = createRng(5)
  for (let trial = 0; trial < trials; trial++) {
    let faults = 0
    array.read(rng, (index, stored, found, wrong) => {
      faults += wrong
      for (let cell = 0; cell < 4; cell++) {
        const level = (word: number) => (word >> (6 - 2 * cell)) & 3
        const step = Math.abs(level(found) - level(stored))
        assert.ok(step <= 1)
        hits[4 * index + cell] = (hits[4 * index + cell] as number) + step
      }
    })
    assert.is(faults, count)
  }
  const expected = (trials * count) / cells
  for (const hit of hits) assert.ok(Math.abs(hit - expected) < 5 * Math.sqrt(expected), `${hit} against ${expected}`)
})

test('every set of so many cells is equally likely', () => {
  const array = new CellArray([0], { wordBits: 5, bitsPerCell: 1, count: 2 })
  const rng = createRng(6)
  const seen = new Map<number, number>()
  for (let trial = 0; trial < 10_000; trial++)
    array.read(rng, (_, __, found) => seen.set(found, (seen.get(found) ?? 0) + 1))
  assert.is(seen.size, 10)
  for (const times of seen.values()) assert.ok(Math.abs(times - 1000) < 5 * Math.sqrt(1000), `${times}`)
})

test('values in other words are the same values, whose cells hold other bits', () => {
  const codec = fixedPointCodec(Q3_5)
  const weights = weightsOf(400, createRng(2))
  // The bits of every word in reverse.
  const reversed = Uint16Array.from({ length: 256 }, (_, word) =>
    Number.parseInt([...word.toString(2).padStart(8, '0')].reverse().join(''), 2),
  )
  const stored = Array.from(weights, (x) => codec.decode(codec.encode(x)))
  const set = stored.map((x) => x !== 0)
  const tensor = new StoredTensor(weights, codec, 8)
  const faults = { bitsPerCell: 2, rate: 0.1 }
  const found = reads(tensor.valueCells(faults, reversed), 5, createRng(3)).map((words) =>
    decodePlainly(
      set,
      words.map((word) => codec.decode(reversed[word] as number)),
      set,
      400,
    ),
  )
  const got = tensor.valueFaults(faults, { trials: 5, wordOf: reversed }, createRng(3))
  agree(got, statisticsOf(stored, found, 8), tensor.nonZeros, 'reversed')
  assert.not.equal(got, tensor.valueFaults(faults, { trials: 5 }, createRng(3)))
})

test('the least and the most faults there can be: none changes nothing, all cells are all wrong', () => {
  const tensor = new StoredTensor(weightsOf(64, createRng(1), 0), fixedPointCodec(Q3_5), 8)
  const none = tensor.valueFaults({ bitsPerCell: 2, count: 0 }, { trials: 4 }, createRng(1))
  assert.equal([none.changedShare, none.relativeWorst, none.brokenRowsShare, none.cleanTrialsShare], [0, 0, 0, 1])
  const cells = tensor.nonZeros * 4
  for (const faults of [
    { bitsPerCell: 2, count: cells },
    { bitsPerCell: 2, rate: 1 },
  ]) {
    const all = tensor.valueFaults(faults, { trials: 4 }, createRng(1))
    assert.equal([all.leastFaultyCells, all.mostFaultyCells, all.changedShare], [cells, cells, 1])
  }
})

test('what stops or starts being zero is a broken row', () => {
  // Two rows of 8, one value in the first: a mask without it leaves the row empty, one more bit takes what is not there.
  const tensor = new StoredTensor(
    Float64Array.from({ length: 16 }, (_, i) => (i === 3 ? 1 : 0)),
    fixedPointCodec(Q3_5),
    8,
  )
  const all = tensor.maskFaults({ bitsPerCell: 1, count: 16 }, { trials: 1, rowsPerPointer: 1 }, createRng(1))
  // The first row has its value at place 0 now, the second has none to take.
  assert.equal([all.brokenRowsShare, all.changedShare, near(all.relativeMean, Math.SQRT2)], [0.5, 2 / 16, true])
  const stream = tensor.maskFaults({ bitsPerCell: 1, count: 16 }, { trials: 1, rowsPerPointer: 2 }, createRng(1))
  assert.equal([stream.brokenRowsShare, stream.changedShare], [0.5, 2 / 16])
  const late = new StoredTensor(
    Float64Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0)),
    fixedPointCodec(Q3_5),
    8,
  )
  const moved = late.maskFaults({ bitsPerCell: 1, count: 16 }, { trials: 1, rowsPerPointer: 2 }, createRng(1))
  assert.equal([moved.brokenRowsShare, moved.changedShare], [1, 2 / 16])
})

test("fixed-point words by hand are two's complement; every word is read as it was rounded", () => {
  const codec = fixedPointCodec(Q3_5)
  assert.equal(
    [0, 1, -1, -4, 3.96875, 9, -9, -1 / 32, 1 / 65, -1 / 64].map((x) => codec.encode(x)),
    [0, 0x20, 0xe0, 0x80, 0x7f, 0x7f, 0x80, 0xff, 0, 0],
  )
  const rng = createRng(8)
  for (const format of [Q3_5, Q3_13, { bits: 2, fractionBits: 0 }, { bits: 9, fractionBits: 12 }]) {
    const { bits, encode, decode } = fixedPointCodec(format)
    for (let word = 0; word < 2 ** bits; word++) assert.is(encode(decode(word)), word)
    for (let i = 0; i < 200; i++) {
      const x = 3 * normalSample(rng)
      // Compared by ===: no rounding gives -0 a word of its own.
      assert.ok(decode(encode(x)) === toFixedPoint(x, format), `${x} in ${JSON.stringify(format)}`)
    }
  }
})

test('the quantisation error is that of rounding the weights', () => {
  const weights = weightsOf(800, createRng(3))
  const lost = weights.reduce((sum, x) => sum + (x - toFixedPoint(x, Q3_5)) ** 2, 0)
  const whole = weights.reduce((sum, x) => sum + x * x, 0)
  assert.ok(near(new StoredTensor(weights, fixedPointCodec(Q3_5), 8).quantisation, Math.sqrt(lost / whole)))
})

test('what cannot be stored or read is refused, saying what was given', () => {
  const weights = new Float64Array(64).fill(1)
  const codec = fixedPointCodec(Q3_5)
  for (const rowElements of [0, 4, 12, 24])
    assert.throws(() => new StoredTensor(weights, codec, rowElements), new RegExp(`got ${rowElements}$`))
  assert.throws(() => new StoredTensor(weights, { ...codec, bits: 17 }, 8), /1 to 16 bits, got 17/)
  assert.throws(() => new StoredTensor(weights, { ...codec, decode: () => 1 }, 8), /word 0 must stand for 0, got 1/)
  for (const bits of [1, 17, 2.5]) assert.throws(() => fixedPointCodec({ bits, fractionBits: 0 }), `got ${bits}`)
  const tensor = new StoredTensor(weights, codec, 8)
  const refused = (faults: CellFaults, message: RegExp) =>
    assert.throws(() => tensor.valueFaults(faults, { trials: 1 }, createRng(1)), message)
  for (const rate of [-0.1, 1.5, Number.NaN]) refused({ bitsPerCell: 1, rate }, new RegExp(`0 to 1, got ${rate}$`))
  for (const count of [-1, 0.5, 257]) refused({ bitsPerCell: 2, count }, new RegExp(`0 to their 256, got ${count}$`))
  for (const bitsPerCell of [0, 17, 1.5])
    refused({ bitsPerCell, rate: 0.1 }, new RegExp(`bitsPerCell .* got ${bitsPerCell}`))
  for (const rowsPerPointer of [0, 1.5]) {
    assert.throws(
      () => tensor.maskFaults({ bitsPerCell: 1, count: 1 }, { trials: 1, rowsPerPointer }, createRng(1)),
      new RegExp(`rowsPerPointer must be an integer from 1, got ${rowsPerPointer}`),
    )
  }
})

test.run()

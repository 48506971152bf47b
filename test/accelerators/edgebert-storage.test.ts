import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { BIT_ORDERS, memoryArea, peakFigures, StoredEmbedding } from '../../lib/accelerators/edgebert/mod.ts'
import { CellArray } from '../../lib/hardware/mod.ts'
import {
  AdaptivFloat,
  createRng,
  decodeBitmask,
  encodeBitmask,
  minExponentByMaximum,
  prunedWeights,
} from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'

const FORMAT = { bits: 8, exponentBits: 3 }

function stored(weights: Float64Array, rowElements: number): StoredEmbedding {
  return new StoredEmbedding(weights, new AdaptivFloat(FORMAT, minExponentByMaximum(weights, FORMAT)), rowElements)
}

test("areas by hand: bytes times density in ReRAM, bits times 146 F^2 over the cells' share in SRAM", () => {
  const blocks = memoryArea({
    nodeNm: 10,
    decoderKib: 1,
    decoderMaskKib: 0.5,
    auxKib: 4,
    embedding: { valueBytes: 2_000_000, maskBytes: 500_000, totalBytes: 2_500_000 },
    valueMm2PerMb: 0.1,
    maskMm2PerMb: 0.4,
  })
  // A KiB has 8192 bits of 146 x 100 nm2, on 90.6 % of the area.
  const kib = (8192 * 146 * 100 * 1e-12) / 0.906
  const expected = [0.2, 0.2, 2 * kib, kib, 4 * kib]
  assert.is(blocks.length, expected.length)
  for (const [i, { areaMm2 }] of blocks.entries()) assert.ok(near(areaMm2, expected[i] as number, 1e-12))
})

test('peak figures by hand: 16 MACs at 2 GHz and 64 mW', () => {
  const { macs, pjPerMac, teraFlopPerS, teraFlopPerJ } = peakFigures(4, { clockGhz: 2, powerMw: 64 })
  assert.equal([macs, pjPerMac, teraFlopPerS, teraFlopPerJ], [16, 2, 0.064, 1])
})

test('pruning keeps the largest weights, exactly as many as the density says', () => {
  const whole = prunedWeights(4000, { density: 1 }, createRng(3))
  for (const density of [0.1, 0.4, 0.95]) {
    const weights = prunedWeights(4000, { density }, createRng(3))
    const kept = [...weights].filter((x) => x !== 0)
    assert.is(kept.length, 4000 * density)
    const smallest = Math.min(...kept.map(Math.abs))
    for (const [i, x] of weights.entries())
      assert.ok(x === 0 ? Math.abs(whole[i] as number) <= smallest : x === whole[i])
  }
})

test('cells that are never misread change nothing, whatever is stored in them', () => {
  const embedding = stored(prunedWeights(8 * 128, { density: 0.4 }, createRng(1)), 128)
  for (const bitOrder of BIT_ORDERS) {
    const found = embedding.valueFaults('slc', { trials: 5, lastCell: 'fewer-levels', bitOrder }, createRng(2))
    assert.equal([found.meanFaultyCells, found.changedShare, found.relativeRms, found.cleanTrialsShare], [0, 0, 0, 1])
  }
  const mask = embedding.maskFaults('slc', { trials: 5, lastCell: 'fewer-levels' }, createRng(2))
  assert.equal([mask.meanFaultyCells, mask.relativeRms], [0, 0])
})

test('the number of faulty cells is what the levels say, in either order of the bits', () => {
  const embedding = stored(prunedWeights(400 * 128, { density: 0.4 }, createRng(1)), 128)
  for (const bitOrder of BIT_ORDERS) {
    const found = embedding.valueFaults('mlc3', { trials: 200, lastCell: 'fewer-levels', bitOrder }, createRng(7))
    // Poisson: five standard errors of the mean over the trials.
    const slack = 5 * Math.sqrt(found.expectedFaultyCells / found.trials)
    assert.ok(Math.abs(found.meanFaultyCells - found.expectedFaultyCells) < slack, bitOrder)
    assert.ok(found.leastFaultyCells <= found.meanFaultyCells && found.meanFaultyCells <= found.mostFaultyCells)
  }
})

test('a fault in the mask reaches no further than its row, and in longer rows further', () => {
  const weights = prunedWeights(400 * 128, { density: 0.4 }, createRng(1))
  const changed = (rowElements: number) => {
    const found = stored(weights, rowElements).maskFaults(
      'mlc3',
      { trials: 50, lastCell: 'fewer-levels' },
      createRng(5),
    )
    // At most all weights of a row change for each faulty cell.
    assert.ok(found.changedShare * weights.length <= found.meanFaultyCells * rowElements)
    return found.changedShare
  }
  const shares = [8, 32, 128, 1024].map(changed)
  for (let i = 1; i < shares.length; i += 1) assert.ok((shares[i] as number) > (shares[i - 1] as number))
})

test('faults of values and mask change what a plain decoder of whole rows finds changed', () => {
  const [rowElements, rows, trials] = [32, 60, 40]
  const weights = prunedWeights(rowElements * rows, { density: 0.4 }, createRng(1))
  const codec = new AdaptivFloat(FORMAT, minExponentByMaximum(weights, FORMAT))
  const codes = Uint16Array.from(weights, (x) => codec.encode(x))
  const { mask, nonZeros } = encodeBitmask(codes)
  const power = codes.reduce((sum, code) => sum + codec.decode(code) * codec.decode(code), 0)
  const compare = (found: Uint16Array) => {
    let [changed, squares] = [0, 0]
    found.forEach((code, i) => {
      const change = codec.decode(code) - codec.decode(codes[i] as number)
      changed += change === 0 ? 0 : 1
      squares += change * change
    })
    return { changed, squares }
  }
  const campaign = (words: ArrayLike<number>, decode: (found: Uint16Array) => Uint16Array) => {
    const cells = new CellArray(words, { wordBits: 8, kind: 'mlc3' })
    const rng = createRng(11)
    const sums = { changed: 0, squares: 0 }
    for (let trial = 0; trial < trials; trial += 1) {
      const found = Uint16Array.from(words)
      cells.read(rng, (index, _stored, code) => {
        found[index] = code
      })
      const { changed, squares } = compare(decode(found))
      sums.changed += changed
      sums.squares += squares
    }
    return { changed: sums.changed / trials, relativeRms: Math.sqrt(sums.squares / trials / power) }
  }
  const decodeRows = (found: Uint16Array) => {
    const all = new Uint16Array(codes.length)
    let before = 0
    for (let row = 0; row < rows; row += 1) {
      const own = codes.subarray(row * rowElements, (row + 1) * rowElements).filter((code) => code !== 0)
      const rowMask = Uint8Array.from(found.subarray((row * rowElements) / 8, ((row + 1) * rowElements) / 8))
      all.set(decodeBitmask({ length: rowElements, mask: rowMask, nonZeros: own }), row * rowElements)
      before += own.length
    }
    assert.is(before, nonZeros.length)
    return all
  }
  const embedding = stored(weights, rowElements)
  const options = { trials, lastCell: 'fewer-levels', bitOrder: 'sign-exponent-mantissa' } as const
  const values = embedding.valueFaults('mlc3', options, createRng(11))
  const plain = campaign(nonZeros, (found) => decodeBitmask({ length: codes.length, mask, nonZeros: found }))
  assert.ok(near(values.changedShare * nonZeros.length, plain.changed, 1e-12) && plain.changed > 0)
  assert.ok(near(values.relativeRms, plain.relativeRms, 1e-9))
  const masks = embedding.maskFaults('mlc3', options, createRng(11))
  const plainMask = campaign(mask, decodeRows)
  assert.ok(near(masks.changedShare * codes.length, plainMask.changed, 1e-12) && plainMask.changed > 0)
  assert.ok(near(masks.relativeRms, plainMask.relativeRms, 1e-9))
})

test('the order of the bits changes which bits share a cell, not what the words mean', () => {
  const embedding = stored(prunedWeights(100 * 128, { density: 0.4 }, createRng(1)), 128)
  const options = { trials: 50, lastCell: 'fewer-levels' } as const
  const [first, last] = BIT_ORDERS.map((bitOrder) =>
    embedding.valueFaults('mlc3', { ...options, bitOrder }, createRng(3)),
  )
  // A cell that holds the sign and the top of the exponent does more harm than one with the sign and the mantissa.
  assert.ok((first?.relativeRms ?? 0) > (last?.relativeRms ?? 0))
  assert.is(first?.cells, last?.cells)
})

test('rows that are no whole bytes of mask, or do not fill the weights, are refused', () => {
  for (const rowElements of [0, 4, 12, 24])
    assert.throws(() => stored(new Float64Array(64).fill(1), rowElements), new RegExp(`got ${rowElements}`))
})

test.run()

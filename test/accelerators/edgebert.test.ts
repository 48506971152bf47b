import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  baseWindow,
  gatingGain,
  loadFromDram,
  nullVectorShare,
  readReram,
  savedProducts,
  scaledEnergy,
} from '../../lib/accelerators/edgebert/mod.ts'
import { type DramDevice, type MemoryMacro, readDram, smallestMacro } from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'
import { gatingVectors, macScalingVectors } from '../vectors/edgebert.ts'

test('energy of scaled arrays agrees with the independent one at every vector', () => {
  const vectors = macScalingVectors()
  assert.ok(vectors.length >= 50)
  for (const row of vectors) {
    const split = { base: row.baseUnits, perLane: row.perLaneUnits, idleArray: row.idleArray }
    const got = scaledEnergy({ matmul: row.puCycles, other: row.otherCycles }, row.n, split)
    assert.ok(near(got, row.energyUnits), `${got}: ${JSON.stringify(row)}`)
  }
})

test('what zeros save agrees with the independent numbers at every vector', () => {
  const vectors = gatingVectors()
  assert.ok(vectors.length >= 60)
  for (const row of vectors) {
    const zeros = { weights: row.weightSparsity, activations: row.activationSparsity }
    const got = gatingGain(savedProducts('element', zeros, row.n), row.phi)
    assert.ok(near(got, row.gain), `${got}: ${JSON.stringify(row)}`)
    assert.ok(near(nullVectorShare(row.s, row.n), row.zeroVectorProbability))
  }
})

const share = fc.double({ min: 0, max: 1, noNaN: true })

test('zeros by hand: half and half leave a quarter of the products; vectors of 16 are hardly ever empty', () => {
  const half = { weights: 0.5, activations: 0.5 }
  assert.is(savedProducts('element', half, 16), 0.75)
  assert.is(savedProducts('vector', half, 2), 1 - 0.75 * 0.75)
  assert.is(savedProducts('vector', { weights: 0.5, activations: 0 }, 16), 2 ** -16)
  assert.equal([gatingGain(0.75, 0), gatingGain(0.75, 1), gatingGain(0, 0.9)], [1, 4, 1])
  assert.equal([nullVectorShare(0, 3), nullVectorShare(1, 99), nullVectorShare(0.3, 1)], [0, 1, 0.3])
})

test('vectors save no more than elements, the same where they have one, and more zeros never save less', () => {
  fc.assert(
    fc.property(share, share, share, fc.integer({ min: 1, max: 64 }), share, (weights, activations, more, n, phi) => {
      const zeros = { weights, activations }
      const element = savedProducts('element', zeros, n)
      const vector = savedProducts('vector', zeros, n)
      assert.ok(vector >= 0 && vector <= element + 1e-15 && element <= 1)
      assert.is(savedProducts('vector', zeros, 1), element)
      const denser = { weights: Math.max(weights, more), activations }
      assert.ok(savedProducts('element', denser, n) >= element - 1e-15)
      assert.ok(savedProducts('vector', denser, n) >= vector - 1e-15)
      if (phi < 1) assert.ok(gatingGain(element, phi) >= 1)
    }),
  )
})

test('shares outside 0 to 1 are refused by name', () => {
  for (const value of [-0.1, 1.1, Number.NaN]) {
    const pattern = (name: string) => new RegExp(`${name} must be a share from 0 to 1, got ${value}`)
    assert.throws(() => savedProducts('element', { weights: value, activations: 0 }, 1), pattern('weight sparsity'))
    assert.throws(() => savedProducts('vector', { weights: 0, activations: value }, 1), pattern('activation sparsity'))
    assert.throws(() => gatingGain(value, 0.5), pattern('the saved share'))
    assert.throws(() => gatingGain(0.5, value), pattern('the gated share'))
    assert.throws(() => nullVectorShare(value, 2), pattern('the share of zeros'))
  }
})

test('two sizes by hand: the larger wins as soon as there is a base power, the smaller up to where they tie', () => {
  const split = { perLane: 0, idleArray: 1 }
  // 100 (b + 1) against 25 (b + 4).
  const ideal = [
    { n: 1, matmul: 100, other: 0 },
    { n: 2, matmul: 25, other: 0 },
  ]
  assert.equal(baseWindow(ideal, 2, split), { from: 0, to: Number.POSITIVE_INFINITY })
  assert.is(baseWindow(ideal, 1, split), null)
  // 110 (b + 1) against 35 (b + 4): equal at b = 0.4.
  const shared = ideal.map((size) => ({ ...size, other: 10 }))
  assert.equal(baseWindow(shared, 2, split), { from: 30 / 75, to: Number.POSITIVE_INFINITY })
  assert.equal(baseWindow(shared, 1, split), { from: 0, to: 30 / 75 })
  // With lanes of one unit: 110 (b + 2) against 35 (b + 6), and the larger always wins.
  assert.is(baseWindow(shared, 1, { ...split, perLane: 1 }), null)
  assert.equal(baseWindow([{ n: 4, matmul: 1, other: 1 }], 4, split), { from: 0, to: Number.POSITIVE_INFINITY })
})

test('sizes that take the same time are told apart by what does not depend on the base', () => {
  const same = [
    { n: 4, matmul: 50, other: 50 },
    { n: 8, matmul: 50, other: 50 },
  ]
  const split = { perLane: 0, idleArray: 0 }
  assert.equal(baseWindow(same, 4, split), { from: 0, to: Number.POSITIVE_INFINITY })
  assert.is(baseWindow(same, 8, split), null)
})

test('the window holds the base powers of a grid for which a size is best, and no others', () => {
  const cycles = fc.integer({ min: 1, max: 3000 })
  const grid = Array.from({ length: 60 }, (_, i) => 0.01 * 1.25 ** i)
  let windows = 0
  fc.assert(
    fc.property(
      fc.array(fc.record({ matmul: cycles, other: cycles }), { minLength: 1, maxLength: 5 }),
      fc.record({ perLane: fc.integer({ min: 0, max: 5 }), idleArray: share }),
      (drawn, split) => {
        const sizes = drawn.map((size, i) => ({ ...size, n: 2 ** i, matmul: size.matmul * 4 ** (5 - i) }))
        const found = sizes.map(({ n }) => baseWindow(sizes, n, split))
        windows += found.filter((window) => window !== null).length
        for (const base of grid) {
          const energies = sizes.map((size) => scaledEnergy(size, size.n, { ...split, base }))
          sizes.forEach((_, i) => {
            const own = energies[i] as number
            const least = Math.min(...energies.filter((__, j) => j !== i))
            if (near(own, least, 1e-9)) return
            const window = found[i]
            const inside = window != null && base > window.from && base < window.to
            assert.is(inside, own < least, `${sizes[i]?.n} at ${base}`)
          })
        }
      },
    ),
  )
  assert.ok(windows > 100)
})

test('a size that is not among those compared is refused', () => {
  assert.throws(
    () => baseWindow([{ n: 4, matmul: 1, other: 1 }], 16, { perLane: 0, idleArray: 1 }),
    /16 must be one of 4/,
  )
})

const macro = (bitsPerCell: number, readPj: number, writePj = 0): MemoryMacro => ({
  ...smallestMacro('RRAM', 1, 1),
  bitsPerCell,
  readPj,
  writePj,
})

test('reading embeddings by hand: packed in whole words, or a read of values and mask for every vector', () => {
  const store = { values: macro(2, 5), mask: macro(1, 3), valueReadNs: 1.5, maskReadNs: 1 }
  const part = {
    bytes: { valueBytes: 100, maskBytes: 17, totalBytes: 117 },
    vectors: 20,
    vectorValues: 16,
    valueBits: 8,
  }
  // 7 words of 16 bytes and 3 of 8.
  assert.equal(readReram({ ...store, access: 'packed' }, part), { latencyNs: 7 * 1.5, energyPj: 7 * 5 + 3 * 3 })
  assert.equal(readReram({ ...store, access: 'vector' }, part), { latencyNs: 30, energyPj: 20 * 5 + 20 * 3 })
  // A slower or longer mask sets the pace; 160 values of 8 bit take ten words, their mask three.
  const slow = { ...store, maskReadNs: 4 }
  assert.equal(readReram({ ...slow, access: 'packed' }, part), { latencyNs: 3 * 4, energyPj: 7 * 5 + 3 * 3 })
  const wide = { ...part, vectorValues: 160 }
  assert.equal(readReram({ ...slow, access: 'vector' }, wide), { latencyNs: 80, energyPj: 20 * (10 * 5 + 3 * 3) })
})

const DRAM: DramDevice = {
  name: 'any',
  vdd: 1,
  idd0: 60,
  idd2n: 30,
  idd3n: 40,
  idd4r: 200,
  clockNs: 1,
  rowCycle: 50,
  rowActive: 30,
  deviceBits: 16,
  devices: 4,
  rowBytes: 8192,
  source: { kind: 'assumed', why: '', range: '' },
}

test('the conventional start by hand: from DRAM, into SRAM, and out again', () => {
  const sram = { macro: macro(1, 2, 7), portBytesPerNs: 4, overlapWrites: false }
  const got = loadFromDram(DRAM, sram, { loaded: 1001, used: 80 })
  // 16 bytes a clock.
  assert.ok(near(got.dram.latencyNs, 1001 / 16))
  assert.equal(got.dram, readDram(DRAM, 1001))
  assert.equal(got.write, { latencyNs: 1001 / 4, energyPj: 126 * 7 })
  assert.equal(got.read, { latencyNs: 20, energyPj: 10 * 2 })
  assert.ok(near(got.latencyNs, 1001 / 16 + 1001 / 4 + 20))
  assert.ok(near(got.energyPj, readDram(DRAM, 1001).energyPj + 126 * 7 + 20))
})

test('writes that overlap the DRAM take only what they are slower, and as much energy', () => {
  const copy = (portBytesPerNs: number, overlapWrites: boolean) =>
    loadFromDram(DRAM, { macro: macro(1, 2, 7), portBytesPerNs, overlapWrites }, { loaded: 1600, used: 0 })
  assert.is(copy(4, true).latencyNs, 400)
  assert.is(copy(4, false).latencyNs, 500)
  assert.equal([copy(32, true).latencyNs, copy(32, true).write.latencyNs], [100, 0])
  assert.is(copy(4, true).energyPj, copy(4, false).energyPj)
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bitmaskBytes, decodeBitmask, encodeBitmask } from '../../lib/numeric/mod.ts'
import { numericVectors } from '../vectors/edgebert.ts'

const codes = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65535 })), { maxLength: 70 })

test('decoding gives back any vector, whatever its length and its share of zeros', () => {
  fc.assert(
    fc.property(codes, (vector) => {
      const encoded = encodeBitmask(vector)
      assert.equal([...decodeBitmask(encoded)], vector)
      assert.equal(
        [...encoded.nonZeros],
        vector.filter((code) => code !== 0),
      )
      assert.is(encoded.mask.length, Math.ceil(vector.length / 8))
    }),
  )
})

test('the mask has the bits of the non-zeros, element 0 lowest, and none behind the end', () => {
  assert.equal([...encodeBitmask([7, 0, 0, 1, 0, 0, 0, 2, 0, 9]).mask], [0b1000_1001, 0b10])
  fc.assert(
    fc.property(codes, (vector) => {
      const { mask } = encodeBitmask(vector)
      const bits = [...mask].flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >> i) % 2 === 1))
      assert.equal(
        bits,
        Array.from({ length: 8 * mask.length }, (_, i) => (vector[i] ?? 0) !== 0),
      )
    }),
  )
})

test('encoding changes nothing in the vector, decoding nothing in the encoded one', () => {
  const vector = Uint16Array.from([0, 5, 0, 65535])
  const encoded = encodeBitmask(vector)
  assert.equal(decodeBitmask(encoded), vector)
  assert.equal([...vector], [0, 5, 0, 65535])
  assert.equal(encoded, { length: 4, mask: Uint8Array.of(0b1010), nonZeros: Uint16Array.of(5, 65535) })
})

test('a mask bit that falls off shifts all later codes forward, and one too many shifts them back', () => {
  const { length, mask, nonZeros } = encodeBitmask([1, 0, 2, 3, 0, 4])
  const flipped = (bit: number) => [...decodeBitmask({ length, mask: mask.map((byte) => byte ^ (1 << bit)), nonZeros })]
  assert.equal(flipped(0), [0, 0, 1, 2, 0, 3])
  assert.equal(flipped(2), [1, 0, 0, 2, 0, 3])
  assert.equal(flipped(5), [1, 0, 2, 3, 0, 0])
  // Out of codes: the last set bit gets a zero.
  assert.equal(flipped(1), [1, 2, 3, 4, 0, 0])
  assert.equal(flipped(4), [1, 0, 2, 3, 4, 0])
})

test('any mask decodes to the codes in order and then zeros', () => {
  fc.assert(
    fc.property(codes, fc.uint8Array({ minLength: 9, maxLength: 9 }), (vector, mask) => {
      const { length, nonZeros } = encodeBitmask(vector)
      const decoded = decodeBitmask({ length, mask, nonZeros })
      const taken = [...decoded].filter((_, i) => ((mask[i >> 3] as number) >> (i & 7)) % 2 === 1)
      assert.equal(
        taken,
        taken.map((_, i) => nonZeros[i] ?? 0),
      )
      assert.is([...decoded].filter((code) => code !== 0).length, Math.min(taken.length, nonZeros.length))
    }),
  )
})

test("EdgeBERT's embedding by hand: 3.84 M elements, 40 % of them 8-bit non-zeros", () => {
  const sizes = { elements: 3_840_000, nonZeros: 1_536_000, valueBits: 8 }
  assert.equal(bitmaskBytes(sizes), { valueBytes: 1_536_000, maskBytes: 480_000, totalBytes: 2_016_000 })
  assert.equal(bitmaskBytes(sizes, { maskOfNonZerosOnly: true }), {
    valueBytes: 1_536_000,
    maskBytes: 192_000,
    totalBytes: 1_728_000,
  })
})

test('bytes agree with the independent ones at every vector', () => {
  const vectors = numericVectors().footprint
  assert.ok(vectors.length >= 12)
  for (const { elements, nonZeros, bits, bytes } of vectors) {
    assert.is(bitmaskBytes({ elements, nonZeros, valueBits: bits }).totalBytes, bytes)
  }
})

test('the bytes of an encoded vector are those counted', () => {
  fc.assert(
    fc.property(codes, (vector) => {
      const { mask, nonZeros } = encodeBitmask(vector)
      assert.equal(bitmaskBytes({ elements: vector.length, nonZeros: nonZeros.length, valueBits: 16 }), {
        valueBytes: nonZeros.byteLength,
        maskBytes: mask.byteLength,
        totalBytes: nonZeros.byteLength + mask.byteLength,
      })
    }),
  )
})

test('counts that are none, and more non-zeros than elements, are refused', () => {
  const sizes = { elements: 10, nonZeros: 5, valueBits: 8 }
  for (const key of ['elements', 'nonZeros', 'valueBits'] as const)
    for (const value of [-1, 0.5, Number.NaN, 2 ** 60])
      assert.throws(
        () => bitmaskBytes({ ...sizes, [key]: value }),
        new RegExp(`${key} must be a whole number, got ${value}`),
      )
  assert.throws(() => bitmaskBytes({ ...sizes, nonZeros: 11 }), /at most 10 of 10 elements can be non-zero, got 11/)
})

test.run()

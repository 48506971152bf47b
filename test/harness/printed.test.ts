import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { isPrinted, matchesPrinted, parsePrinted } from '../../lib/harness/printed.ts'

const matches = (text: string, predicted: number) => matchesPrinted(parsePrinted(text), predicted)

test('the printed digits decide: 62 is matched by 61.6, 62.0 is not', () => {
  assert.ok(matches('62', 61.6))
  assert.not.ok(matches('62.0', 61.6))
  assert.ok(matches('4.0', 4.049))
  assert.not.ok(matches('4.00', 4.049))
  assert.ok(matches('-3', -2.6))
})

test('a tie counts for the printed number, also where doubles miss it by a bit', () => {
  assert.ok(matches('63.62', 63.625))
  assert.ok(matches('0.5', 0.45))
  assert.not.ok(matches('63.62', 63.6250001))
})

test('an exponent scales the printed unit: 330e3 is 330 thousand to three digits', () => {
  assert.equal(parsePrinted('330e3'), { value: 330_000, halfUnit: 500 })
  assert.ok(matches('330e3', 330_499) && !matches('330000', 330_499))
  assert.equal(parsePrinted('3.6e9').halfUnit, 5e7)
  assert.equal(parsePrinted('2e-5').value, 0.00002)
})

test('rounding a number to some decimals always gives a text that it matches', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: 0, max: 8 }), (value, decimals) => {
      const text = value.toFixed(decimals)
      assert.ok(matches(text, value), `${text} ${value}`)
      const far = value + 1.01 * 10 ** -decimals
      assert.not.ok(matches(text, far), `${text} ${far}`)
    }),
  )
})

test('texts that are no printed number are refused', () => {
  for (const text of ['', 'abc', '1,000', '1e', '.5', '5.', '0x10', 'NaN', 'Infinity', ' 1', '1 ', '+1']) {
    assert.not.ok(isPrinted(text), text)
    assert.throws(() => parsePrinted(text), /must look like 12, 4\.0 or 330e3, got/)
  }
})

test.run()

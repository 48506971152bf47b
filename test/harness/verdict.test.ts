import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Claim } from '../../lib/harness/ledger.ts'
import { compareWithClaim } from '../../lib/harness/verdict.ts'

const claim = (over: Partial<Claim>): Claim => ({
  id: 'p.x',
  item: 'Table 1',
  statement: 's',
  value: '',
  lo: '',
  hi: '',
  bound: 'exact',
  unit: '%',
  conditions: '',
  role: 'result',
  how: 'derive',
  note: '',
  ...over,
})
const verdict = (over: Partial<Claim>, predicted: Parameters<typeof compareWithClaim>[1], pivot?: number) =>
  compareWithClaim(claim(over), predicted, pivot).verdict

test('a number is exact, within 5 %, near within 25 %, or off', () => {
  const at = (predicted: number) => verdict({ value: '100.0' }, predicted)
  assert.equal([100.04, 100.06, 105, 105.1, 125, 75, 74.9, 126].map(at), [
    'exact',
    'within',
    'within',
    'near',
    'near',
    'near',
    'off',
    'off',
  ])
})

test('the relative error is signed and relative to the printed value', () => {
  assert.is(compareWithClaim(claim({ value: '50' }), 40).relativeError, -0.2)
  assert.is(compareWithClaim(claim({ value: '0' }), 1).relativeError, null)
  assert.is(compareWithClaim(claim({ value: '-4' }), -5).relativeError, 0.25)
})

test('a ratio on the same side of 1 keeps the trend, on the other side it is off', () => {
  assert.is(verdict({ value: '2.0', unit: 'x' }, 9), 'trend')
  assert.is(verdict({ value: '2.0', unit: 'x' }, 0.5), 'off')
  assert.is(verdict({ value: '-20' }, -90, 0), 'trend')
  assert.is(verdict({ value: '-20' }, 90, 0), 'off')
  assert.is(verdict({ value: '20' }, 90), 'off')
})

test('an upper bound holds below it and is missed above it', () => {
  const at = (predicted: number) => verdict({ value: '10', bound: 'upto' }, predicted)
  assert.equal([10.2, 3, 10.6, 12, 20].map(at), ['exact', 'within', 'near', 'near', 'off'])
  assert.is(verdict({ value: '10.0', bound: 'upto' }, 10.4), 'within')
})

test('a lower bound holds above it and is missed below it', () => {
  const at = (predicted: number) => verdict({ value: '99', bound: 'atleast' }, predicted)
  assert.equal([99.2, 300, 95, 80, 20].map(at), ['exact', 'within', 'within', 'near', 'off'])
})

test('a range holds inside, is exact where both ends match, and is missed by the distance to its end', () => {
  const range = { lo: '30', hi: '34', bound: 'range' as const }
  assert.is(verdict(range, 32), 'within')
  assert.is(verdict(range, [30.2, 33.8]), 'exact')
  assert.is(verdict(range, [31, 33]), 'within')
  assert.is(verdict(range, [28.8, 34]), 'within')
  assert.is(verdict(range, [25, 34]), 'near')
  assert.is(verdict(range, 60), 'off')
  assert.is(compareWithClaim(claim(range), 51).relativeError, 0.5)
})

test('a statement is true or false', () => {
  assert.is(verdict({ bound: 'predicate' }, true), 'exact')
  assert.is(verdict({ bound: 'predicate' }, false), 'off')
})

test('a prediction of the wrong kind is an error, never a verdict', () => {
  assert.throws(() => verdict({ bound: 'predicate' }, 1), /p\.x: its prediction must be true or false, got 1/)
  assert.throws(() => verdict({ value: '1' }, true), /must be a finite number \(%\), got true/)
  assert.throws(() => verdict({ value: '1' }, Number.NaN), /must be a finite number/)
  assert.throws(() => verdict({ lo: '1', hi: '2', bound: 'range' }, Number.POSITIVE_INFINITY), /must be finite/)
  assert.throws(() => verdict({ lo: '1', hi: '2', bound: 'range' }, false), /a number or a pair/)
  assert.throws(() => verdict({ lo: '30', hi: '34', bound: 'range' }, [100, -50]), /a pair in rising order/)
})

test.run()

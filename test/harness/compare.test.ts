import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { compareTables, describeDifference } from '../../lib/harness/compare.ts'
import { tables } from '../../lib/harness/table.ts'

const schema = tables({
  t: {
    key: { type: 'string', 'x-key': true },
    count: { type: 'integer', unit: 'byte' },
    value: { type: 'number', unit: 'pJ' },
    loose: { type: ['number', 'null'], unit: '1', 'x-tol': 0.01 },
  },
})
const row = (over: object = {}) => ({ key: 'a', count: 10, value: 1, loose: 1, ...over })
const diff = (golden: object[], got: object[]) =>
  compareTables(schema, { t: golden as never }, { t: got as never }).map(describeDifference)

test('equal tables have no differences', () => {
  assert.equal(diff([row(), row({ key: 'b', loose: null })], [row(), row({ key: 'b', loose: null })]), [])
})

test('numbers differ beyond their tolerance, integers at once', () => {
  assert.equal(diff([row()], [row({ value: 1 + 9e-10, loose: 1.009 })]), [])
  assert.equal(diff([row()], [row({ value: 1 + 3e-9 })]), ['t[key=a].value: golden 1, got 1.000000003 pJ (+3.00e-7 %)'])
  assert.equal(diff([row()], [row({ loose: 1.02 })]), ['t[key=a].loose: golden 1, got 1.02 (+2.00 %)'])
  assert.equal(diff([row()], [row({ count: 11 })]), ['t[key=a].count: golden 10, got 11 byte (+10.0 %)'])
})

test('missing and extra rows, columns and tables are differences both ways', () => {
  assert.equal(diff([row()], []), ['t[key=a]: golden row, got nothing'])
  assert.equal(diff([], [row()]), ['t[key=a]: golden nothing, got row'])
  const { loose, ...less } = row()
  assert.equal(diff([row()], [less]), [`t[key=a].loose: golden ${loose}, got nothing`])
  assert.equal(diff([less], [row()]), ['t[key=a].loose: golden nothing, got 1'])
  assert.equal(compareTables(schema, { t: [] }, {}).map(describeDifference), ['t: golden 0 rows, got nothing'])
  assert.equal(compareTables(schema, {}, { t: [] }).map(describeDifference), ['t: golden nothing, got 0 rows'])
})

test('NaN, a change of type, a null and a change of sign are differences', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '1', true, null, -1]) {
    assert.is(diff([row()], [row({ value })]).length, 1, String(value))
    assert.is(diff([row({ value })], [row()]).length, 1, String(value))
  }
  assert.is(diff([row({ value: Number.NaN })], [row({ value: Number.NaN })]).length, 1)
})

test('rows are matched by key wherever they stand, but their order counts', () => {
  const [a, b] = [row(), row({ key: 'b' })]
  assert.equal(diff([a, b], [b, a]), ['t: golden row order, got another row order'])
  assert.equal(diff([a, b], [a, row({ key: 'c' })]), [
    't[key=b]: golden row, got nothing',
    't[key=c]: golden nothing, got row',
  ])
})

test('a repeated key hides no row', () => {
  assert.is(diff([row(), row()], [row()]).length, 1)
  assert.is(diff([row(), row()], [row(), row({ value: 2 })]).length, 1)
})

test('without key columns rows are matched by position', () => {
  const plain = tables({ t: { n: { type: 'integer' } } })
  assert.equal(
    compareTables(plain, { t: [{ n: 1 }, { n: 2 }] }, { t: [{ n: 1 }, { n: 3 }] }).map((d) => d.path),
    ['t[1].n'],
  )
})

test.run()

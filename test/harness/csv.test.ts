import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { numberCell, parseCsv, readTextFile } from '../../lib/harness/csv.ts'
import { parseDecimal } from '../../lib/harness/decimal.ts'

test('parseCsv() gives cells by column, in any order and beside others, with their lines', () => {
  const rows = parseCsv('f.csv', 'b, x ,a\n1,"two, too",3\r\n4,5,6\n\n', ['a', 'b'])
  assert.equal(
    rows.map(({ line, cells }) => [line, cells.a, cells.b]),
    [
      [2, '3', '1'],
      [3, '6', '4'],
    ],
  )
})

test('parseCsv() names file, line and what is wrong', () => {
  const bad = (text: string, pattern: RegExp) => assert.throws(() => parseCsv('f.csv', text, ['a', 'b']), pattern)
  bad('', /f\.csv:1: the file must have a header \(a,b\) and rows, got an empty file/)
  bad('a,b\n', /f\.csv:1: .*got none/)
  bad('a\n1\n', /f\.csv:1: .*missing: b/)
  bad('a,b,a\n1,2,3\n', /f\.csv:1: the header must have each column once, got also: a/)
  bad('a,b\n1,2\n3\n', /f\.csv:3: Too few fields/)
  bad('a,b\n1,"2\n', /f\.csv:2: .*quote/i)
})

test('a quoted header is a header, and a line break inside quotes counts as a line', () => {
  const rows = parseCsv('f.csv', '"a","b"\n"1\n1","2"\n"3","4"\n', ['a', 'b'])
  assert.equal(
    rows.map(({ line, cells }) => [line, cells.a]),
    [
      [2, '1\n1'],
      [4, '3'],
    ],
  )
  assert.throws(() => parseCsv('f.csv', 'a,b\n"1\n1",2\n3\n', ['a', 'b']), /f\.csv:4: Too few fields/)
})

test('numberCell() and parseDecimal() take decimal numbers in range, nothing else', () => {
  const row = (text: string) => ({ line: 2, cells: { n: text } })
  assert.is(numberCell(row(' 1e2 '), 'n', { min: 0 }), 100)
  for (const text of ['', 'x', '0x10', 'Infinity', 'NaN', '-1', '1e999', '1,5'])
    assert.throws(() => numberCell(row(text), 'n', { min: 0 }), /n must be a number from 0, got "/)
  assert.throws(() => numberCell(row('3'), 'n', { min: 0, max: 2, unit: 'kg' }), /a number from 0 to 2 \(kg\), got "3"/)
  assert.is(parseDecimal('-.5e1'), -5)
  assert.ok(Number.isNaN(parseDecimal('0b1')))
})

test('readTextFile() says what is there instead of a readable text', () => {
  assert.throws(() => readTextFile('/nowhere/at/all'), /must be a readable file, got no such file/)
  assert.throws(() => readTextFile('/'), /must be a readable file, got a directory/)
})

test.run()

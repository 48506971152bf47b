import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { describeDomain, type Param, parseAssignment, parseCount, parseParam } from '../../lib/harness/param.ts'

const source = { kind: 'assumed', why: 'a test', range: 'any' } as const
const param = (over: Partial<Param>): Param => ({
  type: 'integer',
  value: 1,
  unit: 'layer',
  source,
  description: 'd',
  ...over,
})

test('integers and numbers are read as written', () => {
  assert.is(parseParam('n', param({}), '12'), 12)
  assert.is(parseParam('n', param({}), '1e3'), 1000)
  assert.is(parseParam('n', param({ type: 'number' }), '0.25'), 0.25)
  assert.is(parseParam('n', param({ type: 'number', min: -5 }), '-2.5e-1'), -0.25)
  assert.is(parseParam('n', param({ min: 0 }), '0'), 0)
})

test('whatever a double can print is read back to the same double', () => {
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.is(parseParam('n', param({ type: 'number' }), String(value)), value)
    }),
  )
})

test('a value outside the domain is refused by name, domain, unit and what was given', () => {
  for (const text of [
    'abc',
    '',
    '-1',
    '0',
    'NaN',
    'Infinity',
    '-Infinity',
    '1e999',
    '1.5',
    '0x10',
    '1_000',
    '1 2',
    '9007199254740993',
  ]) {
    assert.throws(
      () => parseParam('layers', param({}), text),
      (error: unknown) =>
        error instanceof RangeError &&
        error.message === `Cannot set layers: it must be an integer from 1 (layer), got "${text}"`,
    )
  }
  for (const text of ['0', '-0', '-1e-9', '1e999', 'NaN'])
    assert.throws(() => parseParam('f', param({ type: 'number' }), text), /a number above 0/)
  assert.throws(() => parseParam('n', param({ max: 4 }), '5'), /an integer from 1 to 4/)
})

test('a list takes several values, never an empty one', () => {
  const list = param({ value: [1, 2] })
  assert.equal(parseParam('l', list, '3, 4,5'), [3, 4, 5])
  assert.equal(parseParam('l', list, '7'), [7])
  for (const text of ['', ',', '1,', ',1', '1,,2'])
    assert.throws(() => parseParam('l', list, text), /without empty items/)
  assert.throws(() => parseParam('l', list, '1,x'), /a comma-separated list of integers from 1 \(layer\), got "x"/)
})

test('a list whose items must differ refuses one that comes again, however it is written', () => {
  const list = param({ value: [1, 2], max: 20, distinct: true })
  assert.equal(parseParam('tasks', list, '3,1,2'), [3, 1, 2])
  assert.throws(
    () => parseParam('tasks', list, '3,1,3.0'),
    /Cannot set tasks: it must be a comma-separated list of different integers from 1 to 20 \(layer\), got "3,1,3\.0"/,
  )
  assert.equal(parseParam('tasks', param({ value: [1] }), '3,3'), [3, 3])
})

test('booleans and choices take just their values', () => {
  assert.is(parseParam('b', param({ type: 'boolean', value: false }), 'true'), true)
  assert.is(parseParam('b', param({ type: 'boolean', value: true }), 'false'), false)
  assert.throws(() => parseParam('b', param({ type: 'boolean', value: true }), 'yes'), /true or false/)
  const choice = param({ type: 'string', value: 'sram', choices: ['sram', 'rram'] })
  assert.is(parseParam('c', choice, 'rram'), 'rram')
  assert.throws(() => parseParam('c', choice, 'rramm'), /one of sram, rram, got "rramm"; did you mean "rram"\?/)
})

test('an unknown parameter names the nearest one, and no property of Object passes for one', () => {
  const params = { layers: param({}), hidden: param({}) }
  assert.equal(parseAssignment(params, '--set', 'layers=a=b').text, 'a=b')
  assert.throws(
    () => parseAssignment(params, '--set', 'layres=1'),
    /no such parameter; did you mean "layers"\? \(parameters: layers, hidden\)/,
  )
  assert.throws(() => parseAssignment(params, '--set', 'toString=1'), /no such parameter/)
  assert.throws(() => parseAssignment({}, '--set', 'x=1'), /parameters: none/)
  assert.throws(
    () => parseAssignment(params, '--sweep', 'layers'),
    /Cannot read --sweep "layers": it must be name=value/,
  )
})

test('describeDomain() says what may be set', () => {
  assert.is(describeDomain(param({ type: 'number', min: 0, max: 1 })), 'a number from 0 to 1')
  assert.is(describeDomain(param({ type: 'string', value: '' })), 'a text')
  assert.is(
    describeDomain(param({ type: 'string', value: '', file: true, stored: 'a/b.json' })),
    "a file's path; the project's own file is used unless set",
  )
  assert.is(describeDomain(param({ value: [1] })), 'a comma-separated list of integers from 1')
})

test('parseCount() takes positive integers only', () => {
  assert.is(parseCount('--jobs', '12'), 12)
  for (const text of ['0', '-1', '1.5', '', 'two'])
    assert.throws(() => parseCount('--jobs', text), /--jobs: it must be a positive integer, got/)
})

test.run()

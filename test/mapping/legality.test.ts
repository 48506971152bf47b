import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  checkLegal,
  type Hierarchy,
  type Mapping,
  mappingCost,
  overflows,
  parseMapping,
  parseProblem,
} from '../../lib/mapping/mod.ts'
import { hierarchy } from '../support/mappings.ts'

const check = (problem: string, mapping: string, machine: Hierarchy = hierarchy()) =>
  checkLegal(parseProblem(problem), parseMapping(mapping), machine)

test('a bank holds its share of the accumulator and not a word more', () => {
  // 64 KiB in 16 banks of 4-byte words: 1024 outputs.
  assert.not.throws(() => check('P1024 K16', 'L3[WIO] Q1 - L2[WI] K16X - L1[O] P1024 - L0[W] Q1'))
  assert.throws(
    () => check('P1025 K16', 'L3[WIO] Q1 - L2[WI] K16X - L1[O] P1025 - L0[W] Q1'),
    (error: Error) =>
      error instanceof RangeError &&
      /^Cannot map P1025 K16: the accumulator bank of a column \(outputs\) .*by 1 words? \(needed 1025, available 1024\)$/.test(
        error.message,
      ),
  )
  // Outputs inside the registers' loops lie in the bank too.
  assert.throws(
    () => check('P2048 Q3 K2', 'L3[WIO] Q1 - L2[WI] Q1 - L1[O] P128 K2 - L0[W] P16 Q3'),
    /by 11264 words \(needed 12288, available 1024\)/,
  )
})

test('the scratchpad holds weights and the window of inputs together', () => {
  // W 3 * 3 * 8 * 16 = 1152; I 8 * ((10 - 1) * 2 + 3) * ((9 - 1) * 2 + 3) = 8 * 21 * 19 = 3192; 4344 words in all.
  const problem = 'R3 S3 P10 Q9 C8 K32 stride 2'
  const mapping = 'L3[WIO] K2 - L2[WI] K2 K8X - L1[O] R3 S3 P10 C2 C4X - L0[W] Q9'
  assert.not.throws(() => check(problem, mapping, hierarchy(4344 / 1024)))
  assert.throws(
    () => check(problem, mapping, hierarchy(4)),
    /^Cannot map R3 S3 P10 Q9 C8 K32 stride 2: the scratchpad \(weights and inputs\) .*by 248 words \(needed 4344, available 4096\)$/,
  )
  // Operands of two bytes take twice the room.
  const wide = { ...hierarchy(4344 / 1024), operandBytes: 2 }
  assert.throws(() => check(problem, mapping, wide), /by 2172 words \(needed 4344, available 2172\)/)
})

test('no more rows and columns are unrolled than the array has', () => {
  assert.throws(
    () => check('C32', 'L3[WIO] Q1 - L2[WI] Q1 - L1[O] C32X - L0[W] Q1'),
    /^Cannot map C32: the rows of the array .*by 16 rows \(needed 32, available 16\)$/,
  )
  assert.throws(
    () => check('K17', 'L3[WIO] Q1 - L2[WI] K17X - L1[O] Q1 - L0[W] Q1'),
    /the columns of the array .*by 1 columns? \(needed 17, available 16\)/,
  )
  const uneven = { ...hierarchy(), rows: 4, columns: 32 }
  assert.not.throws(() => check('C4 K32', 'L3[WIO] Q1 - L2[WI] K32X - L1[O] C4X - L0[W] Q1', uneven))
})

test('a register holds one weight, and every excess is named at once', () => {
  const mapping = parseMapping('L3[WIO] Q1 - L2[WI] K32X - L1[O] P2000 - L0[W] C3')
  const bounds = parseProblem('P2000 C3 K32')
  assert.equal(
    overflows(bounds, mapping, hierarchy(1)).map(({ where, needed, available }) => [where, needed, available]),
    [
      ['a weight register', 3, 1],
      ['the accumulator bank of a column (outputs)', 2000, 1024],
      ['the scratchpad (weights and inputs)', 3 * 32 + 3 * 2000, 1024],
      ['the columns of the array', 32, 16],
    ],
  )
  assert.throws(
    () => mappingCost(bounds, mapping, hierarchy(1)),
    /register .*by 2 words .*; the accumulator .*by 976 words .*; the scratchpad .*by 5072 words .*; the columns/,
  )
})

test('factors must multiply to the problem, dimension by dimension', () => {
  const mapping = 'L3[WIO] P2 - L2[WI] P3 - L1[O] C5 - L0[W] Q1'
  assert.not.throws(() => check('P6 C5', mapping))
  assert.throws(() => check('P8 C5', mapping), /^Cannot map P8 C5: the factors of P must multiply to 8, got 2 x 3 = 6$/)
  assert.throws(() => check('P6 C10', mapping), /the factors of C must multiply to 10, got 5/)
  assert.throws(() => check('P6 C5 K4', mapping), /the factors of K must multiply to 4, got 1/)
  assert.throws(() => check('P6', mapping), /the factors of C must multiply to 1, got 5/)
})

test('a mapping built by hand is held to the same rules as one that is read', () => {
  const nothing = { temporal: [], spatial: [] }
  const empty: Mapping = { dram: nothing, scratchpad: nothing, accumulator: nothing, register: nothing }
  const p2 = { dim: 'P', factor: 2 } as const
  const bounds = parseProblem('P4')
  assert.throws(
    () => checkLegal(bounds, { ...empty, dram: { temporal: [p2, p2], spatial: [] } }, hierarchy()),
    /Cannot map P4: L3 must have one loop per dimension, got P P/,
  )
  const spatial = [{ dim: 'P', factor: 4, axis: 'X' }] as const
  assert.throws(
    () => checkLegal(bounds, { ...empty, accumulator: { temporal: [], spatial } }, hierarchy()),
    /Cannot map P4: L1 must unroll C, got P4/,
  )
  assert.throws(
    () => checkLegal(bounds, { ...empty, dram: { temporal: [], spatial } }, hierarchy()),
    /Cannot map P4: L3 must not unroll a loop, got P4/,
  )
})

test('an impossible hierarchy is refused by name', () => {
  const mapping = parseMapping('L3[WIO] P4 - L2[WI] Q1 - L1[O] Q1 - L0[W] Q1')
  const cost = (machine: Hierarchy) => mappingCost(parseProblem('P4'), mapping, machine)
  for (const name of Object.keys(hierarchy())) {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const pattern = new RegExp(`Cannot map onto a hierarchy: ${name} must be a positive number, got ${value}`)
      assert.throws(() => cost({ ...hierarchy(), [name]: value }), pattern)
    }
  }
  assert.throws(() => cost({ ...hierarchy(), rows: 2.5 }), /rows must be an integer, got 2.5/)
  assert.throws(() => cost({ ...hierarchy(), columns: 2.5 }), /columns must be an integer, got 2.5/)
})

test.run()

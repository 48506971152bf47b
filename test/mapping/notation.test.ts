import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  convolutionProblem,
  DIMS,
  formatMapping,
  formatProblem,
  matmulProblem,
  parseMapping,
  parseProblem,
  problem,
} from '../../lib/mapping/mod.ts'
import { mappedProblems } from '../support/mappings.ts'

test('a mapping in words reads back as the same mapping', () => {
  fc.assert(
    fc.property(mappedProblems({ factors: 15 }), ({ mapping }) => {
      const text = formatMapping(mapping)
      const read = parseMapping(text)
      assert.is(formatMapping(read), text)
      for (const level of ['dram', 'scratchpad', 'accumulator', 'register'] as const) {
        assert.equal(read[level].spatial, mapping[level].spatial)
        if (mapping[level].temporal.length > 0) assert.equal(read[level].temporal, mapping[level].temporal)
      }
    }),
  )
})

test('loops keep their order, axis and level; unit loops are dropped', () => {
  const mapping = parseMapping('  L3[WIO] K8 P1 C4 - L2[WI] P5 K2 K4Y -  L1[O] C16X - L0[W] Q1 ')
  assert.equal(mapping.scratchpad, {
    temporal: [
      { dim: 'P', factor: 5 },
      { dim: 'K', factor: 2 },
    ],
    spatial: [{ dim: 'K', factor: 4, axis: 'Y' }],
  })
  assert.is(formatMapping(mapping), 'L3[WIO] K8 C4 - L2[WI] P5 K2 K4Y - L1[O] Q1 C16X - L0[W] Q1')
})

test('a text that is no mapping is refused with the piece at fault', () => {
  const rest = 'L2[WI] Q1 - L1[O] Q1 - L0[W] Q1'
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /it must have the 4 levels L3\[WIO\] - L2\[WI\] - L1\[O\] - L0\[W\], got nothing/],
    ['   ', /got nothing/],
    ['L3[WIO] Q1 - L2[WI] Q1 - L1[O] Q1', /it must have the 4 levels .*, got 3/],
    [`L3[WIO] Q1 - L3[WIO] Q1 - ${rest}`, /it must have the 4 levels .*, got 5/],
    [`L4[WIO] Q1 - ${rest}`, /level 1 of 4 must be L3\[WIO\], got "L4\[WIO\]"/],
    ['L3[WIO] Q1 - L1[O] Q1 - L2[WI] Q1 - L0[W] Q1', /level 2 of 4 must be L2\[WI\], got "L1\[O\]"/],
    ['L3[WIO] Q1 - L2[WIO] Q1 - L1[O] Q1 - L0[W] Q1', /level 2 of 4 must be L2\[WI\], got "L2\[WIO\]"/],
    [`L3[WIO] Z4 - ${rest}`, /Cannot read L3 of a mapping: a loop must be over one of R S P Q C K N, got "Z4"/],
    [`L3[WIO] p4 - ${rest}`, /must be over one of R S P Q C K N, got "p4"/],
    [`L3[WIO] P - ${rest}`, /a loop must be a dimension and a factor, like K8 or C4X, got "P"/],
    [`L3[WIO] P-4 - ${rest}`, /a loop must be a dimension and a factor, like K8 or C4X, got "P-4"/],
    [`L3[WIO] P4.5 - ${rest}`, /a loop must be a dimension and a factor, like K8 or C4X, got "P4.5"/],
    [`L3[WIO] P4Z - ${rest}`, /a loop must be a dimension and a factor, like K8 or C4X, got "P4Z"/],
    [`L3[WIO] P0 - ${rest}`, /a factor must be a positive integer, got "P0"/],
    [`L3[WIO] P99999999999999999999 - ${rest}`, /a factor must be a positive integer, got "P9{20}"/],
    [`L3[WIO] P4 C2 P2 - ${rest}`, /a level must have one loop over P, got "P4 C2 P2"/],
    [`L3[WIO] - ${rest}`, /Cannot read L3 of a mapping: it must have a loop \(Q1 for none\), got ""/],
    [`L3[WIO] C4X - ${rest}`, /Cannot read L3 of a mapping: no loop can be unrolled at this level, got "C4X"/],
    ['L3[WIO] Q1 - L2[WI] C4X - L1[O] Q1 - L0[W] Q1', /Cannot read L2 .* must be over K, got "C4X"/],
    ['L3[WIO] Q1 - L2[WI] Q1 - L1[O] K4X - L0[W] Q1', /Cannot read L1 .* must be over C, got "K4X"/],
    ['L3[WIO] Q1 - L2[WI] Q1 - L1[O] C4X C2X - L0[W] Q1', /a level must have one loop over CX, got "C4X C2X"/],
  ]
  for (const [text, pattern] of cases) {
    assert.throws(
      () => parseMapping(text),
      (error: Error) => error instanceof SyntaxError && pattern.test(error.message),
      `${text} should give ${pattern}`,
    )
  }
})

test('a problem in words reads back as the same problem', () => {
  const bound = fc.integer({ min: 1, max: 5000 })
  fc.assert(
    fc.property(fc.record(Object.fromEntries([...DIMS, 'stride'].map((name) => [name, bound]))), (bounds) => {
      const made = problem(bounds)
      assert.equal(parseProblem(formatProblem(made)), made)
    }),
  )
  assert.is(formatProblem(matmulProblem({ m: 512, k: 768, n: 64 })), 'P512 C768 K64')
  const stem = { kernel: 7, outSide: 112, inChannels: 3, outChannels: 64, stride: 2 }
  assert.is(formatProblem(convolutionProblem(stem)), 'R7 S7 P112 Q112 C3 K64 stride 2')
  assert.is(formatProblem(problem({})), 'Q1')
})

test('a text that is no problem is refused with the piece at fault', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', ''],
    ['P4 x8', 'x8'],
    ['P4 K0', 'K0'],
    ['P4 K-1', 'K-1'],
    ['P4 K2.5', 'K2.5'],
    ['P4 C2 P4', 'P twice'],
    ['P4 stride 0', 'stride 0'],
    ['P4 stride 2 stride 3', 'stride 2 stride 3'],
    ['P4 stride', 'stride'],
    ['P9999999999', 'P9999999999'],
  ]
  for (const [text, piece] of cases) {
    assert.throws(
      () => parseProblem(text),
      (error: Error) =>
        error instanceof SyntaxError &&
        error.message.startsWith(`Cannot read the shape "${text}": it must be like "P512 C768 K768"`) &&
        error.message.endsWith(`over R S P Q C K N, got "${piece}"`),
      text,
    )
  }
})

test('bounds that are no positive integers are refused by name', () => {
  for (const value of [0, -3, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    const names = [...DIMS, 'stride'] as const
    for (const name of names) {
      const pattern = new RegExp(`Cannot map a problem: ${name} must be a positive integer, got ${value}`)
      assert.throws(() => problem({ [name]: value }), pattern)
    }
    assert.throws(() => matmulProblem({ m: 1, k: value, n: 1 }), /C must be a positive integer/)
  }
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { cumulativeSparsity, neededSparsity } from '../../lib/workload/mod.ts'
import { near } from '../support/near.ts'

test('parts weigh by their parameters, and what is not listed is dense', () => {
  const half = { parameters: 30, sparsity: 0.5 }
  const most = { parameters: 60, sparsity: 0.9 }
  // 15 and 54 zeros of 100.
  assert.ok(near(cumulativeSparsity([half, most], 100), 0.69))
  assert.ok(near(cumulativeSparsity([half], 100), 0.15))
  assert.is(cumulativeSparsity([], 100), 0)
  assert.is(cumulativeSparsity([{ parameters: 100, sparsity: 1 }], 100), 1)
})

test('zeros counted one by one give the same', () => {
  const bit = fc.constantFrom(0, 1)
  fc.assert(
    fc.property(fc.array(bit, { minLength: 1 }), fc.array(bit, { minLength: 1 }), fc.nat(50), (first, second, rest) => {
      const zeros = (part: readonly number[]) => part.filter((value) => value === 0).length
      const total = first.length + second.length + rest
      const parts = [first, second].map((part) => ({
        parameters: part.length,
        sparsity: zeros(part) / part.length,
      }))
      assert.ok(near(cumulativeSparsity(parts, total), (zeros(first) + zeros(second)) / total, 1e-12, 1e-15))
    }),
  )
})

test('what a part needs is what it has', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(1000), share, share, (parameters, other, own, theirs) => {
      const part = { parameters, sparsity: own }
      const others = [{ parameters: other, sparsity: theirs }]
      const total = parameters + other + 7
      const cumulative = cumulativeSparsity([part, ...others], total)
      assert.ok(near(neededSparsity(cumulative, part, others, total), own, 0, 1e-9))
    }),
  )
})

test('a part that cannot make up for it alone needs more than 1, one that has to lose zeros less than 0', () => {
  // 90 of 100 zeros with 20 in the other part: 70 of 60. 10 of 100: -10 of 60.
  const others = [{ parameters: 40, sparsity: 0.5 }]
  assert.ok(near(neededSparsity(0.9, { parameters: 60 }, others, 100), 70 / 60))
  assert.ok(near(neededSparsity(0.1, { parameters: 60 }, others, 100), -10 / 60))
})

test('no sparsity outside 0 to 1, and no parts larger than the whole', () => {
  for (const sparsity of [-0.1, 1.1, Number.NaN]) {
    assert.throws(() => cumulativeSparsity([{ parameters: 1, sparsity }], 2), /each must be from 0 to 1, got/)
  }
  for (const total of [2, 0, Number.NaN]) {
    assert.throws(
      () => cumulativeSparsity([{ parameters: 3, sparsity: 0.5 }], total),
      /the parts must fit into .* parameters, got 3/,
    )
  }
  // Shares whose rounding makes them a bit more than 1 are let through.
  assert.ok(near(cumulativeSparsity([{ parameters: 0.4 + 0.6 + 1e-12, sparsity: 1 }], 1), 1, 1e-9))
})

test.run()

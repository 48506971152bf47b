import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { logitEntropy, maskedSoftmax } from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'
import { numericVectors } from '../vectors/edgebert.ts'

const rows = fc.array(fc.double({ min: -350, max: 350, noNaN: true }), { minLength: 1, maxLength: 40 })
const sum = (values: Iterable<number>) => [...values].reduce((total, x) => total + x, 0)

test('masked softmax agrees with the independent one at every vector', () => {
  for (const { scores, mask, result } of numericVectors().softmax) {
    const got = maskedSoftmax(scores, mask)
    assert.is(got.length, result.length)
    result.forEach((expected, i) => {
      assert.ok(near(got[i] as number, expected, 1e-11, 1e-300), `${got[i]} against ${expected}`)
    })
  }
})

test('entropy agrees with the independent one at every vector', () => {
  for (const { logits, result } of numericVectors().entropy) {
    assert.ok(near(logitEntropy(logits), result, 1e-11, 1e-15), `${logitEntropy(logits)} against ${result}`)
  }
})

test('by hand: scores ln 1, ln 2, ln 5 give an eighth, a quarter and five eighths', () => {
  const got = maskedSoftmax([1, 2, 5].map(Math.log))
  for (const [i, expected] of [1 / 8, 1 / 4, 5 / 8].entries()) assert.ok(near(got[i] as number, expected, 1e-14))
})

test('probabilities sum to one and order as the scores do', () => {
  fc.assert(
    fc.property(rows, (scores) => {
      const got = maskedSoftmax(scores)
      assert.ok(near(sum(got), 1, 1e-11), `the sum is ${sum(got)}`)
      for (let i = 1; i < scores.length; i++) {
        const rises = (scores[i] as number) >= (scores[i - 1] as number)
        assert.ok(rises ? (got[i] as number) >= (got[i - 1] as number) : (got[i] as number) <= (got[i - 1] as number))
      }
    }),
  )
})

test('a shift of all scores changes neither softmax nor entropy', () => {
  fc.assert(
    fc.property(
      // Whole numbers, so that the shifted scores are exact.
      fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(-700, 700, -1e6, 1e9, 2 ** 50),
      (scores, shift) => {
        const shifted = scores.map((x) => x + shift)
        const [plain, moved] = [maskedSoftmax(scores), maskedSoftmax(shifted)]
        for (let i = 0; i < scores.length; i++) {
          assert.ok(near(moved[i] as number, plain[i] as number, 1e-11), `${moved[i]} against ${plain[i]}`)
        }
        assert.is(logitEntropy(shifted), logitEntropy(scores))
      },
    ),
  )
})

test('equal scores share equally however large they are', () => {
  for (const score of [0, 700, -1e9, 1e17, -1e300, Number.MAX_VALUE]) {
    const got = [...maskedSoftmax([score, score, score, score])]
    for (const share of got) assert.ok(near(share, 1 / 4), `${got} for scores of ${score}`)
  }
})

test('the mask weighs each probability and gives nothing of what it takes to the others', () => {
  fc.assert(
    fc.property(
      rows,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 40 }),
      (x, m) => {
        const mask = m.slice(0, x.length)
        const [plain, masked] = [maskedSoftmax(x), maskedSoftmax(x, mask)]
        assert.equal(
          [...masked],
          [...plain].map((p, i) => p * (mask[i] as number)),
        )
      },
    ),
  )
  assert.equal(
    [...maskedSoftmax([3, 3], [0, 1])].map((p) => Math.round(p * 1e9) / 1e9),
    [0, 0.5],
  )
})

/** Eq. 1 as it stands: exponentials that overflow, probabilities, and their logarithms. */
function directEntropy(logits: readonly number[]): number {
  const weights = logits.map(Math.exp)
  const total = sum(weights)
  return -sum(weights.map((w) => (w === 0 ? 0 : (w / total) * Math.log(w / total))))
}

test('entropy is that of Eq. 1 where that does not overflow', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 20 }), (logits) => {
      assert.ok(near(logitEntropy(logits), directEntropy(logits), 1e-9, 1e-13))
    }),
  )
})

test('entropy lies between 0 and the logarithm of the number of logits, which equal logits reach', () => {
  fc.assert(
    fc.property(rows, (logits) => {
      const entropy = logitEntropy(logits)
      assert.ok(entropy >= 0 && entropy <= Math.log(logits.length) * (1 + 1e-14), `${entropy}`)
    }),
  )
  for (const value of [0, -3.5, 800, -1e300, Number.MAX_VALUE]) {
    assert.is(logitEntropy([value, value]), Math.LN2)
    assert.ok(near(logitEntropy([value, value, value]), Math.log(3), 1e-15))
    assert.is(logitEntropy([value]), 0)
  }
})

test('entropy cannot overflow, however far apart the logits are', () => {
  for (const size of [1000, 1e300, Number.MAX_VALUE]) {
    assert.is(logitEntropy([size, -size]), 0, `logits of +-${size}`)
    assert.is(logitEntropy([size, size, -size]), Math.LN2, `logits of +-${size}`)
  }
})

test('Eq. 3 as printed is off by twice the largest logit: 0.1909 becomes -3.809 for the logits 2 and -1', () => {
  assert.ok(near(logitEntropy([2, -1]), 0.1909, 3e-4))
  assert.ok(near(logitEntropy([2, -1], { subtractMaximum: true }), -3.809, 1e-4))
  assert.is(logitEntropy([2, -1], { subtractMaximum: false }), logitEntropy([2, -1]))
  fc.assert(
    fc.property(rows, (logits) => {
      const printed = logitEntropy(logits, { subtractMaximum: true })
      assert.ok(near(printed, logitEntropy(logits) - 2 * Math.max(...logits), 1e-12, 1e-12))
    }),
  )
})

test('rows that are empty or not finite, and masks of another length, are refused', () => {
  assert.throws(() => maskedSoftmax([]), /Cannot take a softmax: there must be elements, got none/)
  assert.throws(() => logitEntropy([]), /Cannot take an entropy: there must be elements, got none/)
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => maskedSoftmax([0, x]), new RegExp(`element 1 must be finite, got ${x}`))
    assert.throws(() => logitEntropy([x, 0]), new RegExp(`element 0 must be finite, got ${x}`))
  }
  assert.throws(() => maskedSoftmax([1, 2], [1]), /the mask must have 2 elements, got 1/)
})

test.run()

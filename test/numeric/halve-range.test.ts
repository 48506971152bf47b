import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { halveRange } from '../../lib/numeric/mod.ts'

test('a range is halved around where a statement turns false, and no call is spent on its ends', () => {
  const asked: number[] = []
  const isBelow = (x: number) => {
    asked.push(x)
    return x < 5
  }
  assert.equal(halveRange([0, 8], isBelow, 3), [4, 5])
  assert.equal(asked, [4, 6, 5])
  assert.equal(halveRange([0, 8], isBelow, 0), [0, 8])
  const [low, high] = halveRange([1, 2], (x) => x * x < 2, 60)
  assert.ok(low <= Math.SQRT2 && high >= Math.SQRT2 && high - low <= 2 * Number.EPSILON)
})

test.run()

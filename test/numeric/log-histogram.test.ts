import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createLogHistogram, LOG_HISTOGRAM_RESOLUTION, type LogHistogram } from '../../lib/numeric/mod.ts'

const of = (values: readonly number[]): LogHistogram => {
  const histogram = createLogHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}
/** Values over many decades, some of them crowded into one bin. */
const values = fc.array(
  fc.oneof(
    fc.double({ min: 0, max: 159, noNaN: true }).map((exponent) => 2 ** exponent),
    fc.double({ min: 1000, max: 1010, noNaN: true }),
    fc.integer({ min: 1, max: 20 }),
  ),
  { minLength: 1, maxLength: 60 },
)
const share = fc.double({ min: 0, max: 1, noNaN: true })
// The histogram's tables are large, so fewer runs than usual.
const few = { numRuns: 60 }

test('a quantile is the value of its rank, to within the resolution', () => {
  fc.assert(
    fc.property(values, share, (given, at) => {
      const sorted = [...given].sort((a, b) => a - b)
      const exact = sorted[Math.min(Math.floor(at * sorted.length), sorted.length - 1)] as number
      const found = of(given).quantile(at)
      assert.ok(Math.abs(found / exact - 1) <= LOG_HISTOGRAM_RESOLUTION, `${found} against ${exact}`)
    }),
    few,
  )
  assert.ok(LOG_HISTOGRAM_RESOLUTION < 1e-3)
})

test('quantiles rise with the share and stay within the smallest and largest value', () => {
  fc.assert(
    fc.property(values, (given) => {
      const histogram = of(given)
      let last = histogram.min
      for (const at of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]) {
        assert.ok(histogram.quantile(at) >= last, `quantile ${at}`)
        last = histogram.quantile(at)
      }
      assert.ok(last <= histogram.max)
    }),
    few,
  )
})

test('shareBelow() counts the values below, but for those within the resolution', () => {
  fc.assert(
    fc.property(values, fc.nat(), share, (given, index, nudge) => {
      const histogram = of(given)
      const value = (given[index % given.length] as number) * (0.99 + 0.02 * nudge)
      const found = histogram.shareBelow(value)
      const below = (limit: number) => given.filter((v) => v < limit).length / given.length
      assert.ok(found >= below(value * (1 - LOG_HISTOGRAM_RESOLUTION)) - 1e-12)
      assert.ok(found <= below(value * (1 + LOG_HISTOGRAM_RESOLUTION)) + 1e-12)
    }),
    few,
  )
})

test('shareBelow() is 0 at the smallest value and 1 above the largest', () => {
  const histogram = of([3, 5, 5, 8])
  assert.equal(
    [2, 3, 4, 6, 8.5, 1e60].map((value) => histogram.shareBelow(value)),
    [0, 0, 0.25, 0.75, 1, 1],
  )
})

test('evenly spread values inside one bin are interpolated', () => {
  // All lie between 1024 and 1025, one bin.
  const histogram = of(Array.from({ length: 101 }, (_, i) => 1024 + i / 128))
  assert.is(histogram.bins.filter((count) => count > 0).length, 1)
  assert.ok(Math.abs(histogram.quantile(0.5) - (1024 + 50 / 128)) < 0.02)
  assert.ok(Math.abs(histogram.shareBelow(1024 + 25 / 128) - 0.25) < 0.01)
})

test('the smallest and the largest value are exact', () => {
  fc.assert(
    fc.property(values, (given) => {
      const histogram = of(given)
      assert.equal(
        [histogram.min, histogram.max, histogram.count],
        [Math.min(...given), Math.max(...given), given.length],
      )
    }),
    few,
  )
  const single = of([1234.5])
  assert.equal([single.quantile(0), single.quantile(0.5), single.quantile(1)], [1234.5, 1234.5, 1234.5])
})

test('merging gives what adding everything gives, in any order', () => {
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 4 }), (parts) => {
      const merged = (order: readonly (readonly number[])[]) => {
        const all = createLogHistogram()
        for (const part of order) all.merge(of(part))
        return all
      }
      const facts = (h: LogHistogram) => [h.count, h.min, h.max, h.quantile(0.3), h.shareBelow(1005)]
      const whole = of(parts.flat())
      for (const joined of [merged(parts), merged(parts.toReversed())]) {
        assert.equal(facts(joined), facts(whole))
        assert.ok(joined.bins.every((count, bin) => count === whole.bins[bin]))
      }
    }),
    { numRuns: 10 },
  )
})

test('merging an empty histogram changes nothing', () => {
  const histogram = of([7, 9])
  histogram.merge(createLogHistogram())
  assert.equal([histogram.count, histogram.min, histogram.max], [2, 7, 9])
  const empty = createLogHistogram()
  empty.merge(histogram)
  assert.equal([empty.count, empty.min, empty.max], [2, 7, 9])
})

test('an empty histogram has no values to ask for', () => {
  const empty = createLogHistogram()
  assert.is(empty.count, 0)
  for (const nothing of [empty.min, empty.max, empty.quantile(0.5), empty.shareBelow(3)])
    assert.ok(Number.isNaN(nothing))
})

test('a value out of range is refused and not counted', () => {
  const histogram = of([2])
  for (const value of [0, 0.999, -5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 160, 1e300]) {
    assert.throws(() => histogram.add(value), new RegExp(`must be from 1 to 2\\^160, got ${value}`.replace('+', '\\+')))
  }
  assert.equal([histogram.count, histogram.min, histogram.max], [1, 2, 2])
  assert.is(of([1, 2 ** 159.99]).count, 2)
})

test('a share out of range is refused', () => {
  for (const at of [-0.1, 1.1, Number.NaN]) {
    assert.throws(() => of([2]).quantile(at), new RegExp(`its share must be from 0 to 1, got ${at}`))
  }
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { inputFills } from '../../lib/mapping/input-window.ts'
import { DIMS, type Dim, type Problem, problem } from '../../lib/mapping/mod.ts'

/** The DRAM loops, innermost first, over a tile of the given iterations. */
interface Nest {
  readonly order: readonly Dim[]
  readonly factors: Problem
  readonly inside: Problem
}

/** First index and length along batch, channels, rows and columns. */
type Box = readonly (readonly [number, number])[]
const volume = (box: Box) => box.reduce((product, [, length]) => product * length, 1)
const common = (a: Box, b: Box) =>
  a.reduce((product, [first, length], i) => {
    const [other, otherLength] = b[i] as readonly [number, number]
    return product * Math.max(0, Math.min(first + length, other + otherLength) - Math.max(first, other))
  }, 1)

function boxAt(at: Readonly<Record<Dim, number>>, { N, C, P, Q, R, S, stride }: Problem): Box {
  return [
    [at.N, N],
    [at.C, C],
    [at.P * stride + at.R, (P - 1) * stride + R],
    [at.Q * stride + at.S, (Q - 1) * stride + S],
  ]
}

/**
 * Timeloop's rule, played through: each loop is stepped once and that step stands for all its others; the new window
 * costs what the last one lacks if it moved as the last time or that is not known, else all of it, and then it is not
 * known how it moved.
 */
function timeloopFills({ order, factors, inside }: Nest): number {
  const at: Record<Dim, number> = { R: 0, S: 0, P: 0, Q: 0, C: 0, K: 0, N: 0 }
  let last: Box | undefined
  let lastMove: string | undefined
  let words = 0
  const visit = (weight: number) => {
    const box = boxAt(at, inside)
    if (!last) words += volume(box)
    else {
      const from = last
      const move = box.map(([first], i) => first - (from[i]?.[0] ?? 0)).join()
      const alike = lastMove === undefined || move === lastMove
      words += weight * (alike ? volume(box) - common(box, from) : volume(box))
      lastMove = alike ? move : undefined
    }
    last = box
  }
  const run = (depth: number, weight: number) => {
    const dim = order[depth]
    if (dim === undefined) return visit(weight)
    run(depth - 1, weight)
    at[dim] += inside[dim]
    run(depth - 1, weight * (factors[dim] - 1))
    at[dim] -= inside[dim]
  }
  run(order.length - 1, 1)
  return words
}

const fills = ({ order, factors, inside }: Nest) =>
  inputFills(
    Uint8Array.from(order, (dim) => DIMS.indexOf(dim)),
    Float64Array.from(DIMS, (dim) => factors[dim]),
    Float64Array.from(DIMS, (dim) => inside[dim]),
    inside.stride,
  )

const extents = (min: number, max: number) =>
  fc.record(Object.fromEntries(DIMS.map((dim) => [dim, fc.integer({ min, max })])))
const nests: fc.Arbitrary<Nest> = fc
  .tuple(fc.shuffledSubarray([...DIMS]), extents(2, 4), extents(1, 5), fc.integer({ min: 1, max: 3 }))
  .map(([order, factors, inside, stride]) => ({
    order,
    factors: problem(factors),
    inside: problem({ ...inside, stride }),
  }))

test("inputFills() equals Timeloop's rule played through, on 20,000 nests", () => {
  let nested = 0
  fc.assert(
    fc.property(nests, (nest) => {
      assert.is(fills(nest), timeloopFills(nest), JSON.stringify(nest))
      if (nest.order.length > 2) nested++
    }),
    { numRuns: 20_000 },
  )
  assert.ok(nested > 10_000)
})

test('an outer loop that moves the window on by one inner step keeps the overlap, any other reloads all of it', () => {
  // 4 kernel rows inside, 2 steps of them; an output row further is 1 input row.
  const inside = problem({ R: 4, P: 1, Q: 6 })
  const credited: Nest = { order: ['R', 'P'], factors: problem({ R: 2, P: 5 }), inside: { ...inside, P: 8 } }
  const tile = (7 + 4) * 6
  // R moves 4 rows of 11, back by 4 and on by 8 is 4 again: all but the first window keep 7 rows.
  assert.is(fills(credited), tile + 9 * 4 * 6)
  const { factors } = credited
  assert.is(fills({ order: ['R', 'P'], factors, inside: { ...inside, P: 9 } }), 5 * ((8 + 4) * 6 + 4 * 6))
})

test('a window that slides by more than its size is loaded whole at every step', () => {
  const inside = problem({ R: 2, S: 2, stride: 3 })
  assert.is(fills({ order: ['P'], factors: problem({ P: 7 }), inside }), 7 * 4)
  assert.is(fills({ order: ['P'], factors: problem({ P: 7 }), inside: { ...inside, stride: 1 } }), 4 + 6 * 2)
})

test('loops over output channels alone load the inputs once, loops over channels and batch each time', () => {
  const inside = problem({ R: 2, S: 3, P: 4, Q: 5, C: 6, N: 2 })
  const tile = 2 * 6 * 5 * 7
  assert.is(fills({ order: [], factors: problem({}), inside }), tile)
  assert.is(fills({ order: ['K'], factors: problem({ K: 9 }), inside }), tile)
  assert.is(fills({ order: ['K', 'C'], factors: problem({ K: 9, C: 4 }), inside }), 4 * tile)
  assert.is(fills({ order: ['C', 'K'], factors: problem({ K: 9, C: 4 }), inside }), 36 * tile)
  assert.is(fills({ order: ['N', 'C'], factors: problem({ N: 3, C: 4 }), inside }), 12 * tile)
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  attentionSparsity,
  dynatranPrune,
  growthExponent,
  meanCurve,
  type PruningCount,
  preCompute,
  probabilitiesPerRow,
  profileThresholds,
  prunedActivations,
  prunedBuffer,
  type Reals,
  sparsityOf,
  TOP_K_SELECTIONS,
  thresholdFor,
  topKPrune,
  zeroCollapse,
  zeroExpand,
} from '../../lib/accelerators/acceltran/mod.ts'
import { createRng, decodeBitmask, encodeBitmask, selectRank } from '../../lib/numeric/mod.ts'
import { bertBase, bertTiny, layerOperators } from '../../lib/workload/mod.ts'
import { near } from '../support/near.ts'

const reals = (minLength = 0) =>
  fc
    .array(fc.oneof(fc.constant(0), fc.constant(-0), fc.integer({ min: -4, max: 4 }), fc.double({ noNaN: true })), {
      minLength,
      maxLength: 40,
    })
    .map((values) => Float64Array.from(values))

/** DynaTran's result in a new buffer. */
function pruned(matrix: Reals, tau: number): PruningCount & { values: number[]; mask: number[] } {
  const into = prunedBuffer(matrix)
  return { ...dynatranPrune(matrix, tau, into), values: [...into.values], mask: [...into.mask] }
}

/** Top-k's result in a new buffer. */
function kept(
  matrix: Reals,
  options: Omit<Parameters<typeof topKPrune>[1], 'into'>,
): PruningCount & { values: number[]; mask: number[] } {
  const into = prunedBuffer(matrix)
  return { ...topKPrune(matrix, { ...options, into }), values: [...into.values], mask: [...into.mask] }
}

test('DynaTran by hand: a magnitude equal to the threshold stays, and a 1 masks what is ineffectual', () => {
  const { values, mask, comparisons, zeros } = pruned(Float64Array.of(0.5, -0.5, 0.49, -2, 0, -0.1), 0.5)
  assert.equal(values, [0.5, -0.5, 0, -2, 0, 0])
  assert.equal(mask, [0, 0, 1, 0, 1, 1])
  assert.equal([comparisons, zeros], [6, 3])
})

test('at threshold 0 nothing is pruned, but a zero is masked', () => {
  const { values, mask } = pruned(Float64Array.of(1e-300, 0, -0, -1), 0)
  assert.equal(values, [1e-300, 0, -0, -1])
  assert.equal(mask, [0, 1, 1, 0])
})

test('DynaTran keeps exactly the elements of the rule, counts its zeros and compares once per element', () => {
  fc.assert(
    fc.property(reals(), fc.double({ min: 0, max: 5, noNaN: true }), (matrix, tau) => {
      const own = pruned(matrix, tau)
      matrix.forEach((value, i) => {
        assert.is(own.values[i], Math.abs(value) >= tau ? value : 0)
        assert.is(own.mask[i], own.values[i] === 0 ? 1 : 0)
      })
      assert.is(own.comparisons, matrix.length)
      assert.is(own.zeros, own.mask.filter(Boolean).length)
      if (matrix.length > 0) assert.is(sparsityOf(own.values), own.zeros / matrix.length)
    }),
  )
})

test('DynaTran works in place and in single precision', () => {
  const matrix = Float32Array.of(0.1, 0.3, -0.2)
  const into = { values: matrix, mask: new Uint8Array(3) }
  dynatranPrune(matrix, 0.2, into)
  // 0.2 in single precision is a little above the threshold.
  assert.equal([...matrix], [0, Math.fround(0.3), Math.fround(-0.2)])
  assert.ok(prunedBuffer(matrix).values instanceof Float32Array)
})

test('what cannot be pruned is refused in words', () => {
  const matrix = Float64Array.of(1, 2, 3)
  const into = prunedBuffer(matrix)
  for (const tau of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => dynatranPrune(matrix, tau, into), /Cannot prune: the threshold must be a finite number from 0/)
  assert.throws(
    () => dynatranPrune(matrix, 1, { values: new Float64Array(3), mask: new Uint8Array(2) }),
    /Cannot prune: the buffer must have 3 elements, got 2/,
  )
  assert.throws(() => sparsityOf([]), /there must be elements, got none/)
  const top = (over: object) => () => topKPrune(matrix, { columns: 3, k: 1, into, ...over })
  assert.throws(top({ k: 0 }), /k must be a positive integer, got 0/)
  assert.throws(top({ k: 1.5 }), /k must be a positive integer, got 1\.5/)
  assert.throws(top({ columns: 2 }), /whole rows of 2, got 3 elements/)
  assert.throws(top({ scratch: new Float64Array(2) }), /scratch must have 3 elements, got 2/)
  assert.throws(top({ into: prunedBuffer(new Float64Array(4)) }), /the buffer must have 3 elements, got 4/)
})

test('top-k by hand: ties go to the lowest index, rows are on their own, short rows stay whole', () => {
  const matrix = Float64Array.of(3, 1, 3, 3, -1, -5, -2, -2)
  for (const selection of TOP_K_SELECTIONS) {
    const { values, mask, zeros } = kept(matrix, { columns: 4, k: 2, selection })
    assert.equal(values, [3, 0, 3, 0, -1, 0, -2, 0], selection)
    assert.equal(mask, [0, 1, 0, 1, 0, 1, 0, 1])
    assert.is(zeros, 4)
    assert.equal(kept(matrix, { columns: 4, k: 4, selection }).values, [...matrix])
    assert.is(kept(matrix, { columns: 4, k: 9, selection }).comparisons, 0)
  }
})

test('as run by the authors, top-k drops what equals the k-th largest: k - 1 of different elements, fewer of equal ones', () => {
  const strict = (values: number[], k: number) =>
    kept(Float64Array.from(values), { columns: values.length, k, strictlyLarger: true }).values
  assert.equal(strict([4, 1, 3, 2], 3), [4, 0, 3, 0])
  assert.equal(strict([4, 1, 3, 2], 1), [0, 0, 0, 0])
  assert.equal(strict([2, 2, 2, 1], 2), [0, 0, 0, 0])
  assert.equal(strict([4, 1, 3, 2], 4), [4, 1, 3, 2])
})

test('every selection keeps what sorting each row keeps', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 14 }),
      fc.integer({ min: 0, max: 4 }),
      fc.infiniteStream(fc.oneof(fc.integer({ min: -2, max: 2 }), fc.double({ noNaN: true }))),
      (columns, k, rows, stream) => {
        const matrix = Float64Array.from({ length: rows * columns }, () => stream.next().value as number)
        const expected = Array.from({ length: rows }, (_, row) => {
          const own = [...matrix.subarray(row * columns, (row + 1) * columns)]
          const first = own.map((value, i) => ({ value, i })).sort((a, b) => b.value - a.value || a.i - b.i)
          const stays = new Set(first.slice(0, k).map(({ i }) => i))
          return own.map((value, i) => (stays.has(i) ? value : 0))
        }).flat()
        for (const selection of TOP_K_SELECTIONS) {
          const { values, mask, zeros } = kept(matrix, { columns, k, selection })
          assert.equal(values, expected, selection)
          assert.equal(
            mask,
            expected.map((value) => (value === 0 ? 1 : 0)),
          )
          assert.is(zeros, mask.filter(Boolean).length)
        }
      },
    ),
  )
})

test('the least that is kept is the element of that rank', () => {
  const rng = createRng(3)
  const row = Float64Array.from({ length: 200 }, () => rng.next())
  for (const k of [1, 2, 77, 199]) {
    for (const selection of TOP_K_SELECTIONS) {
      const { values } = kept(row, { columns: 200, k, selection })
      assert.is(Math.min(...values.filter((value) => value > 0)), selectRank(row.slice(), 200 - k))
    }
  }
})

test('k passes compare n - 1, n - 2, ... times, then once per element', () => {
  const rng = createRng(4)
  for (const [rows, columns, k] of [
    [1, 5, 1],
    [3, 8, 2],
    [2, 9, 8],
  ] as const) {
    const matrix = Float64Array.from({ length: rows * columns }, () => rng.next())
    let each = columns
    for (let pass = 0; pass < k; pass += 1) each += columns - 1 - pass
    assert.is(kept(matrix, { columns, k, selection: 'k passes' }).comparisons, rows * each)
  }
})

test('a heap compares as often as its bound allows, and once per element if nothing displaces its top', () => {
  const descending = Float64Array.from({ length: 64 }, (_, i) => -i)
  // A heap of one is the first element; the other 63 challenge it in vain; then each of the 64 is compared with it.
  assert.is(kept(descending, { columns: 64, k: 1, selection: 'heap' }).comparisons, 63 + 64)
  const rng = createRng(5)
  const matrix = Float64Array.from({ length: 64 * 64 }, () => rng.next())
  for (const k of [2, 16, 63]) {
    const bound = 64 * (2 * k + (64 - k) * (1 + 2 * Math.ceil(Math.log2(k + 1))) + 64)
    const { comparisons } = kept(matrix, { columns: 64, k, selection: 'heap' })
    assert.ok(comparisons <= bound, `${comparisons} of at most ${bound}`)
    assert.ok(comparisons >= 64 * (64 - k + 64))
  }
})

test('quick-select takes a few comparisons per element, whatever the order and however many are equal', () => {
  const n = 512
  const rng = createRng(6)
  const orders: Record<string, (i: number) => number> = {
    random: () => rng.next(),
    rising: (i) => i,
    falling: (i) => -i,
    equal: () => 1,
    padded: (i) => (i < 25 ? rng.next() : 0),
  }
  for (const [name, value] of Object.entries(orders)) {
    const row = Float64Array.from({ length: n }, (_, i) => value(i))
    for (const k of [1, 16, 256]) {
      const { comparisons } = kept(row, { columns: n, k })
      assert.ok(comparisons >= 2 * n && comparisons < 6 * n, `${name}, k = ${k}: ${comparisons}`)
    }
  }
  // All equal: three for the pivot, one round, one look at each.
  assert.is(kept(new Float64Array(n).fill(1), { columns: n, k: 7 }).comparisons, 3 + n + n)
})

test('selection by hand: comparisons of a row of three', () => {
  // Pivot 2: three, then three in the round; rank 0 is in the front part of one element, found without another look.
  assert.is(kept(Float64Array.of(1, 2, 3), { columns: 3, k: 1 }).comparisons, 6 + 3)
  // Rank 1 is the pivot.
  assert.is(kept(Float64Array.of(1, 2, 3), { columns: 3, k: 2 }).comparisons, 6 + 3)
  // Heap of [1, 2]: one comparison to build; 3 displaces 1: one, then one to sift down.
  assert.is(kept(Float64Array.of(1, 2, 3), { columns: 3, k: 2, selection: 'heap' }).comparisons, 3 + 3)
})

test('fitted exponents are those of powers', () => {
  const sizes = [3, 5, 9, 20]
  for (const power of [1, 2, 2.5])
    assert.ok(near(growthExponent(sizes.map((size) => ({ size, count: 7 * size ** power }))), power))
  assert.throws(() => growthExponent([{ size: 2, count: 3 }]), /two different sizes, got 2/)
  assert.throws(() => growthExponent([]), /two different sizes, got none/)
  assert.throws(() => growthExponent([{ size: 2, count: 0 }]), /must be positive, got 2 and 0/)
})

const TAUS = [0, 0.5, 1, 2, 3]

test('a profile by hand: shares below each threshold over all matrices, zeros always', () => {
  const matrices = [Float64Array.of(0, 0.5, -1, 2), Float32Array.of(-3)]
  assert.equal(profileThresholds(matrices, TAUS), { thresholdsTau: TAUS, sparsities: [0.2, 0.2, 0.4, 0.6, 0.8] })
})

test('a profile says what pruning does, and never falls', () => {
  fc.assert(
    fc.property(fc.array(reals(1), { minLength: 1, maxLength: 3 }), (matrices) => {
      const { sparsities } = profileThresholds(matrices, TAUS)
      const elements = matrices.reduce((sum, { length }) => sum + length, 0)
      TAUS.forEach((tau, i) => {
        const zeros = matrices.reduce((sum, matrix) => sum + pruned(matrix, tau).zeros, 0)
        assert.is(sparsities[i], zeros / elements)
        assert.ok(i === 0 || (sparsities[i] as number) >= (sparsities[i - 1] as number))
      })
    }),
  )
})

test('the threshold calculator is the inverse of the curve', () => {
  const curve = { thresholdsTau: [0, 0.1, 0.2, 0.4], sparsities: [0.1, 0.3, 0.3, 0.7] }
  assert.is(thresholdFor(curve, 0), 0)
  assert.is(thresholdFor(curve, 0.3), 0.1)
  assert.is(thresholdFor(curve, 0.31), 0.4)
  assert.ok(near(thresholdFor(curve, 0.5, { interpolate: true }), 0.3))
  assert.ok(near(thresholdFor(curve, 0.2, { interpolate: true }), 0.05))
  assert.throws(() => thresholdFor(curve, 0.71), /at most the 0\.7 that the curve reaches, got 0\.71/)
  assert.throws(() => thresholdFor(curve, 1.01), /must be from 0 to 1, got 1\.01/)
  assert.throws(() => thresholdFor(curve, Number.NaN), /must be from 0 to 1/)
  fc.assert(
    fc.property(reals(1), fc.double({ min: 0, max: 1, noNaN: true }), (matrix, wanted) => {
      const own = profileThresholds([matrix], TAUS)
      own.sparsities.forEach((sparsity, i) => {
        assert.is(thresholdFor(own, sparsity), TAUS[own.sparsities.indexOf(sparsity)], `at ${TAUS[i]}`)
      })
      if (wanted > (own.sparsities.at(-1) as number)) {
        assert.throws(() => thresholdFor(own, wanted))
        return
      }
      const tau = thresholdFor(own, wanted)
      assert.ok(sparsityOf(pruned(matrix, tau).values) >= wanted)
      const at = TAUS.indexOf(tau)
      if (at > 0) assert.ok((own.sparsities[at - 1] as number) < wanted, 'no smaller one reaches it')
      const between = thresholdFor(own, wanted, { interpolate: true })
      assert.ok(between <= tau && (at === 0 || between >= (TAUS[at - 1] as number)))
    }),
  )
})

test('curves are averaged point by point', () => {
  const a = { thresholdsTau: [0, 1], sparsities: [0.2, 0.4] }
  const b = { thresholdsTau: [0, 1], sparsities: [0.8, 0.9] }
  const geometric = meanCurve([a, b]).sparsities
  assert.ok(near(geometric[0] as number, 0.4) && near(geometric[1] as number, 0.6))
  const arithmetic = meanCurve([a, b], { kind: 'arithmetic' }).sparsities
  assert.ok(near(arithmetic[0] as number, 0.5) && near(arithmetic[1] as number, 0.65))
  assert.equal(meanCurve([a, { ...b, sparsities: [0, 0] }]).sparsities, [0, 0])
  assert.throws(() => meanCurve([]), /there must be one, got none/)
  assert.throws(() => meanCurve([a, { ...b, thresholdsTau: [0, 2] }]), /profiled at 0, 1, got 0, 2/)
  assert.throws(() => profileThresholds([], [0]), /must have elements, got none/)
  assert.throws(() => profileThresholds([Float64Array.of(1)], []), /there must be a threshold, got none/)
  assert.throws(() => profileThresholds([Float64Array.of(1)], [0, 1, 1]), /they must rise, got 0, 1, 1/)
  assert.throws(() => profileThresholds([Float64Array.of(1)], [-1]), /finite number from 0, got -1/)
})

test('zero-collapse and expansion by hand', () => {
  const { mask, values } = zeroCollapse(Float64Array.of(0, 5, 0, -7))
  assert.equal(
    [[...mask], [...values]],
    [
      [1, 0, 1, 0],
      [5, -7],
    ],
  )
  assert.equal([...zeroExpand({ mask, values })], [0, 5, 0, -7])
  // What is masked is dropped, whatever it holds.
  assert.equal([...zeroCollapse(Float64Array.of(1, 2, 3), Uint8Array.of(0, 1, 0)).values], [1, 3])
  assert.throws(() => zeroCollapse(Float64Array.of(1), new Uint8Array(2)), /must have 1 bits, got 2/)
  assert.throws(() => zeroExpand({ mask: Uint8Array.of(0, 1), values: new Float64Array(2) }), /1 values, got 2/)
})

test('collapsing what DynaTran leaves and expanding it again gives it back, and no number is lost', () => {
  fc.assert(
    fc.property(reals(), fc.double({ min: 0, max: 4, noNaN: true }), (matrix, tau) => {
      const into = prunedBuffer(matrix)
      const { zeros } = dynatranPrune(matrix, tau, into)
      const packed = zeroCollapse(into.values, into.mask)
      assert.is(packed.values.length, matrix.length - zeros)
      // Adding 0 makes of -0, which is a zero like any, the 0 that expansion puts in.
      assert.equal(
        [...zeroExpand(packed)],
        [...into.values].map((value) => value + 0),
      )
    }),
  )
})

test('the mask is the complement of the one that other encodings keep', () => {
  const codes = [7, 0, 0, 1, 0, 9, 0, 0, 3]
  const ours = zeroCollapse(Float64Array.from(codes))
  const theirs = encodeBitmask(codes)
  assert.equal(
    [...ours.mask],
    codes.map((_, i) => 1 - (((theirs.mask[i >> 3] as number) >> (i & 7)) & 1)),
  )
  assert.equal([...ours.values], [...theirs.nonZeros])
  assert.equal([...zeroExpand(ours)], [...decodeBitmask(theirs)])
})

test('pairing two operands by hand, under both readings of the masks', () => {
  const a = zeroCollapse(Float64Array.of(1, 0, 3, 0, 5))
  const b = zeroCollapse(Float64Array.of(2, 4, 0, 0, 6))
  const right = preCompute(a, b)
  assert.equal(
    [[...right.outputMask], [...right.first], [...right.second]],
    [
      [1, 0, 0, 0, 1],
      [1, 5],
      [2, 6],
    ],
  )
  // As printed: only position 3 has a 1 in both masks; by then one element of a and one of b has been stepped over.
  const printed = preCompute(a, b, { printedAnd: true })
  assert.equal([[...printed.outputMask], [...printed.first], [...printed.second]], [[0, 0, 0, 1, 0], [3], [4]])
  assert.throws(() => preCompute(a, zeroCollapse(new Float64Array(4))), /same number of elements, got 5 and 4/)
})

test('the pairs are those of a scan of the dense vectors; the printed AND marks the zeros of both instead', () => {
  const pair = fc.array(fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: -1, max: 2 })), { maxLength: 40 })
  fc.assert(
    fc.property(pair, (elements) => {
      const a = Float64Array.from(elements, ([x]) => x)
      const b = Float64Array.from(elements, ([, y]) => y)
      const common = elements.filter(([x, y]) => x !== 0 && y !== 0)
      const { outputMask, first, second } = preCompute(zeroCollapse(a), zeroCollapse(b))
      assert.equal(
        [...outputMask],
        elements.map(([x, y]) => (x !== 0 && y !== 0 ? 1 : 0)),
      )
      assert.equal(
        [...first].map((x, i) => [x, second[i]]),
        common,
      )
      const printed = preCompute(zeroCollapse(a), zeroCollapse(b), { printedAnd: true })
      assert.equal(
        [...printed.outputMask],
        elements.map(([x, y]) => (x === 0 && y === 0 ? 1 : 0)),
      )
    }),
  )
})

test('the AND is right for masks whose 1 marks an effectual element', () => {
  const a = zeroCollapse(Float64Array.of(1, 0, 3, 0, 5))
  const b = zeroCollapse(Float64Array.of(2, 4, 0, 0, 6))
  const flipped = ({ mask, values }: typeof a) => ({ mask: mask.map((bit) => 1 - bit), values })
  assert.equal(preCompute(flipped(a), flipped(b), { printedAnd: true }), preCompute(a, b))
})

test("pruned activations are the results of the layer's products and the probabilities", () => {
  for (const shape of [bertTiny, bertBase]) {
    const tokens = 64
    const products = layerOperators(shape, { tokens, context: tokens }).reduce(
      (sum, op) => sum + (op.kind === 'matmul' ? op.m * op.n * op.repeats : 0),
      0,
    )
    const own = prunedActivations(shape, tokens)
    assert.is(own.total, products + shape.heads * tokens * tokens)
    assert.is(own.total, own.scores + own.probabilities + own.context + own.others)
  }
  // BERT-Base, 512 tokens: ten matrices of 512 x 768 (four of them the inner activations), two of 12 x 512 x 512.
  assert.is(prunedActivations(bertBase, 512).total, 10 * 512 * 768 + 2 * 12 * 512 * 512)
  assert.throws(() => prunedActivations(bertBase, 0), /tokens must be a positive integer, got 0/)
})

test('net sparsity by counting the zeros of a tiny layer', () => {
  const shape = { layers: 1, hidden: 4, heads: 2, ffn: 8 }
  const tokens = 4
  // Per head 4 x 4 scores and probabilities; 4 x 4 each of Q, K, V, context, two outputs; 4 x 8 inside.
  const total = 2 * 2 * 16 + 6 * 16 + 32
  assert.is(prunedActivations(shape, tokens).total, total)
  assert.ok(near(attentionSparsity(shape, tokens, 1), (2 * 4 * 3) / total))
  assert.is(attentionSparsity(shape, tokens, 4), 0)
  assert.ok(near(attentionSparsity(shape, tokens, 0), (2 * 16 + 16) / total), 'rows without any zero the context')
  assert.ok(near(attentionSparsity(shape, tokens, 0.5), (2 * 4 * 3.5 + 8) / total), 'half of the rows')
  for (const perRow of [1, 2.5, 4])
    assert.ok(near(probabilitiesPerRow(shape, tokens, attentionSparsity(shape, tokens, perRow)), perRow))
  for (const perRow of [-1, 5, Number.NaN])
    assert.throws(() => attentionSparsity(shape, tokens, perRow), /perRow must be from 0 to 4/)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createRng, normalSample } from '../../lib/numeric/mod.ts'
import {
  capacityFor,
  copyParameters,
  Encoder,
  type EncoderShape,
  gather,
  initialise,
  initialiseTask,
  judgeSentences,
  type Sentences,
  spanMask,
  type TapPoint,
} from '../../lib/training/mod.ts'

const SHAPE: EncoderShape = {
  ...{ vocabulary: 20, positions: 9, embedding: 8, hidden: 8, heads: 2, feedForward: 16, layers: 2 },
  ...{ shared: false, classes: 2, offRamps: true },
}
const LENGTHS = [9, 1, 5, 6, 2, 7]

function sentences(): Sentences {
  const rng = createRng(3)
  const starts = Int32Array.from([0, ...LENGTHS.map((_, i) => LENGTHS.slice(0, i + 1).reduce((a, b) => a + b, 0))])
  const total = starts[LENGTHS.length] as number
  return {
    tokens: Int32Array.from({ length: total }, () => rng.integer(20)),
    segments: Uint8Array.from({ length: total }, () => rng.integer(2)),
    starts,
    labels: Int32Array.from(LENGTHS, () => rng.integer(2)),
    count: LENGTHS.length,
  }
}

function drawn(shape: EncoderShape = SHAPE, capacity = capacityFor([sentences()], 6), seed = 5): Encoder {
  const encoder = new Encoder(shape, capacity)
  const rng = createRng(seed)
  initialise(encoder, rng, { words: 1, positions: 1, residual: 1, adapters: 0.3 })
  for (let i = 0; i < encoder.values.length; i++) {
    encoder.values[i] = (encoder.values[i] as number) + 0.2 * normalSample(rng)
  }
  for (let layer = 0; layer < shape.layers; layer++) encoder.values[encoder.tensors.thresholds.start + layer] = 0
  return encoder
}

const logitsOf = (encoder: Encoder, own: Sentences, options = {}) =>
  Array.from(judgeSentences(encoder, own, { ramps: [encoder.shape.layers - 1], ...options }).logits[0] as Float32Array)

function assertClose(found: readonly number[], expected: readonly number[], tolerance = 1e-4): void {
  assert.is(found.length, expected.length)
  for (const [i, value] of found.entries()) {
    assert.ok(Math.abs(value - (expected[i] as number)) <= tolerance, `${i}: ${value}, expected ${expected[i]}`)
  }
}

test('an input gives the same whatever it is batched with', () => {
  const own = sentences()
  const together = logitsOf(drawn(), own)
  const alone = LENGTHS.flatMap((_, i) => logitsOf(drawn(), gather(own, [i])))
  assertClose(alone, together)
  const small = drawn(SHAPE, { tokens: 18, sentences: 2, longest: 9 })
  assertClose(logitsOf(small, own), together)
})

test('a layer computes what its formulas say, against a naive one in 64-bit floats', () => {
  const shape = { ...SHAPE, layers: 1 }
  const encoder = drawn(shape)
  const own = gather(sentences(), [2])
  const { tensors } = encoder
  const matrix = (tensor: { start: number; rows: number; columns: number }) => {
    const values = encoder.view(tensor as never)
    return (r: number, c: number) => values[r * tensor.columns + c] as number
  }
  const n = 5
  const [h, f, d] = [8, 16, 4]
  const range = (count: number) => Array.from({ length: count }, (_, i) => i)
  const sum = (items: readonly number[]) => items.reduce((a, b) => a + b, 0)
  const norm = (row: readonly number[], gain: (r: number, c: number) => number, bias: typeof gain) => {
    const mean = sum(row) / row.length
    const variance = sum(row.map((x) => (x - mean) * (x - mean))) / row.length
    return row.map((x, i) => ((x - mean) / Math.sqrt(variance + 1e-5)) * gain(0, i) + bias(0, i))
  }
  const linear = (
    row: readonly number[],
    weights: (r: number, c: number) => number,
    bias: typeof weights,
    out: number,
  ) => range(out).map((c) => bias(0, c) + sum(row.map((x, r) => x * weights(r, c))))
  const block = tensors.blocks[0] as NonNullable<(typeof tensors.blocks)[0]>
  const x = range(n).map((t) =>
    norm(
      range(h).map(
        (i) =>
          matrix(tensors.words)(own.tokens[t] as number, i) +
          matrix(tensors.positions)(t, i) +
          matrix(tensors.segments)(own.segments[t] as number, i),
      ),
      matrix(tensors.embeddingGain),
      matrix(tensors.embeddingBias),
    ),
  )
  const qkv = x.map((row) => linear(row, matrix(block.qkv), matrix(block.qkvBias), 3 * h))
  const contexts = range(n).map((i) =>
    range(2).flatMap((head) => {
      const at = (t: number, part: number, k: number) => (qkv[t] as number[])[part * h + head * d + k] as number
      const powers = range(n).map((j) => Math.exp(sum(range(d).map((k) => at(i, 0, k) * at(j, 1, k))) / Math.sqrt(d)))
      return range(d).map((k) => sum(powers.map((power, j) => (power / sum(powers)) * at(j, 2, k))))
    }),
  )
  const gelu = (v: number) => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))
  const first = x.map((row, t) => {
    const attended = linear(contexts[t] as number[], matrix(block.attended), matrix(block.attendedBias), h)
    return norm(
      row.map((v, i) => v + (attended[i] as number)),
      matrix(block.gain1),
      matrix(block.bias1),
    )
  })
  const last = first.map((row) => {
    const inner = linear(row, matrix(block.inner), matrix(block.innerBias), f).map(gelu)
    const outer = linear(inner, matrix(block.outer), matrix(block.outerBias), h)
    return norm(
      row.map((v, i) => v + (outer[i] as number)),
      matrix(block.gain2),
      matrix(block.bias2),
    )
  })
  encoder.forward(own)
  const out = encoder.outputOf(0)
  assertClose(Array.from(encoder.kernels.floats.subarray(out, out + n * h)), last.flat(), 2e-5)
  const ramp = tensors.ramps[0] as NonNullable<(typeof tensors.ramps)[0]>
  const logits = range(2).map(
    (c) => matrix(ramp.bias)(0, c) + sum((last[0] as number[]).map((v, i) => v * matrix(ramp.weights)(c, i))),
  )
  assertClose(Array.from(encoder.classify(own)), logits, 2e-5)
})

test('layers that share weights compute what layers with equal weights of their own do', () => {
  const shared = drawn({ ...SHAPE, shared: true })
  const own = drawn()
  copyParameters(shared, own)
  const [first, second] = own.tensors.blocks
  for (const [name, tensor] of Object.entries(first ?? {})) {
    own.view((second as unknown as Record<string, typeof tensor>)[name] as never).set(own.view(tensor as never))
  }
  assert.equal(logitsOf(shared, sentences()), logitsOf(own, sentences()))
})

test('adapters that add nothing change nothing, and fresh ones hardly anything', () => {
  const plain = drawn()
  const adapted = drawn({ ...SHAPE, adapters: { attention: 4, feedForward: 8 } }, undefined, 6)
  copyParameters(plain, adapted)
  for (const { name, start, rows, columns } of adapted.tensors.all) {
    if (/Adapter\.up/.test(name)) adapted.values.fill(0, start, start + rows * columns)
  }
  assertClose(logitsOf(adapted, sentences()), logitsOf(plain, sentences()), 1e-6)
  initialiseTask(adapted, createRng(1), { adapters: 1e-3 })
  copyParameters(plain, adapted)
  assertClose(logitsOf(adapted, sentences()), logitsOf(plain, sentences()), 1e-3)
})

test('a span beyond the input changes nothing; one of minus the ramp leaves a head without context', () => {
  const plain = drawn()
  const spanned = drawn({ ...SHAPE, spanRamp: 2 }, undefined, 6)
  copyParameters(plain, spanned)
  const setSpans = (span: number) => {
    for (const { spans } of spanned.tensors.blocks) if (spans) spanned.view(spans).fill(span)
  }
  setSpans(9)
  assertClose(logitsOf(spanned, sentences()), logitsOf(plain, sentences()), 1e-6)
  setSpans(-2)
  const seen: number[] = []
  judgeSentences(spanned, sentences(), {
    tap: ({ point, start, rows, columns }, floats) => {
      if (point === 'contexts') seen.push(...floats.subarray(start, start + rows * columns))
    },
  })
  assert.ok(seen.length > 0)
  assert.ok(seen.every((x) => x === 0))
})

test('spanMask() is 1 within the span and falls to 0 over the ramp', () => {
  assert.equal(
    [0, 3, 4, 5, 6, 7].map((distance) => spanMask(distance, 3, 4)),
    [1, 1, 0.75, 0.5, 0.25, 0],
  )
  assert.is(spanMask(0, -4, 4), 0)
})

test('thresholds below all scores prune nothing, above all scores everything, and the share falls in between', () => {
  const encoder = drawn()
  const setThresholds = (value: number) => encoder.view(encoder.tensors.thresholds).fill(value)
  setThresholds(-100)
  const dense = logitsOf(encoder, sentences())
  assert.equal(logitsOf(encoder, sentences(), { mode: { kind: 'hard' } }), dense)
  let last = 1
  for (const threshold of [-1, -0.3, 0, 0.3, 1]) {
    setThresholds(threshold)
    const { keptShare } = judgeSentences(encoder, sentences(), { mode: { kind: 'hard' } })
    assert.ok(keptShare < last, `${keptShare} after ${last}`)
    last = keptShare
  }
  setThresholds(100)
  const { keptShare, logits } = judgeSentences(encoder, sentences(), { mode: { kind: 'hard' } })
  assert.is(keptShare, 0)
  assert.ok((logits[0] as Float32Array).every(Number.isFinite))
})

test('a tap sees every score once, and all rows of every matrix, in the order of a layer', () => {
  const encoder = drawn()
  const seen: TapPoint[] = []
  const counts: Record<string, number> = {}
  judgeSentences(encoder, sentences(), {
    tap: ({ point, rows, columns }) => {
      if (seen.at(-1) !== point) seen.push(point)
      counts[point] = (counts[point] ?? 0) + rows * columns
    },
  })
  const tokens = LENGTHS.reduce((a, b) => a + b, 0)
  const squares = LENGTHS.reduce((a, b) => a + b * b, 0)
  assert.is(counts['scores'], 2 * 2 * squares)
  assert.is(counts['probabilities'], 2 * 2 * squares)
  assert.is(counts['projections'], 2 * tokens * 24)
  assert.is(counts['inner'], 2 * tokens * 16)
  assert.is(counts['embedding'], tokens * 8)
  assert.is(encoder.scored, 2 * 2 * squares)
  assert.equal([seen[0], seen[1], seen.at(-1)], ['embedding', 'projections', 'output'])
})

test('each classifier sees its own layer', () => {
  const encoder = drawn()
  const own = sentences()
  encoder.forward(own)
  const outer = encoder.tensors.blocks[1]?.outer
  assert.ok(outer)
  const [early, late] = [0, 1].map((layer) => Array.from(encoder.classify(own, layer)))
  encoder.view(outer).fill(0)
  encoder.forward(own)
  assert.equal(Array.from(encoder.classify(own, 0)), early)
  assert.not.equal(Array.from(encoder.classify(own, 1)), late)
})

test('an adapter adds what its bottleneck makes of its input, behind GELU', () => {
  const encoder = drawn({ ...SHAPE, layers: 1, adapters: { attention: 4, feedForward: 8 } })
  const own = gather(sentences(), [4])
  const { tensors } = encoder
  const before = new Map<string, number[]>()
  judgeSentences(encoder, own, {
    ramps: [0],
    tap: ({ point, start, rows, columns }, floats) => {
      before.set(point, Array.from(floats.subarray(start, start + rows * columns)))
    },
  })
  const block = tensors.blocks[0]
  const adapter = block?.adapters?.attention
  assert.ok(block && adapter)
  const [down, downBias, up, upBias] = [adapter.down, adapter.downBias, adapter.up, adapter.upBias].map((tensor) =>
    encoder.view(tensor),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array]
  const gelu = (v: number) => (v / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v)))
  const [x, attended, found] = ['embedding', 'attended', 'normalised'].map(
    (point) => before.get(point) as number[],
  ) as [number[], number[], number[]]
  for (let t = 0; t < 2; t++) {
    const a = attended.slice(8 * t, 8 * t + 8)
    const inner = Array.from({ length: 4 }, (_, c) => {
      return gelu(a.reduce((sum, v, r) => sum + v * (down[4 * r + c] as number), downBias[c] as number))
    })
    const sums = a.map((v, i) => {
      const added = inner.reduce((sum, w, r) => sum + w * (up[8 * r + i] as number), upBias[i] as number)
      return v + added + (x[8 * t + i] as number)
    })
    const mean = sums.reduce((p, q) => p + q, 0) / 8
    const variance = sums.reduce((p, q) => p + (q - mean) * (q - mean), 0) / 8
    const [gain, bias] = [encoder.view(block.gain1), encoder.view(block.bias1)]
    const expected = sums.map(
      (v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * (gain[i] as number) + (bias[i] as number),
    )
    assertClose(found.slice(8 * t, 8 * t + 8), expected, 2e-5)
  }
})

test('scores are queries times keys over the root of the width; one at its threshold is kept', () => {
  const encoder = drawn({ ...SHAPE, layers: 1 })
  const own = gather(sentences(), [2])
  let qkv: number[] = []
  const scores: number[][] = []
  judgeSentences(encoder, own, {
    ramps: [0],
    tap: ({ point, start, rows, columns }, floats) => {
      const values = Array.from(floats.subarray(start, start + rows * columns))
      if (point === 'projections') qkv = values
      if (point === 'scores') scores.push(values)
    },
  })
  const expected = (head: number, i: number, j: number) => {
    const at = (t: number, part: number, k: number) => qkv[t * 24 + part * 8 + head * 4 + k] as number
    return [0, 1, 2, 3].reduce((sum, k) => sum + at(i, 0, k) * at(j, 1, k), 0) / 2
  }
  for (let head = 0; head < 2; head++) {
    assertClose(
      scores[head] as number[],
      Array.from({ length: 25 }, (_, at) => expected(head, Math.floor(at / 5), at % 5)),
      1e-5,
    )
  }
  const all = scores.flat()
  const middle = [...all].sort((a, b) => a - b)[20] as number
  encoder.values[encoder.tensors.thresholds.start] = middle
  const { keptShare } = judgeSentences(encoder, own, { ramps: [0], mode: { kind: 'hard' } })
  assert.is(keptShare, all.filter((score) => score >= middle).length / 50)
})

test('a soft threshold with a rest leaves a query whose scores all lie far below without context', () => {
  const encoder = drawn({ ...SHAPE, layers: 1 })
  encoder.values[encoder.tensors.thresholds.start] = 50
  const constants = { clip: 100, sharpness: 10, countSharpness: 10, countOffset: 1 }
  const largest = (rest: { rest?: number }) => {
    let most = 0
    judgeSentences(encoder, sentences(), {
      ramps: [0],
      mode: { kind: 'soft', constants, pressure: 0, ...rest },
      tap: ({ point, start, rows, columns }, floats) => {
        if (point !== 'contexts') return
        for (const x of floats.subarray(start, start + rows * columns)) most = Math.max(most, Math.abs(x))
      },
    })
    return most
  }
  assert.ok(largest({ rest: -50 }) < 1e-6)
  assert.ok(largest({}) > 0.1)
})

test('what does not fit is refused in one line', () => {
  const encoder = drawn(SHAPE, { tokens: 10, sentences: 1, longest: 9 })
  assert.throws(() => encoder.forward(sentences()), /must have 1 to 1 inputs of 10 tokens at most, got 6 of 30/)
  const foreign = { ...gather(sentences(), [2]), tokens: Int32Array.of(0, 1, 20, 3, 4) }
  assert.throws(() => encoder.forward(foreign), /words must be numbered from 0 to 19, got 20/)
  const pair = gather(sentences(), [2])
  assert.throws(
    () => encoder.forward({ ...pair, segments: Uint8Array.of(0, 0, 9, 0, 0) }),
    /segments must be numbered from 0 to 1, got 9/,
  )
  assert.throws(
    () => encoder.learn({ ...pair, labels: Int32Array.of(-1) }),
    /labels must be numbered from 0 to 1, got -1/,
  )
  const last = { ...SHAPE, offRamps: false }
  const unramped = drawn(last)
  unramped.forward(sentences())
  assert.throws(() => unramped.classify(sentences(), 0), /layer 0: it must be one with a classifier, of 1/)
  for (const [change, message] of [
    [{ hidden: 9 }, /hidden \/ heads must be a positive multiple of 4, got 4.5/],
    [{ embedding: 6 }, /embedding must be a positive multiple of 4, got 6/],
    [{ layers: 0 }, /layers must be a positive integer, got 0/],
    [{ spanRamp: 0 }, /spanRamp must be a positive number of tokens, got 0/],
  ] as const) {
    assert.throws(() => drawn({ ...SHAPE, ...change }), message)
  }
  assert.throws(() => drawn(SHAPE, { tokens: 20, sentences: 2, longest: 10 }), /at most its 9 positions, got 10/)
  assert.throws(() => unramped.nameWords([0]), /must have a language head/)
  assert.throws(() => unramped.learn(sentences(), { mode: { kind: 'hard' } }), /must be dense or soft, got hard/)
})

test.run()

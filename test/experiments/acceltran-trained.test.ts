import { readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import curvesScript from '../../experiments/acceltran/fig11-12-curves.ts'
import fig14Script from '../../experiments/acceltran/fig14-weight-pruning.ts'
import fig19Script from '../../experiments/acceltran/fig19-accuracy.ts'
import { atEqualAccuracy, curveOf, spread } from '../../experiments/acceltran/shared/trained-curves.ts'
import {
  type Measurement,
  measurePruned,
  netActivations,
  OPERANDS,
  padded,
  probabilityShare,
  pruneColumns,
} from '../../experiments/acceltran/shared/trained-measure.ts'
import { operandElements, sparsityElsewhere, topKCeiling } from '../../experiments/acceltran/shared/trained-operands.ts'
import { PRODUCTS } from '../../experiments/acceltran/shared/trained-products.ts'
import { sharesOf, sparsityFor } from '../../experiments/acceltran/shared/trained-simulation.ts'
import { layerWeights, netWithWeights, withPrunedWeights } from '../../experiments/acceltran/shared/trained-weights.ts'
import { layerSparsity } from '../../experiments/trained/shared/pruned-recipe.ts'
import { testSentences } from '../../experiments/trained/shared/test-sentences.ts'
import { dynatranPrune, encoderWork } from '../../lib/accelerators/acceltran/mod.ts'
import { anyExperiment } from '../../lib/harness/experiment.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { type RunOptions, runExperiment } from '../../lib/harness/run.ts'
import { createRng } from '../../lib/numeric/mod.ts'
import {
  capacityFor,
  Encoder,
  type EncoderShape,
  initialise,
  judgeSentences,
  layerMatrices,
  parseStored,
  type Tap,
  unpackEncoder,
} from '../../lib/training/mod.ts'
import { bertBase, bertTiny } from '../../lib/workload/mod.ts'
import { near } from '../support/near.ts'

const textOf = (file: string) => readFileSync(`${PROJECT_ROOT}/experiments/trained/${file}.json`, 'utf8')
const stored = (file: string) => parseStored(file, textOf(file))
const classifiers = stored('classifier')
const movement = stored('pruned')

const SHAPE: EncoderShape = {
  ...{ vocabulary: 200, positions: 32, embedding: 8, hidden: 8, heads: 2, feedForward: 12, layers: 2 },
  ...{ shared: false, classes: 2, offRamps: false },
}
const few = testSentences('sentiment', 7)

/** A network of small random weights, some of them 0, that holds three sentences at a time. */
function randomEncoder(): Encoder {
  const encoder = new Encoder(SHAPE, capacityFor([few], 3))
  initialise(encoder, createRng(5), { words: 1, positions: 0.5, residual: 1, adapters: 0 })
  for (const tensor of layerMatrices(encoder.tensors)) {
    const values = encoder.view(tensor)
    for (let i = 0; i < values.length; i += 5) values[i] = 0
  }
  return encoder
}
const lengths = Array.from({ length: few.count }, (_, s) => (few.starts[s + 1] as number) - (few.starts[s] as number))
const shape = { layers: 2, heads: 2, headWidth: 4, hidden: 8, ffn: 12 }

test('every claim in kind is answered by one of the three experiments', () => {
  const wanted = readLedger(PROJECT_ROOT, 'acceltran')
    .filter(({ role }) => role === 'in-kind')
    .map(({ id }) => id)
  assert.is(wanted.length, 15)
  const answered = [curvesScript, fig14Script, fig19Script].flatMap(({ claims }) => Object.keys(claims))
  assert.equal(answered.sort(), wanted.sort())
})

test('operands have the elements that the shape gives, each sentence by itself', () => {
  const { operands, matrices, rows, longest } = measurePruned(randomEncoder(), few, {
    pruning: { method: 'DynaTran', setting: 0 },
  })
  for (const operand of OPERANDS) {
    const byHand = lengths.reduce((sum, tokens) => sum + 2 * operandElements(shape, tokens)[operand], 0)
    assert.equal(operands[operand], { zeros: 0, elements: byHand }, operand)
  }
  assert.equal([matrices, longest], [2 * 2 * 7, Math.max(...lengths)])
  assert.is(rows, 4 * lengths.reduce((sum, tokens) => sum + tokens, 0))
})

test('pruned columns are those of the rule of DynaTran, and the others stay', () => {
  const rng = createRng(3)
  for (const tau of [0, 0.2, 0.5, 2]) {
    const matrix = Float32Array.from({ length: 6 * 5 }, (_, i) => (i % 7 === 0 ? 0 : 2 * rng.next() - 1))
    const [left, own] = [matrix.slice(), matrix.slice()]
    const rule = { values: left, mask: new Uint8Array(left.length) }
    dynatranPrune(matrix, tau, rule)
    const inColumns = (i: number) => i % 5 >= 1 && i % 5 < 4
    const expected = matrix.map((value, i) => (inColumns(i) ? (left[i] as number) : value))
    const zeros = pruneColumns(own, 1, 6, 5, 3, tau)
    assert.equal(own, expected)
    assert.is(
      zeros,
      rule.mask.reduce((sum, zero, i) => sum + (inColumns(i) ? zero : 0), 0),
    )
  }
})

test('top-k leaves k probabilities of a row, or all, and prunes nothing else', () => {
  for (const k of [1, 4, 16]) {
    const { operands, keptPerRow } = measurePruned(randomEncoder(), few, { pruning: { method: 'top-k', setting: k } })
    const zeros = lengths.reduce((sum, n) => sum + 2 * 2 * n * (n - Math.min(k, n)), 0)
    assert.is(operands.probabilities.zeros, zeros)
    assert.is(
      keptPerRow,
      lengths.reduce((sum, n) => sum + 4 * Math.min(k, n), 0),
    )
    for (const operand of OPERANDS) if (operand !== 'probabilities') assert.is(operands[operand].zeros, 0)
  }
})

test('multiplications with zeros are those that three loops find', () => {
  const encoder = randomEncoder()
  const pruning = { method: 'DynaTran', setting: 0.4 } as const
  const { products, operands } = measurePruned(encoder, few, { pruning, countProducts: true })
  const found = Object.fromEntries(PRODUCTS.map((own) => [own, { all: 0, activations: 0, both: 0 }]))
  const count = (
    product: string,
    [m, inner, n]: readonly [number, number, number],
    keeps: { left: (i: number, k: number) => boolean; right: (k: number, j: number) => boolean; weights: boolean },
  ) => {
    const own = found[product] as { all: number; activations: number; both: number }
    for (let i = 0; i < m; i++) {
      for (let k = 0; k < inner; k++) {
        for (let j = 0; j < n; j++) {
          own.all++
          const right = keeps.right(k, j)
          own.activations += Number(keeps.left(i, k) && (keeps.weights || right))
          own.both += Number(keeps.left(i, k) && right)
        }
      }
    }
  }
  let batch = -1
  let projections = new Float32Array(0)
  const cut = (x: number) => Math.abs(x) >= 0.4
  const tap: Tap = ({ point, layer, start, rows, columns, sentence, head }, floats) => {
    if (['scores', 'attended', 'outer'].includes(point) || (point === 'output' && layer === 1)) return
    const own = floats.subarray(start, start + rows * columns)
    for (let i = 0; i < own.length; i++) if (!cut(own[i] as number)) own[i] = 0
    const left = (i: number, k: number) => own[i * columns + k] !== 0
    const withWeights = (product: string, of: number, [from, width]: readonly [number, number]) => {
      const block = encoder.tensors.blocks[of] as (typeof encoder.tensors.blocks)[0]
      const tensor =
        { q: block.qkv, k: block.qkv, v: block.qkv, o: block.attended, ffn1: block.inner }[product] ?? block.outer
      const values = encoder.view(tensor)
      const right = (k: number, j: number) => values[k * tensor.columns + from + j] !== 0
      count(product, [rows, columns, width], { left, right, weights: true })
    }
    if (point === 'embedding') batch++
    if (point === 'embedding' || point === 'output') {
      for (const [i, product] of ['q', 'k', 'v'].entries()) withWeights(product, layer + 1, [8 * i, 8])
    }
    if (point === 'contexts') withWeights('o', layer, [0, 8])
    if (point === 'normalised') withWeights('ffn1', layer, [0, 12])
    if (point === 'inner') withWeights('ffn2', layer, [0, 8])
    if (point === 'projections') projections = own.slice()
    if (point === 'probabilities') {
      const first = lengths.slice(3 * batch, 3 * batch + sentence).reduce((sum, n) => sum + n, 0)
      const of = (token: number, part: number, d: number) =>
        projections[(first + token) * 24 + part * 8 + head * 4 + d] !== 0
      count('qk', [rows, 4, rows], { left: (i, d) => of(i, 0, d), right: (d, j) => of(j, 1, d), weights: false })
      count('pv', [rows, rows, 4], { left, right: (k, d) => of(k, 2, d), weights: false })
    }
  }
  judgeSentences(encoder, few, { tap })
  assert.equal(products, found)
  assert.ok(operands.inner.zeros > 0 && operands.queries.zeros > 0)
})

test('padding adds rows as sparse as the others and columns of probabilities that are zero', () => {
  const own = (zeros: number, elements: number) => ({ zeros, elements })
  // Two sentences of 2 and 4 tokens, one layer, one head of width 1, feed-forward 2; half of the keys are zero.
  const measured: Measurement = {
    accuracy: 1,
    operands: {
      input: own(0, 6),
      queries: own(0, 6),
      keys: own(3, 6),
      values: own(0, 6),
      probabilities: own(2 + 8, 4 + 16),
      contexts: own(0, 6),
      normalised: own(0, 6),
      inner: own(0, 12),
    },
    ...{ keptPerRow: 1 + 2, matrices: 2, rows: 6, longest: 4, products: null },
  }
  assert.equal(netActivations(measured, 0), own(13, 68))
  const filled = padded(measured, 8)
  assert.equal(filled.keys, own(8, 16))
  assert.equal(filled.inner, own(0, 32))
  // 64 each; rows keep 1 of 8 and 2 of 8.
  assert.equal(filled.probabilities, own(128 - 8 * 3, 128))
  // All others have as many elements together: 6 of 16, and 32.
  assert.is(probabilityShare(measured, 8), 128 / (128 + 128))
  assert.is(probabilityShare(measured, 0), 20 / 68)
  assert.throws(() => padded(measured, 3), /must be 0 or at least 4, got 3/)
  assert.equal(netWithWeights(measured, own(5, 10), { sentences: 2, paddedTokens: 0 }), own(13 + 10, 68 + 20))
})

test('the share of probabilities of any BERT with heads of 64 is S / (640 + S), and k of S of it is kept', () => {
  for (const model of [bertTiny, bertBase]) {
    for (const tokens of [16, 128, 512]) assert.ok(near(topKCeiling(model, tokens, 0), tokens / (640 + tokens), 1e-12))
    assert.ok(near(topKCeiling(model, 512, 128), (0.75 * 512) / 1152, 1e-12))
  }
  assert.is(topKCeiling(bertTiny, 8, 16), 0)
})

test('operands of another network weigh as many as it has', () => {
  const half = Object.fromEntries(OPERANDS.map((operand) => [operand, { zeros: 1, elements: 2 }]))
  const measured = { ...half, probabilities: { zeros: 3, elements: 3 } } as Measurement['operands']
  assert.ok(near(sparsityElsewhere(measured, bertTiny, 640), 0.5 * 1 + 0.5 * 0.5, 1e-12))
})

test('equal accuracy is read off at the best of top-k, the sparsest of equals, and may never be reached', () => {
  const point = (setting: number, accuracyPercent: number, sparsityPercent: number) => ({
    ...{ setting, accuracyPercent, sparsityPercent },
  })
  const topK = [point(8, 97, 5), point(4, 97, 8), point(2, 90, 10)]
  const dynatran = [point(0.01, 98, 6), point(0.02, 97, 12), point(0.05, 96, 20)]
  assert.equal(atEqualAccuracy(topK, dynatran), { accuracyPercent: 97, topKPercent: 8, dynatranPercent: 12 })
  assert.is(atEqualAccuracy([point(8, 99, 5)], dynatran).dynatranPercent, null)
  const named = { seed: 1, weights: 'with MP', method: 'top-k' } as const
  const points = [...topK].reverse().map((own) => ({ ...own, ...named }))
  assert.equal(
    curveOf([...points, { ...point(1, 1, 1), ...named, seed: 2 }], named).map(({ setting }) => setting),
    [8, 4, 2],
  )
  assert.equal(spread([3, 1, 2]), { mean: 2, min: 1, max: 3 })
})

test('pruned weights are back behind the study, and none of them was below the threshold in it', () => {
  const encoder = randomEncoder()
  const before = encoder.values.slice()
  const seen = withPrunedWeights(encoder, 0.2, () => {
    for (const tensor of layerMatrices(encoder.tensors)) {
      assert.ok(encoder.view(tensor).every((value) => value === 0 || Math.abs(value) >= 0.2))
    }
    return layerWeights(encoder)
  })
  assert.ok(seen.zeros > layerWeights(encoder).zeros)
  assert.is(layerWeights(encoder).zeros / layerWeights(encoder).elements, layerSparsity(encoder))
  assert.throws(() =>
    withPrunedWeights(encoder, 0.5, () => {
      throw new RangeError('a study that fails')
    }),
  )
  assert.equal(encoder.values, before)
})

test('each operation and matrix of the simulator gets what was measured of it', () => {
  const encoder = randomEncoder()
  const own = measurePruned(encoder, few, { pruning: { method: 'DynaTran', setting: 0.4 }, countProducts: true })
  const shares = sharesOf(encoder, own)
  const run = { shape, vocabulary: 200, sequence: 12, batch: 2 }
  const sparsity = sparsityFor(shares, run, 'by operation')
  const graph = encoderWork(run, 4)
  const weights = new Map<string, number>()
  for (const { elements, name } of graph.data.filter(({ stored: isStored }) => !isStored)) {
    const kind = name.slice(name.lastIndexOf(' ') + 1)
    if (kind !== 'embeddings')
      weights.set(kind, (weights.get(kind) ?? 0) + elements * (shares.loaded[kind as 'Wq'] ?? 0))
  }
  // Weighted by their elements, the matrices' shares are that of all weights.
  near(
    [...weights.values()].reduce((sum, zeros) => sum + zeros, 0),
    layerWeights(encoder).zeros,
    1e-9,
  )
  for (const operation of graph.operations) {
    const saved = sparsity.savedIn?.(operation)
    const product = own.products?.[operation.name as 'q']
    if (product) assert.ok(near(saved ?? -1, 1 - product.activations / product.all, 1e-12))
    else assert.is(saved, 0, operation.name)
  }
  for (const datum of graph.data) {
    const zeros = sparsity.zerosIn?.(datum) as number
    if (datum.name.endsWith('probabilities')) {
      assert.ok(near(zeros, own.operands.probabilities.zeros / own.operands.probabilities.elements, 1e-12))
    } else if (/scores|output|ffn2/.test(datum.name)) assert.is(zeros, 0, datum.name)
    else assert.ok(zeros > 0, datum.name)
  }
  assert.is(sparsityFor(shares, run, 'one sparsity').savedIn, undefined)
  assert.ok(shares.saved.q.both > shares.saved.q.activations)
  assert.throws(() => sharesOf(encoder, { ...own, products: null }), /products must be counted, got none/)
})

test('stored networks give the accuracy that is stored with them, with half of the weights where they are pruned', () => {
  const sentences = testSentences('sentiment')
  for (const [file, name] of [
    [classifiers, 'classifier'],
    [movement, 'movement'],
  ] as const) {
    for (const network of file.networks.filter((own) => own.name === name)) {
      const encoder = unpackEncoder(file, network, { capacity: capacityFor([sentences], 64) })
      const { accuracy } = measurePruned(encoder, sentences, { pruning: { method: 'DynaTran', setting: 0 } })
      assert.is(accuracy, network.metrics['testAccuracy'])
      if (name === 'movement') {
        const row = file.records['treatments']?.find((own) => own['sha256'] === network.sha256)
        assert.is(row?.['weightSparsity'], layerSparsity(encoder))
        assert.ok(Math.abs(layerSparsity(encoder) - 0.5) < 0.01)
      }
    }
  }
})

test('activation sparsity grows with the threshold', () => {
  const sentences = testSentences('sentiment', 60)
  for (const [file, name] of [
    [classifiers, 'classifier'],
    [movement, 'movement'],
  ] as const) {
    for (const { seed } of file.networks) {
      const encoder = unpackEncoder(file, { name, seed }, { capacity: capacityFor([sentences], 60) })
      const zeros = [0, 0.02, 0.05, 0.1, 0.2].map(
        (setting) =>
          netActivations(measurePruned(encoder, sentences, { pruning: { method: 'DynaTran', setting } }), 0).zeros,
      )
      assert.is(zeros[0], 0)
      for (let i = 1; i < zeros.length; i++) assert.ok((zeros[i] as number) > (zeros[i - 1] as number))
    }
  }
})

/** What an experiment's run gives. */
const tablesOf = <T>(script: { readonly run: (context: never) => T }, options: RunOptions): T =>
  runExperiment(anyExperiment(script as never), options).tables as T

/** The stored file with the network of one seed only, its records as they are. */
function onlySeed(file: string, seed: number): string {
  const whole = JSON.parse(textOf(file))
  return JSON.stringify({ ...whole, networks: whole.networks.filter((own: { seed: number }) => own.seed === seed) })
}

test('a file of one seed is judged by itself, and compared where the other file has that seed', () => {
  const files = { classifier: textOf('classifier'), pruned: textOf('pruned') }
  const seedsIn = (rows: readonly { readonly seed: number; readonly weights: string }[], wanted: string) =>
    rows.filter(({ weights }) => weights === wanted).map(({ seed }) => seed)
  for (const file of ['classifier', 'pruned'] as const) {
    const given = { ...files, [file]: onlySeed(file, 2) }
    const set = { sentences: 20, thresholds: [0.1], k: [2] }
    const { measuredCeiling, movementPruning } = tablesOf(curvesScript, { set, files: given })
    assert.equal(seedsIn(measuredCeiling, 'without MP'), file === 'classifier' ? [2] : [1, 2, 3])
    assert.equal(seedsIn(measuredCeiling, 'with MP'), file === 'pruned' ? [2] : [1, 2, 3])
    const against = (rows: readonly { readonly against: string; readonly seed: number }[]) => [
      ...new Set(rows.filter((row) => row.against === 'classifier').map(({ seed }) => seed)),
    ]
    assert.equal(against(movementPruning), [2])
    const fig14 = tablesOf(fig14Script, { set: { sentences: 20, thresholds: [0.1] }, files: given })
    assert.equal(against(fig14.instead), [2])
  }
})

test('padding counts in all columns of the ceiling, whose DynaTran has no threshold beyond those of the paper', () => {
  const files = { classifier: textOf('classifier'), pruned: textOf('pruned') }
  const ceilingOf = (more: object) =>
    tablesOf(curvesScript, { set: { sentences: 20, thresholds: [0.1, 0.3], k: [2, 1], ...more }, files })
  for (const paddedTokens of [0, 64]) {
    const { measuredCeiling, means } = ceilingOf({ paddedTokens })
    for (const row of measuredCeiling) {
      if (paddedTokens) assert.equal([row.tokensPerSentence, row.sharePercent], [64, 50])
      assert.ok(row.topKPercent < row.sharePercent)
      const at = (setting: number) => means.find((own) => own.weights === row.weights && own.setting === setting)
      assert.ok(row.dynatranPercent <= (at(0.1)?.mostSparsityPercent ?? 0))
      assert.ok(row.dynatranPercent < (at(0.3)?.leastSparsityPercent ?? 0))
    }
  }
})

test('settings of which none can be compared are refused in one line', () => {
  const files = { classifier: '', pruned: '' }
  assert.throws(() => tablesOf(curvesScript, { set: { k: [1] }, files }), /one of k must be above 1, got 1$/)
  assert.throws(
    () => tablesOf(curvesScript, { set: { thresholds: [0] }, files }),
    /one of thresholds must be above 0, got 0$/,
  )
})

test('the claim on movement pruning fails by its zeros on the classifier, and by one tie against either', () => {
  const holds = (change: object, of: 'classifier' | 'trained on as long') => {
    const rows = [
      { against: 'classifier', seed: 1, mpSparsityPercent: 50, wpSparsityPercent: 44, thresholds: 4, moreAccurate: 4 },
      {
        ...{ against: 'trained on as long', seed: 1, mpSparsityPercent: 50, wpSparsityPercent: null },
        ...{ thresholds: 4, moreAccurate: 4 },
      },
    ] as const
    const instead = rows.map((row) => (row.against === of ? { ...row, ...change } : row))
    const claim = fig14Script.claims['acceltran.kind-mp-instead'] as (tables: object, params: object) => boolean
    return claim({ instead }, {})
  }
  assert.is(holds({}, 'classifier'), true)
  assert.is(holds({ wpSparsityPercent: 50 }, 'classifier'), false)
  assert.is(holds({ moreAccurate: 3 }, 'classifier'), false)
  assert.is(holds({ moreAccurate: 3 }, 'trained on as long'), false)
  assert.is(holds({ against: 'classifier', wpSparsityPercent: 44 }, 'trained on as long'), false)
})

test.run()

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  countParameters,
  percentOf,
  seedsOf,
  shapeWith,
  storedNetworks,
  testParts,
  unpackAdapted,
} from '../../experiments/adapter-albert/shared/trained-networks.ts'
import {
  criticalPoint,
  cumulativePercent,
  prunedCounts,
} from '../../experiments/adapter-albert/shared/trained-pruning.ts'
import { rounderOf, roundingTap, roundWeights } from '../../experiments/adapter-albert/shared/trained-quantised.ts'
import {
  backboneRecords,
  chosenSize,
  longerRecords,
  pruningRecords,
  spreadOf,
  taskRecords,
} from '../../experiments/adapter-albert/shared/trained-records.ts'
import {
  ADAPTED,
  BACKBONE_SHAPE,
  isAdapted,
  PRUNING_TASK,
  TASKS,
} from '../../experiments/trained/shared/adapters-constants.ts'
import { criticalLevel } from '../../experiments/trained/shared/adapters-recipe.ts'
import {
  type AdaptedData,
  adapt,
  adaptedExamples,
  adaptedTest,
  prunedTensors,
  randomBackbone,
} from '../../experiments/trained/shared/adapters-training.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { createRng, numberFormat, roundToFormat } from '../../lib/numeric/mod.ts'
import {
  capacityFor,
  encodeExamples,
  findStored,
  formatStored,
  Pruner,
  parseStored,
  type SentenceTask,
  type StoredRow,
} from '../../lib/training/mod.ts'

const PATH = 'experiments/trained/adapters.json'
const stored = parseStored(PATH, readFileSync(join(PROJECT_ROOT, PATH), 'utf8'))
const inputs = testParts(1000)
const few = adaptedTest(PRUNING_TASK, 64)

test('stored adapters reproduce what their training noted, to the bit', () => {
  for (const task of TASKS) {
    const found = seedsOf(stored).map((seed) =>
      percentOf(unpackAdapted(stored, { task, seed }, inputs[task]), inputs[task]),
    )
    const noted = seedsOf(stored).map(
      (seed) => findStored(stored, { name: task, seed }).metrics['testAccuracy'] as number,
    )
    assert.equal(
      found.map((percent) => Math.round(10 * percent)),
      noted.map((share) => Math.round(1000 * share)),
      task,
    )
  }
})

test('there are three seeds, and records of each for every task, sparsity and backbone', () => {
  const seeds = seedsOf(stored)
  assert.equal(seeds, [1, 2, 3])
  assert.is(taskRecords(stored).length, 3 * 3)
  assert.is(pruningRecords(stored).length, 3 * 3 * ADAPTED.sparsities.value.length)
  assert.is(backboneRecords(stored).length, 3 * 3 * 4)
  for (const { sizes } of backboneRecords(stored)) {
    assert.equal(
      sizes.map(({ size }) => size),
      ADAPTED.adapterSizes.value,
    )
  }
})

test('each seed has one critical backbone for each part', () => {
  const critical = pruningRecords(stored).filter((row) => row.critical)
  assert.equal(
    critical.map(({ seed, part }) => `${seed} ${part}`).sort(),
    [1, 2, 3].flatMap((seed) => ['all', 'embd', 'tf'].map((part) => `${seed} ${part}`)),
  )
})

test('5 of the 9 pruned backbones lose more than the tolerance, all at the lowest sparsity', () => {
  const critical = pruningRecords(stored).filter((row) => row.critical)
  // Differences of the accuracies on the dev part, read off the file.
  const lost = { 'embd 2': 1.1, 'embd 3': 1.8, 'tf 3': 1.1, 'all 2': 1.6, 'all 3': 2.3 }
  const beyond = critical.filter(({ withinTolerance }) => !withinTolerance)
  assert.equal(Object.fromEntries(beyond.map((row) => [`${row.part} ${row.seed}`, row.devLost])), lost)
  assert.ok(beyond.every(({ sparsity }) => sparsity === 0.3))
  assert.ok(critical.every(({ devLost, withinTolerance }) => withinTolerance === devLost <= ADAPTED.tolerance.value))
})

/** The stored file with other records in a table. */
const withRows = (table: string, change: (rows: readonly StoredRow[]) => readonly StoredRow[]) => ({
  ...stored,
  records: { ...stored.records, [table]: change(stored.records[table] ?? []) },
})

test('records that lack a row are refused by its name, and so are rows too many', () => {
  const readers = { tasks: taskRecords, longer: longerRecords, pruning: pruningRecords, backbones: backboneRecords }
  for (const [table, read] of Object.entries(readers)) {
    for (const seed of [1, 2, 3]) {
      const lacking = withRows(table, (rows) => rows.filter((row) => row['seed'] !== seed))
      assert.throws(() => read(lacking), new RegExp(`records.${table} must have a row of seed ${seed}, .*, got none$`))
    }
    const rows = stored.records[table]?.length ?? 0
    const twice = withRows(table, (own) => [...own, ...own])
    assert.throws(() => read(twice), new RegExp(`must have ${rows} rows, one for each seed, .*, got ${2 * rows}$`))
    assert.throws(() => read(withRows(table, () => [])), new RegExp(`records.${table} must have rows, got none$`))
  }
  const noPart = withRows('pruning', (rows) => rows.filter((row) => row['part'] !== 'tf'))
  assert.throws(() => pruningRecords(noPart), /must have a row of seed 1, part tf, sparsity 0, got none$/)
  const noTask = withRows('backbones', (rows) => rows.filter((row) => row['task'] !== 'paraphrase'))
  assert.throws(() => backboneRecords(noTask), /a row of seed 1, backbone unpruned, task paraphrase, got none$/)
  const noSize = withRows('backbones', (rows) => rows.map(({ size8Test: _, ...row }) => row as StoredRow))
  assert.throws(() => backboneRecords(noSize), /column size8Test must hold numbers, got none$/)
})

test('a file without the networks is refused by the name of what it lacks', () => {
  const read = (networks: typeof stored.networks) =>
    storedNetworks({ params: { weights: '' }, files: { weights: formatStored({ ...stored, networks }) } })
  assert.is(read(stored.networks).networks.length, 12)
  assert.throws(
    () => read(stored.networks.map((own) => ({ ...own, name: 'learned' }))),
    /one must be named backbone, got learned$/,
  )
  assert.throws(() => read([]), /one must be named backbone, got none$/)
  const noTask = stored.networks.filter(({ name, seed }) => !(name === 'paraphrase' && seed === 2))
  assert.throws(() => read(noTask), /name and seed must be one of .*, got paraphrase 2$/)
})

test('countParameters() counts by hand', () => {
  const [h, e, f, v, p] = [32, 16, 48, BACKBONE_SHAPE.vocabulary, 32]
  const embedding = (v + p + 2) * e + 2 * e + e * h + h
  const layer = 4 * h * h + 4 * h + 2 * h * f + f + h + 4 * h
  const head = 2 * h + 2
  assert.equal(countParameters(), { total: embedding + layer + head, trained: embedding + layer + head })
  const adapters = 2 * (2 * h * 8 + 8 + h)
  assert.equal(countParameters(8), {
    total: embedding + layer + head + adapters,
    trained: adapters + 4 * h + head,
  })
})

test('only adapters, norms of the layers and classifier belong to a task', () => {
  const names = ['ramp2', 'ramp2.bias', 'block0.gain1', 'block0.bias2', 'block0.attentionAdapter.up']
  assert.equal(names.filter(isAdapted), names)
  const others = [
    'words',
    'embeddingGain',
    'embeddingBias',
    'block0.qkvBias',
    'block0.outer',
    'projection',
    'thresholds',
  ]
  assert.equal(others.filter(isAdapted), [])
})

test('criticalLevel() stops before the first sparsity that loses too much', () => {
  const levels = [80, 80, 79.2, 70, 79.5].map((dev, i) => ({ sparsity: i / 4, dev }))
  assert.is(criticalLevel(levels, 1), 0.5)
  assert.is(criticalLevel(levels, 0.1), 0.25)
  assert.is(criticalLevel(levels, 100), 1)
  const low = [80, 60, 60].map((dev, i) => ({ sparsity: i / 2, dev }))
  assert.is(criticalLevel(low, 1), 0.5, 'the lowest if none is good')
})

test('criticalPoint() reads the crossing off a straight line', () => {
  const levels = [
    { sparsity: 0, accuracy: 80 },
    { sparsity: 0.4, accuracy: 80 },
    { sparsity: 0.8, accuracy: 72 },
  ]
  assert.is(criticalPoint(levels, 2), 0.5)
  assert.is(criticalPoint(levels.slice(0, 2), 2), 0.4, 'the highest where accuracy never falls')
  assert.throws(() => criticalPoint(levels.slice(1), 2), /one level must be unpruned, got 0.4/)
})

test('a larger tolerance never lowers the critical point', () => {
  const rng = createRng(5)
  for (let i = 0; i < 50; i++) {
    const levels = [0, 0.3, 0.5, 0.7, 0.9].map((sparsity) => ({ sparsity, accuracy: 60 + 20 * rng.next() }))
    const points = [0, 1, 2, 5, 20].map((tolerance) => criticalPoint(levels, tolerance))
    assert.equal(
      points,
      [...points].sort((a, b) => a - b),
    )
  }
})

test('cumulativePercent() counts the zeros that pruning makes', () => {
  const seed = 1
  for (const part of ['embd', 'tf', 'all'] as const) {
    const encoder = unpackAdapted(stored, { task: PRUNING_TASK, seed }, few)
    const counts = prunedCounts(encoder)
    const before = encoder.values.slice(0)
    new Pruner(encoder, prunedTensors(encoder, part), { method: 'magnitude' }).prune(0.5)
    let zeros = 0
    for (const { start, rows, columns } of prunedTensors(encoder, part)) {
      for (let i = start; i < start + rows * columns; i++) if (encoder.values[i] === 0) zeros++
    }
    assert.ok(Math.abs(cumulativePercent(counts, part, 0.5) - (100 * zeros) / counts.total) < 0.1, part)
    const kept = encoder.values.every((value, i) => value === 0 || value === before[i])
    assert.ok(kept, 'what is left is as it was')
  }
})

test('rounderOf() rounds as the format does one by one', () => {
  const rng = createRng(7)
  const values = Float32Array.from({ length: 2000 }, () => 12 * rng.next() - 6)
  for (const name of ['Q3.13', 'Q3.5', 'Q1.7', 'Q2.0']) {
    const format = numberFormat(name)
    const own = values.slice()
    rounderOf(format)?.(own, 0, own.length)
    assert.equal(
      own,
      values.map((value) => roundToFormat(value, format)),
      name,
    )
  }
  assert.is(rounderOf(numberFormat('FP32')), undefined)
})

test('rounding weights and activations is idempotent, and fine formats change no answer much', () => {
  const encoder = unpackAdapted(stored, { task: PRUNING_TASK, seed: 1 }, few)
  const exact = percentOf(encoder, few)
  const format = numberFormat('Q3.5')
  roundWeights(encoder, format)
  const once = encoder.values.slice()
  roundWeights(encoder, format)
  assert.equal(encoder.values, once)
  const fine = unpackAdapted(stored, { task: PRUNING_TASK, seed: 1 }, few)
  const finest = numberFormat('Q8.20')
  roundWeights(fine, finest)
  assert.is(percentOf(fine, few, { tap: roundingTap(finest) }), exact)
})

test('every number a rounding tap has seen is one of the format', () => {
  const encoder = unpackAdapted(stored, { task: 'sentiment', seed: 2 }, adaptedTest('sentiment', 8))
  const format = numberFormat('Q3.5')
  const round = roundingTap(format)
  let [seen, wrong] = [0, 0]
  percentOf(encoder, adaptedTest('sentiment', 8), {
    tap: (tapped, floats) => {
      round?.(tapped, floats)
      for (let i = tapped.start; i < tapped.start + tapped.rows * tapped.columns; i++) {
        const units = 32 * (floats[i] as number)
        seen++
        if (!(Number.isInteger(units) && units >= -128 && units <= 127)) wrong++
      }
    },
  })
  assert.ok(seen > 1000)
  assert.is(wrong, 0)
})

test('chosenSize() takes the best on the dev part, of equals the smallest', () => {
  const size = (own: number, dev: number) => ({ size: own, dev })
  assert.is(chosenSize([size(16, 70), size(4, 70), size(8, 60)]).size, 4)
  assert.is(chosenSize([size(4, 70), size(8, 71)]).size, 8)
  assert.throws(() => chosenSize([]), /there must be some/)
})

test('spreadOf() has the mean between the ends', () => {
  assert.equal(spreadOf([1, 2, 6]), { mean: 3, least: 1, most: 6 })
})

/** Little data, of which nothing is learned. */
function littleData(): AdaptedData {
  const own = encodeExamples(adaptedExamples('entailment', 'train', { count: 40, rng: createRng(3) }))
  const all = Object.fromEntries(TASKS.map((task) => [task, own] as const)) as unknown as Record<
    SentenceTask,
    typeof own
  >
  return { pretraining: own, train: all, dev: all, test: all, capacity: capacityFor([own], 8) }
}

test('adapters leave the backbone as it is, fine-tuned layers the embedding, and zeros stay', () => {
  const data = littleData()
  const backbone = randomBackbone(1, data)
  const qkv = backbone.tensors.all.find(({ name }) => name === 'block0.qkv')
  backbone.view(qkv as NonNullable<typeof qkv>).fill(0, 100, 200)
  const options = { task: 'entailment', seed: 1, epochs: 1 } as const
  const changed = (encoder: ReturnType<typeof adapt>) =>
    encoder.tensors.all
      .filter((tensor) => {
        const before = backbone.tensors.all.find(({ name }) => name === tensor.name)
        return before && encoder.view(tensor).some((value, i) => value !== backbone.view(before)[i])
      })
      .map(({ name }) => name)
  const adapted = adapt(backbone, data, { ...options, learning: 'adapters', size: 4 })
  assert.equal(
    changed(adapted).filter((name) => !isAdapted(name)),
    [],
  )
  assert.ok(changed(adapted).includes('block0.gain1'))
  const tuned = adapt(backbone, data, { ...options, learning: 'layers', keepZeros: true })
  assert.ok(changed(tuned).includes('block0.qkv'))
  assert.not(changed(tuned).includes('words'))
  assert.ok(
    tuned
      .view(qkv as NonNullable<typeof qkv>)
      .subarray(100, 200)
      .every((value) => value === 0),
  )
})

test('pruning while retraining ends at the sparsity asked for', () => {
  const data = littleData()
  const pruned = adapt(randomBackbone(2, data), data, {
    ...{ task: 'entailment', seed: 1, epochs: 2, learning: 'all', size: 8 },
    prune: { part: 'tf', sparsity: 0.7 },
  })
  for (const { name, start, rows, columns } of prunedTensors(pruned, 'tf')) {
    const zeros = pruned.values.subarray(start, start + rows * columns).filter((value) => value === 0).length
    assert.is(zeros, Math.round(0.7 * rows * columns), name)
  }
  assert.ok(prunedTensors(pruned, 'embd').every((own) => pruned.view(own).every((value) => value !== 0)))
})

test('shapeWith() gives both adapters the same size', () => {
  assert.equal(shapeWith(16).adapters, { attention: 16, feedForward: 16 })
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import auditScript from '../../experiments/acceltran/fig11-12-figure-audit.ts'
import fig13Script from '../../experiments/acceltran/fig13-pruning-throughput.ts'
import dynatranScript from '../../experiments/acceltran/sec3a-dynatran.ts'
import {
  accuracyAtSparsity,
  sharesSparsities,
  sparsityAtAccuracy,
  weightPruningEffect,
} from '../../experiments/acceltran/shared/figure-audit.ts'
import { repetitionsPerSecond } from '../../experiments/acceltran/shared/pruning-study.ts'
import {
  FIG_14,
  fig11Curve,
  fig12Curve,
  METHODS,
  WEIGHTS,
} from '../../experiments/acceltran/shared/published-curves.ts'
import { type AnyExperiment, anyExperiment } from '../../lib/harness/experiment.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { runMeasurement } from '../../lib/harness/measure.ts'
import { produce } from '../../lib/harness/produce.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { runExperiment } from '../../lib/harness/run.ts'
import { median } from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'
import { cell, rows } from '../support/tables.ts'

const audit = anyExperiment(auditScript)
const fig13 = anyExperiment(fig13Script)
const ledger = new Map(readLedger(PROJECT_ROOT, 'acceltran').map((claim) => [claim.id, claim]))
const verdicts = (exp: AnyExperiment, variant?: string) => {
  const { claims, claimsByVariant } = produce(exp, ledger)
  return new Map((variant === undefined ? claims : (claimsByVariant[variant] ?? [])).map((claim) => [claim.id, claim]))
}

test('every claim about pruning is answered by one of the two experiments', () => {
  const named = `abs-sparsity conc-sparsity topk-complexity dynatran-cycles dynatran-rule sparsity-ratio mask-convention
    mask-and comparators spatten-cycles accuracy-rise mp-sparsity wp-net-sparsity`
    .split(/\s+/)
    .map((name) => `acceltran.${name}`)
  const wanted = [...ledger.values()].filter(
    ({ id, item, role }) =>
      named.includes(id) ||
      id.startsWith('acceltran.data-') ||
      (role !== 'in-kind' && /^(Fig\. 1[123]\b|Sec\. V-A\b|Sec\. III-A\b|Sec\. III-B[56]\b)/.test(item)),
  )
  assert.is(wanted.length, 42)
  const answered = [audit, fig13].flatMap(({ claims }) => Object.keys(claims))
  assert.equal(answered.sort(), wanted.map(({ id }) => id).sort())
})

test('the curves are those of a validation set of 872 sentences, and Fig. 12 leaves out what it must', () => {
  for (const method of METHODS) {
    for (const weights of WEIGHTS) {
      const curve = fig11Curve(method, weights)
      assert.is(curve.length, method === 'DynaTran' ? 20 : 10)
      for (const { accuracyPercent } of curve) {
        const sentences = 8.72 * accuracyPercent
        assert.ok(Math.abs(sentences - Math.round(sentences)) < 0.02, String(accuracyPercent))
      }
      assert.is(fig12Curve(method, weights).length, method === 'DynaTran' ? 19 : 8)
      assert.ok(fig12Curve(method, weights).every(({ sparsityPercent }) => sparsityPercent > 0))
    }
  }
})

test('reading a curve between its points', () => {
  const curve = [
    { setting: 1, sparsityPercent: 10, accuracyPercent: 80 },
    { setting: 2, sparsityPercent: 20, accuracyPercent: 90 },
    { setting: 3, sparsityPercent: 30, accuracyPercent: 70 },
  ]
  assert.is(sparsityAtAccuracy(curve, 85, 'plotted point'), 20)
  assert.is(sparsityAtAccuracy(curve, 85, 'straight line'), 22.5)
  assert.is(sparsityAtAccuracy(curve, 70, 'straight line'), 30)
  assert.throws(() => sparsityAtAccuracy(curve, 91, 'plotted point'), /an accuracy of 91 %, got none/)
  assert.is(accuracyAtSparsity(curve, 15), 85)
  assert.is(accuracyAtSparsity(curve, 30), 70)
  assert.is(accuracyAtSparsity(curve, 31), null)
  assert.is(accuracyAtSparsity(curve, 10), null)
})

test('the derived numbers of Figs. 11 and 12', () => {
  const { tables } = runExperiment(audit)
  const without = { weights: 'without MP' }
  const withMp = { weights: 'with MP' }
  assert.ok(near(cell(tables, 'gains', without, 'accuracyPoints'), 0.458, 1e-9))
  assert.equal(
    [without, withMp].map((where) => cell(tables, 'gains', where, 'sentences')),
    [4, 3],
  )
  assert.ok(near(cell(tables, 'gains', withMp, 'largestSparsityRatio'), 53.152 / 39.943))
  assert.ok(near(cell(tables, 'gains', without, 'largestSparsityRatio'), 37.651 / 30.709))
  const same = (reading: string) => cell(tables, 'sameAccuracy', { ...withMp, reading }, 'ratio')
  assert.ok(near(same('plotted point'), 43.232 / 39.364))
  // 91.17 lies a third of the way from 91.284 down to 90.94.
  assert.ok(near(same('straight line'), (43.232 + (0.114 / 0.344) * 0.946) / 39.364, 1e-9))
  assert.ok(near(cell(tables, 'sameAccuracy', { ...withMp, reading: 'straight line' }, 'neededPercent'), 47.2368, 1e-9))
  assert.equal(
    rows(tables, 'movementPruning').map((row) => [row['settings'], row['sparser'], row['lessAccurate']]),
    [
      [19, 19, 19],
      [8, 8, 7],
    ],
  )
})

test("top-k's plotted sparsities follow from the shape of BERT-Base if it keeps k - 1, and not if it keeps k", () => {
  const strict = runExperiment(audit).tables
  const right = runExperiment(audit, { variant: 'corrected' }).tables
  for (const k of [1, 2, 4, 8]) {
    const [derived, plotted] = ['derivedPercent', 'plottedPercent'].map((column) => cell(strict, 'topK', { k }, column))
    assert.ok(Math.abs((derived as number) - (plotted as number)) < 0.001, `k = ${k}`)
    assert.ok(Math.abs(cell(right, 'topK', { k }, 'derivedPercent') - (plotted as number)) > 0.05)
  }
  assert.ok(near(cell(strict, 'topK', { k: 2 }, 'derivedPercent'), (100 * 12 * 512 * 511) / 10_223_616))
  const padding = { method: 'top-k', weights: 'without MP' }
  assert.ok(near(cell(strict, 'padding', padding, 'tokensPerSentence'), 25.16, 1e-3))
  assert.ok(near(cell(strict, 'padding', padding, 'addedPoints'), 1.452, 1e-9))
})

test('weight pruning: by hand on two points, and the two curves that share their sparsities', () => {
  const panel = {
    task: 't',
    model: 'm',
    weightThresholdTau: 1,
    without: { netSparsityPercent: [10, 20], scorePercent: [90, 80] },
    pruned: { netSparsityPercent: [11, 19], scorePercent: [88, 81] },
  }
  assert.equal(weightPruningEffect(panel), {
    points: 2,
    smallestGainPoints: -1,
    meanGainPoints: 0,
    largestGainPoints: 1,
    smallestLossPoints: -1,
    meanLossPoints: 0.5,
  })
  assert.equal(
    FIG_14.map((own) => sharesSparsities(own, FIG_14)),
    ['BERT-Tiny on SST-2', 'BERT-Base on SST-2', undefined, undefined],
  )
  const { tables } = runExperiment(audit)
  assert.ok(cell(tables, 'weightPruning', { task: 'SST-2', model: 'BERT-Base' }, 'largestGainPoints') < 0)
  assert.ok(cell(tables, 'weightPruning', { task: 'SST-2', model: 'BERT-Tiny' }, 'smallestGainPoints') > 0)
})

test('verdicts of the audit', () => {
  const own = verdicts(audit)
  const of = (name: string) => own.get(`acceltran.${name}`)?.verdict
  for (const name of ['acc-gain-wo', 'acc-gain-w', 'accuracy-rise', 'mp-sparsity', 'fig12-topk-sp-wo', 'conc-sparsity'])
    assert.is(of(name), 'exact', name)
  for (const name of ['sp-abs-wo', 'sp-abs-w', 'wp-net-sparsity']) assert.is(of(name), 'erratum', name)
  assert.equal([of('sp-same-acc-wo'), of('sp-same-acc-w')], ['within', 'near'])
  assert.is(verdicts(audit, 'corrected').get('acceltran.wp-net-sparsity')?.verdict, 'exact')
})

test('comparisons grow with the second power, but for naive passes with a growing k', () => {
  const { tables } = runExperiment(fig13)
  const exponent = (pruner: string, regime = 'k as a share') => cell(tables, 'growth', { pruner, regime }, 'exponent')
  assert.ok(near(exponent('DynaTran'), 2))
  assert.ok(near(exponent('quick-select'), 2, 0.03))
  assert.ok(exponent('heap') > 2.1 && exponent('heap') < 2.4)
  assert.ok(near(exponent('k passes'), 3, 0.01))
  assert.ok(exponent('k passes', 'fixed k') < 2.2)
  // 512 rows: 15 passes short of 16 x 511 comparisons each, and one more for each element.
  const counted = { pruner: 'k passes', regime: 'fixed k', seqLen: 512 }
  assert.is(cell(tables, 'comparisons', counted, 'comparisons'), 512 * (16 * 511 - 120 + 512))
  assert.is(runExperiment(fig13, { set: { seqLens: [32] } }).tables['growth']?.[0]?.['exponent'], null)
})

test('the calls of the released scripts, and the masks', () => {
  const { tables } = runExperiment(fig13)
  assert.is(cell(tables, 'models', { model: 'BERT-Base', seqLen: 512 }, 'topKCalls'), 12 * 12 * 64 * 512)
  assert.is(cell(tables, 'models', { model: 'BERT-Base', seqLen: 512 }, 'dynatranCalls'), 109)
  assert.is(cell(tables, 'models', { model: 'BERT-Tiny', seqLen: 512 }, 'dynatranComparisons'), 2 * 1_703_936)
  const nor = { rule: 'NOR' }
  assert.equal(
    ['missed', 'wronglyMarked', 'rightProducts'].map((column) => cell(tables, 'masks', nor, column)),
    [0, 0, 1000],
  )
  const printed = { rule: 'printed AND' }
  assert.is(cell(tables, 'masks', printed, 'missed'), cell(tables, 'masks', nor, 'common'))
  assert.is(cell(tables, 'masks', printed, 'rightProducts'), 0)
  assert.equal(
    ['acceltran.mask-and', 'acceltran.topk-complexity'].map((id) => verdicts(fig13).get(id)?.verdict),
    ['erratum', 'off'],
  )
})

test('the seed moves the counts of comparisons, and nothing that does not hang on the order', () => {
  const set = { seqLens: [32, 64] }
  const [one, two] = [1, 2].map((seed) => runExperiment(fig13, { set, seed }).tables)
  const count = (tables: typeof one, pruner: string) =>
    cell(tables ?? {}, 'comparisons', { pruner, regime: 'fixed k', seqLen: 64 }, 'comparisons')
  assert.is.not(count(one, 'quick-select'), count(two, 'quick-select'))
  for (const pruner of ['DynaTran', 'k passes']) assert.is(count(one, pruner), count(two, pruner))
})

test('a pace is repetitions over the time they took', () => {
  let seconds = 0
  let done = 0
  const stopwatch = { cpuSeconds: () => seconds }
  const pace = repetitionsPerSecond(
    () => {
      done += 1
      seconds += 0.25
    },
    3,
    stopwatch,
  )
  assert.is(pace, 4)
  // In batches of 1, 1, 2, 4 and 8 until three seconds are over.
  assert.is(done, 16)
  assert.is(median([5, 1, 3]), 3)
  assert.ok(Number.isNaN(median([])))
})

test('the measurement times every pruner at every length, DynaTran against itself at 1', () => {
  const run = runExperiment(fig13, { set: { seqLens: [16, 32], measureRepeats: 3, measureSlice: 0.001, k: 4 } })
  const measured = runMeasurement(fig13, run)
  assert.is(measured?.['throughput']?.length, 8)
  for (const row of measured?.['throughput'] ?? []) {
    assert.ok((row['matricesPerSecond'] as number) > 0)
    const elements = (row['seqLen'] as number) ** 2
    assert.ok(
      near((row['nanosecondsPerElement'] as number) * (row['matricesPerSecond'] as number) * elements, 1e9, 1e-9),
    )
    assert.ok(near(row['tinySequencesPerSecond'] as number, 4 * (row['miniSequencesPerSecond'] as number)))
    if (row['pruner'] === 'DynaTran') assert.is(row['dynatranRatio'], 1)
  }
})

test("a user's matrices are profiled, thresholds are looked up in the mean of their curves, and top-k prunes by row", () => {
  const exp = anyExperiment(dynatranScript)
  const matrices = 'matrix,x,y,z\na,1,0.5,-2\na,0.1,2,1\nb,0,0.3,3\n'
  const run = (set: Readonly<Record<string, boolean | readonly number[]>>, text = matrices) =>
    runExperiment(exp, { set: { matrices: 'own.csv', ...set }, files: { matrices: text } }).tables
  const tables = run({ thresholds: [1, 0.4, 0], sparsities: [0, 0.3, 0.4, 0.9], k: [1, 3] })
  const curve = (matrix: string) => rows(tables, 'curves', { matrix }).map((row) => row['sparsity'])
  // |a| has 0.1 below 0.4 and 0.5 besides below 1; b has a zero, and 0.3 besides below 0.4.
  assert.equal(curve('a'), [0, 1 / 6, 2 / 6])
  assert.equal(curve('b'), [1 / 3, 2 / 3, 2 / 3])
  const mean = curve('geometric mean') as number[]
  assert.ok(near(mean[1] as number, 1 / 3, 1e-12) && near(mean[2] as number, Math.sqrt(2) / 3, 1e-12))
  const threshold = (wantedSparsity: number) =>
    rows(tables, 'calculator', { wantedSparsity, matrix: 'a' })[0]?.['threshold']
  assert.equal([0, 0.3, 0.4, 0.9].map(threshold), [0, 0.4, 1, null])
  assert.is(cell(tables, 'calculator', { wantedSparsity: 0.3, matrix: 'b' }, 'sparsity'), 2 / 3)
  assert.is(cell(tables, 'topK', { matrix: 'a', k: 1 }, 'sparsity'), 4 / 6)
  assert.is(cell(tables, 'topK', { matrix: 'b', k: 3 }, 'sparsity'), 1 / 3)
  for (const [text, pattern] of [
    ['x,y\n1,a\n', /own\.csv:2: y must be a number/],
    ['matrix\na\n', /own\.csv:1: the header must have one column per element/],
    ['matrix,x\n,1\n', /own\.csv:2: matrix must be a name, got nothing/],
    ['matrix,x\ngeometric mean,1\n', /must not be that of the curve of all/],
  ] as const)
    assert.throws(() => run({}, text), pattern)
})

test.run()

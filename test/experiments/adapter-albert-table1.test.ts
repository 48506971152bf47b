import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  DATASETS,
  GLUE,
  LISTED,
  MODELS,
  PUBLIC_COLUMNS,
  type PUBLIC_MODELS,
  printedScore,
  publicColumn,
  publicScore,
} from '../../experiments/adapter-albert/shared/glue-scores.ts'
import {
  differenceErrorPoints,
  nearestAccuracy,
  pointsBetween,
  printableShare,
  rankAmong,
  slackFor,
} from '../../experiments/adapter-albert/shared/score-audit.ts'
import script from '../../experiments/adapter-albert/table1-glue-consistency.ts'
import { anyExperiment } from '../../lib/harness/experiment.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { produce } from '../../lib/harness/produce.ts'
import { renderFigure } from '../../lib/harness/report/figure.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { runExperiment } from '../../lib/harness/run.ts'
import { near } from '../support/near.ts'
import { cell, rows } from '../support/tables.ts'

const exp = anyExperiment(script)
const ledger = new Map(readLedger(PROJECT_ROOT, 'adapter-albert').map((claim) => [claim.id, claim]))
const published = runExperiment(exp).tables
const corrected = runExperiment(exp, { variant: 'corrected' }).tables

test('every score of Table I stands as the ledger has it, digit by digit', () => {
  let checked = 0
  for (const model of MODELS) {
    for (const dataset of DATASETS) {
      const value = ledger.get(`adapter-albert.t1-${model}-${dataset}`.toLowerCase())?.value ?? ''
      const { points, halfUnitPoints } = printedScore(model, dataset)
      assert.is(points, Number(value), `${model} ${dataset}`)
      assert.is(halfUnitPoints, /\.\d\d$/.test(value) ? 0.005 : 0.05, `${model} ${dataset}`)
      checked += 1
    }
  }
  assert.is(checked, 45)
})

test('the claims about Table I and the training are answered, and no others', () => {
  const wanted = [...ledger.keys()].filter((id) => /^adapter-albert\.(t1|train)-/.test(id))
  assert.is(wanted.length, 50)
  assert.equal(Object.keys(exp.claims).sort(), wanted.sort())
})

test('the public rows average to what was printed for them', () => {
  const scores = (model: (typeof PUBLIC_MODELS)[number]) =>
    PUBLIC_COLUMNS.map((column) => [column, publicScore(model, column).value] as const)
  const sum = (values: readonly (readonly [string, number])[]) => values.reduce((total, [, value]) => total + value, 0)
  // The BERT paper prints 79.6, the mean of all nine numbers.
  assert.ok(Math.abs(sum(scores('BERT')) / 9 - 79.6) <= 0.05)
  // Guo et al. (diff pruning, arXiv 2012.07463, Table 1) print 79.8 for the adapter-BERT row, whose QNLI they leave out.
  const row = scores('Adapter-BERT').filter(([column]) => column !== 'QNLI')
  assert.ok(Math.abs(sum(row) / 8 - 79.8) <= 0.05)
})

test('what MNLI-mm holds is the choice of the test set; WNLI is in no public table', () => {
  assert.is(publicColumn('MNLI-mm', 'matched'), 'MNLI-m')
  assert.is(publicColumn('MNLI-mm', 'mismatched'), 'MNLI-mm')
  assert.is(publicColumn('RTE', 'matched'), 'RTE')
  assert.is(publicColumn('WNLI', 'mismatched'), undefined)
})

test('differences compare as they read', () => {
  assert.ok(91.4 - 91.2 > 0.2)
  assert.is(pointsBetween(91.4, 91.2), 0.2)
  assert.is(pointsBetween(90.8, 91.03), -0.23)
  assert.is(rankAmong(5, [5, 7, 5, 3]), 2)
  assert.is(rankAmong(9, [5, 7]), 1)
})

test('the nearest accuracy on a few examples, and whether it prints the same', () => {
  // 40 of 71 is 56.338 %, 41 of 71 is 57.746 %.
  const forty = nearestAccuracy({ points: 56.3, halfUnitPoints: 0.05 }, 71)
  assert.is(forty.right, 40)
  assert.is(forty.printsTheSame, true)
  const next = nearestAccuracy({ points: 57.8, halfUnitPoints: 0.05 }, 71)
  assert.is(next.right, 41)
  assert.is(next.printsTheSame, false)
  // Either way of rounding 12.5 is right.
  assert.is(nearestAccuracy({ points: 13, halfUnitPoints: 0.5 }, 8).printsTheSame, true)
  assert.is(nearestAccuracy({ points: 12, halfUnitPoints: 0.5 }, 8).printsTheSame, true)
})

test('the share of printable scores that are accuracies, counted one by one', () => {
  for (const n of [71, 277, 872]) {
    const printed = new Set(Array.from({ length: n + 1 }, (_, right) => ((100 * right) / n).toFixed(1)))
    assert.ok(near(printableShare({ points: 50, halfUnitPoints: 0.05 }, n), printed.size / 1001), String(n))
  }
  assert.is(printableShare({ points: 50, halfUnitPoints: 0.05 }, 40_430), 1)
})

test('the error of a difference, and the slack that a number of matches needs', () => {
  // 80 % of 400 has an error of 2 points; two of them make 2 sqrt 2.
  assert.ok(near(differenceErrorPoints(80, 80, 400), 2 * Math.SQRT2))
  // 50 % of 100 has 5 points, 100 % none.
  assert.ok(near(differenceErrorPoints(50, 100, 100), 5))
  assert.is(slackFor([3, -1, 0.5], 1), 0)
  assert.is(slackFor([3, -1, 0.5], 2), 0.5)
  assert.is(slackFor([3, -1, 0.5], 3), 3)
})

test('adapter-ALBERT-64 is first on RTE alone, and the six need a slack that lets in a seventh', () => {
  const first = rows(published, 'scores', { model: 'Adapter-ALBERT-64', rank: 1 }).map(({ dataset }) => dataset)
  assert.equal(first, ['RTE'])
  const rank = (dataset: string) => cell(published, 'scores', { model: 'Adapter-ALBERT-64', dataset }, 'rank')
  assert.equal(LISTED.map(rank), [4, 2, 2, 2, 3, 1])
  assert.equal(
    rows(published, 'slack').map(({ dataset, points, matched }) => [dataset, points, matched]),
    [
      ['RTE', -0.9, 1],
      ['QNLI', 0.2, 2],
      ['MRPC', 0.57, 3],
      ['MNLI-mm', 1.2, 4],
      ['SST-2', 3.3, 5],
      ['STS-B', 3.5, 6],
      ['QQP', 4.1, 7],
      ['CoLA', 6.8, 8],
      ['WNLI', 7.1, 9],
    ],
  )
  const best = { rival: 'best of the three' }
  assert.is(cell(published, 'readings', best, 'pointsForListed'), 4.1)
  assert.is(cell(published, 'readings', best, 'matchedThen'), 7)
})

test('a match within so many points counts as one from exactly there on', () => {
  const matched = (matchPoints: number) =>
    cell(runExperiment(exp, { set: { matchPoints } }).tables, 'readings', { rival: 'best of the three' }, 'matched')
  assert.equal([0, 0.19, 0.2, 0.56, 0.57, 3.49, 3.5, 4.1, 100].map(matched), [1, 1, 2, 2, 3, 5, 6, 7, 9])
})

test('the six are those within 0.4 points of the worst, and with the mismatched scores those that are not last', () => {
  const worst = { rival: 'worst of the three' }
  assert.is(cell(published, 'readings', worst, 'matched'), 5)
  assert.is(cell(published, 'readings', worst, 'pointsForListed'), 0.4)
  assert.is(cell(published, 'readings', worst, 'matchedThen'), 6)
  for (const column of ['matched', 'matchedOfListed', 'matchedThen'])
    assert.is(cell(corrected, 'readings', worst, column), 6, column)
  const last = rows(corrected, 'scores', { model: 'Adapter-ALBERT-64', rank: 4 }).map(({ dataset }) => dataset)
  assert.equal(last, ['CoLA', 'SST-2', 'WNLI'])
})

test('larger sizes bring the three others closer, and lose on MRPC however it was rounded', () => {
  const where = (columns: Readonly<Record<string, boolean>>) =>
    rows(published, 'sizes', columns).map(({ dataset }) => dataset)
  assert.equal(where({ listed: false, closer: true }), ['CoLA', 'SST-2', 'WNLI'])
  assert.equal(where({ belowSize64: true }), ['MRPC'])
  const lost = rows(published, 'sizes').filter(({ gainPoints }) => (gainPoints as number) < 0)
  assert.equal(
    lost.map(({ dataset }) => dataset),
    ['MRPC', 'STS-B'],
  )
  // 36 to 39 of 71, 193 to 197 of 277, 793 to 797 of 872.
  assert.equal(
    ['WNLI', 'RTE', 'SST-2'].map((dataset) => cell(published, 'sizes', { dataset }, 'gainExamples')),
    [3, 4, 4],
  )
  assert.is(cell(published, 'sizes', { dataset: 'CoLA' }, 'gainExamples'), null)
})

test('the printed rows are the public ones, with the matched set under the mismatched heading', () => {
  const differing = rows(published, 'publicScores', { equal: false })
  assert.equal(
    differing.map(({ model, column }) => [model, column]),
    [
      ['BERT', 'MNLI-mm'],
      ['Adapter-BERT', 'MNLI-mm'],
    ],
  )
  assert.is(rows(published, 'publicScores').length, 18)
  const mnli = (tables: typeof published, model: string) =>
    cell(tables, 'scores', { model, dataset: 'MNLI-mm' }, 'points')
  assert.equal([mnli(published, 'BERT'), mnli(published, 'Adapter-BERT')], [84.6, 85.3])
  assert.equal([mnli(corrected, 'BERT'), mnli(corrected, 'Adapter-BERT')], [83.4, 84.6])
  assert.is(mnli(corrected, 'ALBERT'), 85.4)
})

test('WNLI is of the 71 development examples, never of the 146 of the test set in the first two rows', () => {
  const right = MODELS.map((model) => cell(published, 'grid', { dataset: 'WNLI', model }, 'devRight'))
  assert.equal(right, [40, 39, 41, 36, 39])
  const off = rows(published, 'grid', { dataset: 'WNLI', onDevGrid: false }).map(({ model }) => model)
  assert.equal(off, ['ALBERT'])
  // Every number of right answers, printed.
  const printable = new Set(Array.from({ length: 147 }, (_, n) => ((100 * n) / 146).toFixed(1)))
  for (const model of MODELS) {
    const { points } = printedScore(model, 'WNLI')
    assert.is(rows(published, 'grid', { dataset: 'WNLI', model })[0]?.['onTestGrid'], printable.has(points.toFixed(1)))
  }
  assert.not.ok(printable.has('56.3') || printable.has('54.9'))
  // No MRPC score of the ALBERT rows is an accuracy of 408.
  assert.is(rows(published, 'grid', { dataset: 'MRPC', onDevGrid: true }).length, 0)
})

test('errors of accuracies alone: clear against ALBERT are QQP, and MNLI at size 64', () => {
  for (const row of rows(published, 'resolution')) {
    const metric = GLUE[row['dataset'] as (typeof DATASETS)[number]].metric
    const none = row['standardErrorPoints'] === null
    assert.is(none, metric.includes('correlation') || row['dataset'] === 'MRPC', String(row['dataset']))
  }
  // 57.8 % of 71: the root of 0.578 x 0.422 / 71.
  const wnli = cell(published, 'resolution', { dataset: 'WNLI' }, 'standardErrorPoints')
  assert.ok(near(wnli, 5.8613, 1e-4))
  const clear = rows(published, 'differences', { against: 'ALBERT', clear: true })
  assert.equal(
    clear.map(({ model, dataset }) => [model, dataset]),
    [
      ['Adapter-ALBERT-64', 'MNLI-mm'],
      ['Adapter-ALBERT-64', 'QQP'],
      ['Adapter-ALBERT-32-128', 'QQP'],
    ],
  )
  const strict = runExperiment(exp, { set: { clearErrors: 2.4 } }).tables
  assert.equal(
    rows(strict, 'differences', { clear: true }).map(({ dataset }) => dataset),
    ['QQP', 'QQP', 'QQP'],
  )
})

test('means: QQP alone puts adapter-ALBERT-64 above BERT', () => {
  const above = (of: string) => cell(published, 'means', { of, model: 'Adapter-ALBERT-64' }, 'aboveBert')
  // (700.73 - 689.3) / 9, and (615.43 - 618.1) / 8.
  assert.ok(near(above('all nine'), 1.27, 1e-9))
  assert.ok(near(above('without QQP'), -2.67 / 8, 1e-9))
})

test('verdicts: public rows are inputs, trained ones unreachable, the six an erratum, the rest exact', () => {
  const { claims } = produce(exp, ledger)
  const count = (verdict: string) => claims.filter((claim) => claim.verdict === verdict).length
  assert.equal(['input', 'unreachable', 'erratum', 'exact'].map(count), [19, 29, 1, 1])
  const of = (name: string) => claims.find(({ id }) => id === `adapter-albert.t1-${name}`)
  assert.equal([of('match-count')?.predicted, of('match-count')?.verdict], [1, 'erratum'])
  assert.equal([of('rest-count')?.predicted, of('rest-count')?.verdict], [3, 'exact'])
  assert.match(of('albert-rte')?.reason ?? '', /188 of 277 examples/)
  assert.not.match(of('albert-wnli')?.reason ?? '', / of 71 examples/)
})

test('the figure draws a point for every score, and a cross for every public one', async () => {
  const marks = produce(exp, ledger).claims.flatMap(({ id, predicted }) =>
    typeof predicted === 'number' ? [{ id, unit: 'score', conditions: {}, printed: predicted, predicted }] : [],
  )
  const svg = await renderFigure(exp.figure?.(published, marks) ?? {})
  const drawn = (svg.match(/data-tip="dataset: /g) ?? []).length
  assert.is(drawn, 45 + 16)
})

test.run()

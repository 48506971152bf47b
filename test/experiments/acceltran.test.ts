import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fig01Script from '../../experiments/acceltran/fig01-memory.ts'
import fig10Script from '../../experiments/acceltran/fig10-staggered-heads.ts'
import fig15Script from '../../experiments/acceltran/fig15-dataflow.ts'
import fig16Script from '../../experiments/acceltran/fig16-stalls.ts'
import fig17Script from '../../experiments/acceltran/fig17-power-utilisation.ts'
import fig18Script from '../../experiments/acceltran/fig18-breakdown.ts'
import fig19Script from '../../experiments/acceltran/fig19-sparsity.ts'
import fig20Script from '../../experiments/acceltran/fig20-baselines.ts'
import correctionsScript from '../../experiments/acceltran/sec5-corrections.ts'
import { HEADLINE_NAMES, headlines } from '../../experiments/acceltran/shared/headlines.ts'
import { historyOf } from '../../experiments/acceltran/shared/history.ts'
import { allQuirks, NO_QUIRKS, QUIRK_NAMES } from '../../experiments/acceltran/shared/simulation-params.ts'
import table1Script from '../../experiments/acceltran/table1-operations.ts'
import table2Script from '../../experiments/acceltran/table2-configurations.ts'
import table3Script from '../../experiments/acceltran/table3-hardware.ts'
import table4Script from '../../experiments/acceltran/table4-ablation.ts'
import { DATAFLOWS, Recorder } from '../../lib/accelerators/acceltran/mod.ts'
import { discoverExperiments, loadExperiment } from '../../lib/harness/batch/mod.ts'
import { type AnyExperiment, anyExperiment } from '../../lib/harness/experiment.ts'
import { answerClaims, judgeExperiment } from '../../lib/harness/judge.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { type RunResult, runExperiment } from '../../lib/harness/run.ts'
import { near } from '../support/near.ts'
import { run } from '../support/project.ts'
import { cell, rows } from '../support/tables.ts'

const [fig01, fig10, fig15, fig16, fig17, fig18, fig19, fig20] = [
  anyExperiment(fig01Script),
  anyExperiment(fig10Script),
  anyExperiment(fig15Script),
  anyExperiment(fig16Script),
  anyExperiment(fig17Script),
  anyExperiment(fig18Script),
  anyExperiment(fig19Script),
  anyExperiment(fig20Script),
]
const [table1, table2, table3, table4, corrections] = [
  anyExperiment(table1Script),
  anyExperiment(table2Script),
  anyExperiment(table3Script),
  anyExperiment(table4Script),
  anyExperiment(correctionsScript),
]

const LEDGER = new Map(readLedger(PROJECT_ROOT, 'acceltran').map((claim) => [claim.id, claim]))
const verdictOf = (exp: AnyExperiment, { tables, params }: RunResult, id: string) =>
  judgeExperiment(exp, answerClaims(exp, tables, params), LEDGER).find((claim) => claim.id === id)?.verdict
const corrected = (exp: AnyExperiment) => runExperiment(exp, { variant: 'corrected' })

test('each of the 400 claims is answered by exactly one experiment', async () => {
  const answered: string[] = []
  for (const id of discoverExperiments(PROJECT_ROOT).filter((own) => own.startsWith('acceltran/')))
    answered.push(...Object.keys((await loadExperiment(PROJECT_ROOT, id)).claims))
  assert.is(new Set(answered).size, answered.length)
  assert.equal(
    [...LEDGER.keys()].filter((id) => !answered.includes(id)),
    [],
  )
})

test('all 72 energies and 72 counts of Fig. 15 come out as drawn', () => {
  const result = runExperiment(fig15)
  const judged = judgeExperiment(fig15, answerClaims(fig15, result.tables, result.params), LEDGER)
  const points = judged.filter(({ id }) => /^acceltran\.fig15-[abc]-[bijk]{4}-[er]$/.test(id))
  assert.is(points.length, 3 * DATAFLOWS.length * 2)
  for (const { id, verdict } of points) assert.is(verdict, 'exact', id)
})

test('with all three coordinates of an activation tile compared, bijk is the best dataflow no more', () => {
  const { tables } = corrected(fig15)
  const best = (panel: string) => rows(tables, 'best', { panel })[0]?.['best']
  assert.is(String(best('a')).split(', ').length, 12)
  assert.is(best('b'), 'bijk, bkji, ibjk, ikjb, kbji, kijb')
  assert.is(best('c'), 'bjik, bkij, jbik, jkib, kbij, kjib')
  assert.is(cell(tables, 'best', { panel: 'c' }, 'bijkRank'), 7)
  assert.ok(cell(tables, 'wholeModel', { lanes: 1024 }, 'spreadPercent') > 30)
})

test('a batch of BERT-Tiny on the edge device ends and loads when the published figure says', () => {
  const { tables } = runExperiment(fig17)
  const [batch] = rows(tables, 'batch')
  assert.is(batch?.['cycles'], 139351)
  assert.is(batch?.['embeddingCycles'], 50581)
  assert.is(batch?.['maskLoadCycles'], 5058)
  // 64 cycles are averaged: the largest mean is below what all modules together would draw.
  assert.ok((batch?.['peakDynamicW'] as number) < 1024 * 5.1955e-3 + 256 * 34.6343e-3)
})

test('stalls at the last progress report are those behind the published contours', () => {
  const { tables } = runExperiment(fig16, { set: { peCounts: [64], netBufferMb: [10, 11, 13, 16] } })
  const stalls = (mb: number) => cell(tables, 'grid', { pes: 64, netBufferMb: mb }, 'stalls')
  assert.equal([10, 11, 13, 16].map(stalls), [133188, 117515, 86485, 55455])
  const cycles = rows(tables, 'grid').map((row) => row['cycles'])
  assert.equal([...new Set(cycles)], [139351])
})

test('a contour is met where the line between two grid points crosses it, five sixths of its label', () => {
  const { tables } = runExperiment(fig16, { set: { peCounts: [64], netBufferMb: [10, 11] } })
  const at = cell(tables, 'contours', { pes: 64, label: 100000 }, 'netBufferMb')
  assert.ok(near(at, 10 + (133188 - 120000) / (133188 - 117515), 1e-12))
  assert.is(rows(tables, 'contours', { pes: 64, label: 50000 })[0]?.['netBufferMb'], null)
  assert.is(rows(tables, 'contours', { pes: 32, label: 200000 })[0]?.['netBufferMb'], null)
})

test('heads that are staggered win as published at 512 tokens, lose there when all rules are right, and it hangs on the length', () => {
  const gain = ({ tables }: RunResult) =>
    cell(tables, 'scheduling', { priority: 'staggered' }, 'sequencesPerSecond') /
    cell(tables, 'scheduling', { priority: 'equal' }, 'sequencesPerSecond')
  const published = runExperiment(fig10)
  assert.ok(near(gain(published), 96162 / 88770, 1e-12))
  assert.is(verdictOf(fig10, published, 'acceltran.stagger'), 'exact')
  const right = corrected(fig10)
  assert.ok(gain(right) < 1)
  const signs = rows(right.tables, 'lengths').map((row) => Math.sign(row['gainPercent'] as number))
  assert.ok(signs.includes(1) && signs.includes(-1), String(signs))
})

test('corrected, every operation is issued as often as it has tiles and starts after what it needs', () => {
  const { tables } = corrected(fig10)
  const own = rows(tables, 'operations', { priority: 'staggered' })
  assert.ok(own.length > 30)
  for (const row of own) assert.is(row['issued'], row['tileOperations'], JSON.stringify(row))
  const at = (layer: number, head: number, operation: string, column: string) =>
    cell(tables, 'operations', { priority: 'staggered', layer, head, operation }, column)
  for (const layer of [1, 2])
    for (const head of [1, 2])
      for (const [first, then] of [
        ['q', 'qk'],
        ['k', 'qk'],
        ['qk', 'softmax'],
        ['softmax', 'pv'],
        ['v', 'pv'],
        ['pv', 'o'],
      ] as const)
        assert.ok(at(layer, head, first, 'endCycle') < at(layer, head, then, 'startCycle'), `${layer} ${head} ${then}`)
  // Results that no buffer holds: of the heads, of layer norm and GeLU, and of the layer before.
  for (const layer of [1, 2]) {
    for (const head of [1, 2]) {
      assert.ok(at(layer, head, 'o', 'endCycle') <= at(layer, 0, 'attention norm', 'startCycle'))
      if (layer > 1) assert.ok(at(layer - 1, 0, 'output norm', 'endCycle') <= at(layer, head, 'q', 'startCycle'))
    }
    for (const [first, then] of [
      ['attention norm', 'ffn1'],
      ['ffn1', 'gelu1'],
      ['gelu1', 'ffn2'],
      ['ffn2', 'output norm'],
    ] as const)
      assert.ok(at(layer, 0, first, 'endCycle') <= at(layer, 0, then, 'startCycle'), `${layer} ${then}`)
  }
})

test('four of five throughputs of Table IV come out at the printed digits, and the load decides what RRAM is worth', () => {
  const result = runExperiment(table4)
  const rate = (row: string) => Math.floor(cell(result.tables, 'ablation', { row }, 'sequencesPerSecond'))
  assert.equal(['full', 'wo-mp', 'wo-sparsity-modules', 'wo-rram'].map(rate), [172180, 163484, 90410, 88736])
  const slowdown = (loadExcluded: string) => cell(result.tables, 'load', { row: 'wo-rram', loadExcluded }, 'slowdown')
  assert.ok(near(slowdown('rounded to one digit'), 1.94, 0.01) && near(slowdown('nothing'), 3.836, 0.001))
  assert.is(verdictOf(table4, result, 'acceltran.table4-full-thr'), 'calibrated')
  assert.is(verdictOf(table4, result, 'acceltran.table4-wo-rram-thr'), 'calibrated')
  assert.is(verdictOf(table4, result, 'acceltran.table4-wo-mp-thr'), 'within')
  assert.is(verdictOf(table4, result, 'acceltran.table4-wo-rram-energy'), 'off')
})

test("parts of a batch's energy add up to the whole, and power to energy over time", () => {
  for (const variant of ['as-published', 'corrected']) {
    const { tables } = runExperiment(table4, { variant })
    for (const row of rows(tables, 'energy')) {
      const parts = ['peDynamicUj', 'peLeakageUj', 'bufferStoreUj', 'bufferLeakageUj', 'mainMemoryUj']
      const sum = parts.reduce((total, part) => total + (row[part] as number), 0)
      assert.ok(near(row['totalUj'] as number, sum, 1e-12), String(row['row']))
      const cycles = cell(tables, 'ablation', { row: row['row'] }, 'cycles')
      assert.ok(near(row['averageW'] as number, sum / (cycles / 700), 1e-12))
    }
  }
})

test('slices of both pies add up to all of it, whatever the rule', () => {
  const { tables } = runExperiment(fig18)
  for (const [table, where] of [
    ['area', {}],
    ...['compute alone', 'and blocks of the lanes', 'and dataflow', 'as simulated'].map(
      (rule) => ['power', { rule }] as const,
    ),
  ] as const) {
    const sum = rows(tables, table, where).reduce((total, row) => total + (row['sharePercent'] as number), 0)
    assert.ok(near(sum, 100, 1e-12), `${table}: ${sum}`)
  }
})

test("softmax's half of the power is that of four modules per operation", () => {
  const share = (set: Readonly<Record<string, boolean>>) =>
    cell(runExperiment(fig18, { set }).tables, 'power', { rule: 'and dataflow', slice: 'softmax' }, 'dynamicUj')
  const [all, one] = [share({}), share({ softmaxBroadcast: false })]
  assert.ok(near(all / one, 4, 1e-3), String(all / one))
})

test('activation sparsity moves throughput in the steps of whole cycles of a tile', () => {
  const { tables } = runExperiment(fig19, { set: { activationSparsities: [0.3, 0.3204, 0.322, 0.3242] } })
  assert.equal(
    rows(tables, 'sparsity').map((row) => row['tileCycles']),
    [180, 174, 174, 174],
  )
})

test('memory counts weights once or once per sequence, in bits or in bytes', () => {
  const mb = (set: Readonly<Record<string, boolean | number>>) =>
    cell(runExperiment(fig01, { set }).tables, 'mainMemory', { model: 'BERT-Tiny' }, 'statedMb')
  const [embeddings, weights] = [31034 * 128, 2 * (4 * 128 * 128 + 2 * 128 * 512)]
  assert.ok(near(mb({}), ((embeddings + 4 * weights) * 10) / 2 ** 20, 1e-12))
  assert.ok(near(mb({ weightsPerBatchElement: false }), ((embeddings + weights) * 10) / 2 ** 20, 1e-12))
  assert.ok(near(mb({ bitsAsBytes: false, batch: 1 }), ((embeddings + weights) * 10) / 8e6, 1e-12))
})

test('BERT-Base blocks as published and finishes corrected; so do lengths that are no multiple of two tiles', () => {
  const set = { lengths: [32, 48] }
  const outcome = (result: RunResult, table: string, where: Readonly<Record<string, unknown>>) =>
    rows(result.tables, table, where)[0]
  const published = runExperiment(table2, { set })
  const base = { device: 'AccelTran-Server', model: 'BERT-Base', batch: 4 }
  assert.match(String(outcome(published, 'runs', base)?.['outcome']), /no progress/)
  assert.is(outcome(published, 'lengths', { sequence: 32 })?.['runs'], true)
  assert.match(String(outcome(published, 'lengths', { sequence: 48 })?.['outcome']), /no progress/)
  const right = runExperiment(table2, { variant: 'corrected', set })
  assert.is(outcome(right, 'runs', base)?.['runs'], true)
  assert.is(outcome(right, 'lengths', { sequence: 48 })?.['runs'], true)
})

test('low-power mode halves the peak and costs what 224,280 cycles cost', () => {
  const { tables } = runExperiment(table3)
  assert.is(cell(tables, 'lowPower', { reading: 'issue width 2' }, 'cycles'), 224280)
  assert.ok(near(cell(tables, 'hardware', { machine: 'Edge LP' }, 'peakTops'), 15.0528 / 2, 1e-12))
  assert.ok(near(cell(tables, 'hardware', { machine: 'Server' }, 'areaMm2'), 1829.696, 1e-6))
  for (const machine of ['Server', 'Edge', 'Edge LP']) {
    const power = (part: string) => cell(tables, 'power', { machine, part }, 'powerW')
    assert.ok(near(power('PEs') + power('buffers') + power('main memory'), power('total'), 1e-12), machine)
  }
})

test('ratios of bars differ from ratios of labels, and baselines are implied to be implausibly slow', () => {
  const { tables } = runExperiment(fig20)
  const ratio = 'throughput, Server over Energon'
  assert.ok(near(cell(tables, 'ratios', { ratio }, 'fromLabels'), 63 / 11, 1e-12))
  assert.ok(near(cell(tables, 'ratios', { ratio }, 'fromBars'), 63.068 / 11.397, 1e-12))
  const pi = { device: 'AccelTran-Edge', load: 'excluded' }
  assert.ok(near(cell(tables, 'implied', pi, 'acceleratorPerSecond'), (4 * 700e6) / (139351 - 50581), 1e-12))
  assert.ok(cell(tables, 'implied', pi, 'baselineGflops') < 0.1)
})

test('Table I lists every tile operation of an encoder once', () => {
  const { tables } = corrected(table1)
  const total = (kind: string) => cell(tables, 'totals', { kind }, 'tileOperations')
  const counted = (kind: string) =>
    rows(tables, 'compute', { kind }).reduce(
      (sum, row) => sum + (row['times'] as number) * (row['tileOperations'] as number),
      0,
    )
  for (const kind of ['matmul', 'softmax', 'gelu', 'layernorm']) assert.is(counted(kind), total(kind), kind)
  const [work] = rows(tables, 'work')
  assert.is(total('matmul') * 16 ** 3, 4 * 1e6 * (work?.['tiledMegaMacs'] as number))
})

test('which conclusions survive all corrections, and which rules decide, is what the report says', () => {
  const { tables } = runExperiment(corrections)
  const by = (pattern: RegExp) =>
    rows(tables, 'conclusions').find((row) => pattern.test(String(row['conclusion']))) ?? {}
  for (const [pattern, before, after] of [
    [/^activations/, true, true],
    [/^staggered/, true, false],
    [/^no dataflow/, true, false],
    [/^leakage of the PEs/, true, true],
    [/^softmax/, true, false],
    [/^low-power/, true, false],
    [/^more sparsity/, true, true],
    [/^BERT-Base/, false, true],
    [/^DynaTran/, true, true],
    [/^RRAM nearly/, true, false],
    [/^RRAM saves/, true, true],
  ] as const) {
    assert.equal([by(pattern)['holdsAsPublished'], by(pattern)['survives']], [before, after], String(pattern))
  }
  assert.is(rows(tables, 'conclusions').length, 11)
  for (const [pattern, rule] of [
    [/^softmax/, 'softmaxBroadcast'],
    [/^BERT-Base/, 'positionsAsHeads'],
    [/^no dataflow/, 'columnIgnored'],
    [/^RRAM nearly/, 'weightsPerBatchElement'],
    [/^low-power/, 'idleBuffersFree'],
  ] as const)
    assert.equal([by(pattern)['decidedBy'], by(pattern)['restoredBy']], [rule, rule], String(pattern))
  assert.is(by(/^staggered/)['decidedBy'], '')
  assert.is(String(by(/^staggered/)['restoredBy']).split(', ').length, 4)
  // Two batches each, which single corrections are spared.
  const alone = HEADLINE_NAMES.length - 2
  assert.is(rows(tables, 'headlines').length, 2 * HEADLINE_NAMES.length + (QUIRK_NAMES.length + 1) * alone)
})

test('headlines under one rule are those of the figures that show them', () => {
  const published = headlines({ quirks: { ...allQuirks(true), reportPeriod: 1000 }, columnIgnored: true })
  assert.is(published('edgeCycles'), 139351)
  assert.ok(near(published('rramGain') as number, (81554 - 50581) / (21262 - 5059), 1e-12))
  assert.is(published('bertBaseCycles'), null)
  const right = headlines({ quirks: { ...NO_QUIRKS, reportPeriod: 1000 }, columnIgnored: false })
  const own = cell(corrected(fig17).tables, 'batch', {}, 'cycles')
  assert.is(right('edgeCycles'), own)
  assert.is(right('activationsOverWeights'), 4 * (published('activationsOverWeights') as number))
})

test('the contours of Fig. 16 lie at 30,000 stalls for each 25,000 of their labels', () => {
  const fit = rows(runExperiment(fig16).tables, 'fit')
  assert.is(fit.length, 10)
  for (const { ratio, label } of fit) assert.ok(near(ratio as number, 5 / 6, 1.2e-4), `${label}: ${ratio}`)
})

test('modules that are not gated leak all the time', () => {
  const { tables } = runExperiment(table3)
  // 1,024 lanes, 256 softmax and 64 layer-norm modules; the blocks around the lanes do not run as published.
  const all = (1024 * 0.3189685 + 256 * 2.6696 + 64 * 2.5753) / 1000
  assert.ok(near(cell(tables, 'gating', { machine: 'Edge' }, 'ungatedW'), all, 1e-12))
  assert.ok(cell(tables, 'gating', { machine: 'Edge' }, 'gatedW') < 0.3 * all)
})

test("a history gives each cycle its sample's value, and means over cycles, not over samples", () => {
  const recorder = new Recorder()
  const zero = {
    busyMac: 0,
    busySoftmax: 0,
    busyLayerNorm: 0,
    activationBits: 0,
    weightBits: 0,
    maskBits: 0,
    loadNj: 0,
    storeNj: 0,
  }
  recorder.add(0, { ...zero, busyMac: 2 })
  recorder.add(3, { ...zero, busyMac: 10 })
  recorder.add(4, zero)
  const history = historyOf(recorder, 10, (sample) => sample('busyMac'))
  assert.equal(
    Array.from({ length: 10 }, (_, cycle) => history.at(cycle)),
    [2, 2, 2, 10, 0, 0, 0, 0, 0, 0],
  )
  assert.is(history.meanBetween(0, 10), 1.6)
  assert.is(history.meanAround(3, 4), (2 + 2 + 10 + 0) / 4)
  assert.is(history.meanAround(0, 4), 2)
  assert.is(history.largestMean(2), 6)
  assert.is(history.largest(), 10)
})

test('a user can bring another model and machine; what cannot be is said in one line', async () => {
  const script = 'experiments/acceltran/fig17-power-utilisation.ts'
  const own = [
    'layers=1',
    'heads=4',
    'hidden=256',
    'ffn=1024',
    'vocabulary=1000',
    'sequence=100',
    'pes=32',
    'tileSide=32',
  ]
  const good = await run(PROJECT_ROOT, script, [
    '--variant',
    'corrected',
    '--table',
    'batch',
    ...own.flatMap((set) => ['--set', set]),
  ])
  assert.equal([good.exitCode, good.stderr], [0, ''])
  for (const [set, pattern] of [
    ['tileSide=32 heads=8 hidden=128', /the tile's side must be at most headWidth = 16, got 32/],
    ['tileSide=12', /the tile's side must be one of those synthesised \(8, 16, 32\), got 12/],
    [
      'weightMb=0.1',
      /Cannot place embeddings: \d+ bit are larger than the buffer for weights, which holds 838860.8 bit/,
    ],
    ['pes=0', /pes: it must be an integer from 1/],
    ['issueWidth=64', /no progress.*a window of 65 layernorm operations, for which there are 64 modules/],
    ['mainMemoryBytesPerCycle=0.01', /mainMemoryBytesPerCycle: it must be a number from 0.1/],
    ['heads=3', /hidden must be a multiple of heads/],
  ] as const) {
    const { exitCode, stdout, stderr } = await run(
      PROJECT_ROOT,
      script,
      set.split(' ').flatMap((one) => ['--set', one]),
    )
    assert.equal([exitCode, stdout, stderr.split('\n').length], [2, '', 1], set)
    assert.match(stderr, pattern)
  }
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fig13Script from '../../experiments/gemmini/fig13-memory-split.ts'
import fig14Script from '../../experiments/gemmini/fig14-time-breakdown.ts'
import fig18Script from '../../experiments/gemmini/fig18-mapspace.ts'
import fig19Script from '../../experiments/gemmini/fig19-mapspace-cdf.ts'
import fig20Script from '../../experiments/gemmini/fig20-equal-macs.ts'
import fig21Script from '../../experiments/gemmini/fig21-fusion-mha.ts'
import fig22Script from '../../experiments/gemmini/fig22-fusion-ffn.ts'
import fig25Script from '../../experiments/gemmini/fig25-26-edp.ts'
import table09Script from '../../experiments/gemmini/table09-architecture.ts'
import { anyExperiment } from '../../lib/harness/experiment.ts'
import { answerClaims } from '../../lib/harness/judge.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import type { AnyParamValues } from '../../lib/harness/param.ts'
import { produce } from '../../lib/harness/produce.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { runExperiment } from '../../lib/harness/run.ts'

const fig13 = anyExperiment(fig13Script)
const fig14 = anyExperiment(fig14Script)
const fig18 = anyExperiment(fig18Script)
const fig19 = anyExperiment(fig19Script)
const fig20 = anyExperiment(fig20Script)
const fig21 = anyExperiment(fig21Script)
const fig22 = anyExperiment(fig22Script)
const fig25 = anyExperiment(fig25Script)
const table09 = anyExperiment(table09Script)

const ledger = new Map(readLedger(PROJECT_ROOT, 'survey').map((claim) => [claim.id, claim]))

/** Our value less the printed one, in the ledger's unit, of the claims whose id matches. */
function differences(exp: typeof fig13, pattern: RegExp): number[] {
  return produce(exp, ledger)
    .claims.filter(({ id, value }) => pattern.test(id) && value !== '')
    .map(({ predicted, value }) => Number(predicted) - Number(value))
}
const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)

test('the nine cells of Fig. 13 come out within 3 points RMS, with nothing fitted', () => {
  const cells = differences(fig13, /^survey\.fig13\.sp/)
  assert.is(cells.length, 9)
  assert.ok(rms(cells) < 3, `${rms(cells)}`)
  const fitted = Object.values(fig13.params).filter(({ source }) => source.kind === 'calibrated')
  assert.equal(fitted, [])
})

test('the bars in the middle of Fig. 14 come out within 3 points each, with nothing fitted against them', () => {
  const bars = differences(fig14, /^survey\.fig14\.ibert\./)
  assert.is(bars.length, 4)
  for (const bar of bars) assert.ok(Math.abs(bar) < 3, `${bar}`)
  for (const { source } of Object.values(fig14.params))
    assert.ok(source.kind !== 'calibrated' || !source.against.includes('fig14'))
})

test('one set of parameters gives all ten fusion claims in sign and within 2 points; both figures use the same', () => {
  const pattern = /fusion-(softmax-share|qk-softmax-reduction|wout-\d+|mha-\d+|qk-4096|ffn-\d+)$/
  const found = [...differences(fig21, pattern), ...differences(fig22, pattern)]
  assert.is(found.length, 10)
  for (const difference of found) assert.ok(Math.abs(difference) < 2, `${difference}`)
  assert.ok(rms(found) < 1, `${rms(found)}`)
  for (const { params } of [fig21, fig22].map((exp) => runExperiment(exp))) {
    assert.equal(
      [params['dramWordsPerCycle'], params['softmaxReductions'], params['layernormReductions'], params['scratchpadKb']],
      [5.75, 1, 2, 256],
    )
  }
})

test('what was used to fit the passes and the CPU is calibrated, and nothing else', () => {
  const calibrated = [fig13, fig14, fig21, fig22].flatMap((exp) =>
    produce(exp, ledger)
      .claims.filter(({ verdict }) => verdict === 'calibrated')
      .map(({ id }) => id),
  )
  assert.equal(calibrated.sort(), [
    'survey.fusion-ffn-4096',
    'survey.fusion-ffn-512',
    'survey.fusion-softmax-share',
    'survey.fusion-wout-128',
    'survey.ibert-speedup',
  ])
})

test('the fitted passes are the ones that fit best of all small numbers, and the CPU cycles those of the stated window', () => {
  const claimsAt = (exp: typeof fig13, set: AnyParamValues) => {
    const { tables, params } = runExperiment(exp, { set })
    return answerClaims(exp, tables, params)
  }
  const misfit = (exps: readonly (typeof fig13)[], ids: readonly string[], set: AnyParamValues) =>
    rms(
      exps
        .flatMap((exp) => claimsAt(exp, set))
        .filter(({ id }) => ids.includes(id))
        .map(({ id, predicted }) => Number(predicted) - Number(ledger.get(id)?.value)),
    )
  const best = (exps: readonly (typeof fig13)[], ids: readonly string[], name: string) => {
    const passes = [1, 2, 3, 4].flatMap((reductions) => [1, 2, 3].map((elementwise) => ({ reductions, elementwise })))
    const ranked = passes
      .map(({ reductions, elementwise }) => {
        const set = { seqLens: [512], [`${name}Reductions`]: reductions, [`${name}Elementwise`]: elementwise }
        return { passes: [reductions, elementwise], misfit: misfit(exps, ids, set) }
      })
      .sort((a, b) => a.misfit - b.misfit)
    return ranked[0]?.passes
  }
  assert.equal(best([fig21], ['survey.fusion-softmax-share'], 'softmax'), [1, 1])
  const layernorm = ['survey.fusion-wout-128', 'survey.fusion-wout-256', 'survey.fusion-ffn-512']
  assert.equal(best([fig21, fig22], layernorm, 'layernorm'), [2, 2])
  const speedup = (cpuCyclesPerElement: number) =>
    Number(claimsAt(fig14, { cpuCyclesPerElement }).find(({ id }) => id === 'survey.ibert-speedup')?.predicted)
  for (const inside of [34.35, 34.43]) assert.is(speedup(inside).toFixed(1), '39.6')
  for (const outside of [34.3, 34.5]) assert.is.not(speedup(outside).toFixed(1), '39.6')
})

test('no printed reduction of 36 % comes out at a bandwidth where Fig. 13 does; the traffic bounds it', () => {
  const { asked = [], swap = [] } = runExperiment(fig13).tables
  const [row] = asked
  assert.ok(Math.abs(Number(row?.['neededBytesPerCycle']) - 4.185) < 0.001)
  assert.ok(Number(row?.['trafficReductionPercent']) > 43 && Number(row?.['trafficReductionPercent']) < 44)
  for (const point of swap)
    assert.ok(Number(point['reductionPercent']) <= Number(row?.['trafficReductionPercent']) + 1e-9)
  const none = runExperiment(fig13, { set: { askedReductionPercent: 60 } }).tables['asked']?.[0]
  assert.equal([none?.['neededBytesPerCycle'], none?.['beforePercentThere']], [null, null])
})

test('random mappings span four decades, and matmuls are as hard as convolutions, whatever the seed', () => {
  for (const seed of [2, 3]) {
    const { summary = [] } = runExperiment(fig18, { seed, set: { samples: 20_000 } }).tables
    assert.is(summary.length, 6)
    for (const row of summary) assert.ok(Number(row['maxOverMin']) > 5e3 && Number(row['maxOverMin']) < 1e5)
    const near = (network: string) =>
      summary.filter((row) => row['network'] === network).map((row) => Number(row['nearPercent']))
    assert.ok(Math.max(...near('BERT')) < Math.max(...near('ResNet-50')))
  }
})

test('percentiles are given under every published energy table and map space', () => {
  const { study = [] } = runExperiment(fig19, { set: { samples: 500, alternativeSamples: 500 } }).tables
  const combinations = new Set(
    study.map(
      (row) => `${row['mapSpace']} ${row['energyTable']} ${row['dramWordsPerCycle']} ${row['timeloopUnrollPrior']}`,
    ),
  )
  assert.is(combinations.size, (4 + 2) * 3)
  assert.is(study.length, combinations.size * 4 * 2)
})

test('conv1 with its own 112 x 112 outputs is matched by twice the printed dimensions', () => {
  const dims = (variant: string) =>
    runExperiment(fig20, { variant, set: { samples: 100 } }).tables['matched']?.map((row) => row['hidden'])
  assert.equal(dims('as-published'), [null, 240, 120])
  assert.equal(dims('corrected'), [null, 480, 240])
})

test('a longer sequence, a larger model and odd sizes still give numbers that make sense', () => {
  const sets: readonly AnyParamValues[] = [
    { seqLens: [1, 8192], accumulatorKb: [32, 1024], hidden: 1000, heads: 8, ffn: 3001 },
    { seqLens: [77], accumulatorKb: [64], arrayDim: 7 },
  ]
  for (const set of sets) {
    for (const row of runExperiment(fig21, { set }).tables['pairs'] ?? []) {
      const use = Math.max(Number(row['accumulatorUse']), Number(row['scratchpadUse']))
      assert.is(row['changePercent'] === null, use > 1)
      const latency = Number(row['nonFusedMatmulCycles']) + Number(row['normalisationCycles'])
      const change = 100 * (Number(row['fusedCycles']) / latency - 1)
      if (row['changePercent'] !== null) assert.ok(Math.abs(change - Number(row['changePercent'])) < 1e-9)
    }
  }
})

const SMALL_SEARCH = {
  seqLen: 64,
  hiddenChoices: [64, 96],
  headChoices: [2, 4],
  ffnChoices: [128, 256],
  layerChoices: [1, 2],
  population: 8,
  rounds: 5,
}

test('the architecture search finds a front: no network on it is beaten in both objectives, its ends are the extremes', () => {
  const { front = [], extremes = [] } = runExperiment(fig25, { set: SMALL_SEARCH }).tables
  const points = front.map((row) => [Number(row['edp']), Number(row['parametersM'])] as const)
  for (const [edp, size] of points) {
    assert.not.ok(points.some(([otherEdp, otherSize]) => otherEdp < edp && otherSize >= size))
  }
  assert.is(points[0]?.[0], extremes[1]?.['edp'])
  assert.is(points.at(-1)?.[0], extremes[0]?.['edp'])
})

test('with a perplexity table the search follows it: measured networks keep their value, others are interpolated', () => {
  const csv = 'hidden,heads,ffn,perplexity\n64,2,128,40\n96,4 4,256 256,20\n96,2 2,128 128,21\n'
  const run = (text: string) =>
    runExperiment(fig25, { set: { ...SMALL_SEARCH, perplexity: 'p.csv' }, files: { perplexity: text } }).tables
  const { front = [], costs = [], measured: given = [] } = run(csv)
  assert.equal(
    given.map((row) => row['perplexity']),
    [40, 20, 21],
  )
  assert.is(costs[0]?.['measuredNetworks'], 3)
  const measured = front.filter((row) => row['perplexityMeasured'] === 'yes').map((row) => Number(row['perplexity']))
  assert.ok(measured.length >= 2 && measured.every((value) => [20, 21, 40].includes(value)))
  for (const row of front) assert.ok(Number(row['perplexity']) >= 20 && Number(row['perplexity']) <= 40)
  assert.throws(() => run(csv.replace('64,2,128', '64,3,128')), /p\.csv:2: heads must be one of 2, 4, got 3/)
  assert.throws(
    () => run(csv.replace('2 2,128 128', '2 2,128')),
    /p\.csv:4: heads and ffn must have an entry per layer/,
  )
  assert.throws(() => run(csv.replace('4 4', '4 a')), /p\.csv:3: heads must be a number from 1, got "a"/)
  assert.throws(() => run(`${csv}64,2,128,30\n`), /p\.csv:5: a network must be given once, got that of line 2 again/)
  assert.throws(() => runExperiment(fig25, { set: { perplexity: 'p.csv' } }), /must come with what p\.csv holds/)
  assert.throws(() => run(csv.replace(',40', ',x')), /p\.csv:2: perplexity must be a number from 1, got "x"/)
})

test("Table 9's network costs less than the baseline under every reading of its head width", () => {
  const { readings = [] } = runExperiment(table09).tables
  assert.is(readings.length, 4)
  for (const row of readings) {
    for (const gain of ['macsGain', 'latencyGain', 'energyGain', 'edpGain']) assert.ok(Number(row[gain]) > 1, gain)
    const product = Number(row['latencyGain']) * Number(row['energyGain'])
    assert.ok(Math.abs(Number(row['edpGain']) / product - 1) < 1e-12)
  }
  assert.throws(() => runExperiment(table09, { set: { heads: [12, 6] } }), /an entry per layer, got 2 and 6/)
})

test.run()

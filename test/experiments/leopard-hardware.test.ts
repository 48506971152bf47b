import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import fig09Script from '../../experiments/leopard/fig09-speedup.ts'
import fig10Script from '../../experiments/leopard/fig10-energy.ts'
import fig11Script from '../../experiments/leopard/fig11-energy-breakdown.ts'
import fig12Script from '../../experiments/leopard/fig12-area.ts'
import fig13Script from '../../experiments/leopard/fig13-vpu-utilisation.ts'
import fig14Script from '../../experiments/leopard/fig14-bits-per-cycle.ts'
import {
  BACK_END_WINDOW,
  ENERGY_PARAMS,
  ENERGY_PER_BIT_WINDOW,
  LEAKAGE_WINDOW,
  latchOf,
  WIDTH_EXPONENT_WINDOW,
} from '../../experiments/leopard/shared/energy-params.ts'
import { VPU_PARAMS, VPU_WINDOW } from '../../experiments/leopard/shared/tile-params.ts'
import { PAPER_WORKLOADS, trainedCounts } from '../../experiments/leopard/shared/workloads.ts'
import table1Script from '../../experiments/leopard/table1-configuration.ts'
import table2Script from '../../experiments/leopard/table2-comparison.ts'
import { meanCycles } from '../../lib/accelerators/leopard/mod.ts'
import { anyExperiment } from '../../lib/harness/experiment.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { runExperiment } from '../../lib/harness/run.ts'
import type { AnyTables } from '../../lib/harness/table.ts'
import { near } from '../support/near.ts'
import { run } from '../support/project.ts'
import { cell, rows } from '../support/tables.ts'

const [table1, fig09, fig10, fig11, fig12, fig13, fig14, table2] = [
  anyExperiment(table1Script),
  anyExperiment(fig09Script),
  anyExperiment(fig10Script),
  anyExperiment(fig11Script),
  anyExperiment(fig12Script),
  anyExperiment(fig13Script),
  anyExperiment(fig14Script),
  anyExperiment(table2Script),
]
/** The paper's means for every workload, ours left aside. */
const PAPER = { memn2n: 'paper' }

const HEADER = 'workload,tasks,pruned,bits,keys\n'
const csvOf = (list: readonly (typeof PAPER_WORKLOADS)[number][]) =>
  `workload,tasks,pruned,bits,keys\n${list
    .map(({ workload, tasks, prunedShare, bitsOnPruned }) => `${workload},${tasks},${prunedShare},${bitsOnPruned},100`)
    .join('\n')}\n`
const withFile = (text: string) => ({ set: { statistics: 'own.csv' }, files: { statistics: text } })

test('every claim of the tile, Figs. 9 to 14, Tables 1 and 2 is answered by one experiment', () => {
  const answered = [table1, fig09, fig10, fig11, fig12, fig13, fig14, table2].flatMap(({ claims }) =>
    Object.keys(claims),
  )
  assert.is(new Set(answered).size, answered.length)
  const own = /^leopard\.(hw|t1|m|f9|f10|f11|f12|f13|f14|t2|s53|n-tasks|intro-energy-(pruning|bitserial))/
  const others =
    /hw-(stop-rule|max-cycles|acc-bits)|m-(lr|ft-range|q-bits|v-bits|d-memn2n|seq-memn2n|babi-tasks)|s53-(drop|a3-drop)/
  const wanted = readLedger(PROJECT_ROOT, 'leopard').filter(
    ({ id, repeats }) => repeats === null && own.test(id) && !others.test(id),
  )
  assert.ok(wanted.length > 150, `only ${wanted.length}`)
  for (const { id } of wanted) assert.ok(answered.includes(id), id)
})

test("mean speedups of the paper's statistics are those of an independent computation, in both variants", () => {
  for (const [variant, ae, hp] of [
    ['as-published', 1.7941, 2.3726],
    ['corrected', 1.7968, 2.3957],
  ] as const) {
    const { tables } = runExperiment(fig09, { variant })
    const mean = (config: string) => cell(tables, 'means', { statistics: 'paper', config }, 'arithmetic')
    assert.ok(near(mean('AE'), ae, 1e-4) && near(mean('HP'), hp, 1e-4), `${variant}: ${mean('AE')}, ${mean('HP')}`)
  }
})

test("the run's own means are those of the origin it names", () => {
  for (const [set, statistics] of [
    [{}, 'trained, padding counted'],
    [{ padding: false }, 'trained, padding left out'],
    [PAPER, 'paper'],
    [{ ...PAPER, padding: false }, 'paper'],
  ] as const) {
    for (const exp of [fig09, fig10]) {
      const { tables } = runExperiment(exp, { set })
      for (const config of ['AE', 'HP']) {
        const { statistics: _, ...own } = rows(tables, 'means', { statistics: 'this run', config })[0] ?? {}
        const { statistics: __, ...named } = rows(tables, 'means', { statistics, config })[0] ?? {}
        assert.equal(own, named)
      }
    }
  }
})

test('rounded up or with half a bit more, mean bits give 1.52 and 1.68: the plain quotient is what was used', () => {
  const { tables } = runExperiment(fig09)
  const at = (reading: string) => cell(tables, 'readings', { reading, config: 'AE' }, 'arithmetic')
  assert.ok(near(at('rounded up per workload'), 1.52, 5e-3))
  assert.ok(near(at('half a bit more'), 1.68, 5e-3))
  assert.ok(near(at('bits over B'), 1.7941, 1e-4))
})

test('the windows that sources name are those of the tables, and the values lie inside', () => {
  const [speedup, energy] = [runExperiment(fig09).tables, runExperiment(fig10).tables]
  for (const config of ['AE', 'HP']) {
    assert.ok(near(cell(speedup, 'windows', { config }, 'from'), VPU_WINDOW[0], 5e-3))
    assert.ok(near(cell(speedup, 'windows', { config }, 'to'), VPU_WINDOW[1], 5e-3))
  }
  assert.ok(VPU_PARAMS.vpuCyclesPerScore.value > VPU_WINDOW[0] && VPU_PARAMS.vpuCyclesPerScore.value < VPU_WINDOW[1])
  const window = (quantity: string, column: string) => cell(energy, 'windows', { quantity }, column)
  for (const [quantity, [from, to]] of [
    ['back-end share, pruning of MemN2N', BACK_END_WINDOW],
    ['energyPerBit, mean over all tasks', ENERGY_PER_BIT_WINDOW],
  ] as const) {
    assert.ok(near(window(quantity, 'from'), from, 1e-3) && near(window(quantity, 'to'), to, 1e-3), quantity)
    assert.ok(window(quantity, 'used') > from && window(quantity, 'used') < to)
  }
  assert.ok(near(window('back-end share, pruning of MemN2N', 'used'), 0.654, 1e-4))
  const leak = { tasks: 'Task-1', growsWithArea: false }
  assert.ok(near(cell(energy, 'leakage', leak, 'from'), LEAKAGE_WINDOW[0], 5e-3))
  assert.ok(near(cell(energy, 'leakage', leak, 'to'), LEAKAGE_WINDOW[1], 5e-3))
  assert.ok(near(cell(energy, 'leakage', leak, 'middle'), 0.0675, 1e-3))
})

test("energy with the paper's statistics: 3.90 in all, 2.22 by pruning, 1.71 on top, 1.96 for ViT-B", () => {
  const [total, parts] = [runExperiment(fig10, { set: PAPER }).tables, runExperiment(fig11, { set: PAPER }).tables]
  for (const config of ['AE', 'HP']) {
    assert.ok(near(cell(total, 'means', { statistics: 'this run', config }, 'arithmetic'), 3.905, 1e-3))
    assert.ok(near(cell(total, 'workloads', { workload: 'ViT-B', config }, 'reduction'), 1.959, 1e-3))
  }
  const mean = (factor: string) => cell(parts, 'means', { statistics: 'this run', factor }, 'reduction')
  assert.ok(near(mean('pruning'), 2.224, 1e-3) && near(mean('bit-serial'), 1.705, 1e-3))
  assert.ok(near(mean('product'), mean('pruning') * mean('bit-serial')))
  assert.ok(near(mean('sum'), 3.929, 1e-3))
})

test('the parts of the energy add up to the whole, leakage among them, and the baseline is 100 %', () => {
  for (const set of [
    {},
    { leakageShare: 0.07 },
    { leakageShare: 0.07, leakageGrowsWithArea: true, bufferShare: 0.2 },
  ]) {
    const { tables } = runExperiment(fig11, { set })
    for (const row of rows(tables, 'breakdown')) {
      const parts = ['qk', 'keyBuffer', 'softmax', 'xv', 'valueBuffer', 'leakage'].map((part) =>
        Number(row[`${part}Percent`]),
      )
      assert.ok(
        near(
          parts.reduce((sum, part) => sum + part, 0),
          Number(row['totalPercent']),
          1e-12,
        ),
      )
      if (row['design'] === 'baseline') assert.ok(near(Number(row['totalPercent']), 100))
    }
  }
})

test('what leaks makes HP save more than AE, unless it grows with the area faster than time falls', () => {
  const mean = (set: Readonly<Record<string, number | boolean | string>>, config: string) =>
    cell(
      runExperiment(fig10, { set: { ...PAPER, ...set } }).tables,
      'means',
      { statistics: 'this run', config },
      'arithmetic',
    )
  assert.is(mean({}, 'HP'), mean({}, 'AE'))
  assert.ok(mean({ leakageShare: 0.07 }, 'HP') > mean({ leakageShare: 0.07 }, 'AE'))
  const grown = { leakageShare: 0.07, leakageGrowsWithArea: true, hpAreaIncrease: 0.5 }
  assert.ok(mean(grown, 'HP') < mean(grown, 'AE'))
  assert.is(mean(grown, 'AE'), mean({ leakageShare: 0.07 }, 'AE'))
})

test('among numbers that split the key buffer evenly 8 balances best and 6 second, among all 8 and 7', () => {
  const { tables } = runExperiment(fig13, { set: PAPER })
  const choice = (candidates: string) =>
    rows(tables, 'choice', { statistics: 'this run', candidates, over: 'workloads' })[0] ?? {}
  assert.equal([choice('whole-KB banks')['best'], choice('whole-KB banks')['second']], [8, 6])
  assert.equal([choice('all')['best'], choice('all')['second']], [8, 7])
  assert.is(cell(tables, 'means', { statistics: 'this run', dpus: 12 }, 'overFullWorkloads'), 7)
  assert.is(cell(tables, 'means', { statistics: 'this run', dpus: 12 }, 'overFullTasks'), 23)
  assert.ok(near(cell(tables, 'means', { statistics: 'this run', dpus: 12 }, 'taskMeanPercent'), 119.9, 1e-3))
})

test('utilisation is in proportion to the number of units', () => {
  const { tables } = runExperiment(fig13)
  for (const row of rows(tables, 'tasks', { dpus: 12 })) {
    const where = { workload: row['workload'], task: row['task'], dpus: 3 }
    assert.ok(near(4 * cell(tables, 'tasks', where, 'utilisationPercent'), Number(row['utilisationPercent'])))
  }
})

test('two bits per cycle take the least inside every window, and full width takes 1', () => {
  const { tables } = runExperiment(fig14)
  for (const { statistics, bitsPerCycle, energy } of rows(tables, 'energy')) {
    if (bitsPerCycle === 12) assert.ok(near(Number(energy), 1), String(statistics))
  }
  const windows = rows(tables, 'windows', { bufferShare: 0, widthExponent: 1.25 })
  assert.is(windows.length, 3)
  for (const { statistics, from, to } of windows) {
    if (from === null || from === undefined) continue
    const set = {
      latch: Number(from) + (to === null ? 1 : (Number(to) - Number(from)) / 2),
      padding: statistics === 'trained, padding counted',
      memn2n: String(statistics).startsWith('printed') ? 'paper' : 'trained',
    }
    const own = runExperiment(fig14, { set }).tables
    assert.is(cell(own, 'energy', { statistics, best: true }, 'bitsPerCycle'), 2, String(statistics))
  }
})

test("Table 2 with the paper's statistics: 485.9 GOPs/s, columns by k, and 1.229 for nine bits", () => {
  const { tables } = runExperiment(table2, { set: PAPER })
  const at = (column: string, cellName: string) => cell(tables, 'columns', { column }, cellName)
  assert.ok(near(cell(tables, 'throughput', { statistics: 'this run' }, 'gops'), 485.9, 1e-4))
  assert.ok(near(at('HP-dennard', 'gops'), 574.1 * 1.625))
  assert.ok(near(at('HP-dennard', 'gopsPerJ'), 519.3 * 1.625 ** 3))
  assert.ok(near(at('HP-dennard', 'areaMm2'), 3.47 / 1.625 ** 2))
  assert.ok(near(at('HP-stillmaker', 'gops') / 574.1, 1.8921, 5e-5))
  assert.ok(near(at('HP-stillmaker', 'gopsPerJ') / 519.3, 3.9234, 5e-5))
  assert.ok(near(at('HP-dennard-9b', 'gops') / at('HP-dennard', 'gops'), 1.229, 5e-4))
  assert.ok(near(at('HP-dennard-9b', 'areaMm2') / at('HP-dennard', 'areaMm2'), 0.838, 1e-3))
  assert.ok(near(at('HP-dennard-9b', 'gopsPerJ') / at('HP-dennard', 'gopsPerJ'), 1.465, 3e-3))
  for (const row of rows(tables, 'columns')) {
    assert.ok(near(Number(row['gopsPerMm2']), Number(row['gops']) / Number(row['areaMm2'])))
  }
})

test('of the voltages looked at the default pair is nearest to both printed factors, and lies where delay falls', () => {
  const { tables } = runExperiment(table2)
  const miss = (row: Readonly<Record<string, unknown>>) =>
    Math.max(Math.abs(Number(row['gopsErrorPercent'])), Math.abs(Number(row['gopsPerJErrorPercent'])))
  const all = rows(tables, 'voltages')
  const [own] = all
  assert.equal([own?.['voltage'], own?.['scaledVoltage'], own?.['delayRises']], [0.8, 0.76, false])
  for (const row of all.slice(1)) assert.ok(miss(row) > miss(own ?? {}), JSON.stringify(row))
  assert.ok(near(cell(tables, 'voltages', { voltage: 1, scaledVoltage: 0.95 }, 'gops'), 1.9235, 5e-5))
})

test('other numbers of units change the area of HP and no more than that: every column stays above 0', () => {
  for (const dpusHp of [1, 3, 8, 64, 512]) {
    const { tables } = runExperiment(table2, { set: { dpusHp, shrinkBuffers: true } })
    for (const row of rows(tables, 'columns')) {
      assert.ok(Number(row['areaMm2']) > 0 && Number(row['gopsPerMm2']) > 0, `${dpusHp}: ${JSON.stringify(row)}`)
    }
    const dpu = cell(runExperiment(fig12).tables, 'dpu', { from: 'layout and shares' }, 'areaMm2')
    assert.ok(near(cell(tables, 'columns', { column: 'HP' }, 'areaMm2'), 3.47 + (dpusHp - 8) * dpu))
  }
  // The layout has six units whatever AE is set to have.
  const columns = (set: Readonly<Record<string, number>>) =>
    JSON.stringify(runExperiment(table2, { set }).tables['columns'])
  assert.is(columns({ dpusAe: 3 }), columns({}))
})

test('by the simulated areas and without the lost buffers the scaled tile is 1.5 mm2, by Dennard 1.08', () => {
  const { tables } = runExperiment(table2, { variant: 'corrected' })
  const area = (column: string) => cell(tables, 'columns', { column }, 'areaMm2')
  // 64 of 112 KB of 34 % of 3.22 mm2 are gone.
  const left = 3.47 - (3.22 * 0.34 * 64) / 112
  assert.ok(near(area('HP-dennard'), left / 1.625 ** 2))
  assert.ok(near(area('HP-stillmaker'), left * (0.66 - (0.35 * 5) / 13)))
})

test('two ways to the area of a QK-DPU differ by 2 %, three to that of HP by up to 7 %', () => {
  const { tables } = runExperiment(fig12)
  const [one, other] = rows(tables, 'dpu').map(({ areaMm2 }) => Number(areaMm2))
  assert.ok(near((other ?? 0) / (one ?? 1), 1.018, 1e-3))
  const all = rows(tables, 'hp').map(({ overAePercent }) => Number(overAePercent))
  assert.ok(near(all[0] ?? 0, 13.81, 1e-3) && near(all[1] ?? 0, 15) && near(all[2] ?? 0, 7.76, 1e-3))
  const shares = rows(tables, 'tile').reduce((sum, row) => sum + Number(row['sharePercent']), 0)
  assert.ok(near(shares, 100))
})

test('another width or step changes the units and not the baseline; the layout keeps its six units', () => {
  const [usual, wide, narrow] = [{}, { bitsPerCycle: 4 }, { bits: 9 }].map(
    (set) => runExperiment(fig12, { set }).tables,
  )
  const over = (tables: AnyTables | undefined, column: string) =>
    ['AE', 'HP'].map((config) => cell(tables ?? {}, 'multipliers', { config }, column))
  assert.equal(over(usual, 'overBaseline'), [1, 4 / 3])
  assert.equal(over(wide, 'overBaseline'), [2, 8 / 3])
  assert.equal(over(narrow, 'overBaseline'), [0.75, 1])
  const tile = 3.22
  const units = cell(usual ?? {}, 'tile', { block: 'QK-DPUs' }, 'areaMm2')
  for (const [tables, ratio] of [
    [usual, 4 / 3],
    [wide, 8 / 3],
    [narrow, 1],
  ] as const) {
    const [, hp] = over(tables, 'tileOverBaselinePercent')
    assert.ok(Math.abs((hp ?? Number.NaN) - (100 * (ratio - 1) * units) / tile) < 1e-9, `${hp}`)
    assert.equal(tables?.['tile'], usual?.['tile'])
    assert.equal(tables?.['dpu'], usual?.['dpu'])
  }
  const fewer = runExperiment(fig12, { set: { dpusAe: 3 } }).tables
  assert.equal(fewer['tile'], usual?.['tile'])
  assert.is(over(fewer, 'overBaseline')[0], 0.5)
})

test('a step of all bits saves nothing by termination, any other step what its energy per bit leaves', () => {
  for (const set of [{ bitsPerCycle: 12 }, { bitsPerCycle: 12, ...PAPER }, { bitsPerCycle: 9, bits: 9 }]) {
    const { tables } = runExperiment(fig10, { set })
    for (const { byBitSerial } of rows(tables, 'tasks')) assert.ok(near(Number(byBitSerial), 1), JSON.stringify(set))
    assert.is(cell(tables, 'windows', { quantity: 'energyPerBit, mean over all tasks' }, 'used'), 0.88)
    assert.is(rows(tables, 'windows', { quantity: 'energyPerBit, mean over all tasks' })[0]?.['from'], null)
  }
  // Nothing pruned: the front-end takes its energy per bit, the back-end what it took.
  const none = PAPER_WORKLOADS.map(() => 0)
  for (const bitsPerCycle of [1, 2, 4, 6, 12]) {
    const { tables } = runExperiment(fig10, { set: { ...PAPER, prunedShares: none, bitsPerCycle } })
    const power = (base: number) => base ** 1.25
    const latch = (0.88 * power(12) - 6 * power(2)) / (6 - 0.88)
    const perBit = (power(bitsPerCycle) + latch) / bitsPerCycle / ((power(12) + latch) / 12)
    const front = 1 - cell(runExperiment(fig11).tables, 'baseline', {}, 'percent') / 100
    const where = { workload: 'ViT-B', task: 'all', config: 'AE' }
    assert.ok(near(1 / cell(tables, 'tasks', where, 'reduction'), 1 - front + front * perBit), `${bitsPerCycle}`)
  }
})

test("Figs. 10 and 14 price a bit alike: Fig. 14's latch is that which Fig. 10's energy per bit leaves", () => {
  const { tables } = runExperiment(fig14)
  const { energyPerBit, widthExponent } = ENERGY_PARAMS
  const latch = latchOf({ energyPerBit: energyPerBit.value, widthExponent: widthExponent.value })
  assert.ok(near(Number(runExperiment(fig14).params['latch']), latch, 1e-4))
  for (const { perBit } of rows(tables, 'energy', { bitsPerCycle: 2 })) assert.ok(near(Number(perBit), 0.88, 1e-4))
  for (const { from, to } of rows(tables, 'exponents')) {
    assert.ok(Number(from) <= WIDTH_EXPONENT_WINDOW[0] && Number(to) >= WIDTH_EXPONENT_WINDOW[1], `${from} to ${to}`)
  }
})

test('the extremes of a run are those of its tasks, by name', () => {
  const { tables } = runExperiment(fig09, withFile(`${HEADER}a,1,0.9,4,60\nb,1,0.1,12,60\nc,2,0.5,6,60\n`))
  const where = { statistics: 'this run', config: 'AE' }
  const [row] = rows(tables, 'means', where)
  assert.equal([row?.['smallestTask'], row?.['largestTask']], ['b', 'a'])
  assert.is(row?.['largest'], cell(tables, 'tasks', { workload: 'a', config: 'AE' }, 'speedup'))
  assert.equal(rows(tables, 'means', { ...where, statistics: 'paper' })[0]?.['smallestTask'], 'ViT-B')
})

test('where B does not divide the width, trained tasks take the cycles that were counted', () => {
  const { tables } = runExperiment(fig09, { set: { bitsPerCycle: 5 } })
  const [first] = trainedCounts(true)
  const cycles = meanCycles(first?.counts ?? { keptScores: 0, prunedAfterBits: [] }, { bits: 12, bitsPerCycle: 5 })
  const where = { workload: 'MemN2N', task: 'Task-1', config: 'AE' }
  assert.ok(near(cell(tables, 'tasks', where, 'frontCycles'), (50 * cycles) / 6))
})

test('columns with fewer bits follow narrowBits, and all bits change nothing', () => {
  const ratio = (narrowBits: number, measure: string) => {
    const { tables } = runExperiment(table2, { set: { narrowBits } })
    const at = (column: string) => cell(tables, 'columns', { column }, measure)
    return at('HP-dennard-9b') / at('HP-dennard')
  }
  for (const measure of ['gops', 'gopsPerJ', 'areaMm2', 'gopsPerMm2']) assert.ok(near(ratio(12, measure), 1), measure)
  assert.is(ratio(6, 'bits'), 0.5)
  assert.ok(ratio(6, 'areaMm2') < ratio(9, 'areaMm2') && ratio(6, 'gops') > ratio(9, 'gops'))
})

test('a wider machine needs wider FIFOs and larger buffers', () => {
  const { tables } = runExperiment(table1, { set: { bits: 16, keys: 1024 } })
  const derived = (quantity: string) => cell(tables, 'derived', { quantity }, 'value')
  assert.is(derived('key buffer'), 128)
  assert.is(derived('exact score'), 37)
  assert.is(derived('index of any key'), 10)
  assert.is(derived('keys the stated buffers hold'), 384)
  assert.equal(
    rows(tables, 'sequences').map(({ fits }) => fits),
    [false, true, false],
  )
})

test("the paper's statistics given as a file change nothing but the keys", () => {
  for (const exp of [fig09, fig10]) {
    const { tables } = runExperiment(exp, withFile(csvOf(PAPER_WORKLOADS)))
    for (const config of ['AE', 'HP']) {
      const mean = (statistics: string) => cell(tables, 'means', { statistics, config }, 'arithmetic')
      assert.ok(near(mean('this run'), mean('paper')))
    }
  }
  const { tables } = runExperiment(fig13, withFile(csvOf(PAPER_WORKLOADS)))
  assert.is(cell(tables, 'means', { statistics: 'this run', dpus: 12 }, 'overFullTasks'), 23)
})

test("a user's workload by hand: half pruned after 4 bits, 6 units: 4 cycles a score, 1.5 times faster", () => {
  const { tables } = runExperiment(fig09, withFile('workload,tasks,pruned,bits,keys\nmine,2,0.5,4,60\n'))
  const where = { workload: 'mine', task: 'Task-2', config: 'AE' }
  assert.is(cell(tables, 'tasks', where, 'frontCycles'), 40)
  assert.ok(near(cell(tables, 'tasks', where, 'backCycles'), 0.5 * 2.29 * 60))
  const even = runExperiment(fig09, {
    ...withFile('workload,tasks,pruned,bits,keys\nmine,2,0.5,4,60\n'),
    variant: 'corrected',
  })
  assert.is(cell(even.tables, 'tasks', where, 'speedup'), 1.5)
  assert.is(cell(even.tables, 'means', { statistics: 'this run', config: 'AE' }, 'tasks'), 2)
})

const BAD: readonly (readonly [string, RegExp])[] = [
  [`${HEADER}a,1,1.2,4,60\n`, /own\.csv:2: pruned must be a number from 0 to 1, got "1.2"/],
  [`${HEADER}a,1,0.5,4,60\nb,1,0.5,1,60\n`, /own\.csv:3: bits must be a number from 2 to 12 \(bit\), got "1"/],
  [`${HEADER}a,0,0.5,4,60\n`, /own\.csv:2: tasks must be an integer from 1 to 1000, got "0"/],
  [`${HEADER}a,1,0.5,4,0.5\n`, /own\.csv:2: keys must be an integer from 1/],
  [`${HEADER},1,0.5,4,60\n`, /own\.csv:2: workload must be a name, got nothing/],
  [`${HEADER}a,1,0.5,4,60\na,1,0.5,4,60\n`, /own\.csv:3: workload must be named once, got a again/],
  ['workload,tasks,pruned,keys\na,1,0.5,60\n', /own\.csv:1: the header must have the columns .*missing: bits/],
  [HEADER, /own\.csv:1: the file must have rows below its header/],
]

test('a file that cannot be used is refused with file, line and column', () => {
  for (const [text, message] of BAD) {
    for (const exp of [fig09, fig10, fig13])
      assert.throws(
        () => runExperiment(exp, withFile(text)),
        (error: unknown) => error instanceof Error && message.test(error.message),
        text,
      )
  }
})

test('parameters that do not go together are refused in one line', () => {
  for (const [exp, set, message] of [
    [fig09, { bitsPerCycle: 13 }, /bitsPerCycle must be an integer from 1 to 12, got 13/],
    [fig09, { prunedShares: [0.5] }, /prunedShares must have 8 entries, got 1/],
    [fig13, { dpus: [3, 3] }, /each number must stand once, got 3,3/],
    [fig14, { steps: [1, 4] }, /each must stand once and 2 be among them, got 1,4/],
    [table2, { scaledProcessNm: 55 }, /the process must be 90, 65, or from 32 to 45 nm, got 55/],
    [
      table2,
      { scaledVoltage: 1.3 },
      /the voltage must be one at which the fitted delay of 40 nm is positive, got 1.3 V/,
    ],
    [table2, { otherGops: [1, 2] }, /otherGops must have 3 entries, got 2/],
    [fig12, { frontEndShare: 0.1 }, /frontEndShare must be above/],
    [table2, { narrowBits: 13 }, /narrowBits must be at most bits, 12, got 13/],
    [table2, { hpAreaMm2: 1 }, /must have units and be larger than they are, got 8 of 0.22/],
    [table2, { hpAreaMm2: 2 }, /hpAreaMm2 must leave more than its QK-DPUs and key buffer, 2.24/],
    [fig10, { widthExponent: 1 }, /energyPerBit at 2 bits per cycle must be from 1, without any, to below 6/],
    [fig11, { energyPerBit: 0.6 }, /energyPerBit at 2 bits per cycle must be from 0.63\d*, .* got 0.6/],
  ] as const) {
    assert.throws(
      () => runExperiment(exp, { set }),
      (error: unknown) => error instanceof RangeError && message.test(error.message),
      JSON.stringify(set),
    )
  }
})

test('the extremes of every parameter give finite answers: nothing pruned, all pruned, one unit, one bit', () => {
  const none = PAPER_WORKLOADS.map(() => 0)
  const all = PAPER_WORKLOADS.map(() => 1)
  for (const set of [
    { ...PAPER, prunedShares: none },
    { ...PAPER, prunedShares: all },
    { dpusAe: 1, dpusHp: 1 },
    { bitsPerCycle: 1 },
    { bitsPerCycle: 12 },
    { bits: 9 },
    { bits: 16, bitsPerCycle: 16 },
  ]) {
    for (const exp of [fig09, fig10, fig11, table2]) assert.ok(runExperiment(exp, { set }).tables, JSON.stringify(set))
  }
  assert.is(
    cell(
      runExperiment(fig09, { set: { ...PAPER, prunedShares: none }, variant: 'corrected' }).tables,
      'means',
      { statistics: 'this run', config: 'AE' },
      'arithmetic',
    ),
    1,
  )
})

test("a script reads the user's file from the command line and says so where it cannot", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-leopard-'))
  try {
    const good = join(folder, 'good.csv')
    writeFileSync(good, `${HEADER}mine,1,0.5,4,60\n`)
    const script = 'experiments/leopard/fig09-speedup.ts'
    const { stdout } = await run(PROJECT_ROOT, script, ['--set', `statistics=${good}`, '--format', 'json'])
    const { tables } = JSON.parse(stdout) as { tables: AnyTables }
    assert.is(rows(tables, 'tasks').length, 2)
    const bad = join(folder, 'bad.csv')
    writeFileSync(bad, `${HEADER}mine,1,half,4,60\n`)
    const failed = await run(PROJECT_ROOT, script, ['--set', `statistics=${bad}`])
    assert.is(failed.exitCode, 2)
    assert.match(failed.stderr, /bad\.csv:2: pruned must be a number from 0 to 1, got "half"/)
    assert.not.match(failed.stderr, /^\s+at /m)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('calibrated defaults are those that sources tell of', () => {
  assert.is(ENERGY_PARAMS.softmaxShare.value, 0.1158)
  const { tables } = runExperiment(fig11)
  assert.ok(near(cell(tables, 'baseline', {}, 'percent'), 65.4, 1e-3))
})

test.run()

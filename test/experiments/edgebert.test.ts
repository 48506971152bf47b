import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import eq3Script from '../../experiments/edgebert/eq3-entropy-sign.ts'
import fig05Script from '../../experiments/edgebert/fig05-encoder-work.ts'
import fig07Script from '../../experiments/edgebert/fig07-dvfs-timeline.ts'
import fig08Script from '../../experiments/edgebert/fig08-mac-scaling.ts'
import fig09Script from '../../experiments/edgebert/fig09-latency-aware-energy.ts'
import fig11Script from '../../experiments/edgebert/fig11-embedding-power-on.ts'
import { GATING_PARAMS, sparseGain } from '../../experiments/edgebert/shared/gating-params.ts'
import { THRESHOLD_WINDOW } from '../../experiments/edgebert/shared/machine-params.ts'
import { BASE_WINDOW } from '../../experiments/edgebert/shared/power-params.ts'
import {
  SST2_EARLY_EXITS,
  SST2_LATENCY_AWARE_EXITS,
  SST2_SENTENCES,
} from '../../experiments/edgebert/shared/sst2-exits.ts'
import table2Script from '../../experiments/edgebert/table2-envm-faults.ts'
import table3Script from '../../experiments/edgebert/table3-exit-layers.ts'
import { anyExperiment } from '../../lib/harness/experiment.ts'
import { readLedger } from '../../lib/harness/ledger.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { runExperiment } from '../../lib/harness/run.ts'
import type { AnyTables } from '../../lib/harness/table.ts'
import { near } from '../support/near.ts'
import { run } from '../support/project.ts'
import { cell, rows } from '../support/tables.ts'

const eq3 = anyExperiment(eq3Script)
const fig05 = anyExperiment(fig05Script)
const fig07 = anyExperiment(fig07Script)
const fig08 = anyExperiment(fig08Script)
const fig09 = anyExperiment(fig09Script)
const fig11 = anyExperiment(fig11Script)
const table2 = anyExperiment(table2Script)
const table3 = anyExperiment(table3Script)

const ledger = new Map(readLedger(PROJECT_ROOT, 'edgebert').map((claim) => [claim.id, claim]))
const printed = (id: string) => Number(ledger.get(`edgebert.${id}`)?.value)

const folder = mkdtempSync(join(tmpdir(), 'reprise-edgebert-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

test('the counted exits of SST-2 hold every sentence once', () => {
  for (const { exits } of [...SST2_EARLY_EXITS, ...SST2_LATENCY_AWARE_EXITS]) {
    assert.is(
      exits.reduce((sum, { count }) => sum + count, 0),
      SST2_SENTENCES,
    )
    for (const { predicted, actual, count } of exits) assert.ok(actual >= 1 && actual <= predicted && count >= 0)
  }
})

test("early exit and predicted exits of SST-2 come out within 0.1 % of Table 3's", () => {
  const { tables } = runExperiment(table3)
  for (const [drop, early, aware] of [
    [1, 0.23, 0.09],
    [2, 0.28, 0.16],
    [5, 0.46, 0.28],
  ] as const) {
    const exit = (method: string, threshold: number) =>
      cell(tables, 'exits', { task: 'SST-2', method, threshold }, 'exit')
    assert.ok(near(exit('early exit', early), printed(`t3-sst2-drop${drop}-ee-exit`), 1e-3))
    assert.ok(near(exit('latency-aware', aware), printed(`t3-sst2-drop${drop}-lai-pred-exit`), 1e-3))
  }
})

// Worked out by an independent implementation from the same exits, layers of 4.381e6 and 3.611e6 cycles.
const INDEPENDENT = [
  [50, 2.9995, 1.0741, 5.308, 1.901],
  [75, 3.9758, 1.4237, 6.618, 2.37],
  [100, 4.4029, 1.5766, 6.944, 2.486],
] as const

test('energy of SST-2, sentence by sentence, agrees with an independent run of the same exits', () => {
  const { tables } = runExperiment(fig09)
  for (const [targetMs, lai, laiEarly, all, allEarly] of INDEPENDENT) {
    const gain = (scheme: string, column: string) =>
      cell(tables, 'schemes', { task: 'SST-2', exits: 'trace', scheme, targetMs }, column)
    assert.ok(near(gain('LAI', 'overBase'), lai, 2e-4))
    assert.ok(near(gain('LAI', 'overEarly'), laiEarly, 2e-4))
    assert.ok(near(gain('LAI+AAS+Sparse', 'overBase'), all, 2e-4))
    assert.ok(near(gain('LAI+AAS+Sparse', 'overEarly'), allEarly, 2e-4))
  }
})

test('at 100 ms SST-2 takes about 6.9 times less than Base and 2.5 times less than early exit', () => {
  const { tables } = runExperiment(fig09)
  const where = { task: 'SST-2', exits: 'trace', scheme: 'LAI+AAS+Sparse', targetMs: 100 }
  assert.ok(near(cell(tables, 'schemes', where, 'overBase'), 6.94, 5e-3))
  assert.ok(near(cell(tables, 'schemes', where, 'overEarly'), 2.49, 5e-3))
  assert.is(cell(tables, 'schemes', where, 'voltage'), 0.5)
})

test("the same physics gives every other task more than the paper's largest gain over early exit", () => {
  const { tables } = runExperiment(fig09)
  for (const task of ['MNLI', 'QQP', 'QNLI']) assert.ok(cell(tables, 'maxima', { task }, 'overEarlyLow') > 2.5, task)
})

test("the tornado's middle is the headline, and what it calls its low end is that run alone", () => {
  const { tables } = runExperiment(fig09)
  const headline = cell(tables, 'maxima', { task: 'SST-2' }, 'overBaseHigh')
  assert.is(cell(tables, 'tornado', { assumption: 'leakageShare' }, 'overBaseLow'), headline)
  for (const [assumption, set] of [
    ['leakageShare', { leakageShare: 0.2 }],
    ['chargeRegulator', { chargeRegulator: true }],
    ['headEnergyShare', { headEnergyShare: 1 }],
    ['alpha', { alpha: 2 }],
  ] as const) {
    const alone = runExperiment(fig09, { set }).tables
    assert.is(
      cell(tables, 'tornado', { assumption }, 'overBaseHigh'),
      cell(alone, 'maxima', { task: 'SST-2' }, 'overBaseHigh'),
      assumption,
    )
  }
})

test('every assumed number and switch of Figs. 8 and 9 has a row in its tornado', () => {
  for (const [exp, inputs] of [
    [fig08, ['sizes', 'weightDramPjPerBit']],
    [fig09, ['trace', 'vf']],
  ] as const) {
    const assumptions = rows(runExperiment(exp).tables, 'tornado').map(({ assumption }) => String(assumption))
    for (const [name, { source }] of Object.entries(exp.params)) {
      if (source.kind !== 'assumed' || (inputs as readonly string[]).includes(name)) continue
      assert.ok(
        assumptions.some((text) => text.startsWith(name)),
        `${exp.id}: ${name}`,
      )
    }
  }
})

test('what is charged later makes the gain smaller, and the first step is the published headline', () => {
  const { tables } = runExperiment(fig09)
  const gains = rows(tables, 'corrections', { reference: 'Base' }).map(({ gain }) => Number(gain))
  assert.is(gains[0], cell(tables, 'maxima', { task: 'SST-2' }, 'overBaseHigh'))
  for (let i = 2; i < gains.length; i += 1) assert.ok((gains[i] as number) < (gains[i - 1] as number), `step ${i + 1}`)
})

test('without leakage no relaxed target takes more energy; with leakage the table says where', () => {
  const { tables } = runExperiment(fig09)
  assert.ok(rows(tables, 'relaxing', { leakageShare: 0 }).every(({ rises }) => rises === false))
  const rising = rows(tables, 'relaxing').filter(({ rises }) => rises === true)
  assert.ok(
    rising.length > 0 &&
      rising.every(({ leakageShare, targetMs }) => Number(leakageShare) > 0 && Number(targetMs) > 75),
  )
})

test('the parts of the energy add up to the whole', () => {
  const { tables } = runExperiment(fig09, {
    set: { leakageShare: 0.1, pllMw: 2.46, chargeRegulator: true, weightDramPjPerBit: 5 },
  })
  const parts = ['dynamicUj', 'leakageUj', 'pllUj', 'regulatorUj', 'weightsUj']
  const found = rows(tables, 'energy')
  assert.is(found.length, 6)
  for (const row of found) {
    assert.ok(parts.every((part) => Number(row[part]) > 0))
    assert.ok(
      near(
        parts.reduce((sum, part) => sum + Number(row[part]), 0),
        Number(row['totalUj']),
        1e-12,
      ),
    )
  }
})

test('the gating parameters are the solution of the two printed ends, and QNLI follows', () => {
  const { gatedShare, activationSparsity } = GATING_PARAMS
  // phi (1 - 0.5 u) = 1 - 1/1.4, phi (1 - 0.2 u) = 1 - 1/1.7
  const [low, high] = [1 - 1 / 1.4, 1 - 1 / 1.7]
  const phiU = (high - low) / 0.3
  const phi = low + 0.5 * phiU
  assert.ok(near(gatedShare.value, phi, 1e-4))
  assert.ok(near(activationSparsity.value, 1 - phiU / phi, 1e-3))
  const values = { gatedShare: gatedShare.value, activationSparsity: activationSparsity.value }
  assert.ok(near(sparseGain(values, 0.6), 1.49, 5e-3))
})

test("the share of energy that null heads save is the one with which SST-2's seven save the printed 1.1x", () => {
  const gain = cell(runExperiment(fig08).tables, 'gains', { task: 'SST-2' }, 'nullHeadLatency')
  const expected = (1 - 1 / printed('aas-energy')) / (1 - 1 / gain)
  assert.ok(near(Number(fig09.params['headEnergyShare']?.value), expected, 1e-3))
  // The more heads are null, the less energy; none null, none saved.
  const energies = [0, 1, 7, 12].map((nullHeads) => {
    const { tables } = runExperiment(fig09, { set: { nullHeads: [nullHeads, nullHeads, nullHeads, nullHeads] } })
    return cell(
      tables,
      'schemes',
      { task: 'SST-2', exits: 'trace', scheme: 'LAI+AAS+Sparse', targetMs: 100 },
      'energyUj',
    )
  })
  assert.equal(
    energies,
    [...energies].sort((a, b) => b - a),
  )
})

test('energy of a whole sentence is lowest at n = 16, and does not depend on the clock it is run at', () => {
  const baseUj = (set: Readonly<Record<string, number>>) =>
    cell(runExperiment(fig09, { set }).tables, 'schemes', { task: 'SST-2', exits: 'trace', scheme: 'Base' }, 'energyUj')
  const own = baseUj({})
  for (const macVectorSize of [2, 4, 8, 32]) assert.ok(baseUj({ macVectorSize }) > own, `${macVectorSize}`)
  assert.ok(near(baseUj({ maxGhz: 2 }), own, 1e-9))
  // As in Fig. 8, whose units are relative to n = 16.
  const fig08Energy = cell(
    runExperiment(fig08).tables,
    'scaling',
    { task: 'SST-2', macVectorSize: 8, optimisation: 'none' },
    'energy',
  )
  assert.ok(near(baseUj({ macVectorSize: 8 }) / own, fig08Energy, 1e-9))
})

test('the base power is the geometric middle of the powers that make n = 16 the best, and at their ends another is', () => {
  const { tables } = runExperiment(fig08)
  const where = { idleArray: 1, lanePower: 0, streamed: 'none' }
  const [from, to] = [cell(tables, 'windows', where, 'from'), cell(tables, 'windows', where, 'to')]
  assert.is(fig08.params['basePower']?.value, Math.round(Math.sqrt(from * to)))
  assert.ok(BASE_WINDOW[0] >= from && BASE_WINDOW[0] - from < 0.1 && to >= BASE_WINDOW[1] && to - BASE_WINDOW[1] < 0.1)
  const best = (basePower: number) =>
    new Set(rows(runExperiment(fig08, { set: { basePower } }).tables, 'gains').map(({ optimalSize }) => optimalSize))
  assert.equal([...best(BASE_WINDOW[0])], [16])
  assert.equal([...best(BASE_WINDOW[1])], [16])
  assert.ok(best(to * 1.5).has(32))
  assert.ok(best(from * 0.5).has(8))
})

test('inside its window the threshold voltage puts QQP and SST-2 at the floor at 75 and 100 ms, not at 50; outside not', () => {
  const floors = (thresholdVoltage: number) => {
    const { tables } = runExperiment(fig09, { set: { thresholdVoltage } })
    const voltage = (task: string, exits: string, targetMs: number) =>
      cell(tables, 'schemes', { task, exits, targetMs, scheme: 'LAI+AAS+Sparse' }, 'voltage')
    return (
      [
        ['QQP', 'latest'],
        ['SST-2', 'mean sentence'],
      ] as const
    ).every(
      ([task, exits]) =>
        voltage(task, exits, 75) === 0.5 && voltage(task, exits, 100) === 0.5 && voltage(task, exits, 50) > 0.5,
    )
  }
  const [low, high] = THRESHOLD_WINDOW
  for (const inside of [low, (low + high) / 2, 0.32, high]) assert.ok(floors(inside), `${inside}`)
  assert.not.ok(floors(high + 0.002))
  assert.not.ok(floors(low - 0.002))
})

test('latency falls about 3.5 times per doubling of n, and 12 layers take 52.6 ms at n = 16', () => {
  const { tables } = runExperiment(fig08)
  for (const row of rows(tables, 'doubling')) assert.ok(Math.abs(Number(row['geometricMean']) / 3.5 - 1) < 0.11)
  assert.ok(near(cell(tables, 'units', { macVectorSize: 16 }, 'sentenceMs'), 52.57, 1e-3))
  const found = rows(tables, 'units').map(({ sentenceMs }) => Number(sentenceMs))
  assert.equal(
    found,
    [...found].sort((a, b) => b - a),
  )
})

test('null heads save 1.22x and 1.19x of the FLOPs, and an encoder layer has 1.9 GFLOP', () => {
  const { tables } = runExperiment(fig05)
  const reduction = (nullHeads: number) =>
    cell(tables, 'nullHeads', { rule: 'all but the output projection', nullHeads }, 'reduction')
  assert.ok(near(reduction(8), 1.2198, 1e-3))
  assert.ok(near(reduction(7), 1.1872, 1e-3))
  assert.ok(near(rows(tables, 'layer')[0]?.['gflop'] as number, 1.87, 2e-3))
})

test('0.70 V for exit layer 8 at 50 ms needs more than 5.13 and at most 5.38 ms a layer', () => {
  const voltage = (factor: number) => {
    // Intervals scale the special function unit's cycles, and so the time of a layer.
    const { tables } = runExperiment(fig07, { set: { softmaxInterval: 3 * factor, layernormInterval: 3 * factor } })
    return {
      layerMs: rows(tables, 'waveform', { sentence: 1, layer: 1 })[0]?.['endMs'] as number,
      voltage: cell(tables, 'sentences', { sentence: 1 }, 'voltage'),
    }
  }
  for (let factor = 1; factor < 3; factor += 0.05) {
    const found = voltage(factor)
    assert.is(found.voltage === 0.7, found.layerMs > 5.132 && found.layerMs <= 5.377, `${found.layerMs} ms`)
  }
})

test('the waveform has no gaps, keeps to the period, and computes every layer once', () => {
  const { tables, params } = runExperiment(fig07)
  const found = rows(tables, 'waveform')
  for (let i = 1; i < found.length; i += 1) assert.is(found[i]?.['startMs'], found[i - 1]?.['endMs'])
  const exits = params['actualExits'] as readonly number[]
  exits.forEach((actual, i) => {
    const layers = rows(tables, 'waveform', { sentence: i + 1, phase: 'compute' }).map(({ layer }) => layer)
    assert.equal(
      layers,
      Array.from({ length: actual }, (_, k) => k + 1),
    )
    assert.ok(near(rows(tables, 'waveform', { sentence: i + 1 })[0]?.['startMs'] as number, 60 * i, 1e-12))
  })
})

test('fault injection is seeded: one seed gives the same faults, another gives others as often', () => {
  const set = { vocabulary: 4000, trials: 20 }
  const found = (seed: number) => rows(runExperiment(table2, { set, seed }).tables, 'faults')
  assert.equal(found(1), found(1))
  const [one, two] = [found(1), found(2)].map(
    (list) => list.find(({ stored, cell: kind }) => stored === 'values' && kind === 'mlc3') as Record<string, number>,
  ) as [Record<string, number>, Record<string, number>]
  assert.is.not(one['meanFaultyCells'], two['meanFaultyCells'])
  assert.ok(near(one['meanFaultyCells'] as number, two['meanFaultyCells'] as number, 0.05))
})

test('two bits per cell hide below the quantisation error, three stand out of it, whatever the layout', () => {
  for (const set of [{}, { bitOrder: 'sign-exponent-mantissa' }, { lastCell: 'same-levels' }, { degrees: 4 }]) {
    const { tables } = runExperiment(table2, { set: { vocabulary: 6000, trials: 10, ...set } })
    const over = (kind: string) => cell(tables, 'faults', { stored: 'values', cell: kind }, 'overQuantisation')
    assert.is(over('slc'), 0)
    assert.ok(over('mlc2') < 1 && over('mlc3') > 1, JSON.stringify(set))
  }
})

test('66,000x and 50x come into reach only if the ReRAM is read for less than the DRAM loads', () => {
  const { tables } = runExperiment(fig11)
  for (const access of ['vector', 'packed']) {
    const ratio = (reads: string, gain: string) =>
      cell(tables, 'scenarios', { reads, gain, writes: 'hidden', access }, 'ratio')
    assert.ok(ratio('all', 'energy') < 1000 && ratio('all', 'latency') < 5)
    assert.ok(ratio('sentence', 'energy') > 66000 / 5 && ratio('sentence', 'latency') > 50)
    assert.ok(ratio('token', 'energy') > 66000 * 10)
  }
})

test('the corrected sign gives the entropy of every example, the printed one none whose maximum is not 0', () => {
  const corrected = runExperiment(eq3, { variant: 'corrected' }).tables
  assert.ok(rows(corrected, 'forms').every(({ eq3MinusTrue }) => eq3MinusTrue === 0))
  const asPublished = rows(runExperiment(eq3, { variant: 'as-published' }).tables, 'forms')
  for (const row of asPublished) assert.ok(near(Number(row['eq3MinusTrue']), Number(row['minusTwiceMaximum']), 1e-9))
})

test("a user's trace runs in both forms, and its exits are those of Algorithms 1 and 2 worked by hand", async () => {
  // H1 of 0.5 is predicted to exit at layer 3 (its own entropies are the table's), 0.05 exits at once, 0.6 never.
  const entropies = file(
    'entropies.csv',
    'h1,h2,h3,h4,count\n0.5,0.3,0.02,0.02,2\n0.05,0.1,0.1,0.1,1\n0.6,0.6,0.6,0.6,1\n',
  )
  const flags = ['--set', `trace=${entropies}`, '--set', 'layers=4', '--format', 'json']
  const found = JSON.parse(
    (await run(PROJECT_ROOT, 'experiments/edgebert/fig09-latency-aware-energy.ts', flags)).stdout,
  ) as {
    tables: AnyTables
  }
  const lai = rows(found.tables, 'schemes', { scheme: 'LAI', targetMs: 100 })[0]
  assert.is(lai?.['predictedExit'], (2 * 3 + 1 + 4) / 4)
  assert.is(lai?.['actualExit'], (2 * 3 + 1 + 4) / 4)
  const early = rows(found.tables, 'schemes', { scheme: 'EE' })[0]
  assert.is(early?.['actualExit'], (2 * 3 + 1 + 4) / 4)
  const counted = file('counted.csv', 'count,actual,predicted\n2,3,3\n1,1,1\n1,4,4\n')
  const same = JSON.parse(
    (
      await run(PROJECT_ROOT, 'experiments/edgebert/fig09-latency-aware-energy.ts', [
        '--set',
        `trace=${counted}`,
        '--set',
        'layers=4',
        '--format',
        'json',
      ])
    ).stdout,
  ) as { tables: AnyTables }
  assert.equal(rows(same.tables, 'schemes'), rows(found.tables, 'schemes'))
})

test('a quoted header of entropies, CRLF line ends and a byte-order mark read like a plain one', async () => {
  const script = 'experiments/edgebert/table3-exit-layers.ts'
  const exits = async (path: string) => {
    const { stdout } = await run(PROJECT_ROOT, script, ['--set', `trace=${path}`, '--format', 'json'])
    return rows((JSON.parse(stdout) as { tables: AnyTables }).tables, 'exits', { task: 'trace' })
  }
  const plain = await exits(file('plain.csv', 'h1,h2,h3\n0.5,0.3,0.02\n0.05,0.1,0.1\n'))
  assert.is(plain.length, 2)
  assert.equal(await exits(file('quoted.csv', '\uFEFF"h1","h2","h3"\r\n0.5,0.3,0.02\r\n0.05,0.1,0.1\r\n')), plain)
})

test('the default V/F table, given as a file, changes nothing; another one does', async () => {
  const points = rows(runExperiment(fig09).tables, 'points')
  const text = `voltage,ghz\n${points.map(({ voltage, maxGhz }) => `${voltage},${maxGhz}`).join('\n')}\n`
  const script = 'experiments/edgebert/fig09-latency-aware-energy.ts'
  const tables = async (path: string) =>
    (
      JSON.parse((await run(PROJECT_ROOT, script, ['--set', `vf=${path}`, '--format', 'json'])).stdout) as {
        tables: AnyTables
      }
    ).tables
  assert.equal(rows(await tables(file('same.csv', text)), 'schemes'), rows(runExperiment(fig09).tables, 'schemes'))
  const single = await tables(file('single.csv', 'voltage,ghz\n0.8,1\n'))
  assert.ok(rows(single, 'schemes').every(({ voltage }) => voltage === 0.8))
})

const BAD_FILES: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'trace',
    'late.csv',
    'predicted,actual,count\n8,8,1\n8,9,10\n',
    /late\.csv:3: actual must be an integer from 1 to 8, got "9"/,
  ],
  ['trace', 'none.csv', 'predicted,actual,count\n8,8,0\n', /none\.csv:2: count must be an integer from 1, got "0"/],
  [
    'trace',
    'half.csv',
    'predicted,actual,count\n2.5,2,1\n',
    /half\.csv:2: predicted must be an integer from 1 to 1000, got "2.5"/,
  ],
  ['trace', 'deep.csv', 'predicted,actual,count\n13,8,1\n', /deep\.csv: exits must be at most the 12 layers, got 13/],
  ['trace', 'missing.csv', 'predicted,actual\n8,8\n', /missing\.csv:1: .*missing: count/],
  [
    'trace',
    'twice.csv',
    'predicted,actual,count,count\n8,8,1,1\n',
    /twice\.csv:1: .*each column once, got also: count/,
  ],
  ['trace', 'empty.csv', '', /empty\.csv:1: .*empty file/],
  ['trace', 'negative.csv', 'h1,h2\n0.5,-0.1\n', /negative\.csv:2: h2 must be a number from 0 \(nat\), got "-0.1"/],
  ['trace', 'short.csv', 'h1,h2\n0.5,0.2\n0.4\n', /short\.csv:3: /],
  ['trace', 'gap.csv', 'h1,h2,h4\n0.5,0.2,0.1\n', /gap\.csv:1: .*missing: h3, got also: h4/],
  ['trace', 'layers.csv', 'h1,h2\n0.5,0.2\n', /layers must be its 2 \(--set layers=\), got 12/],
  [
    'vf',
    'falling.csv',
    'voltage,ghz\n0.6,0.4\n0.5,0.6\n',
    /falling\.csv:3: voltage must rise from row to row, got 0.5 after 0.6/,
  ],
  [
    'vf',
    'slow.csv',
    'voltage,ghz\n0.6,0.4\n0.7,0.4\n',
    /slow\.csv:3: ghz must rise from row to row, got 0.4 after 0.4/,
  ],
  ['vf', 'word.csv', 'voltage,ghz\n0.6,fast\n', /word\.csv:2: ghz must be a number from .*, got "fast"/],
]
test('a bad trace or V/F table is named by file, row and column, and ends with exit code 2', async () => {
  for (const [param, name, text, message] of BAD_FILES) {
    const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, 'experiments/edgebert/fig09-latency-aware-energy.ts', [
      '--set',
      `${param}=${file(name, text)}`,
    ])
    assert.is(exitCode, 2, name)
    assert.is(stdout, '')
    assert.match(stderr, message)
    assert.is(stderr.trim().split('\n').length, 1, stderr)
  }
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  chooseSetting,
  DVFS_CONSTANTS,
  type DvfsSystem,
  nominalPoint,
  type PowerModel,
  runLatencyAware,
  runNominal,
  sentenceEnergy,
} from '../../lib/accelerators/edgebert/mod.ts'
import { alphaPowerTable, settleNs } from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'
import { dvfsVectors, energyVectors, type SentenceVector } from '../vectors/edgebert.ts'

const POWER: PowerModel = { powerMw: 86, leakageShare: 0, leakageExponent: 1, pllMw: 0, chargeRegulator: false }
const systemOf = (row: SentenceVector, settleNsPer50mV: number, currentEfficiency = 1): DvfsSystem => ({
  table: alphaPowerTable(
    { nominalVoltage: row.vNominal, nominalGhz: row.maxGhz, thresholdVoltage: row.vThreshold, alpha: row.alpha },
    { minVoltage: row.vMin, stepMv: row.vStep * 1000 },
  ),
  regulator: { settleNsPer50mV, currentEfficiency },
})

const rise = fc.double({ min: 0.01, max: 0.3, noNaN: true })
/** Any table that rises, with any regulator. */
const systems: fc.Arbitrary<DvfsSystem> = fc
  .record({
    steps: fc.array(fc.tuple(rise, rise), { minLength: 1, maxLength: 10 }),
    settleNsPer50mV: fc.double({ min: 0, max: 2000, noNaN: true }),
    currentEfficiency: fc.double({ min: 0.5, max: 1, noNaN: true }),
  })
  .map(({ steps, settleNsPer50mV, currentEfficiency }) => {
    const table: { voltage: number; maxGhz: number }[] = []
    for (const [dv, df] of steps) {
      const { voltage, maxGhz } = table.at(-1) ?? { voltage: 0.3, maxGhz: 0 }
      table.push({ voltage: voltage + dv, maxGhz: maxGhz + df })
    }
    return { table, regulator: { settleNsPer50mV, currentEfficiency } }
  })
const exits = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }))
  .map(([a, b]) => ({ predicted: Math.max(a, b), actual: Math.min(a, b) }))
/** Cycles of a layer; the target in layers at 1 GHz. */
const work = fc.record({
  cyclesPerLayer: fc.integer({ min: 1000, max: 100_000 }),
  layers: fc.integer({ min: 1, max: 200 }).map((half) => half / 2),
})

test('voltage, clock and latency agree with the independent ones at every vector', () => {
  const vectors = dvfsVectors()
  assert.ok(vectors.length >= 200 && vectors.filter(({ missed }) => missed === 1).length >= 20)
  for (const row of vectors) {
    const work = { cyclesPerLayer: row.layerCycles, targetNs: row.latencyTargetMs * 1e6 }
    const { setting, latencyNs, missed } = runLatencyAware(systemOf(row, row.ldoNsPerStep50mV), row, work)
    assert.is(setting.voltage, row.voltage, JSON.stringify(row))
    assert.ok(near(setting.ghz, row.ghz), `${setting.ghz} GHz: ${JSON.stringify(row)}`)
    assert.ok(near(latencyNs, row.latencyMs * 1e6), `${latencyNs} ns: ${JSON.stringify(row)}`)
    assert.is(Number(missed), row.missed, JSON.stringify(row))
  }
})

test('energy agrees with the independent one at every vector', () => {
  const vectors = energyVectors()
  assert.ok(vectors.length >= 120)
  for (const row of vectors) {
    const system = systemOf(row, row.ldoNs, row.currentEfficiency)
    const { powerMw, leakageShare, pllMw } = row
    const power = { powerMw, leakageShare, leakageExponent: 1, pllMw, chargeRegulator: row.dropout === 1 }
    const work = { cyclesPerLayer: row.layerCycles, targetNs: row.latencyTargetMs * 1e6 }
    const totals = [
      runLatencyAware(system, row, work),
      runNominal(system, 12, row.layerCycles),
      runNominal(system, row.actual, row.layerCycles),
    ].map((run) => sentenceEnergy(system, run, power).totalUj)
    for (const [i, expected] of [row.energyUj, row.baseEnergyUj12, row.eeEnergyUj].entries()) {
      assert.ok(near(totals[i] as number, expected), `${totals[i]} against ${expected}: ${JSON.stringify(row)}`)
    }
  }
})

/** Half the voltage runs at a quarter of the clock; the regulator is instantaneous. */
const HALF: DvfsSystem = {
  table: [
    { voltage: 0.4, maxGhz: 0.25 },
    { voltage: 0.8, maxGhz: 1 },
  ],
  regulator: { settleNsPer50mV: 0, currentEfficiency: 1 },
}

test('a sentence of two layers by hand: a quarter of the energy for the second', () => {
  const run = runLatencyAware(HALF, { predicted: 2, actual: 2 }, { cyclesPerLayer: 1e6, targetNs: 5e6 })
  assert.equal(run, {
    setting: { voltage: 0.4, ghz: 0.25, feasible: true },
    nominalCycles: 1e6,
    scaledCycles: 1e6,
    latencyNs: 5e6,
    missed: false,
  })
  assert.ok(near(sentenceEnergy(HALF, run, POWER).totalUj, 86 * 1.25, 1e-14))
  // Leakage of half the power: it lasts four times as long at half the power of its exponent 1, at an eighth of that of 3.
  const leaking = (leakageExponent: number) =>
    sentenceEnergy(HALF, run, { ...POWER, leakageShare: 0.5, leakageExponent }).leakageUj
  assert.ok(near(leaking(1), 43 * (1 + 4 / 2)) && near(leaking(3), 43 * (1 + 4 / 8)) && near(leaking(0), 43 * 5))
  // A regulator without loss of its own doubles what is drawn at half the voltage; a PLL costs the same per cycle.
  const drawn = sentenceEnergy(HALF, run, { ...POWER, pllMw: 2, chargeRegulator: true })
  assert.ok(near(drawn.regulatorUj, 86 * 0.25) && near(drawn.pllUj, 4) && near(drawn.totalUj, 86 * 1.5 + 4))
})

test('a nanosecond less, or any time to settle, and the nominal voltage is needed', () => {
  const setting = (system: DvfsSystem, targetNs: number) =>
    runLatencyAware(system, { predicted: 2, actual: 2 }, { cyclesPerLayer: 1e6, targetNs }).setting
  const { voltage, ghz, feasible } = setting(HALF, 5e6 - 1)
  assert.equal([voltage, feasible], [0.8, true])
  assert.ok(near(ghz, 1e6 / (4e6 - 1)))
  const slow = { ...HALF, regulator: { settleNsPer50mV: 1, currentEfficiency: 1 } }
  assert.equal([setting(slow, 5e6).voltage, setting(slow, 5e6 + 8).voltage], [0.8, 0.4])
  assert.equal(setting(HALF, 2e6), { voltage: 0.8, ghz: 1, feasible: true })
  assert.equal(setting(HALF, 2e6 - 1), { voltage: 0.8, ghz: 1, feasible: false })
  assert.equal(setting(HALF, 1e6), { voltage: 0.8, ghz: 1, feasible: false })
})

test('a sentence that ends at layer 1 stays at the nominal point', () => {
  const run = (targetNs: number) =>
    runLatencyAware(HALF, { predicted: 1, actual: 1 }, { cyclesPerLayer: 1e6, targetNs })
  assert.equal(run(1e9).setting, { voltage: 0.8, ghz: 1, feasible: true })
  assert.equal([run(1e6).missed, run(1e6 - 1).missed, run(1e6 - 1).setting.feasible], [false, true, false])
  assert.equal([run(1e9).scaledCycles, run(1e9).latencyNs], [0, 1e6])
})

test('the voltage chosen is the lowest that keeps the deadline', () => {
  fc.assert(
    fc.property(
      systems,
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: -1e4, max: 4e6, noNaN: true }),
      (system, cycles, slack) => {
        const { voltage, ghz, feasible } = chooseSetting(system, cycles, slack)
        const nominal = nominalPoint(system)
        const enough = system.table.filter((point) => {
          const left = slack - settleNs(nominal.voltage, point.voltage, system.regulator)
          return left > 0 && point.maxGhz >= cycles / left
        })
        assert.is(feasible, enough.length > 0)
        assert.is(voltage, Math.min(...enough.map((point) => point.voltage), nominal.voltage))
        const limit = system.table.find((point) => point.voltage === voltage)?.maxGhz as number
        assert.ok(ghz > 0 && ghz <= limit)
        if (!feasible) assert.is(ghz, nominal.maxGhz)
      },
    ),
    { numRuns: 1000 },
  )
})

test('a sentence with a feasible setting that ends where predicted or before is in time, just so where predicted', () => {
  let feasible = 0
  fc.assert(
    fc.property(systems, exits, work, (system, exit, { cyclesPerLayer, layers }) => {
      const targetNs = layers * cyclesPerLayer
      const run = runLatencyAware(system, exit, { cyclesPerLayer, targetNs })
      if (!run.setting.feasible) return
      feasible++
      assert.not.ok(run.missed)
      if (exit.predicted > 1 && exit.actual === exit.predicted) assert.ok(near(run.latencyNs, targetNs, 1e-11))
    }),
    { numRuns: 1000 },
  )
  assert.ok(feasible > 300, `only ${feasible} of 1000`)
})

test('energy without leakage never rises as the target relaxes', () => {
  fc.assert(
    fc.property(
      systems,
      exits,
      work,
      fc.double({ min: 1, max: 5, noNaN: true }),
      fc.boolean(),
      (system, exit, w, relax, chargeRegulator) => {
        const energy = (targetNs: number) => {
          const run = runLatencyAware(system, exit, { cyclesPerLayer: w.cyclesPerLayer, targetNs })
          return sentenceEnergy(system, run, { ...POWER, pllMw: 2.46, chargeRegulator }).totalUj
        }
        const targetNs = w.layers * w.cyclesPerLayer
        assert.ok(energy(targetNs * relax) <= energy(targetNs) * (1 + 1e-12))
        // The nominal point is the worst of all.
        const early = sentenceEnergy(system, runNominal(system, exit.actual, w.cyclesPerLayer), {
          ...POWER,
          pllMw: 2.46,
          chargeRegulator,
        })
        assert.ok(energy(targetNs) <= early.totalUj * (1 + 1e-12))
      },
    ),
    { numRuns: 1000 },
  )
})

test('the parts of the energy add up, and dynamic energy at the nominal point is power times time', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      systems,
      exits,
      work,
      share,
      fc.boolean(),
      (system, exit, { cyclesPerLayer, layers }, leakageShare, chargeRegulator) => {
        const power = { ...POWER, leakageShare, leakageExponent: 2, pllMw: 3, chargeRegulator }
        const run = runLatencyAware(system, exit, { cyclesPerLayer, targetNs: layers * cyclesPerLayer })
        const { dynamicUj, leakageUj, pllUj, regulatorUj, totalUj } = sentenceEnergy(system, run, power)
        assert.ok(near(totalUj, dynamicUj + leakageUj + pllUj + regulatorUj))
        for (const part of [dynamicUj, leakageUj, pllUj, regulatorUj]) assert.ok(part >= 0)
        assert.is(run.nominalCycles + run.scaledCycles, exit.actual * cyclesPerLayer)
        const plain = runNominal(system, exit.actual, cyclesPerLayer)
        const whole = sentenceEnergy(system, plain, { ...power, pllMw: 0, chargeRegulator: false }).totalUj
        assert.ok(near(whole, (86 * plain.latencyNs) / 1e6))
      },
    ),
  )
})

test("EdgeBERT's base: 12 layers at 86 mW take 4.521 mJ, and fractions of layers count", () => {
  const { nominalVoltage, minVoltage, stepMv, maxGhz, settleNsPer50mV, currentEfficiency } = DVFS_CONSTANTS
  const law = { nominalVoltage: nominalVoltage.value, nominalGhz: maxGhz.value, thresholdVoltage: 0.32, alpha: 1.3 }
  const system = {
    table: alphaPowerTable(law, { minVoltage: minVoltage.value, stepMv: stepMv.value }),
    regulator: { settleNsPer50mV: settleNsPer50mV.value, currentEfficiency: currentEfficiency.value },
  }
  assert.is(system.table.length, 13)
  assert.ok(near(sentenceEnergy(system, runNominal(system, 12, 4_381_000), POWER).totalUj, 4521.192))
  assert.ok(near(sentenceEnergy(system, runNominal(system, 2.5, 4_381_000), POWER).totalUj, 2.5 * 376.766))
  const run = runLatencyAware(system, { predicted: 4.5, actual: 3.25 }, { cyclesPerLayer: 1e6, targetNs: 5e6 })
  assert.ok(near(run.scaledCycles, 2.25e6) && run.setting.feasible && !run.missed)
})

test('exits behind the prediction, shares that are none and tables that do not rise are refused', () => {
  const target = { cyclesPerLayer: 1e6, targetNs: 1e7 }
  for (const [predicted, actual] of [
    [3, 4],
    [3, 0],
    [3, Number.NaN],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
  ] as const)
    assert.throws(
      () => runLatencyAware(HALF, { predicted, actual }, target),
      new RegExp(`from layer 1 to the predicted layer ${predicted}, got ${actual}`),
    )
  for (const leakageShare of [-0.1, 1.1, Number.NaN])
    assert.throws(
      () => sentenceEnergy(HALF, runNominal(HALF, 1, 1), { ...POWER, leakageShare }),
      new RegExp(`share must be from 0 to 1, got ${leakageShare}`),
    )
  assert.throws(() => nominalPoint({ ...HALF, table: [] }), /must have entries, got none/)
  assert.throws(() => chooseSetting({ ...HALF, table: [...HALF.table].reverse() }, 1, 1), /must rise/)
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AlphaPowerLaw,
  alphaPowerGhz,
  alphaPowerTable,
  checkTable,
  railEnergyFactor,
  settleNs,
} from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'

const LAW: AlphaPowerLaw = { nominalVoltage: 0.8, nominalGhz: 1, thresholdVoltage: 0.32, alpha: 1.3 }
const REGULATOR = { settleNsPer50mV: 3.8, currentEfficiency: 0.992 }
const laws: fc.Arbitrary<AlphaPowerLaw> = fc.record({
  nominalVoltage: fc.integer({ min: 700, max: 1200 }).map((mv) => mv / 1000),
  nominalGhz: fc.double({ min: 0.1, max: 4, noNaN: true }),
  thresholdVoltage: fc.integer({ min: 50, max: 400 }).map((mv) => mv / 1000),
  alpha: fc.double({ min: 1, max: 2, noNaN: true }),
})

test('the alpha-power law by hand, with alpha 1 and 2', () => {
  const law = { nominalVoltage: 0.8, nominalGhz: 2, thresholdVoltage: 0.2, alpha: 1 }
  // Half the overdrive at 5/8 of the voltage: (1/2) x (8/5), and its square of the overdrive.
  assert.ok(near(alphaPowerGhz(0.5, law), 1.6, 1e-14))
  assert.ok(near(alphaPowerGhz(0.5, { ...law, alpha: 2 }), 0.8, 1e-14))
  assert.ok(near(alphaPowerGhz(0.8, law), 2, 1e-15))
  // Above the nominal voltage it goes on.
  assert.ok(near(alphaPowerGhz(1, law), (2 * (0.8 / 0.6) * 0.8) / 1, 1e-14))
})

test("EdgeBERT's table has 13 voltages from 0.5 to 0.8 V in steps of 25 mV, the last with 1 GHz", () => {
  const table = alphaPowerTable(LAW, { minVoltage: 0.5, stepMv: 25 })
  assert.equal(
    table.map(({ voltage }) => voltage),
    Array.from({ length: 13 }, (_, i) => (500 + 25 * i) / 1000),
  )
  assert.equal(table.at(-1), { voltage: 0.8, maxGhz: 1 })
  for (const { voltage, maxGhz } of table) {
    assert.ok(near(maxGhz, ((voltage - 0.32) / 0.48) ** 1.3 * (0.8 / voltage)), `${voltage} V: ${maxGhz} GHz`)
  }
})

test('the nominal voltage is in the table even where the steps miss it', () => {
  const voltages = (minVoltage: number, stepMv: number) =>
    alphaPowerTable(LAW, { minVoltage, stepMv }).map(({ voltage }) => voltage)
  assert.equal(voltages(0.5, 70), [0.5, 0.57, 0.64, 0.71, 0.78, 0.8])
  assert.equal(voltages(0.5, 1000), [0.5, 0.8])
  assert.equal(voltages(0.8, 25), [0.8])
})

test('a table rises in both columns, in equal steps, and ends at the nominal point', () => {
  fc.assert(
    fc.property(laws, fc.integer({ min: 410, max: 700 }), fc.integer({ min: 1, max: 100 }), (law, minMv, stepMv) => {
      const table = alphaPowerTable(law, { minVoltage: minMv / 1000, stepMv })
      assert.is(table.length, Math.ceil((Math.round(law.nominalVoltage * 1000) - minMv) / stepMv) + 1)
      assert.equal(table.at(-1), { voltage: law.nominalVoltage, maxGhz: law.nominalGhz })
      table.forEach(({ voltage, maxGhz }, i) => {
        const before = table[i - 1]
        if (i < table.length - 1) assert.is(voltage, (minMv + i * stepMv) / 1000)
        assert.ok(near(maxGhz, alphaPowerGhz(voltage, law), 1e-12))
        assert.ok(!before || (before.voltage < voltage && before.maxGhz < maxGhz))
      })
    }),
  )
})

test('a higher threshold lowers every clock but the nominal one', () => {
  fc.assert(
    fc.property(laws, fc.integer({ min: 1, max: 100 }), (law, more) => {
      const higher = { ...law, thresholdVoltage: law.thresholdVoltage + more / 1000 }
      const voltage = 0.55
      assert.ok(alphaPowerGhz(voltage, higher) < alphaPowerGhz(voltage, law))
      assert.ok(near(alphaPowerGhz(law.nominalVoltage, higher), law.nominalGhz))
    }),
  )
})

test('from 0.8 to 0.5 V the regulator settles in 22.8 ns, and as fast back', () => {
  assert.ok(near(settleNs(0.8, 0.5, REGULATOR), 22.8, 1e-14))
  assert.ok(near(settleNs(0.5, 0.8, REGULATOR), 22.8, 1e-14))
  assert.ok(near(settleNs(0.7, 0.8, REGULATOR), 7.6, 1e-12))
  assert.is(settleNs(0.6, 0.6, REGULATOR), 0)
})

test('a linear regulator draws the current of the load from the rail, and a little more', () => {
  assert.ok(near(railEnergyFactor(0.8, 0.5, REGULATOR), 1.6 / 0.992, 1e-15))
  assert.is(railEnergyFactor(0.8, 0.8, { ...REGULATOR, currentEfficiency: 1 }), 1)
})

test('checkTable() returns a table that rises, and names what does not', () => {
  const good = [
    { voltage: 0.5, maxGhz: 0.3 },
    { voltage: 0.6, maxGhz: 0.5 },
  ]
  assert.is(checkTable(good), good)
  assert.throws(() => checkTable([]), /must have entries, got none/)
  for (const [voltage, maxGhz] of [
    [0.6, 0.6],
    [0.7, 0.5],
    [0.7, Number.NaN],
    [Number.POSITIVE_INFINITY, 1],
  ] as const)
    assert.throws(
      () => checkTable([...good, { voltage, maxGhz }]),
      new RegExp(`must rise .*, got ${voltage} V, ${maxGhz} GHz after 0.6 V, 0.5 GHz`),
    )
  assert.throws(() => checkTable([{ voltage: 0, maxGhz: 1 }]), /got 0 V, 1 GHz after 0 V, 0 GHz/)
})

test('voltages at or below the threshold, steps that do not rise and ranges upside down are refused', () => {
  for (const voltage of [0.32, 0.1, Number.NaN])
    assert.throws(() => alphaPowerGhz(voltage, LAW), new RegExp(`Cannot clock at ${voltage} V: .* threshold of 0.32 V`))
  assert.throws(() => alphaPowerGhz(1, { ...LAW, nominalVoltage: 0.3 }), /so must the nominal 0\.3 V/)
  for (const stepMv of [0, -25, Number.NaN])
    assert.throws(
      () => alphaPowerTable(LAW, { minVoltage: 0.5, stepMv }),
      new RegExp(`step must be positive, got ${stepMv} mV`),
    )
  assert.throws(() => alphaPowerTable(LAW, { minVoltage: 0.9, stepMv: 25 }), /at most the nominal 0\.8 V, got 0\.9/)
  assert.throws(() => alphaPowerTable(LAW, { minVoltage: 0.3, stepMv: 25 }), /Cannot clock at 0\.3 V/)
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dennardScaling, simulatedProcess, simulatedScaling } from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'

const QUANTITIES = ['area', 'delay', 'power', 'energy'] as const
const nanometres = fc.double({ min: 1, max: 500, noNaN: true })
/** Processes and voltages inside all fits. */
const points = fc.record({
  nm: fc.oneof(fc.constant(90), fc.constant(65), fc.double({ min: 32, max: 45, noNaN: true })),
  voltage: fc.double({ min: 0.5, max: 1.1, noNaN: true }),
})

test('65 to 40 nm by Dennard: k is 1.625, area its square, energy its cube', () => {
  const { k, area, delay, power, energy } = dennardScaling(65, 40)
  assert.is(k, 1.625)
  assert.ok(near(area, 1600 / 4225))
  assert.is(power, area)
  assert.ok(near(delay, 40 / 65))
  assert.ok(near(energy, 64000 / 274625))
})

test('Dennard there and back is where it began, and a smaller process is never worse', () => {
  fc.assert(
    fc.property(nanometres, nanometres, (from, to) => {
      const [there, back] = [dennardScaling(from, to), dennardScaling(to, from)]
      for (const quantity of QUANTITIES) {
        assert.ok(near(there[quantity] * back[quantity], 1))
        if (to < from) assert.ok(there[quantity] < 1)
      }
      // Power density stays, and a design's power is its energy per operation times its operations per time.
      assert.ok(near(there.power / there.area, 1))
      assert.ok(near(there.energy / there.delay, there.power))
    }),
  )
})

// At 1 V a polynomial is the sum of its coefficients.
const AT_ONE_VOLT = [
  [90, 28.86, 2.073, 10418],
  [65, 21.8, 1.332, 6742],
  [45, 12.5, 0.8612, 4224.4],
  [32, 11.5, 0.5727, 2801.6],
  [40, 12.5 - 5 / 13, 0.8612 - (0.2885 * 5) / 13, 4224.4 - (1422.8 * 5) / 13],
] as const

test('delay, energy and power at 1 V are the sums of the coefficients, 40 nm 5/13 of the way from 45 to 32', () => {
  for (const [nm, delay, energy, power] of AT_ONE_VOLT) {
    const got = simulatedProcess({ nm, voltage: 1 })
    assert.ok(near(got.delay, delay, 1e-12), `${nm}: ${got.delay}`)
    assert.ok(near(got.energy, energy, 1e-12), `${nm}: ${got.energy}`)
    assert.ok(near(got.power, power, 1e-12), `${nm}: ${got.power}`)
  }
})

test('at other voltages the polynomials have their powers in the right order', () => {
  // 65 nm at 0.5 V: 178.6 - 166.95 + 57.6 - 6.6625; 1.975 - 2.199 + 0.93875; 4362 - 5255 + 3222.5.
  const got = simulatedProcess({ nm: 65, voltage: 0.5 })
  assert.ok(near(got.delay, 62.5875))
  assert.ok(near(got.energy, 0.71475))
  assert.ok(near(got.power, 2329.5))
})

test('65 nm at 1 V to 40 nm at 0.95 V: 1.924 times faster, power 2.051 and energy 1.97 times less', () => {
  const { delay, power, energy, area } = simulatedScaling({ nm: 65, voltage: 1 }, { nm: 40, voltage: 0.95 })
  assert.ok(near(1 / delay, 1.924, 5e-4))
  assert.ok(near(1 / power, 2.051, 5e-4))
  assert.ok(near(1 / energy, 1.971, 5e-4))
  assert.ok(near(1 / (power * delay), 3.946, 5e-4))
  assert.ok(near(area, 0.66 - (0.35 * 5) / 13))
})

test('simulated scaling over a stop is scaling at once, and there and back is where it began', () => {
  fc.assert(
    fc.property(points, points, points, (a, b, c) => {
      const [ab, bc, ac, ba] = [
        simulatedScaling(a, b),
        simulatedScaling(b, c),
        simulatedScaling(a, c),
        simulatedScaling(b, a),
      ]
      for (const quantity of QUANTITIES) {
        assert.ok(near(ab[quantity] * bc[quantity], ac[quantity], 1e-10))
        assert.ok(near(ab[quantity] * ba[quantity], 1, 1e-10))
      }
    }),
  )
})

test('between 45 and 32 nm every quantity lies between those of the two', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 32, max: 45, noNaN: true }),
      fc.double({ min: 0.5, max: 1.1, noNaN: true }),
      (nm, voltage) => {
        const [low, middle, high] = [32, nm, 45].map((process) => simulatedProcess({ nm: process, voltage }))
        for (const quantity of QUANTITIES) {
          const ends = [low?.[quantity] ?? Number.NaN, high?.[quantity] ?? Number.NaN]
          const got = middle?.[quantity] ?? Number.NaN
          assert.ok(got >= Math.min(...ends) * (1 - 1e-12) && got <= Math.max(...ends) * (1 + 1e-12))
        }
      },
    ),
  )
})

test('at 65 nm a higher voltage is faster and takes more power; below 45 nm the fitted delay turns', () => {
  const at = (nm: number, voltage: number) => simulatedProcess({ nm, voltage })
  for (let voltage = 0.6; voltage < 1.3; voltage += 0.05) {
    assert.ok(at(65, voltage + 0.05).delay < at(65, voltage).delay)
    assert.ok(at(65, voltage + 0.05).power > at(65, voltage).power)
  }
  assert.ok(at(45, 0.94).delay < at(45, 0.9).delay && at(45, 1.1).delay > at(45, 0.95).delay)
  assert.ok(at(32, 0.84).delay < at(32, 0.8).delay && at(32, 1).delay > at(32, 0.85).delay)
})

test('processes and voltages outside the fits are refused in one line', () => {
  for (const nm of [55, 22, 64.9, 46, 0, -40, Number.NaN]) {
    assert.throws(
      () => simulatedProcess({ nm, voltage: 1 }),
      (error: unknown) =>
        error instanceof RangeError &&
        error.message === `Cannot scale a design: the process must be 90, 65, or from 32 to 45 nm, got ${nm}`,
    )
  }
  for (const voltage of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => simulatedProcess({ nm: 65, voltage }), /voltage must be above 0 V, got/)
  }
  // At 1.25 V the delay of 32 nm comes out at -8.3.
  assert.throws(
    () => simulatedScaling({ nm: 65, voltage: 1 }, { nm: 40, voltage: 1.25 }),
    /the voltage must be one at which the fitted delay of 40 nm is positive, got 1.25 V/,
  )
  for (const [from, to] of [
    [0, 40],
    [65, 0],
    [-65, 40],
    [65, Number.NaN],
  ] as const) {
    assert.throws(() => dennardScaling(from, to), /Cannot scale a design: processes must be above 0 nm, got/)
  }
})

test.run()

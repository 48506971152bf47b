import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  arrayEnergies,
  DRAM_PJ_PER_BYTE,
  ENERGY_TABLE_NAMES,
  patSramPj,
  peakMacsPerCycle,
  type SystolicArray,
} from '../../lib/hardware/mod.ts'

const array = (scratchpadKb: number, accumulatorKb: number, columns = 16): SystolicArray => ({
  rows: 16,
  columns,
  scratchpadBytes: scratchpadKb * 1024,
  accumulatorBytes: accumulatorKb * 1024,
})
const near = (got: number, expected: number, digits: number) =>
  assert.ok(Math.abs(got - expected) <= 0.5 * 10 ** -digits, `${got} against ${expected}`)

test("patSramPj() is Timeloop's line: 1 pJ for 16 bits of half a KiB, 6 pJ for 16 bits of 100 KiB", () => {
  assert.is(patSramPj(256, 16), 1)
  near(patSramPj(51_200, 16), 6, 12)
  near(patSramPj(25_600, 32), 12, 12)
  assert.ok(patSramPj(1, 8) < 0.5)
})

test("Timeloop's PAT on the survey's Gemmini gives the energies its mapper used", () => {
  const energies = arrayEnergies('timeloop-pat', array(256, 64))
  assert.is(energies.macPj, 0.25)
  near(energies.registerPj, 0.4875, 4)
  near(energies.accumulatorPj, 2.3518, 4)
  near(energies.scratchpadPj, 6.9196, 4)
  assert.is(energies.dramPj, 100)
  // By hand: banks of 4 KiB and 2 words of 16 bits; a scratchpad row of 8 words of 16 bits holds 16 operands.
  near(energies.accumulatorPj, 2 * (1 + (5 / 99.5) * (4 - 0.5)), 12)
  near(energies.scratchpadPj, (8 / 16) * (1 + (5 / 99.5) * (256 - 0.5)), 12)
})

test("DOSA's lines are in the KiB of a bank and of the scratchpad", () => {
  const survey = arrayEnergies('dosa', array(256, 64))
  assert.equal([survey.macPj, survey.registerPj, survey.dramPj], [0.5608, 0.48746, 100])
  near(survey.accumulatorPj, 1.94 + 0.1005 * 4, 12)
  near(survey.scratchpadPj, 0.49 + 0.02513 * 256, 12)
  const small = arrayEnergies('dosa', array(10, 24, 8))
  near(small.accumulatorPj, 1.94 + 0.1005 * 3, 12)
  near(small.scratchpadPj, 0.49 + 0.2513, 12)
})

test("accelergy-lpddr4 is DOSA's chip beside a DRAM of 64 pJ per byte", () => {
  const chip = array(96, 100)
  const { dramPj, ...onChip } = arrayEnergies('accelergy-lpddr4', chip)
  const { dramPj: dosaDram, ...dosa } = arrayEnergies('dosa', chip)
  assert.equal(onChip, dosa)
  assert.equal([dramPj, dosaDram], [64, 100])
  assert.is(DRAM_PJ_PER_BYTE['accelergy-lpddr4'].value, 512 / 8)
})

test('a larger memory never costs less per access, and leaves the others as they are', () => {
  const kib = fc.integer({ min: 1, max: 4096 })
  fc.assert(
    fc.property(fc.constantFrom(...ENERGY_TABLE_NAMES), kib, kib, kib, (name, scratchpad, accumulator, more) => {
      const base = arrayEnergies(name, array(scratchpad, accumulator))
      const wide = arrayEnergies(name, array(scratchpad + more, accumulator))
      const deep = arrayEnergies(name, array(scratchpad, accumulator + more))
      assert.ok(wide.scratchpadPj > base.scratchpadPj && deep.accumulatorPj > base.accumulatorPj)
      assert.equal({ ...wide, scratchpadPj: base.scratchpadPj }, base)
      assert.equal({ ...deep, accumulatorPj: base.accumulatorPj }, base)
      for (const energy of Object.values(base)) assert.ok(energy > 0)
    }),
  )
})

test('an unknown table lists the known ones', () => {
  for (const name of ['pat', '', 'constructor']) {
    assert.throws(
      () => arrayEnergies(name, array(256, 64)),
      new RegExp(`the table must be one of timeloop-pat, dosa, accelergy-lpddr4, got "${name}"`),
    )
  }
})

test('an SRAM without words or bits is refused', () => {
  for (const [rows, width] of [
    [0, 8],
    [8, 0],
    [-1, 8],
    [Number.NaN, 8],
  ] as const) {
    assert.throws(() => patSramPj(rows, width), new RegExp(`must be positive, got ${rows} x ${width} bits`))
  }
})

test('an array does one multiply-accumulate per element and cycle', () => {
  assert.is(peakMacsPerCycle({ rows: 16, columns: 24 }), 384)
})

test.run()

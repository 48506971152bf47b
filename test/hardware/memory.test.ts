import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  accessBytes,
  dramStream,
  LPDDR3_1600,
  LPDDR4_2400,
  type MemoryMacro,
  macroBytes,
  NVSIM_MACROS,
  readDram,
  smallestMacro,
} from '../../lib/hardware/mod.ts'
import { near } from '../support/near.ts'

test('a stream of rows by hand', () => {
  const stream = dramStream(LPDDR4_2400)
  // 2 x 64 bits in 0.83 ns.
  assert.ok(near(stream.bandwidthGbPerS, 16 / 0.83, 1e-14) && near(stream.bandwidthGbPerS, 19.277, 1e-4))
  // 1.2 V x 196 mA x 4 over 154.2 bits/ns.
  assert.ok(near(stream.burstPjPerBit, (940.8 * 0.83) / 128, 1e-14) && near(stream.burstPjPerBit, 6.1005, 1e-5))
  // 80 mA over 47 clocks, less 47 mA over 32 and 34 mA over 15: 1746 mA clocks of 1.2 V in 4 devices, for 65536 bits.
  assert.ok(near(stream.activatePjPerBit, (1.2 * 1746 * 0.83 * 4) / 65_536, 1e-14))
  assert.ok(near(stream.activatePjPerBit, 0.1061, 5e-4))
  assert.ok(near(stream.backgroundMw, 225.6, 1e-14))
  assert.ok(near(stream.totalPjPerBit, 7.6695, 1e-5))
})

test('a stream of LPDDR3 by hand', () => {
  const stream = dramStream(LPDDR3_1600)
  // 2 x 64 bits in 1.25 ns; 1.2 V x 229 mA x 2 over 102.4 bits/ns; 40 mA over 49 clocks less 21 over 34 and 20.5 over 15.
  assert.ok(near(stream.bandwidthGbPerS, 12.8, 1e-14))
  assert.ok(near(stream.burstPjPerBit, 549.6 / 102.4, 1e-14))
  assert.ok(near(stream.activatePjPerBit, (1.2 * 938.5 * 1.25 * 2) / 65_536, 1e-14))
  assert.ok(near(stream.backgroundMw, 50.4, 1e-14) && near(stream.totalPjPerBit, 5.9023, 1e-4))
})

test('total energy is the sum of its parts over the time of the stream', () => {
  const { burstPjPerBit, activatePjPerBit, backgroundMw, bandwidthGbPerS } = dramStream(LPDDR4_2400)
  const bytes = 1_728_000
  const { latencyNs, energyPj } = readDram(LPDDR4_2400, bytes)
  assert.ok(near(latencyNs, bytes / bandwidthGbPerS, 1e-14) && near(latencyNs, 89_640, 1e-5))
  assert.ok(near(energyPj, 8 * bytes * (burstPjPerBit + activatePjPerBit) + backgroundMw * latencyNs))
  assert.equal(readDram(LPDDR4_2400, 0), { latencyNs: 0, energyPj: 0 })
})

test('more devices widen the bus, and shift energy only where a row is shared by more', () => {
  const half = dramStream({ ...LPDDR4_2400, devices: 2, rowBytes: 4096 })
  const whole = dramStream(LPDDR4_2400)
  assert.ok(near(2 * half.bandwidthGbPerS, whole.bandwidthGbPerS, 1e-14))
  assert.ok(near(2 * half.backgroundMw, whole.backgroundMw, 1e-14))
  assert.ok(near(half.totalPjPerBit, whole.totalPjPerBit, 1e-14))
  const short = dramStream({ ...LPDDR4_2400, rowBytes: 4096 })
  assert.ok(near(short.activatePjPerBit, 2 * whole.activatePjPerBit, 1e-14))
})

test('the smallest macro that holds so many bytes is the first one large enough', () => {
  const cells = (kind: MemoryMacro['kind'], bits: number, bytes: number) => smallestMacro(kind, bits, bytes).cellKib
  assert.is(cells('SRAM', 1, 64 * 1024), 64)
  assert.is(cells('SRAM', 1, 64 * 1024 + 1), 128)
  assert.is(cells('SRAM', 1, 0), 64)
  // EdgeBERT's embedding, 2,016,000 bytes, fits 2 MiB of one-bit cells and half as many of two bits.
  assert.equal(
    [cells('SRAM', 1, 2_016_000), cells('RRAM', 1, 2_016_000), cells('RRAM', 2, 2_016_000)],
    [2048, 2048, 1024],
  )
  assert.is(cells('RRAM', 3, 1), 4096)
})

test('every macro is found by its own capacity, and a byte more finds another or none', () => {
  for (const macro of NVSIM_MACROS) {
    const { kind, bitsPerCell } = macro
    const bytes = macroBytes(macro)
    assert.is(bytes, macro.cellKib * 1024 * bitsPerCell)
    assert.is(smallestMacro(kind, bitsPerCell, bytes), macro)
    const larger = NVSIM_MACROS.some(
      (other) => other.kind === kind && other.bitsPerCell === bitsPerCell && other.cellKib > macro.cellKib,
    )
    if (larger) assert.ok(macroBytes(smallestMacro(kind, bitsPerCell, bytes + 1)) > bytes)
    else assert.throws(() => smallestMacro(kind, bitsPerCell, bytes + 1), new RegExp(`holds at most ${bytes} bytes`))
  }
})

test('a lookup leaves the sweep in its order', () => {
  const before = [...NVSIM_MACROS]
  smallestMacro('RRAM', 2, 1e6)
  assert.ok(NVSIM_MACROS.every((macro, i) => macro === before[i]))
})

test('a macro with more cells is larger and leaks more, and a read of it takes more energy', () => {
  for (const kind of ['SRAM', 'RRAM'] as const) {
    for (const bits of [1, 2, 3]) {
      const sweep = NVSIM_MACROS.filter((macro) => macro.kind === kind && macro.bitsPerCell === bits)
      sweep.forEach((macro, i) => {
        const before = sweep[i - 1]
        if (!before) return
        assert.ok(macro.cellKib > before.cellKib && macro.areaMm2 > before.areaMm2)
        assert.ok(macro.leakageMw > before.leakageMw && macro.readPj > before.readPj)
      })
    }
  }
})

test('ReRAM is denser than SRAM and slower to write', () => {
  for (const cellKib of [64, 1024, 32768]) {
    const find = (kind: MemoryMacro['kind']) =>
      NVSIM_MACROS.find((macro) => macro.kind === kind && macro.bitsPerCell === 1 && macro.cellKib === cellKib)
    const [sram, reram] = [find('SRAM'), find('RRAM')] as [MemoryMacro, MemoryMacro]
    assert.ok(reram.areaMm2 < sram.areaMm2 / 2 && reram.leakageMw < sram.leakageMw)
    assert.ok(reram.writeGibPerS < sram.writeGibPerS && reram.writePj > sram.writePj)
  }
})

test('an access moves 64 cells', () => {
  for (const bits of [1, 2, 3]) assert.is(accessBytes(smallestMacro('RRAM', bits, 1)), 8 * bits)
})

test('a capacity or a kind of cell that the sweep lacks is refused', () => {
  assert.throws(
    () => smallestMacro('SRAM', 1, 2 ** 26),
    /Cannot place 67108864 bytes: a SRAM of 1 bit per cell holds at most 33554432 bytes/,
  )
  assert.throws(() => smallestMacro('SRAM', 2, 1), /a SRAM of 2 bit per cell holds at most 0 bytes/)
  assert.throws(() => smallestMacro('RRAM', 1, Number.NaN), /Cannot place NaN bytes/)
})

test.run()

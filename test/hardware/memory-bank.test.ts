import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ACCESS_TIMES,
  accessBytes,
  COMPOSITIONS,
  type Composition,
  composeBank,
  type MemoryBank,
  type MemoryMacro,
  macroBytes,
  NVSIM_MACROS,
} from '../../lib/hardware/mod.ts'
import { createRng, type Rng } from '../../lib/numeric/mod.ts'
import { near } from '../support/near.ts'

/** 1 GiB/s in bytes per ns. */
const GIB = 1.073741824

const of = (kind: MemoryMacro['kind'], bits: number) =>
  NVSIM_MACROS.filter((macro) => macro.kind === kind && macro.bitsPerCell === bits)

/** Macros of different capacities, none of which need be a power of two or the divisor of another. */
function randomMacros(rng: Rng, largestKib: number): readonly MemoryMacro[] {
  const count = 1 + rng.integer(4)
  const [kind, bitsPerCell] = ([['SRAM', 1] as const, ['RRAM', 2] as const, ['RRAM', 3] as const] as const)[
    rng.integer(3)
  ] as readonly [MemoryMacro['kind'], number]
  const sizes = new Set<number>()
  while (sizes.size < count) sizes.add(1 + rng.integer(largestKib))
  const thousandths = (bound: number) => (1 + rng.integer(bound)) / 1000
  return [...sizes].map((cellKib) => ({
    kind,
    bitsPerCell,
    cellKib,
    areaMm2: thousandths(5000),
    readNs: thousandths(9000),
    readGibPerS: thousandths(30_000),
    writeNs: thousandths(9000),
    writeGibPerS: thousandths(30_000),
    readPj: thousandths(50_000),
    writePj: thousandths(50_000),
    leakageMw: thousandths(50_000),
  }))
}

/** Every choice of macros of together up to so many KiB of cells: how many of each. */
function* choices(sizes: readonly number[], mostKib: number): Generator<readonly number[]> {
  const [size, ...others] = sizes
  if (size === undefined) {
    yield []
    return
  }
  for (let count = 0; count * size <= mostKib; count += 1) {
    for (const rest of choices(others, mostKib - count * size)) yield [count, ...rest]
  }
}
const dot = (counts: readonly number[], values: readonly number[]) =>
  counts.reduce((sum, count, i) => sum + count * (values[i] as number), 0)
const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

/** The least sufficient capacity, with the fewest macros and the highest speed x capacity of such covers. */
function exhaustive(macros: readonly MemoryMacro[], bytes: number) {
  const sizes = macros.map(({ cellKib }) => cellKib)
  const need = bytes / (1024 * (macros[0] as MemoryMacro).bitsPerCell)
  let [cellKib, fewest, fastest] = [Number.POSITIVE_INFINITY, 0, 0]
  for (const counts of choices(sizes, need + Math.max(...sizes))) {
    const total = dot(counts, sizes)
    if (total < need || total > cellKib) continue
    const speed = dot(
      counts,
      macros.map((macro) => macro.readGibPerS * macro.cellKib),
    )
    const better = total < cellKib
    cellKib = total
    fewest = better ? sumOf(counts) : Math.min(fewest, sumOf(counts))
    fastest = better ? speed : Math.max(fastest, speed)
  }
  return { cellKib, fewest, fastest }
}

const compose = (macros: readonly MemoryMacro[], bytes: number, composition: Composition): MemoryBank =>
  composeBank(macros, { bytes, composition, accessTime: 'bandwidth' })
const macrosIn = ({ parts }: MemoryBank) => sumOf(parts.map(({ count }) => count))

/** Random sets of macros, each with random needs from less than a macro to several. */
function* randomBanks(seed: number, sets: number, largestKib: number, mostKib: number) {
  const rng = createRng(seed)
  for (let set = 0; set < sets; set += 1) {
    const macros = randomMacros(rng, largestKib)
    const kibBytes = 1024 * (macros[0] as MemoryMacro).bitsPerCell
    // Whole KiB half of the time: a need that is met exactly, or is missed by a hair.
    const kib = 1 + rng.integer(mostKib)
    const bytes = rng.integer(2) === 0 ? kib * kibBytes : (kib - 1) * kibBytes + 1 + rng.integer(kibBytes)
    yield { macros, bytes, name: `${macros.map(({ cellKib }) => cellKib).join()} for ${bytes}` }
  }
}

test('covers have the least capacity of all choices of macros, and of those the fewest macros or the fastest', () => {
  let [fewer, faster] = [0, 0]
  for (const { macros, bytes, name } of randomBanks(1, 250, 12, 40)) {
    const best = exhaustive(macros, bytes)
    const cellBytes = 1024 * (macros[0] as MemoryMacro).bitsPerCell
    const [few, fast] = [compose(macros, bytes, 'cover'), compose(macros, bytes, 'cover-fastest')]
    assert.is(few.capacityBytes, best.cellKib * cellBytes, name)
    assert.is(fast.capacityBytes, best.cellKib * cellBytes, name)
    assert.is(macrosIn(few), best.fewest, name)
    assert.ok(near(fast.readBytesPerNs, (best.fastest / best.cellKib) * GIB), name)
    if (macrosIn(few) < macrosIn(fast)) fewer += 1
    if (fast.readBytesPerNs > few.readBytesPerNs * (1 + 1e-9)) faster += 1
  }
  // The two rules must differ often enough to be told apart.
  assert.ok(fewer >= 25 && faster >= 25, `${fewer} and ${faster}`)
})

test('a single macro is the smallest that holds all, and where none does its cover stands in', () => {
  let covered = 0
  for (const { macros, bytes, name } of randomBanks(2, 400, 30, 40)) {
    const bank = compose(macros, bytes, 'single')
    const fitting = macros.filter((macro) => macroBytes(macro) >= bytes).map(macroBytes)
    if (fitting.length > 0) {
      assert.equal([macrosIn(bank), bank.capacityBytes], [1, Math.min(...fitting)], name)
    } else {
      assert.equal(bank, compose(macros, bytes, 'cover'), name)
      covered += 1
    }
  }
  assert.ok(covered >= 100 && covered <= 300, `${covered}`)
})

test('macros may come in any order', () => {
  for (const { macros, bytes, name } of randomBanks(3, 60, 30, 60)) {
    for (const composition of COMPOSITIONS) {
      assert.equal(compose([...macros].reverse(), bytes, composition), compose(macros, bytes, composition), name)
    }
  }
})

test('covers of the NVSim macros are the binary digits of what is needed, in units of 64 KiB', () => {
  for (const macros of [of('SRAM', 1), of('RRAM', 1), of('RRAM', 2)]) {
    const unit = macroBytes(macros[0] as MemoryMacro)
    for (const units of [1, 3, 22, 511, 512, 517, 1023, 1024, 3 * 512 + 170]) {
      const { parts, capacityBytes } = compose(macros, units * unit - 1, 'cover')
      assert.is(capacityBytes, units * unit)
      const large = Math.floor(units / 512)
      const digits = [...(units % 512).toString(2)].reverse().map((digit, i) => [64 * 2 ** i, Number(digit)])
      const expected = [...digits, [32_768, large]].filter(([, count]) => count !== 0)
      assert.equal(
        parts.map(({ macro, count }) => [macro.cellKib, count]),
        expected,
      )
    }
  }
})

test('of equally fast covers the one of the fewest macros is taken, however their speeds round in a sum', () => {
  // One-bit RRAM of 512 KiB and of 2 MiB both read 16.731 GiB/s, and nothing is faster: 8.125 MiB in thousandths of GiB/s.
  const macros = of('RRAM', 1)
  const sizes = macros.map(({ cellKib }) => cellKib / 64)
  const speeds = macros.map(({ readGibPerS, cellKib }) => Math.round(readGibPerS * 1000) * cellKib)
  const units = 130
  let [fastest, fewest] = [0, 0]
  for (const counts of choices([...sizes].reverse(), units)) {
    const own = [...counts].reverse()
    if (dot(own, sizes) !== units) continue
    const speed = dot(own, speeds)
    fewest = speed > fastest ? sumOf(own) : speed === fastest ? Math.min(fewest, sumOf(own)) : fewest
    fastest = Math.max(fastest, speed)
  }
  assert.is(fewest, 5)
  const bank = compose(macros, units * 64 * 1024, 'cover-fastest')
  assert.ok(near(bank.readBytesPerNs, (fastest / 1000 / (units * 64)) * GIB))
  assert.is(macrosIn(bank), fewest, JSON.stringify(bank.parts.map(({ macro, count }) => [count, macro.cellKib])))
})

test('32.3 MiB of SRAM by hand', () => {
  // adapter-ALBERT's vanilla design in FP32: 7,779,843 parameters and 688,128 activations.
  const bytes = 4 * (7_779_843 + 688_128)
  for (const composition of ['cover', 'single'] as const) {
    const bank = compose(of('SRAM', 1), bytes, composition)
    assert.equal(
      bank.parts.map(({ macro, count }) => [count, macro.cellKib]),
      [
        [1, 64],
        [1, 256],
        [1, 32_768],
      ],
    )
    assert.is(bank.capacityBytes, 33_882_112)
    assert.ok(near(bank.areaMm2, 21.1764111))
    assert.ok(near(bank.leakageMw, 1047.081))
    // 8.313 x 32768 + 16.583 x 256 + 27.901 x 64 = 278431.296, over 33088 KiB.
    assert.ok(near(bank.readBytesPerNs, (278_431.296 / 33_088) * GIB))
    // 3.098 x 32768 + 15.933 x 256 + 19.555 x 64 = 106845.632.
    assert.ok(near(bank.writeBytesPerNs, (106_845.632 / 33_088) * GIB))
    // 4.882 x 32768 + 0.527 x 256 + 0.276 x 64 = 160125.952, and 67.746, 8.892, 4.445 alike; 8 bytes an access.
    assert.ok(near(bank.readPjPerByte, 160_125.952 / 33_088 / 8))
    assert.ok(near(bank.writePjPerByte, 2_222_461.76 / 33_088 / 8))
  }
  // An access after the other: 8 bytes in 16.789, 2.272 and 1.352 ns, and to write in 16.783, 2.266 and 1.346.
  const serial = composeBank(of('SRAM', 1), { bytes, composition: 'cover', accessTime: 'latency' })
  const mean = (large: number, middle: number, small: number) =>
    (8 * (32_768 / large + 256 / middle + 64 / small)) / 33_088
  assert.ok(near(serial.readBytesPerNs, mean(16.789, 2.272, 1.352)))
  assert.ok(near(serial.writeBytesPerNs, mean(16.783, 2.266, 1.346)))
})

test('cells of more bits hold and move as many times more bytes', () => {
  // 64 cells of 2 bits are 16 bytes an access; 128 KiB fit 64 KiB of cells.
  const bank = composeBank(of('RRAM', 2), { bytes: 131_072, composition: 'single', accessTime: 'latency' })
  assert.is(bank.capacityBytes, 131_072)
  assert.ok(near(bank.readBytesPerNs, 16 / 0.595476))
  assert.ok(near(bank.writeBytesPerNs, 16 / 10.42))
  assert.ok(near(bank.readPjPerByte, 1.295 / 16))
  assert.ok(near(bank.writePjPerByte, 44.867 / 16))
  // NVSim's bandwidth counts the bits of a cell already.
  assert.ok(near(compose(of('RRAM', 2), 131_072, 'single').readBytesPerNs, 31.517 * GIB))
  assert.is(compose(of('RRAM', 2), 131_073, 'single').parts[0]?.macro.cellKib, 128)
})

test('area and leakage are sums over the macros, speed and energy lie between the extremes of the macros', () => {
  for (const { macros, bytes, name } of randomBanks(4, 200, 12, 60)) {
    for (const composition of COMPOSITIONS) {
      for (const accessTime of ACCESS_TIMES) {
        const bank = composeBank(macros, { bytes, composition, accessTime })
        const all = bank.parts.flatMap(({ macro, count }) => Array.from({ length: count }, () => macro))
        const total = (value: (macro: MemoryMacro) => number) => all.reduce((sum, macro) => sum + value(macro), 0)
        assert.is(bank.capacityBytes, total(macroBytes), name)
        assert.ok(
          near(
            bank.areaMm2,
            total(({ areaMm2 }) => areaMm2),
          ) && bank.areaMm2 > 0,
          name,
        )
        assert.ok(
          near(
            bank.leakageMw,
            total(({ leakageMw }) => leakageMw),
          ) && bank.leakageMw > 0,
          name,
        )
        const bandwidth = accessTime === 'bandwidth'
        const means: readonly (readonly [number, (macro: MemoryMacro) => number])[] = [
          [bank.readBytesPerNs, (own) => (bandwidth ? own.readGibPerS * GIB : accessBytes(own) / own.readNs)],
          [bank.writeBytesPerNs, (own) => (bandwidth ? own.writeGibPerS * GIB : accessBytes(own) / own.writeNs)],
          [bank.readPjPerByte, (own) => own.readPj / accessBytes(own)],
          [bank.writePjPerByte, (own) => own.writePj / accessBytes(own)],
        ]
        for (const [mean, value] of means) {
          const own = all.map(value)
          assert.ok(mean >= Math.min(...own) * (1 - 1e-12) && mean <= Math.max(...own) * (1 + 1e-12), name)
          // Spread over its capacity, a bank's mean is what its macros bring.
          assert.ok(
            near(
              mean * bank.capacityBytes,
              total((macro) => value(macro) * macroBytes(macro)),
              1e-9,
            ),
            name,
          )
        }
      }
    }
  }
})

test('a bank is never smaller than what it holds, nor one macro smaller than a cover, nor more bytes in a smaller one', () => {
  const rng = createRng(5)
  for (let set = 0; set < 60; set += 1) {
    const macros = set === 0 ? of('SRAM', 1) : randomMacros(rng, 20)
    const step = macroBytes([...macros].sort((a, b) => macroBytes(a) - macroBytes(b))[0] as MemoryMacro) / 3
    let before = { single: 0, cover: 0 }
    for (let i = 1; i <= 30; i += 1) {
      const bytes = i * step
      const [single, cover, fastest] = COMPOSITIONS.map((rule) => compose(macros, bytes, rule).capacityBytes) as [
        number,
        number,
        number,
      ]
      assert.ok(cover >= bytes && single >= cover, `${bytes}: ${single}, ${cover}`)
      assert.is(fastest, cover)
      assert.ok(single >= before.single && cover >= before.cover, `${bytes}`)
      before = { single, cover }
    }
  }
})

test('what stores nothing needs no macro, and the least of anything needs one', () => {
  for (const composition of COMPOSITIONS) {
    assert.equal(compose(of('SRAM', 1), 0, composition), {
      parts: [],
      capacityBytes: 0,
      areaMm2: 0,
      leakageMw: 0,
      readBytesPerNs: 0,
      writeBytesPerNs: 0,
      readPjPerByte: 0,
      writePjPerByte: 0,
    })
    assert.is(compose(of('SRAM', 1), 0.125, composition).capacityBytes, 65_536)
  }
})

test('what no bank can be made of is refused, whatever the rule', () => {
  const [sram, rram] = [of('SRAM', 1), of('RRAM', 1)]
  const refused: readonly (readonly [readonly MemoryMacro[], number, RegExp])[] = [
    [[], 1, /must be a macro to choose from, got none/],
    [[...sram, ...rram], 1, /must be of one kind, got SRAM of 1 and RRAM of 1 bit per cell/],
    [[...rram, ...of('RRAM', 2)], 1, /must be of one kind, got RRAM of 1 and RRAM of 2 bit per cell/],
    [sram, -1, /bytes must be a number from 0, got -1/],
    [sram, Number.NaN, /bytes must be a number from 0, got NaN/],
    [sram, Number.POSITIVE_INFINITY, /bytes must be a number from 0, got Infinity/],
    [sram, 1e15, /of 10 macros in steps of 65536 bytes it must be at most 65536000000 bytes/],
  ]
  for (const [macros, bytes, message] of refused) {
    for (const composition of COMPOSITIONS) {
      assert.throws(
        () => compose(macros, bytes, composition),
        (error: Error) => error instanceof RangeError && message.test(error.message),
        `${bytes}, ${composition}`,
      )
    }
  }
})

test.run()

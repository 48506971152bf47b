import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  drawMapping,
  factorisations,
  formatMapping,
  type Hierarchy,
  type Loop,
  MAP_SPACES,
  type Mapping,
  mapSpaceCursor,
  overflows,
  parseProblem,
  sampleMapSpace,
  searchExhaustively,
} from '../../lib/mapping/mod.ts'
import { createRng } from '../../lib/numeric/mod.ts'
import { dosa, hierarchy, target } from '../support/mappings.ts'

const splits = (n: number, parts: number): number[][] =>
  parts === 1
    ? [[n]]
    : Array.from({ length: n }, (_, i) => i + 1)
        .filter((d) => n % d === 0)
        .flatMap((d) => splits(n / d, parts - 1).map((rest) => [d, ...rest]))
const orders = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((x) => orders(items.filter((y) => y !== x)).map((rest) => [x, ...rest]))

/** The legal mappings of P x C x K in arch_baseline with their probability, by straightforward enumeration. */
function* everyLegal(P: number, C: number, K: number, machine: Hierarchy): Generator<[Mapping, number]> {
  const bounds = parseProblem(`P${P} C${C} K${K}`)
  const real = (loops: readonly Loop[]) => loops.filter(({ factor }) => factor > 1)
  const spatial = (dim: 'C' | 'K', factor: number) => real([{ dim, factor }]).map((l) => ({ ...l, axis: 'X' as const }))
  for (const [pReg, pAcc, pDram] of splits(P, 3) as [number, number, number][]) {
    for (const [rows, cAcc, cDram] of splits(C, 3) as [number, number, number][]) {
      for (const [kAcc, columns, kDram] of splits(K, 3) as [number, number, number][]) {
        const dramOrders = orders(
          real([
            { dim: 'P', factor: pDram },
            { dim: 'C', factor: cDram },
            { dim: 'K', factor: kDram },
          ]),
        )
        for (const dram of dramOrders) {
          const mapping: Mapping = {
            dram: { temporal: dram, spatial: [] },
            scratchpad: { temporal: [], spatial: spatial('K', columns) },
            // Outermost first; the space has P innermost, then C, then K.
            accumulator: {
              temporal: real([
                { dim: 'K', factor: kAcc },
                { dim: 'C', factor: cAcc },
                { dim: 'P', factor: pAcc },
              ]),
              spatial: spatial('C', rows),
            },
            register: { temporal: real([{ dim: 'P', factor: pReg }]), spatial: [] },
          }
          if (overflows(bounds, mapping, machine).length === 0) yield [mapping, 1 / dramOrders.length]
        }
      }
    }
  }
}

test('drawMapping() draws every legal choice of factors equally often, and every order of them', () => {
  const machine = hierarchy(0.04, 0.25)
  const weights = new Map(
    [...everyLegal(6, 4, 6, machine)].map(([mapping, weight]) => [formatMapping(mapping), weight]),
  )
  const legalFactors = [...weights.values()].reduce((sum, weight) => sum + weight, 0)
  const cursor = mapSpaceCursor(parseProblem('P6 C4 K6'), MAP_SPACES.arch_baseline, machine)
  const legal = Math.round(legalFactors)
  assert.ok(Math.abs(legalFactors - legal) < 1e-9 && legal > 100 && legal < 0.9 * factorisations(cursor))

  const rng = createRng(11)
  const drawn = new Map<string, { name: string; count: number }>()
  const samples = 150_000
  let draws = 0
  for (let i = 0; i < samples; i++) {
    draws += drawMapping(cursor, rng)
    const key = `${cursor.choice.join()} ${Object.values(cursor.order).join()}`
    const entry = drawn.get(key) ?? { name: formatMapping(cursor.mapping()), count: 0 }
    entry.count++
    drawn.set(key, entry)
  }
  const counts = new Map([...drawn.values()].map(({ name, count }) => [name, count]))
  assert.is(counts.size, drawn.size)
  assert.equal([...counts.keys()].sort(), [...weights.keys()].sort())
  let chiSquare = 0
  for (const [name, weight] of weights) {
    const expected = (samples * weight) / legal
    chiSquare += ((counts.get(name) as number) - expected) ** 2 / expected
  }
  const freedom = weights.size - 1
  assert.ok(Math.abs(chiSquare - freedom) < 4 * Math.sqrt(2 * freedom), `chi-square ${chiSquare} with ${freedom}`)
  // Illegal factors are drawn as often as they occur.
  const share = samples / draws
  assert.ok(Math.abs(share - legal / factorisations(cursor)) < 0.005, `${share} of the draws were legal`)
})

test("Timeloop's prior drops 3 of 8 mappings with unrolled rows, 1 of 4 with unrolled columns", () => {
  // With ample bandwidth and free accesses EDP is MACs x cycles = MACs^2 / elements used.
  const machine = { ...hierarchy(1024, 1024), dramWordsPerCycle: 1e9 }
  const free = { registerPj: 0, accumulatorPj: 0, scratchpadPj: 0, dramPj: 0 }
  const shares = (problem: string, macs: number, timeloopUnrollPrior: boolean) => {
    const study = sampleMapSpace(target(problem, 'gemmini', machine), {
      samples: 40_000,
      seed: 3,
      energies: { macs: { macPj: 1, ...free } },
      timeloopUnrollPrior,
    })
    return { unrolled: study.edp['macs']?.shareBelow(0.75 * macs * macs) ?? 0, draws: study.draws / study.samples }
  }
  // 2^6 over three slots, at most 16 unrolled: 7 of 25 choices leave the array's side unused.
  for (const [problem, kept] of [
    ['C64', 5 / 8],
    ['K64', 3 / 4],
  ] as const) {
    const without = 18 / 25
    const left = without * kept + (1 - without)
    const plain = shares(problem, 64, false)
    assert.ok(Math.abs(plain.unrolled - without) < 0.01 && plain.draws === 1, `${problem}: ${plain.unrolled}`)
    const prior = shares(problem, 64, true)
    assert.ok(Math.abs(prior.unrolled - (without * kept) / left) < 0.01, `${problem}: ${prior.unrolled}`)
    assert.ok(Math.abs(prior.draws * left - 1) < 0.01, `${problem}: ${prior.draws} draws`)
  }
  // Both at once, independently: each mapping is kept with the product.
  const kept = (1 - (18 / 25) * (3 / 8)) * (1 - (18 / 25) * (1 / 4))
  assert.ok(Math.abs(shares('C64 K64', 4096, true).draws * kept - 1) < 0.01)
})

test('a space in which nothing fits is an error to sample, and an empty enumeration', () => {
  const tiny = hierarchy(1 / 1024, 64)
  const where = target('P1', 'random', tiny)
  assert.throws(
    () => sampleMapSpace(where, { samples: 1, seed: 0, energies: { dosa: dosa(tiny) } }),
    /^Cannot sample a map space: some mapping must fit the buffers, none of 10000000 drawn did$/,
  )
  assert.equal(searchExhaustively(where, dosa(tiny)), { best: undefined, legalFactorisations: 0, priced: 0 })
})

test.run()

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arrayEnergies } from '../../lib/hardware/mod.ts'
import {
  accessEnergyPj,
  type Dim,
  formatMapping,
  macsOfProblem,
  mappingCost,
  overflows,
  parseMapping,
  parseProblem,
} from '../../lib/mapping/mod.ts'
import { hierarchy, type MappedProblem, mappedProblems } from '../support/mappings.ts'
import { walkNest } from '../support/nest-walk.ts'
import { mappingVectors } from '../vectors/csv.ts'

const LARGE = hierarchy()

/** Whether two DRAM loops move the inputs' window along one axis. */
function slidesTwice({ mapping }: MappedProblem): boolean {
  const dims = mapping.dram.temporal.map(({ dim }) => dim)
  const both = (a: Dim, b: Dim) => dims.includes(a) && dims.includes(b)
  return both('P', 'R') || both('Q', 'S')
}

/** Compares every count of a mapping with a walk through its nest. */
function compareWithWalk(mapped: MappedProblem): void {
  const { bounds, mapping } = mapped
  const cost = mappingCost(bounds, mapping, LARGE)
  const walk = walkNest(mapping, bounds)
  const { scratchpadInputs, ...fills } = cost.fills
  const inputs = slidesTwice(mapped) ? scratchpadInputs : walk.scratchpadInputs
  const { registerWeights, scratchpadWeights, drainedOutputs, returnedOutputs } = walk
  assert.is(scratchpadInputs, inputs, formatMapping(mapping))
  assert.equal(
    fills,
    { registerWeights, scratchpadWeights, drainedOutputs, returnedOutputs },
    `${formatMapping(mapping)} stride ${bounds.stride}`,
  )
  assert.equal(
    cost.accesses,
    {
      macs: walk.macs,
      register: walk.macs + registerWeights,
      accumulator: walk.accumulatorAccesses,
      scratchpad: walk.inputReads + registerWeights + scratchpadWeights + inputs,
      dram: scratchpadWeights + inputs + drainedOutputs + returnedOutputs,
    },
    formatMapping(mapping),
  )
}

test('mappingCost() counts what a walk through the nest of a matmul counts', () => {
  let returned = 0
  fc.assert(
    fc.property(mappedProblems({ dims: ['P', 'C', 'K'] }), (mapped) => {
      compareWithWalk(mapped)
      if (mappingCost(mapped.bounds, mapped.mapping, LARGE).fills.returnedOutputs > 0) returned++
    }),
    { numRuns: 1200 },
  )
  assert.ok(returned > 200, `partial sums came back in only ${returned}`)
})

test('mappingCost() counts what a walk through the nest of a convolution counts', () => {
  let slid = 0
  fc.assert(
    fc.property(mappedProblems(), (mapped) => {
      compareWithWalk(mapped)
      if (mapped.mapping.dram.temporal.some(({ dim }) => 'PQRS'.includes(dim)) && !slidesTwice(mapped)) slid++
    }),
    { numRuns: 1800 },
  )
  assert.ok(slid > 500, `only ${slid} windows slid`)
})

test('every multiply-accumulate is done once, and every word used crosses DRAM at least once', () => {
  fc.assert(
    fc.property(mappedProblems(), ({ bounds, mapping }) => {
      const { accesses, fills, usedPes, cycles, utilisation } = mappingCost(bounds, mapping, LARGE)
      const { macs, distinctMacs, touched } = walkNest(mapping, bounds)
      assert.is(accesses.macs, macsOfProblem(bounds))
      assert.is(macs, accesses.macs)
      assert.is(distinctMacs, macs)
      // With a stride above the kernel's size some inputs are never used, and the window still loads those it spans.
      assert.ok(fills.scratchpadWeights >= touched.W && fills.scratchpadInputs >= touched.I)
      assert.is(touched.W, bounds.R * bounds.S * bounds.C * bounds.K)
      assert.is(touched.O, bounds.P * bounds.Q * bounds.K * bounds.N)
      assert.is(fills.drainedOutputs - fills.returnedOutputs, touched.O)
      assert.ok(cycles * usedPes >= macs && utilisation > 0 && utilisation <= usedPes / 256)
    }),
    { numRuns: 500 },
  )
})

test('a nest within the scratchpad moves each word once', () => {
  const bounds = parseProblem('R3 S2 P4 Q5 C6 K7 N2 stride 3')
  const all = parseMapping('L3[WIO] Q1 - L2[WI] K7 N2 C6 R3 - L1[O] P4 Q5 S2 - L0[W] Q1')
  const { fills } = mappingCost(bounds, all, LARGE)
  assert.is(fills.scratchpadWeights, 3 * 2 * 6 * 7)
  assert.is(fills.scratchpadInputs, 2 * 6 * (3 * 3 + 3) * (4 * 3 + 2))
})

test('more bandwidth never costs cycles, and enough of it leaves the multiply-accumulates alone', () => {
  const words = fc.double({ min: 0.01, max: 100, noNaN: true })
  fc.assert(
    fc.property(mappedProblems({ factors: 12 }), words, words, ({ bounds, mapping }, a, b) => {
      const cycles = (bandwidth: number) => mappingCost(bounds, mapping, hierarchy(256, 64, bandwidth)).cycles
      assert.ok(cycles(Math.max(a, b)) <= cycles(Math.min(a, b)))
      const { usedPes, accesses } = mappingCost(bounds, mapping, LARGE)
      assert.is(cycles(1e12), Math.ceil(accesses.macs / usedPes))
      assert.is(cycles(1e-3), Math.ceil(Math.max(accesses.macs / usedPes, accesses.dram / 1e-3)))
    }),
  )
})

test('a larger buffer never makes a legal mapping illegal, and changes none of its counts', () => {
  const kib = fc.constantFrom(0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8)
  let legal = 0
  fc.assert(
    fc.property(mappedProblems({ factors: 9 }), kib, kib, kib, kib, ({ bounds, mapping }, sp, acc, more, moreAcc) => {
      const small = hierarchy(sp, acc)
      if (overflows(bounds, mapping, small).length > 0) return
      legal++
      const large = hierarchy(sp + more, acc + moreAcc)
      assert.equal(overflows(bounds, mapping, large), [])
      assert.equal(mappingCost(bounds, mapping, large), mappingCost(bounds, mapping, small))
    }),
    { numRuns: 500 },
  )
  assert.ok(legal > 100 && legal < 500, `${legal} legal`)
})

test('mappingCost() and overflows() agree with the independent counts of every vector', () => {
  const vectors = mappingVectors()
  assert.ok(vectors.length > 150)
  for (const row of vectors) {
    const bounds = parseProblem(row.problem)
    const mapping = parseMapping(row.mapping)
    const machine = hierarchy(row.scratchpadKb, row.accumulatorKb, row.wordsPerCycle)
    assert.is(String(overflows(bounds, mapping, machine).length === 0), row.valid, row.mapping)
    if (row.valid === 'false') continue
    const { accesses, cycles } = mappingCost(bounds, mapping, machine)
    assert.equal(
      [cycles, accesses.register, accesses.accumulator, accesses.scratchpad, accesses.dram],
      [row.cycles, row.regAccesses, row.accAccesses, row.spAccesses, row.dramAccesses],
      row.mapping,
    )
    const perMac = accessEnergyPj(accesses, arrayEnergies(row.energyTable, machine)) / accesses.macs
    assert.ok(Math.abs(perMac / row.energyPjPerMac - 1) < 1e-12, `${row.mapping}: ${perMac} pJ`)
  }
})

test.run()

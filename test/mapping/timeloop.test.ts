import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arrayEnergies } from '../../lib/hardware/mod.ts'
import {
  accessEnergyPj,
  convolutionProblem,
  formatMapping,
  type Hierarchy,
  LEVELS,
  MAP_SPACES,
  type Mapping,
  type MapSpace,
  mappingCost,
  mapSpace,
  matmulProblem,
  type Problem,
  parseMapping,
} from '../../lib/mapping/mod.ts'
import { timeloopVectors } from '../vectors/csv.ts'

const PROBLEMS: Readonly<Record<string, Problem>> = {
  'q-projection': matmulProblem({ m: 512, k: 768, n: 768 }),
  'conv1x1-2048': convolutionProblem({ kernel: 1, outSide: 7, inChannels: 512, outChannels: 2048 }),
  'conv3x3-512': convolutionProblem({ kernel: 3, outSide: 7, inChannels: 512, outChannels: 512 }),
  'conv7x7-64-s2': convolutionProblem({ kernel: 7, outSide: 112, inChannels: 3, outChannels: 64, stride: 2 }),
}
const HIERARCHY: Hierarchy = {
  rows: 16,
  columns: 16,
  scratchpadBytes: 256 * 1024,
  accumulatorBytes: 64 * 1024,
  operandBytes: 1,
  accumulatorWordBytes: 4,
  dramWordsPerCycle: 8,
}
const ENERGIES = arrayEnergies('timeloop-pat', HIERARCHY)

const rows = timeloopVectors().map((row) => ({
  ...row,
  bounds: PROBLEMS[row.op] as Problem,
  parsed: parseMapping(row.mapping),
}))
const energyPerMac = (bounds: Problem, mapping: Mapping) => {
  const { accesses } = mappingCost(bounds, mapping, HIERARCHY)
  return accessEnergyPj(accesses, ENERGIES) / accesses.macs
}

/** In what a mapping breaks the constraints of a map space; unit loops do not count. */
function violations(mapping: Mapping, space: MapSpace): string[] {
  return LEVELS.flatMap(({ key, label }) => {
    const dims = mapping[key].temporal.filter(({ factor }) => factor > 1).map(({ dim }) => dim)
    const open = key === 'dram' ? undefined : space.temporal[key]
    const closed = dims.filter((dim) => open && !open.includes(dim)).map((dim) => `${label} has a loop over ${dim}`)
    const order = space.order[key]?.filter((dim) => dims.includes(dim)).reverse()
    return order && order.join() !== dims.join() ? [...closed, `${label} is in order ${dims.join(' ')}`] : closed
  })
}

test('every mapping costs the energy that Timeloop says, to within 2e-4', () => {
  assert.is(rows.length, 91)
  let worst = 0
  for (const { op, mapping, bounds, parsed, energy_pj_per_mac } of rows) {
    const off = Math.abs(energyPerMac(bounds, parsed) / energy_pj_per_mac - 1)
    assert.ok(off < 1e-3, `${op} ${mapping}: ${off}`)
    worst = Math.max(worst, off)
  }
  assert.ok(worst < 2e-4, `largest difference ${worst}`)
})

test('every mapping uses the array as well as Timeloop says, to the two decimals that it prints', () => {
  for (const { op, mapping, bounds, parsed, utilisation } of rows) {
    const ours = mappingCost(bounds, parsed, HIERARCHY).utilisation
    assert.ok(Math.abs(ours - utilisation) <= 0.005 + 1e-12, `${op} ${mapping}: ${ours} against ${utilisation}`)
  }
})

test("Timeloop's notation comes out as it went in, but for unit loops", () => {
  for (const { mapping, parsed } of rows) {
    // Timeloop prints no Q1 where a level has an unrolled loop alone, and may print unit loops elsewhere.
    const spaced = mapping.replaceAll(/\] (?=[A-Z]\d+[XY])/g, '] Q1 ')
    assert.is(formatMapping(parsed), spaced)
    assert.is(formatMapping(parseMapping(formatMapping(parsed))), spaced)
  }
})

test("Timeloop's mappings lie in the map space they were drawn from", () => {
  const broken = (name: string, space: MapSpace) =>
    rows.filter((row) => row.mapspace === name).map((row) => violations(row.parsed, space))
  for (const name of ['random', 'arch_baseline']) assert.equal(broken(name, mapSpace(name)).flat(), [])
  // The rows can tell the spaces apart.
  const closedRegister = broken('arch_baseline', MAP_SPACES.real_gemmini).flat()
  assert.ok(closedRegister.length > 10 && closedRegister.every((text) => text === 'L0 has a loop over P'))
  assert.ok(broken('random', MAP_SPACES.arch_baseline).flat().length > 60)
  const gemminiOrder = broken('arch_baseline', MAP_SPACES.gemmini).flat()
  assert.ok(gemminiOrder.some((text) => text.startsWith('L1 is in order')))
})

test('worked example: a projection of BERT-Base, every count', () => {
  const bounds = PROBLEMS['q-projection'] as Problem
  const mapping = parseMapping('L3[WIO] K8 C4 - L2[WI] P512 K8 C24 - L1[O] C2 K12 C4X - L0[W] Q1')
  assert.equal(mappingCost(bounds, mapping, HIERARCHY), {
    usedPes: 4,
    fills: {
      registerWeights: 8 * 4 * 512 * 8 * 24 * 2 * 12 * 4,
      scratchpadWeights: 192 * 96 * 8 * 4,
      scratchpadInputs: 192 * 512 * 8 * 4,
      drainedOutputs: 12 * 131_072,
      returnedOutputs: 1_179_648,
    },
    accesses: {
      macs: 301_989_888,
      register: 603_979_776,
      accumulator: 152_174_592,
      scratchpad: 607_715_328,
      dram: 6_488_064,
    },
    cycles: 75_497_472,
    utilisation: 0.015625,
  })
  assert.ok(Math.abs(energyPerMac(bounds, mapping) - 18.48322) < 5e-6)
})

test('worked example: a strided convolution whose input window slides, every count', () => {
  const bounds = PROBLEMS['conv7x7-64-s2'] as Problem
  const mapping = parseMapping('L3[WIO] C3 K16 P2 - L2[WI] P4 K4 Q2 - L1[O] Q14 R7 S7 - L0[W] Q4 P14')
  const macs = 49 * 112 * 112 * 3 * 64
  // A window of (55 * 2 + 7) x (111 * 2 + 7); half of the steps move it by 2 * 56 rows and fetch those alone.
  const inputs = 3 * 16 * (117 * 229 + 112 * 229)
  // The registers are written anew in every step of the accumulator's loops and those outside, P2 K16 C3 P4 K4 included.
  const registerWeights = 3 * 16 * 2 * 4 * 4 * 2 * 14 * 49
  const drained = 14 * 4 * 14 * 3 * 16 * 2 * 4 * 4 * 2
  const returned = drained - 112 * 112 * 64
  const dram = 9_408 + inputs + drained + returned
  assert.equal(mappingCost(bounds, mapping, HIERARCHY), {
    usedPes: 1,
    fills: {
      registerWeights,
      scratchpadWeights: 9_408,
      scratchpadInputs: 2_517_168,
      drainedOutputs: 2_408_448,
      returnedOutputs: returned,
    },
    accesses: {
      macs,
      register: macs + registerWeights,
      accumulator: 2 * macs + returned,
      scratchpad: macs + registerWeights + 9_408 + inputs,
      dram,
    },
    cycles: macs,
    utilisation: 1 / 256,
  })
  assert.is(inputs, 2_517_168)
  assert.is(drained, 2_408_448)
  assert.ok(Math.abs(energyPerMac(bounds, mapping) - 18.21526) < 5e-6)
})

test.run()

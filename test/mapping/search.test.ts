import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { arrayEnergies } from '../../lib/hardware/mod.ts'
import {
  accessEnergyPj,
  formatMapping,
  mappingCost,
  mergeStudies,
  OBJECTIVES,
  type SampleOptions,
  type SampleStudy,
  sampleMapSpace,
} from '../../lib/mapping/mod.ts'
import { dosa, hierarchy, target } from '../support/mappings.ts'

/** What a study found, as one value to compare: the distribution, and the least of each objective. */
const facts = ({ samples, draws, edp, best }: SampleStudy) => ({
  samples,
  draws,
  least: [best?.edp.edpPjCycles, best?.energy.energyPj, best?.cycles.cycles],
  edp: Object.entries(edp).map(([name, { bins, min, max, count }]) => [
    name,
    min,
    max,
    count,
    [...bins.entries()].filter(([, inBin]) => inBin > 0).join(' '),
  ]),
})
const mappings = ({ best }: SampleStudy) =>
  OBJECTIVES.map((objective) => best && formatMapping(best[objective].mapping))

test('the best mappings are given with what they cost', () => {
  const machine = hierarchy(16, 8)
  const where = target('R3 S3 P12 Q10 C24 K30 stride 2', 'random', machine)
  const { best, edp } = sampleMapSpace(where, { samples: 3000, seed: 5, energies: { dosa: dosa(machine) } })
  assert.ok(best)
  for (const objective of OBJECTIVES) {
    const { mapping, cycles, energyPj, edpPjCycles } = best[objective]
    const cost = mappingCost(where.problem, mapping, machine)
    assert.is(cycles, cost.cycles)
    assert.ok(Math.abs(energyPj / accessEnergyPj(cost.accesses, dosa(machine)) - 1) < 1e-14)
    assert.is(edpPjCycles, energyPj * cycles)
  }
  assert.ok(best.cycles.cycles <= best.edp.cycles && best.energy.energyPj <= best.edp.energyPj)
  assert.is(best.edp.edpPjCycles, edp['dosa']?.min)
})

test('a study is the same in one part or several, joined in any order, and another with another seed', () => {
  const machine = hierarchy()
  const where = target('P48 C96 K80', 'random', machine)
  const energies = { dosa: dosa(machine), pat: arrayEnergies('timeloop-pat', machine) }
  const study = (options: Partial<SampleOptions> = {}) =>
    sampleMapSpace(where, { samples: 35_001, seed: 7, energies, ...options })
  const whole = study()
  assert.is(whole.samples, 35_001)
  assert.equal([whole.edp['dosa']?.count, whole.edp['pat']?.count], [35_001, 35_001])
  for (const of of [2, 3]) {
    const parts = Array.from({ length: of }, (_, index) => study({ part: { index, of } }))
    assert.ok(parts.every(({ samples }) => samples >= 5001 && samples <= 20_000))
    assert.equal(facts(mergeStudies(parts)), facts(whole))
    assert.equal(facts(mergeStudies(parts.toReversed())), facts(whole))
  }
  const other = facts(study({ seed: 8 }))
  assert.is(other.samples, whole.samples)
  assert.is.not(other.draws, whole.draws)
  assert.not.equal(other.edp, facts(whole).edp)
})

test('of equally good mappings the same is kept, however many parts there are and in whatever order they are joined', () => {
  const machine = hierarchy()
  for (const seed of [1, 2, 3, 4, 5]) {
    const study = (index: number, of: number) =>
      sampleMapSpace(target('P48 C96 K80', 'gemmini', machine), {
        samples: 30_001,
        seed,
        energies: { dosa: dosa(machine) },
        part: { index, of },
      })
    const whole = mappings(study(0, 1))
    const parts = [study(0, 2), study(1, 2)]
    assert.equal(mappings(mergeStudies(parts)), whole)
    assert.equal(mappings(mergeStudies(parts.toReversed())), whole)
  }
})

test('samples that are no count, and a seed that is none, are refused', () => {
  const energies = { dosa: dosa(hierarchy()) }
  const where = target('P512 C768 K768', 'random')
  for (const samples of [0, -1, 2.5, Number.NaN]) {
    assert.throws(
      () => sampleMapSpace(where, { samples, seed: 0, energies }),
      new RegExp(`samples must be a positive integer, got ${samples}`),
    )
  }
  assert.throws(() => sampleMapSpace(where, { samples: 1, seed: -1, energies }), /seed must be an integer/)
})

test.run()

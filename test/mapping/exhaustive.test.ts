import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  factorisations,
  formatMapping,
  mapSpace,
  mapSpaceCursor,
  parseProblem,
  sampleMapSpace,
  searchExhaustively,
  visitMappings,
} from '../../lib/mapping/mod.ts'
import { dosa, hierarchy, target } from '../support/mappings.ts'
import { exhaustiveVectors, mapSpaceSizeVectors } from '../vectors/csv.ts'

test('map spaces have as many factorisations as counted independently', () => {
  const vectors = mapSpaceSizeVectors()
  assert.ok(vectors.length >= 48)
  for (const { problem, space, size } of vectors) {
    const cursor = mapSpaceCursor(parseProblem(problem), mapSpace(space), hierarchy())
    assert.is(factorisations(cursor), size, `${problem} ${space}`)
  }
})

test('searchExhaustively() finds the independent minima, and sampling nothing better', () => {
  for (const row of exhaustiveVectors()) {
    const machine = hierarchy(row.scratchpadKb, row.accumulatorKb)
    const where = target(row.problem, row.space, machine)
    const { best, legalFactorisations, priced } = searchExhaustively(where, dosa(machine))
    assert.ok(best)
    assert.is(legalFactorisations, row.validFactorisations)
    assert.ok(priced >= legalFactorisations && priced <= row.mappings, `${row.problem}: ${priced} priced`)
    const found = [best.edp.edpPjCycles, best.energy.energyPj, best.cycles.cycles]
    const sampled = sampleMapSpace(where, { samples: 2000, seed: 1, energies: { dosa: dosa(machine) } }).best
    assert.ok(sampled)
    const tried = [sampled.edp.edpPjCycles, sampled.energy.energyPj, sampled.cycles.cycles]
    for (const [i, expected] of [row.minEdp, row.minEnergy, row.minCycles].entries()) {
      assert.ok(Math.abs((found[i] as number) / expected - 1) < 1e-12, `${row.problem} ${row.space}: ${found[i]}`)
      assert.ok((tried[i] as number) >= (found[i] as number) * (1 - 1e-12))
    }
  }
})

test('visitMappings() passes over orders only where another costs the same', () => {
  const problems = ['P4 C2 K6', 'R4 P4 C2 stride 2', 'R2 S2 P2 Q2 K2', 'P2 C4 K2 N2']
  for (const problem of problems) {
    const { problem: bounds, space, hierarchy: machine } = target(problem, 'random')
    const cursor = mapSpaceCursor(bounds, space, machine)
    const { choice, orders, order, loops, cost, tables } = cursor
    const costs = () => Object.values(cost).join()
    const visited = new Set<string>()
    let visits = 0
    visitMappings(cursor, () => {
      visits++
      visited.add(`${choice.join()} ${costs()}`)
    })
    const all = new Set<string>()
    let mappings = 0
    const every = (level: 'accumulator' | 'scratchpad' | 'dram') => {
      const first = orders[level].first[loops[level]] as number
      return Array.from({ length: orders[level].count[loops[level]] as number }, (_, i) => first + i)
    }
    const choose = (table: number) => {
      const size = tables[table]?.size
      for (let i = 0; size !== undefined && i < size; i++) {
        choice[table] = i
        choose(table + 1)
      }
      if (size !== undefined || !cursor.fits()) return
      cursor.takeFactors()
      for (order.accumulator of every('accumulator')) {
        for (order.scratchpad of every('scratchpad')) {
          for (order.dram of every('dram')) {
            cursor.price()
            mappings++
            all.add(`${choice.join()} ${costs()}`)
          }
        }
      }
    }
    choose(0)
    assert.equal([...visited].sort(), [...all].sort(), problem)
    assert.ok(visits < 0.9 * mappings, `${problem}: ${visits} of ${mappings} visited`)
  }
})

test('an enumeration of too many factorisations is refused', () => {
  const energies = { dosa: dosa(hierarchy()) }
  const where = target('P512 C768 K768', 'random')
  assert.throws(
    () => searchExhaustively(where, energies.dosa),
    /^Cannot enumerate a map space: it must have at most 10000000 factorisations, got 65105920; sample it$/,
  )
  assert.throws(() => searchExhaustively(target('P4', 'gemmini'), energies.dosa, 2), /at most 2 factorisations, got 3/)
})

test('a problem of one multiply-accumulate has one mapping', () => {
  const where = target('Q1', 'random')
  const { best, legalFactorisations, priced } = searchExhaustively(where, dosa(hierarchy()))
  assert.equal([legalFactorisations, priced, best?.cycles.cycles], [1, 1, 1])
  assert.is(best && formatMapping(best.edp.mapping), 'L3[WIO] Q1 - L2[WI] Q1 - L1[O] Q1 - L0[W] Q1')
})

test.run()

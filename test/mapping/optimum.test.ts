import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { leastEdpMapping, mapSpaceSize, matmulProblem, searchExhaustively } from '../../lib/mapping/mod.ts'
import { dosa, hierarchy, target } from '../support/mappings.ts'
import { exhaustiveVectors } from '../vectors/csv.ts'

test('leastEdpMapping() finds the independent minima', () => {
  for (const row of exhaustiveVectors()) {
    const machine = hierarchy(row.scratchpadKb, row.accumulatorKb)
    const { edpPjCycles } = leastEdpMapping(target(row.problem, row.space, machine), dosa(machine))
    assert.ok(Math.abs(edpPjCycles / row.minEdp - 1) < 1e-12, `${row.problem} ${row.space}: ${edpPjCycles}`)
  }
})

test('leastEdpMapping() finds what a full enumeration finds, even where the bound it prunes by is reached', () => {
  const machine = hierarchy(256, 64, 64)
  for (let m = 1; m <= 5; m++) {
    for (let n = 1; n <= 15; n += 2) {
      const where = { ...target('Q1', 'gemmini', machine), problem: matmulProblem({ m, k: 16 - n, n }) }
      const { best } = searchExhaustively(where, dosa(machine))
      assert.is(leastEdpMapping(where, dosa(machine)).edpPjCycles, best?.edp.edpPjCycles, `${m} x ${16 - n} x ${n}`)
    }
  }
})

test('mapSpaceSize() counts the mappings that the independent enumeration went through', () => {
  let counted = 0
  for (const row of exhaustiveVectors()) {
    const { problem, space, hierarchy: machine } = target(row.problem, row.space)
    const { tilings, mappings } = mapSpaceSize(problem, space, machine)
    assert.is(tilings, row.factorisations)
    // The enumeration left out what does not fit.
    if (row.validFactorisations < row.factorisations) assert.ok(mappings > row.mappings)
    else {
      assert.is(mappings, row.mappings, `${row.problem} ${row.space}`)
      counted++
    }
  }
  assert.ok(counted >= 7)
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  checkLegal,
  drawMapping,
  formatMapping,
  MAP_SPACE_NAMES,
  MAP_SPACES,
  type MapSpace,
  type MapSpaceCursor,
  mappingCost,
  mapSpace,
  mapSpaceCursor,
  overflows,
  parseProblem,
  visitMappings,
} from '../../lib/mapping/mod.ts'
import { createRng } from '../../lib/numeric/mod.ts'
import { hierarchy } from '../support/mappings.ts'

const LEVELS = ['accumulator', 'scratchpad', 'dram'] as const
const SHAPES = [
  'P512 C768 K768',
  'P333 C75 K45',
  'C640 K1024',
  'P36 C30 K36 N4',
  'R3 S3 P14 Q14 C32 K48 stride 2',
  'R5 S3 P10 Q15 C12 K16 N2 stride 3',
  'R4 S6 P18 Q30 C5 K9',
  'R2 S2 P9 Q9 C4 K4 N3 stride 3',
]

/** What a cursor says its current mapping costs, and what mappingCost() says. */
function bothCosts(text: string, cursor: MapSpaceCursor, machine = hierarchy()) {
  const { cost, used } = cursor
  const { macs, register, accumulator, scratchpad, dram, cycles } = cost
  const mapping = cursor.mapping()
  const readable = mappingCost(parseProblem(text), mapping, machine)
  return {
    name: `${text}: ${formatMapping(mapping)}`,
    fast: [used.rows * used.columns, cycles, { macs, register, accumulator, scratchpad, dram }],
    readable: [readable.usedPes, readable.cycles, readable.accesses],
  }
}

test('a mapping drawn from any space costs what mappingCost() says', () => {
  for (const text of SHAPES) {
    for (const space of MAP_SPACE_NAMES) {
      const machine = hierarchy(16, 8, 5.75)
      const cursor = mapSpaceCursor(parseProblem(text), mapSpace(space), machine)
      const rng = createRng(1)
      for (let i = 0; i < 200; i++) {
        drawMapping(cursor, rng)
        const { name, fast, readable } = bothCosts(text, cursor, machine)
        assert.equal(fast, readable, name)
      }
    }
  }
})

test('a mapping visited in an enumeration costs what mappingCost() says', () => {
  let visited = 0
  for (const [text, space] of [
    ['R3 S2 P2 Q2 C2 stride 2', 'gemmini'],
    ['R2 P4 K3', 'random'],
    ['R3 P6 C2 N2 stride 2', 'arch_baseline'],
  ] as const) {
    const cursor = mapSpaceCursor(parseProblem(text), mapSpace(space), hierarchy())
    visitMappings(cursor, () => {
      visited++
      const { name, fast, readable } = bothCosts(text, cursor)
      assert.equal(fast, readable, name)
    })
  }
  assert.ok(visited > 600, `${visited} visited`)
})

test('a drawn mapping is legal, and lies in its space', () => {
  const bounds = parseProblem('R3 S3 P14 Q12 C32 K48')
  const machine = hierarchy(4, 2)
  for (const name of MAP_SPACE_NAMES) {
    const space = mapSpace(name)
    const cursor = mapSpaceCursor(bounds, space, machine)
    const rng = createRng(2)
    let rejected = 0
    for (let i = 0; i < 300; i++) {
      rejected += drawMapping(cursor, rng) - 1
      const mapping = cursor.mapping()
      checkLegal(bounds, mapping, machine)
      for (const level of ['register', 'accumulator', 'scratchpad'] as const) {
        const dims = mapping[level].temporal.filter(({ factor }) => factor > 1).map(({ dim }) => dim)
        const allowed: readonly string[] = space.temporal[level]
        assert.ok(
          dims.every((dim) => allowed.includes(dim)),
          `${name}: ${formatMapping(mapping)}`,
        )
      }
      for (const level of ['accumulator', 'dram'] as const) {
        const dims = mapping[level].temporal.filter(({ factor }) => factor > 1).map(({ dim }) => dim)
        const fixed = space.order[level]?.filter((dim) => dims.includes(dim)).reverse()
        if (fixed) assert.equal(dims, fixed, `${name}: ${formatMapping(mapping)}`)
      }
    }
    assert.ok(rejected > 100, `${name}: ${rejected} rejected`)
  }
})

test('fits() rejects just the factors that overflow a buffer', () => {
  const bounds = parseProblem('R3 S2 P4 Q6 C8 K12 stride 2')
  const machine = hierarchy(1, 0.5)
  const cursor = mapSpaceCursor(bounds, MAP_SPACES.random, machine)
  const rng = createRng(3)
  let fitting = 0
  for (let i = 0; i < 2000; i++) {
    for (const [t, { size }] of cursor.tables.entries()) cursor.choice[t] = rng.integer(size)
    const fits = cursor.fits()
    cursor.takeFactors()
    for (const level of LEVELS) cursor.order[level] = cursor.orders[level].first[cursor.loops[level]] as number
    assert.is(fits, overflows(bounds, cursor.mapping(), machine).length === 0, formatMapping(cursor.mapping()))
    if (fits) fitting++
  }
  assert.ok(fitting > 200 && fitting < 1800, `${fitting} fit`)
})

test('a space that holds weights in the registers is refused', () => {
  const { temporal } = MAP_SPACES.random
  const space: MapSpace = { ...MAP_SPACES.random, name: 'mine', temporal: { ...temporal, register: ['K', 'P'] } }
  assert.throws(
    () => mapSpaceCursor(parseProblem('P4 K4'), space, hierarchy()),
    /^Cannot search mine: a register holds one weight, so its loops must be over P, Q or N, got K$/,
  )
})

test('a fixed order that misses a dimension is refused, as is an impossible hierarchy', () => {
  const space = { ...MAP_SPACES.random, order: { dram: ['P', 'Q', 'N', 'C', 'R', 'S'] as const } }
  assert.throws(() => mapSpaceCursor(parseProblem('P4'), space, hierarchy()), /must name each of R S P Q C K N once/)
  assert.throws(
    () => mapSpaceCursor(parseProblem('P4'), MAP_SPACES.random, { ...hierarchy(), rows: 0 }),
    /rows must be a positive number, got 0/,
  )
})

test('an unknown map space lists the known ones', () => {
  assert.throws(
    () => mapSpace('real'),
    /the map space must be one of random, arch_baseline, real_gemmini, gemmini, got "real"/,
  )
  assert.throws(() => mapSpace('toString'), /got "toString"/)
})

test.run()

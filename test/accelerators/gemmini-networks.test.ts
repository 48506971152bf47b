import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type ArchitectureSpace,
  architectureCount,
  type Candidate,
  checkArchitecture,
  costTable,
  evolve,
  gemmini,
  gemminiArray,
  gemminiHierarchy,
  headWidthUnder,
  layerParameters,
  mutateArchitecture,
  paretoFront,
  perplexityEstimator,
  randomArchitecture,
  type SubNetwork,
  thinFront,
} from '../../lib/accelerators/gemmini/mod.ts'
import { arrayEnergies, operationCost } from '../../lib/hardware/mod.ts'
import { mapSpace, matmulProblem, searchExhaustively } from '../../lib/mapping/mod.ts'
import { createRng } from '../../lib/numeric/mod.ts'

const SPACE: ArchitectureSpace = { layers: [1, 2], heads: [1, 2, 4], hidden: [16, 32], ffn: [32, 64] }
const network = (hidden: number, ...layers: [number, number][]): SubNetwork => ({
  hidden,
  layers: layers.map(([heads, ffn]) => ({ heads, ffn })),
})

test('a small space is counted by hand: 2 widths, 6 choices a layer, one layer or two', () => {
  assert.is(architectureCount(SPACE), 2 * (6 + 36))
})

test('whatever is drawn or mutated lies in the space, and mutation with probability 0 changes nothing', () => {
  const rng = createRng(5)
  for (let i = 0; i < 500; i++) {
    const drawn = randomArchitecture(SPACE, rng)
    checkArchitecture(drawn, SPACE)
    checkArchitecture(mutateArchitecture(drawn, SPACE, { probability: 0.7, rng }), SPACE)
    assert.equal(mutateArchitecture(drawn, SPACE, { probability: 0, rng }), drawn)
  }
  assert.throws(() => checkArchitecture(network(16, [3, 32]), SPACE), /heads must be one of 1, 2, 4, got 3/)
  assert.throws(() => checkArchitecture(network(20, [1, 32]), SPACE), /hidden must be one of 16, 32, got 20/)
})

test('paretoFront() keeps exactly what nothing else beats, by the definition', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }))
  fc.assert(
    fc.property(fc.array(point, { maxLength: 30 }), (points) => {
      const candidates: Candidate[] = points.map((objectives, i) => ({ network: network(i), objectives }))
      const beats = (a: readonly number[], b: readonly number[]) =>
        (a[0] as number) <= (b[0] as number) && (a[1] as number) <= (b[1] as number) && `${a}` !== `${b}`
      const expected = new Set(points.filter((p) => !points.some((q) => beats(q, p))).map(String))
      const front = paretoFront(candidates)
      assert.equal(new Set(front.map(({ objectives }) => String(objectives))), expected)
      assert.is(front.length, expected.size)
    }),
  )
})

test('thinFront() keeps the ends and an even choice between them', () => {
  const front = Array.from({ length: 9 }, (_, i) => ({ network: network(i), objectives: [i, -i] }) as Candidate)
  assert.equal(
    thinFront(front, 3).map(({ objectives }) => objectives[0]),
    [0, 4, 8],
  )
  assert.is(thinFront(front, 20).length, 9)
  assert.is(thinFront(front, 1).length, 1)
})

test('evolve() finds the front of a space small enough to go through, keeps what it is given, and repeats itself', () => {
  const measure = ({ hidden, layers }: SubNetwork): [number, number] => {
    const size = layers.reduce((sum, { heads, ffn }) => sum + heads * 10 + ffn, hidden)
    return [size, 1000 / size + (layers[0]?.heads === 2 ? 5 : 0)]
  }
  const run = (seed: number) =>
    evolve(SPACE, measure, { population: 20, rounds: 60, mutationProbability: 0.3, rng: createRng(seed) })
  const all: Candidate[] = []
  const layerChoices = SPACE.heads.flatMap((heads) => SPACE.ffn.map((ffn) => ({ heads, ffn })))
  for (const hidden of SPACE.hidden) {
    for (const first of layerChoices) {
      for (const layers of [[first], ...layerChoices.map((second) => [first, second])]) {
        all.push({ network: { hidden, layers }, objectives: measure({ hidden, layers }) })
      }
    }
  }
  assert.is(all.length, architectureCount(SPACE))
  const objectives = (front: readonly Candidate[]) => front.map((candidate) => candidate.objectives)
  assert.equal(objectives(run(1)), objectives(paretoFront(all)))
  assert.equal(run(1), run(1))
  const start = [network(16, [1, 32])]
  const few = evolve(SPACE, measure, { population: 2, rounds: 1, mutationProbability: 0.1, rng: createRng(1), start })
  assert.ok(few.some((candidate) => candidate.objectives[0] === measure(start[0] as SubNetwork)[0]))
})

test('the width of a head under each rule, and the parameters of a layer, by hand', () => {
  const options = { arrayDim: 16, fixedWidth: 64 }
  const width = (rule: 'floor' | 'whole-blocks' | 'fixed') => headWidthUnder(rule, { hidden: 672, heads: 10 }, options)
  assert.equal([width('floor'), width('whole-blocks'), width('fixed')], [67, 80, 64])
  // d = 4, two heads of 3: Q, K, V 3 x (4 x 6 + 6), output 6 x 4 + 4, FFN 4 x 5 + 5 + 5 x 4 + 4, two LayerNorms of 8.
  assert.is(
    layerParameters(network(4, [2, 5]), () => 3),
    90 + 28 + 49 + 16,
  )
})

const OPTIONS = {
  seqLen: 24,
  dramWordsPerCycle: 8,
  energyTable: 'dosa',
  mapSpace: 'arch_baseline',
  headWidthRule: 'fixed',
  fixedHeadWidth: 8,
  vocabulary: 0,
  residualWords: 3,
} as const

test("a network costs what its operators cost: each matmul's best mapping by exhaustive search, and the passes by hand", () => {
  const machine = gemmini({ scratchpadKb: 2, accumulatorKb: 2 })
  const energies = arrayEnergies('dosa', gemminiArray(machine))
  const best = (m: number, k: number, n: number) => {
    const target = {
      problem: matmulProblem({ m, k, n }),
      space: mapSpace('arch_baseline'),
      hierarchy: gemminiHierarchy(machine, 8),
    }
    const found = searchExhaustively(target, energies).best?.edp
    return { cycles: found?.cycles ?? Number.NaN, energyPj: found?.energyPj ?? Number.NaN }
  }
  // One layer of d = 32, 2 heads of 8 (w = 16), FFN 48, 24 tokens.
  const matmuls = [
    ...Array.from({ length: 3 }, () => best(24, 32, 16)),
    ...Array.from({ length: 2 }, () => best(24, 8, 24)),
    ...Array.from({ length: 2 }, () => best(24, 24, 8)),
    best(24, 16, 32),
    best(24, 32, 48),
    best(24, 48, 32),
  ]
  const normalised = 2 * 24 * 24 + 2 * 24 * 32
  const residual = 3 * 2 * 24 * 32
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const table = costTable(machine, OPTIONS)
  const cost = table.network(network(32, [2, 48]))
  assert.is(table.entries().length, 6)
  assert.is(cost.cycles, sum(matmuls.map((m) => m.cycles)) + (3 * normalised) / 16 + residual / 8)
  const energyPj = sum(matmuls.map((m) => m.energyPj)) + 3 * normalised * energies.accumulatorPj + residual * 100
  assert.ok(Math.abs(cost.energyPj / energyPj - 1) < 1e-12)
  assert.is(cost.macs, 24 * 32 * 16 * 4 + 2 * 2 * 24 * 24 * 8 + 2 * 24 * 32 * 48)
  const withHead = costTable(machine, { ...OPTIONS, vocabulary: 100 }).network(network(32, [2, 48]))
  assert.is(withHead.cycles - cost.cycles, best(24, 32, 100).cycles)
})

test('perplexity is exact where it was measured and a weighted mean elsewhere', () => {
  const largest = network(4, [2, 4])
  const measured = [
    { network: network(4, [2, 4]), perplexity: 10 },
    { network: network(2, [2, 4]), perplexity: 30 },
  ]
  const estimate = perplexityEstimator(measured, largest)
  assert.equal(estimate(network(2, [2, 4])), { perplexity: 30, measured: true })
  // Of the two, width 3 of 4 is a quarter away from both.
  assert.equal(estimate(network(3, [2, 4])), { perplexity: 20, measured: false })
  // Width 1 of 4: 3/4 and 1/4 away, weights 1 to 9.
  assert.ok(Math.abs(estimate(network(1, [2, 4])).perplexity - (10 + 9 * 30) / 10) < 1e-12)
  assert.throws(() => perplexityEstimator([], largest), /some network must be measured, none is/)
})

test('an unknown operation has no price', () => {
  assert.is(operationCost('add8').energyPj, 0.03)
  assert.throws(() => operationCost('add9'), /must be one of add8, .*got "add9"/)
})

test.run()

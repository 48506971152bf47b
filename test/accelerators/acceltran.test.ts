import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OnChipBuffer } from '../../lib/accelerators/acceltran/buffers.ts'
import { InFlight } from '../../lib/accelerators/acceltran/in-flight.ts'
import {
  ACCELTRAN,
  ACCELTRAN_BLOCKS,
  ACCELTRAN_QUIRKS,
  type AccelTranRun,
  AREA_PARTS,
  accelTran,
  areaMm2,
  batchEnergy,
  bitsPerCycle,
  bitsPerElement,
  type CycleSample,
  DATAFLOWS,
  EDGE,
  encoderWork,
  footprint,
  LOW_POWER_ISSUE_WIDTH,
  laneCost,
  laneReuse,
  MAIN_MEMORY_ACCESS_NJ,
  type Operation,
  PE_PARTS,
  peakTops,
  Recorder,
  SERVER,
  type Simulation,
  STALL,
  STALL_CAUSES,
  simulate,
  TILE_LOOPS,
  type TileCounts,
  tileLatencies,
  watts,
} from '../../lib/accelerators/acceltran/mod.ts'
import { tilesOf, windowAt } from '../../lib/accelerators/acceltran/windows.ts'
import { bertBase, bertTiny } from '../../lib/workload/mod.ts'
import { near } from '../support/near.ts'

type TileLoop = (typeof TILE_LOOPS)[number]

const close = (got: number, expected: number, what: string, relative = 1e-12) =>
  assert.ok(near(got, expected, relative), `${what}: ${got} for ${expected}`)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const integer = (min: number, max: number) => fc.integer({ min, max })

// Lanes

/** Four nested loops that deal tile operations to lanes, each of which remembers the indices of its last one. */
function dealt(
  tiles: TileCounts,
  dataflow: string,
  { lanes, columnIgnored }: { lanes: number; columnIgnored: boolean },
) {
  const registers: (Record<TileLoop, number> | undefined)[] = Array.from({ length: lanes })
  const found = { tileOperations: 0, weightReuses: 0, activationReuses: 0 }
  const nest = (depth: number, at: Readonly<Partial<Record<TileLoop, number>>>): void => {
    const loop = dataflow[depth] as TileLoop | undefined
    if (loop !== undefined) {
      for (let index = 0; index < tiles[loop]; index++) nest(depth + 1, { ...at, [loop]: index })
      return
    }
    const lane = found.tileOperations++ % lanes
    const last = registers[lane]
    const same = (...loops: readonly TileLoop[]) => last !== undefined && loops.every((name) => last[name] === at[name])
    if (same('b', 'i', 'k')) found.weightReuses++
    if (columnIgnored ? same('b', 'k') : same('b', 'j', 'k')) found.activationReuses++
    registers[lane] = at as Record<TileLoop, number>
  }
  nest(0, {})
  return found
}

test('reuse is that of four nested loops with a register per lane and operand, in all 24 orders', () => {
  assert.is(new Set(DATAFLOWS).size, 24)
  assert.ok(DATAFLOWS.every((dataflow) => [...dataflow].sort().join('') === 'bijk'))
  assert.equal([...DATAFLOWS], [...DATAFLOWS].sort())
  let differing = 0
  fc.assert(
    fc.property(
      fc.record({ b: integer(1, 3), i: integer(1, 4), j: integer(1, 4), k: integer(1, 4) }),
      integer(1, 7),
      (tiles, lanes) => {
        for (const dataflow of DATAFLOWS) {
          const [right, published] = [false, true].map((columnIgnored) => {
            const own = laneReuse(tiles, dataflow, { lanes, quirks: { columnIgnored } })
            assert.equal(own, dealt(tiles, dataflow, { lanes, columnIgnored }), `${dataflow}, ${columnIgnored}`)
            return own
          })
          assert.equal(laneReuse(tiles, dataflow, { lanes }), right)
          assert.ok((published?.activationReuses ?? 0) >= (right?.activationReuses ?? 0))
          if (published?.activationReuses !== right?.activationReuses) differing++
        }
      },
    ),
    { seed: 1, numRuns: 60 },
  )
  assert.ok(differing > 100, `${differing}`)
})

test('one lane keeps what the innermost loop does not index, counted by hand', () => {
  const tiles = { b: 2, i: 3, j: 4, k: 5 }
  // With j innermost a weight is loaded for every b, i and k, with i an activation for every b, j and k.
  const one = (dataflow: string) => laneReuse(tiles, dataflow, { lanes: 1 })
  assert.equal(one('bikj'), { tileOperations: 120, weightReuses: 120 - 30, activationReuses: 0 })
  assert.equal(one('bjki'), { tileOperations: 120, weightReuses: 0, activationReuses: 120 - 40 })
  assert.equal(one('bijk'), { tileOperations: 120, weightReuses: 0, activationReuses: 0 })
  // Four columns on four lanes: each lane stays in its own.
  assert.equal(laneReuse(tiles, 'bikj', { lanes: 4 }).weightReuses, 0)
  assert.equal(laneReuse(tiles, 'bkij', { lanes: 4 }).activationReuses, 120 - 40)
})

test("the products of the paper's dataflow study cost what the published study says", () => {
  // W (4, n1, n2) x A (4, n2, n3) in tiles of 16 x 16 on 4 lanes, from a buffer of 4 MiB.
  const options = { lanes: 4, bufferMb: 4, activationSparsity: 0.5 }
  for (const [rows, columns, operations, reuses, energyNj] of [
    [4, 4, 256, 432, 293.94],
    [4, 8, 512, 944, 537.15],
    [8, 4, 512, 880, 577.74],
  ] as const) {
    const tiles = { b: 4, i: rows, j: columns, k: 4 }
    const reuse = laneReuse(tiles, 'bijk', { lanes: 4, quirks: { columnIgnored: true } })
    const cost = laneCost(reuse, { ...options, freeGap: true })
    assert.equal([reuse.tileOperations, cost.reuses, cost.cycles], [operations, reuses, (operations / 4) * 129])
    const byHand = (operations * 128 * 5.1955) / 700 + (2 * operations - reuses) * 0.079275099 * 2 * (256 / 64)
    close(cost.dynamicNj, byHand, 'energy')
    assert.is(cost.computeNj + cost.readNj, cost.dynamicNj)
    assert.is(cost.dynamicNj.toFixed(2), energyNj.toFixed(2))
    close(cost.leakageNj, (operations * 128 * 0.3189685) / 700, 'leakage')
    assert.is(laneCost(reuse, options).cycles, (operations / 4) * 128)
  }
})

test('tile operations that do not fill all lanes take a round of their own; energy follows clock, buffer and zeros', () => {
  const reuse = { tileOperations: 9, weightReuses: 3, activationReuses: 1 }
  const cost = laneCost(reuse, { lanes: 4, bufferMb: 9, activationSparsity: 0.3, clockMhz: 350 })
  // ceil(256 x 0.7) = 180 cycles each; 18 tiles, 4 of them held, are read at 3 times the energy of a MiB.
  assert.equal([cost.reuses, cost.cycles], [4, 3 * 180])
  close(cost.computeNj, (9 * 180 * 5.1955) / 350, 'lanes')
  close(cost.readNj, 14 * 0.079275099 * 3 * 4, 'reads')
  close(cost.leakageNj, (9 * 180 * 0.3189685) / 350, 'leakage')
})

test('laneReuse() refuses orders that are none, and counts that are no positive integers', () => {
  const tiles = { b: 1, i: 1, j: 1, k: 1 }
  for (const dataflow of ['', 'bij', 'bijj', 'bijkk', 'BIJK', 'bijx']) {
    assert.throws(
      () => laneReuse(tiles, dataflow, { lanes: 1 }),
      (error: unknown) =>
        error instanceof RangeError && error.message.includes(`each of b, i, j, k once, got "${dataflow}"`),
      dataflow,
    )
  }
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const loop of TILE_LOOPS) {
      const message = new RegExp(`${loop} must be a positive integer, got ${value}$`)
      assert.throws(() => laneReuse({ ...tiles, [loop]: value }, 'bijk', { lanes: 1 }), message)
    }
    assert.throws(() => laneReuse(tiles, 'bijk', { lanes: value }), /lanes must be a positive integer/)
  }
})

// Area, peak, latencies, machines

test('the area of the edge device and the server by hand, block by block', () => {
  const edge = areaMm2(accelTran(EDGE))
  // 64 PEs with 16 lanes and 4 softmax modules.
  const parts = {
    mac: 1024 * 9418.667591,
    softmax: 256 * 87573.326116,
    layerNorm: 64 * 81104.126482,
    sparsity: 1024 * (6216.896914 + 1181.201447),
    fifo: 1024 * 484.37911,
    dataflow: 64 * 75946.982,
    dma: 64 * 144.636242,
    buffers: 4 * 303305.83 + 8 * 294100.83 + 302565,
  }
  for (const part of AREA_PARTS) close(edge[part], parts[part] * 1e-6, part)
  assert.equal(
    [edge.mac, edge.softmax, edge.layerNorm, edge.sparsity].map((area) => area.toFixed(3)),
    ['9.645', '22.419', '5.191', '7.576'],
  )
  assert.is(sum(Object.values(edge)).toFixed(3), '54.064')
  assert.is(sum(Object.values(areaMm2(accelTran(SERVER)))).toFixed(2), '1829.70')
})

test('softmax and layer norm have the area and the power of their tile', () => {
  for (const [tileSide, softmax, layerNorm] of [
    [8, [22008.079, 9.1386, 0.6824872], [20631.006, 12.6646, 0.6594879]],
    [16, [87573.326116, 34.6343, 2.6696], [81104.126482, 43.8378, 2.5753]],
    [32, [348466.9, 131.26023, 10.4423], [318834.64, 151.48, 10.03566]],
  ] as const) {
    const machine = { ...accelTran(EDGE), tileSide }
    const area = areaMm2(machine)
    close(area.softmax, 256e-6 * softmax[0], 'softmax')
    close(area.layerNorm, 64e-6 * layerNorm[0], 'layer norm')
    close(area.mac, 1024e-6 * 9418.667591, 'MAC lanes')
    const { parts } = batchEnergy(COUNTED, machine)
    close(parts.softmax.dynamicNj, 2 * softmax[1], 'softmax')
    close(parts.softmax.leakageNj, 2 * softmax[2], 'softmax')
    close(parts.layerNorm.dynamicNj, 3 * layerNorm[1], 'layer norm')
    close(parts.layerNorm.leakageNj, 3 * layerNorm[2], 'layer norm')
  }
  assert.throws(() => areaMm2({ ...accelTran(EDGE), tileSide: 64 }), /one of those synthesised \(8, 16, 32\), got 64/)
})

test('peak throughput by hand: 16 multipliers in every lane, softmax and layer-norm module', () => {
  close(peakTops(accelTran(EDGE)), (64 * (16 + 4 + 1) * 16 * 700) / 1e6, 'edge')
  assert.is(peakTops(accelTran(EDGE)).toFixed(2), '15.05')
  assert.is(peakTops(accelTran(SERVER)).toFixed(2), '372.74')
  close(peakTops({ ...accelTran(EDGE), clockMhz: 1400 }), 2 * peakTops(accelTran(EDGE)), 'twice the clock')
})

test('latencies skip zeros of the activations and are rounded up', () => {
  const at = (side: number, sparsity: number, withFifo = false) => {
    const { matmul, gelu, softmax, layernorm } = tileLatencies(side, sparsity, withFifo)
    return [matmul, gelu, softmax, layernorm]
  }
  assert.equal(at(16, 0), [256, 1, 256, 32])
  assert.equal(at(16, 0.5), [128, 1, 128, 16])
  assert.equal(at(16, 0.3), [180, 1, 180, 23])
  assert.equal(at(16, 0.34), [169, 1, 169, 22])
  assert.equal(at(16, 0.999), [1, 1, 1, 1])
  assert.equal(at(8, 0.5), [16, 1, 32, 8])
  assert.equal(at(32, 0.5), [1024, 1, 512, 32])
  // 16 multipliers are slower than the FIFO, which passes 32 words a cycle.
  for (const [side, sparsity] of [
    [8, 0],
    [8, 0.97],
    [16, 0.5],
    [32, 0.97],
  ] as const) {
    assert.equal(at(side, sparsity, true), at(side, sparsity))
  }
})

test('a byte has eight bits; as published it was a word of twenty', () => {
  assert.is(bitsPerCycle(10), 80)
  assert.is(bitsPerCycle(10, { wordBandwidth: true }), 200)
  assert.is(bitsPerCycle(10, { wordBandwidth: false }), 80)
  const bandwidths = (settings: typeof EDGE, wordBandwidth: boolean) => {
    const { mainMemoryBitsPerCycle, bufferBitsPerCycle } = accelTran(settings, { wordBandwidth })
    return [mainMemoryBitsPerCycle, bufferBitsPerCycle].map((bits) => bits.toFixed(4))
  }
  assert.equal(bandwidths(EDGE, true), ['785.3650', '11350.9800'])
  assert.equal(bandwidths(SERVER, true), ['7853.6500', '11350.9800'])
  assert.equal(bandwidths(EDGE, false), ['314.1460', '4540.3920'])
  assert.equal(bandwidths(SERVER, false), ['3141.4600', '4540.3920'])
})

test('the edge device and the server are those of the published configurations', () => {
  const { bufferBitsPerCycle: _, mainMemoryBitsPerCycle: __, ...edge } = accelTran(EDGE)
  assert.equal(edge, {
    pes: 64,
    macLanesPerPe: 16,
    softmaxPerPe: 4,
    tileSide: 16,
    issueWidth: 8,
    clockMhz: 700,
    buffers: { activationMb: 4, weightMb: 8, maskMb: 1 },
    mainMemoryAccessNj: 13.43777522,
  })
  const { bufferBitsPerCycle: ___, mainMemoryBitsPerCycle: ____, ...server } = accelTran(SERVER)
  assert.equal(server, {
    pes: 512,
    macLanesPerPe: 32,
    softmaxPerPe: 32,
    tileSide: 16,
    issueWidth: 128,
    clockMhz: 700,
    buffers: { activationMb: 32, weightMb: 64, maskMb: 8 },
    mainMemoryAccessNj: 8.63281599,
  })
  assert.equal([EDGE.batch.value, SERVER.batch.value, LOW_POWER_ISSUE_WIDTH.value], [4, 4, 2])
  assert.is(ACCELTRAN.wordBits.value, ACCELTRAN.integerBits.value + ACCELTRAN.fractionBits.value)
})

test('every constant and every rule is told apart, with its source', () => {
  for (const [name, { source, unit }] of Object.entries({ ...ACCELTRAN, ...ACCELTRAN_BLOCKS, ...EDGE, ...SERVER })) {
    assert.ok(unit !== '' && source.kind !== undefined, name)
  }
  const memories = Object.values(MAIN_MEMORY_ACCESS_NJ)
  assert.is(new Set(memories).size, memories.length)
  for (const [quirk, { published, right }] of Object.entries(ACCELTRAN_QUIRKS)) {
    assert.ok(published !== '' && right !== '' && published !== right, quirk)
  }
  assert.equal(Object.values(STALL), [...STALL_CAUSES.keys()])
})

// Footprint

const runs: fc.Arbitrary<AccelTranRun> = fc
  .record({
    layers: integer(1, 4),
    heads: integer(1, 5),
    headWidth: integer(1, 80),
    hidden: integer(1, 200),
    ffn: integer(1, 300),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      vocabulary: integer(1, 40000),
      sequence: integer(1, 600),
      batch: integer(1, 9),
    }),
  )

test('what is held of any encoder follows its closed form', () => {
  fc.assert(
    fc.property(runs, fc.boolean(), (run, weightsPerBatchElement) => {
      const { vocabulary: v, sequence: s, batch: b, shape } = run
      const { layers: l, heads, hidden: h, ffn: f, headWidth: d = 0 } = shape
      const copies = weightsPerBatchElement ? b : 1
      // Query, key, value and context; scores and probabilities; the heads' outputs; both feed-forward layers.
      const perHead = 4 * s * d + 2 * s * s + s * h
      assert.equal(footprint(run, { weightsPerBatchElement, geluTwice: weightsPerBatchElement }), {
        embeddings: (v + s) * h,
        weights: l * copies * (4 * h * heads * d + 2 * h * f),
        activations: b * l * (heads * perHead + s * f + s * h),
      })
    }),
    { seed: 5, numRuns: 200 },
  )
})

test('the footprint of BERT-Tiny and BERT-Base by hand', () => {
  const at = (shape: AccelTranRun['shape'], sequence: number) =>
    footprint({ shape, vocabulary: 30522, sequence, batch: 1 })
  assert.equal(at(bertTiny, 512), {
    embeddings: 31034 * 128,
    weights: 2 * (4 * 128 * 128 + 2 * 128 * 512),
    // Per head: 4 x 512 x 64, 2 x 512^2 and 512 x 128.
    activations: 2 * (2 * (131072 + 524288 + 65536) + 262144 + 65536),
  })
  const base = at(bertBase, 128)
  assert.equal([base.embeddings, base.weights], [30650 * 768, 12 * (4 * 768 * 768 + 2 * 768 * 3072)])
  assert.equal([bitsPerElement(0), bitsPerElement(0.5), bitsPerElement(0.75)], [20, 10, 5])
  assert.throws(() => at(bertTiny, 0), /sequence must be a positive integer, got 0/)
})

test('the work of a layer by hand: what each operation makes, needs and is cut into', () => {
  const shape = { layers: 2, heads: 2, headWidth: 20, hidden: 33, ffn: 64 }
  const run = { shape, vocabulary: 7, sequence: 17, batch: 3 }
  const lines = (quirks = {}) => {
    const { operations, data } = encoderWork(run, 16, quirks)
    const made = (of: Operation) => data.filter(({ producer }) => producer === of).map(({ elements }) => elements)
    return operations.map((own) => {
      const needs = own.needs.map(({ stored, elements }) => `${stored ? 's' : 'l'}${elements}`).join(' ')
      return `${own.name} ${own.kind} ${own.tiles}: ${needs} -> ${made(own).join()}`
    })
  }
  // 2, 2, 3 and 4 tiles along sequence, head, hidden and inner width, for each of 3 sequences.
  const head = [
    'q matmul 36: l660 -> 1020',
    'k matmul 36: l660 -> 1020',
    'v matmul 36: l660 -> 1020',
    'qk matmul 24: s1020 s1020 s1020 -> 867',
    'softmax softmax 12: s867 s1020 -> 867',
    'pv matmul 24: s1020 s867 -> 1020',
    'o matmul 36: l660 s1020 -> 1683',
  ]
  const layer = [
    ...head,
    ...head,
    'attention norm layernorm 18:  -> ',
    'ffn1 matmul 72: l2112 -> 3264',
    'gelu1 gelu 24: s3264 -> ',
    'ffn2 matmul 72: l2112 -> 1683',
    'output norm layernorm 18:  -> ',
  ]
  assert.equal(lines(), [...layer, ...layer])
  const published = lines({ geluTwice: true, weightsPerBatchElement: true })
  assert.equal(published.slice(14, 20), [
    'attention norm layernorm 18:  -> ',
    'ffn1 matmul 72: l6336 -> 3264',
    'gelu1 gelu 18: s3264 -> ',
    'ffn2 matmul 72: l6336 -> 1683',
    'gelu2 gelu 24: s1683 -> ',
    'output norm layernorm 18:  -> ',
  ])
  assert.is(published[0], 'q matmul 36: l1980 -> 1020')
  // What is in no buffer: a layer's input, what norms normalise, and what norms and GeLU make.
  const after = (quirks = {}) =>
    encoderWork(run, 16, quirks).operations.flatMap(({ layer, head, name, after }) =>
      after.length > 0 ? [`${layer} ${head} ${name}: ${after.map((own) => `${own.layer} ${own.name}`).join()}`] : [],
    )
  const single = (layer: number, more = '') => [
    `${layer} null attention norm: ${layer} o,${layer} o`,
    `${layer} null ffn1: ${layer} attention norm`,
    `${layer} null ffn2: ${layer} gelu1`,
    `${layer} null output norm: ${layer} ffn2${more}`,
  ]
  const inner = [0, 1].flatMap((own) => ['q', 'k', 'v'].map((name) => `1 ${own} ${name}: 0 output norm`))
  assert.equal(after(), [...single(0), ...inner, ...single(1)])
  assert.equal(after({ geluTwice: true }), [...single(0, ',0 gelu2'), ...inner, ...single(1, ',1 gelu2')])
  assert.equal(after({ missingDependencies: true }), [])
  const { embedding, tiles, operations } = encoderWork(run, 16)
  assert.equal([embedding.elements, embedding.stored], [24 * 33, false])
  assert.is(tiles, sum(operations.map((own) => own.tiles)))
  assert.throws(() => encoderWork(run, 32), /the tile's side must be at most sequence = 17, got 32/)
})

// Energy

/** Module-cycles that divide by the clock: 1 of the MAC lanes, 2 of softmax, 3 of layer norm, in units of 700. */
const COUNTED: Simulation = {
  cycles: 7000,
  embeddingCycles: 1,
  stalls: [],
  reportedStalls: [],
  busyModuleCycles: { matmul: 600, gelu: 100, softmax: 1400, layernorm: 2100 },
  modulesTaken: { matmul: 70, gelu: 100, softmax: 1, layernorm: 1 },
  tileCycles: { matmul: 128, gelu: 1, softmax: 128, layernorm: 16 },
  operations: [],
  buffers: {
    activation: { entered: 0, evicted: 0, resident: 0, loadNj: 0, storeNj: 11, transferCycles: 70 },
    weight: { entered: 0, evicted: 0, resident: 0, loadNj: 13, storeNj: 0, transferCycles: 140 },
    mask: { entered: 0, evicted: 0, resident: 0, loadNj: 17, storeNj: 19, transferCycles: 210 },
  },
  fifoCycles: 4,
}

test('energy is power times busy cycles, by hand', () => {
  const energy = batchEnergy(COUNTED, accelTran(EDGE))
  const { parts } = energy
  const byHand: Readonly<Record<(typeof PE_PARTS)[number], readonly [number, number]>> = {
    mac: [5.1955, 0.3189685],
    softmax: [2 * 34.6343, 2 * 2.6696],
    layerNorm: [3 * 43.8378, 3 * 2.5753],
    // 70 products, a cycle before and one after each.
    sparsity: [(70 * (0.2852968 + 0.2613971)) / 700, (70 * (0.1507329 + 0.0324301)) / 700],
    // Two operands of four cycles.
    fifo: [(70 * 8 * 0.0563909) / 700, (70 * 8 * 0.0140774) / 700],
  }
  for (const name of PE_PARTS) {
    close(parts[name].dynamicNj, byHand[name][0], name)
    close(parts[name].leakageNj, byHand[name][1], name)
  }
  close(energy.peDynamicNj, sum(PE_PARTS.map((name) => byHand[name][0])), 'dynamic')
  close(energy.peLeakageNj, sum(PE_PARTS.map((name) => byHand[name][1])), 'leakage')
  assert.equal([energy.bufferStoreNj, energy.mainMemoryNj], [11 + 19, 13 + 17])
  // 4, 8 and 1 MiB, over all 7000 cycles.
  close(energy.bufferLeakageNj, 10 * (4 * 247.918667 + 8 * 210.40467 + 238.196), 'buffers')
  close(energy.totalNj, energy.peDynamicNj + energy.peLeakageNj + energy.bufferLeakageNj + 30 + 30, 'total')
})

test('as published FIFOs and sparsity modules take nothing, and buffers leak while they transfer', () => {
  const { parts, peDynamicNj, bufferLeakageNj } = batchEnergy(COUNTED, accelTran(EDGE), {
    quirks: { idleSubmodules: true, idleBuffersFree: true },
  })
  assert.equal([parts.sparsity, parts.fifo], Array(2).fill({ dynamicNj: 0, leakageNj: 0 }))
  close(peDynamicNj, 5.1955 + 2 * 34.6343 + 3 * 43.8378, 'dynamic')
  close(bufferLeakageNj, (70 * 4 * 247.918667 + 140 * 8 * 210.40467 + 210 * 238.196) / 700, 'buffers')
})

test('without power gating all modules leak all the time, whatever they do', () => {
  const machine = accelTran(EDGE)
  const { parts, peDynamicNj } = batchEnergy(COUNTED, machine, { powerGating: false })
  close(parts.mac.leakageNj, 10 * 1024 * 0.3189685, 'mac')
  close(parts.softmax.leakageNj, 10 * 256 * 2.6696, 'softmax')
  close(parts.layerNorm.leakageNj, 10 * 64 * 2.5753, 'layer norm')
  close(parts.sparsity.leakageNj, 10 * 1024 * (0.1507329 + 0.0324301), 'sparsity')
  close(parts.fifo.leakageNj, 10 * 1024 * 0.0140774, 'fifo')
  assert.is(peDynamicNj, batchEnergy(COUNTED, machine, { powerGating: true }).peDynamicNj)
})

test('half the clock takes twice the energy per cycle, and watts are energy over time', () => {
  const machine = accelTran(EDGE)
  const [fast, slow] = [machine, { ...machine, clockMhz: 350 }].map((own) => batchEnergy(COUNTED, own))
  close(slow?.peDynamicNj ?? 0, 2 * (fast?.peDynamicNj ?? 0), 'modules')
  close(slow?.bufferLeakageNj ?? 0, 2 * (fast?.bufferLeakageNj ?? 0), 'buffers')
  close(watts(10, 1), 7, 'one cycle')
  close(watts(10, 4), 1.75, 'four cycles')
  close(watts(10, 1, 350), 3.5, 'half the clock')
  assert.is(watts(0, 10), 0)
})

test('the parts of a simulated batch add up to the whole, and power gating never costs anything', () => {
  const shape = { layers: 1, heads: 2, headWidth: 16, hidden: 32, ffn: 64 }
  fc.assert(
    fc.property(
      fc.constantFrom(16, 32, 48),
      fc.constantFrom(0, 0.3, 0.5, 0.9),
      fc.record({ idleSubmodules: fc.boolean(), idleBuffersFree: fc.boolean(), freeGap: fc.boolean() }),
      (sequence, activations, quirks) => {
        const machine = accelTran(EDGE)
        const simulation = simulate(
          { shape, vocabulary: 100, sequence, batch: 2 },
          { machine, sparsity: { activations, weights: 0.5 }, quirks },
        )
        // 256 words, two rows a cycle, zeros left out.
        const perOperand = quirks.idleSubmodules ? 0 : Math.ceil(8 * (1 - activations))
        assert.is(simulation.fifoCycles, perOperand)
        const [gated, ungated] = [true, false].map((powerGating) => {
          const energy = batchEnergy(simulation, machine, { quirks, powerGating })
          const parts = PE_PARTS.map((name) => energy.parts[name])
          close(energy.peDynamicNj, sum(parts.map(({ dynamicNj }) => dynamicNj)), 'dynamic')
          close(energy.peLeakageNj, sum(parts.map(({ leakageNj }) => leakageNj)), 'leakage')
          const { peDynamicNj, peLeakageNj, bufferStoreNj, bufferLeakageNj, mainMemoryNj } = energy
          const whole = sum([peDynamicNj, peLeakageNj, bufferStoreNj, bufferLeakageNj, mainMemoryNj])
          close(energy.totalNj, whole, 'total')
          return energy
        })
        for (const name of PE_PARTS) {
          const [own, other] = [gated?.parts[name], ungated?.parts[name]]
          const runs = own?.dynamicNj !== 0
          assert.is(runs ? (own?.leakageNj ?? 0) < (other?.leakageNj ?? 0) : own?.leakageNj === 0, true, name)
          assert.is(own?.dynamicNj, other?.dynamicNj)
        }
        // A product is charged for as long as it runs.
        close(
          gated?.parts.mac.dynamicNj ?? 0,
          ((simulation.busyModuleCycles.matmul + simulation.busyModuleCycles.gelu) * 5.1955) / 700,
          'mac',
        )
      },
    ),
    { seed: 6, numRuns: 24 },
  )
})

// Parts of the simulator

/** Batches as they are, looked through one by one. */
class PlainFlight {
  batches: { first: number; count: number; at: number; modules: number }[] = []
  finishedCycles = 0
  readonly latency: number
  readonly hold: number
  constructor(latency: number, freeGap: boolean) {
    this.latency = latency
    this.hold = freeGap ? latency : latency - 1
  }
  finish(cycle: number): { freed: number; done: number[] } {
    const over = this.batches.filter(({ at }) => at + this.hold <= cycle)
    this.batches = this.batches.filter(({ at }) => at + this.hold > cycle)
    this.finishedCycles += this.latency * sum(over.map(({ modules }) => modules))
    return {
      freed: sum(over.map(({ modules }) => modules)),
      done: over.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i)),
    }
  }
  busy(cycle: number): number {
    const worked = ({ at, modules }: { at: number; modules: number }) => Math.min(cycle - at, this.latency) * modules
    return this.finishedCycles + sum(this.batches.map(worked))
  }
}

test('work in flight ends in the order of its issue, also after the ring has grown with its head anywhere', () => {
  let mostInFlight = 0
  let shifted = 0
  fc.assert(
    fc.property(
      fc.constantFrom(1, 16, 100, 300, 1000),
      fc.boolean(),
      fc.array(
        fc.record({ wait: fc.constantFrom(0, 0, 1, 1, 1, 1, 2, 40), count: integer(1, 4), each: integer(1, 3) }),
        {
          minLength: 100,
          maxLength: 600,
        },
      ),
      (latency, freeGap, issues) => {
        const flight = new InFlight(latency, freeGap)
        const plain = new PlainFlight(latency, freeGap)
        const marks = new Uint8Array(4 * issues.length)
        const expected = new Uint8Array(marks.length)
        assert.is(flight.nextDone, Number.POSITIVE_INFINITY)
        let cycle = 0
        let first = 0
        let taken = 0
        let lasts = 0
        for (const { wait, count, each } of issues) {
          cycle += wait
          const { freed, done } = plain.finish(cycle)
          for (const tile of done) expected[tile] = 1
          assert.is(flight.finish(cycle, marks), freed)
          const isLast = first % 3 === 0
          if (isLast) lasts++
          flight.issue(cycle, first, { count, modulesEach: each, isLast })
          if (plain.batches.length === 64 && plain.finishedCycles > 0) shifted++
          plain.batches.push({ first, count, at: cycle, modules: count * each })
          first += count
          taken += count * each
          mostInFlight = Math.max(mostInFlight, plain.batches.length)
          assert.is(flight.nextDone, (plain.batches[0]?.at ?? 0) + plain.hold)
          assert.is(flight.busyModuleCycles(cycle), plain.busy(cycle))
          assert.is(flight.busyModuleCycles(cycle + 90), plain.busy(cycle + 90))
        }
        assert.equal(marks, expected)
        assert.is(flight.isEmpty, false)
        const { freed } = plain.finish(cycle + latency)
        assert.is(flight.finish(cycle + latency, marks), freed)
        assert.is(flight.isEmpty, true)
        assert.is(flight.completed, lasts)
        assert.is(flight.modulesTaken, taken)
        assert.is(flight.busyModuleCycles(cycle + latency), taken * latency)
        assert.is(sum([...marks]), first)
      },
    ),
    { seed: 7, numRuns: 60 },
  )
  assert.ok(mostInFlight > 128 && shifted > 10, `${mostInFlight} ${shifted}`)
})

/** A buffer for 50 elements of 2 bit, data by their number of elements, and a load of one of them. */
function fiftyElements(sizes: readonly number[], { stored = false, capacityBits = 100, bitsPerElement = 2 } = {}) {
  const data = sizes.map((elements, id) => ({ id, name: `d${id}`, elements, stored, producer: null }))
  const buffer = new OnChipBuffer('tests', { capacityBits, bitsPerElement, data: data.length })
  const pinned = new Uint8Array(data.length)
  const at = (id: number) => data[id] as (typeof data)[number]
  return {
    buffer,
    room: (id: number, byNewest = false) => buffer.hasRoom(at(id), byNewest),
    start: (id: number, startedAt = 0, cycles = 1, stays = false) => {
      pinned[id] = Number(stays)
      buffer.start({ datum: at(id), startedAt, cycles, energyNj: 12 }, pinned)
    },
    where: () => data.map((datum) => Number(buffer.isListed(datum)) + Number(buffer.isPresent(datum))).join(''),
  }
}

test('a buffer has room up to its last bit, and after eviction for less than what need not stay', () => {
  const { buffer, room, start, where } = fiftyElements([50, 51, 30, 20, 21, 10, 19, 26])
  assert.is(room(0), true)
  assert.throws(() => room(1), /Cannot place d1: 102 bit are larger than the buffer for tests, which holds 100 bit/)
  start(2, 0, 1, true)
  buffer.arrive(1)
  // 40 bit are free, and nothing can be evicted.
  assert.equal([room(3), room(4)], [true, false])
  start(5, 1)
  buffer.arrive(2)
  assert.is(where(), '00200200')
  // 40 bit are free or could be: not for 40, as the comparison is strict.
  assert.equal([room(3), room(6)], [false, true])
  // Compared with the 20 bit of the newest, even what does not fit has room.
  assert.equal([room(3, true), room(7, true)], [true, true])
  assert.throws(
    () => start(7, 2),
    /Cannot place d7: it does not fit into the buffer for tests, 52 bit are needed and 40 are free beside what must stay/,
  )
  start(3, 2)
  assert.is(where(), '00210000')
  assert.equal([buffer.usedBits, buffer.enteredElements, buffer.evictedElements], [100, 60, 10])
  assert.is(buffer.residentElements(), 50)
})

test('a buffer evicts the oldest that need not stay, and no more than it must', () => {
  const { buffer, start, where } = fiftyElements([10, 10, 10, 10, 15, 5])
  for (const id of [0, 1, 2, 3]) {
    start(id, id, 1, id === 1)
    buffer.arrive(id + 1)
  }
  // 5 elements too many: the first goes. Then 5 are free, and the next to go is the third, as the second must stay.
  start(4, 4)
  buffer.arrive(5)
  assert.is(where(), '022220')
  start(5, 5)
  buffer.arrive(6)
  assert.is(where(), '022222')
  start(0, 6)
  assert.is(where(), '120222')
  assert.equal([buffer.pinnedElements, buffer.evictedElements, buffer.residentElements()], [10, 20, 50])
})

test('rounding of bits that were added up keeps nothing out, half a bit does', () => {
  const third = fiftyElements([1, 2], { capacityBits: 0.3, bitsPerElement: 0.1 })
  third.start(0, 0, 1, true)
  third.start(1)
  assert.ok(third.buffer.usedBits > 0.3)
  const half = fiftyElements([50, 0.25])
  half.start(0, 0, 1, true)
  assert.throws(() => half.start(1), /does not fit/)
})

test('a transfer is over after its cycles, and its energy is spread evenly over them', () => {
  for (const stored of [false, true]) {
    const { buffer, start, where } = fiftyElements([10, 5], { stored })
    const energies = (cycle: number) => {
      const { loadNj, storeNj, cycles } = buffer.totals(cycle)
      assert.is(stored ? loadNj : storeNj, 0)
      return [stored ? storeNj : loadNj, cycles]
    }
    assert.equal([buffer.isReady, buffer.endsAt], [true, Number.POSITIVE_INFINITY])
    start(0, 100, 4)
    assert.equal([buffer.isReady, buffer.endsAt, where()], [false, 104, '10'])
    assert.equal(
      [energies(100), energies(101), energies(103)],
      [
        [0, 0],
        [3, 1],
        [9, 3],
      ],
    )
    buffer.arrive(103)
    assert.is(buffer.isReady, false)
    buffer.arrive(104)
    assert.equal([buffer.isReady, where(), energies(104)], [true, '20', [12, 4]])
    start(1, 110, 2)
    assert.equal(energies(111), [18, 5])
    buffer.arrive(120)
    assert.equal(energies(120), [24, 6])
  }
})

const operationsOf = (list: readonly (readonly [Operation['kind'], number])[], start: number): Operation[] => {
  let first = start
  return list.map(([kind, tiles], id) => {
    const made = { id, name: `${id}`, layer: 0, head: null, kind, tiles, first, needs: [], after: [] }
    first += tiles
    return made
  })
}

test('a window ends with its operation, with its kind, or drops what is not of its kind', () => {
  const operations = operationsOf(
    [
      ['matmul', 3],
      ['matmul', 2],
      ['softmax', 2],
      ['matmul', 4],
    ],
    100,
  )
  const at = (from: number, width: number, reach: 'operation' | 'kind' | 'skip') => {
    const window = windowAt(operations, from, { width, reach })
    return window && [window.kind, window.count, ...window.segments.map(({ first, count }) => [first, count])]
  }
  assert.equal(at(1, 8, 'operation'), ['matmul', 2, [101, 2]])
  assert.equal(at(1, 8, 'kind'), ['matmul', 4, [101, 2], [103, 2]])
  assert.equal(at(1, 8, 'skip'), ['matmul', 6, [101, 2], [103, 2], [107, 2]])
  assert.equal(at(5, 4, 'skip'), ['softmax', 2, [105, 2]])
  assert.equal(at(4, 1, 'kind'), ['matmul', 1, [104, 1]])
  assert.equal(at(10, 5, 'kind'), ['matmul', 1, [110, 1]])
  for (const reach of ['operation', 'kind', 'skip'] as const) {
    assert.is(at(11, 5, reach), null)
    assert.is(windowAt([], 0, { width: 4, reach }), null)
  }
  assert.equal([tilesOf(operations), tilesOf(operations.slice(1)), tilesOf([])], [11, 8, 0])
})

test('a window holds what one gets from the tile operations written out one by one', () => {
  const kinds = fc.constantFrom('matmul', 'softmax', 'gelu', 'layernorm') as fc.Arbitrary<Operation['kind']>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(kinds, integer(1, 5)), { minLength: 1, maxLength: 8 }),
      integer(0, 50),
      integer(0, 40),
      integer(1, 12),
      fc.constantFrom('operation', 'kind', 'skip'),
      (list, start, from, width, reach) => {
        const operations = operationsOf(list, start)
        const written = operations.flatMap((operation) =>
          Array.from({ length: operation.tiles }, (_, i) => ({ operation, number: operation.first + i })),
        )
        const within = written.slice(from, from + width)
        const [head] = within
        const fits = ({ operation }: { operation: Operation }) =>
          reach === 'operation' ? operation === head?.operation : operation.kind === head?.operation.kind
        const stop = within.findIndex((own) => !fits(own))
        const expected = reach === 'skip' || stop < 0 ? within.filter(fits) : within.slice(0, stop)
        const window = windowAt(operations, from, { width, reach })
        assert.is(window?.count ?? 0, expected.length)
        assert.is(window?.kind, head?.operation.kind)
        assert.equal(
          (window?.segments ?? []).flatMap(({ operation, first, count }) =>
            Array.from({ length: count }, (_, i) => `${operation.id} ${first + i}`),
          ),
          expected.map(({ operation, number }) => `${operation.id} ${number}`),
        )
      },
    ),
    { seed: 8, numRuns: 1000 },
  )
})

test('a recorder keeps every change and its cycle, thousands of them, and nothing that stays the same', () => {
  const sample = (i: number): CycleSample => ({
    busyMac: i,
    busySoftmax: 2 * i,
    busyLayerNorm: 3 * i,
    activationBits: 4 * i,
    weightBits: 5 * i,
    maskBits: 6 * i,
    loadNj: 7 * i + 0.5,
    storeNj: 8 * i + 0.25,
  })
  const recorder = new Recorder()
  assert.is(recorder.length, 0)
  for (let i = 0; i < 5000; i++) {
    recorder.add(10 * i, sample(i))
    recorder.add(10 * i + 1, sample(i))
  }
  assert.is(recorder.length, 5000)
  for (let i = 0; i < 5000; i++) {
    assert.is(recorder.cycle(i), 10 * i)
    for (const [field, value] of Object.entries(sample(i))) {
      assert.is(recorder.value(i, field as keyof CycleSample), value)
    }
  }
  // A change in any one field is one.
  for (const field of Object.keys(sample(0)) as (keyof CycleSample)[]) {
    const before = recorder.length
    recorder.add(60_000 + before, { ...sample(1), [field]: -1 })
    recorder.add(60_001 + before, { ...sample(1), [field]: -1 })
    recorder.add(60_002 + before, sample(1))
    assert.is(recorder.length, before + 2, field)
  }
})

test.run()

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type EncoderBreakdown,
  type EncoderOptions,
  encoderElements,
  encoderMatmuls,
  encoderOffloaded,
  encoderWithUnits,
  gemmini,
} from '../../lib/accelerators/gemmini/mod.ts'
import { bertBase } from '../../lib/workload/mod.ts'
import { breakdownVectors, splitVectors } from '../vectors/csv.ts'

const shapeOf = (row: { d: number; heads: number; ff: number }) => ({
  layers: 1,
  hidden: row.d,
  heads: row.heads,
  ffn: row.ff,
})
const machineOf = (row: { spKb: number; accKb: number }) =>
  gemmini({ scratchpadKb: row.spKb, accumulatorKb: row.accKb })
const close = (got: number, expected: number, what: string) =>
  assert.ok(Math.abs(got - expected) <= 1e-12 * expected, `${what}: ${got} against ${expected}`)
const UNITS = { dramBytesPerCycle: 5.75, residualBytes: 3, layernormPasses: { reductions: 2, elementwise: 2 } }
const sumOf = ({ total: _, ...parts }: EncoderBreakdown) => Object.values(parts).reduce((sum, part) => sum + part, 0)

test('encoderMatmuls() agrees with the independent cycles and bytes at every vector', () => {
  const vectors = splitVectors()
  assert.ok(vectors.length >= 50)
  for (const row of vectors) {
    const options: EncoderOptions = {
      dramBytesPerCycle: row.bytesPerCycle,
      offChip: row.qkBytes === 4 ? ['softmax', 'layernorm'] : ['layernorm'],
    }
    const { cycles, bytes, utilisation } = encoderMatmuls(shapeOf(row), row.l, machineOf(row), options)
    close(cycles, row.cycles, JSON.stringify(row))
    close(100 * utilisation, row.utilisationPercent, JSON.stringify(row))
    assert.is(bytes, row.bytes, JSON.stringify(row))
  }
})

test('encoderWithUnits() agrees with the independent times of every operation', () => {
  const vectors = breakdownVectors()
  assert.ok(vectors.length >= 35)
  for (const row of vectors) {
    const { bytesPerCycle, residualBytes } = row
    const options = { ...UNITS, dramBytesPerCycle: bytesPerCycle, residualBytes }
    const layer = encoderWithUnits(shapeOf(row), row.l, machineOf(row), options)
    close(layer.matmul, row.matmulCycles, `matmul ${JSON.stringify(row)}`)
    close(layer.softmax, row.softmaxCycles, `softmax ${JSON.stringify(row)}`)
    close(layer.layernorm, row.layerNormCycles, `layernorm ${JSON.stringify(row)}`)
    close(layer.residual, row.residualCycles, `residual ${JSON.stringify(row)}`)
    assert.equal([layer.gelu, layer.quantisation], [0, 0])
    close(layer.total, sumOf(layer), 'total')
  }
})

test('a layer of BERT-Base at 512 tokens has 3.1 M scores and 7.1 M matmul outputs', () => {
  assert.equal(encoderElements(bertBase, 512), {
    softmax: 12 * 512 * 512,
    layernorm: 2 * 512 * 768,
    residual: 2 * 512 * 768,
    gelu: 512 * 3072,
    // Q, K, V, scores, weighted values, W_out, W_1, W_2.
    matmulOutputs: 512 * (3 * 768 + 12 * 512 + 768 + 768 + 3072 + 768),
  })
})

test('a sum that leaves the chip for softmax or LayerNorm takes four bytes instead of one', () => {
  const bytes = (offChip: EncoderOptions['offChip']) =>
    encoderMatmuls(bertBase, 512, gemmini(), { dramBytesPerCycle: 8, offChip }).bytes
  const narrow = bytes([])
  assert.is(bytes(['softmax']) - narrow, 3 * 12 * 512 * 512)
  assert.is(bytes(['layernorm']) - narrow, 3 * 2 * 512 * 768)
  assert.is(bytes(['layernorm', 'softmax']) - narrow, 3 * 12 * 512 * 512 + 3 * 2 * 512 * 768)
})

test('utilisation is compute over time: it is 1 with ample bandwidth, and rises with it', () => {
  const at = (dramBytesPerCycle: number) =>
    encoderMatmuls(bertBase, 200, gemmini(), { dramBytesPerCycle, offChip: ['layernorm'] })
  const macs = 200 * 768 * 768 * 4 + 2 * 200 * 200 * 768 + 2 * 200 * 768 * 3072
  assert.is(at(1e9).cycles, macs / 256)
  assert.is(at(1e9).utilisation, 1)
  let last = 0
  for (const bandwidth of [0.5, 1, 2, 4, 8, 16, 32]) {
    const { cycles, computeCycles, utilisation } = at(bandwidth)
    assert.is(computeCycles, macs / 256)
    assert.ok(cycles >= computeCycles && utilisation >= last)
    last = utilisation
  }
})

test('on the baseline the CPU does every other operation, and dequantises and requantises every output', () => {
  const options = { dramBytesPerCycle: 5.75, cpuCyclesPerElement: 10 }
  const layer = encoderOffloaded(bertBase, 512, gemmini(), options)
  const elements = encoderElements(bertBase, 512)
  assert.equal(layer, {
    matmul: encoderMatmuls(bertBase, 512, gemmini(), { ...options, offChip: ['softmax', 'layernorm'] }).cycles,
    softmax: 31_457_280,
    layernorm: 7_864_320,
    residual: 7_864_320,
    gelu: 15_728_640,
    quantisation: 20 * elements.matmulOutputs,
    total: layer.total,
  })
  close(layer.total, sumOf(layer), 'total')
  assert.ok(layer.total > 8 * encoderWithUnits(bertBase, 512, gemmini(), UNITS).total)
})

test('no bandwidth, no tokens, and heads that do not divide the width are refused', () => {
  const run = (dramBytesPerCycle: number, seqLen = 512, shape = bertBase as Parameters<typeof encoderMatmuls>[0]) =>
    encoderMatmuls(shape, seqLen, gemmini(), { dramBytesPerCycle, offChip: [] })
  for (const bandwidth of [0, -1, Number.NaN]) {
    assert.throws(() => run(bandwidth), new RegExp(`dramBytesPerCycle must be above 0, got ${bandwidth}`))
    assert.throws(
      () => encoderWithUnits(bertBase, 512, gemmini(), { ...UNITS, dramBytesPerCycle: bandwidth }),
      /dramBytesPerCycle must be above 0/,
    )
  }
  for (const seqLen of [0, 1.5, Number.NaN]) assert.throws(() => run(1, seqLen), /must be a positive integer/)
  assert.throws(() => run(1, 8, { ...bertBase, heads: 7 }), /heads/)
  assert.throws(
    () => encoderMatmuls(bertBase, 8, gemmini({ scratchpadKb: 0.25 }), { dramBytesPerCycle: 1, offChip: [] }),
    /must hold 2 blocks of operands/,
  )
})

test.run()

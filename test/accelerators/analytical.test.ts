import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type AnalyticalMachine,
  dramMatmulBytes,
  fig11Machine,
  l2TileSide,
  localMatmulBytes,
  modelCycles,
  nonIdealLayerWork,
  operatorCycles,
  resnetCycles,
  scratchpadTileSide,
} from '../../lib/accelerators/analytical/mod.ts'
import {
  bertBase,
  bertLarge,
  gpt2,
  intensity,
  layerOperators,
  type Matmul,
  OPERATOR_GROUPS,
  resnet50Convolutions,
} from '../../lib/workload/mod.ts'
import { surveyVectors, type VectorHardware } from '../vectors/load.ts'

const machineOf = (h: VectorHardware): AnalyticalMachine => ({
  dramBytesPerCycle: h.l2_dram_bw,
  l2BytesPerCycle: h.local_l2_bw,
  l2Bytes: h.l2_bytes,
  scratchpadBytes: h.scratchpad_bytes,
  accumulatorBytes: h.accumulator_bytes,
  peWidth: h.pe_width,
  sfuWidth: h.sfu_width,
  clockGhz: h.clock_hz / 1e9,
  inputBits: 8 * h.input_bytes,
  outputBits: 8 * h.output_bytes,
})
const close = (got: number, expected: number | undefined, what: string) =>
  assert.ok(Math.abs(got - (expected ?? Number.NaN)) <= 1e-11 * Math.abs(got), `${what}: ${got} against ${expected}`)

test('nonIdealLayerWork() agrees with the independent intensities at every vector', () => {
  const vectors = surveyVectors().table5
  assert.ok(vectors.length >= 20)
  for (const { in: given, tile, out } of vectors) {
    const { l, l2_bytes, bias_bytes, ...shape } = given
    const machine = { ...fig11Machine, l2Bytes: l2_bytes }
    assert.is(l2TileSide(machine), tile)
    for (const work of nonIdealLayerWork(
      shape,
      { tokens: l, context: l },
      { machine, rules: { biasBytesPerOutput: bias_bytes } },
    )) {
      const name = ['q', 'k', 'v'].includes(work.name) ? 'qkv' : work.name
      close(intensity(work), out[name], `${JSON.stringify(given)} ${work.name}`)
    }
  }
})

test('modelCycles() agrees with the independent latencies at every vector', () => {
  const vectors = surveyVectors().latency
  assert.ok(vectors.length >= 30)
  for (const { in: given, tiles, out_cycles } of vectors) {
    const machine = machineOf(given.hardware)
    assert.is(scratchpadTileSide(machine), tiles.scratchpad)
    const { w1_in } = given.model
    const cycles = modelCycles(given.model, machine, { seqLen: given.l, ...(w1_in ? { ffn1Inputs: w1_in } : {}) })
    for (const group of [...OPERATOR_GROUPS, 'total'] as const)
      close(cycles[group], out_cycles[group], `${JSON.stringify(given)} ${group}`)
  }
})

test('resnetCycles() agrees with the independent latencies of the published convolution list', () => {
  const list = resnet50Convolutions({ stage1EntryWide: true, shortcutStages: [2], sampledShortcuts: true })
  const vectors = surveyVectors().resnet_latency.filter(
    ({ in: given }) => given.list === 'fit112' && given.bn_relu_bytes_per_element === 6,
  )
  assert.ok(vectors.length >= 1)
  for (const { in: given, out_cycles } of vectors) {
    const cycles = resnetCycles(list, machineOf(given.hardware), { normaliseAll: false })
    close(cycles.convolution, out_cycles['conv'], 'convolution')
    close(cycles.normalisation, out_cycles['bn-relu'], 'normalisation')
    close(cycles.unfused, out_cycles['unfused'], 'unfused')
    close(cycles.fused, out_cycles['fused'], 'fused')
  }
})

test("the paper's worked numbers: at l=4096 the weights of W_Q cross four times, the input of W_1 three times", () => {
  const operators = layerOperators(bertBase, { tokens: 4096, context: 4096 })
  const matmul = (name: string) =>
    operators.find((op): op is Matmul => op.kind === 'matmul' && op.name === name) as Matmul
  assert.is(dramMatmulBytes(matmul('q'), fig11Machine), 4 * 768 * 768 + 2 * 4096 * 768)
  assert.is(dramMatmulBytes(matmul('ffn1'), fig11Machine), 4 * 768 * 3072 + 3 * 4096 * 768 + 4 * 4096 * 3072)
  assert.is(dramMatmulBytes(matmul('qk'), fig11Machine), 12 * (4 * 4096 * 64 + 4 * 4096 * 64 + 4 * 4096 * 4096))
})

test('BERT-Base at 128 tokens takes the 48.22 M cycles that Fig. 32 normalises by', () => {
  assert.is(modelCycles(bertBase, fig11Machine, { seqLen: 128 }).total, 48_218_112)
})

test('faster, wider or larger hardware never costs cycles', () => {
  const base = { seqLen: 300 }
  for (const model of [bertBase, bertLarge, gpt2]) {
    const before = modelCycles(model, fig11Machine, base).total
    const grow = ['dramBytesPerCycle', 'l2BytesPerCycle', 'sfuWidth', 'peWidth'] as const
    for (const key of grow) {
      const after = modelCycles(model, { ...fig11Machine, [key]: 2 * fig11Machine[key] }, base).total
      assert.ok(after <= before, `${model.name} ${key}`)
    }
  }
  // Four times the memory doubles the tile, so no operand crosses more often.
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 1, max: 3000 }),
      fc.integer({ min: 64, max: 1 << 20 }),
      (m, n, l2Bytes) => {
        const op: Matmul = {
          kind: 'matmul',
          name: 'x',
          group: 'ffn-projections',
          m,
          k: 77,
          n,
          repeats: 1,
          weights: true,
          feedsNonlinear: false,
        }
        assert.ok(
          dramMatmulBytes(op, { ...fig11Machine, l2Bytes: 4 * l2Bytes }) <=
            dramMatmulBytes(op, { ...fig11Machine, l2Bytes }),
        )
      },
    ),
  )
})

test('an operation takes the larger of computing and moving, and no less than its MACs over the array', () => {
  for (const op of layerOperators(bertBase, { tokens: 200, context: 200 })) {
    const { compute, memory, cycles } = operatorCycles(op, fig11Machine)
    assert.is(cycles, Math.max(compute, memory))
    if (op.kind === 'matmul') {
      assert.ok(compute >= (op.m * op.k * op.n * op.repeats) / 256)
      const once = op.repeats * (op.m * op.k + op.k * op.n + op.m * op.n)
      assert.ok(dramMatmulBytes(op, fig11Machine) >= once && localMatmulBytes(op, fig11Machine) >= once)
    }
  }
})

test('accumulatorLimitsTile cuts the tile to what the accumulator holds, and then its size matters', () => {
  assert.is(scratchpadTileSide(fig11Machine), 256)
  const limited = { ...fig11Machine, accumulatorLimitsTile: true }
  assert.is(scratchpadTileSide(limited), 181)
  assert.is(scratchpadTileSide({ ...limited, accumulatorBytes: 1 << 20 }), 256)
  assert.ok(
    modelCycles(bertBase, limited, { seqLen: 512 }).total >= modelCycles(bertBase, fig11Machine, { seqLen: 512 }).total,
  )
})

test('a decoder step with a longer context never takes fewer cycles', () => {
  let last = 0
  for (const seqLen of [1, 2, 3, 17, 100, 101]) {
    const { total } = modelCycles(gpt2, fig11Machine, { seqLen })
    assert.ok(total > last)
    last = total
  }
})

test.run()

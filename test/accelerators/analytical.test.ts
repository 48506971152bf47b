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
  resnetNonIdealWork,
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
  resnetWork,
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

test('resnetCycles() agrees with the independent latencies of four convolution lists', () => {
  const fitted = { stage1EntryWide: true, shortcutStages: [2], sampledShortcuts: true }
  const lists: Readonly<Record<string, Parameters<typeof resnet50Convolutions>[0]>> = {
    fit109: { ...fitted, stemPadding: 0 },
    fit112: fitted,
    v1: {},
    fig28: { stage1EntryWide: true, shortcutStages: [2, 3, 4] },
  }
  let compared = 0
  for (const { in: given, out_cycles } of surveyVectors().resnet_latency) {
    const quirks = lists[given.list]
    // ReLU moves 2 bytes an element, a pass of BatchNorm 2; other byte counts are not ours to make.
    if (!quirks || given.bn_relu_bytes_per_element !== 6) continue
    const cycles = resnetCycles(resnet50Convolutions(quirks), machineOf(given.hardware), {
      normaliseAll: false,
      batchnormPasses: 2,
    })
    close(cycles.convolution, out_cycles['conv'], `${given.list} convolution`)
    close(cycles.normalisation, out_cycles['bn-relu'], `${given.list} normalisation`)
    close(cycles.unfused, out_cycles['unfused'], `${given.list} unfused`)
    close(cycles.fused, out_cycles['fused'], `${given.list} fused`)
    compared += 1
  }
  assert.ok(compared >= 5, `only ${compared} compared`)
})

test("the paper's worked numbers: at l=4096 the weights of W_Q cross four times, the input of W_1 three times", () => {
  const operators = layerOperators(bertBase, { tokens: 4096, context: 4096 })
  const matmul = (name: string) => operators.find((op) => op.kind === 'matmul' && op.name === name) as Matmul
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
  const cyclesAt = (context: number) =>
    layerOperators(gpt2, { tokens: 1, context }).reduce((sum, op) => sum + operatorCycles(op, fig11Machine).cycles, 0)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5000 }), (context) => assert.ok(cyclesAt(context + 1) >= cyclesAt(context))),
  )
  const three = modelCycles(gpt2, fig11Machine, { seqLen: 3 }).total
  assert.ok(Math.abs(three - gpt2.layers * (cyclesAt(1) + cyclesAt(2) + cyclesAt(3))) < 1e-6 * three)
})

test('a length that is none is refused', () => {
  for (const seqLen of [0, -1, 2.5, Number.NaN]) {
    for (const model of [bertBase, gpt2])
      assert.throws(() => modelCycles(model, fig11Machine, { seqLen }), /seqLen must be a positive integer, got/)
  }
  assert.throws(
    () => modelCycles(bertBase, fig11Machine, { seqLen: 1, ffn1Inputs: Number.NaN }),
    /ffn1Inputs must be a positive integer, got NaN/,
  )
})

test('tiling ResNet-50 for a large L2 moves what the ideal count moves, for a small one more', () => {
  const options = { normaliseAll: true, batchnormPasses: 1 }
  const { fused } = resnetWork(resnet50Convolutions(), options)
  const at = (l2Bytes: number) => resnetNonIdealWork(resnet50Convolutions(), { ...fig11Machine, l2Bytes }, options)
  assert.equal(at(1 << 30), fused)
  assert.ok(at(1 << 16).bytes > at(1 << 21).bytes && at(1 << 21).bytes > fused.bytes)
  assert.is(at(1 << 16).flops, fused.flops)
})

test.run()

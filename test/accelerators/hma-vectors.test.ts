import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ACTIVATION_ROOMS,
  buildMemories,
  COMPUTES,
  DESIGN_NAMES,
  DESIGNS,
  type DesignName,
  EMBEDDING_READS,
  ENERGY_PARTS,
  FILLS,
  type HmaOptions,
  inferenceCost,
  LATENCY_PARTS,
  type MemoryRules,
  memoryAreaMm2,
  type PrunedModel,
  placementOf,
  RESIDENCES,
  SWITCHINGS,
  type Switching,
  storageOf,
  type Task,
  taskMix,
  taskParameters,
  trafficOf,
  WEIGHT_READS,
} from '../../lib/accelerators/hma/mod.ts'
import {
  ACCESS_TIMES,
  COMPOSITIONS,
  dramStream,
  LPDDR4_2400,
  type MemoryMacro,
  NVSIM_MACROS,
} from '../../lib/hardware/mod.ts'
import { countOf, moduleCounts } from '../../lib/workload/mod.ts'
import { near } from '../support/near.ts'
import { table } from '../vectors/csv.ts'

const VECTORS = table('adapter-albert-hma.csv', {
  layers: 'number',
  hidden: 'number',
  heads: 'number',
  ffn: 'number',
  vocabulary: 'number',
  positions: 'number',
  types: 'number',
  embedding: 'number',
  sharedLayers: 'text',
  pooler: 'text',
  design: 'text',
  tasks: 'text',
  switching: 'text',
  switchRate: 'number',
  resident: 'text',
  bits: 'number',
  embeddingSparsity: 'number',
  backboneSparsity: 'number',
  tokens: 'number',
  weightReads: 'text',
  embeddingReads: 'text',
  activationRoom: 'text',
  activationTraffic: 'text',
  fill: 'text',
  compute: 'text',
  leakage: 'text',
  idleNs: 'number',
  composition: 'text',
  accessTime: 'text',
  parameters: 'text',
  taskParameters: 'text',
  valueBytes: 'number',
  maskBytes: 'number',
  taskBytes: 'number',
  activationBytes: 'number',
  areaMm2: 'number',
  leakageMw: 'number',
  dramNs: 'number',
  fillNs: 'number',
  sharedNs: 'number',
  taskNs: 'number',
  activationsNs: 'number',
  computeNs: 'number',
  latencyNs: 'number',
  dramPj: 'number',
  fillPj: 'number',
  valuesPj: 'number',
  maskPj: 'number',
  taskPj: 'number',
  activationsPj: 'number',
  leakagePj: 'number',
  energyPj: 'number',
})
type Vector = (typeof VECTORS)[number]

const macros = (kind: MemoryMacro['kind'], bits: number) =>
  NVSIM_MACROS.filter((macro) => macro.kind === kind && macro.bitsPerCell === bits)
const TABLES = { values: macros('RRAM', 2), mask: macros('RRAM', 1), sram: macros('SRAM', 1) }

/** `64:32:3:1;::2:2`: up to two bottleneck widths, labels and share of each task. */
function tasksOf(text: string): readonly Task[] {
  return text.split(';').map((one, i) => {
    const cells = one.split(':')
    assert.is(cells.length, 4, text)
    const [labels, share] = cells.slice(2).map(Number) as [number, number]
    const adapters = cells.slice(0, 2).filter((width) => width !== '')
    return { name: `task ${i}`, adapters: adapters.map(Number), labels, share }
  })
}

/** One of the words a column may hold. */
function oneOf<const Word extends string>(words: readonly Word[], text: string): Word {
  const word = words.find((own) => own === text)
  if (word === undefined) throw new Error(`${text} must be one of ${words.join(', ')}`)
  return word
}
const flag = (text: string): boolean => oneOf(['true', 'false'], text) === 'true'

/** The library's answer to a row, by column. */
function answer(row: Vector) {
  const { layers, hidden, heads, ffn, vocabulary, positions, types, embedding, bits, tokens } = row
  const { embeddingSparsity, backboneSparsity } = row
  const model: PrunedModel = {
    encoder: {
      shape: { layers, hidden, heads, ffn },
      embedding: { vocabulary, positions, types, width: embedding },
      sharedLayers: flag(row.sharedLayers),
      pooler: flag(row.pooler),
    },
    embeddingSparsity,
    backboneSparsity,
    bits,
    tokens,
  }
  const design = DESIGNS[oneOf<DesignName>(DESIGN_NAMES, row.design)]
  const switching = oneOf<Switching>(SWITCHINGS, row.switching)
  const tasks = tasksOf(row.tasks)
  const mix = taskMix(tasks, switching === 'rate' ? { switching, switchRate: row.switchRate } : { switching })
  const options: HmaOptions = {
    resident: oneOf(RESIDENCES, row.resident),
    activationRoom: oneOf(ACTIVATION_ROOMS, row.activationRoom),
    weightReads: oneOf(WEIGHT_READS, row.weightReads),
    embeddingReads: oneOf(EMBEDDING_READS, row.embeddingReads),
    activationTraffic: flag(row.activationTraffic),
    fill: oneOf(FILLS, row.fill),
    compute: oneOf(COMPUTES, row.compute),
    leakage: flag(row.leakage),
  }
  const rules: MemoryRules = {
    composition: oneOf(COMPOSITIONS, row.composition),
    accessTime: oneOf(ACCESS_TIMES, row.accessTime),
  }
  const deployment = { model, design, mix, options }
  const stored = storageOf(deployment)
  const placement = placementOf(design, stored)
  const memories = buildMemories(TABLES, placement, rules)
  const { values, mask, sram } = memories
  const { bandwidthGbPerS, totalPjPerBit } = dramStream(LPDDR4_2400)
  const machine = {
    dramBytesPerNs: bandwidthGbPerS,
    dramPjPerByte: 8 * totalPjPerBit,
    macsPerNs: 256,
    idleNs: row.idleNs,
  }
  const cost = inferenceCost(deployment, memories, { moved: trafficOf(deployment), machine })
  const outputs: Record<string, number> = {
    ...stored,
    areaMm2: memoryAreaMm2(memories, placement),
    leakageMw: values.leakageMw + mask.leakageMw + sram.leakageMw,
    latencyNs: cost.latencyNs,
    energyPj: cost.energyPj,
  }
  for (const part of LATENCY_PARTS) outputs[`${part}Ns`] = cost.latencyParts[part]
  for (const part of ENERGY_PARTS) outputs[`${part}Pj`] = cost.energyParts[part]
  const withTask = (task: Task) =>
    moduleCounts({ ...model.encoder, adapters: design.adapters ? task.adapters : [], labels: task.labels })
  return {
    parameters: tasks.map((task) => countOf(withTask(task))).join(';'),
    taskParameters: tasks.map((task) => taskParameters(model, design, task)).join(';'),
    outputs,
    banks: [values, mask, sram].map(({ capacityBytes }) => capacityBytes),
  }
}

test('parameters, bytes, area, time and energy by part are those of an independent implementation at all 120 vectors', () => {
  assert.is(VECTORS.length, 120)
  for (const [index, row] of VECTORS.entries()) {
    const where = `row ${index + 2}`
    const { parameters, taskParameters: perTask, outputs } = answer(row)
    assert.is(parameters, row.parameters, where)
    assert.is(perTask, row.taskParameters, where)
    assert.is(Object.keys(outputs).length, 21)
    for (const [column, own] of Object.entries(outputs)) {
      const expected = row[column as keyof Vector] as number
      assert.ok(near(own, expected), `${where}, ${column}: ${own} for ${expected}`)
    }
  }
})

test('the vectors reach every option, with banks from one macro of 64 KiB to beyond 64 MiB', () => {
  const words = [
    ['design', DESIGN_NAMES],
    ['switching', SWITCHINGS],
    ['resident', RESIDENCES],
    ['weightReads', WEIGHT_READS],
    ['embeddingReads', EMBEDDING_READS],
    ['activationRoom', ACTIVATION_ROOMS],
    ['fill', FILLS],
    ['compute', COMPUTES],
    ['composition', COMPOSITIONS],
    ['accessTime', ACCESS_TIMES],
    ['sharedLayers', ['true', 'false']],
    ['pooler', ['true', 'false']],
    ['activationTraffic', ['true', 'false']],
    ['leakage', ['true', 'false']],
  ] as const
  for (const [column, all] of words) {
    for (const word of all) {
      const held = VECTORS.filter((row) => row[column] === word).length
      assert.ok(held >= 20, `${column} ${word}: ${held}`)
    }
  }
  const tasks = VECTORS.map((row) => tasksOf(row.tasks))
  assert.equal([...new Set(tasks.map(({ length }) => length))].sort(), [1, 2, 3, 4, 5, 6])
  assert.equal([...new Set(tasks.flat().map(({ adapters }) => adapters.length))].sort(), [0, 1, 2])
  const capacities = VECTORS.map((row) => answer(row).banks)
  assert.ok(capacities.filter(([, , sram = 0]) => sram > 64 * 1024 * 1024).length >= 5)
  assert.ok(capacities.filter(([, , sram = 0]) => sram === 64 * 1024).length >= 5)
  assert.ok(capacities.filter(([values = 0]) => values > 64 * 1024 * 1024).length >= 2)
})

test.run()

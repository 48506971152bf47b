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
  loadedPerInference,
  type MemoryRules,
  meanOver,
  type PrunedModel,
  placementOf,
  RESIDENCES,
  SWITCHINGS,
  storageOf,
  type Task,
  type TaskMix,
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
import { createRng, type Rng } from '../../lib/numeric/mod.ts'
import { ALBERT_EMBEDDING, albertBase, countOf, moduleCounts } from '../../lib/workload/mod.ts'
import { near } from '../support/near.ts'

const macros = (kind: MemoryMacro['kind'], bits: number) =>
  NVSIM_MACROS.filter((macro) => macro.kind === kind && macro.bitsPerCell === bits)
const TABLES = { values: macros('RRAM', 2), mask: macros('RRAM', 1), sram: macros('SRAM', 1) }
const STREAM = dramStream(LPDDR4_2400)

/** What a design is asked to do. */
interface Case {
  readonly model: PrunedModel
  readonly mix: TaskMix
  readonly options: HmaOptions
  readonly rules: MemoryRules
  readonly idleNs: number
}

const pick = <const T>(rng: Rng, all: readonly T[]): T => all[rng.integer(all.length)] as T
/** An integer from `least` to `most`. */
const between = (rng: Rng, least: number, most: number): number => least + rng.integer(most - least + 1)

/** Tasks of unequal shares, with up to two adapters. */
function randomTasks(rng: Rng, count: number): readonly Task[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `task ${i}`,
    adapters: Array.from({ length: rng.integer(3) }, () => between(rng, 1, 90)),
    labels: between(rng, 1, 10),
    share: between(rng, 1, 9),
  }))
}

/**
 * Chances that the next inference is of another task: of random draws, of such draws made to switch until the rarest task
 * is loaded whenever it runs, and the highest that shares allow.
 */
function rates(tasks: readonly Task[]): { readonly random: number; readonly asDrawn: number; readonly most: number } {
  const whole = tasks.reduce((sum, { share }) => sum + share, 0)
  const shares = tasks.map(({ share }) => share / whole)
  const random = 1 - shares.reduce((sum, share) => sum + share * share, 0)
  if (tasks.length === 1) return { random, asDrawn: 0, most: 0 }
  return { random, asDrawn: random / (1 - Math.min(...shares)), most: Math.min(1, 2 * (1 - Math.max(...shares))) }
}

function randomCase(rng: Rng): Case {
  const heads = between(rng, 1, 8)
  const hidden = heads * between(rng, 2, 48)
  const positions = between(rng, 1, 200)
  const tasks = randomTasks(rng, between(rng, 1, 5))
  const flag = () => rng.integer(2) === 1
  return {
    model: {
      encoder: {
        shape: { layers: between(rng, 1, 12), hidden, heads, ffn: between(rng, 1, 4 * hidden) },
        embedding: {
          vocabulary: between(rng, 2, 9000),
          positions,
          types: between(rng, 1, 3),
          width: flag() ? hidden : between(rng, 1, hidden),
        },
        sharedLayers: flag(),
        pooler: flag(),
      },
      embeddingSparsity: rng.next() * 0.95,
      backboneSparsity: rng.next() * 0.95,
      bits: between(rng, 4, 32),
      tokens: between(rng, 1, positions),
    },
    mix: taskMix(tasks, { switching: 'rate', switchRate: rng.next() * rates(tasks).most }),
    options: {
      resident: pick(rng, RESIDENCES),
      activationRoom: pick(rng, ACTIVATION_ROOMS),
      weightReads: pick(rng, WEIGHT_READS),
      embeddingReads: pick(rng, EMBEDDING_READS),
      activationTraffic: flag(),
      fill: pick(rng, FILLS),
      compute: pick(rng, COMPUTES),
      leakage: flag(),
    },
    rules: { composition: pick(rng, COMPOSITIONS), accessTime: pick(rng, ACCESS_TIMES) },
    idleNs: flag() ? 0 : rng.next() * 1e7,
  }
}

/** Nothing but parameters, each read once. */
const READ_ONCE: HmaOptions = {
  resident: 'none',
  activationRoom: 'none',
  weightReads: 'once',
  embeddingReads: 'sentence',
  activationTraffic: false,
  fill: 'serial',
  compute: 'none',
  leakage: false,
}

/** The whole model, some of its options changed. */
function evaluate(own: Case, name: DesignName, changed: Partial<HmaOptions> = {}) {
  const { model, mix, rules, idleNs } = own
  const options = { ...own.options, ...changed }
  const design = DESIGNS[name]
  const deployment = { model, design, mix, options }
  const stored = storageOf(deployment)
  const memories = buildMemories(TABLES, placementOf(design, stored), rules)
  const moved = trafficOf(deployment)
  const machine = {
    dramBytesPerNs: STREAM.bandwidthGbPerS,
    dramPjPerByte: 8 * STREAM.totalPjPerBit,
    macsPerNs: 256,
    idleNs,
  }
  const cost = inferenceCost(deployment, memories, { moved, machine })
  return { stored, memories, moved, cost }
}

/** Every design with so many random cases. */
function* randomCases(seed: number, count: number) {
  const rng = createRng(seed)
  for (let i = 0; i < count; i += 1) {
    const own = randomCase(rng)
    for (const name of DESIGN_NAMES) yield { own, name, where: `case ${i}, ${name}: ${JSON.stringify(own)}` }
  }
}

/** a >= b, rounding aside. */
const atLeast = (a: number, b: number): boolean => a >= b - 1e-12 * Math.abs(b)

test('time and energy are the sums of their parts, none of which is negative', () => {
  for (const { own, name, where } of randomCases(1, 150)) {
    const { latencyParts, energyParts, latencyNs, energyPj } = evaluate(own, name).cost
    const [times, energies] = [Object.values(latencyParts), Object.values(energyParts)]
    assert.equal(Object.keys(latencyParts), [...LATENCY_PARTS])
    assert.equal(Object.keys(energyParts), [...ENERGY_PARTS])
    assert.ok(
      [...times, ...energies].every((part) => part >= 0 && Number.isFinite(part)),
      where,
    )
    const sum = (parts: readonly number[]) => parts.reduce((whole, part) => whole + part, 0)
    assert.ok(near(latencyNs, sum(times)) && latencyNs > 0, where)
    assert.ok(near(energyPj, sum(energies)) && energyPj > 0, where)
  }
})

test('loads of all tasks sum to the share of inferences that switch', () => {
  const rng = createRng(2)
  const sum = (numbers: readonly number[]) => numbers.reduce((whole, own) => whole + own, 0)
  for (let i = 0; i < 200; i += 1) {
    const tasks = randomTasks(rng, between(rng, 2, 6))
    const { random, most } = rates(tasks)
    const switchRate = rng.next() * most
    assert.ok(near(sum(taskMix(tasks, { switching: 'rate', switchRate }).loads), switchRate))
    assert.ok(near(sum(taskMix(tasks, { switching: 'random' }).loads), random))
    const equal = taskMix(
      tasks.map((task) => ({ ...task, share: 7 })),
      { switching: 'alternating' },
    )
    assert.ok(near(sum(equal.loads), 1))
    assert.ok(near(sum(equal.shares), 1))
  }
  // A task alone is never loaded anew, however tasks follow each other.
  for (const switching of SWITCHINGS) {
    const alone = taskMix(randomTasks(rng, 1), { switching, switchRate: 0 })
    assert.equal([alone.loads, alone.shares], [[0], [1]])
  }
})

test('a task is loaded no more often than it runs, and than others run, whatever the rate', () => {
  const rng = createRng(3)
  for (let i = 0; i < 300; i += 1) {
    const tasks = randomTasks(rng, between(rng, 2, 6))
    const { most } = rates(tasks)
    const switchRate = i % 3 === 0 ? most : rng.next() * most
    const { shares, loads } = taskMix(tasks, { switching: 'rate', switchRate })
    for (const [task, load] of loads.entries()) {
      const share = shares[task] as number
      assert.ok(atLeast(share, load) && atLeast(1 - share, load), `${loads} of ${shares}`)
      // Another one is loaded between two loads of a task.
      assert.ok(atLeast(switchRate / 2, load), `${loads} at ${switchRate}`)
    }
    const beyond = { switching: 'rate', switchRate: most * (1 + 1e-6) } as const
    assert.throws(() => taskMix(tasks, beyond), /the share of inferences after another task must be from 0 to/)
  }
})

test('tasks that alternate are loaded at every run, as far as there are others in between', () => {
  const alternating = (...all: readonly number[]) =>
    taskMix(
      all.map((share, i) => ({ name: `task ${i}`, adapters: [], labels: 2, share })),
      { switching: 'alternating' },
    ).loads
  const equal = (got: readonly number[], expected: readonly number[]) => {
    for (const [i, load] of got.entries()) assert.ok(near(load, expected[i] as number), `${got}`)
  }
  // A B A C A B A C ...
  equal(alternating(2, 1, 1), [0.5, 0.25, 0.25])
  // A A B A A C ...: B and C each time, A once for each of them.
  equal(alternating(4, 1, 1), [1 / 3, 1 / 6, 1 / 6])
  equal(alternating(7, 3), [0.3, 0.3])
})

/** Shares and loads counted in a sequence of tasks, each drawn knowing the one before. */
function counted(first: number, tasks: number, length: number, next: (before: number) => number) {
  const [runs, loads] = [new Array<number>(tasks).fill(0), new Array<number>(tasks).fill(0)]
  let before = first
  for (let i = 0; i < length; i += 1) {
    const task = next(before)
    runs[task] = (runs[task] as number) + 1 / length
    if (task !== before) loads[task] = (loads[task] as number) + 1 / length
    before = task
  }
  return { runs, loads }
}

function draw(rng: Rng, weights: readonly number[]): number {
  let left = rng.next() * weights.reduce((sum, weight) => sum + weight, 0)
  const chosen = weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  return chosen < 0 ? weights.length - 1 : chosen
}

test('sequences of tasks drawn by their shares load each as often as random switching says', () => {
  const rng = createRng(4)
  const length = 200_000
  for (let i = 0; i < 6; i += 1) {
    const tasks = randomTasks(rng, i + 1)
    const mix = taskMix(tasks, { switching: 'random' })
    const weights = tasks.map(({ share }) => share)
    const got = counted(draw(rng, weights), tasks.length, length, () => draw(rng, weights))
    for (const [task, load] of mix.loads.entries()) {
      assert.ok(near(got.loads[task] as number, load, 0, 5 * Math.sqrt(load / length)), `${got.loads} for ${mix.loads}`)
    }
  }
})

test('sequences that keep their shares and switch at a given rate load each task as often as that says', () => {
  const rng = createRng(5)
  const length = 200_000
  for (const part of [0.1, 0.5, 0.9, 1]) {
    const tasks = randomTasks(rng, 4)
    const { random, asDrawn } = rates(tasks)
    const switchRate = part * asDrawn
    const mix = taskMix(tasks, { switching: 'rate', switchRate })
    // A task is left as often more (or less) than in random draws as the rate is higher (or lower).
    const next = (before: number): number => {
      const leave = (switchRate / random) * (1 - (mix.shares[before] as number))
      if (rng.next() >= leave) return before
      return draw(
        rng,
        mix.shares.map((share, task) => (task === before ? 0 : share)),
      )
    }
    const got = counted(draw(rng, mix.shares), tasks.length, length, next)
    for (const [task, share] of mix.shares.entries()) {
      const load = mix.loads[task] as number
      // Successive tasks hang together where they seldom switch: wider for the shares.
      assert.ok(near(got.runs[task] as number, share, 0, 0.02 / part), `${got.runs} for ${mix.shares}`)
      assert.ok(near(got.loads[task] as number, load, 0, 0.01), `${got.loads} for ${mix.loads}`)
    }
    const switched = got.loads.reduce((sum, load) => sum + load, 0)
    assert.ok(near(switched, switchRate, 0.02), `${switched} for ${switchRate}`)
  }
})

test("adapter-ALBERT's parameters per task and shared by hand", () => {
  const model: PrunedModel = {
    encoder: { shape: albertBase, embedding: ALBERT_EMBEDDING, sharedLayers: true },
    embeddingSparsity: 0.5,
    backboneSparsity: 0.5,
    bits: 8,
    tokens: 128,
  }
  const task = { name: 'MNLI', adapters: [64, 64], labels: 3, share: 1 }
  const mix = taskMix([task], { switching: 'random' })
  // Layer 7,087,872, mapping 99,072, pooler 590,592 and a head of 3 x 769.
  assert.is(taskParameters(model, DESIGNS.vanilla, task), 7_779_843)
  // Two adapters of 99,136, two norms of 1,536 and the head.
  assert.is(taskParameters(model, DESIGNS.adapter, task), 203_651)
  assert.is(taskParameters(model, DESIGNS['adapter-sram'], task), 203_651)
  const stored = (name: DesignName) =>
    storageOf({ model, design: DESIGNS[name], mix, options: { ...READ_ONCE, activationRoom: 'all heads' } })
  // (30,000 + 514 + 2) x 128 shared; 128 x 3840 + 12 x 128 x 128 activations.
  assert.equal(stored('vanilla'), {
    valueBytes: 1_953_024,
    maskBytes: 488_256,
    taskBytes: 7_779_843,
    activationBytes: 688_128,
  })
  // And 7,084,800 + 99,072 + 590,592 of the backbone.
  assert.equal(stored('adapter'), {
    valueBytes: 1_953_024 + 3_887_232,
    maskBytes: 488_256 + 971_808,
    taskBytes: 203_651,
    activationBytes: 688_128,
  })
})

test('every parameter is stored once: those of the tasks and those they share are all there are', () => {
  for (const { own, name, where } of randomCases(6, 100)) {
    const { model, mix } = own
    const design = DESIGNS[name]
    const whole = { ...model, embeddingSparsity: 0, backboneSparsity: 0, bits: 8 }
    const counts = mix.tasks.map((task) =>
      moduleCounts({ ...model.encoder, adapters: design.adapters ? task.adapters : [], labels: task.labels }),
    )
    const shared = countOf(counts[0] as (typeof counts)[number], design.shared)
    const perTask = mix.tasks.map((task) => taskParameters(model, design, task))
    for (const [i, count] of counts.entries()) assert.is(shared + (perTask[i] as number), countOf(count), where)
    const deployment = { model: whole, design, mix, options: READ_ONCE }
    const held = storageOf({ ...deployment, options: { ...READ_ONCE, resident: 'all' } })
    assert.is(held.valueBytes, shared, where)
    assert.is(held.maskBytes, Math.ceil(shared / 8), where)
    assert.is(
      held.taskBytes,
      perTask.reduce((sum, count) => sum + count, 0),
      where,
    )
    const alone = storageOf(deployment)
    assert.is(alone.taskBytes, Math.max(...perTask), where)
  }
})

test('in an inference that reads all once, every stored byte is read once', () => {
  for (const { own, name, where } of randomCases(7, 60)) {
    const [task] = own.mix.tasks as [Task]
    const model = { ...own.model, embeddingSparsity: 0, backboneSparsity: 0, bits: 16 }
    const alone = { ...own, model, mix: taskMix([task], { switching: 'random' }) }
    const { stored, moved } = evaluate(alone, name, { weightReads: 'once', embeddingReads: 'table' })
    assert.is(moved.valueBytes, stored.valueBytes, where)
    assert.is(Math.ceil(moved.maskBytes), stored.maskBytes, where)
    assert.is(moved.taskBytes, stored.taskBytes, where)
  }
})

test('traffic of a mix is the mean over its tasks, reload is what its tasks load', () => {
  for (const { own, name, where } of randomCases(8, 60)) {
    const { model, mix } = own
    const { moved } = evaluate(own, name)
    const alone = (task: Task) => evaluate({ ...own, mix: taskMix([task], { switching: 'random' }) }, name).moved
    const keys = [
      'valueBytes',
      'maskBytes',
      'taskBytes',
      'activationReadBytes',
      'activationWriteBytes',
      'macs',
    ] as const
    for (const key of keys)
      assert.ok(
        near(
          moved[key],
          meanOver(mix, (task) => alone(task)[key]),
        ),
        `${key}, ${where}`,
      )
    const { reloadBytes } = evaluate(own, name, { resident: 'none' }).moved
    const loaded = mix.tasks.reduce(
      (sum, task, i) => sum + (mix.loads[i] as number) * taskParameters(model, DESIGNS[name], task),
      0,
    )
    assert.ok(near(reloadBytes, (loaded * model.bits) / 8), where)
    assert.ok(
      near(
        loadedPerInference(mix, () => 1),
        mix.loads.reduce((sum, load) => sum + load, 0),
      ),
    )
  }
})

test('tasks that stay on chip load nothing, and adapters alone do not keep the vanilla design', () => {
  let reloads = 0
  for (const { own, name, where } of randomCases(9, 100)) {
    const switching = own.mix.loads.some((load) => load > 0)
    for (const resident of RESIDENCES) {
      const { moved, cost } = evaluate(own, name, { resident })
      const stays = resident === 'all' || (resident === 'adapters' && name !== 'vanilla')
      assert.is(moved.reloadBytes > 0, switching && !stays, where)
      if (moved.reloadBytes > 0) reloads += 1
      else {
        const { latencyParts, energyParts } = cost
        assert.equal([latencyParts.dram, latencyParts.fill, energyParts.dram, energyParts.fill], [0, 0, 0, 0], where)
      }
    }
  }
  assert.ok(reloads >= 50, `${reloads}`)
})

test('a sparser model never stores or moves more bytes of values, and its bitmask stays', () => {
  for (const { own, name, where } of randomCases(10, 60)) {
    let before = Number.POSITIVE_INFINITY
    let moved = Number.POSITIVE_INFINITY
    const masks = new Set<number>()
    for (const sparsity of [0, 0.05, 0.3, 0.5, 0.501, 0.95, 1]) {
      const model = { ...own.model, embeddingSparsity: sparsity, backboneSparsity: sparsity }
      const got = evaluate({ ...own, model }, name)
      assert.ok(got.stored.valueBytes <= before && atLeast(moved, got.moved.valueBytes), where)
      before = got.stored.valueBytes
      moved = got.moved.valueBytes
      masks.add(got.stored.maskBytes)
    }
    assert.equal([before, moved, masks.size], [0, 0, 1], where)
  }
})

test('more tasks never need less SRAM, nor do tasks that stay', () => {
  const rng = createRng(11)
  for (let i = 0; i < 60; i += 1) {
    const own = randomCase(rng)
    const tasks = randomTasks(rng, 6)
    for (const name of DESIGN_NAMES) {
      const capacity = (count: number, resident: HmaOptions['resident']) => {
        const mix = taskMix(tasks.slice(0, count), { switching: 'random' })
        return evaluate({ ...own, mix }, name, { resident }).memories.sram.capacityBytes
      }
      for (const resident of RESIDENCES) {
        const rising = tasks.map((_, n) => capacity(n + 1, resident))
        assert.equal(
          rising,
          [...rising].sort((a, b) => a - b),
          `${name}, ${resident}: ${rising}`,
        )
      }
      const [none, adapters, all] = RESIDENCES.map((resident) => capacity(6, resident)) as [number, number, number]
      assert.ok(none <= adapters && adapters <= all, `${name}: ${none}, ${adapters}, ${all}`)
    }
  }
})

test('leakage adds the power of all memories over the inference and of SRAM between inferences, and no time', () => {
  let idle = 0
  for (const { own, name, where } of randomCases(12, 100)) {
    const [tight, leaky] = [false, true].map((leakage) => evaluate(own, name, { leakage }))
    assert.ok(tight && leaky)
    assert.is(tight.cost.energyParts.leakage, 0)
    assert.is(leaky.cost.latencyNs, tight.cost.latencyNs, where)
    assert.ok(leaky.cost.energyPj > tight.cost.energyPj, where)
    const { values, mask, sram } = leaky.memories
    const expected =
      (values.leakageMw + mask.leakageMw) * leaky.cost.latencyNs + sram.leakageMw * (leaky.cost.latencyNs + own.idleNs)
    assert.ok(near(leaky.cost.energyParts.leakage, expected), where)
    if (own.idleNs > 0) idle += 1
  }
  assert.ok(idle >= 50)
})

test('filling SRAM after DRAM is slowest, beside it as slow as the slower of the two, and hidden free', () => {
  const seen = { slower: 0, faster: 0 }
  for (const { own, name, where } of randomCases(13, 150)) {
    const [serial, overlapped, hidden] = FILLS.map(
      (fill) => evaluate(own, name, { fill, resident: 'none', leakage: false }).cost,
    )
    assert.ok(serial && overlapped && hidden)
    assert.ok(atLeast(serial.latencyNs, overlapped.latencyNs), where)
    assert.ok(atLeast(overlapped.latencyNs, hidden.latencyNs), where)
    const { dram, fill } = serial.latencyParts
    assert.ok(near(dram + overlapped.latencyParts.fill, Math.max(dram, fill)), where)
    assert.is(hidden.latencyParts.fill, 0)
    // What is written is written in any case.
    assert.equal(overlapped.energyParts, serial.energyParts)
    assert.equal(hidden.energyParts, serial.energyParts)
    if (fill > dram) seen.slower += 1
    else if (fill > 0) seen.faster += 1
  }
  assert.ok(seen.slower >= 20 && seen.faster >= 20, JSON.stringify(seen))
})

test('reading weights for every layer, the whole table or activations never takes less, and only where there is more', () => {
  const more: Record<string, number> = {}
  for (const { own, name, where } of randomCases(14, 60)) {
    const pairs = [
      [{ weightReads: 'once' }, { weightReads: 'every layer' }],
      [{ embeddingReads: 'sentence' }, { embeddingReads: 'table' }],
      [{ activationTraffic: false }, { activationTraffic: true }],
      [{ compute: 'none' }, { compute: 'bits squared' }],
      [{ compute: 'bits squared' }, { compute: 'fixed' }],
    ] as const satisfies readonly (readonly [Partial<HmaOptions>, Partial<HmaOptions>])[]
    for (const [less, greater] of pairs) {
      const [small, large] = [less, greater].map((changed) => evaluate(own, name, changed).cost)
      assert.ok(small && large)
      const key = JSON.stringify(greater)
      assert.ok(atLeast(large.latencyNs, small.latencyNs), `${key}, ${where}`)
      assert.ok(atLeast(large.energyPj, small.energyPj), `${key}, ${where}`)
      if (large.latencyNs > small.latencyNs) more[key] = (more[key] ?? 0) + 1
    }
    // Layers with weights of their own are read once each by any rule.
    if (!own.model.encoder.sharedLayers || own.model.encoder.shape.layers === 1) {
      const [once, every] = WEIGHT_READS.map((weightReads) => evaluate(own, name, { weightReads }).cost)
      assert.equal(once, every, where)
    }
  }
  assert.is(Object.keys(more).length, 5)
  for (const [key, count] of Object.entries(more)) assert.ok(count >= 30, `${key}: ${count}`)
})

test('without RRAM the same model stores and moves the same bytes, all of them in SRAM', () => {
  for (const { own, where } of randomCases(15, 40)) {
    const [mixed, sramOnly] = [evaluate(own, 'adapter'), evaluate(own, 'adapter-sram')]
    assert.equal([mixed.stored, mixed.moved], [sramOnly.stored, sramOnly.moved], where)
    const { values, mask, sram } = sramOnly.memories
    assert.equal([values.capacityBytes, mask.capacityBytes, values.areaMm2, mask.leakageMw], [0, 0, 0, 0], where)
    const { valueBytes, maskBytes, taskBytes, activationBytes } = sramOnly.stored
    assert.ok(sram.capacityBytes >= valueBytes + maskBytes + taskBytes + activationBytes, where)
    assert.ok(mixed.memories.sram.capacityBytes <= sram.capacityBytes, where)
  }
})

/** Whether the call is refused with such a message. */
function refuses(call: () => unknown, message: RegExp): void {
  assert.throws(call, (error: Error) => error instanceof RangeError && message.test(error.message), `${message}`)
}

test('switch rates that shares do not allow are refused, with what they allow', () => {
  const shares = (...all: readonly number[]) =>
    all.map((share, i) => ({ name: `task ${i}`, adapters: [], labels: 2, share }))
  // 2 x 0.3 x 0.7 = 0.42 at random; the rarer task is run in 0.3 of all, so at most every other of 0.6 switches.
  const uneven = shares(7, 3)
  for (const switchRate of [0.6001, 1, -0.001, Number.NaN, Number.POSITIVE_INFINITY]) {
    refuses(() => taskMix(uneven, { switching: 'rate', switchRate }), /must be from 0 to 0\.6, got/)
  }
  assert.ok(near(taskMix(uneven, { switching: 'rate', switchRate: 0.6 }).loads[1] as number, 0.3))
  // Equal shares may switch each time.
  for (const count of [2, 3, 7]) {
    const mix = taskMix(shares(...new Array<number>(count).fill(2)), { switching: 'alternating' })
    for (const load of mix.loads) assert.ok(near(load, 1 / count))
  }
})

test('no tasks, shares that are none, and tasks or models that cannot be are refused', () => {
  const task = { name: 'RTE', adapters: [8, 8], labels: 2, share: 1 }
  refuses(() => taskMix([], { switching: 'random' }), /must be at least one, got none/)
  for (const share of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    refuses(
      () => taskMix([task, { ...task, share }], { switching: 'random' }),
      /the share of RTE must be a number above 0, got/,
    )
  }
  const own = { ...randomCase(createRng(16)), idleNs: 0 }
  const sound: Case = {
    ...own,
    model: {
      ...own.model,
      encoder: {
        shape: { layers: 4, hidden: 24, heads: 3, ffn: 40 },
        embedding: { vocabulary: 90, positions: 30, types: 2, width: 8 },
        sharedLayers: false,
        pooler: true,
      },
      embeddingSparsity: 0.5,
      backboneSparsity: 0.5,
      bits: 8,
      tokens: 30,
    },
    mix: taskMix([task], { switching: 'random' }),
    options: { ...own.options, embeddingReads: 'sentence' },
  }
  assert.ok(evaluate(sound, 'adapter').cost.energyPj > 0)
  const withTask = (changed: Partial<Task>): Case => ({
    ...sound,
    mix: taskMix([{ ...task, ...changed }], { switching: 'random' }),
  })
  const withModel = (changed: Partial<PrunedModel>): Case => ({ ...sound, model: { ...sound.model, ...changed } })
  const { encoder } = sound.model
  const refused: readonly (readonly [Case, RegExp])[] = [
    [withTask({ adapters: [0] }), /bottleneck must be a positive integer, got 0/],
    [withTask({ adapters: [8, 2.5] }), /bottleneck must be a positive integer, got 2\.5/],
    [withTask({ labels: -1 }), /labels must be a whole number, got -1/],
    [withTask({ labels: 1.5 }), /labels must be a whole number, got 1\.5/],
    [withModel({ tokens: 31 }), /tokens must be from 1 to 30, .* got 31/],
    [withModel({ tokens: 0 }), /tokens must be from 1 to 30, .* got 0/],
    [withModel({ bits: 7.5 }), /bits must be a positive integer, got 7\.5/],
    [withModel({ bits: 0 }), /bits must be a positive integer, got 0/],
    [withModel({ backboneSparsity: Number.NaN }), /backboneSparsity must be from 0 to 1, got NaN/],
    [withModel({ embeddingSparsity: 1.1 }), /embeddingSparsity must be from 0 to 1, got 1\.1/],
    [{ ...sound, idleNs: -1 }, /idleNs not negative, got .* -1/],
    [
      withModel({ encoder: { ...encoder, shape: { ...encoder.shape, heads: 5 } } }),
      /hidden must be a multiple of heads/,
    ],
  ]
  for (const [bad, message] of refused) refuses(() => evaluate(bad, 'adapter'), message)
})

test.run()

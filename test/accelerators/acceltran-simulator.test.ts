import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  ACCELTRAN,
  ACCELTRAN_QUIRKS,
  type AccelTranQuirks,
  type AccelTranRun,
  accelTran,
  batchEnergy,
  type CycleSample,
  EDGE,
  footprint,
  HEAD_PRIORITIES,
  OPERATION_KINDS,
  type Operation,
  type OperationTrace,
  peakTops,
  Recorder,
  SERVER,
  type Simulation,
  type SimulationOptions,
  simulate,
  tileLatencies,
} from '../../lib/accelerators/acceltran/mod.ts'
import { parseCsv } from '../../lib/harness/csv.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { bertBase, bertTiny } from '../../lib/workload/mod.ts'
import { vectorOutputs, acceltran as vectors } from '../../scripts/vectors/acceltran.ts'
import { parseSettings, vectorCase } from '../../scripts/vectors/acceltran-config.ts'
import { runLoop } from '../support/acceltran-loop.ts'
import { near } from '../support/near.ts'

/** Every rule as in the last published code. */
const PUBLISHED: AccelTranQuirks = Object.fromEntries(
  Object.keys(ACCELTRAN_QUIRKS).map((quirk) => [quirk, quirk !== 'denseLoadEnergy']),
)
const SPARSITY = { activations: 0.5, weights: 0.5 }
/** BERT-Tiny as the published simulator runs it. */
const TINY: AccelTranRun = { shape: bertTiny, vocabulary: 30522, sequence: 128, batch: 4 }

/** A configuration's run and options, and what simulating it gives. */
function simulated(config: string, more: Partial<SimulationOptions> = {}) {
  const { run, ...options } = vectorCase(parseSettings(config))
  const { machine, sparsity } = options
  const quirks = { ...options.quirks, ...more.quirks }
  return { run, machine, sparsity, quirks, simulation: simulate(run, { ...options, padToTile: true, ...more, quirks }) }
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

// Check vectors

const FILE = join(PROJECT_ROOT, 'test/vectors/acceltran.csv')
const ROWS = parseCsv(FILE, readFileSync(FILE, 'utf8'), vectors.columns)
const ENERGIES = ['peDyn', 'peLeak', 'bufStore', 'mainMem', 'bufLeak']

/** How many rows are wanted, and what differs in them; energies have four decimals or nine digits. */
function compared(isWanted: (config: string) => boolean): { readonly rows: number; readonly differing: string[] } {
  const rows = ROWS.filter(({ cells }) => isWanted(cells.config))
  const differing = rows.flatMap(({ line, cells }) => {
    const ours: Readonly<Record<string, number>> = vectorOutputs(cells.config)
    return Object.entries(cells)
      .filter(([name]) => name !== 'config')
      .filter(([name, text]) =>
        ENERGIES.includes(name)
          ? !near(ours[name] as number, Number(text), 5.1e-9, 5.1e-5)
          : ours[name] !== Number(text),
      )
      .map(([name, text]) => `line ${line}: ${cells.config}: ${name} ${ours[name]} for ${text}`)
  })
  return { rows: rows.length, differing }
}

test('all batches on a small machine take the cycles, stalls and energies of the reference', () => {
  assert.equal(
    compared((config) => /^T\b/.test(config)),
    { rows: 28, differing: [] },
  )
})

test('all batches on the edge device at 128 tokens do', () => {
  assert.equal(
    compared((config) => /^E\b/.test(config) && !config.includes('seq=')),
    { rows: 4, differing: [] },
  )
})

test('all batches on the edge device at 512 tokens do', () => {
  assert.equal(
    compared((config) => config.startsWith('E seq=512')),
    { rows: 8, differing: [] },
  )
})

test('all batches on the server do, BERT-Base among them', () => {
  assert.equal(
    compared((config) => config.startsWith('S')),
    { rows: 7, differing: [] },
  )
})

test('no row of the reference is left out', () => {
  assert.is(ROWS.length, 28 + 4 + 8 + 7)
})

test('the edge device as published ends where the authors say, whatever the period of reports', () => {
  const machine = accelTran(EDGE, PUBLISHED)
  const cycles = (sequence: number, reportPeriod?: number, quirks = PUBLISHED) =>
    simulate(
      { ...TINY, sequence },
      { machine, sparsity: SPARSITY, quirks, ...(reportPeriod === undefined ? {} : { reportPeriod }) },
    ).cycles
  assert.is(cycles(128, 1), 78_268)
  assert.is(cycles(128, 1000), 79_232)
  assert.is(cycles(128), 79_232)
  assert.is(cycles(128, 1e9), 79_324)
  assert.is(cycles(512), 139_351)
  // Without the rule the period means nothing.
  const unskipped = { ...PUBLISHED, staleSkip: false }
  for (const period of [1, 7, 1000, 1e9]) assert.is(cycles(128, period, unskipped), 78_268)
})

// Errors

test('what cannot go on ends with an error that says why', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['T pe=2', /Cannot issue 4 softmax operations in cycle \d+: no PE for a softmax op is left, .* 2 PEs are free/],
    ['T pe=6', /Cannot issue 4 softmax operations in cycle \d+: no PE for a softmax op is left, .* 2 PEs are free/],
    [
      'E wb=0.125',
      /Cannot place embeddings: 39232000 bit are larger than the buffer for weights, which holds 1048576 bit/,
    ],
    ['T seq=16', /no progress.*held up by: data not computed yet, inputs not there/],
    ['T heads=4 h=64 wb=0.125 mb=0.0625', /no progress/],
    ['T heads=3 h=48 wb=0.125 mb=0.0625', /no progress/],
    ['T seq=48', /no progress/],
    [
      'T ab=0.0125 wb=0.014 mb=0.0066 vocab=16 batch=4',
      /Cannot place layer 1 head 1 scores: it does not fit into the buffer for activations/,
    ],
    ['T ab=0.0125 wb=0.014 mb=0.0066 vocab=16 batch=4 lastcmp=0', /no progress.*held up by: data buffer full/],
    ['T heads=1', /at least 2 heads, got 1/],
    ['T pe=4 bcast=0', /held up by: a window of 5 layernorm operations, for which there are 4 modules/],
    ['T pe=2 COR', /held up by: a window of 4 layernorm operations, for which there are 2 modules/],
  ]
  for (const [config, message] of cases) {
    assert.throws(
      () => simulated(config),
      (error: unknown) => error instanceof RangeError && message.test(error.message),
      config,
    )
  }
})

test('an error that the published rules make goes away with the rule', () => {
  for (const config of [
    'T pe=6 bcast=0',
    'T seq=16 adv=0 dup=0',
    'T heads=4 h=64 wb=0.125 mb=0.0625 fixorder=1',
    'T heads=3 h=48 wb=0.125 mb=0.0625 fixorder=1',
    'T heads=1 adv=0 dup=0',
    'T heads=1 COR',
  ]) {
    assert.ok(simulated(config).simulation.cycles > 1000, config)
  }
})

test('simulate() refuses machines and runs that cannot be, naming the setting', () => {
  const { run, ...options } = vectorCase(parseSettings('T COR'))
  const { machine } = options
  const refused = (
    { run: ownRun, machine: ownMachine, buffers, shape, ...more }: Readonly<Record<string, object | number>>,
    message: RegExp,
  ) => {
    const whole = { ...run, ...(ownRun as object), shape: { ...run.shape, ...(shape as object) } }
    const built = { ...machine, ...(ownMachine as object), buffers: { ...machine.buffers, ...(buffers as object) } }
    assert.throws(
      () => simulate(whole, { ...options, machine: built, ...more }),
      (error: unknown) => error instanceof RangeError && message.test(error.message),
      String(message),
    )
  }
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const name of ['pes', 'macLanesPerPe', 'softmaxPerPe', 'issueWidth']) {
      refused({ machine: { [name]: value } }, new RegExp(`${name} must be a positive integer, got ${value}$`))
    }
    for (const name of ['vocabulary', 'sequence', 'batch']) {
      refused({ run: { [name]: value } }, new RegExp(`${name} must be a positive integer, got ${value}$`))
    }
    for (const name of ['layers', 'heads', 'headWidth', 'hidden', 'ffn']) {
      refused({ shape: { [name]: value } }, new RegExp(`${name} must be a positive integer, got ${value}$`))
    }
    refused({ reportPeriod: value }, new RegExp(`reportPeriod must be a positive integer, got ${value}$`))
    if (value === 1.5) continue
    for (const name of ['clockMhz', 'mainMemoryBitsPerCycle', 'bufferBitsPerCycle', 'mainMemoryAccessNj']) {
      refused({ machine: { [name]: value } }, new RegExp(`${name} must be above 0, got ${value}$`))
    }
    for (const name of ['activationMb', 'weightMb', 'maskMb']) {
      refused({ buffers: { [name]: value } }, new RegExp(`${name} must be above 0, got ${value}$`))
    }
  }
  for (const value of [1, 2, -0.1, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const name of ['activations', 'weights']) {
      const sparsity = { ...SPARSITY, [name]: value }
      refused({ sparsity }, new RegExp(`sparsity of ${name} must be from 0 to below 1, got ${value}$`))
    }
  }
  for (const value of [0, 4, 15, 16.5, 64, Number.NaN]) {
    refused({ machine: { tileSide: value } }, new RegExp(`one of those synthesised \\(8, 16, 32\\), got ${value}$`))
  }
})

test('a matrix smaller than a tile is refused by name, unless it is padded', () => {
  const { run, ...options } = vectorCase(parseSettings('T COR'))
  const at = (own: Partial<AccelTranRun>, shape: object = {}) => ({ ...run, ...own, shape: { ...run.shape, ...shape } })
  for (const [small, name] of [
    [at({ sequence: 15 }), 'sequence'],
    [at({}, { headWidth: 15 }), 'headWidth'],
    [at({}, { hidden: 15 }), 'hidden'],
    [at({}, { ffn: 15 }), 'ffn'],
  ] as const) {
    assert.throws(
      () => simulate(small, options),
      new RegExp(`the tile's side must be at most ${name} = 15, got 16$`),
      name,
    )
    const padded = simulate(small, { ...options, padToTile: true })
    assert.ok(padded.operations.every(({ issued, operation }) => issued === operation.tiles && issued > 0))
  }
  // A vocabulary is no matrix that is cut, and what just fills a tile is not refused.
  const exact = at({ vocabulary: 1, sequence: 16 }, { headWidth: 16, hidden: 16, ffn: 16 })
  const { operations } = simulate(exact, options)
  assert.ok(operations.every(({ operation }) => operation.tiles === exact.batch))
  assert.ok(simulate(exact, { ...options, machine: { ...options.machine, tileSide: 8 } }).cycles > 0)
  assert.throws(
    () => simulate(exact, { ...options, machine: { ...options.machine, tileSide: 32 } }),
    /at most sequence/,
  )
})

// A cycle-by-cycle loop

const ERRORS = ['larger than the buffer', 'does not fit', 'no PE', 'no progress']
const errorKind = (error: unknown): string => {
  assert.instance(error, RangeError)
  const { message } = error as RangeError
  return ERRORS.find((kind) => message.includes(kind)) ?? message
}
/** What came out, or which kind of error. */
function outcome<T>(of: () => T): { readonly result: T } | { readonly error: string } {
  try {
    return { result: of() }
  } catch (error) {
    return { error: errorKind(error) }
  }
}

const bit = fc.constantFrom(0, 1)
const SWITCHES = {
  dup: bit,
  adv: fc.constantFrom(0, 0, 1),
  bcast: bit,
  gap: bit,
  lastcmp: bit,
  fixorder: bit,
  pin: bit,
  gelu: bit,
  wbatch: bit,
  maskdup: bit,
  olde: bit,
  leak: bit,
}
/** Settings in which a configuration differs from the small machine; any may be missing. */
const CHANGES = {
  seq: fc.constantFrom(16, 17, 24, 32, 33, 48),
  batch: fc.constantFrom(1, 2, 2, 3, 4, 4),
  l: fc.constantFrom(1, 1, 3),
  heads: fc.constantFrom(2, 2, 2, 2, 3, 4),
  hd: fc.constantFrom(16, 20, 32),
  h: fc.constantFrom(16, 32, 48),
  ff: fc.constantFrom(32, 64, 100),
  pe: fc.constantFrom(3, 5, 6, 8, 12, 20),
  lanes: fc.constantFrom(1, 2, 4),
  sm: fc.constantFrom(1, 2, 3),
  mmbw: fc.constantFrom(100, 314.1459, 4000),
  bufbw: fc.constantFrom(300, 4540.392),
  mme: fc.constantFrom(8.63281599),
  as: fc.constantFrom(0, 0.1, 0.3, 0.34, 0.77, 0.9, 0.9, 0.9),
  ws: fc.constantFrom(0, 0.25, 0.9),
  issue: fc.constantFrom(1, 1, 2, 2, 3, 5, 8),
  plot: fc.constantFrom(1, 2, 3, 7, 50, 1e9),
}
const optional = <T>(settings: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(settings, { requiredKeys: [] })
const LARGE_BUFFERS = { ab: 1, wb: 1, mb: 0.5 }
const buffers = fc.oneof(
  fc.constant({}),
  fc.constant(LARGE_BUFFERS),
  fc.constant(LARGE_BUFFERS),
  fc.record({
    ab: fc.constantFrom(0.0105, 0.0125, 0.022, 0.04),
    wb: fc.constantFrom(0.01, 0.014, 0.02, 0.03),
    mb: fc.constantFrom(0.0066, 0.008, 0.01, 0.02),
    vocab: fc.constantFrom(16, 32),
  }),
  // So small that what need not stay is not enough.
  fc.record({
    ab: fc.constantFrom(0.0105, 0.0125),
    wb: fc.constantFrom(0.014, 0.03),
    mb: fc.constantFrom(0.0055, 0.0066),
    vocab: fc.constant(16),
    batch: fc.constantFrom(3, 4),
    seq: fc.constantFrom(32, 48),
  }),
)
const asText = (settings: object) => Object.entries(settings).map(([key, value]) => `${key}=${value}`)
/** Configurations as a user would write them down, so that a failing one can be run by itself. */
const configs = fc
  .tuple(
    optional(CHANGES),
    buffers,
    fc.oneof(fc.constant('COR'), fc.constant({}), fc.record(SWITCHES), optional(SWITCHES), optional(SWITCHES)),
  )
  .map(([changes, sizes, switches]) =>
    ['T', ...asText({ ...changes, ...sizes }), ...(typeof switches === 'string' ? [switches] : asText(switches))].join(
      ' ',
    ),
  )
/** Where it matters in which cycle a new window pins its data, and that nothing is waited for when all is stored. */
const CORNERS = [
  'T seq=17 l=2 h=48 ff=32 vocab=16 sm=1 ab=1 wb=0.008 mb=0.0066 plot=1000000000 wbatch=0',
  'T h=16 pe=12 lanes=4 ab=0.0125 wb=0.006 mb=0.004 issue=2 plot=50 dup=0 fixorder=1',
  'T l=2 seq=17 batch=1 hd=32 h=16 sm=1 ab=1 wb=0.005 mb=0.0066 mmbw=100 bufbw=50 issue=1 bcast=0',
  'T seq=33 batch=4 l=1 h=16 ff=16 pe=1 mb=1 mmbw=4000 bufbw=50 as=0.9 ws=0 issue=1 dup=0 adv=0 gap=0 fixorder=1 gelu=0',
]
/** What the loop can still do in little time. */
const FEW_CYCLES = 6000

test('any batch comes out as from a loop over every cycle, module and tile operation, or fails as there', () => {
  const seen: Record<string, number> = { finished: 0 }
  const switched: Record<string, number> = {}
  const RUNS = 340
  fc.assert(
    fc.property(configs, (config) => {
      const settings = parseSettings(config)
      const ours = outcome(() => ({ outputs: vectorOutputs(config), ...simulated(config) }))
      fc.pre('error' in ours || ours.result.simulation.cycles <= FEW_CYCLES)
      const theirs = outcome(() => runLoop(settings))
      if ('error' in theirs || 'error' in ours) {
        assert.equal(ours, theirs)
        if ('error' in ours) seen[ours.error] = (seen[ours.error] ?? 0) + 1
        return
      }
      const { stalls, issues, ...counts } = theirs.result
      const { outputs, simulation } = ours.result
      for (const [name, value] of Object.entries(counts)) {
        const own = (outputs as Readonly<Record<string, number>>)[name] as number
        if (ENERGIES.includes(name)) assert.ok(near(own, value, 1e-9), `${name} ${own} for ${value}`)
        else assert.is(own, value, name)
      }
      assert.equal(simulation.stalls, stalls)
      const { operations } = simulation
      assert.is(sum(operations.map(({ operation }) => operation.tiles)), issues.length)
      for (const { operation, issued } of operations) {
        const { first, tiles, name } = operation
        assert.is(issued, sum(issues.slice(first, first + tiles)), name)
      }
      seen['finished'] = (seen['finished'] as number) + 1
      for (const name of [...Object.keys(SWITCHES), 'plot']) {
        const setting = `${name}=${Math.min(settings[name] as number, 2)}`
        switched[setting] = (switched[setting] ?? 0) + 1
      }
    }),
    { seed: 1, numRuns: RUNS, examples: CORNERS.map((config) => [config]) },
  )
  assert.ok((seen['finished'] as number) >= 130, JSON.stringify(seen))
  assert.ok(RUNS - (seen['finished'] as number) >= 130, JSON.stringify(seen))
  // Both sides of every switch, where a batch comes to its end.
  assert.is(Object.keys(switched).length, 2 * (Object.keys(SWITCHES).length + 1))
  assert.ok(Math.min(...Object.values(switched)) >= 30, JSON.stringify(switched))
  for (const kind of ERRORS) assert.ok((seen[kind] ?? 0) >= 5, JSON.stringify(seen))
})

// Conservation

/** Asserts that a history begins at cycle 0 and that each sample is later than the one before. */
function inOrder(recorder: Recorder, cycles: number): void {
  const at = Array.from({ length: recorder.length }, (_, i) => recorder.cycle(i))
  assert.is(at[0], 0)
  assert.ok(at.every((cycle, i) => cycle < (at[i + 1] ?? cycles)))
}

/** Sums over a history: each sample holds until the next, the last one until the end. */
function historySums(recorder: Recorder, cycles: number): Readonly<Record<keyof CycleSample, number>> {
  const total = (field: keyof CycleSample) =>
    sum(
      Array.from({ length: recorder.length }, (_, i) => {
        const until = i + 1 < recorder.length ? recorder.cycle(i + 1) : cycles
        return recorder.value(i, field) * (until - recorder.cycle(i))
      }),
    )
  return {
    busyMac: total('busyMac'),
    busySoftmax: total('busySoftmax'),
    busyLayerNorm: total('busyLayerNorm'),
    activationBits: total('activationBits'),
    weightBits: total('weightBits'),
    maskBits: total('maskBits'),
    loadNj: total('loadNj'),
    storeNj: total('storeNj'),
  }
}

/** Module-cycles that operations in flight at the end still need, at most. */
function leftAtMost(operations: readonly OperationTrace[], cycles: number): number {
  return sum(operations.map(({ issued, doneAt }) => issued * Math.max(0, (doneAt as number) - cycles)))
}

const correctedConfigs = fc
  .tuple(
    optional({ ...CHANGES, h: fc.constantFrom(16, 32, 64), issue: fc.constantFrom(1, 2, 5, 8, 64) }),
    buffers,
    bit,
    fc.constantFrom(...HEAD_PRIORITIES),
    fc.record({ missingDependencies: fc.boolean(), denseStoreEnergy: fc.boolean() }),
  )
  .map(([changes, sizes, sub, headPriority, quirks]) => ({
    config: ['T', ...asText({ ...changes, ...sizes, sub }), 'COR'].join(' '),
    headPriority,
    quirks,
  }))

/** What an operation works on that is in no buffer: of the heads, of the layer before, or of the same layer. */
function unstoredInputs({ layer, name }: Operation, all: readonly Operation[]): readonly Operation[] {
  const named = (own: string, at = layer) => all.filter((other) => other.layer === at && other.name === own)
  if (['q', 'k', 'v'].includes(name)) return named('output norm', layer - 1)
  const inputs: Readonly<Record<string, string>> = {
    'attention norm': 'o',
    ffn1: 'attention norm',
    ffn2: 'gelu1',
    'output norm': 'ffn2',
  }
  return named(inputs[name] ?? '')
}

/** The largest activation that is stored last of all, after which nothing waits for it. */
const lastOutput = ({ shape, sequence, batch }: AccelTranRun) => batch * sequence * shape.hidden

test('with all rules right, all work is done once, and nothing is lost between the buffers', () => {
  const seen = { finished: 0, evicting: 0, inFlight: 0, unstored: 0, equal: 0, waiting: 0 }
  fc.assert(
    fc.property(correctedConfigs, ({ config, headPriority, quirks: rules }) => {
      const recorder = new Recorder()
      const found = outcome(() => simulated(config, { recorder, headPriority, quirks: rules }))
      if ('error' in found) return
      const { run, machine, sparsity, quirks, simulation } = found.result
      const { operations, buffers, cycles, busyModuleCycles, modulesTaken } = simulation
      seen.finished++
      if (headPriority === 'equal') seen.equal++

      // Every tile operation runs once, and after what it needs.
      const producers = new Map(operations.map((trace) => [trace.operation, trace]))
      for (const { operation, issued, startedAt } of operations) {
        assert.is(issued, operation.tiles, operation.name)
        for (const { producer, elements, name } of operation.needs) {
          if (!producer) continue
          const bits = elements * 20 * (1 - sparsity.activations)
          const stored = (producers.get(producer)?.doneAt as number) + Math.ceil(bits / machine.bufferBitsPerCycle)
          assert.ok((startedAt as number) >= stored, `${operation.name} at ${startedAt} before ${name} at ${stored}`)
        }
      }
      if (!rules.missingDependencies) {
        seen.waiting++
        const all = operations.map(({ operation }) => operation)
        for (const { operation, startedAt } of operations) {
          for (const input of unstoredInputs(operation, all)) {
            const done = producers.get(input)?.doneAt as number
            assert.ok(
              (startedAt as number) >= done,
              `${operation.name} at ${startedAt} before ${input.name} at ${done}`,
            )
          }
        }
        // Nothing is left to do after the last norm.
        assert.is(Math.max(...operations.map(({ doneAt }) => doneAt as number)), cycles)
      }
      const latencies = tileLatencies(16, sparsity.activations, true)
      assert.equal(simulation.tileCycles, latencies)
      for (const kind of OPERATION_KINDS) {
        const own = operations.filter(({ operation }) => operation.kind === kind)
        const tiles = sum(own.map(({ operation }) => operation.tiles))
        assert.is(modulesTaken[kind], tiles)
        const left = tiles * latencies[kind] - busyModuleCycles[kind]
        assert.ok(left >= 0 && left <= leftAtMost(own, cycles), `${kind}: ${left} left`)
        const running = own.filter(({ doneAt }) => (doneAt as number) > cycles)
        if (running.length > 0) seen.inFlight++
        // Of what was issued all at once the rest is known.
        const atOnce = running.every(
          ({ startedAt, doneAt }) => (doneAt as number) - (startedAt as number) === latencies[kind],
        )
        if (atOnce) assert.is(left, leftAtMost(running, cycles))
      }

      // Each weight is loaded once, each activation stored once; the last one may come too late.
      const { embeddings, weights, activations } = footprint(run, quirks)
      const { activation, weight, mask } = buffers
      assert.is(weight.entered, embeddings + weights)
      const unstored = activations - activation.entered
      assert.ok([0, lastOutput(run)].includes(unstored), `${unstored} elements not stored`)
      if (unstored > 0) seen.unstored++
      assert.is(mask.entered, weight.entered + activation.entered)
      for (const { entered, evicted, resident } of Object.values(buffers)) assert.is(entered, evicted + resident)
      if (activation.evicted > 0 || weight.evicted > 0) seen.evicting++

      // No module works twice at a time, no buffer overflows.
      const { pes, macLanesPerPe, softmaxPerPe } = machine
      const limits = {
        busyMac: pes * macLanesPerPe,
        busySoftmax: pes * softmaxPerPe,
        busyLayerNorm: pes,
        activationBits: machine.buffers.activationMb * 2 ** 23,
        weightBits: machine.buffers.weightMb * 2 ** 23,
        maskBits: machine.buffers.maskMb * 2 ** 23,
      }
      for (const [field, limit] of Object.entries(limits)) {
        const values = Array.from({ length: recorder.length }, (_, i) => recorder.value(i, field as keyof CycleSample))
        assert.ok(
          Math.min(...values) >= 0 && Math.max(...values) <= limit,
          `${field} ${Math.max(...values)} of ${limit}`,
        )
      }
      inOrder(recorder, cycles)

      // The history adds up to the totals.
      const history = historySums(recorder, cycles)
      assert.is(history.busyMac, busyModuleCycles.matmul + busyModuleCycles.gelu)
      assert.is(history.busySoftmax, busyModuleCycles.softmax)
      assert.is(history.busyLayerNorm, busyModuleCycles.layernorm)
      assert.ok(near(history.loadNj, weight.loadNj + mask.loadNj, 1e-9))
      assert.ok(near(history.storeNj, activation.storeNj + mask.storeNj, 1e-9))
      assert.is(activation.loadNj + weight.storeNj, 0)

      // Neither the modules nor main memory can be faster.
      assert.ok(cycles >= busyModuleCycles.matmul / limits.busyMac)
      assert.ok(cycles >= busyModuleCycles.softmax / limits.busySoftmax)
      assert.ok(cycles >= weight.transferCycles && cycles >= mask.transferCycles)
    }),
    { seed: 2, numRuns: 400 },
  )
  for (const [what, count] of Object.entries(seen))
    assert.ok(count >= 15, `${what}: ${count} of ${JSON.stringify(seen)}`)
})

test('the history adds up under the published rules, too, where cycles are skipped and softmax takes whole PEs', () => {
  for (const config of [
    'T',
    'T plot=7',
    'T seq=64 ab=0.125 mb=0.0625',
    'T mmbw=100',
    'T as=0 bcast=0',
    'T gap=0 plot=50',
  ]) {
    const recorder = new Recorder()
    const { simulation } = simulated(config, { recorder })
    const { busyModuleCycles: busy, buffers, cycles } = simulation
    inOrder(recorder, cycles)
    const history = historySums(recorder, cycles)
    assert.equal(
      [history.busyMac, history.busySoftmax, history.busyLayerNorm],
      [busy.matmul + busy.gelu, busy.softmax, busy.layernorm],
      config,
    )
    assert.ok(near(history.loadNj, buffers.weight.loadNj + buffers.mask.loadNj, 1e-9), config)
    assert.ok(near(history.storeNj, buffers.activation.storeNj + buffers.mask.storeNj, 1e-9), config)
    // Recording changes nothing.
    assert.equal(simulation, simulated(config).simulation, config)
  }
})

// Hand-worked cases

/** One tile operation each, buffers and bandwidths in which everything takes a cycle. */
const SINGLE = 'T batch=1 seq=16 l=1 heads=1 hd=16 h=16 ff=16 vocab=1 mmbw=1e6 bufbw=1e6 wb=1 ab=1 mb=1 COR issue=1'
const times = ({ operations }: Simulation) =>
  operations.map(({ operation, startedAt, doneAt }) => `${operation.name} ${startedAt}-${doneAt}`)

test('a layer of single tiles, worked out by hand', () => {
  // Embeddings load in cycle 0, Wq, Wk and Wv in 1 to 3; a weight is there in the cycle after. A product takes 128
  // cycles; its store starts in the cycle in which it is done, what needs it in the one after that. Wo comes after the
  // context, Wf1 after the heads' output, Wf2 after the inner activations.
  const { simulation } = simulated(SINGLE)
  assert.equal(times(simulation), [
    'q 2-130',
    'k 3-131',
    'v 4-132',
    'qk 133-261',
    'softmax 262-390',
    'pv 391-519',
    'o 521-649',
    'attention norm 522-538',
    'ffn1 651-779',
    'gelu1 780-781',
    'ffn2 781-909',
    'output norm 782-798',
  ])
  assert.is(simulation.cycles, 798)
  assert.is(simulation.embeddingCycles, 1)
  // Stores wait 4..129, 133..260, 262..389, 391..518, 521..648, 651..778 and 781..797 for their producers. Products wait
  // 0..1, 5..132, 134..261, 263..390, 392..520, 523..650 and 652..779 for their data.
  assert.equal(simulation.stalls, [0, 0, 0, 0, 126 + 5 * 128 + 17, 0, 2 + 3 * 128 + 129 + 2 * 128])
  // The last product has worked for 798 - 781 cycles.
  assert.equal(simulation.busyModuleCycles, { matmul: 7 * 128 + 17, gelu: 1, softmax: 128, layernorm: 32 })
  const { weight, activation } = simulation.buffers
  assert.is(weight.entered, 17 * 16 + 6 * 256)
  assert.is(activation.entered, 8 * 256)
})

test('stalls are reported up to the last whole period, counted by hand', () => {
  // First and last cycles in which a store waits for its producer, and a product for its data, as above.
  const notComputed = [
    [4, 129],
    [133, 260],
    [262, 389],
    [391, 518],
    [521, 648],
    [651, 778],
    [781, 797],
  ] as const
  const notBuffered = [
    [0, 1],
    [5, 132],
    [134, 261],
    [263, 390],
    [392, 520],
    [523, 650],
    [652, 779],
  ] as const
  const before = (cycle: number, spans: readonly (readonly [number, number])[]) =>
    sum(spans.map(([first, last]) => Math.max(0, Math.min(cycle, last + 1) - first)))
  assert.equal([before(798, notComputed), before(798, notBuffered)], [783, 771])
  for (let reportPeriod = 1; reportPeriod <= 800; reportPeriod++) {
    const { reportedStalls } = simulated(SINGLE, { reportPeriod }).simulation
    const last = 798 - (798 % reportPeriod)
    const expected = [0, 0, 0, 0, before(last, notComputed), 0, before(last, notBuffered)]
    assert.equal(reportedStalls, expected, `every ${reportPeriod} cycles`)
  }
})

test('more frequent reports never report less, and at every cycle they report everything', () => {
  for (const config of ['T', 'T COR', 'T mmbw=100', 'T COR mmbw=100']) {
    // With the rule that skips waiting the period changes what is counted.
    const { simulation } = simulated(`${config} plot=1`)
    const { cycles, stalls } = simulation
    let before: readonly number[] = stalls
    assert.equal(simulation.reportedStalls, stalls)
    for (const period of [2, 3, 10, 97, 1000, 1500, 2000, cycles, cycles + 1].sort(
      (a, b) => (cycles % a) - (cycles % b),
    )) {
      const { reportedStalls } = simulated(`${config} plot=1`, { reportPeriod: period }).simulation
      assert.ok(
        reportedStalls.every((count, i) => count <= (before[i] as number)),
        `${config} every ${period} cycles`,
      )
      before = reportedStalls
    }
    assert.equal(
      before,
      stalls.map(() => 0),
    )
    const skipping = simulated(`${config} plot=1000`).simulation
    const reports = skipping.reportedStalls
    assert.ok(reports.every((count, i) => count <= (skipping.stalls[i] as number)) && Math.max(...reports) > 0)
  }
})

test('that layer waits for its heads and its norm, too, worked out by hand', () => {
  // Zeros of the weights change neither times nor stores.
  const { simulation, machine, quirks } = simulated(`${SINGLE} ws=0.25`, {
    quirks: { missingDependencies: false, denseStoreEnergy: false },
  })
  // Each starts in the cycle after the last busy one of what it works on; ffn2 needs Wf2, too, there since 794.
  assert.equal(times(simulation).slice(6), [
    'o 521-649',
    'attention norm 649-665',
    'ffn1 665-793',
    'gelu1 794-795',
    'ffn2 795-923',
    'output norm 923-939',
  ])
  assert.is(simulation.cycles, 939)
  assert.equal(simulation.busyModuleCycles, { matmul: 8 * 128, gelu: 1, softmax: 128, layernorm: 32 })
  // All nine activations are stored, half of their words zero, and a mask bit is a twentieth of a word.
  assert.is(simulation.buffers.activation.entered, 9 * 256)
  const { bufferStoreNj } = batchEnergy(simulation, machine, { quirks })
  assert.ok(near(bufferStoreNj, (9 * 256 * (0.079275099 / 2 + 0.08200675 / 20)) / 64))
  const dense = simulated(SINGLE, { quirks: { missingDependencies: false, denseStoreEnergy: true } }).simulation
  assert.ok(near(batchEnergy(dense, machine, { quirks }).bufferStoreNj, (9 * 256 * (0.079275099 + 0.08200675)) / 64))
  assert.is(dense.cycles, 939)
})

test('a layer waits for the one before, a norm for all heads', () => {
  const { operations } = simulated(`${SINGLE} l=2 heads=2`, { quirks: { missingDependencies: false } }).simulation
  const at = (layer: number, name: string) =>
    operations.filter(({ operation }) => operation.layer === layer && operation.name === name)
  const [first, second] = at(0, 'o').map(({ doneAt }) => doneAt as number) as [number, number]
  assert.ok(first < second)
  assert.is(at(0, 'attention norm')[0]?.startedAt, second)
  const done = at(0, 'output norm')[0]?.doneAt as number
  assert.equal(
    ['q', 'k', 'v'].flatMap((name) => at(1, name).map(({ startedAt }) => startedAt)),
    [done, done, done + 1, done + 1, done + 2, done + 2],
  )
})

test('modules that are free a cycle late delay each of the seven steps of that layer', () => {
  const { simulation } = simulated(`${SINGLE} gap=1`)
  assert.equal(times(simulation).slice(3), [
    'qk 134-262',
    'softmax 264-392',
    'pv 394-522',
    'o 525-653',
    'attention norm 526-542',
    'ffn1 656-784',
    'gelu1 786-787',
    'ffn2 787-915',
    'output norm 788-804',
  ])
  assert.is(simulation.cycles, 798 + 7)
})

test('on one lane the first head always goes first, or each in turn', () => {
  const order = (headPriority: SimulationOptions['headPriority']) => {
    // A lane taken in cycle 2 is free again in cycle 131, which is the second head's turn.
    const { operations } = simulated(
      `${SINGLE} heads=2 gap=1 pe=1 lanes=1`,
      headPriority ? { headPriority } : {},
    ).simulation
    return operations
      .filter(({ operation }) => operation.head !== null && operation.kind === 'matmul')
      .sort((a, b) => (a.startedAt as number) - (b.startedAt as number))
      .map(({ operation, startedAt }) => `${operation.name}${operation.head} ${startedAt}`)
      .slice(0, 6)
  }
  const staggered = ['q0 2', 'k0 131', 'v0 260', 'q1 389', 'qk0 518', 'k1 647']
  assert.equal(order('staggered'), staggered)
  assert.equal(order(undefined), staggered)
  assert.equal(order('equal'), ['q0 2', 'q1 131', 'k0 260', 'k1 389', 'v0 518', 'v1 647'])
})

test('as published every issue-th single runs twice and what a window drops never runs, counted by hand', () => {
  // Three at a time, windows of singles hold four. Of qk and softmax, 4 tiles each, the second window has qk 4 and drops
  // softmax 1 and 2; the third has softmax 3 and 4 and drops pv 1. The other products have 12 tiles.
  const { operations } = simulated('T batch=4 seq=16 l=1 h=48 issue=3 wb=1 ab=1 mb=1').simulation
  const issued = operations.map((own) => `${own.operation.name} ${own.issued}/${own.operation.tiles}`)
  const head = ['q 12/12', 'k 12/12', 'v 12/12', 'qk 4/4', 'softmax 2/4', 'pv 3/4', 'o 12/12']
  assert.equal(issued, [
    ...head,
    ...head,
    // Windows at 0, 3, 6 and 9; the last one ends with its kind.
    'attention norm 15/12',
    'ffn1 63/48',
    'gelu1 15/12',
    'ffn2 63/48',
    // At 0, 3, 6, 9, 12 and 15; the last has one and the cursor passes two of what follows.
    'gelu2 21/16',
    // At 2, 5 and 8, and the very last once more.
    'output norm 13/12',
  ])
  assert.is(simulated('T').simulation.modulesTaken.layernorm, 9 + 9 + 9 + 10)
})

test('an operation that is passed whole has no times', () => {
  // Four at a time: the norm's 2 tiles take the cursor past the first 2 of 8 of what follows, so that 5 and 2 are issued,
  // and the cursor passes the 2 tiles after those.
  const changes = 'l=1 batch=1 hd=32 h=16 issue=4 wb=1 ab=1 mb=1'
  const { operations } = simulated(`T ${changes}`).simulation
  const singles = operations.filter(({ operation }) => operation.head === null)
  assert.equal(
    singles.map(({ operation, issued }) => `${operation.name} ${issued}/${operation.tiles}`),
    ['attention norm 2/2', 'ffn1 7/8', 'gelu1 0/2', 'ffn2 9/8', 'gelu2 9/8', 'output norm 3/2'],
  )
  assert.equal([singles[2]?.startedAt, singles[2]?.doneAt], [null, null])
  assert.ok(singles.every(({ issued, startedAt, doneAt }) => issued === 0 || (doneAt ?? 0) > (startedAt ?? Infinity)))
})

test('one rule less: with windows of the right size only the very last runs twice, and right windows lose nothing', () => {
  const excess = (config: string) =>
    simulated(config).simulation.operations.flatMap(({ operation, issued }) =>
      issued === operation.tiles ? [] : [`${operation.layer} ${operation.name} ${issued - operation.tiles}`],
    )
  assert.equal(excess('T dup=0'), ['1 output norm 1'])
  assert.equal(excess('T dup=0 adv=0'), [])
  assert.equal(excess('T adv=0'), [])
  assert.equal(excess('T issue=1'), [])
})

test('embeddings are in after their bits over the bandwidth, or a cycle later where waiting is skipped', () => {
  fc.assert(
    fc.property(
      fc.record({
        vocab: fc.integer({ min: 1, max: 400 }),
        ws: fc.constantFrom(0, 0.25, 0.5, 0.9),
        mmbw: fc.constantFrom(50, 100, 314.1459, 785.365, 1e6),
        plot: fc.constantFrom(1, 2, 5, 1000),
        fast: fc.integer({ min: 1, max: 50 }),
      }),
      ({ vocab, ws, mmbw, plot, fast }) => {
        const settings = `T l=1 vocab=${vocab} ws=${ws} ab=1 wb=1 mb=1`
        const end = (changes: string) => simulated(`${settings} ${changes}`).simulation.embeddingCycles
        const exact = Math.ceil(((vocab + 32) * 32 * 20 * (1 - ws)) / mmbw)
        assert.is(end(`mmbw=${mmbw} plot=1`), exact)
        assert.is(end(`mmbw=${mmbw} COR`), exact)
        assert.ok([exact, exact + 1].includes(end(`mmbw=${mmbw} plot=${plot}`)))
        // More bandwidth never delays them, more PEs change nothing.
        assert.ok(end(`mmbw=${mmbw * fast} plot=1`) <= exact)
        assert.is(end(`mmbw=${mmbw} pe=${8 * fast} plot=1`), exact)
      },
    ),
    { seed: 3, numRuns: 40 },
  )
})

test('a layer takes its loads one after the other, and its chain of operations, at least', () => {
  fc.assert(
    fc.property(
      fc.record({ seq: fc.constantFrom(16, 32, 48), h: fc.constantFrom(16, 48), ff: fc.constantFrom(16, 100) }),
      fc.constantFrom(20, 200, 785.365),
      fc.constantFrom(1, 4, 16),
      ({ seq, h, ff }, mmbw, issue) => {
        const config = `T l=1 seq=${seq} h=${h} ff=${ff} mmbw=${mmbw} pe=16 ab=1 wb=1 mb=1 COR issue=${issue}`
        const { simulation, machine } = simulated(config)
        const load = (elements: number) => Math.ceil((elements * 10) / mmbw)
        const loads = load((64 + seq) * h) + 2 * 4 * load(h * 16) + 2 * load(h * ff)
        assert.is(simulation.buffers.weight.transferCycles, loads)
        // q, qk, softmax, pv, o or a norm beside it, ffn1, gelu, norm.
        assert.ok(simulation.cycles >= Math.max(loads, 4 * 128 + 128 + 1 + 16))
        const [s, w, f] = [seq, h, ff].map((side) => Math.ceil(side / 16)) as [number, number, number]
        const products = 2 * 2 * (4 * s * w + 2 * s * s) + 2 * s * f * w
        // The second feed-forward product may still be running.
        assert.ok(simulation.cycles >= (products * 128) / (machine.pes * machine.macLanesPerPe))
        assert.is(simulation.modulesTaken.matmul, products + 2 * s * f * w)
      },
    ),
    { seed: 4, numRuns: 40 },
  )
})

test('twice the tokens, layers or sequences take longer, and a second batch element no second set of weights', () => {
  const roomy = 'T ab=1 wb=1 mb=1 COR'
  for (const base of [roomy, `${roomy} issue=1`, `${roomy} mmbw=100`, `${roomy} heads=4 as=0`]) {
    const cycles = (changes: string) => simulated(`${base} ${changes}`).simulation.cycles
    const series = (key: string, values: readonly number[]) => values.map((value) => cycles(`${key}=${value}`))
    for (const own of [series('seq', [16, 32, 64, 128]), series('l', [1, 2, 4]), series('batch', [1, 2, 4, 8])]) {
      assert.equal(
        own,
        [...own].sort((a, b) => a - b),
        base,
      )
      assert.is(new Set(own).size, own.length, base)
    }
    const entered = (changes: string) => simulated(`${base} ${changes}`).simulation.buffers.weight.entered
    assert.is(entered('batch=4'), entered('batch=1'))
    const withoutEmbeddings = (changes: string) => entered(changes) - (64 + 32) * 32
    assert.is(withoutEmbeddings('batch=4 wbatch=1'), 4 * withoutEmbeddings('batch=1'))
  }
})

test('more PEs do the same work with the same energy of main memory', () => {
  const work = (pe: number) => {
    const { simulation, machine, quirks } = simulated(`T pe=${pe} ab=1 wb=1 mb=1 COR issue=1`)
    assert.ok(simulation.cycles < 1e5)
    return [simulation.modulesTaken, batchEnergy(simulation, machine, { quirks }).mainMemoryNj]
  }
  for (const pe of [1, 2, 16, 64]) assert.equal(work(pe), work(8))
})

test('with smaller tiles there are more tile operations, each of them shorter', () => {
  const machine = { ...accelTran(EDGE), tileSide: 8 }
  const run = { ...TINY, sequence: 32, batch: 1, vocabulary: 100 }
  const options = { sparsity: SPARSITY, machine }
  const [small, usual] = [8, 16].map((tileSide) => simulate(run, { ...options, machine: { ...machine, tileSide } }))
  // Per layer: projections 4 x 2 heads, scores and context 2 x 2 heads, feed-forward layers.
  assert.is(usual?.modulesTaken.matmul, 2 * (8 * (2 * 8 * 4) + 4 * (2 * 2 * 4) + 2 * (2 * 8 * 32)))
  assert.is(small?.modulesTaken.matmul, 8 * (usual?.modulesTaken.matmul ?? 0))
  assert.is(small?.modulesTaken.softmax, 4 * (usual?.modulesTaken.softmax ?? 0))
  const first = (own: Simulation | undefined) => own?.operations.find(({ operation }) => operation.kind === 'layernorm')
  const latency = (own: Simulation | undefined) => (first(own)?.doneAt ?? 0) - (first(own)?.startedAt ?? 0)
  assert.ok(latency(small) >= 8 && latency(usual) >= 16)
})

test('BERT-Base with its 12 heads ends when all rules are right, and not as published', () => {
  const run = { shape: bertBase, vocabulary: ACCELTRAN.vocabulary.value, sequence: 64, batch: 2 }
  const machine = accelTran(SERVER)
  const { cycles, operations } = simulate(run, { machine, sparsity: SPARSITY })
  assert.is(operations.length, 12 * (12 * 7 + 5))
  assert.ok(operations.every(({ issued, operation }) => issued === operation.tiles))
  // Not faster than its multiply-accumulates at the peak, half of them left out.
  const macs = 2 * 12 * (4 * 64 * 768 * 768 + 2 * 64 * 64 * 768 + 2 * 64 * 768 * 3072)
  const lastProduct = 2 * 64 * 768 * 3072
  assert.ok(cycles >= (macs - lastProduct) / 2 / ((peakTops(machine) * 1e6) / machine.clockMhz))
  assert.throws(
    () => simulate(run, { machine: accelTran(SERVER, PUBLISHED), sparsity: SPARSITY, quirks: PUBLISHED }),
    (error: unknown) => error instanceof RangeError && /no progress/.test(error.message),
  )
})

test('stalls at the last report are all of them if it is the last cycle, none before the first, and rise between', () => {
  for (const config of ['T plot=1', 'T COR']) {
    const { cycles, stalls } = simulated(config).simulation
    const reported = (reportPeriod: number) => simulated(config, { reportPeriod }).simulation.reportedStalls
    assert.equal(reported(1), stalls, config)
    assert.equal(reported(cycles), stalls, config)
    assert.equal(
      reported(cycles + 1),
      stalls.map(() => 0),
      config,
    )
    // With rules that do not hang on the period, a report at half the cycles holds what a batch has seen by then.
    const half = Math.ceil((cycles + 1) / 2)
    const [early, late] = [reported(half), reported(cycles - 1)]
    for (const [i, total] of stalls.entries()) {
      assert.ok((early[i] as number) <= (late[i] as number) && (late[i] as number) <= total, `${config} ${i}`)
      // A cycle counts each head's operation once, and each tile operation of a window.
      assert.ok(total - (late[i] as number) <= 2 * 5, `${config} ${i}`)
    }
  }
})

test('a store costs as published all its elements and a word per mask bit, corrected its non-zeros and mask bits', () => {
  const machine = accelTran(EDGE)
  const sparsity = { activations: 0.3, weights: 0.5 }
  const stored = (quirks: AccelTranQuirks) => simulate(TINY, { machine, sparsity, quirks }).buffers
  const [dense, right] = [stored({ denseStoreEnergy: true }), stored({})]
  assert.ok(near(right.activation.storeNj / dense.activation.storeNj, 0.7, 1e-12))
  assert.ok(near(right.mask.storeNj / dense.mask.storeNj, 1 / 20, 1e-12))
  assert.ok(near(right.mask.loadNj, dense.mask.loadNj, 1e-12))
})

test('what no buffer holds is waited for, and only with that rule', () => {
  const machine = accelTran(EDGE)
  const first = (missingDependencies: boolean) => {
    const { operations } = simulate(TINY, { machine, sparsity: SPARSITY, quirks: { missingDependencies } })
    const at = (name: string, layer: number) =>
      operations.filter(({ operation }) => operation.name === name && operation.layer === layer)
    const ends = (name: string, layer: number) => Math.max(...at(name, layer).map(({ doneAt }) => doneAt ?? 0))
    const starts = (name: string, layer: number) => Math.min(...at(name, layer).map(({ startedAt }) => startedAt ?? 0))
    return [
      starts('attention norm', 0) >= ends('o', 0),
      starts('ffn1', 0) >= ends('attention norm', 0),
      starts('ffn2', 0) >= ends('gelu1', 0),
      starts('output norm', 0) >= ends('ffn2', 0),
      starts('q', 1) >= ends('output norm', 0),
    ]
  }
  assert.equal(first(false), [true, true, true, true, true])
  assert.equal(first(true).slice(0, 1), [false])
})

test('a batch of more tile operations than can be kept track of is refused', () => {
  const machine = accelTran(EDGE)
  const huge = { ...TINY, sequence: 65536, batch: 64 }
  assert.throws(
    () => simulate(huge, { machine, sparsity: SPARSITY }),
    /Cannot simulate: a batch must have at most 1000000000 tile operations, got \d+/,
  )
})

test.run()

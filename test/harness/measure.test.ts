import process from 'node:process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type AnyExperiment, anyExperiment, experiment, type Stopwatch } from '../../lib/harness/experiment.ts'
import { helpText } from '../../lib/harness/help.ts'
import { runScript } from '../../lib/harness/main.ts'
import { runMeasurement } from '../../lib/harness/measure.ts'
import { formatRun } from '../../lib/harness/output.ts'
import { produce } from '../../lib/harness/produce.ts'
import { readableRun } from '../../lib/harness/readable.ts'
import { readRequest, SCRIPT_FLAGS } from '../../lib/harness/request.ts'
import { runExperiment } from '../../lib/harness/run.ts'
import { tables } from '../../lib/harness/table.ts'
import { PLAIN } from '../../lib/harness/terminal.ts'

const source = { kind: 'assumed', why: 'a test', range: 'any' } as const
const plain = {
  id: 'p/timed',
  version: '1.0.0',
  item: 'Fig. 1',
  title: 'Timed',
  params: { n: { type: 'integer', value: 3, unit: '1', source, description: 'n' } },
  schema: tables({ pure: { i: { type: 'integer', unit: '1', 'x-key': true }, r: { type: 'number', unit: '1' } } }),
  run: ({ params, rng }: { params: { n: number }; rng: { next(): number } }) => ({
    pure: [{ i: params.n, r: rng.next() }],
  }),
  claims: {},
} as const
/** How often the measurement ran. */
let measurements = 0
const exp = anyExperiment(
  experiment({
    ...plain,
    measure: {
      schema: tables({
        speed: {
          n: { type: 'integer', unit: '1', 'x-key': true },
          draw: { type: 'number', unit: '1' },
          pace: { type: 'number', unit: '1/s', description: 'how fast' },
        },
      }),
      run({ params, rng, stopwatch }) {
        measurements += 1
        const start = stopwatch.cpuSeconds()
        return { speed: [{ n: params.n, draw: rng.next(), pace: 10 / (stopwatch.cpuSeconds() - start) }] }
      },
    },
  }),
)
/** A clock that goes on by a second at each look. */
const ticking = (): Stopwatch => {
  let seconds = 0
  return { cpuSeconds: () => ++seconds }
}

/** Prints what a command line prints, with the real clock, which a busy loop has to move. */
async function printed(own: AnyExperiment, ...argv: string[]): Promise<string> {
  const { write } = process.stdout
  let out = ''
  process.stdout.write = ((text: string) => {
    out += text
    return true
  }) as typeof write
  try {
    assert.is(await runScript(own, argv), 0)
  } finally {
    process.stdout.write = write
  }
  return out
}

/** The same experiment, without a division by the time that has passed. */
const steady: AnyExperiment = {
  ...exp,
  measure: {
    schema: tables({ speed: { seconds: { type: 'number', unit: 's' } } }),
    run({ stopwatch }) {
      measurements += 1
      return { speed: [{ seconds: stopwatch.cpuSeconds() }] }
    },
  },
}

test('a measurement gets the parameters and seed of the run, and a stopwatch', () => {
  const run = runExperiment(exp, { set: { n: 7 }, seed: 5 })
  const measured = runMeasurement(exp, run, ticking())
  // Its own stream of the same seed: what the run has drawn does not matter.
  assert.equal(measured, { speed: [{ n: 7, draw: run.tables['pure']?.[0]?.['r'], pace: 10 }] })
  assert.is(runMeasurement(anyExperiment(experiment(plain as never)), run), null)
})

test('the stopwatch reads processor time, which only work moves', () => {
  let stopwatch: Stopwatch | undefined
  const peek: AnyExperiment = {
    ...exp,
    measure: {
      schema: tables({}),
      run(context) {
        stopwatch = context.stopwatch
        return {}
      },
    },
  }
  runMeasurement(peek, runExperiment(exp))
  const start = stopwatch?.cpuSeconds() as number
  const { user, system } = process.cpuUsage()
  assert.ok(Math.abs(start - (user + system) / 1e6) < 0.05, 'in seconds')
  let last = start
  for (let looks = 0; looks < 1e7 && last === start; looks += 1) last = stopwatch?.cpuSeconds() as number
  assert.ok(last > start)
})

test('what is measured must match its schema', () => {
  const wrong = { ...exp, measure: { ...exp.measure, run: () => ({ speed: [{ n: 1, draw: 2 }] }) } } as AnyExperiment
  assert.throws(() => runMeasurement(wrong, runExperiment(exp)), /Cannot report p\/timed: speed\.0 must have.*pace/)
  const infinite = {
    ...exp,
    measure: { ...exp.measure, run: () => ({ speed: [{ n: 1, draw: 2, pace: 1 / 0 }] }) },
  } as AnyExperiment
  assert.throws(() => runMeasurement(infinite, runExperiment(exp)), /speed\.0\.pace must be a number/)
})

test('it is printed after the tables and says what it is; JSON has it under a key of its own', async () => {
  const run = runExperiment(exp)
  const measured = runMeasurement(exp, run, ticking())
  const answer = (given: typeof measured) => ({ request: readRequest(exp, []), claims: [], measured: given })
  const read = (markdown: boolean, given = measured) =>
    readableRun(exp, run, { ...answer(given), markdown, terminal: PLAIN, argv: [] })
  const text = (format: 'json' | 'csv', given = measured) =>
    formatRun(exp, run, { ...answer(given), request: { ...answer(given).request, format } }).text
  assert.match(
    await read(false),
    /\npure\n[\s\S]*\nspeed \(measured on this machine[^\n]*\)\n\nn +draw +pace \[1\/s\]\n/,
  )
  assert.match(await read(true), /## pure\n[\s\S]*\n## speed \(measured on this machine/)
  const json = JSON.parse(text('json'))
  assert.equal(json.measured, { units: { speed: { n: '1', draw: '1', pace: '1/s' } }, tables: measured })
  assert.equal(Object.keys(json.tables), ['pure'])
  assert.not.ok(text('csv').includes('pace'))
  assert.not.ok('measured' in JSON.parse(text('json', null)))
  assert.not.match(await read(false, null), /measured/)
})

test('a person who runs the script gets it; a check, a sweep, one table and csv do without', async () => {
  const runs = async (...argv: string[]) => {
    const before = measurements
    const out = await printed(steady, ...argv)
    assert.is(/measured/.test(out), measurements > before, argv.join(' '))
    return measurements - before
  }
  assert.is(await runs(), 1)
  assert.is(await runs('--format', 'json'), 1)
  assert.is(await runs('--format', 'md', '--set', 'n=4'), 1)
  assert.is(await runs('--sweep', 'n=1,2'), 0)
  assert.is(await runs('--table', 'pure'), 0)
  assert.is(await runs('--format', 'csv'), 0)
  // There is no golden of it: the check fails, having measured nothing.
  const before = measurements
  const { write } = process.stdout
  const { error } = console
  process.stdout.write = (() => true) as typeof write
  console.error = () => {}
  try {
    assert.is(await runScript(steady, ['--check', '--format', 'json']), 1)
  } finally {
    process.stdout.write = write
    console.error = error
  }
  assert.is(measurements, before)
})

test('nothing that is accepted, judged or reported sees it', () => {
  const before = measurements
  const { produced } = produce(exp, new Map())
  assert.is(measurements, before)
  assert.not.match(JSON.stringify(produced), /speed|pace/)
})

test('the help text lists what is measured', () => {
  assert.match(
    helpText(exp, SCRIPT_FLAGS),
    /Measured when the script runs[^\n]*\n {2}speed: n, draw, pace \[1\/s\]\n {6}pace: how fast/,
  )
  assert.not.match(helpText(anyExperiment(experiment(plain as never)), SCRIPT_FLAGS), /Measured/)
})

test.run()

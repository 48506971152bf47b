import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  describeSkipped,
  discoverExperiments,
  fingerprints,
  judgeBatch,
  lastSeconds,
  loadExperiment,
  type ProgressStream,
  runAll,
  selectExperiments,
  showProgress,
} from '../../lib/harness/batch/mod.ts'
import { runVariants } from '../../lib/harness/produce.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { copyProject } from '../support/project.ts'

const IDS = discoverExperiments(PROJECT_ROOT)

/** An experiment that says how long the text is that it got. */
const STORED_SCRIPT = `import { experiment, main, storedFile, tables } from '../../lib/harness/mod.ts'
const source = { kind: 'assumed', why: 'a test', range: 'any' } as const
const network = {
  type: 'string', value: '', unit: 'file', source, description: 'network',
  file: true, stored: 'experiments/survey/network.json',
} as const
const n = { type: 'integer', value: 1, unit: '1', source, description: 'n' } as const
const exp = experiment({
  id: 'survey/table99-stored', version: '1.0.0', item: 'none', title: 'Length', params: { network, n },
  schema: tables({ t: { length: { type: 'integer', unit: '1' } } }),
  run: (context) => ({ t: [{ length: storedFile(network, 'network', context).text.length }] }),
  claims: {},
})
export default exp
await main(import.meta, exp)
`

test('experiments are the scripts right inside a folder of experiments', () => {
  assert.ok(IDS.length >= 14)
  assert.ok(IDS.every((id) => /^[a-z-]+\/[a-z0-9-]+$/.test(id)))
  assert.not.ok(IDS.some((id) => id.includes('shared')))
})

test('experiments are picked by id, beginning of id or path', () => {
  const ids = ['a/fig01-x', 'a/table01-y', 'b/fig01-z']
  assert.equal(selectExperiments(ids, []), ids)
  assert.equal(selectExperiments(ids, ['b']), ['b/fig01-z'])
  assert.equal(selectExperiments(ids, ['experiments/a/table01-y.ts', 'a/fig']), ['a/fig01-x', 'a/table01-y'])
  assert.throws(() => selectExperiments(ids, ['a/tabel01-y']), /got "a\/tabel01-y"; did you mean "a\/table01-y"\?/)
})

test('a script without the experiment it is named for is refused', async () => {
  const root = mkdtempSync(join(tmpdir(), 'reprise-load-'))
  mkdirSync(join(root, 'experiments/p'), { recursive: true })
  writeFileSync(join(root, 'experiments/p/x.ts'), 'export default 1')
  let message = ''
  await loadExperiment(root, 'p/x').catch((error: Error) => {
    message = error.message
  })
  assert.match(message, /experiments\/p\/x\.ts: its default export must be the experiment p\/x, got none/)
  rmSync(root, { recursive: true })
})

test('one thread or several give the same bytes, and an unchanged run is skipped with its reason', async () => {
  const copy = copyProject()
  const ids = ['survey/fig31-latency-breakdown-gpt2', 'survey/table02-matmul-shapes', 'survey/table11-gpt2']
  const strip = (results: Awaited<ReturnType<typeof runAll>>) =>
    JSON.stringify(results.map(({ id, runs, error }) => ({ id, runs, error })))
  const seen: string[] = []
  const threads = await runAll(copy.root, ids, { jobs: 3, onResult: ({ id }) => seen.push(id) })
  assert.equal([...seen].sort(), ids)
  assert.ok(threads.every(({ skipped, why, error }) => !skipped && error === null && why === 'there is no earlier run'))
  const alone = await runAll(copy.root, ids, { jobs: 1, force: true })
  assert.is(strip(alone), strip(threads))
  assert.is(alone[0]?.why, 'forced')
  const here = await Promise.all(
    ids.map(async (id) => ({ id, runs: runVariants(await loadExperiment(copy.root, id)), error: null })),
  )
  assert.is(JSON.stringify(here), strip(threads), 'a worker gives what this process gives')
  const again = await runAll(copy.root, ids)
  assert.is(strip(again), strip(threads))
  assert.ok(again.every(({ skipped, why }) => skipped && /^code [0-9a-f]{12}, packages and Node\.js v/.test(why)))

  copy.edit(
    'lib/workload/counting.ts',
    '/** Floating-point operations',
    '/** A comment. */\n\n/** Floating-point operations',
  )
  assert.ok(
    (await runAll(copy.root, ids)).every(({ skipped }) => skipped),
    'a comment changes nothing',
  )
  copy.edit('lib/accelerators/analytical/latency.ts', 'Math.max(compute, memory)', 'Math.max(memory, compute)')
  const changed = Object.fromEntries((await runAll(copy.root, ids, { jobs: 1 })).map(({ id, why }) => [id, why]))
  assert.is(changed['survey/fig31-latency-breakdown-gpt2'], 'its code or that of a module it imports changed')
  assert.match(changed['survey/table11-gpt2'] ?? '', /are those of the earlier run/)
  copy.write('package-lock.json', `${copy.read('package-lock.json')}\n`)
  assert.is((await runAll(copy.root, ids, { jobs: 1 }))[1]?.why, 'package-lock.json changed')
  copy.write(`out/cache/${ids[0]}.json`, '{"fingerprint":')
  assert.is((await runAll(copy.root, ids))[0]?.why, 'there is no earlier run')
  copy.dispose()
})

test('a run gets the stored file of the project that it is in; once the file changes, it runs again', async () => {
  const copy = copyProject()
  const id = 'survey/table99-stored'
  copy.write(`experiments/${id}.ts`, STORED_SCRIPT)
  copy.write('experiments/survey/network.json', '[1]')
  const sharing = 'survey/table98-stored'
  copy.write(`experiments/${sharing}.ts`, STORED_SCRIPT.replace(id, sharing))
  const runBoth = async () => {
    const results = await runAll(copy.root, [id, sharing], { jobs: 1 })
    return results.map(({ runs, why, error }) => [runs[0]?.tables['t']?.[0]?.['length'] ?? error, why] as const)
  }
  assert.equal(
    await runBoth(),
    [1, 2].map(() => [3, 'there is no earlier run']),
  )
  for (const [length, why] of await runBoth()) {
    assert.is(length, 3)
    assert.match(why, /are those of the earlier run/)
  }
  copy.write('experiments/survey/network.json', '[1, 2]')
  const changed = 'a file it reads changed: experiments/survey/network.json'
  assert.equal(
    await runBoth(),
    [1, 2].map(() => [6, changed]),
  )
  const own = join(copy.root, 'own.json')
  writeFileSync(own, '[]')
  const script = `experiments/${id}.ts`
  assert.match((await copy.run(script, ['--format', 'csv'])).stdout, /^length\r?\n6\b/)
  assert.match((await copy.run(script, ['--format', 'csv', '--set', `network=${own}`])).stdout, /^length\r?\n2\b/)
  assert.match((await copy.run(script, ['--sweep', 'n=1,2', '--format', 'csv'])).stdout, /1,6\r?\n2,6\b/)
  copy.remove('experiments/survey/network.json')
  const missing = 'Cannot read experiments/survey/network.json: it must be a readable file, got no such file'
  assert.equal(
    await runBoth(),
    [1, 2].map(() => [missing, changed]),
  )
  const { exitCode, stdout, stderr } = await copy.run(script)
  assert.equal([exitCode, stdout, stderr], [2, '', `error: ${missing}`])
  assert.match((await copy.run(script, ['--format', 'csv', '--set', `network=${own}`])).stdout, /^length\r?\n2\b/)
  copy.dispose()
})

test('everything runs even if something fails, and what fails is named', async () => {
  const copy = copyProject()
  copy.edit(
    'experiments/survey/table02-matmul-shapes.ts',
    'matmuls: layerOperators(',
    "matmuls: ((): never => { throw new RangeError('broken on purpose') })() ?? layerOperators(",
  )
  copy.write('experiments/survey/table01-configurations.ts', 'this is not TypeScript')
  const ids = ['survey/table01-configurations', 'survey/table02-matmul-shapes', 'survey/table12-resnet50-convs']
  for (const jobs of [1, 2]) {
    const results = await runAll(copy.root, ids, { jobs })
    assert.equal(
      results.map(({ error }) => error !== null),
      [true, true, false],
    )
    const { broken, experiments } = await judgeBatch(copy.root, results)
    assert.equal(
      broken.map(({ id }) => id),
      ids.slice(0, 2),
    )
    assert.is(broken[1]?.message, 'broken on purpose')
    assert.is(experiments.length, 1)
  }
  copy.dispose()
})

test('an experiment that ends its process, never ends, or fails without a word is broken, and only it', async () => {
  const copy = copyProject()
  const faulty = (id: string, statement: string) =>
    copy.write(`experiments/${id}.ts`, `${copy.read(`experiments/${id}.ts`)}\n${statement}\n`)
  faulty('survey/table01-configurations', 'process.exit(0)')
  faulty('survey/table02-matmul-shapes', 'for (;;) {}')
  faulty('survey/table03-bert-base', 'await new Promise(() => {})')
  faulty('survey/table04-resnet50', "throw new Error('')")
  const ids = [1, 2, 3, 4].map((n) => IDS.find((id) => id.startsWith(`survey/table0${n}`)) as string)
  const results = await runAll(copy.root, [...ids, 'survey/table12-resnet50-convs'], { jobs: 5, timeoutSeconds: 8 })
  assert.equal(
    results.map(({ error }) => error),
    [
      results[0]?.error,
      'it must finish within 8 s, and has not',
      'it must finish within 8 s, and has not',
      'Error',
      null,
    ],
  )
  assert.match(results[0]?.error ?? '', /exited/)
  const { experiments, broken } = await judgeBatch(copy.root, results)
  assert.equal([experiments.length, broken.length], [1, 4])
  assert.ok((await runAll(copy.root, [ids[3] as string]))[0]?.why, 'there is no earlier run')
  copy.dispose()
})

test('two experiments that answer one claim, or one of no known paper, are broken; the rest is judged', async () => {
  const copy = copyProject()
  const ids = ['survey/fig06-intensity', 'survey/table01-configurations', 'survey/table12-resnet50-convs']
  copy.edit(`experiments/${ids[1]}.ts`, "paper: 'survey'", "paper: 'survye'")
  copy.edit(
    `experiments/${ids[2]}.ts`,
    'claims: Object.fromEntries(',
    "claims: { 'survey.txt.ai-peak': () => 512 }, constants: Object.fromEntries(",
  )
  const { experiments, broken } = await judgeBatch(copy.root, await runAll(copy.root, ids))
  assert.equal(
    experiments.map(({ exp }) => exp.id),
    ids.slice(0, 1),
  )
  assert.match(broken[0]?.message ?? '', /paper must be one of .*, got survye; did you mean "survey"\?/)
  assert.match(
    broken[1]?.message ?? '',
    /survey\.txt\.ai-peak: one experiment must answer for it, got survey\/fig06-intensity and survey\/table12/,
  )
  copy.dispose()
})

test('a fingerprint follows the code an experiment imports and nothing else', async () => {
  const prints = await fingerprints(PROJECT_ROOT, IDS)
  assert.is(prints.size, IDS.length)
  assert.is(new Set([...prints.values()].map(({ code }) => code)).size, IDS.length)
  assert.is((await fingerprints(PROJECT_ROOT, ['survey/none'])).size, 0)
})

test('progress is a live bar on a terminal and plain lines elsewhere', () => {
  const result = { id: 'p/x', runs: [], files: {}, error: null, skipped: false, why: 'w', seconds: 0.5 }
  const show = (stream: Partial<ProgressStream>, why: boolean) => {
    let text = ''
    const environment = { NO_COLOR: '1' }
    const onResult = showProgress({ environment, ...stream, write: (part: string) => (text += part) }, 2, why)
    onResult(result)
    onResult({ ...result, error: 'e' })
    return text
  }
  assert.is(show({}, false), '1/2 p/x  0.50 s\n2/2 p/x  FAILED\n')
  assert.is(show({}, true), '1/2 p/x  0.50 s  (w)\n2/2 p/x  FAILED  (w)\n')
  const clear = '\r\u001b[K'
  assert.is(
    show({ isTTY: true }, false),
    `${clear}[${'#'.repeat(12)}${'-'.repeat(12)}] 1/2 p/x  0.50 s${clear}[${'#'.repeat(24)}] 2/2 p/x  FAILED\n`,
  )
  assert.is(
    show({ isTTY: true, columns: 40 }, false),
    `${clear}[${'#'.repeat(12)}${'-'.repeat(12)}] 1/2 p/x  0.…${clear}[${'#'.repeat(24)}] 2/2 p/x  FA…\n`,
    'no line is longer than the terminal',
  )
  const dumb = { isTTY: true, environment: { TERM: 'dumb' } }
  assert.is(show(dumb, false), '1/2 p/x  0.50 s\n2/2 p/x  FAILED\n', 'a terminal that cannot go back')
  assert.is(
    show({ environment: { FORCE_COLOR: '1' } }, false),
    '1/2 p/x  0.50 s\n2/2 p/x  \u001b[31m\u001b[1mFAILED\u001b[39m\u001b[22m\n',
  )
})

test('what was skipped is said in one line, with the reason', () => {
  const result = { id: 'p/x', runs: [], files: {}, error: null, skipped: true, why: 'w', seconds: 0.5 }
  const same = `code, packages and Node.js ${process.version} are those of`
  assert.is(
    describeSkipped([result, result, { ...result, skipped: false }], false),
    `2 skipped: ${same} their last run (--force runs them, --why lists them)`,
  )
  assert.is(describeSkipped([result], true), `1 skipped: ${same} its last run (--force runs them)`)
  assert.is(describeSkipped([{ ...result, skipped: false }], false), null)
})

test('the time of a run is kept with it; without it, what was kept still stands for the run', async () => {
  const copy = copyProject()
  const id = 'survey/table02-matmul-shapes'
  assert.is(lastSeconds(copy.root, id), null)
  const [first] = await runAll(copy.root, [id], { jobs: 1 })
  assert.ok((first?.seconds ?? 0) > 0)
  assert.is(lastSeconds(copy.root, id), first?.seconds)
  const [again] = await runAll(copy.root, [id], { jobs: 1 })
  assert.equal([again?.skipped, again?.seconds], [true, first?.seconds])
  const path = `out/cache/${id}.json`
  const { seconds: _, ...older } = JSON.parse(copy.read(path))
  copy.write(path, JSON.stringify(older))
  assert.is(lastSeconds(copy.root, id), null)
  const [old] = await runAll(copy.root, [id], { jobs: 1 })
  assert.equal([old?.skipped, old?.seconds], [true, null])
  copy.write(path, '{"fingerprint":{}')
  assert.is(lastSeconds(copy.root, id), null, 'a file that was torn')
  copy.dispose()
})

test.run()

import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { discoverExperiments } from '../../lib/harness/batch/mod.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { copyProject, type ProjectCopy, run } from '../support/project.ts'

const test = suite<{ copy: ProjectCopy; warm: ProjectCopy }>('scripts')
test.before(async (context) => {
  context.warm = copyProject()
  await context.warm.run('scripts/reproduce.ts', ['--no-report'])
})
test.before.each((context) => {
  context.copy = copyProject(context.warm)
})
test.after.each(({ copy }) => copy.dispose())
test.after(({ warm }) => warm.dispose())

const REPRODUCE = 'scripts/reproduce.ts'
const GOLDEN = 'scripts/golden.ts'
const CLAIMS = 'scripts/claims.ts'
const ID = 'survey/table12-resnet50-convs'
const COUNT = discoverExperiments(PROJECT_ROOT).length

test('reproduce runs everything, writes the report, and skips what has not changed', async ({ copy }) => {
  const first = await copy.run(REPRODUCE, ['--force'])
  assert.equal([first.exitCode, first.stderr], [0, ''])
  assert.match(first.stdout, new RegExp(`^ *1/${COUNT} \\S+/\\S+ {2}\\d+\\.\\d\\d s\\n`))
  assert.match(first.stdout, /Report: out\/report\/index\.html/)
  assert.ok(first.stdout.endsWith(`ALL GOOD: ${COUNT} of ${COUNT} experiments as accepted`))
  assert.ok(existsSync(join(copy.root, 'out/report/index.html')))
  const second = await copy.run(REPRODUCE, ['--why', '--no-report', 'survey/fig'])
  assert.match(second.stdout, /6\/6 survey\/fig32-latency {2}unchanged {2}\(code [0-9a-f]{12}, packages/)
  assert.match(
    second.stdout,
    /ALL GOOD: 6 of 6 experiments as accepted \(6 unchanged since the last run; --force runs them\)/,
  )
  const forced = await copy.run(REPRODUCE, ['--why', '--no-report', '--force', '--jobs', '1', ID])
  assert.match(forced.stdout, /1\/1 survey\/table12-resnet50-convs {2}\d\.\d\d s {2}\(forced\)/)
})

test('changing one counting rule by one makes reproduce exit 1 and name the cells', async ({ copy }) => {
  copy.edit('lib/workload/counting.ts', 'softmax: {\n    value: 4,', 'softmax: {\n    value: 5,')
  const { exitCode, stdout, stderr } = await copy.run(REPRODUCE, ['--no-report'])
  assert.is(exitCode, 1)
  assert.match(
    stderr,
    /golden survey\/table03-bert-base: as-published: operators\[seqLen=128, operator=other\]\.flops: golden 77856768, got 80216064 FLOP \(\+3\.03 %\)/,
  )
  assert.match(
    stderr,
    /golden survey\/table03-bert-base: and \d+ more; see npx tsx scripts\/golden\.ts review survey\/table03-bert-base/,
  )
  assert.match(stdout, /FAILED: \d+ of \d+ experiments as accepted, \d+ not, \d+ claims to explain/)
  assert.ok(existsSync(join(copy.root, 'golden/survey/table03-bert-base.changed.json')))
})

test('missing, orphan and corrupt goldens and drifted schemas fail, and everything is still reported', async ({
  copy,
}) => {
  copy.remove('golden/survey/table01-configurations.json')
  copy.write('golden/survey/table99-nothing.json', '{}')
  copy.edit('golden/survey/table02-matmul-shapes.schema.json', '"unit": "MAC"', '"unit": "FLOP"')
  const failed = await copy.run(REPRODUCE, ['--no-report'])
  assert.is(failed.exitCode, 1)
  assert.match(failed.stderr, /golden survey\/table01-configurations: there is no golden/)
  assert.match(failed.stderr, /golden\/survey\/table99-nothing\.json belongs to no experiment/)
  assert.match(failed.stderr, /table02-matmul-shapes\.schema\.json must be the schema of the experiment/)
  assert.match(failed.stdout, /FAILED: \d+ of \d+ experiments as accepted, 2 not, 1 orphan goldens/)
  copy.write(`golden/${ID}.json`, copy.read(`golden/${ID}.json`).slice(0, 500))
  const broken = await copy.run(REPRODUCE, ['--no-report'])
  assert.is(broken.exitCode, 2)
  assert.match(
    broken.stderr,
    /golden survey\/table12-resnet50-convs: Cannot read golden\/survey\/table12-resnet50-convs\.json: it must be JSON/,
  )
  assert.match(broken.stderr, /there is no golden/)
})

test('a corrupt ledger gives one clear line and exit code 2, from every command that reads it', async ({ copy }) => {
  const ledger = 'golden/papers/survey.csv'
  const good = copy.read(ledger)
  const bad: [string, RegExp][] = [
    [
      `\uFEFF${good}`,
      /^error: Cannot read golden\/papers\/survey\.csv:1: the file must not begin with a byte-order mark, got one$/,
    ],
    [good.replaceAll('\n', '\r\n'), /survey\.csv:1: lines must end in LF, got a carriage return/],
    [good.replace('lo,hi,bound', 'lo,bound'), /survey\.csv:1: the header must have the columns .*; missing: hi/],
    [
      good.replace(',7.25,', ',seven,'),
      /survey\.csv:22: \(survey\.t3\.l128\.proj\.flops\) value must match pattern .*, got "seven"/,
    ],
    [
      good + (good.split('\n')[1] ?? ''),
      /survey\.csv:657: id must be unique, got survey\.t1\.bert-base\.n again \(first in line 2\)/,
    ],
  ]
  for (const [text, pattern] of bad) {
    copy.write(ledger, text)
    const { exitCode, stdout, stderr } = await copy.run('experiments/survey/table03-bert-base.ts')
    assert.equal([exitCode, stdout], [2, ''])
    assert.match(stderr, pattern)
    assert.not.match(stderr, /\n/)
  }
  for (const [script, args] of [
    [REPRODUCE, []],
    [CLAIMS, []],
    [GOLDEN, ['review']],
    ['scripts/report.ts', []],
  ] as const) {
    const { exitCode, stderr } = await copy.run(script, args)
    assert.is(exitCode, 2, script)
    assert.match(stderr, /^error: Cannot read golden\/papers\/survey\.csv:657/, script)
  }
})

test('a golden is reviewed and accepted with a bump and a reason, never under CI', async ({ copy }) => {
  const script = `experiments/${ID}.ts`
  const accept = (args: string[], env: NodeJS.ProcessEnv = {}) => copy.run(GOLDEN, ['accept', ...args], env)
  assert.match((await copy.run(GOLDEN, ['review', ID])).stdout, /^survey\/table12-resnet50-convs: as accepted$/)
  copy.edit(`experiments/${ID}.ts`, 'layers: sum.layers + repeats', 'layers: sum.layers + 2 * repeats')
  const review = await copy.run(GOLDEN, ['review', ID])
  assert.is(review.exitCode, 1)
  assert.match(
    review.stdout,
    /convolutions\[kernel=1, outChannels=256, outSide=14\]\.layers: golden 5, got 10 layer \(\+100 %\)/,
  )
  const unbumped = await accept([ID, '--reason', 'counted twice'])
  assert.equal([unbumped.exitCode, unbumped.stdout], [2, ''])
  assert.match(unbumped.stderr, /version must be later than 1\.0\.0 when the answer or its schema changes, got 1\.0\.0/)
  copy.edit(script, "version: '1.0.0'", "version: '1.1.0'")
  assert.match((await accept([ID])).stderr, /--reason must say why/)
  assert.match((await accept([ID, '--reason', 'x'], { CI: 'true' })).stderr, /got a run under CI/)
  assert.match((await accept(['--reason', 'x'])).stderr, /one experiment must be named, got none/)
  assert.match(
    (await accept(['survey/table12-resnet50-conv', '--reason', 'x'])).stderr,
    /did you mean "survey\/table12-resnet50-convs"\?/,
  )
  const accepted = await accept([ID, '--reason', 'counted twice'])
  assert.is(accepted.exitCode, 0)
  assert.match(accepted.stdout, /accepted golden\/survey\/table12-resnet50-convs\.json, version 1\.1\.0$/)
  assert.match(copy.read(`golden/${ID}.json`), /"reason": "counted twice"/)
  assert.is((await copy.run(GOLDEN, ['review', ID])).exitCode, 0)
})

test('a kill -9 at any moment of golden accept leaves the old or the new golden, whole', async ({ copy }) => {
  copy.edit(`experiments/${ID}.ts`, 'layers: sum.layers + repeats', 'layers: sum.layers + 2 * repeats')
  copy.edit(`experiments/${ID}.ts`, "version: '1.0.0'", "version: '1.1.0'")
  const old = copy.read(`golden/${ID}.json`)
  for (const delay of [250, 330, 370, 410, 450, 500, 600]) {
    const accepting = execa(process.execPath, ['--import', 'tsx', GOLDEN, 'accept', ID, '--reason', 'killed'], {
      cwd: copy.root,
      reject: false,
      env: { CI: '', NODE_V8_COVERAGE: '' },
    })
    await sleep(delay)
    accepting.kill('SIGKILL')
    await accepting
    const now = copy.read(`golden/${ID}.json`)
    const whole = now === old || (JSON.parse(now) as { version: string }).version === '1.1.0'
    assert.ok(whole, `torn after ${delay} ms`)
  }
  await copy.run(GOLDEN, ['accept', ID, '--reason', 'in the end'])
  assert.is((await copy.run(GOLDEN, ['review', ID])).exitCode, 0)
})

test('claims prints an array that others can script against, and filters it', async ({ copy }) => {
  const { exitCode, stdout } = await copy.run(CLAIMS, ['--format', 'json'])
  assert.is(exitCode, 0)
  const all = JSON.parse(stdout) as Record<string, unknown>[]
  assert.is(all.length, 1694)
  for (const key of [
    'id',
    'paper',
    'item',
    'role',
    'how',
    'value',
    'predicted',
    'relativeError',
    'verdict',
    'experiment',
  ]) {
    assert.ok(
      all.every((claim) => key in claim),
      key,
    )
  }
  const cell = all.find((claim) => claim['id'] === 'survey.t3.l128.proj.ai')
  assert.equal(
    [cell?.['value'], cell?.['predicted'], cell?.['verdict'], cell?.['experiment']],
    ['192.00', 192, 'exact', 'survey/table03-bert-base'],
  )
  const covered = new Set(all.filter((claim) => claim['experiment'] !== null).map((claim) => claim['paper']))
  assert.equal([...covered].sort(), ['acceltran', 'adapter-albert', 'edgebert', 'leopard', 'survey'])
  for (const { id, paper, verdict } of all) assert.is(verdict === 'pending', !covered.has(paper), String(id))
  const filtered = await copy.run(CLAIMS, [
    '--format',
    'json',
    '--paper',
    'survey',
    '--item',
    'Table 5',
    '--verdict',
    'within',
  ])
  assert.equal(
    (JSON.parse(filtered.stdout) as { id: string }[]).map(({ id }) => id),
    ['survey.t5.l128.qkv'],
  )
  const board = await copy.run(CLAIMS)
  assert.match(board.stdout, /paper\s+exact\s+within/)
  const csv = await copy.run(CLAIMS, ['--format', 'csv', '--item', 'Table 12', '--paper', 'survey'])
  assert.is(csv.stdout.trim().split('\n').length, 37)
  for (const [args, pattern] of [
    [['--paper', 'surveys'], /--paper must be one of .*did you mean "survey"\?/],
    [['--verdict', 'exactly'], /did you mean "exact"\?/],
    [['--item', 'Table 33'], /did you mean "Table 3"/],
    [['--format', 'xml'], /--format must be one of table, json, csv/],
  ] as const) {
    const bad = await copy.run(CLAIMS, args)
    assert.equal([bad.exitCode, bad.stdout], [2, ''])
    assert.match(bad.stderr, pattern)
  }
})

test('a broken experiment ends reproduce with 2 and is named, the others are judged', async ({ copy }) => {
  copy.write(`experiments/${ID}.ts`, 'export default {')
  const { exitCode, stdout, stderr } = await copy.run(REPRODUCE)
  assert.is(exitCode, 2)
  assert.match(stderr, /broken survey\/table12-resnet50-convs: /)
  assert.match(stdout, new RegExp(`FAILED: ${COUNT - 1} of ${COUNT} experiments as accepted, 1 broken`))
  assert.ok(existsSync(join(copy.root, 'out/report/survey/table03-bert-base.html')))
})

test('the README adds an experiment that runs, is accepted and leaves everything green', async ({ copy }) => {
  const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8')
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const id = /id: '([^']+)'/.exec(code)?.[1] ?? ''
  assert.ok(readme.includes(`save it as \`experiments/${id}.ts\``))
  copy.write(`experiments/${id}.ts`, code)
  const alone = await copy.run(`experiments/${id}.ts`, ['--set', 'minLayers=12'])
  assert.equal([alone.exitCode, alone.stderr], [0, ''])
  assert.match(alone.stdout, /BERT-Large +24 +64/)
  assert.is((await copy.run(REPRODUCE, ['--no-report'])).exitCode, 1)
  assert.is((await copy.run(GOLDEN, ['accept', id, '--reason', 'first acceptance'])).exitCode, 0)
  const { exitCode, stdout } = await copy.run(REPRODUCE)
  assert.is(exitCode, 0)
  assert.match(stdout, new RegExp(`ALL GOOD: ${COUNT + 1} of ${COUNT + 1} experiments as accepted`))
})

test('every command the README prints runs as printed', async ({ copy }) => {
  const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8')
  const lines = [...readme.matchAll(/^(npx tsx|printf) .+$/gm)].map(([line]) => line)
  const commands = lines.map((line) => line.replace(/^npx tsx/, `"${process.execPath}" --import tsx`))
  assert.ok(commands.length >= 20)
  mkdirSync(join(copy.root, 'out'), { recursive: true })
  for (const command of commands.filter((c) => !c.includes('fig99') && !c.includes('golden.ts accept'))) {
    const { exitCode, stderr } = await execa('bash', ['-c', command], {
      cwd: copy.root,
      reject: false,
      env: { CI: '', NODE_V8_COVERAGE: '' },
    })
    assert.equal([exitCode, stderr.replace(/^(note|golden .*: as accepted).*/, '')], [0, ''], command)
  }
})

test('every script prints help, and refuses unknown flags, ids and counts', async () => {
  for (const script of [
    REPRODUCE,
    GOLDEN,
    CLAIMS,
    'scripts/report.ts',
    'scripts/bench.ts',
    'scripts/map.ts',
    'scripts/vectors.ts',
    'scripts/train.ts',
    'scripts/wasm.ts',
  ]) {
    const help = await run(PROJECT_ROOT, script, ['--help'])
    assert.equal([help.exitCode, help.stderr], [0, ''], script)
    assert.match(help.stdout, new RegExp(`Usage: npx tsx ${script.replace('.', '\\.')}`))
    const bad = await run(PROJECT_ROOT, script, ['--halp'])
    assert.equal([bad.exitCode, bad.stdout], [2, ''], script)
    assert.match(bad.stderr, /^error: .*--halp; did you mean --help\?/)
  }
  assert.match(
    (await run(PROJECT_ROOT, REPRODUCE, ['--jobs', '0'])).stderr,
    /--jobs: it must be a positive integer, got "0"/,
  )
  assert.match(
    (await run(PROJECT_ROOT, REPRODUCE, ['survey/table3-bert-base'])).stderr,
    /did you mean "survey\/table03-bert-base"\?/,
  )
  assert.match(
    (await run(PROJECT_ROOT, GOLDEN, ['acept'])).stderr,
    /the action must be review or accept, got "acept"; did you mean "accept"\?/,
  )
})

test.run()

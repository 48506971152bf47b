import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { discoverExperiments } from '../../lib/harness/batch/mod.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { atOnce, CHILD_ENV, copyProject, type ProjectCopy, run, warmRuns } from '../support/project.ts'

const test = suite<{ copy: ProjectCopy }>('scripts')
test.before(async () => {
  await warmRuns()
})
test.before.each((context) => {
  context.copy = copyProject({ runs: true })
})
test.after.each(({ copy }) => copy.dispose())

const REPRODUCE = 'scripts/reproduce.ts'
const GOLDEN = 'scripts/golden.ts'
const CLAIMS = 'scripts/claims.ts'
const ID = 'survey/table12-resnet50-convs'
const COUNT = discoverExperiments(PROJECT_ROOT).length

test('reproduce runs everything, writes the report, and skips what has not changed', async ({ copy }) => {
  const started = ['survey/table01-configurations', 'survey/table02-matmul-shapes', ID]
  for (const id of started) copy.remove(`out/cache/${id}.json`)
  const first = await copy.run(REPRODUCE, ['--why'])
  assert.equal([first.exitCode, first.stderr], [0, ''])
  for (const id of started) assert.match(first.stdout, new RegExp(`/${COUNT} ${id} .*\\d\\.\\d\\d s {2}\\(there is no`))
  assert.is(first.stdout.match(/ {2}\(code [0-9a-f]{12}, packages/g)?.length, COUNT - started.length)
  assert.match(first.stdout, /Report: out\/report\/index\.html/)
  assert.ok(first.stdout.endsWith(`ALL GOOD: ${COUNT} of ${COUNT} experiments as accepted`))
  assert.ok(existsSync(join(copy.root, 'out/report/index.html')))
  const second = await copy.run(REPRODUCE, ['--why', '--no-report', 'survey/fig'])
  assert.match(second.stdout, /6\/6 survey\/fig32-latency {2}unchanged {2}\(code [0-9a-f]{12}, packages/)
  assert.match(
    second.stdout,
    /^6 skipped: code, packages and Node\.js v\S+ are those of their last run \(--force runs/m,
  )
  assert.ok(second.stdout.endsWith('ALL GOOD: 6 of 6 experiments as accepted'))
  const forced = await copy.run(REPRODUCE, ['--why', '--no-report', '--force', '--jobs', '1', ID])
  assert.match(forced.stdout, /1\/1 survey\/table12-resnet50-convs {2}\d\.\d\d s {2}\(forced\)/)
})

test('changing one counting rule by one makes reproduce exit 1 and name the cells', async ({ copy }) => {
  copy.edit('lib/workload/counting.ts', 'softmax: {\n    value: 4,', 'softmax: {\n    value: 5,')
  const { exitCode, stdout, stderr } = await copy.run(REPRODUCE, ['--no-report', 'survey'])
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
  const failed = await copy.run(REPRODUCE, ['--no-report', 'survey'])
  assert.is(failed.exitCode, 1)
  assert.match(failed.stderr, /golden survey\/table01-configurations: there is no golden/)
  assert.match(failed.stderr, /golden\/survey\/table99-nothing\.json belongs to no experiment/)
  assert.match(failed.stderr, /table02-matmul-shapes\.schema\.json must be the schema of the experiment/)
  assert.match(failed.stdout, /FAILED: \d+ of \d+ experiments as accepted, 2 not, 1 orphan goldens/)
  copy.write(`golden/${ID}.json`, copy.read(`golden/${ID}.json`).slice(0, 500))
  const broken = await copy.run(REPRODUCE, ['--no-report', 'survey'])
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
  const readers = [[REPRODUCE], [CLAIMS], [GOLDEN, 'review'], ['scripts/report.ts']] as const
  for (const { exitCode, stderr } of await atOnce(readers, ([script, ...args]) => copy.run(script, args))) {
    assert.is(exitCode, 2)
    assert.match(stderr, /^error: Cannot read golden\/papers\/survey\.csv:657/)
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
  const refused: [string[], NodeJS.ProcessEnv, RegExp][] = [
    [[ID], {}, /--reason must say why/],
    [[ID, '--reason', 'x'], { CI: 'true' }, /got a run under CI/],
    [['--reason', 'x'], {}, /one experiment must be named, got none/],
    [['survey/table12-resnet50-conv', '--reason', 'x'], {}, /did you mean "survey\/table12-resnet50-convs"\?/],
  ]
  const outcomes = await atOnce(refused, ([args, env]) => accept(args, env))
  for (const [index, [, , pattern]] of refused.entries()) assert.match(outcomes[index]?.stderr ?? '', pattern)
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
      env: CHILD_ENV,
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
  const { length } = all.filter((claim) => claim['role'] !== 'in-kind')
  assert.is(length, 1694)
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
  const paper = ['--paper', 'survey']
  const asked = [
    ['--format', 'json', ...paper, '--item', 'Table 5', '--verdict', 'within'],
    [],
    ['--format', 'csv', '--item', 'Table 12', ...paper],
    ['--format', 'json', '--role', 'input', ...paper],
    ['--paper', 'surveys'],
    ['--role', 'inkind'],
    ['--verdict', 'exactly'],
    ['--item', 'Table 33'],
    ['--format', 'xml'],
  ]
  const [filtered, board, csv, inputs, ...bad] = await atOnce(asked, (args) => copy.run(CLAIMS, args))
  assert.equal(
    (JSON.parse(filtered?.stdout ?? '') as { id: string }[]).map(({ id }) => id),
    ['survey.t5.l128.qkv'],
  )
  assert.match(board?.stdout ?? '', /paper\s+exact\s+within/)
  assert.is(csv?.stdout.trim().split('\n').length, 37)
  const listed = JSON.parse(inputs?.stdout ?? '') as { id: string }[]
  const surveyInputs = all.filter((claim) => claim['role'] === 'input' && claim['paper'] === 'survey')
  assert.equal(
    listed.map(({ id }) => id),
    surveyInputs.map((claim) => claim['id']),
  )
  assert.ok(listed.length > 10)
  const patterns = [
    /--paper must be one of .*did you mean "survey"\?/,
    /--role must be one of result, input, in-kind, got "inkind"; did you mean "in-kind"\?/,
    /did you mean "exact"\?/,
    /did you mean "Table 3"/,
    /--format must be one of table, json, csv/,
  ]
  for (const [index, pattern] of patterns.entries()) {
    assert.equal([bad[index]?.exitCode, bad[index]?.stdout], [2, ''])
    assert.match(bad[index]?.stderr ?? '', pattern)
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
  // What a command needs, others of its section make before it; sections can run side by side.
  const sections = readme
    .split(/^## /m)
    .map((section) =>
      [...section.matchAll(/^(npx tsx|printf) .+$/gm)]
        .map(([line]) => line.replace(/^npx tsx/, `"${process.execPath}" --import tsx`))
        .filter((command) => !command.includes('fig99') && !command.includes('golden.ts accept')),
    )
  assert.ok(sections.flat().length >= 20)
  mkdirSync(join(copy.root, 'out'), { recursive: true })
  const failed = await atOnce(sections, async (commands) => {
    for (const command of commands) {
      const { exitCode, stderr } = await execa('bash', ['-c', command], {
        cwd: copy.root,
        reject: false,
        env: CHILD_ENV,
      })
      const unexpected = stderr.replace(/^(note|golden .*: as accepted).*/, '')
      if (exitCode !== 0 || unexpected !== '') return [`${command}: ${exitCode} ${unexpected}`]
    }
    return []
  })
  assert.equal(failed.flat(), [])
})

test('every script prints help, and refuses unknown flags, ids and counts', async () => {
  const scripts = readdirSync(join(PROJECT_ROOT, 'scripts')).filter((name) => name.endsWith('.ts'))
  assert.ok(scripts.length >= 10)
  await atOnce(scripts, async (name) => {
    const script = `scripts/${name}`
    const help = await run(PROJECT_ROOT, script, ['--help'])
    assert.equal([help.exitCode, help.stderr], [0, ''], script)
    assert.match(help.stdout, new RegExp(`Usage: npx tsx ${script.replace('.', '\\.')}`))
    const bad = await run(PROJECT_ROOT, script, ['--halp'])
    assert.equal([bad.exitCode, bad.stdout], [2, ''], script)
    assert.match(bad.stderr, /^error: .*--halp; did you mean --help\?/)
  })
  const refused: [string, string[], RegExp][] = [
    [REPRODUCE, ['--jobs', '0'], /--jobs: it must be a positive integer, got "0"/],
    [REPRODUCE, ['survey/table3-bert-base'], /did you mean "survey\/table03-bert-base"\?/],
    [GOLDEN, ['acept'], /the action must be review or accept, got "acept"; did you mean "accept"\?/],
  ]
  await atOnce(refused, async ([script, args, pattern]) => {
    assert.match((await run(PROJECT_ROOT, script, args)).stderr, pattern)
  })
})

test.run()

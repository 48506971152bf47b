import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { extract, list } from 'tar'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { discoverExperiments } from '../../lib/harness/batch/mod.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { CHILD_ENV, copyProject, type Outcome, type ProjectCopy, run, warmRuns } from '../support/project.ts'

const ARCHIVE = 'out/reprise-artifact.tar.gz'
const BUILD = 'scripts/artifact.ts'
const FOLDER = `reprise-${JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')).version}`
/** A network that is no script: runs read it. */
const STORED = 'experiments/trained/of-a-test.json'
const IDS = discoverExperiments(PROJECT_ROOT)

interface Context {
  copy: ProjectCopy
  built: Outcome
  /** Paths in the archive. */
  entries: string[]
  /** Where the archive was unpacked: what an evaluator has. */
  unpacked: string
}

const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

const test = suite<Context>('artifact')
test.before(async (context) => {
  await warmRuns()
  context.copy = copyProject({ runs: true, whole: true })
  const { copy } = context
  for (const folder of ['coverage', '.git', '.tools', 'out/babi']) {
    mkdirSync(join(copy.root, folder), { recursive: true })
    copy.write(`${folder}/left`, 'left')
  }
  mkdirSync(join(copy.root, 'experiments/trained'), { recursive: true })
  copy.write(STORED, '{}')
  copy.write('lib/numeric/.mod.ts.12.tmp', 'left')
  copy.write(`golden/${IDS[0]}.changed.json`, '{}')
  context.built = await copy.run(BUILD, ['--cached'])
  context.entries = []
  const file = join(copy.root, ARCHIVE)
  await list({ file, onReadEntry: ({ path }) => context.entries.push(path) })
  const cwd = mkdtempSync(join(tmpdir(), 'reprise-artifact-'))
  await extract({ file, cwd })
  context.unpacked = join(cwd, FOLDER)
})
test.after(({ copy, unpacked }) => {
  copy.dispose()
  rmSync(join(unpacked, '..'), { recursive: true, force: true })
})

test('it holds the sources, the goldens, the report and the lock file in one folder, and no leftovers', ({
  copy,
  built,
  entries,
  unpacked,
}) => {
  assert.equal([built.exitCode, built.stderr], [0, ''])
  const { size } = statSync(join(copy.root, ARCHIVE))
  assert.ok(built.stdout.endsWith(`\n${ARCHIVE}: ${(size / 1e6).toFixed(1)} MB, ${entries.length} files`))
  assert.equal(
    entries.filter((path) => !path.startsWith(`${FOLDER}/`) || path.endsWith('/')),
    [],
  )
  const tracked = readdirSync(copy.root).filter(
    (name) => !['node_modules', 'coverage', '.git', '.tools'].includes(name),
  )
  assert.equal(readdirSync(unpacked).sort(), [...tracked, 'ARTIFACT.md', 'SHA256SUMS'].sort())
  assert.equal(readdirSync(join(unpacked, 'out')), ['report'])
  assert.ok(existsSync(join(unpacked, 'out/report/index.html')))
  for (const id of IDS) {
    for (const path of [`experiments/${id}.ts`, `golden/${id}.json`, `out/report/${id}.html`]) {
      assert.is(sha256(join(unpacked, path)), sha256(join(copy.root, path)), path)
    }
  }
  assert.is(readFileSync(join(unpacked, STORED), 'utf8'), '{}')
  assert.equal(
    entries.filter((path) => /\.tmp$|\.changed\.json$|\/left$/.test(path)),
    [],
  )
  assert.equal(
    readdirSync(join(copy.root, 'out')).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

test('its checksums are those of all its files', ({ entries, unpacked }) => {
  const lines = readFileSync(join(unpacked, 'SHA256SUMS'), 'utf8').trimEnd().split('\n')
  const sums = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]))
  assert.equal([...sums.keys(), 'SHA256SUMS'].sort(), entries.map((path) => path.slice(FOLDER.length + 1)).sort())
  for (const [path, sum] of sums) assert.is(sha256(join(unpacked, path)), sum, path)
})

test('ARTIFACT.md leads from every item to its script, golden and page, with its time and verdicts', ({ unpacked }) => {
  const text = readFileSync(join(unpacked, 'ARTIFACT.md'), 'utf8')
  for (const id of IDS) {
    const row = text.split('\n').find((line) => line.includes(`](experiments/${id}.ts)`))
    assert.match(row ?? id, /\| (\d+\.\d\d|-) \| (none|\d+ [a-z]+( in kind)?(, \d+ [a-z]+( in kind)?)*) \|$/)
  }
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target as string)
  assert.is(links.length, 3 * IDS.length)
  const named = [...text.matchAll(/`((?:[a-z]+\/)+[\w.-]+|[A-Za-z-]+\.[a-z]+)`/g)].map(([, path]) => path as string)
  assert.ok(named.length >= 10)
  for (const path of [...links, ...named.filter((one) => !one.endsWith('.tar.gz'))]) {
    assert.ok(existsSync(join(unpacked, path)), path)
  }
  // What Table 12 prints: three numbers of each of twelve rows, all of which come out.
  assert.match(text, /\| Table 12 \| .*survey\/table12-resnet50-convs.* \| 36 exact \|/)
  for (const badge of ['Available', 'Evaluated: Functional', 'Evaluated: Reusable']) {
    assert.ok(text.includes(`### Artifacts ${badge}`), badge)
  }
  assert.ok(text.includes('### Results Reproduced'))
  assert.not.match(text, /undefined|NaN|\[object/)
})

test('the same tree makes the same bytes, whatever its times and permissions', async ({ copy }) => {
  const before = sha256(join(copy.root, ARCHIVE))
  utimesSync(join(copy.root, 'README.md'), 1, 1)
  chmodSync(join(copy.root, 'lib/numeric/mod.ts'), 0o600)
  assert.is((await copy.run(BUILD, ['--cached'])).exitCode, 0)
  assert.is(sha256(join(copy.root, ARCHIVE)), before)
})

test('it is not built, and the old one stays, where an experiment is not as accepted', async ({ copy }) => {
  const before = sha256(join(copy.root, ARCHIVE))
  const id = 'survey/table12-resnet50-convs'
  const change = ['layers: sum.layers + repeats', 'layers: sum.layers + 2 * repeats'] as const
  copy.edit(`experiments/${id}.ts`, ...change)
  const { exitCode, stderr } = await copy.run(BUILD, ['--cached'])
  copy.edit(`experiments/${id}.ts`, change[1], change[0])
  assert.is(exitCode, 1)
  assert.match(
    stderr,
    /^golden survey\/table12-resnet50-convs: as-published: convolutions.*\.layers: golden \d+, got \d+ layer \(\+100 %\)/,
  )
  assert.match(
    stderr,
    new RegExp(`error: Cannot build the artifact: all must be good, got FAILED: ${IDS.length - 1} of`),
  )
  assert.is(sha256(join(copy.root, ARCHIVE)), before)
})

test('unpacked, it installs without a network and everything is as accepted', async ({ unpacked }) => {
  const env = { ...CHILD_ENV, npm_config_offline: 'true' }
  const install = await execa('npm', ['ci', '--offline', '--loglevel=error'], { cwd: unpacked, reject: false, env })
  assert.is(
    install.exitCode,
    0,
    `npm ci --offline must work; if it ends in ENOTCACHED, npm's cache is cold and \`npm ci\` must have run once: ${install.stderr}`,
  )
  // Run anew are the survey's figures; for the rest, the code has the fingerprint of what ran here.
  const part = await run(unpacked, 'scripts/reproduce.ts', ['--no-report', 'survey'], env)
  assert.equal([part.exitCode, part.stderr], [0, ''])
  assert.match(part.stdout, /ALL GOOD: (\d+) of \1 experiments as accepted$/)
  cpSync(join(PROJECT_ROOT, 'out/cache'), join(unpacked, 'out/cache'), { recursive: true })
  const whole = await run(unpacked, 'scripts/reproduce.ts', ['--no-report'], env)
  assert.is(whole.exitCode, 0, whole.stderr)
  assert.match(whole.stdout, new RegExp(`^${IDS.length} skipped: `, 'm'))
  assert.ok(whole.stdout.endsWith(`ALL GOOD: ${IDS.length} of ${IDS.length} experiments as accepted`))
  const rules = await execa(
    'node',
    ['--import', 'tsx', 'node_modules/uvu/bin.js', 'test', '(architecture|suite)\\.test\\.ts$'],
    {
      cwd: unpacked,
      reject: false,
      env,
    },
  )
  assert.is(rules.exitCode, 0, rules.stdout)
})

test.run()

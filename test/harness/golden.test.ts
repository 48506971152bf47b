import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { acceptGolden, checkGolden, isLaterVersion, orphanGoldens } from '../../lib/harness/golden.ts'
import { goldenPaths, type Produced } from '../../lib/harness/golden-file.ts'
import { tables } from '../../lib/harness/table.ts'
import type { Verdict } from '../../lib/harness/verdict.ts'

const test = suite<{ root: string }>('golden')
test.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'reprise-golden-'))
})
test.after.each(({ root }) => rmSync(root, { recursive: true, force: true }))

const schema = tables({ t: { k: { type: 'integer', 'x-key': true }, v: { type: 'number', unit: 'pJ' } } })
const inNanojoules = tables({ t: { k: { type: 'integer', 'x-key': true }, v: { type: 'number', unit: 'nJ' } } })
const output = (over: Partial<Produced> = {}, v = 1): Produced => ({
  experiment: 'p/x',
  version: '1.0.0',
  schema,
  variants: { a: { t: [{ k: 1, v }] } },
  verdicts: { 'p.c': { printed: '1.0', verdict: 'exact' } },
  ...over,
})
const accept = (root: string, produced: Produced, reason = 'first') => acceptGolden(root, produced, reason, {})
const problems = (root: string, produced: Produced) => checkGolden(root, produced).problems

test('an accepted output is as accepted', ({ root }) => {
  assert.equal(accept(root, output()), ['first acceptance'])
  assert.equal(problems(root, output()), [])
  assert.equal(accept(root, output()), [])
})

test('a missing golden fails, and the output is written beside where it belongs', ({ root }) => {
  assert.equal(problems(root, output()), ['there is no golden; review the output and accept it'])
  assert.ok(existsSync(goldenPaths(root, 'p/x').changed))
})

test('a changed answer fails without a bump, says what changed, and leaves the new output beside the golden', ({
  root,
}) => {
  accept(root, output())
  const changed = problems(root, output({}, 1.5))
  assert.is(changed[0], 'a: t[k=1].v: golden 1, got 1.5 pJ (+50.0 %)')
  assert.match(changed[1] ?? '', /the version is still 1\.0\.0; bump it/)
  const { changed: path } = goldenPaths(root, 'p/x')
  assert.equal((JSON.parse(readFileSync(path, 'utf8')) as Produced).variants['a']?.['t'], [{ k: 1, v: 1.5 }])
  assert.equal(problems(root, output()), [])
  assert.not.ok(existsSync(path), 'a stale changed file is removed')
})

test('a bumped version fails until it is accepted, with a reason that is kept', ({ root }) => {
  accept(root, output())
  const next = output({ version: '1.1.0' }, 2)
  assert.match(problems(root, next).at(-1) ?? '', /the experiment is version 1\.1\.0, its golden 1\.0\.0/)
  assert.throws(() => accept(root, next, '  '), /--reason must say why/)
  assert.equal(accept(root, next, 'wider bus'), ['a: t[k=1].v: golden 1, got 2 pJ (+100 %)', 'version: 1.0.0 to 1.1.0'])
  assert.equal(problems(root, next), [])
  const golden = JSON.parse(readFileSync(goldenPaths(root, 'p/x').golden, 'utf8')) as { history: { reason: string }[] }
  assert.equal(
    golden.history.map(({ reason }) => reason),
    ['first', 'wider bus'],
  )
})

test('a changed answer is not accepted without a later version', ({ root }) => {
  accept(root, output({ version: '1.2.0' }))
  for (const version of ['1.2.0', '1.1.9', '0.9.0']) {
    assert.throws(
      () => accept(root, output({ version }, 2)),
      /version must be later than 1\.2\.0 when the answer or its schema changes/,
    )
  }
})

test('nothing is accepted under CI', ({ root }) => {
  for (const CI of ['true', '1', 'yes'])
    assert.throws(() => acceptGolden(root, output(), 'r', { CI }), /got a run under CI/)
  for (const CI of ['', 'false', '0']) assert.ok(acceptGolden(root, output(), 'r', { CI }))
})

test('a worse verdict, another printed value, a new variant and a schema that drifts each fail', ({ root }) => {
  accept(root, output())
  const pinned = (verdict: Verdict, printed = '1.0') => output({ verdicts: { 'p.c': { printed, verdict } } })
  assert.is(problems(root, pinned('near'))[0], 'verdict of p.c: golden exact, got near')
  assert.is(problems(root, pinned('exact', '1'))[0], 'printed value of p.c: golden 1.0, got 1')
  assert.is(problems(root, output({ verdicts: {} }))[0], 'verdict of p.c: golden exact, got nothing')
  assert.is(
    problems(root, output({ variants: { a: { t: [{ k: 1, v: 1 }] }, b: { t: [] } } }))[0],
    'variant b: not in the golden',
  )
  assert.match(problems(root, output({ schema: inNanojoules }))[0] ?? '', /p\/x\.schema\.json must be the schema/)
})

test('a schema of other units or looser tolerances is an answer of its own: it needs a bump and leaves a record', ({
  root,
}) => {
  accept(root, output())
  const loose = tables({
    t: { k: { type: 'integer', 'x-key': true }, v: { type: 'number', unit: 'pJ', 'x-tol': 0.5 } },
  })
  for (const schema of [inNanojoules, loose]) {
    assert.throws(() => accept(root, output({ schema }, 1.1)), /when the answer or its schema changes/)
    assert.throws(() => accept(root, output({ schema })), /when the answer or its schema changes/)
  }
  assert.equal(accept(root, output({ schema: loose, version: '1.0.1' }), 'looser'), [
    'schema: columns, units or tolerances changed',
    'version: 1.0.0 to 1.0.1',
  ])
})

test('no version is used twice, however often it went up and down', ({ root }) => {
  accept(root, output())
  accept(root, output({ version: '1.1.0' }))
  for (const version of ['1.0.0', '1.0.5', '1.1.0']) {
    assert.throws(() => accept(root, output({ version }, 2)), /version must be later than 1\.[01]\.0/)
  }
  assert.throws(() => accept(root, output({ version: '1.0.0' })), /version must be later than/)
})

test('a deleted or edited schema copy is put back', ({ root }) => {
  accept(root, output())
  const { schema: path } = goldenPaths(root, 'p/x')
  rmSync(path)
  assert.match(problems(root, output())[0] ?? '', /p\/x\.schema\.json must be the schema/)
  assert.equal(accept(root, output()), ['schema copy restored'])
  assert.equal(problems(root, output()), [])
  rmSync(path)
  mkdirSync(path)
  assert.match(problems(root, output())[0] ?? '', /p\/x\.schema\.json must be the schema/)
})

test('a corrupt or hand-edited golden is told apart from a mismatch', ({ root }) => {
  accept(root, output())
  const { golden } = goldenPaths(root, 'p/x')
  const good = readFileSync(golden, 'utf8')
  const corrupted = (text: string) => {
    writeFileSync(golden, text)
    const check = checkGolden(root, output())
    assert.ok(check.corrupt)
    assert.throws(() => accept(root, output({ version: '2.0.0' })), /Cannot read golden\/p\/x\.json/)
    return check.problems[0] ?? ''
  }
  assert.match(corrupted(good.slice(0, 100)), /golden\/p\/x\.json: it must be JSON/)
  assert.match(corrupted('{}'), /must have required property 'experiment'/)
  assert.match(corrupted(good.replace('"v":1', '"v":2')), /it was edited by hand/)
  assert.match(corrupted(good.replace('"p/x"', '"p/y"')), /experiment must be "p\/x", got "p\/y"/)
  assert.match(corrupted(good.replace('"exact"', '"great"')), /must be one of/)
  assert.match(corrupted(good.replace('"exact"', '"pending"')), /must be one of/)
  assert.match(corrupted(good.replace('"first"', '"second"')), /it was edited by hand/)
  assert.match(corrupted(good.replace('"1.0"', '"1.00"')), /it was edited by hand/)
  assert.match(corrupted(`\uFEFF${good}`), /it must be JSON/)
})

test('files that belong to no experiment are orphans; ledgers, temporary and changed files are not', ({ root }) => {
  accept(root, output())
  mkdirSync(join(root, 'golden', 'papers'), { recursive: true })
  for (const name of ['papers/p.csv', 'p/x.changed.json', 'p/.x.json.1.tmp', 'p/y.json', 'q.txt'])
    writeFileSync(join(root, 'golden', name), '')
  assert.equal(orphanGoldens(root, ['p/x']), ['p/y.json', 'q.txt'])
  assert.equal(orphanGoldens(root, []), ['p/x.json', 'p/x.schema.json', 'p/y.json', 'q.txt'])
})

test('isLaterVersion() orders semantic versions', () => {
  assert.ok(isLaterVersion('1.0.1', '1.0.0') && isLaterVersion('1.10.0', '1.9.9') && isLaterVersion('2.0.0', '1.99.99'))
  assert.not.ok(
    isLaterVersion('1.0.0', '1.0.0') || isLaterVersion('1.0.0', '1.0.1') || isLaterVersion('0.9.9', '1.0.0'),
  )
})

test('accepting leaves no temporary file behind', ({ root }) => {
  accept(root, output())
  assert.equal(readdirSync(join(root, 'golden', 'p')).sort(), ['x.json', 'x.schema.json'])
})

test.run()

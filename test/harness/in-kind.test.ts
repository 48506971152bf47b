import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { readCatalogue } from '../../lib/harness/batch/catalogue.ts'
import { catalogueCsv, catalogueMarkdown, catalogueText } from '../../lib/harness/batch/catalogue-table.ts'
import { reasonProblems, scoreboard } from '../../lib/harness/batch/mod.ts'
import { describeVerdicts } from '../../lib/harness/claim-summary.ts'
import { type AnyExperiment, anyExperiment, experiment } from '../../lib/harness/experiment.ts'
import { acceptGolden, checkGolden } from '../../lib/harness/golden.ts'
import { answerClaims, countVerdicts, judgeClaim, judgeExperiment, judgeLedger } from '../../lib/harness/judge.ts'
import { ledgerDirectory, parseLedger } from '../../lib/harness/ledger.ts'
import { judgeRuns, runVariants } from '../../lib/harness/produce.ts'
import { corrections, survivingStatements } from '../../lib/harness/report/effects.ts'
import { writeReport } from '../../lib/harness/report/mod.ts'
import { readmeSections } from '../../lib/harness/report/readme.ts'
import { siteOf } from '../../lib/harness/report/site.ts'
import { tables } from '../../lib/harness/table.ts'
import { PLAIN } from '../../lib/harness/terminal.ts'
import { ledgerText } from '../support/project.ts'

const TEXT = ledgerText([
  'p.a,Fig. 1,a number,2,,,exact,%,,result,train,',
  'p.b,Fig. 1,an order,,,,predicate,,,result,derive,',
  'p.c,Fig. 1,a setting,3,,,exact,%,,input,none,',
  'p.kind-a,Fig. 1,one above the other,,,,predicate,,,in-kind,train,',
  'p.kind-b,Fig. 1,the curve falls,,,,predicate,,,in-kind,train,',
  'p.kind-c,Fig. 2,not trained yet,,,,predicate,,,in-kind,train,',
])
const ledger = new Map(parseLedger('p', TEXT).map((claim) => [claim.id, claim]))
const other = parseLedger('q', ledgerText(['q.a,Fig. 1,s,2,,,exact,%,,result,derive,']))

const source = { kind: 'assumed', why: 'a test', range: 'any' } as const
const base = {
  id: 'p/fig01-order',
  version: '1.0.0',
  paper: 'p',
  item: 'Fig. 1',
  title: 'Order',
  params: { n: { type: 'integer', value: 2, unit: '1', source, description: 'n' } },
  variants: { 'as-published': { why: 'a', set: {} }, corrected: { why: 'b', set: { n: 3 } } },
  schema: tables({ t: { n: { type: 'integer' } } }),
  run: ({ params }: { params: { n: number } }) => ({ t: [{ n: params.n }] }),
  claims: {
    'p.a': () => 2,
    'p.b': () => true,
    'p.c': () => 3,
    'p.kind-a': (_: unknown, { n }: { n: number }) => n === 2,
    'p.kind-b': () => false,
  },
  reasons: { 'p.kind-b': { kind: 'finding', text: 'ours rises' } },
} as const
const exp = anyExperiment(experiment(base as never)) as AnyExperiment
const runs = runVariants(exp)
const judged = { exp, runs, ...judgeRuns(exp, runs, ledger) }
const claims = judgeLedger(new Map([...ledger, ...other.map((claim) => [claim.id, claim] as const)]), judged.claims)

const says = (id: string, predicted: boolean | null, over: object = {}) => ({
  id,
  predicted,
  calibrated: null,
  unreachable: null,
  assumption: null,
  trendAround: null,
  ...over,
})

test('a claim in kind is exact or off, off for a reason; nothing but a prediction of networks answers it', () => {
  assert.equal(
    judged.claims.map(({ verdict }) => verdict),
    ['exact', 'exact', 'input', 'exact', 'off'],
  )
  assert.equal(reasonProblems([judged]), [])
  const unexplained = { ...judged, claims: judged.claims.map((claim) => ({ ...claim, reason: null })) }
  assert.match(reasonProblems([unexplained]).join(), /p\.kind-b is off .* and must have a reason/)
  const claim = ledger.get('p.kind-a')
  if (!claim) throw new TypeError('no claim')
  const judge = (predicted: boolean | null, over: object = {}) =>
    judgeClaim(claim, says(claim.id, predicted, over), {
      experiment: 'p/x',
      erratum: { where: 'w', printed: 'above', shouldBe: 'below', arithmetic: 'a', claims: [claim.id] },
    })
  assert.is(judge(false).verdict, 'off', "a paper's slip is no excuse")
  for (const over of [{ unreachable: 'x' }, { assumption: 'x' }, { calibrated: 'x' }]) {
    assert.throws(
      () => judge('calibrated' in over ? true : null, over),
      /p\.kind-a: an in-kind claim must be predicted by networks, got /,
    )
  }
  const leading = { ...exp, headlines: { 'p.kind-a': 'why' } }
  assert.throws(
    () => judgeExperiment(leading, answerClaims(exp, {}, { n: 2 }), ledger),
    /p\/fig01-order: a headline must be what a paper leads with, got p\.kind-a/,
  )
})

test('what holds in kind is in no count of what the paper claims', () => {
  const { exact, off, input, holds, fails, pending, total } = countVerdicts(claims)
  assert.equal([exact, off, input, holds, fails, pending, total], [2, 0, 1, 1, 1, 2, 7])
  assert.equal(survivingStatements([judged]), { total: 1, survive: 1 })
  assert.equal(corrections(judged), [], 'p.kind-a changes, but it is no claim of the paper')
})

test('the scoreboard has a board of its own for it, and none without such claims', () => {
  assert.equal(scoreboard(claims).split('\n'), [
    'Results the papers claim',
    '',
    'paper  exact  pending  total  shares',
    '-----  -----  -------  -----  --------------------------------',
    `p          2        0      2  ${'e'.repeat(32)}`,
    `q          0        1      1  ${'p'.repeat(32)}`,
    `all        2        1      3  ${'e'.repeat(21)}${'p'.repeat(11)}`,
    '',
    'shares: e exact, p pending',
    '',
    'Inputs the papers state',
    '',
    'paper  input  total',
    '-----  -----  -----',
    'p          1      1',
    '',
    'In kind: orders and shapes judged on networks trained here',
    '',
    'paper  pending  holds  fails  total',
    '-----  -------  -----  -----  -----',
    'p            1      1      1      3',
    '',
  ])
  const papersOwn = claims.filter(({ role }) => role !== 'in-kind')
  assert.not.match(scoreboard(papersOwn), /in kind|holds|fails/i)
})

test('a script says what holds and what fails, beside what is compared with the paper', () => {
  const text = describeVerdicts(judged.claims, { markdown: false, terminal: PLAIN })
  assert.match(text, /^Against the paper: 2 exact, 1 input, 1 holds in kind, 1 fails in kind\.\n/)
  assert.match(text, /\np\.kind-b +statement +false +fails +\[1\]\n/)
})

test('a claim that holds no more differs from the golden; the catalogue counts what was accepted', async () => {
  const root = mkdtempSync(join(tmpdir(), 'reprise-kind-'))
  mkdirSync(ledgerDirectory(root), { recursive: true })
  mkdirSync(join(root, 'experiments/p'), { recursive: true })
  writeFileSync(join(ledgerDirectory(root), 'p.csv'), TEXT)
  const definition = { ...exp, claims: Object.fromEntries(Object.keys(exp.claims).map((id) => [id, null])) }
  writeFileSync(join(root, 'experiments/p/fig01-order.ts'), `export default ${JSON.stringify(definition)}`)
  acceptGolden(root, judged.produced, 'first', {})
  const worse = judgeRuns(
    exp,
    runs.map((run) => ({ ...run, answers: run.answers.map((a) => (a.id === 'p.kind-a' ? says(a.id, false) : a)) })),
    ledger,
  )
  assert.equal(checkGolden(root, judged.produced).problems, [])
  assert.match(checkGolden(root, worse.produced).problems.join('\n'), /^verdict of p\.kind-a: golden exact, got off\n/)
  const { entries, broken } = await readCatalogue(root, [exp.id])
  assert.equal(broken, [])
  assert.equal(entries[0]?.verdicts, { exact: 2, input: 1, holds: 1, fails: 1 })
  assert.match(catalogueText(entries), / 2e 1i 1h 1f +Order\n\nclaims: e exact, i input, h holds, f fails\n$/)
  assert.match(catalogueMarkdown(entries), /2 exact, 1 input, 1 holds in kind, 1 fails in kind/)
  assert.match(catalogueCsv(entries), /,holds,fails\r?\n.*,2,0,0,0,0,0,0,1,0,0,1,1\r?\n/)
  rmSync(root, { recursive: true })
})

test('report and README list it apart, with counts of its own', async () => {
  const root = mkdtempSync(join(tmpdir(), 'reprise-kind-report-'))
  const state = { ledger, experiments: [judged], claims, broken: [] }
  const verdict = { differing: [], orphans: [], unexplained: [], exitCode: 0 }
  const sections = readmeSections(siteOf(root, state, verdict))
  const board = sections.get('scoreboard') ?? ''
  assert.match(
    board,
    /^\| results of \| exact \| pending \| all \|\n.*\n\| p \| 2 \| 0 \| 2 \|\n\| q \| 0 \| 1 \| 1 \|\n/,
  )
  assert.match(
    board,
    /\n\nIn kind: .*:\n\n\| in kind, of \| pending \| holds \| fails \| all \|\n.*\n\| p \| 1 \| 1 \| 1 \| 3 \|\n\| all /,
  )
  assert.match(sections.get('verdicts') ?? '', /\n\| fails \| judged in kind: not true/)
  const without = { ...state, claims: claims.filter(({ role }) => role !== 'in-kind') }
  const plain = readmeSections(siteOf(root, without, verdict))
  assert.not.match([...plain.values()].join('\n'), /in kind/i)
  await writeReport(root, state, verdict)
  const page = (path: string) => readFileSync(join(root, 'out/report', path), 'utf8')
  const landing = page('index.html')
  assert.match(landing, /<b>2 of 3<\/b> results come out/)
  assert.match(landing, /<b>1 of 1<\/b> orders and bounds survive/)
  assert.match(landing, /<h3 id="in-kind">In kind: orders and shapes judged on networks trained here<\/h3>/)
  assert.match(landing, /papers\/p\.html\?role=in-kind&amp;verdict=holds#claims">1</)
  assert.not.match(landing, /papers\/q\.html\?role=in-kind/)
  const paper = page('papers/p.html')
  assert.match(paper, /<p class="muted">2 results \(repeated ones counted once\), 1 inputs, 0 errata/)
  assert.match(paper, /trained here: <span class="vs">.*1 pending<.*1 holds in kind<.*1 fails in kind</)
  assert.match(paper, /<option>input<\/option><option>in-kind<\/option>/)
  assert.match(paper, /<tr data-verdict="holds" data-role="in-kind" data-item="Fig\. 1">/)
  assert.not.match(page('papers/q.html'), /in-kind|in kind/i)
  const [printed = '', inKind = ''] = page('p/fig01-order.html').split('<h2 id="in-kind">')
  assert.match(printed, /<tr id="p\.a"[\s\S]*<tr id="p\.c"/)
  assert.not.match(printed, /<tr id="p\.kind/)
  assert.match(inKind, /<tr id="p\.kind-a".*<span class="v holds">holds<[\s\S]*<tr id="p\.kind-b".*ours rises/)
  const json = JSON.parse(page('p/fig01-order.json')) as { claims: { id: string; role?: string }[] }
  assert.equal(
    json.claims.filter(({ role }) => role === 'in-kind').map(({ id }) => id),
    ['p.kind-a', 'p.kind-b'],
  )
  assert.match(page('p/fig01-order.tex'), /fails/)
  rmSync(root, { recursive: true })
})

test.run()

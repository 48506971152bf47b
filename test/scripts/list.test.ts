import { stripVTControlCharacters } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type CatalogueEntry, mentions } from '../../lib/harness/batch/catalogue.ts'
import { catalogueCsv, catalogueMarkdown, catalogueText } from '../../lib/harness/batch/catalogue-table.ts'
import { discoverExperiments } from '../../lib/harness/batch/mod.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { copyProject, run } from '../support/project.ts'

const LIST = 'scripts/list.ts'
const ID = 'survey/table12-resnet50-convs'
const IDS = discoverExperiments(PROJECT_ROOT)

function entry(id: string, part: Partial<CatalogueEntry> = {}): CatalogueEntry {
  return {
    id,
    paper: 'p',
    item: 'Fig. 1',
    title: 'A title of forty-four characters, as printed',
    version: '1.0.0',
    seconds: 1.234,
    verdicts: { exact: 3, off: 1 },
    params: ['seqLens'],
    claims: ['p.f1.speed'],
    ...part,
  }
}

test('every experiment is listed, with item, title, version and accepted verdicts', async () => {
  const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, LIST)
  assert.equal([exitCode, stderr], [0, ''])
  const [heads, , ...lines] = stdout.split('\n')
  assert.match(heads ?? '', /^experiment +item +version +time \[s\] +claims +title$/)
  assert.equal(
    lines.slice(0, IDS.length).map((line) => line.split(' ')[0]),
    IDS,
  )
  // A column of Table 12 has 36 printed sizes (see the paper's ledger).
  assert.match(
    stdout,
    /\nsurvey\/table12-resnet50-convs +Table 12 +\d+\.\d+\.\d+ +(\d+\.\d\d|-) +36e +Convolutions of ResNet-50/,
  )
  assert.match(stdout, /\n\nclaims: e exact, w within, /)
})

test('a paper is listed by its ledger, an id by its beginning, and a typo gets a hint', async () => {
  const json = async (...args: string[]) =>
    JSON.parse((await run(PROJECT_ROOT, LIST, ['--format', 'json', ...args])).stdout) as CatalogueEntry[]
  const survey = await json('--paper', 'survey')
  assert.equal([...new Set(survey.map(({ id }) => id.split('/')[0]))], ['gemmini', 'survey'])
  assert.ok(survey.every(({ paper }) => paper === 'survey'))
  assert.equal(
    (await json('gemmini')).map(({ id }) => id),
    IDS.filter((id) => id.startsWith('gemmini/')),
  )
  const typo = await run(PROJECT_ROOT, LIST, ['--paper', 'leopart'])
  assert.equal([typo.exitCode, typo.stdout], [2, ''])
  assert.match(typo.stderr, /^error: Cannot list: --paper must be one of .*, got "leopart"; did you mean "leopard"\?$/)
  const folder = await run(PROJECT_ROOT, LIST, ['--paper', 'gemmini'])
  assert.equal([folder.exitCode, folder.stdout], [2, ''])
  assert.match(folder.stderr, /got "gemmini", a folder; name it without --paper$/)
})

test('a text is searched in id, item, title, parameters and claims, whatever its case', () => {
  const one = entry('p/fig01-x')
  for (const text of ['FIG01', 'fig. 1', 'FORTY-four', 'seqlens', 'F1.SPEED']) assert.ok(mentions(one, text), text)
  assert.not.ok(mentions(one, '1.0.0'))
})

test('a claim that repeats another is counted neither here nor by the script', async () => {
  // Of its seven inputs one is "same step as" another in the paper's ledger.
  const id = 'leopard/fig01-soft-threshold'
  const [listed] = JSON.parse((await run(PROJECT_ROOT, LIST, ['--format', 'json', id])).stdout) as CatalogueEntry[]
  assert.equal([listed?.verdicts, listed?.claims.length], [{ exact: 1, input: 6 }, 8])
  const { stdout } = await run(PROJECT_ROOT, `experiments/${id}.ts`)
  assert.match(stdout, /\nAgainst the paper: 1 exact, 6 input\. 1 claim repeats another one and is not counted\.$/m)
})

test('a search that finds nothing says so and ends with 1, as grep does', async () => {
  const none = await run(PROJECT_ROOT, LIST, ['--paper', 'leopard', '--grep', 'no such text'])
  assert.equal([none.exitCode, none.stdout], [1, ''])
  assert.is(none.stderr, `No experiment fits: of ${IDS.length}, none is of paper leopard and mentions "no such text"`)
  const json = await run(PROJECT_ROOT, LIST, ['--grep', 'no such text', '--format', 'json'])
  assert.equal([json.exitCode, json.stdout], [1, '[]'])
})

test('times are those of the last runs; verdicts are those of a golden of this version', async () => {
  const copy = copyProject()
  const listed = async () =>
    JSON.parse((await copy.run(LIST, ['--format', 'json', 'survey/table1'])).stdout) as CatalogueEntry[]
  const of = (entries: readonly CatalogueEntry[], id: string) => entries.find((one) => one.id === id)
  const before = await listed()
  assert.ok(before.every(({ seconds }) => seconds === null))
  assert.equal(of(before, ID)?.verdicts, { exact: 36 })
  assert.is((await copy.run('scripts/reproduce.ts', ['--no-report', ID])).exitCode, 0)
  const after = await listed()
  assert.ok((of(after, ID)?.seconds ?? 0) > 0)
  assert.is(of(after, 'survey/table11-gpt2')?.seconds, null)
  copy.edit(`experiments/${ID}.ts`, "version: '1.0.0'", "version: '9.0.0'")
  copy.write('golden/survey/table11-gpt2.json', '{')
  copy.write('experiments/survey/table10-four-heads.ts', 'export default {')
  const { exitCode, stdout, stderr } = await copy.run(LIST, ['survey/table1'])
  assert.is(exitCode, 2)
  assert.match(stdout, /table12-resnet50-convs +Table 12 +9\.0\.0 +\d+\.\d\d +- /)
  assert.match(stdout, /table11-gpt2 +Table 11 +1\.0\.0 +- +- /)
  assert.match(stderr, /^broken survey\/table10-four-heads: /)
  assert.match(stderr, /\nbroken survey\/table11-gpt2: Cannot read golden\/survey\/table11-gpt2\.json: it must be JSON/)
  copy.dispose()
})

test('a terminal gets titles cut to its width, a pipe the whole of them', () => {
  const entries = [entry('p/fig01-x'), entry('p/fig02-longer', { verdicts: null, seconds: null })]
  const lines = (columns: number | null) => catalogueText(entries, { colour: false, columns }).split('\n')
  assert.equal(lines(null).slice(0, 4), [
    'experiment      item    version  time [s]  claims  title',
    '--------------  ------  -------  --------  ------  --------------------------------------------',
    'p/fig01-x       Fig. 1  1.0.0        1.23  3e 1o   A title of forty-four characters, as printed',
    'p/fig02-longer  Fig. 1  1.0.0           -  -       A title of forty-four characters, as printed',
  ])
  assert.is(lines(95)[2], lines(null)[2], 'it fits')
  assert.is(lines(80)[2], 'p/fig01-x       Fig. 1  1.0.0        1.23  3e 1o   A title of forty-four charac…')
  assert.is(lines(65)[2], 'p/fig01-x       1.0.0        1.23  3e 1o   A title of forty-four…', 'without the item')
  assert.is(lines(20)[2], 'p/fig01-x       1.0.0        1.23  3e 1o   A title of…')
  for (const columns of [70, 80, 94]) assert.ok(lines(columns).every((line) => [...line].length <= columns))
  const coloured = catalogueText(entries, { colour: true, columns: 80 })
  assert.ok(coloured.includes('\u001b[32m3e\u001b[39m'))
  assert.is(stripVTControlCharacters(coloured), lines(80).join('\n'))
})

test('csv has a column for each verdict and for what is judged in kind, Markdown the words', async () => {
  const entries = [
    entry('p/fig01-x', { title: 'a|b' }),
    entry('p/fig02-y', { verdicts: null, paper: null, seconds: null }),
  ]
  const [heads, first, second] = catalogueCsv(entries).split('\n')
  assert.is(
    heads,
    'id,paper,item,title,version,seconds,exact,within,near,trend,off,calibrated,erratum,input,unreachable,pending,holds,fails',
  )
  assert.is(first, 'p/fig01-x,p,Fig. 1,a|b,1.0.0,1.234,3,0,0,0,1,0,0,0,0,0,0,0')
  assert.match(second ?? '', /^p\/fig02-y,,Fig\. 1,"A title[^"]*",1\.0\.0,,,,,,,,,,,,,$/)
  assert.match(
    catalogueMarkdown(entries),
    /\| p\/fig01-x \| Fig\. 1 \| a\\\|b \| 1\.0\.0 \| 1\.23 \| 3 exact, 1 off \|/,
  )
  const md = await run(PROJECT_ROOT, LIST, ['survey', '--format', 'md'], { FORCE_COLOR: '1' })
  assert.match(
    md.stdout,
    /^# Experiments\n\n```sh\nnpx tsx scripts\/list\.ts survey --format md\n```\n\n\| experiment \|/,
  )
  assert.not.ok(md.stdout.includes('\u001b'))
})

test('it prints help and refuses unknown flags and formats', async () => {
  const help = await run(PROJECT_ROOT, LIST, ['--help'])
  assert.equal([help.exitCode, help.stderr], [0, ''])
  assert.match(help.stdout, /Usage: npx tsx scripts\/list\.ts/)
  const bad = await run(PROJECT_ROOT, LIST, ['--gerp', 'x'])
  assert.equal([bad.exitCode, bad.stdout], [2, ''])
  assert.match(bad.stderr, /there is no flag --gerp; did you mean --grep\?/)
  assert.match(
    (await run(PROJECT_ROOT, LIST, ['--format', 'xml'])).stderr,
    /--format must be one of table, json, csv, md/,
  )
})

test.run()

import { stripVTControlCharacters } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { scoreboard } from '../../lib/harness/batch/mod.ts'
import { describeVerdicts, listClaims } from '../../lib/harness/claim-summary.ts'
import { csvText } from '../../lib/harness/csv-text.ts'
import { alignedTable, formatTextTable, markdownTable } from '../../lib/harness/format.ts'
import type { JudgedClaim } from '../../lib/harness/judge.ts'
import * as markdown from '../../lib/harness/markdown.ts'
import { PLAIN, paint } from '../../lib/harness/terminal.ts'

const COLOUR = { colour: true, columns: null }

function claim(id: string, part: Partial<JudgedClaim> = {}): JudgedClaim {
  return {
    id,
    item: 'Fig. 1',
    statement: 's',
    value: '10',
    lo: '',
    hi: '',
    bound: 'exact',
    unit: 'x',
    conditions: '',
    role: 'result',
    how: 'derive',
    note: '',
    paper: 'p',
    repeats: null,
    predicted: 11,
    relativeError: 0.1,
    verdict: 'near',
    experiment: 'p/x',
    reason: 'finding: a|b',
    ...part,
  }
}

test('columns line up whatever characters and colours their cells have', () => {
  const heads = ['name', 'value', 'verdict', 'note']
  const rows = [
    ['≤ x × µ', '1', paint('off', ['red'], COLOUR), 'a'],
    ['𝛼', '22', 'exact', 'b'],
    ['模型', '3', '', 'c'],
  ]
  const lines = alignedTable(heads, rows, [false, true, false, false]).split('\n')
  assert.equal(lines, [
    'name     value  verdict  note',
    '-------  -----  -------  ----',
    '≤ x × µ      1  \u001b[31moff\u001b[39m      a',
    '𝛼           22  exact    b',
    '模型         3           c',
  ])
})

test('a column of numbers in words of a ledger is aligned to the right, a column of texts to the left', () => {
  const text = { type: 'string' } as const
  const rows = [
    { error: '+1.50 %', printed: '≤ 4', name: '1.0.0' },
    { error: null, printed: '330e3', name: '2' },
  ]
  assert.equal(formatTextTable(rows, { error: text, printed: text, name: text }).split('\n'), [
    '  error  printed  name',
    '-------  -------  -----',
    '+1.50 %      ≤ 4  1.0.0',
    '      -    330e3  2',
  ])
})

test("line breaks and control characters of a user's file do not break a table or steer the terminal", () => {
  const rows = [{ task: 'a\nb\u001b[2J' }, { task: 'c' }]
  assert.equal(formatTextTable(rows, { task: { type: 'string' } }).split('\n'), ['task', '-------', 'a b [2J', 'c'])
})

test('what Markdown or HTML would read in a cell is shown literally', () => {
  // What GitHub's dialect makes of these was checked with a parser of it.
  for (const [given, escaped] of [
    ['*x* **y**', '\\*x\\* \\*\\*y\\*\\*'],
    ['_x_ area_mm2', '\\_x\\_ area_mm2'],
    ['<b> & &lt;', '&lt;b> &amp; &amp;lt;'],
    ['`a` ~~b~~ \\', '\\`a\\` \\~\\~b\\~\\~ \\\\'],
    ['[a](b) ![c](d) m [unit]', '[a\\](b) ![c\\](d) m [unit]'],
    ['a\nb\r\nc', 'a<br>b<br>c'],
    // GitHub makes mentions, links and formulas of these. What ends them was looked up in its documentation.
    ['by @name, a@b.c, 5 @ 2', 'by @\u200bname, a@\u200bb.c, 5 @ 2'],
    ['row #12, x/y#3, # of', 'row #\u200b12, x/y#\u200b3, # of'],
    ['$5 to $10', '<span>\\$</span>5 to <span>\\$</span>10'],
  ] as const) {
    assert.is(markdown.escapeMarkdown(given), escaped)
  }
  assert.is(
    markdown.literalTable(['a|b'], [['x|y'], ['-1']], { numeric: [true], summary: 's' }),
    '| a\\|b |\n| ---: |\n| x\\|y |\n| -1 |',
  )
  assert.is(markdownTable(['a'], [['[x](y)|']], [false]), '| a |\n| --- |\n| [x](y)\\| |')
})

test('a table of more than 30 rows is folded away under its name', () => {
  const rows = (n: number) => Array.from({ length: n }, (_, i) => [String(i)])
  const draw = (n: number) => markdown.literalTable(['i'], rows(n), { numeric: [true], summary: 'a<b' })
  assert.not.match(draw(30), /details/)
  const long = draw(31).split('\n')
  assert.equal(long.slice(0, 5), ['<details>', '<summary>a&lt;b: 31 rows</summary>', '', '| i |', '| ---: |'])
  assert.equal(long.slice(-3), ['| 30 |', '', '</details>'])
})

test('a list item begins no heading, quotation or list of its own', () => {
  assert.is(
    markdown.markdownList(['# a', '2. b', '> c', '-1 d', 'e # f']),
    '1. \\# a\n2. 2\\. b\n3. \\> c\n4. \\-1 d\n5. e # f',
  )
  assert.is(markdown.markdownList(['#12']), '1. \\#\u200b12')
})

test('a command is quoted for the shell, in a fence that it does not close', () => {
  assert.is(
    markdown.commandBlock('a/b.ts', ['--set', 'x=1,2', '--paper', "it's 3"]),
    "```sh\nnpx tsx a/b.ts --set x=1,2 --paper 'it'\\''s 3'\n```",
  )
  assert.match(markdown.commandBlock('a.ts', ['```']), /^````sh\n.*\n````$/)
  assert.match(markdown.commandBlock('a.ts', ['']), /a\.ts ''\n/)
})

test('claims have error bars where there is room, and notes wrapped to the terminal', () => {
  const claims = [claim('p.a'), claim('p.b', { predicted: false, relativeError: null, bound: 'predicate', value: '' })]
  const wide = describeVerdicts(claims, { markdown: false, terminal: PLAIN })
  assert.match(
    wide,
    /^Against the paper: 2 near\.\n\nclaim +printed +ours +error {2}-25 % \| \+25 % {2}verdict {2}note\n/,
  )
  assert.match(wide, /p\.a +10 +11 {2}\+10\.00 % {8}│██▌ {5}near {5}\[1\]\n/)
  const long = [claim('p.a', { reason: `residual: ${'word '.repeat(20).trim()}` })]
  const narrow = describeVerdicts(long, { markdown: false, terminal: { colour: false, columns: 50 } })
  assert.not.match(narrow, /│|25 %/)
  assert.match(narrow, /\n\[1\] residual: word/)
  assert.match(narrow, /\n {4}word word/)
  assert.ok(narrow.split('\n').every((line) => line.length <= 50))
  const statements = describeVerdicts(claims.slice(1), { markdown: false, terminal: PLAIN })
  assert.not.match(statements, /25 %/, 'no bar where there is no error')
})

test('a claim that repeats another is shown, and said to be left out of the count', () => {
  const claims = [claim('p.a'), claim('p.b', { repeats: 'p.a' })]
  const text = describeVerdicts(claims, { markdown: false, terminal: PLAIN })
  assert.match(text, /^Against the paper: 1 near\. 1 claim repeats another one and is not counted\.\n/)
  assert.match(text, /\np\.b +10 +11 /)
  const alone = describeVerdicts(claims.slice(1), { markdown: false, terminal: PLAIN })
  assert.match(alone, /^Against the paper: nothing new\. 1 claim repeats another one and is not counted\.\n/)
  assert.match(scoreboard(claims), /\n1 claim repeats another one and is not counted\.\n$/)
  const two = [...claims, claim('p.c', { repeats: 'p.a', verdict: 'off' })]
  assert.match(scoreboard(two), /\n2 claims repeat another one and are not counted\.\n$/)
  assert.match(scoreboard(two), /\npaper +near +total\n/, 'no column of a verdict that nothing counted has')
})

test('the reason of a listed claim is indented on every line, its first one too', () => {
  const reason = `residual: ${'word '.repeat(20).trim()}`
  const text = listClaims([claim('p.a', { reason })], { markdown: false, terminal: { colour: false, columns: 60 } })
  const lines = text.trimEnd().split('\n').slice(3)
  assert.ok(lines.length >= 2)
  assert.ok(
    lines.every((line) => /^ {4}\S/.test(line)),
    text,
  )
})

test('CSV of a table without rows has its heading', () => {
  assert.is(csvText(['a', 'b'], []), 'a,b\n')
  assert.is(csvText(['a', 'b'], [{ b: 'x,y', a: 1 }]), 'a,b\n1,"x,y"\n')
  assert.is(csvText(['a', 'b'], [[null, 2]]), 'a,b\n,2\n')
})

test('colour changes no width of a table of claims', () => {
  const claims = [claim('p.a'), claim('p.b', { verdict: 'calibrated' }), claim('p.c', { verdict: 'off' })]
  const plain = describeVerdicts(claims, { markdown: false, terminal: PLAIN })
  const coloured = describeVerdicts(claims, { markdown: false, terminal: COLOUR })
  assert.ok(coloured.includes('\u001b[34mcalibrated\u001b[39m'))
  assert.is(stripVTControlCharacters(coloured), plain)
})

test('claims in Markdown have numbered notes, each reason once', () => {
  const claims = [claim('p.a'), claim('p.b'), claim('p.c', { reason: null }), claim('p.d', { reason: 'rounding: *' })]
  const text = listClaims(claims, { markdown: true, terminal: PLAIN })
  assert.match(
    text,
    /\| p\.a \| 10 \| 11 \| x \| \+10\.00 % \| near \| 1 \|\n\| p\.b .* \| 1 \|\n\| p\.c .* near \| {2}\|\n/,
  )
  assert.match(text, /\nNotes:\n\n1\. finding: a\|b\n2\. rounding: \\\*\n$/)
  assert.not.match(text, /│/)
})

test('a scoreboard shows shares where there is room, coloured or in letters', () => {
  const many = (paper: string, verdict: JudgedClaim['verdict'], count: number) =>
    Array.from({ length: count }, (_, i) => claim(`${paper}.${verdict}${i}`, { paper, verdict }))
  const claims = [
    ...many('p', 'exact', 24),
    ...many('p', 'off', 8),
    ...many('q', 'exact', 1),
    ...many('r', 'off', 1).map((own) => ({ ...own, repeats: 'p.off0' })),
  ]
  assert.equal(scoreboard(claims).split('\n').slice(0, 10), [
    'Results the papers claim',
    '',
    'paper  exact  off  total  shares',
    '-----  -----  ---  -----  --------------------------------',
    `p         24    8     32  ${'e'.repeat(24)}${'o'.repeat(8)}`,
    `q          1    0      1  ${'e'.repeat(32)}`,
    'r          0    0      0',
    `all       25    8     33  ${'e'.repeat(24)}${'o'.repeat(8)}`,
    '',
    'shares: e exact, o off',
  ])
  const narrow = scoreboard(claims, { terminal: { colour: false, columns: 36 } })
  assert.match(narrow, /\nq +1 +0 +1 {2}eeeeeeeeee\n/)
  assert.not.match(scoreboard(claims, { terminal: { colour: false, columns: 35 } }), /shares/)
  const coloured = scoreboard(claims, { terminal: COLOUR })
  assert.ok(coloured.includes(`\u001b[32m${'█'.repeat(24)}\u001b[39m`))
  assert.ok(coloured.includes('\u001b[32mexact\u001b[39m'), 'the headings are the legend')
  assert.not.match(coloured, /shares:/)
  const inMarkdown = scoreboard(claims, { markdown: true, terminal: COLOUR })
  assert.match(inMarkdown, /^## Results the papers claim\n\n\| paper \| exact \| off \| total \|\n\| --- \| ---: /)
  assert.not.ok(inMarkdown.includes('\u001b'))
})

test.run()

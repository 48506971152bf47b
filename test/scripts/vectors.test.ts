import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { run } from '../support/project.ts'

const SCRIPT = 'scripts/vectors.ts'
const GOOD = join(PROJECT_ROOT, 'test/vectors/timeloop.csv')
const HEADER = 'op,mapspace,mapping,utilisation,energy_pj_per_mac'
const MAPPING = 'L3[WIO] K8 C4 - L2[WI] P512 K8 C24 - L1[O] C2 K12 C4X - L0[W] Q1'
const ROW = `q-projection,random,${MAPPING},0.02,18.483`

const test = suite<{ folder: string }>('vectors')
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'reprise-vectors-'))
})
test.after(({ folder }) => rmSync(folder, { recursive: true }))

const check = (folder: string, text: string, ...flags: string[]) => {
  const file = join(folder, 'vectors.csv')
  writeFileSync(file, text)
  return run(PROJECT_ROOT, SCRIPT, ['timeloop', file, ...flags])
}

test('all mappings of the reference file agree, each printed beside ours, and the exit code is 0', async () => {
  const { exitCode, stdout, stderr } = await run(PROJECT_ROOT, SCRIPT, ['timeloop', GOOD])
  const rows = readFileSync(GOOD, 'utf8').trim().split('\n').length - 1
  assert.equal([exitCode, stderr], [0, ''])
  assert.is(stdout.match(/ yes$/gm)?.length, rows)
  assert.match(
    stdout,
    new RegExp(`^${rows} of ${rows} rows agree \\(utilisation at 2 decimals, energy within 0.1 %\\)`, 'm'),
  )
  assert.match(stdout, /^Worst: utilisation off by \S+ in line \d+, energy off by \S+ in line \d+\.$/m)
})

test('a row that disagrees in energy or in utilisation is named and the exit code is 1', async ({ folder }) => {
  const rows = [ROW, ROW.replace('18.483', '18.505'), ROW.replace('0.02,', '0.03,'), ROW.replace('18.483', '18.500')]
  const { exitCode, stdout } = await check(folder, `${HEADER}\n${rows.join('\n')}\n`, '--differences')
  assert.is(exitCode, 1)
  assert.match(stdout, /^ *3 .* NO$/m)
  assert.match(stdout, /^ *4 .* NO$/m)
  assert.is(stdout.match(/ yes$/gm), null)
  assert.match(stdout, /^2 of 4 rows agree/m)
  assert.match(stdout, /energy off by 1\.18e-3 in line 3/)
})

test('each bad row gives one line with its number, the others are evaluated, and the exit code is 2', async ({
  folder,
}) => {
  const bad: readonly (readonly [string, RegExp])[] = [
    [ROW.replace('C4X', 'C8X'), /:3: .*the factors of C must multiply to 768, got 4 x 24 x 2 x 8 = 1536/],
    [ROW.replace('K8 C24', 'Z8 C24'), /:4: Cannot read L2 of a mapping: a loop must be over one of R S P Q C K N/],
    [ROW.replace('L2[WI]', 'L5[WI]'), /:5: .*level 2 of 4 must be L2\[WI\], got "L5\[WI\]"/],
    [ROW.replace('q-projection', 'q-projektion'), /:6: op must be one of .*; did you mean "q-projection"\?/],
    [
      `q-projection,random,L3[WIO] Q1 - L2[WI] P2 K8 C24 - L1[O] P256 C2 K96 C16X - L0[W] Q1,0.02,18.483`,
      /:7: .*accumulator bank of a column \(outputs\) overflows by 23552 words .*scratchpad .* overflows by 720896 words/,
    ],
    [ROW.replace('0.02', 'x'), /:8: utilisation must be a number from 0 to 1, got "x"/],
    [ROW.replace('18.483', '-1'), /:9: energy_pj_per_mac must be a number from 0\.000001 \(pJ\), got "-1"/],
    [ROW.replace(MAPPING, ''), /:10: Cannot read a mapping: it must have the 4 levels .*, got nothing/],
  ]
  const { exitCode, stdout, stderr } = await check(
    folder,
    `${HEADER}\n${[ROW, ...bad.map(([row]) => row)].join('\n')}\n`,
  )
  assert.is(exitCode, 2)
  const lines = stderr.split('\n')
  assert.is(lines.length, bad.length)
  for (const [index, [, pattern]] of bad.entries()) assert.match(lines[index] ?? '', pattern)
  assert.match(stdout, /^1 of 9 rows agree .*; 8 could not be evaluated\.$/m)
})

test('an empty file, a missing column, a short row and a missing file give one clear line', async ({ folder }) => {
  for (const [text, pattern] of [
    ['', /:1: the file must have a header .*, got an empty file/],
    [`${HEADER}\n`, /the file must have rows below its header, got none/],
    [`${HEADER.replace(',mapping', '')}\n${ROW}\n`, /:1: the header must have the columns .*; missing: mapping/],
    [`${HEADER}\n${ROW}\na,b\n`, /:3: Too few fields/],
  ] as const) {
    const { exitCode, stdout, stderr } = await check(folder, text)
    assert.equal([exitCode, stdout, stderr.split('\n').length], [2, '', 1])
    assert.match(stderr, pattern)
  }
  const missing = await run(PROJECT_ROOT, SCRIPT, ['timeloop', join(folder, 'none.csv')])
  assert.is(missing.exitCode, 2)
  assert.match(missing.stderr, /^error: Cannot read .*none\.csv: it must be a readable file, got no such file$/)
  const kind = await run(PROJECT_ROOT, SCRIPT, ['timelop', GOOD])
  assert.match(kind.stderr, /got "timelop"; did you mean "timeloop"\?/)
})

test('shapes may be given by their loops; CRLF, a byte-order mark and other columns do no harm; --csv is plain CSV', async ({
  folder,
}) => {
  const text = `\uFEFFnote,${HEADER}\r\nmine,${ROW.replace('q-projection', 'P512 C768 K768')}\r\n`
  const { exitCode, stdout, stderr } = await check(folder, text, '--csv')
  assert.is(exitCode, 0)
  assert.equal(stdout.split('\n')[1], '2,P512 C768 K768,random,0.02,0.0156,18.483,18.4832,1.2e-5,yes')
  assert.match(stderr, /^1 of 1 rows agree/)
})

test.run()

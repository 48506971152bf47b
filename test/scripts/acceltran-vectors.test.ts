import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ACCELTRAN_QUIRKS } from '../../lib/accelerators/acceltran/mod.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { BASES, parseSettings, vectorCase } from '../../scripts/vectors/acceltran-config.ts'
import { run } from '../support/project.ts'

const HEADER =
  'config,cycles,embEnd,s0,s1,s2,s3,s4,s5,s6,peDyn,peLeak,bufStore,mainMem,bufLeak,busyMac,busySm,busyLn,nMac,nSm,nLn'
const ROW = 'T,3232,41,376,122,0,0,4497,1260,14516,773.4221,53.7428,28.5506,7525.1541,11.0716,44600,8192,592,404,64,37'
const CORRECTED =
  'T COR,2183,40,244,54,0,0,3562,940,12648,513.6782,34.6305,27.4525,2246.796,6.6611,37584,4096,512,352,32,32'
const EDGE =
  'E,79232,49955,109672,13917,0,0,29831,3569,1028408,85479.4553,5651.7257,7389.9094,1153982.38,173216.066,7866684,524288,18384,64312,4096,1149'

const test = suite<{ folder: string }>('acceltran vectors')
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'reprise-acceltran-'))
})
test.after(({ folder }) => rmSync(folder, { recursive: true }))

const check = (folder: string, text: string, ...flags: string[]) => {
  const file = join(folder, 'vectors.csv')
  writeFileSync(file, text)
  return run(PROJECT_ROOT, 'scripts/vectors.ts', ['acceltran', file, ...flags])
}

test('rows that agree give exit code 0; CRLF, a byte-order mark, spaces and other columns do no harm', async ({
  folder,
}) => {
  const rows = [ROW, CORRECTED, EDGE, ROW.replace('T,', '  T   seq=32  ,')].map((row, i) => `${row},note ${i}`)
  const { exitCode, stdout, stderr } = await check(folder, `\uFEFF${HEADER},note\r\n${rows.join('\r\n')}\r\n`)
  assert.equal([exitCode, stderr], [0, ''])
  assert.is(stdout.match(/ yes$/gm)?.length, rows.length)
  assert.match(
    stdout,
    /^4 of 4 rows agree \(cycles and counts exactly, energies within 0\.000001 of themselves .*\)\.$/m,
  )
  assert.match(stdout, /^Worst: counts off by 0\.00e\+0 in line 2, energy off by 0\.00e\+0 in line 2\.$/m)
  assert.match(stdout, /^On the machine that each row describes\.$/m)
})

test('a wrong count, a wrong energy and a batch that does not end are named, and the exit code is 1', async ({
  folder,
}) => {
  const rows = [
    ROW,
    ROW.replace('3232', '3233'),
    // 1e-5 of it, which is more than the last digit.
    ROW.replace('7525.1541', '7525.2294'),
    // Two of the last digit, 3.7e-6 of it; rounding may have taken half of one.
    ROW.replace('53.7428', '53.7426'),
    // Rounded further.
    ROW.replace('11.0716', '11.07'),
    ROW.replace('404,64,37', '404,64,36'),
    ROW.replace('T,', 'T pe=2,'),
    ROW.replace('T,', 'T seq=48,'),
    ROW.replace('T,', 'T heads=1,'),
    ROW.replace('T,', 'T pe=0,'),
    ROW.replace('T,', 'T plot=0,'),
  ]
  const { exitCode, stdout, stderr } = await check(folder, `${HEADER}\n${rows.join('\n')}\n`, '--differences', '--csv')
  assert.is(exitCode, 1)
  const lines = stdout.split('\n')
  assert.equal(
    lines.map((line) => /^(\d+),/.exec(line)?.[1]),
    [undefined, '3', '4', '5', '7', '8', '9', '10', '11', '12'],
  )
  assert.ok(lines.slice(1).every((line) => line.endsWith(',NO')))
  for (const [i, what] of [
    /,14 of 15,0\.0e\+0,cycles 3232 for 3233,/,
    /,15 of 15,1\.0e-5,mainMem 7525\.1541\d* for 7525\.2294,/,
    /,15 of 15,2\.\de-6,peLeak 53\.7427\d* for 53\.7426,/,
    /,14 of 15,0\.0e\+0,nLn 37 for 36,/,
    /^8,T pe=2,3232,,,,.*no PE for a softmax op/,
    /^9,T seq=48,3232,,,,.*no progress/,
    /^10,T heads=1,3232,,,,.*at least 2 heads, got 1/,
    /^11,T pe=0,3232,,,,.*pes must be a positive integer, got 0/,
    /^12,T plot=0,3232,,,,.*reportPeriod must be a positive integer, got 0/,
  ].entries()) {
    assert.match(lines[i + 1] ?? '', what)
  }
  assert.match(stderr, /^2 of 11 rows agree/m)
  assert.match(stderr, /counts off by Infinity in line 8, energy off by Infinity in line 8/)
})

test('a configuration or a number that cannot be read gives a line with its place, and the exit code is 2', async ({
  folder,
}) => {
  const bad: readonly (readonly [string, RegExp])[] = [
    ['T isue=8', /:3: Cannot read "isue=8": it must be COR, @10MB or key=value; did you mean "issue"\? \(keys: seq /],
    ['X', /:4: Cannot read a configuration: it must begin with T, E, S, SB, got "X"/],
    ['', /:5: Cannot read a configuration: it must begin with T, E, S, SB, got ""/],
    ['T dup=2', /:6: Cannot read dup: a switch must be 0 or 1, got 2/],
    ['T seq', /:7: Cannot read "seq": it must be COR, @10MB or key=value/],
    ['T seq=x', /:8: Cannot read "seq=x": it must have a number, got "x"/],
    ['T seq=', /:9: Cannot read "seq=": it must have a number, got ""/],
    ['T @xMB', /:10: Cannot read "@xMB": it must have a number, got "x"/],
    ['toString', /:11: Cannot read a configuration: .* got "toString"/],
    ['T toString=1', /:12: Cannot read "toString=1": it must be COR/],
    ['T fixorder=0.5', /:13: Cannot read fixorder: a switch must be 0 or 1, got 0\.5/],
  ]
  const rows = [ROW, ...bad.map(([config]) => ROW.replace('T,', `${config},`)), ROW.replace('3232', 'many')]
  const { exitCode, stdout, stderr } = await check(folder, `${HEADER}\n${rows.join('\n')}\n`)
  assert.is(exitCode, 2)
  const lines = stderr.split('\n')
  assert.is(lines.length, bad.length + 1)
  for (const [i, [, pattern]] of bad.entries()) assert.match(lines[i] ?? '', pattern)
  assert.match(lines.at(-1) ?? '', /:14: cycles must be a number from 0, got "many"/)
  assert.match(stdout, /^1 of 13 rows agree .*; 12 could not be evaluated\.$/m)
})

test('a missing column gives one clear line', async ({ folder }) => {
  const { exitCode, stdout, stderr } = await check(folder, `${HEADER.replace(',bufLeak', '')}\n${ROW}\n`)
  assert.equal([exitCode, stdout, stderr.split('\n').length], [2, '', 1])
  assert.match(stderr, /:1: the header must have the columns config,cycles,.*; missing: bufLeak$/)
})

test('later changes win, COR turns every rule right, and a net buffer size is dealt out as 4:8:1', () => {
  assert.is(parseSettings('E seq=64 seq=32')['seq'], 32)
  assert.is(parseSettings('E COR dup=1')['dup'], 1)
  assert.is(parseSettings('E dup=1 COR')['dup'], 0)
  const { ab, wb, mb } = parseSettings('E @26MB') as { ab: number; wb: number; mb: number }
  assert.equal([ab, wb, mb], [8, 16, 2])
  const on = (config: string) =>
    Object.entries(vectorCase(parseSettings(config)).quirks)
      .filter(([, value]) => value)
      .map(([quirk]) => quirk)
      .sort()
  // Bandwidths are given in bits, so what a byte is does not matter here.
  const published = Object.keys(ACCELTRAN_QUIRKS).filter(
    (name) => name !== 'wordBandwidth' && name !== 'denseLoadEnergy',
  )
  for (const base of Object.keys(BASES)) assert.equal(on(base), published.sort(), base)
  assert.equal(on('T olde=1'), [...published, 'denseLoadEnergy'].sort())
  // These have no check vector and stay, and two of them have no switch.
  const unswitched = ['denseStoreEnergy', 'missingDependencies']
  assert.equal(on('T COR'), [...unswitched, 'idleBuffersFree', 'idleSubmodules'].sort())
  assert.equal(on('T COR leak=0 sub=0'), unswitched)
  // A switch turns its own rule only.
  for (const [key, quirk] of Object.entries({
    dup: 'repeatedIssue',
    adv: 'droppedOperations',
    bcast: 'softmaxBroadcast',
    gap: 'freeGap',
    lastcmp: 'roomByNewest',
    pin: 'releaseOvertakes',
    gelu: 'geluTwice',
    wbatch: 'weightsPerBatchElement',
    maskdup: 'maskAtFullCost',
    leak: 'idleBuffersFree',
    sub: 'idleSubmodules',
  })) {
    assert.equal(on(`T ${key}=0`), published.filter((name) => name !== quirk).sort(), key)
  }
  assert.equal(on('T fixorder=1'), published.filter((name) => name !== 'positionsAsHeads').sort())
  assert.equal(on('T plot=1'), published.filter((name) => name !== 'staleSkip').sort())
})

test.run()

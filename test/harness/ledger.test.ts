import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ledgerDirectory, listLedgers, parseLedger, readLedger, readLedgers } from '../../lib/harness/ledger.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { ledgerText } from '../support/project.ts'

/** A whole line of a row that was not transcribed. */
const IN_KIND_ROW = /^.*,in-kind,train,.*\n/gm
const GOOD = 'p.a,Table 1,"a, b",4.0,,,exact,x,"{""l"":128}",result,derive,note'
const parse = (...rows: string[]) => parseLedger('p', ledgerText(rows))

test('a row is read as text, the printed digits kept', () => {
  const [claim] = parse(GOOD)
  assert.is(claim?.value, '4.0')
  assert.is(claim?.statement, 'a, b')
  assert.is(claim?.paper, 'p')
  assert.is(claim?.repeats, null)
})

test('a note that says over which claim a row repeats is understood', () => {
  const note = (text: string) => parse(GOOD.replace(/note$/, text))[0]?.repeats
  assert.is(note('repeats q.b-c'), 'q.b-c')
  assert.is(note('repeats q.b.c with < for <='), 'q.b.c')
  assert.is(note('same as q.b'), 'q.b')
  assert.is(note('same sentence as q.b'), 'q.b')
  assert.is(note('the garbled tail repeats this row'), null)
})

test('a malformed ledger is refused with file, line and what is wrong', () => {
  const bad = (pattern: RegExp, text: string) => assert.throws(() => parseLedger('p', text), pattern)
  const rows = (...r: string[]) => ledgerText(r)
  bad(/golden\/papers\/p\.csv:1: the file must not begin with a byte-order mark/, `\uFEFF${rows(GOOD)}`)
  bad(/p\.csv:1: lines must end in LF/, rows(GOOD).replace('note\n', 'note\r\n'))
  bad(/p\.csv:1: the header must have the columns .*; missing: note/, rows(GOOD).replace(',note\n', '\n'))
  bad(/p\.csv:1: .*got also: id/, rows(GOOD).replace('id,item', 'id,id,item'))
  bad(/\(p\.a\) a number must be finite, got 1e999/, rows(GOOD.replace('4.0', '1e999')))
  bad(/p\.csv:1: .*got also: extra/, rows(GOOD).replace('how,note', 'how,note,extra'))
  bad(/p\.csv:3: id must be unique, got p\.a again \(first in line 2\)/, rows(GOOD, GOOD))
  bad(/p\.csv:2: \(p\.a\) value must match pattern.*got "4,0"/, rows(GOOD.replace('4.0', '"4,0"')))
  bad(/p\.csv:2: \(p\.a\) value must be a number where bound is exact, got ""/, rows(GOOD.replace('4.0', '')))
  bad(/bound must be one of exact, approx/, rows(GOOD.replace(',exact,', ',exactly,')))
  bad(/role must be one of result, input, in-kind, got "results"/, rows(GOOD.replace(',result,', ',results,')))
  bad(/how must be one of/, rows(GOOD.replace('derive', 'derived')))
  bad(/item must NOT have fewer than 1 characters/, rows(GOOD.replace('Table 1', '')))
  bad(/id must begin with "p\.", got "q\.a"/, rows(GOOD.replace('p.a', 'q.a')))
  bad(/lo must not exceed hi, got 5 and 3/, rows(GOOD.replace('4.0,,,exact', ',5,3,range')))
  bad(/conditions must be a JSON object or empty, got \[1\]/, rows(GOOD.replace('"{""l"":128}"', '[1]')))
  bad(/conditions must be a JSON object/, rows(GOOD.replace('"{""l"":128}"', '{l')))
  bad(/p\.csv:2: Too few fields/, rows('p.a,Table 1'))
  bad(/p\.csv:2: .*quote/i, rows('p.a,"Table 1'))
  bad(/value must be empty where bound is predicate, got "4\.0"/, rows(GOOD.replace('exact', 'predicate')))
  bad(/lo must be a number where bound is range, got ""/, rows(GOOD.replace('4.0,,,exact', ',,5,range')))
  bad(/p\.csv:2: the file must be UTF-8 text/, rows(GOOD.replace('note', 'no\0te')))
  bad(/p\.csv:1: the header/, '')
})

test('the ledgers of all five papers hold every claim', () => {
  assert.equal(listLedgers(PROJECT_ROOT), ['acceltran', 'adapter-albert', 'edgebert', 'leopard', 'survey'])
  const counts = listLedgers(PROJECT_ROOT).map(
    (paper) => readLedger(PROJECT_ROOT, paper).filter(({ role }) => role !== 'in-kind').length,
  )
  assert.equal(counts, [400, 126, 263, 250, 655])
  const all = [...readLedgers(PROJECT_ROOT).values()]
  const repeats = all.filter((claim) => claim.repeats !== null && claim.role !== 'in-kind')
  assert.is(repeats.length, 15)
})

test('the ledgers hold what was transcribed from the papers, to the byte; what is judged in kind is beside it', () => {
  const hashes = Object.fromEntries(
    listLedgers(PROJECT_ROOT).map((paper) => [
      paper,
      createHash('sha256')
        .update(readFileSync(join(ledgerDirectory(PROJECT_ROOT), `${paper}.csv`), 'utf8').replace(IN_KIND_ROW, ''))
        .digest('hex')
        .slice(0, 16),
    ]),
  )
  assert.equal(hashes, {
    acceltran: '659cfd38e4631fb9',
    'adapter-albert': 'f84de880a71e885d',
    edgebert: '0d7121f271449337',
    leopard: 'f3a897a12579a31b',
    survey: '86a91bbc48a08e3b',
  })
})

test('a claim repeats another one, which repeats none', () => {
  const root = mkdtempSync(join(tmpdir(), 'reprise-ledger-'))
  mkdirSync(ledgerDirectory(root), { recursive: true })
  const write = (...notes: string[]) =>
    writeFileSync(
      join(ledgerDirectory(root), 'p.csv'),
      ledgerText(notes.map((note, i) => `p.${'abc'[i]},T,s,1,,,exact,x,,result,derive,${note}`)),
    )
  write('', 'repeats p.a')
  assert.is(readLedgers(root).get('p.b')?.repeats, 'p.a')
  for (const notes of [['repeats p.a'], ['', 'repeats p.z'], ['', 'repeats p.a', 'repeats p.b']]) {
    write(...notes)
    assert.throws(() => readLedgers(root), /must repeat a known claim that repeats none/)
  }
  rmSync(root, { recursive: true })
})

test('an in-kind claim is a predicate on how to train, and repeats no claim of another role', () => {
  const row = 'p.kind-a,Fig. 2,s,,,,predicate,,,in-kind,train,'
  assert.is(parse(row)[0]?.role, 'in-kind')
  const pattern = /p\.csv:2: \(p\.kind-a\) an in-kind claim must be a predicate on how to train, got /
  assert.throws(() => parse(row.replace(',train,', ',derive,')), pattern)
  assert.throws(() => parse(row.replace(',,,,predicate', ',4,,,exact')), pattern)
  const root = mkdtempSync(join(tmpdir(), 'reprise-in-kind-'))
  mkdirSync(ledgerDirectory(root), { recursive: true })
  const write = (...rows: string[]) => writeFileSync(join(ledgerDirectory(root), 'p.csv'), ledgerText(rows))
  const result = 'p.a,Fig. 2,s,,,,predicate,,,result,train,'
  write(row, `${row.replace('kind-a', 'kind-b')}repeats p.kind-a`, result)
  assert.is(readLedgers(root).get('p.kind-b')?.repeats, 'p.kind-a')
  write(result, `${row}repeats p.a`)
  assert.throws(() => readLedgers(root), /p\.csv: p\.kind-a \(in-kind\) must not repeat p\.a \(result\)/)
  write(row, `${result}repeats p.kind-a`)
  assert.throws(() => readLedgers(root), /p\.csv: p\.a \(result\) must not repeat p\.kind-a \(in-kind\)/)
  rmSync(root, { recursive: true })
})

test('a missing ledger is named', () => {
  assert.throws(() => readLedger(PROJECT_ROOT, 'nobody'), /golden\/papers\/nobody\.csv must be a readable file/)
  assert.throws(() => listLedgers('/nowhere'), /must be a readable directory/)
})

test.run()

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { anyExperiment, experiment } from '../../lib/harness/experiment.ts'
import type { JudgedClaim } from '../../lib/harness/judge.ts'
import { withPrintedColumns } from '../../lib/harness/printed-columns.ts'
import { readRequest } from '../../lib/harness/request.ts'
import { runSweep } from '../../lib/harness/sweep.ts'
import { columnsOf, tables } from '../../lib/harness/table.ts'

const schema = tables({
  study: {
    what: { type: 'string', 'x-key': true },
    value: { type: 'number', unit: '%' },
    claim: { type: 'string', 'x-claim': 'value' },
  },
  plain: { n: { type: 'integer', unit: '1' } },
})
const claim = (id: string, value: string, bound: JudgedClaim['bound'] = 'exact') =>
  ({ id, value, bound, lo: '', hi: '' }) as JudgedClaim

test('a table that names claims is shown with what they printed and our error, the others as they are', () => {
  const rows = [
    { what: 'a', value: 11, claim: 'p.a' },
    { what: 'b', value: 3, claim: 'p.b' },
    { what: 'c', value: 3, claim: 'p.unknown' },
    { what: 'd', value: 3, claim: 'p.zero' },
  ]
  const claims = [claim('p.a', '10'), claim('p.b', '4', 'upto'), claim('p.zero', '0')]
  const shown = withPrintedColumns(rows, columnsOf(schema, 'study'), claims)
  assert.equal(Object.keys(shown.columns), ['what', 'value', 'printed', 'error', 'claim'])
  assert.equal(
    shown.rows.map((row) => [row['printed'], row['error']]),
    [
      ['10', '+10.00 %'],
      ['≤ 4', '-25.00 %'],
      [null, null],
      ['0', null],
    ],
  )
  const plain = [{ n: 1 }]
  assert.is(withPrintedColumns(plain, columnsOf(schema, 'plain'), claims).rows, plain)
})

const reader = anyExperiment(
  experiment({
    id: 'p/reads-a-file',
    version: '1.0.0',
    item: 'none',
    title: 'how long a file is',
    params: {
      input: {
        type: 'string',
        value: '',
        file: true,
        unit: '1',
        source: { kind: 'assumed', why: 'none', range: 'a file' },
        description: 'a file of yours',
      },
    },
    schema: tables({ length: { characters: { type: 'integer', unit: '1' } } }),
    run: ({ files }) => ({ length: [{ characters: files['input']?.length ?? 0 }] }),
    claims: {},
  }),
)

test('a parameter that names a file gives the run what the file holds; none by default, none in a sweep', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-file-'))
  const path = join(folder, 'a.txt')
  writeFileSync(path, 'seven..')
  try {
    const characters = (...argv: string[]) => {
      const request = readRequest(reader, argv)
      return runSweep(reader, request.sweeps, request.options).tables['length']?.[0]?.['characters']
    }
    assert.is(characters(), 0)
    assert.is(characters('--set', `input=${path}`), 7)
    assert.throws(() => characters('--set', `input=${path}x`), /must be a readable file, got no such file/)
    assert.throws(() => characters('--sweep', `input=${path}`), /Cannot sweep input: it must be set/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkDefinition } from '../../lib/harness/definition.ts'
import { anyExperiment, experiment, variantNames } from '../../lib/harness/experiment.ts'
import { helpText } from '../../lib/harness/help.ts'
import { runVariants } from '../../lib/harness/produce.ts'
import { resolveParams, runExperiment } from '../../lib/harness/run.ts'
import { storedFile } from '../../lib/harness/stored-file.ts'
import { parseSweep, runSweep, sweepPoints } from '../../lib/harness/sweep.ts'
import { tables } from '../../lib/harness/table.ts'
import { ANNOTATIONS, compileSchema } from '../../lib/harness/validate.ts'

const source = { kind: 'assumed', why: 'a test', range: 'any' } as const
const base = {
  id: 'p/double',
  version: '1.0.0',
  paper: 'p',
  item: 'Table 1',
  title: 'Doubles',
  params: {
    n: { type: 'integer', value: 3, unit: '1', source, description: 'n' },
    factor: { type: 'number', value: 2, unit: '1', source, description: 'factor' },
    list: { type: 'integer', value: [1, 2], unit: '1', source, description: 'list' },
  },
  variants: { wrong: { why: 'a slip', set: { factor: 3 } }, right: { why: 'the rule', set: {} } },
  schema: tables({
    t: { i: { type: 'integer', 'x-key': true }, y: { type: 'number', unit: 'm' }, r: { type: 'number' } },
  }),
  run: ({
    params,
    rng,
  }: {
    params: { n: number; factor: number; list: readonly number[] }
    rng: { next(): number }
  }) => ({
    t: Array.from({ length: params.n }, (_, i) => ({ i, y: i * params.factor + (params.list[0] ?? 0), r: rng.next() })),
  }),
  claims: {},
} as const
const exp = anyExperiment(experiment(base))

test('values come from the defaults, then the variant, then what is set', () => {
  assert.equal(variantNames(exp), ['wrong', 'right'])
  assert.equal(resolveParams(exp, 'wrong'), { n: 3, factor: 3, list: [1, 2] })
  assert.equal(resolveParams(exp, 'wrong', { factor: 7 }).factor, 7)
  assert.is(runExperiment(exp).tables['t']?.[2]?.['y'], 7)
  assert.is(runExperiment(exp, { variant: 'right' }).tables['t']?.[2]?.['y'], 5)
  assert.throws(
    () => runExperiment(exp, { variant: 'wrnog' }),
    /variant must be one of wrong, right, got "wrnog"; did you mean "wrong"\?/,
  )
})

test('the seed decides the random numbers', () => {
  const at = (seed?: number) => JSON.stringify(runExperiment(exp, seed === undefined ? {} : { seed }).tables)
  assert.is(at(5), at(5))
  assert.is(at(), at(1))
  assert.is.not(at(5), at(6))
})

test('a malformed definition is refused', () => {
  const check = (over: object) => () => checkDefinition(anyExperiment(experiment({ ...base, ...over } as never)))
  assert.throws(check({ id: 'nope' }), /id must be paper\/item-slug, got "nope"/)
  assert.throws(check({ version: '1' }), /version must be like 1\.0\.0, got "1"/)
  assert.throws(check({ version: undefined }), /version must be like 1\.0\.0, got "undefined"/)
  const bad = { why: 'x', set: { facto: 1 } }
  assert.throws(check({ variants: { bad } }), /facto must be one of its parameters; did you mean "factor"\?/)
  assert.throws(check({ params: { n: { ...base.params.n, value: -1 } } }), /Cannot set n: it must be an integer from 1/)
  assert.throws(check({ params: { list: { ...base.params.list, value: [] } } }), /must not be empty/)
  assert.throws(
    check({ paper: undefined, claims: { 'p.x': () => 1 } }),
    /paper must name the ledger of its claims, got none/,
  )
  const file = { ...base.params.n, type: 'string', value: '', file: true }
  const stored = 'experiments/trained/network.json'
  for (const wrong of ['/etc/passwd', '../x.json', 'experiments/../x.json', ''])
    assert.throws(
      check({ params: { file: { ...file, stored: wrong } } }),
      /stored must be a path from the project's root/,
    )
  assert.throws(check({ params: { file: { ...file, stored, value: 'a' } } }), /names none of by default, got "experi/)
  assert.throws(check({ params: { file: { ...file, stored, file: undefined } } }), /stored must be a path/)
  assert.not.throws(check({ params: { file: { ...file, stored } }, variants: {} }))
  assert.not.throws(check({ paper: undefined }))
})

test('an output that does not match its schema is an error that names the cell', () => {
  const returning = (value: unknown) =>
    anyExperiment(experiment({ ...base, run: () => ({ t: [{ i: 0, y: value, r: 0 }] }) } as never))
  assert.throws(
    () => runExperiment(returning(Number.NaN)),
    /p\/double: t\.0\.y must be a number that a double holds exactly \(m\), got NaN/,
  )
  assert.throws(() => runExperiment(returning(Number.POSITIVE_INFINITY)), /got Infinity/)
  assert.throws(() => runExperiment(returning('1')), /t\.0\.y must be number, got "1"/)
  assert.throws(() => runExperiment(returning(undefined)), /t\.0 must have required property 'y'/)
  for (const rows of [5, [null], undefined]) {
    const shapeless = anyExperiment(experiment({ ...base, run: () => ({ t: rows }) } as never))
    assert.throws(() => runExperiment(shapeless), /Cannot report p\/double: /)
  }
  const extra = anyExperiment(experiment({ ...base, run: () => ({ t: [{ i: 0, y: 1, r: 0, z: 1 }] }) } as never))
  assert.throws(() => runExperiment(extra), /t\.0 must not have z/)
  const large = anyExperiment(experiment({ ...base, run: () => ({ t: [{ i: 2 ** 53, y: 1, r: 0 }] }) } as never))
  assert.throws(() => runExperiment(large), /t\.0\.i must be a number that a double holds exactly/)
})

test('a run reads the stored file of a parameter that names none, once and only if it is run', () => {
  const root = mkdtempSync(join(tmpdir(), 'reprise-stored-'))
  const param = { type: 'string', value: '', unit: 'file', source, description: 'd', file: true } as const
  const network = { ...param, stored: 'network.json' } as const
  const reader = anyExperiment(
    experiment({
      ...base,
      params: { network, other: param },
      variants: {},
      schema: tables({ t: { got: { type: 'string' }, path: { type: 'string' }, files: { type: 'integer' } } }),
      run: (context) => {
        const { path, text } = storedFile(network, 'network', context)
        return { t: [{ got: text, path, files: Object.keys(context.files).length }] }
      },
      claims: {},
    }),
  )
  const row = (options: Parameters<typeof runExperiment>[1]) => runExperiment(reader, options).tables['t']?.[0]
  assert.throws(() => row({ root }), /Cannot read network\.json: it must be a readable file, got no such file/)
  const set = { network: 'mine.json' }
  assert.equal(row({ root, set, files: { network: 'x' } }), { got: 'x', path: 'mine.json', files: 1 })
  assert.throws(() => row({ root, set }), /network must come with what mine\.json holds, got nothing/)
  writeFileSync(join(root, 'network.json'), '\uFEFF{}')
  assert.equal(row({ root }), { got: '{}', path: 'network.json', files: 1 })
  rmSync(root, { recursive: true })
  assert.is(row({ root })?.['got'], '{}', 'it is kept')
  assert.match(
    helpText(reader, {}),
    / {2}network = network\.json \[file\]\n.*the project's own file is used unless set/,
  )
  assert.match(helpText(reader, {}), / {2}other = {2}\[file\]/)
})

test('a default run that leaves a claim unanswered is an error', () => {
  const silent = anyExperiment(experiment({ ...base, claims: { 'p.x': () => undefined } }))
  assert.throws(() => runVariants(silent), /must be predicted by the default run, got nothing for p\.x/)
})

test('a variant that is not judged may leave a claim unanswered: a correction can do away with what it is about', () => {
  const answering = (factor: number) =>
    anyExperiment(
      experiment({
        ...base,
        claims: { 'p.x': (_, params) => (params.factor === factor ? 5 : undefined) },
      }),
    )
  assert.equal(
    runVariants(answering(3)).map(({ answers }) => answers[0]?.predicted),
    [5, null],
  )
  assert.throws(() => runVariants(answering(2)), /got nothing for p\.x/)
})

test('a sweep runs every combination and leads each row with the swept values', () => {
  assert.equal(
    sweepPoints([
      { name: 'a', values: [1, 2] },
      { name: 'b', values: [3, 4] },
    ]),
    [
      { a: 1, b: 3 },
      { a: 1, b: 4 },
      { a: 2, b: 3 },
      { a: 2, b: 4 },
    ],
  )
  const { tables: swept } = runSweep(exp, [parseSweep(exp, 'n=1,2'), parseSweep(exp, 'list=5,6')], { variant: 'right' })
  assert.equal(
    swept['t']?.map(({ n, list, i, y }) => [n, list, i, y]),
    [
      [1, 5, 0, 5],
      [1, 6, 0, 6],
      [2, 5, 0, 5],
      [2, 5, 1, 7],
      [2, 6, 0, 6],
      [2, 6, 1, 8],
    ],
  )
  const many = Array.from({ length: 400 }, (_, i) => i + 1)
  const wide = ['a', 'b'].map((name) => ({ name, values: many }))
  assert.throws(() => sweepPoints(wide), /at most 100000 runs, got 160000/)
  assert.throws(() => parseSweep(exp, 'n='), /without empty items/)
  assert.throws(() => parseSweep(exp, 'm=1'), /no such parameter; did you mean "n"\?/)
})

test('a swept name that is a column too is told apart', () => {
  const clash = anyExperiment(
    experiment({
      ...base,
      params: { y: base.params.n },
      variants: {},
      schema: tables({ t: { y: { type: 'number' } } }),
      run: ({ params }) => ({ t: [{ y: 10 * params.y }] }),
    }),
  )
  assert.equal(runSweep(clash, [parseSweep(clash, 'y=1,2')], {}).tables['t'], [
    { 'param.y': 1, y: 10 },
    { 'param.y': 2, y: 20 },
  ])
})

test('tables() builds a valid 2020-12 schema that closes every object', () => {
  const ajv = new Ajv2020({ allowUnionTypes: true })
  ajv.addVocabulary(ANNOTATIONS)
  assert.ok(ajv.validateSchema(base.schema))
  const validate = compileSchema(base.schema)
  assert.ok(validate({ t: [] }))
  assert.not.ok(validate({ t: [], u: [] }))
  assert.not.ok(validate({}))
})

test('headlines must be claims, sensitivities columns, and names fit for a file', () => {
  const check = (change: object) => checkDefinition(anyExperiment(experiment({ ...base, ...change } as typeof base)))
  const claims = { 'p.t1.first': () => 1 }
  assert.not.throws(() => check({ claims, headlines: { 'p.t1.first': 'why' } }))
  assert.throws(
    () => check({ claims, headlines: { 'p.t1.frist': 'why' } }),
    /a headline must be one of its claims, got p\.t1\.frist; did you mean "p\.t1\.first"\?/,
  )
  const sensitivity = { table: 't', labels: ['i'], values: ['y'], title: 'y [m]' }
  assert.not.throws(() => check({ sensitivity }))
  assert.throws(
    () => check({ sensitivity: { ...sensitivity, values: ['z'] } }),
    /must name columns of a table, got t\.z/,
  )
  assert.throws(() => check({ sensitivity: { ...sensitivity, panels: 'q' } }), /must name columns of a table, got t\.q/)
  assert.throws(() => check({ sensitivity: { ...sensitivity, table: 'u' } }), /must name columns of a table, got u\.i/)
  for (const name of ['../evil', 'a b', '', 'sensitivity'])
    assert.throws(() => check({ variants: { [name]: { why: '', set: {} } } }), /the name of a variant must be letters/)
  assert.throws(() => check({ schema: tables({ 'a?b': {} }) }), /the name of a table must be letters/)
})

test.run()

import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  type BatchResult,
  discoverExperiments,
  judgeBatch,
  loadExperiment,
  reasonProblems,
  runAll,
  scriptPath,
} from '../../lib/harness/batch/mod.ts'
import { type AnyExperiment, variantNames } from '../../lib/harness/experiment.ts'
import { goldenPaths, readGolden } from '../../lib/harness/golden-file.ts'
import { answerClaims } from '../../lib/harness/judge.ts'
import { readLedgers } from '../../lib/harness/ledger.ts'
import type { VariantRun } from '../../lib/harness/produce.ts'
import { PROJECT_ROOT } from '../../lib/harness/root.ts'
import { runExperiment } from '../../lib/harness/run.ts'
import { ANNOTATIONS } from '../../lib/harness/validate.ts'
import { atOnce, type Outcome, run, warmRuns } from '../support/project.ts'
import { surveyVectors } from '../vectors/load.ts'

const IDS = discoverExperiments(PROJECT_ROOT)
const experiments: AnyExperiment[] = []
let results: readonly BatchResult[] = []
/** What each program did, in the order of the ids. */
let programs: readonly Outcome[] = []
test.before(async () => {
  for (const id of IDS) experiments.push(await loadExperiment(PROJECT_ROOT, id))
  await warmRuns()
  results = await runAll(PROJECT_ROOT, IDS)
  const args = ['--check', '--format', 'json']
  programs = await atOnce(IDS, (id) => run(PROJECT_ROOT, `experiments/${id}.ts`, args))
})

/** An experiment's default run of a variant, done in another process. */
function firstRun(exp: AnyExperiment, variant = variantNames(exp)[0] as string): VariantRun {
  const found = results.find(({ id }) => id === exp.id)?.runs.find((one) => one.variant === variant)
  if (!found) throw new RangeError(`Cannot test ${exp.id}: it must run, got no run of ${variant}`)
  return found
}

for (const [index, id] of IDS.entries()) {
  test(`${id} runs alone, as a program, and matches its golden`, () => {
    const { exitCode, stdout, stderr } = programs[index] as Outcome
    assert.equal([exitCode, stderr], [0, `golden ${id}: as accepted`])
    assert.is((JSON.parse(stdout) as { experiment: string }).experiment, id)
  })
}

test('every golden is valid under the schema that lies beside it, by a plain validator', () => {
  for (const id of IDS) {
    const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true })
    ajv.addVocabulary(ANNOTATIONS)
    const validate = ajv.compile(JSON.parse(readFileSync(goldenPaths(PROJECT_ROOT, id).schema, 'utf8')) as object)
    const golden = readGolden(PROJECT_ROOT, id)
    assert.ok(golden)
    for (const tables of Object.values(golden?.variants ?? {}))
      assert.ok(validate(tables), `${id}: ${ajv.errorsText(validate.errors)}`)
  }
})

test('every numeric column has a unit, and every row is told apart by its keys', () => {
  for (const exp of experiments) {
    const { tables } = firstRun(exp)
    for (const [name, { items }] of Object.entries(exp.schema.properties)) {
      const keys = Object.entries(items.properties)
        .filter(([, column]) => column['x-key'])
        .map(([key]) => key)
      const seen = (tables[name] ?? []).map((row) => keys.map((key) => row[key]).join())
      if (keys.length > 0) assert.is(new Set(seen).size, seen.length, `${exp.id} ${name}`)
      for (const [column, { type, unit }] of Object.entries(items.properties)) {
        const numeric = ['integer', 'number'].some((t) => [type].flat().includes(t as never))
        assert.ok(!numeric || unit, `${exp.id}: ${name}.${column} has no unit`)
      }
    }
  }
})

test('every parameter and constant has a unit and a source that says something', () => {
  for (const exp of experiments) {
    for (const [name, { unit, source }] of Object.entries({ ...exp.params, ...exp.constants })) {
      assert.ok(unit, `${exp.id}: ${name}`)
      const { kind, ...rest } = source
      assert.ok(kind && Object.values(rest).every((text) => text.length > 0), `${exp.id}: ${name}`)
    }
  }
})

test('a row that names a claim, if it names any, names one that its experiment answers', () => {
  let checked = 0
  for (const exp of experiments) {
    const { tables } = firstRun(exp)
    for (const [name, { items }] of Object.entries(exp.schema.properties)) {
      for (const [column, { 'x-claim': value }] of Object.entries(items.properties)) {
        if (value === undefined) continue
        for (const row of (tables[name] ?? []).filter((own) => own[column] !== null)) {
          assert.ok(Object.hasOwn(exp.claims, String(row[column])), `${exp.id} ${name}: ${row[column]}`)
          checked += 1
        }
      }
    }
  }
  assert.ok(checked > 100)
})

test('a run is pure: another process and other runs before it give the same bytes, its parameters are left alone', () => {
  for (const exp of experiments) {
    // The first run was done in the order of the variants.
    for (const variant of variantNames(exp).reverse()) {
      const before = JSON.stringify(exp.params)
      const { params, tables } = runExperiment(exp, { variant })
      const first = firstRun(exp, variant)
      assert.is(JSON.stringify([params, tables]), JSON.stringify([first.params, first.tables]), exp.id)
      assert.is(JSON.stringify(exp.params), before)
    }
  }
})

test('as-published is judged first wherever the published rule is wrong', () => {
  for (const exp of experiments) {
    if (!exp.variants) continue
    const names = Object.keys(exp.variants)
    // Where nothing is claimed, the right rules may come first.
    const judged = names.includes('as-published') || Object.keys(exp.claims).length > 0
    assert.is(names[0], judged ? 'as-published' : 'corrected', exp.id)
    assert.ok(names.includes('corrected'), exp.id)
  }
})

test('an erratum that excuses a false statement is confirmed by the corrected variant, where the statement is true', () => {
  const ledger = readLedgers(PROJECT_ROOT)
  let checked = 0
  for (const exp of experiments) {
    const ids = (exp.errata ?? []).flatMap(({ claims = [] }) => claims)
    for (const id of ids.filter((claim) => ledger.get(claim)?.bound === 'predicate')) {
      const { tables, params } = firstRun(exp, 'corrected')
      const answer = answerClaims(exp, tables, params).find((given) => given.id === id)
      assert.is(answer?.predicted, true, `${exp.id}: ${id}`)
      checked += 1
    }
  }
  assert.ok(checked >= 2)
})

test('Table 12 agrees with the independent counts in every row of the published list', () => {
  const exp = experiments.find(({ id }) => id === 'survey/table12-resnet50-convs') as AnyExperiment
  const { convolutions = [] } = firstRun(exp, 'as-published').tables
  const published = surveyVectors().resnet_table12.find(({ in: given }) => given.published)?.out ?? []
  assert.is(published.length, 12)
  for (const row of published) {
    const ours = convolutions.find(
      (c) => c['kernel'] === row.kernel && c['outChannels'] === row.out_channels && c['outSide'] === row.out_size,
    )
    assert.equal([ours?.['flops'], ours?.['bytes']], [row.flops, row.bytes])
  }
})

test('what the survey derives is reproduced: at least 360 exact, nothing off without a reason', async () => {
  const state = await judgeBatch(PROJECT_ROOT, results)
  assert.equal(state.broken, [])
  assert.equal(reasonProblems(state.experiments), [])
  const survey = state.claims.filter((claim) => claim.paper === 'survey' && claim.role === 'result')
  assert.ok(survey.filter((claim) => claim.verdict === 'exact').length >= 360)
  for (const claim of survey.filter(({ verdict }) => verdict === 'off' || verdict === 'trend'))
    assert.ok(claim.reason, claim.id)
  assert.is(state.claims.length, readLedgers(PROJECT_ROOT).size)
})

test('what is called a truncation is one: cut off after the printed digits, our value is the printed one', async () => {
  const { experiments: judged } = await judgeBatch(PROJECT_ROOT, results)
  let checked = 0
  for (const { exp, claims } of judged) {
    for (const [id, { kind }] of Object.entries(exp.reasons ?? {})) {
      if (kind !== 'truncation') continue
      const claim = claims.find((c) => c.id === id)
      const unit = 10 ** -(claim?.value.split('.')[1] ?? '').length
      assert.is(Math.trunc(Number(claim?.predicted) / unit), Math.round(Number(claim?.value) / unit), id)
      checked += 1
    }
  }
  assert.ok(checked >= 5)
})

test('every experiment lies under its id and has a golden', () => {
  for (const exp of experiments) {
    assert.ok(existsSync(scriptPath(PROJECT_ROOT, exp.id)))
    assert.ok(existsSync(goldenPaths(PROJECT_ROOT, exp.id).golden))
  }
})

test.run()

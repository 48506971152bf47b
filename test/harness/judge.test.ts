import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { scoreboard } from '../../lib/harness/batch/mod.ts'
import { reasonProblems } from '../../lib/harness/batch/project.ts'
import {
  answerClaims,
  countVerdicts,
  judgeClaim,
  judgeExperiment,
  judgeLedger,
  marksOf,
} from '../../lib/harness/judge.ts'
import { parseLedger } from '../../lib/harness/ledger.ts'
import { ledgerText } from '../support/project.ts'

const rows = parseLedger(
  'p',
  ledgerText([
    'p.a,Table 1,s,10,,,exact,%,"{""l"":1}",result,derive,',
    'p.b,Table 1,s,10,,,exact,%,,input,none,',
    'p.c,Table 1,s,10,,,exact,%,,result,derive,repeats p.a',
    'p.d,Table 2,s,12,,,exact,%,,result,derive,repeats p.a',
    'p.e,Table 2,s,,,,predicate,,,result,derive,repeats p.a',
    'p.f,Table 2,s,50,,,upto,%,,result,derive,',
  ]),
)
const ledger = new Map(rows.map((claim) => [claim.id, claim]))
const claim = (id: string) => ledger.get(id) as (typeof rows)[0]
const says = (id: string, predicted: number | null, over: object = {}) => ({
  id,
  predicted,
  calibrated: null,
  unreachable: null,
  assumption: null,
  trendAround: null,
  ...over,
})
const judge = (id: string, predicted: number | null, over: object = {}, context: object = {}) =>
  judgeClaim(claim(id), says(id, predicted, over), { experiment: 'p/x', ...context })

test('a claim used to fit is calibrated while it fits, and misses like any other when it does not', () => {
  assert.is(judge('p.a', 10, { calibrated: 'how' }).verdict, 'calibrated')
  assert.is(judge('p.a', 10.4, { calibrated: 'how' }).verdict, 'calibrated')
  assert.is(judge('p.a', 12, { calibrated: 'how' }).verdict, 'near')
})

test('an input must be the printed value: anything else is off, however close', () => {
  assert.is(judge('p.b', 10).verdict, 'input')
  assert.is(judge('p.b', 10.6).verdict, 'off')
})

test('an erratum excuses a miss only where our value is what should have been printed', () => {
  const erratum = { where: 'w', printed: '10', shouldBe: '13', arithmetic: '6 + 7' }
  assert.is(judge('p.a', 13.2, {}, { erratum }).verdict, 'erratum')
  assert.is(judge('p.a', 14, {}, { erratum }).verdict, 'off')
  assert.is(judge('p.a', 14, {}, { erratum: { ...erratum, shouldBe: 'undecided' } }).verdict, 'off')
  assert.is(judge('p.a', 10, {}, { erratum }).verdict, 'exact')
})

test('unreachable and assumed claims carry their statement, unanswered ones stay pending', () => {
  assert.equal([judge('p.a', null, { unreachable: 'silicon' })].map((c) => [c.verdict, c.reason])[0], [
    'unreachable',
    'silicon',
  ])
  assert.equal([judge('p.b', null, { assumption: 'here' })].map((c) => [c.verdict, c.reason])[0], ['input', 'here'])
  assert.is(judge('p.a', null).verdict, 'pending')
})

test('a bound that holds says so, one that is narrowly missed does not', () => {
  assert.is(judge('p.f', 20).reason, 'the bound holds')
  assert.equal([judge('p.f', 52).verdict, judge('p.f', 52).reason], ['within', null])
})

test('a prediction that is no finite number is an error, not silence', () => {
  const exp = (value: number | readonly [number, number]) => ({ claims: { 'p.a': () => value } }) as never
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, [1, Number.NaN] as const]) {
    assert.throws(() => answerClaims(exp(value), {}, {}), /Cannot predict p\.a: the value must be finite/)
  }
  assert.is(answerClaims(exp(3), {}, {})[0]?.predicted, 3)
})

test('a result cannot be assumed', () => {
  assert.throws(() => judge('p.a', null, { assumption: 'here' }), /p\.a: a result must be predicted or unreachable/)
})

test('a repeated claim takes over the prediction, is judged by its own digits and is counted once', () => {
  const all = judgeLedger(ledger, [judge('p.a', 10)])
  const verdicts = Object.fromEntries(all.map((c) => [c.id, c.verdict]))
  assert.equal(verdicts, {
    'p.a': 'exact',
    'p.b': 'pending',
    'p.c': 'exact',
    'p.d': 'near',
    'p.e': 'exact',
    'p.f': 'pending',
  })
  const counts = countVerdicts(all)
  assert.equal([counts.exact, counts.pending, counts.near, counts.total], [1, 2, 0, 3])
  assert.match(scoreboard(all), /3 claims repeat another one and are not counted/)
})

test('two experiments may not answer for one claim', () => {
  assert.throws(
    () => judgeLedger(ledger, [judge('p.a', 10), { ...judge('p.a', 10), experiment: 'p/y' }]),
    /one experiment must answer for it, got p\/x and p\/y/,
  )
})

test('an experiment that answers for, explains or corrects an unknown claim is refused', () => {
  const exp = { id: 'p/x' }
  assert.throws(
    () => judgeExperiment(exp, [says('p.aa', 1)], ledger),
    /p\.aa must be a claim of golden\/papers; did you mean "p\.a"\?/,
  )
  assert.throws(
    () => judgeExperiment({ ...exp, reasons: { 'p.z': { kind: 'finding', text: 't' } } }, [], ledger),
    /p\.z must be a claim/,
  )
  const errata = [{ where: 'w', printed: '1', shouldBe: '2', arithmetic: 'a', claims: ['p.y'] }]
  assert.throws(() => judgeExperiment({ ...exp, errata }, [], ledger), /p\.y must be a claim/)
})

test('a miss without a reason, and a reason without a miss, are problems', () => {
  const judged = (predicted: number, reasons: object) => ({
    exp: { id: 'p/x', reasons },
    claims: judgeExperiment({ id: 'p/x', reasons } as never, [says('p.a', predicted)], ledger),
  })
  const problems = (predicted: number, reasons: object) => reasonProblems([judged(predicted, reasons)] as never)
  const reason = { 'p.a': { kind: 'residual', text: 'why' } }
  assert.equal(problems(10, {}), [])
  assert.equal(problems(12, reason), [])
  assert.match(problems(12, {})[0] ?? '', /p\.a is near \(printed 10, ours 12\) and must have a reason/)
  assert.match(problems(10, reason)[0] ?? '', /p\.a is exact and must not have a reason/)
  const elsewhere = { ...reason, 'p.f': reason['p.a'] }
  assert.match(problems(12, elsewhere)[0] ?? '', /p\.f is not answered here and must not have a reason/)
})

test('marks carry the conditions of numeric claims', () => {
  assert.equal(marksOf([judge('p.a', 11), judge('p.f', null)]), [
    { id: 'p.a', unit: '%', conditions: { l: 1 }, printed: 10, predicted: 11 },
  ])
})

test.run()

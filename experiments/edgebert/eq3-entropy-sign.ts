#!/usr/bin/env -S npx tsx
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { logitEntropy, normalSample } from '../../lib/numeric/mod.ts'
import { edgebert } from './shared/tasks.ts'

/** Two evaluations of the same entropy agree to this many nat. */
const AGREE_NAT = 1e-9

const eq3 = experiment({
  id: 'edgebert/eq3-entropy-sign',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Eq. 1, 3',
  title: 'Entropy of logits by definition, by Eq. 1 and by Eq. 3: the sign of the maximum',
  params: {
    subtractMaximum: {
      type: 'boolean',
      value: false,
      unit: '1',
      source: edgebert('Eq. 3, as printed'),
      description: 'subtract the maximum where it must be added',
    },
    logits: {
      type: 'number',
      value: [2, -1],
      min: -1e6,
      max: 1e6,
      unit: '1',
      source: { kind: 'assumed', why: 'a confident two-class sentence', range: 'any logits' },
      description: 'logits of the example',
    },
    threshold: {
      type: 'number',
      value: 0.23,
      unit: 'nat',
      source: edgebert('Table 3, SST-2 at 1 % drop'),
      description: 'exit threshold of table decisions',
    },
    samples: {
      type: 'integer',
      value: 2000,
      max: 1_000_000,
      unit: '1',
      source: { kind: 'assumed', why: 'settles shares to a per cent', range: '100 upwards' },
      description: 'random logits of table decisions',
    },
    spread: {
      type: 'number',
      value: 2,
      unit: '1',
      source: { kind: 'assumed', why: 'logits of a trained two-class head lie within a few units', range: '0.5 to 5' },
      description: 'standard deviation of the random logits',
    },
  },
  variants: {
    'as-published': { why: 'Eq. 3 as printed: the maximum is subtracted', set: { subtractMaximum: true } },
    corrected: { why: 'ln sum e^x = MAX + ln sum e^(x - MAX): the maximum is added', set: { subtractMaximum: false } },
  },
  schema: tables({
    forms: {
      logits: { type: 'string', 'x-key': true },
      shannon: { type: 'number', unit: 'nat', description: '-sum p ln p' },
      eq1: {
        type: ['number', 'null'],
        unit: 'nat',
        description: 'Eq. 1, in double precision; none where it overflows',
      },
      eq3: { type: 'number', unit: 'nat', description: 'with the sign of subtractMaximum' },
      eq3MinusTrue: { type: 'number', unit: 'nat', description: `0 below ${AGREE_NAT}` },
      minusTwiceMaximum: { type: 'number', unit: 'nat' },
    },
    decisions: {
      form: { type: 'string', enum: ['definition', 'Eq. 3'], 'x-key': true },
      exitPercent: { type: 'number', unit: '%', description: 'random sentences below the threshold' },
      wrongPercent: { type: 'number', unit: '%', description: 'sentences decided otherwise than by the definition' },
      negativePercent: { type: 'number', unit: '%', description: 'entropies below 0, which none can be' },
    },
  }),
  run({ params, rng }) {
    const cases = [params.logits, [0, 0], [1, 2, 3], [-5, -5, -5], [10, 0], [800, 799], [-800, -801]]
    const quirks = { subtractMaximum: params.subtractMaximum }
    const drawn = Array.from({ length: params.samples }, () => {
      const logits = [params.spread * normalSample(rng), params.spread * normalSample(rng)]
      return { right: shannon(logits), eq3: logitEntropy(logits, quirks) }
    })
    const share = (of: (entropies: { right: number; eq3: number }) => boolean) =>
      (100 * drawn.filter(of).length) / drawn.length
    const exits = (entropy: number) => entropy < params.threshold
    return {
      forms: [...new Map(cases.map((logits) => [logits.join(', '), logits]))].map(([name, logits]) => {
        const right = shannon(logits)
        const own = logitEntropy(logits, quirks)
        const direct = eq1(logits)
        return {
          logits: name,
          shannon: right,
          eq1: Number.isFinite(direct) ? direct : null,
          eq3: own,
          eq3MinusTrue: Math.abs(own - right) < AGREE_NAT ? 0 : own - right,
          minusTwiceMaximum: -2 * Math.max(...logits),
        }
      }),
      decisions: [
        {
          form: 'definition' as const,
          exitPercent: share(({ right }) => exits(right)),
          wrongPercent: 0,
          negativePercent: share(({ right }) => right < 0),
        },
        {
          form: 'Eq. 3' as const,
          exitPercent: share(({ eq3: own }) => exits(own)),
          wrongPercent: share(({ right, eq3: own }) => exits(right) !== exits(own)),
          negativePercent: share(({ eq3: own }) => own < 0),
        },
      ],
    }
  },
  claims: {
    'edgebert.eq1': ({ forms }) =>
      forms.every(({ eq1: direct, shannon: defined }) => direct === null || Math.abs(direct - defined) < AGREE_NAT),
    'edgebert.eq3': ({ forms }) => forms.every(({ eq3MinusTrue }) => eq3MinusTrue === 0),
  },
  errata: [
    {
      where: 'Eq. 3, sign of the maximum',
      printed: 'ln(sum e^(x - MAX)) - MAX - ...',
      shouldBe: 'ln(sum e^(x - MAX)) + MAX - ...',
      arithmetic:
        'ln sum e^x = MAX + ln sum e^(x - MAX); for logits 2 and -1 the entropy is 0.191 nat, Eq. 3 gives -3.809. The release (Enpy.h) adds, but takes e^(x (x - MAX)) in the last sum',
      claims: ['edgebert.eq3'],
    },
  ],
  figure: ({ decisions }) => ({
    description:
      'Random two-class sentences, in percent, that exit, that are decided otherwise than by the definition, and whose entropy is below 0, which none can be: by the definition of the entropy and by Eq. 3 with the sign of this run. The paper prints no such shares.',
    width: 420,
    height: 180,
    data: {
      values: decisions.flatMap(({ form, exitPercent, wrongPercent, negativePercent }) => [
        { form, sentences: 'exit', percent: exitPercent },
        { form, sentences: 'decided wrongly', percent: wrongPercent },
        { form, sentences: 'negative entropy', percent: negativePercent },
      ]),
    },
    mark: 'bar',
    encoding: {
      x: {
        field: 'sentences',
        type: 'nominal',
        sort: null,
        title: 'sentences',
        axis: { title: null, labelAngle: 0, labelLimit: 200 },
      },
      xOffset: { field: 'form', sort: null, title: 'entropy by' },
      y: along('percent', 'sentences [%]', { says: 'share [%]' }),
      color: { field: 'form', type: 'nominal', sort: null, title: 'entropy by' },
    },
  }),
})

/** -sum p ln p of the softmax, p from differences so that nothing overflows. */
function shannon(logits: readonly number[]): number {
  const shares = logits.map((x) => 1 / logits.reduce((sum, other) => sum + Math.exp(other - x), 0))
  return shares.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0)
}

/** Eq. 1 term by term. */
function eq1(logits: readonly number[]): number {
  const sum = logits.reduce((total, x) => total + Math.exp(x), 0)
  return Math.log(sum) - logits.reduce((total, x) => total + x * Math.exp(x), 0) / sum
}

export default eq3
await main(import.meta, eq3)

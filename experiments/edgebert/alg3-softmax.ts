#!/usr/bin/env -S npx tsx
import { STATE_MACHINES } from '../../lib/accelerators/edgebert/mod.ts'
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { maskedSoftmax, normalSample, toFixedPoint } from '../../lib/numeric/mod.ts'
import { VECTOR_SIZE_PARAM } from './shared/machine-params.ts'
import { edgebert, SENTENCE_TOKENS } from './shared/tasks.ts'

/** Two evaluations of a probability agree to this much. */
const AGREE = 1e-12

/** The released register of the sum. */
const RELEASED_SUM = { bits: 16, fractionBits: 10 } as const

const alg3 = experiment({
  id: 'edgebert/alg3-softmax',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Algorithm 3',
  title: 'Softmax with a span mask: the loop bound, the identity behind it, and narrow accumulators',
  params: {
    tokens: {
      ...SENTENCE_TOKENS,
      type: 'integer',
      max: 4096,
      description: 'elements of a row of scores',
    },
    macVectorSize: VECTOR_SIZE_PARAM,
    loopToTokens: {
      type: 'boolean',
      value: false,
      unit: '1',
      source: edgebert('Algorithm 3, as printed: j = 0 to T - 1 in steps of n elements'),
      description: 'let j run to T - 1, not to T / n - 1',
    },
    spread: {
      type: 'number',
      value: 3,
      max: 50,
      unit: '1',
      source: { kind: 'assumed', why: 'scores of a few units', range: '0.1 to 10' },
      description: 'standard deviation of the random scores',
    },
    rows: {
      type: 'integer',
      value: 200,
      max: 100_000,
      unit: '1',
      source: { kind: 'assumed', why: 'the identity holds for every row', range: '10 upwards' },
      description: 'random rows of scores',
    },
  },
  variants: {
    'as-published': { why: 'the loop bound as printed', set: { loopToTokens: true } },
    corrected: { why: 'j counts vectors of n elements, so it ends at T / n - 1', set: { loopToTokens: false } },
  },
  schema: tables({
    loop: {
      vectors: { type: 'integer', unit: '1', 'x-key': true, description: 'loads in one pass over a row' },
      elementsIndexed: { type: 'integer', unit: 'element' },
      elementsOfRow: { type: 'integer', unit: 'element' },
      visitsPerElement: { type: 'number', unit: '1', description: 'elements indexed over elements of the row' },
      cyclesPerRow: { type: 'number', unit: 'cycle', description: 'of the released state machine' },
    },
    identity: {
      mask: { type: 'string', enum: ['none', 'span of a quarter', 'null'], 'x-key': true },
      agrees: { type: 'boolean', description: `every probability is exp(x) / sum exp(x) times the mask, to ${AGREE}` },
      smallestSum: { type: 'number', unit: '1', description: 'of a row of probabilities' },
      largestSum: { type: 'number', unit: '1' },
    },
    accumulator: {
      scores: { type: 'string', 'x-key': true },
      sum: { type: 'number', unit: '1', description: 'of exp(x - MAX)' },
      wrapped: {
        type: 'number',
        unit: '1',
        description: 'as the released 16-bit register with 10 fraction bits keeps it',
      },
    },
  }),
  run({ params, rng }) {
    const { tokens, macVectorSize: n, rows } = params
    const vectors = params.loopToTokens ? tokens : Math.ceil(tokens / n)
    const { perVector, perRow, interval } = STATE_MACHINES.softmax
    const masks = {
      none: Array.from({ length: tokens }, () => 1),
      'span of a quarter': Array.from({ length: tokens }, (_, i) => (i < tokens / 4 ? 1 : 0)),
      null: Array.from({ length: tokens }, () => 0),
    }
    const scores = Array.from({ length: rows }, () =>
      Array.from({ length: tokens }, () => params.spread * normalSample(rng)),
    )
    return {
      loop: [
        {
          vectors,
          elementsIndexed: vectors * n,
          elementsOfRow: tokens,
          visitsPerElement: (vectors * n) / tokens,
          cyclesPerRow: (perVector * vectors + perRow) * interval,
        },
      ],
      identity: (Object.keys(masks) as (keyof typeof masks)[]).map((mask) => {
        let largestDifference = 0
        const sums = scores.map((row) => {
          const ours = maskedSoftmax(row, masks[mask])
          const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
          row.forEach((x, i) => {
            const direct = (Math.exp(x) / total) * (masks[mask][i] as number)
            largestDifference = Math.max(largestDifference, Math.abs(direct - (ours[i] as number)))
          })
          return ours.reduce((sum, p) => sum + p, 0)
        })
        return {
          mask,
          agrees: largestDifference < AGREE,
          smallestSum: Math.min(...sums),
          largestSum: Math.max(...sums),
        }
      }),
      accumulator: [
        { scores: 'all equal', sum: tokens },
        { scores: 'one far above the others', sum: 1 },
        { scores: 'half at the maximum', sum: Math.ceil(tokens / 2) },
      ].map((row) => ({ ...row, wrapped: toFixedPoint(row.sum, RELEASED_SUM, { overflow: 'wrap' }) })),
    }
  },
  claims: {
    'edgebert.eq2': ({ identity }) =>
      identity.every(({ agrees }) => agrees) && Math.abs((identity[0]?.largestSum ?? 0) - 1) < AGREE,
    'edgebert.alg3': ({ loop }, p) => loop.every(({ vectors }) => vectors === Math.ceil(p.tokens / p.macVectorSize)),
    'edgebert.span-vector-width': (_, p) => p.tokens,
    'edgebert.aux-buffer': { assumption: 'no model is limited by it; the release has 4 KB' },
  },
  errata: [
    {
      where: 'Algorithm 3, loops over j',
      printed: 'j = 0 to T - 1',
      shouldBe: 'j = 0 to T/n - 1',
      arithmetic: 'a step loads n elements at n j, so T steps index n T: 2048 elements of a row of 128 at n = 16',
      claims: ['edgebert.alg3'],
    },
    {
      where: 'Algorithm 3 against Sec. 3.2, size of the mask',
      printed: 'a mask of T x T, and a 128-wide vector per head',
      shouldBe: 'undecided',
      arithmetic: '128 x 128 bits a head are 2 KB, 24 KB for twelve; the release keeps one vector per head',
    },
  ],
  figure: ({ loop }) => ({
    description:
      'Elements that one pass over a row of scores indexes with the loop bound of this run, beside the elements that the row has, as bars. The paper prints the bound alone, so there is no printed value.',
    width: 420,
    height: 70,
    data: {
      values: loop.flatMap(({ elementsIndexed, elementsOfRow }) => [
        { what: 'indexed in one pass', elements: elementsIndexed },
        { what: 'of the row', elements: elementsOfRow },
      ]),
    },
    mark: 'bar',
    encoding: {
      x: along('elements', 'elements [1]'),
      y: { field: 'what', type: 'nominal', sort: null, title: 'elements', axis: { title: null } },
    },
  }),
})

export default alg3
await main(import.meta, alg3)

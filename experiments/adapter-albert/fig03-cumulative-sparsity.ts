#!/usr/bin/env -S npx tsx
import { crossesAlong, experiment, legendLine, main, printedAt, tables } from '../../lib/harness/mod.ts'
import type { Rng } from '../../lib/numeric/mod.ts'
import { cumulativeSparsity, neededSparsity } from '../../lib/workload/mod.ts'
import { adapterAlbert } from './shared/paper.ts'
import {
  type PrunedShares,
  prunedShares,
  SHARE_CHOICES,
  type ShareChoice,
  SPARSITY_PARAMS,
} from './shared/sparsity-params.ts'

/** Backbones of Sec. III-B2, and the one that the definition of CSP-all describes. */
const BACKBONES = ['unpruned', 'CSP-embd', 'CSP-tf', 'CSP-all'] as const
const BY_DEFINITION = 'CSP-all, both at their own points'
/** The order in which more tasks need larger adapters, as printed, and the order of the sparsities. */
const ORDERS = ['tf-embd-all', 'embd-tf-all'] as const
type Order = (typeof ORDERS)[number]
const IN_ORDER: Readonly<Record<Order, readonly (typeof BACKBONES)[number][]>> = {
  'tf-embd-all': ['CSP-tf', 'CSP-embd', 'CSP-all'],
  'embd-tf-all': ['CSP-embd', 'CSP-tf', 'CSP-all'],
}

const fig03 = experiment({
  id: 'adapter-albert/fig03-cumulative-sparsity',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Fig. 3',
  title: 'Cumulative sparsity: what the critical points say of the layers, and that CSP-all is not what defines it',
  params: {
    ...SPARSITY_PARAMS,
    gridMax: {
      type: 'integer',
      value: 90,
      max: 100,
      unit: '%',
      source: adapterAlbert('Sec. III-B1, Fig. 3: individual sparsity levels from 0 to 90 %'),
      description: 'highest sparsity of each part in the grid',
    },
    gridStep: {
      type: 'integer',
      value: 10,
      max: 100,
      unit: '%',
      source: { kind: 'assumed', why: 'the paper gives no step, and its figure is not in the text', range: '5 to 30' },
      description: 'step of the grid',
    },
    order: {
      type: 'string',
      value: 'embd-tf-all',
      choices: ORDERS,
      unit: '1',
      source: { kind: 'derived', how: 'the three critical points in rising order: 18.8, 41.2 and 50 %' },
      description: 'order of the backbones that Sec. III-B2 calls one of growing sparsity; as published: tf-embd-all',
    },
    exampleParameters: {
      type: 'integer',
      value: 1000,
      max: 100_000,
      unit: 'parameter',
      source: { kind: 'assumed', why: 'enough to count zeros one by one and hold Eq. 1 against them', range: '100 up' },
      description: 'parameters of the model in table equation',
    },
  },
  variants: {
    'as-published': {
      why: 'the shares as stated, and the order of backbones as printed',
      set: { shares: 'stated', order: 'tf-embd-all' },
    },
    corrected: {
      why: 'shares counted, the embedding being its tables; the backbones in the order of their sparsity',
      set: { shares: 'tables', order: 'embd-tf-all' },
    },
  },
  schema: tables({
    backbones: {
      backbone: { type: 'string', enum: [...BACKBONES, BY_DEFINITION], 'x-key': true },
      cumulativePercent: { type: 'number', unit: '%', description: 'zeros among all parameters' },
      fromEmbedding: { type: ['number', 'null'], unit: '% points', description: 'none where the split is not given' },
      fromTransformer: { type: ['number', 'null'], unit: '% points' },
      claim: { type: ['string', 'null'], 'x-claim': 'cumulativePercent' },
    },
    implied: {
      shares: { type: 'string', enum: SHARE_CHOICES, 'x-key': true, description: 'rule for the shares' },
      chosen: { type: 'boolean' },
      embeddingShare: { type: 'number', unit: '1' },
      transformerShare: { type: 'number', unit: '1' },
      embeddingPercent: { type: 'number', unit: '%', description: 'zeros in the embedding at CSP-embd' },
      transformerPercent: { type: 'number', unit: '%', description: 'zeros in the layers at CSP-tf' },
      transformerForAll: {
        type: 'number',
        unit: '%',
        description: 'zeros in the layers that CSP-all leaves, with the embedding at its own point',
      },
      embeddingForAll: {
        type: 'number',
        unit: '%',
        description: 'zeros in the embedding that CSP-all leaves, with the layers at their own point',
      },
      evenForAll: { type: 'number', unit: '%', description: 'zeros in both that make CSP-all' },
      mostPercent: { type: 'number', unit: '%', description: 'cumulative, with both at the top of the grid' },
      moreSensitive: {
        type: 'string',
        enum: ['embedding', 'transformer', 'neither'],
        description: 'the part that bears fewer zeros of its own parameters',
      },
      possible: { type: 'boolean', description: 'no point takes more than all parameters of a part' },
    },
    line: {
      embeddingPercent: { type: 'integer', unit: '%', 'x-key': true },
      transformerPercent: { type: 'number', unit: '%', description: 'that makes CSP-all, by the shares chosen' },
      possible: { type: 'boolean', description: 'it is from 0 to 100 %' },
    },
    grid: {
      embeddingPercent: { type: 'integer', unit: '%', 'x-key': true },
      transformerPercent: { type: 'integer', unit: '%', 'x-key': true },
      cumulativePercent: { type: 'number', unit: '%' },
      aboveAll: { type: 'boolean', description: 'more zeros than CSP-all' },
    },
    orders: {
      order: { type: 'string', enum: ORDERS, 'x-key': true },
      first: { type: 'number', unit: '%' },
      second: { type: 'number', unit: '%' },
      third: { type: 'number', unit: '%' },
      growing: { type: 'boolean' },
      chosen: { type: 'boolean' },
    },
    equation: {
      part: { type: 'string', enum: ['embedding', 'transformer', 'other', 'all'], 'x-key': true },
      parameters: { type: 'integer', unit: 'parameter' },
      zeros: { type: 'integer', unit: 'parameter', description: 'counted one by one' },
      countedPercent: { type: 'number', unit: '%', description: 'zeros over the parameters of the part' },
      equationPercent: { type: ['number', 'null'], unit: '%', description: 'by Eq. 1 from the parts' },
    },
  }),
  run({ params, rng }) {
    const { cspEmbedding, cspTransformer, cspAll, gridMax, gridStep } = params
    const shares = prunedShares(params, params.shares as ShareChoice)
    const steps = Array.from({ length: Math.floor(gridMax / gridStep) + 1 }, (_, i) => i * gridStep)
    return {
      backbones: [
        backbone('unpruned', 0, 0),
        backbone('CSP-embd', cspEmbedding, 0, 'adapter-albert.csp-embd'),
        backbone('CSP-tf', 0, cspTransformer, 'adapter-albert.csp-tf'),
        {
          backbone: 'CSP-all' as const,
          cumulativePercent: cspAll,
          fromEmbedding: null,
          fromTransformer: null,
          claim: 'adapter-albert.csp-all',
        },
        backbone(BY_DEFINITION, cspEmbedding, cspTransformer, 'adapter-albert.csp-all-from-parts'),
      ],
      implied: SHARE_CHOICES.map((choice) => ({
        shares: choice,
        chosen: choice === params.shares,
        ...impliedBy(prunedShares(params, choice), params),
      })),
      line: steps.map((embeddingPercent) => {
        const transformerPercent = neededPercent(cspAll, 'transformer', embeddingPercent, shares)
        return { embeddingPercent, transformerPercent, possible: isShare(transformerPercent) }
      }),
      grid: steps.flatMap((embeddingPercent) =>
        steps.map((transformerPercent) => {
          const cumulativePercent = cumulativePercentOf(shares, embeddingPercent, transformerPercent)
          return { embeddingPercent, transformerPercent, cumulativePercent, aboveAll: cumulativePercent > cspAll }
        }),
      ),
      orders: ORDERS.map((order) => {
        const printed = { unpruned: 0, 'CSP-embd': cspEmbedding, 'CSP-tf': cspTransformer, 'CSP-all': cspAll }
        const [first, second, third] = IN_ORDER[order].map((name) => printed[name]) as [number, number, number]
        const growing = first < second && second < third
        return { order, first, second, third, growing, chosen: order === params.order }
      }),
      equation: countedEquation(params.exampleParameters, shares, rng),
    }
  },
  claims: {
    'adapter-albert.csp-embd': (_, p) => p.cspEmbedding,
    'adapter-albert.csp-tf': (_, p) => p.cspTransformer,
    'adapter-albert.csp-all': (_, p) => p.cspAll,
    'adapter-albert.csp-embd-more-sensitive': ({ implied }) =>
      implied.find(({ chosen }) => chosen)?.moreSensitive === 'embedding',
    'adapter-albert.csp-all-from-parts': ({ backbones }) =>
      backbones.find((row) => row.backbone === BY_DEFINITION)?.cumulativePercent,
    'adapter-albert.eq1': ({ equation }) => {
      const all = equation.find(({ part }) => part === 'all')
      return all !== undefined && Math.abs((all.equationPercent ?? Number.NaN) - all.countedPercent) < 1e-9
    },
    'adapter-albert.prior-bert-sparsity': {
      assumption:
        'nothing is computed from it; it is of all weights of BERT, so that the 41.2 % of CSP-tf is what compares with it, not the 68.7 % of its layers (table implied)',
    },
    'adapter-albert.prune-max-explored': ({ grid }) => [
      Math.min(...grid.map((row) => row.embeddingPercent)),
      Math.max(...grid.map((row) => row.embeddingPercent)),
    ],
    'adapter-albert.prune-mnli-bias-qnli-loss': {
      unreachable: 'needs pre-trained ALBERT-base, pruned and trained on MNLI and then QNLI',
    },
    'adapter-albert.backbones': ({ backbones }) => backbones.filter((row) => row.backbone !== BY_DEFINITION).length,
    'adapter-albert.fig4-size-trend-order': ({ orders }) => orders.find(({ chosen }) => chosen)?.growing,
    'adapter-albert.glue-datasets': { assumption: 'nothing is trained here' },
  },
  errata: [
    {
      where: 'Sec. III-B1 and III-B2, CSP-all',
      printed: '50 %, with both embedding layer and transformer layers pruned to the corresponding CSPs',
      shouldBe: '60 %, or another definition',
      arithmetic:
        '18.8 % of all parameters from the embedding and 41.2 % from the layers are 60.0 %, whatever the shares. 50 % leaves the layers at 52.0 % instead of 68.7 % with the embedding at its own 47.1 %, or the embedding at 22.1 % with the layers at theirs (table implied): one of the two is not at its point, and the paper does not say which',
      claims: ['adapter-albert.csp-all-from-parts'],
    },
    {
      where: 'Sec. III-B2, CSP-tf to CSP-embd to CSP-all is "in line with the growing sparsity level"',
      printed: 'CSP-tf, CSP-embd, CSP-all',
      shouldBe: 'CSP-embd, CSP-tf, CSP-all',
      arithmetic:
        'their cumulative sparsities are 41.2, 18.8 and 50 %; by the zeros of the pruned part, too, CSP-tf (69 %) is above CSP-embd (47 %). In rising order they are CSP-embd, CSP-tf, CSP-all, which is not the order in which more tasks need larger adapters',
      claims: ['adapter-albert.fig4-size-trend-order'],
    },
    {
      where: 'Sec. III-B1, Observation 2: its last sentence against what it says of the embedding alone',
      printed:
        "more resilient to embedding layer's sparsity, after a high sensitivity of the embedding layer to pruning",
      shouldBe: "more resilient to the transformer layers' sparsity",
      arithmetic:
        '18.8/39.9 = 47 % of the embedding against 41.2/60 = 69 % of the layers. That the layers learn to make up for a pruned embedding is what was tried, as adapters were in all runs',
    },
    {
      where: 'Sec. III-B1 against Sec. VI, best cumulative sparsity',
      printed: '50 %, and over 50 %',
      shouldBe: 'undecided',
      arithmetic:
        'Fig. 3 has its star at a "CPS of 50%". With steps of 10 % and the stated shares, 20 and 70 %, 50 and 50 %, and 80 and 30 % of zeros in embedding and layers come to 49.9 to 50.0 %, the next ones to 51.9 to 52.0 % (table grid)',
    },
  ],
  headlines: {
    'adapter-albert.csp-all':
      'an accuracy decides it, so it is an input here; pruning both parts to their own points would make 60, not 50',
  },
  figure: ({ grid, line, implied, backbones }, marks) => {
    const embedding = { field: 'embeddingPercent', type: 'quantitative', title: 'zeros in the embedding [%]' }
    const layers = { field: 'transformerPercent', type: 'quantitative', title: 'zeros in the layers [%]' }
    const cumulative = { title: 'cumulative sparsity [%]', scale: { domain: [0, 100] } }
    const pruned = { field: 'pruned', type: 'nominal', sort: [...PARTS], title: 'pruned', axis: { title: null } }
    return {
      description:
        'Cumulative sparsity in percent of all combinations in steps of 10 %, as ticks by what is pruned and as colours over the zeros in embedding and layers, with the line that makes CSP-all; the paper draws accuracy over it, which needs its training. Crosses are the critical points as printed, red diamonds as they follow from their definitions, by which both parts at their own points make 60 %.',
      title: legendLine('crosses: printed; red diamonds: critical points as defined; line: CSP-all'),
      vconcat: [
        {
          width: 420,
          height: 75,
          layer: [
            {
              data: {
                values: grid.flatMap((row) => (row.cumulativePercent > 0 ? [{ ...row, pruned: partOf(row) }] : [])),
              },
              mark: { type: 'tick', thickness: 1, opacity: 0.6 },
              encoding: { y: pruned, x: { field: 'cumulativePercent', type: 'quantitative', ...cumulative } },
            },
            {
              data: {
                values: [
                  ['embedding alone', 'CSP-embd'],
                  ['layers alone', 'CSP-tf'],
                  ['both', BY_DEFINITION],
                ].map(([part, name]) => ({ pruned: part, ...backbones.find(({ backbone }) => backbone === name) })),
              },
              mark: DIAMOND,
              encoding: { y: pruned, x: { field: 'cumulativePercent', type: 'quantitative', ...cumulative } },
            },
            withData(crossesAlong('x', 'printed', cumulative), {
              values: [
                ['embedding alone', 'adapter-albert.csp-embd'],
                ['layers alone', 'adapter-albert.csp-tf'],
                ['both', 'adapter-albert.csp-all'],
              ].map(([part, id]) => ({ pruned: part, printed: printedAt(marks, id) })),
              encoding: { y: pruned },
            }),
          ],
        },
        {
          width: 300,
          height: 300,
          encoding: { x: embedding, y: layers },
          layer: [
            {
              data: { values: grid },
              mark: { type: 'circle', size: 150, opacity: 1 },
              encoding: {
                color: {
                  field: 'cumulativePercent',
                  type: 'quantitative',
                  scale: { scheme: 'viridis' },
                  title: 'cumulative [%]',
                  // A gradient would be a reference to another element of the page.
                  legend: { type: 'symbol' },
                },
              },
            },
            {
              data: { values: line.filter(({ possible }) => possible) },
              mark: { type: 'line', color: 'black', strokeWidth: 2 },
              encoding: { description: { value: 'combinations that make CSP-all' } },
            },
            {
              data: {
                values: implied
                  .filter(({ chosen }) => chosen)
                  .flatMap(({ embeddingPercent, transformerPercent }) => [
                    { embeddingPercent, transformerPercent: 0 },
                    { embeddingPercent: 0, transformerPercent },
                    { embeddingPercent, transformerPercent },
                  ]),
              },
              mark: DIAMOND,
            },
          ],
        },
      ],
    }
  },
})

/** A critical point as it is defined. */
const DIAMOND = { type: 'point', shape: 'diamond', filled: true, size: 110, color: '#d55e00', opacity: 1 } as const

/** What is pruned, in the order of the figure. */
const PARTS = ['embedding alone', 'layers alone', 'both'] as const

/** Which parts of the grid's models are pruned. */
function partOf(row: {
  readonly embeddingPercent: number
  readonly transformerPercent: number
}): (typeof PARTS)[number] {
  if (row.transformerPercent === 0) return 'embedding alone'
  return row.embeddingPercent === 0 ? 'layers alone' : 'both'
}

/** A layer on data of its own. */
function withData(
  { encoding, ...layer }: ReturnType<typeof crossesAlong>,
  own: { readonly values: readonly object[]; readonly encoding: object },
) {
  return { ...layer, data: { values: own.values }, encoding: { ...encoding, ...own.encoding } }
}

/** A backbone whose zeros are the sum of those of its two parts. */
function backbone<const B extends (typeof BACKBONES)[number] | typeof BY_DEFINITION>(
  name: B,
  fromEmbedding: number,
  fromTransformer: number,
  claim: string | null = null,
) {
  return {
    backbone: name,
    cumulativePercent: fromEmbedding + fromTransformer,
    fromEmbedding,
    fromTransformer,
    claim,
  }
}

/** Eq. 1 in percent. */
function cumulativePercentOf(shares: PrunedShares, embeddingPercent: number, transformerPercent: number): number {
  const parts = [
    { parameters: shares.embedding, sparsity: embeddingPercent / 100 },
    { parameters: shares.transformer, sparsity: transformerPercent / 100 },
  ]
  return 100 * cumulativeSparsity(parts, 1)
}

/** Zeros that a part needs, the other having some; in percent, outside 0 to 100 where none will do. */
function neededPercent(
  cumulativePercent: number,
  part: keyof PrunedShares,
  otherPercent: number,
  shares: PrunedShares,
): number {
  const other = part === 'embedding' ? shares.transformer : shares.embedding
  const others = [{ parameters: other, sparsity: otherPercent / 100 }]
  return 100 * neededSparsity(cumulativePercent / 100, { parameters: shares[part] }, others, 1)
}

const isShare = (percent: number): boolean => percent >= 0 && percent <= 100

/** What the critical points mean for the parts, by one rule for the shares. */
function impliedBy(
  shares: PrunedShares,
  points: {
    readonly cspEmbedding: number
    readonly cspTransformer: number
    readonly cspAll: number
    readonly gridMax: number
  },
) {
  const { cspEmbedding, cspTransformer, cspAll, gridMax } = points
  const embeddingPercent = neededPercent(cspEmbedding, 'embedding', 0, shares)
  const transformerPercent = neededPercent(cspTransformer, 'transformer', 0, shares)
  const transformerForAll = (cspAll - cspEmbedding) / shares.transformer
  const embeddingForAll = (cspAll - cspTransformer) / shares.embedding
  return {
    embeddingShare: shares.embedding,
    transformerShare: shares.transformer,
    embeddingPercent,
    transformerPercent,
    transformerForAll,
    embeddingForAll,
    evenForAll: cspAll / (shares.embedding + shares.transformer),
    mostPercent: cumulativePercentOf(shares, gridMax, gridMax),
    moreSensitive:
      embeddingPercent === transformerPercent
        ? ('neither' as const)
        : embeddingPercent < transformerPercent
          ? ('embedding' as const)
          : ('transformer' as const),
    possible: [embeddingPercent, transformerPercent, transformerForAll, embeddingForAll].every(isShare),
  }
}

/** Zeros drawn with a coin for each parameter of a small model, counted one by one and by Eq. 1. */
function countedEquation(parameters: number, shares: PrunedShares, rng: Rng) {
  const embedding = Math.floor(shares.embedding * parameters)
  const transformer = Math.floor(shares.transformer * parameters)
  const sizes = { embedding, transformer, other: parameters - embedding - transformer }
  const count = (size: number, chance: number) => {
    let zeros = 0
    for (let i = 0; i < size; i += 1) if (rng.next() < chance) zeros += 1
    return zeros
  }
  const zeros = { embedding: count(embedding, 0.5), transformer: count(transformer, 0.7), other: 0 }
  const share = (part: keyof typeof sizes) => (sizes[part] > 0 ? zeros[part] / sizes[part] : 0)
  const parts = (['embedding', 'transformer'] as const).map((part) => ({
    parameters: sizes[part],
    sparsity: share(part),
  }))
  return [
    ...(['embedding', 'transformer', 'other'] as const).map((part) => ({
      part,
      parameters: sizes[part],
      zeros: zeros[part],
      countedPercent: 100 * share(part),
      equationPercent: null,
    })),
    {
      part: 'all' as const,
      parameters,
      zeros: zeros.embedding + zeros.transformer,
      countedPercent: (100 * (zeros.embedding + zeros.transformer)) / parameters,
      equationPercent: 100 * cumulativeSparsity(parts, parameters),
    },
  ]
}

export default fig03
await main(import.meta, fig03)

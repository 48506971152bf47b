#!/usr/bin/env -S npx tsx
import { modelScores, type PruningCounts, statisticsOf } from '../../lib/accelerators/leopard/mod.ts'
import { along, experiment, main, type Param, SHAPES, tables } from '../../lib/harness/mod.ts'
import { createRng, mean, median, SEED_COUNT } from '../../lib/numeric/mod.ts'
import { CLASSIFIER } from '../trained/shared/classifier-recipe.ts'
import { INTEGER_PARAMS, learnedNetworks, storedThresholds, testPart, WEIGHTS_PARAM } from './shared/encoder-params.ts'
import { addHeads, HeadCounter, NO_SCORES, rankCorrelation, visitHeads } from './shared/encoder-traces.ts'
import { statisticsOfTask } from './shared/memn2n-measure.ts'
import { TRAINED_TASKS } from './shared/memn2n-statistics.ts'
import { leopard } from './shared/paper.ts'

/** Rows of the drawn queries and keys that stand beside the trained ones. */
const DRAWN = 64
/** How far a channel must stand out: the least that fits the transformers' printed bits (Fig. 8, outlierSpread). */
const OUTLIER = 5.5

const fig08 = experiment({
  id: 'leopard/fig08-encoder',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 8, in kind',
  title:
    'Bits until a score is known to be pruned, in kind: sentence classifiers trained here, thresholds learned without regulariser',
  params: {
    ...WEIGHTS_PARAM,
    sentences: {
      type: 'integer',
      value: 200,
      max: 20_000,
      unit: 'sentence',
      source: {
        kind: 'assumed',
        why: 'twelve heads each; mean bits move by less than 0.05 from 200 on',
        range: '100 to 2000',
      },
      description: 'sentences of the test part',
    },
    scoreBits: INTEGER_PARAMS.scoreBits,
    valueBits: INTEGER_PARAMS.valueBits,
    bitsPerCycle: { type: 'integer', value: 2, max: 16, unit: 'bit', source: leopard('Sec. 4.2'), description: 'B' },
  } as const satisfies Record<string, Param>,
  constants: { layers: CLASSIFIER.layers, hidden: CLASSIFIER.hidden, heads: CLASSIFIER.heads },
  schema: tables({
    seeds: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      pressure: {
        type: 'number',
        unit: 'nat',
        description: 'lambda it was learned with; 0 is without the regulariser',
      },
      scores: { type: 'integer', unit: 'score' },
      prunedPercent: { type: 'number', unit: '%' },
      bitsOnPruned: {
        type: 'number',
        unit: 'bit',
        description: 'at B bits per cycle; thresholds as learned at that pressure',
      },
      bitsAtOne: { type: 'number', unit: 'bit', description: 'at one bit per cycle' },
      savedPercent: { type: 'number', unit: '%', description: 'of the bits of pruned scores, at B bits per cycle' },
      bitsDrawn: {
        type: 'number',
        unit: 'bit',
        description:
          'of Gaussian queries and keys as wide and pruned as much, at B bits per cycle; no channel stands out',
      },
      wronglyPruned: { type: 'integer', unit: 'score', description: 'against whole integer products' },
      wronglyKept: { type: 'integer', unit: 'score' },
      headCorrelation: {
        type: 'number',
        unit: '1',
        description: 'rank correlation of pruned share and bits over heads',
      },
    },
    heads: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      layer: { type: 'integer', unit: '1', 'x-key': true },
      head: { type: 'integer', unit: '1', 'x-key': true },
      prunedPercent: { type: 'number', unit: '%' },
      bitsOnPruned: { type: 'number', unit: 'bit', description: 'at B bits per cycle' },
      keyOutlier: {
        type: 'number',
        unit: '1',
        description: "root mean square of the keys' largest channel over the median channel's",
      },
      queryOutlier: { type: 'number', unit: '1', description: 'the same of the queries' },
    },
    outliers: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      largestKeyOutlier: { type: 'number', unit: '1', description: 'of all heads' },
      medianKeyOutlier: { type: 'number', unit: '1', description: 'over the heads' },
      headsBeyond: {
        type: 'integer',
        unit: 'head',
        description: `heads with a channel ${OUTLIER} times the median, the least that fits the printed bits of the pre-trained transformers`,
      },
    },
    curve: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      layer: { type: 'integer', unit: '1', 'x-key': true },
      bits: { type: 'integer', unit: 'bit', 'x-key': true, description: 'processed, one by one' },
      prunedPercent: { type: 'number', unit: '%', description: "of the layer's scores, pruned by then" },
    },
    memory: {
      padding: { type: 'boolean', 'x-key': true, description: 'whether empty slots count' },
      bitsOnPruned: { type: 'number', unit: 'bit', description: 'of the 20 memory networks, mean, 2 bits per cycle' },
    },
  }),
  run({ params, files, rng }) {
    const { scoreBits: bits, bitsPerCycle } = params
    if (bitsPerCycle > bits) {
      throw new RangeError(
        `Cannot take bits in turn: bitsPerCycle must be at most scoreBits, ${bits}, got ${bitsPerCycle}`,
      )
    }
    const format = { bits, bitsPerCycle }
    const sentences = testPart(params.sentences)
    const drawSeed = rng.integer(SEED_COUNT)
    const measured = learnedNetworks(storedThresholds(params, files), sentences).map((network) => {
      const { layers, heads, hidden } = network.encoder.shape
      const width = hidden / heads
      const counters = Array.from({ length: layers * heads }, () => new HeadCounter(width, bits))
      const squares = counters.map(() => ({ keys: new Float64Array(width), queries: new Float64Array(width) }))
      visitHeads(network, sentences, {
        bits: params,
        visit: (own) => {
          const at = own.layer * heads + own.head
          counters[at]?.add(own)
          const sums = squares[at]
          for (let i = 0; sums && i < own.rows * width; i++) {
            const [q, k] = [own.queries[i] as number, own.keys[i] as number]
            sums.queries[i % width] = (sums.queries[i % width] as number) + q * q
            sums.keys[i % width] = (sums.keys[i % width] as number) + k * k
          }
        },
      })
      const rows = counters.map((counter, at) => {
        const { prunedShare, bitsOnPruned } = statisticsOf(counter.all.counts, format)
        return {
          seed: network.seed,
          layer: Math.floor(at / heads) + 1,
          head: (at % heads) + 1,
          prunedPercent: 100 * prunedShare,
          bitsOnPruned,
          keyOutlier: outlierOf(squares[at]?.keys ?? new Float64Array()),
          queryOutlier: outlierOf(squares[at]?.queries ?? new Float64Array()),
        }
      })
      const all = counters.map((counter) => counter.all)
      const total = all.reduce(addHeads, NO_SCORES)
      const { prunedShare, bitsOnPruned } = statisticsOf(total.counts, format)
      const model = { queries: DRAWN, keys: DRAWN, width, bits, prunedShare, outlierSpread: 1 }
      return {
        rows,
        seed: {
          seed: network.seed,
          pressure: network.pressure,
          scores: scoresIn(total.counts),
          prunedPercent: 100 * prunedShare,
          bitsOnPruned,
          bitsAtOne: statisticsOf(total.counts, { bits, bitsPerCycle: 1 }).bitsOnPruned,
          savedPercent: 100 * (1 - bitsOnPruned / bits),
          bitsDrawn: statisticsOf(modelScores(model, createRng(drawSeed)), format).bitsOnPruned,
          wronglyPruned: total.wronglyPruned,
          wronglyKept: total.wronglyKept,
          headCorrelation: rankCorrelation(rows.map((row) => [row.prunedPercent, row.bitsOnPruned])),
        },
        curve: Array.from({ length: layers }, (_, layer) => {
          const { counts } = all.slice(layer * heads, (layer + 1) * heads).reduce(addHeads, NO_SCORES)
          return Array.from({ length: bits }, (_, i) => ({
            seed: network.seed,
            layer: layer + 1,
            bits: i + 1,
            prunedPercent: (100 * prunedWithin(counts, i + 1)) / scoresIn(counts),
          }))
        }).flat(),
      }
    })
    const heads = measured.flatMap(({ rows }) => rows)
    return {
      seeds: measured.map(({ seed }) => seed),
      heads,
      outliers: measured.map(({ seed: { seed }, rows }) => {
        const ratios = rows.map(({ keyOutlier }) => keyOutlier)
        return {
          seed,
          largestKeyOutlier: Math.max(...ratios),
          medianKeyOutlier: median(ratios),
          headsBeyond: ratios.filter((ratio) => ratio >= OUTLIER).length,
        }
      }),
      curve: measured.flatMap(({ curve }) => curve),
      memory: [true, false].map((padding) => ({
        padding,
        bitsOnPruned: mean(TRAINED_TASKS.map((task) => statisticsOfTask(task, { padding }).bitsOnPruned)),
      })),
    }
  },
  claims: {
    'leopard.kind-exact': ({ seeds }) =>
      seeds.every(({ wronglyPruned, wronglyKept }) => wronglyPruned === 0 && wronglyKept === 0),
    'leopard.kind-plateau': ({ seeds, curve, heads }, { scoreBits }) =>
      seeds.every(({ seed, prunedPercent }) => {
        // Layers have as many scores each, so the mean of their shares is that of all.
        const by = (bits: number) =>
          mean(curve.filter((row) => row.seed === seed && row.bits === bits).map((row) => row.prunedPercent))
        return heads.length > 0 && by(scoreBits) - by(Math.round((2 * scoreBits) / 3)) < 0.05 * prunedPercent
      }),
    'leopard.kind-bits-saved': ({ seeds }) => seeds.every(({ savedPercent }) => savedPercent >= 25),
    'leopard.kind-redundancy': ({ seeds }) => seeds.every(({ headCorrelation }) => headCorrelation < 0),
    'leopard.kind-bits-memn2n': ({ seeds, memory }) =>
      seeds.every(({ bitsOnPruned }) => memory.every((own) => bitsOnPruned > own.bitsOnPruned)),
  },
  reasons: {
    'leopard.kind-bits-memn2n': {
      kind: 'residual',
      text: "4.4 to 4.8 bits, of thresholds learned at lambda 0, without the regulariser: more than the 4.2 of the memory networks' statements, less than the 5.2 with their empty slots; heads are 8 wide and none has a channel that stands out (table outliers), so that Gaussian queries and keys as wide need as many bits",
    },
  },
  figure: ({ curve, heads }) => {
    const layer = { field: 'layer', type: 'nominal', title: 'layer' }
    const seed = { field: 'seed', type: 'nominal', title: 'seed' }
    return {
      description:
        'Left: share of the scores of a layer pruned, in percent, after so many bits of the keys, a line per layer and seed of three sentence classifiers trained here, their thresholds learned at lambda 0, without the regulariser. Right: mean bits processed until a pruned score is known to be pruned over the share of scores pruned, a point per head. The paper draws the left panel for its eight workloads.',
      hconcat: [
        {
          width: 320,
          height: 260,
          data: { values: curve },
          mark: { type: 'line', strokeWidth: 1.2 },
          encoding: {
            x: along('bits', 'bits processed [bit]', { axis: { values: [1, 2, 4, 6, 8, 10, 12] } }),
            y: along('prunedPercent', 'scores pruned [%]', { scale: { domain: [0, 100] } }),
            color: layer,
            strokeDash: layer,
            detail: seed,
          },
        },
        {
          width: 260,
          height: 260,
          data: { values: heads },
          mark: { type: 'point', filled: true, size: 45 },
          encoding: {
            x: along('prunedPercent', 'scores of the head pruned [%]', { scale: { domain: [0, 100] } }),
            y: along('bitsOnPruned', 'mean bits on pruned scores [bit]', { scale: { domain: [0, 12] } }),
            color: layer,
            shape: { ...layer, scale: { range: SHAPES } },
            detail: seed,
          },
        },
      ],
      resolve: { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } },
      config: { legend: { orient: 'top' } },
    }
  },
})

/** Root mean square of the largest channel over the median one's, from sums of squares. */
function outlierOf(squares: Float64Array): number {
  return Math.sqrt(squares.reduce((most, own) => Math.max(most, own), 0) / median([...squares]))
}

const prunedWithin = ({ prunedAfterBits }: PruningCounts, bits: number): number =>
  prunedAfterBits.slice(0, bits + 1).reduce((sum, own) => sum + own, 0)

const scoresIn = (counts: PruningCounts): number =>
  counts.keptScores + prunedWithin(counts, counts.prunedAfterBits.length)

export default fig08
await main(import.meta, fig08)

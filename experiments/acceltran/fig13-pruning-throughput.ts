#!/usr/bin/env -S npx tsx
import { growthExponent, prunedActivations } from '../../lib/accelerators/acceltran/mod.ts'
import { decadeLabels, experiment, main, shapedLines, tables } from '../../lib/harness/mod.ts'
import { createRng, median, SEED_COUNT } from '../../lib/numeric/mod.ts'
import { bertTiny } from '../../lib/workload/mod.ts'
import { attentionProbabilities } from './shared/attention-rows.ts'
import { acceltran } from './shared/paper.ts'
import { bertMini, released, THROUGHPUT_MODELS } from './shared/pruning-params.ts'
import { checkMasks, PRUNERS, type Pruner, prunerOf, repetitionsPerSecond } from './shared/pruning-study.ts'

const REGIMES = ['fixed k', 'k as a share'] as const
const MASK_RULES = ['NOR', 'printed AND'] as const
const SCRIPT = 'jha-lab/acceltran, pruning/run_evaluation.py'
/** Pairs of operands on which the rules for the output mask are tried. */
const VECTORS = 1000
/**
 * Calls of dynatran_prune() in the released model: Q, K, V, scores, probabilities, context, output of the attention, inner
 * activations and output of the feed-forward network; and the pooler's output (jha-lab/txf_design-space,
 * modeling_dtbert.py).
 */
const DYNATRAN_CALLS = { layer: 9, pooler: 1 } as const

const fig13 = experiment({
  id: 'acceltran/fig13-pruning-throughput',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Fig. 13',
  title: 'Work of DynaTran and of top-k pruning on attention probabilities; timed here, never compared',
  params: {
    seqLens: {
      type: 'integer',
      value: [32, 64, 128, 256, 512],
      max: 1024,
      distinct: true,
      unit: 'token',
      source: { kind: 'assumed', why: 'up to the 512 of the released script', range: '16 to 512' },
      description: 'tokens N; a head has N x N probabilities',
    },
    k: {
      type: 'integer',
      value: 16,
      unit: '1',
      source: released(`${SCRIPT}: (p, k) = (0, 16) for 30 % activation sparsity`),
      description: 'elements that top-k keeps in a row where k is fixed',
    },
    kShare: {
      type: 'number',
      value: 0.5,
      max: 1,
      unit: '1',
      source: { kind: 'assumed', why: 'k must grow with N for a third power; half of a row', range: '0.03 to 1' },
      description: 'share of a row that top-k keeps where k grows with it',
    },
    thresholdTau: {
      type: 'number',
      value: 0.01,
      min: 0,
      unit: '1',
      source: released(`${SCRIPT}: (p, k) = (0.01, 512) for 30 % activation sparsity`),
      description: "DynaTran's threshold tau",
    },
    scoreDeviation: {
      type: 'number',
      value: 2,
      unit: '1',
      source: { kind: 'assumed', why: 'a few large probabilities in a row of small ones', range: '0.5 to 5' },
      description: 'standard deviation of the normal scores behind the probabilities that are timed',
    },
    batch: {
      type: 'integer',
      value: 64,
      unit: 'sequence',
      source: released(`${SCRIPT}: --per_device_eval_batch_size 64`),
      description: 'sequences at once',
    },
    tileB: { type: 'integer', value: 1, unit: '1', source: acceltran('Sec. IV-B'), description: 'tile along b' },
    tileX: { type: 'integer', value: 16, unit: '1', source: acceltran('Sec. IV-B'), description: 'tile along i' },
    tileY: { type: 'integer', value: 16, unit: '1', source: acceltran('Sec. IV-B'), description: 'tile along j' },
    maskLength: {
      type: 'integer',
      value: 32,
      max: 4096,
      unit: 'element',
      source: released('jha-lab/acceltran, synthesis/top/mask.sv: parameter length'),
      description: 'elements of an operand of the pre-compute sparsity module',
    },
    operandSparsity: {
      type: 'number',
      value: 0.5,
      min: 0,
      max: 1,
      unit: '1',
      source: acceltran('Sec. V-G: 50 % of weights and of activations'),
      description: 'zeros of an operand',
    },
    printedAnd: {
      type: 'boolean',
      value: false,
      unit: '1',
      source: acceltran('Sec. III-B6'),
      description: 'the module ANDs masks whose 1 marks an ineffectual element',
    },
    measureRepeats: {
      type: 'integer',
      value: 5,
      max: 101,
      unit: '1',
      source: { kind: 'assumed', why: 'a median is wanted, and a short run', range: '3 to 101' },
      description: 'repetitions of each timing',
    },
    measureSlice: {
      type: 'number',
      value: 0.01,
      max: 1,
      unit: 's',
      source: { kind: 'assumed', why: 'long against what the stopwatch resolves', range: '0.005 to 1' },
      description: 'processor time of each timing',
    },
  },
  variants: {
    'as-published': {
      why: 'the masks of the pre-compute sparsity module are ANDed, and a 1 marks an ineffectual element',
      set: { printedAnd: true },
    },
    corrected: {
      why: 'the masks are NORed, which is the AND of masks whose 1 marks an effectual element',
      set: { printedAnd: false },
    },
  },
  schema: tables({
    comparisons: {
      pruner: { type: 'string', enum: PRUNERS, 'x-key': true, description: 'DynaTran, or top-k by a selection' },
      regime: {
        type: 'string',
        enum: REGIMES,
        'x-key': true,
        description: 'k the same for every N, or a share of it (DynaTran: the same in both)',
      },
      seqLen: { type: 'integer', unit: 'token', 'x-key': true },
      k: { type: ['integer', 'null'], unit: '1', description: 'none for DynaTran' },
      comparisons: { type: 'integer', unit: '1', description: 'for one matrix of a head' },
      perElement: { type: 'number', unit: '1' },
    },
    growth: {
      pruner: { type: 'string', enum: PRUNERS, 'x-key': true },
      regime: { type: 'string', enum: REGIMES, 'x-key': true },
      exponent: {
        type: ['number', 'null'],
        unit: '1',
        description:
          'of N in the comparisons of a matrix, fitted over all N; none for a single N, or where nothing is compared',
      },
      claim: { type: ['string', 'null'], 'x-claim': 'exponent' },
    },
    models: {
      model: { type: 'string', 'x-key': true },
      seqLen: { type: 'integer', unit: 'token', 'x-key': true },
      matrices: { type: 'integer', unit: '1', description: 'of probabilities, per sequence' },
      dynatranComparisons: { type: 'integer', unit: '1', description: 'per sequence, of all activations it prunes' },
      topKComparisons: {
        type: 'integer',
        unit: '1',
        description: 'per sequence, of the probabilities, which is all it prunes; quick-select, fixed k',
      },
      topKOverDynatran: { type: 'number', unit: '1', description: 'of these' },
      dynatranCalls: {
        type: 'integer',
        unit: '1',
        description: 'pruning steps of a batch in the released model: one for each matrix of all heads and sequences',
      },
      topKCalls: {
        type: 'integer',
        unit: '1',
        description: 'likewise: one for each row of each head and sequence, in three nested Python loops',
      },
    },
    masks: {
      rule: {
        type: 'string',
        enum: MASK_RULES,
        'x-key': true,
        description: 'of two masks whose 1 marks an ineffectual element; the AND is right where it marks the others',
      },
      atHand: { type: 'boolean', description: 'the rule of this variant' },
      common: { type: 'integer', unit: '1', description: 'positions where neither operand is zero' },
      marked: { type: 'integer', unit: '1' },
      missed: { type: 'integer', unit: '1', description: 'common, but not marked' },
      wronglyMarked: { type: 'integer', unit: '1', description: 'marked, but not common' },
      vectors: { type: 'integer', unit: '1' },
      rightProducts: { type: 'integer', unit: '1', description: 'pairs of vectors with the right dot product' },
    },
    module: {
      tileElements: { type: 'integer', unit: '1', 'x-key': true },
      comparators: {
        type: 'integer',
        unit: 'comparators',
        description: 'one per element, so that one cycle is enough',
      },
    },
  }),
  run({ params, rng }) {
    const { seqLens } = params
    // The order of a row's elements is all that counts of comparisons see, and it hangs on no engine's exponential.
    const matrices = new Map(
      seqLens.map((seqLen) => [seqLen, Float32Array.from({ length: seqLen * seqLen }, () => rng.next())]),
    )
    const comparisons = PRUNERS.flatMap((pruner) =>
      REGIMES.flatMap((regime) =>
        seqLens.map((seqLen) => {
          const k = regime === 'fixed k' ? params.k : Math.max(1, Math.round(params.kShare * seqLen))
          const settings = { k, thresholdTau: params.thresholdTau, columns: seqLen }
          const count = prunerOf(pruner, matrices.get(seqLen) as Float32Array, settings)().comparisons
          return {
            pruner,
            regime,
            seqLen,
            k: pruner === 'DynaTran' ? null : k,
            comparisons: count,
            perElement: count / (seqLen * seqLen),
          }
        }),
      ),
    )
    const counted = (pruner: Pruner, regime: string) =>
      comparisons.filter((row) => row.pruner === pruner && row.regime === regime)
    const tileElements = params.tileB * params.tileX * params.tileY
    const operands = { vectors: VECTORS, length: params.maskLength, sparsity: params.operandSparsity }
    const operandSeed = rng.integer(SEED_COUNT)
    return {
      comparisons,
      growth: PRUNERS.flatMap((pruner) =>
        REGIMES.map((regime) => {
          const points = counted(pruner, regime).map((row) => ({ size: row.seqLen, count: row.comparisons }))
          return {
            pruner,
            regime,
            exponent: points.length > 1 && points.every(({ count }) => count > 0) ? growthExponent(points) : null,
            claim: pruner === 'DynaTran' ? null : 'acceltran.topk-complexity',
          }
        }),
      ),
      models: THROUGHPUT_MODELS.flatMap((model) =>
        seqLens.map((seqLen) => {
          const own = counted('quick-select', 'fixed k').find((row) => row.seqLen === seqLen)
          const heads = model.layers * model.heads
          const dynatranComparisons = model.layers * prunedActivations(model, seqLen).total
          const topKComparisons = heads * (own?.comparisons ?? 0)
          return {
            model: model.name,
            seqLen,
            matrices: heads,
            dynatranComparisons,
            topKComparisons,
            topKOverDynatran: topKComparisons / dynatranComparisons,
            dynatranCalls: model.layers * DYNATRAN_CALLS.layer + DYNATRAN_CALLS.pooler,
            topKCalls: heads * params.batch * seqLen,
          }
        }),
      ),
      masks: MASK_RULES.map((rule) => {
        const printedAnd = rule === 'printed AND'
        return {
          rule,
          atHand: printedAnd === params.printedAnd,
          ...checkMasks(operands, { printedAnd }, createRng(operandSeed)),
        }
      }),
      module: [{ tileElements, comparators: tileElements }],
    }
  },
  measure: {
    schema: tables({
      throughput: {
        pruner: { type: 'string', enum: PRUNERS, 'x-key': true, description: 'DynaTran, or top-k by a selection' },
        seqLen: { type: 'integer', unit: 'token', 'x-key': true },
        matricesPerSecond: {
          type: 'number',
          unit: '1/s',
          description: 'of processor time, plain TypeScript, one core; median of the repetitions',
        },
        nanosecondsPerElement: { type: 'number', unit: 'ns' },
        dynatranRatio: { type: 'number', unit: '1', description: "DynaTran's throughput over this one's, median" },
        tinySequencesPerSecond: { type: 'number', unit: '1/s', description: 'the probabilities of BERT-Tiny alone' },
        miniSequencesPerSecond: { type: 'number', unit: '1/s', description: 'of BERT-Mini' },
      },
    }),
    run({ params, rng, stopwatch }) {
      const { seqLens, k, thresholdTau, measureRepeats, measureSlice } = params
      return {
        throughput: seqLens.flatMap((columns) => {
          const matrix = attentionProbabilities(columns, params.scoreDeviation, rng)
          const pruners = PRUNERS.map((pruner) => prunerOf(pruner, matrix, { k, thresholdTau, columns }))
          const timeAll = () => pruners.map((prune) => repetitionsPerSecond(prune, measureSlice, stopwatch))
          // The first round compiles and warms up. In each of the others all are timed one after the other, so that what
          // slows the machine down for a while slows down both sides of a ratio.
          timeAll()
          const rounds = Array.from({ length: measureRepeats }, timeAll)
          return PRUNERS.map((pruner, i) => {
            const matricesPerSecond = median(rounds.map((round) => round[i] as number))
            return {
              pruner,
              seqLen: columns,
              matricesPerSecond,
              nanosecondsPerElement: 1e9 / (matricesPerSecond * columns * columns),
              dynatranRatio: median(rounds.map((round) => (round[0] as number) / (round[i] as number))),
              tinySequencesPerSecond: matricesPerSecond / (bertTiny.layers * bertTiny.heads),
              miniSequencesPerSecond: matricesPerSecond / (bertMini.layers * bertMini.heads),
            }
          })
        }),
      }
    },
  },
  claims: {
    'acceltran.topk-complexity': ({ growth }) =>
      growth.find((row) => row.pruner === 'quick-select' && row.regime === 'k as a share')?.exponent ?? undefined,
    'acceltran.comparators': ({ module }) => module[0]?.comparators,
    'acceltran.dynatran-cycles': {
      assumption: 'as many comparators as a tile has elements (table module), all in one cycle',
    },
    'acceltran.spatten-cycles': { assumption: 'said of other engines; enters no model' },
    'acceltran.dynatran-rule': {
      assumption: 'dynatranPrune() keeps |M_ij| >= tau; the released dynatran_prune() keeps |M_ij| > tau',
    },
    'acceltran.sparsity-ratio': { assumption: 'sparsityOf() and the count of zeros that dynatranPrune() returns' },
    'acceltran.mask-convention': {
      assumption:
        'dynatranPrune() and zeroCollapse() set 1 for an ineffectual element; the released mask.sv and update_mask.sv set 1 for one that is not zero',
    },
    'acceltran.mask-and': ({ masks }) =>
      masks.every(({ atHand, missed, wronglyMarked }) => !atHand || (missed === 0 && wronglyMarked === 0)),
    'acceltran.fig13-gpu': { unreachable: needs('an A100 GPU') },
    'acceltran.fig13-gpu-tiny': { unreachable: needs('an A100 GPU') },
    'acceltran.fig13-cpu': { unreachable: needs('the 128-core EPYC') },
    'acceltran.fig13-cpu-tiny': { unreachable: needs('the 128-core EPYC') },
    'acceltran.epyc-clock': { assumption: 'enters no model: nothing is predicted for that processor' },
    'acceltran.epyc-cores': { assumption: 'enters no model: nothing is predicted for that processor' },
    'acceltran.epyc-mem': { assumption: 'enters no model: nothing is predicted for that processor' },
  },
  reasons: {
    'acceltran.topk-complexity': {
      kind: 'finding',
      text: 'quick-select, which is what SpAtten has, takes a number of comparisons per element that does not grow, so N^2 for N rows; a heap takes at most N^2 log N. Only k passes over each row, with k growing with N, come to N^3 (table growth)',
    },
  },
  errata: [
    {
      where: 'Sec. III-B6, the output mask is the AND of the input masks',
      printed: 'AND, where a 1 of a mask marks an ineffectual element',
      shouldBe: 'NOR, or masks whose 1 marks an effectual element',
      arithmetic:
        'at 50 % zeros the AND marks as many positions, but those where both operands are zero, misses every one where none is, and pairs elements that do not belong together. The released mask.sv ANDs masks whose 1 marks a non-zero element (update_mask.sv)',
      claims: ['acceltran.mask-and'],
    },
    {
      where: 'Sec. V-A and Fig. 13, the second model',
      printed: 'BERT-Mini',
      shouldBe: 'undecided',
      arithmetic:
        'the published throughput_device.pdf labels it BERT-Base, and the released script runs bert-tiny and bert-base only',
    },
    {
      where: 'Fig. 13, throughput of the two methods',
      printed: '1.48x, 5.35x, 4.19x and 96.38x, "due to the use of low-overhead comparators"',
      shouldBe: 'undecided',
      arithmetic:
        'the released script times the whole evaluation of 256 sequences, loading included, and its top-k calls torch.topk once per row in three nested Python loops: 131,072 calls for a batch of BERT-Tiny, 4,718,592 of BERT-Base, against 19 and 109 for DynaTran (table models). At 512 tokens its comparisons, of the probabilities alone, are as many as those of DynaTran, of all activations',
    },
  ],
  figure: ({ comparisons, models }) => ({
    description:
      'Work behind the throughputs that the paper measures on a CPU and a GPU and that need these devices, all axes of counts logarithmic: bars are calls of a pruning step for one batch in the released model, by model and method, at the largest number of tokens; lines are comparisons to prune one head over the number of tokens, by method of selection. Nothing printed is drawn beside them.',
    hconcat: [
      {
        title: 'calls for a batch',
        width: 240,
        height: 240,
        data: { values: callsOf(models) },
        mark: 'bar',
        encoding: {
          x: { field: 'model', type: 'nominal', sort: null, title: 'model', axis: { labelAngle: 0 } },
          xOffset: { field: 'method', sort: null, title: 'method' },
          y: {
            field: 'calls',
            type: 'quantitative',
            stack: null,
            scale: { type: 'log', domainMin: 1, nice: true },
            title: 'calls',
            axis: decadeLabels('~s'),
          },
          y2: { datum: 1 },
          color: { field: 'method', type: 'nominal', sort: null, title: 'method', legend: { orient: 'bottom' } },
        },
      },
      {
        title: 'comparisons for a head',
        width: 290,
        height: 240,
        data: {
          values: comparisons
            .filter(({ pruner, regime }) => pruner !== 'DynaTran' || regime === 'fixed k')
            .map((row) => ({ ...row, series: row.k === null ? row.pruner : `${row.pruner}, ${row.regime}` })),
        },
        encoding: {
          x: { field: 'seqLen', type: 'quantitative', scale: { type: 'log', base: 2 }, title: 'tokens N' },
          y: {
            field: 'comparisons',
            type: 'quantitative',
            scale: { type: 'log' },
            title: 'comparisons',
            axis: decadeLabels('~s'),
          },
        },
        ...shapedLines('series', {
          title: 'selection',
          legend: { orient: 'bottom', columns: 1, labelLimit: 240 },
        }),
      },
    ],
    resolve: { scale: { color: 'independent' } },
  }),
})

/** Pruning steps of a batch by model and method, at the largest number of tokens. */
function callsOf(
  rows: readonly {
    readonly model: string
    readonly seqLen: number
    readonly dynatranCalls: number
    readonly topKCalls: number
  }[],
) {
  const longest = Math.max(...rows.map(({ seqLen }) => seqLen))
  return rows
    .filter(({ seqLen }) => seqLen === longest)
    .flatMap(({ model, dynatranCalls, topKCalls }) => [
      { model, method: 'top-k', calls: topKCalls },
      { model, method: 'DynaTran', calls: dynatranCalls },
    ])
}

/** What the bars of Fig. 13 need. */
function needs(device: string): string {
  return `needs ${device}, PyTorch and the fine-tuned models: the released script times whole evaluations, in which top-k is one torch.topk per row in Python loops (table models); what the two cost on the machine at hand is printed when the script runs`
}

export default fig13
await main(import.meta, fig13)

#!/usr/bin/env -S npx tsx
import { attentionSparsity, probabilitiesPerRow } from '../../lib/accelerators/acceltran/mod.ts'
import { experiment, legendLine, main, printedAt, tables } from '../../lib/harness/mod.ts'
import { type Quantity, standardErrorPoints } from '../../lib/numeric/mod.ts'
import { bertBase } from '../../lib/workload/mod.ts'
import { accuracyPanel, settingPanel, weightPruningPanel } from './shared/curve-panels.ts'
import {
  accuracyAtSparsity,
  mostAccurate,
  READINGS,
  sharesSparsities,
  sparsest,
  sparsityAtAccuracy,
  weightPruningEffect,
} from './shared/figure-audit.ts'
import { acceltran } from './shared/paper.ts'
import { PADDED_TOKENS, STRICT_TOP_K } from './shared/pruning-params.ts'
import {
  CURVE_PRECISION,
  FIG_14,
  fig11Curve,
  fig12Curve,
  METHODS,
  type Method,
  unprunedPoint,
  WEIGHTS,
  type Weights,
} from './shared/published-curves.ts'

const printedRatio = (value: number, where: string): Quantity => ({
  value,
  unit: '1',
  source: acceltran(`Sec. V-A, ${where} (a result of the paper, taken as input)`),
})
/** Sparsity ratios printed for equal accuracy: what sparsity they would need is tabulated. */
const PRINTED_RATIO = {
  'without MP': printedRatio(1.17, 'without MP'),
  'with MP': printedRatio(1.2, 'with MP'),
}
/** The thresholds of Fig. 11a. */
const TAUS = fig11Curve('DynaTran', 'without MP').map(({ setting }) => setting)

const audit = experiment({
  id: 'acceltran/fig11-12-figure-audit',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Fig. 11, 12, 14',
  title: 'What the published curves of accuracy and sparsity say, and the numbers derived from them',
  params: {
    sentences: {
      type: 'integer',
      value: 872,
      unit: 'sentence',
      source: acceltran('Sec. IV-A'),
      description: "SST-2's validation set, on which accuracy is measured",
    },
    paddedTokens: { type: 'integer', ...PADDED_TOKENS, description: 'positions of a sequence, padding included' },
    strictTopK: STRICT_TOP_K,
    sharedSparsities: {
      type: 'boolean',
      value: false,
      unit: '1',
      source: { kind: 'public', which: 'jha-lab/acceltran, pruning/figures/acc_net-sp.pdf' },
      description: "judge weight pruning by curves, too, whose sparsities are those of another model's curve",
    },
    slightPoints: {
      type: 'number',
      value: 2,
      unit: '% points',
      source: { kind: 'assumed', why: 'the figure spans 6 to 12 points; no bound is printed', range: '1 to 3' },
      description: 'most by which net sparsity rises "slightly", mean over the thresholds',
    },
  },
  constants: {
    curvePrecision: CURVE_PRECISION,
    ratioWithoutMp: PRINTED_RATIO['without MP'],
    ratioWithMp: PRINTED_RATIO['with MP'],
  },
  variants: {
    'as-published': {
      why: 'top-k keeps k - 1 elements of a row, as in the released scripts; all curves of Fig. 14 count as plotted',
      set: { strictTopK: true, sharedSparsities: true },
    },
    corrected: {
      why: 'top-k keeps k; curves of Fig. 14 that share their sparsities with another model are left out',
      set: { strictTopK: false, sharedSparsities: false },
    },
  },
  schema: tables({
    extremes: {
      method: { type: 'string', enum: METHODS, 'x-key': true },
      weights: { type: 'string', enum: WEIGHTS, 'x-key': true },
      unprunedAccuracyPercent: { type: 'number', unit: '%', description: 'tau = 0, or k as long as a row' },
      bestAccuracyPercent: { type: 'number', unit: '%' },
      bestSetting: { type: 'number', unit: '1', description: 'tau or k of the best accuracy' },
      sparsityAtBestPercent: { type: 'number', unit: '%' },
      largestSparsityPercent: { type: 'number', unit: '%', description: 'of the points of Fig. 12: k = 1 left out' },
      accuracyTherePercent: { type: 'number', unit: '%' },
      risePoints: { type: 'number', unit: '% points', description: 'best above unpruned' },
      riseSentences: { type: 'integer', unit: 'sentence', description: 'the same in sentences of the validation set' },
    },
    gains: {
      weights: { type: 'string', enum: WEIGHTS, 'x-key': true },
      accuracyPoints: { type: 'number', unit: '% points', description: 'best of DynaTran above best of top-k' },
      sentences: { type: 'integer', unit: 'sentence', description: 'the same in sentences of the validation set' },
      standardErrorPoints: {
        type: 'number',
        unit: '% points',
        description: 'of one accuracy, from the number of sentences alone',
      },
      largestSparsityRatio: { type: 'number', unit: '1', description: 'DynaTran over top-k' },
    },
    sameAccuracy: {
      weights: { type: 'string', enum: WEIGHTS, 'x-key': true },
      reading: {
        type: 'string',
        enum: READINGS,
        'x-key': true,
        description:
          "DynaTran's sparsest point that is no less accurate than top-k at its best, or the line through it",
      },
      topKPercent: { type: 'number', unit: '%', description: 'sparsity of top-k at its best accuracy' },
      dynatranPercent: { type: 'number', unit: '%', description: 'sparsity of DynaTran at that accuracy' },
      ratio: { type: 'number', unit: '1' },
      neededPercent: { type: 'number', unit: '%', description: "DynaTran's sparsity that the printed ratio needs" },
      accuracyAtNeededPercent: {
        type: ['number', 'null'],
        unit: '%',
        description: "DynaTran's accuracy there, straight between points",
      },
      claim: { type: 'string', 'x-claim': 'ratio' },
    },
    movementPruning: {
      method: { type: 'string', enum: METHODS, 'x-key': true },
      settings: { type: 'integer', unit: '1', description: 'points of Fig. 12' },
      sparser: { type: 'integer', unit: '1', description: 'of these, sparser with MP' },
      lessAccurate: { type: 'integer', unit: '1', description: 'of these, less accurate with MP' },
    },
    padding: {
      method: { type: 'string', enum: METHODS, 'x-key': true },
      weights: { type: 'string', enum: WEIGHTS, 'x-key': true },
      unprunedPercent: {
        type: 'number',
        unit: '%',
        description: 'sparsity where top-k prunes nothing yet: k = 256, as accurate as unpruned',
      },
      largestPercent: { type: 'number', unit: '%' },
      addedPoints: { type: 'number', unit: '% points', description: 'what pruning adds to it at most' },
      tokensPerSentence: {
        type: ['number', 'null'],
        unit: 'token',
        description: 'that padding alone needs for it; none with MP, whose pruned heads are not published',
      },
    },
    topK: {
      k: { type: 'integer', unit: '1', 'x-key': true },
      kept: { type: 'integer', unit: '1', description: 'elements that a row keeps' },
      plottedPercent: { type: 'number', unit: '%', description: 'Fig. 11b without MP' },
      derivedPercent: {
        type: 'number',
        unit: '%',
        description: 'from the shape alone, if no sentence is shorter than what is kept; more zeros where one is',
      },
      plottedPerRow: {
        type: ['number', 'null'],
        unit: '1',
        description: 'probabilities of a row that the plotted sparsity leaves, mean; none where a row keeps nothing',
      },
      claim: { type: ['string', 'null'], 'x-claim': 'derivedPercent' },
    },
    weightPruning: {
      task: { type: 'string', 'x-key': true },
      model: { type: 'string', 'x-key': true },
      points: { type: 'integer', unit: '1' },
      smallestGainPoints: { type: 'number', unit: '% points', description: 'net sparsity with WP above without' },
      meanGainPoints: { type: 'number', unit: '% points' },
      largestGainPoints: { type: 'number', unit: '% points' },
      smallestLossPoints: { type: 'number', unit: '% points', description: 'accuracy or F1 with WP below without' },
      meanLossPoints: { type: 'number', unit: '% points' },
      sameSparsitiesAs: { type: ['string', 'null'], description: 'another curve with the very same sparsities' },
      judged: { type: 'boolean' },
    },
    curves: {
      method: { type: 'string', enum: METHODS, 'x-key': true },
      weights: { type: 'string', enum: WEIGHTS, 'x-key': true },
      setting: { type: 'number', unit: '1', 'x-key': true, description: 'tau or k' },
      accuracyPercent: { type: 'number', unit: '%' },
      sparsityPercent: { type: 'number', unit: '%' },
      correctSentences: { type: 'integer', unit: 'sentence' },
    },
  }),
  run({ params }) {
    const { sentences, paddedTokens: tokens } = params
    const inSentences = (points: number) => Math.round((points / 100) * sentences)
    const pairs = METHODS.flatMap((method) => WEIGHTS.map((weights) => ({ method, weights })))
    const unpruned = (weights: Weights) => sparsityOf(fig11Curve('top-k', weights), 256)
    const best = (method: Method, weights: Weights) => mostAccurate(fig12Curve(method, weights))
    const largest = (method: Method, weights: Weights) => sparsest(fig12Curve(method, weights))
    return {
      extremes: pairs.map(({ method, weights }) => {
        const [plain, high, sparse] = [unprunedPoint(method, weights), best(method, weights), largest(method, weights)]
        return {
          method,
          weights,
          unprunedAccuracyPercent: plain.accuracyPercent,
          bestAccuracyPercent: high.accuracyPercent,
          bestSetting: high.setting,
          sparsityAtBestPercent: high.sparsityPercent,
          largestSparsityPercent: sparse.sparsityPercent,
          accuracyTherePercent: sparse.accuracyPercent,
          risePoints: high.accuracyPercent - plain.accuracyPercent,
          riseSentences: inSentences(high.accuracyPercent - plain.accuracyPercent),
        }
      }),
      gains: WEIGHTS.map((weights) => {
        const [ours, theirs] = [best('DynaTran', weights).accuracyPercent, best('top-k', weights).accuracyPercent]
        return {
          weights,
          accuracyPoints: ours - theirs,
          sentences: inSentences(ours - theirs),
          standardErrorPoints: standardErrorPoints(theirs, sentences),
          largestSparsityRatio:
            largest('DynaTran', weights).sparsityPercent / largest('top-k', weights).sparsityPercent,
        }
      }),
      sameAccuracy: WEIGHTS.flatMap((weights) => {
        const reference = best('top-k', weights)
        const curve = fig12Curve('DynaTran', weights)
        const neededPercent = PRINTED_RATIO[weights].value * reference.sparsityPercent
        return READINGS.map((reading) => {
          const dynatranPercent = sparsityAtAccuracy(curve, reference.accuracyPercent, reading)
          return {
            weights,
            reading,
            topKPercent: reference.sparsityPercent,
            dynatranPercent,
            ratio: dynatranPercent / reference.sparsityPercent,
            neededPercent,
            accuracyAtNeededPercent: accuracyAtSparsity(curve, neededPercent),
            claim: weights === 'with MP' ? 'acceltran.sp-same-acc-w' : 'acceltran.sp-same-acc-wo',
          }
        })
      }),
      movementPruning: METHODS.map((method) => {
        const [dense, pruned] = [fig12Curve(method, 'without MP'), fig12Curve(method, 'with MP')]
        const count = (
          holds: (without: number, withMp: number) => boolean,
          key: 'sparsityPercent' | 'accuracyPercent',
        ) => dense.filter((point, j) => holds(point[key], pruned[j]?.[key] ?? Number.NaN)).length
        return {
          method,
          settings: dense.length,
          sparser: count((without, withMp) => withMp > without, 'sparsityPercent'),
          lessAccurate: count((without, withMp) => withMp < without, 'accuracyPercent'),
        }
      }),
      padding: pairs.map(({ method, weights }) => {
        const unprunedPercent = unpruned(weights)
        const largestPercent = largest(method, weights).sparsityPercent
        return {
          method,
          weights,
          unprunedPercent,
          largestPercent,
          addedPoints: largestPercent - unprunedPercent,
          tokensPerSentence:
            weights === 'without MP' ? tokensOf(probabilitiesPerRow(bertBase, tokens, unprunedPercent / 100)) : null,
        }
      }),
      topK: fig11Curve('top-k', 'without MP')
        .filter(({ setting }) => setting < tokens)
        .map(({ setting: k, sparsityPercent: plottedPercent }) => {
          const kept = params.strictTopK ? k - 1 : k
          const perRow = probabilitiesPerRow(bertBase, tokens, plottedPercent / 100)
          return {
            k,
            kept,
            plottedPercent,
            derivedPercent: 100 * attentionSparsity(bertBase, tokens, kept),
            plottedPerRow: perRow > 0 ? perRow : null,
            claim: k === 2 ? 'acceltran.fig12-topk-sp-wo' : null,
          }
        }),
      weightPruning: FIG_14.map((panel) => {
        const sameSparsitiesAs = sharesSparsities(panel, FIG_14) ?? null
        return {
          task: panel.task,
          model: panel.model,
          ...weightPruningEffect(panel),
          sameSparsitiesAs,
          judged: params.sharedSparsities || sameSparsitiesAs === null,
        }
      }),
      curves: pairs.flatMap(({ method, weights }) =>
        fig11Curve(method, weights).map((point) => ({
          method,
          weights,
          ...point,
          correctSentences: inSentences(point.accuracyPercent),
        })),
      ),
    }
  },
  claims: {
    'acceltran.abs-sparsity': ({ sameAccuracy }) =>
      Math.max(...sameAccuracy.filter(({ reading }) => reading === 'plotted point').map(({ ratio }) => ratio)),
    'acceltran.conc-sparsity': ({ gains }) => Math.max(...gains.map((row) => row.largestSparsityRatio)),
    'acceltran.acc-gain-wo': ({ gains }) => gains.find(isDense)?.accuracyPoints,
    'acceltran.acc-gain-w': ({ gains }) => gains.find(isPruned)?.accuracyPoints,
    'acceltran.sp-same-acc-wo': ({ sameAccuracy }) => sameAccuracy.find(isDense)?.ratio,
    'acceltran.sp-same-acc-w': ({ sameAccuracy }) => sameAccuracy.find(isPruned)?.ratio,
    'acceltran.sp-abs-wo': ({ gains }) => gains.find(isDense)?.largestSparsityRatio,
    'acceltran.sp-abs-w': ({ gains }) => gains.find(isPruned)?.largestSparsityRatio,
    'acceltran.accuracy-rise': ({ extremes }) =>
      extremes.every((row) => row.risePoints > 0 && row.accuracyTherePercent < row.unprunedAccuracyPercent),
    'acceltran.mp-sparsity': ({ movementPruning, extremes }) =>
      movementPruning.every(({ settings, sparser }) => sparser === settings) &&
      METHODS.every((method) => {
        const [dense, pruned] = extremes.filter((row) => row.method === method)
        return dense !== undefined && pruned !== undefined && pruned.bestAccuracyPercent < dense.bestAccuracyPercent
      }),
    'acceltran.wp-net-sparsity': ({ weightPruning }, { slightPoints }) =>
      weightPruning
        .filter(({ judged }) => judged)
        .every(
          (row) =>
            row.meanGainPoints > 0 &&
            row.meanGainPoints <= slightPoints &&
            row.smallestLossPoints > 0 &&
            row.meanLossPoints > row.meanGainPoints,
        ),
    'acceltran.fig12-topk-sp-wo': ({ topK }) => topK.find(({ k }) => k === 2)?.derivedPercent,
    'acceltran.fig12-topk-sp-w': trained('39.943, k = 2, which takes the heads that movement pruning left'),
    'acceltran.fig12-dyna-sp-wo': trained('37.651, tau = 0.095'),
    'acceltran.fig12-dyna-sp-w': trained('53.152, tau = 0.095'),
    'acceltran.fig12-topk-acc-wo': trained('93.349, k = 16: 814 of 872 sentences'),
    'acceltran.fig12-dyna-acc-wo': trained('93.807, tau = 0.04: 818 of 872 sentences'),
    'acceltran.fig12-topk-acc-w': trained('91.170, k = 16: 795 of 872 sentences'),
    'acceltran.fig12-dyna-acc-w': trained('91.514, tau = 0.02: 798 of 872 sentences'),
    'acceltran.fig11-base-acc-wo': trained('93.005: 811 of 872 sentences'),
    'acceltran.fig11-base-acc-w': trained('90.711: 791 of 872 sentences'),
    'acceltran.tau-range': () => [Math.min(...TAUS), Math.max(...TAUS)],
    'acceltran.tau-limit': () => Math.max(...TAUS),
    'acceltran.data-sst2-val': (_, p) => p.sentences,
    'acceltran.data-sst2-train': { assumption: 'nothing is trained here' },
    'acceltran.data-squad-train': { assumption: 'nothing is trained here' },
    'acceltran.data-squad-val': { assumption: 'the F1 scores of Fig. 14 are taken as plotted' },
  },
  reasons: {
    'acceltran.sp-same-acc-wo': { kind: 'truncation', text: '35.155/29.909 = 1.1754' },
    'acceltran.sp-same-acc-w': {
      kind: 'finding',
      text: 'the plotted points give 43.232/39.364 = 1.098, a straight line between them 43.55/39.364 = 1.106; 1.20 needs 47.24 %, where DynaTran has 90.38 %, 0.79 points less than top-k at its best',
    },
  },
  errata: [
    {
      where: 'Sec. V-A, up to 1.33x (1.23x) higher sparsity without MP (with MP)',
      printed: '1.33x without MP',
      shouldBe: '1.23 without MP, as the two are swapped',
      arithmetic: 'Fig. 12 annotates 37.65/30.71 = 1.226 without MP',
      claims: ['acceltran.sp-abs-wo'],
    },
    {
      where: 'Sec. V-A, up to 1.33x (1.23x) higher sparsity without MP (with MP)',
      printed: '1.23x with MP',
      shouldBe: '1.33 with MP, as the two are swapped',
      arithmetic: 'Fig. 12 annotates 53.15/39.94 = 1.331 with MP',
      claims: ['acceltran.sp-abs-w'],
    },
    {
      where: 'Abstract against Sec. VII, higher accuracy while attaining (enabling) up to 1.2x (1.33x) higher sparsity',
      printed: '1.2x and 1.33x in the same words',
      shouldBe: 'undecided',
      arithmetic:
        'at equal accuracy the curves give 1.18x at most; 1.33x is the ratio of the largest sparsities with MP, 53.15/39.94, where DynaTran has 87.50 % and top-k 84.98 %, 4.0 and 6.2 points below their best',
    },
    {
      where: 'Sec. II-B and Fig. 11b, top-k keeps the k largest elements of each row',
      printed: 'k elements',
      shouldBe: 'k - 1 elements, as the released top_k() keeps what is larger than the k-th largest',
      arithmetic:
        'with 12 heads of 512 x 512 probabilities among 10,223,616 activations of a layer, k - 1 kept elements leave 34.615, 30.709, 30.589 and 30.349 % of zeros for k = 1, 2, 4 and 8; 34.616, 30.709, 30.589 and 30.349 are plotted, and k kept would leave 30.709, 30.649, 30.529 and 30.288. At k = 1 nothing is attended to, which is why its accuracy is that of guessing',
    },
    {
      where: 'Fig. 11, sparsity where nothing is pruned',
      printed: '0 % at tau = 0 and k = 512',
      shouldBe: '29.26 % without MP and 38.88 % with MP',
      arithmetic:
        'top-k with k = 64 to 256 has these sparsities at the accuracy of the unpruned model: the probabilities of padding are zero anyway. 29.257 % are rows of 512 with 25.2 tokens. DynaTran adds 8.4 points to them at most, top-k 1.5 (14.3 and 1.1 with MP)',
    },
    {
      where: 'Fig. 14a, weight pruning of BERT-Base',
      printed: 'net sparsities from 29.94 to 36.00 %',
      shouldBe: 'net sparsities of its own',
      arithmetic:
        "all 19 sparsities of the weight-pruned BERT-Base are those of the weight-pruned BERT-Tiny. With them weight pruning would lower BERT-Base's net sparsity at every threshold, by 0.4 to 1.7 points, while it raises BERT-Tiny's by 0.1 to 1.4; with both curves left out the statement holds",
      claims: ['acceltran.wp-net-sparsity'],
    },
  ],
  headlines: {
    'acceltran.abs-sparsity':
      'from the published curves, nothing is trained: at the best accuracy of top-k 1.18 without movement pruning, 1.10 with it',
    'acceltran.conc-sparsity':
      'the largest sparsities with movement pruning, where accuracy is 4.0 and 6.2 points below the best of each method',
  },
  figure: ({ curves, topK, weightPruning }, marks) => ({
    description:
      "The curves are the paper's own, as nothing is trained here: accuracy of BERT-Base on SST-2 and activation sparsity in percent over the threshold of DynaTran and over k of top-k (Fig. 11), one over the other (Fig. 12, without the unpruned points and k = 1), and mean changes by weight pruning in % points (Fig. 14, whose curves the paper draws in full). Diamonds are the sparsity of top-k that follows from the shape of the model alone, the cross is the largest one that the paper prints without MP.",
    title: legendLine('diamonds: derived from the shape of the model; cross: printed'),
    vconcat: [
      {
        hconcat: METHODS.map((method) =>
          settingPanel(method, {
            curves: curves.filter((row) => row.method === method),
            derived: method === 'top-k' ? topK : [],
            printed: printedAt(marks, 'acceltran.fig12-topk-sp-wo'),
          }),
        ),
        resolve: { scale: { x: 'independent' } },
      },
      {
        hconcat: [accuracyPanel(curves), weightPruningPanel(weightPruning)],
        resolve: { scale: { color: 'independent' } },
      },
    ],
    resolve: { scale: { color: 'independent', strokeDash: 'independent', shape: 'independent' } },
  }),
})

/** What a number needs that repeats a point of a curve, and what the published curve shows. */
function trained(plotted: string): { readonly unreachable: string } {
  return {
    unreachable: `needs the fine-tuned BERT-Base and the SST-2 validation set; the published curve shows ${plotted}`,
  }
}

const isDense = ({ weights }: { readonly weights: string }) => weights === 'without MP'
const isPruned = ({ weights }: { readonly weights: string }) => weights === 'with MP'

/** The sparsity of the point with a setting. */
const sparsityOf = (
  curve: readonly { readonly setting: number; readonly sparsityPercent: number }[],
  setting: number,
): number => curve.find((point) => point.setting === setting)?.sparsityPercent ?? Number.NaN

/** Tokens of a sentence; none where so short a sequence cannot have as many zeros. */
const tokensOf = (perRow: number) => (perRow > 0 ? perRow : null)

export default audit
await main(import.meta, audit)

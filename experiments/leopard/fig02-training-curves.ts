#!/usr/bin/env -S npx tsx
import { along, experiment, type FigureSpec, main, type Param, tables } from '../../lib/harness/mod.ts'
import { forkRng, mean } from '../../lib/numeric/mod.ts'
import {
  BABI_TASKS,
  encodeCorpus,
  evaluate,
  learnThresholds,
  Network,
  type PruningEpoch,
  restore,
} from '../../lib/training/mod.ts'
import { PRUNING_PARAMS, pruningRecipe, TRAINING } from './shared/memn2n-recipe.ts'
import { storedNetworks } from './shared/memn2n-store.ts'
import { trainingQuestions } from './shared/memn2n-tasks.ts'
import { WEIGHTS } from './shared/memn2n-weights.ts'

const FIG_2 = 'BERT fine-tuned on QNLI, which cannot be trained here'

const CURVE_PARAMS = {
  task: {
    type: 'integer',
    value: 1,
    max: 20,
    unit: '1',
    source: { kind: 'assumed', why: 'the simplest of the tasks that can be trained here', range: '1 to 20' },
    description: `task: ${BABI_TASKS.map(({ task, name }) => `${task} ${name}`).join(', ')}`,
  },
  pressures: {
    type: 'number',
    value: [1, 0.1],
    min: 0,
    distinct: true,
    unit: 'nat',
    source: { kind: 'assumed', why: 'lambda is not printed', range: '0.01 to 10' },
    description: 'weights of the share of kept scores in the loss',
  },
  ...PRUNING_PARAMS,
} as const satisfies Record<string, Param>

const fig02 = experiment({
  id: 'leopard/fig02-training-curves',
  version: '1.0.0',
  paper: 'leopard',
  item: 'Fig. 2',
  title: 'Sparsity, thresholds and loss while thresholds are learned: a memory network, in kind',
  params: CURVE_PARAMS,
  schema: tables({
    epochs: {
      pressure: { type: 'number', unit: 'nat', 'x-key': true },
      epoch: { type: 'integer', unit: 'epoch', 'x-key': true, description: '0: before' },
      sparsityPercent: {
        type: 'number',
        unit: '%',

        description: 'scores pruned at the end of the epoch, on questions held back',
      },
      meanThreshold: { type: 'number', unit: '1', description: 'over the hops' },
      loss: { type: ['number', 'null'], unit: 'nat', description: 'over the epoch' },
      normalisedLoss: {
        type: ['number', 'null'],
        unit: '1',

        description: "over the first epoch's",
      },
      accuracyPercent: { type: 'number', unit: '%', description: 'on questions held back' },
    },
    thresholds: {
      pressure: { type: 'number', unit: 'nat', 'x-key': true },
      epoch: { type: 'integer', unit: 'epoch', 'x-key': true },
      hop: { type: 'integer', unit: 'hop', 'x-key': true },
      threshold: { type: 'number', unit: '1' },
    },
    shape: {
      pressure: { type: 'number', unit: 'nat', 'x-key': true },
      sparsityRises: { type: 'boolean', description: 'sparsity after the last epoch is above that after the first' },
      thresholdRises: { type: 'boolean', description: 'so is the mean threshold' },
      againstTheThreshold: {
        type: 'boolean',
        description: 'in some epoch sparsity rises although the threshold of a hop falls',
      },
      lossFalls: { type: 'boolean', description: 'the loss of the last epoch is below that of the first' },
    },
  }),
  run({ params, rng }) {
    const { task, pressures } = params
    const { vocabulary, shape, base } = storedNetworks()(task)
    const { questions } = trainingQuestions(task, WEIGHTS.seed)
    const network = new Network(shape, encodeCorpus(questions, { slots: shape.slots, vocabulary }))
    const train = questions.length - TRAINING.heldBack
    const held = Int32Array.from({ length: TRAINING.heldBack }, (_, i) => train + i)
    const runs = pressures.map((pressure) => {
      restore(network, base)
      const found: { readonly keptShare: number; readonly accuracy: number }[] = [
        evaluate(network, held, { kind: 'softmax' }),
      ]
      const epochs = learnThresholds(
        network,
        Int32Array.from({ length: train }, (_, i) => i),
        {
          recipe: pruningRecipe(params),
          pressure,
          rng: forkRng(rng),
          after: () => found.push(evaluate(network, held, { kind: 'pruned' })),
        },
      )
      return { pressure, epochs, found }
    })
    return {
      epochs: runs.flatMap(({ pressure, epochs, found }) =>
        found.map(({ keptShare, accuracy }, epoch) => {
          const own = epochs[epoch - 1]
          return {
            pressure,
            epoch,
            sparsityPercent: epoch === 0 ? 0 : 100 * (1 - keptShare),
            meanThreshold: own ? meanThreshold(own) : 0,
            loss: own?.loss ?? null,
            normalisedLoss: own ? own.loss / (epochs[0] as PruningEpoch).loss : null,
            accuracyPercent: 100 * accuracy,
          }
        }),
      ),
      thresholds: runs.flatMap(({ pressure, epochs }) =>
        epochs.flatMap(({ thresholds }, epoch) =>
          thresholds.map((threshold, hop) => ({ pressure, epoch: epoch + 1, hop: hop + 1, threshold })),
        ),
      ),
      shape: runs.map(({ pressure, epochs, found }) => {
        const [first, last] = [epochs[0] as PruningEpoch, epochs.at(-1) as PruningEpoch]
        const kept = (epoch: number) => found[epoch]?.keptShare ?? 1
        return {
          pressure,
          sparsityRises: kept(epochs.length) < kept(1),
          thresholdRises: meanThreshold(last) > meanThreshold(first),
          againstTheThreshold: epochs.some(
            ({ thresholds }, epoch) =>
              kept(epoch + 1) < kept(epoch) &&
              thresholds.some((own, hop) => own < (epochs[epoch - 1]?.thresholds[hop] ?? Number.NEGATIVE_INFINITY)),
          ),
          lossFalls: last.loss < first.loss,
        }
      }),
    }
  },
  claims: {
    'leopard.fig2-monotone': { unreachable: `${FIG_2}; table shape says what holds for our network` },
    'leopard.fig2-epoch3': {
      unreachable: `${FIG_2}; our network shows epochs in which sparsity rises while the threshold of a hop falls`,
    },
    'leopard.fig2-loss': { unreachable: `${FIG_2}; table shape says what holds for our network` },
    'leopard.m-lr-th': (_, p) => p.thresholdRate,
    'leopard.m-lr-w': { assumption: 'weightRate is 1e-3 here: 5e-6 suits BERT, ours would hardly move in five epochs' },
    'leopard.m-lr-task': {
      assumption: 'memory networks are trained by gradient descent at 0.01, as their authors did',
    },
    'leopard.m-ft-range': (_, p) => [1, p.pruningEpochs],
  },
  errata: [
    {
      where: 'Sec. 3.1 against the caption of Fig. 2',
      printed: 'BERT-B model on QNLI (text), BERT-L model on QNLI (caption)',
      shouldBe: 'undecided',
      arithmetic: 'the same curves, two models',
    },
  ],
  figure: ({ epochs }) => {
    const x = { field: 'epoch', type: 'ordinal', title: 'epoch', axis: { labelAngle: 0 } }
    const byPressure = { field: 'pressure', type: 'nominal', title: 'pressure [nat]' }
    const line = (curve: string, y: FigureSpec) => ({
      layer: [
        {
          mark: { type: 'line' },
          encoding: { x, y, color: byPressure, strokeDash: { datum: curve, type: 'nominal', title: 'curve' } },
        },
        {
          mark: { type: 'point', filled: true, size: 45 },
          encoding: { x, y, color: byPressure, shape: byPressure },
        },
      ],
    })
    return {
      description:
        'While thresholds are learned, by epoch and by the weight of the share of kept scores in the loss: (a) sparsity in percent, the solid lines and the left axis, and the mean threshold, the dashed lines and the right axis; (b) training loss over that of the first epoch, logarithmic. The paper draws the same of one attention layer of BERT on QNLI, ours is a memory network of one bAbI task, and no printed value is readable.',
      spacing: 40,
      hconcat: [
        {
          width: 260,
          height: 200,
          title: '(a) sparsity and threshold',
          data: { values: epochs },
          layer: [
            line('sparsity', along('sparsityPercent', 'sparsity [%]', { scale: { domain: [0, 80] } })),
            line('threshold', along('meanThreshold', 'mean threshold [1]', { scale: { domain: [0, 1.6] } })),
          ],
          resolve: { scale: { y: 'independent' } },
        },
        {
          width: 220,
          height: 200,
          title: '(b) training loss',
          data: { values: epochs.filter(({ normalisedLoss }) => normalisedLoss !== null) },
          mark: { type: 'line', point: { size: 45 } },
          encoding: {
            x,
            y: along('normalisedLoss', 'loss over epoch 1 [1]', {
              scale: { type: 'log' },
              axis: { tickCount: 5, format: ',~r' },
            }),
            color: byPressure,
            shape: byPressure,
          },
        },
      ],
      config: { legend: { orient: 'top' } },
    }
  },
})

const meanThreshold = ({ thresholds }: PruningEpoch): number => mean(thresholds)

export default fig02
await main(import.meta, fig02)

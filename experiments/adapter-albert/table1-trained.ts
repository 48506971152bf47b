#!/usr/bin/env -S npx tsx
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { mean } from '../../lib/numeric/mod.ts'
import { findStored } from '../../lib/training/mod.ts'
import { ADAPTED, ADAPTED_CONSTANTS, TASKS } from '../trained/shared/adapters-constants.ts'
import { adapterAlbert } from './shared/paper.ts'
import {
  countParameters,
  percentOf,
  seedsOf,
  storedNetworks,
  TEST_PARAM,
  testParts,
  unpackAdapted,
  WEIGHTS_PARAM,
} from './shared/trained-networks.ts'
import { backboneRecords, chosenSize, longerRecords, spreadOf, taskRecords } from './shared/trained-records.ts'

/** What is compared, in the order of the figure. */
const METHODS = ['fine-tuning', 'adapters', 'adapters, chosen size', 'adapters, random backbone'] as const
type Method = (typeof METHODS)[number]

const table1 = experiment({
  id: 'adapter-albert/table1-trained',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Table I, in kind',
  title: 'Fine-tuning against adapters in kind: a small ALBERT trained here, on three tasks of ours',
  params: {
    ...WEIGHTS_PARAM,
    ...TEST_PARAM,
    pointsBelow: {
      type: 'number',
      value: 5.5,
      min: 0,
      max: 100,
      unit: 'point',
      source: adapterAlbert('Table I: CoLA falls from 55.6 to 50.1, the most but for the 71 sentences of WNLI'),
      description: 'most that adapters may lie below fine-tuning to be competitive',
    },
  },
  constants: ADAPTED_CONSTANTS,
  schema: tables({
    networks: {
      task: { type: 'string', enum: TASKS, 'x-key': true },
      seed: { type: 'integer', unit: '1', 'x-key': true },
      tunedPercent: { type: 'number', unit: '%', description: 'all parameters fine-tuned; record of the training' },
      adaptersPercent: { type: 'number', unit: '%', description: 'the stored network, judged in this run' },
      storedPercent: { type: 'number', unit: '%', description: 'what its training noted, on 1000 examples' },
      chosenSize: { type: 'integer', unit: 'element', description: 'best on the dev part; record' },
      chosenPercent: { type: 'number', unit: '%', description: 'of that size, on the test part; record' },
      defaultPercent: { type: 'number', unit: '%', description: 'of the default size beside it; record' },
      randomPercent: { type: 'number', unit: '%', description: 'adapters on a backbone of random weights; record' },
    },
    scores: {
      task: { type: 'string', enum: TASKS, 'x-key': true },
      method: { type: 'string', enum: METHODS, 'x-key': true },
      meanPercent: { type: 'number', unit: '%', description: 'of the seeds' },
      leastPercent: { type: 'number', unit: '%' },
      mostPercent: { type: 'number', unit: '%' },
      belowTunedPoints: { type: 'number', unit: 'point', description: 'mean below that of fine-tuning' },
    },
    longer: {
      task: { type: 'string', enum: TASKS, 'x-key': true, description: 'those the backbone was not pre-trained on' },
      examples: { type: 'integer', unit: 'example', 'x-key': true, description: 'of the task that are trained on' },
      tunedPercent: { type: 'number', unit: '%', description: 'fine-tuning, mean of the seeds; record, as the next' },
      adaptersPercent: { type: 'number', unit: '%', description: 'adapters of the default size' },
      leastBelowPoints: { type: 'number', unit: 'point', description: 'adapters below fine-tuning, by seed' },
      mostBelowPoints: { type: 'number', unit: 'point' },
    },
    parameters: {
      network: { type: 'string', 'x-key': true },
      total: { type: 'integer', unit: 'parameter' },
      trained: {
        type: 'integer',
        unit: 'parameter',
        description: 'that learn for a task, and are reloaded for another',
      },
      trainedPercent: { type: 'number', unit: '%' },
      overheadPercent: { type: 'number', unit: '%', description: 'more than without adapters' },
    },
  }),
  run({ params, files }) {
    const stored = storedNetworks({ params, files })
    const inputs = testParts(params.examples)
    const records = taskRecords(stored)
    const longer = longerRecords(stored)
    const sized = backboneRecords(stored).filter(({ backbone }) => backbone === 'unpruned')
    const networks = TASKS.flatMap((task) =>
      seedsOf(stored).map((seed) => {
        const own = records.find((row) => row.task === task && row.seed === seed)
        const sizes = sized.find((row) => row.task === task && row.seed === seed)?.sizes ?? []
        const chosen = chosenSize(sizes)
        return {
          task,
          seed,
          tunedPercent: own?.tuned ?? Number.NaN,
          adaptersPercent: percentOf(unpackAdapted(stored, { task, seed }, inputs[task]), inputs[task]),
          storedPercent: 100 * (findStored(stored, { name: task, seed }).metrics['testAccuracy'] ?? Number.NaN),
          chosenSize: chosen.size,
          chosenPercent: chosen.test,
          defaultPercent: sizes.find(({ size }) => size === ADAPTED.adapterSize.value)?.test ?? Number.NaN,
          randomPercent: own?.random ?? Number.NaN,
        }
      }),
    )
    const base = countParameters()
    const counts = (network: string, { total, trained }: typeof base) => ({
      ...{ network, total, trained },
      trainedPercent: (100 * trained) / total,
      overheadPercent: 100 * (total / base.total - 1),
    })
    return {
      networks,
      scores: TASKS.flatMap((task) => {
        const own = networks.filter((row) => row.task === task)
        const tunedMean = mean(own.map(({ tunedPercent }) => tunedPercent))
        return METHODS.map((method) => {
          const spread = spreadOf(own.map((row) => percentBy(row)[method]))
          return {
            task,
            method,
            meanPercent: spread.mean,
            leastPercent: spread.least,
            mostPercent: spread.most,
            belowTunedPoints: tunedMean - spread.mean,
          }
        })
      }),
      longer: TASKS.flatMap((task) => {
        const few = networks
          .filter((row) => row.task === task)
          .map((row) => ({ tuned: row.tunedPercent, adapters: row.defaultPercent }))
        const many = longer.filter((row) => row.task === task)
        if (many.length === 0) return []
        return [
          { examples: ADAPTED.examples.value, own: few },
          { examples: ADAPTED.moreExamples.value, own: many },
        ].map(({ examples, own }) => {
          const below = spreadOf(own.map(({ tuned, adapters }) => tuned - adapters))
          return {
            ...{ task, examples },
            tunedPercent: mean(own.map((row) => row.tuned)),
            adaptersPercent: mean(own.map((row) => row.adapters)),
            leastBelowPoints: below.least,
            mostBelowPoints: below.most,
          }
        })
      }),
      parameters: [
        counts('fine-tuning', base),
        ...ADAPTED.adapterSizes.value.map((size) => counts(`adapters of ${size}`, countParameters(size))),
      ],
    }
  },
  claims: {
    'adapter-albert.kind-competitive': ({ scores, parameters }, { pointsBelow }) =>
      scores.every(({ method, belowTunedPoints }) => method !== 'adapters' || belowTunedPoints <= pointsBelow) &&
      parameters.some((row) => row.network === `adapters of ${ADAPTED.adapterSize.value}` && row.trainedPercent <= 10),
    'adapter-albert.kind-backbone': ({ scores }) =>
      TASKS.every((task) => {
        const of = (method: Method) => scores.find((row) => row.task === task && row.method === method)?.meanPercent
        return (of('adapters') ?? 0) > (of('adapters, random backbone') ?? 100)
      }),
    'adapter-albert.kind-sizes': ({ networks }) =>
      mean(networks.map(({ chosenPercent, defaultPercent }) => chosenPercent - defaultPercent)) >= 0,
  },
  reasons: {
    'adapter-albert.kind-competitive': {
      kind: 'finding',
      text: 'on both counts: entailment loses 6.7 points (sentiment none, paraphrase 3.7), and at a width of 32 adapters of 8, norms and classifier are 11.0 % of all parameters. With four times as many examples the two pair tasks lose 4.6 and 3.6 points (table longer): the adapters learn more slowly, from 4,000 examples they have not finished. The bound of 5.5 points would hold then, that on the parameters needs adapters of 4 (6.9 %). Fine-tuning of all is not the best that the backbone gives: on paraphrase, tuning the layers alone scores 69.3 % against 66.8 % (unpruned in fig04-trained), and adapters lie 6.1 points below that',
    },
  },
  figure: ({ scores }) => {
    const method = { field: 'method', type: 'nominal', sort: METHODS, title: 'method' }
    const x = { field: 'task', type: 'nominal', sort: TASKS, title: 'task', axis: { labelAngle: 0 } }
    const scale = { domain: [40, 100] }
    return {
      description:
        'Our networks, our tasks: accuracy on three tasks in percent of a small ALBERT, pre-trained on sentiments with their classes in place of masked words, whose parameters are all fine-tuned, of adapters on its frozen backbone in the default size and in the size chosen on the dev part, and of adapters on a backbone of random weights: points are means of three seeds, rules their ends. The paper prints scores of large networks on GLUE, which cannot be trained here.',
      width: 420,
      height: 260,
      data: { values: scores },
      encoding: { x, xOffset: { field: 'method', sort: METHODS } },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2 },
          encoding: {
            y: along('leastPercent', 'accuracy [%]', { says: 'lowest accuracy [%]', scale }),
            y2: { field: 'mostPercent', title: 'highest accuracy [%]' },
            color: method,
          },
        },
        {
          mark: { type: 'point', filled: true, size: 70, opacity: 1 },
          encoding: {
            y: along('meanPercent', 'accuracy [%]', { says: 'mean accuracy [%]', scale }),
            color: method,
            shape: method,
          },
        },
      ],
      config: { legend: { orient: 'top', columns: 2, labelLimit: 250 } },
    }
  },
})

function percentBy(row: {
  readonly tunedPercent: number
  readonly adaptersPercent: number
  readonly chosenPercent: number
  readonly randomPercent: number
}): Readonly<Record<Method, number>> {
  return {
    'fine-tuning': row.tunedPercent,
    adapters: row.adaptersPercent,
    'adapters, chosen size': row.chosenPercent,
    'adapters, random backbone': row.randomPercent,
  }
}

export default table1
await main(import.meta, table1)

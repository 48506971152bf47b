#!/usr/bin/env -S npx tsx
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { mean } from '../../lib/numeric/mod.ts'
import { TAP_POINTS, type Tap } from '../../lib/training/mod.ts'
import { ADAPTED_CONSTANTS, TASKS } from '../trained/shared/adapters-constants.ts'
import { FORMATS_PARAM, formatsOf } from './shared/formats.ts'
import { assumed } from './shared/paper.ts'
import { pointsBetween } from './shared/score-audit.ts'
import {
  percentOf,
  seedsOf,
  storedNetworks,
  TEST_PARAM,
  testParts,
  unpackAdapted,
  WEIGHTS_PARAM,
} from './shared/trained-networks.ts'
import { roundingTap, roundWeights, SaturationCounter } from './shared/trained-quantised.ts'
import { spreadOf } from './shared/trained-records.ts'

/** What is rounded; scores of attention, which a sum of products makes, need not be stored. */
const ROUNDED = ['weights', 'all but scores', 'weights and activations'] as const
/** The case that is judged. */
const EVERYTHING = 'weights and activations'

const fig05 = experiment({
  id: 'adapter-albert/fig05-trained',
  version: '1.0.0',
  paper: 'adapter-albert',
  item: 'Fig. 5, in kind',
  title: 'Accuracy in Q3.13 and Q3.5 in kind: adapters trained here, their numbers rounded, on three tasks of ours',
  params: {
    ...WEIGHTS_PARAM,
    examples: {
      ...TEST_PARAM.examples,
      value: 300,
      source: assumed(
        'what the run time allows; near 75 % right the standard error of an accuracy is 2.5 points, that of a loss less, as both formats judge the same inputs',
        '250 to 10000',
      ),
    },
    formats: FORMATS_PARAM,
    competitivePoints: {
      type: 'number',
      value: 1,
      min: 0,
      max: 100,
      unit: 'point',
      source: assumed('the paper gives no bound', '0.5 to 2'),
      description: 'most that a competitive format may cost',
    },
    integerLimit: {
      type: 'number',
      value: 4,
      unit: '1',
      source: { kind: 'derived', how: 'three bits of integer and sign reach from -4 to just below 4' },
      description: 'magnitude beyond which table activations counts',
    },
    drasticPoints: {
      type: 'number',
      value: 5,
      min: 0,
      max: 100,
      unit: 'point',
      source: assumed('the paper gives no bound', '3 to 20'),
      description: 'a drastic loss is above it',
    },
  },
  constants: ADAPTED_CONSTANTS,
  schema: tables({
    networks: {
      task: { type: 'string', enum: TASKS, 'x-key': true },
      seed: { type: 'integer', unit: '1', 'x-key': true },
      format: { type: 'string', 'x-key': true },
      rounded: { type: 'string', enum: ROUNDED, 'x-key': true },
      accuracyPercent: { type: 'number', unit: '%', description: 'judged in this run' },
      lostPoints: { type: 'number', unit: 'point', description: 'below single precision' },
    },
    tasks: {
      task: { type: 'string', enum: TASKS, 'x-key': true },
      format: { type: 'string', 'x-key': true },
      rounded: { type: 'string', enum: ROUNDED, 'x-key': true },
      meanPercent: { type: 'number', unit: '%', description: 'of the seeds' },
      leastPercent: { type: 'number', unit: '%' },
      mostPercent: { type: 'number', unit: '%' },
      meanLostPoints: { type: 'number', unit: 'point' },
      mostLostPoints: { type: 'number', unit: 'point' },
    },
    activations: {
      point: {
        type: 'string',
        enum: TAP_POINTS,
        'x-key': true,
        description: 'of a layer; all tasks, seeds and layers',
      },
      beyondPercent: { type: 'number', unit: '%', description: 'numbers whose magnitude is above integerLimit' },
      largest: { type: 'number', unit: '1', description: 'largest magnitude' },
    },
  }),
  run({ params, files }) {
    const stored = storedNetworks({ params, files })
    const inputs = testParts(params.examples)
    const formats = formatsOf(params.formats)
    const counter = new SaturationCounter(params.integerLimit)
    const networks = TASKS.flatMap((task) =>
      seedsOf(stored).flatMap((seed) => {
        const own = unpackAdapted(stored, { task, seed }, inputs[task])
        const exact = percentOf(own, inputs[task], { tap: counter.tap })
        const weights = Float32Array.from(own.values)
        return formats.flatMap((format) => {
          own.values.set(weights)
          roundWeights(own, format)
          const tap = roundingTap(format)
          return ROUNDED.map((rounded) => {
            const accuracyPercent = tap ? percentOf(own, inputs[task], tapOf(tap, rounded)) : exact
            return {
              task,
              seed,
              format: format.name,
              rounded,
              accuracyPercent,
              lostPoints: pointsBetween(exact, accuracyPercent),
            }
          })
        })
      }),
    )
    return {
      networks,
      activations: counter.rows().map(({ point, beyondShare, largest }) => ({
        point,
        beyondPercent: 100 * beyondShare,
        largest,
      })),
      tasks: TASKS.flatMap((task) =>
        formats.flatMap(({ name }) =>
          ROUNDED.map((rounded) => {
            const own = networks.filter((row) => row.task === task && row.format === name && row.rounded === rounded)
            const { mean: meanPercent, least, most } = spreadOf(own.map(({ accuracyPercent }) => accuracyPercent))
            const losses = own.map(({ lostPoints }) => lostPoints)
            return {
              ...{ task, format: name, rounded },
              meanPercent,
              leastPercent: least,
              mostPercent: most,
              meanLostPoints: pointsBetween(mean(losses), 0),
              mostLostPoints: Math.max(...losses),
            }
          }),
        ),
      ),
    }
  },
  claims: {
    'adapter-albert.kind-q313': ({ tasks }, { competitivePoints }) => {
      const own = tasks.filter(({ format, rounded }) => format === 'Q3.13' && rounded === EVERYTHING)
      return own.length > 0 ? own.every(({ mostLostPoints }) => mostLostPoints <= competitivePoints) : undefined
    },
    'adapter-albert.kind-q35': ({ tasks }, { drasticPoints }) => {
      const own = tasks.filter(({ format, rounded }) => format === 'Q3.5' && rounded === EVERYTHING)
      return own.length > 0 ? own.some(({ meanLostPoints }) => meanLostPoints > drasticPoints) : undefined
    },
  },
  reasons: {
    'adapter-albert.kind-q313': {
      kind: 'finding',
      text: 'attention scores reach 17, and 4 % of them are beyond 4, where three integer bits end (table activations): seeds lose up to 8.0 points by this saturation, whatever the fraction. With scores left as they are no seed loses more than 0.3 points; the paper does not say whether its scores are rounded. On 1000 inputs it is up to 6.8 and 0.4 points',
    },
    'adapter-albert.kind-q35': {
      kind: 'finding',
      text: 'the largest mean loss is 3.8 points (sentiment), 3.2 of which Q3.13 loses, too, by the saturation of scores; with scores left as they are Q3.5 costs at most 1.6 points in the mean (paraphrase). The seeds lie at 5.3, 1.7 and 4.3 on sentiment, on both sides of the bound; on 1000 inputs the largest mean loss is 4.3',
    },
  },
  figure: ({ tasks }) => {
    const format = { field: 'format', type: 'nominal', sort: null, title: 'format' }
    const scale = { domain: [40, 100] }
    return {
      description:
        'Our networks, our tasks: accuracy in percent on three tasks of adapters on a small ALBERT in single precision and in two fixed-point formats, of the weights alone, of weights and activations but for the scores of attention, and of all: points are means of three seeds, rules their ends. Our backbone is the unpruned one; the paper draws six GLUE datasets on its CSP-all backbone, pruned in embedding and layers, and its figure is not readable.',
      data: { values: tasks },
      facet: { column: { field: 'rounded', type: 'nominal', sort: ROUNDED, title: null } },
      spec: {
        width: 210,
        height: 240,
        encoding: {
          x: { field: 'task', type: 'nominal', sort: TASKS, title: null, axis: { labelAngle: 0 } },
          xOffset: { field: 'format', sort: null },
        },
        layer: [
          {
            mark: { type: 'rule', strokeWidth: 2 },
            encoding: {
              y: along('leastPercent', 'accuracy [%]', { says: 'lowest accuracy [%]', scale }),
              y2: { field: 'mostPercent', title: 'highest accuracy [%]' },
              color: format,
            },
          },
          {
            mark: { type: 'point', filled: true, size: 60, opacity: 1 },
            encoding: {
              y: along('meanPercent', 'accuracy [%]', { says: 'mean accuracy [%]', scale }),
              color: format,
              shape: format,
            },
          },
        ],
      },
      config: { legend: { orient: 'top' } },
    }
  },
})

/** The rounding of what passes in a layer that a case asks for. */
function tapOf(tap: Tap, rounded: (typeof ROUNDED)[number]): { readonly tap?: Tap } {
  if (rounded === 'weights') return {}
  if (rounded === EVERYTHING) return { tap }
  return {
    tap: (tapped, floats) => {
      if (tapped.point !== 'scores') tap(tapped, floats)
    },
  }
}

export default fig05
await main(import.meta, fig05)

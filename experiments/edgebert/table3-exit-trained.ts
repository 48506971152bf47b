#!/usr/bin/env -S npx tsx
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { EXIT_CONSTANTS } from '../trained/shared/exits-constants.ts'
import { edgebert } from './shared/tasks.ts'
import { METHODS, type Method } from './shared/trained-exit-choice.ts'
import { exitRows, judgeNetwork } from './shared/trained-exit-study.ts'
import {
  CHOICE_PARAMS,
  EXITS_PARAM,
  judgedSentences,
  openExits,
  sentencesParam,
  storedExits,
} from './shared/trained-exits.ts'

/** How far the actual exits of both methods may be apart to be called comparable. */
const COMPARABLE = 0.25

const table3Trained = experiment({
  id: 'edgebert/table3-exit-trained',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Table 3, in kind',
  title: 'Exit layers of our own networks by accuracy drop, conventional and predicted: in kind',
  params: {
    exits: EXITS_PARAM,
    devSentences: sentencesParam(2000, 'sentences of the dev part that thresholds are chosen on'),
    testSentences: sentencesParam(2000, 'sentences of the test part that exits and accuracies are measured on'),
    dropPercents: {
      type: 'number',
      value: [1, 2, 5],
      min: 0,
      max: 100,
      distinct: true,
      unit: '%-pt',
      source: edgebert('Table 3'),
      description: 'accuracy that may be lost on the dev part',
    },
    ...CHOICE_PARAMS,
  },
  constants: EXIT_CONSTANTS,
  schema: tables({
    exits: {
      seed: { type: 'integer', unit: '1', 'x-key': true, description: 'our networks, our task' },
      method: { type: 'string', enum: METHODS, 'x-key': true },
      dropPercent: { type: 'number', unit: '%-pt', 'x-key': true, description: 'allowed on the dev part' },
      threshold: { type: 'number', unit: 'nat', description: '0: nothing ends early' },
      exit: { type: 'number', unit: 'layer', description: 'mean exit; of latency-aware inference the predicted one' },
      actualExit: { type: 'number', unit: 'layer', description: 'mean layer at which a sentence stops' },
      accuracy: { type: 'number', unit: '%' },
      difference: { type: 'number', unit: '%-pt', description: 'to that of all layers, on the test part' },
      firstLayerPercent: { type: 'number', unit: '%', description: 'sentences that stop after layer 1' },
      lastLayerPercent: { type: 'number', unit: '%', description: 'sentences that run through all layers' },
    },
    levels: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      method: { type: 'string', enum: METHODS, 'x-key': true },
      dropPercent: { type: 'number', unit: '%-pt', 'x-key': true },
      level: { type: 'integer', unit: '1', 'x-key': true, description: '1 the easiest; 0 where it is not known' },
      sentences: { type: 'integer', unit: 'sentence' },
      actualExit: { type: 'number', unit: 'layer' },
      accuracy: { type: 'number', unit: '%' },
      fullAccuracy: { type: 'number', unit: '%', description: 'of all layers' },
    },
    ramps: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      layer: { type: 'integer', unit: 'layer', 'x-key': true },
      accuracy: { type: 'number', unit: '%', description: 'if all sentences stopped here' },
      entropy: { type: 'number', unit: 'nat', description: 'mean' },
    },
  }),
  run({ params, files }) {
    const stored = storedExits({ params, files })
    const dev = judgedSentences('dev', params.devSentences)
    const test = judgedSentences('test', params.testSentences)
    const all = openExits(stored, [dev, test]).map((network) => exitRows(judgeNetwork(network, { dev, test }), params))
    return {
      exits: all.flatMap(({ exits }) => exits),
      levels: all.flatMap(({ levels }) => levels),
      ramps: all.flatMap(({ ramps }) => ramps),
    }
  },
  claims: {
    'edgebert.kind-easy-exits-earlier': ({ levels }) =>
      levels
        .filter(({ method, level }) => method === 'early exit' && level > 1)
        .every((row) => {
          const easiest = levels.find(
            ({ seed, method, dropPercent, level }) =>
              seed === row.seed && method === row.method && dropPercent === row.dropPercent && level === 1,
          )
          return easiest !== undefined && easiest.actualExit < row.actualExit
        }),
    'edgebert.kind-drop-exits-earlier': ({ exits }) =>
      exits.every((row) =>
        exits
          .filter(({ seed, method, dropPercent }) => {
            return seed === row.seed && method === row.method && dropPercent > row.dropPercent
          })
          .every(({ exit }) => exit < row.exit),
      ),
    'edgebert.kind-predicted-later': ({ exits }) => inPairs(exits, (early, aware) => aware.exit > early.exit),
    'edgebert.kind-lai-comparable-exit': ({ exits }) =>
      inPairs(exits, (early, aware) => Math.abs(aware.actualExit / early.actualExit - 1) <= COMPARABLE),
    'edgebert.kind-lai-lower-threshold': ({ exits }) =>
      inPairs(exits, (early, aware) => aware.threshold < early.threshold),
  },
  reasons: {
    'edgebert.kind-predicted-later': {
      kind: 'finding',
      text: 'in seven of nine pairs the predicted exit is the earlier one: most sentences end after layers 1 to 3, and up to 12 % pass all twelve under early exit because their entropy never falls below the threshold, while the predictor ends all of them by layer 7',
    },
    'edgebert.kind-lai-comparable-exit': {
      kind: 'finding',
      text: 'in two of nine pairs it is earlier by more: with one point allowed to drop, 0.57 times in seed 1 and 0.69 in seed 2; the others are at 0.78 to 1.00 times; early exit runs what stays uncertain through all twelve layers, the predictor stops it after three; which pairs are out changes with the sentences: of 400, 600 and 1,200 one is, of 800 none',
    },
    'edgebert.kind-lai-lower-threshold': {
      kind: 'finding',
      text: 'ties: with 5 points allowed to drop, seeds 1 and 2 take the same threshold under both methods, near the largest entropy there is; in the seven other pairs it is lower; with 1,000 sentences, not 2,000, it is lower in all nine',
    },
  },
  figure: ({ exits, levels }) => {
    const kinds = ['early exit', 'predicted', 'actual']
    const bars = exits.flatMap(({ seed, method, dropPercent, exit, actualExit }) =>
      method === 'early exit'
        ? [{ seed, dropPercent, kind: 'early exit', layer: exit }]
        : [
            { seed, dropPercent, kind: 'predicted', layer: exit },
            { seed, dropPercent, kind: 'actual', layer: actualExit },
          ],
    )
    const x = { field: 'dropPercent', type: 'ordinal', title: 'accuracy drop [%-pt]', axis: { labelAngle: 0 } }
    const xOffset = { field: 'kind', sort: kinds, title: 'exit' }
    const title = 'average exit layer [layer]'
    return {
      description:
        'Left: average exit layer of our networks by the accuracy drop allowed on the dev part: of early exit, and of latency-aware inference the predicted and the actual one; bars are means of the three seeds, rules reach from the least to the most. Right: average exit layer under early exit by level of the sentences, 1 the easiest, with one point allowed to drop, a line for each seed. The paper prints exits of other networks, so that there is no printed value.',
      spacing: 30,
      hconcat: [
        {
          width: 300,
          height: 220,
          data: { values: bars },
          layer: [
            {
              mark: 'bar',
              encoding: {
                x,
                xOffset,
                y: { ...along('layer', title), aggregate: 'mean' },
                color: { field: 'kind', type: 'nominal', sort: kinds, title: 'exit' },
              },
            },
            {
              mark: { type: 'rule', aria: false },
              encoding: {
                x,
                xOffset,
                y: { ...along('layer', title), aggregate: 'min' },
                y2: { field: 'layer', aggregate: 'max' },
              },
            },
          ],
        },
        {
          width: 220,
          height: 220,
          data: {
            values: levels.filter(
              ({ method, dropPercent }) => method === 'early exit' && dropPercent === exits[0]?.dropPercent,
            ),
          },
          mark: { type: 'line', point: { size: 40 } },
          encoding: {
            x: { field: 'level', type: 'ordinal', title: 'level', axis: { labelAngle: 0 } },
            y: along('actualExit', title),
            color: { field: 'seed', type: 'nominal', title: 'seed' },
            strokeDash: { field: 'seed', type: 'nominal', legend: null },
          },
        },
      ],
      resolve: { scale: { color: 'independent' } },
    }
  },
})

interface ExitRow {
  readonly seed: number
  readonly method: Method
  readonly dropPercent: number
  readonly threshold: number
  readonly exit: number
  readonly actualExit: number
}

/** Whether something holds of both methods at every drop of every seed. */
function inPairs(
  exits: readonly (Omit<ExitRow, 'method'> & { readonly method: string })[],
  holds: (early: Omit<ExitRow, 'method'>, aware: Omit<ExitRow, 'method'>) => boolean,
): boolean {
  return exits
    .filter(({ method }) => method === 'early exit')
    .every((early) => {
      const aware = exits.find(
        ({ seed, method, dropPercent }) =>
          seed === early.seed && method === 'latency-aware' && dropPercent === early.dropPercent,
      )
      return aware !== undefined && holds(early, aware)
    })
}

export default table3Trained
await main(import.meta, table3Trained)

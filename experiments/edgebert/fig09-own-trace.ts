#!/usr/bin/env -S npx tsx
import type { ExitCount } from '../../lib/accelerators/edgebert/mod.ts'
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { mean } from '../../lib/numeric/mod.ts'
import { INFERENCE_PARAMS } from './shared/inference.ts'
import { SCHEMES, type Subject, schemeRows } from './shared/latency-aware-study.ts'
import { dvfsOf, STATE_CONSTANTS } from './shared/machine-params.ts'
import { edgebert } from './shared/tasks.ts'
import { accuracyOfEnded, type Ended } from './shared/trained-exit-choice.ts'
import { type JudgedNetwork, judgeNetwork, operate } from './shared/trained-exit-study.ts'
import {
  CHOICE_PARAMS,
  EXITS_PARAM,
  judgedSentences,
  openExits,
  sentencesParam,
  storedExits,
  tokensSeen,
  zerosShare,
} from './shared/trained-exits.ts'
import { VF_PARAM } from './shared/user-files.ts'

/** Energies that are not larger than this many times another are not more. */
const EQUAL = 1 + 1e-9

const fig09Own = experiment({
  id: 'edgebert/fig09-own-trace',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Fig. 9, in kind',
  title: 'Energy per sentence of the accelerator where exits and predictions are those of our own networks: in kind',
  params: {
    exits: EXITS_PARAM,
    devSentences: sentencesParam(400, 'sentences of the dev part that thresholds are chosen on'),
    testSentences: sentencesParam(400, 'sentences of the test part that run on the accelerator'),
    dropPercent: {
      type: 'number',
      value: 1,
      min: 0,
      max: 100,
      unit: '%-pt',
      source: edgebert('Sec. 8.2.1'),
      description: 'accuracy that may be lost on the dev part',
    },
    ...CHOICE_PARAMS,
    ...INFERENCE_PARAMS,
    targetsMs: {
      type: 'number',
      value: [50, 75, 100],
      distinct: true,
      unit: 'ms',
      source: edgebert('Fig. 9'),
      description: 'latency targets',
    },
    vf: VF_PARAM,
  },
  constants: STATE_CONSTANTS,
  schema: tables({
    networks: {
      seed: { type: 'integer', unit: '1', 'x-key': true, description: 'our networks, our task' },
      earlyExit: { type: 'number', unit: 'layer', description: 'mean' },
      predictedExit: { type: 'number', unit: 'layer', description: 'mean' },
      actualExit: { type: 'number', unit: 'layer', description: 'mean' },
      earlyAccuracy: { type: 'number', unit: '%' },
      awareAccuracy: { type: 'number', unit: '%' },
      nullHeads: {
        type: 'integer',
        unit: 'head',
        description: "our share of heads that are off, of the machine's heads",
      },
      encoderSparsity: { type: 'number', unit: '1', description: "zeros in our layer's matrices" },
    },
    schemes: {
      seed: { type: 'integer', unit: '1', 'x-key': true },
      scheme: { type: 'string', enum: SCHEMES, 'x-key': true },
      targetMs: { type: ['number', 'null'], unit: 'ms', 'x-key': true },
      voltage: { type: 'number', unit: 'V', description: 'mean over the sentences beyond layer 1' },
      ghz: { type: 'number', unit: 'GHz', description: 'likewise' },
      latencyMs: { type: 'number', unit: 'ms', description: 'mean' },
      energyUj: {
        type: 'number',
        unit: 'uJ',
        description: 'of ALBERT on this accelerator, ended as our sentences end',
      },
      overBase: { type: 'number', unit: '1', description: 'energy of Base over this' },
      overEarly: { type: 'number', unit: '1', description: 'energy of EE over this' },
      missedPercent: { type: 'number', unit: '%', description: 'sentences that end after the target' },
    },
  }),
  run({ params, files }) {
    const system = dvfsOf(params, files)
    const stored = storedExits({ params, files })
    const dev = judgedSentences('dev', params.devSentences)
    const test = judgedSentences('test', params.testSentences)
    const all = openExits(stored, [dev, test]).map((network) => {
      const { layers } = network.encoder.shape
      if (layers !== params.layers) {
        throw new RangeError(
          `Cannot run network ${network.seed}: layers must be its ${layers} (--set layers=${layers}), got ${params.layers}`,
        )
      }
      return traced(judgeNetwork(network, { dev, test }), params)
    })
    return {
      networks: all.map(({ row }) => row),
      schemes: all.flatMap(({ row, subject }) =>
        schemeRows({ ...params, nullHeads: [], encoderSparsity: [] }, system, subject).map((scheme) => ({
          seed: row.seed,
          scheme: scheme.scheme,
          targetMs: scheme.targetMs,
          voltage: scheme.voltage,
          ghz: scheme.ghz,
          latencyMs: scheme.latencyMs,
          energyUj: scheme.energyUj,
          overBase: scheme.overBase,
          overEarly: scheme.overEarly,
          missedPercent: scheme.missedPercent,
        })),
      ),
    }
  },
  claims: {
    'edgebert.kind-ee-saves-energy': ({ schemes }) =>
      schemes.filter(({ scheme }) => scheme === 'EE').every(({ overBase }) => overBase > 1),
    'edgebert.kind-lai-saves-energy': ({ schemes }) =>
      schemes.filter(({ scheme }) => scheme === 'LAI').every(({ overEarly }) => overEarly > 1),
    'edgebert.kind-aas-saves-energy': ({ schemes }) =>
      schemes
        .filter(({ scheme }) => scheme === 'LAI')
        .every((plain) => {
          const other = schemes.find(
            ({ seed, scheme, targetMs }) =>
              seed === plain.seed && scheme === 'LAI+AAS+Sparse' && targetMs === plain.targetMs,
          )
          if (!other) return false
          return other.energyUj < plain.energyUj && other.voltage <= plain.voltage && other.ghz < plain.ghz
        }),
    'edgebert.kind-target-saves-energy': ({ schemes }) =>
      schemes.every((row) =>
        schemes
          .filter(({ seed, scheme, targetMs }) => {
            return seed === row.seed && scheme === row.scheme && (targetMs ?? 0) > (row.targetMs ?? Infinity)
          })
          .every(({ energyUj }) => energyUj <= EQUAL * row.energyUj),
      ),
  },
  reasons: {
    'edgebert.kind-aas-saves-energy': {
      kind: 'finding',
      text: 'no head of our networks is off (edgebert.kind-null-heads), so that cycles, clock and voltage stay as they are; skipped zeros alone save energy, 1.40 times',
    },
  },
  figure: ({ schemes }) => {
    const bars = schemes.map((row) => ({
      ...row,
      energyMj: row.energyUj / 1000,
      label: row.targetMs === null ? row.scheme : `${row.scheme} T=${row.targetMs}`,
    }))
    const x = { field: 'label', type: 'nominal', sort: null, title: 'scheme and target [ms]', axis: { title: null } }
    const panels = [
      ['voltage', 'voltage [V]', 100],
      ['ghz', 'clock [GHz]', 100],
      ['energyMj', 'energy [mJ]', 180],
    ] as const
    return {
      description:
        'Mean supply voltage (top), mean clock (middle) and energy per sentence (bottom) of conventional inference (Base), early exit (EE), latency-aware inference (LAI) and that with null heads and zeros skipped, where sentences end as they do in our own networks; bars are means of the three seeds, rules reach from the least to the most. The paper draws other networks, so that there is no printed value.',
      data: { values: bars },
      vconcat: panels.map(([field, title, height]) => ({
        width: 320,
        height,
        layer: [
          {
            mark: 'bar',
            encoding: {
              x: field === 'energyMj' ? x : { ...x, axis: { title: null, labels: false, ticks: false } },
              y: { ...along(field, title), aggregate: 'mean', stack: null },
              color: { field: 'scheme', type: 'nominal', sort: null, title: 'scheme' },
            },
          },
          {
            mark: { type: 'rule', aria: false },
            encoding: {
              x: field === 'energyMj' ? x : { ...x, axis: { title: null, labels: false, ticks: false } },
              y: { ...along(field, title), aggregate: 'min' },
              y2: { field, aggregate: 'max' },
            },
          },
        ],
      })),
      config: { legend: { orient: 'top' } },
    }
  },
})

/** A network's sentences as something that the accelerator runs. */
function traced(
  judged: JudgedNetwork,
  params: { readonly dropPercent: number; readonly thresholdStep: number; readonly heads: number },
) {
  const { seed, encoder, spans } = judged.network
  const early = operate(judged, 'early exit', params).ended
  const aware = operate(judged, 'latency-aware', params).ended
  const off = spans.filter((span) => tokensSeen(span, encoder.shape.spanRamp as number, 1) === 0).length
  const nullHeads = Math.round((params.heads * off) / spans.length)
  const encoderSparsity = zerosShare(encoder, /^block0\.(qkv|attended|inner|outer)$/)
  const earlyExit = mean(early.map(({ actual }) => actual))
  const subject: Subject = {
    ...{ task: `seed ${seed}`, exits: 'trace', work: { nullHeads, encoderSparsity }, trace: counted(aware), earlyExit },
  }
  return {
    subject,
    row: {
      ...{ seed, earlyExit },
      predictedExit: mean(aware.map(({ predicted }) => predicted)),
      actualExit: mean(aware.map(({ actual }) => actual)),
      earlyAccuracy: 100 * accuracyOfEnded(early),
      awareAccuracy: 100 * accuracyOfEnded(aware),
      ...{ nullHeads, encoderSparsity },
    },
  }
}

/** Sentences by predicted and actual exit, counted. */
function counted(ended: readonly Ended[]): ExitCount[] {
  const counts = new Map<string, ExitCount>()
  for (const { predicted, actual } of ended) {
    const key = `${predicted} ${actual}`
    counts.set(key, { predicted, actual, count: (counts.get(key)?.count ?? 0) + 1 })
  }
  return [...counts.values()].sort((a, b) => a.predicted - b.predicted || a.actual - b.actual)
}

export default fig09Own
await main(import.meta, fig09Own)

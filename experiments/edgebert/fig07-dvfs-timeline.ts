#!/usr/bin/env -S npx tsx
import {
  DVFS_CONSTANTS,
  type DvfsSystem,
  nominalPoint,
  PHASES,
  runLatencyAware,
  waveform,
} from '../../lib/accelerators/edgebert/mod.ts'
import { alphaPowerTable, settleNs } from '../../lib/hardware/mod.ts'
import { along, experiment, main, printedAt, printedCrosses, tables } from '../../lib/harness/mod.ts'
import {
  CLASSES_PARAM,
  cyclesOf,
  DATAPATH_PARAMS,
  type DatapathValues,
  DVFS_PARAMS,
  datapathOf,
  dvfsOf,
  lawOf,
  NULL_HEADS_PARAM,
  SHAPE_PARAMS,
  STATE_CONSTANTS,
  THRESHOLD_WINDOW,
  toMs,
  VECTOR_SIZE_PARAM,
} from './shared/machine-params.ts'
import { edgebert } from './shared/tasks.ts'
import { VF_PARAM } from './shared/user-files.ts'

/** Sec. 7.4.3's sentence. */
const FIRST_EXIT = 8

const fig07 = experiment({
  id: 'edgebert/fig07-dvfs-timeline',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Fig. 7',
  title: 'Voltage and clock over a sequence of sentences',
  params: {
    predictedExits: {
      type: 'integer',
      value: [8, 5, 12, 1, 3],
      unit: 'layer',
      source: {
        kind: 'assumed',
        why: 'only the first, 8, is printed (Sec. 7.4.3); the others show other cases: early, last, first layer',
        range: '1 to 12',
      },
      description: 'predicted exit of each sentence',
    },
    actualExits: {
      type: 'integer',
      value: [8, 4, 10, 1, 3],
      unit: 'layer',
      source: {
        kind: 'assumed',
        why: 'the first runs to its prediction, as in Sec. 7.4.3',
        range: '1 to the predicted',
      },
      description: 'layer after which each sentence stops',
    },
    targetMs: {
      type: 'number',
      value: 50,
      unit: 'ms',
      source: edgebert('Sec. 7.4.3'),
      description: 'latency target',
    },
    periodMs: {
      type: 'number',
      value: 60,
      min: 0,
      unit: 'ms',
      source: {
        kind: 'assumed',
        why: 'leaves room to show the standby between sentences',
        range: '0 (back to back) upwards',
      },
      description: 'time between the starts of two sentences, if the first has ended; 0 runs them back to back',
    },
    standbyVoltage: { ...DVFS_CONSTANTS.standbyVoltage, type: 'number', description: 'voltage between sentences' },
    ...SHAPE_PARAMS,
    nullHeads: {
      type: 'integer',
      value: 0,
      min: 0,
      unit: 'head',
      source: { kind: 'assumed', why: 'Sec. 7.4.3 names no task', range: '0, 7 or 8' },
      description: 'heads without a span',
    },
    macVectorSize: VECTOR_SIZE_PARAM,
    classes: CLASSES_PARAM,
    ...DATAPATH_PARAMS,
    ...DVFS_PARAMS,
    vf: VF_PARAM,
  },
  constants: STATE_CONSTANTS,
  schema: tables({
    sentences: {
      sentence: { type: 'integer', unit: '1', 'x-key': true },
      predictedExit: { type: 'integer', unit: 'layer' },
      actualExit: { type: 'integer', unit: 'layer' },
      voltage: {
        type: 'number',
        unit: 'V',
        description: 'of the layers after the first; the nominal one if there are none',
      },
      ghz: { type: 'number', unit: 'GHz', description: 'likewise' },
      latencyMs: { type: 'number', unit: 'ms' },
      slackMs: { type: 'number', unit: 'ms', description: 'time left to the target; negative where it is missed' },
      settleNs: { type: 'number', unit: 'ns', description: 'of the regulator after layer 1' },
      feasible: {
        type: 'boolean',
        description: 'the clock can keep the target if the prediction holds, or the sentence ends at layer 1',
      },
    },
    waveform: {
      startMs: { type: 'number', unit: 'ms', 'x-key': true },
      endMs: { type: 'number', unit: 'ms' },
      sentence: { type: 'integer', unit: '1', 'x-key': true },
      phase: { type: 'string', enum: PHASES, 'x-key': true },
      layer: { type: ['integer', 'null'], unit: 'layer', 'x-key': true },
      voltage: { type: 'number', unit: 'V', description: 'at the end' },
      ghz: { type: 'number', unit: 'GHz', description: '0 while nothing is computed' },
    },
    example: {
      datapath: { type: 'string', 'x-key': true, description: 'what a layer takes, on this datapath or any' },
      layerMs: { type: 'number', unit: 'ms', description: 'of one layer at the fastest clock' },
      ghz: {
        type: 'number',
        unit: 'GHz',
        description: `that exit layer ${FIRST_EXIT} needs, or the fastest where that is not enough`,
      },
      voltage: { type: 'number', unit: 'V' },
      lowThresholdVoltage: {
        type: ['number', 'null'],
        unit: 'V',
        description: `voltage at the low end of the threshold's window, ${THRESHOLD_WINDOW[0]} V; none with a table or an alpha of your own`,
      },
      highThresholdVoltage: { type: ['number', 'null'], unit: 'V', description: `at ${THRESHOLD_WINDOW[1]} V` },
      fullSentenceMs: { type: 'number', unit: 'ms', description: 'all layers at the fastest clock' },
      claim: { type: 'string', 'x-claim': 'voltage' },
    },
  }),
  run({ params, files }) {
    const system = dvfsOf(params, files)
    const cycles = cyclesOf(params, params.nullHeads, datapathOf(params, params.macVectorSize, params.classes)).total
    const exits = params.predictedExits.map((predicted, i) => ({ predicted, actual: params.actualExits[i] as number }))
    checkSentences(params)
    const targetNs = params.targetMs * 1e6
    const nominal = nominalPoint(system)
    const stretches = waveform(system, exits, {
      cyclesPerLayer: cycles,
      targetNs,
      periodNs: params.periodMs * 1e6,
      standbyVoltage: params.standbyVoltage,
    })
    const layerMs = (nullHeads: number, change: Partial<DatapathValues>) =>
      toMs(
        cyclesOf(params, nullHeads, datapathOf({ ...params, ...change }, params.macVectorSize, params.classes)).total,
        nominal.maxGhz,
      )
    const times = [
      ...[...new Set([params.nullHeads, 0, ...NULL_HEADS_PARAM.value])]
        .filter((nullHeads) => nullHeads <= params.heads)
        .map((nullHeads): [string, number] => [
          `as the parameters say, ${nullHeads} null heads`,
          layerMs(nullHeads, {}),
        ]),
      ['half of the weights streamed over 64 bit', layerMs(0, { busBits: 64, streamDensity: 0.5 })] as const,
      ['all weights streamed over 64 bit', layerMs(0, { busBits: 64, streamDensity: 1 })] as const,
      ...OTHER_LAYER_MS.map((ms): [string, number] => [`any that takes ${ms} ms`, ms]),
    ]
    return {
      sentences: exits.map((exit, i) => {
        const run = runLatencyAware(system, exit, { cyclesPerLayer: cycles, targetNs })
        return {
          sentence: i + 1,
          predictedExit: exit.predicted,
          actualExit: exit.actual,
          voltage: run.setting.voltage,
          ghz: run.setting.ghz,
          latencyMs: run.latencyNs / 1e6,
          // A sentence that runs to its prediction ends on the target but for the last bits.
          slackMs: Math.abs(targetNs - run.latencyNs) < 1e-3 ? 0 : (targetNs - run.latencyNs) / 1e6,
          settleNs: settleNs(nominal.voltage, run.setting.voltage, system.regulator),
          feasible: run.setting.feasible,
        }
      }),
      waveform: stretches.map(({ startNs, endNs, sentence, ...rest }) => ({
        startMs: startNs / 1e6,
        endMs: endNs / 1e6,
        sentence: sentence + 1,
        ...rest,
      })),
      example: times.map(([datapath, ms]) => {
        const settingOf = (own: DvfsSystem) =>
          runLatencyAware(
            own,
            { predicted: FIRST_EXIT, actual: FIRST_EXIT },
            { cyclesPerLayer: ms * 1e6 * nominal.maxGhz, targetNs },
          ).setting
        const atThreshold = (thresholdVoltage: number) =>
          params.vf === '' && params.alpha === DVFS_PARAMS.alpha.value && thresholdVoltage < params.minVoltage
            ? settingOf({ ...system, table: alphaPowerTable(lawOf({ ...params, thresholdVoltage }), params) }).voltage
            : null
        const { ghz, voltage } = settingOf(system)
        return {
          datapath,
          layerMs: ms,
          ghz,
          voltage,
          lowThresholdVoltage: atThreshold(THRESHOLD_WINDOW[0]),
          highThresholdVoltage: atThreshold(THRESHOLD_WINDOW[1]),
          fullSentenceMs: ms * params.layers,
          claim: 'edgebert.fig7-example-vdd',
        }
      }),
    }
  },
  claims: {
    'edgebert.fig7-example-vdd': ({ sentences }) => sentences[0]?.voltage,
    'edgebert.fig7-example-exit': ({ sentences }) => sentences[0]?.predictedExit,
    'edgebert.fig7-latency-target': (_, p) => p.targetMs,
  },
  reasons: {
    'edgebert.fig7-example-vdd': {
      kind: 'finding',
      text: '4.38 ms a layer need 0.67 GHz, which 0.625 V allow; 0.7 V come out for 5.13 to 5.38 ms a layer (5.00 to 5.51 over the window of the threshold voltage), as with all weights streamed over the released bus; but then a sentence of 12 layers would take 60 to 66 ms and none could meet the 50 ms of Fig. 9. The figure is illustrative',
    },
  },
  errata: [
    {
      where: 'Sec. 5.2 and 7.4.3 against the released controller',
      printed: 'the predicted exit and the latency target choose the clock, a V/F table the voltage',
      shouldBe: 'undecided',
      arithmetic:
        'the released Dvfs.h knows neither predictor nor target: 16 fixed bins of the entropy lead straight to codes of oscillator and regulator, and with 10 bits of fraction an entropy of at most ln 3 = 1125 reaches only the first four',
    },
    {
      where: 'Fig. 7 against Fig. 9',
      printed: '0.7 V for exit layer 8 at 50 ms',
      shouldBe: 'undecided',
      arithmetic:
        '0.7 V for 7 more layers needs at least 5.0 ms a layer; 12 layers then take 60 ms at the fastest clock, beyond the 50 ms that Fig. 9 sets for sentences predicted to run through',
    },
  ],
  figure: ({ waveform: rows, sentences }, marks) => {
    const steps = rows.flatMap((row) => [
      { ms: row.startMs, voltage: row.voltage, ghz: row.ghz },
      { ms: row.endMs, voltage: row.voltage, ghz: row.ghz },
    ])
    const computed = (sentence: number, firstLayer: number) =>
      rows.filter((row) => row.sentence === sentence && row.phase === 'compute' && (row.layer ?? 0) >= firstLayer)
    const [first, last] = [computed(1, 2)[0], computed(1, 2).at(-1)]
    const printed = printedAt(marks, 'edgebert.fig7-example-vdd')
    const voltage = { scale: { domain: [0.4, 0.9] } }
    const x = along('ms', null, { says: 'time [ms]' })
    return {
      description:
        'Supply voltage in volt over time, and below it the clock in GHz, for a sequence of sentences whose predicted and actual exit layers stand above them: layer 1 runs at the nominal voltage, the others at the lowest that keeps the target, and the rest is standby. The cross is the voltage printed for encoders 2 to 8 of sentence 1. The paper draws the voltage alone, from a circuit simulation; its time axis is lost, and of its sentences only the first is printed.',
      vconcat: [
        {
          width: 700,
          height: 170,
          layer: [
            {
              data: { values: steps },
              mark: { type: 'line', interpolate: 'step-after' },
              encoding: {
                x,
                y: along('voltage', 'supply voltage [V]', voltage),
                description: { value: 'supply voltage [V] over time' },
              },
            },
            {
              data: {
                values: sentences.map(({ sentence, predictedExit, actualExit }) => ({
                  ms: computed(sentence, 1)[0]?.startMs ?? 0,
                  exits: `predicted ${predictedExit}, exit ${actualExit}`,
                })),
              },
              mark: { type: 'text', align: 'left', baseline: 'middle' },
              encoding: { x, y: { datum: 0.86 }, text: { field: 'exits', type: 'nominal', title: 'layers' } },
            },
            printedCrosses(
              printed === null || !first || !last ? [] : [{ ms: (first.startMs + last.endMs) / 2, printed }],
              { x, y: along('printed', 'supply voltage [V]', { ...voltage, says: 'printed voltage [V]' }) },
            ),
          ],
        },
        {
          width: 700,
          height: 110,
          data: { values: steps },
          mark: { type: 'line', interpolate: 'step-after' },
          encoding: {
            x: along('ms', 'time [ms]'),
            y: along('ghz', 'clock [GHz]'),
            description: { value: 'clock [GHz] over time' },
          },
        },
      ],
    }
  },
})

/** Times of a layer that no datapath here has, around where the printed voltage comes out. */
const OTHER_LAYER_MS = [5, 5.2, 5.4, 5.6]

function checkSentences(params: {
  readonly predictedExits: readonly number[]
  readonly actualExits: readonly number[]
  readonly layers: number
}): void {
  const { predictedExits, actualExits, layers } = params
  if (predictedExits.length !== actualExits.length) {
    throw new RangeError(
      `Cannot draw sentences: predictedExits and actualExits must have as many entries, got ${predictedExits.length} and ${actualExits.length}`,
    )
  }
  const deepest = Math.max(...predictedExits)
  if (deepest > layers) throw new RangeError(`Cannot draw sentences: exits must be at most ${layers}, got ${deepest}`)
}

export default fig07
await main(import.meta, fig07)

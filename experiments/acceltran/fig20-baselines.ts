#!/usr/bin/env -S npx tsx
import { EDGE, SERVER } from '../../lib/accelerators/acceltran/mod.ts'
import { decadeLabels, experiment, legendLine, main, printedAt, tables } from '../../lib/harness/mod.ts'
import type { Quantity } from '../../lib/numeric/mod.ts'
import { bertBase, bertTiny, layerOperators, macsOf, type Transformer } from '../../lib/workload/mod.ts'
import { computeCycles, simulateBatch, throughput } from './shared/batch-study.ts'
import { barsAndCrosses } from './shared/figures.ts'
import { LONG_SEQUENCE } from './shared/paper.ts'
import {
  allQuirks,
  BLOCK_CONSTANTS,
  defaultBatch,
  modelParams,
  NO_QUIRKS,
  QUIRK_PARAMS,
  SPARSITY_PARAMS,
  simulationVariants,
  TINY_SOURCE,
} from './shared/simulation-params.ts'

/** A platform in one panel of the figure: relative to the first one, by label and by the height of its bars. */
interface Platform {
  readonly panel: 'edge' | 'server'
  readonly platform: string
  /** In the ledger's ids. */
  readonly id: string
  readonly throughputLabel: number
  readonly throughputBar: number
  readonly energyLabel: number
  /** Energy relative to the first platform. */
  readonly energyBar: number
}

const platform = (
  panel: Platform['panel'],
  [name, id]: readonly [string, string],
  [throughputLabel, throughputBar, energyLabel, energyBar]: readonly [number, number, number, number],
): Platform => ({ panel, platform: name, id, throughputLabel, throughputBar, energyLabel, energyBar })

/** Labels and bars of the figure: results of the paper, taken as input for the ratios made from them. */
const PLATFORMS: readonly Platform[] = [
  platform('edge', ['Raspberry Pi CPU', 'rpi-cpu'], [1, 1, 1, 0.9999]),
  platform('edge', ['Intel NCS NPU', 'ncs-npu'], [2, 1.981, 5, 0.2003]),
  platform('edge', ['M1 CPU', 'm1-cpu'], [19, 19.283, 12, 0.08489]),
  platform('edge', ['M1 GPU', 'm1-gpu'], [1180, 1180.189, 394, 0.002537]),
  platform('edge', ['AccelTran-Edge', 'acceltran-edge'], [330578, 330535.47, 93300, 1.072e-5]),
  platform('server', ['A100', 'a100'], [1, 1, 1, 1]),
  platform('server', ['OPTIMUS', 'optimus'], [1, 1.07, 2, 0.5076]),
  platform('server', ['SpAtten', 'spatten'], [5, 4.597, 22, 0.04577]),
  platform('server', ['Energon', 'energon'], [11, 11.397, 2926, 0.0003419]),
  platform('server', ['AccelTran-Server', 'acceltran-server'], [63, 63.068, 10805, 9.258e-5]),
]
const REFERENCES = ['rpi-cpu', 'a100']

/** What a real A100 does per second at most, to see what a ratio implies. */
const A100_PEAK: Quantity = {
  value: 312,
  unit: 'TFLOP/s',
  source: { kind: 'public', which: 'NVIDIA A100 datasheet: FP16 on tensor cores, dense' },
}

const NEEDS_PLATFORM = 'needs the platform and its software; the number is a measured ratio'

const fig20 = experiment({
  id: 'acceltran/fig20-baselines',
  version: '1.0.0',
  paper: 'acceltran',
  item: 'Fig. 20',
  title: 'Ratios to other platforms: those that follow from others, and what they imply',
  params: {
    sequence: { ...modelParams(bertTiny, TINY_SOURCE).sequence, source: LONG_SEQUENCE },
    ...SPARSITY_PARAMS,
    ...QUIRK_PARAMS,
  },
  constants: { ...BLOCK_CONSTANTS, a100Peak: A100_PEAK, ...platformConstants() },
  variants: {
    'as-published': {
      why: `our throughputs by ${simulationVariants(false)['as-published'].why}`,
      set: allQuirks(false),
    },
    corrected: {
      why: `our throughputs with ${simulationVariants(false).corrected.why}`,
      set: NO_QUIRKS,
    },
  },
  schema: tables({
    ratios: {
      ratio: { type: 'string', 'x-key': true },
      fromLabels: { type: 'number', unit: '1' },
      fromBars: { type: 'number', unit: '1' },
    },
    platforms: {
      panel: { type: 'string', enum: ['edge', 'server'], 'x-key': true },
      platform: { type: 'string', 'x-key': true },
      throughput: { type: 'number', unit: '1', description: 'bar, relative to the first of the panel' },
      throughputLabel: { type: 'number', unit: '1' },
      energyReduction: { type: 'number', unit: '1', description: 'one over the bar' },
      energyLabel: { type: 'number', unit: '1' },
    },
    implied: {
      device: { type: 'string', 'x-key': true },
      model: { type: 'string' },
      load: {
        type: 'string',
        enum: ['excluded', 'included'],
        'x-key': true,
        description: "of the embeddings, in the accelerator's throughput",
      },
      acceleratorPerSecond: { type: 'number', unit: '1/s', description: 'simulated here' },
      baseline: { type: 'string' },
      baselinePerSecond: {
        type: 'number',
        unit: '1/s',
        description: "what the printed ratio makes of the baseline's throughput",
      },
      baselineGflops: { type: 'number', unit: 'GFLOP/s', description: 'dense work of a sequence times that' },
    },
  }),
  run({ params }) {
    const by = (id: string) => PLATFORMS.find((own) => own.id === id) as Platform
    const [server, energon] = [by('acceltran-server'), by('energon')]
    const pairs = [
      {
        ratio: 'throughput, Server over Energon',
        fromLabels: server.throughputLabel / energon.throughputLabel,
        fromBars: server.throughputBar / energon.throughputBar,
      },
      {
        ratio: 'energy, Energon over Server',
        fromLabels: server.energyLabel / energon.energyLabel,
        fromBars: energon.energyBar / server.energyBar,
      },
    ]
    const batches = [
      { device: 'AccelTran-Edge', settings: EDGE, model: bertTiny, baseline: 'Raspberry Pi CPU', id: 'acceltran-edge' },
      { device: 'AccelTran-Server', settings: SERVER, model: bertBase, baseline: 'A100', id: 'acceltran-server' },
    ].map(({ settings, model, ...rest }) => ({
      ...rest,
      model,
      batch: simulateBatch({
        ...defaultBatch(settings, model),
        ...params,
        // The published order of heads never ends for BERT-Base.
        positionsAsHeads: params.positionsAsHeads && model.heads < 3,
      }),
    }))
    return {
      ratios: pairs,
      platforms: PLATFORMS.map(({ panel, platform: name, throughputBar, throughputLabel, energyBar, energyLabel }) => ({
        panel,
        platform: name,
        throughput: throughputBar,
        throughputLabel,
        energyReduction: 1 / energyBar,
        energyLabel,
      })),
      implied: batches.flatMap(({ device, model, baseline, id, batch }) =>
        (['excluded', 'included'] as const).map((load) => {
          const perSecond = throughput(batch, load === 'excluded' ? computeCycles(batch) : batch.simulation.cycles)
          const baselinePerSecond = perSecond / by(id).throughputLabel
          return {
            device,
            model: model.name,
            load,
            acceleratorPerSecond: perSecond,
            baseline,
            baselinePerSecond,
            baselineGflops: (baselinePerSecond * 2 * macsOfSequence(model, params.sequence)) / 1e9,
          }
        }),
      ),
    }
  },
  claims: {
    'acceltran.srv-energon-thr': ({ ratios }) => ratios[0]?.fromBars,
    'acceltran.abs-srv-thr': ({ ratios }) => ratios[0]?.fromBars,
    'acceltran.conc-srv-thr': ({ ratios }) => ratios[0]?.fromBars,
    'acceltran.srv-energon-energy': ({ ratios }) => ratios[1]?.fromBars,
    'acceltran.abs-srv-energy': ({ ratios }) => ratios[1]?.fromBars,
    'acceltran.conc-srv-energy': ({ ratios }) => ratios[1]?.fromBars,
    ...Object.fromEntries(
      ['edge-rpi', 'abs-edge', 'conc-edge', 'srv-a100'].flatMap((id) =>
        ['thr', 'energy'].map((quantity) => [`acceltran.${id}-${quantity}`, { unreachable: NEEDS_PLATFORM }]),
      ),
    ),
    ...Object.fromEntries(
      PLATFORMS.flatMap(({ id }) =>
        ['thr', 'energy'].map((quantity) => [
          `acceltran.fig20-${id}-${quantity}`,
          REFERENCES.includes(id)
            ? { assumption: 'the platform that its panel is relative to' }
            : { unreachable: NEEDS_PLATFORM },
        ]),
      ),
    ),
    ...Object.fromEntries(
      ['m1-cpu', 'm1-gpu', 'm1-mem', 'a100-mem', 'node', 'quant'].map((id) => [
        `acceltran.${id}`,
        { assumption: 'belongs to the measured baselines, enters no model' },
      ]),
    ),
  },
  errata: [
    {
      where: 'Abstract, Sec. V-F, VII: throughput over Energon',
      printed: '5.73x',
      shouldBe: '5.53',
      arithmetic: 'the labels 63 and 11 give 5.73; the bars they stand for are 63.07 and 11.40 high and give 5.53',
      claims: ['acceltran.srv-energon-thr', 'acceltran.abs-srv-thr', 'acceltran.conc-srv-thr'],
    },
    {
      where: 'Sec. V-F, Fig. 20a: throughput over a Raspberry Pi',
      printed: '330,578x',
      shouldBe: 'undecided',
      arithmetic:
        'with our 31,542 sequences per second of the edge device, which leave out the load of the embeddings, a Raspberry Pi 4 would take 10 s for a sequence of 0.67 GFLOP, 64 MFLOP/s (table implied); its four cores of 1.5 GHz do 48 GFLOP/s at most, eight a cycle each. Either the baseline is off by more than an order of magnitude or the ratio is not that of Sec. V-F',
    },
    {
      where: 'Sec. V-F, Fig. 20b: throughput over the A100',
      printed: '63x',
      shouldBe: 'undecided',
      arithmetic:
        'with our 2,502 sequences per second of the server (heads repaired, load left out) an A100 would do 40 sequences of BERT-Base per second, 3.8 TFLOP/s of the 312 it has in FP16 (table implied)',
    },
  ],
  headlines: {
    'acceltran.abs-edge-thr':
      'needs the Raspberry Pi; beside our 31,542 sequences per second the ratio leaves it 0.1, which is 64 MFLOP/s',
    'acceltran.abs-edge-energy': 'needs the energy of a Raspberry Pi 4 measured; the paper prints the ratio alone',
    'acceltran.abs-srv-thr':
      'the bars of Fig. 20, inputs here, are 63.07 and 11.40 high; the printed ratio divides their rounded labels 63 and 11',
    'acceltran.abs-srv-energy':
      'quotient of two bars of Fig. 20, which are inputs here: neither energy is simulated or measured',
  },
  figure: ({ platforms, ratios }, marks) => ({
    description:
      'Throughput and energy of (a) edge and (b) server platforms on logarithmic axes, relative to the first of each row: grey bars are the published figure itself, an input here, as the platforms cannot be measured. The last row has factors of AccelTran-Server over Energon, blue bars from the heights of the published bars, crosses printed.',
    title: legendLine('grey bars: as published, an input; blue bars: derived from them; crosses: printed'),
    vconcat: [
      ...(['edge', 'server'] as const).map((panel, index) => ({
        hconcat: [
          { field: 'throughput', title: 'throughput, relative [1]', floor: 0.1 },
          { field: 'energy', title: 'energy, relative [1]', floor: 1e-6 },
        ].map(({ field, title, floor }) => ({
          title: `(${'ab'[index]}) ${panel}: ${field}`,
          width: 290,
          height: 150,
          data: {
            values: platforms
              .filter((row) => row.panel === panel)
              .map((row) => ({ ...row, energy: 1 / row.energyReduction })),
          },
          mark: { type: 'bar', color: '#999999' },
          encoding: {
            x: {
              field: 'platform',
              type: 'nominal',
              sort: null,
              title: 'platform',
              axis: { title: null, labelAngle: -20 },
            },
            y: {
              field,
              type: 'quantitative',
              stack: null,
              scale: { type: 'log', domainMin: floor, nice: true },
              title,
              axis: decadeLabels('.0e'),
            },
            y2: { datum: floor },
          },
        })),
      })),
      {
        title: 'AccelTran-Server over Energon',
        width: 290,
        height: 60,
        data: {
          values: ratios.map(({ fromBars }, index) => ({
            quantity: ['throughput', 'energy saved'][index],
            fromBars,
            printed: printedAt(marks, `acceltran.srv-energon-${['thr', 'energy'][index]}`),
          })),
        },
        encoding: {
          y: { field: 'quantity', type: 'nominal', sort: null, title: 'quantity', axis: { title: null } },
        },
        layer: barsAndCrosses('x', { field: 'fromBars', title: 'factor [1]' }, { printed: 'printed' }),
      },
    ],
  }),
})

/** Multiply-accumulates of a sequence. */
function macsOfSequence(model: Transformer, sequence: number): number {
  const layer = layerOperators(model, { tokens: sequence, context: sequence })
  return model.layers * layer.reduce((sum, op) => sum + macsOf(op), 0)
}

/** The figure's labels and bars as constants with their source. */
function platformConstants(): Readonly<Record<string, Quantity>> {
  const source = {
    kind: 'public',
    which: "AccelTran Fig. 20 (a result of the paper, taken as input), bars read off the authors' vector figure",
  } as const
  return Object.fromEntries(
    PLATFORMS.flatMap(({ id, throughputLabel, throughputBar, energyLabel, energyBar }) => [
      [`${id}.throughputLabel`, { value: throughputLabel, unit: '1', source }],
      [`${id}.throughputBar`, { value: throughputBar, unit: '1', source }],
      [`${id}.energyLabel`, { value: energyLabel, unit: '1', source }],
      [`${id}.energyBar`, { value: energyBar, unit: '1', source }],
    ]),
  )
}

export default fig20
await main(import.meta, fig20)

#!/usr/bin/env -S npx tsx
import {
  DVFS_CONSTANTS,
  layerWeights,
  memoryArea,
  peakFigures,
  spannedLayer,
  streamedBytes,
} from '../../lib/accelerators/edgebert/mod.ts'
import { RERAM_CELLS, reramCell, SRAM_AREA_CONSTANTS, sramAreaMm2 } from '../../lib/hardware/mod.ts'
import { along, experiment, main, tables } from '../../lib/harness/mod.ts'
import { albertBase } from '../../lib/workload/mod.ts'
import { EMBEDDING_PARAMS, embeddingBytes } from './shared/embedding-params.ts'
import { VECTOR_SIZE_PARAM, WEIGHT_BITS } from './shared/machine-params.ts'
import { POWER_PARAMS } from './shared/power-params.ts'
import { edgebert } from './shared/tasks.ts'

const BYTES_PER_MB = 1e6

const fig10 = experiment({
  id: 'edgebert/fig10-area-power',
  version: '1.0.0',
  paper: 'edgebert',
  item: 'Fig. 10',
  title: 'Area and power: what the text and the release let one add up; the breakdown itself is in a lost image',
  params: {
    ...EMBEDDING_PARAMS,
    macVectorSize: VECTOR_SIZE_PARAM,
    clockGhz: { ...DVFS_CONSTANTS.maxGhz, type: 'number', description: 'clock' },
    powerMw: { ...POWER_PARAMS.powerMw, description: 'average power of the accelerator, at this n and clock' },
    areaMm2: {
      type: 'number',
      value: 1.4,
      unit: 'mm2',
      source: edgebert('Sec. 8.2.2, Fig. 10 (a result; only the remainder of table area uses it)'),
      description: 'area of the placed and routed accelerator',
    },
    nodeNm: { type: 'number', value: 12, unit: 'nm', source: edgebert('Abstract'), description: 'process node' },
    decoderKib: {
      type: 'number',
      value: 64,
      unit: 'KiB',
      source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 hw/cmod Spec.h: 4096 vectors of 16 byte' },
      description: 'data memory of each of the two decoders',
    },
    decoderMaskKib: {
      type: 'number',
      value: 8,
      unit: 'KiB',
      source: { kind: 'public', which: 'harvard-acc/EdgeBERT 1249ed7 hw/cmod Spec.h: 4096 masks of 16 bit' },
      description: 'mask memory of each decoder',
    },
    auxKib: { type: 'number', value: 32, unit: 'KiB', source: edgebert('Sec. 7.4'), description: 'auxiliary buffer' },
    encoderDensity: {
      type: 'number',
      value: 0.5,
      max: 1,
      unit: '1',
      source: edgebert('Table 3, the densest tasks'),
      description: "share of an encoder layer's weights that is not zero",
    },
  },
  constants: {
    ...RERAM_CELLS,
    ...SRAM_AREA_CONSTANTS,
    pllMw: DVFS_CONSTANTS.pllMw,
    maxLoadMa: DVFS_CONSTANTS.maxLoadMa,
  },
  schema: tables({
    area: {
      block: { type: 'string', 'x-key': true },
      kib: { type: ['number', 'null'], unit: 'KiB' },
      areaMm2: { type: 'number', unit: 'mm2' },
      sharePercent: { type: 'number', unit: '%', description: 'of the printed total' },
    },
    storage: {
      content: { type: 'string', 'x-key': true },
      megabytes: { type: 'number', unit: 'MB', description: '10^6 byte' },
      overDecoders: { type: 'number', unit: '1', description: 'over the data memories of both decoders' },
      areaAsSramMm2: { type: 'number', unit: 'mm2', description: 'if it were kept in SRAM of this node' },
    },
    power: {
      quantity: { type: 'string', 'x-key': true },
      value: { type: 'number', unit: '1' },
      unit: { type: 'string' },
    },
  }),
  run({ params }) {
    const embedding = embeddingBytes(params, params.vocabulary)
    const known = memoryArea({
      ...params,
      embedding,
      valueMm2PerMb: reramCell('mlc2').mm2PerMb,
      maskMm2PerMb: reramCell('slc').mm2PerMb,
    })
    const rest = params.areaMm2 - known.reduce((sum, { areaMm2 }) => sum + areaMm2, 0)
    if (rest < 0) {
      throw new RangeError(
        `Cannot divide the area: areaMm2 must be at least the ${params.areaMm2 - rest} mm2 of the memories, got ${params.areaMm2}`,
      )
    }
    const weights = layerWeights(spannedLayer(albertBase, { tokens: 128, nullHeads: 0 }))
    const bytes = (density: number) => streamedBytes(weights, { weightBits: WEIGHT_BITS, density })
    const peak = peakFigures(params.macVectorSize, params)
    return {
      area: [...known, { block: 'everything else (total less the above)', kib: null, areaMm2: rest }].map((row) => ({
        ...row,
        sharePercent: (100 * row.areaMm2) / params.areaMm2,
      })),
      storage: [
        { content: "an encoder layer's weights, dense", bytes: bytes(1) },
        { content: "an encoder layer's weights, sparse with mask", bytes: bytes(params.encoderDensity) },
        { content: 'the embedding, sparse with mask', bytes: embedding.totalBytes },
      ].map(({ content, bytes: size }) => ({
        content,
        megabytes: size / BYTES_PER_MB,
        overDecoders: size / (2 * params.decoderKib * 1024),
        areaAsSramMm2: sramAreaMm2(size, params.nodeNm),
      })),
      power: [
        { quantity: 'MACs', value: peak.macs, unit: 'MAC' },
        { quantity: 'cycles of a tile', value: params.macVectorSize, unit: 'cycle' },
        { quantity: 'energy per MAC and cycle', value: peak.pjPerMac, unit: 'pJ' },
        { quantity: 'peak throughput', value: peak.teraFlopPerS, unit: 'TFLOP/s' },
        { quantity: 'peak efficiency', value: peak.teraFlopPerJ, unit: 'TFLOPS/W' },
        { quantity: 'power density', value: params.powerMw / params.areaMm2, unit: 'mW/mm2' },
        { quantity: 'PLL, of the power', value: (100 * DVFS_CONSTANTS.pllMw.value) / params.powerMw, unit: '%' },
        { quantity: 'load current', value: params.powerMw / DVFS_CONSTANTS.nominalVoltage.value, unit: 'mA' },
      ],
    }
  },
  claims: {
    'edgebert.area': {
      unreachable:
        'placement and routing in a commercial 12 nm process; the parts that can be added up are in table area',
    },
    'edgebert.power': (_, p) => p.powerMw,
    'edgebert.abs-node': (_, p) => p.nodeNm,
    'edgebert.mac-count': ({ power }) => power[0]?.value,
    'edgebert.tile-cycles': ({ power }) => power[1]?.value,
    'edgebert.accum-bits': { assumption: 'no model depends on it; eq4-layernorm shows what narrower sums do' },
  },
  errata: [
    {
      where: 'Sec. 7.2 and Fig. 6, memory for encoder weights',
      printed: 'no memory named that could hold them',
      shouldBe: 'undecided',
      arithmetic:
        'a layer has 7.08 M weights: 7.08 MB dense, 4.42 MB at half density with their mask, 34 times the two decoders; as 12 nm SRAM they alone would take 0.8 mm2 of the 1.4',
    },
  ],
  figure: ({ area }) => ({
    description:
      'Area of the blocks that can be worked out, in square millimetres, and of all others together, which is what the printed total leaves. The paper draws the layout and breaks down area and power; its shares are in a lost image, so that none is marked here, and nothing but the PLL of its power can be worked out.',
    width: 420,
    height: { step: 24 },
    data: { values: area },
    mark: 'bar',
    encoding: {
      x: along('areaMm2', 'area [mm2]'),
      y: { field: 'block', type: 'nominal', sort: null, title: 'block', axis: { title: null, labelLimit: 420 } },
    },
  }),
})

export default fig10
await main(import.meta, fig10)

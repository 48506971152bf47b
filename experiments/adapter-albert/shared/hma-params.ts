import {
  ACTIVATION_ROOMS,
  AREA_RULES,
  COMPUTES,
  DENSITY_CONSTANTS,
  EMBEDDING_READS,
  FILLS,
  RESIDENCES,
  SWITCHINGS,
  WEIGHT_READS,
} from '../../../lib/accelerators/hma/mod.ts'
import {
  ACCESS_TIMES,
  COMPOSITIONS,
  dramStream,
  LPDDR3_1600,
  LPDDR4_2400,
  NVSIM_SOURCE,
  RERAM_CELLS,
  SRAM_AREA_CONSTANTS,
  WORD_CELLS,
} from '../../../lib/hardware/mod.ts'
import type { Param, ParamValues } from '../../../lib/harness/mod.ts'
import type { Quantity, Source } from '../../../lib/numeric/mod.ts'
import { ENCODER_PARAMS } from './encoder-params.ts'
import { MEMORY_FILE, MOST_WIDTH, TASK_FILE } from './hma-files.ts'
import { adapterAlbert, assumed } from './paper.ts'

/** DRAMs that tasks are loaded from; `own` takes the two numbers beside it. */
const DRAMS = ['lpddr4', 'lpddr3', 'own'] as const

/** A switch that as-published takes from the combination closest to the printed numbers; what the others rest on. */
const switched = (others: string): Source => ({
  kind: 'calibrated',
  against: 'the six numbers of Fig. 6, in variant as-published alone',
  method: 'the choice of the combination that comes closest to all six (fig06-assumption-space)',
  window: `nothing is fitted in the other variants: ${others}`,
})
const choice = <const C extends readonly [string, ...string[]], const V extends C[number]>(
  choices: C,
  value: V,
  source: Source,
  description: string,
) => ({ type: 'string', value, choices, unit: '1', source, description }) as const

/** The model, as it is pruned and read. */
const MODEL_PARAMS = {
  ...ENCODER_PARAMS,
  sharedLayers: {
    type: 'boolean',
    value: true,
    unit: '1',
    source: {
      kind: 'derived',
      how: 'adapter-ALBERT Sec. I, Fig. 1: layers are identical; adapters, too, or Table II would list twelve times as many',
    },
    description: 'all layers share one set of weights, adapters included, as in ALBERT',
  },
  tokens: {
    type: 'integer',
    value: 128,
    max: 65536,
    unit: 'token',
    source: assumed('the paper gives no length; EdgeBERT, whose accelerator this is, takes 128', '64 to 512'),
    description: 'tokens of a sentence',
  },
  embeddingSparsity: {
    type: 'number',
    value: 0.471,
    min: 0,
    max: 1,
    unit: '1',
    source: assumed(
      'zeros of the embedding are 18.8 % of all parameters (Sec. III-B1); over its printed share of 39.9 %, a result of the paper taken as input, that is 0.471; that CSP-all prunes it as CSP-embd does is our guess',
      '0.30 to 0.56, the latter over its counted share of 33.4 %',
    ),
    description: 'zeros among the parameters of the embedding',
  },
  backboneSparsity: {
    type: 'number',
    value: 0.517,
    min: 0,
    max: 1,
    unit: '1',
    source: assumed(
      'Eq. 1 for 50 % in all with 0.471 in the embedding: 0.515 by counts if all that tasks share is pruned, 0.520 by the printed shares; between the two',
      '0.50 to 0.69',
    ),
    description: 'zeros among the other parameters that tasks share',
  },
} as const satisfies Record<string, Param>

/** The tasks. */
const TASK_PARAMS = {
  tasks: {
    type: 'integer',
    value: 3,
    max: 1000,
    unit: 'task',
    source: adapterAlbert('Sec. IV-C: a 3-task MTI scenario'),
    description: 'tasks, equally often, where no file describes them',
  },
  adapterSizes: {
    type: 'integer',
    value: [64, 64],
    max: MOST_WIDTH,
    unit: 'feature',
    source: adapterAlbert('Sec. III-A, III-B2: 64 + 64 by default, 32 to 128 for each module'),
    description: 'bottleneck widths of the adapters of a layer',
  },
  labels: {
    type: 'integer',
    value: 3,
    max: 65536,
    unit: 'label',
    source: adapterAlbert('Sec. IV-C: the dataset with the most labels counts, MNLI with 3'),
    description: "outputs of a task's classifier",
  },
  switching: choice(
    SWITCHINGS,
    'alternating',
    assumed(
      'an update "whenever a new task needs to be executed" (Sec. IV-C), the most there can be; no rate is given',
      'alternating to never',
    ),
    'how tasks follow each other: as often another one as their shares allow, drawn by their shares, or at switchRate',
  ),
  switchRate: {
    type: 'number',
    value: 1,
    min: 0,
    max: 1,
    unit: '1',
    source: assumed('the paper gives no rate', '0 to 1'),
    description: 'share of inferences that follow one of another task, with switching=rate',
  },
  taskFile: {
    type: 'string',
    value: '',
    file: true,
    unit: '1',
    source: assumed('empty: tasks that are alike; yours go here', 'a CSV file'),
    description: TASK_FILE,
  },
} as const satisfies Record<string, Param>

/** The machine around the model. */
const MACHINE_PARAMS = {
  memories: {
    type: 'string',
    value: '',
    file: true,
    unit: '1',
    source: assumed("empty: NVSim's macros at 22 nm; yours go here", 'a CSV file'),
    description: MEMORY_FILE,
  },
  smallestKib: {
    type: 'integer',
    value: 64,
    max: 4_194_304,
    unit: 'KiB',
    source: assumed('the smallest macro of the sweep', '64 to 1024'),
    description: 'macros of less capacity (cells) are not used',
  },
  valueCellBits: {
    type: 'integer',
    value: 2,
    max: 3,
    unit: 'bit',
    source: adapterAlbert('Sec. II-B: non-zero values in 2-bit cells'),
    description: 'bits per cell of the values; of 3 the sweep has one macro, and sec4b-bitmask-faults what is misread',
  },
  composition: choice(
    COMPOSITIONS,
    'cover',
    switched(
      'literal and corrected take macros "so that the overall memory size is at the closest value exceeding the application requirements" (Sec. IV-C), and as few as possible; that several such covers are compared by latency and energy would be cover-fastest',
    ),
    'how macros make up a memory: one that holds all; the closest cover, of fewest macros; of closest covers the fastest',
  ),
  accessTime: choice(
    ACCESS_TIMES,
    'bandwidth',
    switched('they take the bandwidths of the macros (Sec. IV-C), which NVSim gives'),
    'what an access takes: its share of the bandwidth, or its latency, one after the other',
  ),
  dram: choice(
    DRAMS,
    'lpddr4',
    assumed(
      'modelled "using a similar approach to the one introduced in TETRIS" (Sec. IV-C), whose constants are not given',
      'lpddr3, lpddr4',
    ),
    'DRAM: a 64-bit channel of LPDDR4-2400 or of LPDDR3-1600, or dramPjPerBit and dramGbPerS',
  ),
  dramPjPerBit: {
    type: 'number',
    value: 4.6,
    min: 0,
    max: 1000,
    unit: 'pJ/bit',
    source: {
      kind: 'public',
      which: 'gaomy3832/energydram 09f6655: LPDDR3-1600 x32, burst read 4.59 pJ/bit, background left out',
    },
    description: 'energy of DRAM, with dram=own',
  },
  dramGbPerS: {
    type: 'number',
    value: 6.4,
    min: 1e-6,
    max: 100_000,
    unit: 'GB/s',
    source: { kind: 'public', which: 'gaomy3832/energydram 09f6655: LPDDR3-1600 x32' },
    description: 'bandwidth of DRAM, with dram=own',
  },
  macs: {
    type: 'integer',
    value: 256,
    max: 16_777_216,
    unit: 'MAC',
    source: adapterAlbert('Sec. II-B'),
    description: 'multiply-accumulate units',
  },
  clockGhz: {
    type: 'number',
    value: 1,
    min: 1e-6,
    max: 100,
    unit: 'GHz',
    source: adapterAlbert('Sec. II-B'),
    description: 'clock of the multiply-accumulate units',
  },
  areaRule: choice(
    AREA_RULES,
    'macros',
    switched('they take the macros that hold everything, of one node (Sec. IV-C names NVMExplorer)'),
    "area of the macros, or bytes times a density: EdgeBERT's, for memories of yours that of their largest macro",
  ),
  acceleratorMm2: {
    type: 'number',
    value: 0,
    min: 0,
    max: 10_000,
    unit: 'mm2',
    source: assumed(
      'area of all but the memories, which the paper does not give; EdgeBERT has 1.4 mm2 at 12 nm',
      '0 to 4.7',
    ),
    description: 'area beside the memories',
  },
  idleMs: {
    type: 'number',
    value: 0,
    min: 0,
    max: 1e9,
    unit: 'ms',
    source: assumed('the paper gives no rate of inferences', '0 to 1000'),
    description: 'time between inferences in which SRAM leaks to keep its contents and RRAM is off, with leakage=true',
  },
} as const satisfies Record<string, Param>

/** What the paper leaves open of an inference. */
const OPTION_PARAMS = {
  resident: choice(
    RESIDENCES,
    'none',
    switched(
      'Sec. IV-C: "stores only the parameters required to process the current task" (memory-only: those of all)',
    ),
    'which designs keep the parameters of all tasks on chip: none, those with adapters, all; others reload them from DRAM',
  ),
  activationRoom: choice(
    ACTIVATION_ROOMS,
    'all heads',
    assumed('Sec. II-B: SRAM stores activations, too; not how many', 'none to all heads'),
    'what of the activations takes room in SRAM: none, all with the scores of one head, or of all heads',
  ),
  weightReads: choice(
    WEIGHT_READS,
    'once',
    assumed(
      'NVMExplorer 16eb289 data/workload_data/dnn_inputs.py counts 1.17e7 reads per ALBERT inference, each parameter once; without buffers for a whole layer each layer reads it again',
      'once, every layer',
    ),
    'how often weights that layers share are read: once in an inference, or again by every layer',
  ),
  embeddingReads: choice(
    EMBEDDING_READS,
    'sentence',
    switched('a sentence needs the rows of its tokens; NVMExplorer counts the whole table'),
    'what of the embedding is read: the rows of a sentence, or the whole table',
  ),
  activationTraffic: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: assumed("the paper speaks of parameters alone; NVMExplorer's count, too", 'true or false'),
    description: 'activations are written to SRAM and read from it',
  },
  fill: choice(
    FILLS,
    'serial',
    switched('literal adds the two up, corrected writes while DRAM streams; the text says nothing'),
    'when SRAM is filled from DRAM: after it, while it streams (the slower one counts), or at no time',
  ),
  compute: choice(
    COMPUTES,
    'none',
    switched(
      'the text leaves out the energy of computing and says nothing of its time (none); 256 units at 1 GHz take theirs in any format (fixed). No text supports "bits squared"',
    ),
    'what time computing takes: none, its cycles in every format, or with the square of the bits fewer',
  ),
  leakage: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: assumed('the paper does not speak of leakage; NVMExplorer reports it', 'true or false'),
    description: 'memories on chip leak',
  },
} as const satisfies Record<string, Param>

const { adapterSizes, ...OTHER_TASK_PARAMS } = TASK_PARAMS
const { composition, accessTime, dram, dramPjPerBit, dramGbPerS, areaRule, acceleratorMm2, ...OTHER_MACHINE_PARAMS } =
  MACHINE_PARAMS

/** What the text leaves open; {@link READINGS} are values of these. */
export const SWITCH_PARAMS = {
  ...OPTION_PARAMS,
  adapterSizes,
  composition,
  accessTime,
  dram,
  areaRule,
  acceleratorMm2,
} as const satisfies Record<string, Param>
/** Values of all switches. */
export type HmaSwitches = ParamValues<typeof SWITCH_PARAMS>

/** The model, the tasks and the machine, as far as the text does not leave them open. */
export const SCENARIO_PARAMS = {
  ...MODEL_PARAMS,
  ...OTHER_TASK_PARAMS,
  ...OTHER_MACHINE_PARAMS,
} as const satisfies Record<string, Param>
export type ScenarioValues = ParamValues<typeof SCENARIO_PARAMS>

/** A DRAM of one's own. */
export const OWN_DRAM_PARAMS = { dramPjPerBit, dramGbPerS } as const satisfies Record<string, Param>

/** All that the study of the heterogeneous memory depends on. */
export const HMA_PARAMS = { ...SCENARIO_PARAMS, ...SWITCH_PARAMS, ...OWN_DRAM_PARAMS } as const
/** Values of {@link HMA_PARAMS}; the DRAM of one's own counts where it is chosen. */
export type HmaValues = ScenarioValues & HmaSwitches & Partial<ParamValues<typeof OWN_DRAM_PARAMS>>

const stream = (device: typeof LPDDR4_2400, of: 'totalPjPerBit' | 'bandwidthGbPerS', unit: string): Quantity => ({
  value: dramStream(device)[of],
  unit,
  source: device.source,
})

/** Constants of the study that are no parameters. */
export const HMA_CONSTANTS = {
  // All macros of the sweep, which are too many to list, have the same source.
  nvsimWordCells: { value: WORD_CELLS, unit: 'cell', source: NVSIM_SOURCE },
  slcAreaMm2PerMb: RERAM_CELLS.slcAreaMm2PerMb,
  mlc2AreaMm2PerMb: RERAM_CELLS.mlc2AreaMm2PerMb,
  mlc3AreaMm2PerMb: RERAM_CELLS.mlc3AreaMm2PerMb,
  sramCellF2: SRAM_AREA_CONSTANTS.cellF2,
  sramEfficiency: SRAM_AREA_CONSTANTS.efficiency,
  ...DENSITY_CONSTANTS,
  lpddr4PjPerBit: stream(LPDDR4_2400, 'totalPjPerBit', 'pJ/bit'),
  lpddr4GbPerS: stream(LPDDR4_2400, 'bandwidthGbPerS', 'GB/s'),
  lpddr3PjPerBit: stream(LPDDR3_1600, 'totalPjPerBit', 'pJ/bit'),
  lpddr3GbPerS: stream(LPDDR3_1600, 'bandwidthGbPerS', 'GB/s'),
} as const satisfies Record<string, Quantity>

/** Area of EdgeBERT's accelerator, for readings that add it to the memories. */
export const EDGEBERT_MM2 = {
  value: 1.4,
  unit: 'mm2',
  source: { kind: 'paper', where: 'EdgeBERT Sec. 8.2, Fig. 10: 12 nm' },
} as const satisfies Quantity

/**
 * Close to the text: the closest cover, a load at every change of task, all tasks with the largest adapters, no time and no
 * area but those of memories.
 */
const LITERAL: HmaSwitches = {
  resident: 'none',
  adapterSizes: [128, 128],
  activationRoom: 'all heads',
  composition: 'cover',
  accessTime: 'bandwidth',
  weightReads: 'once',
  embeddingReads: 'sentence',
  activationTraffic: false,
  fill: 'serial',
  compute: 'none',
  leakage: false,
  dram: 'lpddr4',
  areaRule: 'macros',
  acceleratorMm2: 0,
}

/** Ways to read Sec. IV-C as variants, by name; the first is judged. */
export const READINGS = {
  'as-published': {
    why: 'no reading gives the printed numbers; of all combinations in fig06-assumption-space this one comes closest and was SELECTED for that, so that its agreement predicts nothing. It departs from the text: adapters of all tasks stay on chip, accesses follow one another, area goes by the densities of EdgeBERT, and computing takes a sixteenth of the time in a quarter of the bits, without which no combination comes within a factor of 2',
    set: {
      ...LITERAL,
      resident: 'adapters',
      accessTime: 'latency',
      embeddingReads: 'table',
      fill: 'overlapped',
      compute: 'bits squared',
      areaRule: 'densities',
    },
  },
  'memory-only': {
    why: 'memory traffic alone: adapters of all tasks stay on chip, one macro for each memory, each parameter read once; picked by hand because it is near some of the numbers',
    set: { ...LITERAL, resident: 'adapters', adapterSizes: [64, 64], composition: 'single' },
  },
  literal: {
    why: 'close to the text: parameters are loaded from DRAM at every change of task, macros of the closest total capacity, all tasks with the largest adapters; nothing but memories takes time or area',
    set: LITERAL,
  },
  corrected: {
    why: 'as literal, and charged: weights read by every layer, activations written and read, computing takes its cycles, memories leak while an inference runs; SRAM is filled while DRAM streams. Energy and area of computing are left out, as in the paper',
    set: {
      ...LITERAL,
      fill: 'overlapped',
      weightReads: 'every layer',
      activationTraffic: true,
      compute: 'fixed',
      leakage: true,
    },
  },
} as const satisfies Record<string, { readonly why: string; readonly set: HmaSwitches }>
export type Reading = keyof typeof READINGS
export const READING_NAMES = Object.keys(READINGS) as readonly Reading[]

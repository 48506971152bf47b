import {
  GEMMINI,
  gemmini,
  gemminiArray,
  gemminiHierarchy,
  REFERENCE_OPERATORS,
  type ReferenceOperatorName,
} from '../../../lib/accelerators/gemmini/mod.ts'
import {
  arrayEnergies,
  DRAM_PJ_PER_BYTE,
  ENERGY_CONSTANTS,
  ENERGY_TABLE_NAMES,
  PAT_CONSTANTS,
} from '../../../lib/hardware/mod.ts'
import type { Param } from '../../../lib/harness/mod.ts'
import {
  formatMapping,
  MAP_SPACE_NAMES,
  macsOfProblem,
  mapSpace,
  type Problem,
  type SampleStudy,
  sampleMapSpace,
} from '../../../lib/mapping/mod.ts'
import {
  LOG_HISTOGRAM_RESOLUTION,
  type LogHistogram,
  mean,
  type Quantity,
  type Rng,
  SEED_COUNT,
} from '../../../lib/numeric/mod.ts'
import { ARRAY_DIM_PARAM, PJ_PER_MJ, sizeParam, survey } from './gemmini-params.ts'

/** The conditions of Sec. 5.5.1 as parameters. What the survey leaves open is `assumed`, with all that was published. */
export const MAP_SPACE_PARAMS = {
  samples: {
    type: 'integer',
    value: 100_000,
    max: 1e9,
    unit: 'mapping',
    source: survey('Sec. 5.5.1'),
    description: 'legal mappings drawn per operator',
  },
  arrayDim: ARRAY_DIM_PARAM,
  scratchpadKb: sizeParam('scratchpad', GEMMINI.scratchpadKb.value, survey('Sec. 3.4.1')),
  accumulatorKb: sizeParam('accumulator', GEMMINI.accumulatorKb.value, survey('Sec. 3.4.1')),
  dramWordsPerCycle: {
    type: 'number',
    value: GEMMINI.mapperWordsPerCycle.value,
    unit: 'word/cycle',
    source: GEMMINI.mapperWordsPerCycle.source,
    min: 1e-3,
    description: 'words of all data together between DRAM and the local memories',
  },
  energyTable: {
    type: 'string',
    value: 'dosa',
    choices: ENERGY_TABLE_NAMES,
    unit: '1',
    source: {
      kind: 'assumed',
      why: "the survey names no energies; these are the ones the same laboratory published for Gemmini's mapper",
      range: ENERGY_TABLE_NAMES.join(', '),
    },
    description: 'energy per access',
  },
  mapSpace: {
    type: 'string',
    value: 'arch_baseline',
    choices: MAP_SPACE_NAMES,
    unit: '1',
    source: {
      kind: 'assumed',
      why: 'the survey names no constraints; these are the ones the same laboratory published as its baseline for Gemmini',
      range: MAP_SPACE_NAMES.join(', '),
    },
    description: 'constraints on the mappings drawn',
  },
  timeloopUnrollPrior: {
    type: 'boolean',
    value: false,
    unit: '1',
    source: {
      kind: 'assumed',
      why: "whether the authors' constraints left Timeloop's mapper the choice of axes is not known",
      range: 'true or false',
    },
    description:
      "draw unrolled loops as rarely as Timeloop's mapper does where it also draws their axes (drops 3/8 with unrolled rows, 1/4 with unrolled columns)",
  },
} as const satisfies Record<string, Param>

/** Where the energies come from, and how exact the distributions are. */
export const MAP_SPACE_CONSTANTS: Readonly<Record<string, Quantity>> = {
  ...ENERGY_CONSTANTS,
  ...Object.fromEntries(Object.entries(DRAM_PJ_PER_BYTE).map(([name, quantity]) => [`dram ${name}`, quantity])),
  ...Object.fromEntries(Object.entries(PAT_CONSTANTS).map(([name, quantity]) => [`pat ${name}`, quantity])),
  histogramResolution: {
    value: LOG_HISTOGRAM_RESOLUTION,
    unit: '1',
    source: { kind: 'derived', how: 'relative width of a bin of the histogram that holds the distribution' },
  },
}

/** Values of {@link MAP_SPACE_PARAMS}. */
export interface MapSpaceValues {
  readonly samples: number
  readonly arrayDim: number
  readonly scratchpadKb: number
  readonly accumulatorKb: number
  readonly dramWordsPerCycle: number
  readonly energyTable: string
  readonly mapSpace: string
  readonly timeloopUnrollPrior: boolean
}

/** The machine that {@link MAP_SPACE_PARAMS} describe. */
export function studiedMachine(values: MapSpaceValues) {
  const { scratchpadKb, accumulatorKb, arrayDim, dramWordsPerCycle } = values
  const machine = gemmini({ scratchpadKb, accumulatorKb, arrayDim })
  return { hierarchy: gemminiHierarchy(machine, dramWordsPerCycle), array: gemminiArray(machine) }
}

/**
 * Samples an operator's map space under the chosen energies, or under several tables at once: one mapping is drawn
 * and priced by all.
 */
export function studyOperator(
  problem: Problem,
  values: MapSpaceValues,
  options: { readonly rng: Rng; readonly energyTables?: readonly string[] },
): SampleStudy {
  const { hierarchy, array } = studiedMachine(values)
  const { rng, energyTables = [] } = options
  // The best mapping is that of the first table.
  const names = [values.energyTable, ...energyTables.filter((name) => name !== values.energyTable)]
  return sampleMapSpace(
    { problem, space: mapSpace(values.mapSpace), hierarchy },
    {
      samples: values.samples,
      seed: rng.integer(SEED_COUNT),
      energies: Object.fromEntries(names.map((name) => [name, arrayEnergies(name, array)])),
      timeloopUnrollPrior: values.timeloopUnrollPrior,
    },
  )
}

/** Which network an operator belongs to. */
export function networkOf(name: string): 'BERT' | 'ResNet-50' {
  return name.startsWith('conv') ? 'ResNet-50' : 'BERT'
}

/** The reference operators as rows to iterate. */
export const OPERATOR_ROWS = Object.entries(REFERENCE_OPERATORS) as readonly (readonly [
  ReferenceOperatorName,
  Problem,
])[]

/** Columns that sum a distribution up. */
export const SUMMARY_COLUMNS = {
  operator: { type: 'string', 'x-key': true },
  network: { type: 'string', enum: ['BERT', 'ResNet-50'] },
  macs: { type: 'integer', unit: 'MAC' },
  minEdp: { type: 'number', unit: 'cycle x mJ', description: 'energy-delay product of the best mapping drawn' },
  maxOverMin: { type: 'number', unit: '1' },
  spreadDecades: { type: 'number', unit: 'decade', description: 'log10 of it' },
  medianOverMin: { type: 'number', unit: '1' },
  p10OverMin: { type: 'number', unit: '1', description: 'tenth percentile over the minimum' },
  nearPercent: { type: 'number', unit: '%', description: 'mappings below three times the minimum' },
  bestMapping: { type: 'string', description: "in Timeloop's notation" },
} as const

/** Relative EDP below which a mapping counts as near-optimal. */
export const NEAR_OPTIMAL = 3

/** Sums up an operator's distribution under one energy table. */
export function summaryRow(operator: string, problem: Problem, study: SampleStudy, energyTable: string) {
  const edp = study.edp[energyTable] as LogHistogram
  return {
    operator,
    network: networkOf(operator),
    macs: macsOfProblem(problem),
    minEdp: edp.min / PJ_PER_MJ,
    maxOverMin: edp.max / edp.min,
    spreadDecades: Math.log10(edp.max / edp.min),
    medianOverMin: edp.quantile(0.5) / edp.min,
    p10OverMin: edp.quantile(0.1) / edp.min,
    nearPercent: 100 * edp.shareBelow(NEAR_OPTIMAL * edp.min),
    bestMapping: study.best ? formatMapping(study.best.edp.mapping) : '',
  }
}

/** Columns of a distribution over relative EDP. */
export const DISTRIBUTION_COLUMNS = {
  operator: { type: 'string', 'x-key': true },
  fromDecade: {
    type: 'number',
    unit: 'decade',
    'x-key': true,
    description: 'lower edge, log10 of EDP over the minimum',
  },
  sharePercent: { type: 'number', unit: '%' },
} as const

const BINS_PER_DECADE = 4

/** Shares of the mappings by quarter decades of EDP over the minimum. */
export function distributionRows(operator: string, edp: LogHistogram) {
  const bins = Math.floor(Math.log10(edp.max / edp.min) * BINS_PER_DECADE) + 1
  const below = (bin: number) =>
    bin <= 0 ? 0 : bin >= bins ? 1 : edp.shareBelow(edp.min * Math.exp((bin / BINS_PER_DECADE) * Math.LN10))
  return Array.from({ length: bins }, (_, bin) => ({
    operator,
    fromDecade: bin / BINS_PER_DECADE,
    sharePercent: 100 * (below(bin + 1) - below(bin)),
  }))
}

/** What figures call the operators. */
const OPERATOR_NAMES: Readonly<Record<string, string>> = {
  'q-projection': 'BERT MHA projection',
  'ffn-w1': 'BERT FFN W_1',
  'ffn-w1-bert-large': 'BERT-Large FFN W_1',
  'conv7x7-64-s2': '7x7, 64, stride 2',
  'conv3x3-512': '3x3, 512',
  'conv1x1-512': '1x1, 512',
  'conv1x1-2048': '1x1, 2048',
}

/** What a figure calls an operator. */
export const operatorName = (operator: string): string => OPERATOR_NAMES[operator] ?? operator

/** Colour and dashes that tell the curves of operators apart; field `name`. */
export const CURVE_ENCODING = {
  color: { field: 'name', type: 'nominal', sort: null, title: 'operator' },
  strokeDash: { field: 'name', type: 'nominal', sort: null, title: 'operator' },
} as const

type DistributionRow = { readonly operator: string; readonly fromDecade: number; readonly sharePercent: number }

/** A legend below the drawing for lines that colour and dashes tell apart. */
export const STROKE_LEGEND = {
  orient: 'bottom',
  symbolType: 'stroke',
  symbolStrokeWidth: 2,
  symbolSize: 300,
  columns: 3,
  labelLimit: 0,
} as const

/** Vega-Lite panels of such distributions side by side, on the same axes. */
export function distributionFigure(
  panels: readonly { readonly title: string; readonly rows: readonly DistributionRow[] }[],
  description: string,
) {
  return {
    description,
    config: { legend: STROKE_LEGEND },
    resolve: { scale: { x: 'shared', y: 'shared' } },
    hconcat: panels.map(({ title, rows }) => ({
      title,
      width: 340,
      height: 230,
      data: {
        values: rows.flatMap((row, index) => {
          const point = { name: operatorName(row.operator), sharePercent: row.sharePercent }
          const at = (decade: number) => 10 ** decade
          // The last bin ends where the next would begin.
          return row.operator === rows[index + 1]?.operator
            ? [{ ...point, edpOverMin: at(row.fromDecade) }]
            : [
                { ...point, edpOverMin: at(row.fromDecade) },
                { ...point, edpOverMin: at(row.fromDecade + 1 / BINS_PER_DECADE), sharePercent: 0 },
              ]
        }),
      },
      // Points that cannot be seen say what the steps hold.
      mark: { type: 'line', interpolate: 'step-after', aria: false, point: { opacity: 0, size: 80, aria: true } },
      encoding: {
        x: {
          field: 'edpOverMin',
          type: 'quantitative',
          title: 'EDP over the best found [1]',
          scale: { type: 'log' },
          axis: { tickCount: 5 },
        },
        y: { field: 'sharePercent', type: 'quantitative', title: 'mappings per bin [%]' },
        ...CURVE_ENCODING,
      },
    })),
  }
}

/**
 * Whether two groups of distributions are alike on average: ranges within a decade of each other (of their four), and
 * medians within half of one, so that neither is skewed against the other.
 */
export function similarDistributions(
  first: readonly { readonly spreadDecades: number; readonly medianOverMin: number }[],
  second: readonly { readonly spreadDecades: number; readonly medianOverMin: number }[],
): boolean {
  const apart = (of: (row: (typeof first)[number]) => number) => Math.abs(mean(first.map(of)) - mean(second.map(of)))
  return apart((row) => row.spreadDecades) < 1 && apart((row) => Math.log10(row.medianOverMin)) < 0.5
}

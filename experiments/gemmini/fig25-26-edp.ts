#!/usr/bin/env -S npx tsx
import {
  type ArchitectureSpace,
  type Cost,
  checkArchitecture,
  evolve,
  headWidthUnder,
  layerParameters,
  type MeasuredNetwork,
  perplexityEstimator,
  type SubNetwork,
  thinFront,
} from '../../lib/accelerators/gemmini/mod.ts'
import { type CsvRow, experiment, main, numberCell, readCsvRows, tables, userFile } from '../../lib/harness/mod.ts'
import {
  COST_CONSTANTS,
  COST_PARAMS,
  costTableOf,
  edpCyclesMj,
  headWidthRuleOf,
  largestNetwork,
  SPACE_PARAMS,
  smallestNetwork,
  spaceOf,
} from './shared/architecture-params.ts'
import { PJ_PER_MJ, survey } from './shared/gemmini-params.ts'

const setup = survey('Sec. 6.4.1')
const PERPLEXITY_COLUMNS = ['hidden', 'heads', 'ffn', 'perplexity'] as const
/** Ticks of Fig. 25's axes as printed. */
const PRINTED_CYCLES = { from: 20e9, to: 120e9 } as const
const SUPERNET = 'a supernet trained on WikiText-2; no network at one point of perplexity is printed'

const fig25 = experiment({
  id: 'gemmini/fig25-26-edp',
  version: '1.0.0',
  paper: 'survey',
  item: 'Figs. 25, 26',
  title: 'Architecture search: energy-delay product against perplexity, or against size where no perplexity is given',
  params: {
    ...COST_PARAMS,
    ...SPACE_PARAMS,
    population: {
      type: 'integer',
      value: 40,
      min: 2,
      max: 10000,
      unit: 'network',
      source: setup,
      description: 'networks per round',
    },
    rounds: {
      type: 'integer',
      value: 40,
      max: 10000,
      unit: 'round',
      source: setup,
      description: 'rounds of evolution',
    },
    mutationProbability: {
      type: 'number',
      value: 0.2,
      max: 1,
      unit: '1',
      source: setup,
      description: 'probability with which a mutation draws a choice anew',
    },
    perplexity: {
      type: 'string',
      value: '',
      file: true,
      unit: '1',
      source: { kind: 'assumed', why: 'none is published; yours goes here', range: 'a CSV file' },
      description: `your measured networks: CSV with ${PERPLEXITY_COLUMNS.join(',')}; heads and ffn per layer, separated by blanks; networks that are not in it are interpolated from it (Shepard, inverse squared distance)`,
    },
  },
  constants: COST_CONSTANTS,
  schema: tables({
    front: {
      network: { type: 'string', 'x-key': true, description: 'd; heads by layer; FFN widths by layer' },
      layers: { type: 'integer', unit: 'layer' },
      hidden: { type: 'integer', unit: 'element' },
      parametersM: { type: 'number', unit: '10^6', description: 'of the layers' },
      perplexity: { type: ['number', 'null'], unit: '1' },
      perplexityMeasured: {
        type: ['string', 'null'],
        description: 'yes: in the given table; no: interpolated from it',
      },
      cycles: { type: 'number', unit: 'cycle' },
      energyMj: { type: 'number', unit: 'mJ' },
      edp: { type: 'number', unit: 'cycle x mJ' },
      latencyGain: { type: 'number', unit: '1', description: 'baseline over network' },
      energyGain: { type: 'number', unit: '1' },
      edpGain: { type: 'number', unit: '1' },
    },
    extremes: {
      network: { type: 'string', enum: ['largest (baseline)', 'smallest'], 'x-key': true },
      cycles: { type: 'number', unit: 'cycle' },
      energyMj: { type: 'number', unit: 'mJ' },
      edp: { type: 'number', unit: 'cycle x mJ' },
      edpGain: { type: 'number', unit: '1' },
      pjPerMac: { type: 'number', unit: 'pJ/MAC' },
    },
    measured: {
      network: {
        type: 'string',
        'x-key': true,
        description: 'of the given table; d; heads by layer; FFN widths by layer',
      },
      perplexity: { type: 'number', unit: '1' },
      edp: { type: 'number', unit: 'cycle x mJ' },
      latencyGain: { type: 'number', unit: '1', description: 'baseline over network' },
      energyGain: { type: 'number', unit: '1' },
      edpGain: { type: 'number', unit: '1' },
    },
    costs: {
      matmulShapes: {
        type: 'integer',
        unit: '1',
        description:
          'entries of the cost table that the search asked for, of those of the space in table08-search-space',
      },
      measuredNetworks: { type: 'integer', unit: 'network' },
    },
  }),
  run({ params, rng, files }) {
    const space = spaceOf(params)
    const largest = largestNetwork(space)
    const costs = costTableOf(params)
    const base = costs.network(largest)
    const measured = readPerplexities(params.perplexity, files, space)
    const estimate = measured.length > 0 ? perplexityEstimator(measured, largest) : undefined
    const width = (layer: { hidden: number; heads: number }) =>
      headWidthUnder(headWidthRuleOf(params), layer, {
        arrayDim: params.arrayDim,
        fixedWidth: params.fixedHeadWidth,
      })
    const quality = (network: SubNetwork) =>
      estimate ? estimate(network).perplexity : -layerParameters(network, width)
    const front = evolve(space, (network) => [edpCyclesMj(costs.network(network)), quality(network)], {
      population: params.population,
      rounds: params.rounds,
      mutationProbability: params.mutationProbability,
      rng,
      start: [largest, smallestNetwork(space), ...measured.map(({ network }) => network)],
    })
    return {
      front: thinFront(front, params.population).map(({ network }) => {
        const cost = costs.network(network)
        const found = estimate?.(network)
        return {
          network: describe(network),
          layers: network.layers.length,
          hidden: network.hidden,
          parametersM: layerParameters(network, width) / 1e6,
          perplexity: found?.perplexity ?? null,
          perplexityMeasured: found ? (found.measured ? 'yes' : 'no') : null,
          cycles: cost.cycles,
          energyMj: cost.energyPj / PJ_PER_MJ,
          edp: edpCyclesMj(cost),
          ...gains(base, cost),
        }
      }),
      extremes: (
        [
          ['largest (baseline)', largest],
          ['smallest', smallestNetwork(space)],
        ] as const
      ).map(([network, shape]) => {
        const cost = costs.network(shape)
        return {
          network,
          cycles: cost.cycles,
          energyMj: cost.energyPj / PJ_PER_MJ,
          edp: edpCyclesMj(cost),
          edpGain: edpCyclesMj(base) / edpCyclesMj(cost),
          pjPerMac: cost.energyPj / cost.macs,
        }
      }),
      measured: measured.map(({ network, perplexity }) => {
        const cost = costs.network(network)
        return { network: describe(network), perplexity, edp: edpCyclesMj(cost), ...gains(base, cost) }
      }),
      costs: [{ matmulShapes: costs.entries().length, measuredNetworks: measured.length }],
    }
  },
  claims: {
    'survey.nas-latency-1': { unreachable: SUPERNET },
    'survey.nas-energy-1': { unreachable: SUPERNET },
    'survey.nas-edp-1': { unreachable: SUPERNET },
    'survey.nas-edp-1-precise': { unreachable: SUPERNET },
    'survey.nas-fig25-axes': ({ extremes }) => {
      const cycles = extremes[0]?.cycles ?? Number.NaN
      return cycles >= PRINTED_CYCLES.from && cycles <= PRINTED_CYCLES.to
    },
    'survey.nas-population': (_, p) => p.population,
    'survey.nas-rounds': (_, p) => p.rounds,
    'survey.nas-mutation': (_, p) => p.mutationProbability,
  },
  reasons: {
    'survey.nas-fig25-axes': {
      kind: 'finding',
      text: 'the baseline takes about 10^8 cycles: on the printed axis if 10^9 is read as 10^6',
    },
  },
  errata: [
    {
      where: 'Fig. 25, latency axis',
      printed: '10^9 cycles, ticks 20 to 120',
      shouldBe: '10^6 cycles',
      arithmetic:
        'the 6-layer baseline has 24 GMAC at 512 tokens; on 256 MACs a cycle that is 94e6 cycles at the least, and 20e9 cycles would be a utilisation below half a percent',
    },
  ],
  headlines: {
    'survey.nas-edp-1-precise':
      'needs a supernet trained on WikiText-2; by cost alone it is in the space, whose smallest network gains 85x',
  },
  figure: ({ front, extremes }) => {
    const measured = front[0]?.perplexity != null
    const panels = [
      { title: 'latency [10^6 cycle]', of: (row: Costs) => row.cycles / 1e6 },
      { title: 'energy [mJ]', of: (row: Costs) => row.energyMj },
      { title: 'EDP [10^9 cycle x mJ]', of: (row: Costs) => row.edp / 1e9 },
    ]
    const [baseline] = extremes
    return {
      description: `Networks that the search found, ${
        measured ? 'perplexity' : 'parameters of the layers in 10^6, since no perplexity is published,'
      } over latency in 10^6 cycles, energy in mJ and energy-delay product in 10^9 cycle x mJ, a point for each network. The dashed line is the cost of the baseline. The paper draws perplexity and prints no numbers at its points.`,
      hconcat: panels.map(({ title, of }) => {
        const x = { field: 'cost', type: 'quantitative', title }
        return {
          width: 205,
          height: 230,
          data: { values: front.map((row) => ({ ...row, cost: of(row) })) },
          layer: [
            {
              mark: { type: 'line', aria: false, point: { size: 30, aria: true } },
              encoding: {
                x,
                y: measured
                  ? { field: 'perplexity', type: 'quantitative', title: 'perplexity [1]', scale: { zero: false } }
                  : { field: 'parametersM', type: 'quantitative', title: 'parameters [10^6]' },
              },
            },
            ...(baseline
              ? [
                  {
                    data: { values: [{ cost: of(baseline) }] },
                    mark: { type: 'rule', strokeDash: [4, 3], aria: false },
                    encoding: { x },
                  },
                ]
              : []),
          ],
        }
      }),
    }
  },
})

/** What a network costs. */
type Costs = { readonly cycles: number; readonly energyMj: number; readonly edp: number }

/** How much less a network costs than the baseline. */
function gains(base: Cost, cost: Cost) {
  return {
    latencyGain: base.cycles / cost.cycles,
    energyGain: base.energyPj / cost.energyPj,
    edpGain: edpCyclesMj(base) / edpCyclesMj(cost),
  }
}

/** A network in one line. */
function describe({ hidden, layers }: SubNetwork): string {
  return `${hidden}; ${layers.map(({ heads }) => heads).join(' ')}; ${layers.map(({ ffn }) => ffn).join(' ')}`
}

function readPerplexities(
  path: string,
  files: Readonly<Record<string, string>>,
  space: ArchitectureSpace,
): MeasuredNetwork[] {
  const text = userFile('perplexity', path, files)
  if (text === undefined) return []
  const seen = new Map<string, number>()
  return readCsvRows(path, text, {
    columns: PERPLEXITY_COLUMNS,
    read: (row) => {
      const measured = readNetwork(row, space)
      const key = describe(measured.network)
      const before = seen.get(key)
      if (before !== undefined) throw new RangeError(`a network must be given once, got that of line ${before} again`)
      seen.set(key, row.line)
      return measured
    },
  })
}

function readNetwork(row: CsvRow<(typeof PERPLEXITY_COLUMNS)[number]>, space: ArchitectureSpace): MeasuredNetwork {
  const list = (column: 'heads' | 'ffn') =>
    row.cells[column]
      .trim()
      .split(/\s+/)
      .map((text) => numberCell({ line: row.line, cells: { [column]: text } }, column, { min: 1 }))
  const [heads, ffn] = [list('heads'), list('ffn')]
  if (heads.length !== ffn.length) {
    throw new RangeError(`heads and ffn must have an entry per layer, got ${heads.length} and ${ffn.length}`)
  }
  const network = {
    hidden: numberCell(row, 'hidden', { min: 1 }),
    layers: heads.map((count, index) => ({ heads: count, ffn: ffn[index] as number })),
  }
  checkArchitecture(network, space)
  return { network, perplexity: numberCell(row, 'perplexity', { min: 1 }) }
}

export default fig25
await main(import.meta, fig25)
